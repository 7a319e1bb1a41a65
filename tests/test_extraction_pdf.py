"""What is read from a PDF: rows, paragraphs, cells, running heads, and what was typed into its fields."""

import io
from itertools import pairwise

import made_papers as made
import pikepdf
import pytest

from objection_docs.extraction import read

BODY = "贵方于三月五日发出的通知已经收悉我方对其中所列的各项数额均不予认可现将理由分别说明如下请贵方一一核对"  # 48


def paragraphs(data: bytes) -> list[str]:
    return ["".join(line.text for line in group) for group in read(data).paragraphs()]


def cells(data: bytes) -> dict[tuple[int, int, int], str]:
    out: dict = {}
    for line in read(data).lines:
        if line.cell:
            out[line.cell] = out.get(line.cell, "") + line.text
    return out


def indented(*texts: str) -> bytes:
    """Paragraphs of 32 characters a row, the first row set in by two."""

    def draw(pen):
        baseline = 100
        for text in texts:
            x, room = 114, 30
            while text:
                pen.text(x, baseline, text[:room])
                text, x, room, baseline = text[room:], 90, 32, baseline + 20
        pen.text(90 + 32 * 12 - 60, baseline, "某某公司章")

    return made.pdf(draw)


def test_rows_of_a_paragraph_are_joined_and_paragraphs_kept_apart():
    assert paragraphs(indented(BODY, BODY + BODY, "特此函告")) == [BODY, BODY + BODY, "特此函告", "某某公司章"]


def test_a_row_that_ends_short_ends_its_paragraph():
    assert paragraphs(made.letter("附件：", "一、合同", "二、发票")) == ["附件：", "一、合同", "二、发票"]


def test_a_paragraph_goes_on_across_the_page_break_past_foot_and_head():
    def draw(pen):
        for number in (1, 2):
            pen.text(90, 40, "往来函件")
            for i in range(3):
                pen.text(90, 100 + i * 20, BODY[number + i :][:32])
            pen.text(280, 800, f"第 {number} 页")
            pen.page()

    paper = read(made.pdf(draw))
    assert paper.text == "".join(BODY[start : start + 32] for start in (1, 2, 3, 2, 3, 4))
    assert [line.role for line in paper.lines if line.text == "往来函件"] == ["head", "head"]
    assert [line.text for line in paper.lines if line.role == "foot"] == ["第 1 页", "第 2 页"]


@pytest.mark.parametrize("number", ["第 1 页", "第1页 共2页", "- 1 -", "1/2", "1", "— 1 —", "Page 1 of 2"])
def test_a_page_number_is_a_foot_on_a_letter_of_one_page_too(number):
    def draw(pen):
        for i in range(3):
            pen.text(90, 100 + i * 20, BODY[:32])
        pen.text(290, 800, number)

    assert [line.text for line in read(made.pdf(draw)).lines if line.role == "foot"] == [number]


def test_a_letterhead_is_text():
    def draw(pen):
        pen.text(200, 50, "宁波恒泰机械有限公司")
        pen.text(240, 100, "异议函", 22)
        pen.text(90, 150, BODY[:32])
        pen.text(90, 190, "此致")

    assert paragraphs(made.pdf(draw))[0] == "宁波恒泰机械有限公司"


def test_columns_of_one_row_are_parted_by_a_blank():
    def draw(pen):
        pen.text(90, 100, "电话：1234")
        pen.text(300, 100, "邮编：315000")

    assert paragraphs(made.pdf(draw)) == ["电话：1234 邮编：315000"]


def test_a_superscript_stays_in_its_row():
    def draw(pen):
        pen.text(90, 100, "面积十平方米")
        pen.text(162, 95, "注", 7)
        pen.text(90, 120, "另起一行")

    assert paragraphs(made.pdf(draw)) == ["面积十平方米注", "另起一行"]


def test_characters_drawn_twice_count_once():
    def draw(pen):
        for shift in (0, 0.4):
            pen.text(90 + shift, 100, "异议通知书")

    assert paragraphs(made.pdf(draw)) == ["异议通知书"]


