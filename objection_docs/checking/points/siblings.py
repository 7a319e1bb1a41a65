"""The items of a list are of one sort: where most of them tell a ground, or ask for something, so do the others, in
whatever words."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile

from objection_docs.checking.letter import Letter, Para
from objection_docs.checking.points.point import Point, mark

#: Items of a list at least; characters of an item that has neither number nor bullet at most.
FEWEST, LONGEST_PLAIN = 3, 60
#: Characters of an item at least.
SHORTEST = 4
_BULLET = re.compile(r"[-—·●■□◆•*☑]+\s*|[(（][甲乙丙丁戊己][)）]")
_ONE = re.compile(r"[^。;!?:]+[。;!]")  # sentence
_INNER = re.compile(r";(?:并且?|且|以及|及)?")
Item = tuple[int, int]


def missed(letter: Letter, found: Sequence[Point], is_aside: Callable[[int, int], bool]) -> Iterator[Point]:
    """The items without a point in lists most of whose items have one. `is_aside`: as for `opinion.reconsidered`."""
    for items in _lists(letter):
        told = [[p.kind for p in found if p.start < end and start < p.end] for start, end in items]
        kinds = Counter(kind for own in told for kind in set(own))
        if not kinds:
            continue
        kind, many = kinds.most_common(1)[0]
        if many * 2 < len(items) or many == len(items):
            continue
        for (start, end), own in zip(items, told, strict=True):
            if not own and end - start >= SHORTEST and not is_aside(start, end):
                yield Point(kind, mark(letter.para_at(start).text)[0], start, end)


def _lists(letter: Letter) -> Iterator[list[Item]]:
    body = [para for para in letter.paras if para.zone == "body" and para.text and not para.cell]
    while body:
        style = _style(body[0])
        group = [*takewhile(lambda para, style=style: _style(para) == style, body)]
        if style and len(group) >= FEWEST:
            yield [_item(letter, para) for para in group]
        body = body[len(group) :]
    yield from _after_leads(letter)


def _style(para: Para) -> str:
    if mark(para.text)[0]:
        return "number"
    return "bullet" if _BULLET.match(para.text) else ""


def _is_plain_item(para: Para) -> bool:
    return len(para.text) <= LONGEST_PLAIN and not _style(para) and bool(_ONE.fullmatch(para.text))


def _item(letter: Letter, para: Para) -> Item:
    bullet = _BULLET.match(para.text)
    at = bullet.end() if bullet else mark(para.text)[1]
    return para.start + at, para.start + len(para.text.rstrip("。;!"))


def _after_leads(letter: Letter) -> Iterator[list[Item]]:
    """Short lines right under one that ends with a colon, and what stands between semicolons behind a colon."""
    body = [para for para in letter.paras if para.zone == "body" and para.text and not para.cell]
    for n, para in enumerate(body):
        if para.text.endswith(":"):
            short = [*takewhile(_is_plain_item, body[n + 1 :])]
            if len(short) >= FEWEST:
                yield [_item(letter, item) for item in short]
        for sentence in re.finditer(r"[^。!?\n]+", para.text):
            lead, colon, rest = sentence[0].partition(":")
            if colon and rest.count(";") >= FEWEST - 1:
                low = para.start + sentence.start() + len(lead) + 1
                items, at = [], low
                for m in [*_INNER.finditer(rest)]:
                    items.append((at, low + m.start()))
                    at = low + m.end()
                items.append((at, low + len(rest)))
                yield [(a + mark(letter.text[a:b])[1], b) for a, b in items if b > a]
