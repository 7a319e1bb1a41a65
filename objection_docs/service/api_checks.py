"""/api/v1/checks: letters read and judged."""

from flask import Response, jsonify, request, url_for

from objection_docs import desk
from objection_docs.service import answers, scopes
from objection_docs.service.api_answers import Report
from objection_docs.service.api_base import PREFIX, blueprint, entry_of, home, problems, tagged
from objection_docs.service.api_requests import CheckForm
from objection_docs.service.problems import problem

_TAGS = ["检查"]
_FILE = {"type": "string", "format": "binary"}


def links(id: str) -> dict:
    own = url_for("api.check", id=id)  # asked once: a page of the log has fifty of these
    return {"self": own, "file": f"{own}/file", "annotated": f"{own}/annotated"}


@blueprint.route(f"{PREFIX}/checks", methods=["POST"], tags=_TAGS)
@blueprint.arguments(CheckForm, location="form", content_type="multipart/form-data")
@blueprint.response(201, Report, description="检查报告，已记入日志")
@problems(400, 409, 413, 415, 422)
@scopes.needs("check")
def create_check(words: dict) -> Response | tuple:
    """检查一份文书（PDF、Word 或纯文本）

    字段 file 是文书。读不了的文件答复 422，答复中也有报告（verdict 为 unreadable）和日志编号。
    """
    uploads = request.files.getlist("file")
    if len(uploads) != 1:
        detail = "请以 multipart/form-data 上传一份文件，字段名为 file" if not uploads else "一次只能上传一份文件"
        return problem(400, "one_file_needed", detail, [{"pointer": "/file", "detail": detail}])
    report = answers.check_upload(uploads[0], scopes.who(), words)
    body = report | {"links": links(report["id"])}
    headers = {"Location": body["links"]["self"]}
    if report["verdict"] != "unreadable":
        return jsonify(body), 201, headers
    error = report["error"]
    status = 413 if error["code"] == "too_large" else 422
    # A problem for whom looks at the status, and the whole report for whom looks at the verdict.
    return problem(status, error["code"], error["message"], **body), status, headers


@blueprint.route(f"{PREFIX}/checks/<id>", tags=_TAGS)
@blueprint.response(200, Report, description="检查报告")
@problems(404, 410)
@scopes.needs("check", "archive")
def check(id: str) -> Response:
    """一份文书的检查报告"""
    entry = entry_of(id, "check", "shown")
    head = {"file": entry.file_name, "sha256": entry.sha256, "id": entry.id}
    return tagged(head | entry.report | {"links": links(entry.id)})


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
