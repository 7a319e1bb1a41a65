"""Every limit of a case: its last day, the steps of its reckoning, and how it stands."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from objection_docs.deadlines import words
from objection_docs.deadlines.case import Case, Moment, local
from objection_docs.deadlines.chain import Chain
from objection_docs.deadlines.state import State, state
from objection_docs.deadlines.values import Counted, End, day_of
from objection_docs.packs import holidays
from objection_docs.packs.courses import Course, Event, Limit, Period
from objection_docs.workdays import Calendar


@dataclass(frozen=True, slots=True)
class Cap:
    """The limit that bounds this one. `exceeded`: the own last day is later than the cap's."""

    limit: str
    last: End
    exceeded: bool


@dataclass(frozen=True, slots=True)
class Reckoned:
    """One limit of a case. `period` governs it, `by` is the event that decided its state; `counted` is None before it
    has started."""

    limit: Limit
    period: Period
    state: State
    by: Event | None = None
    counted: Counted | None = None
    cap: Cap | None = None
    beside: tuple[Counted, ...] = ()
    steps: tuple[str, ...] = ()

    @property
    def last(self) -> End | None:
        """The last day, with its time; None where there is none yet, or never."""
        return self.counted.last if self.counted else None

    @property
    def safe(self) -> End | None:
        """The day one had better keep: the last one, or earlier by a stricter reading or by the cap."""
        last = self.last
        if last is None or (self.counted.safe is None and self.cap is None):
            return last
        ends = [last, self.counted.safe, self.cap.last if self.cap else None]
        return min(one for one in ends if one)

    @property
    def provisional(self) -> bool:
        return bool(self.counted and self.counted.provisional)

    @property
    def too_early(self) -> bool:
        """Whether it was done before it had begun: one of the two dates must be wrong."""
        begin = self.counted.begin if self.counted and self.limit.direction == "after" else None
        return bool(begin and self.by and not begin.projected and day_of(self.state.at) < begin.day)

    def to_dict(self) -> dict:
        """Plain values; days are YYYY-MM-DD, times HH:MM with 24:00 for the end of a day."""
        limit, period, counted = self.limit, self.period, self.counted
        return {
            "id": limit.id,
            "label": limit.label,
            "who": limit.who,
            "mandatory": limit.mandatory,
            "direction": limit.direction,
            "measure": limit.measure,
            "period": words.length(counted) if counted else period.text,
            "source": period.source,
            "authority": period.authority,
            "start": _begun(counted) if counted else None,
            "last": _end(self.last),
            "safe": _end(self.safe),
            "provisional": self.provisional,
            "state": self.state.code,
            "state_label": self.state.label,
            "days_left": self.state.days_left,
            "by": _decided(self.by, self.state.at) if self.by else None,
            "cap": {"limit": self.cap.limit, "last": _end(self.cap.last), "exceeded": self.cap.exceeded}
            if self.cap
            else None,
            "beside": [_beside(one) for one in self.beside],
            "difference": limit.difference,
            "note": limit.note,
            "steps": list(self.steps),
        }


def reckon(course: Course, case: Case, now: datetime, calendar: Calendar | None = None) -> tuple[Reckoned, ...]:
    """The limits of a case in the order of the procedure, as they stand at `now`.

    `calendar`: the shipped one with the user's own years and the case's region, unless another is given. Limits that
    don't hold under the settings of the case are left out. Raises UsageError for dates that contradict each other.
    """
    calendar = calendar or holidays.calendar(case.region)
    now = local(now)
    chain = Chain(course, case, calendar, now.date())
    return tuple(one for limit in course.limits.values() if (one := _one(chain, limit, now)))


def _one(chain: Chain, limit: Limit, now: datetime) -> Reckoned | None:
    one = stand(chain, limit, now)
    return replace(one, steps=tuple(_steps(chain, one))) if one else None


def stand(chain: Chain, limit: Limit, now: datetime) -> Reckoned | None:
    """As `reckon` gives it, without the steps in words."""
    outcome = chain.outcome(limit.id)
    if outcome is None:
        return None
    counted = outcome.counted
    cap = _cap(chain, limit, counted)
    stands = state(chain.course, limit, counted, cap.last if cap else None, chain.case, now)
    by = chain.course.events.get(stands.by)
    return Reckoned(limit, outcome.period, stands, by, counted, cap, outcome.beside)


def _steps(chain: Chain, one: Reckoned) -> Iterator[str]:
    limit, counted, cap, by = one.limit, one.counted, one.cap, one.by
    if counted:
        done = chain.course.events.get(limit.done)
        yield from words.steps(limit, counted, done, chain.case, chain.calendar)
    yield from map(words.beside, one.beside)
    if cap and cap.exceeded:
        other = chain.course.limits[cap.limit]
        yield f"注意：晚于 {other.id}（{other.label}）的最后期限{words.end(cap.last)}，应以较早的为准。"
    if one.too_early:
        yield f"注意：{by.label}（{words.moment(one.state.at)}）早于起算日，请核对日期。"


def _cap(chain: Chain, limit: Limit, counted: Counted | None) -> Cap | None:
    outcome = chain.outcome(limit.cap) if limit.cap else None
    if not outcome or not outcome.counted or not outcome.counted.last or not counted or not counted.last:
        return None
    last = outcome.counted.last
    return Cap(limit.cap, last, last < counted.last)


def _begun(counted: Counted) -> dict:
    begin = counted.begin
    return {"label": begin.label, "at": _moment(begin.at), "projected": begin.projected}


def _decided(event: Event, at: Moment | None) -> dict:
    return {"event": event.id, "label": event.label, "letter": event.letter, "at": _moment(at)}


def _beside(one: Counted) -> dict:
    period = one.period
    told = {"period": period.text, "source": period.source, "authority": period.authority, "safe": period.safe}
    return told | {"last": _end(one.last)}


def _end(one: End | None) -> dict | None:
    return {"day": one.day.isoformat(), "time": f"{one.at:%H:%M}" if one.at else "24:00"} if one else None


def _moment(one: Moment | None) -> str | None:
    return one.isoformat(timespec="minutes") if isinstance(one, datetime) else one.isoformat() if one else None
