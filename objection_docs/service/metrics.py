"""Figures for Prometheus: requests and how long they took, letters written and checked, jobs that wait.

Under several workers each process keeps its own figures in PROMETHEUS_MULTIPROC_DIR, and whoever is asked adds them up.
"""

import os
import time
from functools import cache
from types import SimpleNamespace

from flask import Flask, Response, current_app, g, request

from objection_docs.errors import ObjectionDocsError
from objection_docs.jobs import Queue
from objection_docs.service import scopes
from objection_docs.service.api_base import blueprint

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


@cache
def figures() -> SimpleNamespace:
    """Made when first used: the folder of several workers must be named in the environment before."""
    from prometheus_client import Counter, Histogram

    labels = ["method", "path", "status"]
    return SimpleNamespace(
        requests=Counter("objection_docs_requests", "Requests answered", labels),
        seconds=Histogram("objection_docs_request_seconds", "Seconds a request took", ["path"], buckets=_BUCKETS),
        documents=Counter("objection_docs_documents", "Letters written", ["kind"]),
        checks=Counter("objection_docs_checks", "Letters checked", ["verdict"]),
    )


def record(app: Flask) -> None:
    @app.before_request
    def before() -> None:
        g.counted_from = time.perf_counter()

    @app.after_request
    def after(response: Response) -> Response:
        path = request.url_rule.rule if request.url_rule else "-"
        figures().requests.labels(request.method, path, response.status_code).inc()
        if "counted_from" in g:
            figures().seconds.labels(path).observe(time.perf_counter() - g.counted_from)
        return response


@blueprint.get("/metrics")
@scopes.needs("admin")
def metrics() -> Response:
    """For a Prometheus that carries a key with the scope admin."""
    from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Gauge, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    shown = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        shown = CollectorRegistry()
        MultiProcessCollector(shown)
    waiting = CollectorRegistry()
    jobs = Gauge("objection_docs_jobs", "Jobs by state", ["state"], registry=waiting)
    try:
        for state, count in Queue(current_app.config["HOME"]).counts().items():
            jobs.labels(state).set(count)
    except ObjectionDocsError:
        jobs.clear()
    return Response(generate_latest(shown) + generate_latest(waiting), content_type=CONTENT_TYPE_LATEST)
