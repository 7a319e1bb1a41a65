"""Paper → Letter: one stretch of normal text with its paragraphs, headings, labelled fields and zones, and the way back
from any stretch of it to the words and boxes on the page."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from objection_docs.extraction.paper import Box, Line, Paper
from objection_docs.text import Mapped, mapped

SENTENCE_END = re.compile(r"[。!?;\n]")
_NUMBERING = (
    re.compile(r"(?:第?[一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾]{1,3}(?:部分)?[、.．:,]|第[一二三四五六七八九十]{1,3}[章节部]分?[、.:]?)"),
    re.compile(r"\([一二三四五六七八九十]{1,3}\)[、.]?"),
    re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,2}[.、,)](?!\d)|\(\d{1,2}\)|[①-⑳]|其[一二三四五六七八九十]{1,2}[,、:])"),
)
_BRACKETED = re.compile(r"【([^】\n]{2,14})】")
_LABEL = re.compile(r"(?:^|(?<=[\s,;。、,;!！?？(（]))([^\s:：,，;；。、!！?？“”\"'<>《》]{1,18}?(?:[(（][^)）\n]{1,20}[)）])?[^\s:：,，;；。、“”\"'《》]{0,4})(?:(?<!\d)[:：]|[:：](?!\d))(?!//)")


@dataclass(slots=True)
class Para:
    """One paragraph or table cell. `start`..`end` in the letter's text. `rank`: of its numbering, 9 without one."""

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
    """A label with what stands after it: in the line, in the next cell, or under a heading. Offsets of the letter's text."""

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
    quoted: list[tuple[int, int]] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)

    def para_at(self, offset: int) -> Para:
        return self.paras[max(0, bisect_right(self._starts, offset) - 1)]

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """The sentence that holds start..end."""
        para = self.para_at(start)
        left = para.start
        for mark in SENTENCE_END.finditer(self.text, para.start, start):
            left = mark.end()
        mark = SENTENCE_END.search(self.text, end, para.end) if end < para.end else None
        return left, max(end, mark.start() if mark else para.end)

    def clause(self, start: int, end: int, before: int = 0) -> tuple[int, int]:
        """The comma-bounded clause around start..end, with `before` more clauses to its left."""
        low, high = self.sentence(start, end)
        marks = [m.end() for m in re.finditer(r"[,:]", self.text[low:start])]
        left = low + (marks[-1 - before] if len(marks) > before else 0)
        right = re.search(r"[,:]", self.text[end:high])
        return left, end + right.start() if right else high

    def is_quoted(self, start: int) -> bool:
        """Whether the stretch begins inside quotation marks."""
        i = bisect_right(self.quoted, (start, len(self.text)))
        return i > 0 and start < self.quoted[i - 1][1]

    def spans(self, start: int, end: int):
        """(line, from, to) for each page line that start..end of the text covers."""
        for para in self.paras[max(0, bisect_right(self._starts, start) - 1) :]:
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

    def place(self, start: int, end: int) -> tuple[int, list[Box]]:
        """Page of the first word and the boxes on that page and after it, one per line."""
        page, boxes = 0, []
        for line, a, b in self.spans(start, end):
            page = page or line.page
            box = line.box(a, b)
            if box and line.page == page:
                boxes.append(box)
        return page or self.para_at(start).lines[0].page, boxes


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


def _rank(text: str) -> tuple[int, int]:
    """Rank of the numbering that `text` begins with (0 is outermost, 9 is none) and its length."""
    for rank, pattern in enumerate(_NUMBERING):
        found = pattern.match(text)
        if found:
            return rank, found.end()
    return 9, 0


def clean_label(text: str) -> str:
    """A label without numbering and marks: «*（一）投诉人（签名）：» → 投诉人(签名)."""
    text = text.lstrip("*·☑□")
    return text[_rank(text)[1] :].strip("*:.、。【】 ") or text


