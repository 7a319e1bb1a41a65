"""Fits how letters are told apart to tests/letters/known: the weights of the signs in kind.yaml, and kinds.csv.

Three linear models (logistic regressions, scikit-learn): over «this sign stands in the letter», over its runs of
characters, over the elements that it holds (objection_docs.packs.terms). Signs and elements were written by somebody
who had seen the letters, so on letters that nobody saw they are worth less than they seem; SHARES is what each counts
for in the sum. The letters kept aside have no part in it. Run it after signs or letters were added
(`pip install -e .[fit]` first).
"""

import argparse
import csv
import re
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from accuracy import as_text, load  # noqa: E402

from objection_docs.checking import anatomy  # noqa: E402
from objection_docs.checking.decide import Judge  # noqa: E402
from objection_docs.checking.recognise import DOUBT, Reading, evidence  # noqa: E402
from objection_docs.extraction.paper import from_text  # noqa: E402
from objection_docs.packs.rules import shipped  # noqa: E402
from objection_docs.packs.terms import terms  # noqa: E402

SHARES = {"terms": 0.6, "signs": 0.2, "elements": 0.35}
#: Elements that not every kind has.
TELLING = "conclusion recourse review explanation basis receipt_date acceptance handler reply_deadline respondent"
TELLING += " prior_objection facts remedies evidence clauses subject notice_reference"
SEEN, KEPT = 4, 6000  # a term stands in so many letters at least; so many terms are kept
STRENGTHS = {"terms": 30.0, "signs": 3.0, "elements": 1.0}  # the models' C: how far they may bend to the letters


class Examples:
    """The letters of one set: their names, kinds, batches, and what stands in each."""

    def __init__(self, part: str, rules):
        signs = [sign for kind in rules.kinds.values() for sign in kind.signs]
        self.names, self.kinds, self.terms, rows, held = [], [], [], [], []
        for path, letter in load(part):
            judge = Judge(anatomy.read(from_text(as_text(letter)), rules.words), rules)
            reading = Reading(judge.letter)
            self.names.append(path.stem)
            self.kinds.append(letter["kind"])
            self.terms.append(terms(reading.body))
            rows.append([float(reading.has(sign)) for sign in signs])
            held.append(list(evidence(judge, rules).values()))
        self.signs = np.array(rows).reshape(len(rows), len(signs))
        self.elements = np.array(held).reshape(len(rows), len(rules.terms.elements))
        self.batches = np.array([name.split("-")[0] for name in self.names])

    def pick(self, chosen: np.ndarray) -> "Examples":
        out = object.__new__(Examples)
        out.names, out.kinds, out.terms = (
            [value for value, keep in zip(values, chosen, strict=True) if keep]
            for values in (self.names, self.kinds, self.terms)
        )
        out.signs, out.elements, out.batches = self.signs[chosen], self.elements[chosen], self.batches[chosen]
        return out


class Fitted:
    """Weights of signs (sign × kind) and of terms (term → one for each kind)."""

    def __init__(self, examples: Examples, kinds: list[str]):
        self.kinds = kinds
        labels = [kinds.index(kind) for kind in examples.kinds]
        self.signs = self._fit("signs", examples.signs, labels)
        self.elements = self._fit("elements", examples.elements, labels)
        counts = Counter(term for found in examples.terms for term in found)
        common = {term for term, count in counts.items() if count >= SEEN}
        first = self._terms(examples, labels, common)
        best = sorted(first, key=lambda term: (-np.abs(first[term]).max(), term))[:KEPT]
        self.terms = self._terms(examples, labels, set(best))

    @staticmethod
    def _fit(what: str, matrix, labels: list[int]) -> np.ndarray:
        """Feature × kind. A feature's weights are centred, so that a kind without a column stands in the middle."""
        model = LogisticRegression(C=STRENGTHS[what], max_iter=3000, fit_intercept=False).fit(matrix, labels)
        return SHARES[what] * (model.coef_ - model.coef_.mean(axis=0)).T

    def _terms(self, examples: Examples, labels: list[int], kept: set[str]) -> dict[str, np.ndarray]:
        vectors = DictVectorizer()
        matrix = normalize(vectors.fit_transform([dict.fromkeys(terms & kept, 1.0) for terms in examples.terms]))
        return dict(zip(vectors.get_feature_names_out(), self._fit("terms", matrix, labels), strict=True))

    def wrong(self, examples: Examples) -> list[str]:
        """The letters that are taken for another kind."""
        out = []
        for i, standing in enumerate(examples.terms):
            found = [self.terms[term] for term in standing if term in self.terms]
            score = examples.signs[i] @ self.signs + sum(found) / max(len(found), 1) ** 0.5
            if 1 / np.exp(score - score.max()).sum() < DOUBT:
                score = score + examples.elements[i] @ self.elements
            if self.kinds[int(np.argmax(score))] != examples.kinds[i]:
                out.append(examples.names[i])
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
            named = {f"{kind}/{name}": self.elements[i] for i, (kind, name) in enumerate(rules.terms.elements)}
            for weights in (named, dict(sorted(self.terms.items()))):
                rows.writerows([name, *(f"{value:.2f}" for value in values)] for name, values in weights.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="only tell how well it would do, write nothing")
    arguments, rules = parser.parse_args(), shipped()
    kinds = list(rules.kinds)
    telling = [(kind.id, name) for kind in rules.kinds.values() for name in kind.element_ids if name in TELLING.split()]
    rules = replace(rules, terms=replace(rules.terms, elements=dict.fromkeys(telling, ())))
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
