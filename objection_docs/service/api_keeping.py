"""/api/v1/log/{id}/record and what is entered into it; holds; the closing of a case.

Destruction is only to be read here (api_destruction): its persons are counted, and a key is none.
"""

from flask import Response, jsonify, request, url_for

from objection_docs import archive_desk, desk, holds_desk
from objection_docs.archive import Entry
from objection_docs.archive_words import LATER, told
from objection_docs.service import answers, scopes
from objection_docs.service.api_base import PREFIX, blueprint, home, now, problems, tagged
from objection_docs.service.api_keeping_answers import Closed, Hold, Holds, Record
from objection_docs.service.api_requests import (
    CloseRequest,
    CorrectionRequest,
    DescriptionRequest,
    HoldRequest,
    ReasonRequest,
    ServiceForm,
)

_TAGS = ["保管"]
_FILE = {"type": "string", "format": "binary"}


def _about() -> dict:
    return {"now": now(), "who": scopes.who(), "home": home()}


def _hold(entry: Entry) -> dict:
    of_case = entry.about.startswith("case:")
    told_of = {name: getattr(entry, name) for name in ("id", "at", "who")}
    reason = (entry.details or {}).get("reason", "")
    return told_of | {"letter": None if of_case else entry.about, "case": entry.case_id, "reason": reason}


def _later(entry: Entry, letter: str) -> dict:
    file = url_for("api.letter_proof", id=letter, later=entry.id) if entry.sha256 else None
    said = {"label": LATER[entry.errand], "said": told(entry), "file": file}
    return {name: getattr(entry, name) for name in ("id", "at", "who", "errand")} | said


def _record(id: str) -> dict:
    found = archive_desk.standing(id, home=home())
    described = {n: found.described.get(n, "") for n in ("archive_number", "form", "holder", "remarks")}
    end = found.destroyed
    return {
        "id": found.letter.id,
        "case": found.letter.case_id,
        "closed_on": found.closed.isoformat() if found.closed else None,
        **described,
        "retention": found.retention,
        "authority": found.authority,
        "holds": [_hold(hold) for hold in found.held],
        "destroyed": {"list": end.details["list"], "at": end.at, "who": end.who} if end else None,
        "later": [_later(entry, found.letter.id) for entry in found.later],
    }


def _entered(id: str) -> tuple[Response, int, dict]:
    body = _record(id)
    return jsonify(body), 201, {"Location": url_for("api.letter_record", id=body["id"])}


@blueprint.route(f"{PREFIX}/log/<id>/record", tags=_TAGS)
@blueprint.response(200, Record, description="存档记录")
@problems(404)
@scopes.needs("archive")
def letter_record(id: str) -> Response:
    """一份文书的存档记录：档号、保管期限、冻结、送达凭证等全部后续记录"""
    return tagged(_record(id))


@blueprint.route(f"{PREFIX}/log/<id>/corrections", methods=["POST"], tags=_TAGS)
@blueprint.arguments(CorrectionRequest)
@blueprint.response(201, Record, description="已更正")
@problems(400, 404)
@scopes.needs("archive")
def correct_letter(asked: dict, id: str) -> tuple[Response, int, dict]:
    """更正名称、当事人、种类、程序或案件

    更正是一条新的记录，原来记入的内容不变。
    """
    reason = asked.pop("reason", "")
    archive_desk.correct(id, asked, reason=reason, **_about())
    return _entered(id)


@blueprint.route(f"{PREFIX}/log/<id>/descriptions", methods=["POST"], tags=_TAGS)
@blueprint.arguments(DescriptionRequest)
@blueprint.response(201, Record, description="已著录")
@problems(400, 404, 409)
@scopes.needs("archive")
def describe_letter(asked: dict, id: str) -> tuple[Response, int, dict]:
    """著录：原件或复印件、保管人、保管期限、附注"""
    archive_desk.describe(id, asked, **_about())
    return _entered(id)


