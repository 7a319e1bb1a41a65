"""Idempotency keys: the first answer to a key, kept for a retry.

A caller that lost an answer sends the same again; the work must not be done twice. A process that died while it
worked leaves its key free again: whether its work was done nobody can tell then but the log.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from objection_docs.errors import JobError
from objection_docs.jobs.db import opened
from objection_docs.moments import stamp

KEPT = timedelta(hours=24)
#: A request that takes longer was given up.
IN_FLIGHT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def first(home: Path, key: str, fingerprint: str, at: datetime) -> Answer | None:
    """The first answer to this key; None when the caller is the first and must end with `keep` or `drop`.

    `key`: with the caller's name in it. `fingerprint`: of the whole request. JobError `idempotency_key_reused` (422)
    for another request with the same key, `idempotency_key_in_flight` (409) while the first is still being answered.
    """
    with opened(home) as db:
        db.execute("DELETE FROM first_answers WHERE at < ?", [stamp(at - KEPT)])
        row = db.execute("SELECT * FROM first_answers WHERE key = ?", [key]).fetchone()
        if row is not None and row["fingerprint"] != fingerprint:
            message = "这个 Idempotency-Key 已经用在另一个请求上；每次操作请取一个新的"
            raise JobError(message, code="idempotency_key_reused", status=422)
        if row is not None and row["status"]:
            return Answer(row["status"], json.loads(row["headers"]), row["body"])
        if row is not None and row["at"] > stamp(at - IN_FLIGHT) and _alive(row["worker"]):
            message = "同一个 Idempotency-Key 的请求还在处理，请稍后再试"
            raise JobError(message, code="idempotency_key_in_flight", status=409)
        db.execute(
            "INSERT OR REPLACE INTO first_answers (key, fingerprint, at, worker) VALUES (?, ?, ?, ?)",
            [key, fingerprint, stamp(at), os.getpid()],
        )
    return None


def keep(home: Path, key: str, answer: Answer) -> None:
    with opened(home) as db:
        db.execute(
            "UPDATE first_answers SET status = ?, headers = ?, body = ? WHERE key = ?",
            [answer.status, json.dumps(answer.headers), answer.body, key],
        )


def drop(home: Path, key: str) -> None:
    """The work failed by our fault: the key may be tried again."""
    with opened(home) as db:
        db.execute("DELETE FROM first_answers WHERE key = ? AND status = 0", [key])


def _alive(worker: int) -> bool:
    """Whether this process is there."""
    try:
        os.kill(worker, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
