"""Each entry carries the sha256 of the one before it: a change, a gap or a cut end shows."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database

from objection_docs.archive.entries import (
    HEAVY,
    LIGHT,
    SINCE_2,
    Entry,
    as_row,
    clean,
    insert,
    insert_states,
    new_id,
    next_number,
)
from objection_docs.archive.files import sha256
from objection_docs.moments import stamp

START = "0" * 64


def canonical(values: dict, states: Sequence[Sequence[str]], gone: dict[str, str] | None = None) -> str:
    """The JSON that the fingerprint is taken of. `values`: as stored; `hash` is not in it.

    Facts, report and text stand in it by their own sha256, so that they can be destroyed and the chain still be walked;
    `gone` then gives these hashes, as the entry of the destruction holds them.
    """
    form = {name: values[name] for name in LIGHT if name != "hash" and (values[name] or name not in SINCE_2)}
    form |= gone or heavy_hashes(values)
    form["elements"] = sorted(list(state) for state in states)
    return clean(json.dumps(form, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def heavy_hashes(values: dict) -> dict[str, str]:
    """What stands in the fingerprint for the stored facts, report and text."""
    return {f"{name}_sha256": sha256(values[name].encode()) for name in HEAVY}


def fingerprint(values: dict, states: Sequence[Sequence[str]], gone: dict[str, str] | None = None) -> str:
    """The sha256 of `canonical`."""
    return sha256(canonical(values, states, gone).encode())


def states_of(db: Database, seq: int) -> list[tuple]:
    return db.execute("SELECT element, status, level FROM element_states WHERE seq = ?", [seq]).fetchall()


def head(db: Database) -> tuple[int, str]:
    """The last entry's place and hash; (0, START) when there is none."""
    return db.execute("SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1").fetchone() or (0, START)


def reached(db: Database) -> int:
    """The last place that was ever given. A new entry never takes the place of one that was cut off."""
    given = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'entries'").fetchone()
    return given[0] if given else 0


def append(
    db: Database, *, at: datetime, errand: str, series: str = "", states: Sequence[tuple] = (), **values
) -> Entry:
    """The next entry of the chain, written; only inside a transaction that holds the write lock."""
    last, previous = head(db)
    place = max(last, reached(db)) + 1
    absent = {"file_name": "", "sha256": "", "size": 0, "media_type": "", "copies": ()}
    entry = Entry(
        seq=place,
        id=new_id(at),
        at=stamp(at),
        errand=errand,
        number=next_number(db, series, at, place) if series else "",
        prev=previous,
        hash="",
        **absent | values,
    )
    row = as_row(entry)
    row["hash"] = fingerprint(row, states)
    insert(db, row)
    insert_states(db, entry.seq, states)
    return replace(entry, hash=row["hash"])
