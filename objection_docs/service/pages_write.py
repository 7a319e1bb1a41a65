"""生成: a form of the kind's facts, its preview, and the letter."""

from datetime import datetime
from functools import lru_cache, partial

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request, url_for

from objection_docs import accounts_desk, desk
from objection_docs.answering_desk import Prepared
from objection_docs.archive import Entry
from objection_docs.errors import ConversionError, FactFault, FactsError, LogError, PaperError, UsageError
from objection_docs.facts.carried import carried
from objection_docs.generation import pdf
from objection_docs.reports import pictures
from objection_docs.service import answering, answers, form_faults, forms, scopes, sent_forms
from objection_docs.service.pages import next_letters

blueprint = Blueprint("write", __name__)
_EARLIER_LETTERS = 20


def _home():
    return current_app.config["HOME"]


def _now() -> datetime:
    return current_app.config["CLOCK"]()


def _owner() -> str:
    me = scopes.caller()
    return me.id or me.name


def _kind(id: str):
    found = desk.kinds().get(id)
    if found is None:
        raise UsageError("没有这种文书", code="unknown_kind", status=404)
    return found


@blueprint.get("/write")
@scopes.needs("generate")
def choose():
    case = request.args.get("case", "").strip()
    return render_template(
        "write.html",
        kinds=desk.kinds().values(),
        procedures=_procedures_by_kind(),
        drafts=accounts_desk.drafts(_owner(), home=_home()),
        labels={kind.id: kind.label for kind in desk.kinds().values()},
        case=case,
        earlier=_letters_of(case, "generate"),
        received=[(letter, following) for letter in _letters_of(case, "check") if (following := _following(letter))],
    )


def _following(letter: Entry) -> list[tuple[str, str]]:
    return next_letters(letter.errand, letter.kind, letter.verdict)


def _procedures_by_kind() -> dict[str, list]:
    known = desk.procedures().values()
    return {id: [p for p in known if id in p.demands] for id in desk.kinds()}


def _letters_of(case: str, errand: str) -> list[Entry]:
    """The letters of a case, generated or checked, from which a next one may start."""
    if not case:
        return []
    return list(desk.search(case=case, errand=errand, limit=_EARLIER_LETTERS, home=_home()).entries)


@blueprint.get("/write/<kind>")
@scopes.needs("generate")
def form(kind: str):
    found, procedure = _kind(kind), request.args.get("procedure", "")
    case, raw = request.args.get("case", "").strip(), {}
    desk.require_known(kind, None, case or None)
    if id := request.args.get("draft"):
        saved = accounts_desk.draft(_owner(), id, home=_home())
        received, lost = _still_there(saved.answers)
        return _form(found, saved.facts, saved.procedure, saved.case, saved.id, received=received, lost=lost)
    if id := request.args.get("answers"):
        received = _received(id)
        prepared = answering.prepared(kind, received.id, procedure=procedure or None)
        return _form(found, prepared.facts, prepared.procedure, received.case_id, "", received=received, known=prepared)
    if id := request.args.get("start"):
        letter = desk.show(id, home=_home())
        if letter.errand != "generate" or not isinstance(letter.facts, dict):
            raise LogError("只有生成的文书才有可以沿用的事实", code="no_facts", status=404)
        raw = carried(_kind(letter.kind), letter.facts, found, letter.title, letter.number)
        procedure = procedure or (letter.procedure if found.id == letter.kind else "")
        case = case or letter.case_id
    elif request.args.get("sample"):
        raw = desk.sample(kind, procedure or None)
    return _form(found, raw, procedure, case, "")


def _received(id: str) -> Entry:
    """The letter that the new one answers; its words stand beside the form."""
    return answers.opened(answering.received(id), "shown", scopes.who())


def _still_there(id: str) -> tuple[Entry | None, str]:
    """As `_received`, of a form that is being filled in, which goes on without its letter too: why it has to."""
    try:
        return (_received(id), "") if id else (None, "")
    except LogError as error:
        if error.status >= 500:
            raise
        return None, f"所答复的来文不在了：{error.message}。填写的内容都在，可以照旧写完。"


def _form(
    found,
    raw: dict,
    procedure: str,
    case: str,
    draft: str,
    error: FactsError | None = None,
    *,
    received: Entry | None = None,
    lost: str = "",
    known: Prepared | None = None,
) -> str:
    """The page. `received`: the letter answered; `lost`: why it isn't there any more; `known`: what was taken from it,
    when the form is opened."""
    desk.require_known(found.id, procedure or None)
    faults = form_faults.spread(found.facts, error.faults) if error else []
    every = forms.fields(found.facts, raw, procedure or None, faults)
    return render_template(
        "form.html",
        kind=found,
        procedure=procedure,
        procedures=_procedures_by_kind()[found.id],
        case=case,
        draft=draft,
        sections=forms.sections(every),
        faults=[form_faults.told(found.facts, fault) for fault in faults],
        pictured=pdf.available(),
        received=received,
        lost=lost,
        origins={forms.name_of([name]): said for name, said in known.origins.items()} if known else {},
        wanting=form_faults.gaps(found.facts, known.wanting) if known else [],
        reckoned=forms.reckoned(found.id, raw, procedure, _now()),
    )


