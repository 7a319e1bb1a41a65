"""Expressions that stop at their time (`regex` with its timeout): those of a user's folder, and all on a long text.

Python's own `re` cannot be stopped once it runs, and is twice as quick; the shipped expressions run in it on letters of
ordinary length. Who works on a letter opens `allowance()`; an expression that used its time up holds no more for this
letter, and `Allowance.exceeded` tells of it.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

ALL = 5.0  # seconds for all bounded expressions on one letter
EACH = 0.5  # seconds for one of them


class Allowance:
    """The time that is left for one letter."""

    def __init__(self, seconds: float):
        self.end = time.monotonic() + seconds
        self.used: dict[str, float] = {}
        self.exceeded: set[str] = set()

    def left(self, pattern: str) -> float:
        left = min(self.end - time.monotonic(), EACH - self.used.get(pattern, 0.0))
        if left <= 0:
            self.exceeded.add(pattern)
        return left

    def spend(self, pattern: str, seconds: float) -> None:
        self.used[pattern] = self.used.get(pattern, 0.0) + seconds


_NOW: ContextVar[Allowance | None] = ContextVar("allowance", default=None)


@contextmanager
def allowance(seconds: float | None = None) -> Iterator[Allowance]:
    """Bounded expressions used inside share these seconds."""
    mine = Allowance(ALL if seconds is None else seconds)
    token = _NOW.set(mine)
    try:
        yield mine
    finally:
        _NOW.reset(token)


def each_match(search: Callable, text: str, pos: int = 0, endpos: int | None = None) -> Iterator:
    """What `search` finds, one match after another, as `finditer` of a compiled expression gives them."""
    end = len(text) if endpos is None else min(endpos, len(text))
    while pos <= end:
        found = search(text, pos, end)
        if found is None:
            return
        yield found
        pos = found.end() if found.end() > found.start() else found.end() + 1


class Bounded:
    """Behaves as a compiled expression, and as one that does not match when its time is up."""

    __slots__ = ("_compiled", "pattern")

    def __init__(self, pattern: str):
        self.pattern = pattern
        self._compiled = None

    def _run(self, way: str, *args):
        if self._compiled is None:
            import regex  # only who has rules of his own, or a letter of a book's length, pays for it

            self._compiled = regex.compile(self.pattern, regex.MULTILINE)
        mine = _NOW.get() or Allowance(EACH)
        left = mine.left(self.pattern)
        if left <= 0:
            return None
        start = time.monotonic()
        try:
            return getattr(self._compiled, way)(*args, timeout=left)
        except TimeoutError:
            mine.exceeded.add(self.pattern)
            return None
        finally:
            mine.spend(self.pattern, time.monotonic() - start)

    def search(self, text: str, pos: int = 0, endpos: int | None = None):
        return self._run("search", text, pos, len(text) if endpos is None else endpos)

    def match(self, text: str, pos: int = 0, endpos: int | None = None):
        return self._run("match", text, pos, len(text) if endpos is None else endpos)

    def finditer(self, text: str, pos: int = 0, endpos: int | None = None):
        return each_match(self.search, text, pos, endpos)

    def sub(self, new: str, text: str) -> str:
        out = self._run("sub", new, text)
        return text if out is None else out


@cache
def bounded(pattern):
    """The same expression with a limit of time."""
    if isinstance(pattern, Bounded):
        return pattern
    return pattern.bounded() if hasattr(pattern, "bounded") else Bounded(pattern.pattern)
