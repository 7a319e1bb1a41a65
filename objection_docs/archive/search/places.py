"""A query → the places of the log where it holds, as the bits of one integer: bit i is the entry with seq i + 1.

Integers of this length are cut, joined and counted by the machine in microseconds, so the total is always the true one.
"""

import re
from collections.abc import Iterable

from sqlite_utils import Database

from objection_docs.archive.search import block, document, sets, tables
from objection_docs.archive.search.document import fold, mark
from objection_docs.archive.search.lookup import FEW, Lookup, read_row
from objection_docs.archive.search.query import Query
from objection_docs.archive.search.sets import find, lay, places_of

_READ = 500  # letters at a time
#: All words of a letter but its text, one after another; facts and details are JSON.
_BESIDE = " || char(10) || ".join(
    (
        *(f"entries.{name}" for name in ("number", "title", "case_id", "file_name", "sender", "recipient", "details")),
        *(f"letters.{name}" for name in ("title", "case_id", "sender", "recipient", "archive_number")),
        "entries.facts",
    )
)
_ESCAPED = re.compile(r"\\[nrtfb]")  # white space in JSON


class Places:
    """The log as it stands while a read transaction lasts."""

    def __init__(self, db: Database):
        self.db = db
        sql = "SELECT block, since, until, letters FROM search_blocks ORDER BY block"
        self.blocks = db.execute(sql).fetchall()
        self._letters: int | None = None
        self.settled = len(self.blocks) * sets.BLOCK  # all blocks up to here are there
        newest = db.execute("SELECT max(seq) FROM search_new").fetchone()[0] or 0
        self.reached = max(self.settled, newest)
        # what a block says of a letter that reads otherwise since does not count
        carried = db.execute("SELECT seq FROM search_new WHERE seq <= ?", [self.settled])
        self.carried = self._bits(seq for (seq,) in carried)

    def holding(self, query: Query) -> int:
        """Places of the letters that the query means."""
        found = self.letters()
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

    def letters(self) -> int:
        """All letters."""
        if self._letters is None:
            new = self.db.execute("SELECT seq FROM letters WHERE seq > ?", [self.settled])
            self._letters = self._settled_letters() | self._bits(seq for (seq,) in new)
        return self._letters

    def _settled_letters(self) -> int:
        """Most blocks hold nothing but letters; only of the others the sets are read."""
        bits = bytearray(b"\xff") * (self.settled // 8)
        for number, *_, count in self.blocks:
            if count < sets.BLOCK:
                at = number * sets.BITMAP
                row = read_row(self.db.conn, number, block.MARK + document.LETTER)
                found = find(row, "") if row else None
                bits[at : at + sets.BITMAP] = sets.bits(found or b"").to_bytes(sets.BITMAP, "little")
        return int.from_bytes(bits, "little")

    def mark(self, name: str, value: str) -> int:
        """Letters with this value under this name."""
        settled = self._laid(block.MARK + name, mark(value)) & ~self.carried
        return settled | self._of_new("marks", document.line(name, mark(value)))

    def word(self, word: str, within: int, field: str = block.TEXT) -> int:
        """Letters among `within` that hold the word (normal form)."""
        settled = within & ~self.carried & ((1 << self.settled) - 1)
        if len(word) < block.HEAD:
            found = self._laid(field + word[0], word[1:]) & settled
        else:
            found = self._long(word, settled, field)
        return found | self._of_new("parties" if field == block.PARTIES else "body", word) & within

    def _of_new(self, column: str, wanted: str) -> int:
        """The new letters with `wanted` in this column. It is looked for in UTF-8, which spares making it text."""
        needle = wanted.encode()
        # one after another: after a rush thousands are new, and several ask at once
        rows = self.db.execute(f"SELECT seq, CAST({column} AS BLOB) FROM search_new")
        return self._bits([seq for seq, data in rows if needle in data])

    def between(self, since: str, until: str) -> int:
        """Letters from `since` to before `until`. Time goes on with the log, so hardly a block lies across its edge."""
        bits = bytearray(self.settled // 8)
        places = []
        for number, first, last, _ in self.blocks:
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
        """Three characters and more: the sets that blocks have of the word or of its parts; then letters are read."""
        found, left = bytearray(self.settled // 8), bytearray(self.settled // 8)
        asked = within.to_bytes(self.settled // 8, "little")
        rarest = word  # what was rare in one block is asked first in the next
        for number, *_ in self.blocks:
            here = slice(number * sets.BITMAP, (number + 1) * sets.BITMAP)
            if any(asked[here]):
                lookup = Lookup(self.db, number, field)
                holding, certain = lookup.holding(rarest)
                if rarest != word:
                    certain = not holding
                    if holding.bit_count() > FEW:
                        holding, certain = lookup.holding(word)
                if (holding and not certain) or (not holding and rarest == word):
                    rarest = lookup.rarest()
                (found if certain else left)[here] = holding.to_bytes(sets.BITMAP, "little")
        unsure = int.from_bytes(left, "little") & within
        return int.from_bytes(found, "little") & within | self._bits(self._read(unsure, word, field))

    def _read(self, left: int, word: str, field: str) -> Iterable[int]:
        """Places, from 1, of the letters that really hold the word."""
        seqs = [place + 1 for place in places_of(left)]
        forms = tuple(form.encode() for form in document.as_written(word))
        for start in range(0, len(seqs), _READ):
            part = seqs[start : start + _READ]
            marks = ", ".join("?" * len(part))
            if field == block.PARTIES:
                sql = f"SELECT seq, sender, recipient FROM letters WHERE seq IN ({marks})"
                for seq, sender, recipient in self.db.execute(sql, part):
                    if word in document.parties({"sender": sender, "recipient": recipient}):
                        yield seq
                continue
            sql = f"SELECT seq, CAST(text AS BLOB) FROM entries WHERE seq IN ({marks})"
            texts = self.db.execute(sql, part).fetchall()
            # as it stands in the text, nearly always; else in the text's normal form; else beside the text
            others = [(seq, text) for seq, text in texts if not any(form in text for form in forms)]
            elsewhere = {seq for seq, text in others if word not in fold(text.decode())}
            yield from (seq for seq in part if seq not in elsewhere)
            yield from self._read_beside([seq for seq in part if seq in elsewhere], word)

    def _read_beside(self, seqs: list[int], word: str) -> Iterable[int]:
        """Letters that hold the word in their title, parties, numbers and the like."""
        marks = ", ".join("?" * len(seqs))
        sql = f"SELECT seq, {_BESIDE} FROM entries JOIN letters USING (seq) WHERE seq IN ({marks})"
        for seq, beside in self.db.execute(sql, seqs):
            beside = fold(_ESCAPED.sub("", beside))
            # what is parted in the letter may have come together here, so the letter itself decides
            if (word in beside or "\\" in beside) and word in tables.read_body(self.db, seq):
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
