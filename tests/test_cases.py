"""Cases through the command line: from the notice to the closing, and what a case makes of dates that disagree."""

import json
import re
from datetime import date, datetime, time, timedelta, timezone
from itertools import pairwise
from types import SimpleNamespace
from xml.etree import ElementTree

import icalendar
import pytest
from click.testing import CliRunner

from objection_docs import case_desk, desk, handover
from objection_docs.cli import main
from objection_docs.reports.timeline import Bar, Chart, Mark, render
from objection_docs.text import width

CONTRACT = "contract_objection_notice"
QUERY, COMPLAINT = "government_procurement_query", "government_procurement_complaint"


def run(*args, code=0):
    result = CliRunner().invoke(main, [str(arg) for arg in args])
    assert result.exit_code == code, result.output
    return SimpleNamespace(out=result.stdout, err=result.stderr, all=result.output)


def show(case, now):
    return json.loads(run("case", "show", case, "--now", now, "--json").out)


def limits(case, now, procedure=None):
    """Limit → (state, strict day) of a case's last procedure, or of the one named."""
    stages = show(case, now)["stages"]
    stage = next(one for one in reversed(stages) if procedure in (None, one["procedure"]))
    return {one["id"]: (one["state"], one["safe"]["day"] if one["safe"] else None) for one in stage["limits"]}


def due(now, within="0d"):
    found = json.loads(run("case", "due", "--within", within, "--now", now, "--json").out)
    return [(one["case"], one["id"], one["state"], one["days_left"]) for one in found]


@pytest.fixture
def office(home, tmp_path):
    """Calls as a clerk makes them; every letter is a sample with other dates."""

    def write(case, kind, procedure, **facts):
        given = desk.sample(kind, procedure) | facts
        path = tmp_path / "facts.json"
        path.write_text(json.dumps(given, ensure_ascii=False), "utf-8")
        out = tmp_path / f"{kind}.docx"
        log = ("--no-log",) if case is None else ("--case", case)
        said = run("generate", kind, path, "--procedure", procedure, *log, "-o", out).out
        return SimpleNamespace(path=out, number=said.split("编号：")[1].split()[0] if case else "")

    def receive(case, kind, procedure, **facts):
        """A letter that somebody else wrote, checked as it comes in."""
        path = write(None, kind, procedure, **facts).path
        return run("check", path, "--procedure", procedure, "--case", case, code=0)

    def event(case, told, source="登记簿"):
        return run("case", "event", case, told, "--source", source)

    return SimpleNamespace(write=write, receive=receive, event=event)


# One case of each of six procedures


