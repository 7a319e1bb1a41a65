"""The errands around a notice received: check a reply against it. Beside `desk`, over the same log."""

from datetime import datetime
from pathlib import Path

from objection_docs import desk
from objection_docs.errors import PaperError, UsageError


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
