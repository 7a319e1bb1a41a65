"""ObjectionDocs: the service below a prefix of a Flask application that is there already, with its sign-in.

It stays an application of its own, which is asked for what lies below the prefix and for nothing else: routes, error
pages, content policy, limits and templates of the two never meet. What crosses over is who is signed in.
"""

import hmac
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, current_app, g, has_request_context, request
from werkzeug.middleware.proxy_fix import ProxyFix

from objection_docs import settings
from objection_docs.accounts.users import ROLES
from objection_docs.errors import UsageError
from objection_docs.labels import SCOPES
from objection_docs.service import auth, scopes, server
from objection_docs.service.app import create_app

NAME = "objection_docs"
_HOST = "objection_docs.host"
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")
_KEY = "bearer od_"  # how the keys of our own begin


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in to the host. `name` goes into the log. What the person may do: a `role` (legal, archivist,
    admin), or some of the `scopes` (generate, check, archive, destroy, admin). `id`: what stays when the name changes.
    """

    name: str
    role: str = ""
    scopes: Iterable[str] = ()
    id: str = ""

    def may(self) -> frozenset[str]:
        """ValueError for a role or a scope that isn't one."""
        if (self.role and self.role not in ROLES) or set(self.scopes) - set(SCOPES):
            raise ValueError(f"role is one of {', '.join(ROLES)}; scopes are of {', '.join(SCOPES)}")
        return frozenset(ROLES[self.role][1] if self.role else ()) | frozenset(self.scopes)


class ObjectionDocs:
    """`ObjectionDocs(app, url_prefix="/objections")`, or `init_app` later, once for each application.

    `identify` tells who is signed in, a Person or None; it runs in the host's request context, where `session` and
    `current_user` are the host's, but after none of its `before_request` functions. Without it people sign in here.
    `sign_in`: the host's page to sign in, an endpoint or an address; it gets the address to come back to as `next`.
    `home`: the folder of the log, else $OBJECTION_DOCS_HOME.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        url_prefix: str = "/objections",
        identify: Callable[[], Person | None] | None = None,
        sign_in: str = "",
        home: Path | None = None,
    ):
        self.prefix = "/" + url_prefix.strip("/")
        if not _PREFIX.fullmatch(self.prefix):
            said = f"url_prefix 不能是“{url_prefix}”：应为英文字母和数字的路径，不是根路径，例如 /objections"
            raise UsageError(said, code="bad_prefix")
        self.identify, self.sign_in, self.home = identify, sign_in, home
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """UsageError where a route of the host lies below the prefix, or ProxyFix is already around the host."""
        self._require_free(app)
        config = server.configured(settings.read(self.home).service, self.home)
        # who stands before us stands before the host, which looks at names and forwarded addresses
        config |= {"TRUSTED_HOSTS": app.config.get("TRUSTED_HOSTS"), "PROXIES": 0, "TESTING": app.testing}
        if app.testing:
            config["FENCE"] = None
        if self.identify:
            config |= {"IDENTIFY": self._caller, "HOST_SIGN_IN": self._sign_in_address, "HOST_HOME": _host_home}
        inner = create_app(config)
        app.extensions.setdefault(NAME, {})[self.prefix] = inner
        app.wsgi_app = _Below(app, app.wsgi_app, self.prefix, inner)

    def _require_free(self, app: Flask) -> None:
        mounted = app.extensions.get(NAME, {})
        taken = [other for other in mounted if _below(self.prefix, other) or _below(other, self.prefix)]
        taken += [rule.rule for rule in app.url_map.iter_rules() if _below(rule.rule, self.prefix)]
        if taken:
            said = f"前缀 {self.prefix} 已被应用的地址 {taken[0]} 占用，请换一个 url_prefix"
            raise UsageError(said, code="prefix_taken")
        layer = app.wsgi_app
        while layer is not None:
            if isinstance(layer, ProxyFix):  # what it finds out would not reach what lies before it
                raise UsageError("请先挂载 ObjectionDocs，再给 app.wsgi_app 套上 ProxyFix", code="proxy_fix_first")
            layer = getattr(layer, "app", None)

    def url_for(self, endpoint: str = "pages.check", **values: object) -> str:
        """The address of a page of ours, for a link in the host: `url_for("pages.entry", id=…)`."""
        root = request.script_root if has_request_context() else ""
        inner = current_app.extensions[NAME][self.prefix]
        return inner.url_map.bind("", script_name=root + self.prefix).build(endpoint, values)

    def _caller(self) -> scopes.Caller | None:
        """Who sends the request that is at work in our application: a program with a key of ours, or the host's."""
        given = request.headers.get("Authorization", "")
        if given.lower().startswith(_KEY):
            return auth.program(given)
        host, environ = request.environ[_HOST]
        with host.request_context(environ):
            person = self.identify()
            cookies = _session_cookies(host)
        g.host_cookies = cookies
        if person is None:
            return None
        if not isinstance(person, Person):
            raise TypeError(f"identify gave {type(person).__name__}, not objection_docs.service.Person or None")
        id = f"host:{person.id or person.name}"
        # no browser sends a bearer token of its own accord: such a request needs no proof that it comes from our page
        csrf = "" if given.lower().startswith("bearer ") else _token(host, id)
        return scopes.Caller(person.name, person.may(), id, csrf)

    def _sign_in_address(self, here: str) -> str:
        host, environ = request.environ[_HOST]
        if not self.sign_in:
            return ""
        if "/" in self.sign_in:
            return f"{self.sign_in}{'&' if '?' in self.sign_in else '?'}{urlencode({'next': here})}"
        with host.request_context(environ):
            return host.url_for(self.sign_in, next=here)