def test_a_contract_case_from_notice_to_closing(office, tmp_path):
    office.receive("恒泰案", "objection_notice", CONTRACT, date="2026-03-05")
    first = show("恒泰案", "2026-03-06")
    assert first["last_letter"]["kind"] == "objection_notice"
    assert [one["event"] for one in first["stages"][0]["awaited"]] == ["notice_received"]
    assert (first["next"][0]["step"], first["next"][0]["who"]) == (
        "以挂号信、快递或电子邮件发送，电子邮件要有可查收的回执",
        "异议方",
    )

    written = office.write("恒泰案", "acknowledgement", CONTRACT, receipt_date="2026-03-06", date="2026-03-10")
    assert limits("恒泰案", "2026-03-11")["CN2"] == ("open", "2026-03-13")
    assert due("2026-03-11", "5d") == [("恒泰案", "CN2", "open", 2)]
    assert "已作出，送达日期未记" in run("case", "due", "--now", "2026-03-11").out
    assert "未知：确认函送达异议方（acknowledged）的日期" in run("case", "show", "恒泰案").out
    run("log", "service", written.number, "--method", "courier", "--tracking", "EA1CN", "--on", "2026-03-12")
    stage = show("恒泰案", "2026-03-16")["stages"][0]
    met = next(one for one in stage["limits"] if one["id"] == "CN2")
    assert (met["state"], met["by"]["at"], met["by"]["number"]) == ("met", "2026-03-12", written.number)

    assert show("恒泰案", "2026-03-16")["next"][0]["limit"] is None  # 成立处理小组: no figure
    office.event("恒泰案", "team_formed=2026-03-12")
    coming = show("恒泰案", "2026-03-16")["next"][0]
    assert (coming["step"], coming["limit"]["safe"]["day"], coming["limit"]["days_left"]) == (
        "调查并回复",
        "2026-03-20",
        4,
    )
    written = office.write("恒泰案", "disposition_reply", CONTRACT, receipt_date="2026-03-06", date="2026-03-19")
    run("log", "service", written.number, "--method", "hand", "--on", "2026-03-23")
    assert limits("恒泰案", "2026-03-24")["CN4"] == ("late", "2026-03-20")
    told = run("case", "show", "恒泰案", "--now", "2026-03-24").out
    for said in (
        "案件 恒泰案  进行中",
        f"在手：处理回复 {written.number}",
        "下一步：签署回复，面谈或电话沟通处理结果（双方）",
        f"已完成，但逾期：处理回复 {written.number}，2026-03-23",
        "期限：10个工作日。",
        "《民法典》第二百零一条第一款",
    ):
        assert said in told
    late = case_desk.late(now=datetime(2026, 3, 24, tzinfo=timezone.utc))
    assert [(one["case"], one["limit"], one["overdue"]) for one in late] == [("恒泰案", "CN4", False)]
    assert desk.show(late[0]["letter"]).number == written.number
    assert overdue_by("恒泰案", "2026-03-24") == {
        "按月逾期": {"2026-03": (1, 0)},
        "按期限逾期": {"异议通知与处理程序：完成调查并给予回复（异议处理小组）": (1, 0)},
    }

    drawn = tmp_path / "线.svg"
    assert run("case", "show", "恒泰案", "--now", "2026-03-24", "--timeline", drawn).err == f"时间线：{drawn}\n"
    words = [node.text for node in ElementTree.parse(drawn).iter("{http://www.w3.org/2000/svg}title")]
    assert {f"2026-03-19 处理回复 {written.number}", "2026-03-14—2026-03-15 周末"} <= set(words)
    assert "CN4 完成调查并给予回复 2026-03-06—2026-03-20 已完成，但逾期" in words

    run("log", "close", "恒泰案", "--on", "2026-03-25")
    closed = show("恒泰案", "2026-12-31")
    assert (closed["state"], closed["closed_on"], closed["next"]) == ("closed", "2026-03-25", [])
    assert due("2026-12-31", "99d") == [] and closed["running"] == []
    assert "已结案（2026-03-25）" in run("case", "show", "恒泰案").out
    assert "已经结案" in run("case", "event", "恒泰案", "replied=2026-03-20", "--source", "x", code=2).all
    assert run("log", "verify").out == "日志完好\n"


def test_an_engineering_case_goes_on_from_one_limit_to_the_next(office):
    a = "engineering_objection_a"
    office.write("厂房案", "objection_notice", a, date="2026-03-05")
    office.event("厂房案", "found=2026-03-03", "监理日志")
    office.event("厂房案", "objection_received=2026-03-06")
    assert limits("厂房案", "2026-03-09")["EA1"] == ("met", "2026-03-06")
    assert limits("厂房案", "2026-03-09")["EA2"] == ("open", "2026-03-11")
    written = office.write("厂房案", "disposition_reply", a, receipt_date="2026-03-06", date="2026-03-10")
    run("log", "service", written.number, "--method", "email", "--on", "2026-03-10")
    found = limits("厂房案", "2026-03-20")
    assert found["EA2"] == ("met", "2026-03-11") and found["EA3"] == ("overdue", "2026-03-19")
    assert found["EA4"] == ("open", "2026-03-26")  # starts as the negotiation ends, met or not
    assert [one["step"] for one in show("厂房案", "2026-03-16")["next"]] == ["协商"]
    office.event("厂房案", "settled=2026-03-19", "和解协议")
    assert limits("厂房案", "2026-03-20")["EA4"][0] == "superseded"
    assert show("厂房案", "2026-03-20")["next"] == []  # who has settled needs no mediation
    assert "不再需要：2026-03-19" in run("case", "show", "厂房案", "--now", "2026-03-20").out
    run("log", "close", "厂房案")
    assert show("厂房案", "2027-01-01")["running"] == []


