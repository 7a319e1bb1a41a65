"""/api/v1/log, /kinds, /procedures: what there is to find and to choose from."""

from flask import Response, jsonify, url_for

from objection_docs import desk
from objection_docs.errors import UsageError
from objection_docs.service import answers, api_checks, api_documents, scopes
from objection_docs.service.api_answers import Kinds, LogPage, Procedures
from objection_docs.service.api_base import PREFIX, blueprint, problems
from objection_docs.service.api_requests import LogQuery, SchemaQuery


@blueprint.route(f"{PREFIX}/log", tags=["日志"])
@blueprint.arguments(LogQuery, location="query")
@blueprint.response(200, LogPage, description="符合条件的文书，从新到旧")
@problems(400)
@scopes.needs("archive")
def log(_asked: dict) -> Response:
    """查找文书

    一页一页地取：把答复中的 next_cursor 作为下一次的 cursor。取的过程中记入的新文书不会打乱各页。
    """
    hits = desk.search(**answers.log_query())
    links = {"generate": api_documents.links, "check": api_checks.links}
    entries = [
        entry.to_dict() | {"links": links[entry.errand](entry.id) if entry.errand in links else {}}
        for entry in hits.entries
    ]
    return jsonify(total=hits.total, entries=entries, next_cursor=hits.next_cursor)


@blueprint.route(f"{PREFIX}/kinds", tags=["种类与程序"])
@blueprint.response(200, Kinds, description="文书种类")
@scopes.needs(*scopes.ANY)
def kinds() -> Response:
    """文书种类"""
    found = [
        {"id": k.id, "label": k.label, "about": k.about, "schema": url_for("api.kind_schema", kind=k.id)}
        for k in desk.kinds().values()
    ]
    return jsonify(kinds=found)


@blueprint.route(f"{PREFIX}/kinds/<kind>/schema", tags=["种类与程序"])
@blueprint.arguments(SchemaQuery, location="query")
@blueprint.response(200, {"type": "object"}, content_type="application/schema+json", description="JSON Schema")
@problems(404)
@scopes.needs(*scopes.ANY)
def kind_schema(asked: dict, kind: str) -> Response:
    """一种文书的案件事实的 JSON Schema"""
    try:
        found = desk.schema(kind, asked.get("procedure") or None)
    except UsageError as error:
        raise UsageError(error.message, code=error.code, status=404) from None
    response = jsonify(found)
    response.mimetype = "application/schema+json"
    return response


@blueprint.route(f"{PREFIX}/procedures", tags=["种类与程序"])
@blueprint.response(200, Procedures, description="程序")
@scopes.needs(*scopes.ANY)
def procedures() -> Response:
    """程序：各自规定必备要素"""
    known = desk.procedures().values()
    found = [{"id": p.id, "label": p.label, "area": p.area, "kinds": list(p.demands)} for p in known]
    return jsonify(procedures=found)
