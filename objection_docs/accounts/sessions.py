"""Sessions of a browser, one-time links to set a password, and how often one may guess."""

from datetime import datetime, timedelta

from sqlite_utils import Database

from objection_docs.accounts import digest, moment, new_secret, stamp
from objection_docs.accounts.users import User, by_id
from objection_docs.errors import AccessError

#: A session ends when nobody used it so long, and in any case after so long.
IDLE, LONGEST = timedelta(hours=8), timedelta(days=7)
SEEN_EVERY = timedelta(minutes=1)
LINK_HOLDS = timedelta(hours=24)
#: Within `WINDOW`; a name is guessed at from many addresses, and an address guesses at many names.
WINDOW, MOST_PER_NAME, MOST_PER_ADDRESS = timedelta(minutes=15), 8, 30


def begin(db: Database, user: User, *, at: datetime) -> str:
    """A new session; its token goes into the cookie."""
    token = new_secret()
    db["sessions"].insert({"hash": digest(token), "user": user.id, "created": stamp(at), "seen": stamp(at)})
    db.execute("DELETE FROM sessions WHERE created <= ? OR seen <= ?", [stamp(at - LONGEST), stamp(at - IDLE)])
    return token


def user_of(db: Database, token: str, *, at: datetime) -> User | None:
    """Whose session it is, while it holds; that it was seen is written down."""
    row = db.execute("SELECT user, created, seen FROM sessions WHERE hash = ?", [digest(token)]).fetchone()
    if row is None or moment(row[1]) + LONGEST <= at or moment(row[2]) + IDLE <= at:
        return None
    user = by_id(db, row[0])
    if user is None or user.disabled:
        return None
    if moment(row[2]) + SEEN_EVERY <= at:
        db.execute("UPDATE sessions SET seen = ? WHERE hash = ?", [stamp(at), digest(token)])
    return user


def end(db: Database, token: str) -> None:
    db.execute("DELETE FROM sessions WHERE hash = ?", [digest(token)])


def end_all(db: Database, user: User) -> int:
    """How many there were."""
    return db.execute("DELETE FROM sessions WHERE user = ?", [user.id]).rowcount


# Links


def link(db: Database, user: User | None, *, at: datetime) -> str:
    """A link's token, good once. `user`: who may set a password with it; None: the first admin, who is not there yet.

    A new link takes the place of the one before.
    """
    token = new_secret()
    db.execute("DELETE FROM links WHERE user IS ? OR expires <= ?", [user.id if user else None, stamp(at)])
    row = {"hash": digest(token), "user": user.id if user else None, "expires": stamp(at + LINK_HOLDS)}
    db["links"].insert(row)
    return token


def linked(db: Database, token: str, *, at: datetime) -> User | None:
    """Whom the link is for; None: the first admin. AccessError when it doesn't hold."""
    row = db.execute("SELECT user FROM links WHERE hash = ? AND expires > ?", [digest(token), stamp(at)]).fetchone()
    user = by_id(db, row[0]) if row and row[0] else None
    nobody_yet = db.execute("SELECT 1 FROM users").fetchone() is None
    if row is None or (user is None and not nobody_yet) or (user and user.disabled):
        message = "这个链接已经用过或过期了；请找管理员要一个新的，或重新启动服务"
        raise AccessError(message, code="link_gone", status=410)
    return user


def use_link(db: Database, token: str) -> None:
    db.execute("DELETE FROM links WHERE hash = ?", [digest(token)])


# Attempts


def attempt(db: Database, name: str, address: str, *, at: datetime) -> None:
    """Count an attempt to sign in before its password is looked at. AccessError when there were too many."""
    db.execute("DELETE FROM attempts WHERE at <= ?", [stamp(at - WINDOW)])
    for subject, most in ((f"name:{name}", MOST_PER_NAME), (f"address:{address}", MOST_PER_ADDRESS)):
        before = db.execute("SELECT count(*) FROM attempts WHERE subject = ?", [subject]).fetchone()[0]
        if before >= most:
            minutes = int(WINDOW.total_seconds() // 60)
            message = f"试得太多了，请过 {minutes} 分钟再试；忘了密码请找管理员"
            raise AccessError(message, code="too_many_attempts", status=429)
    db["attempts"].insert_all({"at": stamp(at), "subject": s} for s in (f"name:{name}", f"address:{address}"))


def succeeded(db: Database, name: str, address: str) -> None:
    """A right password is no guess: a whole office may sign in from one address."""
    db.execute("DELETE FROM attempts WHERE subject = ?", [f"name:{name}"])
    last = "SELECT max(rowid) FROM attempts WHERE subject = ?"
    db.execute(f"DELETE FROM attempts WHERE rowid = ({last})", [f"address:{address}"])
