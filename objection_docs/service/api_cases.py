"""/api/v1/cases, /due: the letters and limits of a case, and what is due in all of them."""

from datetime import timedelta

from flask import Response, jsonify

from objection_docs import case_desk
from objection_docs.service import answers, scopes
from objection_docs.service.api_answers import Case, Cases, DueList
from objection_docs.service.api_base import PREFIX, blueprint, given, home, now, problems
from objection_docs.service.api_requests import CasesQuery, DueQuery

CALENDAR = "text/calendar"


def _within(asked: dict) -> timedelta | None:
    return timedelta(days=asked["within"]) if "within" in asked else None


@blueprint.route(f"{PREFIX}/cases", tags=["案件"])
@blueprint.arguments(CasesQuery, location="query")
@blueprint.response(200, Cases, description="案件，期限最近的在前")
@problems(400)
@scopes.needs("archive")
def cases(asked: dict) -> Response:
    """列出案件"""
    from objection_docs.cases import report

    asked = given(asked)
    chosen = {name: asked.get(name, "") for name in ("state", "procedure")}
    page = {"limit": asked["limit"], "offset": asked.get("cursor", 0)}
    found, total = case_desk.listed(now=now(), within=_within(asked), home=home(), **chosen, **page)
    reached = page["offset"] + len(found)
    following = str(reached) if reached < total else None
    return jsonify(total=total, cases=[report.summary(one) for one in found], next_cursor=following)


@blueprint.route(f"{PREFIX}/cases/<case>", tags=["案件"])
@blueprint.response(200, Case, description="案件的文书、事件、各项期限及其算法、下一步")
@problems(404)
@scopes.needs("archive")
def case(case: str) -> Response:
    """一个案件"""
    from objection_docs.cases import report

    return jsonify(report.to_dict(case_desk.show(case, now=now(), home=home())))


@blueprint.route(f"{PREFIX}/cases/<case>/calendar", tags=["案件"])
@blueprint.response(200, {"type": "string"}, content_type=CALENDAR, description="iCalendar 文件，带提醒")
@problems(404)
@scopes.needs("archive")
def calendar(case: str) -> Response:
    """一个案件的期限，供日历程序打开"""
    return answers.download(f"{case}.ics", case_desk.calendar(case, now=now(), home=home()), CALENDAR)


@blueprint.route(f"{PREFIX}/due", tags=["案件"])
@blueprint.arguments(DueQuery, location="query")
@blueprint.response(200, DueList, description="各案件进行中的期限，最急的在前")
@problems(400)
@scopes.needs("archive")
def due(asked: dict) -> Response:
    """所有案件中将要届满或已逾期的期限"""
    from objection_docs.cases import report

    found = case_desk.due(now=now(), within=_within(given(asked)), home=home())
    return jsonify(total=len(found), due=[report.due_dict(one, issued) for one, issued in found])
