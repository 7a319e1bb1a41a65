"""checks/kinds.csv → how much the wording, and the elements found, speak for each kind of letter.

A line a term: two or three characters of the letter's body (^ in its beginning, $ in its end), then a weight for each
kind; or
`kind/element`, which counts when the element's rules find it. The weights are those of linear models that
tests/fit_kinds.py fits to the labelled letters; signs in kind.yaml are written by hand and see what a lawyer would
look at, the terms see the wording as a whole. A kind that a user's own folder adds has no column; it has its signs.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from objection_docs.errors import DataFileError

SIZES = (2, 3)  # characters of a term
BEGINNING, END = 200, 160  # characters
_DIGITS = re.compile(r"\d+")


def runs(text: str, sizes: tuple[int, ...] = SIZES) -> set[str]:
    """All runs of so many characters in a stretch of normal text, line breaks taken out and every number read as 0."""
    text = _DIGITS.sub("0", text.replace("\n", ""))
    return {text[i : i + size] for size in sizes for i in range(len(text) - size + 1)}


def shares(text: str, sizes: tuple[int, ...]) -> dict[str, float]:
    """The runs of a stretch of normal text, all of them alike and together of length 1."""
    found = runs(text, sizes)
    return dict.fromkeys(found, 1 / sqrt(max(1, len(found))))


def terms(body: str) -> set[str]:
    """The terms of a letter's body: its runs, those of its beginning and its end told apart."""
    body = body.replace("\n", "")  # wherever a line breaks, the beginning ends at the same word
    return runs(body) | {f"^{run}" for run in runs(body[:BEGINNING])} | {f"${run}" for run in runs(body[-END:])}


@dataclass(frozen=True, slots=True)
class Terms:
    """`weights`: term → weight for each of `kinds`, in their order; `elements`: (kind, element) → the same."""

    kinds: tuple[str, ...]
    weights: Mapping[str, tuple[float, ...]]
    elements: Mapping[tuple[str, str], tuple[float, ...]]

    def scores(self, text: str) -> dict[str, float]:
        """How much the wording speaks for each kind: the weights of its terms over the root of their number."""
        found = [*filter(None, map(self.weights.get, terms(text)))]
        if not found:
            return dict.fromkeys(self.kinds, 0.0)
        scale = 1 / sqrt(len(found))
        return {kind: scale * sum(column) for kind, column in zip(self.kinds, zip(*found, strict=True), strict=True)}


def load(path: Path) -> Terms:
    """The terms of one file. Raises DataFileError with the line for a line that has too few or too many weights."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        kinds = tuple(next(rows, ["term"])[1:])
        weights: dict[str, tuple[float, ...]] = {}
        elements: dict[tuple[str, str], tuple[float, ...]] = {}
        for row in rows:
            try:
                values = tuple(float(value) for value in row[1:])
            except ValueError:
                values = ()
            if len(values) != len(kinds):
                said = f"这一行要有一个词和 {len(kinds)} 个数，与第一行的文书种类一一对应"
                raise DataFileError(said, where=f"{path}:{rows.line_num}")
            kind, slash, element = row[0].partition("/")
            if slash and len(row[0]) > max(SIZES) + 1:
                elements[kind, element] = values
            else:
                weights[row[0]] = values
    return Terms(kinds, weights, elements)
