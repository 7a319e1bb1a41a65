"""The text of Word paragraphs as a reader sees it: insertions kept, deletions and field codes left out."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from objection_docs.extraction.numbering import Numbering

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_WRAPPERS = {W + name for name in ("ins", "moveTo", "hyperlink", "smartTag", "fldSimple", "customXml", "dir", "bdo")}
_DROPPED = {W + name for name in ("del", "moveFrom", "pPr", "rPr", "sdtPr", "instrText", "delText")}
# made once: they are asked of every run
_P, _R, _T, _SDT = W + "p", W + "r", W + "t", W + "sdt"
_ABOUT_P, _ABOUT_R, _ALIGNED, _VANISH, _VAL = W + "pPr", W + "rPr", W + "jc", W + "vanish", W + "val"
_TRACKED = (W + "customXml", W + "ins", W + "moveTo")
_ALIGN = {"right": "right", "end": "right", "center": "center"}
_TABS, _BREAKS = (W + "tab", W + "ptab"), (W + "br", W + "cr")
_SYMBOLS = {0xA8: "□", 0x6F: "□", 0xA3: "□", 0x71: "□", 0xFE: "☑", 0x52: "☑", 0x54: "☑", 0xFC: "✓"}  # Wingdings
_SYMBOLS |= {0x6E: "■", 0x6C: "●"}


@dataclass(slots=True)
class Breaks:
    """One paragraph: its texts, parted at line breaks, and the text boxes that hang on it."""

    texts: list[str] = field(default_factory=lambda: [""])
    boxes: list = field(default_factory=list)
    align: str = ""

    def add(self, text: str) -> None:
        self.texts[-1] += text


class Reader:
    """Reads paragraphs in order, because automatic numbers count on."""

    def __init__(self, numbering: Numbering):
        self.numbering = numbering
        self.hidden = 0

    def children(self, parent) -> Iterator:
        """Blocks, rows or cells, looking through content controls and tracked insertions."""
        for child in parent:
            if child.tag == _SDT:
                content = child.find(W + "sdtContent")
                if content is not None:
                    yield from self.children(content)
            elif child.tag in _TRACKED:
                yield from self.children(child)
            elif isinstance(child.tag, str):
                yield child

    def paragraph(self, element) -> Breaks:
        breaks = Breaks()
        properties = element.find(_ABOUT_P)
        for run in runs(element):
            self._run(run, breaks)
        aligned = properties.find(_ALIGNED) if properties is not None else None
        if aligned is not None:
            breaks.align = _ALIGN.get(aligned.get(_VAL), "")
        if any(text.strip() for text in breaks.texts):
            breaks.texts[0] = self.numbering.label(properties) + breaks.texts[0]
        return breaks

    def texts(self, parent) -> Iterator[str]:
        """All paragraphs within, tables and boxes too, as bare text."""
        for element in parent.iter(_P):
            if not any(ancestor.tag == _MC + "Fallback" for ancestor in element.iterancestors()):
                yield from (text.strip() for text in self.paragraph(element).texts if text.strip())

    def _run(self, run, breaks: Breaks) -> None:
        if is_hidden(run):
            self.hidden += sum(len(text.text or "") for text in run.iter(_T))
            return
        for child in run:
            text = said(child)
            if text == "\n":
                breaks.texts.append("")
            elif text is not None:
                breaks.add(text)
            elif child.tag not in _DROPPED:
                self._drawn(child, breaks)

    def _drawn(self, element, breaks: Breaks) -> None:
        """Text boxes; of the two forms that Word writes for each, the first."""
        if element.tag == _MC + "AlternateContent":
            element = element.find(_MC + "Choice")
            if element is None:
                return
        for box in element.iter(W + "txbxContent"):
            outer = next((a for a in box.iterancestors() if a.tag == W + "txbxContent" or a is element), None)
            if (outer is element or outer is None) and not _in_fallback(box, element):
                breaks.boxes.append(box)


def runs(parent) -> Iterator:
    """The runs of a paragraph in order, those in links, content controls and tracked insertions too."""
    for child in parent:
        if child.tag == _R:
            yield child
        elif child.tag == _SDT:
            if child.find(f"{W}sdtPr/{W}showingPlcHdr") is None:  # "click here to enter text" is an empty blank
                content = child.find(W + "sdtContent")
                if content is not None:
                    yield from runs(content)
        elif child.tag in _WRAPPERS:
            yield from runs(child)


def is_hidden(run) -> bool:
    properties = run.find(_ABOUT_R)
    vanish = properties.find(_VANISH) if properties is not None else None
    return vanish is not None and vanish.get(_VAL) not in ("0", "false")


def said(child) -> str | None:
    """The text that a part of a run stands for, a newline for a break within the paragraph; None if it isn't text."""
    tag = child.tag
    if tag == _T:
        return (child.text or "").replace("\n", " ")
    if tag in _TABS:
        return " "
    if tag in _BREAKS:
        return "\n" if child.get(W + "type", "textWrapping") == "textWrapping" else ""
    if tag == W + "noBreakHyphen":
        return "-"
    if tag == W + "sym":
        return _symbol(child)
    if tag == W + "fldChar":
        return _legacy_checkbox(child)
    return None


def _in_fallback(box, stop) -> bool:
    for ancestor in box.iterancestors():
        if ancestor is stop:
            return False
        if ancestor.tag == _MC + "Fallback":
            return True
    return False


def _symbol(element) -> str:
    code = element.get(W + "char", "")
    try:
        point = int(code, 16)
    except ValueError:
        return ""
    return _SYMBOLS.get(point & 0xFF, "") if point >= 0xF000 else chr(point)


def _legacy_checkbox(element) -> str:
    box = element.find(f"{W}ffData/{W}checkBox")
    if box is None:
        return ""
    state = box.find(W + "checked")
    if state is None:
        state = box.find(W + "default")
    return "☑" if state is not None and state.get(W + "val") not in ("0", "false") else "□"
