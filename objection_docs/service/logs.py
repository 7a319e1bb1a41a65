"""What the service writes of itself: a line for each request, without names, words of letters or the address asked."""

import logging
import time

from flask import Flask, Response, g, request

from objection_docs.log_lines import NAME, configuration
from objection_docs.service import scopes

__all__ = ["configuration", "record"]
_log = logging.getLogger(f"{NAME}.requests")


def record(app: Flask) -> None:
    @app.before_request
    def before() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def after(response: Response) -> Response:
        rule = request.url_rule.rule if request.url_rule else "-"  # the address itself carries names and words
        told = {"request_id": g.get("request_id", ""), "method": request.method, "path": rule}
        told |= {"status": response.status_code, "ms": round((time.perf_counter() - g.get("began", 0)) * 1000, 1)}
        if (caller := g.get("caller")) is not None and isinstance(caller, scopes.Caller):
            told["caller"] = caller.id
        _log.info("request", extra=told)
        return response