def test_the_side_a_row_keeps_to():
    def draw(pen):
        pen.text(297 - 33, 80, "异议函", 22)
        for i in range(3):
            pen.text(90, 120 + i * 20, BODY[:34])
        pen.text(90 + 34 * 12 - 120, 200, "宁波恒泰机械有限公司")

    assert [line.align for line in read(made.pdf(draw)).lines] == ["center", "", "", "", "right"]


def test_a_box_points_at_the_characters():
    line = read(made.letter("异议人：恒泰")).lines[0]
    x0, top, x1, bottom = line.box(4, 6)
    assert (x0, x1) == pytest.approx((90 + 48, 90 + 72), abs=0.1)
    assert top < 100 - 6 < 100 <= bottom + 0.1
    assert len(line.lefts) == len(line.rights) == len(line.text)


def table(pen, xs=(90, 200, 400), ys=(100, 130, 160, 190)) -> None:
    made.grid(pen, list(xs), list(ys))


def test_cells_with_their_places_and_the_empty_ones_with_their_area():
    def draw(pen):
        table(pen)
        pen.text(95, 120, "异议人")
        pen.text(205, 120, "恒泰公司")
        pen.text(95, 150, "联系电话")

    data = made.pdf(draw)
    assert cells(data) == {
        (0, 0, 0): "异议人",
        (0, 0, 1): "恒泰公司",
        (0, 1, 0): "联系电话",
        (0, 1, 1): "",
        (0, 2, 0): "",
        (0, 2, 1): "",
    }
    empty = next(line for line in read(data).lines if line.cell == (0, 1, 1))
    assert empty.area == pytest.approx((200, 130, 400, 160), abs=2)
    assert (empty.page, empty.box(0, 0)) == (1, None)


def test_text_around_a_table_keeps_its_place():
    def draw(pen):
        pen.text(90, 80, "情况如下")
        table(pen)
        pen.text(95, 120, "甲")
        pen.text(90, 220, "特此说明")

    lines = [line.text for line in read(made.pdf(draw)).lines if line.text]
    assert lines == ["情况如下", "甲", "特此说明"]


def test_merged_cells():
    def draw(pen):
        made.grid(pen, [90, 200, 400], [100, 130])
        made.grid(pen, [90, 400], [130, 160])
        pen.text(95, 120, "甲")
        pen.text(205, 120, "乙")
        pen.text(95, 150, "通栏")

    assert cells(made.pdf(draw)) == {(0, 0, 0): "甲", (0, 0, 1): "乙", (0, 1, 0): "通栏"}


def test_a_table_cut_by_the_page_break_is_one_table():
    def draw(pen):
        table(pen, ys=(700, 730, 760))
        pen.text(95, 720, "序号")
        pen.text(95, 750, "一")
        pen.page()
        table(pen, ys=(60, 90, 120))
        pen.text(95, 80, "二")

    found = cells(made.pdf(draw))
    assert {place for place, text in found.items() if text} == {(0, 0, 0), (0, 1, 0), (0, 2, 0)}
    assert {place[0] for place in found} == {0}


def test_a_heading_row_repeated_on_the_next_page_is_a_running_head():
    def draw(pen):
        for ys, text in (((700, 730, 760), "一"), ((60, 90, 120), "二")):
            table(pen, ys=ys)
            pen.text(95, ys[1] - 10, "序号")
            pen.text(205, ys[1] - 10, "证据")
            pen.text(95, ys[2] - 10, text)
            pen.page()

    found = {place: text for place, text in cells(made.pdf(draw)).items() if text}
    assert found == {(0, 0, 0): "序号", (0, 0, 1): "证据", (0, 1, 0): "一", (0, 2, 0): "二"}


def test_a_frame_or_an_underline_is_no_table():
    def draw(pen):
        made.grid(pen, [60, 540], [60, 780])
        pen.text(90, 100, "异议人")
        pen.rule(140, 102, 300, 102)

    assert cells(made.pdf(draw)) == {}


