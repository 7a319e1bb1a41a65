"""Figures for Prometheus: requests and how long they took, letters written and checked, jobs that wait.

Under several workers each process keeps its own figures in PROMETHEUS_MULTIPROC_DIR, and whoever is asked adds them up.
"""

import os
import time

from flask import Flask, Response, current_app, g, request

from objection_docs.errors import ObjectionDocsError
from objection_docs.jobs import Queue
from objection_docs.service import figures, scopes
from objection_docs.service.api_base import blueprint


def record(app: Flask) -> None:
    figures.figures()  # made before the first requests come: two at once would make them twice, and one would fail

    @app.before_request
    def before() -> None:
        g.counted_from = time.perf_counter()

    @app.after_request
    def after(response: Response) -> Response:
        path = request.url_rule.rule if request.url_rule else "-"
        figures.figures().requests.labels(request.method, path, response.status_code).inc()
        if "counted_from" in g:
            figures.figures().seconds.labels(path).observe(time.perf_counter() - g.counted_from)
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
