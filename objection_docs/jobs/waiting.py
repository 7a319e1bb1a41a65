"""What waits for the worker: a service that is mounted in a host has none unless somebody starts it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from objection_docs.jobs.db import NAME, opened
from objection_docs.jobs.turn import taken
from objection_docs.moments import moment, stamp


@dataclass(frozen=True, slots=True)
class Waiting:
    """`worker`: whether one is there, None where that can't be seen. `jobs`: not begun, or cut off; `messages`: to
    webhooks, and due. `since`: when the oldest of them could have been taken up, None where nothing waits.
    """

    worker: bool | None
    jobs: int = 0
    messages: int = 0
    since: datetime | None = None


def waiting(home: Path, at: datetime) -> Waiting:
    """JobError where the table of jobs can't be opened."""
    worker = taken(home)
    if not (home / NAME).exists():  # nobody ever asked for anything
        return Waiting(worker)
    states = ("queued",) if worker else ("queued", "running")  # what runs without a worker was cut off
    with opened(home, to_write=False) as db:
        marks = ", ".join("?" * len(states))
        sql = f"SELECT count(*), min(at) FROM jobs WHERE state IN ({marks})"
        jobs, first = db.execute(sql, states).fetchone()
        sql = "SELECT count(*), min(due) FROM deliveries WHERE state = 'waiting' AND due <= ?"
        messages, due = db.execute(sql, [stamp(at)]).fetchone()
    since = min(filter(None, (first, due)), default=None)
    return Waiting(worker, jobs, messages, moment(since) if since else None)
