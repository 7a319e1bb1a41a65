"""A case as its procedures see it: which letters, dates, settings and extensions each of them reckons with.

A case may go through several procedures, as from an objection to a complaint: each is a stage with its own limits.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from objection_docs import deadlines
from objection_docs.archive.cases import Kept, Letter, Said
from objection_docs.cases.sources import Chosen, choose, sources
from objection_docs.deadlines.case import GENERAL, Case, parse_moment
from objection_docs.packs import courses
from objection_docs.packs.courses import Course

#: The setting that names the procedures of a case, instead of those that its letters were checked against.
PROCEDURE = "procedure"
#: Id → procedure, None where it is no longer there; who goes over many cases looks each up once.
Find = Callable[[str], Course | None]


class Stage(NamedTuple):
    """One procedure of a case. `dates`: event → the date that counts and those that differ; `extensions`: limit and by
    how much, in the order of granting; `elsewhere`: the limits that a stage before it has, too."""

    course: Course
    letters: Sequence[Letter]
    dates: Mapping[str, Chosen]
    settings: Mapping[str, str]
    extensions: Sequence[tuple[str, str]]
    elsewhere: frozenset[str] = frozenset()

    def case(self) -> Case:
        """What the reckoning takes. Raises UsageError for settings that the procedure no longer has."""
        events = {event: parse_moment(chosen.source.at) for event, chosen in self.dates.items()}
        if not self.settings and not self.extensions:
            return Case(events)
        return replace(deadlines.read(self.course, {}, self.settings, self.extensions), events=events)


def stages(kept: Kept, find: Find = courses.known) -> list[Stage]:
    """The stages in the order in which the case came to them; none where no procedure is known."""
    given = settings(kept.said)
    found = _courses(kept, given, find)
    shares = _shared(found, kept.letters)
    granted = extensions(kept.said)
    out: list[Stage] = []
    for course in found:
        stage = _stage(course, shares[course.id], kept.said, given, granted)
        out.append(_carried(stage, out) if out else stage)
    return out


def _carried(stage: Stage, before: list[Stage]) -> Stage:
    """With the dates that the stages before tell of the same events, where nobody told them of this one."""
    dates = dict(stage.dates)
    for event in stage.course.events.values():
        found = (one.dates.get(event.told_in.get(one.course.id, "")) for one in reversed(before))
        if event.id not in dates and (chosen := next(filter(None, found), None)):
            dates[event.id] = chosen
    names = {one.course.id for one in before}
    elsewhere = frozenset(limit.id for limit in stage.course.limits.values() if names.intersection(limit.told_in))
    return stage._replace(dates=dates, elsewhere=elsewhere)


def names(kept: Kept, find: Find = courses.known) -> list[str]:
    """The procedures of the case: those set by hand, else those of its letters."""
    return [course.id for course in _courses(kept, settings(kept.said), find)]


def _courses(kept: Kept, given: Mapping[str, str], find: Find) -> list[Course]:
    chosen = given[PROCEDURE].split(",") if PROCEDURE in given else [letter.procedure for letter in kept.letters]
    return [course for name in dict.fromkeys(filter(None, chosen)) if (course := find(name))]


def settings(said: list[Said]) -> dict[str, str]:
    """The settings of the case as they stand, an emptied one left out."""
    found: dict[str, str] = {}
    for entry in said:
        if entry.errand == "set":
            found |= entry.details["set"]
    return {name: value for name, value in found.items() if value}


def extensions(said: list[Said]) -> list[tuple[str, str]]:
    """Limit and by how much (empty: as the procedure has it), without those that were taken back."""
    found: list[tuple[str, str]] = []
    for entry in said:
        if entry.errand != "extend":
            continue
        limit = entry.details["limit"]
        if not entry.details.get("withdrawn"):
            found.append((limit, entry.details["by"]))
        elif mine := [place for place, (name, _) in enumerate(found) if name == limit]:
            del found[mine[-1]]
    return found


def knows(course: Course, name: str) -> bool:
    """Whether the procedure has a setting, or a limit, of this name."""
    return name in GENERAL or name in course.settings or name in course.limits


def _stage(
    course: Course,
    letters: list[Letter],
    said: list[Said],
    given: Mapping[str, str],
    granted: list[tuple[str, str]],
) -> Stage:
    told = sources(course, letters, said)
    dates = {event: choose(course, event, found) for event, found in told.items()}
    chosen = {name: value for name, value in given.items() if knows(course, name)}
    return Stage(course, letters, dates, chosen, [one for one in granted if one[0] in course.limits])


def _shared(found: list[Course], letters: list[Letter]) -> dict[str, list[Letter]]:
    """Each letter to its own procedure; one of another goes to the last that knows its kind, else to the last."""
    if len(found) == 1:
        return {found[0].id: letters}
    shares: dict[str, list[Letter]] = {course.id: [] for course in found}
    for letter in letters if found else ():
        home = letter.procedure
        if home not in shares:
            knowing = [c.id for c in found if any(event.letter == letter.kind for event in c.events.values())]
            home = (knowing or [found[-1].id])[-1]
        shares[home].append(letter)
    for before, after in pairwise(found):
        # the letter that opens a procedure, as a complaint does, may be the last step of the one before
        kind = next((letter.kind for letter in shares[after.id]), "")
        own = {letter.kind for letter in shares[before.id]}
        if kind not in own and any(event.letter == kind for event in before.events.values() if kind):
            shares[before.id] = [*shares[before.id], *(one for one in shares[after.id] if one.kind == kind)]
    return shares
