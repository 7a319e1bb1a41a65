"""Every statement stands on the page: the boxes lie on the quoted words."""

import io
from pathlib import Path

import pdfplumber
import pytest

from objection_docs import checking, extraction
from objection_docs.extraction.paper import Line, Paper
from objection_docs.text import normal

KNOWN = Path(__file__).parent / "letters" / "known"
EDGES = ',.;:、。"-⸺'  # in normal form, but for a dash that a font draws as one glyph
LETTERS = sorted(path.stem for path in KNOWN.glob("*.pdf"))[::4]


def words_in(page, boxes) -> str:
    """The characters whose middle lies in one of the boxes, box by box."""
    out = []
    for x0, top, x1, bottom in boxes:
        inside = [
            char
            for char in page.chars
            if x0 - 0.1 <= (char["x0"] + char["x1"]) / 2 <= x1 + 0.1
            and top - 0.1 <= (char["top"] + char["bottom"]) / 2 <= bottom + 0.1
        ]
        out += [char["text"] for char in sorted(inside, key=lambda char: char["x0"])]
    return normal("".join(out))


@pytest.mark.parametrize("name", LETTERS)
def test_the_words_under_the_boxes_are_the_quote(name):
    data = (KNOWN / f"{name}.pdf").read_bytes()
    report = checking.check(extraction.read(data))
    seen = 0
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        for finding in (*report.elements, *report.faults):
            place = finding.place
            if not place.boxes:
                continue
            stretches = [(place.page, place.boxes), *((more.page, more.boxes) for more in place.continues)]
            read = "".join(words_in(pdf.pages[page - 1], boxes) for page, boxes in stretches)
            # a mark set at half width may share its place with the last word, the opening one of what comes next too:
            # the edge of a box can't part them
            assert read.rstrip("《(").strip(EDGES) == normal(place.quote).strip(EDGES), finding
            seen += 1
    assert seen >= 3


def on_page(text: str, page: int, starts: bool = True, **more) -> Line:
    lefts = tuple(float(72 + 12 * i) for i in range(len(text)))
    return Line(text, page, 100.0, 112.0, lefts, tuple(x + 12 for x in lefts), starts=starts, **more)


def test_a_quote_over_a_page_break_has_boxes_on_both_pages():
    lines = (
        on_page("异议受理告知书", 1),
        on_page("宁波恒泰机械有限公司：", 1),
        on_page("贵公司的异议经审查符合条件，我公司决定予以", 1),
        on_page("受理并登记。", 2, starts=False),
    )
    report = checking.check(Paper(lines, pages=2, source="pdf"), "acknowledgement")
    place = next(e for e in report.elements if e.id == "acceptance").place
    assert normal(place.quote).endswith("予以受理并登记")
    assert place.page == 1
    assert [(more.page, len(more.boxes)) for more in place.continues] == [(2, 1)]


def test_an_empty_cell_is_pointed_at_by_its_label():
    lines = (
        on_page("异议受理告知书", 1),
        on_page("收到日期", 1, role="cell", cell=(0, 0, 0)),
        Line("", 1, 100.0, 112.0, role="cell", cell=(0, 0, 1), area=(200.0, 98.0, 300.0, 114.0)),
    )
    report = checking.check(Paper(lines, source="pdf"), "acknowledgement")
    finding = next(e for e in report.elements if e.id == "receipt_date")
    assert finding.status == "blank"
    assert finding.place.boxes[0][:2] == (72.0, 100.0)
