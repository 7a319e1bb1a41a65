"""Counting as such: a start and a number → the last day or moment, without law, words or state.

The day of the start isn't counted. A pause is a pair (begin, end): the days after `begin` up to and with `end` don't
count. All moments are Beijing time without a zone.
"""

import calendar as months
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

from objection_docs.workdays import Calendar

_DAY = timedelta(days=1)
Pauses = Sequence[tuple[date, date]]
Window = tuple[time, time]


def corresponding(start: date, number: int) -> date:
    """The same day of the month `number` months on (negative: back), else that month's last (民法典第二百零二条)."""
    year, month = divmod(start.year * 12 + start.month - 1 + number, 12)
    return date(year, month + 1, min(start.day, months.monthrange(year, month + 1)[1]))


def paused(day: date, pauses: Pauses) -> bool:
    return any(begin < day <= end for begin, end in pauses)


def last_day(start: date, number: int, unit: str, calendar: Calendar, pauses: Pauses = ()) -> date:
    """The last of `number` units after `start`, in workdays, days, months or years. Nothing is rolled over."""
    if unit in ("month", "year"):
        end = corresponding(start, number * (12 if unit == "year" else 1))
        return _with_pauses(start, end, pauses) if pauses else end
    if unit == "workday":
        if not pauses:
            return calendar.add_workdays(start, number)
        return _counted(start, number, lambda day: calendar.is_workday(day) and not paused(day, pauses))
    if not pauses:
        return start + timedelta(days=number)
    return _counted(start, number, lambda day: not paused(day, pauses))


def _counted(start: date, number: int, counts: Callable[[date], bool]) -> date:
    day = start
    while number > 0:
        day += _DAY
        number -= counts(day)
    return day


def _with_pauses(start: date, end: date, pauses: Pauses) -> date:
    """`end`, later by each paused day between."""
    owed = sum(paused(date.fromordinal(n), pauses) for n in range(start.toordinal() + 1, end.toordinal() + 1))
    while owed:
        end += _DAY
        owed -= not paused(end, pauses)
    return end


def before(end: date, number: int, unit: str, calendar: Calendar) -> date:
    """The day that lies `number` units before `end`: forward from it the count arrives at `end` again."""
    if unit in ("month", "year"):
        return corresponding(end, -number * (12 if unit == "year" else 1))
    if unit == "workday":
        return calendar.back_workdays(end, number)
    return end - timedelta(days=number)


def last_moment(
    start: datetime,
    number: int,
    unit: str,
    calendar: Calendar,
    pauses: Sequence[tuple[datetime, datetime]] = (),
    window: Window | None = None,
) -> datetime:
    """The end of `number` hours or minutes after `start`; with `window`, only those of business on working days."""
    left = timedelta(minutes=number * (60 if unit == "hour" else 1))
    stops = sorted(pauses)
    at = start
    while left > timedelta(0):
        stop = next(((begin, end) for begin, end in stops if end > at), None)
        if stop and stop[0] <= at:
            at = stop[1]
            continue
        horizon = stop[0] if stop else datetime.max
        if window is None:
            used = min(left, horizon - at)
        else:
            opens, closes = datetime.combine(at.date(), window[0]), datetime.combine(at.date(), window[1])
            if not calendar.is_workday(at.date()) or at >= closes:
                at = min(datetime.combine(at.date() + _DAY, time.min), horizon)
                continue
            if at < opens:
                at = min(opens, horizon)
                continue
            used = min(left, closes - at, horizon - at)
        at, left = at + used, left - used
    return at
