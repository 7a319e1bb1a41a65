"""A figure of the table, and fair ways to take it: CPU time, two calls in turn, medians."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

LETTERS = Path(__file__).resolve().parent.parent / "tests" / "letters" / "known"


@dataclass(frozen=True)
class Figure:
    """One row: what was measured, ours, what it stands beside, the ratio of the two and the limit on it."""

    what: str
    ours: str
    beside: str
    ratio: str
    limit: str = "–"
    kept: bool = True


def cpu_ms(call: Callable[[], object]) -> float:
    """CPU milliseconds of one call; collecting what the call before it left is not on its bill."""
    gc.collect()
    start = time.process_time()
    call()
    return (time.process_time() - start) * 1000


def in_turn(ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median CPU milliseconds of both, in turn: a busy machine slows both alike. The first pair only warms up."""
    pairs = [(cpu_ms(ours), cpu_ms(theirs)) for _ in range(rounds + 1)][1:]
    return median(a for a, _ in pairs), median(b for _, b in pairs)
