"""Letters as they are handed over: each with what proves it and with the later entries about it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from objection_docs.archive import Archive, chain, letters, schema, verifying
from objection_docs.archive.entries import Entry, as_row
from objection_docs.moments import in_beijing

#: Who opened a letter is the business of the house that keeps it; what became of the letter goes with it.
_STAYS = {"access"}


@dataclass(frozen=True, slots=True)
class Proved:
    """An entry as it was entered, and the canonical form whose sha256 is its hash."""

    entry: Entry
    form: str


@dataclass(frozen=True, slots=True)
class Record:
    """A letter. `reads`: with its corrections. `later`: oldest first. `described`: as letters.described.

    `destroyed`: after its term, so that there is neither file nor text.
    """

    letter: Proved
    reads: Entry
    later: tuple[Proved, ...]
    described: dict[str, str]
    destroyed: bool


@contextmanager
def one_view(archive: Archive) -> Iterator[None]:
    """Everything read inside is of one moment, while others go on writing."""
    with schema.spoken(archive.path):
        archive.db.execute("BEGIN")
        try:
            archive.db.execute("SELECT 1 FROM entries LIMIT 1").fetchone()  # the moment is that of the first read
            yield
        finally:
            archive.db.rollback()


def placed(at: str, seq: int) -> str:
    """The folder of a letter in a bag, by its moment and its place: the month in Beijing, so that people find it."""
    return f"letters/{in_beijing(at):%Y-%m}/{seq:07d}"


def ids(archive: Archive, places: Iterable[int]) -> Iterator[str]:
    """Of the letters at `places`, one by one."""
    for place in places:
        yield archive.db.execute("SELECT id FROM entries WHERE seq = ?", [place]).fetchone()[0]


def records(archive: Archive, places: Iterable[int]) -> Iterator[Record]:
    """The letters at `places`, one by one."""
    for id in ids(archive, places):
        with schema.spoken(archive.path):
            letter = letters.whole(archive.db, id)
            later = letters.later(archive.db, id)
            destruction = letters.destruction(later)
            gone = verifying.gone_hashes(destruction) if destruction else None
            yield Record(
                letter=_proved(archive, letter, gone),
                reads=archive.reading(letter, later),
                later=tuple(_proved(archive, entry) for entry in later if entry.errand not in _STAYS),
                described=letters.described(later),
                destroyed=destruction is not None,
            )


def _proved(archive: Archive, entry: Entry, gone: dict[str, str] | None = None) -> Proved:
    return Proved(entry, chain.canonical(as_row(entry), chain.states_of(archive.db, entry.seq), gone))


def hashes(archive: Archive, first: int, last: int) -> Iterator[tuple[int, str]]:
    """Place and hash of each entry from `first` to `last`."""
    with schema.spoken(archive.path):
        sql = "SELECT seq, hash FROM entries WHERE seq BETWEEN ? AND ? ORDER BY seq"
        yield from archive.db.execute(sql, [first, last])


def head(archive: Archive) -> tuple[int, str]:
    """Place and hash of the last entry."""
    with schema.spoken(archive.path):
        return chain.head(archive.db)


def log_id(archive: Archive) -> str:
    """What tells this log from others: the hash of its first entry; empty for an empty log."""
    with schema.spoken(archive.path):
        found = archive.db.execute("SELECT hash FROM entries ORDER BY seq LIMIT 1").fetchone()
    return found[0] if found else ""
