"""Where a reply answers each ground and request of its notice.

Both letters are read as the checker reads them. What is seen of each point beside each sentence of the reply
(`pairing`) is weighed with what tests/fit_answers.py learnt from labelled pairs: first how well the sentence answers
the point, then the same with what the other points claim (`claims`), at last whether the point is answered at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from objection_docs.checking import anatomy, points
from objection_docs.checking.claims import Claims, Reading
from objection_docs.checking.findings import place
from objection_docs.checking.letter import Letter
from objection_docs.checking.pairing import Pairing
from objection_docs.checking.points import Point
from objection_docs.checking.report import Place
from objection_docs.checking.sorts import TOPICS
from objection_docs.extraction.paper import Paper
from objection_docs.packs.answering import KINDS, Answering
from objection_docs.packs.rules import Rules, rules
from objection_docs.packs.terms import shares

#: The log odds from which a point counts as answered.
ANSWERED = 0.2
#: A point that isn't answered is put off or repeated where a sentence that does so shares that much of it.
SPOKEN_OF = 1.0
#: A neighbour in the passage belongs to the answer that answers nearly as well.
NEARLY = 0.5
#: One sentence can answer all grounds, or all requests.
FOR_ALL = {"ground": "all_grounds", "request": "all_requests"}
SIZES = (1, 2)  # characters of a run


@dataclass(frozen=True, slots=True)
class Answer:
    """A point of the notice and where the reply answers it. `status`: answered, put_off (the reply speaks of it and
    leaves it to later), repeated (it only says it again) or unanswered. `shared`: the words that led there."""

    kind: str
    number: str
    point: Place
    status: str
    answer: Place | None
    shared: tuple[str, ...]
    reason: str

    @property
    def answered(self) -> bool:
        return self.status == "answered"

    def to_dict(self) -> dict:
        return {
            "kind": self.kind,
            "number": self.number,
            "point": self.point.to_dict(),
            "status": self.status,
            "answered": self.answered,
            "answer": self.answer.to_dict() if self.answer else None,
            "shared": list(self.shared),
            "reason": self.reason,
        }


def cover(notice: Paper, reply: Paper, pack: Rules | None = None) -> tuple[Answer, ...]:
    """Each ground and request of the notice, in its order, with what the reply says to it."""
    pack = pack or rules()
    asked, answering = (anatomy.read(paper, pack.words) for paper in (notice, reply))
    pairing = Pairing(asked, answering, points.find(asked, pack), pack)
    return _Teller(asked, answering, pairing, pack.answering).answers()


def features(text: str, does: Mapping[str, float]) -> dict[str, float]:
    """What there is to read in a sentence: its runs of characters and what it does."""
    return shares(text, SIZES) | {f"@{name}": value / 2 for name, value in does.items()}


def readings(pairing: Pairing, models: Answering) -> list[Reading]:
    """What each sentence of the reply reads like."""
    return [
        Reading(*({kind: model.score(kind, numbers) for kind in KINDS} for model in (models.role, models.stance)))
        for numbers in (features(sentence.text, sentence.does) for sentence in pairing.sentences)
    ]


def claims(pairing: Pairing, models: Answering) -> Claims:
    """How well each sentence answers each point, weighed again with what the other points claim."""
    read = readings(pairing, models)
    every = range(len(pairing.sentences))
    first = [
        [models.sentence.score(kind, pairing.seen(i, s, read[s].role[kind], read[s].stance[kind])) for s in every]
        for i, kind in enumerate(pairing.kinds)
    ]
    once = Claims(pairing, first, read)
    again = [[models.again.score(kind, once.beside(i, s)) for s in every] for i, kind in enumerate(pairing.kinds)]
    return Claims(pairing, again, read)


class _Teller:
    """Says of each point whether it is answered, where, and why."""

    def __init__(self, notice: Letter, reply: Letter, pairing: Pairing, models: Answering):
        self.notice, self.reply, self.pairing, self.models = notice, reply, pairing, models

    @cached_property
    def _spoken_for(self) -> list[set[str]]:
        """For each sentence the kinds all of whose points it answers."""
        words = self.pairing.words
        return [{of for of, name in FOR_ALL.items() if words[name].search(s.text)} for s in self.pairing.sentences]

    def answers(self) -> tuple[Answer, ...]:
        pairing = self.pairing
        if not pairing.sentences or not pairing.points:
            return tuple(self._unanswered(i) for i in range(len(pairing.points)))
        found = claims(pairing, self.models)
        return tuple(self._one(i, found) for i in range(len(pairing.points)))

    def _one(self, i: int, found: Claims) -> Answer:
        kind, numbers = self.pairing.kinds[i], found.whole(i)
        if self.models.point.score(kind, numbers) >= ANSWERED and not self._passes_by(kind, found.best[i], numbers):
            return self._answered(i, found.best[i], found.scores[i])
        for sentence, kinds in zip(self.pairing.sentences, self._spoken_for, strict=True):
            if kind in kinds:
                return self._told(i, "answered", sentence.start, sentence.end)
        return self._unanswered(i)

    def _passes_by(self, kind: str, best: int, numbers: Mapping[str, float]) -> bool:
        """Whether the best sentence only says the point again, or speaks for all points of the other kind alone."""
        only_restated = numbers["t_only_restated"] > 0 and numbers["stance"] < 0
        kinds = self._spoken_for[best]
        return only_restated or bool(kinds and kind not in kinds)

    def _answered(self, i: int, best: int, row: Sequence[float]) -> Answer:
        first = last = best
        passage, low = self.pairing.passages[self.pairing.sentences[first].passage], row[first] - NEARLY
        while first > passage.first and row[first - 1] >= low:
            first -= 1
        while last + 1 < passage.last and row[last + 1] >= low:
            last += 1
        return self._told(i, "answered", self.pairing.sentences[first].start, self.pairing.sentences[last].end)

    def _unanswered(self, i: int) -> Answer:
        """Put off or repeated where the sentence nearest in words does that; else not spoken of."""
        s = self.pairing.topical(i)
        if s is not None:
            sentence = self.pairing.sentences[s]
            near = sum(self.pairing.overlap.shared(i, sentence.text).values()) >= SPOKEN_OF
            if near and (sentence.does["says_later"] or sentence.does["noted"]):
                return self._told(i, "put_off", sentence.start, sentence.end)
            if near and (sentence.does["only_restated"] or sentence.does["mentions"]):
                return self._told(i, "repeated", sentence.start, sentence.end)
        point = self.pairing.points[i]
        said = f"回复里没有找到对{self._what(point)}的答复"
        return Answer(point.kind, point.number, self._where(point), "unanswered", None, (), said)

    def _told(self, i: int, status: str, start: int, end: int) -> Answer:
        point, what = self.pairing.points[i], self._what(self.pairing.points[i])
        weights = self.pairing.overlap.shared(i, self.reply.text[start:end])
        heaviest = sorted(weights, key=lambda term: (-weights[term], term))
        shared = tuple(term for term in heaviest if term not in TOPICS)[:4]
        listed = "、".join(f"“{word}”" for word in shared)
        said = {
            "answered": f"回复在此答到{what}" + (f"，共同的用词有{listed}" if listed else ""),
            "put_off": f"回复把{what}推到以后，没有答复",
            "repeated": f"回复只复述了{what}，没有答复",
        }[status]
        answer = place(self.reply, (start, end))
        return Answer(point.kind, point.number, self._where(point), status, answer, shared, said)

    def _where(self, point: Point) -> Place:
        return place(self.notice, (point.start, point.end))

    @staticmethod
    def _what(point: Point) -> str:
        return "这一项请求" if point.kind == "request" else "这一点"
