"""Find letters: any substring of one character or more, in its normal form, and all that is known of a letter besides.

WHY
"""

from objection_docs.archive.search.document import fold
from objection_docs.archive.search.hits import Hits, chosen, find
from objection_docs.archive.search.query import MAX_LIMIT, NAMES, ORDERS, Query, read
from objection_docs.archive.search.snippet import PAGE_END, snippet
from objection_docs.archive.search.tables import create, faults, index, purge, settle

__all__ = [
    "MAX_LIMIT",
    "NAMES",
    "ORDERS",
    "PAGE_END",
    "Hits",
    "Query",
    "chosen",
    "create",
    "faults",
    "find",
    "fold",
    "index",
    "purge",
    "read",
    "settle",
    "snippet",
]
