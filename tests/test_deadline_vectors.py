"""The golden dates: computed by hand from two independent calendars, kept in tests/deadlines/."""

import re
from datetime import date, datetime
from pathlib import Path

import pytest
import yaml
from made_cases import last_moment, reckoned, told

from objection_docs.packs.courses import UNITS, course
from objection_docs.packs.procedures import procedures

HERE = Path(__file__).resolve().parent / "deadlines"
GOLDEN = yaml.safe_load((HERE / "vectors.yaml").read_text("utf-8"))
TABLES = (HERE / "deadlines.md").read_text("utf-8")
#: Rule of a vector → procedure, limit, the event that starts it.
RULES = {
    "CN2": ("contract_objection_notice", "CN2", "notice_received"),
    "CN4": ("contract_objection_notice", "CN4", "notice_received"),
    "GP-reply": ("government_procurement_query", "GQ2", "query_received"),
    "EA1": ("engineering_objection_a", "EA1", "found"),
    "EA4": ("engineering_objection_a", "EA4", "answered"),
    "12315-accept": ("consumer_12315_mediation", "CS3", "complaint_received"),
    "TB5": ("tender_bidder_objection", "TB5", "objection_received"),
    "credit-25": ("pboc_credit_objection", "PB1", "application_received"),
    "enforcement-236": ("enforcement_objection", "EN5", "objection_received"),
    "GP5": ("government_procurement_complaint", "GP5", "suspended"),
    "PR1": ("property_customer_complaint", "PR1", "complaint_received"),
    "GP1": ("government_procurement_complaint", "GP1", "query_received"),
    "EB3": ("engineering_objection_b", "EB3", "responded"),
    "bank-15": ("bank_complaint_abc_fujian", "BK2", "complaint_received"),
    "samr-60": ("consumer_12315_mediation", "CS4", "accepted"),
    "samr-old-45wd": ("consumer_12315_mediation", "CS4", "accepted"),
}
#: Where a limit starts at the end of another, the day that makes that one end on the start of the vector.
BEFORE = {("EA4", "2026-12-18"): ("EA3", "2026-12-09"), ("GP1", "2026-09-21"): ("GP0", "2026-09-11")}


@pytest.mark.parametrize("vector", GOLDEN["vectors"], ids=lambda v: f"{v['rule']} {v['start']}")
def test_the_last_day_of_a_golden_vector(vector):
    procedure, limit, event = RULES[vector["rule"]]
    before, start = BEFORE.get((vector["rule"], vector["start"]), (None, vector["start"]))
    answer = told(procedure, f"{event}={start}")
    if before:
        assert answer[before]["last"]["day"] == vector["start"]
    assert answer[limit]["last"] == {"day": vector["deadline"], "time": "24:00"}
    assert answer[limit]["provisional"] is False
    period = re.match(r"(\d+)(.+)", answer[limit]["period"])
    units = {"working_days": "个工作日", "days": "日", "months": "个月"}
    assert (int(period[1]), period[2]) == (vector["number"], units[vector["unit"].split(" ")[0]])
    named = f"周{vector['weekday']}"
    assert any(named in step and "最后期限" in step for step in answer[limit]["steps"])


def test_the_vectors_and_the_table_of_golden_dates_are_the_same():
    rows = re.findall(r"^\| (\S+) \| (\d{4}-\d\d-\d\d) \| (\d+) \| [^|]+ \| (\d{4}-\d\d-\d\d) \(.\) \|", TABLES, re.M)
    listed = {(v["rule"], v["start"], str(v["number"]), v["deadline"]) for v in GOLDEN["vectors"]}
    assert set(rows) == listed


def test_the_chain_of_the_credit_table_and_the_statutory_end_beside_it():
    golden = GOLDEN["credit_table_chain"][0]
    answer = told("financial_institution_credit_objection", f"application_received={golden['start']}")
    assert {step["limit"]: step["latest"] for step in golden["chain"]} == {
        step["limit"]: answer[step["limit"]]["last"]["day"] for step in golden["chain"]
    }
    assert answer["FI10"]["last"]["day"] == golden["statutory_20_days"]
    cap = {"limit": "FI10", "last": {"day": golden["statutory_20_days"], "time": "24:00"}, "exceeded": True}
    assert answer["FI8"]["cap"] == cap
    assert answer["FI8"]["safe"] == cap["last"]


def test_the_credit_chain_without_a_holiday_in_the_way():
    golden = GOLDEN["credit_table_chain"][1]
    answer = told("financial_institution_credit_objection", "application_received=2026-03-02")
    assert answer["FI8"]["last"]["day"] == golden["FI8"]
    assert answer["FI10"]["last"]["day"] == golden["statutory_20_days"]
    assert (date.fromisoformat(golden["FI8"]) - date(2026, 3, 2)).days == golden["calendar_days_used"]


