"""The rooms behind cases: what a letter tells of dates, what the log gives of cases, limits of many cases at once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from objection_docs import case_desk, deadlines, folders
from objection_docs.archive import Archive, about_case, cases
from objection_docs.checking import dates
from objection_docs.checking.told_dates import told
from objection_docs.deadlines.case import Case
from objection_docs.deadlines.watch import RUNNING, Watch, runs
from objection_docs.errors import DataFileError, UsageError
from objection_docs.packs import letter_dates
from objection_docs.packs.courses import Course, course
from objection_docs.packs.procedures import procedures

NOW = datetime(2026, 3, 11, 1, tzinfo=timezone.utc)


# What a letter tells


def report(quote, day="2026-03-10", status="present"):
    return {"fields": {"date": day}, "elements": [{"id": "receipt_date", "status": status, "quote": quote}]}


@pytest.mark.parametrize(
    ("quote", "day"),
    [
        ("2026年3月6日签收", "2026-03-06"),
        ("二〇二六年三月六日收悉", "2026-03-06"),
        ("3月6日上午由前台签收", "2026-03-06"),
        ("三月初六日收到", "2026-03-06"),
        ("12月30日收到", "2025-12-30"),
        ("4月6日收到", None),  # eleven months before the letter: rather a slip
        ("2月30日收到", None),
        ("当日收到", None),
    ],
)
def test_the_day_of_receipt_is_read_from_its_element(quote, day):
    assert told("acknowledgement", report(quote)).get("receipt_date") == day


def test_an_element_that_is_not_there_tells_nothing():
    assert told("acknowledgement", report("2026年3月6日", status="vague")) == {"date": "2026-03-10"}
    assert told("", {"verdict": "unreadable"}) == {}


def test_facts_come_before_what_was_read():
    facts = {"date": "2026年3月11日", "receipt_date": "2026-03-07", "notice_date": "", "prior_date": "2026-01-01"}
    assert told("acknowledgement", report("2026年3月6日"), facts) == {
        "date": "2026-03-11",
        "receipt_date": "2026-03-07",
    }


@given(st.dates(date(2000, 1, 1), date(2080, 12, 31)), st.integers(0, 180))
def test_a_day_without_a_year_is_the_last_one_up_to_the_letter(written, before):
    day = written - timedelta(days=before)
    assert dates.parse_before(f"{day.month}月{day.day}日收到", written) == day


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("acknowledgment: []", "acknowledgment"),
        ("complaint:\n  - {fact: a, of: [notice], at: date}", "没有这种文书"),
        ("complaint:\n  - {fact: a, of: [complaint], at: day}", "只能是 date、receipt"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_line(tmp_path, written, said):
    path = tmp_path / "letter_dates.yaml"
    path.write_text(written, "utf-8")
    with pytest.raises(DataFileError, match=said):
        letter_dates.read(path)


# What the log gives


@pytest.fixture
def archive(home):
    with Archive(home) as opened:
        yield opened


def enter(archive, case, kind="objection_notice", **details):
    return archive.add(at=NOW, errand="check", kind=kind, case_id=case, verdict="complete", details=details or None)


def turn(archive, case, errand, **details):
    archive.note(at=NOW, errand=errand, about=about_case(case), details=details, case=case)


def test_a_closed_case_is_left_out_until_it_is_opened_again(archive):
    enter(archive, "甲"), enter(archive, "乙"), enter(archive, "")
    turn(archive, "甲", "close", on="2026-03-11")
    turn(archive, "丙", "set", set={"procedure": "x"})
    assert [one.case for one in cases.each(archive, still_open=True)] == ["乙", "丙"]
    assert {one.case: one.closed for one in cases.each(archive)} == {"甲": date(2026, 3, 11), "乙": None, "丙": None}
    turn(archive, "甲", "reopen", reason="x")
    assert {one.case for one in cases.each(archive, still_open=True)} == {"甲", "乙", "丙"}
    assert cases.one(archive, "丁") is None and cases.one(archive, "") is None


def test_of_several_proofs_of_service_the_last_that_tells_a_day_counts(archive):
    letter = enter(archive, "甲", dates={"date": "2026-03-05"})
    for details in ({"on": "2026-03-06"}, {"on": "2026-03-07"}, {"tracking": "EA1"}):
        archive.note(at=NOW, errand="service", about=letter.id, details={"method": "hand"} | details)
    (found,) = cases.one(archive, "甲").letters
    assert (found.received, found.dates) == ("2026-03-07", {"date": "2026-03-05"})


def test_one_case_is_what_it_is_among_all(archive):
    for name in ("甲", "乙", "甲"):
        enter(archive, name, dates={"date": "2026-03-05"})
        turn(archive, name, "event", event="replied", at="2026-03-10", source="x")
    assert [cases.one(archive, one.case) for one in cases.each(archive)] == list(cases.each(archive))


# Many cases at once

COURSES = [course(name) for name in procedures() if course(name).limits]
#: So few that the same day comes again and again, of one event or another: a Friday, a Saturday, a Monday at 15:00.
DAYS = ("2026-02-27", "2026-03-07", "2026-03-09T15:00")
EXTRA = ({}, {}, {"rollover": "none"}, {"hours": "09:00-17:00"}, {"hours": "09:00-16:00", "clock": "business"})


def some_cases(known: Course, random: Random, number: int = 120) -> Iterator[Case]:
    """Cases of one procedure, alike in much: what is reckoned of one must never be told of another."""
    for _ in range(number):
        events = {name: random.choice(DAYS) for name in known.events if random.random() < 0.6}
        chosen = {name: random.choice(list(one.choices)) for name, one in known.settings.items()}
        yield deadlines.read(known, events, chosen | random.choice(EXTRA))


def brief(limits):
    """All but the steps in words, which a list does not show."""
    return [replace(one, steps=()) for one in limits]


@settings(max_examples=2, deadline=None)
@given(st.integers(0, 10_000))
def test_watching_many_gives_what_reckoning_each_gives(seed):
    watch, random = Watch(NOW), Random(seed)
    for known, case in ((one, case) for one in COURSES for case in some_cases(one, random)):
        try:
            each = deadlines.reckon(known, case, NOW)
        except UsageError:
            continue  # dates that contradict each other are refused before
        assert brief(watch.limits(known, case)) == brief(each)
        assert brief(watch.running(known, case)) == brief(one for one in each if runs(one))
        assert all(one.state.code in RUNNING for one in watch.running(known, case))


def test_what_is_due_follows_edited_rules_and_new_entries_at_once(home, tmp_path, monkeypatch):
    with Archive(home) as archive:
        turn(archive, "甲", "set", set={"procedure": "contract_objection_notice"})
        turn(archive, "甲", "event", event="notice_received", at="2026-03-06", source="x")

    def confirm_by():
        found = [one.limit for one, _ in case_desk.due(now=NOW, home=home)]
        return [one.last.day for one in found if one.limit.id == "CN2"]

    assert confirm_by() == [date(2026, 3, 13)]
    (tmp_path / "own" / "procedures").mkdir(parents=True)
    ours = folders.folder("checks") / "procedures" / "contract_objection_notice.yaml"
    edited = ours.read_text("utf-8").replace(
        "number: 5, unit: workday, from: notice_received", "number: 3, unit: day, from: notice_received"
    )
    (tmp_path / "own" / "procedures" / ours.name).write_text(edited, "utf-8")
    monkeypatch.setenv("OBJECTION_DOCS_CHECKS", str(tmp_path / "own"))
    assert confirm_by() == [date(2026, 3, 9)]
    with Archive(home) as archive:
        turn(archive, "甲", "event", event="notice_received", at="2026-03-10", source="x")
    assert confirm_by() == [date(2026, 3, 13)]
    monkeypatch.delenv("OBJECTION_DOCS_CHECKS")
    assert confirm_by() == [date(2026, 3, 17)]
