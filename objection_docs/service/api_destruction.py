"""/api/v1/destruction: what has passed its term, and the lists under which it is destroyed, to be read.

Nothing is proposed, approved or carried out here: persons are counted, and they sign in to the pages.
"""

from flask import Response, jsonify

from objection_docs import destruction_desk
from objection_docs.archive_words import LATER, told
from objection_docs.service import scopes
from objection_docs.service.api_base import PREFIX, blueprint, given, home, now, problems, tagged
from objection_docs.service.api_keeping_answers import DestructionList, DestructionLists, DueLetters
from objection_docs.service.api_requests import DestructionQuery, DueLettersQuery

_TAGS = ["销毁"]


@blueprint.route(f"{PREFIX}/destruction/due", tags=_TAGS)
@blueprint.arguments(DueLettersQuery, location="query")
@blueprint.response(200, DueLetters, description="保管期限已满的文书，先记入的在前")
@problems(400)
@scopes.needs("archive")
def due_letters(asked: dict) -> Response:
    """保管期限已满的文书，冻结的也在内"""
    asked = given(asked)
    found = destruction_desk.due(now=now(), on=asked.get("on"), home=home())
    begin = asked.get("cursor", 0)
    page = found[begin : begin + asked["limit"]]
    reached = begin + len(page)
    following = str(reached) if reached < len(found) else None
    letters = [destruction_desk.due_dict(letter) for letter in page]
    return jsonify(total=len(found), letters=letters, next_cursor=following)


@blueprint.route(f"{PREFIX}/destruction/lists", tags=_TAGS)
@blueprint.arguments(DestructionQuery, location="query")
@blueprint.response(200, DestructionLists, description="销毁清册，新的在前")
@problems(400)
@scopes.needs("archive")
def destruction_lists(asked: dict) -> Response:
    """列出销毁清册"""
    state = given(asked).get("state")
    found = [each for each in destruction_desk.lists(home=home())[::-1] if state in (None, each.state)]
    return jsonify(total=len(found), lists=[destruction_desk.list_dict(each) for each in found])


@blueprint.route(f"{PREFIX}/destruction/lists/<id>", tags=_TAGS)
@blueprint.response(200, DestructionList, description="销毁清册、其中的文书和经过")
@problems(404)
@scopes.needs("archive")
def destruction_list(id: str) -> Response:
    """一份销毁清册"""
    found = destruction_desk.one_list(id, home=home())
    steps = [
        {name: getattr(entry, name) for name in ("id", "at", "who", "errand")}
        | {"label": LATER[entry.errand], "said": told(entry)}
        for entry in destruction_desk.history(found, home=home())
    ]
    return tagged(destruction_desk.whole_dict(found) | {"history": steps})
