"""Rows of text → paragraphs: which row goes on from the one before, which stands right or centred. Pure geometry.

A break inside a sentence hides things from the checker, one after a sentence does not: in doubt only a row that ends a
sentence also ends its paragraph.
"""

import re
from collections import Counter
from dataclasses import dataclass

from objection_docs.extraction.rows import Row, baseline_steps

_OPENERS = "（(《〈“‘「『【〔[{＜<¥￥$"
_CLOSERS = "，。、；：！？）》〉”’」』】〕〗…—·,.;:!?)]}>％%"
_RUN = r"(?:[^\s\u2e80-\uffff“”‘’—…]+|.)"  # figures and Latin letters hold together; 汉字 part anywhere
_CLOSED = rf"[{re.escape(_CLOSERS)}]"
_UNIT = re.compile(rf"[{re.escape(_OPENERS)}]*{_RUN}(?:{_CLOSED}+(?=\d){_RUN}|[“”‘’]+{_RUN})*{_CLOSED}*")
_SENTENCE_END = re.compile(r"[。！？；!?;][”’」』）)】》]*$")
_HYPHENED = re.compile(r"[A-Za-z0-9]-$")  # a number such as XQ2600-0714 may be torn with much room left
_BULLETS = ("•", "●", "■", "◆", "▪")  # nothing but the beginning of an item
_MARKER = re.compile(
    rf"[{''.join(_BULLETS)}①-⑳]|"
    r"[（(]?[一二三四五六七八九十\d]{1,3}[、.．）)]|第[一二三四五六七八九十百]+[章节条项、]|[壹贰叁肆伍陆柒捌玖拾]、|附[件：:]"
)
_SLACK = 0.35  # em: writers squeeze or stretch a row by that much
_HANGING = "，。、；：！？"  # LibreOffice lets them stand out into the margin
_LOOSE = 4.0  # em: a row in the middle of a phrase may be stretched that much before a piece that cannot be broken
_SCRIPT_CHANGE = re.compile(r"(?<=[\u3400-\u9fff])(?=[0-9A-Za-z])|(?<=[0-9A-Za-z])(?=[\u3400-\u9fff])")
_PUNCTUATION = re.compile(r"[，。、；：！？…—,.;:!?）)”]$")


@dataclass(slots=True)
class Column:
    """The measure of the text: its edges, its usual distance of lines (in type sizes) and its habits."""

    left: float
    right: float
    pitch: float = 0.0
    indents: bool = False  # paragraphs begin with an indent
    spaces: bool = False  # paragraphs stand apart


