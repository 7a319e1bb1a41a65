"""检查: files dropped and checked, and the report beside the pages of the letter."""

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request, url_for

from objection_docs import answering_desk, archive_desk, desk
from objection_docs.archive import Entry
from objection_docs.errors import LogError, UsageError
from objection_docs.reports import findings, html, pictures
from objection_docs.reports import sentence as told
from objection_docs.reports.stretches import stretches
from objection_docs.service import answering, answers, scopes, sent_forms

blueprint = Blueprint("pages", __name__)
#: Letters that answer no points of another.
_NO_REPLIES = (*answering.NOTICES, "acknowledgement", "supplement_notice")


def _home():
    return current_app.config["HOME"]


def _before() -> str:
    """The version that this one comes after, when it is checked against that."""
    id = request.values.get("after", "").strip()
    return desk.show(id, home=_home()).id if id else ""


def _again():
    """To our script as JSON, to a browser without one as the page."""
    return jsonify(error=sent_forms.untold()) if _by_script() else check()


def _by_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


@blueprint.get("/")
@scopes.needs("check")
def check():
    before = _before()
    return render_template(
        "check.html",
        **_choices(),
        most_megabytes=current_app.config["MAX_UPLOAD"] / 1_000_000,
        most_files=1 if before else current_app.config["MAX_FILES"],
        accepted=answers.ACCEPTED,
        before=desk.show(before, home=_home()) if before else None,
        case=request.args.get("case", "").strip(),
    )


def _choices() -> dict[str, list[tuple[str, str]]]:
    """The kinds and the procedures, id and label, that a letter may be of."""
    return {
        "kinds": [(one.id, one.label) for one in desk.kinds().values()],
        "procedures": [(one.id, one.label) for one in desk.procedures().values() if one.demands],
    }


@blueprint.post("/")
@sent_forms.comes_back(_again)
@scopes.needs("check")
def check_files():
    uploads = [upload for upload in request.files.getlist("file") if upload.filename]
    most = current_app.config["MAX_FILES"]
    if not uploads:
        raise UsageError("请先选择要检查的文件。", code="no_file", field="file")
    if len(uploads) > most:
        raise UsageError(f"一次最多检查 {most} 份文件，请分几次上传。", code="too_many_files", field="file")
    reports = [answers.check_upload(upload, scopes.who(), request.form) for upload in uploads]
    if _by_script():
        return jsonify(reports=[_line(report) for report in reports])
    if all(report["verdict"] == "unreadable" for report in reports):
        return render_template("results.html", reports=reports), 422
    ids = [report["id"] for report in reports]
    # see other: going back or reloading doesn't send the files again
    return redirect(url_for("pages.entry", id=ids[0]) if len(ids) == 1 else url_for("pages.results", id=ids), 303)


def _line(report: dict) -> dict:
    """What the list of uploads tells of one of them."""
    kind = report.get("kind_label") or ""
    said = "；".join(filter(None, (kind, told(report))))
    about = {"file": report["file"], "verdict": report["verdict"], "label": desk.STATUSES[report["verdict"]]}
    return about | {"told": said, "place": url_for("pages.entry", id=report["id"])}


@blueprint.get("/results")
@scopes.needs("check", "archive")
def results():
    ids = request.args.getlist("id")[: current_app.config["MAX_FILES"]]
    entries = [desk.show(id, home=_home()) for id in ids]
    checked = [entry for entry in entries if entry.errand == "check" and entry.report]  # a destroyed one has none
    return render_template("results.html", reports=[entry.report | {"id": entry.id} for entry in checked])


# One letter


@blueprint.get("/log/<id>")
@scopes.needs("check", "generate", "archive")
def entry(id: str):
    found = answers.opened(desk.show(id, home=_home()), "shown", scopes.who())
    readable = bool(found.report) and found.verdict != "unreadable"
    listed = findings.findings(found.report) if readable else []
    sheets = sheets_of(found) if readable else []
    pieces = stretches(found.text, listed) if readable and not sheets else []
    known = desk.procedures().get(found.procedure)
    standing = archive_desk.standing(found.id, home=_home())
    accepted = archive_desk.accepted(standing)
    versions = archive_desk.versions(found, home=_home())
    return render_template(
        "entry.html",
        entry=found,
        procedure=known.label if known else found.procedure,
        annotated=answers.annotated_kind(found),
        findings=listed,
        sheets=sheets,
        stretches=pieces,
        placed={id for piece in pieces for id in piece.ids},
        accepted=accepted,
        remaining=findings.without(found.report, accepted) if readable else None,
        standing=standing,
        retentions=[(name, name) for name in archive_desk.retention_classes()],
        **_choices(),
        following=next_letters(
            found.errand, found.kind, found.verdict if readable and answering_desk.is_likely(found.report) else ""
        ),
        comparable=readable and found.kind not in _NO_REPLIES and scopes.caller().may("check", "archive"),
        versions=versions,
        **_compared(found, versions.previous),
    )


