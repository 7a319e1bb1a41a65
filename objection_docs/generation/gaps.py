"""【待补：…】 between its marks → its own run, highlighted yellow, wherever in a part it stands."""

import re
from copy import deepcopy

from objection_docs.facts.values import GAP_CLOSE, GAP_OPEN

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_MARKS = re.compile(f"[{GAP_OPEN}{GAP_CLOSE}]")
_PIECES = re.compile(f"({GAP_OPEN}[^{GAP_CLOSE}]*{GAP_CLOSE})")


def highlighted(xml: str, declaration: str) -> str:
    """The part with every gap highlighted and no mark left."""
    from docx.enum.text import WD_COLOR_INDEX
    from docx.oxml import parse_xml
    from docx.oxml.ns import qn
    from lxml import etree

    tree = parse_xml(xml.encode())
    for run in [text.getparent() for text in tree.iter(qn("w:t")) if GAP_OPEN in (text.text or "")]:
        if run.getparent() is None or run.tag != qn("w:r"):
            continue  # already split for another of its texts
        for new, is_gap in _split(run, qn):
            run.addprevious(new)
            if is_gap:
                new.get_or_add_rPr().highlight_val = WD_COLOR_INDEX.YELLOW
        run.getparent().remove(run)
    return declaration + _MARKS.sub("", etree.tostring(tree, encoding="unicode"))


def _split(run, qn):
    """Copies of the run, each with a stretch of its content that is all gap or all not; its properties in each."""
    properties = run.find(qn("w:rPr"))
    made = []
    for child in run:
        if child is properties:
            continue
        for piece, is_gap in _pieces(child, qn):
            if not made or made[-1][1] is not is_gap:
                new = run.makeelement(run.tag, dict(run.attrib), run.nsmap)
                if properties is not None:
                    new.append(deepcopy(properties))
                made.append((new, is_gap))
            made[-1][0].append(piece)
    return made


def _pieces(child, qn):
    if child.tag != qn("w:t") or GAP_OPEN not in (child.text or ""):
        return [(deepcopy(child), False)]
    pieces = []
    for words in _PIECES.split(child.text):
        if words:
            text = child.makeelement(child.tag, {_SPACE: "preserve"}, child.nsmap)
            text.text = words
            pieces.append((text, words.startswith(GAP_OPEN)))
    return pieces
