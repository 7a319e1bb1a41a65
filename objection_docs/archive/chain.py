"""Each entry carries the sha256 of the one before it: a change, a gap or a cut end shows."""

import json
import sqlite3
from collections.abc import Iterator, Sequence

from sqlite_utils import Database

from objection_docs.archive.entries import HEAVY, LIGHT, Copy, clean
from objection_docs.archive.files import Files, sha256
from objection_docs.errors import LogError

START = "0" * 64
_STATES = "SELECT element, status, level FROM element_states WHERE seq = ?"


def fingerprint(values: dict, states: Sequence[Sequence[str]]) -> str:
    """The sha256 over the entry's canonical JSON. `values`: as stored, without `hash`.

    Facts, report and text stand in it by their own sha256, so that a text which the law wants gone can one day be
    blanked out and the chain still be walked.
    """
    form = {name: values[name] for name in LIGHT if name != "hash"}
    form |= {f"{name}_sha256": sha256(values[name].encode()) for name in HEAVY}
    form["elements"] = sorted(list(state) for state in states)
    return sha256(clean(json.dumps(form, ensure_ascii=False, sort_keys=True, separators=(",", ":"))).encode())


def last_hash(db: Database) -> tuple[int, str]:
    """The last entry's place and hash; (0, START) when there is none."""
    return db.execute("SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1").fetchone() or (0, START)


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
        states = db.execute(_STATES, [values["seq"]]).fetchall()
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
    given = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'entries'").fetchone()
    if given and given[0] > last:
        yield f"日志末尾缺少条目：曾记到第 {given[0]} 条，现在只到第 {last} 条"
    indexed = db.execute("SELECT count(*) FROM search_docsize").fetchone()[0]
    count = db.execute("SELECT count(*) FROM entries").fetchone()[0]
    if indexed != count:
        yield f"查找索引不全：日志有 {count} 条，索引有 {indexed} 条"