def test_a_tender_case_with_an_objection_to_the_result(office):
    t = "tender_bidder_objection"
    run("case", "set", "标段一", f"procedure={t}", "subject=result")
    office.event("标段一", "publicity_began=2026-05-11", "公示网页")
    office.event("标段一", "publicity_ended=2026-05-14", "公示网页")
    assert limits("标段一", "2026-05-12")["TB4"] == ("open", "2026-05-14")
    assert "TB2" not in limits("标段一", "2026-05-12")
    office.write("标段一", "objection_notice", t, date="2026-05-12")
    office.event("标段一", "objection_received=2026-05-12")
    found = limits("标段一", "2026-05-13")
    assert found["TB4"][0] == "met" and found["TB5"] == ("open", "2026-05-15")
    office.write("标段一", "disposition_reply", t, receipt_date="2026-05-12", date="2026-05-15")
    assert limits("标段一", "2026-05-16")["TB5"] == ("met", "2026-05-15")
    run("log", "close", "标段一")
    assert json.loads(run("case", "list", "--closed", "--json").out)[0]["case"] == "标段一"


def test_a_procurement_case_goes_from_the_query_to_the_complaint(office):
    office.write("采购案", "objection_notice", QUERY, date="2026-06-12")
    office.event("采购案", "result_notice_ended=2026-06-08", "公告")
    office.write("采购案", "disposition_reply", QUERY, receipt_date="2026-06-12", date="2026-06-22")
    found = limits("采购案", "2026-06-23")
    assert found["GQ1"][0] == "met" and found["GQ2"] == ("open", "2026-06-24")  # its receipt isn't known
    office.write(
        "采购案", "complaint", COMPLAINT, date="2026-07-06", answer_date="2026-06-22", answer_received="2026-06-23"
    )
    both = show("采购案", "2026-07-08")
    assert both["procedures"] == [QUERY, COMPLAINT]
    query = {one["event"]: one for one in both["stages"][0]["events"]}
    assert query["query_answered"]["at"] == "2026-06-23" and query["query_answered"]["how"] == "receiver"
    assert query["complaint_sent"]["at"] == "2026-07-06"
    assert limits("采购案", "2026-07-08", QUERY)["GQ3"][0] == "met"

    office.write("采购案", "acknowledgement", COMPLAINT, receipt_date="2026-07-07", date="2026-07-09")
    found = limits("采购案", "2026-07-10")
    assert found["GP2"] == ("open", "2026-07-14") and found["GP6"] == ("open", "2026-08-18")
    office.event("采购案", "examination_began=2026-07-20")
    assert limits("采购案", "2026-07-21")["GP6"][0] == "paused"
    office.event("采购案", "examination_ended=2026-07-27")
    assert limits("采购案", "2026-07-28")["GP6"] == ("open", "2026-08-25")
    office.write("采购案", "disposition_reply", COMPLAINT, receipt_date="2026-07-07", date="2026-08-20")
    assert limits("采购案", "2026-08-21")["GP6"] == ("met", "2026-08-25")
    assert limits("采购案", "2026-08-21", QUERY)["GQ2"][0] == "met"  # the decision is no answer to the query
    run("log", "close", "采购案")


def test_a_credit_case(office):
    p = "pboc_credit_objection"
    office.receive("征信案", "objection_notice", p, date="2026-04-20")
    office.event("征信案", "application_received=2026-04-20", "窗口回执")
    assert limits("征信案", "2026-05-01")["PB1"] == ("open", "2026-05-11")  # the 10th is a Sunday
    written = office.write("征信案", "disposition_reply", p, receipt_date="2026-04-20", date="2026-05-08")
    run("log", "service", written.number, "--method", "registered", "--on", "2026-05-11")
    assert limits("征信案", "2026-05-12")["PB1"][0] == "met"
    run("log", "close", "征信案")
    assert show("征信案", "2026-06-01")["state"] == "closed"


def test_a_quality_case_with_an_agreed_period(office):
    q = "quality_objection_enterprise"
    office.write("电机案", "objection_notice", q, date="2026-04-21")
    office.event("电机案", "goods_received=2026-04-13", "送货单")
    run("case", "set", "电机案", "QE2=15日")
    assert limits("电机案", "2026-04-22")["QE2"] == ("open", "2026-04-28")  # on its way: it has to arrive
    written = office.write(
        "电机案", "acknowledgement", q, receipt_date="2026-04-23", notice_date="2026-04-21", date="2026-04-24"
    )
    found = limits("电机案", "2026-04-25")
    assert found["QE2"] == ("met", "2026-04-28") and found["QE1"][0] == "done"
    assert written.number in run("case", "show", "电机案", "--now", "2026-04-25").out
    office.write("电机案", "disposition_reply", q, receipt_date="2026-04-23", date="2026-05-06")
    assert show("电机案", "2026-05-07")["next"][0]["step"] == "仲裁或起诉"
    run("log", "close", "电机案")


