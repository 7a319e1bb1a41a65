"""Procedure + dates + settings → the last day of each limit, how it was reckoned, and how it stands.

Nothing here looks at a clock or at the log: `now` and the case are arguments.
"""

from dataclasses import dataclass
from datetime import datetime

from objection_docs.deadlines.case import Case, Term, local, read
from objection_docs.deadlines.reckoned import Reckoned, reckon
from objection_docs.packs import holidays
from objection_docs.packs.courses import Course

__all__ = ["Answer", "Case", "Reckoned", "Term", "answer", "read", "reckon"]


@dataclass(frozen=True, slots=True)
class Answer:
    """The limits of one case. `now`: Beijing, without a zone; `years`: those whose days off are known."""

    course: Course
    now: datetime
    limits: tuple[Reckoned, ...]
    years: tuple[int, ...]

    def to_dict(self) -> dict:
        return {
            "procedure": self.course.id,
            "label": self.course.label,
            "now": self.now.isoformat(timespec="minutes"),
            "known_years": list(self.years),
            "limits": [one.to_dict() for one in self.limits],
        }

    def text(self) -> str:
        from objection_docs.deadlines import text

        return text.render(self.course, self.limits, self.now, self.years)


def answer(course: Course, case: Case, now: datetime) -> Answer:
    """All limits of a case as they stand at `now`, with what a caller needs to tell them."""
    calendar = holidays.calendar(case.region)
    return Answer(course, local(now), reckon(course, case, now, calendar), calendar.known_years)
