"""Which part of a PDF page a viewer shows. pdfplumber turns its boxes as if they were cut alike on all sides."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """`across`, `down`: how much of the page, turned as it is shown, is cut off at its left and at its top."""

    across: float
    down: float
    width: float
    height: float


def window(page) -> Window:
    """Of a page of pdfplumber."""
    media, crop = _box(page.page_obj.mediabox), _box(page.page_obj.cropbox)
    x0, y0, x1, y1 = (*map(max, media[:2], crop[:2]), *map(min, media[2:], crop[2:]))
    if x0 >= x1 or y0 >= y1:  # a window beside the page: viewers show the whole page
        x0, y0, x1, y1 = media
    left, low, right, high = x0 - media[0], y0 - media[1], media[2] - x1, media[3] - y1
    wide, tall = x1 - x0, y1 - y0
    return {
        90: Window(low, left, tall, wide),
        180: Window(right, low, wide, tall),
        270: Window(high, right, tall, wide),
    }.get(page.rotation, Window(left, high, wide, tall))


def _box(values) -> tuple[float, float, float, float]:
    a, b, c, d = (float(value) for value in values)
    return min(a, c), min(b, d), max(a, c), max(b, d)
