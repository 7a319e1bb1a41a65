"""Places that a draft left open, 【待补：…】: which elements each of them belongs to.

Our own drafts name the fact that is lacking, and the form knows which element it feeds. What others wrote so belongs to
the elements that the rules see there.
"""

from collections.abc import Mapping

from objection_docs.checking.decide import Hit, Judge
from objection_docs.packs import kinds
from objection_docs.packs.kinds import Fact
from objection_docs.packs.rules import CheckKind, Element
from objection_docs.text import normal

Span = tuple[int, int]
_EDGES = "【】〔〕[]"


def spans(judge: Judge) -> list[Span]:
    """Where the letter is left open, in quotation marks too: nobody sends a letter that quotes a draft's gap."""
    return [m.span() for m in judge.rules.words["gap"].finditer(judge.letter.text)]


def held(judge: Judge, kind: CheckKind, hits: Mapping[str, Hit | None]) -> dict[Span, frozenset[str]]:
    """Each open place with the ids of the elements that it belongs to; none for what no element asks for."""
    found = spans(judge)
    fed = _fed(kind.id) if found else {}
    return {span: _elements(judge, kind, hits, fed, span) for span in found}


def _fed(kind_id: str) -> dict[str, str]:
    """Label of a fact → the element it feeds, or ""; without labels that several facts of the form share."""
    form = kinds.kinds().get(kind_id)  # a kind that is only checked has none
    known: dict[str, set[str]] = {}

    def look(facts: tuple[Fact, ...], around: str) -> None:
        for fact in facts:
            known.setdefault(_bare(normal(fact.label)), set()).add(fact.element or around)
            look(fact.items, fact.element or around)

    look(form.facts if form else (), "")
    return {label: elements.pop() for label, elements in known.items() if len(elements) == 1}


def _bare(text: str) -> str:
    """Without blanks, which a PDF may put anywhere."""
    return "".join(text.split())


def _elements(
    judge: Judge, kind: CheckKind, hits: Mapping[str, Hit | None], fed: Mapping[str, str], span: Span
) -> frozenset[str]:
    label = _bare(judge.letter.text[slice(*span)].strip(_EDGES).partition(":")[2])
    if label in fed:
        return frozenset({fed[label]} & set(kind.element_ids))
    return frozenset(one.id for one in kind.elements if _asks(judge, one, hits.get(one.id), span))


def _asks(judge: Judge, element: Element, hit: Hit | None, span: Span) -> bool:
    """Whether the element's words stand in one clause with the open place; where it has none elsewhere, whether its
    rules see a blank there: they may be loose, as they only speak where nothing better is found."""
    if hit and _meet(judge.letter.clause(*(hit.deciding or (hit.start, hit.end))), span):
        return True
    return not (hit and hit.status == "present") and any(
        _meet((blank.start, blank.end), span) for blank in judge.blanks(element)
    )


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
