"""The errands: generate, check, look up. The only room that knows both the work and the log.

Everything heavy is imported where it is used, so that `--help` and a search stay quick.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from objection_docs import folders, labels, plugins
from objection_docs.errors import FactsError, LogError, ObjectionDocsError, PaperError, UsageError
from objection_docs.opening import open_log

if TYPE_CHECKING:
    from objection_docs.archive import Entry, Hits
    from objection_docs.deadlines import Answer
    from objection_docs.packs.courses import Course
    from objection_docs.packs.kinds import Kind

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
#: How our own numbers begin; a further kind takes the first two characters of its name.
SERIES = {"objection_notice": "异通", "acknowledgement": "异确", "disposition_reply": "异复", "complaint": "投诉"}
_MAGIC = ((b"%PDF", PDF), (b"PK\x03\x04", DOCX))
STATUSES = labels.VERDICTS
LONGEST_CASE = 200
ERRANDS = labels.ERRANDS
ELEMENT_STATUSES = labels.ELEMENT_STATUSES


@dataclass(frozen=True, slots=True)
class Letter:
    """A generated letter. `id` and `number` are empty when it was not logged."""

    id: str
    number: str
    kind: str
    title: str
    docx: bytes
    pdf: bytes | None
    text: str
    sha256: str
    missing: tuple[str, ...] = ()  # labels of the facts that a draft still lacks
    limits: tuple[dict, ...] = ()  # the reckoning of limits that were filled in, as `Reckoned.to_dict`

    @property
    def file_name(self) -> str:
        """Without its ending."""
        return _named(" ".join(part for part in (self.number, self.title) if part), self.missing)


def safe_name(name: str) -> str:
    """A file name that every system takes."""
    kept = "".join("_" if c in '\\/:*?"<>|' or ord(c) < 32 else c for c in name).strip(" .")
    return kept[:80] or "letter"


def _named(name: str, missing: tuple[str, ...]) -> str:
    """A file's name without its ending; a draft says that it is one, where no page stands around it."""
    return safe_name(name) + (f"（{labels.DRAFT}）" if missing else "")


def kinds() -> dict[str, "Kind"]:
    from objection_docs.packs import kinds as room

    return room.kinds()


def procedures() -> dict:
    from objection_docs.packs import procedures as room

    return room.procedures()


def procedure_page(procedure: str, *, columns: int) -> tuple[str, dict]:
    """A procedure's page, as text and as plain values. Raises UsageError for an unknown one."""
    from objection_docs.packs import courses, retention, rules
    from objection_docs.packs import procedures as room
    from objection_docs.reports import procedure as report

    known = room.procedure(procedure), courses.course(procedure), rules.rules().kinds, retention.retention()
    return report.render(*known, columns), report.to_dict(*known)


def course(procedure: str) -> "Course":
    """How a procedure runs: its steps, limits, events and settings. Raises UsageError for an unknown one."""
    from objection_docs.packs import courses

    return courses.course(procedure)


def deadlines(
    procedure: str,
    events: dict[str, str],
    *,
    now: datetime,
    settings: dict[str, str] | None = None,
    extensions: Iterable[tuple[str, str]] = (),
) -> "Answer":
    """The limits of a procedure for the dates of `events`. Raises UsageError for what the procedure doesn't know."""
    from objection_docs import deadlines as room

    known = course(procedure)
    return room.answer(known, room.read(known, events, settings, extensions), now)


def require_known(kind: str | None, procedure: str | None, case: str | None = None) -> None:
    """UsageError for a kind or a procedure that isn't there, or for a case whose name is none."""
    if case and len(case) > LONGEST_CASE:
        raise UsageError(f"案件名称太长：最多 {LONGEST_CASE} 个字", code="case_too_long", field="case")
    if kind:
        from objection_docs.packs import kinds as kind_room
        from objection_docs.packs import rules as rule_room

        if not rule_room.is_own(kind):
            kind_room.kind(kind)
    if procedure:
        from objection_docs.packs import procedures as procedure_room

        procedure_room.procedure(procedure)


