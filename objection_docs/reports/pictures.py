"""Pages of a PDF as pictures, for the report beside them, through pypdfium2.

PDFium is C++, and the PDF is a stranger's: the service calls both functions behind its fence.
"""

from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from threading import Lock

from objection_docs.errors import PaperError

#: Pixels: what a page is drawn at; enough to read on a screen of double density.
WIDTH, TALLEST = 1200, 4000
MOST_PAGES = 200
_ONE_AT_A_TIME = Lock()  # PDFium is not safe to call from several threads


@dataclass(frozen=True, slots=True)
class Size:
    """Of a page as a reader sees it, in points."""

    width: float
    height: float


def sizes(pdf: bytes) -> list[Size]:
    """Of the first MOST_PAGES pages; boxes of a report are measured on these. Empty for a file that doesn't open."""
    import pikepdf

    from objection_docs.reports.sheet import Sheet

    found = []
    try:
        with pikepdf.open(BytesIO(pdf)) as document:
            for page, _ in zip(document.pages, range(MOST_PAGES), strict=False):
                sheet = Sheet.of(page)
                x0, y0, x1, y1 = sheet.crop
                turned = sheet.turn in (90, 270)
                found.append(Size(y1 - y0, x1 - x0) if turned else Size(x1 - x0, y1 - y0))
    except Exception:  # qpdf stumbles over what pdfplumber still reads; then the report stands alone
        return []
    return found if all(size.width > 0 and size.height > 0 for size in found) else []


def page(pdf: bytes, number: int) -> bytes:
    """PNG of page `number`, counted from 1. Raises PaperError."""
    import pypdfium2

    with _ONE_AT_A_TIME:
        try:
            with closing(pypdfium2.PdfDocument(pdf)) as document:
                document.init_forms()  # what was filled in is shown, too
                leaf = document[number - 1]
                wide, tall = leaf.get_size()
                picture = leaf.render(scale=min(WIDTH / wide, TALLEST / tall)).to_pil().convert("RGB")
        except (pypdfium2.PdfiumError, IndexError, ZeroDivisionError, ValueError):
            raise PaperError("这一页画不出来；请下载原件查看", code="page_not_drawn") from None
    out = BytesIO()
    picture.quantize(32, method=2).save(out, "PNG")  # an octree: black, a red stamp, and what lies between
    return out.getvalue()
