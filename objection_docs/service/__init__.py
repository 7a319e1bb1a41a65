"""Pages and JSON over HTTP."""

from objection_docs.service.app import create_app

__all__ = ["create_app"]
