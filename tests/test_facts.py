"""Facts are checked whole, every fault told by path in Chinese; what passes prints in Chinese."""

import json
import time
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from made_forms import kind as made_kind

from objection_docs import facts
from objection_docs.errors import FactsError, UsageError
from objection_docs.facts import parts


@pytest.fixture(scope="module")
def kind(tmp_path_factory):
    return made_kind(tmp_path_factory.mktemp("kind"))


def faults(kind, raw, procedure=None, draft=False) -> dict:
    with pytest.raises(FactsError) as caught:
        facts.read(kind, raw, procedure, draft)
    return {fault.pointer: fault.message for fault in caught.value.faults}


def changed(kind, **changes) -> dict:
    raw = facts.sample(kind) | changes
    return {name: value for name, value in raw.items() if value is not ...}


# ------------------------------------------------------------------------------------------------ what is read


def test_the_sample_is_read_and_prints_in_chinese(kind):
    values = facts.read(kind, facts.sample(kind)).values
    assert values["title"] == "测试函" and values["procedure"] == "" and values["you"] == "贵方"
    assert str(values["date"]) == "2026年3月5日" and values["date"].iso == "2026-03-05"
    assert str(values["price"]) == "人民币叁万伍仟元整（¥35,000.00）"
    assert (values["price"].figures, values["price"].capital) == ("35,000.00", "叁万伍仟元整")
    assert str(values["conclusion"]) == "成立" and values["conclusion"].key == "upheld"
    assert values["reason"].paragraphs == ["第一段", "第二段"]
    assert str(values["urgent"]) == "是" and values["urgent"]
    assert values["signature"].representative == "陈立"
    assert [item.copies for item in values["evidence"]] == [2]
    assert not values["explanation"] and str(values["explanation"]) == ""


def test_a_procedure_changes_the_sample_the_title_and_what_is_required(kind):
    raw = facts.sample(kind, "special")
    assert "number" not in raw and "remedy" not in raw and raw["conclusion"] == "rejected"
    values = facts.read(kind, raw, "special").values
    assert (values["title"], values["procedure"], values["you"]) == ("特别函", "special", "贵局")
    del raw["case_number"]
    assert list(faults(kind, raw, "special")) == ["/case_number"]


def test_a_choice_is_taken_as_its_key_or_its_label(kind):
    assert facts.read(kind, changed(kind, conclusion="部分成立")).values["conclusion"].key == "partly"


def test_line_breaks_of_windows_are_line_breaks(kind):
    assert facts.read(kind, changed(kind, reason="甲\r\n乙\r丙")).values["reason"].paragraphs == ["甲", "乙", "丙"]


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-05",
        "2026-3-5",
        "2026年3月5日",
        "二〇二六年三月五日",
        "二○二六年三月五日",
        "2026.3.5",
        "2026/3/5",
        "２０２６年 3月 5日",
    ],
)
def test_a_date_is_taken_as_people_write_it(written):
    assert parts.day(written).iso == "2026-03-05"


_HANZI = ["", *"一二三四五六七八九"]


def _in_words(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else _HANZI[tens] + "十") + _HANZI[ones]


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
@settings(max_examples=60, deadline=None)
def test_any_date_in_any_form_comes_back(day):
    year = "".join("〇一二三四五六七八九"[int(figure)] for figure in str(day.year))
    forms = (
        day.isoformat(),
        str(parts.day(day.isoformat())),
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}/{day.month:02}/{day.day:02}",
        f"{year}年{_in_words(day.month)}月{_in_words(day.day)}日",
    )
    assert {parts.day(form).iso for form in forms} == {day.isoformat()}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2026-02-30", "没有“2026-02-30”这一天"),
        ("2026年13月1日", "没有“2026年13月1日”这一天"),
        ("二〇二六年二月三十日", "这一天"),
        ("1026-03-05", "年份 1026 不对"),
        ("2026年3月", "应当写成 2026年3月5日"),
        ("26.3.5", "应当写成"),
        ("2026-3.5", "应当写成"),
        ("二〇二六年十十月五日", "这一天"),
        ("  ", "应当是日期"),
        (20260305, "应当是日期"),
        (None, "不能是 null"),
    ],
)
def test_an_impossible_date_is_refused_with_the_form_expected(kind, written, said):
    told = faults(kind, changed(kind, date=written))
    assert list(told) == ["/date"] and said in told["/date"]


