"""The items of a list are of one sort: where most of them tell a ground, or ask for something, so do the others, in
whatever words."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile

from objection_docs.checking.letter import Letter, Para
from objection_docs.checking.points.point import BULLETS, SHORTEST, Point, mark
from objection_docs.packs.answering import KINDS

#: Items of a list at least; characters of an item that has neither number nor bullet at most.
FEWEST, LONGEST_PLAIN = 3, 60
_BULLET = re.compile(rf"[{BULLETS}☑]+\s*|[(（][甲乙丙丁戊己][)）]")
_ONE_SENTENCE = re.compile(r"[^。;!?:]+[。;!]")
_BEHIND_COLON = re.compile(r"(?<=:)[^。!?:\n]+")
_PART = re.compile(r"(?:^|;)(?:并且?|且|以及|及)?(?P<item>[^;]+)")
Item = tuple[str, int, int]  # its number or "", where it begins and ends


def missed(letter: Letter, found: Sequence[Point], is_aside: Callable[[int, int], bool]) -> list[Point]:
    """The items without a point in lists most of whose items have one. `is_aside`: as for `opinion.reconsidered`."""
    points = list(found)
    for items in _lists(letter):
        told = [{p.kind for p in points if p.start < end and start < p.end} for _, start, end in items]
        many = {kind: sum(kind in own for own in told) for kind in KINDS}
        kind = max(KINDS, key=many.__getitem__)
        if many[kind] * 2 < len(items):
            continue
        for (number, start, end), own in zip(items, told, strict=True):
            if not own and end - start >= SHORTEST and not is_aside(start, end):
                points.append(Point(kind, number, start, end))
    return points[len(found) :]


def _lists(letter: Letter) -> Iterator[list[Item]]:
    """Paragraphs with a number or a bullet each, short lines under one that ends with a colon, and what stands between
    semicolons behind a colon."""
    body = [para for para in letter.paras if para.zone == "body" and para.text and not para.cell]
    rest = body
    while rest:
        style = _style(rest[0])
        group = [*takewhile(lambda para, style=style: _style(para) == style, rest)]
        if style and len(group) >= FEWEST:
            yield [*map(_item, group)]
        rest = rest[len(group) :]
    for n, para in enumerate(body):
        short = [*takewhile(_is_plain_item, body[n + 1 :])] if para.text.endswith(":") else []
        if len(short) >= FEWEST:
            yield [*map(_item, short)]
        for listed in _BEHIND_COLON.finditer(letter.text, para.start, para.end):
            items = [m.span("item") for m in _PART.finditer(listed[0])]
            if len(items) >= FEWEST:
                yield [_part(letter.text, listed.start() + start, listed.start() + end) for start, end in items]


def _style(para: Para) -> str:
    if mark(para.text)[0]:
        return "number"
    return "bullet" if _BULLET.match(para.text) else ""


def _is_plain_item(para: Para) -> bool:
    return len(para.text) <= LONGEST_PLAIN and not _style(para) and bool(_ONE_SENTENCE.fullmatch(para.text))


def _item(para: Para) -> Item:
    bullet, (number, at) = _BULLET.match(para.text), mark(para.text)
    return number, para.start + (bullet.end() if bullet else at), para.start + len(para.text.rstrip("。;!"))


def _part(text: str, start: int, end: int) -> Item:
    number, at = mark(text[start:end])
    return number, start + at, end
