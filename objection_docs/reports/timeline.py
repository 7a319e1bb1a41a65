"""A time line as SVG: letters and events as marks, limits as bars, days off as shading. Values in, markup out.

Only attributes and no style sheet, so that it looks the same on a page with a strict policy and in a file of its own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

from objection_docs.text import cut, width

_WIDTH, _GUTTER, _ROW, _HEAD = 960, 250, 24, 46
_LABEL = 30  # columns of a label
_ROOM = 62  # what the name of a month takes
_COLUMN = 6.3  # what half a Chinese character takes
_MARGIN = 10  # to the right of the last day
_AHEAD = timedelta(days=90)  # longer bars are cut, or the near ones could not be told apart
_DAY = timedelta(days=1)
COLOURS = {"done": "#2e7d32", "late": "#b26a00", "over": "#c62828", "open": "#1565c0", "idle": "#8a8a8a"}


@dataclass(frozen=True, slots=True)
class Mark:
    """What happened on a day. `letter`: whether it is a letter's own date; else an event."""

    day: date
    label: str
    letter: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A limit from its start to the day one had better keep, and on to the last one. `tone`: of COLOURS."""

    label: str
    start: date
    safe: date
    last: date
    tone: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """`off`: stretches of days off with their names."""

    title: str
    today: date
    marks: tuple[Mark, ...]
    bars: tuple[Bar, ...]
    off: tuple[tuple[date, date, str], ...] = ()


def span(marks: Iterable[Mark], bars: Iterable[Bar], today: date) -> tuple[date, date]:
    """The first and the last day that are drawn."""
    bars = tuple(bars)
    days = [today, *(mark.day for mark in marks)]
    first = min([*days, *(bar.start for bar in bars if bar.start > today - 4 * _AHEAD)])
    last = max([*days, *(min(bar.last, max(days) + _AHEAD) for bar in bars)])
    return first - 2 * _DAY, last + 3 * _DAY


def render(chart: Chart) -> str:
    """One <svg> element."""
    first, last = span(chart.marks, chart.bars, chart.today)
    scale = _Scale(first, last)
    if any(_side(bar, scale) == "none" for bar in chart.bars):
        scale = _Scale(first, last, _MARGIN + max(_room(bar, scale) for bar in chart.bars))
    rows = len(chart.marks) + len(chart.bars)
    height = _HEAD + rows * _ROW + 8
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="100%" role="img" '
        f'aria-label="{escape(chart.title)}" font-family="sans-serif" font-size="12">',
        f"<title>{escape(chart.title)}</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        *_shading(chart, scale, height),
        *_months(scale, height),
    ]
    for number, mark in enumerate(sorted(chart.marks, key=lambda one: one.day)):
        parts += _mark(mark, scale, _HEAD + number * _ROW)
    for number, bar in enumerate(chart.bars, len(chart.marks)):
        parts += _bar(bar, scale, _HEAD + number * _ROW)
    x = scale.x(chart.today)
    parts.append(f'<line x1="{x}" x2="{x}" y1="20" y2="{height}" stroke="#c62828" stroke-dasharray="4 3"/>')
    parts.append(f'<text {_beside(x, 3)} y="42" fill="#c62828">{chart.today.isoformat()}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


@dataclass(frozen=True, slots=True)
class _Scale:
    first: date
    last: date
    margin: float = _MARGIN

    def x(self, day: date) -> float:
        """Where a day begins; days that aren't drawn lie on the edge."""
        day = min(max(day, self.first), self.last)
        return round(_GUTTER + (day - self.first).days * self.width, 1)

    @property
    def width(self) -> float:
        return (_WIDTH - _GUTTER - self.margin) / max((self.last - self.first).days, 1)


def _shading(chart: Chart, scale: _Scale, height: int) -> Iterator[str]:
    for first, last, name in chart.off:
        x, wide = scale.x(first), round(scale.x(last + _DAY) - scale.x(first), 1)
        fill = "#f1f1f1" if name.startswith("周") else "#fde9d9"
        told = f"{first.isoformat()}—{last.isoformat()} {name}" if first != last else f"{first.isoformat()} {name}"
        yield f'<rect x="{x}" y="20" width="{wide}" height="{height - 20}" fill="{fill}"><title>{told}</title></rect>'


