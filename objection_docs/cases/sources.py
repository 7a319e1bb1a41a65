"""Letters and later entries → for each event of a procedure all dates that the log has for it, and the one that counts.

The procedure's data say which letter's date, or receipt, tells an event; checks/letter_dates.yaml what a letter tells
of the letters before it.
"""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from objection_docs.archive.cases import Letter, Said
from objection_docs.deadlines.case import YEARS, parse_moment
from objection_docs.packs.courses import Course
from objection_docs.packs.letter_dates import OWN, Mention, mentions

#: How a date is known, the surest first → why it is used where another differs.
SURENESS = {
    "hand": "由人记入的日期先于文书所写",
    "proof": "有送达凭证的日期先于文书所写",
    "own": "文书自己的日期先于别的文书所说",
    "receiver": "由收件的一方写明",
    "mention": "别的文书提到的日期",
}
_RANK = {how: rank for rank, how in enumerate(SURENESS)}


class Source(NamedTuple):
    """One date for an event, YYYY-MM-DD or with THH:MM. `how`: of SURENESS; `letter`: the seq of the letter that tells
    it, 0 for a date entered by hand, which `entry` then is."""

    at: str
    how: str
    letter: int = 0
    entry: Said | None = None


class Chosen(NamedTuple):
    """The date that counts; `others` that differ, and `reason`, empty where nothing differs."""

    source: Source
    others: tuple[Source, ...] = ()
    reason: str = ""


def sources(course: Course, letters: Iterable[Letter], said: Iterable[Said]) -> dict[str, list[Source]]:
    """Event → its dates as the log tells them, in the order of entering; one by hand comes last."""
    found: dict[str, list[Source]] = {}
    for letter in letters:
        dates = letter.dates or {}
        for name, how, events in _told_by(course, letter.kind):
            if (day := dates.get(name)) and _possible(day):
                source = Source(day, how, letter.seq)
                for event in events:
                    found.setdefault(event, []).append(source)
        if letter.received and _possible(letter.received):
            for event in _fed(course, letter.kind, "receipt"):
                found.setdefault(event, []).append(Source(letter.received, "proof", letter.seq))
    for event, entry in by_hand(course, said).items():
        found.setdefault(event, []).append(Source(entry.details["at"], "hand", entry=entry))
    return found


def choose(course: Course, event: str, given: list[Source]) -> Chosen:
    """The surest date; among equals the stricter one: the earlier where a limit starts with the event, else the later,
    so that nothing is taken for timely too soon."""
    if len(given) == 1:
        return Chosen(given[0])
    best = min(_RANK[one.how] for one in given)
    equals = [one for one in given if _RANK[one.how] == best]
    starts = event in _starting(course)
    used = (min if starts else max)(equals, key=lambda one: one.at)
    others = tuple(one for one in given if one.at[:10] != used.at[:10])
    if not others:
        return Chosen(used)
    reason = SURENESS[used.how]
    if any(one.at[:10] != used.at[:10] for one in equals):
        reason = "几处不同，从严用较早的：期限从它起算" if starts else "几处不同，从严用较晚的：它说明是否按期"
    return Chosen(used, others, reason)


def by_hand(course: Course, said: Iterable[Said]) -> Mapping[str, Said]:
    """The dates entered by hand that were not taken back."""
    found: dict[str, Said] = {}
    for entry in said:
        if entry.errand == "event" and entry.details["event"] in course.events:
            found.pop(entry.details["event"], None)
            if entry.details.get("at"):
                found[entry.details["event"]] = entry
    return found


@lru_cache(10_000)
def _possible(day: str) -> bool:
    """A letter may say any date; one that no case can have isn't reckoned with."""
    told = parse_moment(day)
    return told is not None and told.year in YEARS


@cache
def _fed(course: Course, kind: str, at: str) -> tuple[str, ...]:
    """The events that the date, or the receipt, of a letter of this kind tells."""
    return tuple(event.id for event in course.events.values() if kind and event.letter == kind and event.at == at)


@cache
def _told_by(course: Course, kind: str) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """What a letter of this kind tells in this procedure: name of the date, how sure, the events."""
    told = [(OWN, "own", _fed(course, kind, "date"))]
    for mention in mentions().get(kind, ()):
        how = "receiver" if mention.at == "receipt" else "mention"
        told.append((mention.fact, how, _fed(course, _meant(course, kind, mention), mention.at)))
    return tuple(one for one in told if one[2])


def _meant(course: Course, kind: str, mention: Mention) -> str:
    """The kind of letter that is meant: the nearest one before this one in the steps of the procedure."""
    known = [of for of in mention.of if _fed(course, of, mention.at)]
    steps = [step.kind for step in course.steps]
    if kind not in steps:
        return known[0] if known else ""
    before = steps[: steps.index(kind)]
    return next((one for one in reversed(before) if one in known), "")


@cache
def _starting(course: Course) -> frozenset[str]:
    """The events that a limit starts with."""
    periods = [period for limit in course.limits.values() for period in limit.periods]
    return frozenset(event for period in periods if period.number is not None for event in period.start.events)
