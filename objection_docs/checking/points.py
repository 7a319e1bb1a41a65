"""The points of a notice: each ground and each request that a reply has to go into."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from objection_docs.checking.anatomy import clean_label
from objection_docs.checking.decide import Hit, Judge
from objection_docs.checking.letter import SENTENCE_END, Letter, Para
from objection_docs.checking.recognise import recognise
from objection_docs.packs.rules import Rules

_NUMERALS = {c: str(i) for row in ("一二三四五六七八九十", "甲乙丙丁戊", "首其再") for i, c in enumerate(row, 1)}
_MARK = re.compile(
    r"(?:(?:质疑|异议|投诉|请求|诉求|申请|主张|要求|理由|问题)(?:事项|内容)?|第|其)?"
    r"(?:(?P<order>[首其再])[先次](?=[,:、是])|(?P<number>\d{1,2}\.\d{1,2}(?=[\u4e00-\u9fff])|[一二三四五六七八九十]{1,2}|[甲乙丙丁戊](?=[、.:,])|\d{1,2}|[A-H])"
    r"(?:(?<=\d\.\d)|(?<=\d\.\d\d)|[项点条处](?:是|[,:、])?|、(?![一二三四五六七八九十]{1,2}[两月日号栋])|\.(?=\d{1,4}[年月日号])|[:.)](?!\d)|,|是(?=[\u4e00-\u9fff])))|"
    r"[(（](?P<inner>[一二三四五六七八九十]{1,2}|\d{1,2})[)）][、.]?"
)
_CIRCLED = re.compile(r"[①-⑩]")
_OFF = re.compile(
    r"附|证据|材料清单|联系|主体|基本(?:信息|情况)|当事人|项目(?:名称|概况)|法律依据|依据条款|依据$|抄送|签|日期|期限|送达|声明|"
    r"说明$|执行人$|随[函信表文]"
)
_FACTS = re.compile(r"事实|理由|问题|内容|描述|经过|情况|异议|质疑|不良|缺陷|现象")
_ENCLOSED = re.compile(
    r"^[^,。:]{0,4}联系人[:]|^(?:附件?|附录|附表|随函|随信|证据|抄送|联系人|地址|电话|此致|特此|填表说明|填写说明)(?![近带属加])|"
    r"^(?:被?(?:异议|质疑|投诉|申请|执行|申请执行)(?:人|方|供应商)|案外人|法定代表人|委托代理人|受理机构|住所)[^。;]{0,24}[:,]"
)
_BASIS = re.compile(r"^(?:法律|合同)?依据[:]")
_DETAIL = re.compile(r"^(?:事实|法律|合同)?(?:依据|理由|说明|证据)[:]")
_PART = re.compile(r",(?!\d{3}(?!\d))|[;。:]|(?=[①-⑩])|(?<=[\u4e00-\u9fff])(?=\(\d\))")
_WANTED = re.compile(r"(?:希望|要求|请求|申请(?!人|书|表|日)|更正)[^人日]{0,6}$")
_FORM = re.compile(r"^(?:联系|电话|姓名|签|日期)|要求|请求|诉求|措施")
_OR = re.compile(r"或者?|及|以及|讲清|写明|写清|说清|注明|算作|当作|以便|好让|免得|我好|并入|一共|合计|共计")
_ADDS = re.compile(r"并(?!入)|同时|另|再|还|也|以及|且|同意")
_AMOUNT = re.compile(r"\d[\d,.]*(?:元|块|万|%)")
_IF = re.compile(r"(?:如果?|若|要是|倘若?|假如)[^,;。]+$")
_PLAIN = re.compile(r"要求|请|希望|恳请|申请")
_TAKES = re.compile(r"并?[把将]")
_BEGINS_LATER = re.compile(r"^(?:在|于|自|如|若|对|按|依|鉴于|根据|依照|据|凭)")
_ASKS_ANSWER = re.compile(r"^[^,]{0,20}(?:答复|回复|回音|回应)[^,]{0,6}$")
#: Characters of a point at least, and of a paragraph that no rule knows to tell one.
SHORTEST, LONG_TELLING = 5, 20
#: An opening is left out where so many other paragraphs tell a ground.
ELSEWHERE = 2
#: A request of fewer characters is told with what stands before it; what stands before its verb is its object so far.
TELLING, LONGEST_OBJECT = 8, 16
#: Words of the lexicon for acts of one sort: «退款» is answered by «原路返还».
SAME = tuple(
    f"same_{name}"
    for name in (
        *("refund", "return", "replace", "pay", "price", "waive", "supply", "repair", "redo", "delete", "correct"),
        *("show", "explain", "stop", "release", "extend", "punish", "apologise", "meet", "test"),
    )
)
#: And for troubles of one sort: «到得太晚» is answered by «迟到».
TOPICS = ("topic_late", "topic_short", "topic_broken")


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
    return (numeral(found["number"] or found["order"] or found["inner"]), found.end()) if found else ("", 0)


def find(letter: Letter, pack: Rules) -> list[Point]:
    """The grounds and requests of a notice, or of a complaint, in its order."""
    judge = Judge(letter, pack)
    kind = next((k for k in ("complaint", "objection_notice") if k == recognise(judge, pack)[0].id), "objection_notice")
    hits = {e.id: list(judge.every(e)) for e in pack.kind(kind).elements if e.id in ("facts", "remedies")}
    found = sorted(_Finder(letter, pack.words, hits).run(), key=lambda point: point.start)
    return [point for point in found if point.end - point.start >= SHORTEST]


class _Finder:
    def __init__(self, letter: Letter, words: Mapping[str, re.Pattern], hits: Mapping[str, list[Hit]]):
        self.letter, self.words, self.text, self.hits = letter, words, letter.text, hits
        self.mode = "ground"
        self.spare: list[Point] = []
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
            long = len(para.text) >= LONG_TELLING and para.text[-1] in "。;!"
            if plain and long and para.start < max(grounds) and not self.words["not_point"].search(para.text):
                yield Point("ground", "", para.start, para.end)

    def _aside(self, point: Point, found: list[Point], body: list[Para]) -> bool:
        """Whether what looks like a ground only opens or closes the letter: in a first paragraph without a number, or
        in a last one without a figure, while others tell the grounds."""
        if point.kind != "ground" or point.number:
            return False
        para = self.letter.para_at(point.start)
        others = {self.letter.para_at(p.start).start for p in found if p.kind == "ground"} - {para.start}
        numbered = sum(p.kind == "ground" and bool(p.number) and p.start > point.start for p in found)
        if para is body[0]:
            return len(others) >= ELSEWHERE
        if numbered >= 2:
            return True
        return para is body[-1] and len(others) >= ELSEWHERE and not re.search(r"\d", para.text)

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
        if para.start in self.heads and not (
            self.mode == "request" and mark(text)[0] and self._acts(para.start, para.end)
        ):
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
        sentences = list(self._sentences(para.start + at, para.end, by_verb=True))
        asked = {low: list(self._requests(low, high)) for low, high, asks in sentences if asks}
        own = [(low, high) for low, high, asks in sentences if not asks or not asked[low]]
        if not own and asked:  # «……，请退回» in one sentence
            own = [told for low, high, _ in sentences if (told := self._before(low, asked[low], numbered=True))]
        if own:
            yield Point("ground", number, own[0][0], own[-1][1])
        for found in asked.values():
            yield from found

    def _before(self, low: int, asked: list[Point], numbered: bool = False) -> tuple[int, int] | None:
        """The part of a sentence that tells of something amiss before it asks; in a numbered item it always does."""
        if asked and asked[0].start - low > SHORTEST and (numbered or self._tells(low, asked[0].start)):
            return low, asked[0].start - 1
        return None

    def _prose(self, start: int, end: int) -> Iterator[Point]:
        """The points of a paragraph without a number. A sentence of facts in which nothing is amiss belongs to the
        ground beside it; alone it is kept for a letter that has no other."""
        found: list[Point] = []
        telling: tuple[int, int] | None = None
        for low, high, asks in self._sentences(start, end):
            if self.mode == "request" or asks:
                asked = list(self._requests(low, high))
                if self.mode != "request" and (told := self._before(low, asked)):
                    found.append(Point("ground", "", *told))
                found += asked
            elif self._tells(low, high):
                number, at = mark(self.text[low:high])
                begun = telling[0] if telling and telling[1] + 1 == low else low + at
                found.append(Point("ground", number, begun, high))
                telling = None
            elif self._hit("facts", low, high) and not self.words["not_point"].search(self.text, low, high):
                if found and found[-1].kind == "ground":
                    if self.text[low - 1] == ";":  # one of a list
                        found.append(Point("ground", "", low, high))
                    else:
                        found[-1] = replace(found[-1], end=high)
                else:
                    telling = telling or (low, high)
        if telling and not any(point.kind == "ground" for point in found):
            self.spare.append(Point("ground", "", *telling))
        yield from found

    def _sentences(self, start: int, end: int, by_verb: bool = False) -> Iterator[tuple[int, int, bool]]:
        """The sentences of a stretch, and whether each asks for something: after a semicolon it goes on asking."""
        at, asking = start, False
        for stop in [*(m.start() for m in SENTENCE_END.finditer(self.text, start, end)), end]:
            if stop > at:
                asking = self._asks(at, stop, by_verb) or (asking and self.text[at - 1] == ";")
                yield at, stop, asking
            at = stop + 1

    # What a sentence does

    def _asks(self, low: int, high: int, by_verb: bool) -> bool:
        """Whether a sentence asks for something: it says so (`by_verb`), or the checker's rules see a remedy."""
        if self.words["not_asked"].search(self.text, low, high):
            return False
        verb = self._verb(low, high)
        leads = verb and self.text[verb.end() : verb.end() + 1] == ":"  # «我们要求：……»
        return bool(verb and (leads or self._acts(verb.end(), high))) or (
            not by_verb and self._hit("remedies", low, high)
        )

    def _hit(self, element: str, low: int, high: int) -> bool:
        """Whether the checker's rules find the element in the sentence."""
        return any(low <= hit.start < high for hit in self.hits[element])

    def _verb(self, low: int, high: int) -> re.Match | None:
        """The word that asks, where it isn't what a document or somebody else asked, or asked before."""
        for verb in self.words["request_verb"].finditer(self.text, low, high):
            start, clause = verb.start(), self.letter.clause(verb.start(), verb.end())[0]
            before = self.text[max(clause, start - 16) : start]
            if not self.words["asked_before"].search(before) and self.text[verb.end() : verb.end() + 1] not in (
                "过",
                "我",
            ):
                return verb
        return None

    def _acts(self, low: int, high: int) -> bool:
        return any(self.words[name].search(self.text, low, high) for name in ("act_strong", "act_weak", *SAME))

    def _tells(self, low: int, high: int) -> bool:
        """Whether the sentence tells that something is otherwise than it should be, and not by the way."""
        return high - low >= 10 and self.text[high - 1] != ":" and self._amiss(low, high)

    def _amiss(self, low: int, high: int) -> bool:
        sentence = self.text[low:high]
        return bool(self.words["wrong"].search(sentence) and not self.words["not_point"].search(sentence))

    def _requests(self, low: int, high: int) -> Iterator[Point]:
        """The requests of one sentence: its clauses that each name something to be done."""
        verb = self._verb(low, high)
        start = low
        if verb and not self.words["act_strong"].search(self.text, low, verb.start()):
            start = max(low, self.letter.clause(verb.start(), verb.end())[0])  # «五月的租金请减半收取»
            if verb.start() - start > LONGEST_OBJECT or high - start < TELLING:
                start = verb.start() if high - verb.start() >= TELLING else low
            if start - low <= LONGEST_OBJECT and not self._amiss(low, start):
                start = low  # «差下来的钱，要从一月起补足»
        bounds = [start, *(m.start() for m in _PART.finditer(self.text, start, high)), high]
        waiting: int | None = None
        out: list[Point] = []
        for a, b in pairwise(bounds):
            while a < b and self.text[a] in ",;。:":
                a += 1
            clause = self.text[a:b]
            leads = self.text[b : b + 1] == ":" and not self._acts(a, b)  # «我的要求很简单：»
            if out and waiting is None and _OR.match(clause):
                out[-1] = replace(out[-1], end=b)
                continue
            if not clause or leads or _ASKS_ANSWER.match(clause):
                continue
            number, at = mark(clause)
            if _IF.match(clause) and b < high and waiting is None:
                waiting = a
                continue
            asks = verb and a <= verb.start() < b and _PLAIN.match(self.text[verb.start() : b])
            if not (self._acts(a, b) or asks or _TAKES.match(clause)):
                if out and not _BEGINS_LATER.match(clause) and waiting is None:
                    out[-1] = replace(out[-1], end=b)
                elif waiting is None:
                    waiting = a
                continue
            out.append(Point("request", number, a + at if waiting is None else waiting, b))
            waiting = None
        if not out and waiting is not None and high - waiting > SHORTEST and self._ends(low, high):
            out.append(Point("request", mark(self.text[waiting:high])[0], waiting, high))
        yield from self._together(out, low, high)

    def _ends(self, low: int, high: int) -> bool:
        """Whether a stretch is a sentence: a line without a stop that names no act is a name or an address."""
        return (
            self.text[high : high + 1] in ("。", ";", "!", "?")
            or self.text[low - 1 : low] == ";"
            or self._acts(low, high)
        )

    def _together(self, out: list[Point], low: int, high: int) -> list[Point]:
        """The clauses of one item of a list ask for one thing: «把水表拆去做检定，我派人在场；». A sentence that stands
        alone may hold all requests: from three clauses on, or where the second says that it adds one."""
        if len(out) < 2 or any(point.number for point in out):
            return out
        item = ";" in (self.text[low - 1 : low], self.text[high : high + 1])
        parted = any(c in ";。:①②③" for c in self.text[out[0].end : out[-1].start])
        amounts = all(_AMOUNT.search(self.text, point.start, point.end) for point in out)
        if parted or not (item or (len(out) == 2 and not amounts and not _ADDS.match(self.text, out[1].start))):
            return out
        return [replace(out[0], end=out[-1].end)]

    # Tables

    def _table(self, cells: list[Para]) -> Iterator[Point]:
        if self.mode == "off":
            return
        rows = [list(row) for _, row in groupby(cells, key=lambda para: para.cell[1])]
        wide = {len(row) for row in rows}
        listing = (
            len(rows) > 1 and len(wide) == 1 and max(wide) > 2 and not any(re.search(r"\d", p.text) for p in rows[0])
        )
        if listing and not any(_FORM.search(para.text) for para in cells if len(para.text) < 16):
            for row in rows[1:]:
                yield Point("ground", "", row[0].start, row[-1].end)
            return
        for para in cells:
            label = para.labels[-1] if para.labels else ""
            if not label or not para.text:
                continue
            if self.words["demand_label"].search(label) or _WANTED.search(label):
                self.mode = "request"
            elif _FACTS.search(label) and not _OFF.search(label):
                self.mode = "ground"
            else:
                continue
            yield from self._prose(para.start, para.end)
        self.mode = "ground"
