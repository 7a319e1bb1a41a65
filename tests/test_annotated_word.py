"""The annotated Word file: its comments stand on the words that the report quotes, and nothing else changes."""

import zipfile
from io import BytesIO

import docx
import made_papers
import pytest
from annotated_letters import LETTERS, annotated, checked, place, report_of

from objection_docs import extraction
from objection_docs.errors import PaperError, UsageError
from objection_docs.reports import DEFICIENT, annotation, points
from objection_docs.reports import docx as word
from objection_docs.reports.marks import marks
from objection_docs.text import normal

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def commented_words(data: bytes) -> list[tuple[str, str]]:
    """Each comment's text and the words between its marks."""
    document = docx.Document(BytesIO(data))
    body = list(document.element.body.iter())
    out = []
    for comment in document.comments:
        number = str(comment.comment_id)
        start, end, sign = (
            next(i for i, e in enumerate(body) if e.tag == W + tag and e.get(W + "id") == number)
            for tag in ("commentRangeStart", "commentRangeEnd", "commentReference")
        )
        assert start < end < sign
        out.append((comment.text, "".join(e.text or "" for e in body[start:end] if e.tag == W + "t")))
    return out


@pytest.mark.parametrize("letter", LETTERS)
def test_comments_stand_on_the_quoted_words(letter):
    _, report = checked(f"{letter}.docx")
    wanted = [mark for mark in marks(report) if mark.look in (*DEFICIENT, "fault") and mark.quote]
    (title, _), *found = commented_words(annotated(f"{letter}.docx"))
    assert title.startswith("检查结论：")
    assert [text for text, _ in found] == [mark.text for mark in wanted]
    for mark, (_, words) in zip(wanted, found, strict=True):
        quote, words = normal(mark.quote), normal(words)
        # all of it, or all but an automatic number, or what stands in the first of two cells
        assert words and (quote.endswith(words) or quote.startswith(words))
    whole = [normal(mark.quote) == normal(words) for mark, (_, words) in zip(wanted, found, strict=True)]
    assert whole.count(False) <= 1


def word_file(fill) -> bytes:
    document = docx.Document()
    fill(document)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_comment_in_the_middle_of_a_run_keeps_text_and_formatting():
    def fill(document):
        document.add_heading("异议通知", 0)
        paragraph = document.add_paragraph("开头")
        run = paragraph.add_run("贵方应当\t尽快\n处理此事。")
        run.bold, run.font.name = True, "SimSun"

    data = word_file(fill)
    copy = word.comment(data, report_of(place("尽快 处理")))
    assert commented_words(copy) == [
        ("检查结论：不完整\n1 项必需要素须补正（笼统 1 项）。", "异议通知"),
        ("【笼统】事实（必需）\n理由：太笼统\n补写：写明经过\n依据：约定", "尽快处理"),
    ]
    before, after = (docx.Document(BytesIO(one)).paragraphs[1] for one in (data, copy))
    assert after.text == before.text == "开头贵方应当\t尽快\n处理此事。"
    runs = [run for run in after.runs if run.text]
    assert [run.text for run in runs] == ["开头", "贵方应当\t", "尽快\n处理", "此事。"]
    assert [run.bold for run in runs] == [None, True, True, True] and runs[2].font.name == "SimSun"


def test_overlapping_quotes_in_one_run_are_both_marked():
    data = word_file(lambda document: document.add_paragraph("请贵方尽快妥善处理此事"))
    made = commented_words(word.comment(data, report_of(place("尽快妥善处理"), place("妥善处理此事"), place("妥善"))))
    assert [words for _, words in made[1:]] == ["尽快妥善处理", "妥善处理此事", "妥善"]


def test_quotes_over_paragraphs_with_automatic_numbers_and_in_cells_are_found():
    def fill(document):
        document.add_paragraph("请求如下")
        for words in ("更换设备；", "赔偿损失。"):
            document.add_paragraph(words, style="List Number")
        table = document.add_table(1, 2)
        table.cell(0, 0).text, table.cell(0, 1).text = "联系电话", "电话待定"

    data = word_file(fill)
    lines = [line.text for line in extraction.read(data).lines]
    assert lines[1:3] == ["1.更换设备；", "2.赔偿损失。"] or lines[1][0] == "1"
    quote = lines[1] + lines[2]
    made = commented_words(word.comment(data, report_of(place(quote), place("电话待定"), place("联系电话电话待定"))))
    assert [words for _, words in made[1:]] == ["更换设备；赔偿损失。", "电话待定", "联系电话"]


