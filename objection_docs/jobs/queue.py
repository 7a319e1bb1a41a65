"""The table of jobs: put, taken up by a worker, followed row by row, ended. What a crash cut off is taken up once more.

Each job has a folder of its own, jobs/<id>: what was sent (`input`) and what came of it (`result`).
"""

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex
from sqlite3 import Connection

from objection_docs.errors import JobError
from objection_docs.jobs.db import opened
from objection_docs.moments import stamp

#: A job is begun so often at most: once, and once more after a crash.
STARTS = 2
#: Input and result of an ended job are taken away after this.
KEPT = timedelta(days=7)
INPUT, RESULT = "input", "result"
_CRASHED = {"code": "job_crashed", "message": "处理这批内容时程序两次中断，已经停下；请把任务编号告诉管理员"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a job. `result` is empty while it runs; `after`: the last place of the log before it began."""

    row: int
    after: int
    result: dict


@dataclass(frozen=True, slots=True)
class Job:
    """`errand`: what to do; `state`: queued | running | done | failed; `error`: code and message, or empty."""

    id: str
    errand: str
    who: str
    options: dict
    state: str
    at: str
    ended: str
    total: int
    starts: int
    error: dict
    done: int = 0
    failed: int = 0

    @property
    def over(self) -> bool:
        return self.state in ("done", "failed")


class Queue:
    """The jobs of one home. Every call is a transaction of its own; any number of processes may work at it."""

    def __init__(self, home: Path):
        self.home = home

    def folder(self, id: str) -> Path:
        return self.home / "jobs" / id

    def put(self, errand: str, data: bytes, *, who: str, at: datetime, options: dict | None = None) -> Job:
        """A new job, and its input."""
        id = f"{at:%Y%m%d%H%M%S}-{token_hex(8)}"
        folder = self.folder(id)
        folder.mkdir(mode=0o700, parents=True)
        (folder / INPUT).write_bytes(data)
        with opened(self.home) as db:
            db.execute(
                "INSERT INTO jobs (id, errand, who, options, state, at) VALUES (?, ?, ?, ?, 'queued', ?)",
                [id, errand, who, json.dumps(options or {}, ensure_ascii=False), stamp(at)],
            )
            return _job(db, id)

    def get(self, id: str) -> Job:
        with opened(self.home, to_write=False) as db:
            return _job(db, id)

    def take(self, at: datetime) -> Job | None:
        """The oldest job that waits. Only for the one worker of this home (`worker.Turn`): what runs when it asks for
        more was cut off by a crash, and goes back into the row.
        """
        with opened(self.home) as db:
            for cut in db.execute("SELECT id, starts FROM jobs WHERE state = 'running'").fetchall():
                if cut["starts"] < STARTS:
                    db.execute("UPDATE jobs SET state = 'queued' WHERE id = ?", [cut["id"]])
                else:
                    _end(db, cut["id"], "failed", at, _CRASHED)
            found = db.execute("SELECT id FROM jobs WHERE state = 'queued' ORDER BY at, id LIMIT 1").fetchone()
            if found is None:
                return None
            db.execute("UPDATE jobs SET state = 'running', starts = starts + 1 WHERE id = ?", [found["id"]])
            return _job(db, found["id"])

    def release(self, id: str) -> None:
        """Put a job back that was stopped in good order: that is no crash."""
        with opened(self.home) as db:
            db.execute("UPDATE jobs SET state = 'queued', starts = starts - 1 WHERE id = ?", [id])

    def size(self, id: str, total: int) -> None:
        with opened(self.home) as db:
            db.execute("UPDATE jobs SET total = ? WHERE id = ?", [total, id])

    def begin(self, id: str, row: int, after: int) -> Row:
        """Before a row is worked at. A row that a crash cut off comes back with the `after` of its first beginning."""
        with opened(self.home) as db:
            db.execute("INSERT OR IGNORE INTO job_rows (job, row, after) VALUES (?, ?, ?)", [id, row, after])
            return _row(db.execute("SELECT * FROM job_rows WHERE job = ? AND row = ?", [id, row]).fetchone())

    def record(self, id: str, row: int, result: dict) -> None:
        """`result`: fit for JSON, with `ok`."""
        with opened(self.home) as db:
            sql = "UPDATE job_rows SET result = ? WHERE job = ? AND row = ?"
            db.execute(sql, [json.dumps(result, ensure_ascii=False), id, row])

    def rows(self, id: str, after: int = 0, limit: int = -1) -> list[Row]:
        """The rows begun so far, from row `after` + 1 on."""
        with opened(self.home, to_write=False) as db:
            sql = "SELECT * FROM job_rows WHERE job = ? AND row > ? ORDER BY row LIMIT ?"
            return [_row(row) for row in db.execute(sql, [id, after, limit])]

    def end(self, id: str, at: datetime, error: dict | None = None) -> None:
        with opened(self.home) as db:
            _end(db, id, "failed" if error else "done", at, error or {})

    def counts(self) -> dict[str, int]:
        with opened(self.home, to_write=False) as db:
            found = db.execute("SELECT state, count(*) AS n FROM jobs GROUP BY state")
            return dict.fromkeys(("queued", "running", "done", "failed"), 0) | {row["state"]: row["n"] for row in found}

    def sweep(self, at: datetime) -> None:
        """Take away input and results of jobs long ended; what they did stands in the log."""
        with opened(self.home) as db:
            sql = "SELECT id FROM jobs WHERE ended <> '' AND ended < ?"
            old = [row["id"] for row in db.execute(sql, [stamp(at - KEPT)])]
            _forget(db, old)
        for id in old:
            shutil.rmtree(self.folder(id), ignore_errors=True)


def _forget(db: Connection, ids: Iterable[str]) -> None:
    for id in ids:
        db.execute("DELETE FROM job_rows WHERE job = ?", [id])
        db.execute("DELETE FROM jobs WHERE id = ?", [id])


def _end(db: Connection, id: str, state: str, at: datetime, error: dict) -> None:
    sql = "UPDATE jobs SET state = ?, ended = ?, error = ? WHERE id = ?"
    db.execute(sql, [state, stamp(at), json.dumps(error, ensure_ascii=False) if error else "", id])


def _job(db: Connection, id: str) -> Job:
    row = db.execute("SELECT * FROM jobs WHERE id = ?", [id]).fetchone()
    if row is None:
        raise JobError("没有这个任务，或者它的结果已经过期清理", code="no_such_job", status=404)
    sql = "SELECT count(*), coalesce(sum(NOT json_extract(result, '$.ok')), 0)"
    sql += " FROM job_rows WHERE job = ? AND result <> ''"
    done, failed = db.execute(sql, [id]).fetchone()
    values = {name: row[name] for name in ("id", "errand", "who", "state", "at", "ended", "total", "starts")}
    options, error = json.loads(row["options"]), json.loads(row["error"] or "{}")
    return Job(**values, options=options, error=error, done=done, failed=failed)


def _row(row) -> Row:
    return Row(row["row"], row["after"], json.loads(row["result"] or "{}"))