class _Anatomy:
    """Finds headings, fields, zones and owners of one letter."""

    def __init__(self, letter: Letter, words):
        self.letter, self.words = letter, words

    def heading(self, para: Para, following: Para | None) -> bool:
        """A line of its own that names what comes after it."""
        text = para.text
        if para.cell or not text or len(text) > 26 or para.lines[0].align == "right" or following is None:
            return False
        rank, cut = _rank(text)
        rest = text[cut:]
        if rank < 9 and len(rest) < 12:
            rest = rest.removesuffix("。")  # «3.法律依据。»
        if not rest or re.search(r"[。;!?,]", rest) or self.words["full_date"].search(rest):
            return False
        if re.search(r"[:,]", rest):
            return False
        known = self.words["headings"].search(rest)
        return bool(known) if rank == 9 else bool(known or rank < 2) and len(rest) <= 24

    def run(self) -> None:
        letter, words = self.letter, self.words
        self._zones()
        stack: list[tuple[int, str]] = []
        owner = ""
        open_sections: list[tuple[int, Field]] = []
        paras = letter.paras
        for i, para in enumerate(paras):
            following = paras[i + 1] if i + 1 < len(paras) else None
            rank, cut = _rank(para.text)
            if para.zone == "closing":
                self._close(open_sections, -1, para.start)
                stack, owner = [], ""
            elif para.zone != "opening" and self.heading(para, following):
                rank = min(rank, 3)
                self._close(open_sections, rank, para.start)
                stack = [s for s in stack if s[0] < rank]
                label = clean_label(para.text)
                stack.append((rank, label))
                section = Field(label, para.start, para.end, para.end, para.end, "section")
                open_sections.append((rank, section))
                para.labels = tuple(s[1] for s in stack)
                owner = "" if rank < 2 else owner
                continue
            elif rank < 2 and not para.cell and any(rank <= r < 3 for r, _ in open_sections):
                # a numbered paragraph ends a numbered heading of lower or equal standing, as «（二）…» ends «（一）…»
                self._close(open_sections, rank, para.start)
                stack = [s for s in stack if s[0] < rank]
            para.labels = tuple(s[1] for s in stack)
            owner = self._fields(para, owner)
            para.owner = owner
        self._close(open_sections, -1, letter.paras[-1].end if letter.paras else 0)
        self._cells()
        letter.fields.sort(key=lambda f: f.start)
        self._open_fields()

    def _close(self, open_sections: list, rank: int, at: int) -> None:
        for entry in [e for e in open_sections if e[0] >= rank]:
            open_sections.remove(entry)
            f = entry[1]
            end = max(f.value_start, at - 1)
            self.letter.fields.append(Field(f.label, f.start, f.label_end, min(f.value_start + 1, end), end, "section"))

    def _zones(self) -> None:
        """Opening: what stands before the first real sentence. Closing: the signature block."""
        paras, words = self.letter.paras, self.words
        seal = words["seal"]
        self.sealed = {p.cell[0] for p in paras if p.cell and p.cell[2] < 2 and seal.search(p.text) and len(p.text) < 48}
        for para in paras[:10]:
            text = para.text
            if para.cell or len(text) > 60 or (re.search(r"[。;]", text) and not words["salutation"].match(text)):
                break
            if words["headings"].search(text) and _rank(text)[0] < 9:
                break
            para.zone = "opening"
            if words["salutation"].match(text) and len(text) > 3 and para is not paras[0]:
                break
        last = None
        for i in range(len(paras) - 1, -1, -1):
            para = paras[i]
            if para.zone == "opening" and i < 2:
                break
            sign = self._signs(para)
            if sign and (last is None or last - i <= 1 or not any(p.zone == "closing" for p in paras)):
                para.zone, last = "closing", i
            elif last is not None:
                break

    def _signs(self, para: Para) -> bool:
        """Does this paragraph look like part of a signature block?"""
        text = para.text
        if not text or len(text) > 48 or text.endswith(("。", ";", "!")):
            return False
        if para.cell:  # two signature blocks side by side are a table in Word
            return para.cell[0] in self.sealed
        if self.words["enclosure_line"].match(text):
            return False
        if para.lines[0].align == "right":
            return True
        return bool(self.words["signature_line"].search(text))

    def _fields(self, para: Para, owner: str) -> str:
        """Labels inside one paragraph; returns whose block goes on after it."""
        if para.cell and para.zone != "closing":
            return owner
        raw, text = para.raw.original, self.letter.text
        found = []
        bracket = _BRACKETED.match(para.text)
        if bracket and not self.words["placeholder"].match(para.text):
            found.append((bracket[1], para.start, para.start + bracket.end()))
        for m in _LABEL.finditer(raw):
            label = raw[m.start(1) : m.end(1)]
            start = para.start + para.raw.forward(m.start(1))
            end = para.start + para.raw.forward(m.end())
            if self.letter.is_quoted(start):
                continue
            found.append((label, start, end))
        for i, (label, start, end) in enumerate(found):
            stop = found[i + 1][1] if i + 1 < len(found) else para.end
            name = clean_label(text[start:end].rstrip(":")) if start < end else label
            if self.words["owner_other"].search(name):
                owner = "other"
            elif self.words["owner_sender"].search(name):
                owner = "sender"
            self.letter.fields.append(Field(name, start, end, end, stop, "inline", owner))
        return owner

    def _open_fields(self) -> None:
        """A label with nothing after it on its line: what follows until the next label or heading belongs to it."""
        letter = self.letter
        starts = sorted({f.start for f in letter.fields})
        for i, f in enumerate(letter.fields):
            if f.form != "inline" or letter.text[f.value_start : f.value_end].strip("。:.") or f.value_end != letter.para_at(f.start).end:
                continue
            k = bisect_right(starts, f.start)
            stop = starts[k] if k < len(starts) else len(letter.text)
            para = letter.para_at(f.start)
            following = letter.para_at(min(f.value_end + 1, len(letter.text)))
            if para.zone == "opening" and following.zone != "opening":
                continue  # «质疑供应商：» as a salutation: the letter after it is not its value
            if following.start <= para.start or following.zone == "closing" or following.start >= stop or following.cell:
                continue
            end = following.end
            for later in letter.paras[letter.paras.index(following) + 1 :]:
                if later.start >= stop or later.zone == "closing" or later.cell or _rank(later.text)[0] < 2:
                    break
                end = later.end
            letter.fields[i] = Field(f.label, f.start, f.label_end, following.start, end, f.form, f.owner)

    def _cells(self) -> None:
        """Tables: a label cell with the cell to its right (forms), or a head row with the cells below it (lists)."""
        letter, words = self.letter, self.words
        tables: dict[int, dict[int, list[Para]]] = {}
        for para in letter.paras:
            if para.cell and para.zone != "closing":
                tables.setdefault(para.cell[0], {}).setdefault(para.cell[1], []).append(para)
        for rows in tables.values():
            widths = {len({p.cell[2] for p in cells}) for cells in rows.values()}
            head = rows[min(rows)]
            listing = len(widths) == 1 and widths.pop() > 2 and all(words["list_head"].search(p.text) for p in head[:1])
            owner = ""
            for cells in rows.values():
                columns: dict[int, list[Para]] = {}
                for p in cells:
                    columns.setdefault(p.cell[2], []).append(p)
                order = [columns[c] for c in sorted(columns)]
                if listing:
                    continue
                for left, right in zip(order[::2], order[1::2], strict=False):
                    label = clean_label("".join(p.text for p in left))
                    if not label:
                        continue
                    if words["owner_opponent"].search(label):
                        owner = "other"
                    elif words["owner_sender"].search(label):
                        owner = "sender"
                    letter.fields.append(
                        Field(label, left[0].start, left[-1].end, right[0].start, right[-1].end, "cell", owner)
                    )
                    for p in right:
                        p.labels, p.owner = (*p.labels, label), owner


def _quotations(text: str) -> list[tuple[int, int]]:
    """Stretches between quotation marks; the marks are alike in the normal form, so they are paired within a paragraph."""
    out, start = [], 0
    for para in text.split("\n"):
        marks = [m.start() + start for m in re.finditer('"', para)]
        out += [(a + 1, b) for a, b in zip(marks[::2], marks[1::2], strict=False)]
        start += len(para) + 1
    return out


def read(paper: Paper, words) -> Letter:
    """The anatomy of a letter. `words`: the compiled expressions of the lexicon."""
    text, paras = _build(paper)
    letter = Letter(paper, text, paras)
    letter._starts = [p.start for p in paras]
    letter.quoted = _quotations(text)
    if paras:
        _Anatomy(letter, words).run()
        heads = [p for p in paras[:4] if p.zone == "opening" and not p.cell]
        titled = next((p for p in heads if words["title_words"].search(p.text)), heads[0] if heads else paras[0])
        letter.title = (titled.start, titled.end)
        if titled.zone == "opening" and not words["salutation"].match(titled.text):
            titled.zone = "title"
    return letter
