"""Takes every figure and prints one table; ends with 1 when a limit is broken."""

import sys

from bench import cases, checking, cold, conversion, deadlines, memory, rendering

PARTS = (rendering, checking, deadlines, cases, memory, cold, conversion)


def main() -> int:
    rows = []
    for part in PARTS:
        print(f"measuring: {part.__doc__.splitlines()[0]}", file=sys.stderr)
        rows += part.figures()
    print("| what | ours | beside | ratio | limit | kept |")
    print("|---|--:|--:|--:|--:|---|")
    for row in rows:
        kept = "–" if row.limit == "–" else "yes" if row.kept else "NO"
        print(f"| {row.what} | {row.ours} | {row.beside} | {row.ratio} | {row.limit} | {kept} |")
    return int(not all(row.kept for row in rows))


if __name__ == "__main__":
    sys.exit(main())
