"""Who sends a request: the session of a browser or the key of a program; and the pages for signing in and out."""

import hmac
from hashlib import sha256
from secrets import token_urlsafe
from urllib.parse import unquote

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for

from objection_docs import accounts_desk
from objection_docs.errors import AccessError, UsageError
from objection_docs.service import scopes, security, sent_forms

blueprint = Blueprint("auth", __name__)
_SIGN_IN = "sign-in"


def identify() -> scopes.Caller | None:
    """A key that is given must hold; a session that ended is as none."""
    if given := request.headers.get("Authorization", ""):
        return program(given)
    now, home = current_app.config["CLOCK"](), _home()
    token = request.cookies.get(cookie_name("session"))
    user = accounts_desk.user_of_session(token, now=now, home=home) if token else None
    if user is None:
        return None
    csrf = hmac.new(token.encode("utf-8", "replace"), b"csrf", sha256).hexdigest()
    return scopes.Caller(user.name, user.scopes, f"user:{user.id}", csrf)


def program(given: str) -> scopes.Caller:
    """The program whose key an `Authorization` header carries."""
    scheme, _, secret = given.partition(" ")
    about = {"now": current_app.config["CLOCK"](), "home": _home()}
    key = accounts_desk.key_of_secret(secret.strip(), **about) if scheme.lower() == "bearer" else None
    if key is None:
        message = "密钥不对、已过期或已吊销；请求头应写成 Authorization: Bearer 密钥"
        raise AccessError(message, code="invalid_key", status=401)
    return scopes.Caller(f"接口：{key.label}", key.scopes, f"{scopes.PROGRAM}{key.id}")


def _home():
    return current_app.config["HOME"]


def _about() -> dict:
    """What every errand of accounts wants to know."""
    return {"now": current_app.config["CLOCK"](), "home": _home()}


def cookie_name(name: str) -> str:
    """Ours beside the cookies of a host application, whose own is mostly called `session`. Behind https with the
    prefix for which browsers take no cookie from another place; below a path of the host they allow the weaker one.
    """
    prefix = ("__Secure-" if request.script_root else "__Host-") if request.is_secure else ""
    return f"{prefix}objection_docs_{name}"


def _cookie_rules() -> dict:
    return {"httponly": True, "samesite": "Lax", "secure": request.is_secure, "path": request.script_root or "/"}


def set_cookie(response: Response, name: str, value: str) -> None:
    response.set_cookie(cookie_name(name), value, **_cookie_rules())


def drop_cookie(response: Response, name: str) -> None:
    response.delete_cookie(cookie_name(name), **_cookie_rules())


def begin(token: str, to: str) -> Response:
    """Into the pages with a new session; the one before, if any, ends."""
    if old := request.cookies.get(cookie_name("session")):
        accounts_desk.sign_out(old, home=_home())
    response = redirect(to, 303)
    set_cookie(response, "session", token)
    drop_cookie(response, _SIGN_IN)
    return response


def inside(address: str) -> str:
    """`address` if it leads to a page of ours, else the first page: a link must not lead a signed-in user away."""
    below = f"{request.script_root}/"
    plain = address.startswith(below) and address[len(below) :][:1] != "/" and not set(address) & set("\\\r\n\t")
    up = ".." in unquote(address.partition("?")[0]).split("/")
    return address if plain and not up else url_for("pages.check")


def _page(template: str, status: int = 200, **values) -> Response:
    """A page with a form for somebody who has no session yet: its token stands in the form and in a cookie."""
    token = request.cookies.get(cookie_name(_SIGN_IN)) or token_urlsafe(24)
    body = render_template(template, **values, form_token=token)
    response = current_app.make_response((body, status))
    set_cookie(response, _SIGN_IN, token)
    return response


def _require_form() -> None:
    security.require_token(request.cookies.get(cookie_name(_SIGN_IN), ""))


@blueprint.get("/signin")
@scopes.needs("public")
def sign_in():
    if scopes.caller():
        return redirect(inside(request.args.get("next", "")), 303)
    return _sign_in_page(to=inside(request.args.get("next", "")))


def _sign_in_page(status: int = 200, **values) -> Response:
    from objection_docs.service import auth_oidc

    return _page("signin.html", status, oidc=auth_oidc.label(), **values)


@blueprint.post("/signin")
@scopes.needs("public")
def sign_in_now():
    _require_form()
    name, to = request.form.get("name", ""), inside(request.form.get("next", ""))
    address = request.remote_addr or ""
    try:
        token = accounts_desk.sign_in(name, request.form.get("password", ""), address=address, **_about())
    except AccessError as error:
        sent_forms.refuse(error)
        return _sign_in_page(error.status, to=to)
    return begin(token, to)


@blueprint.post("/signout")
@scopes.needs(*scopes.ANY)
def sign_out():
    if token := request.cookies.get(cookie_name("session")):
        accounts_desk.sign_out(token, home=_home())
    response = redirect(url_for("auth.sign_in"), 303)
    drop_cookie(response, "session")
    return response


@blueprint.get("/welcome/<token>")
@scopes.needs("public")
def link(token: str):
    user = accounts_desk.linked(token, **_about())
    return _page("welcome.html", user=user)


@blueprint.post("/welcome/<token>")
@sent_forms.comes_back(link)
@scopes.needs("public")
def use_link(token: str):
    _require_form()
    accounts_desk.linked(token, **_about())
    name, password = request.form.get("name", ""), request.form.get("password", "")
    if password != request.form.get("again", ""):
        raise UsageError("两次输入的密码不一样", code="not_the_same", field="again")
    session = accounts_desk.use_link(token, name, password, address=request.remote_addr or "", **_about())
    return begin(session, url_for("pages.check"))


@blueprint.get("/me")
@scopes.needs(*scopes.ANY)
def me():
    return render_template("me.html")


@blueprint.post("/me/password")
@sent_forms.comes_back(me)
@scopes.needs(*scopes.ANY)
def change_password():
    old, new = request.form.get("old", ""), request.form.get("password", "")
    if new != request.form.get("again", ""):
        raise UsageError("两次输入的新密码不一样", code="not_the_same", field="again")
    about = _about() | {"address": request.remote_addr or ""}
    token = accounts_desk.change_own_password(scopes.who(), old, new, **about)
    return begin(token, url_for("auth.me"))


@blueprint.post("/me/signout")
@scopes.needs(*scopes.ANY)
def sign_out_everywhere():
    accounts_desk.sign_out_everywhere(scopes.who(), who=scopes.who(), **_about())
    g.caller = None
    response = redirect(url_for("auth.sign_in"), 303)
    drop_cookie(response, "session")
    return response
