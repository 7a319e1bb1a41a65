"""Walk the whole log, entry by entry and file by file, and name what is wrong.

Nothing is held but the entry at hand, so that a log of a million entries is walked in little memory.
"""

import json
import sqlite3
from collections import OrderedDict
from collections.abc import Iterable, Iterator

from sqlite_utils import Database

from objection_docs.archive import letters, search
from objection_docs.archive.chain import START, fingerprint, reached
from objection_docs.archive.entries import HEAVY, LIGHT, Copy, from_row
from objection_docs.archive.files import Folder
from objection_docs.errors import LogError

_REMEMBERED = 50_000  # files whose state is remembered, so that one which many letters share is read once


def problems(db: Database, files: Folder) -> Iterator[str]:
    """Every wrong thing of the log in order of the entries; none when it is whole."""
    said = _database_faults(db)
    if said:
        yield f"数据库自检不通过：{said}"
        return
    db.execute("BEGIN")  # one view of all tables, whatever others write meanwhile
    try:
        yield from _walk(db, files)
    finally:
        db.rollback()


def _walk(db: Database, files: Folder) -> Iterator[str]:
    states = _Beside(db.execute("SELECT seq, element, status, level FROM element_states ORDER BY seq"))
    names = (*letters.KEPT, *letters.ADDED)
    present = _Beside(db.execute(f"SELECT seq, {', '.join(names)} FROM letters ORDER BY seq"))
    on_disk = _OnDisk(db, files)
    expected, previous = 0, START
    for row in db.execute(f"SELECT {', '.join(LIGHT + HEAVY)} FROM entries ORDER BY seq"):
        values = dict(zip(LIGHT + HEAVY, row, strict=True))
        expected += 1
        name = f"第 {values['seq']} 条（{values['number'] or values['id']}）"
        if values["seq"] != expected:
            yield f"{name}之前缺少条目：应为第 {expected} 条"
            expected = values["seq"]
        elif values["prev"] != previous:
            yield f"{name}：{_disorder(db, values)}"
        previous = values["hash"]
        later = _later(db, values["id"])
        destroyed = letters.destruction(later)
        yield from (f"{name}：{said}" for said in _content(values, states.of(values["seq"]), destroyed))
        yield from (f"{name}：{said}" for said in _reading(values, later, present.of(values["seq"]), names))
        if values["number"] and not _numbered(db, values):
            yield f"{name}：编号簿里没有这个编号"
        yield from (f"{name}：{said}" for said in on_disk.faults(values))
    if reached(db) > expected:
        yield f"日志末尾缺少条目：曾记到第 {reached(db)} 条，现在只到第 {expected} 条"
    if states.rest() or present.rest():
        yield f"第 {expected} 条之后还有不属于任何条目的状态行"
    yield from search.faults(db)


def _later(db: Database, about: str) -> tuple:
    try:
        return letters.later(db, about)
    except (ValueError, TypeError):
        return ()  # one of them was altered beyond reading, which the walk tells at its place


def _details(entry) -> dict:
    return entry.details if isinstance(entry.details, dict) else {}


class _Beside:
    """Rows of another table, told to the walk place by place; both go in order. The first column is the place."""

    def __init__(self, rows: Iterable[tuple]):
        self._rows = iter(rows)
        self._next = next(self._rows, None)

    def of(self, seq: int) -> list[tuple]:
        found = []
        while self._next is not None and self._next[0] <= seq:
            if self._next[0] == seq:
                found.append(self._next[1:])
            self._next = next(self._rows, None)
        return found

    def rest(self) -> bool:
        return self._next is not None


def _database_faults(db: Database) -> str:
    try:
        said = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        said = str(error)
    return "" if said == "ok" else said


def _disorder(db: Database, values: dict) -> str:
    """How an entry doesn't join the one before it."""
    owner = db.execute("SELECT seq FROM entries WHERE hash = ? AND hash <> ?", [values["prev"], START]).fetchone()
    if owner and owner[0] not in (values["seq"] - 1, values["seq"]):
        return f"次序被调换：记入时它紧接在现在的第 {owner[0]} 条之后"
    return "与前一条接不上"


