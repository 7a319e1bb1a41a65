"""Sorts of acts and of troubles that are one thing in different words, by the names of the lexicon."""

#: Acts of one sort: «退款» is answered by «原路返还».
SAME = tuple(
    f"same_{name}"
    for name in (
        *("refund", "return", "replace", "pay", "price", "waive", "supply", "repair", "redo", "delete", "correct"),
        *("show", "explain", "stop", "release", "extend", "punish", "apologise", "meet", "test"),
    )
)
#: Troubles of one sort: «到得太晚» is answered by «迟到».
TOPICS = ("topic_late", "topic_short", "topic_broken")
