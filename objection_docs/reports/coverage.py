"""How a reply answers its notice, as a list for a page on which one goes to both places and back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from objection_docs.reports import ANSWER_LABELS, POINT_LABELS, spots
from objection_docs.reports.findings import Spots
from objection_docs.reports.stretches import Quoted, quoted

_LOOKS = {"answered": "present", "put_off": "vague", "repeated": "vague", "unanswered": "missing"}


@dataclass(frozen=True, slots=True)
class Side:
    """What one of the two letters says: a mark on its pages, as a Finding is. `target`: the place that it leads to."""

    id: str
    quote: str
    spots: Spots
    told: str
    look: str
    target: str
    quoted: tuple[Quoted, ...]

    @property
    def place(self) -> str:
        return f"p-{self.id}"


@dataclass(frozen=True, slots=True)
class Match:
    """A ground or request of the notice and the answer to it. `look`: the status of an element that looks alike."""

    id: str
    label: str
    status: str
    look: str
    reason: str
    asked: Side
    answer: Side | None


def matches(answers: Iterable[Mapping]) -> list[Match]:
    """`answers`: as `Answer.to_dict`, in the order of the notice."""
    return [_match(number, answer) for number, answer in enumerate(answers, 1)]


def _match(number: int, answer: Mapping) -> Match:
    look, status = _LOOKS[answer["status"]], ANSWER_LABELS[answer["status"]]
    label = f"{number}. {POINT_LABELS[answer['kind']]}"
    told = f"{status}：{label}"
    asked = _side(f"n{number}", answer["point"], told, look, number)
    said = _side(f"a{number}", answer["answer"], told, look, number) if answer["answer"] else None
    return Match(f"f-{number}", label, status, look, answer["reason"], asked, said)


def _side(id: str, place: Mapping, told: str, look: str, number: int) -> Side:
    return Side(id, place["quote"], tuple(spots(place)), told, look, f"f-{number}", quoted(place))
