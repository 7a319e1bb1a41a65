"""档案: what is held, what has passed its term, and the lists under which it is destroyed.

One signed-in person proposes a list, two others approve it, then it is carried out. Who that is stands in the session
and is never asked for.
"""

from flask import Blueprint, current_app, redirect, render_template, request, url_for

from objection_docs import destruction_desk, holds_desk
from objection_docs.archive.destruction import APPROVALS, UNDER_WAY
from objection_docs.archive.entries import day_of
from objection_docs.archive_words import STATES
from objection_docs.errors import AccessError, UsageError
from objection_docs.reports import sheets
from objection_docs.service import answers, scopes, sent_forms

blueprint = Blueprint("destruction", __name__)
#: So many rows stand on a page; the whole of a list is had as a table.
MOST_ROWS = 300
_COLUMNS = ("日志编号", "文书编号", "名称", "保管期限", "起算", "期满", "链上指纹")


def _home():
    return current_app.config["HOME"]


def _about() -> dict:
    """Persons are counted here, so a program's key counts for nobody."""
    if scopes.caller().program:
        raise AccessError("销毁只能由登录的人提出、审批和执行，密钥不能代替", code="person_needed")
    return {"now": current_app.config["CLOCK"](), "who": scopes.who(), "home": _home()}


def _to_list(id: str):
    return redirect(url_for("destruction.one_list", id=id), 303)


@blueprint.get("/keeping")
@scopes.needs("archive")
def keeping():
    due = destruction_desk.due(now=current_app.config["CLOCK"](), home=_home())
    lists = destruction_desk.lists(home=_home())
    listed = {item.id: each.id for each in lists if each.state in UNDER_WAY for item in each.items}
    return render_template(
        "keeping.html",
        holds=holds_desk.every(home=_home()),
        due=due,
        listed=listed,
        free=[each for each in due if not each.held and each.id not in listed],
        lists=lists[::-1],
        day_of=day_of,
        STATES=STATES,
        most=MOST_ROWS,
    )


@blueprint.post("/keeping/lists")
@sent_forms.comes_back(keeping)
@scopes.needs("destroy")
def propose():
    wanted = [] if request.form.get("do") == "all" else request.form.getlist("id")
    if not wanted and request.form.get("do") != "all":
        raise UsageError("请先勾选要列入清册的文书", code="nothing_chosen")
    made = destruction_desk.propose(wanted, reason=request.form.get("reason", "").strip(), **_about())
    return _to_list(made.id)


@blueprint.get("/keeping/lists/<id>")
@scopes.needs("archive")
def one_list(id: str):
    found = destruction_desk.one_list(id, home=_home())
    who = scopes.who()
    return render_template(
        "destruction.html",
        list=found,
        history_of=destruction_desk.history(found, home=_home()),
        wanting=APPROVALS - len(found.approved_by),
        own=who == found.proposed_by,
        approved=who in found.approved_by,
        state=STATES[found.state],
        most=MOST_ROWS,
    )


@blueprint.get("/keeping/lists/<id>.csv")
@scopes.needs("archive")
def table(id: str):
    found = destruction_desk.one_list(id, home=_home())
    rows = [(i.id, i.number, i.title, i.retention, i.started, i.ended, i.hash) for i in found.items]
    made = sheets.MARK + "".join(map(sheets.line, (_COLUMNS, *rows)))
    return answers.download(f"销毁清册 {found.id}.csv", made.encode(), "text/csv")


@blueprint.post("/keeping/lists/<id>/approve")
@sent_forms.comes_back(one_list)
@scopes.needs("destroy")
def approve(id: str):
    return _to_list(destruction_desk.approve(id, **_about()).id)


@blueprint.post("/keeping/lists/<id>/decline")
@sent_forms.comes_back(one_list)
@scopes.needs("destroy")
def decline(id: str):
    return _to_list(destruction_desk.decline(id, reason=request.form.get("reason", ""), **_about()).id)


@blueprint.post("/keeping/lists/<id>/execute")
@sent_forms.comes_back(one_list)
@scopes.needs("destroy")
def execute(id: str):
    if request.form.get("sure") != "yes":
        raise UsageError("没有执行：请先勾选“我知道销毁后不能恢复”", code="not_confirmed", field="sure")
    return _to_list(destruction_desk.carry_out(id, **_about()).id)
