"""Sheets with what is drawn on them → `Paper`: cells, running heads, paragraphs, in reading order."""

from dataclasses import dataclass, field

from objection_docs.extraction import layout, margins
from objection_docs.extraction.paper import Line, Paper
from objection_docs.extraction.rows import Glyph, Row, rows
from objection_docs.extraction.tables import Cell, Rule, Table, tables

Filled = tuple[Cell, list[Row]]


@dataclass(slots=True)
class Sheet:
    """What is drawn on one page."""

    number: int
    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    shades: list[tuple[float, float, float, float]] = field(default_factory=list)  # dark areas: white text shows there
    pictured: bool = False  # a picture covers most of it
    hidden: int = 0
    slanted: int = 0
    unmapped: int = 0

    @property
    def letters(self) -> int:
        return sum(1 for glyph in self.glyphs if not glyph.text.isspace())


def paper(sheets: list[Sheet], warnings: tuple[str, ...] = ()) -> Paper:
    """The lines of all pages in reading order."""
    bodies: list[list[Row]] = []
    grids: list[list[tuple[Table, list[Filled]]]] = []
    for sheet in sheets:
        loose, filled = _into_cells(sheet.glyphs, tables(sheet.rules))
        body = rows(loose)
        for row in body:
            row.page = sheet.number
        bodies.append(body)
        grids.append(filled)
    role = margins.roles(bodies, [sheet.height for sheet in sheets])
    text_rows = [row for body in bodies for row in body if id(row) not in role]
    measures = {
        width: layout.column([row for row in text_rows if sheets[row.page - 1].width == width], width)
        for width in {sheet.width for sheet in sheets}
    }
    lines: list[Line] = []
    flow = _Flow(lines)
    for sheet, body, filled in zip(sheets, bodies, grids, strict=True):
        flow.page(sheet, body, filled, role, measures[sheet.width])
    sizes = tuple((round(sheet.width, 2), round(sheet.height, 2)) for sheet in sheets)
    return Paper(tuple(lines), len(sheets), "pdf", sizes, warnings)


def _into_cells(glyphs: list[Glyph], found: list[Table]) -> tuple[list[Glyph], list[tuple[Table, list[Filled]]]]:
    """Glyphs outside of all tables; and each table with its filled cells. Of nested cells the innermost takes it."""
    cells = sorted((cell for table in found for cell in table.cells), key=lambda cell: cell.area)
    if not cells:
        return glyphs, []
    loose: list[Glyph] = []
    inside: dict[int, list[Glyph]] = {}
    last: Cell | None = None
    nested = len(found) > 1 and any(a.area < b.area and b.holds(a.x0 + 1, a.top + 1) for a in cells for b in cells)
    for glyph in glyphs:
        x, y = (glyph.x0 + glyph.x1) / 2, (glyph.top + glyph.bottom) / 2
        if nested or last is None or not last.holds(x, y):
            last = next((cell for cell in cells if cell.holds(x, y)), None)
        if last is None:
            loose.append(glyph)
        else:
            inside.setdefault(id(last), []).append(glyph)
    return loose, [(table, [(cell, rows(inside.get(id(cell), []))) for cell in table.cells]) for table in found]


