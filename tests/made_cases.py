"""Ways to ask for limits through the public door, for the tests of deadlines."""

import json
from datetime import date, datetime, time

from click.testing import CliRunner

from objection_docs import cli, deadlines
from objection_docs.packs.courses import course

NOW = datetime(2026, 3, 5, 9, 30)


def told(*words: str) -> dict[str, dict]:
    """Limit → what `objection-docs deadline WORDS --json` says of it."""
    result = CliRunner().invoke(cli.main, ["deadline", *map(str, words), "--json"])
    assert result.exit_code == 0, result.output
    return {limit["id"]: limit for limit in json.loads(result.stdout)["limits"]}


def reckoned(procedure: str, events: dict, settings: dict | None = None, now: datetime = NOW, extensions=()) -> dict:
    """Limit → Reckoned; values of `events` may be days and datetimes."""
    known = course(procedure)
    given = {name: at if isinstance(at, str) else at.isoformat() for name, at in events.items()}
    case = deadlines.read(known, given, settings, extensions)
    return {one.limit.id: one for one in deadlines.answer(known, case, now).limits}


def last_day(procedure: str, limit: str, events: dict, **settings: str) -> date:
    """The last day of one limit."""
    return reckoned(procedure, events, settings)[limit].last.day


def last_moment(procedure: str, limit: str, events: dict, **settings: str) -> datetime:
    """The last moment of one limit that is counted by the clock."""
    end = reckoned(procedure, events, settings)[limit].last
    return datetime.combine(end.day, end.at or time.max)
