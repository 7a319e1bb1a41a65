"""Expressions that begin with a broad run of characters, found by what comes after the run.

`[^。\\n]{0,80}(?:附件|证据)…` is tried by `re` at every character of a letter, eighty characters each. The match is
found from the other end: where the rest first matches, go back over the run as far as it may, and match from there.
The leftmost match begins at the start so found, because that start never moves left as the rest moves right; where
assertions stand before the run, the starts to its right are tried in turn.
"""

import re
from collections.abc import Iterator
from copy import copy

from objection_docs.packs.bounded import Bounded, each_match

_OPENER = re.compile(r"\(\?:|\(\?P<\w+>|\((?!\?)")
_RUN = re.compile(r"(\[\^?\]?(?:\\.|[^\]\\])*\])\{(\d+),(\d+)\}\??")
_ASSERTIONS = ("(?=", "(?!")  # one that looks back leaves few starts already, such as the beginnings of sentences
_LEAST = 8  # a shorter run is not worth the trouble


def _marks(pattern: str) -> Iterator[tuple[int, str]]:
    """The brackets and bars of a pattern that are neither escaped nor inside a class."""
    i = class_at = 0  # class_at: where a class has its first character, 0 outside of one
    while i < len(pattern):
        c = pattern[i]
        if c == "\\":
            i += 1
        elif class_at:
            class_at = 0 if c == "]" and i > class_at else class_at
        elif c == "[":
            class_at = i + 1 + (pattern[i + 1 : i + 2] == "^")
        elif c in "()|":
            yield i, c
        i += 1


def _past_group(pattern: str, start: int) -> int:
    """Where the group that begins at `start` is over."""
    depth = 0
    for i, c in _marks(pattern[start:]):
        depth += {"(": 1, ")": -1}.get(c, 0)
        if not depth:
            return start + i + 1
    return len(pattern)


def cheap_first(pattern: str) -> str:
    """The same expression, asking for its first words before it asks what must not follow.

    `(?!refused)(?:请|要求)…` would look far ahead at every character of a letter.
    """
    at = 0
    while opener := _OPENER.match(pattern, at):
        at = opener.end()
    after = at
    while pattern.startswith("(?!", after):
        after = _past_group(pattern, after)
    end = _past_group(pattern, after)
    words = pattern[after + 3 : end]
    captures = re.search(r"\((?!\?)|\(\?P<", words)
    if after == at or not pattern.startswith("(?:", after) or pattern[end : end + 1] in tuple("?*{") or captures:
        return pattern
    return pattern if words.lstrip("(?:").startswith("[") else f"{pattern[:at]}(?={words}{pattern[at:]}"


def _split(pattern: str) -> tuple[str, str, int, int, bool] | None:
    """(class, rest, fewest, most, whether assertions precede) of a pattern that begins with a run.

    None when it doesn't, or when the run stands in one of several alternatives.
    """
    openers, at, asserted = "", 0, False
    while True:
        if pattern.startswith(_ASSERTIONS, at):
            at, asserted = _past_group(pattern, at), True
        elif opener := _OPENER.match(pattern, at):
            openers, at = openers + opener[0], opener.end()
        else:
            break
    run = _RUN.match(pattern, at)
    if not run or int(run[3]) < _LEAST or pattern[run.end() : run.end() + 1] in ("+", "*", "?"):
        return None
    level = depth = openers.count("(")
    rest = pattern[run.end() :]
    for i, c in _marks(rest):
        if c == "(":
            depth += 1
        elif c == ")":
            if depth == level and rest[i + 1 : i + 2] in ("?", "*", "+", "{"):
                return None  # the group that holds the run may stand several times or not at all
            depth -= 1
            level = min(level, depth)
        elif depth <= level:
            return None
    if not rest.strip(")"):
        return None  # nothing but the run
    return run[1], openers + rest, int(run[2]), int(run[3]), asserted


class Leading:
    """Behaves as the compiled expression `whole`, quicker."""

    __slots__ = ("asserted", "fewest", "most", "other", "pattern", "rest", "whole")

    def __init__(self, whole: re.Pattern, characters: str, rest: str, fewest: int, most: int, asserted: bool):
        self.whole, self.pattern = whole, whole.pattern
        self.rest = re.compile(rest, whole.flags)
        self.other = re.compile(f"[{characters[2:]}" if characters[1] == "^" else f"[^{characters[1:]}")
        self.fewest, self.most, self.asserted = fewest, most, asserted

    @classmethod
    def of(cls, whole: re.Pattern) -> "Leading | re.Pattern":
        """`whole` itself where it does not begin with a run."""
        parts = _split(whole.pattern)
        return cls(whole, *parts) if parts else whole

    def bounded(self) -> "Leading":
        """The same with a limit of time."""
        mine = copy(self)
        mine.whole, mine.rest = Bounded(self.pattern), Bounded(self.rest.pattern)
        return mine

    def search(self, text: str, pos: int = 0, endpos: int | None = None) -> re.Match | None:
        end = len(text) if endpos is None else min(endpos, len(text))
        at = pos + self.fewest
        while at <= end:
            found = self.rest.search(text, at, end)
            if found is None:
                return None
            last = found.start() - self.fewest
            for start in range(self._start(text, max(pos, found.start() - self.most), found.start()), last + 1):
                match = self.whole.match(text, start, end)
                if match or not self.asserted:
                    return match
            pos, at = max(pos, last + 1), found.start() + 1
        return None

    def _start(self, text: str, low: int, high: int) -> int:
        """The leftmost place from which everything up to `high` belongs to the run."""
        for at in range(high - 1, low - 1, -1):
            if self.other.match(text, at):
                return at + 1
        return low

    def finditer(self, text: str, pos: int = 0, endpos: int | None = None):
        return each_match(self.search, text, pos, endpos)

    def match(self, text: str, *bounds: int) -> re.Match | None:
        return self.whole.match(text, *bounds)

    def sub(self, new: str, text: str) -> str:
        return self.whole.sub(new, text)