def test_hidden_characters_are_left_out_and_told():
    def draw(pen):
        pen.text(90, 100, "可见")
        pen.canvas.setFillGray(1)
        pen.text(90, 200, "白字")
        pen.canvas.setFillGray(0)
        pen.text(90, 300, "极小", 0.5)

    paper = read(made.pdf(draw))
    assert paper.text == "可见"
    assert "有 4 个不可见字符未读取" in paper.warnings


def test_white_on_dark_is_read():
    def draw(pen):
        pen.canvas.setFillGray(0.2)
        pen.canvas.rect(80, made.HEIGHT - 110, 200, 30, stroke=0, fill=1)
        pen.canvas.setFillGray(1)
        pen.text(90, 100, "表头")

    assert paragraphs(made.pdf(draw)) == ["表头"]


def test_a_slanted_watermark_is_left_out_and_told():
    def draw(pen):
        pen.text(90, 100, "正文")
        pen.canvas.translate(200, 400)
        pen.canvas.rotate(45)
        pen.canvas.drawString(0, 0, "样本")

    paper = read(made.pdf(draw))
    assert paper.text == "正文"
    assert any("水印" in warning for warning in paper.warnings)


def rewritten(data: bytes, change) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        change(document)
        document.save(out)
    return out.getvalue()


def test_a_page_turned_by_the_viewer_is_read_as_it_is_shown():
    def draw(pen):
        pen.canvas.rotate(90)
        pen.canvas.setFont(made.FONT, 12)
        pen.canvas.drawString(100, -200, "横放的一页")

    def turn(document):
        document.pages[0].Rotate = 90

    paper = read(rewritten(made.pdf(draw), turn))
    assert paper.text == "横放的一页"
    assert paper.page_sizes == ((842.0, 595.0),)
    assert paper.lines[0].lefts[0] == pytest.approx(100, abs=1)


def test_places_count_from_the_corner_of_the_visible_part():
    def crop(document):
        document.pages[0].CropBox = [50, 0, 595, 792]

    line = read(rewritten(made.letter("正文"), crop)).lines[0]
    assert line.lefts[0] == pytest.approx(40, abs=0.1)
    assert line.bottom == pytest.approx(50, abs=5)


def field(document, kind: str, value, box, **more):
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, Rect=box, FT=pikepdf.Name("/" + kind)
    )
    note.V = value
    for key, item in more.items():
        note[f"/{key}"] = item
    return document.make_indirect(note)


def test_what_was_typed_into_a_form():
    def fill(document):
        notes = pikepdf.Array(
            [
                field(document, "Tx", pikepdf.String("宁波恒泰"), [150, 736, 300, 752]),
                field(document, "Btn", pikepdf.Name.Yes, [90, 716, 102, 728], AS=pikepdf.Name.Yes),
                field(document, "Btn", pikepdf.Name.Off, [90, 696, 102, 708], AS=pikepdf.Name.Off),
                field(document, "Tx", pikepdf.String("藏起来的"), [150, 600, 300, 620], F=2),
            ]
        )
        document.pages[0].Annots = notes
        document.Root.AcroForm = pikepdf.Dictionary(Fields=notes)

    def draw(pen):
        pen.text(90, 102, "异议人：")
        pen.text(106, 122, "同意")
        pen.text(106, 142, "不同意")

    data = rewritten(made.pdf(draw), fill)
    assert [text.replace(" ", "") for text in paragraphs(data)] == ["异议人：宁波恒泰", "☑同意", "□不同意"]


def test_radicals_that_fonts_put_for_common_characters_are_undone():
    from objection_docs.extraction.rows import _UNIFY

    assert "⼈⺠⽇⻚⻓⼾".translate(_UNIFY) == "人民日页长户"


def test_reading_twice_gives_the_same():
    data = indented(BODY, BODY)
    assert read(data) == read(data)


def test_lines_go_down_the_page():
    tops = [line.top for line in read(indented(BODY, BODY + BODY)).lines]
    assert all(one < other for one, other in pairwise(tops))
