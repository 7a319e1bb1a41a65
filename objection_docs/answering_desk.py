"""The errands around a letter received: check a reply against it, prepare the next letter. Beside `desk`, over the same
log."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

from objection_docs import desk
from objection_docs.errors import PaperError, UsageError

BEIJING = timezone(timedelta(hours=8))
_MOST = 60  # points of one notice


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
    log: bool = True,
    who: str = "",
    home: Path | None = None,
) -> dict:
    """A reply's report as `desk.check` gives it, with `against`: where it answers each point of the notice.

    `against` is {file, sha256, id?, points, answered, answers}, `answers` as `Answer.to_dict`. Both letters are logged.
    Raises UsageError for a notice that cannot be read; a reply that cannot be read gives an unreadable report.
    """
    same = {"now": now, "case": case, "log": log, "who": who, "home": home}
    desk.require_known(kind, procedure, case)
    answers = _answers(data, name, notice, notice_name)
    received = desk.check(notice, notice_name, procedure=procedure, **same)
    about = {key: received[key] for key in ("file", "sha256", "id") if key in received}
    if answers is not None:
        told = [answer.to_dict() for answer in answers]
        about |= {"points": len(told), "answered": sum(one["answered"] for one in told), "answers": told}
    return desk.check(
        data, name, kind=kind, procedure=procedure, against=about if answers is not None else None, **same
    )


def _answers(data: bytes, name: str, notice: bytes, notice_name: str):
    """How the reply answers; None where the reply cannot be read."""
    from objection_docs import extraction
    from objection_docs.checking import answers

    try:
        received = extraction.read(notice, notice_name)
    except PaperError as error:
        raise UsageError(f"读不了对方的异议：{error.message}", code=error.code, where=notice_name) from None
    try:
        reply = extraction.read(data, name)
    except PaperError:
        return None
    return answers.cover(received, reply)


#: From which letters the next one follows.
RECEIVED = {
    "acknowledgement": ("objection_notice", "complaint"),
    "disposition_reply": ("objection_notice", "complaint"),
    "supplement_notice": (),  # any letter may lack something
}
#: Facts of the next letter ← particulars of the one received: its sender becomes the recipient.
_TAKEN = {
    "recipient": "sender",
    "recipient_address": "sender_address",
    "recipient_person": "sender_person",
    "recipient_phone": "sender_phone",
    "recipient_email": "sender_email",
    "sender": "recipient",
    "subject": "subject",
    "subject_number": "subject_number",
    "notice_title": "title",
    "notice_number": "number",
    "notice_date": "date",
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """The facts of the next letter. `facts`: raw, as `desk.generate` takes them, null where something is wanting;
    `wanting`: path and label of each fact that nobody has said yet; `received`: the report on the letter received."""

    kind: str
    procedure: str
    facts: dict
    wanting: tuple[tuple[tuple, str], ...]
    received: dict


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
    if report["verdict"] == "unreadable":
        raise UsageError(f"读不了这份文书：{report['error']['message']}", code=report["error"]["code"], where=name)
    if RECEIVED[kind] and report["kind"] not in RECEIVED[kind]:
        said = f"这份文书是{report['kind_label']}，不是异议或投诉；只有收到异议或投诉，才写{desk.kinds()[kind].label}"
        raise UsageError(said, code="not_a_notice", where=name)
    regime = procedure or _regime(kind, report)
    raw = _facts(kind, data, name, report, now)
    raw |= {key: value for key, value in (given or {}).items() if value is not None}
    return complete(Prepared(kind, regime, raw, (), report), now)


def complete(prepared: Prepared, now: datetime) -> Prepared:
    """The same with what is still wanting, named and null in the facts. FactsError for what is given and wrong."""
    from objection_docs import facts, timing

    form = desk.kinds()[prepared.kind]
    raw, _ = timing.fill(prepared.kind, prepared.facts, prepared.procedure or None, now)
    missing = facts.read(form, raw, prepared.procedure or None, draft=True).missing
    with_gaps = deepcopy(prepared.facts)
    for one in missing:
        put(with_gaps, one.path, None)
    return replace(prepared, facts=with_gaps, wanting=tuple((one.path, one.label) for one in missing))


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


def _regime(kind: str, report: dict) -> str:
    """The procedure recognised in the letter received, where it knows the next letter too."""
    found = desk.procedures().get(report.get("procedure") or "")
    return found.id if found and kind in found.demands else ""


def _facts(kind: str, data: bytes, name: str, report: dict, now: datetime) -> dict:
    from objection_docs import extraction
    from objection_docs.checking import particulars

    form = desk.kinds()[kind]
    known = {fact.name: fact for fact in form.facts}
    paper = extraction.read(data, name)
    read = particulars.read(paper, report)
    read.setdefault("title", report["kind_label"])
    raw: dict = {
        fact: read[source][: known[fact].longest or None]
        for fact, source in _TAKEN.items()
        if fact in known and read.get(source)
    }
    raw["date"] = now.astimezone(BEIJING).date().isoformat()
    if kind == "disposition_reply":
        raw["points"] = _points(paper)
    if kind == "supplement_notice":
        raw["deficiencies"] = _deficiencies(report)
    return raw


def _points(paper) -> list[dict]:
    """One part for each ground and request, to be answered; one open part where none was found."""
    from objection_docs.checking import anatomy, points
    from objection_docs.packs.rules import rules

    letter = anatomy.read(paper, rules().words)
    quotes = [letter.quote(point.start, point.end).strip("，。；、：,;: ") for point in points.find(letter, rules())]
    return [{"ground": _short(quote, 120), "finding": None} for quote in quotes[:_MOST]] or [{"finding": None}]


def _deficiencies(report: dict) -> list[dict]:
    """What the procedure requires and the letter lacks, with page, authority and what to add."""
    from objection_docs import reports

    wants = [element for element in reports.wanting(report) if element["level"] == "required"]
    out = []
    for element in wants:
        item = {
            "item": _short(element["label"], 80),
            "problem": _short(element["reason"], 300).rstrip("。"),
            "page": element["page"] if element["quote"] else None,
            "authority": _short(element["authority"], 200),
            "add": _short(element["advice"], 400).rstrip("。"),
        }
        out.append({key: value for key, value in item.items() if value})
    return out


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
