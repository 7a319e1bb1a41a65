"""The points of a notice: each ground and each request that a reply has to go into."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from objection_docs.checking.anatomy import clean_label
from objection_docs.checking.letter import SENTENCE_END, Letter, Para

_NUMERALS = {c: str(i) for i, c in enumerate("一二三四五六七八九十", 1)}
_MARK = re.compile(
    r"(?:(?:质疑|异议|投诉|请求|诉求|申请|主张|要求|理由|问题)(?:事项|内容)?|第|其)?"
    r"(?P<number>[一二三四五六七八九十]{1,2}|\d{1,2}|[A-H])"
    r"(?:[项点条处](?:是|[,:、])?|[、:.)](?!\d)|,|是(?=[\u4e00-\u9fff]))|"
    r"[(（](?P<inner>[一二三四五六七八九十]{1,2}|\d{1,2})[)）][、.]?"
)
_CIRCLED = re.compile(r"[①-⑩]")
_OFF = re.compile(
    r"附|证据|材料清单|联系|主体|基本(?:信息|情况)|当事人|项目(?:名称|概况)|法律依据|依据条款|抄送|签|日期|期限|送达"
)
_FACTS = re.compile(r"事实|理由|问题|内容|描述|经过|情况|异议|质疑|不良|缺陷|现象")
_ENCLOSED = re.compile(r"^(?:附件?|附录|附表|随函|随信|证据|抄送|联系人|地址|电话|此致|特此)(?![近带属加])")
_BASIS = re.compile(r"^(?:法律|合同)?依据[:]")
_DETAIL = re.compile(r"^(?:事实|法律|合同)?(?:依据|理由|说明|证据)[:]")
_PART = re.compile(r"[,;。:]|(?=[①-⑩])|(?<=[\u4e00-\u9fff])(?=\(\d\))")
_BEGINS_LATER = re.compile(r"^(?:在|于|自|如|若|对|按|依|鉴于|根据|依照|据|凭)")
_ASKS_ANSWER = re.compile(r"^[^,]{0,20}(?:答复|回复|回音|回应)[^,]{0,6}$")
SHORTEST = 5
#: Words of the lexicon for acts of one sort: «退款» is answered by «原路返还».
SAME = tuple(
    f"same_{name}"
    for name in (
        "refund return replace pay supply repair redo delete correct show explain waive stop extend punish apologise "
        "meet test"
    ).split()
)
#: And for troubles of one sort: «到得太晚» is answered by «迟到».
TOPICS = tuple(f"topic_{name}" for name in "late short broken".split())


@dataclass(frozen=True, slots=True)
class Point:
    """A ground or a request. `kind`: ground | request; `number`: as the notice counts it ("1", "A"), or ""; offsets of
    the letter's text."""

    kind: str
    number: str
    start: int
    end: int


def numeral(text: str) -> str:
    """「二」→ 2, 「十一」→ 11, figures and letters as they are."""
    if text in _NUMERALS:
        return _NUMERALS[text]
    if text.startswith("十") and len(text) == 2:
        return f"1{_NUMERALS.get(text[1], '')}"
    return text


def mark(text: str) -> tuple[str, int]:
    """The number that a passage begins with and where its words begin; ("", 0) without one."""
    if circled := _CIRCLED.match(text):
        return str(ord(circled[0]) - ord("①") + 1), 1
    found = _MARK.match(text)
    return (numeral(found["number"] or found["inner"]), found.end()) if found else ("", 0)


def find(letter: Letter, words: Mapping[str, re.Pattern]) -> list[Point]:
    """The grounds and requests of a notice in its order. `words`: the compiled expressions of the lexicon."""
    found = sorted(_Finder(letter, words).run(), key=lambda point: point.start)
    return [point for point in found if point.end - point.start >= SHORTEST]


