"""A small file that proves an entry later: what was entered, its hash and place, and the head of the chain then."""

import json
from dataclasses import dataclass
from datetime import datetime

from objection_docs.archive import chain, letters, schema
from objection_docs.archive.entries import HEAVY, LIGHT
from objection_docs.archive.files import sha256
from objection_docs.archive.verifying import gone_hashes
from objection_docs.errors import LogError, UsageError
from objection_docs.moments import stamp

FORMAT = "objection-docs receipt 1"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a receipt was asked for. `said`: in words, for the user."""

    good: bool
    said: str


def make(archive, id: str, *, at: datetime) -> dict:
    """The receipt of an entry, ready for JSON. What stands in `entry` is what the hash is the sha256 of."""
    with schema.spoken(archive.path):
        entry = archive.original(id)
        form, digest = _as_it_stands(archive, entry)
        if digest != entry.hash:
            message = "这一条与记入时不同，不能出具凭据；请运行 log verify"
            raise LogError(message, code="entry_altered", status=500)
        seq, head = chain.head(archive.db)
    return {
        "format": FORMAT,
        "made": stamp(at),
        "id": entry.id,
        "hash": entry.hash,
        "head": {"seq": seq, "hash": head},
        "entry": form,
    }


def read(data: bytes) -> dict:
    """A receipt's file → the receipt. Raises UsageError when it is none."""
    try:
        receipt = json.loads(data)
        sound = receipt["format"] == FORMAT and all(isinstance(receipt[name], str) for name in ("made", "id", "hash"))
        sound = sound and isinstance(receipt["entry"], str) and isinstance(json.loads(receipt["entry"])["seq"], int)
        sound = sound and isinstance(receipt["head"]["seq"], int) and isinstance(receipt["head"]["hash"], str)
    except (ValueError, KeyError, TypeError, RecursionError):
        sound = False
    if not sound:
        raise UsageError("这不是本程序出具的凭据文件，或文件已残缺", code="no_receipt")
    return receipt


def check(archive, receipt: dict) -> list[Finding]:
    """Whether the log still holds the entry unchanged, and whether the head of then is still in its chain."""
    if sha256(receipt["entry"].encode()) != receipt["hash"]:
        return [Finding(False, "凭据本身被改动过：其中的内容与指纹对不上")]
    entered = json.loads(receipt["entry"])
    if entered.get("id") != receipt["id"]:
        return [Finding(False, "凭据本身被改动过：日志编号与内容对不上")]
    with schema.spoken(archive.path):
        return [*_entry(archive, receipt, entered), _head(archive, receipt)]


def _entry(archive, receipt: dict, entered: dict) -> list[Finding]:
    place = f"第 {entered['seq']} 条（{entered.get('number') or receipt['id']}）"
    entry = letters.whole(archive.db, receipt["id"])
    if entry is None:
        return [Finding(False, f"日志里已没有凭据所记的{place}")]
    form, digest = _as_it_stands(archive, entry)
    if digest != receipt["hash"] or form != receipt["entry"] or entry.hash != receipt["hash"]:
        return [Finding(False, f"{place}与出具凭据时不同")]
    if record := letters.destruction(archive.later(entry.id)):
        on = record.local_time[:10]
        return [Finding(True, f"{place}的记录未被改动；原文已于 {on} 按销毁清册 {record.details['list']} 销毁")]
    found = [Finding(True, f"{place}仍在日志中，内容与出具凭据时一致")]
    for digest in filter(None, (entry.sha256, *(copy.sha256 for copy in entry.copies))):
        try:
            archive.files.get(digest)
        except LogError as error:
            found.append(Finding(False, str(error)))
    return found


def _head(archive, receipt: dict) -> Finding:
    seq, hash = receipt["head"]["seq"], receipt["head"]["hash"]
    found = archive.db.execute("SELECT id FROM entries WHERE seq = ? AND hash = ?", [seq, hash]).fetchone()
    if found is None:
        return Finding(False, f"当时的链头（第 {seq} 条）已不在链中：日志被换过，或其后被截断重写")
    if _as_it_stands(archive, letters.whole(archive.db, found[0]))[1] != hash:
        return Finding(False, f"当时的链头（第 {seq} 条）被改动过")
    return Finding(True, f"当时的链头（第 {seq} 条）仍在链中")


def _as_it_stands(archive, entry) -> tuple[str, str]:
    """The canonical form of what the log holds now, and its sha256."""
    columns = ", ".join(LIGHT + HEAVY)
    row = archive.db.execute(f"SELECT {columns} FROM entries WHERE seq = ?", [entry.seq]).fetchone()
    values = dict(zip(LIGHT + HEAVY, row, strict=True))
    record = letters.destruction(archive.later(entry.id))
    gone = gone_hashes(record) if record and not any(values[name] for name in HEAVY) else None
    form = chain.canonical(values, chain.states_of(archive.db, entry.seq), gone)
    return form, sha256(form.encode())