def _months(scale: _Scale, height: int) -> Iterator[str]:
    """A line for each month; its name where there is room for it."""
    day, free = scale.first.replace(day=1), 0.0
    while day <= scale.last:
        x = scale.x(day)
        if day >= scale.first:
            yield f'<line x1="{x}" x2="{x}" y1="16" y2="{height}" stroke="#cccccc"/>'
        named = day >= scale.first or (day + 32 * _DAY).replace(day=1) - scale.first > 10 * _DAY
        if named and free <= x <= _WIDTH - _ROOM:
            yield f'<text x="{x + 2}" y="14" fill="#555555">{day.year}年{day.month}月</text>'
            free = x + _ROOM
        day = (day + 32 * _DAY).replace(day=1)


def _beside(x: float, gap: int) -> str:
    """To the right of a place, or to the left where the drawing ends."""
    return f'x="{x - gap}" text-anchor="end"' if x > _WIDTH - 80 else f'x="{x + gap}"'


def _label(text: str, y: int) -> str:
    return f'<text x="4" y="{y + 15}"><title>{escape(text)}</title>{escape(cut(text, _LABEL))}</text>'


def _mark(mark: Mark, scale: _Scale, y: int) -> Iterator[str]:
    x = round(scale.x(mark.day) + scale.width / 2, 1)
    told = f"<title>{mark.day.isoformat()} {escape(mark.label)}</title>"
    yield _label(mark.label, y)
    if mark.letter:
        yield f'<rect x="{x - 5}" y="{y + 6}" width="10" height="8" fill="#1565c0">{told}</rect>'
    else:
        yield f'<circle cx="{x}" cy="{y + 10}" r="4" fill="#555555">{told}</circle>'
    yield f'<text {_beside(x, 8)} y="{y + 15}" fill="#555555">{_day(mark.day, scale)}</text>'


def _day(day: date, scale: _Scale) -> str:
    """With the year where it isn't the one in which the drawing begins."""
    year = f"{day.year}年" if day.year != scale.first.year else ""
    return f"{year}{day.month}月{day.day}日"


def _told(bar: Bar, scale: _Scale) -> str:
    cut_off = "…" if bar.last > scale.last else ""
    return f"{_day(bar.safe, scale)}{cut_off} {bar.note}".strip()


def _room(bar: Bar, scale: _Scale) -> float:
    """What the words beside a bar take."""
    return 8 + width(_told(bar, scale)) * _COLUMN


def _side(bar: Bar, scale: _Scale) -> str:
    """Where there is room for the words: right, left or none."""
    room = _room(bar, scale)
    if max(scale.x(bar.start), scale.x(bar.last + _DAY)) + room <= _WIDTH:
        return "right"
    return "left" if scale.x(bar.start) - room >= _GUTTER else "none"


def _bar(bar: Bar, scale: _Scale, y: int) -> Iterator[str]:
    fill = COLOURS[bar.tone]
    start, safe, last = scale.x(bar.start), scale.x(bar.safe + _DAY), scale.x(bar.last + _DAY)
    told = f"<title>{escape(f'{bar.label} {bar.start.isoformat()}—{bar.last.isoformat()} {bar.note}')}</title>"
    yield _label(bar.label, y)
    wide = max(round(safe - start, 1), 2)
    yield f'<rect x="{start}" y="{y + 5}" width="{wide}" height="10" fill="{fill}">{told}</rect>'
    if last > safe:
        wide = round(last - safe, 1)
        yield f'<rect x="{safe}" y="{y + 5}" width="{wide}" height="10" fill="{fill}" opacity="0.35">{told}</rect>'
    left = _side(bar, scale) == "left"
    place = f'x="{start - 4}" text-anchor="end"' if left else f'x="{max(start, last) + 4}"'
    yield f'<text {place} y="{y + 15}" fill="{fill}">{escape(_told(bar, scale))}</text>'
