"""The errands of cases: show one, list all, what is due, what was late; enter events, settings and extensions."""

import heapq
from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from objection_docs import deadlines, desk
from objection_docs.errors import LogError, UsageError
from objection_docs.opening import open_log

if TYPE_CHECKING:
    from objection_docs.archive import Archive
    from objection_docs.archive.cases import Head, Kept
    from objection_docs.cases.view import Due, View

LONGEST = 2000
#: Cases of a page, where nobody says how many, and at most.
PAGE, MOST = 50, 500
STATES = ("open", "closed")


def show(case: str, *, now: datetime, home: Path | None = None) -> "View":
    """The case with its letters, its events, each limit with its reckoning, and what is next."""
    from objection_docs.archive import cases
    from objection_docs.cases import view

    with open_log(home) as archive:
        kept = _kept(archive, case)
        return view.view(kept, cases.heads(archive, [letter.seq for letter in kept.letters]), now)


def timeline(case: str, *, now: datetime, home: Path | None = None) -> str:
    """The case as a time line: SVG."""
    from objection_docs.cases import timeline as room

    return room.timeline(show(case, now=now, home=home))


def listed(
    *,
    now: datetime,
    state: str = "",
    procedure: str = "",
    within: timedelta | None = None,
    limit: int = PAGE,
    offset: int = 0,
    home: Path | None = None,
) -> tuple[list["View"], int]:
    """A page of the cases, the most urgent first, those where nothing runs last; and how many there are in all.

    `state`: of STATES; `within`: only cases with a limit that runs out in that time, or has; `offset`: passed over.
    """
    from objection_docs.archive import cases
    from objection_docs.cases import stages, view
    from objection_docs.deadlines.watch import Watch

    desk.require_known(None, procedure)
    watch = Watch(now)
    until = (watch.now + within).date() if within is not None else date.max
    total = 0

    def chosen(archive: "Archive") -> Iterator[tuple]:
        nonlocal total
        for kept in _all(archive, still_open=state == "open"):
            if (state == "closed") > bool(kept.closed):
                continue
            if procedure and procedure not in stages.names(kept, watch.course):
                continue
            one = view.line(kept, watch)
            first = next((limit for _, limit in one.running), None)
            if within is None or (first and first.safe.day <= until):
                last = kept.letters[-1].seq if kept.letters else 0
                total += 1
                yield not first, view.urgency(first) if first else (), one.case, one, last

    with open_log(home) as archive:
        # of many cases only those of the page are kept in memory
        found = heapq.nsmallest(offset + limit, chosen(archive), key=itemgetter(0, 1, 2))[offset:]
        heads = cases.heads(archive, [last for *_, last in found if last])
    return [replace(one, heads={last: heads[last]} if last else {}) for *_, one, last in found], total


def due(
    *, now: datetime, within: timedelta | None = None, home: Path | None = None
) -> list[tuple["Due", "Head | None"]]:
    """What runs in all open cases, the most urgent first, each with the letter that was written for it already and
    whose receipt nobody has told yet. `within`: only what runs out in that time, or has."""
    from objection_docs.archive import cases
    from objection_docs.cases import view

    with open_log(home) as archive:
        found = sorted(view.due(_all(archive, still_open=True), now, within), key=lambda one: view.urgency(one.limit))
        heads = cases.heads(archive, {one.issued for one in found if one.issued})
    return [(one, heads.get(one.issued)) for one in found]


def late(*, now: datetime, places: Container[int] | None = None, home: Path | None = None) -> list[dict]:
    """Every limit that wasn't kept, of closed cases too: {"case", "procedure", "limit", "label", "who", "last"
    (YYYY-MM-DD), "letter": id of the letter that came late, or "", "overdue": whether it hasn't come and the case is
    open}. `places`: only of cases that have one of these letters (seq).
    """
    from objection_docs.archive import cases
    from objection_docs.cases import view

    with open_log(home) as archive:
        chosen = (
            kept for kept in _all(archive) if places is None or any(letter.seq in places for letter in kept.letters)
        )
        found = list(view.late(chosen, now))
        heads = cases.heads(archive, {source.letter for *_, source in found if source and source.letter})
    return [
        {
            "case": case,
            "procedure": course.id,
            "limit": one.limit.id,
            "label": one.limit.label,
            "who": one.limit.who,
            "last": one.last.day.isoformat(),
            "letter": heads[source.letter].id if source and source.letter else "",
            "overdue": source is None,
        }
        for case, course, one, source in found
    ]


