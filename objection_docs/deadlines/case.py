"""What is known of a case: its dates and its settings, read from the words of a caller into checked values."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from difflib import get_close_matches
from functools import lru_cache

from objection_docs.errors import UsageError
from objection_docs.moments import BEIJING
from objection_docs.packs.courses import CLOCK_UNITS, UNITS, Course, Event, Limit

Moment = date | datetime

_UNIT_WORDS = {word: unit for unit, word in UNITS.items()} | {unit: unit for unit in UNITS}
_UNIT_WORDS |= {"工作日": "workday", "天": "day", "自然日": "day", "日历日": "day", "个小时": "hour", "月": "month"}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?(?:[+-]\d\d:\d\d)?)?\Z")
YEARS = range(1990, 2101)
_MOST = {"year": 100, "month": 1200}
_TERM = re.compile(r"(?P<number>\d{1,4})\s*(?P<unit>[a-z]+|[\u4e00-\u9fff]+)(?:@(?P<start>\w+))?\Z")
#: As a person writes it, 2026-3-6, 2026/3/6 or 2026年3月6日 9:30.
_WRITTEN = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T\s]*(\d{1,2})[:：](\d\d))?\Z")
_HOURS = re.compile(r"(\d\d?:\d\d)[-—~至](\d\d?:\d\d)\Z")
#: Settings that every case has: name → what it may be.
GENERAL = {
    "hours": "业务时间，如 09:00-17:30：最后一日以业务结束的时间为准",
    "clock": "以小时计算的期限：all 连续计算（默认），business 只算业务时间",
    "rollover": "约定的期限最后一日逢休假日：yes 顺延（默认），none 不顺延",
    "region": "地区，使用规则文件夹 holidays/ 里写明的当地假日",
}


@dataclass(frozen=True, slots=True)
class Term:
    """A number of units; `start`: the event that a contract starts it from, empty for the procedure's own."""

    number: int
    unit: str
    start: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """Dates and datetimes (Beijing, without a zone) by event; `choices` by setting; a contract's own `terms` and the
    extensions granted by limit."""

    events: Mapping[str, Moment] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    terms: Mapping[str, Term] = field(default_factory=dict)
    extensions: Mapping[str, tuple[Term | None, ...]] = field(default_factory=dict)
    hours: tuple[time, time] | None = None
    business_clock: bool = False
    rollover: bool = True
    region: str = ""


def read(
    course: Course,
    events: Mapping[str, str],
    settings: Mapping[str, str] | None = None,
    extensions: Iterable[tuple[str, str]] = (),
) -> Case:
    """The case that a caller tells in words.

    `events`: id or label → YYYY-MM-DD or YYYY-MM-DDTHH:MM. `settings`: the procedure's, those of GENERAL, and limits
    with the contract's own figure (“7个工作日”, “3日@notice_sent”). `extensions`: limit, and by how much (empty: as the
    procedure has it). Raises UsageError.
    """
    general, choices, terms = {}, {}, {}
    for name, value in (settings or {}).items():
        if name in GENERAL:
            general[name] = _general(name, value)
        elif name in course.settings:
            choices[name] = _choice(course, name, value)
        elif name in course.limits:
            terms[name] = _own_term(course, course.limits[name], value)
        else:
            known = "、".join([*course.settings, *GENERAL, *course.limits])
            raise UsageError(f"没有“{name}”这项设置；可用：{known}", code="unknown_setting")
    granted: dict[str, tuple[Term | None, ...]] = {}
    for name, value in extensions:
        granted[name] = (*granted.get(name, ()), _granted(course, name, value, len(granted.get(name, ()))))
    return Case(events=_events(course, events), choices=choices, terms=terms, extensions=granted, **_fields(general))


def _fields(general: dict) -> dict:
    names = {"hours": "hours", "clock": "business_clock", "rollover": "rollover", "region": "region"}
    if general.get("clock") and "hours" not in general:
        raise UsageError("只算业务时间时，请同时给出业务时间，如 hours=09:00-17:30", code="bad_setting", field="hours")
    return {names[name]: value for name, value in general.items()}


def _events(course: Course, given: Mapping[str, str]) -> dict[str, Moment]:
    by_label = {event.label: event.id for event in course.events.values()}
    out: dict[str, Moment] = {}
    for name, value in given.items():
        known = name if name in course.events else by_label.get(name)
        if known is None:
            near = get_close_matches(name, course.events, 1)
            hint = f"是不是 {near[0]}？" if near else ""
            listed = "、".join(f"{event.id}（{event.label}）" for event in course.events.values())
            listed = f"本程序的事件：{listed}" if listed else "这一程序没有写任何期限"
            raise UsageError(f"没有“{name}”这个事件。{hint}{listed}", code="unknown_event")
        if known in out:
            raise UsageError(f"事件 {known} 给了两次", code="event_twice")
        out[known] = moment(value, course.events[known])
    return out


