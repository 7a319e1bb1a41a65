"""Pages of a PDF as pictures, for the report beside them, through pypdfium2.

PDFium is C++ and not safe to call from several threads at once, and the PDF is a stranger's: it is drawn in a process
of its own, with limits of time and memory, so that a broken page costs its picture and nothing else.
"""

import subprocess
import sys
from dataclasses import dataclass
from io import BytesIO
from threading import BoundedSemaphore

from objection_docs.errors import PaperError

#: Pixels: what a page is drawn at; enough to read on a screen of double density.
WIDTH, TALLEST = 1200, 4000
SECONDS, MEMORY = 20, 1_500_000_000
MOST_PAGES = 200
_AT_ONCE = BoundedSemaphore(2)


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
    command = [sys.executable, "-m", "objection_docs.reports.pictures", str(number)]
    try:
        with _AT_ONCE:
            run = subprocess.run(command, input=pdf, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise PaperError("这一页太复杂，画不出来；请下载原件查看", code="page_too_slow") from None
    if run.returncode or not run.stdout.startswith(b"\x89PNG"):
        raise PaperError("这一页画不出来；请下载原件查看", code="page_not_drawn")
    return run.stdout


def draw(pdf: bytes, number: int) -> bytes:
    """As `page`, in this process."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    leaf = document[number - 1]
    wide, tall = leaf.get_size()
    scale = min(WIDTH / wide, TALLEST / tall)
    picture = leaf.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
    out = BytesIO()
    picture.quantize(32, method=2).save(out, "PNG")  # an octree: black, a red stamp, and what lies between
    return out.getvalue()


def _limit() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


if __name__ == "__main__":
    _limit()
    sys.stdout.buffer.write(draw(sys.stdin.buffer.read(), int(sys.argv[1])))
