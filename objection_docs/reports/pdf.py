"""A letter's PDF + its report → a copy with annotations at the places, through pikepdf.

pikepdf stands on qpdf: it opens the damaged files that viewers open, and keeps all that it doesn't know. Every
annotation brings its own appearance, so that each viewer and printer shows the same.
"""

from collections.abc import Iterable
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from objection_docs.errors import ObjectionDocsError, PaperError, UsageError
from objection_docs.reports import AUTHOR
from objection_docs.reports.marks import Mark, marks, summary
from objection_docs.reports.sheet import Sheet

Boxes = tuple[tuple[float, ...], ...]
_COLOURS = {
    "present": (0.80, 0.93, 0.82),
    "not_applicable": (0.88, 0.90, 0.92),
    "vague": (1.00, 0.86, 0.45),
    "blank": (1.00, 0.70, 0.62),
    "missing": (1.00, 0.70, 0.62),
    "fault": (0.84, 0.74, 1.00),
}
#: Of marks on the same words, the colour is that of the first of these.
_WORST = ("fault", "missing", "blank", "vague", "present", "not_applicable")
_PRINT = 4
_UPRIGHT = 28  # printed; keeps its size and stands upright
_ICON = 20.0
_NOTE_AT = (20.0, 20.0)  # within the top margin
_LEAST = 3.0  # points: a box without width is still to be seen


def annotate(pdf: bytes, report: dict) -> bytes:
    """The PDF with a highlight on the words of each element and fault, and a note on page 1 with the outcome and what
    is missing altogether. Raises PaperError for a file that cannot be opened, UsageError for one that forbids it."""
    try:
        with _opened(pdf) as document:
            return _annotated(document, report)
    except ObjectionDocsError:
        raise
    except Exception as error:  # qpdf reads on over most damage, and stumbles where the page itself is broken
        raise _damaged() from error


def _annotated(document: Pdf, report: dict) -> bytes:
    if not document.pages:
        raise _damaged()
    sheets = [Sheet.of(page) for page in document.pages]
    placed = set()
    for page, boxes, group in _gathered(marks(report), len(sheets)):
        _highlight(document, page - 1, sheets[page - 1], boxes, group)
        placed |= {mark.text for mark in group}
    _note(document, sheets[0], summary(report, placed))
    out = BytesIO()
    locked = document.is_encrypted
    document.save(out, encryption=locked, deterministic_id=not locked)
    return out.getvalue()


def _opened(pdf: bytes) -> Pdf:
    try:
        document = pikepdf.open(BytesIO(pdf))
    except pikepdf.PasswordError as error:
        raise PaperError("PDF 设有打开密码，请先解除密码再作批注", code="encrypted") from error
    if not document.allow.modify_annotation:
        document.close()
        message = "这份 PDF 的权限设置不允许添加批注，请取得未加限制的文件，或改用 HTML 报告"
        raise UsageError(message, code="annotating_forbidden", status=422, typed="写作 --format html")
    return document


def _damaged() -> PaperError:
    return PaperError("PDF 已损坏或不完整，无法加批注，请重新导出或重新下载后再试", code="damaged_pdf")


def _gathered(found: Iterable[Mark], pages: int) -> list[tuple[int, Boxes, list[Mark]]]:
    """Page, boxes and the marks on them, the largest first: of highlights on top of each other a reader can open the
    last one only. Those on the very same words come together."""
    groups: dict[tuple[int, Boxes], list[Mark]] = {}
    for mark in found:
        for page, boxes in mark.spots:
            if boxes and page <= pages:
                groups.setdefault((page, boxes), []).append(mark)
    out = [(*at, sorted(group, key=lambda mark: _WORST.index(mark.look))) for at, group in groups.items()]
    return sorted(out, key=lambda found: -sum((x1 - x0) * (bottom - top) for x0, top, x1, bottom in found[1]))


def _highlight(document: Pdf, number: int, sheet: Sheet, boxes: Boxes, group: list[Mark]) -> None:
    first = group[0]
    quads = [sheet.quad(_wide_enough(box)) for box in boxes]
    xs, ys = [x for quad in quads for x, _ in quad], [y for quad in quads for _, y in quad]
    rect = [min(xs), min(ys), max(xs), max(ys)]
    colour = _COLOURS[first.look]
    annotation = _annotation(
        document,
        Name.Highlight,
        rect,
        colour,
        "；".join(mark.subject for mark in group),
        "\n\n".join(mark.text for mark in group),
        _painted(document, rect, quads, colour, underlined=first.look not in ("present", "not_applicable")),
    )
    # the order that every viewer reads: upper left, upper right, lower left, lower right, as the reader sees them
    annotation.QuadPoints = Array([_round(value) for quad in quads for point in quad for value in point])
    _attach(document, number, annotation, sheet)


