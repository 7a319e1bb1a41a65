"""The annotated PDF: its highlights stand on the words that the report quotes, however the page is turned or cut."""

from io import BytesIO
from types import SimpleNamespace

import made_papers
import pdfplumber
import pikepdf
import pytest
from annotated_letters import LETTERS, annotated, checked, place, report_of

from objection_docs import desk, extraction
from objection_docs.errors import PaperError, UsageError
from objection_docs.reports import DEFICIENT, annotation, points
from objection_docs.reports import pdf as pdf_copy
from objection_docs.reports.marks import marks
from objection_docs.text import normal


def notes(data: bytes) -> list[SimpleNamespace]:
    """Every annotation of ours, as plain values."""
    out = []
    with pikepdf.open(BytesIO(data)) as document:
        for number, page in enumerate(document.pages):
            for note in page.obj.get("/Annots", []):
                if note.Subtype in ("/Highlight", "/Text"):
                    values = [float(value) for value in note.get("/QuadPoints", [])]
                    out.append(
                        SimpleNamespace(
                            page=number,
                            kind=str(note.Subtype),
                            said=str(note.Contents),
                            author=str(note.T),
                            rect=[float(value) for value in note.Rect],
                            quads=[values[i : i + 8] for i in range(0, len(values), 8)],
                            colour=tuple(float(value) for value in note.C),
                            printed=bool(note.F & 4),
                            drawn=note.AP.N.Subtype == "/Form",
                            window=note.Popup.Parent.objgen == note.objgen,
                        )
                    )
    return out


def highlights(data: bytes) -> list[SimpleNamespace]:
    return [note for note in notes(data) if note.kind == "/Highlight"]


def words_under(page, note) -> str:
    """What is printed under a highlight of a page that is not turned."""
    out = []
    for quad in note.quads:
        x0, x1, low, high = min(quad[::2]), max(quad[::2]), min(quad[1::2]), max(quad[1::2])
        top, bottom = float(page.height) - high, float(page.height) - low
        for char in sorted(page.chars, key=lambda char: char["x0"]):  # ticks are often drawn after the words
            x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
            if x0 <= x <= x1 and top <= y <= bottom:
                out.append(char["text"])
    return "".join(out)


@pytest.mark.parametrize("letter", LETTERS)
def test_highlights_stand_on_the_quoted_words(letter):
    name = f"{letter}.pdf"
    _, report = checked(name)
    found = [mark for mark in marks(report) if mark.quote]
    under: dict[str, str] = dict.fromkeys((mark.text for mark in found), "")
    with pdfplumber.open(BytesIO(annotated(name))) as document:
        for note in highlights(annotated(name)):
            for text in under:
                if text in note.said:
                    under[text] += words_under(document.pages[note.page], note)
    assert found
    for mark in found:
        assert normal(under[mark.text]) == normal(mark.quote)


@pytest.mark.parametrize("letter", LETTERS)
def test_everything_that_wants_something_is_told_with_reason_advice_and_authority(letter):
    told = "\n".join(note.said for note in notes(annotated(f"{letter}.pdf")))
    for element in checked(f"{letter}.pdf")[1]["elements"]:
        for _, words in points(element) if element["status"] in DEFICIENT else ():
            assert " ".join(words.split()) in told


def test_what_is_missing_altogether_stands_in_a_note_on_page_one():
    data = made_papers.letter("异议通知", "苏州明远精密制造有限公司：", "贵方交付的设备验收不合格。")
    report = desk.examine(data, "信.pdf")[0]
    absent = [element for element in report["elements"] if element["status"] == "missing"]
    (note,) = [note for note in notes(pdf_copy.annotate(data, report)) if note.kind == "/Text"]
    assert absent and note.page == 0 and note.rect[1] > 842 - 60
    assert note.author == "异议文书" and "检查结论：不完整" in note.said
    for element in absent:
        assert f"【缺失】{element['label']}（必需）" in note.said
        assert element["advice"] in note.said


def test_a_highlight_has_its_author_colour_appearance_and_window():
    made = notes(annotated("d1-05.pdf"))
    assert all(note.author == "异议文书" and note.printed and note.drawn and note.window for note in made)
    looks = {note.said[1:3]: note.colour for note in made}
    assert len(set(looks.values())) == len(looks) >= 3 and "空白" in looks


