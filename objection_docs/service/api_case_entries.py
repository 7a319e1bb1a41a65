"""/api/v1/cases/{case}/events, /settings, /extensions: what no letter tells is entered."""

from flask import Response, jsonify, url_for

from objection_docs import case_desk
from objection_docs.service import scopes
from objection_docs.service.api_answers import Case
from objection_docs.service.api_base import PREFIX, blueprint, home, now, problems
from objection_docs.service.api_requests import EventRequest, ExtensionRequest, SettingsRequest

_TAGS = ["案件"]


def _about() -> dict:
    return {"now": now(), "who": scopes.who(), "home": home()}


def _entered(case: str) -> tuple[Response, int, dict]:
    from objection_docs.cases import report

    told = report.to_dict(case_desk.show(case, now=now(), home=home()))
    return jsonify(told), 201, {"Location": url_for("api.case", case=case)}


@blueprint.route(f"{PREFIX}/cases/<case>/events", methods=["POST"], tags=_TAGS)
@blueprint.arguments(EventRequest)
@blueprint.response(201, Case, description="已记入；答复是记入后的案件")
@problems(400, 404, 409)
@scopes.needs("archive")
def enter_event(asked: dict, case: str) -> tuple[Response, int, dict]:
    """记入一个事件的日期和出处

    先于文书所写；再记一次即为更正，at 为空即撤回。
    """
    case_desk.event(case, asked["event"], asked["at"] or "", source=asked["source"], **_about())
    return _entered(case)


@blueprint.route(f"{PREFIX}/cases/<case>/settings", methods=["POST"], tags=_TAGS)
@blueprint.arguments(SettingsRequest)
@blueprint.response(201, Case, description="已设置；答复是设置后的案件")
@problems(400, 404, 409)
@scopes.needs("archive")
def enter_settings(asked: dict, case: str) -> tuple[Response, int, dict]:
    """写明程序、程序的设置、合同自己的期限；还没有文书的案件以此开始"""
    case_desk.settle(case, asked["settings"], **_about())
    return _entered(case)


@blueprint.route(f"{PREFIX}/cases/<case>/extensions", methods=["POST"], tags=_TAGS)
@blueprint.arguments(ExtensionRequest)
@blueprint.response(201, Case, description="已记入；答复是记入后的案件")
@problems(400, 404, 409)
@scopes.needs("archive")
def enter_extension(asked: dict, case: str) -> tuple[Response, int, dict]:
    """记入获准的延长，或撤回最近的一次"""
    given = {"source": asked["source"], "withdraw": asked.get("withdraw") or False}
    case_desk.extend(case, asked["limit"], asked.get("by", ""), **given, **_about())
    return _entered(case)
