"""Characters with their places → rows of text. Pure geometry: nothing here knows what a PDF is."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from objection_docs.text import RADICALS

_UNIFY = {**RADICALS, 0xA0: " "}

GAP = 0.6  # of the type size: a wider gap between two characters of one line reads as a blank


class Glyph(NamedTuple):
    """One character as drawn. `base`: its baseline; all measures in points from the page's top left corner."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    base: float
    size: float


@dataclass(slots=True)
class Row:
    """One line as it stands on the page."""

    text: str
    lefts: tuple[float, ...]
    rights: tuple[float, ...]
    top: float
    bottom: float
    base: float
    size: float
    page: int = 1
    align: str = ""

    @property
    def x0(self) -> float:
        return self.lefts[0]

    @property
    def x1(self) -> float:
        return self.rights[-1]


def rows(glyphs: Iterable[Glyph]) -> list[Row]:
    """Rows from top to bottom; superscripts and mixed fonts stay in the row they belong to."""
    runs: list[list[Glyph]] = []
    for glyph in glyphs:
        if runs and abs(runs[-1][-1].base - glyph.base) < 0.3:
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
    runs.sort(key=lambda run: run[0].base)
    groups: list[list[Glyph]] = []
    main: Glyph | None = None  # the glyph that speaks for the group: the largest one
    for run in runs:
        tallest = max(run, key=lambda glyph: glyph.size)
        if main and _same_row(main, tallest):
            groups[-1] += run
            main = max(main, tallest, key=lambda glyph: glyph.size)
        else:
            groups.append(list(run))
            main = tallest
    return [row for group in groups if (row := _row(group))]


def _same_row(one: Glyph, other: Glyph) -> bool:
    """Half of the smaller one's height lies beside the larger one."""
    top = max(one.base - 0.7 * one.size, other.base - 0.7 * other.size)
    return min(one.base, other.base) - top > 0.35 * min(one.size, other.size)


def _row(glyphs: list[Glyph]) -> Row | None:
    glyphs.sort(key=lambda glyph: glyph.x0)
    kept = [glyph for i, glyph in enumerate(glyphs) if not _drawn_twice(glyph, glyphs[max(0, i - 3) : i])]
    while kept and kept[0].text.isspace():
        del kept[0]
    while kept and kept[-1].text.isspace():
        kept.pop()
    if not kept:
        return None
    sizes = sorted(glyph.size for glyph in kept)
    size = sizes[len(sizes) // 2]
    base = next(glyph.base for glyph in kept if glyph.size == size)
    chars, lefts, rights = [], [], []
    last: Glyph | None = None
    for glyph in kept:
        apart = last and glyph.x0 - last.x1 > GAP * max(min(last.size, glyph.size), 0.5 * size)
        if apart and not (last.text.isspace() or glyph.text.isspace()):
            chars.append(" ")
            lefts.append(last.x1)
            rights.append(glyph.x0)
        step = (glyph.x1 - glyph.x0) / len(glyph.text)  # a ligature is one glyph and several characters
        for i, char in enumerate(glyph.text):
            chars.append(char)
            lefts.append(glyph.x0 + i * step)
            rights.append(glyph.x0 + (i + 1) * step)
        last = glyph
    text = "".join(chars).translate(_UNIFY)
    top, bottom = min(glyph.top for glyph in kept), max(glyph.bottom for glyph in kept)
    return Row(text, tuple(lefts), tuple(rights), top, bottom, base, size)


def _drawn_twice(glyph: Glyph, before: list[Glyph]) -> bool:
    """Some writers fake bold by drawing a character again, a hair to the right."""
    return any(
        other.text == glyph.text
        and glyph.x0 - other.x0 < 0.12 * glyph.size
        and abs(glyph.base - other.base) < 0.12 * glyph.size
        and glyph.text.strip()
        for other in before
    )


def baseline_steps(page_rows: list[Row]) -> list[tuple[Row, Row, float]]:
    """Neighbours of one page with the distance of their baselines."""
    return [(a, b, b.base - a.base) for a, b in pairwise(page_rows) if a.page == b.page and b.base > a.base]
