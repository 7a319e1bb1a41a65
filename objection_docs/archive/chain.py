"""Each entry carries the sha256 of the one before it: a change, a gap or a cut end shows."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database

from objection_docs.archive.entries import (
    HEAVY,
    LIGHT,
    SINCE_2,
    Copy,
    Entry,
    as_row,
    clean,
    insert,
    insert_states,
    new_id,
    next_number,
    stamp,
)
from objection_docs.archive.files import Files, sha256
from objection_docs.errors import LogError

START = "0" * 64
STATES = "SELECT element, status, level FROM element_states WHERE seq = ?"


def form(values: dict, states: Sequence[Sequence[str]]) -> str:
    """The entry's canonical JSON, one line. `values`: as stored, without `hash`.

    Facts, report and text stand in it by their own sha256, so that a text which the law wants gone can one day be
    blanked out and the chain still be walked.
    """
    form = {name: values[name] for name in LIGHT if name != "hash" and (values[name] or name not in SINCE_2)}
    form |= {f"{name}_sha256": sha256(values[name].encode()) for name in HEAVY}
    form["elements"] = sorted(list(state) for state in states)
    return clean(json.dumps(form, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def fingerprint(values: dict, states: Sequence[Sequence[str]]) -> str:
    """The sha256 over the entry's canonical JSON."""
    return sha256(form(values, states).encode())


def head(db: Database) -> tuple[int, str]:
    """The last entry's place and hash; (0, START) when there is none."""
    return db.execute("SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1").fetchone() or (0, START)


def _reached(db: Database) -> int:
    """The last place that was ever given. A new entry never takes the place of one that was cut off."""
    given = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'entries'").fetchone()
    return given[0] if given else 0


def append(
    db: Database, *, at: datetime, errand: str, series: str = "", states: Sequence[tuple] = (), **values
) -> Entry:
    """The next entry of the chain, written; only inside a transaction that holds the write lock."""
    last, previous = head(db)
    place = max(last, _reached(db)) + 1
    absent = {"file_name": "", "sha256": "", "size": 0, "media_type": "", "copies": ()}
    entry = Entry(
        seq=place,
        id=new_id(at),
        at=stamp(at),
        errand=errand,
        number=next_number(db, series, at, place) if series else "",
        prev=previous,
        hash="",
        **absent | values,
    )
    entry = replace(entry, hash=fingerprint(as_row(entry), states))
    insert(db, entry)
    insert_states(db, entry.seq, states)
    return entry


def problems(db: Database, files: Files) -> Iterator[str]:
    """Every wrong thing of the log in order of the entries; none when it is whole."""
    said = _database_faults(db)
    if said:
        yield f"数据库自检不通过：{said}"
        return
    expected, previous, checked = 0, START, {}
    columns = ", ".join(LIGHT + HEAVY)
    for row in db.execute(f"SELECT {columns} FROM entries ORDER BY seq"):
        values = dict(zip(LIGHT + HEAVY, row, strict=True))
        expected += 1
        name = f"第 {values['seq']} 条（{values['number'] or values['id']}）"
        if values["seq"] != expected:
            yield f"{name}之前缺少条目：应为第 {expected} 条"
            expected = values["seq"]
        elif values["prev"] != previous:
            yield f"{name}：与前一条接不上"
        states = db.execute(STATES, [values["seq"]]).fetchall()
        if fingerprint(values, states) != values["hash"]:
            yield f"{name}：内容与记入时不同"
        previous = values["hash"]
        for digest in _digests(values):
            if digest not in checked:
                checked[digest] = _file_fault(files, digest)
            if checked[digest]:
                yield f"{name}：{checked[digest]}"
    yield from _end_faults(db, expected)


def _database_faults(db: Database) -> str:
    try:
        said = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        said = str(error)
    return "" if said == "ok" else said


def _digests(values: dict) -> list[str]:
    try:
        copies = [Copy(*c).sha256 for c in json.loads(values["copies"])]
    except (ValueError, TypeError):
        copies = []  # told already: the content is not what was entered
    return [digest for digest in (values["sha256"], *copies) if digest]


def _file_fault(files: Files, digest: str) -> str:
    try:
        files.get(digest)
    except LogError as error:
        return f"{error.message}（{error.where}）"
    return ""


def _end_faults(db: Database, last: int) -> Iterator[str]:
    reached = _reached(db)
    if reached > last:
        yield f"日志末尾缺少条目：曾记到第 {reached} 条，现在只到第 {last} 条"
    indexed = db.execute("SELECT count(*) FROM search_docsize").fetchone()[0]
    count = db.execute("SELECT count(*) FROM entries WHERE about = ''").fetchone()[0]
    if indexed != count:
        yield f"查找索引不全：日志有 {count} 条，索引有 {indexed} 条"
