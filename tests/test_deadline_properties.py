"""Laws of counting: agreement with a count day by day, order, and the way back."""

from datetime import date, datetime, time, timedelta

import chinese_calendar
from hypothesis import given, settings
from hypothesis import strategies as st
from made_cases import last_day, last_moment, reckoned

from objection_docs.deadlines import count
from objection_docs.workdays import Calendar

DAY = timedelta(days=1)
DAYS = st.dates(date(2005, 1, 1), date(2025, 6, 30))
SOME = settings(max_examples=120, deadline=None)
PLAIN = Calendar()


def by_hand(start: date, number: int, counts) -> date:
    """The `number`-th day after `start` that counts, looked up one by one."""
    found, day = [], start
    while len(found) < number:
        day = day + DAY
        if counts(day):
            found.append(day)
    return found[-1]


def rolled(day: date) -> date:
    return day if chinese_calendar.is_workday(day) else rolled(day + DAY)


@SOME
@given(DAYS, st.integers(1, 90))
def test_working_days_agree_with_a_count_day_by_day(start, number):
    got = last_day("contract_objection_notice", "CN2", {"notice_received": start}, CN2=f"{number}个工作日")
    assert got == by_hand(start, number, chinese_calendar.is_workday)


@SOME
@given(DAYS, st.integers(1, 90))
def test_calendar_days_agree_with_a_count_day_by_day_and_roll_over(start, number):
    got = last_day("customer_objection_rapid_response", "RR4", {"report_received": start}, RR4=f"{number}日")
    assert got == rolled(by_hand(start, number, lambda _day: True))


@SOME
@given(DAYS, st.integers(0, 20), st.integers(0, 40))
def test_excluded_days_agree_with_a_count_day_by_day(known, wait, answered):
    filed = known + wait * DAY
    events = {"known": known, "objection_filed": filed, "objection_answered": filed + answered * DAY}
    nominal = by_hand(known, 10, lambda day: not filed < day <= filed + answered * DAY)
    assert last_day("tender_bidder_complaint", "TC1", events) == rolled(nominal)


@SOME
@given(DAYS, st.integers(0, 50), st.integers(0, 60))
def test_excluded_working_days_agree_with_a_count_day_by_day(accepted, wait, took):
    began = accepted + wait * DAY
    ended = began + took * DAY
    events = {"complaint_accepted": accepted, "examination_began": began, "examination_ended": ended}
    counts = lambda day: chinese_calendar.is_workday(day) and not began < day <= ended  # noqa: E731
    assert last_day("tender_bidder_complaint", "TC4", events) == by_hand(accepted, 30, counts)


@SOME
@given(st.dates(date(2005, 1, 1), date(2022, 6, 30)), st.integers(1, 36))
def test_months_end_on_the_same_day_or_the_last_of_the_month(start, number):
    got = last_day("property_customer_complaint", "PR1", {"complaint_received": start}, PR1=f"{number}个月")
    first = date(start.year + (start.month - 1 + number) // 12, (start.month - 1 + number) % 12 + 1, 1)
    month = [first + n * DAY for n in range(31) if (first + n * DAY).month == first.month]
    assert got == rolled(next((day for day in month if day.day == start.day), month[-1]))


@settings(max_examples=40, deadline=None)
@given(st.datetimes(datetime(2024, 1, 1), datetime(2025, 6, 1)), st.integers(1, 20))
def test_business_hours_agree_with_a_count_of_five_minutes_each(start, number):
    start = start.replace(minute=start.minute // 5 * 5, second=0, microsecond=0)
    opens, closes = time(9, 0), time(17, 30)
    left, at = number * 12, start
    while left:
        left -= opens <= at.time() < closes and chinese_calendar.is_workday(at.date())
        at += timedelta(minutes=5)
    got = last_moment(
        "customer_objection_rapid_response",
        "RR1",
        {"enquiry_received": start},
        RR1=f"{number}小时",
        hours="09:00-17:30",
        clock="business",
    )
    assert got == at


@SOME
@given(DAYS, st.integers(0, 40), st.integers(0, 80), st.sampled_from(["workday", "day", "month", "year"]))
def test_a_later_start_never_ends_earlier(start, later, number, unit):
    number = number % 20 if unit == "year" else number
    first, second = (count.last_day(day, number, unit, PLAIN) for day in (start, start + later * DAY))
    assert first <= second
    assert PLAIN.next_workday(first) <= PLAIN.next_workday(second)


@SOME
@given(DAYS, st.integers(0, 80), st.integers(0, 40), st.sampled_from(["workday", "day", "month"]))
def test_a_longer_limit_never_ends_earlier(start, number, more, unit):
    pauses = [(start + 3 * DAY, start + 9 * DAY)]
    assert count.last_day(start, number, unit, PLAIN, pauses) <= count.last_day(
        start, number + more, unit, PLAIN, pauses
    )


@SOME
@given(DAYS, st.integers(0, 60), st.integers(0, 30), st.sampled_from(["workday", "day", "month"]))
def test_a_pause_never_makes_a_limit_shorter_and_never_owes_more_than_it_lasted(start, wait, lasts, unit):
    pause = (start + wait * DAY, start + (wait + lasts) * DAY)
    without, paused = (count.last_day(start, 20, unit, PLAIN, pauses) for pauses in ((), [pause]))
    assert without <= paused
    assert unit == "workday" or (paused - without).days <= lasts


@SOME
@given(DAYS, st.integers(1, 60), st.sampled_from(["workday", "day"]))
def test_counting_back_is_the_inverse_of_counting_on(end, number, unit):
    end = PLAIN.next_workday(end) if unit == "workday" else end
    back = count.before(end, number, unit, PLAIN)
    assert count.last_day(back, number, unit, PLAIN) == end
    assert count.last_day(back - DAY, number, unit, PLAIN) <= end


@SOME
@given(DAYS, st.integers(1, 60), st.times(), st.sampled_from(["个工作日", "日", "个月"]))
def test_the_strict_reading_is_never_later_than_the_lenient_one(closes, number, at, unit):
    events = {"bids_close": datetime.combine(closes, at.replace(second=0, microsecond=0))}
    limit = reckoned("tender_bidder_objection", events)["TB2"]
    assert limit.safe < limit.last
    assert (closes - limit.safe.day).days == 11
    assert (closes - limit.last.day).days == 10


@SOME
@given(DAYS)
def test_what_is_due_on_its_last_day_is_in_time_and_a_day_later_is_not(start):
    procedure, done = "contract_objection_notice", "acknowledged"
    last = last_day(procedure, "CN2", {"notice_received": start})
    codes = [reckoned(procedure, {"notice_received": start, done: day})["CN2"].state.code for day in (last, last + DAY)]
    assert codes == ["met", "late"]
