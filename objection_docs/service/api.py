"""/api/v1: JSON. The shapes are a promise to callers."""

from flask import Flask

from objection_docs.service import (  # noqa: F401 - they add paths
    api_case_entries,
    api_cases,
    api_checks,
    api_destruction,
    api_docs,
    api_documents,
    api_jobs,
    api_keeping,
    api_log,
    api_next,
    api_webhooks,
    health,
    metrics,
)
from objection_docs.service.api_base import blueprint


def register(app: Flask) -> None:
    api_jobs.guard(app)
    app.register_blueprint(blueprint)