# ---------------------------------------------------------------------------------------------------- amounts


@pytest.mark.parametrize(
    ("written", "figures", "capital"),
    [
        (35000, "35,000.00", "叁万伍仟元整"),
        ("35,000.00", "35,000.00", "叁万伍仟元整"),
        ("￥３５，０００元", "35,000.00", "叁万伍仟元整"),
        (0, "0.00", "零元整"),
        (0.05, "0.05", "伍分"),
        ("0.5", "0.50", "伍角"),
        (10.05, "10.05", "壹拾元零伍分"),
        (10050, "10,050.00", "壹万零伍拾元整"),
        (100000000, "100,000,000.00", "壹亿元整"),
        (1010101.1, "1,010,101.10", "壹佰零壹万零壹佰零壹元壹角"),
        (Decimal("999999999999.99"), "999,999,999,999.99", "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_an_amount_is_written_in_figures_and_capital_words(written, figures, capital):
    amount = parts.amount(written)
    assert (amount.figures, amount.capital) == (figures, capital)


def _from_capital(words: str) -> Decimal:
    """An own reading of capital words, to hold against the library that wrote them."""
    digits = {char: i for i, char in enumerate("零壹贰叁肆伍陆柒捌玖")}
    units = {"拾": 10, "佰": 100, "仟": 1000}
    total = section = digit = 0
    cents = Decimal(0)
    for char in words.removesuffix("整"):
        if char in digits:
            digit = digits[char]
        elif char in units:
            section, digit = section + digit * units[char], 0
        elif char in "万亿":
            total, section, digit = total + (section + digit) * (10**4 if char == "万" else 10**8), 0, 0
        elif char == "元":
            total, section, digit = total + section + digit, 0, 0
        else:
            cents, digit = cents + digit * Decimal("0.1" if char == "角" else "0.01"), 0
    return total + cents


@given(st.integers(0, 10**14 - 1) | st.integers(0, 10**6) | st.integers(0, 10**10 - 1).map(lambda n: n * 10**4))
@settings(max_examples=150, deadline=None)
def test_capital_words_tell_the_same_amount_as_the_figures(cents):
    amount = parts.amount(f"{Decimal(cents).scaleb(-2):.2f}")
    assert Decimal(amount.figures.replace(",", "")) == Decimal(cents).scaleb(-2) == _from_capital(amount.capital)
    assert "零零" not in amount.capital and not amount.capital.startswith("元")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (-1, "不能是负数"),
        ("-35,000.00", "不能是负数"),
        (float("nan"), "应当是以元为单位的数字"),
        (float("inf"), "应当是以元为单位的数字"),
        ("NaN", "应当是以元为单位的数字"),
        (0.125, "最多两位小数"),
        ("35.001", "最多两位小数"),
        (10**12, "小于一万亿元"),
        (10**4000, "小于一万亿元"),
        ("9" * 5000, "小于一万亿元"),
        ("3,5000", "应当是以元为单位的数字"),
        ("三万五千", "应当是以元为单位的数字"),
        ("3.5万元", "应当是以元为单位的数字"),
        (True, "应当是以元为单位的数字"),
        ("", "应当是以元为单位的数字"),
    ],
)
def test_what_is_not_an_amount_is_refused(kind, written, said):
    told = faults(kind, changed(kind, price=written))
    assert list(told) == ["/price"] and said in told["/price"]


# -------------------------------------------------------------------------------------------- everything wrong


def test_every_fault_is_told_at_once_in_the_order_of_the_form(kind):
    raw = {
        "number": "号" * 41,
        "sender": "　 ",
        "price": "许多",
        "conclusion": "也许",
        "urgent": "好",
        "evidence": [{"name": "报告"}, {"copies": -1}, "照片", {"name": None, "weight": 3}],
        "signature": {"office": "经理"},
        "date": "2026-02-30",
        "sneder": "x",
    }
    told = faults(kind, raw)
    assert list(told) == [
        "/number",
        "/sender",
        "/reason",
        "/price",
        "/conclusion",
        "/urgent",
        "/evidence/1/name",
        "/evidence/1/copies",
        "/evidence/2",
        "/evidence/3/name",
        "/evidence/3/weight",
        "/signature/representative",
        "/date",
        "/sneder",
    ]
    assert told["/number"] == "“文号”太长：41 个字，最多 40 个字"
    assert "不能是空白" in told["/sender"]
    assert told["/reason"].startswith("“事实”缺少") and "例如 第一段" in told["/reason"]
    assert "成立（upheld）、部分成立（partly）、不成立（rejected）" in told["/conclusion"]
    assert "应当是不小于 0 的整数" in told["/evidence/1/copies"]
    assert "name（材料名称）" in told["/evidence/2"]
    assert "是不是 sender？" in told["/sneder"]
    assert "这里可写：name、copies" in told["/evidence/3/weight"]


def test_no_message_is_in_english(kind):
    for raw in (
        [],
        None,
        "x",
        3,
        {},
        {"evidence": 3, "signature": [], 5: 6},
        changed(kind, evidence=[], signature=None),
    ):
        for message in faults(kind, raw).values():
            assert any("\u4e00" <= char <= "\u9fff" for char in message)
            assert not any(word in message for word in ("field", "valid", "Missing", "input", "type."))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("甲\n乙", "不能换行"),
        ("甲\t乙", "制表符"),
        ("甲\x00乙", "U+0000"),
        ("甲\x1b乙", "U+001B"),
        ("甲\ufffe乙", "U+FFFE"),
        ("甲\ufdd0乙", "U+FDD0"),
        ("甲\ud800乙", "U+D800"),
        ("", "不能是空白"),
        ("\u200b", "不能是空白"),
        (315000, "应当是文字（给的是数字），请加上双引号"),
        (True, "应当是文字"),
        (["甲"], "应当是文字"),
    ],
)
def test_text_that_word_or_a_reader_cannot_take_is_refused(kind, text, said):
    told = faults(kind, changed(kind, sender=text))
    assert list(told) == ["/sender"] and said in told["/sender"]


