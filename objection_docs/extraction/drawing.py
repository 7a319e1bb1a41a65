"""One page of a PDF → `Sheet`: its characters and ruling lines, measured from the corner of what a viewer shows.

pdfminer draws; pdfplumber's own objects are passed by, as their dict for each character costs as much as all the rest.
"""

import time
import zlib

from pdfminer import pdftypes
from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import LTChar, LTContainer, LTCurve, LTImage, LTLine, LTRect
from pdfminer.pdfinterp import PDFPageInterpreter

from objection_docs.extraction import form_fields, tokens  # noqa: F401 - which quickens pdfminer
from objection_docs.extraction.flow import Sheet
from objection_docs.extraction.limits import Limits, too_large
from objection_docs.extraction.rows import Glyph
from objection_docs.extraction.tables import rules_of_box
from objection_docs.extraction.window import window

_SYMBOLS = {0xF0A8: "□", 0xF06F: "□", 0xF0FE: "☑", 0xF0FC: "✓", 0xF052: "☑", 0xF0A3: "□", 0xF06C: "●", 0xF0B7: "·"}
_SYMBOLS |= {0xF06E: "■", 0xF0D8: "·", 0xF075: "·", 0xF076: "·", 0xF0A7: "·"}
_DASHES = {"⸺": "——", "⸻": "———"}  # Chromium draws rows of dashes with these
_MOST_PATHS = 100_000
_MOST_BYTES = 50_000_000


class _Unpacker:
    """As zlib's own, but one stream may not unpack to more than _MOST_BYTES."""

    def __init__(self):
        self._worker = zlib.decompressobj()
        self._left = _MOST_BYTES

    def decompress(self, data: bytes) -> bytes:
        out = self._worker.decompress(data, self._left)
        self._left -= len(out)
        if self._left <= 0 or self._worker.unconsumed_tail:
            raise too_large("PDF 里有展开后过大的内容，请重新导出为普通 PDF 后再试")
        return out


class _BoundedZlib:
    """Put in place of zlib within pdfminer, which unpacks without any bound: 20 MB can hold 20 GB of zeros."""

    error = zlib.error
    decompressobj = _Unpacker

    @staticmethod
    def decompress(data: bytes) -> bytes:
        unpacker = _Unpacker()
        out = unpacker.decompress(data)
        if not unpacker._worker.eof:
            raise zlib.error("incomplete or truncated stream")
        return out


pdftypes.zlib = _BoundedZlib


class _Device(PDFPageAggregator):
    """Stops a hostile page while it is drawn: forms that call each other can draw a billion characters."""

    def __init__(self, page, limits: Limits, deadline: float):
        super().__init__(page.pdf.rsrcmgr, pageno=page.page_number, laparams=None)
        self.limits, self.deadline = limits, deadline
        self.number = page.page_number
        self.characters = self.paths = self.forms = 0

    def render_char(self, *args, **kwargs) -> float:
        self.characters += 1
        if self.characters > self.limits.page_characters:
            raise too_large(f"第 {self.number} 页的字数超过 {self.limits.page_characters} 的上限，不像一份函件")
        return super().render_char(*args, **kwargs)

    def paint_path(self, *args, **kwargs) -> None:
        self.paths += 1
        if self.paths < _MOST_PATHS:  # the rest of a map or chart is left out: no letter has that many ruling lines
            super().paint_path(*args, **kwargs)

    def begin_figure(self, *args, **kwargs) -> None:
        self.forms += 1
        if time.monotonic() > self.deadline:
            raise too_slow(self.limits)
        super().begin_figure(*args, **kwargs)


def too_slow(limits: Limits):
    return too_large(f"读取超过 {limits.seconds:g} 秒，文件过于复杂，请重新导出为普通 PDF 后再试")


def sheet(page, limits: Limits, deadline: float) -> Sheet:
    """What is drawn on a page of pdfplumber."""
    device = _Device(page, limits, deadline)
    PDFPageInterpreter(page.pdf.rsrcmgr, device).process_page(page.page_obj)
    drawing = _Drawing(page)
    drawing.items(device.get_result())
    drawing.sort_out_pale()
    drawing.sheet.glyphs.extend(form_fields.glyphs(page))
    return drawing.sheet