def _sent(found) -> dict:
    return forms.raw_of(found.facts, request.form)


@blueprint.post("/write/<kind>")
@scopes.needs("generate")
def write(kind: str):
    found, raw = _kind(kind), _sent(_kind(kind))
    procedure, case = request.form.get("procedure", ""), request.form.get("case", "").strip()
    draft, do = request.form.get("draft", ""), request.form.get("do", "")
    received, lost = _still_there(request.form.get("answers", ""))
    again = partial(_form, found, procedure=procedure, case=case, draft=draft, received=received, lost=lost)
    if do.startswith("add:"):
        raw = _one_more(found.facts, raw, do.removeprefix("add:"))
    if do not in ("final", "draft", "save"):  # one more item; or another procedure was chosen
        return again(raw)
    if lost:
        return again(raw), sent_forms.STATUS
    wanted = {"procedure": procedure or None, "case": case or None, "draft": do == "draft"}
    try:
        if do == "save":
            return _saved(kind, procedure, case, raw, draft, received)
        letter = answering.write(kind, received.id, raw, **wanted) if received else answers.write(kind, raw, **wanted)
    except FactsError as error:
        return again(raw, error=error), sent_forms.STATUS
    except UsageError as error:  # a plugin that refuses the letter, say: what was filled in stays
        sent_forms.refuse(error)
        return again(raw), sent_forms.STATUS
    if draft and do == "final":
        accounts_desk.delete_draft(_owner(), draft, home=_home())
    return redirect(url_for("pages.entry", id=letter.id), 303)


def _saved(kind: str, procedure: str, case: str, raw: dict, draft: str, received: Entry | None):
    about = {"now": _now(), "answers": received.id if received else "", "id": draft, "home": _home()}
    saved = accounts_desk.save_draft(_owner(), kind, procedure, case, raw, **about)
    return redirect(url_for("write.form", kind=kind, draft=saved, saved=1), 303)


def _one_more(facts, raw: dict, name: str) -> dict:
    """Room for another item; for a browser without script."""
    if any(fact.name == name and fact.type == "list" for fact in facts):
        return raw | {name: [*raw.get(name, []), {}]}
    return raw


@blueprint.post("/write/<kind>/preview")
@scopes.needs("generate")
def preview(kind: str):
    """The letter's text as a draft; what cannot be read is named by its field, and is wanting in the draft."""
    found = _kind(kind)
    raw, procedure = _sent(found), request.form.get("procedure") or None
    about = {"now": _now(), "procedure": procedure, "draft": True, "log": False}
    faults: list[FactFault] = []
    try:
        letter = desk.generate(kind, raw, **about)
    except FactsError as error:
        faults = error.faults
        raw = form_faults.without(raw, faults)
        letter = desk.generate(kind, raw, **about)
    told = [form_faults.told(found.facts, fault) for fault in faults]
    return jsonify(
        text=letter.text,
        faults=[{"field": field, "label": label, "told": message} for field, label, message in told],
        missing=list(letter.missing),
        reckoned=forms.reckoned(kind, raw, procedure or "", _now()),
    )


@blueprint.post("/write/<kind>/picture")
@scopes.needs("generate")
def picture(kind: str):
    """A page of the draft as it will be printed."""
    found = _kind(kind)
    number = request.form.get("page", "1")
    if not (number.isascii() and number.isdigit() and 1 <= int(number[:4]) <= pictures.MOST_PAGES):
        raise UsageError("没有这一页", code="no_page", status=404)
    about = {"now": _now(), "procedure": request.form.get("procedure") or None}
    try:
        letter = desk.generate(kind, _sent(found), draft=True, log=False, **about)
        printed = _printed(letter.docx)
        response = Response(answers.fenced(pictures.page, printed, int(number)), mimetype="image/png")
    except (FactsError, ConversionError, PaperError) as error:
        return jsonify(error=error.message), error.status
    response.headers["X-Pages"] = str(len(answers.fenced(pictures.sizes, printed)))
    return response


@lru_cache(maxsize=4)  # the next page of the same draft is not converted again
def _printed(docx: bytes) -> bytes:
    return desk.to_pdf(docx)


@blueprint.post("/write/drafts/<id>/delete")
@scopes.needs("generate")
def delete_draft(id: str):
    accounts_desk.delete_draft(_owner(), id, home=_home())
    return redirect(url_for("write.choose"), 303)