def sample(kind: str, procedure: str | None = None) -> dict:
    """Complete facts, ready to edit."""
    from objection_docs import facts
    from objection_docs.packs import kinds as room

    require_known(kind, procedure)
    return facts.sample(room.kind(kind), procedure)


def schema(kind: str, procedure: str | None = None) -> dict:
    """JSON Schema of the facts."""
    from objection_docs import facts
    from objection_docs.packs import kinds as room

    require_known(kind, procedure)
    return facts.schema(room.kind(kind), procedure)


def parse_facts(data: bytes) -> object:
    from objection_docs import facts

    return facts.parse(data)


def generate(
    kind: str,
    raw: object,
    *,
    now: datetime,
    procedure: str | None = None,
    case: str | None = None,
    draft: bool = False,
    pdf: bool = False,
    log: bool = True,
    who: str = "",
    unchecked: bool = False,
    home: Path | None = None,
) -> Letter:
    """Facts → letter, logged. Limits that procedure and dates settle are filled in where the facts leave them out.

    `unchecked`: the log may have it before it is checked, where somebody does that later (examining_desk).
    """
    from objection_docs import checking, extraction, facts, generation, timing
    from objection_docs.checking.told_dates import told
    from objection_docs.packs import kinds as room

    require_known(kind, procedure, case)
    form = room.kind(kind)
    title = form.title(procedure)
    with _turn(home):
        raw, limits = timing.fill(kind, raw, procedure, now)
        values = facts.read(form, raw, procedure=procedure, draft=draft)
        docx = generation.render(form, values)
        paper = extraction.read(docx, f"{form.label}.docx")
        text = paper.text
        # what lists show of a letter stands in its entry: without a check it must be known from the facts
        checked = log and not (unchecked and all(_parties({}, raw).values()))
        report = checking.check(paper, kind, procedure, clocks=timing.ProcedureClock).to_dict() if checked else {}
    made_pdf = to_pdf(docx) if pdf else None
    letter = Letter("", "", kind, title, docx, made_pdf, text, _sha256(docx), _missing(values), tuple(limits))
    if not log:
        return letter
    reckoned = {"limits": limits} if limits else {}
    draft_of = {"draft": True, "missing": list(letter.missing)} if letter.missing else {}
    name = _named(title, letter.missing)
    words = {
        "errand": "generate",
        "who": who,
        "kind": kind,
        "procedure": procedure or report.get("procedure") or "",
        "title": title,
        **_parties(report, raw),
        "verdict": report.get("verdict", ""),
        "file_name": f"{name}.docx",
    }
    _ask_plugins(words, case)
    with open_log(home) as archive:
        entry = archive.add(
            at=now,
            case_id=case or "",
            series=SERIES.get(kind, form.label[:2]),
            **words,
            file=docx,
            media_type=DOCX,
            copies=[("pdf", f"{name}.pdf", PDF, made_pdf)] if made_pdf else (),
            details={"dates": told(kind, report, raw)} | draft_of | ({} if report else reckoned),
            facts=raw,
            report=report | reckoned if report else None,
            text=text,
            elements=states(report),
        )
    made = {name: words[name] for name in ("kind", "procedure", "title", "verdict", "who")} | {"case": case or ""}
    made |= {"id": entry.id, "number": entry.number, "sha256": entry.sha256}
    plugins.tell("document_generated", letter=made, file=docx, home=home or folders.home(), now=now)
    return replace(letter, id=entry.id, number=entry.number, sha256=entry.sha256)


def _ask_plugins(words: dict[str, str], case: str | None) -> None:
    """Whether the letter may be entered; what is raised says why not."""
    for _ in plugins.each("before_logging", letter=words | {"case": case or ""}):
        pass