def test_the_same_letter_gives_the_same_copy():
    assert annotated("d1-32.pdf") == annotation.annotated(*checked("d1-32.pdf"))


def turned(data: bytes, turn: int, crop: tuple[float, float, float, float]) -> bytes:
    """The same page as a reader sees it, but stored turned and moved; of its edges (left, bottom, right, top as it is
    stored) something is cut off."""
    matrix, size = MATRICES[turn], (842, 595) if turn in (90, 270) else (595, 842)
    document = pikepdf.open(BytesIO(data))
    page = document.pages[0]
    page.contents_add(b"q %d %d %d %d %d %d cm" % matrix, prepend=True)
    page.contents_add(b" Q")
    page.obj.MediaBox = pikepdf.Array([50, 30, 50 + size[0], 30 + size[1]])
    left, bottom, right, top = crop
    page.obj.CropBox = pikepdf.Array([50 + left, 30 + bottom, 50 + size[0] - right, 30 + size[1] - top])
    page.obj.Rotate = turn
    out = BytesIO()
    document.save(out)
    return out.getvalue()


MATRICES = {
    0: (1, 0, 0, 1, 50, 30),
    90: (0, 1, -1, 0, 842 + 50, 30),
    180: (-1, 0, 0, -1, 595 + 50, 842 + 30),
    270: (0, -1, 1, 0, 50, 595 + 30),
}
LINES = ("异议通知", "贵方交付的设备验收不合格，请尽快处理。")


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [(0, 0, 0, 0), (20, 12, 20, 12), (0, 40, 25, 10)])
def test_turned_and_cut_pages_are_marked_at_the_words(turn, crop):
    data = turned(made_papers.letter(*LINES), turn, crop)
    line = next(line for line in extraction.read(data).lines if "尽快处理" in line.text)
    at = line.text.index("请尽快处理")
    box = line.box(at, at + 5)
    (note,) = highlights(pdf_copy.annotate(data, report_of(place("请尽快处理", boxes=[box]))))
    a, b, c, d, e, f = MATRICES[turn]
    (quad,) = note.quads
    seen = []  # where the reader sees it on the sheet that was not turned
    for x, y in zip(quad[::2], quad[1::2], strict=True):
        x, y = x - e, y - f
        seen.append((round((x * d - y * c) / (a * d - b * c)), round((y * a - x * b) / (a * d - b * c))))
    (left, high), (right, also_high), (also_left, low), (also_right, also_low) = seen
    assert (left, right, high, low) == (also_left, also_right, also_high, also_low)
    assert (left, right) == (90 + 13 * 12, 90 + 18 * 12)  # the fourteenth of characters 12 points wide
    assert low < 842 - 120 < high < low + 20


@pytest.mark.parametrize(("turn", "corner"), [(0, (70, 852)), (90, (70, 50)), (180, (625, 50)), (270, (872, 605))])
def test_the_note_hangs_in_the_corner_that_a_reader_sees_as_the_upper_left(turn, corner):
    """Viewers keep the upper left corner of a note in place, and the note upright."""
    made = pdf_copy.annotate(turned(made_papers.letter(*LINES), turn, (0, 0, 0, 0)), report_of())
    (note,) = notes(made)
    assert (note.rect[0], note.rect[3]) == corner and note.printed


def test_viewers_show_the_highlight_and_the_words_through_it():
    data = made_papers.letter(*LINES)
    copy = pdf_copy.annotate(data, report_of(place("验收不合格", boxes=[[174, 105, 234, 125]])))
    with pdfplumber.open(BytesIO(copy)) as document:
        picture = document.pages[0].to_image(resolution=72).original.convert("RGB")
    colours = {picture.getpixel((x, y)) for x in range(176, 232) for y in range(107, 122)}
    assert (255, 219, 115) in colours  # amber: vague
    assert any(max(colour) < 110 for colour in colours)  # the black letters
    assert picture.getpixel((300, 90)) == (255, 255, 255)
    assert picture.getpixel((28, 21)) != (255, 255, 255)  # the note


