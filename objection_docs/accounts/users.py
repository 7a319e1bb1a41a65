"""Users: their names, roles and passwords. A user is never deleted, as the log names them; disabled is enough."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlite_utils import Database

from objection_docs.accounts import stamp
from objection_docs.errors import AccessError, UsageError

#: Role → its name and its scopes. Whose letters they are does not decide that they are destroyed.
ROLES = {
    "legal": ("法务", ("generate", "check", "archive")),
    "archivist": ("档案", ("check", "archive", "destroy")),
    "admin": ("管理", ("generate", "check", "archive", "destroy", "admin")),
}
#: NIST SP 800-63B-4, 3.1.1.2: at least 15 characters where the password stands alone; we also limit the attempts.
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 256
LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class User:
    """`password`: its hash; "" while none is set. `subject`: who this is to the OIDC provider."""

    id: int
    name: str
    role: str
    password: str
    disabled: bool
    created: str
    subject: str

    @property
    def role_label(self) -> str:
        return ROLES[self.role][0]

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset(ROLES[self.role][1])


_COLUMNS = "id, name, role, password, disabled, created, subject"


def fold(name: str) -> str:
    """The form in which two names are the same."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def add(db: Database, name: str, role: str, *, at: datetime, password: str = "", subject: str = "") -> User:
    shown = unicodedata.normalize("NFKC", name).strip()
    _require_name(shown)
    _require_role(role)
    if find(db, shown):
        raise UsageError(f"已经有用户“{shown}”", code="user_exists", status=409, field="name")
    row = {"name": shown, "folded": fold(shown), "role": role, "created": stamp(at), "subject": subject}
    row["password"] = hashed(password) if password else ""
    db["users"].insert(row)
    return get(db, shown)


def every(db: Database) -> list[User]:
    return [_user(row) for row in db.execute(f"SELECT {_COLUMNS} FROM users ORDER BY id")]


def find(db: Database, name: str) -> User | None:
    return _one(db, "folded = ?", fold(name))


def by_id(db: Database, id: int) -> User | None:
    return _one(db, "id = ?", id)


def by_subject(db: Database, subject: str) -> User | None:
    return _one(db, "subject = ? AND subject <> ''", subject)


def get(db: Database, name: str) -> User:
    found = find(db, name)
    if found is None:
        typed = "用 user list 可以看到全部用户"
        raise UsageError(f"没有用户“{name}”", code="no_such_user", status=404, typed=typed)
    return found


def set_password(db: Database, user: User, password: str) -> None:
    """Ends all sessions and links of the user, too: whoever knew the old password is out."""
    db.execute("UPDATE users SET password = ? WHERE id = ?", [hashed(password), user.id])
    _out(db, user)


def set_role(db: Database, user: User, role: str) -> None:
    _require_role(role)
    if user.role == "admin" and role != "admin":
        _require_another_admin(db, user)
    db.execute("UPDATE users SET role = ? WHERE id = ?", [role, user.id])


def set_disabled(db: Database, user: User, disabled: bool) -> None:
    if disabled and user.role == "admin":
        _require_another_admin(db, user)
    db.execute("UPDATE users SET disabled = ? WHERE id = ?", [int(disabled), user.id])
    _out(db, user)


def _out(db: Database, user: User) -> None:
    db.execute("DELETE FROM sessions WHERE user = ?", [user.id])
    db.execute("DELETE FROM links WHERE user = ?", [user.id])


def _require_another_admin(db: Database, user: User) -> None:
    if not any(u.role == "admin" and not u.disabled and u.id != user.id for u in every(db)):
        raise UsageError(
            "这是最后一个管理员，不能停用或换角色；请先另设一个管理员", code="last_admin", status=409, field="role"
        )


def _require_name(name: str) -> None:
    if not name or len(name) > LONGEST_NAME:
        raise UsageError(f"用户名应为 1 到 {LONGEST_NAME} 个字", code="invalid_name", field="name")
    if any((unicodedata.category(c)[0] in "CZ" and c != " ") or c in ":/\\<>\"'" for c in name):
        raise UsageError("用户名里不能有冒号、斜线、引号或看不见的字符", code="invalid_name", field="name")


def _require_role(role: str) -> None:
    if role not in ROLES:
        listed = "、".join(f"{key}（{label}）" for key, (label, _) in ROLES.items())
        raise UsageError(f"没有“{role}”这个角色；可用：{listed}", code="invalid_role", field="role")


def _one(db: Database, condition: str, value: object) -> User | None:
    row = db.execute(f"SELECT {_COLUMNS} FROM users WHERE {condition}", [value]).fetchone()
    return _user(row) if row else None


def _user(row: tuple) -> User:
    id, name, role, password, disabled, created, subject = row
    return User(id, name, role, password, bool(disabled), created, subject)


# Passwords


@cache
def hasher():
    """argon2id with the parameters of RFC 9106, section 4, for small memory: 64 MiB, 3 passes."""
    from argon2 import PasswordHasher

    return PasswordHasher()


def hashed(password: str) -> str:
    plain = _plain(password)
    if len(plain) < SHORTEST_PASSWORD:
        raise UsageError(
            f"密码太短：至少 {SHORTEST_PASSWORD} 个字符，可以用一句话", code="weak_password", field="password"
        )
    if len(plain) > LONGEST_PASSWORD:
        raise UsageError(f"密码太长：最多 {LONGEST_PASSWORD} 个字符", code="weak_password", field="password")
    if len(set(plain)) < 5:
        raise UsageError("密码太简单：重复的字符太多", code="weak_password", field="password")
    return hasher().hash(plain)


def is_right(user: User | None, password: str) -> bool:
    """Takes as long for a user who isn't there, so that nobody learns who is."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    try:
        right = hasher().verify(user.password if user and user.password else _nobody(), _plain(password))
    except (Argon2Error, InvalidHashError):
        return False
    return right and user is not None and bool(user.password) and not user.disabled


@cache
def _nobody() -> str:
    return hasher().hash("a password that nobody has")


def _plain(password: str) -> str:
    """The same password, however a keyboard composed it."""
    return unicodedata.normalize("NFKC", password[: LONGEST_PASSWORD * 4])


def require_right(user: User | None, password: str) -> User:
    if not is_right(user, password) or user is None:
        raise AccessError("用户名或密码不对，请核对后再试", code="wrong_password", status=401, field="password")
    return user
