"""The database of accounts: opened, brought up to date, its errors told in Chinese."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from objection_docs import shared_file
from objection_docs.errors import AccessError

NAME = "accounts.sqlite3"

#: Each step brings the database from the version of its place to the next.
MIGRATIONS = (
    """
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    folded TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    password TEXT NOT NULL DEFAULT '',
    disabled INTEGER NOT NULL DEFAULT 0,
    created TEXT NOT NULL,
    subject TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX users_subject ON users (subject) WHERE subject <> '';
CREATE TABLE keys (
    id INTEGER PRIMARY KEY,
    prefix TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL UNIQUE,
    label TEXT NOT NULL,
    scopes TEXT NOT NULL,
    made_by TEXT NOT NULL,
    created TEXT NOT NULL,
    expires TEXT NOT NULL,
    used TEXT NOT NULL DEFAULT '',
    revoked TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE sessions (
    hash TEXT PRIMARY KEY,
    user INTEGER NOT NULL REFERENCES users (id),
    created TEXT NOT NULL,
    seen TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_user ON sessions (user);
CREATE TABLE links (
    hash TEXT PRIMARY KEY,
    user INTEGER REFERENCES users (id),
    expires TEXT NOT NULL
) STRICT;
CREATE TABLE attempts (at TEXT NOT NULL, subject TEXT NOT NULL) STRICT;
CREATE INDEX attempts_subject ON attempts (subject, at);
CREATE TABLE drafts (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    kind TEXT NOT NULL,
    procedure TEXT NOT NULL,
    case_id TEXT NOT NULL,
    facts TEXT NOT NULL,
    saved TEXT NOT NULL
) STRICT;
CREATE INDEX drafts_owner ON drafts (owner, saved);
""",
    "ALTER TABLE drafts ADD COLUMN answers TEXT NOT NULL DEFAULT ''",
)


@contextmanager
def spoken(home: Path) -> Iterator[None]:
    """Errors of SQLite and of the file system → AccessError."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        low = str(error).lower()
        if "locked" in low or "busy" in low:
            message = "账号库正被另一个程序占用，请稍后重试"
        elif "full" in low or "space" in low:
            message = "磁盘已满，请清出空间后重试"
        else:
            message = f"账号库打不开或写不进去，请检查数据文件夹里的 {NAME} 和它的权限"
        raise AccessError(message, code="accounts_unavailable", status=503, where=str(home / NAME)) from error


def connect(home: Path) -> Database:
    """The caller closes it."""
    path = home / NAME
    with spoken(home):
        connection = shared_file.connect(path)
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            if shared_file.version(connection) < len(MIGRATIONS):
                _migrate(connection)
            return Database(connection, execute_plugins=False)
        except BaseException:
            connection.close()
            raise


def _migrate(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in MIGRATIONS[shared_file.version(connection) :]:  # asked again: another process may have been first
            for statement in filter(str.strip, step.split(";\n")):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise
