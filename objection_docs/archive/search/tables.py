"""The tables of the search: what is new as it is, what is older in blocks of rows that never change.

A new letter costs one small row. Every BLOCK places of the log the letters among them become one block, whose rows are
written one after another. A letter that reads otherwise after a later entry stands among the new ones again, and what
its block says of it no longer counts; a block that has many of these is made anew.

The index is made from the entries alone and can always be made again.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from sqlite3 import OperationalError

from sqlite_utils import Database

from objection_docs.archive import letters
from objection_docs.archive.entries import HEAVY, LIGHT, Entry, from_row
from objection_docs.archive.search import block, document, sets

#: So many letters of a block that read otherwise are carried among the new ones before the block is made anew.
CARRIED = 256
#: So many full blocks that are not made yet are too many.
FAR = 4
_WHOLE = ", ".join(LIGHT + HEAVY)
_READS = (*letters.KEPT, *letters.ADDED)

#: As the last migration makes them; a change of them, or of what stands in them, needs one more that makes them anew.
TABLES = """
CREATE TABLE search_new (
    seq INTEGER PRIMARY KEY,
    body TEXT NOT NULL,
    parties TEXT NOT NULL,
    marks TEXT NOT NULL
);
CREATE TABLE search_blocks (
    block INTEGER PRIMARY KEY,
    letters INTEGER NOT NULL,
    since TEXT NOT NULL,
    until TEXT NOT NULL
);
CREATE TABLE search_rows (
    block INTEGER NOT NULL,
    key TEXT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (block, key)
) WITHOUT ROWID;
CREATE TABLE search_amounts (
    fen INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (fen, seq)
) WITHOUT ROWID;
"""


NAMES_OF_TABLES = ("search_new", "search_blocks", "search_rows", "search_amounts")


def create(db: Database) -> None:
    """Make the tables, and index what the log holds already. Only inside a transaction."""
    db.executescript(TABLES)
    reached = db.execute("SELECT max(seq) FROM entries").fetchone()[0] or 0
    for number in range(reached // sets.BLOCK + 1):
        for seq, one in _documents(db, number):
            _put(db, seq, one)
        if (number + 1) * sets.BLOCK <= reached:
            _store(db, number, made(db, number))


def index(db: Database, letter: Entry, reads: dict, later: Sequence[Entry]) -> None:
    """Make a letter findable as it reads now. `letter`: whole, as entered; `reads`: its row of `letters`, which is made
    of it and of the `later` entries about it."""
    _put(db, letter.seq, document.document(letter, reads, _told(db, letter, later)))
    if reads["destroyed"]:
        db.execute("DELETE FROM search_amounts WHERE seq = ?", [letter.seq])


def purge(db: Database) -> None:
    """Leave nothing in the index of the texts of destroyed letters. Only inside a transaction."""
    while (number := due(db)) is not None:
        _store(db, number, made(db, number))


def made(db: Database, number: int) -> list[tuple[str, bytes]]:
    """The rows of a block as its letters read now, in the order of the table, so that its pages fill up."""
    return sorted(block.rows(_placed(db, number)), key=lambda row: row[0].encode())


def _put(db: Database, seq: int, one: document.Document) -> None:
    db.execute("INSERT OR REPLACE INTO search_new VALUES (?, ?, ?, ?)", [seq, *document.dump(one)])
    db.conn.executemany("INSERT OR IGNORE INTO search_amounts VALUES (?, ?)", [(fen, seq) for fen in one.amounts])


def due(db: Database) -> int | None:
    """The number of a block that should be made now: a full one that is not there, or one that changed much."""
    reached = db.execute("SELECT max(seq) FROM entries").fetchone()[0] or 0
    following = _following(db)
    if (following + 1) * sets.BLOCK <= reached:
        return following
    # a destroyed letter's words must not stay in its block
    sql = (
        "SELECT (seq - 1) / ?1 FROM search_new WHERE seq <= ?1 * ?2 GROUP BY 1 "
        "HAVING count(*) >= ?3 OR max(instr(marks, char(10) || 'destroyed' || char(9))) > 0 LIMIT 1"
    )
    changed = db.execute(sql, [sets.BLOCK, following, CARRIED]).fetchone()
    return changed[0] if changed else None


def far_behind(db: Database) -> bool:
    """Whether so many letters stand outside of blocks that searches feel it."""
    reached = db.execute("SELECT max(seq) FROM entries").fetchone()[0] or 0
    return reached >= (_following(db) + FAR) * sets.BLOCK


def _following(db: Database) -> int:
    return db.execute("SELECT coalesce(max(block), -1) + 1 FROM search_blocks").fetchone()[0]


def settle(db: Database, transaction, make: Callable, upto: int | None = None) -> None:
    """Make the blocks that are due. `transaction`: holds the write lock, as schema.immediate. `make`: a block's number
    → its rows, as `made`. `upto`: the first place whose block shall wait.

    The rows are made before the lock is taken, so that others can write meanwhile. When it cannot be done now (the
    disk is full, another holds the log), the letters stay among the new ones and are found all the same.
    """
    with suppress(OperationalError):
        while (number := due(db)) is not None and (upto is None or (number + 1) * sets.BLOCK < upto):
            before = _new(db, number)
            rows = make(number)
            with transaction(db):
                if due(db) != number or _new(db, number) != before:
                    continue  # another process did it, or a letter reads otherwise since
                _store(db, number, rows)


def _new(db: Database, number: int) -> list[tuple]:
    """What shows whether a block's letters among the new ones are still the same."""
    sql = "SELECT seq, length(body), parties, marks FROM search_new WHERE seq > ? AND seq <= ? ORDER BY seq"
    return db.execute(sql, [number * sets.BLOCK, (number + 1) * sets.BLOCK]).fetchall()