@pytest.mark.parametrize("procedure", [CONTRACT, "tender_bidder_objection", COMPLAINT, "consumer_12315_mediation"])
def test_the_time_line_draws_any_case(office, procedure, tmp_path):
    run("case", "set", "<案&1>", f"procedure={procedure}")
    for n, event in enumerate(desk.course(procedure).events):
        day = (date(2026, 3, 2) + timedelta(days=3 * n)).isoformat()
        if n % 2 == 0:
            office.event("<案&1>", f"{event}={day}")
    drawn = tmp_path / "a.svg"
    run("case", "show", "<案&1>", "--now", "2026-03-20", "--timeline", drawn)
    picture = ElementTree.parse(drawn).getroot()
    left, right = 0, float(picture.get("viewBox").split()[2])
    places = [float(node.get("x")) for node in picture.iter() if node.get("x")]
    assert places and left <= min(places) and max(places) <= right
    assert picture.get("aria-label") == "案件 <案&1>"


def test_a_long_time_line_keeps_its_words_apart_and_inside():
    today = date(2027, 3, 1)
    marks = tuple(Mark(date(2024, 1, 15) + timedelta(days=90 * n), f"第{n}封") for n in range(13))
    picture = ElementTree.fromstring(render(Chart("长", today, (*marks, Mark(today, "今天")), ())))
    texts = [node for node in picture.iter() if node.tag.endswith("text")]
    months = sorted(float(node.get("x")) for node in texts if (node.text or "").endswith("月"))
    assert len(months) > 5 and min(b - a for a, b in pairwise(months)) >= 62
    for node in texts:
        if node.get("text-anchor") != "end":
            assert float(node.get("x")) <= 960 - 62, node.text


@pytest.mark.parametrize("ahead", [3, 200, 700])
@pytest.mark.parametrize("note", ["进行中", "已完成，但逾期，暂估"])
def test_the_words_of_a_bar_stand_neither_on_its_name_nor_outside(ahead, note):
    today = date(2026, 3, 17)
    end = today + timedelta(days=ahead)
    bars = tuple(
        Bar("QE3 通知质量不符的最长期间", start, end, end, "open", note) for start in (date(2026, 2, 20), today)
    )
    picture = ElementTree.fromstring(render(Chart("长", today, (Mark(date(2026, 2, 20), "收货"),), bars)))
    told = [node for node in picture.iter() if node.tag.endswith("text") and (node.text or "").endswith(note)]
    assert len(told) == 2
    for node in told:
        wide, x = width(node.text) * 6.3, float(node.get("x"))
        left = x - wide if node.get("text-anchor") == "end" else x
        assert left >= 250 - 4 and left + wide <= 960
        assert ("2028年" in node.text) == (end.year == 2028)


# What a clerk reads


def told(case, now):
    """The lines that tell where a case stands, above the reckonings."""
    return run("case", "show", case, "--now", now).out.split("（截至")[0]


def test_what_the_query_told_is_known_to_the_complaint(office):
    office.write("采购案", "objection_notice", QUERY, date="2026-06-12")
    office.event("采购案", "query_received=2026-06-12", "签收")
    written = office.write(
        "采购案", "disposition_reply", QUERY, notice_date="2026-06-12", receipt_date="2026-06-12", date="2026-06-16"
    )
    run("log", "service", written.number, "--method", "courier", "--on", "2026-06-17")
    assert "2026年7月9日（周四）24:00（稳妥日）  进行中，还有 21 天" in told("采购案", "2026-06-18")
    office.write(
        "采购案",
        "complaint",
        COMPLAINT,
        prior_date="2026-06-12",
        answer_date="2026-06-16",
        answer_received="2026-06-17",
        date="2026-07-13",
    )
    assert limits("采购案", "2026-07-14", QUERY)["GQ3"] == ("met", "2026-07-09")
    assert not {"GP0", "GP1"} & set(limits("采购案", "2026-07-14", COMPLAINT))  # told once
    assert "GP1" not in run("case", "show", "采购案", "--now", "2026-07-14").out
    events = {one["event"]: one for one in show("采购案", "2026-07-14")["stages"][1]["events"]}
    assert events["query_answered"]["at"] == "2026-06-17" and "的送达凭证" in events["query_answered"]["source"]
    # done after the day one had better have kept, and still in time: the day that decides is told
    assert "2026年7月15日（周三）24:00  已按期完成：投诉书" in told("采购案", "2026-07-14")


