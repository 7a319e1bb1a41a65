"""PDF → `Paper`: opens the file with pdfplumber, refuses what cannot be read, and tells what was left out."""

import contextlib
import logging
import time
from collections.abc import Iterator
from io import BytesIO

from objection_docs.errors import PaperError
from objection_docs.extraction import flow
from objection_docs.extraction.flow import Sheet
from objection_docs.extraction.limits import Limits, too_large
from objection_docs.extraction.paper import Paper

# pdfminer tells every oddity of a font on stderr; whoever checks a letter can do nothing about it
for _name in ("pdfminer", "pdfplumber"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


def read(data: bytes, limits: Limits) -> Paper:
    """The paper in a PDF. Raises PaperError."""
    with _as_paper_errors():
        import pdfplumber

        with pdfplumber.open(BytesIO(data), raise_unicode_errors=False) as document:
            count = len(document.pages)
            if not count:
                raise _damaged()
            if count > limits.pages:
                message = f"文件有 {count} 页，超过 {limits.pages} 页的上限，请只提交函件本身或拆分后再试"
                raise PaperError(message, code="too_many_pages", status=413)
            sheets = list(_sheets(document, limits))
        cut_off = b"%%EOF" not in data[-2048:]
        if cut_off and not any(sheet.glyphs for sheet in sheets):
            raise _damaged()
        _refuse_unreadable(sheets)
        warnings = ("PDF 文件的末尾不完整，可能没有读全",) if cut_off else ()
        return flow.paper(sheets, (*warnings, *_warnings(sheets)))


@contextlib.contextmanager
def _as_paper_errors() -> Iterator[None]:
    try:
        yield
    except MemoryError as error:
        raise too_large("文件展开后太大，无法读取") from error
    except Exception as error:  # pdfminer raises anything from KeyError to RecursionError on broken files
        for link in _chain(error):
            if isinstance(link, PaperError):
                raise link from None
        names = {type(link).__name__ for link in _chain(error)}
        if names & {"PDFPasswordIncorrect", "PDFEncryptionError", "PDFTextExtractionNotAllowed"}:
            raise PaperError("PDF 设有打开密码，请先解除密码再提交", code="encrypted") from error
        raise _damaged() from error


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen = 0
    while error is not None and seen < 20:
        yield error
        yield from (arg for arg in error.args if isinstance(arg, BaseException))
        error, seen = error.__cause__ or error.__context__, seen + 1


def _damaged() -> PaperError:
    return PaperError("PDF 已损坏或不完整，无法打开，请重新导出或重新下载后再试", code="damaged_pdf")


def _sheets(document, limits: Limits) -> Iterator[Sheet]:
    from objection_docs.extraction import drawing

    deadline, total = time.monotonic() + limits.seconds, 0
    for page in document.pages:
        sheet = drawing.sheet(page, limits, deadline)
        page.close()
        total += len(sheet.glyphs)
        if total > limits.characters:
            raise too_large(f"文字超过 {limits.characters} 字的上限，请拆分后再试")
        if time.monotonic() > deadline:
            raise drawing.too_slow(limits)
        yield sheet


def _refuse_unreadable(sheets: list[Sheet]) -> None:
    letters, unmapped = sum(sheet.letters for sheet in sheets), sum(sheet.unmapped for sheet in sheets)
    if unmapped > 0.3 * letters:
        message = "PDF 的字体没有文字对照表，读出来的是乱码，请从 Word 重新导出 PDF，或直接提交 docx"
        raise PaperError(message, code="no_unicode_map")
    if all(_blank(sheet) for sheet in sheets):
        message = "没有可读的文字：这可能是扫描件或图片，请提供带文字的 PDF 或 Word 文件，或先做文字识别（OCR）"
        raise PaperError(message, code="scanned")


def _blank(sheet: Sheet) -> bool:
    """No text; or a scan on which an app left its mark."""
    return sheet.letters == 0 or (sheet.pictured and sheet.letters < 40)


def _warnings(sheets: list[Sheet]) -> Iterator[str]:
    if blank := [sheet.number for sheet in sheets if _blank(sheet)]:
        yield f"第 {'、'.join(map(str, blank))} 页没有可读的文字（可能是扫描页或空白页），未作检查"
    if hidden := sum(sheet.hidden for sheet in sheets):
        yield f"有 {hidden} 个不可见字符未读取"
    if slanted := sum(sheet.slanted for sheet in sheets):
        yield f"有 {slanted} 个倾斜或竖排的字符未读取（多为水印）"
    if unmapped := sum(sheet.unmapped for sheet in sheets):
        yield f"有 {unmapped} 个字符没有文字对照，读不出来"
