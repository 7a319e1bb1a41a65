"""The log database: opened, brought up to date, its errors told in Chinese."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from objection_docs import shared_file
from objection_docs.archive.migrations import MIGRATIONS
from objection_docs.errors import LogError

NAME = "log.sqlite3"
#: Stands in every log, so that another program's database is never taken for one. ("objd")
APPLICATION_ID = 0x6F626A64
#: With WAL, less than FULL may lose the last entries when the power fails.
SYNCHRONOUS = "FULL"
#: Pages that a connection keeps in memory. A search reads the newest letters and the same rows of all blocks again and
#: again: with SQLite's 2 MB each costs a call to the system, and a search 2 to 3 ms more at 200,000 letters.
CACHE_KIB = 16_000


@contextmanager
def spoken(path: Path) -> Iterator[None]:
    """Errors of SQLite and of the file system → LogError."""
    try:
        yield
    except sqlite3.Error as error:
        raise _log_error(str(error), path) from error
    except OSError as error:
        raise _log_error(error.strerror or str(error), path) from error


_SAYINGS = (
    (("is full", "no space left", "quota exceeded"), "log_full", "磁盘已满，这一条没有记入日志；请清出空间后重试", 507),
    (
        ("file too large", "disk i/o"),
        "log_full",
        "磁盘写不进去（已满、超过限额或有故障），这一条没有记入日志；请检查磁盘后重试",
        507,
    ),
    (("locked", "busy"), "log_busy", "文书日志正被另一个程序占用，请稍后重试", 503),
    (
        ("readonly", "read-only", "permission denied", "not permitted"),
        "log_readonly",
        "文书日志所在的文件夹不能写入；请改用可写的文件夹（环境变量 OBJECTION_DOCS_HOME），或修改权限",
        503,
    ),
    (
        ("malformed", "not a database", "corrupt", "no such table", "no such column"),
        "log_damaged",
        "文书日志的数据库已损坏；请保留原文件，从备份恢复",
        500,
    ),
    (
        ("unable to open", "not a directory", "file exists", "is a directory"),
        "log_unavailable",
        "打不开文书日志；请检查这个位置是不是可用的文件夹（环境变量 OBJECTION_DOCS_HOME）",
        503,
    ),
    (("append-only",), "append_only", "文书日志只能追加，不能修改或删除", 409),
)


def _log_error(said: str, path: Path) -> LogError:
    low = said.lower()
    for signs, code, message, status in _SAYINGS:
        if any(sign in low for sign in signs):
            return LogError(message, code=code, where=str(path), status=status)
    return LogError(f"文书日志出错：{said}", where=str(path))


def connect(home: Path) -> Database:
    """The log of `home`, made or migrated when need be. The caller closes it.

    Where it lies in a place that cannot be written, it is opened for reading alone.
    """
    try:
        return _connect(home)
    except LogError as error:
        if error.code in ("log_readonly", "log_unavailable") and (home / NAME).is_file():
            return connect_read_only(home)
        raise


def _connect(home: Path) -> Database:
    path = home / NAME
    with spoken(path):
        # kept by a pool, a connection goes from thread to thread, but is used by one at a time
        connection = shared_file.connect(path, check_same_thread=False)
        try:
            db = Database(connection, execute_plugins=False)
            _prepare(db, path)
            return db
        except BaseException:
            connection.close()
            raise


def connect_read_only(home: Path) -> Database:
    """The log of `home` for reading alone; nothing is written there, so that a copy on any medium can be read.

    A log of an older version is read from a migrated copy of its database in a temporary place.
    """
    path = home / NAME
    with spoken(path):
        if not path.is_file():
            raise LogError(f"这个文件夹里没有文书日志（{NAME}）", code="no_log", where=str(home), status=404)
        # With nothing waiting in the WAL the database is complete in itself; `immutable` then spares the -shm file that
        # SQLite would otherwise have to write beside it.
        waiting = path.with_name(f"{NAME}-wal")
        mode = "mode=ro" if waiting.exists() and waiting.stat().st_size else "mode=ro&immutable=1"
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?{mode}", uri=True, isolation_level=None)
        try:
            db = Database(connection, execute_plugins=False)
            db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            _require_ours(db, path)
            if shared_file.version(db) == len(MIGRATIONS):
                return db
            migrated = sqlite3.connect("", isolation_level=None)  # SQLite's own temporary file, gone when closed
            connection.backup(migrated)
            connection.close()
            connection = migrated
            db = Database(connection, execute_plugins=False)
            with immediate(db):
                _migrate(db)
            return db
        except BaseException:
            connection.close()
            raise


def _prepare(db: Database, path: Path) -> None:
    db.execute(f"PRAGMA synchronous = {SYNCHRONOUS}")
    db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    if shared_file.version(db) < len(MIGRATIONS):
        shared_file.set_wal(db)
        with immediate(db):
            if shared_file.version(db) == 0 and db.execute("SELECT 1 FROM sqlite_master").fetchone():
                raise _foreign(path)
            _migrate(db)  # another process may have been first, and left nothing to do
    _require_ours(db, path)


def _migrate(db: Database) -> None:
    version = shared_file.version(db)
    for step in MIGRATIONS[version:]:
        step(db)
    if version == 0:
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    if version < len(MIGRATIONS):
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _require_ours(db: Database, path: Path) -> None:
    if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise _foreign(path)
    version = shared_file.version(db)
    if version > len(MIGRATIONS):
        raise LogError(
            f"文书日志是更新版本的程序写的（日志版本 {version}，本程序只到 {len(MIGRATIONS)}），没有动它；"
            "请升级 objection-docs",
            code="log_newer",
            where=str(path),
        )


def _foreign(path: Path) -> LogError:
    return LogError("这个文件不是文书日志，没有动它；请换一个文件夹", code="log_foreign", where=str(path))


@contextmanager
def immediate(db: Database) -> Iterator[None]:
    """A transaction that holds the write lock from its start: what it reads is still true when it writes.

    Inside another one it is a part of that.
    """
    if db.conn.in_transaction:
        yield
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise
