"""Moments: as text, in UTC, so that sorting sorts by time; and what a clock in China shows."""

from datetime import datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "北京时间")


def stamp(at: datetime) -> str:
    """To the millisecond. ValueError for a moment without its time zone."""
    if at.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return at.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(stamped: str) -> datetime:
    """The moment of a stamp."""
    return datetime.fromisoformat(stamped.replace("Z", "+00:00"))  # Python 3.10 doesn't know Z


def in_beijing(stamped: str) -> datetime:
    return moment(stamped).astimezone(BEIJING)
