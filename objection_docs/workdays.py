"""Working days of the People's Republic: which days are off and why, moved working weekends included (chinesecalendar).

A `Calendar` lays arrangements (a further year, an estimate of one, the days of a region) over what chinesecalendar
knows; `is_workday` and `add_workdays` ask the plain one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property

WEEKDAYS = "一二三四五六日"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The days off of one `year`, or those that a `region` has beyond them.

    `off`: day → name of the holiday; `work`: Saturdays and Sundays that are working days. `estimated`: the State
    Council's notice of that year isn't known, only what the holidays act itself fixes.
    """

    off: Mapping[date, str]
    work: frozenset[date] = frozenset()
    year: int = 0
    region: str = ""
    estimated: bool = False
    source: str = ""


@dataclass(frozen=True, eq=False)
class Calendar:
    """Days off by day. Beyond the known years: the estimate if there is one, else Saturdays and Sundays."""

    arrangements: tuple[Arrangement, ...] = ()
    region: str = ""
    _years: dict[int, dict[date, str]] = field(default_factory=dict, repr=False)

    def off(self, day: date) -> str:
        """Why `day` is off: the holiday's name, 周六 or 周日; empty for a working day."""
        year = self._years.get(day.year)
        if year is None:
            year = self._years[day.year] = self._read(day.year)
        return year.get(day, "")

    def is_workday(self, day: date) -> bool:
        return not self.off(day)

    def is_moved(self, day: date) -> bool:
        """Whether `day` is a Saturday or Sunday on which one works (调休)."""
        return day.weekday() >= 5 and not self.off(day)

    def known(self, year: int) -> bool:
        """Whether the arrangement of `year` was announced and is here."""
        return year in self.known_years

    @cached_property
    def known_years(self) -> tuple[int, ...]:
        own = {a.year for a in self.arrangements if a.year and not a.estimated}
        return tuple(sorted(own | set(_announced())))

    def add_workdays(self, start: date, number: int) -> date:
        """The last of `number` working days after `start`."""
        day = start
        while number > 0:
            day += _DAY
            number -= not self.off(day)
        return day

    def back_workdays(self, end: date, number: int) -> date:
        """The first of `number` working days before `end`."""
        day = end
        while number > 0:
            day -= _DAY
            number -= not self.off(day)
        return day

    def next_workday(self, day: date) -> date:
        """`day` itself, or the first working day after it."""
        while self.off(day):
            day += _DAY
        return day

    def previous_workday(self, day: date) -> date:
        """`day` itself, or the last working day before it."""
        while self.off(day):
            day -= _DAY
        return day

    def _of(self, year: int) -> Arrangement | None:
        """The last one that was laid over; an estimate never hides what is known."""
        own = [a for a in self.arrangements if a.year == year]
        if any(not a.estimated for a in own):
            own = [a for a in own if not a.estimated]
        elif year in _announced():
            return None
        return own[-1] if own else None

    def _read(self, year: int) -> dict[date, str]:
        own = self._of(year)
        if own is not None:
            off, work = own.off, own.work
        else:
            off, work = _announced().get(year, ({}, frozenset()))
        out = {}
        for day in _days(date(year, 1, 1), date(year, 12, 31)):
            if day in off:
                out[day] = off[day]
            elif day.weekday() >= 5 and day not in work:
                out[day] = f"周{WEEKDAYS[day.weekday()]}"
        for local in self.arrangements:
            if local.region and local.region == self.region:
                out.update({day: name for day, name in local.off.items() if day.year == year})
        return out


def _days(first: date, last: date) -> Iterable[date]:
    return (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))


@cache
def _announced() -> Mapping[int, tuple[Mapping[date, str], frozenset[date]]]:
    """Year → its days off with their names and its moved working days, as chinesecalendar has them."""
    from chinese_calendar import constants

    names = {holiday.value: holiday.chinese for holiday in constants.Holiday}
    first, last = min(constants.holidays).year, max(constants.holidays).year
    found: dict[int, tuple[dict[date, str], set[date]]] = {year: ({}, set()) for year in range(first, last + 1)}
    for day, name in constants.holidays.items():
        found[day.year][0][day] = names.get(name, name)
    for day in constants.workdays:
        if day.year in found:
            found[day.year][1].add(day)
    return {year: (off, frozenset(work)) for year, (off, work) in found.items()}


#: What chinesecalendar knows, and nothing else.
def known_years() -> tuple[int, int]:
    """The first and the last year whose holidays are known."""
    years = _announced()
    return min(years), max(years)


PLAIN = Calendar()


def is_workday(day: date) -> bool:
    """Whether `day` is a working day; beyond the years that the calendar knows, Monday to Friday."""
    return PLAIN.is_workday(day)


def add_workdays(start: date, number: int) -> date:
    """The last of `number` working days after `start`; the day of the event is not counted (民法典第二百零一条)."""
    return PLAIN.add_workdays(start, number)
