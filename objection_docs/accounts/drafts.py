"""Facts that a user is still writing: saved to go on later. Only their owner sees them; they are no letters yet."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from objection_docs.accounts import new_secret, stamp
from objection_docs.errors import UsageError

MOST = 100


@dataclass(frozen=True, slots=True)
class Draft:
    """`answers`: id of the letter received that the new one answers, or ""."""

    id: str
    kind: str
    procedure: str
    case: str
    facts: dict
    saved: str
    answers: str


_COLUMNS = "id, kind, procedure, case_id, facts, saved, answers"


def save(
    db: Database,
    owner: str,
    kind: str,
    procedure: str,
    case: str,
    facts: dict,
    *,
    at: datetime,
    answers: str = "",
    id: str = "",
) -> str:
    """The draft's id: a new one, or `id` when that is the owner's already."""
    if not (id and find(db, owner, id)):
        if db.execute("SELECT count(*) FROM drafts WHERE owner = ?", [owner]).fetchone()[0] >= MOST:
            raise UsageError(f"已存了 {MOST} 份草稿，请先删去不用的", code="too_many_drafts", status=409)
        id = new_secret()[:22]
    row = {"id": id, "owner": owner, "kind": kind, "procedure": procedure, "case_id": case, "answers": answers}
    row |= {"facts": json.dumps(facts, ensure_ascii=False), "saved": stamp(at)}
    db["drafts"].upsert(row, pk="id")
    return id


def every(db: Database, owner: str) -> list[Draft]:
    sql = f"SELECT {_COLUMNS} FROM drafts WHERE owner = ? ORDER BY saved DESC"
    return [_draft(row) for row in db.execute(sql, [owner])]


def find(db: Database, owner: str, id: str) -> Draft | None:
    row = db.execute(f"SELECT {_COLUMNS} FROM drafts WHERE owner = ? AND id = ?", [owner, id]).fetchone()
    return _draft(row) if row else None


def delete(db: Database, owner: str, id: str) -> None:
    db.execute("DELETE FROM drafts WHERE owner = ? AND id = ?", [owner, id])


def _draft(row: tuple) -> Draft:
    id, kind, procedure, case, facts, saved, answers = row
    return Draft(id, kind, procedure, case, json.loads(facts), saved, answers)
