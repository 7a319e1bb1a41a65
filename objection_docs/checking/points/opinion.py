"""A second opinion on the points of a notice: what each of its sentences reads like, by its runs of characters.

Rules see what somebody thought of; a notice in words that no rule knows tells grounds and requests all the same. So
each sentence is weighed with what tests/fit_answers.py learnt from labelled notices, rules apart: where it surely tells
a point and the rules see none, it is one; where the rules take a request for a ground, it is what it reads like.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from objection_docs.checking.letter import Letter, Para
from objection_docs.checking.points.point import BULLETS, SHORTEST, Point, mark
from objection_docs.packs.answering import KINDS, Linear
from objection_docs.packs.terms import shares

SIZES = (1, 2)  # characters of a run
#: Log odds: from which a sentence is a point that no rule sees; by how much one kind must outweigh the other; below
#: which what the rules take for a request, and nobody counted, asks for nothing.
SURE, FAR, IDLE = 1.5, 2.0, -1.0
#: Characters that a sentence and a point share, where one is about the other.
SHARED = 4
_HEADED = "【["
_LONG = 60  # characters


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch of the letter's text; `features`: what is seen of it."""

    start: int
    end: int
    features: Mapping[str, float]

    def shares(self, start: int, end: int) -> bool:
        return min(self.end, end) - max(self.start, start) >= min(SHARED, end - start)


def sentences(letter: Letter) -> list[Sentence]:
    """Those of the letter's body."""
    body = [para for para in letter.paras if para.zone == "body" and para.text]
    return [sentence for n, para in enumerate(body) for sentence in _of_para(letter, para, n, len(body))]


def _of_para(letter: Letter, para: Para, n: int, many: int) -> Iterator[Sentence]:
    place = {
        "@place": n / many,
        "@first_para": 0.5 * (n == 0),
        "@last_para": 0.5 * (n == many - 1),
        f"@mark_{_mark(para.text)}": 0.5,
    }
    for low, stop in letter.sentences(para.start, para.end):
        if stop - low > 1:
            text = letter.text[low:stop]
            beside = {
                "@first": 0.3 * (low == para.start),
                "@length": min(len(text), _LONG) / _LONG,
                "@figure": 0.3 * any(map(str.isdigit, text)),
            }
            yield Sentence(low, stop, shares(text, SIZES) | place | beside)


def _mark(text: str) -> str:
    """How a paragraph is marked as one of several."""
    if mark(text)[0]:
        return "number"
    return "bullet" if text[0] in BULLETS else "head" if text[0] in _HEADED else "none"


def reconsidered(
    letter: Letter, found: Sequence[Point], is_aside: Callable[[int, int], bool], model: Linear
) -> Iterator[Point]:
    """The points that the rules found but for idle ones, a ground that reads like a request as one, and those that they
    did not see.

    `is_aside`: of a sentence's bounds, whether it tells no point, whatever it reads like.
    """
    told = [(one, {kind: model.score(kind, one.features) for kind in KINDS}) for one in sentences(letter)]
    for point in found:
        its = [scores for one, scores in told if one.shares(point.start, point.end)]
        if not _is_idle(point, its):
            yield _as_it_reads(point, its)
    for one, scores in told:
        new = max(scores.values()) > SURE and not any(one.shares(point.start, point.end) for point in found)
        if new and not is_aside(one.start, one.end):
            number, at = mark(letter.text[one.start : one.end])
            end = one.start + len(letter.text[one.start : one.end].rstrip("。;!\n"))
            if end - one.start - at >= SHORTEST:
                yield Point(max(scores, key=scores.__getitem__), number, one.start + at, end)


def _is_idle(point: Point, its: Sequence[Mapping[str, float]]) -> bool:
    """Whether a request reads like one as little as like a ground: «望认真对待», «为减少损失»."""
    return point.kind == "request" and not point.number and max((max(s.values()) for s in its), default=0.0) < IDLE


def _as_it_reads(point: Point, its: Sequence[Mapping[str, float]]) -> Point:
    if point.kind == "request" or not its:
        return point
    ground, request = (max(scores[kind] for scores in its) for kind in KINDS)
    return replace(point, kind="request") if ground < 0 < request and request - ground > FAR else point
