"""Legal holds: what of the log must not be destroyed, as long as somebody may still need it."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from objection_docs import archive_desk
from objection_docs.errors import UsageError
from objection_docs.opening import open_log

if TYPE_CHECKING:
    from objection_docs.archive import Entry


def hold(*, now: datetime, who: str, reason: str, case: str = "", id: str = "", home: Path | None = None) -> "Entry":
    """Hold a letter or a whole case."""
    from objection_docs.archive.keeping import Keeping

    _require_case_or_id(case, id)
    archive_desk.require_short(reason=reason)
    with open_log(home) as archive:
        return Keeping(archive).hold(case=case, id=id, at=now, who=who, reason=reason)


def release(*, now: datetime, who: str, reason: str, case: str = "", id: str = "", home: Path | None = None) -> "Entry":
    """Release a hold: by its own id, or as the only one on the letter or the case."""
    from objection_docs.archive.keeping import Keeping

    _require_case_or_id(case, id)
    archive_desk.require_short(reason=reason)
    with open_log(home) as archive:
        return Keeping(archive).release(case=case, id=id, at=now, who=who, reason=reason)


def every(*, home: Path | None = None) -> list["Entry"]:
    """All holds in force, oldest first: `about` a letter's id or "case:…"."""
    from objection_docs.archive import schema
    from objection_docs.archive.keeping import Keeping

    with open_log(home) as archive, schema.spoken(archive.path):
        return Keeping(archive).every_hold()


def of_case(case: str, *, home: Path | None = None) -> list["Entry"]:
    """The holds in force on the case as a whole."""
    from objection_docs.archive import about_case
    from objection_docs.archive.keeping import Keeping

    with open_log(home) as archive:
        return Keeping(archive).holds(about_case(case))


def _require_case_or_id(case: str, id: str) -> None:
    if bool(case) == bool(id):
        raise UsageError("请给出文书编号或案件，二者取一", code="case_or_id", typed="案件写作 --case 案件")
