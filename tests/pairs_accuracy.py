"""How well the answers of a reply to its notice are found, on labelled pairs: `python tests/pairs_accuracy.py`.

A pair (`tests/pairs/*/NN.yaml`) holds a notice, a reply, and the grounds and requests of the notice by words of them,
each with whether the reply answers it. A point that is only repeated, or left to later, is not answered; one sentence
for all requests answers each of them. The pairs of `aside` were written before any rule and are not looked at while
rules are written; their misses stay hidden.

Each label is held against the points found that overlap it: told as unanswered if one of them is. A label that no point
found overlaps counts as told the wrong way round; a point found that no label overlaps and that is told as unanswered
is a false alarm. P, R and F1 are for “not answered” and for “answered”; `share` is the share of labels told rightly.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
PAIRS = ROOT / "tests" / "pairs"
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from objection_docs.checking import answers  # noqa: E402
from objection_docs.extraction.paper import from_text  # noqa: E402
from objection_docs.text import normal  # noqa: E402


@dataclass
class Count:
    """`hit`, `false`, `missed`: of the points that are not answered; `fine`: answered and told so."""

    labels: int = 0
    hit: int = 0
    false: int = 0
    missed: int = 0
    fine: int = 0
    unfound: int = 0
    spurious: int = 0
    quoted: int = 0
    points: int = 0

    def add(self, other: "Count") -> None:
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def figures(self) -> dict[str, float]:
        """P, R, F1 of “not answered”, F1 of “answered”, share told rightly, share of answers quoted at the place."""
        precision = self.hit / (self.hit + self.false) if self.hit + self.false else 1.0
        recall = self.hit / (self.hit + self.missed) if self.hit + self.missed else 1.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        answered = 2 * self.fine / (2 * self.fine + self.false - self.spurious + self.missed)
        share = (self.hit + self.fine) / self.labels
        return {
            "points": self.labels,
            "not answered": self.hit + self.missed,
            "found": 1 - self.unfound / self.labels,
            "P": precision,
            "R": recall,
            "F1": f1,
            "F1 answered": answered,
            "share": share,
            "quote": self.quoted / self.fine if self.fine else 1.0,
        }


def load(part: str) -> Iterator[tuple[str, dict]]:
    for path in sorted((PAIRS / part).glob("*.yaml")):
        yield path.stem, yaml.safe_load(path.read_text("utf-8"))


def passages() -> Iterator[tuple[str, str, str]]:
    """Short passages of replies, in normal text: the kind of point each stands beside, the passage, how it answers the
    point ("admit", "grant" …), or "" for one that takes no position. One that answers another point is left out."""
    for path in sorted((PAIRS / "passages").glob("*.jsonl")):
        for told in map(json.loads, path.read_text("utf-8").splitlines()):
            yield told["kind"], normal(told["yes"]), told["how"]
            if told["why"] != "next_to":
                yield told["kind"], normal(told["no"]), ""


def score(pair: dict, found: tuple) -> tuple[Count, list[str]]:
    """The count of one pair, and its misses in words."""
    count, misses, used = Count(labels=len(pair["points"]), points=len(found)), [], set()
    for label in pair["points"]:
        words = normal(label["quote"])
        mine = [n for n, one in enumerate(found) if _same(words, normal(one.point.quote))]
        used |= set(mine)
        told = all(found[n].answered for n in mine) if mine else not label["answered"]
        count.unfound += not mine
        if told and label["answered"]:
            count.fine += 1
            by = normal(label["by"])
            count.quoted += any(by in normal(found[n].answer.quote) for n in mine)
        elif told:
            count.missed += 1
        elif label["answered"]:
            count.false += 1
        else:
            count.hit += 1
        if told != label["answered"]:
            said = "; ".join(f"{found[n].status}: {found[n].answer.quote if found[n].answer else ''}" for n in mine)
            misses.append(f"{label['kind']} {label['quote']} answered={label['answered']} told: {said or 'not found'}")
    for n, one in enumerate(found):
        if n not in used and not one.answered:
            count.spurious += 1
            count.false += 1
            misses.append(f"spurious {one.kind}: {one.point.quote}")
    return count, misses


def _same(label: str, found: str) -> bool:
    """Whether the words of a label and those of a point found are one stretch, or each other's part."""
    if label in found or found in label:
        return True
    shorter = min(len(label), len(found))
    return any(label[:n] == found[-n:] or found[:n] == label[-n:] for n in range(6, shorter))


def measure(part: str) -> tuple[Count, list[str]]:
    total, misses = Count(), []
    for name, pair in load(part):
        found = answers.cover(from_text(pair["notice"]), from_text(pair["reply"]))
        count, wrong = score(pair, found)
        total.add(count)
        misses += [f"{name} {line}" for line in wrong]
    return total, misses


def cell(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def table(parts: list[str]) -> str:
    rows = {part: measure(part)[0].figures() for part in parts}
    names = list(next(iter(rows.values())))
    lines = [f"| pairs | {' | '.join(names)} |", f"| --- |{' --: |' * len(names)}"]
    lines += [f"| {part} | {' | '.join(cell(row[name]) for name in names)} |" for part, row in rows.items()]
    return "\n".join(lines)


def main(args: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=("known", "aside"))
    parser.add_argument("-v", "--verbose", action="store_true", help="show each miss of the known pairs")
    chosen = parser.parse_args(args)
    print(table([chosen.only] if chosen.only else ["known", "aside"]))
    if chosen.verbose:
        print("\n".join(measure("known")[1]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
