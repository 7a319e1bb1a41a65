"""What the reckoning is made of: ends, starts, pauses, and one period counted."""

from dataclasses import dataclass
from datetime import date, datetime, time

from objection_docs.deadlines.case import Moment, Term
from objection_docs.packs.counting import Counting
from objection_docs.packs.courses import Period


@dataclass(frozen=True, slots=True)
class End:
    """The end of a limit: a day and a time of it; None is 24:00."""

    day: date
    at: time | None = None

    def __lt__(self, other: "End") -> bool:
        return (self.day, self.at or time.max) < (other.day, other.at or time.max)

    def keeps(self, moment: Moment) -> bool:
        """Whether `moment`, a day or a datetime, isn't past this end."""
        if isinstance(moment, datetime):
            return moment.date() < self.day or (
                moment.date() == self.day and (self.at is None or moment.time() <= self.at)
            )
        return moment <= self.day


@dataclass(frozen=True, slots=True)
class Begin:
    """Where a limit starts. `projected`: on an event that hasn't happened; `provisional`: on a day still estimated."""

    at: Moment
    label: str
    projected: bool = False
    provisional: bool = False

    @property
    def day(self) -> date:
        return day_of(self.at)


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that isn't counted; `end` is None while it lasts, `projected` where it hasn't come yet."""

    begin: Moment
    end: Moment | None
    label: str
    authority: str
    projected: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """One period reckoned. `number`, `unit`: with extensions and the contract's own figure. `nominal`: the last day
    before it rolled over; `last`: None while a pause lasts; `safe`: the end under a stricter reading."""

    period: Period
    counting: Counting
    begin: Begin
    number: int | None
    unit: str
    nominal: date | None = None
    last: End | None = None
    safe: End | None = None
    pauses: tuple[Pause, ...] = ()
    extended: tuple[Term, ...] = ()
    agreed: bool = False
    rolls: bool = False
    provisional: bool = False
    used: int = 0  # days counted before a pause that lasts


@dataclass(frozen=True, slots=True)
class Outcome:
    """The period that governs a limit, reckoned as far as its start is known, and those that hold beside it."""

    period: Period
    counted: Counted | None
    beside: tuple[Counted, ...] = ()


def day_of(moment: Moment) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def instant(moment: Moment) -> datetime:
    """The moment itself; of a day only, its beginning: the stricter reading."""
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time.min)
