"""A query → the places of the log where it holds, as the bits of one integer: bit i is the entry with seq i + 1.

Integers of this length are cut, joined and counted by the machine in microseconds, so the total is always the true one.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from sqlite_utils import Database

from objection_docs.archive.search import block, document, sets, tables
from objection_docs.archive.search.document import fold, mark
from objection_docs.archive.search.query import Query
from objection_docs.archive.search.sets import find, lay, places_of

#: So many letters are read as quickly as one more word is looked up in the index.
FEW = 50
_READ = 500  # letters at a time


@dataclass(frozen=True, slots=True)
class _Known:
    """`found`: letters that hold a word. `known`, `dense`: all places of blocks that have its set, or a dense one."""

    found: int
    known: int
    dense: int


class Places:
    """The log as it stands while a read transaction lasts."""

    def __init__(self, db: Database):
        self.db = db
        self.blocks = db.execute("SELECT block, since, until FROM search_blocks ORDER BY block").fetchall()
        self.new = db.execute("SELECT seq, body, parties, marks FROM search_new ORDER BY seq").fetchall()
        self.settled = len(self.blocks) * sets.BLOCK  # all blocks up to here are there
        self.reached = max([self.settled, *(row[0] for row in self.new[-1:])])
        # what a block says of a letter that reads otherwise since does not count
        self.carried = self._bits(row[0] for row in self.new if row[0] <= self.settled)

    def holding(self, query: Query) -> int:
        """Places of the letters that the query means."""
        found = self.mark("letter", "")
        for name, value in _exact(query):
            found &= self.mark(name, value)
        if query.missing:
            found &= self.mark("element", f"{query.missing}:missing") | self.mark("element", f"{query.missing}:blank")
        if query.since or query.until:
            found &= self.between(query.since, query.until)
        if query.least is not None or query.most is not None:
            found &= self.of_amount(query.least, query.most)
        # the shortest words first: they are answered from the index alone, and leave fewer letters to be read
        for word in sorted(query.words, key=len):
            found = self.word(word, found)
        if party := fold(query.party):
            found = self.word(party, found, block.PARTIES)
        for word in sorted(query.without, key=len):
            found &= ~self.word(word, found)
        return found

    def mark(self, name: str, value: str) -> int:
        """Letters with this value under this name."""
        settled = self._laid(block.MARK + name, mark(value)) & ~self.carried
        line = document.line(name, mark(value))
        return settled | self._bits([row[0] for row in self.new if line in row[3]])

    def word(self, word: str, within: int, field: str = block.TEXT) -> int:
        """Letters among `within` that hold the word (normal form)."""
        settled = within & ~self.carried & ((1 << self.settled) - 1)
        if len(word) < block.HEAD:
            found = self._laid(field + word[0], word[1:]) & settled
        else:
            found = self._long(word, settled, field)
        column = 2 if field == block.PARTIES else 1
        return found | self._bits([row[0] for row in self.new if word in row[column]]) & within

    def between(self, since: str, until: str) -> int:
        """Letters from `since` to before `until`. Time goes on with the log, so hardly a block lies across its edge."""
        bits = bytearray(self.settled // 8)
        places = []
        for number, first, last in self.blocks:
            inside = (not since or first >= since) and (not until or last < until)
            outside = (since and last < since) or (until and first >= until)
            if inside:
                bits[number * sets.BITMAP : (number + 1) * sets.BITMAP] = b"\xff" * sets.BITMAP
            elif not outside:
                places += self._of_time(since, until, number * sets.BLOCK, (number + 1) * sets.BLOCK)
        places += self._of_time(since, until, self.settled, self.reached)
        return int.from_bytes(bits, "little") | self._bits(places)

    def _of_time(self, since: str, until: str, after: int, upto: int) -> list[int]:
        sql = "SELECT seq FROM letters WHERE seq > ? AND seq <= ? AND at >= ? AND (at < ? OR ? = '')"
        return [seq for (seq,) in self.db.execute(sql, [after, upto, since, until, until])]

    def of_amount(self, least: int | None, most: int | None) -> int:
        """Letters that hold an amount of money from `least` to `most` fen."""
        sql = "SELECT seq FROM search_amounts WHERE fen BETWEEN ? AND ?"
        bounds = [least or 0, 2**62 if most is None else most]
        return self._bits(seq for (seq,) in self.db.execute(sql, bounds))

    def _bits(self, seqs: Iterable[int]) -> int:
        bits = bytearray(self.reached // 8 + 1)
        for seq in seqs:
            bits[seq - 1 >> 3] |= 1 << (seq - 1 & 7)
        return int.from_bytes(bits, "little")

    def _rows(self, key: str) -> Iterable[tuple[int, bytes]]:
        sql = "SELECT b.block, r.data FROM search_blocks b CROSS JOIN search_rows r ON r.block = b.block AND r.key = ?"
        return self.db.execute(sql, [key])

    def _laid(self, key: str, label: str) -> int:
        """All blocks' sets that stand under a key and a label."""
        bits = bytearray(self.settled // 8)
        for number, data in self._rows(key):
            if (found := find(data, label)) is not None:
                lay(found, bits, number * sets.BITMAP)
        return int.from_bytes(bits, "little")

    def _long(self, word: str, within: int, field: str) -> int:
        """Three characters and more: the sets that blocks have of the word itself; elsewhere the letters are read."""
        own = self._known(word, field)
        left = self._narrowed(word, within & ~own.known, field)
        return own.found & within | self._bits(self._read(left, word, field))

    def _narrowed(self, word: str, left: int, field: str) -> int:
        """Of the letters `left` those that may hold the word, by its pairs and then by longer parts of it."""
        shorter: list[_Known] = []
        for size in range(2, min(len(word), block.LONGEST) + 1):
            if left.bit_count() <= FEW * (len(word) - size + 1):
                break
            parts = [self._known(word[at : at + size], field) for at in range(len(word) - size + 1)]
            for at, part in enumerate(parts):
                # where both shorter words are dense, the absence of a set tells that no letter holds this one
                absent = shorter[at].dense & shorter[at + 1].dense if shorter else 0
                left &= part.found | ~(part.known | absent)
            shorter = parts
        return left

    def _known(self, word: str, field: str) -> "_Known":
        """What the blocks know of a word of two characters or more."""
        found, known, dense = (bytearray(self.settled // 8) for _ in range(3))
        whole = b"\xff" * sets.BITMAP
        for number, data in self._own_sets(word, field):
            at = number * sets.BITMAP
            lay(data, found, at)
            known[at : at + sets.BITMAP] = whole
            if sets.is_dense(data):
                dense[at : at + sets.BITMAP] = whole
        if len(word) < block.HEAD:
            known = whole * len(self.blocks)
        return _Known(*(int.from_bytes(bits, "little") for bits in (found, known, dense)))

    def _own_sets(self, word: str, field: str) -> Iterable[tuple[int, bytes]]:
        if len(word) < block.HEAD:
            for number, data in self._rows(field + word[0]):
                if (found := find(data, word[1:])) is not None:
                    yield number, found
            return
        if len(word) > block.LONGEST:
            return
        sql = "SELECT data FROM search_rows WHERE block = ? AND key = ?"
        for number, data in self._rows(field + word[: block.HEAD]).fetchall():
            if (value := find(zlib.decompress(data), word[block.HEAD :])) is not None:
                found, key = block.opened(value)
                yield number, self.db.execute(sql, [number, key]).fetchone()[0] if key else found

    def _read(self, left: int, word: str, field: str) -> Iterable[int]:
        """Places, from 1, of the letters that really hold the word."""
        seqs = [place + 1 for place in places_of(left)]
        forms = document.as_written(word)
        for start in range(0, len(seqs), _READ):
            part = seqs[start : start + _READ]
            marks = ", ".join("?" * len(part))
            if field == block.PARTIES:
                sql = f"SELECT seq, sender, recipient FROM letters WHERE seq IN ({marks})"
                for seq, sender, recipient in self.db.execute(sql, part):
                    if word in document.parties({"sender": sender, "recipient": recipient}):
                        yield seq
                continue
            for seq, text in self.db.execute(f"SELECT seq, text FROM entries WHERE seq IN ({marks})", part):
                # as it stands, nearly always: the normal form takes a hundred times as long
                if any(form in text for form in forms) or word in fold(text) or word in tables.read_body(self.db, seq):
                    yield seq


def _exact(query: Query) -> list[tuple[str, str]]:
    asked = [
        ("kind", query.kind),
        ("procedure", query.procedure),
        ("case_id", query.case),
        ("verdict", query.status),
        ("errand", query.errand),
        ("who", query.who),
        ("retention", query.retention),
        ("fault", query.fault),
        ("element", query.element),
        ("element", f"{query.vague}:vague" if query.vague else ""),
    ]
    return [(name, value) for name, value in asked if value]


def newest(bits: int, limit: int) -> list[int]:
    """The last `limit` places, from 1, the last first."""
    out = []
    data = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    for start in range(len(data) // sets.BITMAP * sets.BITMAP, -1, -sets.BITMAP):
        part = int.from_bytes(data[start : start + sets.BITMAP], "little")
        if part:
            out += [start * 8 + place + 1 for place in reversed(places_of(part))]
            if len(out) >= limit:
                break
    return out[:limit]
