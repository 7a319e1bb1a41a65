"""The wording of sentences and of letters: what it may overrule, what it says of itself, and its files."""

import json
import re
import shutil
from pathlib import Path

import accuracy
import pytest
import yaml
from click.testing import CliRunner

from objection_docs.checking import anatomy, check, wording
from objection_docs.cli import main
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


CONTACT = "联系人：顾文清　电话：0512-55507208"
LETTER = """关于电主轴质量的{title}
{label}苏州明远精密制造有限公司{colon}
地址：江苏省苏州市吴中区金枫南路1288号
{contact}
{own}2026年2月25日交付的第二批电主轴60套中，18套的端面径向跳动为0.006毫米至0.009毫米，超过合同第6.1条约定的0.003毫米，随货也没有动平衡数据，造成我方装配二线停产两天半，损失26,400元。
现提出异议，请于2026年3月20日前无偿更换18套电主轴，并赔偿停工损失26,400元。
附件：1.到货检验记录1份；2.停产记录1份。
宁波恒泰机械有限公司（盖章）
2026年3月5日
"""


def contact_of(text: str, kind: str, tmp_path: Path) -> dict:
    """What the command line says of the sender's contact."""
    path = tmp_path / "信.txt"
    path.write_text(text, "utf-8")
    done = CliRunner().invoke(main, ["check", str(path), "--kind", kind, "--format", "json", "--no-log"])
    elements = json.loads(done.stdout)[0]["elements"]
    return next(element for element in elements if element["id"] == "sender_contact")


@pytest.mark.parametrize(("kind", "title"), [("objection_notice", "异议通知"), ("complaint", "投诉书")])
@pytest.mark.parametrize("label", ["致：", "收函方：", "被投诉方：", "被异议方：", ""])
def test_the_contact_of_the_other_side_is_not_the_senders(home, tmp_path, kind, title, label):
    text = LETTER.format(title=title, label=label, colon="" if label else "：", contact=CONTACT, own="")
    assert contact_of(text, kind, tmp_path)["status"] == "missing"
    own = "异议人：宁波恒泰机械有限公司\n联系人：陈立伟　电话：0574-55501286\n"
    found = contact_of(
        LETTER.format(title=title, label=label, colon="" if label else "：", contact=CONTACT, own=own), kind, tmp_path
    )
    assert found["status"] == "present" and "0574-55501286" in found["quote"]
    assert "0512" not in found["quote"] and "金枫南路" not in found["quote"]


@pytest.mark.parametrize(
    "start", ["A投诉人\n", "投诉人基本情况\n", "项目名称：电主轴采购\n", "承包人：宁波恒泰机械有限公司\n"]
)
def test_the_block_of_the_other_side_ends_where_the_senders_begins(home, tmp_path, start):
    own = start + "联系电话：0574-55501286\n"
    text = LETTER.format(title="投诉书", label="被投诉方：", colon="", contact=CONTACT, own=own)
    found = contact_of(text, "complaint", tmp_path)
    assert found["status"] == "present" and "0574-55501286" in found["quote"] and "0512" not in found["quote"]


def test_in_a_form_the_row_below_two_parties_is_of_who_fills_it_in(home, tmp_path):
    rows = "提出单位\t宁波恒泰机械有限公司\t供方\t苏州明远精密制造有限公司\n{}\t质检科陈立伟\t{}\t0574-55501286\n"
    letter = LETTER.format(title="异议通知", label="致：", colon="", contact="", own="{}").replace(
        "地址：江苏省苏州市吴中区金枫南路1288号\n", ""
    )
    assert (
        contact_of(letter.format(rows.format("联系人", "联系电话")), "objection_notice", tmp_path)["status"]
        == "present"
    )
