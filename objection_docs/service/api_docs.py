"""/api/v1/openapi.json, and a page to read it and try it: Swagger UI from a package, nothing from the internet."""

from pathlib import Path

from flask import Response, abort, jsonify, render_template, request, send_from_directory

from objection_docs.service import scopes
from objection_docs.service.api_base import PREFIX, blueprint
from objection_docs.service.api_work_answers import AnyObject

_ASSETS = ("swagger-ui.css", "swagger-ui-bundle.js")
#: As strict as on our own pages: no word of script or style inside the page. The pictures of its buttons are data URLs.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


@blueprint.route(f"{PREFIX}/openapi.json", tags=["说明"])
@blueprint.response(200, AnyObject, description="OpenAPI 3 文档")
@scopes.needs("public")
def openapi() -> Response:
    """这份接口说明"""
    from objection_docs.service import api_spec

    servers = {"servers": [{"url": request.script_root}]} if request.script_root else {}  # below a host application
    return jsonify(api_spec.document() | servers)


@blueprint.get(f"{PREFIX}/docs")
@scopes.needs("public")
def docs() -> Response:
    """The page."""
    response = Response(render_template("api_docs.html"), mimetype="text/html")
    response.headers["Content-Security-Policy"] = _POLICY
    return response


@blueprint.get(f"{PREFIX}/docs/<name>")
@scopes.needs("public")
def docs_asset(name: str) -> Response:
    """A file of Swagger UI."""
    import flask_swagger_ui

    if name not in _ASSETS:
        abort(404)
    return send_from_directory(Path(flask_swagger_ui.__file__).parent / "dist", name)
