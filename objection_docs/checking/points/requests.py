"""The requests of one sentence: its clauses that each name something to be done."""

import re
from dataclasses import replace
from itertools import pairwise

from objection_docs.checking.points.point import SHORTEST, Point, mark
from objection_docs.checking.points.speech import Speech

_PART = re.compile(r",(?!\d{3}(?!\d))|[;。:]|(?=[①-⑩])|(?<=[\u4e00-\u9fff])(?=\(\d\))")
_OR = re.compile(r"或者?|及|以及|讲清|写明|写清|说清|注明|算作|当作|以便|好让|免得|我好|并入|一共|合计|共计")
_ADDS = re.compile(r"并(?!入)|同时|另|再|还|也|以及|且|同意")
_AMOUNT = re.compile(r"\d[\d,.]*(?:元|块|万|%)")
_IF = re.compile(r"(?:如果?|若|要是|倘若?|假如)[^,;。]+$")
_PLAIN = re.compile(r"要求|请|希望|恳请|申请")
_TAKES = re.compile(r"并?[把将]")
_BEGINS_LATER = re.compile(r"^(?:在|于|自|如|若|对|按|依|鉴于|根据|依照|据|凭)")
_ASKS_ANSWER = re.compile(r"^[^,]{0,20}(?:答复|回复|回音|回应)[^,]{0,6}$")
#: A request of fewer characters is told with what stands before it; what stands before its verb is its object so far.
TELLING, LONGEST_OBJECT = 8, 16


def find(speech: Speech, low: int, high: int) -> list[Point]:
    """The requests of the sentence low..high of a letter's text."""
    return _together(speech, _clauses(speech, low, high), low, high)


def _begin(speech: Speech, verb: re.Match | None, low: int, high: int) -> int:
    """Where the request begins in its sentence: with its verb, or the object before it."""
    if not verb or speech.words["act_strong"].search(speech.text, low, verb.start()):
        return low
    start = max(low, speech.letter.clause(verb.start(), verb.end())[0])  # «五月的租金请减半收取»
    if verb.start() - start > LONGEST_OBJECT or high - start < TELLING:
        start = verb.start() if high - verb.start() >= TELLING else low
    if start - low <= LONGEST_OBJECT and not speech.amiss(low, start):
        start = low  # «差下来的钱，要从一月起补足»
    return start


def _clauses(speech: Speech, low: int, high: int) -> list[Point]:
    text, verb = speech.text, speech.verb(low, high)
    start = _begin(speech, verb, low, high)
    bounds = [start, *(m.start() for m in _PART.finditer(text, start, high)), high]
    waiting: int | None = None
    bare = False  # «现提出异议,请贵方予以处理» asks for nothing
    out: list[Point] = []
    for a, b in pairwise(bounds):
        while a < b and text[a] in ",;。:":
            a += 1
        clause = text[a:b]
        leads = text[b : b + 1] == ":" and not speech.acts(a, b)  # «我的要求很简单：»
        if out and waiting is None and _OR.match(clause):
            out[-1] = replace(out[-1], end=b)
            continue
        if speech.words["bare_ask"].match(clause):
            bare = bare or bool(verb and a <= verb.start() < b)
            continue
        if not clause or leads or _ASKS_ANSWER.match(clause):
            continue
        number, at = mark(clause)
        if _IF.match(clause) and b < high and waiting is None:
            waiting = a
            continue
        asks = verb and a <= verb.start() < b and _PLAIN.match(text[verb.start() : b])
        if not (speech.acts(a, b) or asks or _TAKES.match(clause)):
            if out and not _BEGINS_LATER.match(clause) and waiting is None:
                out[-1] = replace(out[-1], end=b)
            elif waiting is None:
                waiting = a
            continue
        out.append(Point("request", number, a + at if waiting is None else waiting, b))
        waiting = None
    if not out and not bare and waiting is not None and high - waiting > SHORTEST and _ends(speech, low, high):
        out.append(Point("request", mark(text[waiting:high])[0], waiting, high))
    return [point for point in out if not bare or speech.words["act_strong"].search(text, point.start, point.end)]


def _ends(speech: Speech, low: int, high: int) -> bool:
    """Whether a stretch is a sentence: a line without a stop that names no act is a name or an address."""
    after, before = speech.text[high : high + 1], speech.text[low - 1 : low]
    return after in ("。", ";", "!", "?") or before == ";" or speech.acts(low, high)


def _together(speech: Speech, out: list[Point], low: int, high: int) -> list[Point]:
    """The clauses of one item of a list ask for one thing: «把水表拆去做检定，我派人在场；». A sentence that stands
    alone may hold all requests: from three clauses on, or where the second says that it adds one."""
    if len(out) < 2 or any(point.number for point in out):
        return out
    text = speech.text
    item = ";" in (text[low - 1 : low], text[high : high + 1])
    parted = any(c in ";。:①②③" for c in text[out[0].end : out[-1].start])
    amounts = all(_AMOUNT.search(text, point.start, point.end) for point in out)
    if parted or not (item or (len(out) == 2 and not amounts and not _ADDS.match(text, out[1].start))):
        return out
    return [replace(out[0], end=out[-1].end)]