def test_what_the_objection_told_is_known_to_the_tender_complaint(office):
    t, c = "tender_bidder_objection", "tender_bidder_complaint"
    office.write("标段二", "objection_notice", t, date="2026-05-11")
    assert told("标段二", "2026-05-11").count("下一步：答复前暂停招标投标活动") == 1
    office.event("标段二", "objection_received=2026-05-11")
    assert "下一步：答复（招标人），不迟于 2026年5月14日" in told("标段二", "2026-05-12")
    office.event("标段二", "publicity_began=2026-05-09", "公示")
    assert "没有起算的日期\n  TB6  公示中标候选人：已完成（" in run("case", "show", "标段二", "--now", "2026-05-12").out
    office.write(
        "标段二", "disposition_reply", t, notice_date="2026-05-11", receipt_date="2026-05-11", date="2026-05-13"
    )
    assert "下一步" not in told("标段二", "2026-05-14")  # nothing is to be suspended any more
    office.write(
        "标段二", "complaint", c, prior_date="2026-05-11", answer_date="2026-05-13", answer_received="2026-05-13"
    )
    office.event("标段二", "known=2026-05-11", "公示网页")
    assert limits("标段二", "2026-05-14")["TC1"] == ("open", "2026-05-25")  # two days of the answer aren't counted
    said = told("标段二", "2026-05-14")
    assert "下一步：按职责分工受理并作出处理决定" in said and "TC1" in said
    assert re.search("TC1 .*进行中，还有 11 天（投诉书 .* 已作出，送达日期未记）", said)


def test_who_goes_on_to_mediation_is_not_late_with_talking(office, tmp_path):
    a = "engineering_objection_a"
    office.write("基础案", "objection_notice", a, date="2026-03-05")
    office.event("基础案", "objection_received=2026-03-06")
    written = office.write("基础案", "disposition_reply", a, receipt_date="2026-03-06", date="2026-03-11").number
    assert f"逾期：EA2 答复，确认是否接受异议内容（处理回复 {written} 已作出，送达日期未记）" in told(
        "基础案", "2026-03-13"
    )
    late = calendar(tmp_path / "a.ics", "基础案", "--now", "2026-03-13")["答复，确认是否接受异议内容"]
    assert str(late["summary"]).startswith("（已逾期）基础案：")
    assert f"状态：已逾期（处理回复 {written} 已作出，送达日期未记）" in late["description"]
    assert "说明：示范文本" in late["description"]
    run("log", "service", written, "--method", "email", "--on", "2026-03-11")
    assert limits("基础案", "2026-04-01")["EA3"][0] == "overdue"
    office.event("基础案", "mediation_applied=2026-03-25", "回执")
    found = limits("基础案", "2026-04-01")
    assert found["EA3"][0] == "superseded" and found["EA4"][0] == "met"
    said = told("基础案", "2026-04-01")
    assert "下一步（可以）：仲裁或起诉（任何一方）\n其后：履行裁决或判决" in said and "逾期" not in said


@pytest.mark.parametrize("written", ["2026-3-4", "2026/03/04", "2026年3月4日", " 2026.3.4 "])
def test_a_date_is_read_as_people_write_it_and_doubted_where_it_cannot_be(office, written):
    office.write("案", "objection_notice", CONTRACT, date="2026-03-05")
    office.event("案", f"收到异议通知={written}", "登记簿")
    assert received()["at"] == "2026-03-04"
    assert "注意：收到异议通知（2026-03-04）早于异议通知交寄（2026-03-05），请核对日期" in told("案", "2026-03-11")
    office.event("案", "收到异议通知=2026年3月6日 9:30", "更正")
    assert received()["at"] == "2026-03-06T09:30" and "请核对日期" not in told("案", "2026-03-11")
    office.event("案", "acknowledged=2026-03-05", "邮件")
    assert show("案", "2026-03-11")["stages"][0]["doubts"] == [
        "确认函送达异议方（2026-03-05）早于收到异议通知（2026-03-06）"
    ]


def test_nothing_is_to_be_done_promptly_after_what_has_not_happened(office):
    office.write("轴承案", "objection_notice", "quality_objection_enterprise", date="2026-03-05")
    office.event("轴承案", "goods_received=2026-02-20", "送货单")
    found = limits("轴承案", "2026-03-06")
    assert found["QE1"][0] == "waiting" and found["QE3"] == ("open", "2028-02-21")
    assert "QE1  登记并初步核实：待 收到质量异议" in run("case", "show", "轴承案", "--now", "2026-03-06").out