class _Finder:
    def __init__(self, letter: Letter, words: Mapping[str, re.Pattern]):
        self.letter, self.words, self.text = letter, words, letter.text
        self.mode = "ground"
        self.heads = {field.start for field in letter.fields if field.form == "section"}

    def run(self) -> list[Point]:
        found: list[Point] = []
        body = [para for para in self.letter.paras if para.zone == "body"]
        for table, group in groupby(body, key=lambda para: para.cell[0] if para.cell else None):
            if table is not None:
                found += self._table(list(group))
                continue
            for para in group:
                if found and self.mode == "ground" and _DETAIL.match(para.text) and not _BASIS.match(para.text):
                    found[-1] = replace(found[-1], end=para.end)  # «事实依据：…» under its «质疑事项1»
                else:
                    found += self._para(para)
        return found

    # Which part of the notice a paragraph stands in

    def _turn(self, label: str) -> None:
        if self.words["demand_label"].search(label) or self.words["request_lead"].search(label):
            self.mode = "request"
        elif _OFF.search(label) and not _FACTS.search(label):
            self.mode = "off"
        else:
            self.mode = "ground"

    def _para(self, para: Para) -> Iterator[Point]:
        text = para.text
        if para.start in self.heads:
            self._turn(clean_label(text))
            return
        if _ENCLOSED.match(text) or _DETAIL.match(text):
            return
        number, at = mark(text)
        if self.words["request_lead"].search(text) and len(text) < 60:
            self.mode = "request"
            return
        if self.mode == "off":
            return
        if number and self.mode == "request":
            yield Point("request", number, para.start + at, para.end)
        elif number:
            yield from self._item(para, number, at)
        else:
            yield from self._prose(para.start, para.end)

    def _item(self, para: Para, number: str, at: int) -> Iterator[Point]:
        """A numbered paragraph: one ground, and what it asks for apart."""
        sentences = list(self._sentences(para.start + at, para.end))
        own = [(low, high) for low, high, asks in sentences if not asks]
        if own:
            yield Point("ground", number, own[0][0], own[-1][1])
        for low, high, asks in sentences:
            if asks:
                yield from self._requests(low, high)

    def _prose(self, start: int, end: int) -> Iterator[Point]:
        for low, high, asks in self._sentences(start, end):
            if self.mode == "request" or asks:
                yield from self._requests(low, high)
            elif self._tells(low, high):
                number, at = mark(self.text[low:high])
                yield Point("ground", number, low + at, high)

    def _sentences(self, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
        """The sentences of a stretch, and whether each asks for something: after a semicolon it goes on asking."""
        at, asking = start, False
        for stop in [*(m.start() for m in SENTENCE_END.finditer(self.text, start, end)), end]:
            if stop > at:
                asking = self._asks(at, stop) or (asking and self.text[at - 1] == ";")
                yield at, stop, asking
            at = stop + 1

    # What a sentence does

    def _asks(self, low: int, high: int) -> bool:
        verb = self._verb(low, high)
        return bool(verb and self._acts(verb.end(), high)) and not self.words["not_point"].search(self.text, low, high)

    def _verb(self, low: int, high: int) -> re.Match | None:
        """The word that asks, where it isn't what a document or somebody else asked, or asked before."""
        for verb in self.words["request_verb"].finditer(self.text, low, high):
            start, clause = verb.start(), self.letter.clause(verb.start(), verb.end())[0]
            before = self.text[max(clause, start - 16) : start]
            if not self.words["asked_before"].search(before) and self.text[verb.end() : verb.end() + 1] != "过":
                return verb
        return None

    def _acts(self, low: int, high: int) -> bool:
        return any(self.words[name].search(self.text, low, high) for name in ("act_strong", "act_weak", *SAME))

    def _tells(self, low: int, high: int) -> bool:
        """Whether the sentence tells that something is otherwise than it should be, and not by the way."""
        sentence = self.text[low:high]
        if len(sentence) < 10 or self.words["not_point"].search(sentence):
            return False
        return bool(self.words["wrong"].search(sentence))

    def _requests(self, low: int, high: int) -> Iterator[Point]:
        """The requests of one sentence: its clauses that each name something to be done."""
        verb = self._verb(low, high)
        start = verb.start() if verb and not self.words["act_strong"].search(self.text, low, verb.start()) else low
        bounds = [start, *(m.start() for m in _PART.finditer(self.text, start, high)), high]
        waiting: int | None = None
        out: list[Point] = []
        for a, b in zip(bounds, bounds[1:], strict=False):
            while a < b and self.text[a] in ",;。:":
                a += 1
            clause = self.text[a:b]
            leads = self.text[b : b + 1] == ":" and not self._acts(a, b)  # «我的要求很简单：»
            if not clause or leads or _ASKS_ANSWER.match(clause):
                continue
            number, at = mark(clause)
            if not self._acts(a, b):
                if out and not _BEGINS_LATER.match(clause) and waiting is None:
                    out[-1] = replace(out[-1], end=b)
                elif waiting is None:
                    waiting = a
                continue
            out.append(Point("request", number, a + at if waiting is None else waiting, b))
            waiting = None
        yield from out

    # Tables

    def _table(self, cells: list[Para]) -> Iterator[Point]:
        rows = [list(row) for _, row in groupby(cells, key=lambda para: para.cell[1])]
        wide = {len(row) for row in rows}
        if len(rows) > 1 and len(wide) == 1 and max(wide) > 2 and not re.search(r"\d", "".join(p.text for p in rows[0])):
            for row in rows[1:]:
                yield Point("ground", "", row[0].start, row[-1].end)
            return
        for para in cells:
            label = para.labels[-1] if para.labels else ""
            if not label or not para.text:
                continue
            if self.words["demand_label"].search(label):
                self.mode = "request"
            elif _FACTS.search(label) and not _OFF.search(label):
                self.mode = "ground"
            else:
                continue
            yield from self._prose(para.start, para.end)
        self.mode = "ground"
