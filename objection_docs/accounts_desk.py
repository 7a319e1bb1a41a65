"""The errands of accounts: sign in and out, users, keys, links, drafts; each that matters is audited in the log."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from objection_docs import folders
from objection_docs.errors import AccessError, LogError, UsageError
from objection_docs.opening import open_log

if TYPE_CHECKING:
    from objection_docs.accounts.drafts import Draft
    from objection_docs.accounts.keys import Key
    from objection_docs.accounts.users import User
    from objection_docs.archive import Entry


def audit(what: str, *, now: datetime, who: str, home: Path | None = None, **details: str) -> None:
    """An entry in the log of what somebody did with rights. `what`: of archive_words.AUDITED.

    A log on a medium that cannot be written is a copy, where nothing can be recorded.
    """
    from objection_docs.archive import ABOUT_LOG

    said = {"what": what} | {name: value for name, value in details.items() if value}
    with open_log(home) as archive:
        try:
            archive.note(at=now, errand="audit", about=ABOUT_LOG, details=said, who=who)
        except LogError as error:
            if error.code != "log_readonly":
                raise


def audited(*, before: int | None = None, limit: int = 100, home: Path | None = None) -> list["Entry"]:
    """What was audited, newest first."""
    from objection_docs.archive import ABOUT_LOG

    with open_log(home) as archive:
        return archive.latest(ABOUT_LOG, "audit", before=before, limit=limit)


# Sign-in


def sign_in(name: str, password: str, *, now: datetime, address: str, home: Path | None = None) -> str:
    """The token of a new session. AccessError when the password is wrong, or there were too many attempts."""
    from objection_docs.accounts import opened, sessions, users

    place = home or folders.home()
    folded = users.fold(name)[: users.LONGEST_NAME]
    with opened(place) as db:
        sessions.attempt(db, folded, address, at=now)  # kept even when the password is wrong
    with opened(place) as db:
        user = users.find(db, folded)
    try:
        users.require_right(user, password)
    except AccessError:
        audit("refused", now=now, who=user.name if user else "", address=address, home=home)
        raise
    return _begin(user, "password", now, address, place)


def sign_in_as(user: "User", how: str, *, now: datetime, address: str, home: Path | None = None) -> str:
    """The token of a new session for somebody whom another authority vouches for."""
    if user.disabled:
        audit("refused", now=now, who=user.name, address=address, home=home)
        raise AccessError("这个账号已停用，请找管理员", code="disabled")
    return _begin(user, how, now, address, home or folders.home())


def _begin(user: "User", how: str, now: datetime, address: str, home: Path) -> str:
    from objection_docs.accounts import opened, sessions, users

    with opened(home) as db:
        sessions.succeeded(db, users.fold(user.name), address)
        token = sessions.begin(db, user, at=now)
    audit("sign_in", now=now, who=user.name, how=how, address=address, home=home)
    return token


def sign_out(token: str, *, home: Path | None = None) -> None:
    from objection_docs.accounts import opened, sessions

    with opened(home or folders.home()) as db:
        sessions.end(db, token)


def sign_out_everywhere(name: str, *, now: datetime, who: str, home: Path | None = None) -> int:
    """How many sessions were ended."""
    from objection_docs.accounts import opened, sessions, users

    with opened(home or folders.home()) as db:
        count = sessions.end_all(db, users.get(db, name))
    audit("sign_out_everywhere", now=now, who=who, user=name, home=home)
    return count


def user_of_session(token: str, *, now: datetime, home: Path | None = None) -> "User | None":
    from objection_docs.accounts import looked_into, sessions

    with looked_into(home or folders.home()) as db:
        return sessions.user_of(db, token, at=now)


def key_of_secret(secret: str, *, now: datetime, home: Path | None = None) -> "Key | None":
    from objection_docs.accounts import keys, looked_into

    with looked_into(home or folders.home()) as db:
        return keys.of_secret(db, secret, at=now)


# Links


def first_link(*, now: datetime, home: Path | None = None) -> str:
    """The token of a link that makes the first admin; "" when there are users already."""
    from objection_docs.accounts import opened, sessions, users

    with opened(home or folders.home()) as db:
        return "" if users.every(db) else sessions.link(db, None, at=now)


def link_for(name: str, *, now: datetime, who: str, home: Path | None = None) -> str:
    """The token of a link with which the user sets a password."""
    from objection_docs.accounts import opened, sessions, users

    with opened(home or folders.home()) as db:
        token = sessions.link(db, users.get(db, name), at=now)
    audit("link", now=now, who=who, user=name, home=home)
    return token


def linked(token: str, *, now: datetime, home: Path | None = None) -> "User | None":
    """Whom a link is for; None: the first admin."""
    from objection_docs.accounts import opened, sessions

    with opened(home or folders.home()) as db:
        return sessions.linked(db, token, at=now)


def use_link(token: str, name: str, password: str, *, now: datetime, address: str, home: Path | None = None) -> str:
    """Sets the password of whom the link is for, who is signed in then: the token of the session.

    `name`: what the first admin is to be called.
    """
    from objection_docs.accounts import opened, sessions, users

    with opened(home or folders.home()) as db:
        known = user = sessions.linked(db, token, at=now)
        if known is None:
            user = users.add(db, name, "admin", at=now, password=password)
        else:
            users.set_password(db, known, password)
        sessions.use_link(db, token)
    if known is None:
        audit("user_added", now=now, who=user.name, user=user.name, role=user.role, home=home)
    audit("password", now=now, who=user.name, user=user.name, home=home)
    return _begin(user, "link", now, address, home or folders.home())


# Users and keys


def users(*, home: Path | None = None) -> list["User"]:
    from objection_docs.accounts import looked_into
    from objection_docs.accounts import users as room

    with looked_into(home or folders.home()) as db:
        return room.every(db)


def user_of_subject(subject: str, *, home: Path | None = None) -> "User | None":
    from objection_docs.accounts import looked_into
    from objection_docs.accounts import users as room

    with looked_into(home or folders.home()) as db:
        return room.by_subject(db, subject)


def add_user(
    name: str, role: str, *, now: datetime, who: str, password: str = "", subject: str = "", home: Path | None = None
) -> "User":
    from objection_docs.accounts import opened
    from objection_docs.accounts import users as room

    with opened(home or folders.home()) as db:
        user = room.add(db, name, role, at=now, password=password, subject=subject)
    audit("user_added", now=now, who=who, user=user.name, role=role, home=home)
    return user


def change_user(
    name: str,
    *,
    now: datetime,
    who: str,
    role: str | None = None,
    disabled: bool | None = None,
    password: str | None = None,
    home: Path | None = None,
) -> "User":
    """What is None stays."""
    from objection_docs.accounts import opened
    from objection_docs.accounts import users as room

    done = []
    with opened(home or folders.home()) as db:
        user = room.get(db, name)
        if role is not None:
            room.set_role(db, user, role)
            done.append(("role", {"role": role}))
        if disabled is not None:
            room.set_disabled(db, user, disabled)
            done.append(("disabled" if disabled else "enabled", {}))
        if password is not None:
            room.set_password(db, user, password)
            done.append(("password", {}))
        user = room.get(db, name)
    for what, details in done:
        audit(what, now=now, who=who, user=user.name, home=home, **details)
    return user


def change_own_password(name: str, old: str, new: str, *, now: datetime, address: str, home: Path | None = None) -> str:
    """Ends every session of the user; the token of a new one."""
    from objection_docs.accounts import opened
    from objection_docs.accounts import users as room

    with opened(home or folders.home()) as db:
        user = room.get(db, name)
    if not room.is_right(user, old):
        raise UsageError("现在的密码不对", code="wrong_password", field="old")
    user = change_user(name, now=now, who=name, password=new, home=home)
    return _begin(user, "password", now, address, home or folders.home())


def keys(*, home: Path | None = None) -> list["Key"]:
    from objection_docs.accounts import keys as room
    from objection_docs.accounts import looked_into

    with looked_into(home or folders.home()) as db:
        return room.every(db)


def add_key(
    label: str, scopes: Iterable[str], *, now: datetime, who: str, days: int, home: Path | None = None
) -> tuple["Key", str]:
    """The key and its secret, which is shown this once."""
    from objection_docs.accounts import keys as room
    from objection_docs.accounts import opened

    with opened(home or folders.home()) as db:
        key, secret = room.add(db, label, scopes, at=now, by=who, days=days)
    audit("key_added", now=now, who=who, key=key.prefix, scopes=" ".join(sorted(key.scopes)), home=home)
    return key, secret


def revoke_key(prefix: str, *, now: datetime, who: str, home: Path | None = None) -> "Key":
    from objection_docs.accounts import keys as room
    from objection_docs.accounts import opened

    with opened(home or folders.home()) as db:
        key = room.revoke(db, prefix, at=now)
    audit("key_revoked", now=now, who=who, key=key.prefix, home=home)
    return key


# Drafts


def save_draft(
    owner: str,
    kind: str,
    procedure: str,
    case: str,
    facts: dict,
    *,
    now: datetime,
    answers: str = "",
    id: str = "",
    home: Path | None = None,
) -> str:
    """The draft's id; as drafts.save."""
    from objection_docs.accounts import drafts as room
    from objection_docs.accounts import opened

    with opened(home or folders.home()) as db:
        return room.save(db, owner, kind, procedure, case, facts, at=now, answers=answers, id=id)


def drafts(owner: str, *, home: Path | None = None) -> list["Draft"]:
    from objection_docs.accounts import drafts as room
    from objection_docs.accounts import looked_into

    with looked_into(home or folders.home()) as db:
        return room.every(db, owner)


def draft(owner: str, id: str, *, home: Path | None = None) -> "Draft":
    from objection_docs.accounts import drafts as room
    from objection_docs.accounts import looked_into

    with looked_into(home or folders.home()) as db:
        found = room.find(db, owner, id)
    if found is None:
        raise UsageError("没有这份草稿，可能已经删去", code="no_such_draft", status=404)
    return found


def delete_draft(owner: str, id: str, *, home: Path | None = None) -> None:
    from objection_docs.accounts import drafts as room
    from objection_docs.accounts import opened

    with opened(home or folders.home()) as db:
        room.delete(db, owner, id)
