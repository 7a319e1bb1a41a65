"""Fits the weights of the signs of kinds to the letters of tests/letters/known, and writes them into kind.yaml.

A multinomial logistic regression over «this sign stands in the letter», with a penalty on large weights; plain Python,
as a hundred signs and a few hundred letters need no more. The letters kept aside have no part in it.
Run it (`python tests/fit_kinds.py`) after signs or letters were added; --check only tells how well the weights do.
"""

import argparse
import re
import sys
from math import exp
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from accuracy import as_text, load  # noqa: E402

from objection_docs.checking import anatomy  # noqa: E402
from objection_docs.checking.recognise import Reading  # noqa: E402
from objection_docs.extraction.paper import from_text  # noqa: E402
from objection_docs.packs.rules import shipped  # noqa: E402

STEPS, RATE, PENALTY = 600, 0.5, 0.02


def examples(part: str, rules) -> list[tuple[str, str, list[int]]]:
    """For each letter of a set its id, its kind, and which signs stand in it, counted over all kinds in order."""
    signs = [sign for kind in rules.kinds.values() for sign in kind.signs]
    out = []
    for _, letter in load(part):
        reading = Reading(anatomy.read(from_text(as_text(letter)), rules.words))
        out.append((letter["id"], letter["kind"], [i for i, sign in enumerate(signs) if reading.has(sign)]))
    return out


def shares(weights: list[list[float]], standing: list[int]) -> list[float]:
    scores = [sum(row[i] for i in standing) for row in weights]
    top = max(scores)
    raised = [exp(score - top) for score in scores]
    return [value / sum(raised) for value in raised]


def fit(data: list[tuple[str, str, list[int]]], kinds: list[str], size: int) -> list[list[float]]:
    """Weights by kind and sign: full-batch gradient descent on the mean log loss with an L2 penalty."""
    weights = [[0.0] * size for _ in kinds]
    for _ in range(STEPS):
        slopes = [[PENALTY * w for w in row] for row in weights]
        for _, kind, standing in data:
            for k, share in enumerate(shares(weights, standing)):
                miss = (share - (kinds[k] == kind)) / len(data)
                for i in standing:
                    slopes[k][i] += miss
        weights = [[w - RATE * d for w, d in zip(*rows, strict=True)] for rows in zip(weights, slopes, strict=True)]
    return weights


def wrong(data, kinds, weights) -> list[str]:
    found = ((name, kind, shares(weights, standing)) for name, kind, standing in data)
    return [name for name, kind, share in found if kinds[share.index(max(share))] != kind]


def crossed(data, kinds, size, parts: int = 10) -> int:
    """How many letters are taken for another kind by weights fitted without them."""
    return sum(
        len(wrong(data[i::parts], kinds, fit([d for j, d in enumerate(data) if j % parts != i], kinds, size)))
        for i in range(parts)
    )


def write(rules, weights: list[list[float]]) -> None:
    """Each sign's line in kind.yaml gets its weights; the rest of the file stays as it is."""
    at = 0
    for kind in rules.kinds.values():
        path = ROOT / "checks" / kind.id / "kind.yaml"
        lines = path.read_text("utf-8").split("\n")
        for i, line in enumerate(lines):
            if line.startswith("  - {match:"):
                row = ", ".join(f"{name}: {weights[k][at]:.2f}" for k, name in enumerate(rules.kinds))
                lines[i] = re.sub(r", weights?: (?:\{[^}]*\}|-?[\d.]+)", f", weights: {{{row}}}", line)
                at += 1
        path.write_text("\n".join(lines), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="only tell how well the weights in the files do")
    rules, arguments = shipped(), parser.parse_args()
    kinds = list(rules.kinds)
    signs = [sign for kind in rules.kinds.values() for sign in kind.signs]
    known, aside = examples("known", rules), examples("aside", rules)
    weights = [[sign.weights.get(kind, 0.0) for sign in signs] for kind in kinds]
    if not arguments.check:
        weights = fit(known, kinds, len(signs))
        write(rules, weights)
        print(f"taken for another kind when fitted without them: {crossed(known, kinds, len(signs))} of {len(known)}")
    for name, data in (("known", known), ("aside", aside)):
        print(f"{name}: {len(wrong(data, kinds, weights))} of {len(data)} wrong")


if __name__ == "__main__":
    main()
