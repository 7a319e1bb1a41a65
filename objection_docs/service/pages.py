"""Pages for a browser: check files, read reports, search the log. No script is needed."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for

from objection_docs import desk
from objection_docs.service import answers

blueprint = Blueprint("pages", __name__)
_WHO = "网页"


def _home():
    return current_app.config["HOME"]


def _check_page(error: str = "", status: int = 200):
    page = render_template(
        "check.html",
        kinds=desk.kinds().values(),
        procedures=[one for one in desk.procedures().values() if one.demands],
        most_megabytes=current_app.config["MAX_UPLOAD"] / 1_000_000,
        most_files=current_app.config["MAX_FILES"],
        error=error,
        form=request.form,
    )
    return page, status


@blueprint.get("/")
def check():
    return _check_page()


@blueprint.post("/")
def check_files():
    uploads = [upload for upload in request.files.getlist("file") if upload.filename]
    if not uploads:
        return _check_page("请先选择要检查的文件。", 400)
    if len(uploads) > current_app.config["MAX_FILES"]:
        return _check_page(f"一次最多检查 {current_app.config['MAX_FILES']} 份文件，请分几次上传。", 400)
    reports = [answers.check_upload(upload, _WHO) for upload in uploads]
    if all(report["verdict"] == "unreadable" for report in reports):
        return render_template("results.html", reports=reports), 422
    ids = [report["id"] for report in reports]
    # see other: going back or reloading doesn't send the files again
    return redirect(url_for("pages.entry", id=ids[0]) if len(ids) == 1 else url_for("pages.results", id=ids), 303)


@blueprint.get("/results")
def results():
    ids = request.args.getlist("id")[: current_app.config["MAX_FILES"]]
    entries = [desk.show(id, home=_home()) for id in ids]
    checked = [entry for entry in entries if entry.errand == "check" and entry.report]  # a destroyed one has none
    return render_template("results.html", reports=[entry.report | {"id": entry.id} for entry in checked])


@blueprint.get("/log")
def log():
    asked = answers.log_query()
    hits = desk.search(**asked)
    kept = {name: value for name, value in request.args.items() if name != "cursor" and value}
    following = url_for("pages.log", **kept, cursor=hits.next_cursor) if hits.next_cursor else ""
    return render_template(
        "log.html", hits=hits, kinds=desk.kinds().values(), asked=request.args, narrowed=bool(kept), following=following
    )


@blueprint.get("/log/<id>")
def entry(id: str):
    found = answers.opened(desk.show(id, home=_home()), "shown", _WHO)
    known = desk.procedures().get(found.procedure)
    procedure = known.label if known else found.procedure
    return render_template("entry.html", entry=found, procedure=procedure, annotated=answers.annotated_kind(found))


@blueprint.get("/log/<id>/annotated")
def entry_annotated(id: str):
    return answers.annotated(answers.opened(desk.show(id, home=_home()), "file", _WHO))


@blueprint.get("/log/<id>/file")
def entry_file(id: str):
    found = answers.opened(desk.show(id, home=_home()), "file", _WHO)
    return answers.download(*desk.file(found.id, home=_home()), found.media_type, found.sha256)


@blueprint.get("/log/<id>/pdf")
def entry_pdf(id: str):
    found = answers.opened(desk.show(id, home=_home()), "file", _WHO)
    return answers.download(*desk.pdf_of(found.id, home=_home()), desk.PDF)
