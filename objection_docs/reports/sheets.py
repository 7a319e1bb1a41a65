"""Tables as CSV that Excel opens right: UTF-8 with its mark, and no cell that a spreadsheet would run."""

import csv
import io
from collections.abc import Iterable

from objection_docs.reports import harmless

#: Without it Excel on a Chinese Windows reads GBK.
MARK = "\ufeff"
# OWASP, CSV injection; the full-width forms are what Excel in East Asia takes for the same.
_RUNS = tuple("=+-@\t\r\n＝＋－＠")


def line(cells: Iterable[object]) -> str:
    """One row. Numbers stay numbers; a text that a spreadsheet would run gets an apostrophe before it."""
    out = io.StringIO()
    csv.writer(out).writerow([_cell(cell) for cell in cells])
    return out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, (int, float)):
        return value
    text = harmless("" if value is None else value)
    return f"'{text}" if text.startswith(_RUNS) or text.lstrip().startswith(_RUNS) else text