def test_a_complaint_runs_from_the_end_of_the_reply_period_and_early_replies_have_a_safe_day():
    received, ends, latest, safe = GOLDEN["procurement_chain"].values()
    answer = told("government_procurement_query", f"query_received={received}", "query_answered=2026-09-18")
    assert answer["GQ2"]["last"]["day"] == ends
    assert answer["GQ3"]["last"]["day"] == latest
    assert answer["GQ3"]["safe"]["day"] == safe
    unanswered = told("government_procurement_query", f"query_received={received}")
    assert unanswered["GQ3"]["last"]["day"] == unanswered["GQ3"]["safe"]["day"] == latest


def test_the_time_of_answering_an_objection_is_not_counted():
    golden = GOLDEN["tender_complaint_excluded_period"]
    events = {
        "known": golden["knew"],
        "objection_filed": golden["objection filed"],
        "objection_answered": golden["answer received"],
    }
    answer = told("tender_bidder_complaint", *(f"{name}={day}" for name, day in events.items()))
    assert answer["TC1"]["last"]["day"] == golden["deadline"]
    assert any("异议答复期间" in step and "第六十条第二款" in step for step in answer["TC1"]["steps"])


def test_a_backward_limit_has_a_strict_and_a_lenient_reading():
    closes = GOLDEN["backward"]["bid_deadline"]
    closes = closes.isoformat(timespec="minutes") if isinstance(closes, datetime) else closes
    lenient, strict = GOLDEN["backward"]["TB2 10日前"].values()
    lenient = lenient.isoformat(timespec="minutes") if isinstance(lenient, datetime) else lenient
    limit = told("tender_bidder_objection", f"bids_close={closes}")["TB2"]
    assert f"{limit['last']['day']}T{limit['last']['time']}" == lenient
    assert f"{limit['safe']['day']}T{limit['safe']['time']}" == strict


def test_hours_run_on_through_a_holiday():
    events = {"enquiry_received": datetime(2026, 9, 30, 16)}
    assert last_moment("customer_objection_rapid_response", "RR1", events) == datetime(2026, 10, 1, 16)


@pytest.mark.parametrize(("start", "ends"), [("receipt", "17:30 18:30 18:30"), ("chained", "17:30 19:30 21:30")])
def test_hours_side_by_side_or_one_after_the_other(start, ends):
    answer = told("food_customer_complaint_form", "complaint_received=2026-11-06T16:30", "--set", f"start={start}")
    assert " ".join(answer[limit]["last"]["time"] for limit in ("FC1", "FC2", "FC3")) == ends


def test_what_ends_after_the_known_years_is_provisional_and_says_what_would_change_it():
    limit = told("contract_objection_notice", "notice_received=2026-12-25")["CN2"]
    assert limit["provisional"] is True
    assert limit["last"]["day"] == "2027-01-04"  # 1 January is off by the act itself
    assert any("暂估" in step and "2027年" in step for step in limit["steps"])
    assert told("contract_objection_notice", "notice_received=2026-12-21")["CN2"]["provisional"] is False


# The table of every limit of the seeds


def rows_with_figures():
    """id, procedure, number and unit of each limit that the seeds give a figure for."""
    units = {"工作日": "workday", "日": "day", "小时": "hour", "月": "month", "分钟": "minute"}
    for row in re.findall(r"^\| ([A-Z]{2}\d+) \| (\w+) \| [^|]+ \| ([^|]+) \|", TABLES, re.M):
        found = re.match(r"(\d+) (工作日|日|小时|月|分钟)(?! “每)", row[2])
        if found and "recurring" not in row[2] and row[0] != "CS1":  # an anecdote of two hours
            yield row[0], row[1], int(found[1]), units[found[2]]


#: In the table under one number, in the data as two readings of it or as an extension.
ELSEWHERE = {"RR6": ("customer_objection_rapid_response", 7, "day")}


@pytest.mark.parametrize("row", [row for row in rows_with_figures() if row[1] in procedures()], ids=lambda row: row[0])
def test_each_figure_of_the_seeds_is_in_the_data(row):
    name, procedure, number, unit = row
    procedure, number, unit = ELSEWHERE.get(name, (procedure, number, unit))
    periods = course(procedure).limits[name].periods
    assert (number, unit) in {(period.number, period.unit) for period in periods}


def test_the_table_is_read():
    assert len(list(rows_with_figures())) >= 45
    assert set(UNITS) >= {row[3] for row in rows_with_figures()}
    assert len([row for row in rows_with_figures() if row[1] in procedures()]) >= 40


def test_an_event_is_known_by_its_label_too():
    by_label = reckoned("contract_objection_notice", {"收到异议通知": "2026-09-24"})
    assert by_label["CN2"].last.day == date(2026, 10, 9)
