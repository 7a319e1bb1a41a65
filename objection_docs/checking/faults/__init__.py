"""Errors in what a letter does say: each finder looks for one code; a letter without errors stays silent."""

from objection_docs import plugins
from objection_docs.checking.faults import amounts, calendar, clock, codes, enclosures, laws, limits, names
from objection_docs.checking.faults.found import Clock, Due, Found, Known
from objection_docs.packs.faults import wordings

#: Our own; they come in as those of plugins do.
FINDERS = (amounts.find, laws.find, enclosures.find, names.find, calendar.find, codes.find, limits.find, clock.find)

__all__ = ["FINDERS", "Clock", "Due", "Found", "Known", "find"]


def _looked(known: Known) -> tuple[list[Found], list[str]]:
    """What all find, and the names of the plugins whose finders broke down."""
    out: list[Found] = []
    failed: list[str] = []
    for name, finder in [(name, finder) for name, given in plugins.gathered("fault_finders") for finder in given]:
        if finder in FINDERS:
            out += finder(known)
            continue
        try:
            given = list(finder(known))
            for found in given:
                wordings()[found.code].message.format(**found.values)
            out += given
        except Exception as error:
            plugins.complain(name, "fault_finders", error)
            failed.append(name)
    return out, failed


def find(known: Known) -> tuple[list[Found], list[str]]:
    """Every fault, in the order of the letter, each code and place once; and the plugins that could not look."""
    seen, out = set(), []
    looked, failed = _looked(known)
    for found in sorted(looked, key=lambda f: (f.span, f.code)):
        key = (found.code, tuple(sorted(found.values.items())))
        if key not in seen:
            seen.add(key)
            out.append(found)
    return out, failed