@blueprint.route(f"{PREFIX}/log/<id>/services", methods=["POST"], tags=_TAGS)
@blueprint.arguments(ServiceForm, location="form", content_type="multipart/form-data")
@blueprint.response(201, Record, description="已记下送达")
@problems(400, 404, 410, 413)
@scopes.needs("archive")
def serve_letter(asked: dict, id: str) -> tuple[Response, int, dict]:
    """记下送达的凭证：挂号信、快递单号、邮件回执等

    字段 file 可以附上回执、签收单的扫描件或邮件。案件的期限随即按送达的日期计算。
    """
    upload = request.files.get("file")
    proof = answers.read_upload(upload) if upload else None
    archive_desk.service(id, asked.pop("method"), proof=proof, **asked, **_about())
    return _entered(id)


@blueprint.route(f"{PREFIX}/log/<id>/proofs/<later>", tags=_TAGS)
@blueprint.response(200, _FILE, content_type="application/octet-stream", description="附件，逐字节不变")
@problems(404, 410)
@scopes.needs("archive")
def letter_proof(id: str, later: str) -> Response:
    """后续记录的附件，例如送达的回执"""
    media_type, name, data = archive_desk.proof(id, later, home=home())
    answers.opened(desk.show(id, home=home()), "file", scopes.who())
    return answers.download(name, data, media_type)


@blueprint.route(f"{PREFIX}/log/<id>/number", methods=["POST"], tags=_TAGS)
@blueprint.response(201, Record, description="已编档号")
@problems(400, 404, 409, 410)
@scopes.needs("archive")
def number_letter(id: str) -> tuple[Response, int, dict]:
    """编档号：全宗号-年度-保管期限-件号"""
    archive_desk.number([id], **_about())
    return _entered(id)


@blueprint.route(f"{PREFIX}/holds", tags=_TAGS)
@blueprint.response(200, Holds, description="现有的冻结")
@scopes.needs("archive")
def holds() -> Response:
    """现有的冻结"""
    found = holds_desk.every(home=home())
    return jsonify(total=len(found), holds=[_hold(entry) for entry in found])


@blueprint.route(f"{PREFIX}/holds", methods=["POST"], tags=_TAGS)
@blueprint.arguments(HoldRequest)
@blueprint.response(201, Hold, description="已冻结")
@problems(400, 404, 410)
@scopes.needs("archive")
def hold(asked: dict) -> tuple[Response, int, dict]:
    """冻结一份文书或一个案件，解除之前不得销毁"""
    which = {"id": asked.get("letter", ""), "case": asked.get("case", "")}
    made = holds_desk.hold(**which, reason=asked["reason"].strip(), **_about())
    return jsonify(_hold(made)), 201, {"Location": url_for("api.holds")}


@blueprint.route(f"{PREFIX}/holds/<id>/release", methods=["POST"], tags=_TAGS)
@blueprint.arguments(ReasonRequest)
@blueprint.response(204, description="已解除")
@problems(400, 404, 409)
@scopes.needs("archive")
def release_hold(asked: dict, id: str) -> tuple[str, int]:
    """解除冻结；id 是冻结的编号"""
    holds_desk.release(id=id, reason=asked["reason"].strip(), **_about())
    return "", 204


@blueprint.route(f"{PREFIX}/cases/<case>/close", methods=["POST"], tags=_TAGS)
@blueprint.arguments(CloseRequest)
@blueprint.response(201, Closed, description="已结案")
@problems(400, 404, 409)
@scopes.needs("archive")
def close_case(asked: dict, case: str) -> tuple[Response, int, dict]:
    """案件结案；保管期限从结案起算"""
    given = archive_desk.close(case, **asked, **_about())
    numbered = [{"id": letter.id, "archive_number": number} for letter, number in given]
    closed = archive_desk.closed(case, home=home())
    body = {"case": case, "closed_on": closed.isoformat(), "numbered": numbered}
    return jsonify(body), 201, {"Location": url_for("api.case", case=case)}


@blueprint.route(f"{PREFIX}/cases/<case>/reopen", methods=["POST"], tags=_TAGS)
@blueprint.arguments(ReasonRequest)
@blueprint.response(204, description="已重新开启")
@problems(400, 404, 409)
@scopes.needs("archive")
def reopen_case(asked: dict, case: str) -> tuple[str, int]:
    """重新开启已结案的案件"""
    archive_desk.reopen(case, reason=asked["reason"].strip(), **_about())
    return "", 204
