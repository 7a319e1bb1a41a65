"""/api/v1/batches and /api/v1/jobs: many letters at once, and how far they have come."""

from flask import Flask, Response, current_app, jsonify, request, url_for

from objection_docs import batches, desk
from objection_docs.errors import JobError, PaperError
from objection_docs.jobs import Job, Queue
from objection_docs.jobs.queue import RESULT
from objection_docs.service import answers, api_checks, api_documents, scopes
from objection_docs.service.api_base import PREFIX, blueprint, home, now, problems
from objection_docs.service.api_requests import BatchForm, RowsQuery
from objection_docs.service.api_work_answers import JobAnswer, RowsPage
from objection_docs.service.problems import problem

_TAGS = ["批量与任务"]
_SCOPE = {batches.GENERATE: "generate", batches.CHECK: "check", batches.PDF: "generate"}
_FORM_SLACK = 100_000


def guard(app: Flask) -> None:
    @app.before_request
    def room_for_a_batch() -> None:
        if request.endpoint == "api.create_batch":
            request.max_content_length = app.config["MAX_BATCH"] + _FORM_SLACK


def accepted(job: Job) -> tuple[Response, int, dict]:
    """The job is there; where to follow it."""
    body = _answer(job)
    return jsonify(body), 202, {"Location": body["links"]["self"]}


def _answer(job: Job) -> dict:
    links = {"self": url_for("api.job", id=job.id), "rows": url_for("api.job_rows", id=job.id)}
    if job.state == "done":
        links["result"] = url_for("api.job_result", id=job.id)
    named = ("id", "errand", "state", "who", "total", "done", "failed", "starts")
    head = {name: getattr(job, name) for name in named} | {"label": batches.LABELS[job.errand]}
    return head | {"at": job.at, "ended": job.ended or None, "error": job.error or None, "links": links}


def _found(id: str) -> Job:
    """Who may not do such work himself is told of no such job."""
    job = Queue(home()).get(id)
    caller = scopes.caller()
    if caller is None or not caller.may(_SCOPE[job.errand], "archive"):
        raise JobError("没有这个任务，或者它的结果已经过期清理", code="no_such_job", status=404)
    return job


@blueprint.route(f"{PREFIX}/batches", methods=["POST"], tags=_TAGS)
@blueprint.arguments(BatchForm, location="form", content_type="multipart/form-data")
@blueprint.response(202, JobAnswer, description="已排队；按 Location 查看进度")
@problems(400, 403, 409, 413, 415, 422)
@scopes.needs("generate", "check")
def create_batch(words: dict) -> Response | tuple:
    """批量生成或批量检查

    字段 file：每行一份案件事实的 JSON Lines、CSV 或 xlsx（列名是事实的名称或中文名，列表写作 evidence.1.name），
    或者装有文书的 ZIP。某一行有错不影响其他行，每行各有结果；完成后可下载全部结果的 ZIP。
    """
    uploads = request.files.getlist("file")
    if len(uploads) != 1:
        detail = "请以 multipart/form-data 上传一份文件，字段名为 file" if not uploads else "一次只能上传一份文件"
        return problem(400, "one_file_needed", detail, [{"pointer": "/file", "detail": detail}])
    most = current_app.config["MAX_BATCH"]
    data = uploads[0].read(most + 1)
    if len(data) > most:
        raise PaperError(f"文件超过 {most / 1_000_000:g} MB，请分几批提交", code="too_large", status=413)
    options = {name: words.get(name, "").strip() or None for name in ("kind", "procedure", "case")}
    options["draft"] = words.get("draft") == "true"
    errand = batches.errand_of(data)
    if not scopes.caller().may(_SCOPE[errand]):
        return problem(403, "forbidden", f"没有{batches.LABELS[errand]}所需的权限，请找管理员开通")
    return accepted(batches.submit(data, who=scopes.who(), home=home(), now=now(), options=options))


@blueprint.route(f"{PREFIX}/jobs/<id>", tags=_TAGS)
@blueprint.response(200, JobAnswer, description="任务")
@problems(404)
@scopes.needs("generate", "check", "archive")
def job(id: str) -> Response:
    """任务的进度：共几行、做了几行、几行有错"""
    return jsonify(_answer(_found(id)))


@blueprint.route(f"{PREFIX}/jobs/<id>/rows", tags=_TAGS)
@blueprint.arguments(RowsQuery, location="query")
@blueprint.response(200, RowsPage, description="各行的结果")
@problems(404)
@scopes.needs("generate", "check", "archive")
def job_rows(asked: dict, id: str) -> Response:
    """任务各行的结果，从第一行起"""
    job = _found(id)
    limit = asked["limit"]
    rows = Queue(home()).rows(job.id, asked["cursor"], limit + 1)
    shown = [_row(row.row, row.result, job.errand) for row in rows[:limit] if row.result]
    following = str(rows[limit - 1].row) if len(rows) > limit else None
    return jsonify(rows=shown, next_cursor=following)


def _row(number: int, result: dict, errand: str) -> dict:
    links = (api_checks if errand == batches.CHECK else api_documents).links
    return {"row": number} | result | ({"links": links(result["id"])} if "id" in result else {})


@blueprint.route(f"{PREFIX}/jobs/<id>/result", tags=_TAGS)
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/zip", description="结果")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type=desk.PDF, description="结果")
@problems(404, 409)
@scopes.needs("generate", "check", "archive")
def job_result(id: str) -> Response:
    """全部结果：批量任务是 ZIP（文书或报告，以及一张各行结果的表），PDF 转换是 PDF"""
    job = _found(id)
    place = Queue(home()).folder(job.id) / RESULT
    if job.state != "done" or not place.is_file():
        raise JobError("任务还没有完成，或者没有做成；请看任务的 state 和 error", code="no_result", status=409)
    pdf = job.errand == batches.PDF
    name = Queue(home()).rows(job.id)[0].result["file"] if pdf else f"{batches.LABELS[job.errand]} {job.id}.zip"
    return answers.sent(name, place, desk.PDF if pdf else "application/zip", True)