def next_letters(errand: str, kind: str, verdict: str) -> list[tuple[str, str]]:
    """Kind and label of each letter that the caller may write in answer to one of the log."""
    if errand != "check" or not scopes.caller().may("generate"):
        return []
    known = desk.kinds()
    return [(one, known[one].label) for one in answering_desk.next_kinds(kind, verdict) if one in known]


def sheets_of(entry) -> list[pictures.Size]:
    """The sizes of the pages to be shown; none for what isn't PDF."""
    if entry.media_type != desk.PDF:
        return []
    _, data = desk.file(entry.id, home=_home())
    return answers.fenced(pictures.sizes, data)


def _compared(entry: Entry, previous: Entry | None) -> dict:
    """With the version before it; in the address of a letter that was checked before the log kept that (`than`)."""
    id = previous.id if previous else request.args.get("than", "").strip()
    before = desk.show(id, home=_home()) if id else None
    if before is None or not (before.report and entry.report):
        return {"before": None, "changes": []}
    return {"before": before, "changes": findings.changes(before.report, entry.report)}


@blueprint.get("/log/<id>/pages/<int:number>")
@scopes.needs("check", "generate", "archive")
def picture(id: str, number: int):
    """Part of the page `entry`, which was recorded as opened."""
    _, data = desk.file(id, home=_home())
    if desk.media_type(data) != desk.PDF or not 1 <= number <= pictures.MOST_PAGES:
        raise LogError("没有这一页的图", code="no_page", status=404)
    return Response(answers.fenced(pictures.page, data, number), mimetype="image/png")


@blueprint.post("/log/<id>/accept")
@sent_forms.comes_back(entry)
@scopes.needs("check", "archive")
def accept(id: str):
    letter = desk.show(id, home=_home())
    finding = findings.find(letter.report or {}, request.form.get("finding", ""))
    if finding is None or not finding.wanting:
        raise UsageError("报告里没有这一项", code="no_such_finding", status=404)
    about = {"now": current_app.config["CLOCK"](), "who": scopes.who(), "home": _home()}
    archive_desk.accept(letter.id, finding.id, finding.label, request.form.get("reason", ""), **about)
    return redirect(url_for("pages.entry", id=letter.id, _anchor=finding.target), 303)


@blueprint.post("/log/<id>/unaccept")
@sent_forms.comes_back(entry)
@scopes.needs("check", "archive")
def unaccept(id: str):
    finding = request.form.get("finding", "")
    about = {"now": current_app.config["CLOCK"](), "who": scopes.who(), "home": _home()}
    archive_desk.unaccept(id, finding, request.form.get("reason", ""), **about)
    return redirect(url_for("pages.entry", id=id, _anchor=f"f-{finding}"), 303)


def _reported(id: str) -> tuple:
    letter = answers.opened(desk.show(id, home=_home()), "shown", scopes.who())
    if not letter.report:
        raise LogError("这一条没有检查报告", code="no_report", status=404)
    name = letter.file_name.rsplit(".", 1)[0] or letter.id
    head = {"file": letter.file_name, "sha256": letter.sha256, "id": letter.id}
    return f"{name} 检查报告", head | letter.report


@blueprint.get("/log/<id>/report.html")
@scopes.needs("check", "generate", "archive")
def report_html(id: str):
    name, report = _reported(id)
    return answers.download(f"{name}.html", html.render([report]).encode(), "text/html")


@blueprint.get("/log/<id>/report.json")
@scopes.needs("check", "generate", "archive")
def report_json(id: str):
    name, report = _reported(id)
    return answers.download(f"{name}.json", current_app.json.dumps(report, indent=2).encode(), "application/json")
