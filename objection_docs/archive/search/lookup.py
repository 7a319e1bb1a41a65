"""Which letters of one block hold a word: by the word's own set where it has one, else by the sets of its parts.

A word without a set of its own is parted into the word without its last character and the word without its first; most
blocks are done after one or two of these, because what is rare in them has hardly a letter left.
"""

import zlib

from sqlite_utils import Database

from objection_docs.archive.search import block, sets

#: So few letters of a block are read sooner than parted further.
FEW = 3


class Lookup:
    """The words of one field in one block; what was asked once is remembered."""

    def __init__(self, db: Database, number: int, field: str):
        self._connection, self._number, self._field = db.conn, number, field
        self._rows: dict[str, bytes | None] = {}
        self._own: dict[str, bytes | None] = {}
        self._held: dict[str, tuple[int, bool]] = {}

    def holding(self, word: str) -> tuple[int, bool]:
        """The letters, as bits of an integer, that hold the word; and whether it is certain that they do."""
        if word not in self._held:
            self._held[word] = self._hold(word)
        return self._held[word]

    def rarest(self) -> str:
        """Of all that was asked, parts of words too, what the fewest letters hold."""
        return min(self._held, key=lambda word: (self._held[word][0].bit_count(), len(word)))

    def _hold(self, word: str) -> tuple[int, bool]:
        if len(word) > block.LONGEST:
            return self._holding_all([word[at : at + block.LONGEST] for at in _starts(len(word))]), False
        own = self.own(word)
        if own is not None:
            return sets.bits(own), True
        if len(word) < block.HEAD or block.has_own_set(word):
            return 0, True
        parts = word[:-1], word[1:]
        left, _ = self.holding(parts[0])
        if left and left.bit_count() > FEW:
            left &= self.holding(parts[1])[0]
        # where both are dense, the word would have a set if any letter held it
        if left and all(sets.is_dense(self.own(part) or b"") for part in parts):
            return 0, True
        return left, not left

    def _holding_all(self, words: list[str]) -> int:
        left = -1
        for word in words:
            left &= self.holding(word)[0]
            if not left:
                break
        return left

    def own(self, word: str) -> bytes | None:
        """The word's own set, packed."""
        if word not in self._own:
            self._own[word] = self._find(word)
        return self._own[word]

    def _find(self, word: str) -> bytes | None:
        if len(word) < block.HEAD:
            row = self._row(word[0])
            return sets.find(row, word[1:]) if row else None
        row = self._row(word[: block.HEAD])
        value = sets.find(row, word[block.HEAD :]) if row else None
        if value is None:
            return None
        found, key = block.opened(value)
        return self._read(key) if key else found

    def _row(self, head: str) -> bytes | None:
        if head not in self._rows:
            data = self._read(self._field + head)
            self._rows[head] = zlib.decompress(data) if data and len(head) == block.HEAD else data
        return self._rows[head]

    def _read(self, key: str) -> bytes | None:
        return read_row(self._connection, self._number, key)


def read_row(connection, number: int, key: str) -> bytes | None:
    """What stands in a block under a key."""
    sql = "SELECT data FROM search_rows WHERE block = ? AND key = ?"
    found = connection.execute(sql, (number, key)).fetchone()
    return found[0] if found else None


def _starts(length: int) -> list[int]:
    """Where the stretches of LONGEST begin that cover a longer word."""
    return [*range(0, length - block.LONGEST, block.LONGEST), length - block.LONGEST]
