"""Every odd file that was ever kept is read and checked again; so is any heap of bytes.

tests/papers/ holds what fuzz.py or a user found, each named for what is odd in it.
"""

import random
from pathlib import Path

import fuzz
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from objection_docs import extraction
from objection_docs.checking import check
from objection_docs.errors import PaperError

PAPERS = sorted(path for path in (Path(__file__).parent / "papers").iterdir() if path.is_file())
#: What each sample comes to: the code of its PaperError; those that are not listed can be read.
REFUSED = {
    "word-cut-after-its-first-bytes.docx": "damaged_docx",
    "word-body-moved-away.docx": "scanned",
    "word-that-claims-to-unpack-to-gigabytes.docx": "too_large",
    "pdf-cut-within-its-first-object.pdf": "damaged_pdf",
    "pdf-font-without-its-map.pdf": "no_unicode_map",
    "pdf-text-lost.pdf": "scanned",
}
QUICK = settings(max_examples=60, deadline=None)


def test_there_are_samples():
    assert {path.name for path in PAPERS} > set(REFUSED)


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.name)
def test_a_kept_sample_gets_a_report_or_is_refused_with_its_reason(path):
    if path.name in REFUSED:
        with pytest.raises(PaperError) as caught:
            extraction.read(path.read_bytes())
        assert caught.value.code == REFUSED[path.name]
        assert caught.value.message
        return
    report = check(extraction.read(path.read_bytes()))
    assert report.elements and report.to_dict()["verdict"] in ("complete", "incomplete")


def read_or_refused(data: bytes) -> None:
    """A report or a PaperError; anything else is raised."""
    try:
        paper = extraction.read(data)
    except PaperError as error:
        assert error.code and error.message
    else:
        assert check(paper).elements


@QUICK
@given(st.binary(max_size=300), st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04", b"\xff\xfe", b"{\\rtf"]))
def test_any_bytes_are_read_or_refused(data, head):
    read_or_refused(head + data)


def test_broken_letters_are_read_or_refused():
    """A few seconds of what fuzz.py does for minutes."""
    rnd = random.Random(20260305)
    known = [fuzz.LETTERS_KNOWN / "d1-01.pdf", fuzz.LETTERS_KNOWN / "d1-02.docx"]
    seeds = [path.read_bytes() for path in known]
    for _ in range(30):
        read_or_refused(fuzz.mutant(seeds, rnd))
