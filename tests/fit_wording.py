"""Fits the second opinion to tests/letters/known: checks/<kind>/wording.csv and checks/second_opinion.csv.

For each element of a kind a linear model (multinomial logistic regression, scikit-learn) tells the sentences that earn
a status from those that say nothing of it; the labelled quotes are the examples. KEPT weights of each are written.

How much that counts beside the rules is learnt from letters on which the rules are worth what they are on unseen ones:
tests/letters/first_contact.csv keeps what the rules of the day said of a letter before anybody had looked at it
(`--first-contact WAVE` writes it for letters that come in new), and the sentences of such a letter are weighed by a
model that never saw its wave (d, e, f … : the letters that came in together).

The letters kept aside have no part in it. Run it after letters were added (`pip install -e .[fit]` first); takes some
minutes.
"""

import argparse
import csv
import sys
from collections import Counter
from math import log
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from accuracy import LETTERS, as_text, load  # noqa: E402

from objection_docs import checking  # noqa: E402
from objection_docs.checking import anatomy, wording  # noqa: E402
from objection_docs.extraction.paper import from_text  # noqa: E402
from objection_docs.packs.rules import shipped  # noqa: E402
from objection_docs.packs.wording import FOUND  # noqa: E402
from objection_docs.text import mapped  # noqa: E402

FIRST_CONTACT = LETTERS / "first_contact.csv"
SEEN, KEPT = 3, 500  # a feature stands in so many sentences at least; so many weights of an element's status are kept
STRENGTH, SECOND_STRENGTH = 30.0, 0.3
STATUSES = (*FOUND, "missing", "not_applicable")


class Example:
    """One letter: its sentences with their features, its labels with the quotes in normal form."""

    def __init__(self, path: Path, letter: dict, words):
        parts = anatomy.read(from_text(as_text(letter)), words)
        self.name, self.kind, self.wave = path.stem, letter["kind"], path.stem[0]
        self.sentences = [(parts.text[s.start : s.end], s.seen.features) for s in wording.sentences(parts)]
        self.labels = {name: label["status"] for name, label in letter["labels"].items()}
        self.quotes = {name: mapped(str(label.get("quote") or "")).text for name, label in letter["labels"].items()}

    def earned(self, element: str) -> list[str]:
        """For each sentence the status that it earns the element, or none."""
        status, quote = self.labels[element], self.quotes[element]
        return [status if status in FOUND and _holds(text, quote) else "none" for text, _ in self.sentences]


def _holds(text: str, quote: str) -> bool:
    """Whether the sentence holds some of the quote: all of it, or six characters in a row."""
    if not quote:
        return False
    return (
        quote in text
        or (len(text) > 3 and text in quote)
        or any(quote[i : i + 6] in text for i in range(0, len(quote) - 5, 3))
    )


class Model:
    """Weights of one kind: element → (statuses, feature × status, bias by status), against none; pruned."""

    def __init__(self, letters: list[Example]):
        counts = Counter(f for letter in letters for _, features in letter.sentences for f in features)
        common = {feature for feature, count in counts.items() if count >= SEEN}
        self.vectors = DictVectorizer()
        matrix = self.vectors.fit_transform([self._vector(fs, common) for x in letters for _, fs in x.sentences])
        self.elements = {
            name: self._fit(matrix, [status for letter in letters for status in letter.earned(name)])
            for name in letters[0].labels
        }

    @staticmethod
    def _vector(features, common=None) -> dict[str, float]:
        scale = len(features) ** -0.5
        return {feature: scale for feature in features if common is None or feature in common}

    @classmethod
    def _fit(cls, matrix, statuses: list[str]):
        """Fitted, cut down to the KEPT strongest features of each status, and fitted to those again."""
        names, weights, _ = cls._against_none(matrix, statuses)
        strongest = np.argsort(-np.abs(weights), axis=1, kind="stable")[:, :KEPT]
        kept = np.unique(strongest)
        _, refitted, bias = cls._against_none(matrix[:, kept], statuses)
        weights = np.zeros_like(weights)
        weights[:, kept] = refitted
        for row, columns in zip(weights, strongest, strict=True):
            row[np.setdiff1d(kept, columns)] = 0.0
        return names, csr_matrix(weights), bias

    @staticmethod
    def _against_none(matrix, statuses: list[str]):
        model = LogisticRegression(C=STRENGTH, max_iter=300).fit(matrix, statuses)
        names, weights, bias = list(model.classes_), model.coef_, model.intercept_
        if len(names) == 2:  # scikit-learn keeps one row then
            weights, bias = np.vstack([-weights[0], weights[0]]) / 2, np.array([-bias[0], bias[0]]) / 2
        none = names.index("none")
        rest = [i for i in range(len(names)) if i != none]
        return [names[i] for i in rest], (weights - weights[none])[rest], (bias - bias[none])[rest]

    def seen(self, letter: Example) -> dict[str, list[float]]:
        """Element → the logarithm of the largest share of each status, as wording.Reader takes it."""
        matrix = self.vectors.transform([self._vector(features) for _, features in letter.sentences])
        out = {}
        for name, (statuses, weights, bias) in self.elements.items():
            raised = np.exp(np.minimum((matrix @ weights.T).toarray() + bias, 30.0))
            shares = (raised / (1 + raised.sum(axis=1, keepdims=True))).max(axis=0)
            most = dict(zip(statuses, shares, strict=True))
            out[name] = [log(most.get(status, 0.0) + wording.FLOOR) for status in FOUND]
        return out

    def rows(self):
        names = self.vectors.get_feature_names_out()
        for element, (statuses, weights, bias) in self.elements.items():
            for i, status in enumerate(statuses):
                yield element, status, "", f"{bias[i]:.2f}"
                row = weights[i].tocoo()
                found = sorted((names[j], f"{value:.2f}") for j, value in zip(row.col, row.data, strict=True))
                yield from ((element, status, name, value) for name, value in found if float(value))


