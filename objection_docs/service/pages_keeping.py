"""档案: what is said of a letter or a case afterwards: description, proof of service, number, hold, closing."""

from datetime import date

from flask import Blueprint, Response, current_app, redirect, request, url_for

from objection_docs import archive_desk, desk, holds_desk
from objection_docs.archive import Entry
from objection_docs.errors import UsageError
from objection_docs.service import answers, pages, pages_cases, scopes, sent_forms

blueprint = Blueprint("keeping", __name__)
_CASE = "case:"


def _home():
    return current_app.config["HOME"]


def _about() -> dict:
    return {"now": current_app.config["CLOCK"](), "who": scopes.who(), "home": _home()}


def _word(name: str) -> str:
    return request.form.get(name, "").strip()


def _reason() -> str:
    if not (reason := _word("reason")):
        raise UsageError("请写明理由", code="reason_needed", field="reason")
    return reason


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(_word(name)) if _word(name) else None
    except ValueError:
        raise UsageError("日期应写成 2026-03-05 这样", code="invalid_date", field=name) from None


def _to_letter(id: str) -> Response:
    return redirect(url_for("pages.entry", id=id, _anchor="record-title"), 303)


def _to(about: str) -> Response:
    """The page of the letter or the case that a later entry is about."""
    if about.startswith(_CASE):
        return redirect(url_for("cases.case", case=about.removeprefix(_CASE), _anchor="keeping-title"), 303)
    return _to_letter(about)


def _page(about: str):
    """As `_to`, the page itself; None where it isn't said."""
    if about.startswith(_CASE):
        return pages_cases.page(about.removeprefix(_CASE))
    return pages.entry(about) if about else None


def _page_of_case():
    return pages_cases.page(_word("case"))


# A letter


@blueprint.post("/log/<id>/describe")
@sent_forms.comes_back(pages.entry)
@scopes.needs("archive")
def describe(id: str):
    """Only what is other than before is entered; what is left blank is taken back."""
    found = archive_desk.standing(id, home=_home())
    names = ("form", "holder", "retention", "remarks")
    given = {name: _word(name) for name in names if name in request.form}
    changes = {name: value for name, value in given.items() if value != found.described.get(name, "")}
    if not changes:
        raise UsageError("没有要著录的：各项与现在一样", code="nothing_given")
    archive_desk.describe(found.letter.id, changes, **_about())
    return _to_letter(found.letter.id)


@blueprint.post("/log/<id>/service")
@sent_forms.comes_back(pages.entry)
@scopes.needs("archive")
def service(id: str):
    letter = desk.show(id, home=_home())
    if not _word("method"):
        raise UsageError("请选择送达的方式", code="invalid_method", field="method")
    upload = request.files.get("file")
    proof = answers.read_upload(upload) if upload and upload.filename else None
    given = {"tracking": _word("tracking"), "on": _day("on"), "remarks": _word("remarks"), "proof": proof}
    archive_desk.service(letter.id, _word("method"), **given, **_about())
    return _to_letter(letter.id)


@blueprint.get("/log/<id>/proof/<later>")
@scopes.needs("check", "generate", "archive")
def proof(id: str, later: str):
    media_type, name, data = archive_desk.proof(id, later, home=_home())
    answers.opened(desk.show(id, home=_home()), "file", scopes.who())
    return answers.download(name, data, media_type)


@blueprint.post("/log/<id>/number")
@sent_forms.comes_back(pages.entry)
@scopes.needs("archive")
def number(id: str):
    letter = desk.show(id, home=_home())
    archive_desk.number([letter.id], **_about())
    return _to_letter(letter.id)


# A letter or a case


def _which() -> dict[str, str]:
    return {name: _word(name) for name in ("id", "case") if _word(name)}


@blueprint.post("/keeping/hold")
@sent_forms.comes_back(lambda: _page(f"{_CASE}{_word('case')}" if _word("case") else _word("id")))
@scopes.needs("archive")
def hold():
    held: Entry = holds_desk.hold(**_which(), reason=_reason(), **_about())
    return _to(held.about)


@blueprint.post("/keeping/release")
@sent_forms.comes_back(lambda: _page(_word("about")))
@scopes.needs("archive")
def release():
    """`id`: of the hold itself, as a letter may stand under several; `about`: the page on which the form stands."""
    released: Entry = holds_desk.release(**_which(), reason=_reason(), **_about())
    return _to(released.about)


@blueprint.post("/keeping/close")
@sent_forms.comes_back(_page_of_case)
@scopes.needs("archive")
def close():
    case, numbered = _word("case"), _word("number") == "yes"
    archive_desk.close(case, on=_day("on"), reason=_word("reason"), number=numbered, **_about())
    return _to(f"{_CASE}{case}")


@blueprint.post("/keeping/reopen")
@sent_forms.comes_back(_page_of_case)
@scopes.needs("archive")
def reopen():
    case = _word("case")
    archive_desk.reopen(case, reason=_reason(), **_about())
    return _to(f"{_CASE}{case}")
