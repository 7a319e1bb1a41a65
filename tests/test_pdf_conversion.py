"""Word → PDF: what comes out, and what happens when LibreOffice is absent, stuck, or falls over."""

import io
import os
import time
from pathlib import Path

import docx
import pdfplumber
import pytest

from objection_docs.errors import ConversionError
from objection_docs.generation import pdf

#: What a fake LibreOffice does after this: $out is its output folder, "$@" its arguments, $NOTES a folder for notes.
HEAD = """#!/bin/sh
while [ "$1" != --outdir ]; do case "$1" in -env:*) echo "$1" >> "$NOTES/profiles";; esac; shift; done
out=$2; shift 2
echo noise; echo noise >&2
"""
CONVERTS = 'for f in "$@"; do { printf "%%PDF-1.7 "; cat "$f"; } > "$out/$(basename "$f" .docx).pdf"; done\n'


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """Puts a shell script in LibreOffice's place; gives the folder where it leaves notes."""

    def make(body: str) -> Path:
        script = tmp_path / "soffice"
        script.write_text(HEAD + body)
        script.chmod(0o755)
        monkeypatch.setenv("OBJECTION_DOCS_SOFFICE", str(script))
        monkeypatch.setenv("NOTES", str(tmp_path))
        return tmp_path

    return make


def word_file(*paragraphs: str) -> bytes:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_libreoffice_writes_the_letters_in_their_order(monkeypatch):
    monkeypatch.delenv("OBJECTION_DOCS_SOFFICE", raising=False)
    assert pdf.available(), f"these tests need LibreOffice: {pdf.HOW_TO_INSTALL}"
    made = pdf.many([word_file("异议通知", "第一份"), word_file("处理回复", "第二份")])
    texts = []
    for data in made:
        with pdfplumber.open(io.BytesIO(data)) as opened:
            texts.append("".join(page.extract_text() for page in opened.pages).split())
    assert texts == [["异议通知", "第一份"], ["处理回复", "第二份"]]


def test_files_come_back_in_order_from_one_run(fake):
    notes = fake(CONVERTS)
    assert pdf.many([b"a", b"b", b"c"]) == [b"%PDF-1.7 a", b"%PDF-1.7 b", b"%PDF-1.7 c"]
    assert pdf.to_pdf(b"d") == b"%PDF-1.7 d"
    assert len((notes / "profiles").read_text().splitlines()) == 2


def test_nothing_to_convert_starts_nothing(fake):
    notes = fake(CONVERTS)
    assert pdf.many([]) == [] and not (notes / "profiles").exists()


def test_a_run_that_fails_is_tried_once_more_with_a_new_profile(fake):
    notes = fake('[ -e "$NOTES/failed" ] || { touch "$NOTES/failed"; exit 81; }\n' + CONVERTS)
    assert pdf.to_pdf(b"x") == b"%PDF-1.7 x"
    profiles = (notes / "profiles").read_text().splitlines()
    assert len(set(profiles)) == 2 and all(line.startswith("-env:UserInstallation=file:///") for line in profiles)


def test_a_run_that_always_fails_gives_up_and_says_what_to_do(fake, capfd):
    notes = fake("exit 1\n")
    with pytest.raises(ConversionError, match="没有生成 PDF") as caught:
        pdf.to_pdf(b"x")
    assert caught.value.code == "conversion_failed" and "libreoffice-writer-nogui" in caught.value.message
    assert len((notes / "profiles").read_text().splitlines()) == 2
    assert capfd.readouterr() == ("", ""), "what LibreOffice says stays unheard"


def test_one_file_that_fails_fails_the_run(fake):
    fake('shift; printf "%%PDF-1.7" > "$out/1.pdf"\n')
    with pytest.raises(ConversionError):
        pdf.many([b"x", b"y"])


def test_what_is_no_pdf_is_not_given_out(fake):
    fake('echo "not a pdf" > "$out/0.pdf"\n')
    with pytest.raises(ConversionError):
        pdf.to_pdf(b"x")


def test_a_stuck_run_is_stopped_with_all_its_children(fake):
    notes = fake('sleep 60 & echo $! >> "$NOTES/pids"; echo $$ >> "$NOTES/pids"; wait\n')
    start = time.monotonic()
    with pytest.raises(ConversionError, match=r"超过 0\.3 秒") as caught:
        pdf.to_pdf(b"x", timeout=0.3)
    assert time.monotonic() - start < 10 and caught.value.code == "conversion_timeout"
    left = [int(line) for line in (notes / "pids").read_text().split()]
    deadline = time.monotonic() + 5
    while any(map(is_running, left)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(left) == 4 and not any(map(is_running, left))


def test_a_stuck_run_is_tried_once_more(fake):
    fake('[ -e "$NOTES/stuck" ] || { touch "$NOTES/stuck"; sleep 60; }\n' + CONVERTS)
    assert pdf.to_pdf(b"x", timeout=1) == b"%PDF-1.7 x"


def test_no_folder_is_left_behind(fake, tmp_path, monkeypatch):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    fake(CONVERTS)
    pdf.to_pdf(b"x")
    assert os.listdir(temporary) == []


def test_without_libreoffice_the_package_is_named(monkeypatch, tmp_path):
    monkeypatch.delenv("OBJECTION_DOCS_SOFFICE", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not pdf.available() and pdf.program() is None
    with pytest.raises(ConversionError) as caught:
        pdf.to_pdf(b"x")
    assert caught.value.code == "no_libreoffice"
    assert "sudo apt-get install libreoffice-writer-nogui fonts-noto-cjk" in caught.value.message


def test_a_chosen_program_that_is_not_there_is_told(monkeypatch):
    monkeypatch.setenv("OBJECTION_DOCS_SOFFICE", "/nowhere/soffice")
    with pytest.raises(ConversionError, match="/nowhere/soffice"):
        pdf.to_pdf(b"x")


def test_a_program_that_cannot_start_is_told(fake):
    notes = fake("")
    (notes / "soffice").write_bytes(b"\x7fELF nonsense")
    with pytest.raises(ConversionError, match="不能启动"):
        pdf.to_pdf(b"x")


def test_a_run_has_only_so_much_memory(fake):
    notes = fake('sleep 0.2; sh -c "ulimit -v" >> "$NOTES/limit"\n' + CONVERTS)
    pdf.to_pdf(b"x")
    assert 0 < int((notes / "limit").read_text()) <= 4_000_000
