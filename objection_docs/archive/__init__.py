"""The document log: append, search, fetch, verify. SQLite stays in this room.

with Archive(home) as archive:
    entry = archive.add(at=now, errand="check", file=data, file_name="letter.pdf", ...)
    hits = archive.search("仲裁", kind="complaint")
"""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from objection_docs.archive import chain, schema, search
from objection_docs.archive.entries import (
    BEIJING,
    HEAVY,
    LIGHT,
    Copy,
    Entry,
    clean,
    dump,
    dump_copies,
    from_row,
    insert,
    insert_states,
    new_id,
    next_number,
    stamp,
    with_hash,
)
from objection_docs.archive.files import Files
from objection_docs.archive.search import Hits
from objection_docs.errors import LogError

__all__ = ["BEIJING", "Archive", "Entry", "Hits"]

_WORDS = ("who", "kind", "procedure", "case_id", "title", "sender", "recipient", "verdict")


class Archive:
    """The log under `home`. Opens when first used; one for each errand or request, not one for a whole service."""

    def __init__(self, home: Path):
        self.home = Path(home)
        self.path = self.home / schema.NAME
        self.files = Files(self.home)
        self._db = None

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    @property
    def db(self):
        if self._db is None:
            self._db = schema.connect(self.home)
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
        **words: str,
    ) -> Entry:
        """Append an entry. `words`: who, kind, procedure, case_id, title, sender, recipient, verdict.

        `series`: the number's beginning; the number itself is given in here, and so is the entry's place.
        `elements`: id, status, level. `copies`: role, file name, media type, bytes.
        """
        # Files go first: a crash between leaves a file without an entry, never an entry without its file.
        digest = "" if file is None else self.files.put(file)
        kept = tuple(
            Copy(role, clean(name), self.files.put(data), len(data), type_) for role, name, type_, data in copies
        )
        states = [tuple(map(clean, state)) for state in elements]
        plain = dict.fromkeys(_WORDS, "")
        if unknown := words.keys() - plain.keys():
            raise TypeError(f"unknown values of an entry: {unknown}")
        plain |= {name: clean(value or "") for name, value in words.items()}
        db = self.db
        with schema.spoken(self.path), schema.immediate(db):
            place, previous = chain.last_hash(db)
            entry = Entry(
                seq=place + 1,
                id=new_id(at),
                at=stamp(at),
                errand=errand,
                number=next_number(db, series, at, place + 1) if series else "",
                file_name=clean(file_name),
                sha256=digest,
                size=len(file or b""),
                media_type=media_type,
                copies=kept,
                prev=previous,
                hash="",
                facts=facts,
                report=report,
                text=clean(text),
                **plain,
            )
            entry = with_hash(entry, chain.fingerprint(_as_stored(entry), states))
            insert(db, entry)
            insert_states(db, entry.seq, states)
            search.index(db, entry)
        return entry

    def search(
        self,
        query: str = "",
        *,
        kind: str | None = None,
        procedure: str | None = None,
        case: str | None = None,
        party: str | None = None,
        status: str | None = None,
        missing: str | None = None,
        since: date | None = None,
        until: date | None = None,
        errand: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Hits:
        """Newest first. Words joined by blanks: all of them; "…": a phrase; -词: without. Never a syntax error."""
        words, without = search.parse_words(query)
        narrow = {"kind": kind, "procedure": procedure, "case": case, "party": party}
        narrow |= {"status": status, "missing": missing, "errand": errand}
        asked = search.Query(
            words=words,
            without=without,
            since=since,
            until=until,
            limit=limit,
            before=search.cursor_place(cursor),
            **{name: value or "" for name, value in narrow.items()},
        )
        with schema.spoken(self.path):
            return search.find(self.db, asked)

    def entry(self, id: str) -> Entry:
        """The whole entry, by its id or its number."""
        wanted = clean(id.strip())
        columns = ", ".join(LIGHT + HEAVY)
        with schema.spoken(self.path):
            sql = f"SELECT {columns} FROM entries WHERE id = ? OR (number = ? AND number <> '')"
            row = self.db.execute(sql, [wanted.upper(), wanted]).fetchone()
        if row is None:
            raise LogError(f"日志中没有“{wanted}”这一条；用 log search 可以查到编号", code="no_such_entry", status=404)
        return from_row(row, heavy=True)

    def file(self, id: str, role: str = "") -> tuple[str, bytes]:
        """The entry's file as it was entered, byte for byte: name and bytes. `role`: of a copy, e.g. "pdf"."""
        entry = self.entry(id)
        kept = entry.copy(role) if role else entry
        if kept is None or not kept.sha256:
            raise LogError("这一条没有保存文件", code="no_file", status=404)
        return kept.file_name, self.files.get(kept.sha256)

    def verify(self) -> list[str]:
        """Every wrong thing of the log, in words; empty when the log is whole."""
        with schema.spoken(self.path):
            return list(chain.problems(self.db, self.files))


def _as_stored(entry: Entry) -> dict:
    values = {name: getattr(entry, name) for name in LIGHT}
    return values | {
        "copies": dump_copies(entry.copies),
        "facts": dump(entry.facts),
        "report": dump(entry.report),
        "text": entry.text,
    }
