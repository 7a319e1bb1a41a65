"""From the dates of a case to the last day of each limit: which figure governs, where it starts, what it waits for.

A limit may start with an event, with the end of another limit, or with an event that another limit calls for and that
hasn't happened yet: then it is reckoned as if that one were met on its last day, and marked as projected.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from objection_docs.deadlines import count
from objection_docs.deadlines.case import Case, Term
from objection_docs.deadlines.values import Begin, Counted, End, Outcome, Pause, day_of, instant
from objection_docs.errors import UsageError
from objection_docs.packs.counting import countings
from objection_docs.packs.courses import CLOCK_UNITS, Course, Limit, Period
from objection_docs.workdays import Calendar


class Chain:
    """The limits of one case; each is reckoned once. `today`: which figure is in force where nothing has started."""

    def __init__(self, course: Course, case: Case, calendar: Calendar, today: date):
        self.course, self.case, self.calendar, self.today = course, case, calendar, today
        self._countings = countings()
        self._done: dict[str, Outcome | None] = {}

    def outcome(self, limit_id: str) -> Outcome | None:
        """None where no figure of the limit holds under the settings of the case."""
        if limit_id not in self._done:
            self._done[limit_id] = _UNDER_WAY
            self._done[limit_id] = self._reckon(self.course.limits[limit_id])
        found = self._done[limit_id]
        if found is _UNDER_WAY:
            said = f"按给出的约定，期限 {limit_id} 的起算要等它自己结束，请改用别的起算事件"
            raise UsageError(said, code="circle_of_limits")
        return found

    def _reckon(self, limit: Limit) -> Outcome | None:
        term = self.case.terms.get(limit.id)
        holding: list[tuple[Period, Begin | None]] = []
        for period in limit.periods:
            if not self._holds(period):
                continue
            begin = self.event(term.start) if term and term.start and not holding else self._begin(period)
            if _in_force(period, begin.day if begin else self.today):
                holding.append((period, begin))
        if not holding:
            return None
        governing, begin = holding[0]
        if term and governing.source == "law" and governing.number is not None:
            said = f"{limit.id}（{limit.label}）是法律规定的期限，不能由合同另行约定；依据：{governing.authority}"
            raise UsageError(said, code="not_agreeable")
        # «promptly» after something that hasn't happened: there is no day to project it from
        wordy = limit.direction != "during" and governing.number is None and term is None
        begun = begin and not (wordy and begin.projected)
        counted = self._count(limit, governing, begin, term, self._granted(limit)) if begun else None
        beside = [self._count(limit, period, start) for period, start in holding[1:] if start]
        strict = [other for other in beside if other.period.safe]
        earlier = [other for other in strict if counted and counted.last and other.last and other.last < counted.last]
        if earlier:
            counted = _with_safe(counted, min(other.last for other in earlier))
        told = tuple(other for other in beside if other not in strict or other in earlier)
        return Outcome(governing, counted, told)

    def _granted(self, limit: Limit) -> tuple[Term, ...]:
        rule = limit.extension
        return tuple(grant or Term(rule.number, rule.unit) for grant in self.case.extensions.get(limit.id, ()))

    def _holds(self, period: Period) -> bool:
        settings = self.course.settings
        return all(
            self.case.choices.get(name, settings[name].default) in choices
            for name, choices in (period.when or {}).items()
        )

    def _begin(self, period: Period) -> Begin | None:
        if period.start.end_of:
            before = self.course.limits[period.start.end_of]
            found = self.outcome(before.id)
            if not found or not found.counted or not found.counted.last:
                return None
            begin = found.counted.begin
            label = f"{before.id}（{before.label}）的期限届满"
            return Begin(found.counted.last.day, label, begin.projected, found.counted.provisional)
        given = [name for name in period.start.events if name in self.case.events]
        if given:
            return self.event(min(given, key=lambda name: instant(self.case.events[name])))
        return next((begin for name in period.start.events if (begin := self.event(name))), None)

    def event(self, name: str) -> Begin | None:
        """The event as it happened, or as it is to happen at the latest."""
        label = self.course.events[name].label
        if name in self.case.events:
            return Begin(self.case.events[name], label)
        for limit in self.course.duties(name):
            found = self.outcome(limit.id)
            if found and found.counted and (last := found.counted.last):
                at = datetime.combine(last.day, last.at) if found.counted.unit in CLOCK_UNITS else last.day
                return Begin(at, f"{label}（设在 {limit.id} 的最后一日）", True, found.counted.provisional)
        return None

    def _count(
        self, limit: Limit, period: Period, begin: Begin, term: Term | None = None, extended: tuple[Term, ...] = ()
    ) -> Counted:
        number, unit = (term.number, term.unit) if term else (period.number, period.unit)
        base = Counted(period, self._countings[period.counting], begin, number, unit, agreed=term is not None)
        if limit.direction == "during":
            return self._during(limit, base)
        if number is None:
            return base
        if limit.direction == "before":
            return self._before(base)
        pauses = tuple(self._pauses(limit, begin))
        if unit in CLOCK_UNITS and any(grant.unit != unit for grant in extended):
            number, unit = _minutes(number, unit), "minute"
            extended = tuple(Term(_minutes(grant.number, grant.unit), unit) for grant in extended)
            base = replace(base, unit=unit)
        number += sum(grant.number for grant in extended if grant.unit == unit)
        further = tuple(grant for grant in extended if grant.unit != unit)
        open_pause = next((pause for pause in pauses if pause.end is None), None)
        if open_pause and self._reached_before(base, number, open_pause, pauses):
            pauses, open_pause = tuple(pause for pause in pauses if pause.end), None
        if open_pause:
            used = self._used(begin.day, open_pause, unit, pauses)
            return replace(base, number=number, pauses=pauses, extended=extended, used=used)
        if unit in CLOCK_UNITS:
            return self._clock(replace(base, number=number, pauses=pauses, extended=extended))
        closed = [(day_of(pause.begin), day_of(pause.end)) for pause in pauses]
        nominal = count.last_day(begin.day, number, unit, self.calendar, closed)
        for grant in further:
            nominal = count.last_day(nominal, grant.number, grant.unit, self.calendar, closed)
        if pauses or extended:
            base = replace(base, number=number, pauses=pauses, extended=extended)
        return self._rolled(limit, base, nominal)

    def _during(self, limit: Limit, base: Counted) -> Counted:
        until = self.event(limit.until)
        if until is None:
            return base
        begin = base.begin
        begin = Begin(begin.at, begin.label, begin.projected or until.projected, until.provisional)
        end = End(until.day, until.at.time() if isinstance(until.at, datetime) else self._close())
        return replace(base, begin=begin, nominal=until.day, last=end, provisional=until.provisional)

    def _before(self, base: Counted) -> Counted:
        """Both readings: the strict one counts whole days and not the day of the event, the lenient one from its time
        on. No rule rolls a backward limit over."""
        begin = base.begin
        if base.unit in CLOCK_UNITS:
            moment = instant(begin.at) - timedelta(minutes=_minutes(base.number, base.unit))
            return replace(base, nominal=moment.date(), last=End(moment.date(), moment.time()))
        first = count.before(begin.day, base.number, base.unit, self.calendar)
        last = End(first, begin.at.time() if isinstance(begin.at, datetime) else None)
        shaky = base.unit == "workday" and not self._known(first, begin.day)
        strict = End(first - timedelta(days=1))
        return replace(base, nominal=first, last=last, safe=strict, provisional=shaky or begin.provisional)

    def _clock(self, base: Counted) -> Counted:
        start = instant(base.begin.at)
        if base.counting.hours_from == "next_hour" and base.unit == "hour":
            start = start.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        window = self.case.hours if self.case.business_clock else None
        pauses = [(instant(pause.begin), instant(pause.end)) for pause in base.pauses]
        end = count.last_moment(start, base.number, base.unit, self.calendar, pauses, window)
        shaky = window is not None and not self._known(base.begin.day, end.date())
        return replace(
            base, nominal=end.date(), last=End(end.date(), end.time()), provisional=shaky or base.begin.provisional
        )

    def _rolled(self, limit: Limit, base: Counted, nominal: date) -> Counted:
        period, rule = base.period, base.counting.rollover
        rolls = period.rollover if period.rollover is not None else rule != "none" and limit.measure != "maximum"
        rolls = rolls and base.unit != "workday" and base.number > 0
        if rolls and period.source == "seed" and not self.case.rollover:
            rolls = False
        last = self.calendar.next_workday(nominal) if rolls else nominal
        doubtful = last != nominal and rule == "holidays" and self.calendar.off(nominal).startswith("周")
        shaky = base.begin.provisional
        if base.unit == "workday":
            shaky = shaky or not self._known(base.begin.day + timedelta(days=1), nominal)
        elif rolls:
            shaky = shaky or not self._known(nominal, last)
        safe = End(nominal, self._close()) if doubtful else None
        end = End(last, self._close())
        return replace(base, nominal=nominal, last=end, safe=safe, rolls=rolls, provisional=shaky)

    def _pauses(self, limit: Limit, begin: Begin) -> Iterator[Pause]:
        for excluded in limit.excluded:
            if excluded.begin not in self.case.events:
                continue
            start = self.case.events[excluded.begin]
            end = self.event(excluded.end)
            if end and instant(end.at) < instant(start) and day_of(end.at) != day_of(start):
                names = self.course.events[excluded.end].label, self.course.events[excluded.begin].label
                raise UsageError(f"{names[0]}的日期早于{names[1]}的日期，请核对", code="dates_reversed")
            if end and day_of(end.at) <= begin.day:
                continue
            yield Pause(start, end.at if end else None, excluded.label, excluded.authority, bool(end and end.projected))

    def _reached_before(self, base: Counted, number: int, pause: Pause, pauses: tuple[Pause, ...]) -> bool:
        """Whether the limit had run out when a pause that still lasts began."""
        if base.unit in CLOCK_UNITS:
            return count.last_moment(instant(base.begin.at), number, base.unit, self.calendar) <= instant(pause.begin)
        closed = [(day_of(one.begin), day_of(one.end)) for one in pauses if one.end]
        return count.last_day(base.begin.day, number, base.unit, self.calendar, closed) <= day_of(pause.begin)

    def _used(self, start: date, pause: Pause, unit: str, pauses: tuple[Pause, ...]) -> int:
        """Days, or working days, counted before a pause that lasts."""
        closed = [(day_of(one.begin), day_of(one.end)) for one in pauses if one.end]
        days = (date.fromordinal(n) for n in range(start.toordinal() + 1, day_of(pause.begin).toordinal() + 1))
        return sum(
            not count.paused(day, closed) and (unit != "workday" or self.calendar.is_workday(day)) for day in days
        )

    def _known(self, first: date, last: date) -> bool:
        return all(self.calendar.known(year) for year in range(first.year, last.year + 1))

    def _close(self) -> time | None:
        return self.case.hours[1] if self.case.hours else None


_UNDER_WAY = Outcome(Period("seed"), None)


def _minutes(number: int, unit: str) -> int:
    return number * 60 if unit == "hour" else number


def _in_force(period: Period, day: date) -> bool:
    return (period.since is None or period.since <= day) and (period.until is None or day <= period.until)


def _with_safe(counted: Counted, strict: End) -> Counted:
    return replace(counted, safe=min(strict, counted.safe) if counted.safe else strict)
