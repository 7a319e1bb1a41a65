"""The law of the house: what we write passes what we check, and what is left out is exactly what is found wanting."""

import pytest

from objection_docs import checking, extraction, facts, generation
from objection_docs.generation import pdf
from objection_docs.packs import kinds, rules

LETTERS = [(kind.id, procedure) for kind in kinds.kinds().values() for procedure in ("", *kind.samples)]
ELEMENTS = [(kind.id, element) for kind in kinds.kinds().values() for element in kind.elements]


def written(kind_id: str, raw: dict, procedure: str | None = None, draft: bool = False) -> bytes:
    kind = kinds.kind(kind_id)
    return generation.render(kind, facts.read(kind, raw, procedure, draft))


def wanting(report: checking.Report) -> dict[str, str]:
    return {e.id: f"{e.status}: {e.quote}" for e in report.elements if e.status in checking.DEFICIENT}


@pytest.fixture(scope="module")
def papers():
    """Every sample letter after it went through Word and LibreOffice, in one run."""
    letters = [written(kind, facts.sample(kinds.kind(kind), p or None), p or None) for kind, p in LETTERS]
    return dict(zip(LETTERS, map(extraction.read, pdf.many(letters, timeout=180)), strict=True))


@pytest.mark.parametrize(("kind", "procedure"), LETTERS, ids=lambda v: v or "default")
def test_every_sample_letter_is_complete_when_read_back_from_its_pdf(papers, kind, procedure):
    report = checking.check(papers[kind, procedure], procedure_id=procedure or None)
    assert report.kind == kind
    assert wanting(report) == {}
    assert report.verdict == "complete"
    assert report.faults == ()


@pytest.mark.parametrize(("kind", "procedure"), LETTERS, ids=lambda v: v or "default")
def test_word_and_pdf_of_one_letter_get_the_same_statuses(papers, kind, procedure):
    word = extraction.read(written(kind, facts.sample(kinds.kind(kind), procedure or None), procedure or None))
    statuses = [[(e.id, e.status) for e in checking.check(p, kind).elements] for p in (word, papers[kind, procedure])]
    assert statuses[0] == statuses[1]


def without(raw: dict, declared, element: str) -> dict:
    """The facts less those that feed `element`, in groups and lists too."""
    out = {}
    for fact in declared:
        if fact.name not in raw or fact.element == element:
            continue
        value = raw[fact.name]
        if fact.type == "group":
            value = without(value, fact.items, element)
        elif fact.type == "list":
            value = [without(item, fact.items, element) for item in value]
        out[fact.name] = value
    return out


@pytest.mark.parametrize(("kind_id", "element"), ELEMENTS)
def test_leaving_out_the_facts_of_one_element_makes_exactly_that_element_wanting(kind_id, element):
    kind = kinds.kind(kind_id)
    raw = without(facts.sample(kind), kind.facts, element)
    report = checking.check(extraction.read(written(kind_id, raw, draft=True)), kind_id)
    assert set(wanting(report)) == {element}, wanting(report)


def test_every_element_that_is_checked_is_fed_by_some_fact():
    for kind in kinds.kinds().values():
        checked = {e.id for e in rules.rules().kind(kind.id).elements}
        assert checked <= set(kind.elements), kind.id
