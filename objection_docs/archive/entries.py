"""One entry of the log: its values, its id, its number, the way in and out of a row."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from secrets import token_bytes

from sqlite_utils import Database

from objection_docs.moments import BEIJING, in_beijing

#: Letters are dated, numbered and searched by the day in Beijing; the log itself keeps UTC.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

#: What came with version 2: an entry that has none of it has the fingerprint that version 1 gave it.
SINCE_2 = {"about", "details"}
#: What a correction may change. The entry itself stays as it was entered; how it reads now stands in `letters`.
CORRECTABLE = ("kind", "procedure", "case_id", "title", "sender", "recipient")
#: Columns of a list; the rest (facts, report, text) come only with a single entry.
LIGHT = [
    "seq",
    "id",
    "at",
    "who",
    "errand",
    "kind",
    "procedure",
    "case_id",
    "number",
    "title",
    "sender",
    "recipient",
    "verdict",
    "file_name",
    "sha256",
    "size",
    "media_type",
    "copies",
    "about",
    "details",
    "prev",
    "hash",
]
HEAVY = ["facts", "report", "text"]


@dataclass(frozen=True, slots=True)
class Copy:
    """A further form of the letter that was handed out with it, e.g. its PDF."""

    role: str
    file_name: str
    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A letter, or a later entry: then `about` says what it is about and `details` holds what it says of it.

    A letter's `details` hold the dates that it tells, by name: {"dates": {"date": "2026-03-05", …}}, and of a draft
    what it lacks: {"draft": true, "missing": ["提出方电话", …]}.
    """

    seq: int
    id: str
    at: str  # UTC, ISO 8601, milliseconds, Z
    who: str
    errand: str  # of a letter: generate | check | import; of a later entry: see LATER
    kind: str
    procedure: str
    case_id: str
    number: str  # our own 编号, for generated letters
    title: str
    sender: str
    recipient: str
    verdict: str  # complete | incomplete | unreadable; "" for a letter that was not checked yet
    file_name: str
    sha256: str  # "" when there was no file
    size: int
    media_type: str
    copies: tuple[Copy, ...]
    prev: str
    hash: str
    about: str = ""  # a letter's or an entry's id, "case:…" or "log"; "" for a letter
    details: dict | None = None
    facts: object = None
    report: object = None
    text: str = ""
    snippet: str = ""  # of a hit: the words around it
    page: int | None = None  # of a hit: the page of the letter on which they stand, where it has pages

    def copy(self, role: str) -> Copy | None:
        return next((c for c in self.copies if c.role == role), None)

    @property
    def missing(self) -> tuple[str, ...]:
        """Labels of the facts that a draft still lacks; empty for a letter that is none."""
        return tuple((self.details or {}).get("missing", ())) if not self.about else ()

    @property
    def local_time(self) -> str:
        """When, as the reader's clock in China showed it."""
        return in_beijing(self.at).strftime("%Y-%m-%d %H:%M")

    def to_dict(self, full: bool = False) -> dict:
        """Ready for JSON; facts, report and text only when `full`."""
        names = {"case_id": "case", "file_name": "file"}
        shown = [name for name in LIGHT if name != "copies" and (getattr(self, name) or name not in SINCE_2)]
        out = {names.get(name, name): getattr(self, name) for name in shown}
        out["copies"] = [{"role": c.role, "file": c.file_name, "sha256": c.sha256, "size": c.size} for c in self.copies]
        if full:
            out |= {name: getattr(self, name) for name in HEAVY}
        elif self.snippet:
            out |= {"snippet": self.snippet, "page": self.page}
        return out


#: The errands of later entries, and what each is about.
LATER = {
    "correct": "letter",
    "describe": "letter",
    "service": "letter",
    "access": "letter",
    "close": "case",
    "reopen": "case",
    "event": "case",
    "set": "case",
    "extend": "case",
    "hold": "letter or case",
    "release": "letter or case",
    "propose": "log",
    "approve": "proposal",
    "decline": "proposal",
    "destroy": "letter",
    "audit": "log",
    "accept": "letter",
    "examine": "letter",
}
ABOUT_LOG = "log"
#: The later entries of all cases, as a condition.
CASES = "about >= 'case:' AND about < 'case;'"
#: Those that change how a letter reads.
READINGS = {"correct", "describe", "destroy", "examine"}


def about_case(case_id: str) -> str:
    """What the later entries of a case are about."""
    return f"case:{clean(case_id)}"


def origin(entry: Entry) -> dict:
    """Where an imported letter comes from, as bring_in tells it; empty for one that was entered here first."""
    return (entry.details or {}).get("origin", {})


def new_id(at: datetime) -> str:
    """A ULID: 48 bits of milliseconds, 80 bits of chance. Sorts by time."""
    value = int(at.timestamp() * 1000) << 80 | int.from_bytes(token_bytes(10), "big")
    return "".join(_ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))


def clean(text: str) -> str:
    """Half characters (from broken fonts or file names) cannot be stored as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text


def dump(value: object) -> str:
    return "" if value is None else clean(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def day_of(at: str) -> date:
    """The day in Beijing of an entry's `at`."""
    return in_beijing(at).date()


def next_number(db: Database, series: str, at: datetime, seq: int) -> str:
    """The next number of the series in this year, e.g. 异通-2026-0001. Only inside the append's transaction."""
    year = at.astimezone(BEIJING).year
    return f"{series}-{year}-{next_counter(db, series, year, seq):04d}"


def next_counter(db: Database, series: str, year: int, seq: int) -> int:
    """Counts on by one, for the letter at place `seq`. Only inside a transaction that holds the write lock."""
    sql = "SELECT max(counter) FROM numbers WHERE series = ? AND year = ?"
    last = db.execute(sql, [series, year]).fetchone()[0] or 0
    db.execute("INSERT INTO numbers VALUES (?, ?, ?, ?)", [series, year, last + 1, seq])
    return last + 1


def as_row(entry: Entry) -> dict:
    """The entry's values as they are stored."""
    row = {name: getattr(entry, name) for name in LIGHT + HEAVY}
    row["copies"] = dump_copies(entry.copies)
    for name in ("details", "facts", "report"):
        row[name] = dump(row[name])
    return row


def insert(db: Database, row: dict) -> None:
    """`row`: as `as_row` gives it."""
    columns = ", ".join(row)
    db.execute(f"INSERT INTO entries ({columns}) VALUES ({', '.join('?' * len(row))})", list(row.values()))


def insert_states(db: Database, seq: int, states: Iterable[tuple[str, str, str]]) -> None:
    db.conn.executemany(
        "INSERT INTO element_states (seq, element, status, level) VALUES (?, ?, ?, ?)",
        [(seq, *state) for state in states],
    )


def dump_copies(copies: Iterable[Copy]) -> str:
    return dump([[c.role, c.file_name, c.sha256, c.size, c.media_type] for c in copies])


def from_row(row: tuple, heavy: bool = False) -> Entry:
    """`row`: the LIGHT columns, with the HEAVY ones after them when `heavy`."""
    values = dict(zip(LIGHT + HEAVY if heavy else LIGHT, row, strict=True))
    values["copies"] = tuple(Copy(*c) for c in json.loads(values["copies"]))
    for name in ("details", "facts", "report"):
        if name in values:
            values[name] = json.loads(values[name]) if values[name] else None
    return Entry(**values)