def test_an_empty_cell_and_words_on_two_pages_are_marked():
    blank = made_papers.pdf(lambda pen: (pen.text(90, 100, "日期"), pen.page(), pen.text(90, 100, "续页")))
    cell = place("", "blank", label="日期", boxes=[[100.0, 200.0, 100.0, 220.0]])
    long = place(
        "日期续页", "vague", boxes=[[90, 88, 114, 104]], continues=[{"page": 2, "boxes": [[90, 88, 114, 104]]}]
    )
    found = highlights(pdf_copy.annotate(blank, report_of(cell, long, pages=2)))
    assert sorted((note.page, note.said[:6]) for note in found) == [
        (0, "【空白】日期"),
        (0, "【笼统】事实"),
        (1, "【笼统】事实"),
    ]
    for note in found:
        x0, y0, x1, y1 = note.rect
        assert x1 - x0 >= 3 and y1 - y0 >= 3


def test_both_places_of_a_fault_are_marked_and_each_names_the_other():
    other = {"quote": "尽快处理", "page": 1, "boxes": [[250, 108, 298, 124]]}
    fault = {
        "label": "名称不一致",
        "message": "请统一",
        "quote": "贵方",
        "page": 1,
        "boxes": [[90, 108, 114, 124]],
        "other": other,
    }
    made = highlights(pdf_copy.annotate(made_papers.letter(*LINES), report_of(faults=[fault])))
    said = [note.said for note in made]
    assert len(said) == 2 and all("【差错】名称不一致\n请统一" in words for words in said)
    assert any("另见第 1 页：“尽快处理”" in words for words in said) and any("“贵方”" in words for words in said)


def test_marks_on_the_very_same_words_are_one_highlight_in_the_worse_colour():
    boxes = [[90, 108, 114, 124]]
    made = pdf_copy.annotate(
        made_papers.letter(*LINES),
        report_of(
            place("贵方", "present", label="相对方", boxes=boxes), place("贵方", "blank", label="签章", boxes=boxes)
        ),
    )
    (note,) = highlights(made)
    assert "【空白】签章" in note.said and "【齐备】相对方" in note.said
    assert note.colour[1] == pytest.approx(0.70)


def saved(document: pikepdf.Pdf, **more) -> bytes:
    out = BytesIO()
    document.save(out, **more)
    return out.getvalue()


def test_annotations_of_others_stay_even_where_pages_share_them():
    document = pikepdf.open(
        BytesIO(made_papers.pdf(lambda pen: (pen.text(90, 100, "一"), pen.page(), pen.text(90, 100, "二"))))
    )
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=pikepdf.Array([0, 0, 9, 9]))
    shared = document.make_indirect(pikepdf.Array([document.make_indirect(link)]))
    for page in document.pages:
        page.obj.Annots = shared
    copy = pikepdf.open(BytesIO(pdf_copy.annotate(saved(document), report_of(pages=2))))
    kinds = [[str(note.Subtype) for note in page.obj.Annots] for page in copy.pages]
    assert kinds == [["/Link", "/Text", "/Popup"], ["/Link"]]


@pytest.mark.parametrize(
    ("locks", "error", "code"),
    [
        ({"user": "秘", "owner": "主"}, PaperError, "encrypted"),
        ({"user": "", "owner": "x"}, UsageError, "annotating_forbidden"),
    ],
)
def test_locked_files_are_refused_in_chinese(locks, error, code):
    locks = {name: value.encode().hex() if value else "" for name, value in locks.items()}
    forbidden = pikepdf.Permissions(modify_annotation=False)
    data = saved(
        pikepdf.open(BytesIO(made_papers.letter(*LINES))), encryption=pikepdf.Encryption(**locks, allow=forbidden)
    )
    with pytest.raises(error) as caught:
        pdf_copy.annotate(data, report_of())
    assert caught.value.code == code and "PDF" in caught.value.message and "请" in caught.value.message


def test_a_file_that_allows_annotations_keeps_its_lock():
    allowed = pikepdf.Encryption(owner="x", user="", allow=pikepdf.Permissions(modify_other=False))
    data = saved(pikepdf.open(BytesIO(made_papers.letter(*LINES))), encryption=allowed)
    copy = pikepdf.open(BytesIO(pdf_copy.annotate(data, report_of())))
    assert copy.is_encrypted and not copy.allow.modify_other