def _content(values: dict, states: list[tuple], destroyed) -> Iterator[str]:
    blank = not any(values[name] for name in HEAVY)
    if fingerprint(values, states) == values["hash"]:
        if destroyed and not blank:
            yield "销毁清册已执行，内容却还在"
    elif not (destroyed and blank and fingerprint(values, states, gone_hashes(destroyed)) == values["hash"]):
        yield "内容与记入时不同"


def gone_hashes(destroyed) -> dict[str, str]:
    """What the entry of a destruction keeps of the texts that went, as the fingerprint needs it."""
    return {f"{name}_sha256": _details(destroyed).get(f"{name}_sha256", "") for name in HEAVY}


def _reading(values: dict, later: tuple, stored: list[tuple], names: tuple[str, ...]) -> Iterator[str]:
    """The table `letters` says what the entries say."""
    if values["about"]:
        wanted = []
    else:
        try:
            row = letters.row(from_row(tuple(values[name] for name in LIGHT)), later)
        except (ValueError, TypeError, KeyError, AttributeError):
            return  # the letter or what was said of it later was altered, and is told as that
        wanted = [tuple(row[name] for name in names)]
    if stored != wanted:
        yield "文书现状（更正、保管期限或档号）与条目所记不符"


def _numbered(db: Database, values: dict) -> bool:
    series, year, counter = [*values["number"].rsplit("-", 2), "", ""][:3]
    sql = "SELECT seq FROM numbers WHERE series = ? AND year = ? AND counter = ?"
    return db.execute(sql, [series, year, counter]).fetchone() == (values["seq"],)


class _OnDisk:
    """The files of the entries, each read once or so."""

    def __init__(self, db: Database, files: Folder):
        self._db, self._files = db, files
        self._seen: OrderedDict[str, tuple[str, str]] = OrderedDict()

    def faults(self, values: dict) -> Iterator[str]:
        for digest in digests(values):
            code, said = self._state(digest)
            destroyed = (code in ("", "file_lost")) and self._destroyed(values, digest)
            if destroyed and not code and not living(self._db, {digest}):
                yield f"销毁清册已执行，文件却还在（{self._files.where(digest)}）；再执行一次清册即可"
            elif code and not destroyed:
                yield said

    def _state(self, digest: str) -> tuple[str, str]:
        if digest not in self._seen:
            try:
                self._files.get(digest)
                self._seen[digest] = ("", "")
            except LogError as error:
                self._seen[digest] = (error.code, f"{error.message}（{error.where}）")
            if len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
        return self._seen[digest]

    def _destroyed(self, values: dict, digest: str) -> bool:
        """Whether the letter, or the letter that this is a later entry about, was destroyed with this file."""
        record = letters.destruction(_later(self._db, values["about"] or values["id"]))
        return record is not None and digest in _details(record).get("files", ())


def digests(values: dict) -> list[str]:
    """The sha256 of the files of a stored entry."""
    try:
        copies = [Copy(*c).sha256 for c in json.loads(values["copies"])]
    except (ValueError, TypeError):
        copies = []  # told already: the content is not what was entered
    return [digest for digest in (values["sha256"], *copies) if digest]


_LIVING = """
SELECT e.sha256, e.copies FROM entries e WHERE (e.sha256 <> '' OR e.copies <> '[]') AND NOT EXISTS (
    SELECT 1 FROM entries d WHERE d.about = CASE e.about WHEN '' THEN e.id ELSE e.about END AND d.errand = 'destroy'
)
"""


def living(db: Database, asked: set[str]) -> set[str]:
    """Those of the files that an entry which was not destroyed still holds."""
    found = set()
    for sha256, copies in db.execute(_LIVING):
        found |= asked & set(digests({"sha256": sha256, "copies": copies}))
    return found
