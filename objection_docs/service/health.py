"""/healthz: that the service runs."""

from flask import Response, jsonify

from objection_docs.service import scopes
from objection_docs.service.api_base import blueprint
from objection_docs.service.api_schemas import Health


@blueprint.route("/healthz", tags=["运行"])
@blueprint.response(200, Health, description="服务在运行")
@scopes.needs("public")
def healthz() -> Response:
    """服务是否在运行"""
    return jsonify(status="ok")
