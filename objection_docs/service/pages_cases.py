"""案件: what is in hand, what comes next and until when; one case with its time line."""

from flask import Blueprint, current_app, render_template, request
from markupsafe import Markup

from objection_docs import case_desk, desk, holds_desk, settings
from objection_docs.errors import LogError
from objection_docs.moments import BEIJING
from objection_docs.service import answers, scopes
from objection_docs.service.pages import next_letters

blueprint = Blueprint("cases", __name__)


def _asked() -> dict:
    return {"now": current_app.config["CLOCK"](), "home": current_app.config["HOME"]}


@blueprint.get("/cases")
@scopes.needs("archive")
def cases():
    from objection_docs.cases import report

    state = request.args.get("state", "open")
    offset = request.args.get("offset", "0")
    offset = int(offset) if offset.isascii() and offset.isdigit() and len(offset) < 10 else 0
    found, total = case_desk.listed(state=state if state in case_desk.STATES else "", offset=offset, **_asked())
    following = offset + len(found) if offset + len(found) < total else 0
    told = {"cases": [report.summary(one) for one in found], "total": total, "following": following}
    return render_template("cases.html", state=state, **told)


@blueprint.get("/cases/<path:case>.ics")
@scopes.needs("archive")
def calendar(case: str):
    return answers.download(f"{case}.ics", case_desk.calendar(case, **_asked()), "text/calendar")


@blueprint.get("/cases/<path:case>")
@scopes.needs("archive")
def case(case: str):
    """The page of the case; for one of which the log knows nothing yet, how it begins."""
    try:
        return page(case)
    except LogError as error:
        if error.code != "no_such_case":
            raise
        return beginning(case), 404


def beginning(case: str) -> str:
    procedures = [(one.id, one.label) for one in desk.procedures().values()]
    return render_template("case_new.html", case=case, procedures=procedures)


def page(case: str) -> str:
    from objection_docs.cases import report, timeline

    view = case_desk.show(case, **_asked())
    # our own drawing, whose words the renderer has escaped
    drawn = Markup(timeline.timeline(view))
    told = report.to_dict(view)
    following = {one["id"]: next_letters(one["errand"], one["kind"], one["verdict"]) for one in told["letters"]}
    return render_template("case.html", case=told, timeline=drawn, following=following, **_choices(told), **_kept(case))


def _choices(told: dict) -> dict:
    """What may be entered of a case of its procedures; what several of them have stands once."""
    courses = [desk.course(id) for id in told["procedures"]]
    limits = {id: one for course in courses for id, one in course.limits.items()}
    known = [(one.id, one.label) for one in desk.procedures().values()]
    several = told["settings"].get("procedure", "")
    return {
        "procedures": [(several, "；".join(told["procedure_labels"]))] * ("," in several) + known,
        "events": {id: one.label for course in courses for id, one in course.events.items()},
        "limits": {id: f"{id} {one.label}" for id, one in limits.items()},
        "extensible": {id: f"{id} {one.label}" for id, one in limits.items() if one.extension},
        "choices": {id: one for course in courses for id, one in course.settings.items()},
    }


def _kept(case: str) -> dict:
    """What the part about closing and holds needs."""
    home = current_app.config["HOME"]
    return {
        "held": holds_desk.of_case(case, home=home),
        "fonds": settings.read(home).archive.fonds,
        "today": current_app.config["CLOCK"]().astimezone(BEIJING).date(),
    }
