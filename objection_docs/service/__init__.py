"""Pages and JSON over HTTP: an application of its own, or below a prefix of another one."""

from objection_docs.service.app import create_app
from objection_docs.service.mount import ObjectionDocs, Person

__all__ = ["ObjectionDocs", "Person", "create_app"]