def first_contact() -> dict[str, dict[str, str]]:
    out: dict[str, dict[str, str]] = {}
    with FIRST_CONTACT.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            out.setdefault(row["letter"], {})[row["element"]] = row["status"]
    return out


def meet(wave: str) -> None:
    """Adds what the rules now say of the known letters of a wave to first_contact.csv."""
    with FIRST_CONTACT.open("a", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        for path, letter in load("known"):
            if path.stem.startswith(wave):
                report = checking.check(from_text(as_text(letter)), letter["kind"], second_opinion=False)
                rows.writerows([path.stem, found.id, found.status] for found in report.elements)


def second(letters: list[Example]) -> list[list[str]]:
    """The rows of second_opinion.csv."""
    met, names, given, seen, right = first_contact(), [], [], [], []
    for wave in sorted({letter.wave for letter in letters if letter.name in met}):
        for kind in sorted({letter.kind for letter in letters}):
            model = Model([x for x in letters if x.kind == kind and x.wave != wave])
            for letter in (x for x in letters if x.kind == kind and x.wave == wave and x.name in met):
                for name, logs in model.seen(letter).items():
                    names.append(name)
                    given.append(met[letter.name][name])
                    seen.append(logs)
                    right.append(letter.labels[name])
    elements = sorted(set(names))
    of_rules = np.array([[float(status == s) for s in STATUSES] for status in given])
    of_element = np.array([[float(name == e) for e in elements] for name in names])
    parts = _parts(of_rules, of_element, np.array(seen))
    model = LogisticRegression(C=SECOND_STRENGTH, max_iter=5000).fit(np.hstack(parts), right)
    out = []
    for e, element in enumerate(elements):
        for r, status in enumerate(STATUSES):
            rules, name = np.eye(len(STATUSES))[[r]], np.eye(len(elements))[[e]]
            biases = np.hstack(_parts(rules, name, np.zeros((1, len(FOUND))))) @ model.coef_.T + model.intercept_
            ones = [np.hstack(_parts(rules, name, logs)) @ model.coef_.T + model.intercept_ for logs in _UNITS]
            for c, found in enumerate(model.classes_):
                weights = [one[0, c] - biases[0, c] for one in ones]
                out.append([element, status, found, *(f"{v:.3f}" for v in (biases[0, c], *weights))])
    return out


_UNITS = [np.eye(len(FOUND))[[i]] for i in range(len(FOUND))]


def _parts(rules: np.ndarray, element: np.ndarray, logs: np.ndarray) -> list[np.ndarray]:
    """What decides: the rules' status, the sentences' shares under it, and what elements are prone to."""
    sure, nothing = rules[:, [STATUSES.index("present")]], rules[:, [STATUSES.index("missing")]]
    under = [rules[:, [i]] * logs for i in range(len(STATUSES) - 1)]
    return [rules, logs, *under, element, element * sure, element * nothing]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--first-contact", metavar="WAVE", help="only write down what the rules say of new letters")
    arguments, words = parser.parse_args(), shipped().words
    if arguments.first_contact:
        return meet(arguments.first_contact)
    letters = [Example(path, letter, words) for path, letter in load("known")]
    for kind in shipped().kinds:
        with (ROOT / "checks" / kind / "wording.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(["element", "status", "feature", "weight"])
            rows.writerows(Model([letter for letter in letters if letter.kind == kind]).rows())
    with (ROOT / "checks" / "second_opinion.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["element", "rules", "letter", "bias", *FOUND])
        rows.writerows(second(letters))
    return None


if __name__ == "__main__":
    main()
