"""How limits stand, what a case may settle, and what is told of mistakes; through the command line where one can."""

import json
from datetime import datetime

import pytest
from click.testing import CliRunner
from made_cases import NOW, reckoned, told

from objection_docs import cli, deadlines
from objection_docs.errors import UsageError
from objection_docs.packs.courses import course
from objection_docs.packs.procedures import procedures

NOTICE = "contract_objection_notice"
WRITTEN = list(procedures())


def call(*words: str):
    return CliRunner().invoke(cli.main, ["deadline", *words])


# How limits stand


@pytest.mark.parametrize(
    ("now", "events", "code", "left"),
    [
        ("2026-03-02T09:00", {}, "open", 3),
        ("2026-03-05T23:59", {}, "open", 0),
        ("2026-03-06T00:00", {}, "overdue", -1),
        ("2026-03-10T09:00", {"acknowledged": "2026-03-05"}, "met", None),
        ("2026-03-10T09:00", {"acknowledged": "2026-03-06"}, "late", None),
        ("2026-03-04T09:00", {"withdrawn": "2026-03-03"}, "superseded", None),
        ("2026-03-04T09:00", {"withdrawn": "2026-03-03", "acknowledged": "2026-03-02"}, "met", None),
    ],
)
def test_the_state_of_a_limit(now, events, code, left):
    words = [f"{name}={day}" for name, day in ({"notice_received": "2026-02-27"} | events).items()]
    limit = told(NOTICE, *words, "--now", now)["CN2"]
    assert limit["last"]["day"] == "2026-03-05"
    assert (limit["state"], limit["days_left"]) == (code, left)


def test_the_letter_that_met_a_limit_is_named():
    by = told(NOTICE, "notice_received=2026-03-02", "acknowledged=2026-03-05")["CN2"]["by"]
    label = "确认函送达异议方"
    assert by == {"event": "acknowledged", "label": label, "letter": "acknowledgement", "at": "2026-03-05"}


def test_between_the_strict_and_the_lenient_day_one_is_at_risk():
    words = ("query_received=2026-09-16", "query_answered=2026-09-18", "--now", "2026-10-16T09:00")
    limit = told("government_procurement_query", *words)["GQ3"]
    assert (limit["state"], limit["days_left"]) == ("at_risk", -1)


def test_a_right_that_was_not_used_has_lapsed_a_duty_is_overdue():
    right = told("enforcement_objection", "ruling_served=2026-03-02", "--now", "2026-05-01")["EN6"]
    assert right["state"] == "lapsed"


def test_a_limit_without_its_start_waits_and_one_whose_start_is_to_come_is_projected():
    limits = told("engineering_objection_a", "found=2026-03-02", "--now", "2026-03-02")
    assert [limits[name]["state"] for name in ("EA1", "EA2", "EA3", "EA4", "EA5")] == [
        "open",
        "projected",
        "projected",
        "projected",
        "waiting",
    ]
    assert limits["EA4"]["start"] == {"label": "EA3（协商）的期限届满", "at": "2026-03-19", "projected": True}


def test_nobody_is_supposed_to_use_a_right_so_nothing_is_projected_from_it():
    limits = told("government_procurement_complaint", "query_received=2026-03-02")
    assert limits["GP1"]["last"]["day"] == "2026-04-01"
    assert limits["GP2"]["state"] == "waiting"


def test_a_pause_that_lasts_stops_the_clock_and_tells_what_is_left():
    words = ("complaint_accepted=2026-03-02", "examination_began=2026-03-09", "--now", "2026-06-01")
    limit = told("tender_bidder_complaint", *words)["TC4"]
    assert (limit["state"], limit["last"]) == ("paused", None)
    assert any("已用5个工作日，余25个工作日" in step for step in limit["steps"])


def test_a_pause_that_begins_after_the_end_changes_nothing():
    words = ("complaint_accepted=2026-03-02", "examination_began=2026-05-20", "--now", "2026-06-01")
    limit = told("tender_bidder_complaint", *words)["TC4"]
    assert (limit["state"], limit["last"]["day"]) == ("overdue", "2026-04-14")


def test_posting_in_time_is_in_time_only_where_the_law_says_so():
    court = {"ruling_served": "2026-03-02", "review_sent": "2026-03-12", "review_received": "2026-03-20"}
    assert reckoned("enforcement_objection", court)["EN6"].state.code == "met"
    contract = {"found": "2026-03-02", "objection_sent": "2026-03-05", "objection_received": "2026-03-06"}
    assert reckoned("engineering_objection_a", contract)["EA1"].state.code == "late"
    on_its_way = {"found": "2026-03-02", "objection_sent": "2026-03-05"}
    assert reckoned("engineering_objection_a", on_its_way, now=datetime(2026, 3, 6))["EA1"].state.code == "overdue"


