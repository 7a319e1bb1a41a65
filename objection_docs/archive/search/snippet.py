"""The words around a hit, and the page of the letter on which they stand."""

import json

from objection_docs.archive.search.document import as_written, fold, values

_AROUND = 30
#: Stands in a letter's text where a page ends; the normal form does without it, so no word is cut by it.
PAGE_END = "\f"


def snippet(text: str, words: list[str]) -> str:
    """A short stretch of `text` around the first word found in it; its beginning when none is."""
    return around(text, place(text, words))


def around(text: str, there: tuple[int, int] | None) -> str:
    """A short stretch of `text` around a place in it; its beginning for None."""
    start, end = there or (0, 0)
    left, right = max(0, start - _AROUND), min(len(text), max(end, start) + 2 * _AROUND)
    stretch = " ".join(text[left:right].split())
    return ("…" if left else "") + stretch + ("…" if right < len(text) else "")


def elsewhere(facts: str, words: list[str]) -> str:
    """The stretch around a word that only the facts (as JSON) hold; "" when they do not."""
    for value in values(json.loads(facts)) if facts else ():
        if there := place(value, words):
            return around(value, there)
    return ""


def place(text: str, words: list[str]) -> tuple[int, int] | None:
    """Where in `text` the first of the words that it holds stands; `words` in normal form."""
    for word in words:
        for form in as_written(word):  # nearly always; the normal form takes a hundred times as long
            at = text.find(form)
            if at >= 0:
                return at, at + len(form)
        at = fold(text).find(word)
        if at >= 0:
            start = _origin(text, at)
            return start, start + _reach(text[start:], len(word))
    return None


def _reach(text: str, count: int) -> int:
    """How many characters of `text` make the first `count` of its normal form; they nearly always stand close by."""
    near = text[: 4 * count + _AROUND]
    return _origin(near if len(fold(near)) > count else text, count - 1) + 1


def _origin(text: str, at: int) -> int:
    """The character of `text` from which the one at `at` in its normal form comes: by halves, for few need it."""
    start, end = 0, len(text)
    while end - start > 1:
        middle = (start + end) // 2
        before = len(fold(text[start:middle]))
        if at < before:
            end = middle
        else:
            start, at = middle, at - before
    return start


def page(text: str, at: int) -> int:
    """The page on which a character of the text stands, from 1."""
    return text.count(PAGE_END, 0, at) + 1
