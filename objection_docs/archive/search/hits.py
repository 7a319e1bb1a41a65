"""A page of hits: newest first or by relevance, with the true total, the words around and the way to the next page."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlite_utils import Database

from objection_docs.archive.entries import CORRECTABLE, LIGHT, Entry, from_row
from objection_docs.archive.search import snippet
from objection_docs.archive.search.document import as_written, fold
from objection_docs.archive.search.places import Places, newest
from objection_docs.archive.search.query import RELEVANCE, Query
from objection_docs.archive.search.sets import places_of
from objection_docs.errors import UsageError

#: By relevance the newest so many hits are weighed; older ones follow, newest first. A word that is in more letters
#: weighs next to nothing.
WEIGHED = 500
_K1, _B = 1.2, 0.75  # as in FTS5's bm25
_IN_HEAD = 3  # a word in title, parties, number or file name counts as so many in the text
_PDF = "application/pdf"
_CHANGING = (*CORRECTABLE, "verdict")
_ENTRY = ", ".join(f"{'letters' if name in _CHANGING else 'entries'}.{name}" for name in LIGHT)
_FROM = "FROM entries JOIN letters ON letters.seq = entries.seq WHERE entries.seq IN ({marks})"


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of letters. `total`: of all pages. `next_cursor`: for the next page, None after the last."""

    entries: tuple[Entry, ...]
    total: int
    next_cursor: str | None


def find(db: Database, query: Query) -> Hits:
    """One page. All of it is read from one state of the log, whoever writes meanwhile."""
    with _one_state(db):
        return _find(db, query)


def chosen(db: Database, query: Query) -> list[int]:
    """The places (seq) of all letters that the query means, oldest first."""
    with _one_state(db):
        return [place + 1 for place in places_of(Places(db).holding(query))]


@contextmanager
def _one_state(db: Database) -> Iterator[None]:
    if db.conn.in_transaction:
        yield
        return
    db.execute("BEGIN")
    try:
        yield
    finally:
        db.rollback()


def _find(db: Database, query: Query) -> Hits:
    places = Places(db)
    upto, offset = _cursor(query)
    found = places.holding(query)
    total = found.bit_count()
    if query.order == RELEVANCE and query.words:
        # letters that came after the first page must not push others from one page to the next
        if upto is None:
            upto = places.reached
        found &= (1 << upto) - 1
        ordered = _by_relevance(db, query, found, places, offset + query.limit + 1)[offset:]
        following = f"{upto}.{offset + query.limit}"
    else:
        if upto is not None:
            found &= (1 << upto - 1) - 1
        ordered = newest(found, query.limit + 1)
        following = str(ordered[query.limit - 1]) if len(ordered) > query.limit else ""
    entries = _entries(db, ordered[: query.limit], query)
    return Hits(entries, total, following if len(ordered) > query.limit else None)


def _cursor(query: Query) -> tuple[int | None, int]:
    """Newest first: the place where the page before ended. By relevance: the last place of the log as it then was, and
    how many hits the pages before showed."""
    if not query.cursor:
        return None, 0
    place, dot, offset = query.cursor.partition(".")
    by_relevance = query.order == RELEVANCE and bool(query.words)
    parts = [place, offset] if by_relevance else [place]
    if bool(dot) != by_relevance or not all(p.isascii() and p.isdigit() and len(p) < 16 for p in parts) or place == "0":
        raise UsageError("翻页标记（cursor）不对，请从第一页重新查", code="invalid_cursor")
    return int(place), int(offset or 0)


def _by_relevance(db: Database, query: Query, found: int, places: Places, count: int) -> list[int]:
    weighed = newest(found, WEIGHED)
    total = max(places.letters().bit_count(), 1)
    rarity = {}
    for word in query.words:
        held = found.bit_count() if len(query.words) == 1 else _held(places, word, found)
        rarity[word] = math.log(1 + (total - held + 0.5) / (held + 0.5)) if held <= total else 0.0
    marks = ", ".join("?" * len(weighed))
    heads = "letters.title, letters.sender, letters.recipient, entries.number, entries.file_name"
    sql = f"SELECT entries.seq, entries.text, {heads} {_FROM.format(marks=marks)}"
    rows = db.execute(sql, weighed).fetchall()
    usual = sum(len(row[1]) for row in rows) / len(rows) if rows else 0
    scores = {row[0]: _score(row[1], fold("\n".join(row[2:])), rarity, usual or 1) for row in rows}
    ordered = sorted(weighed, key=lambda seq: (-scores[seq], -seq))
    return ordered + newest(found, max(count, WEIGHED))[len(weighed) :]


def _held(places: Places, word: str, found: int) -> int:
    """In how many letters a word stands: exact for one that the index answers, else at least as many as were found."""
    return places.word(word, places.letters()).bit_count() if len(word) < 3 else found.bit_count()


def _score(text: str, head: str, rarity: dict[str, float], usual: float) -> float:
    """bm25. A word that only its normal form shows, or that stands in the facts, counts as one."""
    score = 0.0
    for word, weight in rarity.items():
        times = max(sum(map(text.count, as_written(word))) + _IN_HEAD * (word in head), 1)
        score += weight * times * (_K1 + 1) / (times + _K1 * (1 - _B + _B * len(text) / usual))
    return score


def _entries(db: Database, seqs: list[int], query: Query) -> tuple[Entry, ...]:
    marks = ", ".join("?" * len(seqs))
    rows = db.execute(f"SELECT entries.text, {_ENTRY} {_FROM.format(marks=marks)}", seqs).fetchall()
    words = [*query.words, *filter(None, [fold(query.party)])]
    shown = {row[1]: _shown(db, from_row(row[1:]), row[0], words) for row in rows}
    return tuple(shown[seq] for seq in seqs)


def _shown(db: Database, entry: Entry, text: str, words: list[str]) -> Entry:
    """With the words around the first hit, and its page where the letter has pages."""
    there = snippet.place(text, words)
    page = snippet.page(text, there[0]) if there and entry.media_type == _PDF else None
    if there or not words:
        return replace(entry, snippet=snippet.around(text, there), page=page)
    facts = db.execute("SELECT facts FROM entries WHERE seq = ?", [entry.seq]).fetchone()[0]
    return replace(entry, snippet=snippet.elsewhere(facts, words) or snippet.around(text, None))
