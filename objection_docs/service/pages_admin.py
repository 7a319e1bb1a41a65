"""管理: users, keys, and what was audited."""

from collections.abc import Iterable

from flask import Blueprint, current_app, redirect, render_template, request, url_for

from objection_docs import accounts_desk
from objection_docs.accounts.keys import GIVEN
from objection_docs.accounts.users import ROLES
from objection_docs.errors import AccessError, UsageError
from objection_docs.service import scopes, sent_forms

blueprint = Blueprint("admin", __name__)
_PAGE = 100


def _home():
    return current_app.config["HOME"]


def _about() -> dict:
    return {"now": current_app.config["CLOCK"](), "who": scopes.who(), "home": _home()}


def _page(**news):
    """`news`: link and whom it is for, secret of a new key."""
    now = current_app.config["CLOCK"]()
    return render_template(
        "admin.html",
        users=accounts_desk.users(home=_home()),
        keys=[(key, key.state(now)) for key in accounts_desk.keys(home=_home())],
        given=GIVEN,
        roles=[(id, label) for id, (label, _) in ROLES.items()],
        roles_told=[(id, f"{label}（{_told(own)}）") for id, (label, own) in ROLES.items()],
        **news,
    )


def _told(own: Iterable[str]) -> str:
    return "、".join(scopes.SCOPES[scope] for scope in own)


@blueprint.get("/admin")
@scopes.needs("admin")
def admin():
    return _page()


def _again(**_address: str):
    return _page()


@blueprint.get("/admin/audit")
@scopes.needs("admin")
def audit():
    before = request.args.get("before", "")
    if before and not (before.isascii() and before.isdigit() and len(before) < 19):
        raise UsageError("翻页标记不对，请从第一页重新看", code="invalid_cursor")
    found = accounts_desk.audited(before=int(before) if before else None, limit=_PAGE, home=_home())
    following = url_for("admin.audit", before=found[-1].seq) if len(found) == _PAGE else ""
    return render_template("audit.html", entries=found, following=following)


@blueprint.post("/admin/users")
@sent_forms.comes_back(_again)
@scopes.needs("admin")
def add_user():
    """Nobody but the user ever knows the password: a link goes to the user, who sets one."""
    _require_own_users()
    user = accounts_desk.add_user(request.form.get("name", ""), request.form.get("role", ""), **_about())
    return _linked(user.name)


def _require_own_users() -> None:
    if not scopes.signs_in(current_app):
        raise AccessError("这里的用户由所在的系统管理", code="no_own_users", status=404)


def _linked(name: str):
    token = accounts_desk.link_for(name, **_about())
    return _page(link=url_for("auth.link", token=token, _external=True), link_for=name)


@blueprint.post("/admin/users/<name>")
@sent_forms.comes_back(_again)
@scopes.needs("admin")
def change_user(name: str):
    _require_own_users()
    do = request.form.get("do")
    if do == "link":
        return _linked(name)
    if do == "sign_out":
        accounts_desk.sign_out_everywhere(name, **_about())
    elif do in ("disable", "enable"):
        accounts_desk.change_user(name, disabled=do == "disable", **_about())
    elif do == "role":
        accounts_desk.change_user(name, role=request.form.get("role", ""), **_about())
    else:
        raise UsageError("没有这一步", code="unknown_action")
    return redirect(url_for("admin.admin"), 303)


@blueprint.post("/admin/keys")
@sent_forms.comes_back(_again)
@scopes.needs("admin")
def add_key():
    days = request.form.get("days", "")
    if not (days.isascii() and days.isdigit() and len(days) < 6):
        raise UsageError("有效期应为天数，例如 365", code="invalid_days", field="days")
    wanted = request.form.getlist("scope")
    key, secret = accounts_desk.add_key(request.form.get("label", ""), wanted, days=int(days), **_about())
    return _page(secret=secret, key=key)


@blueprint.post("/admin/keys/<prefix>")
@sent_forms.comes_back(_again)
@scopes.needs("admin")
def revoke_key(prefix: str):
    accounts_desk.revoke_key(prefix, **_about())
    return redirect(url_for("admin.admin"), 303)
