"""Who may call which path: each path names its scopes, and one that names none is refused.

@blueprint.get("/log")
@scopes.needs("archive")
def log(): ...

`needs` stands innermost, right above the function. One of the scopes named is enough.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, current_app, g, redirect, request, url_for

from objection_docs import accounts_desk
from objection_docs.errors import AccessError, ObjectionDocsError
from objection_docs.labels import SCOPES
from objection_docs.service import security

PUBLIC = "public"
#: For what everybody with a sign-in or a key may see.
ANY = tuple(SCOPES)
#: What the id of a key begins with.
PROGRAM = "key:"
_DECLARED = "objection_docs.scopes"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request. `name` goes into the log as `who`. `csrf`: what a form must send back; "" for keys."""

    name: str
    scopes: frozenset[str]
    id: str = ""
    csrf: str = ""

    @property
    def program(self) -> bool:
        """Whether it is a key, and not a person who signed in."""
        return self.id.startswith(PROGRAM)

    def may(self, *scopes: str) -> bool:
        return not self.scopes.isdisjoint(scopes)


def needs(*scopes: str) -> Callable:
    """Name what a path needs: one of these scopes, or `public`."""
    _require_known(scopes)

    def mark(view: Callable) -> Callable:
        view.scopes = frozenset(scopes)
        return view

    return mark


def declare(app: Flask, endpoint: str, *scopes: str) -> None:
    """As `needs`, for a view that another package brought."""
    _require_known(scopes)
    app.extensions.setdefault(_DECLARED, {})[endpoint] = frozenset(scopes)


def needed(app: Flask, endpoint: str, method: str) -> frozenset[str]:
    """The scopes of a path; empty when it names none."""
    if (declared := app.extensions.get(_DECLARED, {}).get(endpoint)) is not None:
        return declared
    view = app.view_functions[endpoint]
    if view_class := getattr(view, "view_class", None):
        view = getattr(view_class, ("get" if method == "HEAD" else method).lower(), view_class)
        return getattr(view, "scopes", None) or getattr(view_class, "scopes", frozenset())
    return getattr(view, "scopes", frozenset())


def caller() -> Caller | None:
    """Who sends this request, as `IDENTIFY` of the settings tells; looked up once."""
    if "caller" not in g:
        g.caller = None  # where that fails, the page that says so does not ask again
        g.caller = current_app.config["IDENTIFY"]()
    return g.caller


def who() -> str:
    """What the log calls whoever sends this request."""
    return found.name if (found := caller()) else ""


def guard(app: Flask) -> None:
    """No path answers before its scope was looked at."""
    declare(app, "static", PUBLIC)

    @app.before_request
    def before() -> Response | None:
        if request.endpoint is None or request.method == "OPTIONS":  # no such path; a question about a path
            return None
        wanted = needed(app, request.endpoint, request.method)
        if not wanted:
            raise AccessError("这个地址没有写明谁可以使用，已拒绝；请告诉管理员", code="no_scope")
        if PUBLIC in wanted:
            return None
        found = caller()
        if found is None:
            return _sign_in_first()
        if not found.may(*wanted):
            config = current_app.config
            audited = {"now": config["CLOCK"](), "who": found.name, "home": config["HOME"]}
            accounts_desk.audit("forbidden", path=request.endpoint, **audited)
            listed = "、".join(f"“{label}”" for name, label in SCOPES.items() if name in wanted)
            raise AccessError(f"没有这一步所需的权限（{listed}），请找管理员开通")
        if found.csrf and request.method not in ("GET", "HEAD"):
            security.require_token(found.csrf)
        return None

    @app.context_processor
    def shown() -> dict:
        try:
            me = caller()
        except ObjectionDocsError:  # what is wrong is told by the page that needs a sign-in
            me = None
        host_home = "" if signs_in(app) else app.config["HOST_HOME"]()
        return {"me": me, "csrf": me.csrf if me else "", "own_sign_in": signs_in(app), "host_home": host_home}

    @app.after_request
    def after(response: Response) -> Response:
        if response.status_code == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        return response


def for_programs() -> bool:
    """Whether the path of this request answers programs, which are told of a fault as a problem and not by a page."""
    return request.path.startswith("/api/") or request.path in ("/api", "/healthz", "/metrics")


def _sign_in_first() -> Response:
    """A person is led to the page where one signs in, and comes back from there; a program is told."""
    asks_for_page = not for_programs() and request.method in ("GET", "HEAD")
    if asks_for_page and (address := _sign_in_address(request.script_root + request.full_path.rstrip("?"))):
        return redirect(address)
    message = "请先登录，或者在请求头里带上密钥（Authorization: Bearer 密钥）"
    raise AccessError(message, code="sign_in_needed", status=401)


def signs_in(app: Flask) -> bool:
    """Whether people sign in here; False in a host application that has a sign-in of its own."""
    return app.config["HOST_SIGN_IN"] is None


def _sign_in_address(here: str) -> str:
    """Of the page where one signs in, and comes back to `here`; "" where nobody knows one."""
    if not signs_in(current_app):
        return current_app.config["HOST_SIGN_IN"](here)
    return url_for("auth.sign_in", next=here if here != url_for("pages.check") else None)


def _require_known(scopes: tuple[str, ...]) -> None:
    if not scopes or set(scopes) - {PUBLIC, *SCOPES}:
        raise ValueError(f"scopes are {', '.join((PUBLIC, *SCOPES))}; not {scopes}")
