"""The archivist's errands: correct, describe, close, number, prove. Beside `desk`, over the same log."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from objection_docs import desk, folders
from objection_docs.archive_words import FORMS, METHODS
from objection_docs.errors import LogError, UsageError
from objection_docs.moments import BEIJING
from objection_docs.opening import open_log

if TYPE_CHECKING:
    from objection_docs.archive import Archive, Entry
    from objection_docs.archive.receipts import Finding

LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a letter as a record. `original`: as it was entered; `later`: all said of it since."""

    letter: "Entry"
    original: "Entry"
    later: tuple["Entry", ...]
    described: dict[str, str]
    retention: str
    authority: str
    closed: date | None
    held: tuple["Entry", ...]
    destroyed: "Entry | None"


def standing(id: str, *, home: Path | None = None) -> Standing:
    from objection_docs.archive import about_case, letters
    from objection_docs.archive.keeping import Keeping

    with open_log(home) as archive:
        keeping = Keeping(archive)
        letter = archive.letter(id)
        later = archive.later(letter.id)
        described = letters.described(later)
        given, authority = _retention().of(letter.kind, letter.procedure, described.get("retention", ""))
        case = letter.case_id
        return Standing(
            letter,
            archive.original(letter.id),
            later,
            described,
            given.name,
            authority,
            keeping.closed(case) if case else None,
            (*keeping.holds(letter.id), *(keeping.holds(about_case(case)) if case else ())),
            letters.destruction(later),
        )


def opened(id: str, how: str, *, now: datetime, who: str, home: Path | None = None) -> None:
    """Record that somebody opened a letter, unless the settings say not to. `how`: of archive_words.ACCESS.

    A log on a medium that cannot be written is a copy, where nothing can be recorded; it may still be read.
    """
    from objection_docs import settings
    from objection_docs.archive.keeping import Keeping

    if settings.read(home or folders.home()).archive.log_access:
        with open_log(home) as archive:
            try:
                Keeping(archive).accessed(id, how, at=now, who=who)
            except LogError as error:
                if error.code != "log_readonly":
                    raise


def correct(id: str, changes: dict[str, str], *, now: datetime, who: str, reason: str = "", home=None) -> "Entry":
    """`changes`: of archive_words.CORRECTED. The letter as it reads now."""
    from objection_docs.archive.keeping import Keeping

    desk.require_known(changes.get("kind"), changes.get("procedure"), changes.get("case"))
    require_short(**changes, reason=reason)
    columns = {"case_id" if name == "case" else name: value.strip() for name, value in changes.items()}
    with open_log(home) as archive:
        Keeping(archive).correct(id, columns, at=now, who=who, reason=reason)
        return archive.letter(id)


def describe(id: str, values: dict[str, str], *, now: datetime, who: str, home: Path | None = None) -> None:
    """`values`: form (of archive_words.FORMS), holder, remarks, retention (a class)."""
    from objection_docs.archive.keeping import Keeping

    require_short(**values)
    if not values:
        raise UsageError("没有要著录的内容", code="nothing_given")
    _require_one_of("form", values.get("form"), FORMS)
    with open_log(home) as archive:
        if name := values.get("retention"):
            letter = archive.letter(id)
            _retention().require_long_enough(name, letter.kind, letter.procedure)
        Keeping(archive).describe(id, values, at=now, who=who)


def service(
    id: str,
    method: str,
    *,
    now: datetime,
    who: str,
    tracking: str = "",
    on: date | None = None,
    remarks: str = "",
    proof: tuple[str, bytes] | None = None,
    home: Path | None = None,
) -> None:
    """Record how a letter was delivered. `proof`: name and bytes of a scan or a receipt."""
    from objection_docs.archive.keeping import Keeping

    _require_one_of("method", method, METHODS)
    require_short(tracking=tracking, remarks=remarks)
    given = {"method": method, "tracking": tracking, "on": on.isoformat() if on else "", "remarks": remarks}
    details = {name: value for name, value in given.items() if value}
    held = (proof[0], desk.media_type(proof[1]), proof[1]) if proof else None
    with open_log(home) as archive:
        Keeping(archive).service(id, details, at=now, who=who, proof=held)


def accept(
    id: str, finding: str, label: str, reason: str, *, now: datetime, who: str, home: Path | None = None
) -> None:
    """Record that a finding of the report is accepted as it stands. `finding`: as reports.findings names it."""
    from objection_docs.archive.keeping import Keeping

    reason = _given(reason, "请写明为什么可以接受")
    with open_log(home) as archive:
        Keeping(archive).accept(id, finding, label, reason, at=now, who=who)


def unaccept(id: str, finding: str, reason: str, *, now: datetime, who: str, home: Path | None = None) -> None:
    """Record that a finding is accepted no longer; that it was stays in the log."""
    from objection_docs.archive.keeping import Keeping

    reason = _given(reason, "请写明为什么撤回")
    with open_log(home) as archive:
        Keeping(archive).unaccept(id, finding, reason, at=now, who=who)


@dataclass(frozen=True, slots=True)
class Acceptance:
    reason: str
    who: str
    at: str  # Beijing time


def accepted(standing: Standing) -> dict[str, Acceptance]:
    """By the finding that is accepted; the last word counts."""
    from objection_docs.archive import letters

    return {
        finding: Acceptance(entry.details.get("reason", ""), entry.who, entry.local_time)
        for finding, entry in letters.accepted(standing.later).items()
    }


@dataclass(frozen=True, slots=True)
class Versions:
    """Of a letter that was checked, mended and checked again, as far as they are in this log."""

    previous: "Entry | None" = None
    following: tuple["Entry", ...] = ()


