"""What pages and API share: a file as a download, and the values of a request."""

import re
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import IO
from urllib.parse import quote

from flask import Response, current_app, request, send_file
from werkzeug.datastructures import FileStorage

from objection_docs import archive_desk, desk, examining_desk
from objection_docs.archive import Entry
from objection_docs.errors import LogError, PaperError
from objection_docs.reports import annotation
from objection_docs.service import figures, scopes

#: What a browser offers to upload as a letter.
ACCEPTED = ",".join((".pdf", ".docx", ".docm", ".txt", desk.PDF, desk.DOCX, "text/plain"))
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,10}")


def download(name: str, data: bytes, media_type: str, digest: str = "") -> Response:
    """Always a download, never shown in place: what others sent must not run in our pages."""
    return sent(name, BytesIO(data), media_type, digest)


def sent(name: str, source: Path | IO[bytes], media_type: str, digest: str | bool = "") -> Response:
    """As `download`, from a file."""
    shown = name or "文件"
    response = send_file(source, media_type, as_attachment=True, download_name=shown, etag=digest or False)
    if not shown.isascii():
        names = {"filename": plain_name(shown), "filename*": f"UTF-8''{quote(shown, safe='')}"}
        response.headers.set("Content-Disposition", "attachment", **names)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def plain_name(name: str) -> str:
    """For programs that only know ASCII (RFC 6266), as curl: what there is of it in the name, else in the id that was
    asked for. Left to itself “异议通知.docx” becomes “.docx”, a hidden file that the next one overwrites."""
    suffix = Path(name).suffix
    ending = suffix if _ENDING.fullmatch(suffix) else ""
    asked = str((request.view_args or {}).get("id", ""))
    stems = (_NOT_PLAIN.sub("-", told).strip("-._") for told in (name.removesuffix(ending), asked))
    return next(filter(None, stems), "file") + ending


def opened(entry: Entry, how: str, who: str) -> Entry:
    """The entry, after it was recorded who opened it. `how`: shown | file."""
    config = current_app.config
    archive_desk.opened(entry.id, how, now=config["CLOCK"](), who=who, home=config["HOME"])
    return entry


def fenced(work: Callable, *args: object) -> object:
    """What `work` makes of a file that came from outside, made in a process of its own where there is a fence."""
    fence = current_app.config["FENCE"]
    return fence.run(work, *args) if fence else work(*args)


def annotated_kind(entry: Entry) -> str:
    """ "PDF" or "Word" when a checked letter can be had with the report written on it, else ""."""
    if entry.errand != "check" or not entry.report or entry.verdict == "unreadable":
        return ""
    return {desk.PDF: "PDF", desk.DOCX: "Word"}.get(entry.media_type, "")


def annotated(entry: Entry) -> Response:
    if entry.errand != "check":
        raise LogError("只有检查过的文书才有批注本", code="no_file", status=404)
    name, data = desk.file(entry.id, home=current_app.config["HOME"])
    copy, kind = fenced(annotation.annotated, data, entry.report), annotation.ending(data)
    return download(annotation.name_for(name, kind), copy, desk.PDF if kind == ".pdf" else desk.DOCX)


def log_query(given: Mapping[str, str] | None = None) -> dict:
    """The raw words of a search as desk.search takes them; from the address, or a form of its page, where not given."""
    given = request.values if given is None else given
    asked = {name: given.get(name) for name in desk.search_names()}
    return asked | {"query": asked.pop("q"), "home": current_app.config["HOME"]}


def read_upload(upload: FileStorage) -> tuple[str, bytes]:
    """Name and bytes of an uploaded file. PaperError when it is larger than one may be."""
    most = current_app.config["MAX_UPLOAD"]
    data = upload.read(most + 1)
    if len(data) > most:
        message = f"“{upload.filename}”超过 {most / 1_000_000:g} MB，请压缩或拆分后再试"
        raise PaperError(message, code="too_large", status=413, field="file")
    return upload.filename or "未命名", data


def check_upload(upload: FileStorage, who: str, fields: Mapping[str, str]) -> dict:
    """The report of one uploaded file, logged. `fields`: kind, procedure, case and `after`, where given."""
    return check_file(*read_upload(upload), who, fields)


def check_file(name: str, data: bytes, who: str, fields: Mapping[str, str], against: dict | None = None) -> dict:
    """As `check_upload`; `against`: how it answers another letter."""
    config = current_app.config
    words = {name: (fields.get(name) or "").strip() or None for name in ("kind", "procedure", "case")}
    report = desk.check(
        data,
        name,
        now=config["CLOCK"](),
        who=who,
        home=config["HOME"],
        against=against,
        after=(fields.get("after") or "").strip(),
        examiner=config["FENCE"] and config["FENCE"].examine,
        **words,
    )
    figures.figures().checks.labels(report["verdict"]).inc()
    return report


def write(kind: str, facts: object, *, at_once: bool = False, **wanted: object) -> desk.Letter:
    """A letter, logged; `wanted`: procedure, case and draft, as desk.generate takes them. `at_once`: the caller doesn't
    wait for its check, where there is a worker that makes it afterwards."""
    config = current_app.config
    unchecked = at_once and examining_desk.may_wait(home=config["HOME"])
    common = {"now": config["CLOCK"](), "who": scopes.who(), "home": config["HOME"]}
    letter = desk.generate(kind, facts, **wanted, **common, unchecked=unchecked)
    figures.figures().documents.labels(letter.kind).inc()
    return letter
