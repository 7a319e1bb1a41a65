"""Word file (docx) → `Paper`. There are no pages: a line is a paragraph."""

import zipfile
from collections.abc import Iterator
from io import BytesIO

from objection_docs.errors import PaperError
from objection_docs.extraction import package
from objection_docs.extraction.limits import Limits, too_large
from objection_docs.extraction.numbering import Numbering
from objection_docs.extraction.paper import Line, Paper
from objection_docs.extraction.word_text import Breaks, Reader, W

_OTHERS = (
    ("xl/", "这是 Excel 表格，请另存为 PDF 后再试"),
    ("ppt/", "这是 PowerPoint 演示文稿，请另存为 PDF 后再试"),
    ("OFD.xml", "这是 OFD 文件，请用阅读软件转为 PDF 后再试"),
    ("content.xml", "这是 OpenDocument（odt/ods）文件，请另存为 docx 或 PDF 后再试"),
    ("index.xml", "这是 Pages 文稿，请导出为 Word 或 PDF 后再试"),
)
_MACROS = "文件带有宏：只读了文字，宏没有运行，也没有检查；不清楚来历的，请不要启用宏"


def read(data: bytes, limits: Limits) -> Paper:
    """The paper in a Word file. Raises PaperError."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_zip(archive, limits)
            lines, warnings = _lines(package.read(archive))
    except PaperError:
        raise
    except MemoryError as error:
        raise too_large("文件展开后太大，无法读取") from error
    except Exception as error:  # zipfile and lxml raise whatever they stumble on
        raise _damaged() from error
    if sum(len(line.text) for line in lines) > limits.characters:
        raise too_large(f"文字超过 {limits.characters} 字的上限，请拆分后再试")
    if not any(line.text.strip() for line in lines):
        raise PaperError("Word 文件里没有可读的文字（内容可能全是图片），请提供带文字的文件", code="scanned")
    return Paper(tuple(lines), 1, "docx", (), warnings)


def _damaged() -> PaperError:
    return PaperError("Word 文件已损坏或不完整，无法打开，请重新保存后再试", code="damaged_docx")


def _check_zip(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Refuse what is no Word file, and what would unpack to more than we can hold."""
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if package.MAIN not in names:
        for mark, message in _OTHERS:
            if any(name.startswith(mark) or name.lower() == mark.lower() for name in names):
                raise PaperError(message, code="unknown_format")
        if "[Content_Types].xml" in names or any(name.startswith("word/") for name in names):
            raise _damaged()
        raise PaperError("这是压缩包，请解压后逐份提交其中的 PDF 或 Word 文件", code="unknown_format")
    if any(entry.flag_bits & 1 for entry in entries):
        raise PaperError("Word 文件设有密码，请先解除密码再提交", code="encrypted")
    # zipfile never unpacks more than an entry declares, so what is declared is a true bound
    unpacked = sum(entry.file_size for entry in entries) / 1_000_000
    markup = max(entry.file_size for entry in entries if entry.filename.endswith((".xml", ".rels"))) / 1_000_000
    if unpacked > limits.unpacked_megabytes or markup > limits.markup_megabytes or len(entries) > 5000:
        raise too_large(f"Word 文件展开后有 {unpacked:.0f} MB，超过上限，请删去大图或拆分后再试")


def _lines(found: package.Package) -> tuple[list[Line], tuple[str, ...]]:
    related = found.related
    reader = _reader(related)
    lines: list[Line] = []
    flow = _Flow(reader, lines)
    for element in _used_margins(related.get("header", [])):
        lines += [Line(text, role="head") for text in reader.texts(element)]
    flow.blocks(found.document.find(W + "body"))
    for xml in related.get("footnotes", []) + related.get("endnotes", []):
        for note in package.parse(xml):
            if note.get(W + "type") is None:  # the others are the rule above the notes
                flow.blocks(note)
    for element in _used_margins(related.get("footer", [])):
        lines += [Line(text, role="foot") for text in reader.texts(element)]
    hidden = (f"有 {reader.hidden} 个隐藏字符未读取",) if reader.hidden else ()
    return lines, hidden + (_MACROS,) * found.macros


def reader(document) -> Reader:
    """A reader of the paragraphs of a document of python-docx, with its automatic numbers."""
    related: dict[str, list[bytes]] = {}
    for relation in document.part.rels.values():
        kind = relation.reltype.rsplit("/", 1)[-1]
        if kind in ("numbering", "styles") and not relation.is_external:
            related.setdefault(kind, []).append(relation.target_part.blob)
    return _reader(related)


def _reader(related: dict[str, list[bytes]]) -> Reader:
    return Reader(Numbering(related.get("numbering", [b""])[0], related.get("styles", [b""])[0]))


def _used_margins(parts: list[bytes]) -> Iterator:
    """Heads of several sections are often copies of one another; each is told once."""
    seen = set()
    for xml in parts:
        element = package.parse(xml)
        text = "".join(element.itertext())
        if text not in seen:
            seen.add(text)
            yield element


class _Flow:
    """Walks paragraphs and tables in their order."""

    def __init__(self, reader: Reader, lines: list[Line]):
        self.reader = reader
        self.lines = lines
        self.table = -1

    def blocks(self, parent, cell: tuple[int, int, int] | None = None) -> None:
        for child in self.reader.children(parent):
            if child.tag == W + "p":
                self.paragraph(child, cell)
            elif child.tag == W + "tbl":
                self.rows(child)

    def paragraph(self, element, cell) -> None:
        breaks: Breaks = self.reader.paragraph(element)
        role = "cell" if cell else "body"
        for text in breaks.texts:
            if text.strip():
                self.lines.append(Line(text.strip(), role=role, cell=cell, align=breaks.align))
        for box in breaks.boxes:
            self.blocks(box, cell)

    def rows(self, table) -> None:
        self.table += 1
        number = self.table
        for row, element in enumerate(child for child in self.reader.children(table) if child.tag == W + "tr"):
            properties = element.find(W + "trPr")
            if properties is not None and properties.find(W + "del") is not None:
                continue
            column = _value(properties, "gridBefore", 0)
            for child in self.reader.children(element):
                if child.tag != W + "tc":
                    continue
                own = child.find(W + "tcPr")
                merge = own.find(W + "vMerge") if own is not None else None
                if merge is None or merge.get(W + "val") == "restart":
                    place, before = (number, row, column), len(self.lines)
                    self.blocks(child, place)
                    if len(self.lines) == before:
                        self.lines.append(Line("", role="cell", cell=place))
                column += _value(own, "gridSpan", 1)


def _value(properties, name: str, default: int) -> int:
    found = properties.find(W + name) if properties is not None else None
    value = found.get(W + "val", "") if found is not None else ""
    return int(value) if value.isdigit() else default
