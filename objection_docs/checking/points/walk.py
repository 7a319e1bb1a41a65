"""A notice walked through from its first paragraph to its last: which part of it a paragraph stands in, and the grounds
and requests that its sentences hold."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, takewhile

from objection_docs.checking.anatomy import clean_label
from objection_docs.checking.decide import Hit
from objection_docs.checking.letter import Letter, Para
from objection_docs.checking.points import labels, requests, tables
from objection_docs.checking.points.point import SHORTEST, Point, counted_as, mark
from objection_docs.checking.points.speech import Speech

_ENCLOSED = re.compile(
    r"^[^,。:]{0,4}联系人[:]|^(?:附件?|附录|附表|随函|随信|证据|抄送|联系人|地址|电话|此致|特此|填表说明|填写说明)(?![近带属加])|"
    r"^(?:被?(?:异议|质疑|投诉|申请|执行|申请执行)(?:人|方|供应商)|案外人|法定代表人|委托代理人|受理机构|住所)"
    r"(?:[^。;,:]{0,24}:|[^。;,:]{0,8},(?:男|女|汉族|住|统一|身份证|法定代表人))"
)
_PAPERS = re.compile(r"(?:附|随|递交|提交|所附|所交)[^,。;:]{0,8}(?:材料|文件|附件|证据|清单)$")
_LEAD = re.compile(r"[^,。;:]{2,14}:")  # «申请事项：»
_NAMED = re.compile(r"(?:被?(?:异议|质疑|投诉|申请)(?:人|方|供应商)|(?:质疑|采购|投诉|招标)项目)[^,。;:]{0,4}:")
_BASIS = re.compile(r"^(?:法律|合同)?依据[:]")
_LAW = re.compile(r"》(?:\([^)]*\))?第[\d一二三四五六七八九十百零]+[条款章]")
_DETAIL = re.compile(r"^(?:事实|法律|合同)?(?:依据|理由|说明|证据)[:]")
#: Characters of a line that leads to requests at most, of a paragraph that no rule knows to tell one at least.
LONGEST_LEAD, LONG_TELLING = 60, 20
LONGEST_HEAD = 40
#: An opening, which holds no more of them, is left out where so many others tell a ground.
ELSEWHERE = 2


class Walk:
    """One way through a letter. `hits`: what the checker's rules find of each element."""

    def __init__(self, letter: Letter, words: Mapping[str, re.Pattern], hits: Mapping[str, Sequence[Hit]]):
        self.letter, self.words, self.text = letter, words, letter.text
        self.speech = Speech(letter, words, hits)
        self.mode = "ground"
        self.spare: list[Point] = []
        self.heads = {field.start for field in letter.fields if field.form == "section"}
        #: Where paragraphs begin that tell no point: headings, parties, papers, the basis.
        self.aside: set[int] = set()

    def is_aside(self, start: int, end: int) -> bool:
        """Whether a sentence tells no point, whatever it reads like: by where it stands, or as it cites the law."""
        cited = _LAW.search(self.text, start, min(end, start + LONGEST_HEAD))
        return self.letter.para_at(start).start in self.aside or bool(cited)

    def points(self) -> list[Point]:
        found: list[Point] = []
        body = [para for para in self.letter.paras if para.zone == "body"]
        for table, group in groupby(body, key=lambda para: para.cell[0] if para.cell else None):
            if table is not None:
                found += self._table(list(group))
                continue
            for para, under in self._under_headings(list(group)):
                if under:
                    found += self._headed(para, under)
                elif found and self.mode == "ground" and _DETAIL.match(para.text) and not _BASIS.match(para.text):
                    found[-1] = replace(found[-1], end=para.end)  # «事实依据：…» under its «质疑事项1»
                else:
                    found += self._para(para)
        found = [point for point in found if not self._aside(point, found, body)]
        found += self._between(found, body)
        return found if any(point.kind == "ground" for point in found) else found + self.spare

    def _between(self, found: list[Point], body: list[Para]) -> Iterator[Point]:
        """Paragraphs of prose among those that tell a ground each: they tell one too, in words that no rule knows."""
        told = {self.letter.para_at(point.start).start for point in found}
        grounds = [self.letter.para_at(point.start).start for point in found if point.kind == "ground"]
        if len(set(grounds)) < ELSEWHERE or any(point.number for point in found if point.kind == "ground"):
            return
        for para in body[1:]:
            plain = para.start not in told | self.heads and not para.cell and not _ENCLOSED.match(para.text)
            plain = plain and not self.words["form_note"].search(para.text)
            long = len(para.text) >= LONG_TELLING and para.text[-1] in "。;!"
            if plain and long and para.start < max(grounds) and not self.speech.by_the_way(para.start, para.end):
                yield Point("ground", "", para.start, para.end)

    def _aside(self, point: Point, found: list[Point], body: list[Para]) -> bool:
        """Whether what looks like a point only opens or closes the letter: in a first paragraph without a number, or
        in a last one without a figure, while others tell the points."""
        if point.number:
            return False
        para = self.letter.para_at(point.start)
        others = [p for p in found if p.kind == point.kind and self.letter.para_at(p.start) is not para]
        if any(p.number for p in others) and para.start < min(self.heads, default=0):
            return True
        if point.kind == "request":
            return para is body[0] and bool(others) and not self.speech.verb(point.start, point.end)
        if para is body[0]:
            own = [p for p in found if p.kind == point.kind and self.letter.para_at(p.start) is para]
            return len(others) >= ELSEWHERE >= len(own)
        if sum(bool(p.number) and p.start > point.start for p in others) >= ELSEWHERE:
            return True
        return para is body[-1] and len(others) >= ELSEWHERE and not re.search(r"\d", para.text)

    def _under_headings(self, paras: list[Para]) -> Iterator[tuple[Para, list[Para]]]:
        """Each paragraph; a numbered heading that tells a ground together with the paragraphs that stand under it."""
        while paras:
            para, *paras = paras
            under = list(takewhile(self._is_prose, paras)) if self._tells_ground(para) else []
            yield para, under
            paras = paras[len(under) :]

    def _tells_ground(self, para: Para) -> bool:
        headed = para.start in self.heads or (len(para.text) <= LONGEST_HEAD and para.text[-1:] not in "。;:!?")
        told = headed and self.mode == "ground" and bool(mark(para.text)[0])
        return told and labels.names_ground(clean_label(para.text), self.words)

    def _is_prose(self, para: Para) -> bool:
        return para.start not in self.heads and not mark(para.text)[0] and not _ENCLOSED.match(para.text)

    def _headed(self, head: Para, under: list[Para]) -> Iterator[Point]:
        """A ground told under its heading, and what is asked for there."""
        number, at = mark(head.text)
        yield Point("ground", number, head.start + at, under[-1].end)
        for para in under:
            for low, high, asks in self.speech.sentences(para.start, para.end, by_verb=True):
                if asks:
                    yield from requests.find(self.speech, low, high)

    # Which part of the notice a paragraph stands in

    def _para(self, para: Para) -> Iterator[Point]:
        text = para.text
        if para.start in self.heads and not self._is_item(para):
            self.mode = labels.of_section(clean_label(text), self.words)
            self.aside.add(para.start)
            return
        number, at = mark(text)
        if (
            _ENCLOSED.match(text)
            or _NAMED.match(text[at:])
            or _DETAIL.match(text)
            or self.words["form_note"].search(text)
        ):
            self.aside.add(para.start)
            return
        if self.words["request_lead"].search(text) and len(text) < LONGEST_LEAD:
            self.mode = "request"
            return
        if _LEAD.fullmatch(text):
            self.mode = labels.of_section(clean_label(text), self.words)
            return
        self.mode = counted_as(text) or self.mode
        if self.mode == "off":
            self.aside.add(para.start)
            return
        if number and self.mode == "request":
            yield Point("request", number, para.start + at, para.end)
        elif number:
            for low, high in self._counted(para):
                number, at = mark(self.text[low:high])
                yield from self._item(number, low + at, high)
        else:
            yield from self._prose(para.start, para.end)

    def _is_item(self, para: Para) -> bool:
        """Whether a line that looks like a heading is one of a list of requests."""
        listed = self.mode == "request" and mark(para.text)[0] and self.speech.acts(para.start, para.end)
        return bool(listed) and not _PAPERS.search(para.text)

    def _counted(self, para: Para) -> Iterator[tuple[int, int]]:
        """The items of a numbered paragraph: «第一，……。第二，……。» counts on within it."""
        low, number = para.start, mark(para.text)[0]
        for start, end in self.letter.sentences(para.start, para.end):
            following = mark(self.text[start:end])[0]
            if number.isdigit() and following == str(int(number) + 1):
                yield low, start
                low, number = start, following
        yield low, para.end

    def _item(self, number: str, start: int, end: int) -> Iterator[Point]:
        """What is told under a number: one ground, and what it asks for apart."""
        sentences = list(self.speech.sentences(start, end, by_verb=True))
        asked = {low: requests.find(self.speech, low, high) for low, high, asks in sentences if asks}
        own = [(low, high) for low, high, asks in sentences if not asks or not asked[low]]
        if not own and asked:  # «……，请退回» in one sentence
            own = [told for low, high, _ in sentences if (told := self._before(low, asked[low], numbered=True))]
        if own:
            yield Point("ground", number, own[0][0], own[-1][1])
        for found in asked.values():
            yield from found

    def _before(self, low: int, asked: list[Point], numbered: bool = False) -> tuple[int, int] | None:
        """The part of a sentence that tells of something amiss before it asks; in a numbered item it always does."""
        if not asked or asked[0].start - low <= SHORTEST or self.text[asked[0].start - 1] == ":":
            return None
        return (low, asked[0].start - 1) if numbered or self.speech.tells(low, asked[0].start) else None

    def _prose(self, start: int, end: int) -> Iterator[Point]:
        """The points of a paragraph without a number. A sentence of facts in which nothing is amiss belongs to the
        ground beside it; alone it is kept for a letter that has no other."""
        found: list[Point] = []
        telling: tuple[int, int] | None = None
        for low, high, asks in self.speech.sentences(start, end):
            if self.mode == "request" and self.speech.only_says(low, high):
                continue
            if self.mode == "request" or asks:
                asked = requests.find(self.speech, low, high)
                if self.mode != "request" and (told := self._before(low, asked)):
                    found.append(Point("ground", "", *told))
                found += asked
            elif self.speech.tells(low, high):
                number, at = mark(self.text[low:high])
                if telling and number and mark(self.text[slice(*telling)])[0]:  # «第一，……。第二，……»
                    found.append(self._counted_ground(*telling))
                begun = telling[0] if telling and not number and telling[1] + 1 == low else low + at
                found.append(Point("ground", number, begun, high))
                telling = None
            elif self.speech.hit("facts", low, high) and not self.speech.by_the_way(low, high):
                if found and found[-1].kind == "ground":
                    if self.text[low - 1] == ";" or mark(self.text[low:high])[0]:  # one of a list
                        found.append(self._counted_ground(low, high))
                    else:
                        found[-1] = replace(found[-1], end=high)
                else:
                    telling = telling or (low, high)
        if telling and not any(point.kind == "ground" for point in found):
            self.spare.append(Point("ground", "", *telling))
        yield from found

    def _counted_ground(self, low: int, high: int) -> Point:
        number, at = mark(self.text[low:high])
        return Point("ground", number, low + at, high)

    def _table(self, cells: list[Para]) -> Iterator[Point]:
        """The points of a form's cells, by the labels they stand under, or of a list's rows."""
        self.aside |= {para.start for para in cells}
        if self.mode == "off":
            return
        if rows := tables.listed(cells):
            yield from (Point("ground", "", row[0].start, row[-1].end) for row in rows)
            return
        for _, group in groupby(cells, key=lambda para: para.cell):
            yield from self._cell(list(group))
        self.mode = "ground"

    def _cell(self, paras: list[Para]) -> Iterator[Point]:
        """The points of one cell; one that stands for grounds, and in which no rule knows any, is one as a whole."""
        mode = labels.of_cell(paras[0], self.words)
        if not mode:
            return
        self.mode = mode
        found = [point for para in paras for point in self._prose(para.start, para.end)]
        said = [
            para for para in paras if len(para.text) >= LONG_TELLING and not self.words["form_note"].search(para.text)
        ]
        if mode == "ground" and said and not any(point.kind == "ground" for point in found):
            found.append(Point("ground", "", said[0].start, said[-1].end))
        yield from found