def test_a_chinese_label_for_a_key_is_recognised(kind):
    assert "是不是 sender？" in faults(kind, changed(kind) | {"发函方": "甲"})["/发函方"]


def test_a_fact_that_hangs_on_a_choice_is_asked_for_and_refused_with_the_condition(kind):
    told = faults(kind, changed(kind, conclusion="rejected"))
    assert told["/remedy"] == "“补救措施”不该有：“结论”为成立或部分成立时才填写"
    assert "“结论”为不成立时必须填写" in told["/explanation"]


def test_a_condition_says_nothing_while_its_choice_is_unknown(kind):
    assert list(faults(kind, changed(kind, conclusion="也许", explanation="x"))) == ["/conclusion"]


def test_a_list_has_its_least_number_of_items_and_an_end(kind):
    assert "至少要有 1 项，现在有 0 项" in faults(kind, changed(kind, evidence=[]))["/evidence"]
    assert "最多 200 项" in faults(kind, changed(kind, evidence=[{"name": "x"}] * 201))["/evidence"]


def test_a_flood_of_nonsense_is_refused_quickly(kind):
    deep = {"sender": []}
    for _ in range(900):
        deep = {"sender": deep}
    start = time.process_time()
    assert list(faults(kind, deep, draft=True)) == ["/sender"]
    assert len(faults(kind, changed(kind) | {f"x{i}": 1 for i in range(5000)})) == 5000
    assert list(faults(kind, changed(kind, evidence=[{}] * 100_000))) == ["/evidence"]
    assert time.process_time() - start < 2


def test_braces_in_a_kinds_own_help_and_sample_are_only_text(tmp_path):
    yaml = "label: x\nfacts: [{name: a, label: 'b{', type: text, required: true, help: '写{0}', sample: '{x} {{ y }}'}]"
    strange = made_kind(tmp_path, yaml, paragraphs=("{{ a }}",), table=False)
    assert faults(strange, {}) == {"/a": "“b{”缺少，请填写。写{0}；例如 {x} {{ y }}"}


# ------------------------------------------------------------------------------------------------------ drafts


