"""What was typed into a PDF form or onto its pages: pdfminer reads what is drawn, not what annotations show."""

from collections.abc import Iterator

from objection_docs.extraction.rows import Glyph
from objection_docs.extraction.window import window

_PUSH_BUTTON, _RADIO = 1 << 16, 1 << 15
_HIDDEN = 1 << 1 | 1 << 5  # Hidden, NoView


def glyphs(page) -> Iterator[Glyph]:
    """The values of the page's filled fields and typed notes, set out in their boxes."""
    if not page.page_obj.annots:
        return
    from pdfminer.pdftypes import resolve1

    for reference in resolve1(page.page_obj.annots) or []:
        note = resolve1(reference)
        if not isinstance(note, dict) or _number(resolve1(note.get("F"))) & _HIDDEN:
            continue
        kind = _name(resolve1(note.get("Subtype")))
        text = _typed(note, resolve1) if kind == "Widget" else ""
        if kind == "FreeText":
            text = _text(resolve1(note.get("Contents")))
        box = [resolve1(value) for value in resolve1(note.get("Rect")) or []]
        if text.strip() and len(box) == 4 and all(isinstance(value, (int, float)) for value in box):
            yield from _set_out(text, _placed(box, page))


def _typed(note: dict, resolve) -> str:
    kind = _name(_inherited(note, "FT", resolve))
    value = _inherited(note, "V", resolve)
    if kind == "Btn":
        if _number(_inherited(note, "Ff", resolve)) & _PUSH_BUTTON:
            return ""
        return "□" if _name(resolve(note.get("AS"))) in ("Off", "") else "☑"
    if kind not in ("Tx", "Ch"):
        return ""
    if isinstance(value, list):
        return "、".join(_text(resolve(item)) for item in value)
    return _text(value)


def _inherited(note: dict, key: str, resolve):
    for _ in range(20):  # a parent that is its own child must not hold us
        if key in note:
            return resolve(note[key])
        parent = resolve(note.get("Parent"))
        if not isinstance(parent, dict):
            return None
        note = parent
    return None


def _text(value) -> str:
    from pdfminer.utils import decode_text

    if isinstance(value, bytes):
        return decode_text(value)
    return _name(value) if hasattr(value, "name") else ""


def _name(value) -> str:
    name = getattr(value, "name", "")
    return name.decode("latin-1") if isinstance(name, bytes) else str(name)


def _number(value) -> int:
    return value if isinstance(value, int) else 0


def _placed(box: list[float], page) -> tuple[float, float, float, float]:
    """A rectangle of the file → the page as it is shown: turned, and measured from its top left corner."""
    x0, x1 = sorted((box[0], box[2]))
    y0, y1 = sorted((box[1], box[3]))
    raw = [float(value) for value in page.page_obj.mediabox]
    left, low, right, high = raw[0], raw[1], raw[2], raw[3]
    if page.rotation == 90:
        x0, x1, top, bottom = y0 - low, y1 - low, x0 - left, x1 - left
    elif page.rotation == 180:
        x0, x1, top, bottom = right - x1, right - x0, y0 - low, y1 - low
    elif page.rotation == 270:
        x0, x1, top, bottom = high - y1, high - y0, right - x1, right - x0
    else:
        x0, x1, top, bottom = x0 - left, x1 - left, high - y1, high - y0
    shown = window(page)
    return x0 - shown.across, top - shown.down, x1 - shown.across, bottom - shown.down


def _set_out(text: str, box: tuple[float, float, float, float]) -> Iterator[Glyph]:
    """Where a viewer would show each character, near enough to point at."""
    x0, top, x1, bottom = box
    lines = [line for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
    pitch = (bottom - top) / len(lines)
    for i, line in enumerate(lines):
        size = max(4.0, min(12.0, 0.75 * pitch))
        widths = [size if char > "\u2e7f" else 0.5 * size for char in line]
        squeeze = min(1.0, max(1.0, x1 - x0 - 4) / sum(widths))
        x, upper = x0 + 2, top + i * pitch + (pitch - size) / 2
        for char, width in zip(line, widths, strict=True):
            yield Glyph(char, x, upper, x + width * squeeze, upper + size, upper + 0.85 * size, size)
            x += width * squeeze
