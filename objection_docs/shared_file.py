"""A SQLite file that several processes open at once: for its owner alone, in WAL mode, with a version of its own."""

import sqlite3
import time
from contextlib import suppress
from pathlib import Path

#: So long another process is waited for.
BUSY_SECONDS = 30
_PAUSE = 0.02


def connect(path: Path, *, check_same_thread: bool = True) -> sqlite3.Connection:
    """Opened, and made where it is not there, with its folder. Statements stand by themselves until BEGIN.

    `check_same_thread`: False for one that goes from thread to thread and is used by one at a time.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = not path.exists()
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=check_same_thread)
    if new:
        with suppress(OSError):
            path.chmod(0o600)  # letters, answers and accounts hold personal data
    return connection


def version(db) -> int:
    """Steps of migration that it has gone through."""
    return db.execute("PRAGMA user_version").fetchone()[0]


def set_wal(db) -> None:
    """Readers and a writer don't wait for each other any more."""
    # Changing the journal mode takes an exclusive lock without asking the busy handler, so two first starts may meet.
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL").fetchone()
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(_PAUSE)
