"""Letters leave the log and come into another: the bag, plain lists, the import; backup and statistics."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from objection_docs import bagging, desk, folders, search_names
from objection_docs.errors import LogError, UsageError
from objection_docs.moments import BEIJING
from objection_docs.opening import open_log

if TYPE_CHECKING:
    from objection_docs.archive import Archive
    from objection_docs.archive.backup import Backup
    from objection_docs.archive.bring_in import Came


def export(
    place: Path,
    query: str = "",
    *,
    now: datetime,
    by: str = "",
    home: Path | None = None,
    **filters,
) -> int:
    """The letters that a search finds, as a bag at `place`; how many. `by`: who exports them.

    That they were exported is entered in the log before: nothing leaves without it.
    """
    from objection_docs.archive import bag, record

    _require_hits(query, filters, home)
    asked = bagging.in_words(query, filters)
    info = {"External-Description": bag.one_line(f"异议文书移交包 {asked}"), "External-Identifier": bagging.FORMAT}
    info["Bag-Software-Agent"] = bagging.program()
    with open_log(home) as archive, bag.writing(place, now, info) as writer:
        places = archive.chosen(query, **search_names.resolved(archive.search, filters))
        _note_access(archive, places, now, by, home)
        with record.one_view(archive):
            bagging.fill(writer, archive, places, now, asked)
    return len(places)


def _note_access(archive: "Archive", places: list[int], now: datetime, by: str, home: Path | None) -> None:
    from objection_docs import settings
    from objection_docs.archive import record
    from objection_docs.archive.keeping import Keeping

    if not settings.read(home or folders.home()).archive.log_access:
        return
    try:
        with archive.writing():
            for id in record.ids(archive, places):
                Keeping(archive).accessed(id, "exported", at=now, who=by)
    except LogError as error:
        if error.code != "log_readonly":  # a copy on a medium that cannot be written: nothing can be recorded there
            raise


def bring_in(place: Path, *, now: datetime, who: str = "", home: Path | None = None) -> "Came":
    """The letters of a bag into this log, once everything in it was verified; BagError names what is wrong."""
    from objection_docs.archive import bag_reading
    from objection_docs.archive import bring_in as room

    with bag_reading.reading(place) as bag:
        room.verify(bag)
        with open_log(home) as archive:
            return room.bring_in(archive, bag, now=now, who=who)


def statistics(form: str, query: str = "", *, now: datetime, home: Path | None = None, **filters):
    """Counts of the letters that a search finds, and of the limits not kept in their cases.

    Tables for "text", text for "csv", "json" and "html".
    """
    from objection_docs import case_desk
    from objection_docs.archive import statistics as room
    from objection_docs.reports import statistics as shown

    _require_hits(query, filters, home, none_is_fine=True)
    with open_log(home) as archive:
        places = archive.chosen(query, **search_names.resolved(archive.search, filters))
        counts = room.count(archive, places)
    late = case_desk.late(now=now, places=set(places), home=home)
    made = shown.tables(counts, late, bagging.Labels.shipped().of_statistics())
    since, until = filters.get("since"), filters.get("until")
    if form == "csv":
        return "".join(shown.as_csv(made))
    if form == "json":
        period = {"since": since and str(since), "until": until and str(until)}
        return json.dumps(
            {**period, "total": counts.total, "tables": shown.as_json(made)}, ensure_ascii=False, indent=2
        )
    if form == "html":
        months = list(counts.months)
        period = f"{since or (months[0] if months else '最早')} 至 {until or (months[-1] if months else '现在')}"
        kept = {name: value for name, value in filters.items() if name not in ("since", "until")}
        made_at = now.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")
        told = {"made": made_at, "period": period, "asked": bagging.in_words(query, kept)}
        return shown.as_html(made, counts, told)
    return made


def back_up(place: Path, *, now: datetime, home: Path | None = None) -> "Backup":
    """The whole log as one file, while others write."""
    from objection_docs import settings
    from objection_docs.archive import backup

    with open_log(home) as archive:
        return backup.back_up(archive, place, now, beside=(settings.NAME,))


def restore(place: Path, home: Path) -> "Backup":
    """The log of a backup in a folder of its own."""
    from objection_docs import settings
    from objection_docs.archive import backup

    return backup.restore(place, home, beside=(settings.NAME,))


def listed(form: str, query: str = "", *, home: Path | None = None, **filters) -> Iterator[str]:
    """The letters that a search finds as lines of a list, oldest first. `form`: csv (as in a bag) or jsonl.

    Like a search it tells no texts and opens no file, so it is no access that the log records.
    """
    from objection_docs.archive import record
    from objection_docs.reports import sheets

    _require_hits(query, filters, home, none_is_fine=True)
    labels = bagging.Labels.shipped()
    if form == "csv":
        yield sheets.MARK + sheets.line(label for _, label in bagging.COLUMNS)
    with open_log(home) as archive:
        places = archive.chosen(query, **search_names.resolved(archive.search, filters))
        with record.one_view(archive):
            for one in record.records(archive, places):
                if form == "csv":
                    yield sheets.line(bagging.row(one, labels).values())
                else:
                    yield json.dumps(one.reads.to_dict() | one.described, ensure_ascii=False) + "\n"


def _require_hits(query: str, filters: dict, home: Path | None, none_is_fine: bool = False) -> None:
    """UsageError for a filter that is none, and where nothing would be handed over."""
    if not desk.search(query, home=home, limit=1, **filters).total and not none_is_fine:
        raise UsageError("没有符合条件的文书，没有导出", code="nothing_found", status=404)
