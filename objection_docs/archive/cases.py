"""What the log holds of cases: their letters as they read now, and what was entered about each case by hand.

A pass over the letters and one over the later entries, whatever the number of cases; no text of a letter is read.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from itertools import chain, groupby
from operator import itemgetter
from typing import NamedTuple

from objection_docs.archive import Archive, schema
from objection_docs.archive.entries import CASES, Entry, about_case, clean


class Letter(NamedTuple):
    """A letter of a case, corrections applied. `dates`: what it tells of dates, by name; None where nothing was noted
    when it was entered. `received`: the day that a proof of service gives, YYYY-MM-DD, or empty."""

    seq: int
    kind: str
    procedure: str
    dates: Mapping[str, str] | None
    received: str = ""


class Head(NamedTuple):
    """What a list shows of a letter, corrections applied; the names as in Entry."""

    seq: int
    id: str
    at: str
    errand: str
    kind: str
    procedure: str
    number: str
    title: str
    sender: str
    recipient: str
    verdict: str
    file_name: str
    sha256: str  # of its file
    draft: bool  # of our own letters: whether facts are still lacking


class Said(NamedTuple):
    """A later entry about a case. `errand`: event | set | extend | close | reopen; `details`: what it says."""

    seq: int
    id: str
    at: str
    who: str
    errand: str
    details: Mapping


class Kept(NamedTuple):
    """All that the log holds of one case, oldest first."""

    case: str
    letters: list[Letter]
    said: list[Said]

    @property
    def closed(self) -> date | None:
        """The day of its closing; None while it is open."""
        turns = [one for one in self.said if one.errand in ("close", "reopen")][-1:]
        return date.fromisoformat(turns[0].details["on"]) if turns and turns[0].errand == "close" else None


_ROWS = 10_000
# Of the rows that a max() chooses SQLite takes the other columns too: the last turn of each case.
_CLOSED = f"""
SELECT case_id FROM (
    SELECT case_id, errand, max(seq) FROM entries WHERE {CASES} AND errand IN ('close', 'reopen') GROUP BY about
) WHERE errand = 'close'
"""
_NOT_IN = "case_id NOT IN (SELECT value FROM json_each(?))"
# Proofs of service come in the order of the index on `about`, which is that of entering.
_LETTERS = """
SELECT l.case_id, l.seq, l.kind, l.procedure, e.details, json_extract(s.details, '$.on')
FROM letters l JOIN entries e ON e.seq = l.seq LEFT JOIN entries s ON s.about = e.id AND s.errand = 'service'
WHERE {condition} ORDER BY l.case_id, l.seq
"""
_HEADS = """
SELECT l.seq, e.id, l.at, l.errand, l.kind, l.procedure, e.number, l.title, l.sender, l.recipient, l.verdict,
    e.file_name, e.sha256, CASE e.details WHEN '' THEN 0 ELSE json_extract(e.details, '$.draft') IS NOT NULL END
FROM letters l JOIN entries e ON e.seq = l.seq WHERE l.seq IN (SELECT value FROM json_each(?)) ORDER BY l.seq
"""
_SAID = """
SELECT case_id, seq, id, at, who, errand, details FROM entries
WHERE {condition} AND errand IN ('event', 'set', 'extend', 'close', 'reopen') ORDER BY seq
"""


def each(archive: Archive, *, still_open: bool = False) -> Iterator[Kept]:
    """Every case, one after the other. `still_open`: only those that are not closed."""
    if not still_open:
        return _each(archive, "l.case_id <> ''", CASES)
    with schema.spoken(archive.path):
        closed = json.dumps([name for (name,) in archive.db.execute(_CLOSED)])
    return _each(archive, f"l.case_id <> '' AND l.{_NOT_IN}", f"{CASES} AND {_NOT_IN}", [closed], [closed])


def one(archive: Archive, case: str) -> Kept | None:
    """What there is of this case; None where there is nothing."""
    name = clean(case)
    return next(_each(archive, "l.case_id = ?", "about = ?", [name], [about_case(name)]), None) if name else None


def _each(archive: Archive, condition: str, about: str, names: Iterable[str] = (), abouts: Iterable[str] = ()):
    with schema.spoken(archive.path):
        said: dict[str, list[Said]] = {}
        for case, *row, details in archive.db.execute(_SAID.format(condition=about), list(abouts)):
            said.setdefault(case, []).append(Said(*row, json.loads(details)))
        # many at once: going to and fro between SQLite and the caller costs a tenth more; all would fill the memory
        cursor = archive.db.execute(_LETTERS.format(condition=condition), list(names))
        rows = chain.from_iterable(iter(lambda: cursor.fetchmany(_ROWS), []))
        for case, group in groupby(rows, itemgetter(0)):
            yield Kept(case, _letters(group), said.pop(case, []))
        for case, entries in said.items():
            yield Kept(case, [], entries)


def _letters(rows: Iterable[tuple]) -> list[Letter]:
    """A letter with several proofs of service has as many rows; the last one that tells a day counts."""
    found: list[Letter] = []
    for _, seq, kind, procedure, details, day in rows:
        if found and found[-1].seq == seq:
            found[-1] = found[-1]._replace(received=day or found[-1].received)
            continue
        found.append(Letter(seq, kind, procedure, _dates(details), day or ""))
    return found


@lru_cache(10_000)
def _dates(details: str) -> Mapping[str, str] | None:
    """Many letters tell the same few days."""
    return json.loads(details).get("dates") if details else None


def heads(archive: Archive, seqs: Iterable[int]) -> dict[int, Head]:
    """The letters of these places."""
    with schema.spoken(archive.path):
        return {row[0]: Head(*row[:-1], bool(row[-1])) for row in archive.db.execute(_HEADS, [json.dumps(list(seqs))])}


def whole(archive: Archive, seq: int) -> Entry:
    """The letter of this place as it was entered, with facts, report and text."""
    with schema.spoken(archive.path):
        return next(archive.entries(seq - 1, whole=True))


def reached(archive: Archive) -> tuple[str, int]:
    """The id of the log's first entry, by which this log is told from any other, and the number of its entries."""
    with schema.spoken(archive.path):
        sql = "SELECT (SELECT id FROM entries ORDER BY seq LIMIT 1), max(seq) FROM entries"
        first, number = archive.db.execute(sql).fetchone()
    return first or "", number or 0
