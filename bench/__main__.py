"""Takes every figure and prints one table; ends with 1 when a limit is broken.

`python -m bench archive --entries 1000000` takes one part only, on a log of that size; with `--log FOLDER` the log is
kept there for the next time. `python -m bench soak` keeps the service busy for ten minutes.
"""

import argparse
import sys
from pathlib import Path

from bench import archive, cases, checking, cold, conversion, deadlines, memory, pages, rendering, service, soak

MODULES = (rendering, checking, deadlines, cases, memory, cold, conversion, archive, service, pages)
PARTS = {part.__name__.split(".")[1]: part for part in MODULES}
#: Only when they are named: they take their time.
LONG = {"soak": soak}


def _asked(part, asked: argparse.Namespace) -> tuple:
    """What a part takes of what was asked for."""
    return (asked.entries, asked.log) if part in (archive, service) else ()


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all when none is named")
    parser.add_argument("--entries", type=int, default=archive.ENTRIES, help="size of the log, default %(default)s")
    parser.add_argument("--log", type=Path, metavar="FOLDER", help="keep that log here, and take it again next time")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS | LONG):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    rows = []
    for name in asked.parts or PARTS:
        part = (PARTS | LONG)[name]
        print(f"measuring: {part.__doc__.splitlines()[0]}", file=sys.stderr)
        rows += part.figures(*_asked(part, asked))
    print("| what | ours | beside | ratio | limit | kept |")
    print("|---|--:|--:|--:|--:|---|")
    for row in rows:
        kept = "–" if row.limit == "–" else "yes" if row.kept else "NO"
        print(f"| {row.what} | {row.ours} | {row.beside} | {row.ratio} | {row.limit} | {kept} |")
    return int(not all(row.kept for row in rows))


if __name__ == "__main__":
    sys.exit(main())
