"""pdfminer's tokens taken in one step: the same ones at the same places as its own tokenizer finds."""

import io
from pathlib import Path

import pdfplumber
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdfminer.pdfinterp import PDFContentParser
from pdfminer.psparser import PSEOF, PSBaseParser

from objection_docs.extraction import tokens

LETTERS = sorted((Path(__file__).parent / "letters" / "known").glob("*.pdf"))
#: What streams are made of, and what makes a tokenizer stumble.
PIECES = [
    b"0.1 w\n", b"q 0 0 611.97 791.97 re\nW* n\n", b"BT\n56.8 744.2 Td /F1 12 Tf<0102030405>Tj\nET\n",
    b"[(A)-120(B)]TJ ", b"(a\\)b)", b"(a(b)c)", b"(open", b"<</A <41>>>", b"<41", b"<4 1>", b"<413>", b"<>", b"<zz>",
    b">", b">>", b"/A#20B ", b"/\xe4\xb8\xad ", b"/ ", b"-.5.5", b"+", b"--1", b"1.", b".", b"12abc", b"1e5 ",
    b"999999999999999999999999999999 ", b"true false null ", b"'", b'"', b"{ }", b"% comment\n", b"%", b"\x00",
    b"\r\n", b"\x0b", b" ", b"BI /W 1 ID \x01EI Q", b"R", b"1 0 R ", b"\xff", b"xref\n0 1\n", b"stream\r\n", b"*",
    b"a*b", b"#", b"a#b ",
]  # fmt: skip
STREAM = st.lists(st.sampled_from(PIECES) | st.binary(max_size=4), max_size=30).map(b"".join)


def taken(parser) -> list:
    found = []
    try:
        while True:
            place, token = parser.nexttoken()
            found.append((place, type(token), repr(token)))
    except (PSEOF, AssertionError, RecursionError) as end:  # an octal number of more than a byte
        return [*found, type(end)]


def both_ways(monkeypatch, parser) -> tuple[list, list]:
    """By pdfminer's own way, and by ours."""
    found = []
    for way in (tokens._nexttoken, tokens.nexttoken):
        monkeypatch.setattr(PSBaseParser, "nexttoken", way)
        found.append(taken(parser()))
    return found[0], found[1]


def test_it_is_in_use():
    assert PSBaseParser.nexttoken is tokens.nexttoken


@settings(max_examples=500, deadline=None)
@given(stream=STREAM, size=st.sampled_from([1, 2, 3, 7, 16, 4096]))
def test_any_stream_gives_the_same_tokens_at_the_same_places(stream, size):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PSBaseParser, "BUFSIZ", size)
        theirs, ours = both_ways(patch, lambda: PSBaseParser(io.BytesIO(stream)))
    assert ours == theirs


@pytest.mark.parametrize("letter", LETTERS[::80], ids=lambda path: path.stem)
def test_so_do_the_pages_of_letters(monkeypatch, letter):
    with pdfplumber.open(letter) as document:
        for page in document.pages:
            theirs, ours = both_ways(monkeypatch, lambda page=page: PDFContentParser(page.page_obj.contents))
            assert ours == theirs and len(ours) > 20
