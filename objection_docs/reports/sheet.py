"""A page as it is seen → a page as PDF counts it: its crop box, its turn, and from the bottom upwards."""

from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`crop`: x0, y0, x1, y1 in PDF's own space. `turn`: degrees clockwise that a viewer turns the page."""

    crop: tuple[float, float, float, float]
    turn: int = 0

    @classmethod
    def of(cls, page) -> "Sheet":
        """Of a page of pikepdf."""
        media, crop = _box(page.mediabox), _box(page.cropbox)
        inside = (max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3]))
        seen = inside if inside[0] < inside[2] and inside[1] < inside[3] else media
        return cls(seen, page.rotation % 360)

    @property
    def width(self) -> float:
        x0, y0, x1, y1 = self.crop
        return y1 - y0 if self.turn in (90, 270) else x1 - x0

    def point(self, x: float, y: float) -> Point:
        """`x`, `y`: from the top left corner that a reader sees, downwards."""
        x0, y0, x1, y1 = self.crop
        return {90: (x0 + y, y0 + x), 180: (x1 - x, y0 + y), 270: (x1 - y, y1 - x)}.get(self.turn, (x0 + x, y1 - y))

    def quad(self, box: tuple[float, ...]) -> tuple[Point, Point, Point, Point]:
        """Upper left, upper right, lower left and lower right of a box, as a reader sees them."""
        left, top, right, bottom = box
        return self.point(left, top), self.point(right, top), self.point(left, bottom), self.point(right, bottom)


def _box(values) -> tuple[float, float, float, float]:
    a, b, c, d = (float(value) for value in values)
    return min(a, c), min(b, d), max(a, c), max(b, d)
