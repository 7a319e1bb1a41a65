"""The errands around a letter received: check a reply against it, prepare the next letter. Beside `desk`, over the same
log."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from objection_docs import desk
from objection_docs.errors import LogError, PaperError, UsageError
from objection_docs.moments import BEIJING

if TYPE_CHECKING:
    from objection_docs.archive import Entry


def check_against(
    data: bytes,
    name: str,
    notice: bytes,
    notice_name: str,
    *,
    now: datetime,
    kind: str | None = None,
    procedure: str | None = None,
    case: str | None = None,
    after: str = "",
    log: bool = True,
    who: str = "",
    home: Path | None = None,
) -> dict:
    """A reply's report as `desk.check` gives it, with `against`: where it answers each point of the notice.

    Both letters are logged. Raises UsageError for a notice that cannot be read; a reply that cannot be read gives an
    unreadable report.
    """
    same = {"now": now, "case": case, "log": log, "who": who, "home": home}
    desk.require_known(kind, procedure, case)
    found = coverage(data, name, notice, notice_name)
    received = desk.check(notice, notice_name, procedure=procedure, **same)
    known = {"kind": kind, "procedure": procedure, "against": about(received, found), "after": after}
    return desk.check(data, name, **known, **same)


def coverage(data: bytes, name: str, notice: bytes, notice_name: str) -> list[dict] | None:
    """How a reply answers each point of a notice, as `Answer.to_dict`; None where the reply cannot be read.

    Raises PaperError for a notice that cannot be read.
    """
    from objection_docs import extraction
    from objection_docs.checking import answers

    try:
        received = extraction.read(notice, notice_name)
    except PaperError as error:
        raise PaperError(f"读不了对方的异议：{error.message}", code=error.code, where=notice_name) from None
    try:
        reply = extraction.read(data, name)
    except PaperError:
        return None
    return [answer.to_dict() for answer in answers.cover(received, reply)]


def about(received: Mapping, found: list[dict] | None) -> dict | None:
    """{file, sha256, id, points, answered, answers}: what a reply's report tells of the notice it is held against.
    `received`: file, sha256 and the log's id of the notice; None where there is nothing to tell."""
    if found is None:
        return None
    told = {key: received[key] for key in ("file", "sha256", "id") if key in received}
    return told | {"points": len(found), "answered": sum(one["answered"] for one in found), "answers": found}


def _here(work: Callable, *args: object) -> object:
    return work(*args)


@dataclass(frozen=True, slots=True)
class Prepared:
    """The facts of the next letter. `facts`: raw, as `desk.generate` takes them, null where something is wanting;
    `wanting`: path and label of each fact that nobody has said yet; `received`: the report on the letter received;
    `origins`: name of a fact → the letter that tells it; `limits`: those filled in, as `Reckoned.to_dict`."""

    kind: str
    procedure: str
    facts: dict
    wanting: tuple[tuple[tuple, str], ...]
    received: dict
    origins: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[dict, ...] = ()


def prepare(
    kind: str,
    data: bytes,
    name: str,
    *,
    now: datetime,
    given: Mapping[str, object] | None = None,
    procedure: str | None = None,
    case: str | None = None,
    log: bool = True,
    who: str = "",
    home: Path | None = None,
) -> Prepared:
    """What a letter of `kind` can say in answer to the file: acknowledgement, disposition_reply or supplement_notice.

    `given`: facts that the caller knows, which count before those that were read. The letter received is logged as
    checked. Raises UsageError for a letter that cannot be read or that none of this kind follows.
    """
    report = desk.check(data, name, now=now, procedure=procedure, case=case, log=log, who=who, home=home)
    read = _read(kind, data, name, report, now, procedure)
    if case and log:
        read = _with_case(read, desk.show(report["id"], home=home), now, home)
    return complete(_with(read, given or {}, {}), now)


def prepare_entry(
    kind: str,
    id: str,
    *,
    now: datetime,
    given: Mapping[str, object] | None = None,
    procedure: str | None = None,
    home: Path | None = None,
    run: Callable = _here,
) -> Prepared:
    """The same for a letter of the log that was checked, with what its case tells besides: the day on which it came,
    and our own letters that answered it before. `run`: carries work on the file out elsewhere."""
    entry = received(id, home=home)
    name, data = desk.file(entry.id, home=home)
    report = {"file": entry.file_name, "sha256": entry.sha256, "id": entry.id} | entry.report
    # what was corrected in the log counts before what was read
    report |= {"kind": entry.kind, "procedure": entry.procedure}
    corrected = {key: value for key in ("sender", "recipient") if (value := getattr(entry, key))}
    report["fields"] = (entry.report.get("fields") or {}) | corrected
    read = _with_case(_read(kind, data, name, report, now, procedure, run), entry, now, home)
    return complete(_with(read, given or {}, {}), now)


