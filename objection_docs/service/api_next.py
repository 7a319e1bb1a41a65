"""/api/v1/next, /checks/{id}/next: from a letter received to the one that answers it."""

from flask import Response, jsonify, url_for

from objection_docs import answering_desk, desk, next_facts
from objection_docs.archive import Entry
from objection_docs.errors import AccessError
from objection_docs.service import answering, answers, scopes
from objection_docs.service.api_answers import Document, PreparedAnswer
from objection_docs.service.api_base import PREFIX, blueprint, entry_of, given, problems
from objection_docs.service.api_checks import one_file, refused
from objection_docs.service.api_documents import written
from objection_docs.service.api_requests import NextQuery, NextRequest, ReceivedForm

_TAGS = ["来文与答复"]
_KIND = {
    "name": "kind",
    "in": "path",
    "required": True,
    "description": "要写的文书：确认函、处理回复或补正通知",
    "schema": {"type": "string", "enum": list(next_facts.RECEIVED)},
}


def _known(asked: dict) -> dict:
    """The facts that the caller tells beside those that are read."""
    day = asked.get("receipt_date")
    return {"receipt_date": day.isoformat()} if day else {}


def _answer(found: answering_desk.Prepared, case: str) -> dict:
    id = found.received["id"]
    return {
        "kind": found.kind,
        "title": desk.kinds()[found.kind].title(found.procedure or None),
        "procedure": found.procedure,
        "received": id,
        "case": case,
        "facts": found.facts,
        "wanting": [{"pointer": _pointer(path), "label": label} for path, label in found.wanting],
        "origins": dict(found.origins),
        "limits": list(found.limits),
        "links": {
            "self": url_for("api.next_letter", id=id, kind=found.kind),
            "received": url_for("api.check", id=id),
            "schema": url_for("api.kind_schema", kind=found.kind, procedure=found.procedure or None),
        },
    }


def _require_more(*wanted: str, said: str) -> None:
    """AccessError for who may write letters and nothing else."""
    if not scopes.caller().may(*wanted):
        raise AccessError(said)


def _received(id: str, kind: str) -> Entry:
    answering.require_next(kind)
    _require_more("check", "archive", said="来文的内容要有检查或档案的权限才能看，请找管理员开通")
    return entry_of(id, "check", "shown")


def _pointer(path: tuple) -> str:
    return "".join(f"/{part}" for part in ("facts", *path))


@blueprint.route(f"{PREFIX}/next/<kind>", methods=["POST"], tags=_TAGS, parameters=[_KIND])
@blueprint.arguments(ReceivedForm, location="form", content_type="multipart/form-data")
@blueprint.response(201, PreparedAnswer, description="来文已检查并记入日志，下一份文书的事实已备好")
@problems(400, 404, 409, 413, 415, 422)
@scopes.needs("generate")
def receive(words: dict, kind: str) -> Response | tuple:
    """上传收到的文书，备好下一份

    kind：acknowledgement 确认函、disposition_reply 处理回复、supplement_notice 补正通知。字段 file 是收到的文书，
    先检查并记入日志（因此还需要检查的权限），再读出当事人、事由、编号、日期，算出期限；还缺的在 wanting 里。
    补全后 POST 到 links.self 生成文书。
    """
    answering.require_next(kind)
    _require_more("check", said="来文要先检查：没有检查所需的权限，请找管理员开通")
    upload, fault = one_file()
    if fault:
        return fault
    procedure, case = ((words.get(name) or "").strip() for name in ("procedure", "case"))
    desk.require_known(kind, procedure or None, case or None)
    report = answers.check_upload(upload, scopes.who(), {"procedure": procedure, "case": case})
    if report["verdict"] == "unreadable":
        return refused(report)
    body = _answer(answering.prepared(kind, report["id"], procedure=procedure or None, given=_known(words)), case)
    return jsonify(body), 201, {"Location": body["links"]["self"]}


@blueprint.route(f"{PREFIX}/checks/<id>/next/<kind>", tags=_TAGS, parameters=[_KIND])
@blueprint.arguments(NextQuery, location="query")
@blueprint.response(200, PreparedAnswer, description="下一份文书的事实，和还缺的")
@problems(400, 403, 404, 410, 422)
@scopes.needs("generate")
def next_letter(asked: dict, id: str, kind: str) -> Response:
    """据检查过的来文备好下一份文书（还需要检查或档案的权限）

    当事人互换；事由、编号、日期取自来文，收到日期和我方的资料取自同一案件；处理回复里对方的每一项理由和请求各占一段，
    补正通知里每一项欠缺各占一条。
    """
    entry = _received(id, kind)
    found = answering.prepared(kind, entry.id, procedure=asked.get("procedure") or None, given=_known(asked))
    return jsonify(_answer(found, entry.case_id))


@blueprint.route(f"{PREFIX}/checks/<id>/next/<kind>", methods=["POST"], tags=_TAGS, parameters=[_KIND])
@blueprint.arguments(NextRequest)
@blueprint.response(201, Document, description="已生成并记入日志，与来文同案")
@problems(400, 404, 409, 410, 415, 422)
@scopes.needs("generate")
def create_next(asked: dict, id: str, kind: str) -> tuple[Response, int, dict]:
    """据检查过的来文生成下一份文书

    facts 只须写来文里读不出的和要改正的；仍缺的在 errors 里逐项指出。
    """
    entry = _received(id, kind)
    asked = given(asked)
    said, procedure = asked.pop("facts"), asked.pop("procedure", None)
    found = answering.prepared(kind, entry.id, procedure=procedure, given=said)
    facts = {name: value for name, value in found.facts.items() if value is not None}
    facts = {name: value for name, value in facts.items() if said.get(name, value) is not None}
    wanted = {"procedure": found.procedure or None, "draft": asked.get("draft", False)}
    return written(answering.write(kind, entry.id, facts, case=asked.get("case"), **wanted))
