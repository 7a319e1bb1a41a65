"""Limits of cases → an iCalendar file (RFC 5545) that a calendar program opens, and opens again when they have moved.

A limit keeps its UID for ever; SEQUENCE is the number of entries in the log, so that a later file takes the place of an
earlier one. The day shown is the one that one had better keep; the last day stands in the text.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event

from objection_docs.cases.text import issued_words
from objection_docs.cases.view import StageView, View, issued
from objection_docs.deadlines import Reckoned, words
from objection_docs.deadlines.case import local
from objection_docs.deadlines.watch import runs
from objection_docs.packs.courses import CLOCK_UNITS

_SHANGHAI = ZoneInfo("Asia/Shanghai")
#: When a calendar program reminds: of a day, from its beginning (3 days and 1 day before, and on it, at 9:00); of a
#: moment, from that.
_OF_A_DAY = (timedelta(days=-3, hours=9), timedelta(days=-1, hours=9), timedelta(hours=9))
_OF_A_MOMENT = (timedelta(days=-1), timedelta(hours=-2))


def calendar(cases: Iterable[View], now: datetime, *, origin: str, number: int) -> bytes:
    """`origin`: what tells this log from others; `number`: of its entries."""
    out = Calendar()
    out.add("prodid", "-//objection-docs//limits//ZH")
    out.add("version", "2.0")
    out.add("method", "PUBLISH")
    out.add("x-wr-calname", "异议文书期限")
    for case in cases:
        for stage in case.stages:
            for one in stage.limits:
                if one.last and one.state.code != "projected":
                    event = _event(case, stage, one)
                    event.add("uid", f"{_uid(origin, case.case, stage.stage.course.id, one.limit.id)}@objection-docs")
                    event.add("dtstamp", local(now).replace(tzinfo=_SHANGHAI).astimezone(timezone.utc))
                    event.add("sequence", number)
                    out.add_component(event)
    out.add_missing_timezones()
    return out.to_ical()


def _uid(*parts: str) -> str:
    return str(uuid5(NAMESPACE_URL, "objection-docs:" + "\n".join(parts)))


def _event(case: View, stage: StageView, one: Reckoned) -> Event:
    limit, running = one.limit, runs(one) and not case.closed
    event = Event()
    state = one.state.label if one.state.code in ("overdue", "at_risk") else ""
    told = state if running else _ended(case, one)
    event.add("summary", f"{f'（{told}）' if told else ''}{case.case}：{limit.label}")
    event.add("description", _text(case, stage, one))
    event.add("categories", [stage.stage.course.label])
    event.add("status", "CONFIRMED" if running or one.by else "CANCELLED")
    event.add("transp", "TRANSPARENT")
    moment = one.safe.at if one.counted.unit in CLOCK_UNITS or one.safe.at else None
    if moment:
        event.add("dtstart", datetime.combine(one.safe.day, moment, _SHANGHAI))
    else:
        event.add("dtstart", one.safe.day)
        event.add("dtend", one.safe.day + timedelta(days=1))
    for before in (_OF_A_MOMENT if moment else _OF_A_DAY) if running else ():
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", f"{case.case}：{limit.label}")
        alarm.add("trigger", before)
        event.add_component(alarm)
    return event


def _ended(case: View, one: Reckoned) -> str:
    return "已结案" if case.closed and not one.by else one.state.label


def _text(case: View, stage: StageView, one: Reckoned) -> str:
    lines = [f"{one.limit.id} {one.limit.label}（{one.limit.who}）", f"最后期限：{words.end(one.last)}"]
    if one.safe < one.last:
        lines.append(f"稳妥日：{words.end(one.safe)}")
    if one.provisional:
        lines.append("暂估：放假安排还没有公布")
    written = issued_words(case.heads.get(issued(stage.stage, one)))
    lines += [f"状态：{one.state.label}{written}", f"程序：{stage.stage.course.label}", *one.steps]
    for title, told in (("依据", one.period.authority), ("异同", one.limit.difference), ("说明", one.limit.note)):
        lines += [f"{title}：{told}"] if told else []
    return "\n".join(lines)
