"""The reckoning in words: each step with its article, in the order in which a person would check it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from objection_docs.deadlines.case import Case, Moment
from objection_docs.deadlines.values import Counted, End, Pause, day_of
from objection_docs.packs.courses import CLOCK_UNITS, UNITS, Event, Limit
from objection_docs.workdays import WEEKDAYS, Calendar

SOURCES = {"seed": "规程", "law": "法律"}
#: How the end of a limit is called, by its measure.
ENDS = {"deadline": "最后期限", "maximum": "最后期限", "minimum": "最早结束"}


def day(one: date) -> str:
    return f"{one.year}年{one.month}月{one.day}日（周{WEEKDAYS[one.weekday()]}）"


def moment(one: Moment) -> str:
    return f"{day(one.date())}{one:%H:%M}" if isinstance(one, datetime) else day(one)


def end(one: End) -> str:
    return f"{day(one.day)}{one.at:%H:%M}" if one.at else f"{day(one.day)}24:00"


def length(counted: Counted) -> str:
    if counted.number is None or (counted.period.word and not counted.agreed):
        return counted.period.text
    return f"{counted.number}{UNITS[counted.unit]}"


def steps(limit: Limit, counted: Counted, done: Event | None, case: Case, calendar: Calendar) -> Iterator[str]:
    """The steps of one reckoning; `done`: the event that meets the limit. A word without a figure has only a start."""
    rule, begin = counted.counting, counted.begin
    clock = counted.unit in CLOCK_UNITS
    if limit.direction == "during":
        yield f"起：{begin.label}，{moment(begin.at)}。"
        if counted.last:
            yield f"止：{end(counted.last)}。"
        return
    if limit.direction == "before":
        yield from _backwards(counted, calendar)
        return
    yield f"起算：{begin.label}，{moment(begin.at)}{_first(counted, clock)}"
    if counted.number is None:
        yield f"{SOURCES[counted.period.source]}只说{counted.period.text}，没有日数，应尽早办理并留下记录。"
        return
    yield f"期限：{length(counted)}{'（按本案的约定）' if counted.agreed else ''}{_extended(limit, counted)}。"
    yield from (_pause(one, clock) for one in counted.pauses)
    if counted.last is None:
        left = counted.number - counted.used
        used = "" if clock else f"；暂停前已用{counted.used}{UNITS[counted.unit]}，余{left}{UNITS[counted.unit]}"
        yield f"现在暂停计算，恢复以后才知道最后一日{used}。"
        return
    if counted.unit == "workday":
        yield from _not_counted(begin.day, counted.nominal, calendar)
    if counted.unit in ("month", "year") and not counted.pauses and counted.nominal.day != begin.day.day:
        yield f"到期的月份没有{begin.day.day}日，以月末日为最后一日（{rule.end_of_month}）。"
    yield from _rolled(limit, counted, calendar)
    yield f"{ENDS[limit.measure]}：{end(counted.last)}{_closing(counted, case)}。"
    if done and (done.posted or (done.letter and done.at == "receipt")):
        how = "期满前交邮即为按期，在途时间不计" if rule.in_time == "posting" else "以到达对方为准，交寄不算"
        yield f"是否按期：{how}（{rule.in_time_authority}）。"
    if counted.provisional:
        yield provisional(counted, calendar)


def _first(counted: Counted, clock: bool) -> str:
    rule, begin = counted.counting, counted.begin
    if counted.number is None:
        return "。"
    if counted.number == 0:
        return "，当日即应办理。"
    if not clock:
        return f"，当日不计入，自{day(begin.day + timedelta(days=1))}起计算（{rule.day_of_event}）。"
    if not isinstance(begin.at, datetime):
        return f"；没有给出时刻，从严自当日0时起算（{rule.hours}）。"
    how = "自下一小时起算" if rule.hours_from == "next_hour" and counted.unit == "hour" else "自当时起连续计算"
    return f"，{how}（{rule.hours}）。"


def _extended(limit: Limit, counted: Counted) -> str:
    if not counted.extended:
        return ""
    told = "、".join(f"{grant.number}{UNITS[grant.unit]}" for grant in counted.extended)
    return f"（含延长{told}：{limit.extension.reason}，{limit.extension.authority}）"


def _pause(one: Pause, clock: bool) -> str:
    since = moment(one.begin) if clock else f"{moment(one.begin)}的次日"
    until = f"至{moment(one.end)}" if one.end else "起"
    guess = "（尚未发生，按最后一日设想）" if one.projected else ""
    return f"不计入：{one.label}，{since}{until}{guess}（{one.authority}）。"


def days_off(first: date, last: date, calendar: Calendar) -> tuple[list[tuple[date, date, str]], int, list[date]]:
    """From `first` to `last`: runs of holidays with their names, the number of plain weekend days, moved workdays."""
    holidays: list[tuple[date, date, str]] = []
    weekends, moved = 0, []
    for number in range(first.toordinal(), last.toordinal() + 1):
        one = date.fromordinal(number)
        name = calendar.off(one)
        if name.startswith("周"):
            weekends += 1
        elif name and holidays and holidays[-1][2] == name and holidays[-1][1] == one - timedelta(days=1):
            holidays[-1] = (holidays[-1][0], one, name)
        elif name:
            holidays.append((one, one, name))
        elif one.weekday() >= 5:
            moved.append(one)
    return holidays, weekends, moved


def _not_counted(start: date, last: date, calendar: Calendar) -> Iterator[str]:
    holidays, weekends, moved = days_off(start + timedelta(days=1), last, calendar)
    told = [f"{_span(first, final)}{name}" for first, final, name in holidays]
    told += [f"周末{weekends}天"] if weekends else []
    if told:
        yield f"其间休息、不计的日子：{'；'.join(told)}。"
    if moved:
        yield f"调休上班、计入的周末：{'、'.join(map(day, moved))}。"


def _span(first: date, last: date) -> str:
    if first == last:
        return f"{first.month}月{first.day}日"
    return f"{first.month}月{first.day}日至{last.month}月{last.day}日"


def _rolled(limit: Limit, counted: Counted, calendar: Calendar) -> Iterator[str]:
    if counted.unit in ("workday", *CLOCK_UNITS) or counted.number == 0:
        return
    rule, nominal, last = counted.counting, counted.nominal, counted.last.day
    if last != nominal:
        yield (
            f"算到{day(nominal)}，是{_why_off(nominal, calendar)}，顺延到休假结束的次日{day(last)}"
            f"（{rule.rollover_authority}）。"
        )
        if counted.safe and counted.safe.day == nominal:
            yield f"该条只说“法定节假日”，普通周末是否顺延有两种读法，稳妥的做法是在{day(nominal)}以前办完。"
    elif calendar.is_moved(nominal):
        yield f"{day(nominal)}是调休上班日，不是休假日，不顺延。"
    elif not counted.rolls and not calendar.is_workday(nominal):
        why = "这是最长期间，不因休假日延长" if limit.measure == "maximum" else "本案约定或规定不顺延"
        yield f"{day(nominal)}是{_why_off(nominal, calendar)}，但{why}。"


def _why_off(one: date, calendar: Calendar) -> str:
    name = calendar.off(one)
    return "休息日" if name.startswith("周") else f"{name}假期"


def _closing(counted: Counted, case: Case) -> str:
    if counted.unit in CLOCK_UNITS or not case.hours or counted.last.at != case.hours[1]:
        return ""
    return f"，即业务时间结束时（{counted.counting.close}）"


def _backwards(counted: Counted, calendar: Calendar) -> Iterator[str]:
    begin = counted.begin
    yield f"起点：{begin.label}，{moment(begin.at)}；期限：此前{length(counted)}，往前倒数。"
    if counted.unit == "workday":
        yield from _not_counted(counted.nominal - timedelta(days=1), begin.day - timedelta(days=1), calendar)
    if counted.safe is None:
        yield f"最后期限：{end(counted.last)}。"
        return
    yield f"从严：{begin.label}当日不计，其前整{length(counted)}以前，即不迟于{end(counted.safe)}。"
    yield f"从宽：自{begin.label}的时刻倒推{length(counted)}，即不迟于{end(counted.last)}。"
    yield "倒数的期限没有顺延的规定；请按从严的日期办理，从宽的日期只作最后的余地。"
    if not calendar.is_workday(counted.safe.day):
        before = calendar.previous_workday(counted.safe.day)
        why = _why_off(counted.safe.day, calendar)
        yield f"{day(counted.safe.day)}是{why}，对方不办公的，宜在{day(before)}以前提出。"
    if counted.provisional:
        yield provisional(counted, calendar)


def beside(other: Counted) -> str:
    """What another source, or a stricter reading, gives for the same limit."""
    period = other.period
    if other.last is None:
        return f"另见{period.authority}，没有日数。"
    told = f"{period.authority}：{period.text}，自{other.begin.label}起"
    if period.safe:
        return f"从严：{told}，到{end(other.last)}；稳妥的做法是在此以前办完。"
    return f"另按{told}，到{end(other.last)}。"


def provisional(counted: Counted, calendar: Calendar) -> str:
    """What is not known yet, and what would change the answer."""
    days = [counted.nominal, counted.last.day, day_of(counted.begin.at)]
    years = [y for y in range(min(days).year, max(days).year + 1) if not calendar.known(y)]
    told = "、".join(f"{year}年" for year in years) or "起算日所在年份"
    if counted.unit == "workday":
        change = "其间每多（少）放假一个工作日，最后一日就推后（提前）一个工作日"
    else:
        change = f"{day(counted.nominal)}及其后几日改为放假或上班的，最后一日随之顺延或提前"
    return f"暂估：{told}的放假安排尚未公布或没有载入，暂按周末和放假办法本身规定的假日计算；公布后请重算，{change}。"