def _placed(db: Database, number: int) -> list[tuple[int, document.Document]]:
    """The block's letters by their places in it."""
    return [(seq - 1 - number * sets.BLOCK, one) for seq, one in _documents(db, number)]


def _documents(db: Database, number: int) -> Iterator[tuple[int, document.Document]]:
    """Every letter of the block as it reads now."""
    bounds = [number * sets.BLOCK, (number + 1) * sets.BLOCK]
    fresh = {
        seq: document.load(*row)
        for seq, *row in db.execute("SELECT * FROM search_new WHERE seq > ? AND seq <= ?", bounds)
    }
    sql = "SELECT seq FROM letters WHERE seq > ? AND seq <= ? ORDER BY seq"
    for (seq,) in db.execute(sql, bounds).fetchall():
        yield seq, fresh.get(seq) or read(db, seq)


def read(db: Database, seq: int) -> document.Document:
    """What can be found of a letter, from its entry."""
    letter, reads = _letter(db, seq)
    return document.document(letter, reads, _told(db, letter, letters.later(db, letter.id)))


def _told(db: Database, letter: Entry, later: Sequence[Entry]) -> document.Told:
    """By its own check, else by the one that was entered later."""
    if check := letters.examination(later):
        return document.Told(check.details["elements"], check.details["faults"])
    states = db.execute("SELECT element, status, level FROM element_states WHERE seq = ?", [letter.seq]).fetchall()
    return document.Told(states, document.codes(letter.report))


def read_body(db: Database, seq: int) -> str:
    """Its words alone."""
    return document.body(*_letter(db, seq))


def _letter(db: Database, seq: int) -> tuple[Entry, dict]:
    letter = from_row(db.execute(f"SELECT {_WHOLE} FROM entries WHERE seq = ?", [seq]).fetchone(), heavy=True)
    row = db.execute(f"SELECT {', '.join(_READS)} FROM letters WHERE seq = ?", [seq]).fetchone()
    return letter, dict(zip(_READS, row, strict=True))


def _store(db: Database, number: int, rows: list[tuple[str, bytes]]) -> None:
    bounds = [number * sets.BLOCK, (number + 1) * sets.BLOCK]
    db.execute("DELETE FROM search_rows WHERE block = ?", [number])
    db.conn.executemany("INSERT INTO search_rows VALUES (?, ?, ?)", [(number, *row) for row in rows])
    sql = "SELECT count(*), coalesce(min(at), ''), coalesce(max(at), '') FROM letters WHERE seq > ? AND seq <= ?"
    held = db.execute(sql, bounds).fetchone()
    db.execute("INSERT OR REPLACE INTO search_blocks VALUES (?, ?, ?, ?)", [number, *held])
    db.execute("DELETE FROM search_new WHERE seq > ? AND seq <= ?", bounds)


def faults(db: Database) -> Iterator[str]:
    """What of the index does not fit the letters, in words."""
    blocks = db.execute("SELECT coalesce(sum(letters), 0), count(*) FROM search_blocks").fetchone()
    new = db.execute("SELECT count(*) FROM search_new WHERE seq > ?", [blocks[1] * sets.BLOCK]).fetchone()[0]
    count = db.execute("SELECT count(*) FROM letters").fetchone()[0]
    if blocks[0] + new != count:
        yield f"查找索引不全：日志有 {count} 份文书，索引有 {blocks[0] + new} 份"