# Dates that disagree, and what is said by hand


@pytest.fixture
def acknowledged(office):
    """A notice of the 5th whose recipient says that it came on the 6th."""
    notice = office.write("案", "objection_notice", CONTRACT, date="2026-03-05")
    answer = office.write("案", "acknowledgement", CONTRACT, receipt_date="2026-03-06", date="2026-03-10")
    return SimpleNamespace(notice=notice.number, answer=answer.number)


def received(case="案", event="notice_received"):
    return next(one for one in show(case, "2026-03-11")["stages"][0]["events"] if one["event"] == event)


def test_the_surest_date_counts_and_the_others_are_told(acknowledged, office):
    assert (received()["at"], received()["reason"]) == ("2026-03-06", "")
    run("log", "service", acknowledged.notice, "--method", "courier", "--on", "2026-03-07")
    assert received()["at"] == "2026-03-07" and received()["reason"] == "有送达凭证的日期先于文书所写"
    assert [one["source"] for one in received()["others"]] == [f"确认函 {acknowledged.answer} 写明收到的日期"]
    office.event("案", "收到异议通知=2026-03-09T16:30", "收发室登记簿第12页")
    assert received()["at"] == "2026-03-09T16:30" and "收发室登记簿第12页" in received()["source"]
    assert [one["at"] for one in received()["others"]] == ["2026-03-07", "2026-03-06"]
    told = run("case", "show", "案").out
    assert "另有 2026-03-07：异议通知" in told and "用 2026-03-09T16:30：由人记入的日期先于文书所写" in told

    office.event("案", "notice_received=2026-03-08", "更正：看错一行")
    assert received()["at"] == "2026-03-08"
    run("case", "event", "案", "notice_received", "--withdraw", "--source", "登记簿另有其人")
    assert received()["at"] == "2026-03-07"
    assert "不用撤回" in run("case", "event", "案", "notice_received", "--withdraw", "--source", "x", code=2).all
    history = show("案", "2026-03-11")["history"]
    assert [one["errand"] for one in history] == ["event"] * 3 and all(one["who"] for one in history)


def test_of_two_letters_a_start_is_the_earlier_and_an_end_the_later(office):
    t = "tender_bidder_objection"
    office.write("案", "objection_notice", CONTRACT, date="2026-03-05")
    office.write("案", "objection_notice", CONTRACT, date="2026-03-03")
    assert received(event="notice_sent")["at"] == "2026-03-05"  # nothing starts with the sending
    assert "从严用较晚的" in received(event="notice_sent")["reason"]
    run("case", "set", "乙", f"procedure={t}")
    for day in ("2026-05-15", "2026-05-14"):
        office.write("乙", "disposition_reply", t, receipt_date="2026-05-12", date=day)
    assert received("乙", "answered")["at"] == "2026-05-15"
    for day in ("2026-05-14", "2026-05-12"):
        office.write("乙", "disposition_reply", t, receipt_date=day, date="2026-05-15")
    begun = received("乙", "objection_received")
    assert begun["at"] == "2026-05-12" and "从严用较早的" in begun["reason"]


def test_a_correction_moves_a_letter_to_another_case(acknowledged):
    run("log", "correct", acknowledged.answer, "--case", "别案", "--reason", "放错")
    assert [one["number"] for one in show("案", "2026-03-11")["letters"]] == [acknowledged.notice]
    assert [one["event"] for one in show("案", "2026-03-11")["stages"][0]["events"]] == ["notice_sent"]
    assert {one["case"] for one in json.loads(run("case", "list", "--json").out)} == {"案", "别案"}