def versions(letter: "Entry", *, home: Path | None = None) -> Versions:
    """The version that the letter came after, and those that came after it, oldest first."""
    with open_log(home) as archive:
        noted = [entry.details.get("next", "") for entry in archive.later(letter.id) if entry.errand == "access"]
        previous = _there(archive, (letter.details or {}).get("after", ""))
        return Versions(previous, tuple(filter(None, (_there(archive, id) for id in noted))))


def _there(archive: "Archive", id: str) -> "Entry | None":
    """None for one that lies in the log from which the letter came in."""
    try:
        return archive.letter(id) if id else None
    except LogError as error:
        if error.status != 404:
            raise
        return None


def close(case: str, *, now: datetime, who: str, on: date | None = None, reason: str = "", number=False, home=None):
    """Close the case; with `number` give its letters their archive numbers: (id, archive number) of each."""
    from objection_docs.archive.keeping import Keeping

    require_short(reason=reason)
    with open_log(home) as archive:
        keeping = Keeping(archive)
        with archive.writing():
            keeping.close(case, on=on or now.astimezone(BEIJING).date(), at=now, who=who, reason=reason)
            ids = [id for id in keeping.letters_of(case) if not _numbered(archive, id)] if number else []
            return _number(keeping, ids, now, who, home) if ids else []


def reopen(case: str, *, now: datetime, who: str, reason: str, home: Path | None = None) -> None:
    from objection_docs.archive.keeping import Keeping

    require_short(reason=reason)
    with open_log(home) as archive:
        Keeping(archive).reopen(case, at=now, who=who, reason=reason)


def closed(case: str, *, home: Path | None = None) -> date | None:
    """The day on which the case was closed; None while it is open."""
    from objection_docs.archive.keeping import Keeping

    with open_log(home) as archive:
        return Keeping(archive).closed(case)


def proof(id: str, later: str, *, home: Path | None = None) -> tuple[str, str, bytes]:
    """The file that was kept with a later entry of the letter, as a receipt: media type, name and bytes."""
    from objection_docs.archive import letters

    with open_log(home) as archive:
        letter, entry = archive.letter(id), archive.original(later)
        if entry.about != letter.id:
            raise LogError("这份文书没有这一条后续记录", code="no_such_entry", status=404)
        if letters.destruction(archive.later(letter.id)):
            raise LogError("这份文书和它的附件已经销毁，只留下记录和指纹", code="destroyed", status=410)
        return entry.media_type, *archive.file(entry.id)


def number(ids: Iterable[str], *, now: datetime, who: str, home: Path | None = None) -> list[tuple["Entry", str]]:
    """Give archive numbers 全宗号-年度-保管期限-件号: each letter with its number."""
    from objection_docs.archive.keeping import Keeping

    with open_log(home) as archive:
        return _number(Keeping(archive), ids, now, who, home)


def receipt(id: str, *, now: datetime, home: Path | None = None) -> dict:
    """What proves the entry later, ready for JSON."""
    from objection_docs.archive import receipts

    with open_log(home) as archive:
        return receipts.make(archive, id, at=now)


def verify_receipt(data: bytes, *, copy: Path | None = None, home: Path | None = None) -> list["Finding"]:
    """What a receipt's file proves against the log, or against a `copy` of it."""
    from objection_docs.archive import receipts

    asked = receipts.read(data)
    with open_log(home, copy=copy) as archive:
        return receipts.check(archive, asked)


def verify(*, copy: Path | None = None, home: Path | None = None) -> list[str]:
    """What is wrong with the log, or with a `copy` of its folder, which is only read."""
    with open_log(home, copy=copy) as archive:
        return archive.verify()


def retention_classes() -> list[str]:
    """How long letters may be kept: the names of the classes."""
    return list(_retention().classes)


def words_of(query: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words that a search wants and does not want, in the form in which they are looked for."""
    from objection_docs.archive.search import query as room

    return room.parse_words(query)


def _retention():
    from objection_docs.packs import retention

    return retention.retention()


def _numbered(archive: "Archive", id: str) -> str:
    from objection_docs.archive import letters

    return letters.described(archive.later(id)).get("archive_number", "")


def _number(keeping, ids: Iterable[str], now: datetime, who: str, home: Path | None) -> list[tuple["Entry", str]]:
    from objection_docs import settings

    place = home or folders.home()
    fonds = settings.read(place).archive.fonds
    if not fonds:
        message = f"还没有全宗号：请在 {settings.NAME} 里写上 archive: 下一行缩进写 fonds: 全宗号"
        raise UsageError(message, code="no_fonds", where=str(place / settings.NAME), field="number")
    table = _retention()

    def class_of(kind: str, procedure: str, chosen: str) -> tuple[str, str]:
        given, _ = table.of(kind, procedure, chosen)
        return given.name, given.code

    return keeping.number(ids, fonds=fonds, class_of=class_of, at=now, who=who)


def _require_one_of(name: str, value: str | None, known: dict[str, str]) -> None:
    if value and value not in known:
        listed = "、".join(f"{key}（{label}）" for key, label in known.items())
        raise UsageError(f"没有“{value}”这个取值；可用：{listed}", code=f"invalid_{name}", field=name)


def _given(reason: str, wanting: str) -> str:
    """The reason; UsageError where there is none."""
    if not reason.strip():
        raise UsageError(wanting, code="reason_needed", field="reason")
    require_short(reason=reason)
    return reason.strip()


def require_short(**words: str) -> None:
    """UsageError for words that are longer than an entry may hold, by the names of their fields."""
    for name, word in words.items():
        if len(word) > LONGEST:
            raise UsageError(f"文字太长：最多 {LONGEST} 个字", code="too_long", field=name)
