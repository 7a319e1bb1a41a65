"""The command line from a cold start: a new process each time, its home already there."""

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.measure import Figure

TIMES = 5
COMMAND = str(Path(sys.executable).with_name("objection-docs"))
LETTER = str(Path(__file__).resolve().parent.parent / "examples" / "deficient_notice.pdf")


def seconds(command: list[str], home: str) -> float:
    """Median wall seconds of a command, after one start that fills the caches. 1 (incomplete letter) is no failure."""
    taken = []
    for _ in range(TIMES + 1):
        start = time.perf_counter()
        run = subprocess.run(command, capture_output=True, env={**os.environ, "OBJECTION_DOCS_HOME": home}, check=False)
        taken.append(time.perf_counter() - start)
        if run.returncode not in (0, 1):
            raise SystemExit(f"{' '.join(command)} ended with {run.returncode}: {run.stderr.decode()}")
    return median(taken[1:])


def figures() -> list[Figure]:
    with TemporaryDirectory() as home:
        python = seconds([sys.executable, "-c", "pass"], home)
        cases = [
            ("objection-docs --help", [COMMAND, "--help"], 0.3),
            ("objection-docs check one.pdf", [COMMAND, "check", LETTER], 1.5),
        ]
        taken = [(what, seconds(command, home), limit) for what, command, limit in cases]
    return [
        Figure(
            what=f"`{what}`, new process",
            ours=f"{ours:.2f} s",
            beside=f"python -c pass {python:.2f} s",
            ratio=f"{ours / python:.0f}×",
            limit=f"≤ {limit} s",
            kept=ours <= limit,
        )
        for what, ours, limit in taken
    ]
