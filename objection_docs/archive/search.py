"""Find entries: words → exact substring search over the normal form, by FTS5 over single characters.

A ready-made tokenizer either finds no Chinese word at all (unicode61), or none of two characters (trigram). Here every
character is a token of its own and a word is searched as a phrase of its characters, so that a word is found exactly
where `LIKE '%word%'` over the normal form would find it.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlite_utils import Database

from objection_docs.archive.entries import BEIJING, CORRECTABLE, LIGHT, Entry, clean, from_row, stamp
from objection_docs.errors import UsageError
from objection_docs.text import mapped, normal

# The ascii tokenizer takes ASCII punctuation for blanks, and we want it found: HT-2026 is not HT2026.
_PUNCTUATION = str.maketrans({c: f"u{ord(c):x}" for c in map(chr, range(33, 127)) if not c.isalnum()})
_BREAK = " brk "  # stands between fields; no word can reach over it
_WORD = re.compile(r'([-－]?)(?:["“”„]([^"“”„]*)(?:["“”„]|$)|([^\s"“”„]+))')
_AROUND = 30
MAX_LIMIT = 500
MAX_WORDS = 50


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of entries, newest first. `total`: of all pages. `next_cursor`: for the next page, None after the last."""

    entries: tuple[Entry, ...]
    total: int
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for; empty values do not narrow."""

    words: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    kind: str = ""
    procedure: str = ""
    case: str = ""
    party: str = ""
    status: str = ""
    missing: str = ""
    errand: str = ""
    since: date | datetime | None = None
    until: date | datetime | None = None
    limit: int = 50
    before: int | None = None  # the seq where the page before ended


def fold(text: str) -> str:
    """The form in which texts and words meet."""
    return normal(clean(text)).casefold()


def tokens(text: str) -> str:
    return " ".join(fold(text)).translate(_PUNCTUATION)


def index(db: Database, entry: Entry) -> None:
    """Make the letter findable as it reads now."""
    db.execute("INSERT INTO search (rowid, parties, body) VALUES (?, ?, ?)", [entry.seq, *_indexed(entry)])


def unindex(db: Database, entry: Entry) -> None:
    """Take back `index`; `entry` must read as it did then."""
    sql = "INSERT INTO search (search, rowid, parties, body) VALUES ('delete', ?, ?, ?)"
    db.execute(sql, [entry.seq, *_indexed(entry)])


def purge(db: Database) -> None:
    """Leave nothing in the index of what was unindexed: until its parts are merged, it only marks that as gone."""
    db.execute("INSERT INTO search (search) VALUES ('optimize')")


def _indexed(entry: Entry) -> tuple[str, str]:
    parties = _BREAK.join(tokens(part) for part in (entry.sender, entry.recipient))
    heads = (entry.number, entry.title, entry.case_id, entry.file_name)
    return parties, _BREAK.join(map(tokens, (*heads, entry.text)))


def parse_words(query: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words that must be there and words that must not, in their normal form. Any input is a query."""
    wanted, unwanted = [], []
    for minus, phrase, word in _WORD.findall(query):
        plain = fold(phrase or word)
        if plain and (plain != "-" or phrase):
            (unwanted if minus else wanted).append(plain)
    return tuple(wanted[:MAX_WORDS]), tuple(unwanted[:MAX_WORDS])


def _phrase(word: str) -> str:
    return '"' + tokens(word) + '"'


def _moment(day: date | datetime, end: bool) -> str:
    """A bare day begins and ends in Beijing."""
    if isinstance(day, datetime):
        return stamp(day if day.tzinfo else day.replace(tzinfo=BEIJING))
    start = datetime(day.year, day.month, day.day, tzinfo=BEIJING)
    return stamp(start + timedelta(days=1) if end else start)