def test_the_publicity_period_may_be_longer_but_not_shorter():
    begun = {"publicity_began": "2026-03-02"}
    limits = reckoned("tender_bidder_objection", begun)
    assert limits["TB7"].last.day.isoformat() == "2026-03-05"
    assert limits["TB4"].last == limits["TB7"].last
    codes = {
        day: reckoned("tender_bidder_objection", {**begun, "publicity_ended": day})["TB7"].state.code
        for day in ("2026-03-04", "2026-03-05", "2026-03-10")
    }
    assert codes == {"2026-03-04": "short", "2026-03-05": "met", "2026-03-10": "met"}


def test_a_late_objection_is_judged_by_the_stage_it_is_about():
    words = ("bids_close=2026-03-31", "publicity_began=2026-04-06", "publicity_ended=2026-04-09")
    words += ("objection_received=2026-04-08",)
    limits = told("tender_bidder_objection", *words, "--set", "subject=评标结果")
    assert (limits["TB4"]["state"], "TB2" in limits) == ("met", False)


def test_an_act_before_the_start_asks_for_a_look_at_the_dates():
    limit = told(NOTICE, "notice_received=2026-03-09", "acknowledged=2026-03-02")["CN2"]
    assert any("早于起算日，请核对" in step for step in limit["steps"])


def test_a_period_that_has_begun_runs_though_nobody_knows_its_end():
    limit = told("tender_bidder_objection", "opening_began=2026-03-02T09:00")["TB3"]
    assert (limit["state"], limit["last"], limit["days_left"]) == ("open", None, None)


def test_a_weekend_under_a_rule_of_holidays_only_has_two_readings():
    limit = told("consumer_12315_mediation", "accepted=2026-04-28")["CS4"]  # the 60th day is a Saturday
    assert (limit["safe"]["day"], limit["last"]["day"]) == ("2026-06-27", "2026-06-29")


def test_the_law_in_force_at_the_start_governs():
    old = told("consumer_12315_mediation", "accepted=2026-04-14")["CS4"]
    new = told("consumer_12315_mediation", "accepted=2026-04-15")["CS4"]
    assert (old["period"], new["period"]) == ("45个工作日", "60日")


def test_the_law_and_the_written_procedure_are_both_told_where_they_differ():
    limit = told("tender_agency_objection", "objection_received=2026-03-02", "handling_ended=2026-03-10")["TA3"]
    assert (limit["source"], limit["last"]["day"]) == ("law", "2026-03-05")
    assert [(b["source"], b["last"]["day"]) for b in limit["beside"]] == [("seed", "2026-03-13")]
    assert "处理结束" in limit["difference"]
    words = ("objection_received=2026-03-02", "handling_ended=2026-03-10", "--set", "project=voluntary")
    assert told("tender_agency_objection", *words)["TA3"]["source"] == "seed"


def test_an_hour_in_court_matters_starts_with_the_next_one_and_a_day_without_its_time_with_its_first():
    strict = reckoned("customer_objection_rapid_response", {"enquiry_received": "2026-03-02"})["RR1"]
    assert (strict.last.day.isoformat(), f"{strict.last.at}") == ("2026-03-03", "00:00:00")
    assert "从严" in strict.steps[0]


# What a case may settle


def test_a_contract_has_its_own_figure_and_start():
    limit = told(NOTICE, "notice_sent=2026-03-02", "--set", "CN2=3日@notice_sent")["CN2"]
    assert (limit["last"]["day"], limit["period"]) == ("2026-03-05", "3日")
    assert any("本案的约定" in step for step in limit["steps"])


def test_a_figure_can_be_agreed_where_the_law_does_not_govern_and_under_every_choice():
    words = ("handling_ended=2026-03-02", "--set", "TA3=5个工作日")
    assert told("tender_agency_objection", *words, "--set", "project=voluntary")["TA3"]["last"]["day"] == "2026-03-09"
    result = call("tender_agency_objection", *words)
    assert (result.exit_code, "法律规定的期限" in result.stderr) == (2, True)
    team = told(NOTICE, "team_received=2026-03-02", "--set", "reply_start=team", "--set", "CN4=3个工作日")
    assert team["CN4"]["last"]["day"] == "2026-03-05"


