"""The figures that this process keeps of its work."""

from functools import cache
from types import SimpleNamespace

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


@cache
def figures() -> SimpleNamespace:
    """Made with the first application of the process: the folder of several workers must be named in the environment
    before."""
    from prometheus_client import Counter, Histogram

    labels = ["method", "path", "status"]
    return SimpleNamespace(
        requests=Counter("objection_docs_requests", "Requests answered", labels),
        seconds=Histogram("objection_docs_request_seconds", "Seconds a request took", ["path"], buckets=_BUCKETS),
        documents=Counter("objection_docs_documents", "Letters written", ["kind"]),
        checks=Counter("objection_docs_checks", "Letters checked", ["verdict"]),
    )
