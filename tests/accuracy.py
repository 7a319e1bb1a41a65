"""How well the checker does on the labelled letters of tests/letters, each read and checked afresh.

`known` letters were looked at while the rules were written; `aside` letters were kept aside and tell what the rules
are worth on letters they have not met. So the misses of `aside` are shown only when asked for (--show-aside).
`python tests/accuracy.py --help` lists the options; the columns are explained in tests/scoring.py.
"""

import argparse
import json
import math
import sys
import traceback
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]  # runs in a checkout that is not installed, and without pytest

import scoring  # noqa: E402

LETTERS = ROOT / "tests" / "letters"
SETS = ("known", "aside")


def as_text(letter: dict) -> str:
    """The letter as plain text: a line for each paragraph, a line with tabs for each table row."""
    lines = [letter["title"]]
    for block in letter["body"]:
        form, value = next(iter(block.items()))
        if form == "table":
            lines += ["\t".join(str("" if cell is None else cell).replace("\n", " ") for cell in row) for row in value]
        elif form != "page":
            lines += str(value).split("\n")
    return "\n".join(lines) + "\n"


def load(part: str) -> Iterator[tuple[Path, dict]]:
    """The label files of one set with what they hold, by name."""
    for path in sorted((LETTERS / part).glob("*.yaml")):
        yield path, yaml.safe_load(path.read_text("utf-8"))


def examine(path: Path, letter: dict, form: str) -> tuple[dict | None, str]:
    """The report on one letter (None when it can't be read), and what went wrong."""
    from objection_docs import checking, extraction
    from objection_docs.errors import PaperError

    name = path.with_suffix(".txt" if form == "text" else f".{form}")
    try:
        data = as_text(letter).encode("utf-8") if form == "text" else name.read_bytes()
        return checking.check(extraction.read(data, name.name)).to_dict(), ""
    except PaperError as error:
        return None, f"{letter['id']} unread: {error.code} {error}"
    except Exception:  # a crash on one letter must not hide how the others fare; it is told and fails the run
        return None, f"{letter['id']} CRASHED\n{traceback.format_exc()}"


def _work(task: tuple[str, Path, dict, str]) -> tuple[str, scoring.Score, str]:
    part, path, letter, form = task
    report, trouble = examine(path, letter, form)
    return part, scoring.score_letter(letter, report), trouble


def run(parts: list[str], form: str, workers: int = 2) -> tuple[dict[str, list[scoring.Score]], list[str]]:
    """The scores of each set, and the troubles met."""
    tasks = [(part, path, letter, form) for part in parts for path, letter in load(part)]
    scores: dict[str, list[scoring.Score]] = {part: [] for part in parts}
    troubles = []
    with ProcessPoolExecutor(workers) as pool:
        for part, score, trouble in pool.map(_work, tasks, chunksize=4):
            scores[part].append(score)
            troubles += [trouble] if trouble else []
    return scores, troubles


def cell(value: float) -> str:
    """A figure as the table shows it; – where there is nothing to take a share of."""
    if isinstance(value, int):
        return str(value)
    return "–" if math.isnan(value) else f"{value:.3f}"


def table(first: tuple[str, ...], rows: list[tuple[tuple[str, ...], dict[str, float]]]) -> str:
    """A Markdown table: the columns named in `first`, then the figures."""
    head = [*first, *rows[0][1]]
    lines = [head, ["---"] * len(first) + ["--:"] * len(rows[0][1])]
    lines += [[*names, *map(cell, values.values())] for names, values in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def side_by_side(first: tuple[str, ...], groups: dict[str, dict[tuple[str, ...], dict[str, float]]]) -> str:
    """A Markdown table with the columns of each set beside each other: sums, no single letter shows."""
    rows = {}
    for name, group in groups.items():
        for key, values in group.items():
            rows.setdefault(key, {}).update({f"{name} {column}": value for column, value in values.items()})
    columns = dict.fromkeys(column for row in rows.values() for column in row)
    whole = [(key, {column: row.get(column, float("nan")) for column in columns}) for key, row in sorted(rows.items())]
    return table(first, whole)


def main(args: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--format", choices=("pdf", "docx", "text"), default="pdf", help="read the letters as (pdf)")
    parser.add_argument("--only", choices=SETS, help="one set instead of both")
    parser.add_argument("-v", "--verbose", action="store_true", help="print each miss")
    parser.add_argument("--show-aside", action="store_true", help="-v: the letters kept aside too")
    parser.add_argument("--kinds-only", action="store_true", help="only the table of kinds, not of elements and faults")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args(args)

    parts = [options.only] if options.only else list(SETS)
    scores, troubles = run(parts, options.format, options.workers)
    groups = dict(scores)
    if len(parts) > 1:
        groups["both"] = [score for part in parts for score in scores[part]]
    shown = [score for part in parts if part != "aside" or options.show_aside for score in scores[part]]

    for trouble in troubles:
        print(trouble, file=sys.stderr)
    if options.json:
        figures = {name: scoring.by_kind(group) for name, group in groups.items()}
        print(json.dumps(figures, indent=1).replace("NaN", "null"))
        return int(bool(troubles))
    if options.verbose:
        print(*(miss for score in shown for miss in score.misses), sep="\n")
    if not options.kinds_only:
        print(side_by_side(("kind", "element"), {name: scoring.by_element(scores[name]) for name in parts}), end="\n\n")
        faults = {name: {(code,): row for code, row in scoring.by_fault(scores[name]).items()} for name in parts}
        print(side_by_side(("fault",), faults), end="\n\n")
    rows = [((name, kind), row) for name, group in groups.items() for kind, row in scoring.by_kind(group).items()]
    print(table(("letters", "kind"), rows))
    return int(bool(troubles))


if __name__ == "__main__":
    sys.exit(main())
