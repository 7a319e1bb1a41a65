"""The limits of a letter that is being written: facts left out that the procedure and the dates settle.

An acknowledgement says by when the answer comes, a reply where and until when one can go on. Facts in, facts and the
reckoning out; what the caller gave stays as it is.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from objection_docs import deadlines
from objection_docs.checking import Clock, Due
from objection_docs.deadlines import Reckoned
from objection_docs.errors import UsageError
from objection_docs.facts import parts
from objection_docs.packs import courses, recourse
from objection_docs.packs.courses import UNITS, Course

#: The letters that open a case: from their receipt the answer's limit runs.
OPENING = ("objection_notice", "complaint")
ANSWER = "disposition_reply"


def fill(kind: str, raw: object, procedure: str | None, now: datetime) -> tuple[object, list[dict]]:
    """The facts with the limits that follow from procedure and dates, and their reckoning as `Reckoned.to_dict`.

    Nothing is filled in without a procedure, without the day of receipt, or where the caller said it himself.
    """
    if not procedure or not isinstance(raw, dict):
        return raw, []
    course = courses.course(procedure)
    if kind == "acknowledgement":
        return _reply_by(course, raw, now)
    if kind == ANSWER:
        return _recourse(course, raw, now)
    return raw, []


def events(course: Course, kind: str, days: Mapping[str, date | None]) -> dict[str, str]:
    """The events that the letters tell. `days`: received and sent of the notice, own of this letter."""
    out = {}
    for event in course.events.values():
        if event.letter in OPENING:
            day = days.get("received" if event.at == "receipt" else "sent")
        else:
            day = days.get("own") if event.letter == kind else None
        if day:
            out[event.id] = day.isoformat()
    return out


def reckoned(course: Course, told: Mapping[str, str], now: datetime) -> tuple[Reckoned, ...]:
    """The limits for these events; none where the dates contradict each other."""
    try:
        return deadlines.reckon(course, deadlines.read(course, told), now)
    except UsageError:
        return ()


def _first(course: Course, limits: Iterable[Reckoned], kind: str) -> Reckoned | None:
    """The limit by which a letter of this kind is due: of those that run from known days the one that ends first."""
    ends = []
    for one in limits:
        done = course.events.get(one.limit.done)
        counted = one.counted
        due = done and done.letter == kind and one.limit.mandatory and one.limit.direction == "after"
        if due and counted and counted.last and counted.number is not None and not counted.begin.projected:
            ends.append(one)
    return min(ends, key=lambda one: (one.last.day, one.limit.id), default=None)


def _days(raw: Mapping) -> dict[str, date | None]:
    names = {"received": "receipt_date", "sent": "notice_date", "own": "date"}
    return {key: _day(raw.get(name)) for key, name in names.items()}


def _day(value: object) -> date | None:
    """A fact's day; None where it isn't given, or wrong, which whoever reads the facts will tell."""
    try:
        return date.fromisoformat(parts.day(value).iso) if value else None
    except ValueError:
        return None


def _reply_by(course: Course, raw: dict, now: datetime) -> tuple[dict, list[dict]]:
    days = _days(raw)
    # with material still to come the time for it is not counted, and what is refused gets no answer
    if raw.get("acceptance") not in (None, "", "accepted", "予以受理") or raw.get("reply_by") or not days["received"]:
        return raw, []
    limit = _first(course, reckoned(course, events(course, "acknowledgement", days), now), ANSWER)
    if limit is None:
        return raw, []
    period, start = limit.period, limit.counted.begin.label
    filled = {"reply_by": limit.last.day.isoformat()}
    if not raw.get("reply_within") and not raw.get("reply_rule"):
        own = f"《{course.label.split('（')[0]}》"
        laws = [part for part in period.authority.split("；") if "规程：" not in part]
        filled["reply_rule"] = laws[0] if laws and period.source == "law" else own
        filled["reply_within"] = f"自{start}之日起{period.number}{UNITS[period.unit]}内"
    return {**raw, **filled}, [limit.to_dict()]


def _recourse(course: Course, raw: dict, now: datetime) -> tuple[dict, list[dict]]:
    ways = recourse.ways(course.id)
    if raw.get("recourse") or not ways:
        return raw, []
    limits = {one.limit.id: one for one in reckoned(course, events(course, ANSWER, _days(raw)), now)}
    items, told = [], []
    for way in ways:
        item = {"body": way.body, "way": way.way, "limit": way.within, "basis": way.basis}
        limit = limits.get(way.limit)
        if limit and limit.last and not limit.provisional and not limit.counted.begin.projected:
            day = limit.last.day
            item["limit"] = f"{way.within}，至迟{day.year}年{day.month}月{day.day}日"
            told.append(limit.to_dict())
        items.append({name: value for name, value in item.items() if value})
    return {**raw, "recourse": items}, told


class ProcedureClock(Clock):
    """The clock of one procedure. `named`: by the caller; else only what the law fixes counts."""

    def __init__(self, procedure: str, named: bool):
        self.procedure, self.named = procedure, named

    def due(self, kind: str, received: date, own: date) -> Due | None:
        """By when a letter of `kind` is due; None where the day isn't certain."""
        course = courses.course(self.procedure)  # read only now: few letters name both days
        told = events(course, "", {"received": received})
        limit = _first(course, reckoned(course, told, datetime.combine(own, datetime.min.time())), kind)
        if limit is None or limit.provisional or not (self.named or limit.period.source == "law"):
            return None
        term = f"{limit.period.number}{UNITS[limit.period.unit]}"
        return Due(limit.last.day, limit.limit.label, term, limit.period.authority)
