"""pdfminer's tokens, the plain ones taken in one step.

Its own tokenizer feels its way by one expression for the beginning of a token and one for its end, through five calls
and as many assignments; in a letter that is half of all the time (pdfminer.six 20260107, psparser.py). What is not
plain, and what reaches over the end of a buffer, is left to it, so that every token and its place stay the same.
"""

import re

from pdfminer.psparser import (
    KEYWORD_ARRAY_BEGIN,
    KEYWORD_ARRAY_END,
    KEYWORD_DICT_BEGIN,
    KEYWORD_DICT_END,
    KWD,
    LIT,
    PSBaseParser,
)

_ENDS = rb"/%\[\]()<>{}\s"
# What ends a token must be in the buffer too, else more of it may follow.
_PLAIN = re.compile(
    rb"[\s\x00]*(?:"
    rb"([-+]?\d{1,18})(?=[^\d.])"
    rb"|([-+]?(?:\d{1,18}\.\d{0,18}|\.\d{1,18}))(?=\D)"
    rb"|([A-Za-z][^#" + _ENDS + rb"]*)(?=[#" + _ENDS + rb"])"
    rb"|/([^#" + _ENDS + rb"\x80-\xff]*)(?=[" + _ENDS + rb"])"
    rb"|<((?:[0-9A-Fa-f]{2})+)>(?=[^>])"
    rb"|\(([^()\\]*)\)"
    rb"|(\[|\]|<<|>>)"
    rb")"
)
_WHOLE, _DECIMAL, _KEYWORD, _NAME, _HEX, _STRING, _BRACKET = range(1, 8)
_BRACKETS = {
    b"[": KEYWORD_ARRAY_BEGIN,
    b"]": KEYWORD_ARRAY_END,
    b"<<": KEYWORD_DICT_BEGIN,
    b">>": KEYWORD_DICT_END,
}
_WORDS = {b"true": True, b"false": False}

_between_tokens = PSBaseParser._parse_main
_nexttoken = PSBaseParser.nexttoken


def nexttoken(self: PSBaseParser) -> tuple[int, object]:
    """As PSBaseParser.nexttoken."""
    if self._tokens or self._parse1.__func__ is not _between_tokens:
        return _nexttoken(self)
    found = _PLAIN.match(self.buf, self.charpos)
    if found is None:
        return _nexttoken(self)
    kind = found.lastindex
    said, place = found[kind], self.bufpos + found.start(kind)
    self.charpos = found.end()
    if kind == _WHOLE:
        return place, int(said)
    if kind == _DECIMAL:
        return place, float(said)
    if kind == _KEYWORD:
        return place, _WORDS[said] if said in _WORDS else KWD(said)
    if kind == _BRACKET:
        return place, _BRACKETS[said]
    if kind == _NAME:
        return place - 1, LIT(said.decode())
    return place - 1, bytes.fromhex(said.decode()) if kind == _HEX else said


PSBaseParser.nexttoken = nexttoken
