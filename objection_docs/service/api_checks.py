"""/api/v1/checks: letters read and judged."""

from flask import Response, jsonify, request, url_for
from werkzeug.datastructures import FileStorage

from objection_docs import archive_desk, desk
from objection_docs.archive import Entry
from objection_docs.errors import AccessError, PaperError, UsageError
from objection_docs.service import answering, answers, scopes
from objection_docs.service.api_answers import Report
from objection_docs.service.api_base import PREFIX, blueprint, entry_of, home, problems, tagged
from objection_docs.service.api_requests import AgainstForm
from objection_docs.service.problems import problem

_TAGS = ["检查"]
_FILE = {"type": "string", "format": "binary"}


def links(id: str) -> dict:
    own = url_for("api.check", id=id)  # asked once: a page of the log has fifty of these
    return {"self": own, "file": f"{own}/file", "annotated": f"{own}/annotated"}


@blueprint.route(f"{PREFIX}/checks", methods=["POST"], tags=_TAGS)
@blueprint.arguments(AgainstForm, location="form", content_type="multipart/form-data")
@blueprint.response(201, Report, description="检查报告，已记入日志")
@problems(400, 404, 409, 410, 413, 415, 422)
@scopes.needs("check")
def create_check(words: dict) -> Response | tuple:
    """检查一份文书（PDF、Word 或纯文本）

    字段 file 是文书。读不了的文件答复 422，答复中也有报告（verdict 为 unreadable）和日志编号。

    检查一份回复时可以同时给出对方的异议：against 是它的日志编号，或者用 against_file 上传（也记入日志）。
    after 是上一版的日志编号：两份的 versions 互相指明，网页上可以看到哪些改好了。

    报告的 against 逐项说明异议的每一项理由和请求在回复的哪里得到答复。
    """
    upload, fault = one_file()
    if fault:
        return fault
    name, data = answers.read_upload(upload)
    try:
        notice = _notice(words)
    except PaperError as error:
        return problem(error.status, error.code, error.message, [{"pointer": "/against_file", "detail": error.message}])
    against = answering.coverage(name, data, notice) if notice else None
    report = answers.check_file(name, data, scopes.who(), words, against)
    if report["verdict"] == "unreadable":
        return refused(report)
    entry = desk.show(report["id"], home=home()) if words.get("after") else None
    body = report | {"versions": _versions(entry), "links": links(report["id"])}
    return jsonify(body), 201, {"Location": body["links"]["self"]}


def one_file() -> tuple[FileStorage | None, Response | None]:
    """The upload of a request, or the problem that there isn't just one."""
    uploads = request.files.getlist("file")
    if len(uploads) == 1:
        return uploads[0], None
    detail = "一次只能上传一份文件" if uploads else "请以 multipart/form-data 上传一份文件，字段名为 file"
    return None, problem(400, "one_file_needed", detail, [{"pointer": "/file", "detail": detail}])


def refused(report: dict) -> tuple[Response, int, dict]:
    """A problem for whom looks at the status, and the whole report for whom looks at the verdict."""
    body = report | {"links": links(report["id"])}
    error = report["error"]
    status = 413 if error["code"] == "too_large" else 422
    return problem(status, error["code"], error["message"], **body), status, {"Location": body["links"]["self"]}


def _notice(words: dict) -> dict | None:
    """Id, file and sha256 of the notice that the reply is held against; an uploaded one is checked and logged first.

    PaperError for an upload that cannot be read.
    """
    uploads, id = request.files.getlist("against_file"), (words.get("against") or "").strip()
    if len(uploads) > 1 or (uploads and id):
        raise UsageError(
            "对方的异议只能有一份：或给日志编号（against），或上传（against_file）", code="one_notice_needed"
        )
    if id:
        entry = desk.show(id, home=home())
        if entry.errand != "check" and not scopes.caller().may("generate", "archive"):
            raise AccessError("对照自己生成的文书，要有生成或档案的权限，请找管理员开通")
        return answering.head(answers.opened(entry, "shown", scopes.who()))
    if not uploads:
        return None
    report = answers.check_upload(
        uploads[0], scopes.who(), {key: words.get(key) or "" for key in ("procedure", "case")}
    )
    if report["verdict"] == "unreadable":
        error = report["error"]
        raise PaperError(f"读不了对方的异议：{error['message']}", code=error["code"], status=422)
    return report


@blueprint.route(f"{PREFIX}/checks/<id>", tags=_TAGS)
@blueprint.response(200, Report, description="检查报告")
@problems(404, 410)
@scopes.needs("check", "archive")
def check(id: str) -> Response:
    """一份文书的检查报告"""
    entry = entry_of(id, "check", "shown")
    head = {"file": entry.file_name, "sha256": entry.sha256, "id": entry.id}
    return tagged(head | entry.report | {"versions": _versions(entry), "links": links(entry.id)})


def _versions(entry: Entry | None) -> dict:
    """`entry`: None for a letter just checked that came after none."""
    found = archive_desk.versions(entry, home=home()) if entry else archive_desk.Versions()
    return {"previous": found.previous.id if found.previous else None, "next": [one.id for one in found.following]}


@blueprint.route(f"{PREFIX}/checks/<id>/file", tags=_TAGS)
@blueprint.response(200, _FILE, content_type="application/octet-stream", description="原件，逐字节不变")
@problems(404, 410)
@scopes.needs("check", "archive")
def check_file(id: str) -> Response:
    """检查过的原件，逐字节不变"""
    entry = entry_of(id, "check", "file")
    return answers.download(*desk.file(entry.id, home=home()), entry.media_type, entry.sha256)


@blueprint.route(f"{PREFIX}/checks/<id>/annotated", tags=_TAGS)
@blueprint.response(200, _FILE, content_type=desk.PDF, description="批注本，格式同原件")
@blueprint.response(200, _FILE, content_type=desk.DOCX, description="批注本，格式同原件")
@problems(404, 409, 410, 413, 422)
@scopes.needs("check", "archive")
def check_annotated(id: str) -> Response:
    """批注本：报告写在文书的相应位置上（PDF 批注或 Word 批注）"""
    return answers.annotated(entry_of(id, "check", "file"))