def calendar(case: str = "", *, now: datetime, home: Path | None = None) -> bytes:
    """The limits of a case, or of all open ones, as an iCalendar file."""
    from objection_docs.archive import cases
    from objection_docs.cases import ics, view

    with open_log(home) as archive:
        origin, number = cases.reached(archive)
        found = [_kept(archive, case)] if case else _all(archive, still_open=True)
        views = (view.view(kept, cases.heads(archive, [one.seq for one in kept.letters]), now) for kept in found)
        return ics.calendar(views, now, origin=origin, number=number)


def event(case: str, name: str, at: str, *, source: str, now: datetime, who: str, home: Path | None = None) -> str:
    """Enter the date of an event, where it is known from, in the place of all that the letters say; its id.

    `name`: id or label; `at`: YYYY-MM-DD or with THH:MM, Beijing, empty to take back what was entered before.
    """
    from objection_docs.cases import stages
    from objection_docs.cases.sources import by_hand
    from objection_docs.deadlines.case import moment

    if not source.strip():
        raise UsageError(
            "请写明这个日期从哪里知道，如 EMS 签收单", code="no_source", field="source", typed="写作 --source 出处"
        )
    with open_log(home) as archive, archive.writing():
        kept = _open(archive, case)
        known = [e for s in stages.stages(kept) for e in s.course.events.values() if name in (e.id, e.label)]
        if not known:
            _require_procedure(kept)
            listed = "、".join(f"{e.id}（{e.label}）" for s in stages.stages(kept) for e in s.course.events.values())
            raise UsageError(
                f"本案的程序里没有“{name}”这个事件；可用：{listed or '没有'}", code="unknown_event", field="event"
            )
        told = moment(at, known[0]) if at else None
        day = told.isoformat(timespec="minutes") if isinstance(told, datetime) else told.isoformat() if told else ""
        if not day and not any(known[0].id in by_hand(s.course, kept.said) for s in stages.stages(kept)):
            raise UsageError(f"{known[0].label}没有人记入过日期，不用撤回", code="nothing_to_withdraw", field="event")
        details = {"event": known[0].id, "at": day, "source": source.strip()}
        _enter(archive, kept, "event", details, now, who)
    return known[0].id


def settle(case: str, values: Mapping[str, str], *, now: datetime, who: str, home: Path | None = None) -> None:
    """Set the procedure (several joined by commas), the settings of a procedure, a contract's own terms by limit, and
    those of deadlines.case.GENERAL; an empty value goes back to the usual. A case may begin with its procedure."""
    from objection_docs.archive.cases import Kept
    from objection_docs.archive.cases import one as find
    from objection_docs.cases import stages

    desk.require_known(None, None, case)
    if not values:
        raise UsageError("没有要设置的内容，应写成 名称=取值", code="nothing_given")
    chosen = values.get(stages.PROCEDURE, "")
    for name in filter(None, chosen.split(",")):
        desk.require_known(None, name)
    with open_log(home) as archive, archive.writing():
        kept = _open(archive, case) if find(archive, case) or not chosen else Kept(case, [], [])
        after = _with(kept, "set", {"set": dict(values)})
        _require_procedure(after)
        courses = [stage.course for stage in stages.stages(after)]
        for name, value in values.items():
            if name != stages.PROCEDURE and not any(stages.knows(course, name) for course in courses):
                deadlines.read(courses[-1], {}, {name: value})  # says which there are
        _enter(archive, kept, "set", {"set": dict(values)}, now, who)