def column(rows: list[Row], page_width: float) -> Column:
    """The column that the rows of a letter stand in."""
    left = _left_edge(rows)
    furthest = max((row.x1 for row in rows), default=page_width - left)
    right = max((row.x1 for row in rows if row.text[-1] not in _HANGING), default=furthest)
    if right < furthest - 1.2 * _usual_size(rows):
        right = furthest
    mirrored = page_width - left
    size = _usual_size(rows)
    at_right = sum(1 for row in rows if row.x1 > right - 1.5 * size)
    if right < mirrored - 2 * size and (at_right < 3 or right - left < 0.6 * (mirrored - left)):
        right = mirrored  # no row is full: margins are alike on both sides more often than not
    measure = Column(left, right)
    plain = [row for row in rows if abs(row.size - size) < 0.15 * size]
    for row in rows:
        row.align = _align(row, measure, size)
    steps = [(a, b, d / b.size) for a, b, d in baseline_steps(rows) if abs(a.size - b.size) < 0.12 * a.size]
    wraps = [d for a, b, d in steps if not b.align and b.x0 - left < 0.8 * b.size and _full(a, b, measure)]
    distances = sorted(wraps or [d for _, _, d in steps])
    measure.pitch = distances[len(distances) // 4] if distances else 0.0
    firsts = [d for a, b, d in steps if not _full(a, b, measure)]
    measure.spaces = len(firsts) > 1 and sum(d > 1.12 * measure.pitch for d in firsts) >= 0.6 * len(firsts)
    indented = sum(1 for row in plain if not row.align and 1.5 < (row.x0 - left) / row.size < 2.9)
    measure.indents = indented >= max(2, 0.15 * len(plain))
    return measure


def _usual_size(rows: list[Row]) -> float:
    sizes = Counter()
    for row in rows:
        sizes[round(row.size, 1)] += len(row.text)
    return sizes.most_common(1)[0][0] if sizes else 12.0


def _left_edge(rows: list[Row]) -> float:
    """The leftmost edge that more than a stray row keeps to."""
    lefts = sorted(row.x0 for row in rows)
    least = max(2, 0.06 * len(rows))
    for left in lefts:
        if sum(1 for other in lefts if left <= other <= left + 3) >= least:
            return left
    return lefts[0] if lefts else 0.0


def _align(row: Row, measure: Column, usual: float) -> str:
    before, after = row.x0 - measure.left, measure.right - row.x1
    if before > 6 * usual and after < 1.5 * usual:
        return "right"
    even = abs(before - after) < 1.3 * row.size
    if even and (before > 2.9 * usual or (row.size > 1.15 * usual and before > -usual)):
        return "center"
    return ""


def _full(row: Row, following: Row, measure: Column, slack: float = _SLACK) -> bool:
    """The first piece of the following row that cannot be broken had no room left on this one."""
    end = row.x1
    if end > measure.right - 0.5 * row.size:
        end -= _stretch(row)  # LibreOffice also justifies a row that ends in a forced break
        if not _PUNCTUATION.search(row.text):
            slack = max(slack, _LOOSE)
    return end + _unit_width(following) > measure.right - slack * row.size


def _stretch(row: Row) -> float:
    """How much wider a justified row was drawn than its characters are."""
    own = 0.0
    for char, left, right in zip(row.text, row.lefts, row.rights, strict=True):
        own += min(right - left, 0.5 * row.size) if char == " " else right - left
    changes = len(_SCRIPT_CHANGE.findall(row.text))  # a quarter of an em is set between 汉字 and figures
    return max(0.0, row.x1 - row.x0 - own - 0.25 * row.size * changes)


def _unit_width(row: Row) -> float:
    piece = _UNIT.match(row.text)
    return row.rights[(piece.end() if piece else 1) - 1] - row.lefts[0]


def _bracket_open(text: str, following: str) -> bool:
    """A bracket that opens in one text and closes in the other: blanks of a form may have torn the row."""
    return any(
        text.count(opener) > text.count(closer) and 0 <= following.find(closer) < (following + opener).find(opener)
        for opener, closer in ("（）", "《》", "“”")
    )


def ends_sentence(row: Row) -> bool:
    return bool(_SENTENCE_END.search(row.text))


def goes_on(row: Row, following: Row, measure: Column) -> bool:
    """Whether `following` goes on with the paragraph of `row`."""
    size = following.size
    if abs(row.size - size) > 0.12 * max(row.size, size) or row.align == "right":
        return False
    step = (following.base - row.base) / size if row.page == following.page else 0.0
    wide = step > 1.12 * measure.pitch
    if step < 0 or step > 1.75 * max(measure.pitch, 1.0):
        return False
    if following.text.startswith(_BULLETS):
        return False
    ends = ends_sentence(row)
    if row.align == "center" or following.align == "center":
        width = row.x1 - row.x0 + _unit_width(following)
        both = row.align == "center" and (following.align == "center" or following.x0 - measure.left < size)
        return both and not ends and not wide and width > measure.right - measure.left - _SLACK * size
    indent = following.x0 - measure.left
    slack = _SLACK
    if indent < 0.8 * size and not _PUNCTUATION.search(row.text):
        # in the middle of a phrase: where paragraphs are indented, hardly anything else begins at the edge
        slack = 2.0 if measure.indents else 0.6
    if following.align:
        # the end of a right-aligned signature that took more than a row
        return row.x1 > measure.right - 0.5 * size and following.text[0] in "（(" and not (wide or ends)
    if not _full(row, following, measure, slack):
        torn = bool(_HYPHENED.search(row.text) and following.text[:1].isalnum())
        return indent < 0.8 * size and (torn or _bracket_open(row.text, following.text))
    marked = bool(_MARKER.match(following.text))
    if indent < 0.8 * size:
        if not ends:
            return not (wide and marked)
        if len(following.text) <= 14 and not _PUNCTUATION.search(following.text):
            return False  # after a sentence, a few words without any mark are a heading
        return not wide and not marked and (measure.indents or (measure.spaces and step > 0))
    hanging = abs(row.x0 - following.x0) < 0.3 * size or (following.x0 > row.x0 and bool(_MARKER.match(row.text)))
    return hanging and not ends and not wide and not marked


def cell_column(rows: list[Row], x0: float, x1: float) -> Column:
    """The measure of a table cell: its padding is as wide as the narrowest that its rows show."""
    left = min(row.x0 for row in rows)
    padding = max(0.0, min(left - x0, x1 - max(row.x1 for row in rows), 8.0))
    for row in rows:
        row.align = ""
    steps = sorted(d / max(a.size, b.size) for a, b, d in baseline_steps(rows))
    return Column(left, x1 - padding, pitch=steps[0] if steps else 0.0)


def goes_on_in_cell(row: Row, following: Row, measure: Column) -> bool:
    """As `goes_on`, where rows may also be centred: then the room is what is left on both sides."""
    margins = max(0.0, min(row.x0 - measure.left, measure.right - row.x1))
    taken = max(row.x1, measure.left + row.x1 - row.x0 + 2 * margins)
    full = taken + _unit_width(following) > measure.right - _SLACK * row.size
    ends = ends_sentence(row)
    wide = (following.base - row.base) / following.size > 1.2 * measure.pitch if row.page == following.page else False
    return full and not wide and not (ends and _MARKER.match(following.text))
