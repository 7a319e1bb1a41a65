"""service.sqlite3: opened for one piece of work, brought up to date, its errors told in Chinese."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from objection_docs import shared_file
from objection_docs.errors import JobError

NAME = "service.sqlite3"
#: Each step is run once, in order; what stands here never changes.
MIGRATIONS = (
    """
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    errand TEXT NOT NULL,
    who TEXT NOT NULL,
    options TEXT NOT NULL,
    state TEXT NOT NULL,
    at TEXT NOT NULL,
    ended TEXT NOT NULL DEFAULT '',
    total INTEGER NOT NULL DEFAULT 0,
    starts INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT ''
);
CREATE INDEX jobs_by_state ON jobs (state, at);
CREATE TABLE job_rows (
    job TEXT NOT NULL,
    row INTEGER NOT NULL,
    after INTEGER NOT NULL,
    result TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (job, row)
) WITHOUT ROWID;
CREATE TABLE first_answers (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    at TEXT NOT NULL,
    worker INTEGER NOT NULL,
    status INTEGER NOT NULL DEFAULT 0,
    headers TEXT NOT NULL DEFAULT '',
    body BLOB NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX first_answers_by_age ON first_answers (at);
CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    events TEXT NOT NULL,
    secret TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    webhook TEXT NOT NULL,
    event TEXT NOT NULL,
    body TEXT NOT NULL,
    at TEXT NOT NULL,
    state TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    due TEXT NOT NULL,
    answer TEXT NOT NULL DEFAULT ''
);
CREATE INDEX deliveries_by_due ON deliveries (state, due);
CREATE INDEX deliveries_by_webhook ON deliveries (webhook, at);
""",
)


@contextmanager
def opened(home: Path, *, to_write: bool = True) -> Iterator[sqlite3.Connection]:
    """A transaction: all of it is kept or nothing. `to_write`: it holds the write lock from its start."""
    path = home / NAME
    try:
        db = shared_file.connect(path)
        try:
            db.row_factory = sqlite3.Row
            old = shared_file.version(db) < len(MIGRATIONS)
            if old:
                shared_file.set_wal(db)
            db.execute("PRAGMA synchronous = NORMAL")  # the log is what must outlive a power cut
            db.execute("BEGIN IMMEDIATE" if to_write or old else "BEGIN")
            try:
                _migrate(db)
                yield db
                db.execute("COMMIT")
            except BaseException:
                db.execute("ROLLBACK")
                raise
        finally:
            db.close()
    except (sqlite3.Error, OSError) as error:
        said = str(error).lower()
        if "full" in said or "no space" in said:
            raise JobError("磁盘已满，请清出空间后重试", code="disk_full", where=str(path), status=507) from error
        message = "打不开服务的任务表；请检查数据文件夹能不能写入、磁盘是否已满"
        raise JobError(message, where=str(path)) from error


def _migrate(db: sqlite3.Connection) -> None:
    version = shared_file.version(db)  # once more: another process may have been first
    if version > len(MIGRATIONS):
        raise JobError("任务表是更新版本的程序写的，没有动它；请升级 objection-docs", code="jobs_newer")
    for step in MIGRATIONS[version:]:
        for statement in filter(str.strip, step.split(";")):
            db.execute(statement)
    if version < len(MIGRATIONS):
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