def to_pdf(docx: bytes) -> bytes:
    from objection_docs.generation import pdf

    return pdf.to_pdf(docx)


def check(
    data: bytes,
    name: str,
    *,
    now: datetime,
    kind: str | None = None,
    procedure: str | None = None,
    case: str | None = None,
    against: dict | None = None,
    after: str = "",
    log: bool = True,
    who: str = "",
    home: Path | None = None,
    examiner: Callable[..., tuple[dict, str]] | None = None,
) -> dict:
    """A letter's file → its report (`Report.to_dict`, with the file's sha256 and the log's id), logged.

    `examiner`: does what `examine` does, elsewhere. `against`: how it answers another letter, which the report then
    carries; see `answering_desk`. `after`: the id of the version before it in the log, which then names this one too.

    A file that cannot be read gives a report too, verdict `unreadable`. When only the log fails, the LogError carries
    the finished report as `report`: work that was done is not thrown away.
    """
    from objection_docs.checking.told_dates import told

    require_known(kind, procedure, case)
    name = Path(name).name.encode("utf-8", "replace").decode()
    report, text = (examiner or examine)(data, name, kind=kind, procedure=procedure)
    report |= {"against": against} if against else {}
    if not log:
        return report
    words = {
        "errand": "check",
        "who": who,
        "kind": report.get("kind") or kind or "",
        "procedure": report.get("procedure") or procedure or "",
        "title": report.get("title") or report.get("kind_label") or "",
        **_parties(report),
        "verdict": report["verdict"],
        "file_name": name,
    }
    _ask_plugins(words, case)
    try:
        with open_log(home) as archive, archive.writing() if after else nullcontext():
            before = {"after": archive.letter(after).id} if after else {}
            entry = archive.add(
                at=now,
                case_id=case or "",
                **words,
                file=data,
                media_type=media_type(data),
                details={"dates": told(report.get("kind") or kind or "", report)} | before,
                report=report,
                text=text,
                elements=states(report),
            )
            if before:
                said = {"how": "version", "next": entry.id}
                archive.note(at=now, errand="access", about=before["after"], details=said, who=who)
    except LogError as error:
        error.report = report
        raise
    whole = {"file": report["file"], "sha256": report["sha256"], "id": entry.id} | report
    about = whole | {"case": case or "", "who": who}
    plugins.tell("check_completed", report=about, file=data, home=home or folders.home(), now=now)
    return whole


def examine(data: bytes, name: str, *, kind: str | None = None, procedure: str | None = None) -> tuple[dict, str]:
    """The report and the text (with form feeds where its pages end), without the log."""
    from objection_docs import checking, extraction, timing

    head = {"file": name, "sha256": _sha256(data)}
    try:
        paper = extraction.read(data, name)
    except PaperError as error:
        return unreadable(name, error.code, error.message) | {"sha256": head["sha256"]}, ""
    return head | checking.check(paper, kind, procedure, clocks=timing.ProcedureClock).to_dict(), paper.paged_text


def media_type(data: bytes) -> str:
    """By the file's first bytes."""
    return next((kind for sign, kind in _MAGIC if sign in data[:1024]), "application/octet-stream")


def unreadable(name: str, code: str, message: str) -> dict:
    """The report of a file that cannot be read."""
    return {"file": name, "verdict": "unreadable", "error": {"code": code, "message": message}}


def verdict_of(entry: "Entry") -> str:
    """A letter's verdict in Chinese; a draft is called one."""
    unchecked = entry.errand == "generate" and not entry.verdict
    said = labels.UNCHECKED if unchecked else STATUSES.get(entry.verdict, "")
    return "，".join(filter(None, (labels.DRAFT if entry.missing else "", said)))


def search(query: str | None = "", *, home: Path | None = None, **asked) -> "Hits":
    """A page of letters. `asked`: raw words as they come from any door, by their `search_names`."""
    from objection_docs import search_names as names

    with open_log(home) as archive:
        hits = archive.search(query or "", **asked)
        if not hits.total and (meant := names.resolved(archive.search, asked)) != asked:
            hits = archive.search(query or "", **meant)
        return hits


