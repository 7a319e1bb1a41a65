"""The parts of a letter: title, salutation, headings, fields, signature block, and whose block a label stands in."""

import pytest

from objection_docs.checking import anatomy
from objection_docs.checking.decide import Judge
from objection_docs.checking.recognise import recognise, recognise_procedure
from objection_docs.extraction.paper import Line, Paper, from_text
from objection_docs.packs.rules import rules


def read(text: str):
    return anatomy.read(from_text(text), rules().words)


def fields(letter) -> dict[str, str]:
    return {f.label: letter.text[f.value_start : f.value_end] for f in letter.fields}


NOTICE = """关于轴承质量的异议函
恒泰函〔2026〕12号
苏州明远精密制造有限公司：
贵方交付的轴承内径超差，我方不能接受。
一、事实
2026年3月1日到货60套，18套超差。
二、法律依据：《中华人民共和国民法典》第五百八十二条。
三、请求
请更换18套。
附件：
1.检验报告
2.照片
宁波恒泰机械有限公司（盖章）
总经理　陈立伟
2026年3月5日"""


def test_zones_and_title():
    letter = read(NOTICE)
    zones = {para.text: para.zone for para in letter.paras}
    assert letter.text[slice(*letter.title)] == "关于轴承质量的异议函"
    assert zones["苏州明远精密制造有限公司:"] == "opening"
    assert zones["贵方交付的轴承内径超差,我方不能接受。"] == "body"
    assert [text for text, zone in zones.items() if zone == "closing"] == [
        "宁波恒泰机械有限公司(盖章)",
        "总经理陈立伟",
        "2026年3月5日",
    ]


def test_headings_labels_and_lists_give_fields():
    told = fields(read(NOTICE))
    assert told["事实"].startswith("2026年3月1日到货60套")
    assert told["法律依据"] == "《中华人民共和国民法典》第五百八十二条。"
    assert told["请求"].startswith("请更换18套")
    assert told["附件"] == "1.检验报告\n2.照片"


def test_an_empty_label_takes_no_value_from_the_next_label():
    told = fields(read("异议申请表\n联系电话：\n通讯地址：　　　邮编：\n事由：货物不合格"))
    assert (told["联系电话"], told["通讯地址"], told["邮编"], told["事由"]) == ("", "", "", "货物不合格")


@pytest.mark.parametrize("blank", ["", " ", "\u3000", "\u2009"])
def test_a_number_in_brackets_after_the_name_does_not_empty_the_label_before_it(blank):
    told = fields(read(f"致：{blank}苏州明远精密制造有限公司（统一社会信用代码：91330206MA2H7K3N44）\n贵方违约。"))
    assert told["致"].startswith("苏州明远精密制造有限公司")
    assert told["统一社会信用代码"].startswith("91330206MA2H7K3N44")


def test_form_cells_pair_labels_with_values_and_lists_do_not():
    told = fields(read("异议登记表\n异议人\t宁波恒泰机械有限公司\t电话\t0574-55501286"))
    assert told == {"异议人": "宁波恒泰机械有限公司", "电话": "0574-55501286"}
    assert fields(read("异议登记表\n序号\t名称\t份数\n1\t检验报告\t2\n2\t照片\t6")) == {}


def test_a_phone_belongs_to_the_party_whose_block_it_stands_in():
    letter = read("投诉书\n投诉人：李长青\n电话：139-0000-1111\n被投诉人：明远公司\n电话：0512-55501234")
    assert [f.owner for f in letter.fields if f.label == "电话"] == ["sender", "other"]


def test_two_signature_blocks_side_by_side_are_one_closing():
    cells = ["答复方：明远公司（盖章）", "异议方：恒泰公司（盖章）", "2026年3月19日", "日期：________"]
    lines = [Line("处理回复"), Line("经查，异议成立。")]
    lines += [Line(text, role="cell", cell=(0, i // 2, i % 2)) for i, text in enumerate(cells)]
    letter = anatomy.read(Paper(tuple(lines)), rules().words)
    assert [para.zone for para in letter.paras][-4:] == ["closing"] * 4


@pytest.mark.parametrize("blank", ["", " ", "　", "\u200b"])
def test_blanks_between_characters_change_nothing(blank):
    spread = "\n".join(blank.join(line) for line in NOTICE.split("\n"))
    assert read(spread).text == read(NOTICE).text


@pytest.mark.parametrize(
    ("title", "body", "kind"),
    [
        ("异议函", "我方对贵方交付的货物提出异议，请贵方更换。", "objection_notice"),
        ("受理通知书", "您提交的异议已收到，现予受理，将于7日内答复。", "acknowledgement"),
        ("关于异议的答复", "经查，您反映的情况属实，异议成立。如不服本答复，可以起诉。", "disposition_reply"),
        ("投诉信", "我要投诉该公司。请贵局查处，责令其退款。", "complaint"),
        ("对《处理决定》的异议", "我方不服贵方的处理决定，请贵方撤回。", "objection_notice"),
    ],
)
def test_kinds_are_told_apart(title, body, kind):
    found, confidence = recognise(Judge(read(f"{title}\n{body}"), rules()), rules())
    assert found.id == kind
    assert 0.25 < confidence <= 1


def test_nothing_that_speaks_for_a_kind_leaves_the_confidence_low():
    _, confidence = recognise(Judge(read("今天天气很好。"), rules()), rules())
    assert confidence <= 0.5


def test_a_procedure_is_recognised_only_when_the_letter_speaks_of_it():
    procurement = read("质疑函\n我公司对本次政府采购项目的采购文件提出质疑。采购人应当修改采购文件。")
    assert recognise_procedure(procurement, "objection_notice").id == "government_procurement_query"
    assert recognise_procedure(read("异议函\n货物不合格。"), "objection_notice") is None
