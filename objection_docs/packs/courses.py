"""checks/procedures/<id>.yaml → Course: the events, limits and steps of a procedure, in its own words and the law's.

`procedures` reads the other half of the same file, what each kind of letter must hold: a check needs only that.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from objection_docs.errors import UsageError
from objection_docs.packs import layers, yaml_file
from objection_docs.packs.procedures import path_of, procedure

UNITS = {"workday": "个工作日", "day": "日", "hour": "小时", "minute": "分钟", "month": "个月", "year": "年"}
CLOCK_UNITS = frozenset({"hour", "minute"})


@dataclass(frozen=True, slots=True)
class Event:
    """What happens on a day. `letter`: the kind of letter whose date, or receipt, tells that day (`at`: date, receipt).

    `posted`: the event of handing it to the post, where posting in time is in time. `told_in`: procedure → its event
    that is the same one, for a case that has come from there.
    """

    id: str
    label: str
    letter: str = ""
    at: str = "date"
    posted: str = ""
    told_in: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Start:
    """Where a period starts: the earliest of `events` that is known, or the end of the limit `end_of`."""

    events: tuple[str, ...] = ()
    end_of: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """One source's figure for a limit. `source`: seed (the procedure's own words, or a contract) or law.

    `number` is None where the source has only a word (`word`: 立即, 合理期限). `when`: setting → the choices under
    which it holds; `since`, `until`: first and last day of its being in force. `safe`: a stricter reading of the same
    rule, told as the day one had better keep. `rollover`: None leaves it to the way of counting.
    """

    source: str
    number: int | None = None
    unit: str = ""
    word: str = ""
    start: Start = Start()
    authority: str = ""
    since: date | None = None
    until: date | None = None
    when: Mapping[str, tuple[str, ...]] | None = None
    counting: str = "civil"
    rollover: bool | None = None
    safe: bool = False

    @property
    def text(self) -> str:
        """“5个工作日”, or the source's word."""
        return f"{self.number}{UNITS[self.unit]}" if self.number is not None and not self.word else f"“{self.word}”"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Time that isn't counted: after the day of `begin`, up to and with the day of `end`."""

    begin: str
    end: str
    label: str
    authority: str


@dataclass(frozen=True, slots=True)
class Extension:
    """How a limit may be extended: each time by `number` (None: as granted), at most `times` times."""

    number: int | None
    unit: str
    times: int
    reason: str
    authority: str


@dataclass(frozen=True, slots=True)
class Limit:
    """One time limit. The first of `periods` that holds governs, the others are reckoned beside it.

    `direction`: after, before (counted back from the start) or during (from the start until the event `until`).
    `measure`: deadline; maximum, a duration that no holiday makes longer; minimum, a duration not to be cut short.
    `done`: the event that meets it; `ended_by`: events that make it pointless. `cap`: the limit that bounds it.
    `told_in`: procedure → its limit that is the same one, for a case that has come from there.
    """

    id: str
    label: str
    who: str
    periods: tuple[Period, ...]
    direction: str = "after"
    measure: str = "deadline"
    mandatory: bool = True
    until: str = ""
    done: str = ""
    ended_by: tuple[str, ...] = ()
    excluded: tuple[Exclusion, ...] = ()
    extension: Extension | None = None
    cap: str = ""
    told_in: Mapping[str, str] = field(default_factory=dict)
    difference: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """A choice that a case makes: `choices`: key → label; the first is the default."""

    id: str
    label: str
    choices: Mapping[str, str]

    @property
    def default(self) -> str:
        return next(iter(self.choices))


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `kind`: the kind of letter it makes, where it is one of ours; `document`: its name, where it isn't."""

    label: str
    who: str
    kind: str = ""
    document: str = ""
    limits: tuple[str, ...] = ()
    authority: str = ""
    may: bool = False


@dataclass(frozen=True, slots=True)
class Grade:
    """A class that the procedure itself sorts its matters into."""

    id: str
    label: str
    criteria: str
    limits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Archived:
    """What is kept, for how long where somebody says so, and by what authority."""

    what: str
    authority: str
    keep: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """How a procedure runs. Everything by id, in the order of the file."""

    id: str
    label: str
    events: Mapping[str, Event]
    settings: Mapping[str, Setting]
    limits: Mapping[str, Limit]
    steps: tuple[Step, ...]
    grades: tuple[Grade, ...]
    archived: tuple[Archived, ...]
    notes: tuple[str, ...]

    def to_dict(self) -> dict:
        """Plain values, days as YYYY-MM-DD."""
        return asdict(self, dict_factory=_plain)

    def duties(self, event: str) -> tuple[Limit, ...]:
        """The limits by which somebody has to make the event happen."""
        return tuple(limit for limit in self.limits.values() if limit.done == event and limit.mandatory)


def _plain(pairs: list[tuple[str, object]]) -> dict:
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in pairs}


def course(procedure_id: str) -> Course:
    """How a procedure runs. Raises UsageError for an unknown id, DataFileError with file and line."""
    return _course(layers.checks(), procedure_id)


def known(procedure_id: str) -> Course | None:
    """As `course`, but None for an id that nobody has, or has no longer."""
    try:
        return course(procedure_id)
    except UsageError:
        return None


@cache
def _course(_roots: layers.Roots, procedure_id: str) -> Course:
    return read(path_of(procedure_id), procedure(procedure_id).label)


def read(path: Path, label: str) -> Course:
    """The course of one file. Raises DataFileError with file and line."""
    from objection_docs.packs.course_file import CourseSchema

    schema = CourseSchema(path.stem, label)
    return schema.course(yaml_file.read(path, schema))
