"""Faults through the checker: letters that have them, and letters that only look so."""

import pytest

from objection_docs import checking
from objection_docs.extraction.paper import from_text

HEAD = "关于轴承质量的异议函\n苏州明远精密制造有限公司：\n"
FOOT = "\n宁波恒泰机械有限公司（盖章）\n2026年3月5日"


def found(body: str, kind: str = "objection_notice", head: str = HEAD, foot: str = FOOT) -> list[checking.Fault]:
    return list(checking.check(from_text(head + body + foot), kind).faults)


def codes(*arguments, **named) -> list[str]:
    return [fault.code for fault in found(*arguments, **named)]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("请退还货款人民币叁万元整（¥35,000.00）。", "amount_mismatch"),
        ("请退还货款35,000元（大写：叁万元整）。", "amount_mismatch"),
        ("请退还货款人民币叁佰万元整（300.5万元）。", "amount_mismatch"),
        ("依据《中华人民共和国合同法》第一百零七条，贵方应当更换。", "repealed_law"),
        ("根据合同法第一百零七条，贵方应当更换。", "repealed_law"),
        ("详见附件3。\n附件：\n1.送货单\n2.检验报告", "attachment_mismatch"),
        ("贵方（苏州明远精密制造有限公司）交货。请苏州名远精密制造有限公司更换。", "party_name_inconsistent"),
        ("贵方2026年2月30日交付的轴承不合格。", "date_impossible"),
        ("贵方二〇二六年二月三十日交付的轴承不合格。", "date_impossible"),
        ("贵方2025年2月29日交付的轴承不合格。", "date_impossible"),
        ("我方于2026年4月2日收到贵方交付的轴承，均不合格。", "date_impossible"),
        ("我方统一社会信用代码91330206MA2H7K3N45。", "credit_code_invalid"),
        ("我方2026年1月5日收到货物。合同约定收到货物后7日内提出异议。", "deadline_exceeded"),
        ("2026年1月5日，我方收到货物。合同约定收到货物后7日内提出异议。", "deadline_exceeded"),
        ("我方2026年1月5日收到货物。按墙上公示的《须知》，应在收到后7日内提出异议。", "deadline_exceeded"),
        ("贵方2月初来人看过。3月9日又做了一次蓄水，仍旧渗漏。", "date_impossible"),
    ],
)
def test_a_planted_fault_is_found_and_told_with_its_words(body, code):
    faults = [fault for fault in found(body) if fault.code == code]
    assert len(faults) == 1
    assert faults[0].place.quote
    assert "{" not in faults[0].message


@pytest.mark.parametrize(
    "body",
    [
        "两次放样，一次是10月21日，复测并没有超差，当天又做了一遍。",  # of the last year: the letter is of March
        "抽查批次3 6月27日以前的，共计12件。",  # two numbers side by side
        "整改安排。卫生间拆除地漏重做防水，3月16日进场，工期6天。",
        "请退还货款人民币叁万伍仟元整（¥35,000.00），利息壹佰贰拾元伍角（120.50元）。",
        "合同总价叁佰万元整（300万元）。",
        "《民法典》施行后，《合同法》同时废止，本函依据《民法典》第五百八十二条。",
        "依据《劳动合同法》第三十八条。",
        "贵方在来函中称“依据《合同法》第九十四条解除合同”，我方不予认可。",
        "质量标准见合同附件二。\n附件：\n1.送货单",
        "详见附件2。\n附件：1.送货单2.检验报告",
        "苏州明远精密制造有限公司（以下简称“明远公司”）应当更换，请明远公司答复。",
        "请贵方于2026年4月2日前收到货物后验收。",
        "贵方2024年2月29日交付的轴承不合格。",
        "我方统一社会信用代码91330206MA2H7K3N44。",
        "我方2026年3月2日收到货物。合同约定收到货物后7日内提出异议。",
        "请贵方于收到本函后5个工作日内答复。",
    ],
)
def test_a_letter_that_only_looks_so_stays_silent(body):
    assert codes(body) == []


def test_a_fault_shows_both_places_that_disagree():
    (fault,) = found("请退还货款人民币叁万元整（¥35,000.00）。")
    assert fault.place.quote == "叁万元整"
    assert fault.other.quote == "¥35,000.00"
    assert "30,000.00" in fault.message
    assert "35,000.00" in fault.message


def test_a_law_is_judged_at_the_letters_own_date():
    body = "依据《中华人民共和国合同法》第一百零七条，贵方应当更换。"
    assert codes(body, foot="\n宁波恒泰机械有限公司\n2020年12月31日") == []
    assert codes(body, foot="\n宁波恒泰机械有限公司\n2021年1月1日") == ["repealed_law"]


def test_an_old_article_number_is_told_with_the_new_one():
    (fault,) = found("依据《民事诉讼法》第二百二十七条，案外人对执行标的提出书面异议。")
    assert fault.code == "article_renumbered"
    assert "第二百三十八条" in fault.message


def test_a_reply_that_is_later_than_its_own_limit():
    body = "我方于2026年3月2日收到贵方来函。依规定应在收到异议后7个工作日内答复。经查，异议不成立。"
    late = codes(body, "disposition_reply", foot="\n苏州明远精密制造有限公司\n2026年4月8日")
    in_time = codes(body, "disposition_reply", foot="\n苏州明远精密制造有限公司\n2026年3月11日")
    assert (late, in_time) == (["deadline_exceeded"], [])


def test_an_id_number_is_not_repeated_in_the_message():
    (fault,) = found("我叫李长青，身份证号码110101199003071231。")
    assert fault.code == "id_number_invalid"
    assert "110101199003071231" not in fault.message
