"""Idempotency-Key: a POST that is sent again gets the first answer again, and nothing is done twice."""

import hashlib
import re
from typing import IO

from flask import Flask, Response, current_app, g, request

from objection_docs.errors import ObjectionDocsError
from objection_docs.jobs import keys
from objection_docs.service import scopes
from objection_docs.service.security import JSON_BYTES

_KEY = re.compile(r"[\x21-\x7e]{1,200}\Z")
_KEPT = ("Content-Type", "Location", "ETag")
#: Answers that say "not now": the next try may be answered otherwise.
_PASSING = {401, 403, 408, 409, 429}


def guard(app: Flask) -> None:
    @app.before_request
    def before() -> Response | None:
        given = request.headers.get("Idempotency-Key")
        if given is None or request.method != "POST" or not request.path.startswith("/api/") or not request.endpoint:
            return None
        if not _KEY.match(given):
            message = "Idempotency-Key 应是 1 到 200 个可见的英文字符"
            raise ObjectionDocsError(message, code="invalid_idempotency_key")
        caller = scopes.caller()
        key = f"{(caller.id or caller.name) if caller else ''} {given}"
        config = current_app.config
        found = keys.first(config["HOME"], key, _fingerprint(), config["CLOCK"]())
        if found is None:
            g.first_answer_to = key
            return None
        response = Response(found.body, found.status, found.headers)
        response.headers["Idempotency-Replayed"] = "true"
        return response

    @app.after_request
    def after(response: Response) -> Response:
        if key := g.pop("first_answer_to", None):
            if response.status_code < 500 and response.status_code not in _PASSING:
                headers = {name: response.headers[name] for name in _KEPT if name in response.headers}
                keys.keep(app.config["HOME"], key, keys.Answer(response.status_code, headers, response.get_data()))
            else:
                keys.drop(app.config["HOME"], key)
        return response

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        if key := g.pop("first_answer_to", None):
            keys.drop(app.config["HOME"], key)


def _fingerprint() -> str:
    """Of all that the answer hangs on. The parts of a form one by one: the line between them is another each time."""
    digest = hashlib.sha256()

    def add(*values: str | bytes) -> None:
        for value in values:
            data = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
            digest.update(len(data).to_bytes(8, "big") + data)

    add(request.method, request.full_path, request.mimetype, request.headers.get("Prefer", ""))
    if request.mimetype == "multipart/form-data":
        for name, value in request.form.items(multi=True):
            add(name, value)
        for name, upload in request.files.items(multi=True):
            add(name, upload.filename or "", _digest(upload.stream))
            upload.stream.seek(0)
    else:
        request.max_content_length = JSON_BYTES
        add(request.get_data())
    return digest.hexdigest()


def _digest(stream: IO[bytes]) -> bytes:
    digest = hashlib.sha256()
    while piece := stream.read(1_000_000):
        digest.update(piece)
    return digest.digest()
