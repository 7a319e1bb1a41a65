"""What pages and API share around a letter received: the next letter prepared and written, a reply held against it."""

from collections.abc import Mapping

from flask import current_app

from objection_docs import answering_desk, archive_desk, desk, next_facts
from objection_docs.archive import Entry
from objection_docs.errors import UsageError
from objection_docs.service import answers, scopes

#: The letters that a reply answers.
NOTICES = next_facts.RECEIVED["disposition_reply"]


def require_next(kind: str) -> None:
    """UsageError for a kind that isn't written in answer to a letter."""
    if kind not in next_facts.RECEIVED:
        known = "、".join(next_facts.RECEIVED)
        raise UsageError(f"据来文可以写的文书有：{known}；没有“{kind}”", code="unknown_kind", status=404)


def received(id: str) -> Entry:
    """A letter of the log that came from outside and was checked."""
    return answering_desk.received(id, home=current_app.config["HOME"])


def prepared(
    kind: str, id: str, *, procedure: str | None = None, given: Mapping | None = None
) -> answering_desk.Prepared:
    """The facts of the next letter, as `answering_desk.prepare_entry`; the file is read behind the fence."""
    require_next(kind)
    desk.require_known(kind, procedure)
    config = current_app.config
    about = {"now": config["CLOCK"](), "home": config["HOME"], "run": answers.fenced}
    return answering_desk.prepare_entry(kind, id, given=given, procedure=procedure, **about)


def write(kind: str, id: str, facts: Mapping, *, case: str | None, **wanted: object) -> desk.Letter:
    """The next letter, logged in the case of the letter received. That one is entered into the case too where it was
    in none. `wanted`: procedure and draft."""
    notice = received(id)
    if notice.case_id and case and case != notice.case_id:
        said = f"来文属于案件“{notice.case_id}”，答复它的文书归入同一案件；请不写案件，或先更正来文的案件"
        raise UsageError(said, code="other_case", field="case")
    case = notice.case_id or case or None
    letter = answers.write(kind, dict(facts), case=case, **wanted)
    if case and not notice.case_id and scopes.caller().may("check", "archive"):
        about = {"now": current_app.config["CLOCK"](), "who": scopes.who(), "home": current_app.config["HOME"]}
        archive_desk.correct(notice.id, {"case": case}, reason=f"与答复它的{letter.title}同案", **about)
    return letter


def coverage(name: str, data: bytes, notice: Mapping) -> dict | None:
    """How a reply answers a letter of the log, as `answering_desk.about`; None where the reply cannot be read.

    `notice`: its id, file and sha256.
    """
    notice_name, notice_data = desk.file(notice["id"], home=current_app.config["HOME"])
    found = answers.fenced(answering_desk.coverage, data, name, notice_data, notice_name)
    return answering_desk.about(notice, found)


def head(entry: Entry) -> dict:
    return {"file": entry.file_name, "sha256": entry.sha256, "id": entry.id}