def test_settings_and_extensions_are_entries_that_can_be_taken_back(acknowledged, office):
    run("case", "set", "案", "CN2=7个工作日", "hours=09:00-17:30")
    assert limits("案", "2026-03-11")["CN2"] == ("open", "2026-03-17")
    assert "17:30" in run("case", "show", "案", "--now", "2026-03-11").out
    run("case", "set", "案", "CN2=", "hours=")
    assert limits("案", "2026-03-11")["CN2"] == ("open", "2026-03-13")
    assert "没有可以延长的规定" in run("case", "extend", "案", "CN2=3日", "--source", "x", code=2).all

    run("case", "set", "丙", "procedure=enforcement_objection")
    limit = desk.course("enforcement_objection").limits["EN8"]
    office.event("丙", f"{limit.periods[0].start.events[0]}=2026-03-06")
    before = limits("丙", "2026-03-09")["EN8"][1]
    run("case", "extend", "丙", "EN8", "--source", "院长批准")
    assert "最多延长 1 次" in run("case", "extend", "丙", "EN8", "--source", "再批", code=2).all
    after = limits("丙", "2026-03-09")["EN8"][1]
    assert after > before and show("丙", "2026-03-09")["extensions"] == [{"limit": "EN8", "by": ""}]
    run("case", "extend", "丙", "EN8", "--withdraw", "--source", "批准作废")
    assert limits("丙", "2026-03-09")["EN8"][1] == before


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("event", "没有", "replied=2026-03-01", "--source", "x"), "日志里没有案件“没有”"),
        (("event", "没有", "replied=2026-03-01", "--source", "x"), "用 case set 没有 procedure=程序"),
        (("event", "案", "replied=2026-02-30", "--source", "x"), "写得不对"),
        (("event", "案", "replid=2026-03-01", "--source", "x"), "没有“replid”这个事件"),
        (("event", "案", "replied=2026-03-01", "--source", " "), "从哪里知道"),
        (("set", "案", "CN9=3日"), "没有“CN9”这项设置"),
        (("set", "案", "procedure=contract"), "没有名为“contract”的程序"),
        (("set", "新案", "CN2=3日"), "case set 新案 procedure=程序"),
        (("extend", "案", "ZZ1", "--source", "x"), "没有“ZZ1”这项期限"),
        (("due", "--within", "five"), "不是天数"),
        (("calendar", "-o", "x.ics"), "二者取一"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_entered(acknowledged, args, said):
    before = show("案", "2026-03-11")
    assert said in run("case", *args, code=2).all
    assert show("案", "2026-03-11") == before


def test_dates_that_contradict_each_other_are_refused(office):
    office.write("投诉案", "complaint", COMPLAINT, date="2026-07-06")
    office.event("投诉案", "complaint_received=2026-07-07")
    office.event("投诉案", "examination_began=2026-07-20")
    said = run("case", "event", "投诉案", "examination_ended=2026-07-10", "--source", "x", code=2).all
    assert "早于" in said
    assert limits("投诉案", "2026-07-21")["GP6"][0] == "paused"


def test_a_case_without_a_procedure_says_what_to_do(home, tmp_path):
    path = tmp_path / "来函.txt"
    path.write_text("异议函\n明远公司：\n三月一日到的货坏了，请更换。\n恒泰公司\n2026年3月5日\n", "utf-8")
    run("check", path, "--kind", "objection_notice", "--case", "案", code=1)
    assert "case set 案 procedure=程序" in run("case", "show", "案").out
    assert "case set 案 procedure=程序" in run("case", "event", "案", "x=2026-03-01", "--source", "x", code=2).all
    assert due("2026-03-11", "99d") == []
    run("case", "set", "案", f"procedure={CONTRACT}")
    assert received(event="notice_sent")["at"] == "2026-03-05"


def test_a_letter_written_without_a_procedure_brings_its_case_that_of_its_report(home, tmp_path):
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(desk.sample("objection_notice"), ensure_ascii=False), "utf-8")
    run("generate", "objection_notice", path, "--case", "案", "-o", tmp_path / "a.docx")
    letter = desk.search(case="案").entries[0]
    assert letter.procedure == desk.show(letter.id).report["procedure"] == CONTRACT
    told = show("案", "2026-03-06")
    assert told["procedures"] == [CONTRACT] and told["stages"][0]["limits"]
    run("case", "event", "案", "notice_received=2026-03-06", "--source", "EMS签收单")
    assert ("案", CONTRACT) in {
        (one["case"], one["procedure"])
        for one in json.loads(run("case", "due", "--within", "99d", "--now", "2026-03-07", "--json").out)
    }


def test_years_whose_days_off_are_unknown_are_marked(office):
    office.write("案", "objection_notice", CONTRACT, date="2027-03-01")
    office.event("案", "notice_received=2027-03-02")
    assert "暂估" in run("case", "due", "--now", "2027-03-03").out


def test_a_letter_entered_before_dates_were_noted_still_tells_them(acknowledged, monkeypatch, office):
    from objection_docs.archive import cases

    real = cases.one
    monkeypatch.setattr(cases, "one", lambda *args: without_dates(real(*args)))
    assert received()["at"] == "2026-03-06" and received(event="notice_sent")["at"] == "2026-03-05"


def without_dates(kept):
    kept.letters[:] = [letter._replace(dates=None) for letter in kept.letters]
    return kept


