"""管理: how the service is set up, without secrets, and whether the machine has what it needs."""

from flask import Blueprint, current_app, render_template

import objection_docs
from objection_docs import health, settings
from objection_docs.errors import ObjectionDocsError
from objection_docs.service import scopes

blueprint = Blueprint("settings", __name__)
_PART = "service."


@blueprint.get("/admin/settings")
@scopes.needs("admin")
def shown():
    home, error, found = current_app.config["HOME"], "", []
    try:
        found = settings.shown(home)
    except ObjectionDocsError as wrong:  # the file was changed since the start; with what it started it goes on
        error = str(wrong)
    return render_template(
        "settings.html",
        settings=[(one, _running(one)) for one in found],
        error=error,
        health=health.look(home, current_app.config["CLOCK"]()),
        home=home,
        file=settings.NAME,
        version=objection_docs.__version__,
    )


def _running(one: settings.Shown) -> str:
    """With what the service was started, where that is something else than what stands in file and environment."""
    started = current_app.config["SETTINGS"]
    if started is None or not one.name.startswith(_PART):
        return ""
    value = settings.in_words(getattr(started, one.name.removeprefix(_PART)))
    return "" if value == one.value else value
