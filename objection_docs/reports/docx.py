"""A letter's Word file + its report → a copy with Word comments at the places, through python-docx.

The letter's words stay as they are, with their formatting. What is in order gets no comment, for a page full of them
hides the few that count; the comment on the title tells it in a line.
"""

from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass, field
from io import BytesIO

import docx
from docx.text.run import Run

from objection_docs.errors import PaperError
from objection_docs.extraction import docx as reading
from objection_docs.extraction import package
from objection_docs.extraction.word_text import Reader, W, is_hidden, runs, said
from objection_docs.reports import AUTHOR
from objection_docs.reports.marks import Mark, marks, summary
from objection_docs.text import mapped, normal

_INITIALS = "异"
_QUIET = ("present", "not_applicable")


def comment(data: bytes, report: dict) -> bytes:
    """The Word file with a comment on the words of each element that wants something and of each fault, and one on
    the title with the outcome and what is missing altogether. Raises PaperError for a file that cannot be opened."""
    try:
        document = docx.Document(BytesIO(package.ordinary(data)))
        _without_macros(document)
        return _commented(document, report)
    except PaperError:
        raise
    except Exception as error:  # zipfile, lxml and python-docx raise whatever they stumble on
        raise PaperError("Word 文件已损坏或不完整，无法加批注，请重新保存后再试", code="damaged_docx") from error


def _without_macros(document) -> None:
    """The copy goes from hand to hand; nobody has to trust it."""
    for id, relation in list(document.part.rels.items()):
        if relation.reltype.endswith(f"/{package.MACROS}"):
            document.part.drop_rel(id)


def _commented(document, report: dict) -> bytes:
    words = _Words()
    words.gather(reading.reader(document), document.element.body)
    title = words.first_paragraph()
    if title is None:
        raise PaperError("Word 文件里没有可以加批注的文字", code="scanned")
    found = [(mark, words.find(mark)) for mark in marks(report) if mark.look not in _QUIET]
    placed = {mark.text for mark, stretch in found if stretch}
    notes = [(title, summary(report, placed))] + [(stretch, mark.text) for mark, stretch in found if stretch]
    pieces = _split([stretch for stretch, _ in notes])
    for (start, end), text in notes:
        first, last = _piece(pieces, start), _piece(pieces, end)
        made = document.add_comment([Run(first, None), Run(last, None)], text, author=AUTHOR, initials=_INITIALS)
        made._comment_elm.attrib.pop(W + "date", None)  # same letter, same copy: the clock is none of our business
    out = BytesIO()
    document.save(out)
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where one character stands. `offset`: within the text of its run; None in a text box, which Word lets nobody
    comment on: the run that holds the box stands for it."""

    paragraph: object
    run: object
    offset: int | None


Stretch = tuple[_Spot, _Spot]


@dataclass(slots=True)
class _Words:
    """All text of the body as extraction reads it, and the spot of each character; None for automatic numbers."""

    texts: list[str] = field(default_factory=list)
    spots: list[_Spot | None] = field(default_factory=list)
    _mapped: object = None

    def gather(self, reader: Reader, parent, holder: _Spot | None = None) -> None:
        for child in reader.children(parent):
            if child.tag == W + "p":
                self._paragraph(reader, child, holder)
            elif child.tag in (W + "tbl", W + "tr", W + "tc"):
                self.gather(reader, child, holder)

    def _paragraph(self, reader: Reader, paragraph, holder: _Spot | None) -> None:
        read = reader.paragraph(paragraph)
        own, spots = [], []
        for run in runs(paragraph):
            text = "" if is_hidden(run) else "".join(said(child) or "" for child in run)
            own.append(text)
            spots += [holder or _Spot(paragraph, run, offset) for offset in range(len(text))]
        whole, text = "\n".join(read.texts), "".join(own)
        label = whole[: len(whole) - len(text)] if whole.endswith(text) else ""
        self.texts += [label, text]
        self.spots += [None] * len(label) + spots
        for box in read.boxes:
            held = holder or _Spot(paragraph, next(a for a in box.iterancestors() if a.tag == W + "r"), None)
            self.gather(reader, box, held)

    def first_paragraph(self) -> Stretch | None:
        """The words of the first paragraph that has any: the title, as a rule."""
        text = "".join(self.texts)
        told = [spot for spot, char in zip(self.spots, text, strict=True) if spot and not char.isspace()]
        mine = [spot for spot in told if spot.paragraph is told[0].paragraph]
        return (mine[0], mine[-1]) if mine else None

    def find(self, mark: Mark) -> Stretch | None:
        """Where the quoted words stand; of several places the first, or the last for what closes a letter."""
        if self._mapped is None:
            self._mapped = mapped("".join(self.texts))
        words, sought = self._mapped, normal(mark.quote)
        at = (words.text.rfind if mark.closing else words.text.find)(sought) if sought else -1
        if at < 0:
            return None
        low, high = words.back(at, at + len(sought))
        inside = [spot for spot in self.spots[low:high] if spot]
        if not inside:
            return None
        first, last = inside[0], inside[-1]
        if first.paragraph.getparent() is not last.paragraph.getparent():
            # no comment may reach from one table cell into another
            last = [spot for spot in inside if spot.paragraph is first.paragraph][-1]
        return first, last


def _split(stretches: list[Stretch]) -> dict[object, list[tuple[int, object]]]:
    """Cut the runs where a stretch begins or ends: run → its pieces, each with the offset at which it begins."""
    cuts = defaultdict(set)
    for start, end in stretches:
        if start.offset is not None:
            cuts[start.run].add(start.offset)
        if end.offset is not None:
            cuts[end.run].add(end.offset + 1)
    return {run: _cut(run, sorted(offsets)) for run, offsets in cuts.items()}


def _cut(run, offsets: list[int]) -> list[tuple[int, object]]:
    """The run parted before the characters at `offsets`; each piece keeps the formatting."""
    at = 0
    for child in list(run):
        size = len(said(child) or "")
        for offset in [offset for offset in reversed(offsets) if at < offset < at + size]:  # w:t alone is that long
            text, rest = child.text, deepcopy(child)
            _set_text(rest, text[offset - at :])
            _set_text(child, text[: offset - at])
            child.addnext(rest)
        at += size
    pieces, at = [(0, run)], 0
    for child in [child for child in run if child.tag != W + "rPr"]:
        if at in offsets and at > pieces[-1][0]:
            pieces.append((at, _following(pieces[-1][1])))
        if len(pieces) > 1:
            pieces[-1][1].append(child)
        at += len(said(child) or "")
    return pieces


def _following(piece):
    """A new empty run after `piece`, formatted like it."""
    new = piece.makeelement(piece.tag, dict(piece.attrib))
    properties = piece.find(W + "rPr")
    if properties is not None:
        new.append(deepcopy(properties))
    piece.addnext(new)
    return new


def _set_text(child, text: str) -> None:
    child.text = text
    child.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _piece(pieces: dict, spot: _Spot):
    if spot.offset is None:
        return spot.run
    return [piece for start, piece in pieces[spot.run] if start <= spot.offset][-1]
