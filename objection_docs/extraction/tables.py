"""Ruling lines of a page → tables of cells. Pure geometry.

pdfplumber's own finder is not used: it gives no column for merged cells, and takes longer than all the rest here.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

SNAP = 3.0  # points: lines nearer than that are one line (double borders, borders of neighbouring cells)
MOST_RULES = 4000  # more is a drawing or a map, not a form


class Rule(NamedTuple):
    """A straight line: at `at` from `start` to `end`, across or down the page."""

    across: bool
    at: float
    start: float
    end: float


@dataclass(slots=True)
class Cell:
    row: int
    column: int
    x0: float
    top: float
    x1: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        return self.x0 <= x < self.x1 and self.top <= y < self.bottom

    @property
    def area(self) -> float:
        return (self.x1 - self.x0) * (self.bottom - self.top)


@dataclass(slots=True)
class Table:
    xs: list[float]
    ys: list[float]
    cells: list[Cell] = field(default_factory=list)

    @property
    def top(self) -> float:
        return self.ys[0]

    @property
    def bottom(self) -> float:
        return self.ys[-1]


def rules_of_box(x0: float, top: float, x1: float, bottom: float, outlined: bool) -> list[Rule]:
    """The ruling lines that a rectangle amounts to: one if thin, four if outlined, none if it is shading."""
    wide, high = x1 - x0, bottom - top
    if high <= SNAP and wide > high:
        return [Rule(True, (top + bottom) / 2, x0, x1)]
    if wide <= SNAP:
        return [Rule(False, (x0 + x1) / 2, top, bottom)] if high > wide else []
    if not outlined:
        return []
    sides = [Rule(False, x0, top, bottom), Rule(False, x1, top, bottom)]
    return [Rule(True, top, x0, x1), Rule(True, bottom, x0, x1), *sides]


def tables(rules: list[Rule]) -> list[Table]:
    """Tables of two cells and more, from top to bottom. A frame around text is no table."""
    if not 4 <= len(rules) <= MOST_RULES:
        return []
    merged = _merged(rules)
    found = [_table(group) for group in _connected(merged)]
    return sorted((table for table in found if table and len(table.cells) > 1), key=lambda table: table.top)


def _merged(rules: list[Rule]) -> list[Rule]:
    """Pieces that lie on one line and touch become one rule."""
    out: list[Rule] = []
    for across in (True, False):
        lanes: list[list[Rule]] = []
        for rule in sorted((rule for rule in rules if rule.across is across), key=lambda rule: rule.at):
            if lanes and rule.at - lanes[-1][0].at <= SNAP:
                lanes[-1].append(rule)
            else:
                lanes.append([rule])
        for lane in lanes:
            at = sum(rule.at for rule in lane) / len(lane)
            lane.sort(key=lambda rule: rule.start)
            start, end = lane[0].start, lane[0].end
            for rule in lane[1:]:
                if rule.start <= end + SNAP:
                    end = max(end, rule.end)
                else:
                    out.append(Rule(across, at, start, end))
                    start, end = rule.start, rule.end
            out.append(Rule(across, at, start, end))
    return [rule for rule in out if rule.end - rule.start > 2 * SNAP]


def _connected(rules: list[Rule]) -> list[list[Rule]]:
    """Rules that cross or touch each other belong to one table."""
    across = [rule for rule in rules if rule.across]
    down = [rule for rule in rules if not rule.across]
    home = {id(rule): rule for rule in rules}

    def root(rule: Rule) -> Rule:
        while home[id(rule)] is not rule:
            home[id(rule)] = home[id(home[id(rule)])]
            rule = home[id(rule)]
        return rule

    for h in across:
        for v in down:
            if h.start - SNAP <= v.at <= h.end + SNAP and v.start - SNAP <= h.at <= v.end + SNAP:
                home[id(root(h))] = root(v)
    groups: dict[int, list[Rule]] = defaultdict(list)
    for rule in rules:
        groups[id(root(rule))].append(rule)
    return [group for group in groups.values() if len(group) > 2]


def _table(group: list[Rule]) -> Table | None:
    across = [rule for rule in group if rule.across]
    down = [rule for rule in group if not rule.across]
    # a table may be open at its sides: the ends of its lines are its border then
    xs = _snapped([rule.at for rule in down] + [edge for rule in across for edge in (rule.start, rule.end)])
    ys = _snapped([rule.at for rule in across] + [edge for rule in down for edge in (rule.start, rule.end)])
    if len(xs) < 2 or len(ys) < 2 or (len(xs) - 1) * (len(ys) - 1) > 20_000:
        return None
    table = Table(xs, ys)
    seen: set[tuple[int, int]] = set()
    for row in range(len(ys) - 1):
        for column in range(len(xs) - 1):
            if (row, column) not in seen:
                patch = _open_patch(row, column, xs, ys, across, down)
                seen |= patch
                last_row, last_column = max(r for r, _ in patch), max(c for _, c in patch)
                first_column = min(c for _, c in patch)
                box = (xs[first_column], ys[row], xs[last_column + 1], ys[last_row + 1])
                table.cells.append(Cell(row, first_column, *box))
    return table


def _open_patch(row, column, xs, ys, across, down) -> set[tuple[int, int]]:
    """The fields of the grid that no line parts from this one: a merged cell."""
    patch, todo = set(), [(row, column)]
    while todo:
        r, c = todo.pop()
        if (r, c) in patch:
            continue
        patch.add((r, c))
        x, y = (xs[c] + xs[c + 1]) / 2, (ys[r] + ys[r + 1]) / 2
        if c + 2 < len(xs) and not _ruled(down, xs[c + 1], y):
            todo.append((r, c + 1))
        if c > 0 and not _ruled(down, xs[c], y):
            todo.append((r, c - 1))
        if r + 2 < len(ys) and not _ruled(across, ys[r + 1], x):
            todo.append((r + 1, c))
        if r > 0 and not _ruled(across, ys[r], x):
            todo.append((r - 1, c))
    return patch


def _ruled(rules: list[Rule], at: float, middle: float) -> bool:
    return any(abs(rule.at - at) <= SNAP and rule.start <= middle <= rule.end for rule in rules)


def _snapped(values: list[float]) -> list[float]:
    out: list[float] = []
    for value in sorted(values):
        if not out or value - out[-1] > SNAP * 1.5:
            out.append(value)
    return out
