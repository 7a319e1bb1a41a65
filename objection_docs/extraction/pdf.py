"""PDF → `Paper`. The only place that knows pdfplumber and pdfminer.

Lines are built from the page's layout objects: pdfplumber's dict for each character costs as much as all the rest.
"""

import contextlib
import logging
import time
from collections.abc import Iterator
from io import BytesIO

from objection_docs.errors import PaperError
from objection_docs.extraction import flow, form_fields
from objection_docs.extraction.flow import Sheet
from objection_docs.extraction.limits import Limits, too_large
from objection_docs.extraction.paper import Paper
from objection_docs.extraction.rows import Glyph
from objection_docs.extraction.tables import rules_of_box

_SYMBOLS = {0xF0A8: "□", 0xF06F: "□", 0xF0FE: "☑", 0xF0FC: "✓", 0xF052: "☑", 0xF0A3: "□", 0xF06C: "●", 0xF0B7: "·"}
_SYMBOLS |= {0xF06E: "■", 0xF0D8: "·", 0xF075: "·", 0xF076: "·", 0xF0A7: "·"}


def read(data: bytes, limits: Limits) -> Paper:
    """The paper in a PDF. Raises PaperError."""
    with _quiet(), _as_paper_errors():
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
def _quiet() -> Iterator[None]:
    """pdfminer tells every oddity of a font on stderr; whoever checks a letter can do nothing about it."""
    logger = logging.getLogger("pdfminer")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


@contextlib.contextmanager
def _as_paper_errors() -> Iterator[None]:
    try:
        yield
    except PaperError:
        raise
    except MemoryError as error:
        raise too_large("文件展开后太大，无法读取") from error
    except Exception as error:  # pdfminer raises anything from KeyError to RecursionError on broken files
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
    started, total = time.monotonic(), 0
    for page in document.pages:
        sheet = _sheet(page, limits)
        page.close()
        total += len(sheet.glyphs)
        if total > limits.characters:
            raise too_large(f"文字超过 {limits.characters} 字的上限，请拆分后再试")
        if time.monotonic() - started > limits.seconds:
            raise too_large(f"读取超过 {limits.seconds:g} 秒，文件过于复杂，请重新导出为普通 PDF 后再试")
        yield sheet


def _sheet(page, limits: Limits) -> Sheet:
    from pdfminer.layout import LTChar, LTContainer, LTCurve, LTImage, LTLine, LTRect

    box, media = page.cropbox, page.mediabox
    sheet = Sheet(page.page_number, box[2] - box[0], box[3] - box[1])
    across, down = box[0] - media[0], box[1] - media[1]  # the visible part of the page begins here
    height = media[3] - media[1]
    white: dict[int, tuple[object, bool]] = {}
    pale: list[Glyph] = []
    seen = 0

    def walk(items) -> None:
        nonlocal seen
        for item in items:
            kind = type(item)
            if kind is LTChar:
                seen += 1
                if seen > limits.page_characters:
                    raise too_large(f"第 {sheet.number} 页的字数超过 {limits.page_characters} 的上限，不像一份函件")
                char(item)
            elif kind is LTLine:
                line(item)
            elif isinstance(item, LTCurve):
                shape(item, kind is LTRect)
            elif kind is LTImage:
                picture(item)
            elif isinstance(item, LTContainer):
                walk(item)

    def char(item) -> None:
        text, color = item.get_text(), item.graphicstate.ncolor
        x0, x1 = item.x0 - across, item.x1 - across
        top, bottom = height - item.y1 - down, height - item.y0 - down
        along, rise = item.matrix[0], item.matrix[1]
        if not item.upright or abs(rise) > 0.1 * abs(along):
            sheet.slanted += 1
            return
        if text.startswith("(cid:"):
            sheet.unmapped += 1
            text = "\ufffd"
        elif len(text) == 1 and "\ue000" <= text <= "\uf8ff":
            text = _SYMBOLS.get(ord(text), text)
            sheet.unmapped += text >= "\ue000"
        elif not text or text < " ":
            return
        size = item.size
        blank = text.isspace()
        if not blank and (size < 1.5 or x1 < 0 or x0 > sheet.width or bottom < 0 or top > sheet.height):
            sheet.hidden += 1
            return
        glyph = Glyph(text, x0, top, x1, bottom, height - item.matrix[5] - down, size)
        known = white.get(id(color))
        if known is None or known[0] is not color:
            known = white[id(color)] = (color, _is_white(color, item.ncs))
        (pale if known[1] and not blank else sheet.glyphs).append(glyph)

    def line(item) -> None:
        x0, x1 = item.x0 - across, item.x1 - across
        top, bottom = height - item.y1 - down, height - item.y0 - down
        sheet.rules.extend(rules_of_box(x0, top, x1, bottom, outlined=False))

    def shape(item, is_box: bool) -> None:
        x0, x1 = item.x0 - across, item.x1 - across
        top, bottom = height - item.y1 - down, height - item.y0 - down
        if is_box or len(item.pts) in (4, 5):
            sheet.rules.extend(rules_of_box(x0, top, x1, bottom, outlined=is_box and bool(item.stroke)))
        elif item.stroke:
            for (ax, ay), (bx, by) in zip(item.pts, item.pts[1:], strict=False):
                (left, right), (low, high) = sorted((ax, bx)), sorted((ay, by))
                ends = (left - across, height - high - down, right - across, height - low - down)
                sheet.rules.extend(rules_of_box(*ends, outlined=False))
        if item.fill and x1 - x0 > 4 and bottom - top > 4 and not _is_white(item.non_stroking_color, None):
            sheet.shades.append((x0, top, x1, bottom))

    def picture(item) -> None:
        if item.width * item.height > 0.5 * sheet.width * sheet.height:
            sheet.pictured = True

    walk(page.layout)
    for glyph in pale:
        x, y = (glyph.x0 + glyph.x1) / 2, (glyph.top + glyph.bottom) / 2
        if any(x0 <= x <= x1 and top <= y <= bottom for x0, top, x1, bottom in sheet.shades):
            sheet.glyphs.append(glyph)
        else:
            sheet.hidden += 1
    sheet.glyphs.extend(form_fields.glyphs(page))
    return sheet


def _is_white(color, space) -> bool:
    values = color if isinstance(color, (tuple, list)) else (color,)
    if not values or not all(isinstance(value, (int, float)) for value in values):
        return False
    if len(values) == 4:
        return max(values) < 0.02
    name = getattr(space, "name", "")
    return name not in ("Separation", "DeviceN", "Indexed") and min(values) > 0.98


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
