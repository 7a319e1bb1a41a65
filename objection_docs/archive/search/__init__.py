"""Find letters: any substring of one character or more, in its normal form, and all that is known of a letter besides.

Why not FTS5. Chinese has no blanks, so its tokens must be characters or pairs of them, and a word becomes a phrase.
Measured on 50,000 letters (LIKE 111 ms for 有限公司, which 47,884 of them hold):

    characters with their positions      0.89 of the text's bytes    18 ms to count 有限公司
    pairs with their positions           1.36                         8 ms
    pairs without positions              0.43                         4 ms, and letters that only hold the pairs

Time grows with the log, so at 200,000 letters none of them counts a common word in 20 ms within 1.3 of the text, and
a filter beside the word would have to look at every letter once more. Letters never change, though. So every 2,048
places become a block (`block`): for each character, pair and common longer word a set of places, as a bitmap or as
steps (`sets`); kind, verdict, elements and the like are sets too. A query (`query`, `places`, `lookup`) lays the sets
together in integers and counts their bits: the total is true and costs microseconds. What is newer than the last block,
or reads otherwise since, is looked through as it is (`tables`). No word depends on how words are told apart, and what
the sets leave open is decided by reading the letter, so hits are those of LIKE over the same normal form, always.
"""

from objection_docs.archive.search.document import codes, fold
from objection_docs.archive.search.hits import Hits, chosen, find
from objection_docs.archive.search.query import MAX_LIMIT, NAMES, ORDERS, Query, read
from objection_docs.archive.search.snippet import PAGE_END, snippet
from objection_docs.archive.search.tables import (
    NAMES_OF_TABLES,
    create,
    due,
    far_behind,
    faults,
    index,
    made,
    purge,
    settle,
)

__all__ = [
    "MAX_LIMIT",
    "NAMES",
    "NAMES_OF_TABLES",
    "ORDERS",
    "PAGE_END",
    "Hits",
    "Query",
    "chosen",
    "codes",
    "create",
    "due",
    "far_behind",
    "faults",
    "find",
    "fold",
    "index",
    "made",
    "purge",
    "read",
    "settle",
    "snippet",
]
