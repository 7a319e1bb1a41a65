"""Procedures as pages: through the command line, then the data behind them against the table of limits."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from objection_docs import cli
from objection_docs.errors import DataFileError
from objection_docs.packs import procedures as room
from objection_docs.packs.courses import course
from objection_docs.packs.laws import named_in
from objection_docs.packs.procedures import AREAS, procedures
from objection_docs.reports import LEVEL_LABELS
from objection_docs.text import hang, width

ALL = list(procedures())
TABLES = (Path(__file__).parent / "deadlines" / "deadlines.md").read_text("utf-8")


def call(*words: str) -> str:
    result = CliRunner().invoke(cli.main, ["procedures", *words])
    assert result.exit_code == 0, result.stderr
    return result.stdout


def flat(text: str) -> str:
    """Without breaks and blanks: a line may be broken anywhere."""
    return re.sub(r"\s", "", text)


# The list


def test_all_are_listed_area_by_area_with_their_steps_and_limits():
    lines = [re.split(r"\s{2,}", line) for line in call().splitlines()]
    assert [line[0] for line in lines] == ALL
    named = [line[1] for line in lines]
    assert list(dict.fromkeys(named)) == list(AREAS.values())
    assert sorted(named, key=list(AREAS.values()).index) == named
    row = next(line for line in lines if line[0] == "contract_objection_notice")
    assert row[1:] == ["合同", "7 步", "5 项期限", "异议通知与处理程序"]


def test_the_list_as_json():
    found = {row["id"]: row for row in json.loads(call("--json"))}
    assert list(found) == ALL
    notice = {"label": "异议通知与处理程序", "area": "contract", "steps": 7, "limits": 5}
    assert notice.items() <= found["contract_objection_notice"].items()
    assert found["customer_objection_general_2"]["kinds"] == []


# A page


@pytest.mark.parametrize("name", ALL)
def test_a_page_tells_all_that_is_known_and_fits_a_terminal(name):
    text, known = call(name), course(name)
    assert [line for line in text.splitlines() if width(line) >= 100 or line != line.rstrip()] == []
    page = flat(text)
    told = [step.label for step in known.steps] + [step.authority for step in known.steps]
    told += [step.document for step in known.steps] + [kept.what for kept in known.archived] + list(known.notes)
    told += [part for grade in known.grades for part in (grade.label, grade.criteria)]
    for limit in known.limits.values():
        told += [f"{limit.id}{limit.label}（{limit.who}", limit.difference, limit.note]
        told += [part for period in limit.periods for part in (period.text, period.authority)]
        told += [excluded.authority for excluded in limit.excluded]
        told += [limit.extension.authority] if limit.extension else []
    told += [part for role in procedures()[name].roles.items() for part in role]
    assert [part for part in told if flat(part) not in page] == []


@pytest.mark.parametrize("name", ALL)
def test_nothing_on_a_page_lacks_its_authority(name):
    page = json.loads(call(name, "--json"))
    assert page["steps"] and page["roles"]
    assert [step["label"] for step in page["steps"] if not (step["who"] and step["authority"])] == []
    assert [limit["id"] for limit in page["limits"].values() if not limit["who"]] == []
    periods = [period for limit in page["limits"].values() for period in limit["periods"]]
    assert [period for period in periods if not period["authority"]] == []
    assert [kept["what"] for kept in page["archived"] if not kept["authority"]] == []
    demands = [demand for kind in page["kinds"].values() for demand in kind["elements"].values()]
    assert [demand for demand in demands if not demand["authority"] or demand["level"] not in LEVEL_LABELS] == []
    assert list(page["kinds"]) == list(procedures()[name].demands)


@pytest.mark.parametrize("name", ALL)
def test_each_limit_belongs_to_a_step(name):
    used = {limit for step in course(name).steps for limit in step.limits}
    beside = {"FI10", "QE3"}  # a cap of others, and the longest time of one
    assert set(course(name).limits) - used - beside == set()


def test_a_page_tells_the_figure_its_start_and_where_sources_differ():
    page = call("tender_agency_objection")
    assert "法律  3日，自收到异议起" in page
    assert "规程  3个工作日，自异议处理结束起" in page
    assert "异同  规程从处理结束之日起算3个工作日" in page
    assert "（异议人，可以）" in page and "（招标代理机构，应当）" in page


def test_a_page_tells_what_is_not_counted_how_it_is_extended_and_since_when():
    page = flat(call("consumer_12315_mediation"))
    assert "60日，自受理投诉起；2026-04-15起施行" in page
    assert "45个工作日，自受理投诉起；适用到2026-04-14" in page
    assert "不计鉴定、检测所需时间（委托鉴定、检测至收到鉴定、检测结果）" in page
    assert "延长每次15个工作日，最多1次：特殊情况，经批准" in page


def test_a_page_tells_backward_limits_stages_and_the_end_of_another_limit():
    page = flat(call("tender_bidder_objection"))
    assert "10日，投标截止时间以前" in page
    assert "自中标候选人公示开始起，到中标候选人公示结束为止" in page
    assert "自EA3（协商）的期限届满起" in flat(call("engineering_objection_a"))
    assert "最长30日，自书面通知暂停采购活动起" in flat(call("government_procurement_complaint"))
    assert "不少于3日" in page


def test_a_letter_that_a_procedure_does_not_ask_to_hold_something_says_so():
    page = flat(call("winery_customer_complaint"))
    assert "可选前置异议及答复情况本程序没有要求这一项" in page


def test_an_unknown_procedure_is_told_where_to_look():
    result = CliRunner().invoke(cli.main, ["procedures", "moon"])
    assert result.exit_code == 2
    assert "objection-docs procedures" in result.stderr


# The data against the table of limits

#: Ids of the table that are no limits of their own in the data: an anecdote, an extension, time that isn't counted.
ELSEWHERE = {"CS1", "RR5", "TC2"}
ROWS = re.findall(r"^\| ([A-Z]{2}\d+) \| (\w+) \| [^|]+ \| ([^|]+) \|", TABLES, re.M)


def test_the_table_names_a_hundred_limits():
    assert len(ROWS) > 100 and len({row[1] for row in ROWS}) > 35


@pytest.mark.parametrize("row", [row for row in ROWS if row[0] not in ELSEWHERE], ids=lambda row: row[0])
def test_each_limit_of_the_table_is_in_the_data(row):
    name, procedure, told = row
    periods = course(procedure).limits[name].periods
    figure = re.match(r"(\d+) (工作日|日|小时|月|分钟)(?! “每| \(recurring)", told)
    if figure is None:  # only a word; the law may have a figure
        assert any(period.word for period in periods if period.source == "seed") or name in ("TB3", "TB4")
        return
    unit = {"工作日": "workday", "日": "day", "小时": "hour", "月": "month", "分钟": "minute"}[figure[2]]
    assert (int(figure[1]), unit) in {(period.number, period.unit) for period in periods}


def test_what_is_no_limit_of_its_own_is_kept_all_the_same():
    steel = course("customer_objection_rapid_response").limits
    assert {steel[name].extension.times for name in ("RR3", "RR4")} == {1}
    excluded = course("tender_bidder_complaint").limits["TC1"].excluded
    assert any("第六十条第二款" in one.authority for one in excluded)
    assert "两个小时" in course("consumer_12315_mediation").limits["CS3"].difference


TENDER, PROCUREMENT, CREDIT = "《招标投标法实施条例》", "《政府采购法", "《征信业管理条例》"
COMPLAINT = "财政部令第94号"
CIVIL_PROCEDURE, ENFORCEMENT = "《民事诉讼法》", "执行异议和复议案件"
EXECUTION = "执行程序若干问题的解释"
MARKET, CONSUMER = "（总局令第121号）", "《消费者权益保护法》"
BANK, CIVIL, CARS = "银保监会令2020年第3号", "《民法典》", "《家用汽车产品修理更换退货责任规定》"
#: Law, article, number and unit of the table of limits of the law, B.
LAWS = [
    (TENDER, "第二十一条", 3, "day"),
    (TENDER, "第二十一条", 15, "day"),
    (TENDER, "第二十二条", 2, "day"),
    (TENDER, "第二十二条", 10, "day"),
    (TENDER, "第二十二条", 3, "day"),
    (TENDER, "第五十四条", 3, "day"),
    (TENDER, "第六十条", 10, "day"),
    (TENDER, "第六十一条", 3, "workday"),
    (TENDER, "第六十一条", 30, "workday"),
    (PROCUREMENT, "第五十二条", 7, "workday"),
    (COMPLAINT, "第十条", 7, "workday"),
    (PROCUREMENT, "第五十三条", 7, "workday"),
    (COMPLAINT, "第十三条", 7, "workday"),
    ("《政府采购法实施条例》", "第五十二条", 3, "workday"),
    (PROCUREMENT, "第五十五条", 15, "workday"),
    (COMPLAINT, "第十七条", 15, "workday"),
    (COMPLAINT, "第二十一条", 5, "workday"),
    (COMPLAINT, "第二十一条", 3, "workday"),
    (COMPLAINT, "第二十一条", 8, "workday"),
    (COMPLAINT, "第二十二条", 5, "workday"),
    (PROCUREMENT, "第五十六条", 30, "workday"),
    (COMPLAINT, "第二十六条", 30, "workday"),
    (PROCUREMENT, "第五十七条", 30, "day"),
    (CREDIT, "第二十五条", 20, "day"),
    (CREDIT, "第二十六条", 30, "day"),
    (CREDIT, "第十六条", 5, "year"),
    (CIVIL_PROCEDURE, "第二百三十六条", 15, "day"),
    (CIVIL_PROCEDURE, "第二百三十六条", 10, "day"),
    (CIVIL_PROCEDURE, "第二百三十八条", 15, "day"),
    (ENFORCEMENT, "第二条", 3, "day"),
    (ENFORCEMENT, "第二条", 10, "day"),
    (EXECUTION, "第三条", 10, "day"),
    (EXECUTION, "第八条", 30, "day"),
    (EXECUTION, "第十七条", 15, "day"),
    (EXECUTION, "第十八条", 15, "day"),
    (MARKET, "第十五条", 7, "workday"),
    (MARKET, "第二十三条", 60, "day"),
    (MARKET, "第二十三条", 7, "workday"),
    (MARKET, "第十六条", 3, "year"),
    (MARKET, "第二十七条", 15, "workday"),
    (CONSUMER, "第四十六条", 7, "workday"),
    (CONSUMER, "第二十五条", 7, "day"),
    (CONSUMER, "第二十三条", 6, "month"),
    (BANK, "", 15, "day"),
    (BANK, "", 30, "day"),
    (CIVIL, "第六百二十一条", 2, "year"),
    (CIVIL, "第一百八十八条", 3, "year"),
    (CIVIL, "第一百八十八条", 20, "year"),
    (CIVIL, "第五百六十四条", 1, "year"),
    (CARS, "第二十八条", 10, "workday"),
    (CARS, "第二十八条", 20, "workday"),
    ("《仲裁法》（2025年修订）", "第七十二条", 3, "month"),
]
FIGURES = [
    (figure.authority, figure.number, figure.unit)
    for name in ALL
    for limit in course(name).limits.values()
    for figure in (*limit.periods, *([limit.extension] if limit.extension else []))
    if figure.number is not None
]


@pytest.mark.parametrize(("law", "article", "number", "unit"), LAWS)
def test_each_limit_of_the_law_is_in_the_data(law, article, number, unit):
    found = [figure for figure in FIGURES if figure[1:] == (number, unit)]
    assert any(re.search(f"{re.escape(law)}[^《]*{article}", authority) for authority, *_ in found)


@pytest.mark.parametrize(
    ("name", "limit", "number", "unit"),
    [
        ("enforcement_objection", "EN8", 30, "day"),
        ("bank_complaint_abc_fujian", "BK2", 30, "day"),
        ("consumer_12315_mediation", "CS6", 15, "workday"),
    ],
)
def test_each_extension_of_the_law_is_in_the_data(name, limit, number, unit):
    extension = course(name).limits[limit].extension
    assert (extension.number, extension.unit, extension.times) == (number, unit, 1)


@pytest.mark.parametrize(
    ("name", "law", "years"),
    [
        ("government_procurement_query", "《政府采购法》第四十二条", "至少十五年"),
        ("government_procurement_complaint", "《政府采购法》第四十二条", "至少十五年"),
        ("consumer_complaint_template", "《电子商务法》第三十一条", "不少于三年"),
        ("media_and_online_complaint_response", "第十七条", "不低于六年"),
    ],
)
def test_how_long_the_law_has_papers_kept(name, law, years):
    assert any(law in kept.authority and years in kept.keep for kept in course(name).archived)


# The laws that they cite


@pytest.mark.parametrize("name", ALL)
def test_each_law_on_a_page_has_its_dates(name):
    page = json.loads(call(name, "--json"))
    cited = json.dumps(
        [page["limits"], page["steps"], page["archived"], page["kinds"], page["recourse"]], ensure_ascii=False
    )
    there = {re.search("《(.*)》", law["name"])[1] for law in page["laws"]}
    named = set(re.findall(r"《(?:中华人民共和国)?([^《》]*(?:法|法典|条例|规定|解释))》(?!规程)", cited))
    named |= set(re.findall(r"《([^《》]*办法)》（[^）]*令", cited))
    assert named - there == set()
    assert flat(page["laws"][0]["name"] if page["laws"] else "") in flat(call(name))


def test_where_one_can_go_who_is_not_content():
    page = flat(call("bank_complaint_abc_fujian"))
    assert "向本机构的上一级机构书面申请核查：收到处理决定之日起30日内，BK3" in page
    told = json.loads(call("engineering_objection_a", "--json"))["recourse"]
    assert [(way["way"], way["source"]) for way in told][1:] == [("申请调解", "seed"), ("申请仲裁（起诉）", "seed")]
    assert "不服的去处" not in call("winery_customer_complaint")


def test_a_law_is_told_with_its_text_and_the_dates_of_its_being_in_force():
    page = flat(call("engineering_objection_a"))
    assert "《仲裁法》（2017年修正）2018-01-01起施行，适用到2026-02-28" in page
    assert "《招标投标法实施条例》2019年修订，2019-03-02起施行" in flat(call("tender_bidder_objection"))


def test_no_period_of_a_law_holds_while_the_law_is_not_in_force():
    checked = 0
    for name in ALL:
        for limit in course(name).limits.values():
            for period in limit.periods:
                for law in named_in(period.authority):
                    if (period.since or period.until) and len(named_in(period.authority)) == 1:
                        checked += 1
                        assert (period.since or law.since) >= law.since
                        assert law.until is None or (period.until and period.until <= law.until)
    assert checked > 8


def test_how_long_our_own_log_keeps_the_letters():
    page = flat(call("winery_customer_complaint"))
    assert "记入文书日志的投诉书：保管10年" in page and "国家档案局令第10号" in page
    retained = json.loads(call("government_procurement_query", "--json"))["retained"]
    assert [(row["kinds"], row["class"]) for row in retained] == [(["objection_notice", "disposition_reply"], "30年")]
    assert json.loads(call("cv_customer_complaint", "--json"))["retained"] == []


# Their files

MADE = """\
label: 样例程序
area: contract
roles:
  甲方: 提出
kinds: {}
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("area: contract", "area: moon", 2, "只能是 contract、construction"),
        ("甲方: 提出", "甲方: ''", 4, "不能空着"),
        ("roles:\n  甲方: 提出", "roles: [甲方]", 3, "键和值"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(tmp_path, monkeypatch, old, new, line, said):
    assert old in MADE
    (tmp_path / "procedures").mkdir()
    path = tmp_path / "procedures" / "made.yaml"
    path.write_text(MADE.replace(old, new), "utf-8")
    monkeypatch.setenv("OBJECTION_DOCS_CHECKS", str(tmp_path))
    with pytest.raises(DataFileError, match=said) as error:
        room.procedure("made")
    assert error.value.where == f"{path}:{line}"


# Text under text


@given(st.text("甲乙丙（）《》“”，。ab1 ", max_size=200), st.sampled_from(["", "  依据：", "  12. "]))
def test_text_hangs_under_its_beginning(text, start):
    first, *rest = hang(start, text, 40)
    assert first.startswith(start)
    assert max(map(width, [first, *rest])) <= 40
    assert all(line.startswith(" " * width(start)) for line in rest)
    assert flat("".join([first[len(start) :], *rest])) == flat(text)
