"""How a limit stands at a given time: open, met, overdue …"""

from dataclasses import dataclass
from datetime import datetime

from objection_docs.deadlines.case import Case, Moment
from objection_docs.deadlines.values import Counted, End, day_of
from objection_docs.packs.courses import Course, Limit

#: State → how it is called.
LABELS = {
    "waiting": "尚未起算",
    "projected": "推算",
    "open": "进行中",
    "at_risk": "已过稳妥日",
    "overdue": "已逾期",
    "lapsed": "期限已过",
    "paused": "暂停计算",
    "met": "已按期完成",
    "late": "已完成，但逾期",
    "short": "不足规定的期间",
    "elapsed": "期间已满",
    "done": "已完成",
    "superseded": "不再需要",
    "wording": "没有规定日数",
}


@dataclass(frozen=True, slots=True)
class State:
    """`code`: a key of LABELS. `by`: the event that decided it and its day. `days_left`: calendar days to the day one
    had better keep, negative once it is past; None where nothing runs."""

    code: str
    by: str = ""
    at: Moment | None = None
    days_left: int | None = None

    @property
    def label(self) -> str:
        return LABELS[self.code]


def state(course: Course, limit: Limit, counted: Counted | None, cap: End | None, case: Case, now: datetime) -> State:
    """How `limit` stands at `now` (Beijing, without a zone). `cap`: the end of the limit that bounds it."""
    found = _done(course, limit, counted, case)
    if found:
        return found
    for name in limit.ended_by:
        if name in case.events:
            return State("superseded", name, case.events[name])
    if counted is None:
        return State("waiting")
    if counted.begin.projected:
        return State("projected")
    if counted.last is None:
        if counted.number is None:
            return State("open" if limit.until else "wording")
        return State("paused")
    safe = min(end for end in (counted.last, counted.safe, cap) if end)
    left = (safe.day - now.date()).days
    if limit.measure == "minimum":
        return State("open" if counted.last.keeps(now) else "elapsed", days_left=left)
    if not counted.last.keeps(now):
        return State("overdue" if limit.mandatory else "lapsed", days_left=(counted.last.day - now.date()).days)
    return State("open" if safe.keeps(now) else "at_risk", days_left=left)


def _done(course: Course, limit: Limit, counted: Counted | None, case: Case) -> State | None:
    """The state if the act was done, or handed to the post where that is enough."""
    if not limit.done:
        return None
    posted = course.events[limit.done].posted
    act = next((name for name in (limit.done, posted) if name in case.events), None)
    if act is None:
        return None
    last = counted.last if counted and not counted.begin.projected else None
    if posted in case.events and (counted is None or counted.counting.in_time == "posting"):
        act = posted
    elif act == posted:
        return None  # on its way: it has to arrive in time
    at = case.events[act]
    if counted is None and not limit.mandatory:
        return None  # a right whose time hasn't begun: the act was about something else
    if last is None:
        return State("done", act, at)
    if limit.measure == "minimum":
        return State("short" if day_of(at) < last.day else "met", act, at)
    return State("met" if last.keeps(at) else "late", act, at)
