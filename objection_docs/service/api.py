"""/api/v1: JSON. The shapes are a promise to callers."""

from flask import Flask

from objection_docs.service import api_checks, api_docs, api_documents, api_log, health  # noqa: F401 - they add paths
from objection_docs.service.api_base import blueprint


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)