def test_words_in_a_text_box_are_commented_on_where_the_box_hangs():
    box = (
        "<w:p><w:r><w:t>{}</w:t><w:pict><v:shape><v:textbox><w:txbxContent>{}</w:txbxContent></v:textbox></v:shape>"
        "</w:pict></w:r></w:p>"
    )
    inside = "<w:p><w:r><w:t>尽快处理</w:t></w:r></w:p>"
    data = made_papers.word("<w:p><w:r><w:t>题目</w:t></w:r></w:p>" + box.format("挂框的段落", inside))
    copy = word.comment(data, report_of(place("尽快处理")))
    tree = docx.Document(BytesIO(copy)).element
    assert [mark.getparent().getparent().tag for mark in tree.iter(W + "commentRangeStart")] == [W + "body"] * 2
    assert "挂框的段落" in commented_words(copy)[1][1]


def test_a_quote_that_word_does_not_hold_is_told_on_the_title():
    ((title, words),) = commented_words(
        word.comment(word_file(lambda d: d.add_paragraph("题目")), report_of(place("脚注里的话")))
    )
    assert words == "题目" and "【笼统】事实（必需）" in title and "原文：“脚注里的话”" in title


def test_closing_words_are_marked_at_the_letters_end():
    data = word_file(
        lambda d: [d.add_paragraph(words) for words in ("题目", "甲公司2026年3月 日", "正文", "2026年3月 日")]
    )
    copy = word.comment(data, report_of(place("2026年3月 日", "blank", id="date")))
    last = docx.Document(BytesIO(copy)).paragraphs[-1]
    assert last._p.find(W + "commentRangeStart") is not None


def test_comments_of_others_stay():
    def fill(document):
        run = document.add_paragraph().add_run("题目")
        document.add_comment(run, "同事的批注", author="同事")

    comments = list(docx.Document(BytesIO(word.comment(word_file(fill), report_of()))).comments)
    assert [(c.author, c.text.split("\n")[0]) for c in comments] == [
        ("同事", "同事的批注"),
        ("异议文书", "检查结论：不完整"),
    ]


@pytest.mark.parametrize("letter", LETTERS)
def test_the_copy_says_what_the_letter_says(letter):
    for ending in (".pdf", ".docx"):
        data, _ = checked(letter + ending)
        copy = annotated(letter + ending)
        assert copy != data
        assert extraction.read(copy).text == extraction.read(data).text


@pytest.mark.parametrize("letter", LETTERS)
def test_everything_that_wants_something_is_told_with_reason_advice_and_authority(letter):
    told = "\n".join(c.text for c in docx.Document(BytesIO(annotated(f"{letter}.docx"))).comments)
    for element in checked(f"{letter}.docx")[1]["elements"]:
        for _, words in points(element) if element["status"] in DEFICIENT else ():
            assert " ".join(words.split()) in told


@pytest.mark.parametrize("data", [b"%PDF-1.7 nothing more", b"PK\x03\x04 broken"])
def test_broken_files_are_refused_in_chinese(data):
    with pytest.raises(PaperError, match="已损坏或不完整"):
        annotation.annotated(data, report_of())


@pytest.mark.parametrize(("data", "verdict"), [("异议通知".encode(), "incomplete"), (b"%PDF", "unreadable")])
def test_what_cannot_be_annotated_is_told(data, verdict):
    with pytest.raises(UsageError) as caught:
        annotation.annotated(data, report_of() | {"verdict": verdict})
    assert caught.value.code == "not_annotatable"


@pytest.mark.parametrize(
    "main",
    [
        "application/vnd.ms-word.document.macroEnabled.main+xml",
        "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
    ],
)
def test_the_copy_of_a_file_with_macros_has_the_same_comments_and_no_macros(main):
    data, report = checked(f"{LETTERS[0]}.docx")
    with_macros = made_papers.docm(data, main)
    copy = word.comment(with_macros, report)
    assert commented_words(copy) == commented_words(word.comment(data, report))
    assert made_papers.PROGRAM in zipfile.ZipFile(BytesIO(with_macros)).read(made_papers.VBA)
    assert not [name for name in zipfile.ZipFile(BytesIO(copy)).namelist() if "vba" in name.lower()]
    assert b"acroEnabled" not in zipfile.ZipFile(BytesIO(copy)).read("[Content_Types].xml")


@pytest.mark.parametrize("name", ["信.docm", "信.DOTX", "信.docx"])
def test_the_copy_is_an_ordinary_document_by_its_name(name):
    assert annotation.name_for(name, ".docx") == "信 批注.docx"