def search_names() -> tuple[str, ...]:
    """What a search may be asked besides its words (`q`)."""
    from objection_docs.archive import search as room

    return room.NAMES


def show(id: str, *, home: Path | None = None) -> "Entry":
    """The letter as it reads now."""
    with open_log(home) as archive:
        return archive.letter(id)


def keep_open(*, home: Path | None = None) -> None:
    """For a service: from now on the errands of this process share connections to the log."""
    from objection_docs.archive import pool

    pool.keep(home or folders.home())
    last_place(home=home)  # one is open from now on


def has_log(*, home: Path | None = None) -> bool:
    """Whether anything was ever entered."""
    from objection_docs.archive import schema

    return ((home or folders.home()) / schema.NAME).is_file()


def require_writable(*, home: Path | None = None) -> None:
    """LogError when nothing can be entered."""
    with open_log(home) as archive, archive.writing():
        pass


def warm() -> None:
    """Load what the first letter would have to wait for."""
    for kind in kinds():
        with suppress(ObjectionDocsError):  # a broken form, of a plugin perhaps, is told by the letter that meets it
            generate(kind, sample(kind), now=datetime.now(timezone.utc), log=False)


def last_place(*, home: Path | None = None) -> int:
    """The place of the log's last entry."""
    with open_log(home) as archive:
        return archive.last()


def entered_by(who: str, after: int, *, home: Path | None = None) -> "Entry | None":
    """The first letter that `who` entered after that place. Reads every entry since: `after` should be near the end."""
    with open_log(home) as archive:
        return next((e for e in archive.entries(after) if e.who == who and e.errand in ERRANDS), None)


def file(id: str, role: str = "", *, home: Path | None = None) -> tuple[str, bytes]:
    """The entry's file, byte for byte; `role` "pdf": the PDF that was made with a generated letter."""
    with open_log(home) as archive:
        return archive.file(id, role)


def pdf_of(id: str, *, home: Path | None = None) -> tuple[str, bytes]:
    """A generated letter as PDF: the one handed out when there was one, otherwise converted now."""
    entry = show(id, home=home)
    if entry.copy("pdf"):
        return file(id, "pdf", home=home)
    if entry.errand != "generate":
        raise LogError("只有生成的文书才能转换为 PDF；检查过的文件请下载原件", code="no_file", status=404)
    name, docx = file(id, home=home)
    return Path(name).stem + ".pdf", to_pdf(docx)


def _turn(home: Path | None) -> AbstractContextManager:
    """Held while a letter is worked out, where the threads of a service take turns."""
    from objection_docs.archive import pool

    return pool.turn(home or folders.home())


def _sha256(data: bytes) -> str:
    from hashlib import sha256

    return sha256(data).hexdigest()


def _parties(report: dict, facts: object = None) -> dict[str, str]:
    """As the facts name them, else as they were read."""
    read, given = report.get("fields") or {}, facts if isinstance(facts, dict) else {}
    return {
        name: given[name] if isinstance(given.get(name), str) else str(read.get(name) or "")
        for name in ("sender", "recipient")
    }


def states(report: dict) -> list[tuple[str, str, str]]:
    """Of each element of a report: id, status, level, as the log keeps them."""
    return [(element["id"], element["status"], element["level"]) for element in report.get("elements", ())]


def _missing(values) -> tuple[str, ...]:
    return tuple(str(getattr(fact, "label", fact)) for fact in getattr(values, "missing", ()) or ())


def faults_of(error: Exception) -> list[dict]:
    """Each faulty fact with its JSON pointer, for callers over HTTP."""
    if not isinstance(error, FactsError):
        return []
    return [{"pointer": fault.pointer, "detail": fault.message} for fault in error.faults]
