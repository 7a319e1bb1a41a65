"""checks/answering.csv → what objection_docs.checking.answers weighs a reply's sentences with.

A line a weight: part, feature, weight for a ground, weight for a request; a line without a feature is the bias. Parts:
`notice` (runs of characters of a notice's sentence: whether it tells a ground, or a request), `role` (runs of
characters of a reply's sentence: whether it reads like one that answers), `stance` (the same runs: whether the sentence
takes a position, and doesn't only speak of the matter), `sentence` (a point beside a sentence: whether it answers that
point), `again` (the same with what other points claim) and `point` (a point beside the whole
reply: whether it is answered at all). Written by tests/fit_answers.py.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from objection_docs.errors import DataFileError

PARTS = ("notice", "role", "stance", "sentence", "again", "point")
KINDS = ("ground", "request")


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear model by kind of point: log odds from numbers by name."""

    bias: Mapping[str, float]
    weights: Mapping[str, Mapping[str, float]]

    def score(self, kind: str, numbers: Mapping[str, float]) -> float:
        weights = self.weights[kind]
        return self.bias[kind] + sum(value * weights.get(name, 0.0) for name, value in numbers.items())


@dataclass(frozen=True, slots=True)
class Answering:
    notice: Linear
    role: Linear
    stance: Linear
    sentence: Linear
    again: Linear
    point: Linear


def load(path: Path) -> Answering:
    """The models of one file. Raises DataFileError with the line for a weight that is no number."""
    bias = {part: dict.fromkeys(KINDS, 0.0) for part in PARTS}
    weights: dict[str, dict[str, dict[str, float]]] = {part: {kind: {} for kind in KINDS} for part in PARTS}
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows, None)
        for row in rows:
            try:
                part, feature, *values = row
                for kind, value in zip(KINDS, map(float, values), strict=True):
                    if feature:
                        weights[part][kind][feature] = value
                    else:
                        bias[part][kind] = value
            except (ValueError, KeyError):
                said = f"这一行要有 {'、'.join(PARTS)} 之一、一个特征和两个数"
                raise DataFileError(said, where=f"{path}:{rows.line_num}") from None
    return Answering(*(Linear(bias[part], weights[part]) for part in PARTS))
