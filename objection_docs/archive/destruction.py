"""The one way in which anything of the log goes: a list of what has passed its term, approved by two persons.

One proposes the list, two others approve it, then it is carried out: texts and files go, the entry stays with its hash
and a record of the destruction. A hold or a change meanwhile stops the list, and so does anybody who declines it. The
triggers of the database ask for approvals and holds too (migrations.py), so that no other program can do it otherwise.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from objection_docs.archive import Archive, about_case, chain, letters, search, verifying
from objection_docs.archive.entries import ABOUT_LOG, HEAVY, LIGHT, Entry
from objection_docs.archive.keeping import Due, Keeping
from objection_docs.errors import LogError, UsageError

APPROVALS = 2
#: States of a list that may still be carried out.
UNDER_WAY = ("proposed", "approved")


@dataclass(frozen=True, slots=True)
class Item:
    """One letter of a list, as it was when it was proposed."""

    id: str
    number: str
    title: str
    hash: str
    retention: str
    started: date
    ended: date


@dataclass(frozen=True, slots=True)
class DestructionList:
    """销毁清册. `state`: proposed | approved | stopped | done. `stopped`: why, in words, letter by letter."""

    id: str
    proposed_by: str
    proposed: str  # UTC, as an entry's `at`
    reason: str
    items: tuple[Item, ...]
    approved_by: tuple[str, ...]
    done_by: str
    stopped: tuple[str, ...]

    @property
    def state(self) -> str:
        if self.done_by:
            return "done"
        if self.stopped:
            return "stopped"
        return "approved" if len(self.approved_by) >= APPROVALS else "proposed"


class Destruction:
    """The calls for destruction lists, over an open log. `who` must be known in each: persons are counted."""

    def __init__(self, archive: Archive):
        self.archive = archive
        self._keeping = Keeping(archive)

    def propose(self, due: Iterable[Due], *, at: datetime, who: str, reason: str = "") -> DestructionList:
        """A new list of letters that are due. Refuses held ones, and letters of a list that is still under way."""
        _named(who)
        with self.archive.writing():
            due = list(due)
            if not due:
                raise UsageError("没有可以列入销毁清册的文书", code="nothing_due")
            listed = {item.id: each.id for each in self.lists() if each.state in UNDER_WAY for item in each.items}
            for each in due:
                name = each.number or each.id
                if each.held:
                    raise LogError(f"{name} 已被冻结，不能列入销毁清册", code="held", status=409)
                if each.id in listed:
                    raise LogError(f"{name} 已在清册 {listed[each.id]} 中", code="already_listed", status=409)
            items = [
                [d.id, d.number, d.title, d.hash, d.retention, d.started.isoformat(), d.ended.isoformat()] for d in due
            ]
            details = {"items": items} | ({"reason": reason} if reason else {})
            entry = self.archive.note(at=at, errand="propose", about=ABOUT_LOG, details=details, who=who)
            return self._list(entry)

    def lists(self) -> list[DestructionList]:
        """All lists, oldest first."""
        return [self._list(e) for e in self.archive.later(ABOUT_LOG) if e.errand == "propose"]

    def list(self, id: str) -> DestructionList:
        entry = self.archive.original(id)
        if entry.errand != "propose":
            raise LogError(f"“{id}”不是销毁清册", code="no_such_list", status=404)
        return self._list(entry)

    def approve(self, id: str, *, at: datetime, who: str) -> DestructionList:
        """One person's approval; the list's author's does not count, and nobody's counts twice."""
        _named(who)
        with self.archive.writing():
            found = self._open(id)
            if who == found.proposed_by:
                raise LogError("提出清册的人不能审批自己的清册，请由另外两人审批", code="own_list", status=403)
            if who in found.approved_by:
                raise LogError(f"{who} 已经审批过，同一人只算一次", code="already_approved", status=409)
            self.archive.note(at=at, errand="approve", about=found.id, details={"letters": len(found.items)}, who=who)
            return self.list(id)

    def decline(self, id: str, *, at: datetime, who: str, reason: str) -> DestructionList:
        """One person's no, which stops the list; its author's too, who thereby takes it back."""
        _named(who)
        with self.archive.writing():
            found = self._open(id)
            self.archive.note(at=at, errand="decline", about=found.id, details={"reason": reason}, who=who)
            return self.list(id)

    def carry_out(self, id: str, *, at: datetime, who: str) -> DestructionList:
        """Destroy what is on the approved list. Once more on a list that is done: finish what a crash left undone."""
        _named(who)
        self.archive.db.execute("PRAGMA secure_delete = ON")  # what goes is overwritten, not just unlinked
        with self.archive.writing():
            found = self.list(id)
            if found.state != "done":
                found = self._open(id)
                if len(found.approved_by) < APPROVALS:
                    missing = APPROVALS - len(found.approved_by)
                    raise LogError(f"清册还差 {missing} 人审批，不能销毁", code="not_approved", status=409)
                for item in found.items:
                    self._destroy(item, found.id, at, who)
        self._remove_files(found)
        with suppress(Exception):  # another process may be reading; the WAL is emptied with the next checkpoint then
            self.archive.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return self.list(id)

    def _open(self, id: str) -> DestructionList:
        found = self.list(id)
        if found.state == "done":
            raise LogError("这份清册已经执行", code="already_done", status=409)
        if found.stopped:
            said = "；".join(found.stopped[:5])
            raise LogError(f"清册已中止，请重新提出：{said}", code="list_stopped", status=409)
        return found

    def _list(self, entry: Entry) -> DestructionList:
        items = tuple(
            Item(*head, date.fromisoformat(started), date.fromisoformat(ended))
            for *head, started, ended in entry.details["items"]
        )
        said = self.archive.later(entry.id)
        approvals = [e.who for e in said if e.errand == "approve"]
        declined = [f"{e.who} 否决：{e.details['reason']}" for e in said if e.errand == "decline"]
        done = letters.destruction(self.archive.later(items[0].id))
        done_by = done.who if done and done.details["list"] == entry.id else ""
        stopped = () if done_by else (*declined, *filter(None, (self._stop(item, entry) for item in items)))
        reason = entry.details.get("reason", "")
        return DestructionList(
            entry.id, entry.who, entry.at, reason, items, tuple(dict.fromkeys(approvals)), done_by, stopped
        )

    def _stop(self, item: Item, proposal: Entry) -> str:
        """Why the letter may no longer be destroyed under this list; empty when it may."""
        name = item.number or item.id
        later = self.archive.later(item.id)
        letter = letters.now(letters.light(self.archive.db, item.id), later)
        case = self.archive.later(about_case(letter.case_id)) if letter.case_id else ()
        if self._keeping.holds(letter.id) or (letter.case_id and self._keeping.holds(about_case(letter.case_id))):
            return f"{name} 已被冻结"
        if letters.destruction(later):
            return f"{name} 已按另一清册销毁"
        if any(e.seq > proposal.seq and e.errand not in ("access", "hold", "release") for e in later):
            return f"{name} 在清册提出后有更正或补充"
        if any(e.seq > proposal.seq and e.errand in ("reopen", "close") for e in case):
            return f"{name} 所属案件在清册提出后重新开启"
        return ""

    def _destroy(self, item: Item, list_id: str, at: datetime, who: str) -> None:
        db = self.archive.db
        letter = self.archive.original(item.id)
        later = self.archive.later(item.id)
        names = ", ".join(LIGHT + HEAVY)
        values = dict(zip(LIGHT + HEAVY, db.execute(
            f"SELECT {names} FROM entries WHERE id = ?", [item.id]).fetchone(), strict=True))  # fmt: skip
        if chain.fingerprint(values, chain.states_of(db, letter.seq)) != item.hash:
            message = f"{item.number or item.id} 与记入时不同，不能销毁；请运行 log verify"
            raise LogError(message, code="entry_altered", status=500)
        files = [letter.sha256, *(copy.sha256 for copy in letter.copies), *(entry.sha256 for entry in later)]
        details = {"list": list_id, "files": sorted(set(filter(None, files)))} | chain.heavy_hashes(values)
        self.archive.note(at=at, errand="destroy", about=letter.id, details=details, who=who, case=letter.case_id)
        db.execute("UPDATE entries SET facts = '', report = '', text = '' WHERE id = ?", [letter.id])

    def _remove_files(self, found: DestructionList) -> None:
        """Under the write lock, so that nobody enters one of the files between the look and the removal."""
        with self.archive.writing() as db:
            gone: set[str] = set()
            for item in found.items:
                gone.update(letters.destruction(self.archive.later(item.id)).details["files"])
            self.archive.files.remove(gone - verifying.living(db, gone))
            self.archive.files.remove_leftovers(older_than=timedelta(days=1))
            search.purge(db)


def _named(who: str) -> None:
    if not who.strip():
        raise UsageError("销毁的提出、审批和执行都要写明经办人", code="who_unknown")