def _wide_enough(box: tuple[float, ...]) -> tuple[float, ...]:
    x0, top, x1, bottom = box
    return (x0, top, max(x1, x0 + _LEAST), max(bottom, top + _LEAST))


def _annotation(document: Pdf, kind: Name, rect, colour, subject: str, contents: str, look: Stream) -> Dictionary:
    return document.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=kind,
            Rect=Array([_round(value) for value in rect]),
            C=Array(list(colour)),
            F=_PRINT,
            T=pikepdf.String(AUTHOR),
            Subj=pikepdf.String(subject),
            Contents=pikepdf.String(contents),
            AP=Dictionary(N=document.make_indirect(look)),
        )
    )


def _attach(document: Pdf, number: int, annotation: Dictionary, sheet: Sheet) -> None:
    """Put it on the page, with the window in which viewers show its contents."""
    page = document.pages[number].obj
    annotation.P = page
    annotation.NM = pikepdf.String(f"objection-docs-{number + 1}-{annotation.objgen[0]}")
    corners = sheet.quad((sheet.width - 180, _NOTE_AT[1], sheet.width, _NOTE_AT[1] + 120))
    popup = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Popup,
        Rect=Array([_round(f(point[i] for point in corners)) for f in (min, max) for i in (0, 1)]),
        Parent=annotation,
        P=page,
        F=_UPRIGHT,
        Open=False,
    )
    annotation.Popup = document.make_indirect(popup)
    there = page.get(Name.Annots)
    kept = list(there) if isinstance(there, Array) else []
    page.Annots = Array([*kept, annotation, annotation.Popup])  # a new one: pages may share theirs


def _painted(document: Pdf, rect, quads, colour, *, underlined: bool) -> Stream:
    """The highlight as a drawing, which lets the letter's words through; what calls for something is underlined too,
    so that it is told apart in black and white."""
    fill = " ".join(f"{part:.2f}" for part in colour)
    line = " ".join(f"{part * 0.55:.2f}" for part in colour)
    drawing = [f"/Through gs {fill} rg {line} RG 1 w"]
    for upper_left, upper_right, lower_left, lower_right in quads:
        path = [upper_left, upper_right, lower_right, lower_left]
        steps = " ".join(f"{_round(x)} {_round(y)} {'l' if i else 'm'}" for i, (x, y) in enumerate(path))
        drawing.append(f"{steps} h f")
        if underlined:
            ends = (*lower_left, *lower_right)
            drawing.append("{} {} m {} {} l S".format(*map(_round, ends)))
    through = Dictionary(Type=Name.ExtGState, BM=Name.Multiply, ca=1, CA=1)
    resources = Dictionary(ExtGState=Dictionary(Through=through))
    return _form(document, rect, drawing, resources)


def _note(document: Pdf, sheet: Sheet, contents: str) -> None:
    # viewers let a note stand upright and keep its upper left corner in place, however the page is turned
    left, top = sheet.point(*_NOTE_AT)
    rect = [left, top - _ICON, left + _ICON, top]
    sheet_of_paper = [
        "1 0.93 0.55 rg 0.45 0.36 0.05 RG 1.2 w 1 1 18 18 re B",
        "1.6 w 5 14.5 m 15 14.5 l S 5 10 m 15 10 l S 5 5.5 m 11 5.5 l S",
    ]
    look = _form(document, [0, 0, _ICON, _ICON], sheet_of_paper, Dictionary())
    note = _annotation(document, Name.Text, rect, (1, 0.93, 0.55), "检查结论", contents, look)
    note.Name = Name.Note
    note.Open = False
    note.F = _UPRIGHT
    _attach(document, 0, note, sheet)


def _form(document: Pdf, box, drawing: list[str], resources: Dictionary) -> Stream:
    form = Stream(document, "\n".join(drawing).encode("ascii"))
    form.Type, form.Subtype, form.FormType = Name.XObject, Name.Form, 1
    form.BBox = Array([_round(value) for value in box])
    form.Resources = resources
    return form


def _round(value: float) -> float:
    return round(float(value), 2)
