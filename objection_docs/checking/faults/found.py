"""What finders are given and what they give."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from objection_docs.checking.letter import Letter

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Known:
    """A letter and what is known of it: kind, its own date (None when it has none), where that stands, its parties."""

    letter: Letter
    kind: str
    date: date | None
    date_span: Span
    parties: Mapping[str, str]  # sender, recipient, respondent → name in normal text
    words: Mapping

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
