"""Bytes of a letter → `Paper`. What a file is, is told by its bytes, never by its name."""

from objection_docs.errors import PaperError
from objection_docs.extraction.limits import Limits, check_size
from objection_docs.extraction.paper import Box, Line, Paper, from_text

__all__ = ["Box", "Limits", "Line", "Paper", "from_text", "read"]

_SAVE_AS = "请另存为 PDF 或 docx 后再试"
_FOREIGN = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", f"这是旧版 Word（.doc）或其他 Office 97-2003 文件，{_SAVE_AS}"),
    (b"{\\rtf", f"这是 RTF 文件，{_SAVE_AS}"),
    (b"\x89PNG\r\n", "这是 PNG 图片，里面没有文字可读，请提供带文字的 PDF 或 Word 文件"),
    (b"\xff\xd8\xff", "这是 JPEG 图片，里面没有文字可读，请提供带文字的 PDF 或 Word 文件"),
    (b"GIF8", "这是 GIF 图片，里面没有文字可读，请提供带文字的 PDF 或 Word 文件"),
    (b"BM", "这是 BMP 图片，里面没有文字可读，请提供带文字的 PDF 或 Word 文件"),
    (b"II*\x00", "这是 TIFF 图片，里面没有文字可读，请提供带文字的 PDF 或 Word 文件"),
    (b"MM\x00*", "这是 TIFF 图片，里面没有文字可读，请提供带文字的 PDF 或 Word 文件"),
    (b"Rar!", "这是 RAR 压缩包，请解压后逐份提交"),
    (b"7z\xbc\xaf", "这是 7z 压缩包，请解压后逐份提交"),
    (b"\x1f\x8b", "这是 gzip 压缩包，请解压后逐份提交"),
)


def read(data: bytes, name: str = "", limits: Limits = Limits()) -> Paper:  # noqa: B008 - frozen, shared safely
    """The paper in `data`: PDF, Word (docx) or plain text. `name` is only told in errors. Raises PaperError."""
    try:
        return _read(data, limits)
    except PaperError as error:
        error.where = error.where or name
        raise


def _read(data: bytes, limits: Limits) -> Paper:
    check_size(data, limits)
    if b"%PDF" in data[:1024]:
        from objection_docs.extraction import pdf

        return pdf.read(data, limits)
    if data.startswith(b"PK"):
        from objection_docs.extraction import docx

        return docx.read(data, limits)
    if data.startswith(_FOREIGN[0][0]) and "EncryptedPackage".encode("utf-16-le") in data:
        raise PaperError("Word 文件设有打开密码，请先解除密码再提交", code="encrypted")
    for mark, message in _FOREIGN:
        if data.startswith(mark):
            # "BM" may also begin a text in Latin letters; a picture holds bytes that no text does
            if mark == b"BM" and b"\x00" not in data[:64]:
                continue
            raise PaperError(message, code="unknown_format")
    from objection_docs.extraction import plain

    return plain.read(data, limits)
