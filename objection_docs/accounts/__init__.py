"""Who may sign in: users, keys of programs, sessions, one-time links; in a database of its own beside the log.

with accounts.opened(home) as db:
    users.add(db, "张敏", "legal", at=now)

Passwords lie here as argon2id hashes; keys, sessions and links, which are long random words, as SHA-256. None of them
can be read back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path
from secrets import token_urlsafe

from sqlite_utils import Database

from objection_docs.accounts import schema

__all__ = ["digest", "moment", "new_secret", "opened", "stamp"]


@contextmanager
def opened(home: Path) -> Iterator[Database]:
    """The database under `home`, made when need be. All that is done in it is kept, or nothing."""
    db = schema.connect(home)
    try:
        with schema.spoken(home):
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                db.rollback()
                raise
    finally:
        db.close()


@contextmanager
def looked_into(home: Path) -> Iterator[Database]:
    """As `opened`, to read, or for one small change: waits for nobody who writes."""
    db = schema.connect(home)
    try:
        with schema.spoken(home):
            yield db
    finally:
        db.close()


def new_secret() -> str:
    """256 bits of chance."""
    return token_urlsafe(32)


def digest(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()


def stamp(at: datetime) -> str:
    """UTC to the second; sorts by time."""
    return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(stamped: str) -> datetime:
    return datetime.strptime(stamped, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
