"""Every element file carries little letters for each status; they are its tests."""

import pytest

from objection_docs.checking import check
from objection_docs.extraction.paper import from_text
from objection_docs.packs.rules import rules

CASES = [
    pytest.param(kind.id, element, status, text, id=f"{kind.id}/{element.id}-{status}-{i}")
    for kind in rules().kinds.values()
    for element in kind.elements
    for status, texts in element.examples.items()
    for i, text in enumerate(texts)
]


@pytest.mark.parametrize(("kind", "element", "status", "text"), CASES)
def test_an_example_gets_the_status_it_stands_under(kind, element, status, text):
    report = check(from_text(text), kind)
    found = next(e for e in report.elements if e.id == element.id)
    assert found.status == status, f"{found.quote!r}: {found.reason}"
    if status in ("present", "vague", "blank"):
        assert found.quote


@pytest.mark.parametrize("kind", rules().kinds.values(), ids=lambda k: k.id)
def test_each_element_has_two_present_examples_and_one_of_each_other_status(kind):
    for element in kind.elements:
        assert len(element.examples["present"]) >= 2, element.path
        assert element.examples["missing"], element.path
        for status in ("vague", "blank"):
            assert not element.rules[status] or element.examples[status], element.path
