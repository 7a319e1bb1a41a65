"""How a case stands: its limits as they run, what the next step is, by whom and until when."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from objection_docs import deadlines
from objection_docs.archive.cases import Head, Kept, Said
from objection_docs.cases.sources import Source
from objection_docs.cases.stages import Stage, stages
from objection_docs.deadlines import Reckoned
from objection_docs.deadlines.case import local
from objection_docs.deadlines.values import day_of
from objection_docs.deadlines.watch import Watch, runs
from objection_docs.errors import UsageError
from objection_docs.packs.courses import Course, Event, Step

_DONE = frozenset({"met", "late", "done"})
_BEGUN = ("open", "at_risk", "overdue", "paused")


class Next(NamedTuple):
    """A step that comes next, and the limit that runs out first among its own; None where none has a last day."""

    step: Step
    limit: Reckoned | None


class Awaited(NamedTuple):
    """A letter that went out and whose receipt nobody has told; `letter`: its seq."""

    event: Event
    letter: int


@dataclass(frozen=True, slots=True)
class StageView:
    """One procedure of a case at a moment. `problem` says why its limits can't be reckoned, if so; `text` is their
    reckoning in words, where that was asked for."""

    stage: Stage
    limits: tuple[Reckoned, ...] = ()
    problem: str = ""
    next: tuple[Next, ...] = ()
    awaited: tuple[Awaited, ...] = ()
    text: str = ""

    @property
    def doubts(self) -> list[str]:
        """Pairs of dates that cannot both be right, in words."""
        course, dates = self.stage.course, self.stage.dates
        pairs = [(event, course.events[event.posted]) for event in course.events.values() if event.posted]
        found = [
            (dates[late.id].source.at, late, dates[soon.id].source.at, soon)
            for late, soon in pairs
            if late.id in dates and soon.id in dates
        ]
        told = [
            f"{late.label}（{at}）早于{soon.label}（{before}）"
            for at, late, before, soon in found
            if at[:10] < before[:10]
        ]
        for one in self.limits:
            if one.too_early:
                begun = one.counted.begin
                told.append(f"{one.by.label}（{day_of(one.state.at)}）早于{begun.label}（{begun.day}）")
        return told

    def source(self, one: Reckoned) -> Source | None:
        """Where the date comes from that decided the state of a limit."""
        return self.stage.dates[one.by.id].source if one.by and one.by.id in self.stage.dates else None


@dataclass(frozen=True, slots=True)
class View:
    """A case at `now`, a closed one on the day of its closing. `heads`: its letters by seq; `said`: what was entered
    about it by hand."""

    case: str
    now: datetime
    closed: date | None
    stages: tuple[StageView, ...]
    heads: Mapping[int, Head]
    said: tuple[Said, ...]

    @property
    def running(self) -> list[tuple[StageView, Reckoned]]:
        """The limits that somebody has to act on, the most urgent first; none once the case is closed."""
        if self.closed:
            return []
        found = [(stage, one) for stage in self.stages for one in stage.limits if runs(one)]
        return sorted(found, key=lambda pair: urgency(pair[1]))

    @property
    def last_letter(self) -> Head | None:
        return self.heads[max(self.heads)] if self.heads else None

    @property
    def next(self) -> tuple[Next, ...]:
        """The next steps in the procedure that the case has come to."""
        return self.stages[-1].next if self.stages and not self.closed else ()


class Due(NamedTuple):
    """A limit that somebody has to act on. `issued`: the seq of the letter that was written for it and whose receipt
    nobody has told yet, or 0."""

    case: str
    procedure: str
    limit: Reckoned
    issued: int


def urgency(one: Reckoned) -> tuple:
    return one.safe.day, one.safe.at or time.max, one.last.day, one.limit.id


def view(kept: Kept, heads: Mapping[int, Head], now: datetime) -> View:
    """The whole case, with its reckoning in words. `now`: with a zone, or Beijing; `heads`: its letters by seq."""
    now = local(now)
    if kept.closed:
        now = min(now, datetime.combine(kept.closed, time(23, 59)))

    def reckoned(stage: Stage) -> tuple[tuple[Reckoned, ...], str]:
        answer = deadlines.answer(stage.course, stage.case(), now)
        return answer.limits, replace(answer, limits=_own(stage, answer.limits)).text()

    return View(kept.case, now, kept.closed, _stages(stages(kept), reckoned), heads, tuple(kept.said))


def line(kept: Kept, watch: Watch) -> View:
    """As `view`, for a list: without words and heads, and without the limits of a closed case."""

    def reckoned(stage: Stage) -> tuple[tuple[Reckoned, ...], str]:
        return tuple(watch.limits(stage.course, stage.case())) if not kept.closed else (), ""

    return View(kept.case, watch.now, kept.closed, _stages(stages(kept, watch.course), reckoned), {}, tuple(kept.said))


def due(cases: Iterable[Kept], now: datetime, within: timedelta | None = None) -> Iterator[Due]:
    """What runs in these cases, of each case in the order of its procedure. `within`: until which day from `now`.

    A case that cannot be reckoned is passed over; its own page says why.
    """
    watch = Watch(now)
    until = (watch.now + within).date() if within is not None else None
    for kept in cases:
        for stage in stages(kept, watch.course):
            try:
                limits = watch.running(stage.course, stage.case())
            except UsageError:
                continue
            for one in _own(stage, limits):
                if until is None or one.safe.day <= until:
                    yield Due(kept.case, stage.course.id, one, issued(stage, one))


def late(cases: Iterable[Kept], now: datetime) -> Iterator[tuple[str, Course, Reckoned, Source | None]]:
    """Limits that were not kept: case, procedure, limit, and the date that came late; None where it hasn't come at
    all."""
    watch = Watch(now)
    for kept in cases:
        for stage in stages(kept, watch.course):
            try:
                limits = watch.limits(stage.course, stage.case())
            except UsageError:
                continue
            for one in _own(stage, limits):
                if one.state.code == "late" and one.by and one.by.id in stage.dates:
                    yield kept.case, stage.course, one, stage.dates[one.by.id].source
                elif one.state.code == "overdue" and not kept.closed:
                    yield kept.case, stage.course, one, None


def _stages(
    found: Iterable[Stage], reckoned: Callable[[Stage], tuple[tuple[Reckoned, ...], str]]
) -> tuple[StageView, ...]:
    out = []
    for stage in found:
        try:
            limits, text = reckoned(stage)
        except UsageError as error:
            out.append(StageView(stage, problem=error.message))
        else:
            following, awaited = _next(stage, limits), tuple(_awaited(stage))
            out.append(StageView(stage, _own(stage, limits), "", following, awaited, text))
    return tuple(out)


def _own(stage: Stage, limits: Sequence[Reckoned]) -> Sequence[Reckoned]:
    """Without those that a stage before tells already."""
    if not stage.elsewhere:
        return limits
    return tuple(one for one in limits if one.limit.id not in stage.elsewhere)


def _next(stage: Stage, limits: Iterable[Reckoned]) -> tuple[Next, ...]:
    """The steps after the last one that was taken: those that one may take, and the first that one has to."""
    by_id = {one.limit.id: one for one in limits}
    kinds = {letter.kind for letter in stage.letters}
    done = {name for name, one in by_id.items() if one.state.code in _DONE}
    steps = stage.course.steps
    taken = [n for n, step in enumerate(steps) if step.kind in kinds or done.intersection(step.limits)]
    left = steps[taken[-1] + 1 if taken else 0 :]
    begun = {name for name, one in by_id.items() if one.state.code in _BEGUN}
    # what no letter and no limit tells was done, when a limit after it has begun: posting, once the other received it
    under_way = next((n for n, step in enumerate(left) if begun.intersection(step.limits)), 0)
    left = [step for n, step in enumerate(left) if n >= under_way or step.kind or step.limits]
    out, over = [], False
    for step in left:
        own = [by_id[name] for name in step.limits if name in by_id and name not in done]
        alive = [one for one in own if one.state.code != "superseded"]
        over = over or (own and not alive)  # what came to an end takes along what would have followed from it
        if over and not alive:
            continue
        out.append(Next(step, min((one for one in alive if one.last), key=urgency, default=None)))
        if not step.may:
            break
    return tuple(out)


def _awaited(stage: Stage) -> Iterator[Awaited]:
    newest = {letter.kind: letter.seq for letter in stage.letters}
    for event in stage.course.events.values():
        if event.at == "receipt" and event.letter in newest and event.id not in stage.dates:
            yield Awaited(event, newest[event.letter])


def issued(stage: Stage, one: Reckoned) -> int:
    """The seq of the letter that was written for the limit and whose receipt nobody has told yet, or 0."""
    event = stage.course.events.get(one.limit.done)
    if event is None or event.at != "receipt" or event.id in stage.dates:
        return 0
    return next((letter.seq for letter in reversed(stage.letters) if letter.kind == event.letter), 0)
