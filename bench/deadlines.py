"""All limits of one case, reckoned with their steps in words: dates that a caller tells → answer."""

from datetime import date, datetime, timedelta
from statistics import median

from bench.measure import Figure, cpu_ms
from objection_docs import deadlines
from objection_docs.packs.courses import Course, course
from objection_docs.packs.procedures import procedures

ROUNDS = 100
LIMIT_MS = 1.0
NOW = datetime(2026, 11, 2, 9)


def events(known: Course) -> dict[str, str]:
    """A day for every second event, so that some limits are met, some run and some are projected."""
    first = date(2026, 9, 14)
    return {name: (first + timedelta(days=3 * n)).isoformat() for n, name in enumerate(known.events) if n % 2 == 0}


def milliseconds(known: Course) -> float:
    """CPU milliseconds of one case, from the caller's words to the limits, after a first one that fills the caches."""
    told = events(known)

    def reckon() -> None:
        deadlines.answer(known, deadlines.read(known, told), NOW)

    reckon()
    return median(cpu_ms(lambda: [reckon() for _ in range(ROUNDS)]) for _ in range(5)) / ROUNDS


def figures() -> list[Figure]:
    taken = {name: milliseconds(course(name)) for name in procedures() if course(name).limits}
    usual, most = median(taken.values()), max(taken, key=taken.get)
    return [
        Figure(
            what=f"all limits of one case, warm (most of {len(taken)} procedures)",
            ours=f"{taken[most]:.2f} ms CPU",
            beside=f"the median of them {usual:.2f} ms CPU",
            ratio=f"{taken[most] / usual:.1f}×",
            limit=f"≤ {LIMIT_MS:.0f} ms",
            kept=taken[most] <= LIMIT_MS,
        )
    ]
