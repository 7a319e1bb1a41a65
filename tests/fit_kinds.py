"""Fits how letters are told apart to tests/letters/known: the weights of the signs in kind.yaml, and kinds.csv.

Two linear models (logistic regressions, scikit-learn): one over «this sign stands in the letter», one over its runs of
characters (objection_docs.packs.terms). The signs were written by somebody who had seen the letters, so on letters
that nobody saw they are worth less than they seem; SHARE is what the terms count for in the sum. The letters kept
aside have no part in it. Run it after signs or letters were added (`pip install -e .[fit]` first).
"""

import argparse
import csv
import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from accuracy import as_text, load  # noqa: E402

from objection_docs.checking import anatomy  # noqa: E402
from objection_docs.checking.recognise import Reading  # noqa: E402
from objection_docs.extraction.paper import from_text  # noqa: E402
from objection_docs.packs.rules import shipped  # noqa: E402
from objection_docs.packs.terms import runs  # noqa: E402

SHARE = 0.65
SEEN, KEPT = 6, 2000  # a term stands in so many letters at least; so many terms are kept
SIGN_STRENGTH, TERM_STRENGTH = 3.0, 30.0  # the models' C: how far they may bend to the letters


class Examples:
    """The letters of one set: their names, kinds, batches, and what stands in each."""

    def __init__(self, part: str, rules):
        signs = [sign for kind in rules.kinds.values() for sign in kind.signs]
        self.names, self.kinds, self.terms, rows = [], [], [], []
        for path, letter in load(part):
            reading = Reading(anatomy.read(from_text(as_text(letter)), rules.words))
            self.names.append(path.stem)
            self.kinds.append(letter["kind"])
            self.terms.append(runs(reading.body))
            rows.append([float(reading.has(sign)) for sign in signs])
        self.signs = np.array(rows).reshape(len(rows), len(signs))
        self.batches = np.array([name.split("-")[0] for name in self.names])

    def pick(self, chosen: np.ndarray) -> "Examples":
        out = object.__new__(Examples)
        out.names, out.kinds, out.terms = (
            [value for value, keep in zip(values, chosen, strict=True) if keep]
            for values in (self.names, self.kinds, self.terms)
        )
        out.signs, out.batches = self.signs[chosen], self.batches[chosen]
        return out


class Fitted:
    """Weights of signs (sign × kind) and of terms (term → one for each kind)."""

    def __init__(self, examples: Examples, kinds: list[str]):
        self.kinds = kinds
        labels = [kinds.index(kind) for kind in examples.kinds]
        self.signs = (1 - SHARE) * self._fit(examples.signs, labels, SIGN_STRENGTH).T
        counts = Counter(term for terms in examples.terms for term in terms)
        common = {term for term, count in counts.items() if count >= SEEN}
        first = self._terms(examples, labels, common)
        best = sorted(first, key=lambda term: (-np.abs(first[term]).max(), term))[:KEPT]
        self.terms = self._terms(examples, labels, set(best))

    @staticmethod
    def _fit(matrix, labels: list[int], strength: float) -> np.ndarray:
        model = LogisticRegression(C=strength, max_iter=3000, fit_intercept=False)
        return model.fit(matrix, labels).coef_

    def _terms(self, examples: Examples, labels: list[int], kept: set[str]) -> dict[str, np.ndarray]:
        vectors = DictVectorizer()
        matrix = normalize(vectors.fit_transform([dict.fromkeys(terms & kept, 1.0) for terms in examples.terms]))
        weights = SHARE * self._fit(matrix, labels, TERM_STRENGTH)
        return dict(zip(vectors.get_feature_names_out(), weights.T, strict=True))

    def wrong(self, examples: Examples) -> list[str]:
        """The letters that are taken for another kind."""
        out = []
        for name, kind, standing, terms in zip(
            examples.names, examples.kinds, examples.signs, examples.terms, strict=True
        ):
            found = [self.terms[term] for term in terms if term in self.terms]
            score = standing @ self.signs + sum(found) / max(len(found), 1) ** 0.5
            if self.kinds[int(np.argmax(score))] != kind:
                out.append(name)
        return out

    def write(self, rules) -> None:
        """Each sign's line in kind.yaml gets its weights, kinds.csv is written anew."""
        at = 0
        for kind in rules.kinds.values():
            path = ROOT / "checks" / kind.id / "kind.yaml"
            lines = path.read_text("utf-8").split("\n")
            for i, line in enumerate(lines):
                if line.startswith("  - {match:"):
                    row = ", ".join(f"{name}: {self.signs[at][k]:.2f}" for k, name in enumerate(self.kinds))
                    lines[i] = re.sub(r", weights?: (?:\{[^}]*\}|-?[\d.]+)", f", weights: {{{row}}}", line)
                    at += 1
            path.write_text("\n".join(lines), "utf-8")
        with (ROOT / "checks" / "kinds.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(["term", *self.kinds])
            rows.writerows([term, *(f"{value:.2f}" for value in self.terms[term])] for term in sorted(self.terms))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="only tell how well it would do, write nothing")
    arguments, rules = parser.parse_args(), shipped()
    kinds = list(rules.kinds)
    known, aside = Examples("known", rules), Examples("aside", rules)
    missed = [
        name
        for batch in sorted(set(known.batches))
        for name in Fitted(known.pick(known.batches != batch), kinds).wrong(known.pick(known.batches == batch))
    ]
    fitted = Fitted(known, kinds)
    if not arguments.check:
        fitted.write(rules)
    print(f"known: {len(fitted.wrong(known))} of {len(known.names)} taken for another kind;")
    print(f"fitted without the batch they came in: {len(missed)} ({' '.join(missed)})")
    print(f"aside: {len(fitted.wrong(aside))} of {len(aside.names)}")


if __name__ == "__main__":
    main()