# Lists and the calendar


def overdue_by(case, day):
    """What the statistics say of limits not kept: table → label → done late, not done."""
    made = json.loads(handover.statistics("json", now=datetime.fromisoformat(f"{day}T09:00:00+08:00"), case=case))
    return {
        one["title"]: {row["label"]: tuple(row["counts"].values()) for row in one["rows"]}
        for one in made["tables"]
        if "逾期" in one["title"]
    }


def test_statistics_count_limits_of_the_cases_found_alone(acknowledged, office):
    office.write("急案", "objection_notice", CONTRACT, date="2026-03-01")
    office.event("急案", "notice_received=2026-03-02")
    assert overdue_by("急案", "2026-03-02") == {}
    assert overdue_by("急案", "2026-04-03")["按月逾期"] == {"2026-03": (0, 2)}
    run("log", "close", "急案")
    assert overdue_by("急案", "2026-04-03") == {}


def test_lists_are_sorted_by_what_is_most_urgent_and_can_be_narrowed(acknowledged, office):
    office.write("急案", "objection_notice", CONTRACT, date="2026-03-01")
    office.event("急案", "notice_received=2026-03-02")
    office.write("静案", "objection_notice", CONTRACT, date="2026-03-05")

    def names(*args):
        return [one["case"] for one in json.loads(run("case", "list", "--now", "2026-03-11", "--json", *args).out)]

    assert names() == ["急案", "案", "静案"]
    assert names("--due-within", "1d") == ["急案"]
    assert names("--due-within", "2天") == ["急案", "案"]
    assert names("--procedure", "engineering_objection_a") == []
    run("log", "close", "急案")
    assert names("--open") == ["案", "静案"] and names("--closed") == ["急案"]
    assert "共 2 件" in run("case", "list", "--open").err
    assert names("--limit", "1") == ["案"] and names("--limit", "1", "--offset", "1") == ["急案"]
    assert "共 3 件，下一页：--offset 2" in run("case", "list", "--limit", "2").err
    assert due("2026-03-11", "2d") == [("案", "CN2", "open", 2)]
    overdue = [one["case"] for one in case_desk.late(now=datetime(2026, 3, 21, tzinfo=timezone.utc)) if one["overdue"]]
    assert overdue == ["案", "案"]


def calendar(path, *args):
    run("case", "calendar", *args, "-o", path)
    data = path.read_bytes()
    assert all(len(line) <= 75 for line in data.split(b"\r\n")) and data.endswith(b"END:VCALENDAR\r\n")
    read = icalendar.Calendar.from_ical(data)
    assert read.to_ical() == data
    return {str(event["summary"]).split("：", 1)[1]: event for event in read.walk("VEVENT")}


def test_the_calendar_holds_each_limit_with_its_alarms(acknowledged, office, tmp_path):
    first = calendar(tmp_path / "a.ics", "案", "--now", "2026-03-11")
    limit = first["确认接收，书面回复确认函"]
    assert limit.start == date(2026, 3, 13) and limit.end == date(2026, 3, 14)
    assert [alarm["trigger"].dt for alarm in limit.walk("VALARM")] == [
        timedelta(days=-3, hours=9),
        timedelta(days=-1, hours=9),
        timedelta(hours=9),
    ]
    assert (
        "自2026年3月7日（周六）起计算" in limit["description"]
        and "《民法典》第二百零一条第一款" in limit["description"]
    )
    office.event("案", "acknowledged=2026-03-12")
    again = calendar(tmp_path / "b.ics", "案", "--now", "2026-03-13")["确认接收，书面回复确认函"]
    assert again["uid"] == limit["uid"] and again["sequence"] > limit["sequence"]
    assert not again.walk("VALARM") and str(again["summary"]).startswith("（已按期完成）")
    assert len({event["uid"] for event in first.values()}) == len(first)


def test_a_limit_with_a_time_is_a_moment_in_shanghai(acknowledged, tmp_path):
    run("case", "set", "案", "hours=09:00-17:30")
    found = calendar(tmp_path / "a.ics", "--all", "--now", "2026-03-11")["确认接收，书面回复确认函"]
    assert found.start.replace(tzinfo=None) == datetime(2026, 3, 13, 17, 30)
    assert found["dtstart"].params["TZID"] == "Asia/Shanghai"
    assert found.start.astimezone(timezone.utc).time() == time(9, 30)
    assert len(found.walk("VALARM")) == 2
