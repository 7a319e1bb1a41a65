"""档案: search; what an entry's page offers of its file, its proof and its corrections."""

import json
import re

from flask import Blueprint, current_app, redirect, render_template, request, url_for

from objection_docs import archive_desk, bagging, desk
from objection_docs.archive import Hits
from objection_docs.archive_words import CORRECTED
from objection_docs.errors import LogError, UsageError
from objection_docs.service import answers, pages, scopes, sent_forms

blueprint = Blueprint("log", __name__)
#: Filters that are folded away until one of them is used.
_MORE = {"procedure", "missing", "vague", "fault", "retention", "who", "element", "least", "most", "order"}
#: The second choice for an element; an address holds both in one, evidence:vague.
_STATUS = "element_status"


def _home():
    return current_app.config["HOME"]


def _about() -> dict:
    return {"now": current_app.config["CLOCK"](), "home": _home()}


@blueprint.get("/log")
@scopes.needs("archive")
def log():
    """Of a filter that cannot be read the form comes back, as a form that was sent."""
    shown = _shown()
    kept = {name: value for name, value in _joined(shown).items() if name in desk.search_names() and value}
    try:
        _require_both(shown)
        hits = desk.search(**answers.log_query(kept))
    except UsageError as error:
        if not sent_forms.refused():  # by a form beside it, whose fault is told then
            sent_forms.refuse(error)
        return _page(None, shown, kept, ""), sent_forms.STATUS
    kept.pop("cursor", None)
    following = url_for("log.log", **kept, cursor=hits.next_cursor) if hits.next_cursor else ""
    return _page(hits, shown, kept, following)


def _shown() -> dict[str, str]:
    """What was asked, as the form shows it: an element and its status each in its own choice."""
    asked = {name: value.strip() for name, value in request.values.items()}
    element, _, status = asked.get("element", "").replace("：", ":").partition(":")
    by_label = {label: id for id, label in desk.ELEMENT_STATUSES.items()}
    status = asked.get(_STATUS, "") or by_label.get(status, status)
    return asked | {"element": element, _STATUS: status}


def _joined(shown: dict[str, str]) -> dict[str, str]:
    return shown | {"element": f"{shown['element']}:{shown[_STATUS]}" if shown["element"] else ""}


def _require_both(shown: dict[str, str]) -> None:
    if shown["element"] and not shown[_STATUS]:
        raise UsageError("请也选择这一要素的状态", code="invalid_element", field=_STATUS)
    if shown[_STATUS] and not shown["element"]:
        raise UsageError("请也选择要素", code="invalid_element", field="element")


def _page(hits: Hits | None, asked: dict[str, str], kept: dict[str, str], following: str) -> str:
    """`hits`: None where a filter is at fault."""
    words = _wanted(kept)
    return render_template(
        "log.html",
        hits=hits,
        asked=asked,
        kept=kept,
        narrowed=bool(kept),
        narrower=bool(kept.keys() & _MORE) or bool(asked[_STATUS]),
        following=following,
        choices=_choices(),
        marked=lambda text: _marked(text, words),
    )


def _choices() -> dict[str, list[tuple[str, str]]]:
    """What a filter may be, by its name: value and label."""
    labels = bagging.Labels.shipped().of_statistics()
    elements = {id: label for (_, id), label in labels["element"].items()}
    classes = [(name, name) for name in archive_desk.retention_classes()]
    named = {name: list(labels[name].items()) for name in ("kind", "procedure", "fault")}
    statuses = list(desk.ELEMENT_STATUSES.items())
    return named | {"element": list(elements.items()), _STATUS: statuses, "retention": classes}


def _wanted(kept: dict[str, str]) -> list[str]:
    """The words whose places are shown, the longest first."""
    words, _ = archive_desk.words_of(kept.get("q", ""))
    party = kept.get("party", "").strip()
    return sorted({*words, *([party] if party else [])}, key=len, reverse=True)


def _marked(text: str, words: list[str]) -> list[tuple[str, bool]]:
    """The text in pieces, and whether each was searched for. A word that the text writes otherwise stays unmarked."""
    if not words:
        return [(text, False)]
    pieces = re.split("(" + "|".join(map(re.escape, words)) + ")", text, flags=re.IGNORECASE)
    return [(piece, at % 2 == 1) for at, piece in enumerate(pieces) if piece]


@blueprint.get("/log/<id>/annotated")
@scopes.needs("check", "archive")
def annotated(id: str):
    return answers.annotated(answers.opened(desk.show(id, home=_home()), "file", scopes.who()))


@blueprint.get("/log/<id>/file")
@scopes.needs("check", "generate", "archive")
def file(id: str):
    found = answers.opened(desk.show(id, home=_home()), "file", scopes.who())
    return answers.download(*desk.file(found.id, home=_home()), found.media_type, found.sha256)


@blueprint.get("/log/<id>/pdf")
@scopes.needs("generate", "archive")
def pdf(id: str):
    found = answers.opened(desk.show(id, home=_home()), "file", scopes.who())
    return answers.download(*desk.pdf_of(found.id, home=_home()), desk.PDF)


@blueprint.get("/log/<id>/receipt")
@scopes.needs("archive")
def receipt(id: str):
    made = archive_desk.receipt(id, **_about())
    data = json.dumps(made, ensure_ascii=False, indent=2).encode() + b"\n"
    return answers.download(f"凭据 {made['id']}.json", data, "application/json")


@blueprint.post("/log/<id>/verify")
@scopes.needs("archive")
def verify(id: str):
    """The proof of one entry: what a receipt made now finds in the chain."""
    made = archive_desk.receipt(id, **_about())
    found = archive_desk.verify_receipt(json.dumps(made, ensure_ascii=False).encode(), home=_home())
    return render_template("verified.html", id=id, found=found, receipt=made)


@blueprint.post("/log/<id>/correct")
@sent_forms.comes_back(pages.entry)
@scopes.needs("archive")
def correct(id: str):
    letter = desk.show(id, home=_home())
    reads = {name: getattr(letter, "case_id" if name == "case" else name) for name in CORRECTED}
    given = {name: request.form[name].strip() for name in CORRECTED if name in request.form}
    changes = {name: value for name, value in given.items() if value != reads[name]}
    if not changes:
        raise LogError("没有可更正的：各项与现在一样", code="nothing_to_correct", status=400)
    reason = request.form.get("reason", "").strip()
    archive_desk.correct(letter.id, changes, who=scopes.who(), reason=reason, **_about())
    return redirect(url_for("pages.entry", id=letter.id, _anchor="record-title"), 303)
