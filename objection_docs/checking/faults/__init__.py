"""Errors in what a letter does say: each finder looks for one code; a letter without errors stays silent."""

from objection_docs.checking.faults import amounts, calendar, clock, codes, enclosures, laws, limits, names
from objection_docs.checking.faults.found import Clock, Due, Found, Known

FINDERS = (amounts.find, laws.find, enclosures.find, names.find, calendar.find, codes.find, limits.find, clock.find)

__all__ = ["FINDERS", "Clock", "Due", "Found", "Known", "find"]


def find(known: Known) -> list[Found]:
    """Every fault, in the order of the letter, each code and place once."""
    seen, out = set(), []
    for found in sorted((f for finder in FINDERS for f in finder(known)), key=lambda f: (f.span, f.code)):
        key = (found.code, tuple(sorted(found.values.items())))
        if key not in seen:
            seen.add(key)
            out.append(found)
    return out