def moment(value: str, event: Event) -> Moment:
    """A date or a datetime in Beijing time. Raises UsageError."""
    told = parse_moment(value) or _written(value.strip())
    if told is None:
        said = f"{event.label}（{event.id}）的日期“{value}”写得不对，应写成 2026-03-05 或 2026-03-05T16:30 这样"
        raise UsageError(said, code="bad_date", field="at")
    if told.year not in YEARS:
        said = f"{event.label}（{event.id}）的年份 {told.year} 不在 {YEARS[0]}—{YEARS[-1]} 年之间，请核对"
        raise UsageError(said, code="bad_date", field="at")
    return told


@lru_cache(10_000)
def parse_moment(value: str) -> Moment | None:
    """YYYY-MM-DD or YYYY-MM-DDTHH:MM, in Beijing time and without a zone; None for anything else."""
    try:
        if not _MOMENT.match(value):
            return None
        return date.fromisoformat(value) if len(value) == 10 else local(datetime.fromisoformat(value))
    except ValueError:
        return None


def _written(value: str) -> Moment | None:
    found = _WRITTEN.match(value)
    if not found:
        return None
    year, month, day, hour, minute = (int(part) if part else None for part in found.groups())
    try:
        return date(year, month, day) if hour is None else datetime(year, month, day, hour, minute)
    except ValueError:
        return None


def local(told: datetime) -> datetime:
    """In Beijing time, without a zone; what has none is Beijing time already."""
    return told.astimezone(BEIJING).replace(tzinfo=None) if told.tzinfo else told


def _general(name: str, value: str) -> object:
    if name == "hours":
        found = _HOURS.match(value.replace("：", ":"))
        try:
            opens, closes = (time.fromisoformat(part.zfill(5)) for part in found.groups()) if found else (None, None)
        except ValueError:
            opens = closes = None
        if opens is None or opens >= closes:
            raise UsageError(f"业务时间“{value}”写得不对，应写成 09:00-17:30 这样", code="bad_setting", field=name)
        return opens, closes
    if name == "region":
        return value
    words = {"clock": {"all": False, "business": True}, "rollover": {"yes": True, "none": False}}[name]
    if value not in words:
        raise UsageError(f"设置 {name} 没有“{value}”，可用：{'、'.join(words)}", code="bad_setting", field=name)
    return words[value]


def _choice(course: Course, name: str, value: str) -> str:
    choices = course.settings[name].choices
    chosen = next((key for key, label in choices.items() if value in (key, label)), None)
    if chosen is None:
        listed = "、".join(f"{key}（{label}）" for key, label in choices.items())
        raise UsageError(f"设置 {name} 没有“{value}”，可用：{listed}", code="bad_setting", field=name)
    return chosen


def _term(value: str, field: str) -> Term:
    found = _TERM.match(value.strip())
    unit = _UNIT_WORDS.get(found["unit"], "") if found else ""
    if not unit:
        raise UsageError(f"“{value}”不是期限，应写成 7个工作日、3日、24小时、1个月 这样", code="bad_term", field=field)
    number = int(found["number"])
    if number > _MOST.get(unit, 9999):
        raise UsageError(f"“{value}”太长，最多 {_MOST[unit]}{UNITS[unit]}", code="bad_term", field=field)
    return Term(number, unit, found["start"] or "")


def _own_term(course: Course, limit: Limit, value: str) -> Term:
    term = _term(value, limit.id)
    if term.start and term.start not in course.events:
        said = f"没有“{term.start}”这个事件；可用：{'、'.join(course.events)}"
        raise UsageError(said, code="unknown_event", field=limit.id)
    if not term.start and not any(period.start.events or period.start.end_of for period in limit.periods):
        raise UsageError(f"{limit.id} 没有写起算的事件，请写成 {value}@事件", code="bad_term", field=limit.id)
    return term


def _granted(course: Course, name: str, value: str, before: int) -> Term | None:
    if name not in course.limits:
        raise UsageError(f"没有“{name}”这项期限；可用：{'、'.join(course.limits)}", code="unknown_limit", field="limit")
    limit, rule = course.limits[name], course.limits[name].extension
    if rule is None:
        said = f"{name}（{limit.label}）没有可以延长的规定；合同另有约定的，把约定的期限写进设置，如 {name}=7个工作日"
        raise UsageError(said, code="no_extension", field="limit")
    if before >= rule.times:
        said = f"{name}（{limit.label}）最多延长 {rule.times} 次；依据：{rule.authority}"
        raise UsageError(said, code="too_many_extensions", field="limit")
    if not value:
        if rule.number is None:
            raise UsageError(f"延长 {name} 要写明延长多久，如 {name}=3日", code="bad_term", field="by")
        return None
    term = _term(value, "by")
    clock = {term.unit in CLOCK_UNITS, *(period.unit in CLOCK_UNITS for period in limit.periods if period.unit)}
    if rule.number is not None and (term.unit != rule.unit or term.number > rule.number):
        said = f"{name} 每次最多延长 {rule.number}{UNITS[rule.unit]}；依据：{rule.authority}"
        raise UsageError(said, code="extension_too_long", field="by")
    if len(clock) > 1:
        raise UsageError(f"{name} 的延长要与原期限同样按日或按小时计算", code="bad_term", field="by")
    return term
