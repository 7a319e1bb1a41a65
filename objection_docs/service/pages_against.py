"""与来函对照: the notice is chosen or uploaded, and each of its points shown beside the answer to it."""

from types import SimpleNamespace

from flask import Blueprint, current_app, redirect, render_template, request, url_for

from objection_docs import desk
from objection_docs.archive import Entry
from objection_docs.errors import LogError, PaperError, UsageError
from objection_docs.reports import answered_sentence, coverage
from objection_docs.reports.stretches import stretches
from objection_docs.service import answering, answers, scopes, sent_forms
from objection_docs.service.pages import sheets_of

blueprint = Blueprint("against", __name__)
_MOST = 20


def _home():
    return current_app.config["HOME"]


def _letter(id: str) -> Entry:
    """A letter whose words can be read."""
    entry = answers.opened(desk.show(id, home=_home()), "shown", scopes.who())
    if entry.report is None or entry.verdict == "unreadable":
        raise LogError("这一条没有可以对照的文书", code="no_report", status=404)
    return entry


@blueprint.get("/log/<id>/against")
@scopes.needs("check", "archive")
def choose(id: str):
    reply = _letter(id)
    searchable, q = scopes.caller().may("archive"), request.args.get("q", "").strip()
    return render_template(
        "against_choose.html",
        reply=reply,
        q=q,
        searchable=searchable,
        notices=_notices(reply, q) if searchable else [],
        most_megabytes=current_app.config["MAX_UPLOAD"] / 1_000_000,
        accepted=answers.ACCEPTED,
    )


def _notices(reply: Entry, q: str) -> list[tuple[Entry, bool]]:
    """What the reply may answer, and whether it is of the same case: of the case first, then from the same party, or
    what was searched for."""
    if q:
        asked = [{"query": q}]
    else:
        asked = [{"case": reply.case_id}] * bool(reply.case_id) + [{"party": reply.recipient}] * bool(reply.recipient)
    found: dict[str, Entry] = {}
    for words in asked:
        for kind in answering.NOTICES:
            hits = desk.search(**words, kind=kind, limit=_MOST, home=_home())
            found |= {hit.id: hit for hit in hits.entries if hit.id not in found and hit.id != reply.id}
    same = [(one, bool(reply.case_id) and one.case_id == reply.case_id) for one in found.values()]
    return sorted(same, key=lambda one: not one[1])[:_MOST]


@blueprint.post("/log/<id>/against")
@sent_forms.comes_back(choose)
@scopes.needs("check")
def upload(id: str):
    reply, files = _letter(id), [upload for upload in request.files.getlist("file") if upload.filename]
    if len(files) != 1:
        raise UsageError("请选择一份来函。", code="no_file", field="file")
    report = answers.check_upload(files[0], scopes.who(), {"case": reply.case_id})
    if report["verdict"] == "unreadable":
        raise PaperError(report["error"]["message"], code=report["error"]["code"], field="file")
    return redirect(url_for("against.show", id=reply.id, notice=report["id"]), 303)


@blueprint.get("/log/<id>/against/<notice>")
@scopes.needs("check", "archive")
def show(id: str, notice: str):
    reply, received = _letter(id), _letter(notice)
    name, data = desk.file(reply.id, home=_home())
    about = answering.coverage(name, data, answering.head(received))
    if about is None:
        raise LogError("这份回复现在读不了，无法对照", code="no_report", status=404)
    matches = coverage.matches(about["answers"])
    asked = _side(received, [match.asked for match in matches])
    said = _side(reply, [match.answer for match in matches if match.answer])
    return render_template(
        "against.html",
        reply=reply,
        notice=received,
        matches=matches,
        asked=asked,
        said=said,
        placed=asked.placed | said.placed,
        told_points=about["points"],
        left=about["points"] - about["answered"],
        sentence_of=answered_sentence({"against": about}),
    )


def _side(entry: Entry, marks: list[coverage.Side]) -> SimpleNamespace:
    """One letter as it is shown: `sheets` the sizes of its pages, or `pieces` its text; `placed` the marks on it."""
    sheets = sheets_of(entry)
    pieces = [] if sheets else stretches(entry.text, marks)
    seen = {id for piece in pieces for id in piece.ids} | {
        mark.id for mark in marks if sheets and mark.spots and mark.spots[0][1]
    }
    return SimpleNamespace(sheets=sheets, pieces=pieces, marks=marks, placed=seen)
