"""A letter as it was read: lines with their place on the page. Values only; the readers beside this file make them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

Box = tuple[float, float, float, float]  # x0, top, x1, bottom: PDF points from the page's top left corner


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page, of a table cell, of a running head, or one paragraph where there are no pages."""

    text: str
    page: int = 1
    top: float = 0.0
    bottom: float = 0.0
    lefts: tuple[float, ...] = ()  # left edge of each character of `text`; empty where there is no page to point at
    rights: tuple[float, ...] = ()
    role: str = "body"  # body | cell | head | foot (running head, page number)
    starts: bool = True  # begins a paragraph; False: goes on where the line before ended
    cell: tuple[int, int, int] | None = None  # table, row and column, from 0
    align: str = ""  # right | center, where the page shows it; "" otherwise
    area: Box | None = None  # of a table cell: its rectangle, so that an empty one can be pointed at

    def box(self, start: int, end: int) -> Box | None:
        """Where characters start..end of the line stand; blanks at the ends are left out."""
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        if start >= end or not self.lefts:
            return None
        return (min(self.lefts[start:end]), self.top, max(self.rights[start:end]), self.bottom)


@dataclass(frozen=True, slots=True)
class Paper:
    """Lines in reading order. `page_sizes`: width and height in points, empty for text without pages."""

    lines: tuple[Line, ...]
    pages: int = 1
    source: str = "text"  # pdf | docx | text
    page_sizes: tuple[tuple[float, float], ...] = ()
    warnings: tuple[str, ...] = field(default=())

    def paragraphs(self) -> Iterator[list[Line]]:
        """Body and cell lines, gathered where one goes on from another. Running heads and feet are left out."""
        group: list[Line] = []
        for line in self.lines:
            if line.role in ("head", "foot"):
                continue
            if group and (line.starts or line.cell != group[-1].cell):
                yield group
                group = []
            group.append(line)
        if group:
            yield group

    @property
    def text(self) -> str:
        """The letter as plain text, a line for each paragraph; cells of one row are parted by tabs."""
        return "".join(before + line.text for before, line in self._parted())

    @property
    def paged_text(self) -> str:
        """As `text`, with a form feed where a page ends, in the middle of a paragraph too."""
        return "".join(before + line.text.replace("\f", " ") for before, line in self._paged())

    def starts(self) -> dict[int, int]:
        """Where each line that is part of the text begins in `paged_text`, by the line's `id()`: lines may be alike."""
        out, at = {}, 0
        for before, line in self._paged():
            out[id(line)] = at = at + len(before)
            at += len(line.text)
        return out

    def _parted(self) -> Iterator[tuple[str, Line]]:
        """Each line of the text and what parts it from the line before."""
        mark, row = "", None
        for group in self.paragraphs():
            here = group[0].cell and group[0].cell[:2]
            yield ("\t" if here and here == row else mark), group[0]
            yield from (("", line) for line in group[1:])
            mark, row = "\n", here

    def _paged(self) -> Iterator[tuple[str, Line]]:
        page = 1
        for before, line in self._parted():
            yield before + "\f" * (line.page - page), line
            page = max(page, line.page)


def from_text(text: str) -> Paper:
    """A paper from plain text: each line is a paragraph; a line with tabs is a table row."""
    lines: list[Line] = []
    table, row, in_table = -1, 0, False
    for raw in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if "\t" in raw.strip("\n"):
            table, row = (table, row + 1) if in_table else (table + 1, 0)
            in_table = True
            for column, cell in enumerate(raw.split("\t")):
                lines.append(Line(cell.strip(), role="cell", cell=(table, row, column)))
        else:
            in_table = False
            if raw.strip():
                lines.append(Line(raw.strip()))
    return Paper(tuple(lines))
