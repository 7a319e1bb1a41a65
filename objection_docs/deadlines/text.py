"""Limits and procedures as plain text for a terminal."""

from collections.abc import Iterator
from datetime import datetime

from objection_docs.deadlines.case import GENERAL
from objection_docs.deadlines.reckoned import Reckoned
from objection_docs.deadlines.words import ENDS, end, length, moment
from objection_docs.packs.courses import UNITS, Course, Limit, Period, Start, Step


def render(course: Course, reckoned: tuple[Reckoned, ...], now: datetime, years: tuple[int, ...]) -> str:
    """The limits that have started, each with its reckoning; those that were done without a start that anybody knows;
    then those that wait, with what they wait for."""
    lines = [f"{course.label}（截至{moment(now)}）"]
    for one in reckoned:
        if one.counted:
            lines += ["", *_limit(one)]
    idle = [one for one in reckoned if not one.counted]
    for title, part in (("没有起算的日期", True), ("尚未起算", False)):
        if told := [one for one in idle if bool(one.by) == part]:
            lines += ["", title]
            lines += [f"  {one.limit.id}  {one.limit.label}：{_waits(course, one)}" for one in told]
    lines += ["", f"放假安排已知 {_spans(years)} 年；其后的日期都是暂估。"]
    return "\n".join(lines)


def _limit(one: Reckoned) -> Iterator[str]:
    limit = one.limit
    word = "" if limit.mandatory else "，可以"
    yield f"{limit.id}  {limit.label}（{limit.who}{word}，{length(one.counted)}）"
    yield f"    {_answer(one)}"
    yield from (f"    · {step}" for step in one.steps)
    if one.period.authority:
        yield f"    依据：{one.period.authority}"
    if limit.difference:
        yield f"    异同：{limit.difference}"
    if limit.note:
        yield f"    说明：{limit.note}"


def _answer(one: Reckoned) -> str:
    told = f"{ENDS[one.limit.measure]} {end(one.last)}" if one.last else "没有最后一日"
    if one.last and one.safe < one.last:
        told = f"稳妥日 {end(one.safe)}，{told}"
    if one.provisional:
        told += "（暂估）"
    state = one.state
    words = state.label
    if one.by:
        words += f"：{one.by.label}，{moment(state.at)}"
    elif state.code in ("open", "at_risk") and state.days_left is not None:
        words += "，今天到期" if state.days_left == 0 else f"，还有{state.days_left}天" if state.days_left > 0 else ""
    elif state.code in ("overdue", "lapsed"):
        words += f"{-state.days_left}天" if state.days_left else "（当天已过业务时间）"
    elif state.code == "projected":
        words += "：前一步还没有发生，设它在最后一日完成"
    return f"{told}  【{words}】"


def _waits(course: Course, one: Reckoned) -> str:
    if one.by:
        return f"{one.state.label}（{one.by.label}，{moment(one.state.at)}）"
    start = _start(course, one.period.start)
    return f"待 {start}" if start else one.period.text


def _start(course: Course, start: Start) -> str:
    if start.end_of:
        return f"{start.end_of} 的期限届满"
    return " 或 ".join(f"{course.events[name].label}（{name}）" for name in start.events)


def _spans(years: tuple[int, ...]) -> str:
    """2004, 2005, 2006, 2028 → “2004—2006、2028”."""
    spans: list[list[int]] = []
    for year in years:
        if spans and spans[-1][1] == year - 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return "、".join(str(a) if a == b else f"{a}—{b}" for a, b in spans)


def page(course: Course) -> str:
    """A procedure: steps with documents, limits with authorities, events and settings that a case can give."""
    lines = [course.label]
    lines += ["", "步骤"]
    for number, step in enumerate(course.steps, 1):
        lines += _step(number, step)
    lines += ["", "期限"]
    for limit in course.limits.values():
        lines += _rules(course, limit)
    if course.grades:
        lines += ["", "分类", *(f"  {g.label}：{g.criteria}{_listed(g.limits)}" for g in course.grades)]
    if course.archived:
        lines += ["", "归档"]
        lines += [f"  {a.what}{f'，{a.keep}' if a.keep else ''}（{a.authority}）" for a in course.archived]
    lines += ["", "事件（用法：事件=2026-03-05 或 事件=2026-03-05T16:30）"]
    lines += [f"  {event.id}  {event.label}" for event in course.events.values()]
    lines += ["", "设置（用法：--set 名称=取值；规程或合同的期限也可以改，如 --set 期限编号=7个工作日）"]
    for setting in course.settings.values():
        choices = "；".join(f"{key} {label}" for key, label in setting.choices.items())
        lines.append(f"  {setting.id}  {setting.label}：{choices}（默认 {setting.default}）")
    lines += [f"  {name}  {about}" for name, about in GENERAL.items()]
    if course.notes:
        lines += ["", "说明", *(f"  {note}" for note in course.notes)]
    return "\n".join(lines)


def _listed(limits: tuple[str, ...]) -> str:
    return f"（期限 {'、'.join(limits)}）" if limits else ""


def _step(number: int, step: Step) -> Iterator[str]:
    made = "、".join(part for part in (step.kind, step.document) if part)
    yield f"  {number}. {step.who}{'可以' if step.may else ''}：{step.label}{_listed(step.limits)}"
    if made:
        yield f"     文书：{made}"
    if step.authority:
        yield f"     依据：{step.authority}"


def _rules(course: Course, limit: Limit) -> Iterator[str]:
    yield f"  {limit.id}  {limit.label}（{limit.who}）"
    for period in limit.periods:
        yield f"     {_rule(course, limit, period)}"
    for excluded in limit.excluded:
        yield f"     不计入：{excluded.label}（{excluded.authority}）"
    if limit.extension:
        rule = limit.extension
        most = f"，每次最多{rule.number}{UNITS[rule.unit]}" if rule.number else ""
        yield f"     可延长{rule.times}次{most}：{rule.reason}（{rule.authority}）"
    if limit.cap:
        yield f"     以 {limit.cap} 为限"
    if limit.difference:
        yield f"     异同：{limit.difference}"
    if limit.note:
        yield f"     说明：{limit.note}"


def _rule(course: Course, limit: Limit, period: Period) -> str:
    start = _start(course, period.start)
    measure = {"deadline": "", "maximum": "最长", "minimum": "不少于"}[limit.measure]
    told = f"{measure}{period.text}"
    if start:
        told += f"，{start}以前" if limit.direction == "before" else f"，自{start}起"
    if period.when:
        told += "，" + "、".join(
            f"{course.settings[name].label}：{'、'.join(course.settings[name].choices[c] for c in choices)}"
            for name, choices in period.when.items()
        )
    if period.since or period.until:
        told += f"，施行于{period.since or '……'}至{period.until or '今'}"
    return f"{'从严读法：' if period.safe else ''}{told}（{period.authority}）"
