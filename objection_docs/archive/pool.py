"""What a service keeps between its errands: open connections to the log, the turn of its threads, waits for the disk.

Opening a connection costs a third of an entry: SQLite reads the schema, and every statement is prepared anew. And
nobody waits for the disk while others could work: a transaction is written with the lock held, and brought to the disk
after it was let go, before the entry is told to anybody; one wait serves all who came before it.
"""

import os
import threading
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path

from sqlite_utils import Database

from objection_docs.archive import schema

#: More wait idle only after a rush.
MOST = 16

#: When the WAL has grown to so many, a commit brings them into the database itself, with the lock held and waiting for
#: the disk. The worker beside the service does it before, and leaves a commit little to do.
PAGES = 8000

_kept: dict[Path, "Pool"] = {}


class Pool:
    """`turn`: held by the one thread of this process that works out letters or writes entries. Threads that do so at
    once take the interpreter out of each other's hands at every look at the disk, and all of them come to a crawl.
    """

    def __init__(self, home: Path):
        self.home, self.owner, self.turn = home, os.getpid(), threading.RLock()
        self._idle: list[tuple[Database, tuple]] = []
        self._taken: dict[int, tuple] = {}
        self._lock, self._syncing = threading.Lock(), threading.Lock()
        self._asked = self._synced = 0
        self._wal: tuple = ()

    def take(self) -> Database:
        """A connection for one thread, until it gives it back."""
        file = _identity(self.home / schema.NAME)
        with self._lock:
            while self._idle:
                db, its_file = self._idle.pop()
                if its_file == file:
                    self._taken[id(db)] = file
                    return db
                db.close()  # another log lies there now, restored from a backup say
        db = schema.connect(self.home)
        if schema.SYNCHRONOUS == "FULL":
            db.execute("PRAGMA synchronous = NORMAL")  # a commit waits for nothing; `sync` does
        db.execute(f"PRAGMA wal_autocheckpoint = {PAGES}")
        with self._lock:
            self._taken[id(db)] = _identity(self.home / schema.NAME)
        return db

    def give(self, db: Database) -> None:
        with self._lock:
            file = self._taken.pop(id(db))
            if not db.conn.in_transaction and len(self._idle) < MOST:
                self._idle.append((db, file))
                return
        db.close()

    def sync(self) -> None:
        """Comes back when all that was committed before is on the disk. OSError when the disk does not take it."""
        if schema.SYNCHRONOUS != "FULL":
            return
        with self._lock:
            self._asked += 1
            ours = self._asked
        with self._syncing:
            if self._synced >= ours:  # whoever was before us began after our commit
                return
            with self._lock:
                covered = self._asked
            self._sync()
            self._synced = covered

    def _sync(self) -> None:
        wal = self.home / f"{schema.NAME}-wal"
        try:
            handle = os.open(wal, os.O_RDWR)
        except FileNotFoundError:  # brought into the database, with a wait for the disk, and cleared away
            return
        try:
            getattr(os, "fdatasync", os.fsync)(handle)
            if (this := _identity(wal)) != self._wal:  # a new file is there for good once its folder is
                sync_folder(self.home)
                self._wal = this
        finally:
            os.close(handle)

    def close(self) -> None:
        with self._lock:
            while self._idle:
                self._idle.pop()[0].close()


def _identity(path: Path) -> tuple:
    """Tells one file from another under the same name, and one that could not be written from one that can."""
    with suppress(OSError):
        found = path.stat()
        return found.st_dev, found.st_ino, os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    return ()


def sync_folder(path: Path) -> None:
    """A new name is on the disk only once its folder is. Windows has no such call."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def keep(home: Path) -> Pool:
    """From now on the errands of this process share connections to the log of `home`."""
    _kept[home] = Pool(home)
    return _kept[home]


def of(home: Path) -> Pool | None:
    """Where connections to this log are kept; None: each errand opens its own. A process that forked keeps none."""
    found = _kept.get(home)
    return found if found is not None and found.owner == os.getpid() else None


def turn(home: Path) -> AbstractContextManager:
    """The turn of this process, where it has one."""
    return found.turn if (found := of(home)) else nullcontext()


def forget(home: Path) -> None:
    """The end of `keep`."""
    if found := _kept.pop(home, None):
        found.close()
