"""Files that cannot be read are refused with a code and a Chinese message that says what to do."""

import io
import re
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from random import Random

import made_papers as made
import pikepdf
import pytest
from PIL import Image

from objection_docs.errors import PaperError
from objection_docs.extraction import Limits, read

KNOWN = Path(__file__).parent / "letters" / "known"


def refused(data: bytes, **limits) -> PaperError:
    with pytest.raises(PaperError) as caught:
        read(data, "来函.bin", Limits(**limits))
    error = caught.value
    assert re.search(r"[\u4e00-\u9fff]", error.message)
    assert error.where == "来函.bin"
    return error


def changed(data: bytes, change) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        options = change(document) or {}
        document.save(out, **options)
    return out.getvalue()


def test_an_empty_file():
    assert refused(b"").code == "empty_file"


def test_text_of_blanks_only():
    assert refused(b" \n\n ").code == "empty_file"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "另存为 PDF 或 docx"),
        (b"{\\rtf1 x}", "RTF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "图片"),
        (b"\xff\xd8\xff\xe0" + bytes(40), "图片"),
        (b"Rar!\x1a\x07", "解压"),
        (bytes(range(256)) * 4, "认不出"),
        (made.zipped({"xl/workbook.xml": "x"}), "Excel"),
        (made.zipped({"OFD.xml": "x"}), "OFD"),
        (made.zipped({"content.xml": "x"}), "OpenDocument"),
        (made.zipped({"a.pdf": "x"}), "解压"),
    ],
)
def test_other_formats_are_told_by_their_bytes(data, told):
    error = refused(data)
    assert error.code == "unknown_format"
    assert told in error.message


@pytest.mark.parametrize("keep", [0.02, 0.3, 0.7])
def test_a_truncated_pdf_is_damaged(keep):
    data = (KNOWN / "d1-01.pdf").read_bytes()
    assert refused(data[: int(len(data) * keep)]).code == "damaged_pdf"


def test_a_pdf_that_lost_only_its_end_is_read_with_a_warning():
    data = (KNOWN / "d1-02.pdf").read_bytes()
    paper = read(data[: data.rindex(b"%%EOF")])
    assert "异议受理告知书" in paper.text
    assert any("不完整" in warning for warning in paper.warnings)


def test_pdf_mark_without_a_pdf_behind_it():
    assert refused(b"%PDF-1.7\nnothing").code == "damaged_pdf"


def test_a_pdf_with_a_password():
    data = changed(made.letter("异议函"), lambda _: {"encryption": pikepdf.Encryption(user="u", owner="o", R=6)})
    error = refused(data)
    assert error.code == "encrypted"
    assert "密码" in error.message


def test_a_pdf_that_only_forbids_changes_is_read():
    data = changed(made.letter("异议函"), lambda _: {"encryption": pikepdf.Encryption(user="", owner="o", R=6)})
    assert read(data).text == "异议函"


def scan(*marks: str) -> bytes:
    def draw(pen):
        from reportlab.lib.utils import ImageReader

        pen.canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, made.WIDTH, made.HEIGHT)
        for mark in marks:
            pen.text(400, 830, mark, 8)

    return made.pdf(draw)


def test_a_scan():
    assert refused(scan()).code == "scanned"


def test_a_scan_on_which_an_app_left_its_mark():
    assert refused(scan("由扫描全能王扫描")).code == "scanned"


def test_one_scanned_page_among_others_is_told():
    with pikepdf.open(io.BytesIO(made.letter("异议函正文"))) as document:
        document.pages.extend(pikepdf.open(io.BytesIO(scan())).pages)
        out = io.BytesIO()
        document.save(out)
    paper = read(out.getvalue())
    assert paper.text == "异议函正文"
    assert any("第 2 页" in warning for warning in paper.warnings)


def test_too_many_pages():
    def draw(pen):
        for _ in range(4):
            pen.text(90, 90, "页")
            pen.page()

    data = made.pdf(draw)
    assert refused(data, pages=3).code == "too_many_pages"
    assert read(data, limits=Limits(pages=4)).pages == 4


def test_the_default_limits_are_200_pages_and_20_megabytes():
    assert (Limits().pages, Limits().megabytes) == (200, 20)


def test_a_file_too_large():
    error = refused(b"x" * 2001, megabytes=0.002)
    assert (error.code, error.status) == ("too_large", 413)


def test_a_page_stuffed_with_characters():
    assert refused(made.letter("多" * 60), page_characters=50).code == "too_large"