def test_a_draft_holds_gaps_for_what_is_required_and_lacking(kind):
    read = facts.read(
        kind, {"sender": "", "evidence": [{"copies": 1}], "conclusion": "upheld", "date": None}, draft=True
    )
    assert [(gap.path, gap.label, gap.element) for gap in read.missing] == [
        (("sender",), "发函方", "sender"),
        (("reason",), "事实", "facts"),
        (("remedy",), "补救措施", ""),
        (("evidence", 0, "name"), "材料名称", "evidence"),
        (("signature",), "签章", "signature"),
        (("date",), "日期", "date"),
    ]
    gap = read.values["signature"]
    assert gap and "【待补：签章】" in str(gap) and str(gap.representative) == str(gap)
    assert [str(line) for line in read.values["reason"].paragraphs] == [str(read.values["reason"])]
    assert not read.values["number"] and not read.values["explanation"]


def test_a_draft_without_its_choice_keeps_what_hangs_on_it(kind):
    read = facts.read(kind, {"remedy": "更换轴承"}, draft=True)
    assert read.values["remedy"] == "更换轴承" and read.values["conclusion"].key != "upheld"


def test_a_draft_is_still_checked(kind):
    assert list(faults(kind, {"date": "2026-02-30", "x": 1}, draft=True)) == ["/date", "/x"]


def test_complete_facts_leave_nothing_missing_in_a_draft(kind):
    assert facts.read(kind, facts.sample(kind), draft=True).missing == ()


# ------------------------------------------------------------------------------------------- samples and schema


@pytest.mark.parametrize("procedure", [None, "special"])
def test_the_schema_is_valid_and_takes_the_sample(kind, procedure):
    schema = facts.schema(kind, procedure)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(facts.sample(kind, procedure))
    json.dumps(schema)


@pytest.mark.parametrize(
    "changes",
    [
        {"sender": ...},
        {"sender": "  "},
        {"sender": "甲\n乙"},
        {"colour": "红"},
        {"conclusion": "也许"},
        {"conclusion": "rejected"},
        {"evidence": []},
        {"evidence": [{}]},
        {"signature": {"representative": "陈立", "x": 1}},
        {"price": -1},
        {"urgent": "好"},
    ],
)
def test_what_the_schema_refuses_is_refused_when_read(kind, changes):
    raw = changed(kind, **changes)
    assert not Draft202012Validator(facts.schema(kind)).is_valid(raw)
    assert faults(kind, raw)


def test_a_sample_is_a_copy(kind):
    facts.sample(kind)["evidence"][0]["name"] = "别的"
    assert facts.sample(kind)["evidence"][0]["name"] == "检验报告"


# ------------------------------------------------------------------------------------------------------- files


def test_json_is_read_with_or_without_a_byte_order_mark():
    assert facts.parse('{"甲": 1}'.encode()) == facts.parse(b"\xef\xbb\xbf" + '{"甲": 1}'.encode()) == {"甲": 1}


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        ('{"甲": "乙"}'.encode("gbk"), "not_utf8", "GBK"),
        ('{"甲": 1}'.encode("utf-16"), "not_utf8", "UTF-16"),
        (b"\xff\x00\x81\xff\xff", "not_utf8", "不是文字"),
        (b" \n", "not_json", "空的"),
        ('{"甲": 1,\n}'.encode(), "not_json", "逗号"),
        ('{"甲"：1}'.encode(), "not_json", "中文标点 ："),
        ("{“甲”: 1}".encode(), "not_json", "中文标点 “"),
        ('{"甲": 1\n"乙": 2}'.encode(), "not_json", "第 2 行第 1 列"),
        (b'{"a": "b\nc"}', "not_json", "\\n"),
        (b"[" * 100_000, "not_json", "套得太深"),
        (b"1" * 5000, "not_json", "位数过多"),
        (b"sender: x", "not_json", "第 1 行"),
        (b"{} {}", "not_json", "多余的内容"),
    ],
)
def test_a_file_that_is_not_json_is_refused_with_the_cause(data, code, said):
    with pytest.raises(UsageError) as caught:
        facts.parse(data)
    assert caught.value.code == code and said in caught.value.message


@pytest.mark.parametrize(
    ("data", "said"), [(b'{"a": 1, "a": 2}', "写了两次"), (b'{"a": NaN}', "NaN 不是数字"), (b'{"a": 1e999}', "1e999")]
)
def test_json_that_is_ambiguous_is_refused(data, said):
    with pytest.raises(FactsError) as caught:
        facts.parse(data)
    assert said in caught.value.faults[0].message
