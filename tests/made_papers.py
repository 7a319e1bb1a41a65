"""Small papers made on the spot for the tests of extraction."""

import io
import zipfile
from collections.abc import Callable

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 595.0, 842.0
FONT = "STSong-Light"


class Pen:
    """Draws on a page measured from its top left corner, as `Paper` is."""

    def __init__(self, **options):
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
        self.bytes = io.BytesIO()
        self.canvas = Canvas(self.bytes, pagesize=(WIDTH, HEIGHT), **options)

    def text(self, x: float, baseline: float, text: str, size: float = 12) -> None:
        self.canvas.setFont(FONT, size)
        self.canvas.drawString(x, HEIGHT - baseline, text)

    def rule(self, x0: float, top: float, x1: float, bottom: float) -> None:
        self.canvas.line(x0, HEIGHT - top, x1, HEIGHT - bottom)

    def page(self) -> None:
        self.canvas.showPage()


def pdf(draw: Callable[[Pen], None], **options) -> bytes:
    pen = Pen(**options)
    draw(pen)
    pen.canvas.save()
    return pen.bytes.getvalue()


def letter(*lines: str, left: float = 90, top: float = 100, pitch: float = 20) -> bytes:
    """A one-page PDF with a row for each text."""

    def draw(pen: Pen) -> None:
        for i, line in enumerate(lines):
            pen.text(left, top + i * pitch, line)

    return pdf(draw)


def grid(pen: Pen, xs: list[float], ys: list[float]) -> None:
    for x in xs:
        pen.rule(x, ys[0], x, ys[-1])
    for y in ys:
        pen.rule(xs[0], y, xs[-1], y)


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SPACES = (
    f'xmlns:w="{W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
)
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def word(body: str, **parts: str) -> bytes:
    """A Word file from the XML inside w:body; `parts`: the XML inside header, footer, numbering or footnotes."""
    roots = {"header": "hdr", "footer": "ftr", "numbering": "numbering", "footnotes": "footnotes", "styles": "styles"}
    files = {"word/document.xml": f"<w:document {_SPACES}><w:body>{body}</w:body></w:document>"}
    types = f'<Override PartName="/word/document.xml" ContentType="{_TYPE}.document.main+xml"/>'
    relations = ""
    for i, (name, inside) in enumerate(parts.items()):
        files[f"word/{name}.xml"] = f"<w:{roots[name]} {_SPACES}>{inside}</w:{roots[name]}>"
        types += f'<Override PartName="/word/{name}.xml" ContentType="{_TYPE}.{name}+xml"/>'
        relations += f'<Relationship Id="r{i}" Type="{_REL}/{name}" Target="{name}.xml"/>'
    package = "http://schemas.openxmlformats.org/package/2006"
    files["word/_rels/document.xml.rels"] = (
        f'<Relationships xmlns="{package}/relationships">{relations}</Relationships>'
    )
    files["_rels/.rels"] = (
        f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{_REL}/officeDocument" Target="word/document.xml"/></Relationships>'
    )
    files["[Content_Types].xml"] = (
        f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>'
    )
    return zipped(files)


def zipped(files: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


#: Where the macros of `docm` lie, and what stands there in the place of a program.
VBA, PROGRAM = "word/vbaProject.bin", b"\xd0\xcf\x11\xe0 Sub AutoOpen()"


def docm(data: bytes, main: str = "application/vnd.ms-word.document.macroEnabled.main+xml") -> bytes:
    """A Word file saved as one with macros; `main`: what its document is called."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    places = {"[Content_Types].xml": f'<Default Extension="bin" ContentType="{_MACROS}"/>'}
    places["word/_rels/document.xml.rels"] = f'<Relationship Id="vba1" Type="{_VBA}" Target="vbaProject.bin"/>'
    for name, more in places.items():
        head, end, rest = files[name].decode().rpartition("</")
        files[name] = (head + more + end + rest).replace(f"{_TYPE}.document.main+xml", main)
    return zipped(files | {VBA: PROGRAM})


_MACROS = "application/vnd.ms-office.vbaProject"
_VBA = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