def test_a_late_reply_gives_no_later_safe_day():
    limit = told("government_procurement_query", "query_received=2026-09-16", "query_answered=2026-10-13")["GQ3"]
    assert limit["safe"] == limit["last"]
    assert not any("从严" in step for step in limit["steps"])


def test_a_word_of_the_law_leaves_the_figure_to_the_parties():
    words = ("goods_received=2026-03-02", "--set", "QE2=15日")
    assert told("quality_objection_enterprise", *words)["QE2"]["last"]["day"] == "2026-03-17"


def test_the_last_day_ends_with_business_where_there_are_hours():
    words = ("notice_received=2026-02-27", "--set", "hours=9:00—17:30")
    late = told(NOTICE, *words, "acknowledged=2026-03-05T18:00")["CN2"]
    assert (late["last"], late["state"]) == ({"day": "2026-03-05", "time": "17:30"}, "late")
    assert told(NOTICE, *words, "acknowledged=2026-03-05T17:30")["CN2"]["state"] == "met"
    assert any("第二百零三条第二款" in step for step in late["steps"])


def test_roll_over_can_be_agreed_away_in_a_contract_but_not_from_the_law():
    words = ("report_received=2026-03-07", "--set", "RR4=7日", "--set", "rollover=none")
    assert told("customer_objection_rapid_response", *words)["RR4"]["last"]["day"] == "2026-03-14"  # a Saturday
    law = told("pboc_credit_objection", "application_received=2026-09-15", "--set", "rollover=none")
    assert law["PB1"]["last"]["day"] == "2026-10-08"


def test_an_extension_lengthens_the_limit_and_gives_its_reason():
    review = told("enforcement_objection", "review_received=2026-03-02", "--extend", "EN8")["EN8"]
    assert review["last"]["day"] == "2026-05-06"  # 60 days end on 1 May
    assert any("院长批准" in step for step in review["steps"])
    longer = told("customer_objection_rapid_response", "report_received=2026-03-02", "--extend", "RR4=3日")["RR4"]
    assert longer["last"]["day"] == "2026-03-12"


def test_the_start_may_be_the_earliest_of_several_events():
    words = ("document_received=2026-03-04", "notice_period_ended=2026-03-02", "--set", "stage=采购文件")
    assert told("government_procurement_query", *words)["GQ1"]["start"]["at"] == "2026-03-02"


def test_a_time_with_a_zone_is_read_as_beijing_time():
    limit = told("customer_objection_rapid_response", "enquiry_received=2026-09-30T08:00+00:00")["RR1"]
    assert limit["last"] == {"day": "2026-10-01", "time": "16:00"}


