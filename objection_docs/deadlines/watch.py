"""The limits of many cases at one moment: what depends on the same dates is reckoned once."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache, lru_cache
from typing import NamedTuple

from objection_docs.deadlines.case import Case, local
from objection_docs.deadlines.chain import Chain
from objection_docs.deadlines.reckoned import Reckoned, stand
from objection_docs.packs import holidays
from objection_docs.packs.courses import Course, Limit, known

#: States of a limit that somebody has to act on.
RUNNING = frozenset({"open", "at_risk", "overdue"})


class _Needs(NamedTuple):
    """A limit, and the events of the case whose dates its end and its state depend on."""

    limit: Limit
    events: tuple[str, ...]


class Watch:
    """`now`: the moment for which all cases are asked. Limits come as `reckon` gives them, without steps in words.

    One for each errand: `course` (as packs.courses.known) and the days off are looked up once and not again.
    """

    def __init__(self, now: datetime):
        self.now = local(now)
        self.course = cache(known)
        self._known: dict[tuple, Reckoned | None] = {}
        self._calendar = cache(holidays.calendar)

    def limits(self, course: Course, case: Case) -> list[Reckoned]:
        """All limits of the case."""
        return self._asked(course, case, _needed(course, frozenset(case.events)))

    def running(self, course: Course, case: Case) -> list[Reckoned]:
        """The limits with a last day that somebody has to act on, or still may."""
        told = frozenset(case.events)
        # a contract's own term may start elsewhere
        needed = _needed(course, told) if case.terms else _under_way(course, told)
        return [one for one in self._asked(course, case, needed) if runs(one)]

    def _asked(self, course: Course, case: Case, needed: Iterable[_Needs]) -> list[Reckoned]:
        if case.terms or case.extensions:
            return self._fresh(course, case, [one.limit for one in needed])
        how = course, *case.choices.items(), case.hours, case.business_clock, case.rollover, case.region
        date_of = case.events.__getitem__
        keys = [(limit.id, how, events, *map(date_of, events)) for limit, events in needed]
        new = [key for key in keys if key not in self._known]
        if new:
            found = {one.limit.id: one for one in self._fresh(course, case, [course.limits[key[0]] for key in new])}
            self._known |= {key: found.get(key[0]) for key in new}
        return [one for key in keys if (one := self._known[key])]

    def _fresh(self, course: Course, case: Case, limits: Iterable[Limit]) -> list[Reckoned]:
        chain = Chain(course, case, self._calendar(case.region), self.now.date())
        return [one for limit in limits if (one := stand(chain, limit, self.now))]


def runs(one: Reckoned) -> bool:
    """Whether somebody has to act on the limit, or still may."""
    return one.state.code in RUNNING and one.last is not None and one.limit.measure != "minimum"


@lru_cache(10_000)
def _needed(course: Course, told: frozenset[str]) -> tuple[_Needs, ...]:
    return tuple(_needs(course, limit, told) for limit in course.limits.values())


@lru_cache(10_000)
def _under_way(course: Course, told: frozenset[str]) -> tuple[_Needs, ...]:
    """Of those that have begun and haven't come to an end."""
    return tuple(one for one in _needed(course, told) if _may_run(one.limit, told))


def _may_run(limit: Limit, told: frozenset[str]) -> bool:
    if not told.isdisjoint({limit.done, *limit.ended_by}):
        return False
    starts = [period.start for period in limit.periods]
    return any(start.end_of or not told.isdisjoint(start.events) for start in starts)


def _needs(course: Course, limit: Limit, told: frozenset[str]) -> _Needs:
    """Goes the ways that Chain goes: an event that was told needs nothing else; one that wasn't, what calls for it."""
    events = {limit.done, *limit.ended_by}
    if limit.done:
        events.add(course.events[limit.done].posted)
    seen, todo = {limit.id}, [limit]
    while todo:
        one = todo.pop()
        before = {one.cap} if one is limit else set()
        awaited = {one.until, *(excluded.end for excluded in one.excluded if excluded.begin in told)}
        events |= {excluded.begin for excluded in one.excluded}
        for start in (period.start for period in one.periods):
            before.add(start.end_of)
            awaited |= told.intersection(start.events) or set(start.events)
        events |= awaited
        before |= {duty.id for name in awaited - told for duty in course.duties(name)}
        for name in before - seen - {""}:
            seen.add(name)
            todo.append(course.limits[name])
    return _Needs(limit, tuple(sorted(events & told)))
