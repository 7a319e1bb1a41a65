"""The wording of sentences and of letters: what it may overrule, what it says of itself, and its files."""

import re
import shutil
from pathlib import Path

import accuracy
import pytest
import yaml

from objection_docs.checking import anatomy, check, wording
from objection_docs.errors import DataFileError
from objection_docs.extraction.paper import from_text
from objection_docs.packs import terms
from objection_docs.packs import wording as tables
from objection_docs.packs.rules import rules, shipped

KNOWN = sorted((accuracy.LETTERS / "known").glob("[efg]*.yaml"))[::7]
HEAD = "element,status,feature,weight\n"


def text_of(path: Path) -> str:
    return accuracy.as_text(yaml.safe_load(path.read_text("utf-8")))


@pytest.fixture(scope="module")
def reports():
    papers = {path.stem: from_text(text_of(path)) for path in KNOWN}
    return {name: (check(paper), check(paper, second_opinion=False)) for name, paper in papers.items()}


def test_it_says_another_status_here_and_there_and_tells_so(reports):
    differing = [
        (with_it, without)
        for both, rules_only in reports.values()
        for with_it, without in zip(both.elements, rules_only.elements, strict=True)
        if with_it.status != without.status
    ]
    assert 5 < len(differing) < 0.2 * sum(len(both.elements) for both, _ in reports.values())
    for found, _ in differing:
        assert found.reason.startswith("从用语看")
        assert found.advice or found.status in ("present", "not_applicable")


def test_the_words_of_its_reason_stand_in_the_quote(reports):
    told = [e for both, _ in reports.values() for e in both.elements if e.reason.startswith("从用语看")]
    for found in told:
        for word in re.findall("“([^”]+)”", found.reason):
            assert word in "".join(found.place.quote.split()), found
    assert any("如“" in found.reason for found in told)


def test_what_is_no_whole_letter_is_left_to_the_rules():
    paper = from_text("异议函\n苏州明远公司：\n货不对，给个说法。")
    letter = anatomy.read(paper, shipped().words)
    assert len(letter.text) < wording.SHORTEST
    reader = wording.Reader(letter, shipped().kinds["objection_notice"].wording)
    assert all(reader.opinion(element, "missing") is None for element in ("sender", "facts", "remedies"))


def test_an_element_of_ones_own_is_left_to_its_rules(tmp_path):
    source = shipped().kinds["objection_notice"].element("remedies").path
    (tmp_path / "objection_notice").mkdir()
    shutil.copy(source, tmp_path / "objection_notice" / "remedies.yaml")
    own = rules(tmp_path).kinds["objection_notice"].wording
    assert "remedies" not in own.elements and "facts" in own.elements
    assert not any(element == "remedies" for element, _ in own.columns)


def test_a_kind_without_labelled_letters_has_no_second_opinion(tmp_path):
    folder = tmp_path / "petition"
    shutil.copytree(shipped().kinds["objection_notice"].element("facts").path.parent, folder)
    (folder / "wording.csv").unlink()
    assert rules(tmp_path).kinds["petition"].wording is None


def test_a_broken_table_is_told_with_its_line(tmp_path):
    path = tmp_path / "wording.csv"
    path.write_text(HEAD + "facts,present,退货,0.5\nfacts,present,换货,much\n", "utf-8")
    with pytest.raises(DataFileError) as caught:
        tables.load(path, path, frozenset({"facts"}))
    assert caught.value.where == f"{path}:3"
    (tmp_path / "kinds.csv").write_text("term,a,b\n退货,0.5\n", "utf-8")
    with pytest.raises(DataFileError) as caught:
        terms.load(tmp_path / "kinds.csv")
    assert caught.value.where == f"{tmp_path / 'kinds.csv'}:2"


def test_the_wording_of_a_letter_does_not_depend_on_its_line_breaks():
    body = "".join(text_of(KNOWN[0]).split("\n"))
    broken = "\n".join(body[i : i + 7] for i in range(0, len(body), 7))
    assert terms.terms(body) == terms.terms(broken)


def test_the_shipped_tables_speak_of_elements_that_there_are():
    learnt = [kind for kind in shipped().kinds.values() if kind.wording]  # the others have no labelled letters
    assert len(learnt) == 4
    for kind in learnt:
        assert {element for element, _ in kind.wording.columns} == set(kind.element_ids)
        assert {element for element, _ in kind.wording.second} >= set(kind.element_ids)
        assert set(shipped().terms.kinds) <= set(shipped().kinds)  # a kind without labelled letters has its signs
