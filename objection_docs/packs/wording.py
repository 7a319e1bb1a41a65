"""checks/<kind>/wording.csv and checks/second_opinion.csv → what objection_docs.checking.wording weighs sentences with.

`wording.csv`, a line a weight: element, status, feature, weight; a line without a feature is the bias. Weights are
against «this sentence says nothing of the element». `second_opinion.csv`, a line for each element, each status that the
rules may have given it and each that it may have: a bias, and what the logarithm of each status's largest share counts.
Both are written by tests/fit_wording.py.
"""

import csv
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from objection_docs.errors import DataFileError

FOUND = ("present", "vague", "blank")  # what a sentence can earn
Column = tuple[str, str]  # element, status


# The weights of a feature for all columns are one whole number, each in 32 bits of its own and in hundredths, so that a
# sentence is weighed with one addition a feature: 0.4 ms a letter, where a loop over the columns took 2.5.
_BITS, _PARTS = 32, 100


@dataclass(frozen=True, eq=False)
class Wording:
    """`columns`: what a sentence can earn, by number; `biases`: one for each; `weights`: feature → its weights for all
    columns, packed; `second`: (element, rules' status) → status → (bias, weight of present, of vague, of blank);
    `elements`: those that may be spoken of."""

    elements: frozenset[str]
    columns: tuple[Column, ...]
    biases: tuple[float, ...]
    weights: Mapping[str, int]
    second: Mapping[tuple[str, str], Mapping[str, tuple[float, ...]]]

    @cached_property
    def of_element(self) -> dict[str, dict[str, int]]:
        """Element → status → the number of its column."""
        found: dict[str, dict[str, int]] = {}
        for number, (element, status) in enumerate(self.columns):
            found.setdefault(element, {})[status] = number
        return found

    @cached_property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """The columns of each element."""
        return tuple(tuple(own.values()) for own in self.of_element.values())

    @cached_property
    def _middle(self) -> int:
        """Added before unpacking, so that no column is below nothing."""
        return sum(1 << (_BITS * number + _BITS - 1) for number in range(len(self.columns)))

    def sums(self, features: Iterable[str]) -> list[float]:
        """For each column the sum of the features' weights."""
        total = sum(filter(None, map(self.weights.get, features))) + self._middle
        packed = total.to_bytes(len(self.columns) * _BITS // 8, "little")
        return [(value - (1 << (_BITS - 1))) / _PARTS for value in struct.unpack(f"<{len(self.columns)}I", packed)]


def _rows(path: Path, width: int):
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows, None)
        for row in rows:
            try:
                yield row[: width[0]], tuple(float(value) for value in row[width[0] :])
            except ValueError:
                raise DataFileError("这一行的权重不是数", where=f"{path}:{rows.line_num}") from None


def load(wording: Path, second: Path, elements: frozenset[str]) -> Wording:
    """The wording of one kind. `elements`: those whose rules are the shipped ones; of others it has no opinion."""
    biases: dict[Column, float] = {}
    weights: dict[str, int] = {}
    numbers: dict[Column, int] = {}
    for (element, status, feature), (weight,) in _rows(wording, (3, 1)):
        if element not in elements:
            continue
        number = numbers.setdefault((element, status), len(numbers))
        if feature:
            weights[feature] = weights.get(feature, 0) + (round(weight * _PARTS) << (_BITS * number))
        else:
            biases[element, status] = weight
    opinions: dict[tuple[str, str], dict[str, tuple[float, ...]]] = {}
    for (element, given, status), values in _rows(second, (3, 4)):
        opinions.setdefault((element, given), {})[status] = values
    return Wording(
        elements,
        tuple(numbers),
        tuple(biases.get(column, 0.0) for column in numbers),
        weights,
        opinions,
    )