class _Flow:
    """Puts rows and tables of page after page in reading order."""

    def __init__(self, lines: list[Line]):
        self.lines = lines
        self.last: Row | None = None  # the last row of text, unless something else came since
        self.table = -1
        self.open_table: tuple[Table, int] | None = None  # the table that the page before ended with, its next row
        self.open_cells: dict[int, Filled] = {}  # its last row, by column
        self.heading: list[str] = []  # the texts of its first row

    def page(self, sheet: Sheet, body: list[Row], filled: list, role: dict[int, str], measure: layout.Column) -> None:
        items = [(row.top, row) for row in body] + [(table.top, (table, cells)) for table, cells in filled]
        items.sort(key=lambda item: item[0])
        carried, self.open_table = self.open_table, None
        for _, item in items:
            if isinstance(item, Row):
                kind = role.get(id(item), "body")
                if kind == "body":
                    carried = self.open_table = None
                self.row(item, kind, measure)
            else:
                self.cells(*item, sheet.number, carried)
                carried = None

    def row(self, row: Row, role: str, measure: layout.Column) -> None:
        starts = True
        if role == "body":
            starts = self.last is None or not layout.goes_on(self.last, row, measure)
            self.last = row
        self.lines.append(_line(row, role=role, starts=starts, align=row.align if role == "body" else ""))

    def cells(self, table: Table, cells: list[Filled], page: int, carried: tuple[Table, int] | None) -> None:
        first = 0
        if carried and len(carried[0].xs) == len(table.xs) and max(map(_apart, carried[0].xs, table.xs)) < 6:
            first = carried[1]  # goes on from the page before
            cells, first = self.carry_over(cells, first, page)
        else:
            self.table += 1
            self.heading = _texts(cells, 0)
        for cell, texts in cells:
            place = (self.table, first + cell.row, cell.column)
            area = (cell.x0, cell.top, cell.x1, cell.bottom)
            if not texts:
                self.lines.append(Line("", page, cell.top, cell.bottom, role="cell", cell=place, area=area))
                continue
            measure = layout.cell_column(texts, cell.x0, cell.x1)
            for i, row in enumerate(texts):
                row.page = page
                starts = i == 0 or not layout.goes_on_in_cell(texts[i - 1], row, measure)
                self.lines.append(_line(row, role="cell", starts=starts, cell=place, area=area))
        self.last = None
        self.open_table = (table, first + len(table.ys) - 1)
        self.open_cells = {cell.column: (cell, texts) for cell, texts in cells if cell.row == len(table.ys) - 2}

    def carry_over(self, cells: list[Filled], first: int, page: int) -> tuple[list[Filled], int]:
        """The cells that are new on this page, and the number of their first row: a repeated heading is a running head,
        and a row that was cut in two goes on in the cells it began in."""
        if any(self.heading) and _texts(cells, 0) == self.heading:
            self.lines += [_line(row, role="head") for cell, texts in cells if cell.row == 0 for row in texts]
            cells, first = [(cell, texts) for cell, texts in cells if cell.row > 0], first - 1
        row = min((cell.row for cell, _ in cells), default=0)
        cut = [(cell, texts) for cell, texts in cells if cell.row == row and texts]
        if not cut or not all(self.cut_in_two(cell, texts, page) for cell, texts in cut):
            return cells, first
        for cell, texts in cut:
            place = (self.table, first + row - 1, cell.column)
            area = (cell.x0, cell.top, cell.x1, cell.bottom)
            for text in texts:
                text.page = page
            new = [_line(text, role="cell", starts=False, cell=place, area=area) for text in texts]
            after = max(i for i, line in enumerate(self.lines) if line.cell == place) + 1
            self.lines[after:after] = new
        return [(cell, texts) for cell, texts in cells if cell.row > row], first - 1

    def cut_in_two(self, cell: Cell, texts: list[Row], page: int) -> bool:
        """The cell above it, on the page before, ends with a full row and in the middle of a sentence."""
        above, rows_above = self.open_cells.get(cell.column, (None, []))
        if not rows_above:
            return False
        texts[0].page = page
        measure = layout.cell_column(rows_above, above.x0, above.x1)
        return layout.goes_on_in_cell(rows_above[-1], texts[0], measure) and not layout.ends_sentence(rows_above[-1])


def _texts(cells: list[Filled], row: int) -> list[str]:
    return ["".join(text.text for text in texts) for cell, texts in cells if cell.row == row]


def _apart(one: float, other: float) -> float:
    return abs(one - other)


def _line(row: Row, **values) -> Line:
    return Line(row.text, row.page, row.top, row.bottom, row.lefts, row.rights, **values)
