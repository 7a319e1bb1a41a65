"""What the parts of /api/v1 share: the blueprint, the way to a letter, answers that a caller may have already."""

from flask import Response, current_app, jsonify, request
from flask_smorest import Blueprint
from webargs import missing

from objection_docs import desk
from objection_docs.archive import Entry
from objection_docs.errors import LogError
from objection_docs.service import answers, scopes
from objection_docs.service.reading import parser

PREFIX = "/api/v1"


class Api(Blueprint):
    ARGUMENTS_PARSER = parser


blueprint = Api("api", __name__)


def problems(*statuses: int):
    """Say in the documentation which problems a path answers with, beside those that every path may."""
    return blueprint.doc(responses={str(status): {"description": ""} for status in statuses})


def home():
    return current_app.config["HOME"]


def now():
    return current_app.config["CLOCK"]()


def entry_of(id: str, errand: str, how: str) -> Entry:
    """The letter of that errand, and a record that it was opened; `how`: shown | file."""
    entry = desk.show(id, home=home())
    if entry.errand != errand:
        raise LogError(f"这一条不是{desk.ERRANDS[errand]}的记录", code="no_such_entry", status=404)
    if entry.report is None and entry.facts is None:  # a letter that waits for its check has facts
        raise LogError("这份文书已按销毁清册销毁，只留下记录和指纹", code="destroyed", status=410)
    return answers.opened(entry, how, scopes.who())


def tagged(body: dict) -> Response:
    """JSON with an ETag; nothing but 304 to a caller who has it already."""
    response = jsonify(body)
    response.add_etag()
    return response.make_conditional(request)


def given(values: dict) -> dict:
    """Without what was left open."""
    return {name: value for name, value in values.items() if value is not None and value is not missing}
