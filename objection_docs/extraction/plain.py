"""Plain text → `Paper`: UTF-8, UTF-16 or GB18030, whichever the bytes fit."""

from dataclasses import replace

from objection_docs.errors import PaperError
from objection_docs.extraction.limits import Limits, too_large
from objection_docs.extraction.paper import Paper, from_text


def read(data: bytes, limits: Limits) -> Paper:
    text = _decode(data)
    if not text.strip():
        raise PaperError("文件里没有文字", code="empty_file")
    if len(text) > limits.characters:
        raise too_large(f"文字超过 {limits.characters} 字的上限，请拆分后再试")
    return replace(from_text(text), source="text")


def _decode(data: bytes) -> str:
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if data.startswith(mark):
            return _strict(data, encoding)
    if b"\x00" in data:
        # UTF-16 without a mark: every second byte of its line ends and digits is zero
        even, odd = data[0::2].count(0), data[1::2].count(0)
        if len(data) % 2 == 0 and max(even, odd) > 3 * min(even, odd):
            return _strict(data, "utf-16-be" if even > odd else "utf-16-le")
        raise _unknown()
    try:
        return _sane(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _strict(data, "gb18030")


def _strict(data: bytes, encoding: str) -> str:
    try:
        return _sane(data.decode(encoding))
    except UnicodeDecodeError as error:
        raise _unknown() from error


def _sane(text: str) -> str:
    """Binary files slip through GB18030 now and then; letters hold no control characters."""
    sample = text[:20_000]
    strange = sum((char < " " and char not in "\t\r\n\f\v") or "\ue000" <= char <= "\uf8ff" for char in sample)
    if strange > 0.02 * len(sample) + 2:
        raise _unknown()
    return text


def _unknown() -> PaperError:
    return PaperError("认不出这个文件的格式：只接受 PDF、Word（docx）和纯文本文件", code="unknown_format")
