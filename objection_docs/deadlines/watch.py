"""The limits of many cases at one moment: what depends on the same dates is reckoned once."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import NamedTuple

from objection_docs.deadlines.case import Case, local
from objection_docs.deadlines.chain import Chain
from objection_docs.deadlines.reckoned import Reckoned, stand
from objection_docs.packs import holidays
from objection_docs.packs.courses import Course, Limit

#: States of a limit that somebody has to act on.
RUNNING = frozenset({"open", "at_risk", "overdue"})


class _Needs(NamedTuple):
    """The events that the end and the state of a limit can depend on; those of which one ends it, and those of which
    one starts it (None: where another limit's end may)."""

    limit: Limit
    events: tuple[str, ...]
    over: frozenset[str]
    starts: frozenset[str] | None


class Watch:
    """`now`: the moment for which all cases are asked. Limits come as `reckon` gives them, without steps in words."""

    def __init__(self, now: datetime):
        self.now = local(now)
        self._known: dict[tuple, Reckoned | None] = {}
        self._calendar = cache(holidays.calendar)

    def limits(self, course: Course, case: Case) -> list[Reckoned]:
        """All limits of the case."""
        return self._asked(course, case, _needed(course))

    def running(self, course: Course, case: Case) -> list[Reckoned]:
        """The limits with a last day that somebody has to act on, or still may."""
        needed = _needed(course)
        if not case.terms:  # a contract's own term may start elsewhere
            free = case.events.keys().isdisjoint
            needed = [one for one in needed if free(one.over) and (one.starts is None or not free(one.starts))]
        return [one for one in self._asked(course, case, needed) if runs(one)]

    def _asked(self, course: Course, case: Case, needed: Iterable[_Needs]) -> list[Reckoned]:
        if case.terms or case.extensions or case.hours or case.region or not case.rollover:
            return self._fresh(course, case, [one.limit for one in needed])
        choices = tuple(case.choices.items())
        date_of = case.events.get
        keys = [(course, one.limit.id, choices, *map(date_of, one.events)) for one in needed]
        new = [key for key in keys if key not in self._known]
        if new:
            found = {one.limit.id: one for one in self._fresh(course, case, [course.limits[key[1]] for key in new])}
            self._known |= {key: found.get(key[1]) for key in new}
        return [one for key in keys if (one := self._known[key])]

    def _fresh(self, course: Course, case: Case, limits: Iterable[Limit]) -> list[Reckoned]:
        chain = Chain(course, case, self._calendar(case.region), self.now.date())
        return [one for limit in limits if (one := stand(chain, limit, self.now))]


def runs(one: Reckoned) -> bool:
    """Whether somebody has to act on the limit, or still may."""
    return one.state.code in RUNNING and one.last is not None and one.limit.measure != "minimum"


@cache
def _needed(course: Course) -> tuple[_Needs, ...]:
    return tuple(_needs(course, limit) for limit in course.limits.values())


def _needs(course: Course, limit: Limit) -> _Needs:
    events: set[str] = set()
    seen, todo = {limit.id}, [limit]
    while todo:
        one = todo.pop()
        awaited = {name for period in one.periods for name in period.start.events}
        awaited |= {excluded.end for excluded in one.excluded} | {one.until}
        events |= awaited | {excluded.begin for excluded in one.excluded} | {one.done, *one.ended_by}
        before = {period.start.end_of for period in one.periods} | {one.cap}
        before |= {duty.id for name in awaited for duty in course.duties(name)}
        for name in before - seen - {""}:
            seen.add(name)
            todo.append(course.limits[name])
    events |= {course.events[name].posted for name in events if name}
    starts = frozenset(name for period in limit.periods for name in period.start.events)
    chained = any(period.start.end_of for period in limit.periods)
    over = frozenset({limit.done, *limit.ended_by} - {""})
    return _Needs(limit, tuple(sorted(events - {""})), over, None if chained else starts)