def _host_home() -> str:
    _, environ = request.environ[_HOST]
    return environ.get("SCRIPT_NAME", "") + "/"


def _below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")


def _session_cookies(host: Flask) -> list[str]:
    """What the host would set after this request, so that a session lasts while somebody works in our pages."""
    from flask.globals import request_ctx

    response = host.response_class()
    if not host.session_interface.is_null_session(request_ctx.session):
        host.session_interface.save_session(host, request_ctx.session, response)
    return response.headers.getlist("Set-Cookie")


def _token(host: Flask, id: str) -> str:
    """What forms of ours carry for this person; nobody without the host's key can make it."""
    key = host.secret_key
    if not key:
        raise UsageError("应用没有设置 SECRET_KEY，不能防止伪造的表单；请先设置", code="no_secret_key", status=500)
    secret = key.encode() if isinstance(key, str) else key
    return hmac.new(secret, f"{NAME} csrf {id}".encode("utf-8", "replace"), sha256).hexdigest()


class _Below:
    """The host as before, but for what lies below the prefix."""

    def __init__(self, host: Flask, app: Callable, prefix: str, inner: Flask):
        self.host, self.app, self.prefix, self.inner = host, app, prefix, inner
        self._ready_in = 0  # the process whose readers were started
        inner.after_request(_hand_on_cookies)

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not _below(path, self.prefix):
            return self.app(environ, start_response)
        self._start_readers()
        # the host looks at cookies and headers; the body is ours
        seen = environ | {"wsgi.input": BytesIO(), "CONTENT_LENGTH": "0", "HTTP_TRANSFER_ENCODING": ""}
        below = environ | {
            "SCRIPT_NAME": environ.get("SCRIPT_NAME", "") + self.prefix,
            "PATH_INFO": path[len(self.prefix) :] or "/",
            _HOST: (self.host, seen),
        }
        return self.inner(below, start_response)

    def _start_readers(self) -> None:
        """With the first page, so that the first letter doesn't wait for them; servers fork after mounting."""
        fence = self.inner.config["FENCE"]
        if fence and self._ready_in != os.getpid():
            self._ready_in = os.getpid()
            fence.start()


def _hand_on_cookies(response):
    for cookie in g.pop("host_cookies", ()):
        response.headers.add("Set-Cookie", cookie)
    return response