def received(id: str, *, home: Path | None = None) -> "Entry":
    """A letter of the log that was checked. LogError for another, and for one that was destroyed."""
    entry = desk.show(id, home=home)
    if entry.errand != "check":
        raise LogError("只有检查过的来文才能据以写下一份文书", code="not_received", status=404)
    if entry.report is None:
        raise LogError("这份文书已按销毁清册销毁，只留下记录和指纹", code="destroyed", status=410)
    return entry


def _read(
    kind: str,
    data: bytes,
    name: str,
    report: dict,
    now: datetime,
    procedure: str | None,
    run: Callable = _here,
) -> Prepared:
    """What the file alone tells."""
    from objection_docs import next_facts

    require_follows(kind, report, name)
    regime = procedure or _regime(kind, report)
    raw = run(next_facts.read, kind, data, name, report, regime)
    today = {"date": now.astimezone(BEIJING).date().isoformat()}
    return Prepared(kind, regime, today | raw, (), report, dict.fromkeys(raw, "来文"))


def _with(prepared: Prepared, facts: Mapping, origins: Mapping[str, str]) -> Prepared:
    """With what is known from elsewhere, which counts before what was read; `origins`: whence it is known."""
    facts = {name: value for name, value in facts.items() if value is not None and value != prepared.facts.get(name)}
    kept = {name: said for name, said in prepared.origins.items() if name not in facts}
    more = {name: said for name, said in origins.items() if name in facts}
    return replace(prepared, facts=prepared.facts | facts, origins=kept | more)


def _with_case(prepared: Prepared, entry: "Entry", now: datetime, home: Path | None) -> Prepared:
    from objection_docs import known_facts

    return _with(prepared, *known_facts.of_case(entry, prepared.kind, prepared.facts, now, home))


def require_follows(kind: str, report: Mapping, name: str = "") -> None:
    """UsageError where no letter of `kind` follows the one that the report is on."""
    from objection_docs import next_facts

    if report["verdict"] == "unreadable":
        raise UsageError(f"读不了这份文书：{report['error']['message']}", code=report["error"]["code"], where=name)
    wanted = next_facts.RECEIVED[kind]
    if wanted and report["kind"] not in wanted:
        label = desk.kinds()[kind].label
        said = f"这份文书是{report['kind_label']}，不是异议或投诉；只有收到异议或投诉，才写{label}"
        raise UsageError(said, code="not_a_notice", where=name)


def next_kinds(kind: str, verdict: str) -> list[str]:
    """The letters that can follow a checked one of this kind and verdict; a supplement notice only where it lacks
    something that is required."""
    from objection_docs import next_facts

    wants = {True: verdict == "incomplete", False: verdict in ("complete", "incomplete")}
    return [one for one, of in next_facts.RECEIVED.items() if wants[not of] and (kind in of or not of)]


def is_likely(report: Mapping) -> bool:
    """Whether the file checked looks like a letter of its kind, so that another can answer it."""
    from objection_docs.checking.recognise import LIKELY

    return report.get("kind_confidence", 1.0) >= LIKELY


def complete(prepared: Prepared, now: datetime) -> Prepared:
    """The same with what is still wanting, named and null in the facts. FactsError for what is given and wrong."""
    from objection_docs import facts, timing

    form = desk.kinds()[prepared.kind]
    raw, limits = timing.fill(prepared.kind, prepared.facts, prepared.procedure or None, now)
    missing = facts.read(form, raw, prepared.procedure or None, draft=True).missing
    with_gaps = deepcopy(prepared.facts)
    for one in missing:
        put(with_gaps, one.path, None)
    wanting = tuple((one.path, one.label) for one in missing)
    return replace(prepared, facts=with_gaps, wanting=wanting, limits=tuple(limits))


def put(raw: dict, path: tuple, value: object) -> None:
    """Set one fact by its path; groups and lists on the way are made."""
    here = raw
    for step, after in pairwise(path):
        made: object = [] if isinstance(after, int) else {}
        if isinstance(here, list):
            here.extend({} for _ in range(step + 1 - len(here)))
            here = here[step]
        else:
            here[step] = here.get(step) or made
            here = here[step]
    if isinstance(here, list):
        here.extend(None for _ in range(path[-1] + 1 - len(here)))
    here[path[-1]] = value


def _regime(kind: str, report: Mapping) -> str:
    """The procedure recognised in the letter received, where it knows the next letter too."""
    found = desk.procedures().get(report.get("procedure") or "")
    return found.id if found and kind in found.demands else ""
