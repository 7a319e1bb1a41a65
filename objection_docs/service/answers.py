"""What pages and API share: a file as a download, and the values of a request."""

from datetime import date
from io import BytesIO

from flask import Response, current_app, request, send_file
from werkzeug.datastructures import FileStorage

from objection_docs import archive_desk, desk
from objection_docs.archive import Entry
from objection_docs.errors import LogError, PaperError, UsageError
from objection_docs.reports import annotation

LOG_FILTERS = ("kind", "procedure", "party", "case", "status", "missing", "errand")


def download(name: str, data: bytes, media_type: str, digest: str = "") -> Response:
    """Always a download, never shown in place: what others sent must not run in our pages."""
    shown = name or "文件"
    response = send_file(BytesIO(data), media_type, as_attachment=True, download_name=shown, etag=digest or False)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def opened(entry: Entry, how: str, who: str) -> Entry:
    """The entry, after it was recorded who opened it. `how`: shown | file."""
    config = current_app.config
    archive_desk.opened(entry.id, how, now=config["CLOCK"](), who=who, home=config["HOME"])
    return entry


def annotated_kind(entry: Entry) -> str:
    """ "PDF" or "Word" when a checked letter can be had with the report written on it, else ""."""
    if entry.errand != "check" or not entry.report or entry.verdict == "unreadable":
        return ""
    return {desk.PDF: "PDF", desk.DOCX: "Word"}.get(entry.media_type, "")


def annotated(entry: Entry) -> Response:
    if entry.errand != "check":
        raise LogError("只有检查过的文书才有批注本", code="no_file", status=404)
    name, data = desk.file(entry.id, home=current_app.config["HOME"])
    copy, kind = annotation.annotated(data, entry.report), annotation.ending(data)
    return download(annotation.name_for(name, kind), copy, desk.PDF if kind == ".pdf" else desk.DOCX)


def log_query() -> dict:
    """The log's filters from the address, as desk.search takes them."""
    asked = {name: request.args.get(name, "").strip() or None for name in LOG_FILTERS}
    asked["query"] = request.args.get("q", "")[:400]
    asked["cursor"] = request.args.get("cursor") or None
    asked["since"], asked["until"] = _day("from"), _day("to")
    limit = request.args.get("limit", "50")
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:4]) <= 500 and len(limit) < 4):
        raise UsageError("limit 应为 1 到 500 的整数", code="invalid_limit")
    return asked | {"limit": int(limit), "home": current_app.config["HOME"]}


def _day(name: str) -> date | None:
    given = request.args.get(name, "").strip()
    if not given:
        return None
    try:
        if len(given) != 10:
            raise ValueError
        return date.fromisoformat(given)
    except ValueError:
        raise UsageError(f"{name} 不是日期，应写成 2026-03-05 这样", code="invalid_date") from None


def check_upload(upload: FileStorage, who: str) -> dict:
    """The report of one uploaded file, logged."""
    config = current_app.config
    data = upload.read(config["MAX_UPLOAD"] + 1)
    if len(data) > config["MAX_UPLOAD"]:
        most = config["MAX_UPLOAD"] / 1_000_000
        raise PaperError(f"“{upload.filename}”超过 {most:g} MB，请压缩或拆分后再试", code="too_large", status=413)
    words = {name: (request.form.get(name) or "").strip() or None for name in ("kind", "procedure", "case")}
    return desk.check(data, upload.filename or "未命名", now=config["CLOCK"](), who=who, home=config["HOME"], **words)
