"""What finders are given and what they give."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from objection_docs.checking.letter import Letter

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Due:
    """The last day for a letter, and the limit that fixes it, in words."""

    last: date
    label: str
    term: str
    authority: str


class Clock:
    """Tells the last day for a letter. This one knows no procedure; see `timing.ProcedureClock`."""

    def due(self, kind: str, received: date, own: date) -> Due | None:
        """By when a letter of `kind` is due where the notice was received on that day. `own`: the date of the letter
        that is looked at."""
        return None


@dataclass(frozen=True, slots=True)
class Known:
    """A letter and what is known of it: kind, its own date (None when it has none), where that stands, its parties,
    its procedure ("" when nobody knows it) with the clock of that."""

    letter: Letter
    kind: str
    date: date | None
    date_span: Span
    parties: Mapping[str, str]  # sender, recipient, respondent → name in normal text
    words: Mapping
    procedure: str = ""
    clock: Clock = field(default_factory=Clock)

    @property
    def text(self) -> str:
        return self.letter.text


@dataclass(frozen=True, slots=True)
class Found:
    """`span`: the words at fault; `other`: the place that they disagree with; `values`: fill the message."""

    code: str
    span: Span
    other: Span | None = None
    values: Mapping[str, str] = field(default_factory=dict)


def chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
