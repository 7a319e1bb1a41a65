"""The points of a notice: each ground and each request that a reply has to go into."""

from objection_docs.checking.decide import Judge
from objection_docs.checking.letter import Letter
from objection_docs.checking.points import opinion, siblings
from objection_docs.checking.points.point import SHORTEST, Point, mark, numeral
from objection_docs.checking.points.walk import Walk
from objection_docs.checking.recognise import recognise
from objection_docs.packs.rules import Rules

__all__ = ["Point", "find", "mark", "numeral"]

_KINDS = ("complaint", "objection_notice")


def find(letter: Letter, pack: Rules) -> list[Point]:
    """The grounds and requests of a notice, or of a complaint, in its order."""
    judge = Judge(letter, pack)
    told = recognise(judge, pack)[0].id
    kind = pack.kind(told if told in _KINDS else "objection_notice")
    hits = {e.id: list(judge.every(e)) for e in kind.elements if e.id in ("facts", "remedies")}
    walk = Walk(letter, pack.words, hits)
    seen = walk.points()
    found = sorted(opinion.reconsidered(letter, seen, walk.is_aside, pack.answering.notice), key=lambda p: p.start)
    found += siblings.missed(letter, found, walk.is_aside)
    found.sort(key=lambda point: point.start)
    return [point for point in found if point.end - point.start >= SHORTEST]
