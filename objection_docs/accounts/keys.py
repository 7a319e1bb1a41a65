"""Keys of programs: shown once when made, kept as a hash. The prefix tells them apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex

from sqlite_utils import Database

from objection_docs.accounts import digest, moment, new_secret, stamp
from objection_docs.errors import UsageError
from objection_docs.labels import PERSONAL, SCOPES

MOST_DAYS, USUAL_DAYS = 3650, 365
LONGEST_LABEL = 60
#: The last use is written down no more often than this: a busy key must not write at each request.
USED_EVERY = timedelta(minutes=1)
#: What a key may be given.
GIVEN = {name: label for name, label in SCOPES.items() if name not in PERSONAL}
_COLUMNS = "id, prefix, label, scopes, made_by, created, expires, used, revoked"


@dataclass(frozen=True, slots=True)
class Key:
    """`expires`, `used`, `revoked`: UTC, to the second; "" when that did not happen."""

    id: int
    prefix: str
    label: str
    scopes: frozenset[str]
    made_by: str
    created: str
    expires: str
    used: str
    revoked: str

    def state(self, now: datetime) -> str:
        if self.revoked:
            return "已吊销"
        return "已过期" if self.expires <= stamp(now) else "有效"


def add(
    db: Database, label: str, scopes: Iterable[str], *, at: datetime, by: str, days: int = USUAL_DAYS
) -> tuple[Key, str]:
    """The key and its secret, which is nowhere else."""
    label, scopes = " ".join(label.split()), set(scopes)
    if not 0 < len(label) <= LONGEST_LABEL:
        raise UsageError(f"请写明密钥的用途，最多 {LONGEST_LABEL} 个字", code="invalid_label", field="label")
    if personal := sorted(scopes & set(PERSONAL)):
        said = f"密钥不能有 {'、'.join(personal)} 权限：销毁只能由登录的人提出、审批和执行"
        raise UsageError(said, code="person_needed", field="scope")
    if not scopes or scopes - set(GIVEN):
        typed = f"写作 --scope {'、--scope '.join(GIVEN)}"
        said = f"权限应为其中的一项或几项：{'、'.join(GIVEN.values())}"
        raise UsageError(said, code="invalid_scope", field="scope", typed=typed)
    if not 1 <= days <= MOST_DAYS:
        raise UsageError(f"有效期应为 1 到 {MOST_DAYS} 天", code="invalid_days", field="days")
    prefix = f"od_{token_hex(4)}"
    secret = f"{prefix}_{new_secret()}"
    row = {"prefix": prefix, "hash": digest(secret), "label": label, "made_by": by, "created": stamp(at)}
    row |= {"scopes": " ".join(s for s in GIVEN if s in scopes), "expires": stamp(at + timedelta(days=days))}
    db["keys"].insert(row)
    return get(db, prefix), secret


def every(db: Database) -> list[Key]:
    return [_key(row) for row in db.execute(f"SELECT {_COLUMNS} FROM keys ORDER BY id DESC")]


def get(db: Database, prefix: str) -> Key:
    row = db.execute(f"SELECT {_COLUMNS} FROM keys WHERE prefix = ?", [prefix]).fetchone()
    if row is None:
        typed = "用 key list 可以看到全部密钥"
        raise UsageError(f"没有以“{prefix}”开头的密钥", code="no_such_key", status=404, typed=typed)
    return _key(row)


def revoke(db: Database, prefix: str, *, at: datetime) -> Key:
    key = get(db, prefix)
    if not key.revoked:
        db.execute("UPDATE keys SET revoked = ? WHERE id = ?", [stamp(at), key.id])
    return get(db, prefix)


def of_secret(db: Database, secret: str, *, at: datetime) -> Key | None:
    """The key, while it holds; its use is written down."""
    row = db.execute(f"SELECT {_COLUMNS} FROM keys WHERE hash = ?", [digest(secret)]).fetchone()
    key = _key(row) if row else None
    if key is None or key.revoked or key.expires <= stamp(at):
        return None
    if not key.used or moment(key.used) + USED_EVERY <= at:
        db.execute("UPDATE keys SET used = ? WHERE id = ?", [stamp(at), key.id])
    return key


def _key(row: tuple) -> Key:
    id, prefix, label, scopes, *rest = row
    return Key(id, prefix, label, frozenset(scopes.split()), *rest)
