"""案件: what is entered by hand: its procedure and settings, dates that no letter tells, extensions."""

from flask import Blueprint, current_app, redirect, request, url_for

from objection_docs import case_desk
from objection_docs.errors import UsageError
from objection_docs.service import pages_cases, scopes, sent_forms

blueprint = Blueprint("case_entries", __name__)
#: What the settings of a case are called in its form.
_SETTING = "set."


def _about() -> dict:
    return {"now": current_app.config["CLOCK"](), "who": scopes.who(), "home": current_app.config["HOME"]}


def _word(name: str) -> str:
    return request.form.get(name, "").strip()


def _source() -> str:
    if not _word("source"):
        raise UsageError("请写明从哪里知道，例如 EMS 签收单", code="no_source", field="source")
    return _word("source")


def _page():
    return pages_cases.page(_word("case"))


def _page_or_beginning():
    return pages_cases.case(_word("case"))


def _to_case(part: str):
    return redirect(url_for("cases.case", case=_word("case"), _anchor=part), 303)


@blueprint.post("/cases/event")
@sent_forms.comes_back(_page, at="day")
@scopes.needs("archive")
def event():
    """The date of an event, with the time where one matters; or none, to take back what was entered."""
    at = "" if _word("do") == "withdraw" else _word("day")
    if not at and _word("do") != "withdraw":
        raise UsageError("请填写日期", code="no_date", field="day")
    at += f"T{_word('time')}" if at and _word("time") else ""
    case_desk.event(_word("case"), _word("event"), at, source=_source(), **_about())
    return _to_case("line-title")


@blueprint.post("/cases/settings")
@sent_forms.comes_back(_page_or_beginning)
@scopes.needs("archive")
def settings():
    """Only what is other than before: the form holds `was.` beside each."""
    names = [name.removeprefix(_SETTING) for name in request.form if name.startswith(_SETTING)]
    given = {name: _word(f"{_SETTING}{name}") for name in names}
    changed = {name: value for name, value in given.items() if value != _word(f"was.{name}")}
    if _word("limit"):
        changed[_word("limit")] = _word("period")
    if not changed:
        raise UsageError("没有要设置的：各项与现在一样", code="nothing_given")
    try:
        case_desk.settle(_word("case"), changed, **_about())
    except UsageError as error:
        error.field = f"{_SETTING}{error.field}" if error.field in given else "period" * (error.field in changed)
        raise
    return _to_case("line-title")


@blueprint.post("/cases/extension")
@sent_forms.comes_back(_page)
@scopes.needs("archive")
def extension():
    withdraw = _word("do") == "withdraw"
    case_desk.extend(_word("case"), _word("limit"), _word("by"), source=_source(), withdraw=withdraw, **_about())
    return _to_case("line-title")
