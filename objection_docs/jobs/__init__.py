"""What the service does beside its requests: jobs, first answers kept for a retry, webhooks. SQLite beside the log.

service.sqlite3 holds nothing that a letter depends on: the log stands without it.
"""

from objection_docs.jobs.db import NAME
from objection_docs.jobs.queue import Job, Queue, Row

__all__ = ["NAME", "Job", "Queue", "Row"]
