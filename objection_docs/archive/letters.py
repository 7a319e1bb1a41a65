"""How a letter reads now: what was entered, with the later entries about it laid over it.

The entry itself never changes. The table `letters` holds the present reading for lists and filters; it is made from
the entries alone and can always be made again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sqlite_utils import Database

from objection_docs.archive.entries import CORRECTABLE, HEAVY, LIGHT, Entry, from_row
from objection_docs.errors import LogError

KEPT = ("seq", "at", "errand", "who", *CORRECTABLE, "verdict")
#: What `letters` knows that the entry doesn't.
ADDED = {"retention": "", "archive_number": "", "destroyed": 0}
#: What `describe` may say of a letter.
DESCRIBED = ("form", "holder", "remarks", "retention", "archive_number")

#: `verdict` first: it has an index, and few letters have none.
_UNEXAMINED = "verdict = '' AND errand = 'generate' AND destroyed = 0"


def now(letter: Entry, later: Iterable[Entry]) -> Entry:
    """The letter as it reads after its later entries, oldest first."""
    for entry in later:
        if entry.errand == "correct":
            letter = replace(letter, **entry.details["set"])
        elif entry.errand == "examine":
            # who had it written may have left the procedure open; what was corrected meanwhile stays
            procedure = letter.procedure or entry.details.get("procedure", "")
            letter = replace(letter, verdict=entry.details["verdict"], procedure=procedure)
        elif entry.errand == "destroy":
            letter = replace(letter, facts=None, report=None, text="")
    return letter


def row(letter: Entry, later: Iterable[Entry]) -> dict:
    """The row of `letters` that the letter must have."""
    later = list(later)
    reads = now(letter, later)
    values = {name: getattr(reads, name) for name in KEPT} | ADDED
    for entry in later:
        if entry.errand == "describe":
            values |= {name: entry.details["set"][name] for name in ADDED if name in entry.details["set"]}
        if entry.errand == "destroy":
            values["destroyed"] = 1
    return values


def described(later: Iterable[Entry]) -> dict[str, str]:
    """What is known of the letter as a record: original or copy, its holder, its archive number …"""
    known = {}
    for entry in later:
        if entry.errand == "describe":
            known |= entry.details["set"]
    return known


def examination(later: Iterable[Entry]) -> Entry | None:
    """The check of a letter that was entered before it was checked: `details` as Archive.examined enters them."""
    return next((entry for entry in later if entry.errand == "examine"), None)


def accepted(later: Iterable[Entry]) -> dict[str, Entry]:
    """The acceptance that stands, by the finding of the report that it settles."""
    standing: dict[str, Entry] = {}
    for entry in later:
        if entry.errand == "accept":
            standing.pop(entry.details["finding"], None)
            if not entry.details.get("withdrawn"):
                standing[entry.details["finding"]] = entry
    return standing


def destruction(later: Iterable[Entry]) -> Entry | None:
    return next((entry for entry in later if entry.errand == "destroy"), None)


def store(db: Database, values: dict) -> None:
    """Put the row in, or in the place of the one before."""
    columns, marks = ", ".join(values), ", ".join("?" * len(values))
    db.execute(f"INSERT OR REPLACE INTO letters ({columns}) VALUES ({marks})", list(values.values()))


def later(db: Database, about: str) -> tuple[Entry, ...]:
    """All later entries about `about` (an entry's id, a case, the log), oldest first."""
    return tuple(where(db, "about = ?", about)) if about else ()


def latest(db: Database, about: str, errand: str, before: int | None, limit: int) -> list[Entry]:
    """The later entries about `about` of one errand, newest first; `before`: the place where the page before ended."""
    columns, values = ", ".join(LIGHT), [about, errand, before or 2**62, limit]
    sql = f"SELECT {columns} FROM entries WHERE about = ? AND about <> '' AND errand = ? AND seq < ?"
    return [from_row(row) for row in db.execute(f"{sql} ORDER BY seq DESC LIMIT ?", values)]


def unexamined(db: Database, after: int, limit: int) -> list[Entry]:
    """Our own letters that were entered unchecked and still are, oldest first, from place `after` + 1 on."""
    condition = f"seq IN (SELECT seq FROM letters WHERE {_UNEXAMINED} AND seq > ? ORDER BY seq LIMIT ?)"
    return list(where(db, condition, after, limit))


def many_unexamined(db: Database, count: int) -> bool:
    """Whether at least so many letters have no verdict; counted in the index alone."""
    sql = "SELECT 1 FROM letters WHERE verdict = '' LIMIT 1 OFFSET ?"
    return db.execute(sql, [count - 1]).fetchone() is not None


def where(db: Database, condition: str, *values: object) -> Iterator[Entry]:
    """The entries of which the condition is true, oldest first, without their texts."""
    columns = ", ".join(LIGHT)
    yield from map(from_row, db.execute(f"SELECT {columns} FROM entries WHERE {condition} ORDER BY seq", values))


def light(db: Database, id: str) -> Entry:
    """The entry as it was entered, without its texts, by its id alone."""
    found = next(where(db, "id = ?", id), None)
    if found is None:
        raise LogError(f"日志中缺少条目 {id}；请运行 log verify", code="entry_lost", status=500)
    return found


def whole(db: Database, id: str) -> Entry | None:
    """The entry with all its values as they were entered, by its id, its number or its archive number."""
    columns = ", ".join(LIGHT + HEAVY)
    by_archive_number = "seq IN (SELECT seq FROM letters WHERE archive_number = ?2 AND archive_number <> '')"
    sql = f"SELECT {columns} FROM entries WHERE id = ?1 OR (number = ?2 AND number <> '') OR {by_archive_number}"
    found = db.execute(sql, [id.upper(), id]).fetchone()
    return from_row(found, heavy=True) if found else None
