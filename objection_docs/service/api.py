"""/api/v1: JSON. The shapes are a promise to callers."""

from flask import Blueprint, Response, current_app, jsonify, request, url_for

from objection_docs import desk
from objection_docs.archive import Entry
from objection_docs.errors import LogError, ObjectionDocsError, UsageError
from objection_docs.service import answers
from objection_docs.service.problems import problem
from objection_docs.service.security import JSON_BYTES

blueprint = Blueprint("api", __name__)
_WHO = "接口"
_DOCUMENT_KEYS = {"kind": str, "procedure": str, "case": str, "facts": dict, "draft": bool}
_KEY_HELP = {str: "应当是文字", dict: "应当是一组事实（JSON 对象）", bool: "应当是 true 或 false"}


def _home():
    return current_app.config["HOME"]


@blueprint.get("/healthz")
def healthz():
    return jsonify(status="ok")


@blueprint.get("/api/v1/kinds")
def kinds():
    found = [
        {"id": k.id, "label": k.label, "about": k.about, "schema": url_for("api.kind_schema", kind=k.id)}
        for k in desk.kinds().values()
    ]
    return jsonify(kinds=found)


@blueprint.get("/api/v1/kinds/<kind>/schema")
def kind_schema(kind: str):
    try:
        found = desk.schema(kind, request.args.get("procedure") or None)
    except UsageError as error:
        raise UsageError(error.message, code=error.code, status=404) from None
    response = jsonify(found)
    response.mimetype = "application/schema+json"
    return response


@blueprint.get("/api/v1/procedures")
def procedures():
    known = desk.procedures().values()
    found = [{"id": p.id, "label": p.label, "area": p.area, "kinds": list(p.demands)} for p in known]
    return jsonify(procedures=found)


@blueprint.post("/api/v1/documents")
def create_document():
    asked = _document_request()
    letter = desk.generate(
        asked["kind"],
        asked["facts"],
        procedure=asked.get("procedure"),
        case=asked.get("case"),
        draft=asked.get("draft", False),
        now=current_app.config["CLOCK"](),
        who=_WHO,
        home=_home(),
    )
    body = {"id": letter.id, "number": letter.number, "kind": letter.kind, "title": letter.title}
    body |= {"sha256": letter.sha256, "missing": list(letter.missing), "links": _document_links(letter.id)}
    return jsonify(body), 201, {"Location": body["links"]["self"]}


def _document_request() -> dict:
    if request.mimetype != "application/json":
        raise ObjectionDocsError("请求的内容应当是 JSON（Content-Type: application/json）", code="not_json", status=415)
    request.max_content_length = JSON_BYTES
    asked = desk.parse_facts(request.get_data())
    if not isinstance(asked, dict):
        raise _BodyError([{"pointer": "", "detail": "请求应当是 JSON 对象：{kind, procedure?, case?, facts, draft?}"}])
    faults = [
        {"pointer": "/" + name.replace("~", "~0").replace("/", "~1"), "detail": "没有这一项，请核对拼写"}
        for name in asked
        if name not in _DOCUMENT_KEYS
    ]
    for name, type_ in _DOCUMENT_KEYS.items():
        if asked.get(name) is None:
            if name in ("kind", "facts"):
                faults.append({"pointer": f"/{name}", "detail": "缺少这一项"})
        elif not isinstance(asked[name], type_):
            faults.append({"pointer": f"/{name}", "detail": _KEY_HELP[type_]})
    if faults:
        raise _BodyError(faults)
    return {name: value for name, value in asked.items() if value is not None}


class _BodyError(Exception):
    """The body of a request doesn't have the promised shape."""

    def __init__(self, faults: list[dict]):
        super().__init__()
        self.faults = faults


@blueprint.errorhandler(_BodyError)
def _body_error(error: _BodyError):
    return problem(422, "invalid_request", "请求的内容有误，请按 errors 逐项改正", error.faults)


def _entry(id: str, errand: str, how: str) -> Entry:
    entry = desk.show(id, home=_home())
    if entry.errand != errand:
        raise LogError(f"这一条不是{desk.ERRANDS[errand]}的记录", code="no_such_entry", status=404)
    if entry.report is None:
        raise LogError("这份文书已按销毁清册销毁，只留下记录和指纹", code="destroyed", status=410)
    return answers.opened(entry, how, _WHO)


def _document_links(id: str) -> dict:
    return {
        "self": url_for("api.document", id=id),
        "docx": url_for("api.document_docx", id=id),
        "pdf": url_for("api.document_pdf", id=id),
    }


@blueprint.get("/api/v1/documents/<id>")
def document(id: str):
    entry = _entry(id, "generate", "shown")
    return jsonify(entry.to_dict(full=True) | {"links": _document_links(entry.id)})


@blueprint.get("/api/v1/documents/<id>/docx")
def document_docx(id: str):
    entry = _entry(id, "generate", "file")
    return answers.download(*desk.file(entry.id, home=_home()), desk.DOCX, entry.sha256)


@blueprint.get("/api/v1/documents/<id>/pdf")
def document_pdf(id: str):
    entry = _entry(id, "generate", "file")
    return answers.download(*desk.pdf_of(entry.id, home=_home()), desk.PDF)


def _check_links(id: str) -> dict:
    return {
        "self": url_for("api.check", id=id),
        "file": url_for("api.check_file", id=id),
        "annotated": url_for("api.check_annotated", id=id),
    }


@blueprint.post("/api/v1/checks")
def create_check():
    uploads = request.files.getlist("file")
    if len(uploads) != 1:
        detail = "请以 multipart/form-data 上传一份文件，字段名为 file" if not uploads else "一次只能上传一份文件"
        return problem(400, "one_file_needed", detail, [{"pointer": "/file", "detail": detail}])
    report = answers.check_upload(uploads[0], _WHO)
    return _report_answer(report)


def _report_answer(report: dict) -> Response | tuple:
    links = {"links": _check_links(report["id"])}
    headers = {"Location": links["links"]["self"]}
    if report["verdict"] != "unreadable":
        return jsonify(report | links), 201, headers
    error = report["error"]
    status = 413 if error["code"] == "too_large" else 422
    # A problem for whom looks at the status, and the whole report for whom looks at the verdict.
    return problem(status, error["code"], error["message"], **report, **links), status, headers


@blueprint.get("/api/v1/checks/<id>")
def check(id: str):
    entry = _entry(id, "check", "shown")
    head = {"file": entry.file_name, "sha256": entry.sha256, "id": entry.id}
    return jsonify(head | entry.report | {"links": _check_links(entry.id)})


@blueprint.get("/api/v1/checks/<id>/file")
def check_file(id: str):
    entry = _entry(id, "check", "file")
    return answers.download(*desk.file(entry.id, home=_home()), entry.media_type, entry.sha256)


@blueprint.get("/api/v1/checks/<id>/annotated")
def check_annotated(id: str):
    return answers.annotated(_entry(id, "check", "file"))


@blueprint.get("/api/v1/log")
def log():
    hits = desk.search(**answers.log_query())
    entries = [
        entry.to_dict() | {"links": _document_links(entry.id) if entry.errand == "generate" else _check_links(entry.id)}
        for entry in hits.entries
    ]
    return jsonify(total=hits.total, entries=entries, next_cursor=hits.next_cursor)