def test_text_stuffed_with_characters():
    assert refused("多".encode() * 60, characters=50).code == "too_large"


def without_unicode_maps(document) -> None:
    for item in document.objects:
        if isinstance(item, pikepdf.Dictionary) and "/ToUnicode" in item:
            del item["/ToUnicode"]


def test_fonts_without_a_unicode_map():
    assert refused(changed((KNOWN / "d1-02.pdf").read_bytes(), without_unicode_maps)).code == "no_unicode_map"


def test_a_damaged_word_file():
    data = (KNOWN / "d1-01.docx").read_bytes()
    assert refused(data[: len(data) // 2]).code == "damaged_docx"
    assert refused(made.zipped({"word/document.xml": "<w:document"})).code == "damaged_docx"
    assert refused(made.word("<w:p>").replace(b"x", b"y")).code == "damaged_docx"


def test_a_word_file_that_unpacks_to_too_much():
    bomb = made.zipped({"word/document.xml": "<a>" + " " * 3_000_000, "word/media/image1.png": b"0" * 9_000_000})
    assert len(bomb) < 20_000
    assert refused(bomb, unpacked_megabytes=10).code == "too_large"
    assert refused(bomb, markup_megabytes=2).code == "too_large"


def test_a_word_file_with_a_password():
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le")
    assert refused(data).code == "encrypted"


def test_a_word_file_of_pictures_only():
    assert refused(made.word("<w:p/>")).code == "scanned"


def test_entities_in_a_word_file_are_not_expanded(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("机密内容")
    text = made.word(made.p("正文&x;"))
    with zipfile.ZipFile(io.BytesIO(text)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    entity = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'.encode()
    files["word/document.xml"] = entity + files["word/document.xml"]
    assert "机密" not in read(made.zipped(files)).text


def test_nothing_is_printed_for_an_odd_pdf():
    code = (
        "import sys, pathlib; from objection_docs.extraction import read; read(pathlib.Path(sys.argv[1]).read_bytes())"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(KNOWN / "d1-07.pdf")],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_room_is_cheap_to_enter():
    code = (
        "import sys, objection_docs.extraction; print([m for m in ('pdfplumber', 'docx', 'lxml') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parent.parent
    )
    assert done.stdout.strip() == "[]"


def forms_that_call_each_other(document) -> None:
    fonts = document.pages[0].Resources.Font
    name = next(iter(fonts.keys()))
    inner = document.make_stream(f"BT {name} 9 Tf 100 500 Td <6d6d6d6d> Tj ET".encode())
    inner.update({"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Form, "/BBox": [0, 0, 595, 842]})
    inner.Resources = pikepdf.Dictionary(Font=fonts)
    for _ in range(12):
        outer = document.make_stream(b"/X Do " * 10)
        outer.update({"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Form, "/BBox": [0, 0, 595, 842]})
        outer.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=inner))
        inner = outer
    document.pages[0].Resources.XObject = pikepdf.Dictionary(X=inner)
    document.pages[0].Contents = document.make_stream(b"/X Do")


def test_forms_that_would_draw_a_billion_characters():
    assert refused(changed(made.letter("正文"), forms_that_call_each_other), page_characters=500).code == "too_large"


def test_a_stream_that_unpacks_to_too_much():
    def bomb(document):
        document.pages[0].Contents = document.make_stream(
            zlib.compress(b" " * 60_000_000), Filter=pikepdf.Name.FlateDecode
        )
        return {"compress_streams": False, "stream_decode_level": pikepdf.StreamDecodeLevel.none}

    data = changed(made.letter("正文"), bomb)
    assert len(data) < 100_000
    assert refused(data).code == "too_large"


def test_reading_ends_when_its_time_is_over():
    assert refused(made.letter("正文"), seconds=0).code == "too_large"


@pytest.mark.parametrize("name", ["d2-37.pdf", "d2-46.docx", "d1-34.pdf"])
def test_damage_anywhere_is_either_read_over_or_told(name):
    random, whole = Random(name), (KNOWN / name).read_bytes()
    for _ in range(12):
        data = bytearray(whole)
        for _ in range(random.choice([1, 5, 40])):
            at = random.randrange(len(data))
            data[at : at + random.randrange(1, 40)] = bytes([random.randrange(256)])
        try:
            assert read(bytes(data)).lines
        except PaperError as error:
            assert error.code in ("damaged_pdf", "damaged_docx", "scanned", "no_unicode_map", "unknown_format")
