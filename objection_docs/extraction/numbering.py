"""Automatic numbers of Word paragraphs: 一、 （一） 1. (1) …, which stand in no run but are read on paper."""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from objection_docs.extraction.package import parse

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NUMBERED, _STYLE, _VAL = _W + "numPr", _W + "pStyle", _W + "val"
_DIGITS = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"


def _chinese(number: int, digits: str = _DIGITS, ten: str = "十", hundred: str = "百") -> str:
    if not 0 < number < 1000:
        return str(number)
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    out = digits[hundreds] + hundred if hundreds else ""
    if tens:
        out += ("" if tens == 1 and not hundreds and ten == "十" else digits[tens]) + ten
    elif hundreds and ones:
        out += "零"
    return out + (digits[ones] if ones else "")


def _letters(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def _roman(number: int) -> str:
    out = ""
    for value, sign in _ROMAN:
        while number >= value:
            out, number = out + sign, number - value
    return out


def _from_row(row: str) -> Callable[[int], str]:
    return lambda number: row[number - 1] if 0 < number <= len(row) else str(number)


_CIRCLED = "".join(map(chr, range(0x2460, 0x2474)))
_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02}",
    "decimalFullWidth": lambda number: str(number).translate({ord("0") + i: chr(0xFF10 + i) for i in range(10)}),
    "decimalEnclosedCircle": _from_row(_CIRCLED),
    "decimalEnclosedCircleChinese": _from_row(_CIRCLED),
    "decimalEnclosedParen": lambda number: f"({number})",
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerLetter": _letters,
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerRoman": _roman,
    "chineseLegalSimplified": lambda number: _chinese(number, _LEGAL, "拾", "佰"),
    "ideographLegalTraditional": lambda number: _chinese(number, _LEGAL, "拾", "佰"),
    "ideographTraditional": _from_row(_STEMS),
    "ideographZodiac": _from_row(_BRANCHES),
    "ideographEnclosedCircle": _from_row("".join(map(chr, range(0x3280, 0x328A)))),
    "bullet": lambda number: "",
    "none": lambda number: "",
}
_COUNTING = ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "ideographDigital")
_FORMATS |= dict.fromkeys((*_COUNTING, "taiwaneseCountingThousand", "koreanDigital2"), _chinese)


@dataclass(frozen=True)
class _Lists:
    """What a file says of its lists; the same for every letter of a form."""

    lists: dict[str, str] = field(default_factory=dict)  # numId → abstractNumId
    levels: dict[tuple[str, int], tuple[str, str, int]] = field(default_factory=dict)  # see _read_levels
    restarts: set[str] = field(default_factory=set)
    styles: dict[str, tuple[str, str, int]] = field(default_factory=dict)  # style → based on, numId, level


@lru_cache(maxsize=16)
def _lists(numbering: bytes, styles: bytes) -> _Lists:
    """Nobody may change what this returns."""
    found = _Lists()
    if numbering:
        _read_lists(found, parse(numbering))
    if styles:
        for style in parse(styles).iter(_W + "style"):
            number, level = _number_and_level(style.find(_W + "pPr"))
            found.styles[style.get(_W + "styleId", "")] = (_val(style.find(_W + "basedOn")), number, level)
    return found


def _read_lists(found: _Lists, numbering) -> None:
    abstract = {item.get(_W + "abstractNumId"): item for item in numbering.iter(_W + "abstractNum")}
    for item in numbering.iter(_W + "num"):
        number, target = item.get(_W + "numId", ""), _val(item.find(_W + "abstractNumId"))
        found.lists[number] = target
        if target in abstract:
            _read_levels(found, number, abstract[target])
        for override in item.iter(_W + "lvlOverride"):
            start = override.find(_W + "startOverride")
            level = _int(override.get(_W + "ilvl"))
            if start is not None and (number, level) in found.levels:
                shape, text, _ = found.levels[number, level]
                found.levels[number, level] = (shape, text, _int(_val(start), 1))
                found.restarts.add(number)
            _read_levels(found, number, override)


def _read_levels(found: _Lists, number: str, parent) -> None:
    """Format, text and first number of each level."""
    for level in parent.findall(_W + "lvl"):
        shape, text = _val(level.find(_W + "numFmt")) or "decimal", _val(level.find(_W + "lvlText"))
        start = _int(_val(level.find(_W + "start")), 1)
        found.levels[number, _int(level.get(_W + "ilvl"))] = (shape, text, start)


class Numbering:
    """Counts the numbered paragraphs of one document, in their order. The arguments are the parts' XML, or empty."""

    def __init__(self, numbering: bytes, styles: bytes):
        known = _lists(numbering, styles)
        self._lists, self._levels, self._styles = known.lists, known.levels, known.styles
        self._restarts = set(known.restarts)
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)  # abstractNumId → level → last number

    def label(self, properties) -> str:
        """The number that Word prints before the paragraph with these properties (w:pPr); "" if none."""
        number, level = self._place(properties)
        if (number, level) not in self._levels:
            return ""
        counts = self._counts[self._lists[number]]
        if number in self._restarts:
            self._restarts.discard(number)
            counts.clear()
        start = self._levels[number, level][2]
        counts[level] = counts.get(level, start - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        shape, text, _ = self._levels[number, level]
        if shape == "bullet":
            return ""

        def written(match: re.Match) -> str:
            other = int(match[1]) - 1
            its_shape, _, its_start = self._levels.get((number, other), ("decimal", "", 1))
            return _FORMATS.get(its_shape, str)(counts.get(other, its_start))

        return re.sub(r"%([1-9])", written, text)

    def _place(self, properties) -> tuple[str, int]:
        if properties is None:
            return "", 0
        number, level = _number_and_level(properties)
        style = _val(properties.find(_STYLE))
        for _ in range(20):  # styles may be based on one another in a ring
            if number or style not in self._styles:
                break
            style, number, level = self._styles[style]
        return ("", 0) if number == "0" else (number, level)


def _number_and_level(properties) -> tuple[str, int]:
    numbered = properties.find(_NUMBERED) if properties is not None else None
    if numbered is None:
        return "", 0
    return _val(numbered.find(_W + "numId")), _int(_val(numbered.find(_W + "ilvl")))


def _val(element) -> str:
    return element.get(_VAL, "") if element is not None else ""


def _int(value: str | None, default: int = 0) -> int:
    return int(value) if value and value.isdigit() else default