class _Drawing:
    """Sorts what pdfminer drew into a sheet."""

    def __init__(self, page):
        shown = window(page)
        self.sheet = Sheet(page.page_number, shown.width, shown.height)
        self.across = shown.across
        self.floor = page.mediabox[3] - page.mediabox[1] - shown.down  # pdfminer counts upwards from the bottom
        self.pale: list[Glyph] = []
        self._white: dict[int, tuple[object, bool]] = {}

    def items(self, container) -> None:
        for item in container:
            kind = type(item)
            if kind is LTChar:
                self.char(item)
            elif kind is LTLine:
                self.sheet.rules.extend(rules_of_box(*self.box(item), outlined=False))
            elif isinstance(item, LTCurve):
                self.shape(item, kind is LTRect)
            elif kind is LTImage:
                self.sheet.pictured |= item.width * item.height > 0.5 * self.sheet.width * self.sheet.height
            elif isinstance(item, LTContainer):
                self.items(item)

    def box(self, item) -> tuple[float, float, float, float]:
        return item.x0 - self.across, self.floor - item.y1, item.x1 - self.across, self.floor - item.y0

    def char(self, item) -> None:
        text, sheet, size = item.get_text(), self.sheet, item.size
        along, rise = item.matrix[0], item.matrix[1]
        if not item.upright or abs(rise) > 0.1 * abs(along):
            sheet.slanted += 1
            return
        x0, top, x1, bottom = self.box(item)
        if text.startswith("(cid:"):
            sheet.unmapped += 1
            text = "\ufffd"
        elif len(text) == 1 and "\ue000" <= text <= "\uf8ff":
            text = _SYMBOLS.get(ord(text), text)
            sheet.unmapped += text >= "\ue000"
        elif not text or text < " ":
            return
        elif text in _DASHES:
            text = _DASHES[text]
        blank = text.isspace()
        if not blank and (size < 1.5 or x1 < 0 or x0 > sheet.width or bottom < 0 or top > sheet.height):
            sheet.hidden += 1
            return
        glyph = Glyph(text, x0, top, x1, bottom, self.floor - item.matrix[5], size)
        (self.pale if not blank and self.white(item) else sheet.glyphs).append(glyph)

    def white(self, item) -> bool:
        color = item.graphicstate.ncolor
        known = self._white.get(id(color))
        if known is None or known[0] is not color:
            known = self._white[id(color)] = (color, _is_white(color, item.ncs))
        return known[1]

    def shape(self, item, is_box: bool) -> None:
        box = self.box(item)
        if is_box or len(item.pts) in (4, 5):
            self.sheet.rules.extend(rules_of_box(*box, outlined=is_box and bool(item.stroke)))
        elif item.stroke:
            for (ax, ay), (bx, by) in zip(item.pts, item.pts[1:], strict=False):
                (left, right), (low, high) = sorted((ax, bx)), sorted((ay, by))
                ends = (left - self.across, self.floor - high, right - self.across, self.floor - low)
                self.sheet.rules.extend(rules_of_box(*ends, outlined=False))
        wide, high = box[2] - box[0], box[3] - box[1]
        if item.fill and wide > 4 and high > 4 and not _is_white(item.non_stroking_color, None):
            self.sheet.shades.append(box)

    def sort_out_pale(self) -> None:
        """White characters show on a dark ground only."""
        for glyph in self.pale:
            x, y = (glyph.x0 + glyph.x1) / 2, (glyph.top + glyph.bottom) / 2
            if any(x0 <= x <= x1 and top <= y <= bottom for x0, top, x1, bottom in self.sheet.shades):
                self.sheet.glyphs.append(glyph)
            else:
                self.sheet.hidden += 1


def _is_white(color, space) -> bool:
    values = color if isinstance(color, (tuple, list)) else (color,)
    if not values or not all(isinstance(value, (int, float)) for value in values):
        return False
    if len(values) == 4:
        return max(values) < 0.02
    name = getattr(space, "name", "")
    return name not in ("Separation", "DeviceN", "Indexed") and min(values) > 0.98
