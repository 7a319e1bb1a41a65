"""The end of letters whose term has passed: what is due, and the lists under which it is destroyed."""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from objection_docs import archive_desk
from objection_docs.errors import LogError, UsageError
from objection_docs.moments import BEIJING
from objection_docs.opening import open_log

if TYPE_CHECKING:
    from objection_docs.archive import Archive, Entry
    from objection_docs.archive.destruction import DestructionList, Item
    from objection_docs.archive.keeping import Due


def due(*, now: datetime, on: date | None = None, home: Path | None = None) -> list["Due"]:
    """The letters whose term has passed on that day (today), held ones too."""
    from objection_docs.archive import schema

    with open_log(home) as archive, schema.spoken(archive.path):
        return _due(archive, now, on)


def propose(
    ids: Iterable[str], *, now: datetime, who: str, reason: str = "", home: Path | None = None
) -> "DestructionList":
    """A destruction list of `ids`, which must be due; without any, of all that are due and not held."""
    from objection_docs.archive.destruction import UNDER_WAY, Destruction

    archive_desk.require_short(reason=reason)
    with open_log(home) as archive, archive.writing():
        found = {each.id: each for each in _due(archive, now)}
        destruction = Destruction(archive)
        if wanted := {letter.id: letter for letter in map(archive.letter, ids)}:
            if early := next((letter for id, letter in wanted.items() if id not in found), None):
                message = f"{early.number or early.id} 的保管期限未满或无从起算，不能列入销毁清册"
                raise LogError(message, code="not_due", status=409)
            chosen = [found[id] for id in wanted]
        else:
            listed = {item.id for each in destruction.lists() if each.state in UNDER_WAY for item in each.items}
            chosen = [each for each in found.values() if not each.held and each.id not in listed]
        return destruction.propose(chosen, at=now, who=who, reason=reason)


def _due(archive: "Archive", now: datetime, on: date | None = None) -> list["Due"]:
    from objection_docs.archive.keeping import Keeping
    from objection_docs.packs import retention

    table = retention.retention()
    day = on or now.astimezone(BEIJING).date()
    return list(Keeping(archive).due(day, lambda *letter: table.of(*letter)[0].name, table.ends))


def lists(*, home: Path | None = None) -> list["DestructionList"]:
    from objection_docs.archive.destruction import Destruction

    with open_log(home) as archive:
        return Destruction(archive).lists()


def one_list(id: str, *, home: Path | None = None) -> "DestructionList":
    from objection_docs.archive.destruction import Destruction

    with open_log(home) as archive:
        return Destruction(archive).list(id)


def history(found: "DestructionList", *, home: Path | None = None) -> list["Entry"]:
    """Who proposed, approved and carried out the list, and when: the entries that say so, oldest first."""
    from objection_docs.archive import letters

    with open_log(home) as archive:
        said = [archive.original(found.id), *archive.later(found.id)]
        done = letters.destruction(archive.later(found.items[0].id)) if found.done_by else None
        return [*said, done] if done else said


def approve(id: str, *, now: datetime, who: str, home: Path | None = None) -> "DestructionList":
    from objection_docs.archive.destruction import Destruction

    with open_log(home) as archive:
        return Destruction(archive).approve(id, at=now, who=who)


def decline(id: str, *, now: datetime, who: str, reason: str, home: Path | None = None) -> "DestructionList":
    """Stop the list. The reason is asked for: whoever proposes the letters again should know it."""
    from objection_docs.archive.destruction import Destruction

    if not reason.strip():
        raise UsageError("请写明否决的理由", code="reason_needed", field="reason")
    archive_desk.require_short(reason=reason)
    with open_log(home) as archive:
        return Destruction(archive).decline(id, at=now, who=who, reason=reason.strip())


def carry_out(id: str, *, now: datetime, who: str, home: Path | None = None) -> "DestructionList":
    from objection_docs.archive.destruction import Destruction

    with open_log(home) as archive:
        return Destruction(archive).carry_out(id, at=now, who=who)


def due_dict(letter: "Due") -> dict:
    """As `item_dict`, with its case and whether it is held."""
    return item_dict(letter) | {"case": letter.case, "held": letter.held}


def item_dict(item: "Item | Due") -> dict:
    """A letter whose term has passed; the days of its term as YYYY-MM-DD."""
    days = {"started": item.started.isoformat(), "ended": item.ended.isoformat()}
    return {"id": item.id, "number": item.number, "title": item.title, "retention": item.retention} | days


def list_dict(found: "DestructionList") -> dict:
    """A list without its letters, of which it tells how many; `stopped`: why, in words."""
    names = ("id", "state", "proposed", "proposed_by", "reason", "done_by")
    said = {"approved_by": list(found.approved_by), "stopped": list(found.stopped)}
    return {name: getattr(found, name) for name in names} | said | {"letters": len(found.items)}


def whole_dict(found: "DestructionList") -> dict:
    """As `list_dict`, with its letters."""
    return list_dict(found) | {"items": [item_dict(item) for item in found.items]}
