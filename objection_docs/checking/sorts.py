"""Sorts of acts and of troubles that are one thing in different words, by the names of the lexicon."""

import re
from collections.abc import Mapping

_SORTS = (
    *("refund", "return", "replace", "pay", "price", "waive", "supply", "repair", "redo", "delete", "correct"),
    *("show", "explain", "stop", "release", "extend", "punish", "apologise", "meet", "test"),
)
#: Acts of one sort: «退款» is answered by «原路返还».
SAME = tuple(f"same_{sort}" for sort in _SORTS)
#: Troubles of one sort: «到得太晚» is answered by «迟到».
TOPICS = ("topic_late", "topic_short", "topic_broken")


def asked(text: str, words: Mapping[str, re.Pattern]) -> frozenset[str]:
    """The sorts of acts that a point names."""
    return frozenset(sort for sort in _SORTS if words[f"same_{sort}"].search(text))


def met(text: str, words: Mapping[str, re.Pattern]) -> frozenset[str]:
    """The sorts of acts that a sentence of a reply names, or does in words of its own: «打款» pays."""
    return asked(text, words) | {sort for sort in _SORTS if words[f"met_{sort}"].search(text)}
