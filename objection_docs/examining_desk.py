"""Our own letters that were entered before they were checked: which they are, and their checks, entered later.

A service answers whoever has a letter made once that is in the log; the check takes two thirds of the work, and nobody
waits for it. The worker beside the service does it, at leisure.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from objection_docs import desk, folders, plugins
from objection_docs.errors import PaperError
from objection_docs.jobs import turn
from objection_docs.opening import open_log

if TYPE_CHECKING:
    from objection_docs.archive import Entry

#: When so many letters wait, a further one is checked before it is entered: whoever keeps writing waits for the worker.
MOST = 5000
_TOLD_VERDICTS = ("before_logging", "document_generated")


def may_wait(*, home: Path | None = None) -> bool:
    """Whether a letter may be entered unchecked: where a worker is there, and no plugin is told the verdict of a letter
    that is entered."""
    if not turn.taken(home or folders.home()) or any(map(plugins.others_hear, _TOLD_VERDICTS)):
        return False
    with open_log(home) as archive:
        return not archive.many_unexamined(MOST)


def waiting(after: int = 0, *, limit: int = 100, home: Path | None = None) -> list["Entry"]:
    """The letters that wait for their check, oldest first, from the place `after` + 1 of the log on."""
    with open_log(home) as archive:
        return archive.unexamined(after, limit)


def report(letter: "Entry", apart: Callable | None = None, *, home: Path | None = None) -> dict:
    """The report of a letter that waits. `apart`: calls a function with its arguments elsewhere.

    PaperError when our own letter cannot be read: there was too little time or memory.
    """
    name, file = desk.file(letter.id, home=home)
    known = {"kind": letter.kind, "procedure": letter.procedure or None}
    found, _text = apart(desk.examine, file, name, **known) if apart else desk.examine(file, name, **known)
    if error := found.get("error"):
        raise PaperError(error["message"], code=error["code"])
    found = {name: value for name, value in found.items() if name not in ("file", "sha256")}  # as the entry says
    limits = (letter.details or {}).get("limits")
    return found | ({"limits": limits} if limits else {})


def enter(reports: Iterable[tuple["Entry", dict]], *, now: datetime, home: Path | None = None) -> None:
    """Log the reports of letters that waited, all together; of those alone that still wait."""
    with open_log(home) as archive:
        kept = [(letter, found, archive.keep_report(found)) for letter, found in reports]
        with archive.writing():
            for letter, found, file in kept:
                if any(still.id == letter.id for still in archive.unexamined(letter.seq - 1, 1)):
                    archive.examined(letter.id, found, file, at=now, elements=desk.states(found))