# Mistakes of the caller


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["没有这个程序", "a=2026-03-01"], "没有名为“没有这个程序”的程序"),
        ([NOTICE, "notice_recieved=2026-03-01"], "是不是 notice_received"),
        ([NOTICE, "notice_received=2026-02-30"], "写得不对"),
        ([NOTICE, "notice_received=1026-02-20"], "年份 1026"),
        ([NOTICE, "notice_received"], "应写成 事件=2026-03-05"),
        ([NOTICE, "notice_received=2026-03-01", "notice_received=2026-03-02"], "给了两次"),
        ([NOTICE, "notice_received=2026-03-01", "收到异议通知=2026-03-02"], "给了两次"),
        ([NOTICE, "notice_received=2026-03-01", "--set", "CN9=3日"], "没有“CN9”这项设置"),
        ([NOTICE, "notice_received=2026-03-01", "--set", "CN2=三天"], "不是期限"),
        ([NOTICE, "notice_received=2026-03-01", "--set", "CN2=999年"], "太长"),
        ([NOTICE, "notice_received=2026-03-01", "--set", "CN2=3日@nowhere"], "没有“nowhere”这个事件"),
        ([NOTICE, "notice_received=2026-03-01", "--set", "CN2=3日@acknowledged"], "等它自己结束"),
        ([NOTICE, "notice_received=2026-03-01", "--set", "reply_start=other"], "没有“other”"),
        ([NOTICE, "notice_received=2026-03-01", "--set", "hours=9-17"], "业务时间“9-17”写得不对"),
        ([NOTICE, "notice_received=2026-03-01", "--set", "clock=business"], "请同时给出业务时间"),
        ([NOTICE, "notice_received=2026-03-01", "--set", "region=火星"], "没有地区“火星”的假日"),
        ([NOTICE, "notice_received=2026-03-01", "--extend", "CN2=3日"], "没有可以延长的规定"),
        ([NOTICE, "notice_received=2026-03-01", "--now", "昨天"], "--now 的时间"),
        (["pboc_credit_objection", "application_received=2026-03-01", "--set", "PB1=60日"], "法律规定的期限"),
        (["enforcement_objection", "review_received=2026-03-01", "--extend", "EN8=40日"], "每次最多延长 30日"),
        (
            ["enforcement_objection", "review_received=2026-03-01", "--extend", "EN8", "--extend", "EN8"],
            "最多延长 1 次",
        ),
        (["customer_objection_rapid_response", "report_received=2026-03-01", "--extend", "RR4"], "要写明延长多久"),
        (["customer_objection_rapid_response", "report_received=2026-03-01", "--extend", "RR4=3小时"], "同样按日"),
        (
            [
                "tender_bidder_complaint",
                "known=2026-03-02",
                "objection_filed=2026-03-05",
                "objection_answered=2026-03-03",
            ],
            "早于",
        ),
    ],
)
def test_a_mistake_is_told_in_chinese(words, said):
    result = call(*words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_what_cannot_be_agreed_away_names_the_article():
    known = course("pboc_credit_objection")
    with pytest.raises(UsageError, match="第二十五条第二款") as error:
        deadlines.reckon(known, deadlines.read(known, {}, {"PB1": "60日"}), NOW)
    assert error.value.code == "not_agreeable"


# What is shown


@pytest.mark.parametrize("procedure", WRITTEN)
def test_the_page_of_a_procedure_tells_all_its_limits_with_their_authority(procedure):
    known = course(procedure)
    shown = call(procedure).stdout
    for limit in known.limits.values():
        assert f"{limit.id}  {limit.label}" in shown
        assert all(period.authority and period.authority in shown for period in limit.periods)
    assert all(event in shown for event in known.events)


@pytest.mark.parametrize("procedure", WRITTEN)
def test_every_event_of_a_procedure_can_be_given_and_told(procedure):
    known = course(procedure)
    shown = call(procedure, *(f"{event}=2026-03-{n + 2:02}" for n, event in enumerate(known.events)))
    assert shown.exit_code == 0, shown.output
    assert known.label in shown.stdout


@pytest.mark.parametrize("procedure", WRITTEN)
def test_each_limit_belongs_to_a_step_and_each_event_is_used(procedure):
    known = course(procedure)
    stepped = {limit for step in known.steps for limit in step.limits}
    assert set(known.limits) == stepped
    used = {event for limit in known.limits.values() for p in limit.periods for event in p.start.events}
    used |= {name for limit in known.limits.values() for name in (limit.done, limit.until, *limit.ended_by)}
    used |= {name for limit in known.limits.values() for e in limit.excluded for name in (e.begin, e.end)}
    used |= {event.posted for event in known.events.values()}
    assert {event for event in known.events if event not in used and not known.events[event].letter} == set()


@pytest.mark.parametrize("procedure", WRITTEN)
def test_a_procedure_is_told_as_json_too(procedure):
    told_as = json.loads(call(procedure, "--json").stdout)
    assert list(told_as["limits"]) == list(course(procedure).limits)
    assert [step["label"] for step in told_as["steps"]] == [step.label for step in course(procedure).steps]


def test_every_procedure_has_its_steps_and_one_without_limits_says_so():
    assert [name for name in procedures() if not course(name).steps] == []
    result = call("customer_complaint_qms_sales", "a=2026-03-01")
    assert (result.exit_code, "没有写任何期限" in result.stderr) == (2, True)


def test_the_text_tells_the_last_day_the_state_and_what_waits():
    shown = call(NOTICE, "notice_received=2026-09-24", "--now", "2026-09-28").stdout
    assert "最后期限 2026年10月9日（周五）24:00  【进行中，还有11天】" in shown
    assert "10月1日至10月7日国庆节" in shown
    assert "调休上班、计入的周末：2026年10月10日（周六）" in shown
    assert "待 发现争议或异议" not in shown  # the notice is there: what came before it is done
    assert "放假安排已知 2004—2026 年" in shown


def test_the_answer_does_not_depend_on_the_clock_but_for_states():
    first, second = (
        reckoned(NOTICE, {"notice_received": "2026-09-24"}, now=now) for now in (NOW, datetime(2027, 1, 1))
    )
    assert [one.steps for one in first.values()] == [one.steps for one in second.values()]
    assert first["CN2"].state != second["CN2"].state
