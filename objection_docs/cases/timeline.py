"""A case as a time line: its letters and events, its limits, and the days off between."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import groupby

from objection_docs.cases.view import View
from objection_docs.cases.wording import letter_words
from objection_docs.deadlines import Reckoned
from objection_docs.deadlines.case import parse_moment
from objection_docs.deadlines.values import day_of
from objection_docs.packs import holidays
from objection_docs.reports.timeline import Bar, Chart, Mark, render, span

_TONES = {"met": "done", "done": "done", "elapsed": "done", "late": "late", "short": "late", "at_risk": "late"}
_TONES |= {"overdue": "over", "lapsed": "over", "open": "open"}


def timeline(view: View) -> str:
    """SVG."""
    marks, bars, told, region = [], [], [], ""
    for stage in view.stages:
        events = stage.stage.course.events
        earlier = list(told)
        for event, chosen in stage.stage.dates.items():
            if any(chosen is one for one in earlier):
                continue  # the procedure before has told it
            told.append(chosen)
            day = day_of(parse_moment(chosen.source.at))
            letter = view.heads.get(chosen.source.letter) if chosen.source.how == "own" else None
            marks.append(Mark(day, letter_words(letter) if letter else events[event].label, bool(letter)))
        bars += [_bar(one) for one in stage.limits if one.last and one.state.code != "superseded"]
        region = stage.stage.settings.get("region", region)
    marks += _silent(view, {mark.label for mark in marks})
    today = view.now.date()
    off = tuple(_off(*span(marks, bars, today), region))
    return render(Chart(f"案件 {view.case}", today, tuple(dict.fromkeys(marks)), tuple(bars), off))


def _silent(view: View, shown: set[str]) -> Iterator[Mark]:
    """Letters whose own date tells no event."""
    for stage in view.stages:
        for letter in stage.stage.letters:
            entry, day = view.heads.get(letter.seq), parse_moment((letter.dates or {}).get("date", ""))
            if entry and day and letter_words(entry) not in shown:
                yield Mark(day, letter_words(entry), letter=True)


def _bar(one: Reckoned) -> Bar:
    start = min(one.counted.begin.day, one.safe.day)
    if one.limit.direction == "before":
        start = one.safe.day
    note = one.state.label + ("，暂估" if one.provisional and not one.by else "")
    return Bar(
        f"{one.limit.id} {one.limit.label}",
        start,
        one.last.day if one.by else one.safe.day,
        one.last.day,
        _TONES.get(one.state.code, "idle"),
        note,
    )


def _off(first: date, last: date, region: str) -> Iterator[tuple[date, date, str]]:
    """Stretches of days off of one name; a weekend is one stretch."""
    calendar = holidays.calendar(region)
    days = map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))
    for name, group in groupby(days, lambda day: re.sub("^周.$", "周末", calendar.off(day))):
        stretch = list(group)
        if name:
            yield stretch[0], stretch[-1], name
