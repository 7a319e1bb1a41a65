"""A checked letter → its copy with the report written at the places, whichever kind of file it is."""

from objection_docs.errors import UsageError

#: How a copy's name ends, and what the file is called.
ENDINGS = {".pdf": "PDF", ".docx": "Word"}
_WORD = (".docx", ".docm", ".dotx", ".dotm")


def ending(data: bytes) -> str:
    """ ".pdf", ".docx", or "" for a file that nothing can be written on."""
    if b"%PDF" in data[:1024]:
        return ".pdf"
    return ".docx" if data.startswith(b"PK\x03\x04") else ""


def annotated(data: bytes, report: dict) -> bytes:
    """The letter with annotations (PDF) or comments (Word); `data` itself stays as it is. Raises PaperError, and
    UsageError where there is nothing to write on."""
    if report["verdict"] == "unreadable":
        raise UsageError("这份文件读不了，没有可以批注的检查结果", code="not_annotatable", status=409)
    kind = ending(data)
    if kind == ".pdf":
        from objection_docs.reports import pdf

        return pdf.annotate(data, report)
    if kind == ".docx":
        from objection_docs.reports import docx

        return docx.comment(data, report)
    raise UsageError("只有 PDF 和 Word（docx）文件可以批注；纯文本请看检查报告", code="not_annotatable", status=409)


def name_for(name: str, kind: str) -> str:
    """What to call the copy of a file with this name."""
    stem = name.replace("\\", "/").rsplit("/", 1)[-1]
    known = _WORD if kind == ".docx" else (kind,)
    stem = stem[: -len(kind)] if stem.lower().endswith(known) else stem
    return f"{stem or '文书'} 批注{kind}"
