"""The rows of one block: which of its letters hold what.

Every single character and every pair of neighbours has its set, so words of one and two characters are answered at
once. A longer word is looked for by its pairs, and the letters that hold them all are read. Where these would be many,
the word has a set of its own, up to `LONGEST` characters: when `COMMON` letters of the block or more hold it, and when
both words that are one character shorter are dense. So a word without a set stands in few letters of the block, and in
none at all when what is one shorter is dense: that is what narrows down dates and figures.
"""

import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache

from objection_docs.archive.search.document import BREAK, Document
from objection_docs.archive.search.sets import is_dense, pack, pack_bits, row

#: A longer word gets its own set when at least so many letters of the block hold it.
COMMON = 12
LONGEST = 24
#: A set of no more bytes stands with its word; a larger one is shared.
_SMALL = 12
_HERE, _THERE = b"\0", b"\1"
#: A longer word stands under its first characters.
HEAD = 3
TEXT, PARTIES, MARK, SETS = "t", "p", "m", "s"


def rows(documents: Sequence[tuple[int, Document]]) -> Iterator[tuple[str, bytes]]:
    """Key and data of each row; `documents`: places within the block, ascending, with what stands there."""
    shared = _Shared()
    for field, texts in (
        (TEXT, [(p, d.body) for p, d in documents]),
        (PARTIES, [(p, d.parties) for p, d in documents]),
    ):
        pairs = _pairs(texts)
        yield from _short(field, texts, pairs)
        yield from _long(field, _words(texts, pairs), shared)
    yield from _marks(documents)
    yield from shared.rows()


def _pairs(texts: list[tuple[int, str]]) -> dict[str, list[int]]:
    found = defaultdict(list)
    for place, text in texts:
        for pair in set(map(str.__add__, text, text[1:])):
            found[pair].append(place)
    return {pair: places for pair, places in found.items() if BREAK not in pair}


def _short(field: str, texts: list[tuple[int, str]], pairs: dict[str, list[int]]) -> Iterator[tuple[str, bytes]]:
    """Under each character its own set, and those of the pairs that it begins."""
    singles, rest = defaultdict(list), defaultdict(list)
    for place, text in texts:
        for char in set(text):
            singles[char].append(place)
    singles.pop(BREAK, None)
    for pair in pairs:
        rest[pair[0]].append(pair)
    for char in sorted(singles):
        seconds = [(pair[1], pack(pairs[pair])) for pair in sorted(rest[char])]
        yield field + char, row([("", pack(singles[char])), *seconds])


def _words(texts: list[tuple[int, str]], pairs: dict[str, list[int]]) -> dict[str, bytes]:
    """Longer words that have a set of their own, with it.

    The texts are cut into runs in which every three characters may have a set, equal runs laid together; then, a
    character longer each time, words that are rare cut the runs further, until nothing is left.
    """
    dense = {pair for pair, places in pairs.items() if len(places) >= COMMON and is_dense(pack(places))}
    times = Counter()
    for _, text in texts:
        times.update(_threes(text))
    likely = {word for word, count in times.items() if count >= COMMON or (word[:2] in dense and word[1:] in dense)}
    likely = {word for word in likely.union(filter(has_own_set, times)) if BREAK not in word}
    runs = defaultdict(int)
    for place, text in texts:
        bit = 1 << place
        for start, end in _stretches(map(likely.__contains__, _threes(text))):
            runs[text[start : end + HEAD - 1]] |= bit
    found, packed = {}, cache(pack_bits)  # words of one sentence have the same set
    for size in range(HEAD, LONGEST + 1):
        counted = defaultdict(int)
        for run, bits in runs.items():
            for at in range(len(run) - size + 1):
                counted[run[at : at + size]] |= bits
        common = {word for word, bits in counted.items() if bits.bit_count() >= COMMON}
        known = common.union(
            word for word in counted if (word[1:] in dense and word[:-1] in dense) or has_own_set(word)
        )
        found |= {word: packed(counted[word]) for word in known}
        dense = {word for word in common if is_dense(found[word])}
        runs = _cut(runs, size, common)
        if not runs:
            break
    return found


def has_own_set(word: str) -> bool:
    """Whether a longer word has a set wherever it stands: three figures or Latin letters: pairs of these are many."""
    return len(word) == HEAD and word.isascii()


def _threes(text: str) -> Iterator[str]:
    return map("".join, zip(text, text[1:], text[2:], strict=False))


def _cut(runs: dict[str, int], size: int, common: set[str]) -> dict[str, int]:
    """The runs cut to where every word of `size` is common, and longer than that."""
    cut = defaultdict(int)
    for run, bits in runs.items():
        windows = [run[at : at + size] in common for at in range(len(run) - size + 1)]
        if all(windows):
            if len(windows) > 1:
                cut[run] |= bits
            continue
        for start, end in _stretches(windows):
            if end - start > 1:
                cut[run[start : end + size - 1]] |= bits
    return cut


def _stretches(flags) -> Iterator[tuple[int, int]]:
    """Where flags stand on without a gap: start and end of each stretch."""
    line = bytes(flags)
    start = line.find(1)
    while start >= 0:
        end = line.find(0, start)
        if end < 0:
            end = len(line)
        yield start, end
        start = line.find(1, end)


class _Shared:
    """Sets of longer words. All words within one common sentence have the same set: it is kept once, under a number."""

    def __init__(self):
        self.numbers: dict[bytes, int] = {}

    def value(self, found: bytes) -> bytes:
        """What stands under a word: a small set itself, otherwise its number."""
        if len(found) <= _SMALL:
            return _HERE + found
        return _THERE + self.numbers.setdefault(found, len(self.numbers)).to_bytes(3, "big")

    def rows(self) -> Iterator[tuple[str, bytes]]:
        for found, number in self.numbers.items():
            yield SETS + number.to_bytes(3, "big").hex(), found


def opened(value: bytes) -> tuple[bytes, str]:
    """The set that stands under a longer word, or the key of its row."""
    return (value[1:], "") if value[:1] == _HERE else (b"", SETS + value[1:].hex())


def _long(field: str, words: dict[str, bytes], shared: _Shared) -> Iterator[tuple[str, bytes]]:
    tails = defaultdict(list)
    for word in sorted(words):
        tails[word[:HEAD]].append((word[HEAD:], shared.value(words[word])))
    for head, labelled in tails.items():
        yield field + head, zlib.compress(row(labelled))


def _marks(documents: Sequence[tuple[int, Document]]) -> Iterator[tuple[str, bytes]]:
    """Under each name the sets of its values."""
    found = defaultdict(lambda: defaultdict(list))
    for place, document in documents:
        for name, value in document.marks:
            found[name][value].append(place)
    for name in sorted(found):
        yield MARK + name, row([(value, pack(places)) for value, places in sorted(found[name].items())])
