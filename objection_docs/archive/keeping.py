"""What an archivist says of letters and cases afterwards, each as a later entry of the chain.

Corrections, descriptions, proof of service, archive numbers, the closing of a case, holds and who opened what.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from objection_docs.archive import Archive, about_case, letters
from objection_docs.archive.entries import CASES, CORRECTABLE, Entry, day_of, next_counter
from objection_docs.errors import LogError, UsageError
from objection_docs.moments import BEIJING


@dataclass(frozen=True, slots=True)
class Due:
    """A letter whose term has passed. `started`: the case's closing, or the letter's own day where it has no case."""

    id: str
    number: str
    title: str
    case: str
    hash: str
    retention: str
    started: date
    ended: date
    held: bool


class Keeping:
    """The archivist's calls, over an open log. `who` and `at` (the clock) of every call go into its entry."""

    def __init__(self, archive: Archive):
        self.archive = archive

    def correct(self, id: str, changes: dict[str, str], *, at: datetime, who: str, reason: str = "") -> Entry:
        """Say how the letter should read. `changes`: of entries.CORRECTABLE."""
        with self.archive.writing():
            letter = self.archive.letter(id)
            if changes.keys() - set(CORRECTABLE):
                raise ValueError(f"not correctable: {changes}")
            new = {name: value for name, value in changes.items() if value != getattr(letter, name)}
            if not new:
                raise UsageError("没有可更正的：各项与现在一样", code="nothing_to_correct")
            details = {"set": new, "was": {name: getattr(letter, name) for name in new}} | _reason(reason)
            return self._note("correct", letter, details, at, who)

    def describe(self, id: str, values: dict[str, str], *, at: datetime, who: str) -> Entry:
        """Record metadata: of letters.DESCRIBED, the archive number excepted, which `number` gives."""
        with self.archive.writing():
            letter = self.archive.letter(id)
            if not values or values.keys() - set(letters.DESCRIBED) or "archive_number" in values:
                raise ValueError(f"no description: {values}")
            given = letters.described(self.archive.later(letter.id)).get("archive_number")
            if given and "retention" in values:
                raise LogError(
                    f"这份文书已编档号 {given}，保管期限不能再改",
                    code="already_numbered",
                    status=409,
                    field="retention",
                )
            return self._note("describe", letter, {"set": values}, at, who)

    def service(self, id: str, details: dict[str, str], *, at: datetime, who: str, proof: tuple | None = None) -> Entry:
        """Record how the letter was delivered. `proof`: name, media type and bytes of a scan or a mail's receipt."""
        name, media_type, data = proof or ("", "", None)
        with self.archive.writing():
            letter = self._kept(id)
            extra = {"file": data, "file_name": name, "media_type": media_type} if proof else {}
            return self.archive.note(
                at=at, errand="service", about=letter.id, details=details, who=who, case=letter.case_id, **extra
            )

    def accessed(self, id: str, how: str, *, at: datetime, who: str) -> Entry:
        """Record that somebody opened or took out the letter. `how`: shown | file | exported."""
        return self.archive.note(at=at, errand="access", about=id, details={"how": how}, who=who)

    def accept(self, id: str, finding: str, label: str, reason: str, *, at: datetime, who: str) -> Entry:
        """Record that somebody takes a finding of the report as settled. `finding`: as the report page names it."""
        details = {"finding": finding, "label": label} | _reason(reason)
        with self.archive.writing():
            return self._note("accept", self._kept(id), details, at, who)

    def unaccept(self, id: str, finding: str, reason: str, *, at: datetime, who: str) -> Entry:
        """Take an acceptance back; its entry stays."""
        with self.archive.writing():
            letter = self._kept(id)
            standing = letters.accepted(self.archive.later(letter.id)).get(finding)
            if standing is None:
                raise LogError("这一项没有接受过，或者已经撤回", code="not_accepted", status=409)
            details = {"finding": finding, "label": standing.details["label"], "withdrawn": True} | _reason(reason)
            return self._note("accept", letter, details, at, who)

    def number(
        self, ids: Iterable[str], *, fonds: str, class_of: Callable[[str, str, str], tuple[str, str]], at: datetime, who
    ) -> list[tuple[Entry, str]]:
        """Give archive numbers 全宗号-年度-保管期限-件号; the letters with their numbers.

        `class_of`: kind, procedure and the class given by hand → class and its code. The year is that of the letter.
        """
        given = []
        with self.archive.writing() as db:
            for id in ids:
                letter = self._kept(id)
                described = letters.described(self.archive.later(letter.id))
                if described.get("archive_number"):
                    message = f"{letter.number or letter.id} 已有档号 {described['archive_number']}"
                    raise LogError(message, code="already_numbered", status=409)
                name, code = class_of(letter.kind, letter.procedure, described.get("retention", ""))
                year = day_of(letter.at).year
                item = next_counter(db, f"{fonds}-{code}", year, letter.seq)
                number = f"{fonds}-{year}-{code}-{item:04d}"
                self._note("describe", letter, {"set": {"archive_number": number, "retention": name}}, at, who)
                given.append((letter, number))
        return given

    # Cases and holds

    def letters_of(self, case: str) -> list[str]:
        """The ids of the case's letters as they read now, in the order of entering; destroyed ones left out."""
        sql = "SELECT e.id FROM letters l JOIN entries e ON e.seq = l.seq WHERE l.case_id = ? AND NOT l.destroyed"
        return [id for (id,) in self.archive.db.execute(f"{sql} ORDER BY l.seq", [case])]

    def closed(self, case: str) -> date | None:
        """The day on which the case was closed; None while it is open."""
        closing = _closing(self.archive.later(about_case(case)))
        return date.fromisoformat(closing.details["on"]) if closing else None

    def close(self, case: str, *, on: date, at: datetime, who: str, reason: str = "") -> Entry:
        """Close the case; the terms of its letters run from this day."""
        with self.archive.writing():
            self._known(case)
            if self.closed(case):
                raise LogError(f"案件“{case}”已经结案", code="already_closed", status=409)
            if on > at.astimezone(BEIJING).date():
                raise UsageError("结案日期不能晚于今天", code="closed_in_future", field="on")
            return self._note_case("close", case, {"on": on.isoformat()} | _reason(reason), at, who)

    def reopen(self, case: str, *, at: datetime, who: str, reason: str) -> Entry:
        with self.archive.writing():
            if not self.closed(case):
                raise LogError(f"案件“{case}”没有结案", code="not_closed", status=409)
            return self._note_case("reopen", case, _reason(reason), at, who)

    def hold(self, *, case: str = "", id: str = "", reason: str, at: datetime, who: str) -> Entry:
        """Nothing of the case, or of the letter, may be destroyed until this hold is released."""
        with self.archive.writing():
            if case:
                self._known(case)
                return self._note_case("hold", case, _reason(reason), at, who)
            return self._note("hold", self._kept(id), _reason(reason), at, who)

    def holds(self, about: str) -> list[Entry]:
        """The holds on a letter (its id) or a case (`about_case`) that were not released."""
        return _open_holds(self.archive.later(about))

    def every_hold(self) -> list[Entry]:
        """All holds that were not released, on letters and cases, oldest first."""
        return _open_holds(letters.where(self.archive.db, "about > '' AND errand IN ('hold', 'release')"))

    def release(self, *, case: str = "", id: str = "", reason: str, at: datetime, who: str) -> Entry:
        """Release the one hold on the case or letter; `id` may also be the hold's own id, where there are several."""
        with self.archive.writing():
            entry = None if case else self.archive.original(id)
            about = about_case(case) if case else entry.about if entry.errand == "hold" else entry.id
            found = [h for h in self.holds(about) if case or entry.errand != "hold" or h.id == entry.id]
            if not found:
                raise LogError("没有未解除的冻结", code="not_held", status=409)
            if len(found) > 1:
                listed = "；".join(f"{h.id}（{h.details.get('reason', '')}）" for h in found)
                raise UsageError(f"有 {len(found)} 个冻结，请给出要解除的那一个的编号：{listed}", code="several_holds")
            details = {"hold": found[0].id} | _reason(reason)
            return self.archive.note(
                at=at, errand="release", about=about, details=details, who=who, case=found[0].case_id
            )

    # Terms

    def due(
        self, on: date, class_of: Callable[[str, str, str], str], ends: Callable[[str, date], date | None]
    ) -> Iterator[Due]:
        """The letters whose term has passed on the day `on`, held ones too, in the order of entering.

        `class_of`: kind, procedure and the class given by hand → class; `ends`: class and start → last day of the term,
        None for ever.
        A term starts on the day on which the case was closed. A letter that was entered after the closing starts on its
        own day if that is later, and one that belongs to no case starts on its own day, as nothing else is known of it.
        While a case is open none of its letters is due.
        """
        cases = self._cases()
        closings = {case: closing for case, entries in cases.items() if (closing := _closing(entries))}
        sql = "SELECT seq, at, kind, procedure, case_id, retention FROM letters WHERE NOT destroyed ORDER BY seq"
        for seq, at, kind, procedure, case, chosen in self.archive.db.execute(sql):
            closing = closings.get(case)
            if case and not closing:
                continue
            started = day_of(at)
            if case:
                closed = date.fromisoformat(closing.details["on"])
                started = closed if seq < closing.seq else max(started, closed)
            name = class_of(kind, procedure, chosen)
            ended = ends(name, started)
            if ended is not None and ended < on:
                yield self._due(seq, name, started, ended, cases.get(case, ()))

    def _due(self, seq: int, name: str, started: date, ended: date, about_case: Iterable[Entry]) -> Due:
        entered = next(letters.where(self.archive.db, "seq = ?", seq))
        later = self.archive.later(entered.id)
        letter = letters.now(entered, later)
        held = bool(_open_holds(later) or _open_holds(about_case))
        return Due(letter.id, letter.number, letter.title, letter.case_id, letter.hash, name, started, ended, held)

    def _cases(self) -> dict[str, list[Entry]]:
        """The later entries of every case that has any."""
        found: dict[str, list[Entry]] = {}
        for entry in letters.where(self.archive.db, CASES):
            found.setdefault(entry.case_id, []).append(entry)
        return found

    def _kept(self, id: str) -> Entry:
        letter = self.archive.letter(id)
        if letters.destruction(self.archive.later(letter.id)):
            raise LogError(f"{letter.number or letter.id} 已经销毁", code="destroyed", status=410)
        return letter

    def _known(self, case: str) -> None:
        if not case or not (self.letters_of(case) or self.archive.later(about_case(case))):
            raise LogError(f"日志里没有案件“{case}”", code="no_such_case", status=404)

    def _note(self, errand: str, letter: Entry, details: dict, at: datetime, who: str) -> Entry:
        return self.archive.note(at=at, errand=errand, about=letter.id, details=details, who=who, case=letter.case_id)

    def _note_case(self, errand: str, case: str, details: dict, at: datetime, who: str) -> Entry:
        return self.archive.note(at=at, errand=errand, about=about_case(case), details=details, who=who, case=case)


def _reason(reason: str) -> dict[str, str]:
    return {"reason": reason} if reason else {}


def _closing(entries: Iterable[Entry]) -> Entry | None:
    """The closing that still stands."""
    last = [entry for entry in entries if entry.errand in ("close", "reopen")][-1:]
    return last[0] if last and last[0].errand == "close" else None


def _open_holds(entries: Iterable[Entry]) -> list[Entry]:
    entries = tuple(entries)
    released = {entry.details["hold"] for entry in entries if entry.errand == "release"}
    return [entry for entry in entries if entry.errand == "hold" and entry.id not in released]
