"""The document log: append, search, fetch, verify. SQLite stays in this room.

with Archive(home) as archive:
    entry = archive.add(at=now, errand="check", file=data, file_name="letter.pdf", ...)
    hits = archive.search("仲裁", kind="complaint")
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from itertools import islice
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

from sqlite_utils import Database

from objection_docs.archive import chain, letters, pool, schema, search, settling, stored, verifying
from objection_docs.archive.entries import (
    ABOUT_LOG,
    HEAVY,
    LATER,
    LIGHT,
    READINGS,
    Copy,
    Entry,
    about_case,
    clean,
    dump,
    from_row,
)
from objection_docs.archive.files import Folder, sha256
from objection_docs.archive.search import Hits, Query
from objection_docs.errors import LogError, ObjectionDocsError

__all__ = ["ABOUT_LOG", "Archive", "Entry", "Hits", "about_case"]

LOCK = "log.lock"
_WORDS = ("who", "kind", "procedure", "case_id", "title", "sender", "recipient", "verdict")
#: `verify` tells no more than so many; a log with more was not damaged in one place.
MOST_PROBLEMS = 1000


class Archive:
    """The log under `home`. Opens when first used; one for each errand or request, not one for a whole service.

    `read_only`: nothing is written, not even beside it; for a copy of the log, on any medium.
    """

    def __init__(self, home: Path, *, read_only: bool = False):
        self.home = Path(home)
        self.read_only = read_only
        self.path = self.home / schema.NAME
        self._db, self._pool = None, None

    @cached_property
    def files(self) -> Folder:
        """Asked for only by who needs them: a search finds no plugins."""
        return stored.files(self.home)

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        db, self._db = self._db, None
        if db is not None:
            self._pool.give(db) if self._pool else db.close()

    @property
    def db(self):
        if self._db is None:
            self._pool = None if self.read_only else pool.of(self.home)
            if self._pool:
                self._db = self._pool.take()
            else:
                self._db = schema.connect_read_only(self.home) if self.read_only else schema.connect(self.home)
        return self._db

    def add(
        self,
        *,
        at: datetime,
        errand: str,
        file: bytes | None = None,
        file_name: str = "",
        media_type: str = "application/octet-stream",
        copies: Iterable[tuple[str, str, str, bytes]] = (),
        series: str = "",
        elements: Iterable[tuple[str, str, str]] = (),
        facts: object = None,
        report: object = None,
        text: str = "",
        details: dict | None = None,
        **words: str,
    ) -> Entry:
        """Append a letter. `words`: who, kind, procedure, case_id, title, sender, recipient, verdict.

        `series`: the number's beginning; the number itself is given in here, and so is the entry's place.
        `elements`: id, status, level. `copies`: role, file name, media type, bytes.
        `details`: of an imported letter, where it comes from.
        """
        # Files go first: a crash between leaves a file without an entry, never an entry without its file.
        copies = tuple(copies)
        digest = "" if file is None else self.files.put(file)
        kept = tuple(
            Copy(role, clean(name), self.files.put(data), len(data), type_) for role, name, type_, data in copies
        )
        states = [tuple(map(clean, state)) for state in elements]
        with self.writing() as db:
            self._keep_there([file, *(data for *_, data in copies)])
            entry = chain.append(
                db,
                at=at,
                errand=errand,
                series=series,
                states=states,
                file_name=clean(file_name),
                sha256=digest,
                size=len(file or b""),
                media_type=media_type,
                copies=kept,
                facts=facts,
                report=report,
                text=clean(text),
                details=details,
                **_words(words),
            )
            reads = letters.row(entry, ())
            letters.store(db, reads)
            search.index(db, entry, reads, ())
        self._settle()
        return entry

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """A transaction: what is read in it is still true when it writes; all of it is kept or nothing."""
        with schema.spoken(self.path):
            outermost = not self.db.conn.in_transaction
            with self._in_turn(self.db):
                yield self.db
            if self._pool and outermost:
                self._pool.sync()

    @contextmanager
    def _in_turn(self, db: Database) -> Iterator[None]:
        with self._turn(), schema.immediate(db):
            yield

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Writers wait in a queue. SQLite alone lets them sleep and try again: with many at once, some for seconds."""
        if self.db.conn.in_transaction:
            yield
            return
        with self._pool.turn if self._pool else nullcontext(), (self.home / LOCK).open("a") as line:
            if fcntl is not None:
                fcntl.flock(line, fcntl.LOCK_EX)
            yield

    def note(
        self,
        *,
        at: datetime,
        errand: str,
        about: str,
        details: dict,
        who: str = "",
        case: str = "",
        file: bytes | None = None,
        file_name: str = "",
        media_type: str = "",
    ) -> Entry:
        """Append a later entry. `errand` and `about`: as entries.LATER tells; `details`: what it says, fit for JSON.

        What it changes of the letter's reading (`correct`, `describe`) shows in lists and searches at once.
        """
        if errand not in LATER or not about:
            raise ValueError(f"no later entry: {errand} about {about!r}")
        held = {} if file is None else {"sha256": self.files.put(file), "size": len(file), "media_type": media_type}
        with self.writing() as db:
            self._keep_there([file])
            entry = chain.append(
                db,
                at=at,
                errand=errand,
                about=about,
                details=details,
                file_name=clean(file_name),
                **held,
                **_words({"who": who, "case_id": case}),
            )
            if errand in READINGS:
                self._read_anew(self.original(about))
        self._settle()
        return entry

    def unexamined(self, after: int = 0, limit: int = 100) -> list[Entry]:
        """Our own letters that were entered unchecked and still are, oldest first, from place `after` + 1 on."""
        with schema.spoken(self.path):
            return letters.unexamined(self.db, after, limit)

    def many_unexamined(self, count: int) -> bool:
        """Whether so many wait, or about so many: letters that came without a verdict from elsewhere count too."""
        with schema.spoken(self.path):
            return letters.many_unexamined(self.db, count)

    def examined(
        self, id: str, report: dict, file: bytes, *, at: datetime, elements: Iterable[tuple[str, str, str]]
    ) -> Entry:
        """Append the check of a letter that was entered unchecked. The report is the entry's file, as `keep_report`
        gave it, and goes with the letter when that is destroyed."""
        told = {"elements": [list(state) for state in elements], "faults": search.codes(report)}
        procedure = {"procedure": report["procedure"]} if report.get("procedure") else {}
        details = {"verdict": report["verdict"]} | procedure | told
        name = {"file_name": "report.json", "media_type": "application/json"}
        return self.note(at=at, errand="examine", about=id, details=details, file=file, **name)

    def keep_report(self, report: dict) -> bytes:
        """The file that `examined` will enter, kept already: nobody waits for the disk with us."""
        file = dump(report).encode()
        self.files.put(file)
        return file

    def _read_anew(self, letter: Entry) -> None:
        """Bring table and index to what the letter says after the entry just written."""
        later = self.later(letter.id)
        reads = letters.row(letter, later)
        letters.store(self.db, reads)
        search.index(self.db, letter, reads, later)

    def _keep_there(self, data: Iterable[bytes | None]) -> None:
        """A file just entered may be one that a destruction took away meanwhile; now the write lock keeps it."""
        for each in data:
            if each is not None and not self.files.has(sha256(each)):
                self.files.put(each)

    def _settle(self) -> None:
        if self.db.conn.in_transaction:
            return  # a larger errand goes on; the next one settles
        with schema.spoken(self.path):
            if search.due(self.db) is not None:
                with settling.right(self.home) as ours:
                    self.settle() if ours else None

    def settle(self, apart: Callable | None = None, upto: int | None = None, *, urgent: Callable | None = None) -> None:
        """Do what others would have to do beside their entries: bring what was committed from the WAL into the
        database, and make the blocks of the index that are due. For who has the `settling.right`.

        `apart`, `urgent`: call a function with its arguments elsewhere: in a process that is not in a hurry, or, when
        the index is far behind, in one that is. A block takes some hundred MB, which one that goes on would keep.
        `upto`: only blocks of letters before this place; the others will soon read otherwise.
        """

        def make(number: int) -> list[tuple[str, bytes]]:
            if elsewhere := urgent if search.far_behind(self.db) else apart:
                with suppress(ObjectionDocsError):  # that process had too little time or memory
                    return elsewhere(rows_of_block, self.home, number)
            return search.made(self.db, number)

        with schema.spoken(self.path):
            self.db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            search.settle(self.db, self._in_turn, make, upto)

    def search(self, query: str = "", **asked) -> Hits:
        """A page of letters, newest first unless `order` is "relevance". Never a syntax error.

        Words joined by blanks: all of them; "…": a phrase; -词: without. `asked`: raw words by their search.NAMES,
        where `since` and `until` may stand for `from` and `to`. UsageError for a value that cannot be meant.
        """
        return self.find(_query(query, asked))

    def find(self, query: Query) -> Hits:
        """A page of the letters that a query means."""
        with schema.spoken(self.path):
            return search.find(self.db, query)

    def chosen(self, query: str = "", **asked) -> list[int]:
        """Places (seq) of all letters that `search` would show, page after page, oldest first."""
        with schema.spoken(self.path):
            return search.chosen(self.db, _query(query, asked))

    def entry(self, id: str) -> Entry:
        """The whole letter as it reads now, or a later entry, by its id, its number or its archive number."""
        entry = self.original(id)
        return self.reading(entry, self.later(entry.id))

    def reading(self, letter: Entry, later: Iterable[Entry]) -> Entry:
        """The letter as it reads after its later entries, oldest first; with the report that was entered later."""
        later = tuple(later)
        reads, check = letters.now(letter, later), letters.examination(later)
        if check is None or letters.destruction(later):
            return reads
        with suppress(LogError):  # its file is lost, which `verify` tells; the letter can be shown all the same
            return replace(reads, report=json.loads(self.files.get(check.sha256)))
        return reads

    def original(self, id: str) -> Entry:
        """As `entry`, but as it was entered."""
        wanted = clean(id.strip())
        with schema.spoken(self.path):
            found = letters.whole(self.db, wanted)
        if found is None:
            message = f"日志中没有“{wanted}”这一条，请核对编号"
            raise LogError(message, code="no_such_entry", status=404, typed="用 log search 可以查到编号")
        return found

    def letter(self, id: str) -> Entry:
        """As `entry`, but never a later entry."""
        entry = self.entry(id)
        if entry.about:
            message = f"“{id}”是文书的后续记录，不是文书；请给出文书的编号"
            raise LogError(message, code="not_a_letter", status=404)
        return entry

    def later(self, about: str) -> tuple[Entry, ...]:
        """All later entries about a letter or an entry (its id), a case (`about_case`) or the log, oldest first."""
        with schema.spoken(self.path):
            return letters.later(self.db, about)

    def latest(self, about: str, errand: str, *, before: int | None = None, limit: int = 100) -> list[Entry]:
        """As `later`, of one errand, newest first, a page at a time. `before`: the `seq` where the last one ended."""
        with schema.spoken(self.path):
            return letters.latest(self.db, about, errand, before, limit)

    def entries(self, after: int = 0, *, whole: bool = False) -> Iterator[Entry]:
        """Every entry, letters and later ones, as entered, in the order of the chain; from place `after` + 1 on.

        `whole`: with facts, report and text. Reads on from the database, so memory stays small at any length.
        """
        columns = ", ".join(LIGHT + HEAVY if whole else LIGHT)
        with schema.spoken(self.path):
            for row in self.db.execute(f"SELECT {columns} FROM entries WHERE seq > ? ORDER BY seq", [after]):
                yield from_row(row, heavy=whole)

    def last(self) -> int:
        """The place of the last entry; 0 while there is none."""
        with schema.spoken(self.path):
            return chain.head(self.db)[0]

    def file(self, id: str, role: str = "") -> tuple[str, bytes]:
        """The entry's file as it was entered, byte for byte: name and bytes. `role`: of a copy, e.g. "pdf"."""
        entry = self.entry(id)
        kept = entry.copy(role) if role else entry
        if kept is not None and kept.sha256 and (record := letters.destruction(self.later(entry.id))):
            message = f"这份文书已按销毁清册 {record.details['list']} 销毁，只留下记录和指纹"
            raise LogError(message, code="destroyed", status=410)
        if kept is None or not kept.sha256:
            raise LogError("这一条没有保存文件", code="no_file", status=404)
        return kept.file_name, self.files.get(kept.sha256)

    def verify(self) -> list[str]:
        """What is wrong with the log, in words, first things first; empty when it is whole."""
        with schema.spoken(self.path):
            return list(islice(verifying.problems(self.db, self.files), MOST_PROBLEMS))


def rows_of_block(home: Path, number: int) -> list[tuple[str, bytes]]:
    """The rows of a block of the index, for whoever stores them."""
    with Archive(home) as archive, schema.spoken(archive.path):
        return search.made(archive.db, number)


def _query(query: str, asked: dict) -> Query:
    renamed = {"since": "from", "until": "to"}
    raw = {"q": query} | {renamed.get(name, name): value for name, value in asked.items()}
    if unknown := raw.keys() - set(search.NAMES):
        raise TypeError(f"unknown words of a search: {unknown}")
    return search.read(raw)


def _words(given: dict[str, str]) -> dict[str, str]:
    if unknown := given.keys() - set(_WORDS):
        raise TypeError(f"unknown values of an entry: {unknown}")
    return dict.fromkeys(_WORDS, "") | {name: clean(value or "") for name, value in given.items()}
