"""Find letters: any substring of one character or more, in its normal form, and all that is known of a letter besides.

WHY
"""

from objection_docs.archive.search.document import fold
from objection_docs.archive.search.hits import Hits, chosen, find
from objection_docs.archive.search.query import NAMES, ORDERS, Query, read
from objection_docs.archive.search.snippet import PAGE_END, snippet
from objection_docs.archive.search.tables import create, faults, index, settle

__all__ = [
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
    "read",
    "settle",
    "snippet",
]
