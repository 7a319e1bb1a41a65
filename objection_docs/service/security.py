"""What every request must pass and every answer carries: no other site may act through us or show us inside itself.

The check of tokens in forms is our own: ten lines over sessions that lie with us, where Flask-WTF would bring WTForms
and a secret key for signed cookies that nothing else here needs.
"""

import hmac
import re
from urllib.parse import urlsplit
from uuid import uuid4

from flask import Flask, Response, g, request

from objection_docs.errors import AccessError, ObjectionDocsError

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # not no-referrer: with it, browsers send `Origin: null` from our own forms
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
#: Room for the other fields of a form, and for the lines between its parts.
_FORM_SLACK = 100_000
JSON_BYTES = 2_000_000
_API_FILES = 2  # a reply and the notice that it answers


def guard(app: Flask) -> None:
    @app.before_request
    def before() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _REQUEST_ID.match(given) else uuid4().hex
        files = _API_FILES if request.path.startswith("/api/") else app.config["MAX_FILES"]
        request.max_content_length = files * app.config["MAX_UPLOAD"] + _FORM_SLACK
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            _same_origin()

    @app.after_request
    def after(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        response.headers["X-Request-Id"] = g.get("request_id", "")
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"  # letters hold personal data
        return response


def require_token(wanted: str) -> None:
    """The form, or the header of a script of ours, must carry the token of the session that it goes by."""
    given = request.headers.get("X-CSRF-Token") or request.form.get("csrf", "")
    if not wanted or not hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode("utf-8", "replace")):
        message = "这一页放得太久了，没有执行；请返回上一页，刷新后再试"
        raise AccessError(message, code="stale_form")


def _same_origin() -> None:
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    foreign = site not in (None, "same-origin", "none") or (
        site is None and origin is not None and urlsplit(origin).netloc != request.host
    )
    if foreign:
        raise ObjectionDocsError("这个请求来自别的网站，已拒绝", code="cross_site", status=403)
