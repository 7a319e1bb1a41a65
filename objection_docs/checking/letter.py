"""A letter as one stretch of normal text with its paragraphs and labelled fields, and the way back from any stretch of
it to the words and boxes on the page. `anatomy` finds the parts."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from objection_docs.extraction.paper import Box, Line, Paper
from objection_docs.text import Mapped, mapped

SENTENCE_END = re.compile(r"[。!?;\n]")
_COMMA = re.compile(r"(?<!\d),|,(?!\d{3}(?!\d))|:")  # not those of «5,200元»
_OWN = re.compile(rb"\0+")


@dataclass(slots=True)
class Para:
    """One paragraph or table cell. `start`..`end` in the letter's text."""

    start: int
    end: int
    raw: Mapped
    lines: list[Line]
    zone: str = "body"
    labels: tuple[str, ...] = ()  # headings and labels it stands under, outermost first
    owner: str = ""

    @property
    def cell(self):
        return self.lines[0].cell

    @property
    def text(self) -> str:
        return self.raw.text


@dataclass(frozen=True, slots=True)
class Field:
    """A label with what stands after it: in the line, in the next cell, or under a heading. Offsets of the text."""

    label: str
    start: int
    label_end: int
    value_start: int
    value_end: int
    form: str  # inline | cell | section
    owner: str = ""


@dataclass(slots=True)
class Letter:
    paper: Paper
    text: str
    paras: list[Para]
    fields: list[Field] = field(default_factory=list)
    title: tuple[int, int] = (0, 0)
    is_named: bool = False  # whether the title says what the letter is, and is no letterhead or salutation
    quoted: list[tuple[int, int]] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)  # where the marks stand that end a sentence
    commas: list[int] = field(default_factory=list)  # and those that part its clauses
    line_starts: dict[int, int] | None = None  # as `Paper.starts`, once it is asked for
    others: bytes = b""  # for each character whether it stands in the part of the other side

    def para_at(self, offset: int) -> Para:
        return self.paras[max(0, bisect_right(self.starts, offset) - 1)]

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """The sentence that holds start..end."""
        para, ends = self.para_at(start), self.ends
        before, after = bisect_left(ends, start) - 1, bisect_left(ends, end)
        left = max(para.start, ends[before] + 1) if before >= 0 else para.start
        return left, max(end, min(ends[after], para.end) if after < len(ends) else para.end)

    def sentences(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The sentences of start..end, each with the mark that ends it."""
        for stop in [*(m.end() for m in SENTENCE_END.finditer(self.text, start, end)), end]:
            if stop > start:
                yield start, stop
            start = stop

    def clause(self, start: int, end: int, before: int = 0) -> tuple[int, int]:
        """The comma-bounded clause around start..end, with `before` more clauses to its left."""
        low, high = self.sentence(start, end)
        commas = self.commas
        at, after = bisect_left(commas, start) - 1 - before, bisect_left(commas, end)
        left = max(low, commas[at] + 1) if at >= 0 else low
        return left, min(commas[after], high) if after < len(commas) else high

    def is_quoted(self, start: int) -> bool:
        """Whether the stretch begins inside quotation marks."""
        i = bisect_right(self.quoted, (start, len(self.text)))
        return i > 0 and start < self.quoted[i - 1][1]

    def is_others(self, at: int) -> bool:
        """Whether `at` stands in the part of the other side, as the contact under «被投诉方：»."""
        return at < len(self.others) and self.others[at] == 1

    def own(self, start: int, end: int) -> list[tuple[int, int]]:
        """start..end without what stands in the part of the other side."""
        return [m.span() for m in _OWN.finditer(self.others, start, end)]

    def spans(self, start: int, end: int):
        """(line, from, to) for each page line that start..end of the text covers."""
        for para in islice(self.paras, max(0, bisect_right(self.starts, start) - 1), None):
            if para.start >= end and not (start == end == para.start):
                break
            low, high = para.raw.back(max(0, start - para.start), min(end, para.end) - para.start)
            at = 0
            for line in para.lines:
                a, b = max(low - at, 0), min(high - at, len(line.text))
                if a < b:
                    yield line, a, b
                at += len(line.text)

    def quote(self, start: int, end: int) -> str:
        """The words of the letter as the page shows them, line breaks taken out."""
        return "".join(line.text[a:b] for line, a, b in self.spans(start, end)).strip()

    def stretch(self, start: int, end: int) -> tuple[int, int] | None:
        """Where the words of `quote` begin and end in the text of the paper, page ends counted."""
        if self.line_starts is None:
            self.line_starts = self.paper.starts()
        found = [
            (self.line_starts[id(line)] + a, line.text[a:b])
            for line, a, b in self.spans(start, end)
            if line.text[a:b].strip()
        ]
        if not found:
            return None
        (low, first), (high, last) = found[0], found[-1]
        return low + len(first) - len(first.lstrip()), high + len(last.rstrip())

    @property
    def name(self) -> str:
        """The title as the page shows it; "" where no line says what the letter is."""
        return self.quote(*self.title).strip("《》") if self.is_named else ""

    def places(self, start: int, end: int) -> list[tuple[int, tuple[Box, ...]]]:
        """Pages that the stretch stands on, each with a box per line; an empty cell gives its own rectangle."""
        found: dict[int, list[Box]] = {}
        for line, a, b in self.spans(start, end):
            box = line.box(a, b)
            found.setdefault(line.page, [])
            if box:
                found[line.page].append(box)
        if not found:
            first = self.para_at(start).lines[0]
            found[first.page] = [first.area] if first.area else []
        return [(page, tuple(boxes)) for page, boxes in found.items()]


def _build(paper: Paper) -> tuple[str, list[Para]]:
    paras, parts, at = [], [], 0
    for group in paper.paragraphs():
        raw = mapped("".join(line.text for line in group))
        if not raw.text and not group[0].cell:
            continue
        paras.append(Para(at, at + len(raw.text), raw, group))
        parts.append(raw.text)
        at += len(raw.text) + 1
    return "\n".join(parts), paras


def _quotations(text: str) -> list[tuple[int, int]]:
    """Stretches between quotation marks, which are alike in the normal form: paired within a paragraph."""
    out, start = [], 0
    for para in text.split("\n"):
        marks = [m.start() + start for m in re.finditer('"', para)]
        out += [(a + 1, b) for a, b in zip(marks[::2], marks[1::2], strict=False)]
        start += len(para) + 1
    return out


def plain(paper: Paper) -> Letter:
    """The letter's text and paragraphs; its parts are not found yet."""
    text, paras = _build(paper)
    return Letter(
        paper,
        text,
        paras,
        quoted=_quotations(text),
        starts=[p.start for p in paras],
        ends=[m.start() for m in SENTENCE_END.finditer(text)],
        commas=[m.start() for m in _COMMA.finditer(text)],
        others=bytes(len(text)),
    )