def _match(query: Query) -> str:
    """What the index is asked; empty when no word narrows."""
    asked = [_phrase(word) for word in query.words]
    if party := fold(query.party):
        asked.append(f"parties : {_phrase(party)}")
    wanted = " AND ".join(asked)
    return f"({wanted}) NOT ({_any(query.without)})" if wanted and query.without else wanted


def _any(words: tuple[str, ...]) -> str:
    return " OR ".join(map(_phrase, words))


def _conditions(query: Query) -> tuple[list[str], list]:
    """Everything but the words."""
    where, values = [], []
    exact = {"kind": query.kind, "procedure": query.procedure, "errand": query.errand}
    exact |= {"case_id": query.case, "verdict": query.status}
    for column, value in exact.items():
        if value:
            where.append(f"letters.{column} = ?")
            values.append(clean(value))
    if query.without and not _match(query):
        # FTS5 knows "this, not that", but no "not that" alone
        where.append("letters.seq NOT IN (SELECT rowid FROM search WHERE search MATCH ?)")
        values.append(_any(query.without))
    if query.missing:
        where.append(
            "letters.seq IN (SELECT seq FROM element_states WHERE element = ? AND status IN ('missing', 'blank'))"
        )
        values.append(clean(query.missing))
    if query.since:
        where.append("letters.at >= ?")
        values.append(_moment(query.since, end=False))
    if query.until:
        where.append("letters.at < ?" if not isinstance(query.until, datetime) else "letters.at <= ?")
        values.append(_moment(query.until, end=True))
    return where, values


def find(db: Database, query: Query) -> Hits:
    where, values = _conditions(query)
    source, place = "letters", "letters.seq"
    if match := _match(query):
        # The index leads: it gives places newest first, so a page of a word that is in every letter is read at once.
        source, place = "search CROSS JOIN letters ON letters.seq = search.rowid", "search.rowid"
        where, values = ["search MATCH ?", *where], [match, *values]
    counted = "search" if match and len(where) == 1 else source
    total = db.execute(f"SELECT count(*) FROM {counted}{_clause(where)}", values).fetchone()[0]
    if query.before is not None:
        where, values = [*where, f"{place} < ?"], [*values, query.before]
    limit = max(1, min(query.limit, MAX_LIMIT))
    columns = ", ".join(f"{'letters' if name in CORRECTABLE else 'entries'}.{name}" for name in LIGHT)
    source += " CROSS JOIN entries ON entries.seq = letters.seq"
    sql = f"SELECT entries.text, {columns} FROM {source}{_clause(where)} ORDER BY {place} DESC LIMIT ?"
    rows = db.execute(sql, [*values, limit + 1]).fetchall()
    words = [*query.words, *([fold(query.party)] if query.party else [])]
    entries = tuple(_with_snippet(from_row(row[1:]), row[0], words) for row in rows[:limit])
    return Hits(entries, total, str(entries[-1].seq) if len(rows) > limit else None)


def _clause(where: list[str]) -> str:
    return f" WHERE {' AND '.join(where)}" if where else ""


def _with_snippet(entry: Entry, text: str, words: list[str]) -> Entry:
    return replace(entry, snippet=snippet(text, words))


def snippet(text: str, words: list[str]) -> str:
    """A short stretch of `text` around the first word found in it; its beginning when none is."""
    start = end = 0
    plain = fold(text) if words else ""
    for word in words:
        at = plain.find(word)
        if at >= 0:
            # casefold may lengthen a letter (ß): the stretch is then a little off, never outside the text
            map_back = mapped(text)
            start, end = map_back.back(min(at, len(map_back.text)), min(at + len(word), len(map_back.text)))
            break
    left, right = max(0, start - _AROUND), min(len(text), max(end, start) + 2 * _AROUND)
    stretch = " ".join(text[left:right].split())
    return ("…" if left else "") + stretch + ("…" if right < len(text) else "")


def cursor_place(cursor: str | None) -> int | None:
    if not cursor:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise UsageError("翻页标记（cursor）不对，请从第一页重新查", code="invalid_cursor")
    return int(cursor)