def extend(
    case: str,
    limit: str,
    by: str = "",
    *,
    source: str,
    withdraw: bool = False,
    now: datetime,
    who: str,
    home: Path | None = None,
) -> None:
    """Enter an extension that was granted: `by` 3日 or the like, empty for the procedure's own. `source`: by whom, by
    which paper. `withdraw`: take the last one back."""
    from objection_docs.cases import stages

    if not source.strip():
        raise UsageError("请写明谁以什么文书批准延长", code="no_source", field="source", typed="写作 --source 出处")
    with open_log(home) as archive, archive.writing():
        kept = _open(archive, case)
        _require_procedure(kept)
        limits = [name for stage in stages.stages(kept) for name in stage.course.limits]
        if limit not in limits:
            raise UsageError(
                f"本案的程序里没有“{limit}”这项期限；可用：{'、'.join(limits)}", code="unknown_limit", field="limit"
            )
        details = {"limit": limit, "source": source.strip()} | ({"withdrawn": True} if withdraw else {"by": by})
        if withdraw and limit not in dict(stages.extensions(kept.said)):
            raise UsageError(f"{limit} 没有记入过延长，不用撤回", code="nothing_to_withdraw", field="limit")
        _enter(archive, kept, "extend", details, now, who)


def _enter(archive: "Archive", kept: "Kept", errand: str, details: dict, now: datetime, who: str) -> None:
    """Into the log, unless the case could not be reckoned any more for it."""
    from objection_docs.archive import about_case

    for name, text in details.items():
        if isinstance(text, str) and len(text) > LONGEST:
            raise UsageError(f"文字太长：最多 {LONGEST} 个字", code="too_long", field=name)
    problem = _problem(_with(kept, errand, details), now)
    if problem and not _problem(kept, now):
        raise problem
    archive.note(at=now, errand=errand, about=about_case(kept.case), details=details, who=who, case=kept.case)


def _problem(kept: "Kept", now: datetime) -> UsageError | None:
    from objection_docs.cases import stages

    for stage in stages.stages(kept):
        try:
            deadlines.answer(stage.course, stage.case(), now)
        except UsageError as error:
            return error
    return None


def _with(kept: "Kept", errand: str, details: dict) -> "Kept":
    """The case as it would be with one more entry."""
    from objection_docs.archive.cases import Said

    return kept._replace(said=[*kept.said, Said(0, "", "", "", errand, details)])


def _open(archive: "Archive", case: str) -> "Kept":
    kept = _kept(archive, case)
    if kept.closed:
        message = f"案件“{case}”已经结案，要先重新开启"
        raise LogError(message, code="already_closed", status=409, typed=f"用 log reopen {case}")
    return kept


def _kept(archive: "Archive", case: str) -> "Kept":
    from objection_docs.archive import cases

    kept = cases.one(archive, case)
    if kept is None:
        message = f"日志里没有案件“{case}”；还没有文书的案件，先写明适用的程序"
        raise LogError(message, code="no_such_case", status=404, typed=f"用 case set {case} procedure=程序")
    return _dated(archive, kept)


def _all(archive: "Archive", *, still_open: bool = False) -> Iterator["Kept"]:
    from objection_docs.archive import cases

    return (_dated(archive, kept) for kept in cases.each(archive, still_open=still_open))


def _dated(archive: "Archive", kept: "Kept") -> "Kept":
    """With the dates of letters that were entered before dates were noted, read from their reports."""
    for letter in kept.letters:
        if letter.dates is None:
            break
    else:
        return kept
    from objection_docs.archive import cases
    from objection_docs.checking.told_dates import told

    def read(letter):
        if letter.dates is not None:
            return letter
        entry = cases.whole(archive, letter.seq)
        return letter._replace(dates=told(letter.kind, entry.report or {}, entry.facts))

    return kept._replace(letters=[read(letter) for letter in kept.letters])


def _require_procedure(kept: "Kept") -> None:
    from objection_docs.cases import stages

    if not stages.names(kept):
        message = f"还不知道案件“{kept.case}”适用哪个程序，请先写明程序"
        raise UsageError(message, code="no_procedure", typed=f"用 case set {kept.case} procedure=程序")
