"""What of a letter can be found: its words in their normal form, and its marks (kind, verdict, elements …)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from objection_docs.archive.entries import Entry, clean, origin
from objection_docs.text import normal

_USUAL = [(c, normal(c).casefold()) for c in "\n\t\f \u3000，：；（）“”！？〔〕－／％"]
_WIDE = str.maketrans(",:;()?!", "，：；（）？！")
_OTHER = re.compile('[^!-~、。《》【】〈〉¥〇·"一-龥]')
#: The mark of every letter.
LETTER = "letter"
#: Stands between fields. The normal form has no white space, so no word can reach over it.
BREAK = "\n"
_FIGURE = r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,15}(?:\.\d+)?)"
_AMOUNT = re.compile(
    rf"(?:[¥$]|RMB|CNY|人民币|小写:?)[:(]?[¥]?{_FIGURE}(?![\d,.]*\d)(万元|亿元|万|亿)?|(?<![\d.,]){_FIGURE}(万元|亿元|元)",
    re.IGNORECASE,
)
_UNITS = {"万": 10_000, "万元": 10_000, "亿": 100_000_000, "亿元": 100_000_000}
#: Larger ones are no amount of money, and SQLite could not keep them.
_MOST = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class Document:
    """`body`, `parties`: normal form, fields parted by BREAK. `marks`: name and value. `amounts`: in fen."""

    body: str
    parties: str
    marks: tuple[tuple[str, str], ...]
    amounts: tuple[int, ...] = ()


def fold(text: str) -> str:
    """The form in which texts and words meet."""
    return _known(text) if len(text) <= _SHORT else _fold(text)


def _fold(text: str) -> str:
    # What letters are made of, without the table of all Unicode, which takes five times as long
    plain = text
    for char, usual in _USUAL:
        plain = plain.replace(char, usual)
    return normal(clean(text)).casefold() if _OTHER.search(plain) else plain.lower()


#: Addresses, names, numbers of articles: letters of one house have them in common.
_SHORT = 100
_known = lru_cache(maxsize=2048)(_fold)


def as_written(word: str) -> tuple[str, ...]:
    """The word (normal form), and as letters mostly write it; where one of these stands, the word stands."""
    wide = word.translate(_WIDE)
    return tuple(form for form in dict.fromkeys((word, wide, word.upper(), wide.upper())) if fold(form) == word)


def body(letter: Entry, reads: dict) -> str:
    """All words of a letter: as entered, and, where a later entry changed them, as it reads now."""
    number = letter.number or origin(letter).get("number", "")  # of an imported letter: the one it had
    entered = (number, letter.title, letter.case_id, letter.file_name, letter.sender, letter.recipient)
    names = ("title", "case_id", "sender", "recipient", "archive_number")
    changed = [reads[name] for name in names if reads[name] not in entered]
    told = () if reads["destroyed"] else (letter.text, *values(letter.facts))
    return BREAK.join(map(fold, (*entered, *changed, *told)))


def parties(reads: dict) -> str:
    return BREAK.join((fold(reads["sender"]), fold(reads["recipient"])))


@dataclass(frozen=True, slots=True)
class Told:
    """What the check of a letter told. `states`: element, status, level; `faults`: codes."""

    states: Sequence[Sequence[str]]
    faults: Sequence[str]


def document(letter: Entry, reads: dict, told: Told) -> Document:
    """`letter`: whole, as entered. `reads`: its row of `letters`."""
    return Document(
        body=body(letter, reads),
        parties=parties(reads),
        marks=tuple(sorted(set(_marks(reads, told)))),
        amounts=() if reads["destroyed"] else tuple(sorted(set(amounts(letter)))),
    )


def _marks(reads: dict, told: Told) -> Iterator[tuple[str, str]]:
    yield LETTER, ""
    for name in ("kind", "procedure", "case_id", "verdict", "errand", "who", "retention"):
        yield name, mark(reads[name])
    if reads["destroyed"]:
        yield "destroyed", ""
    for element, status, _ in told.states:
        yield "element", mark(f"{element}:{status}")
    for code in told.faults:
        yield "fault", mark(code)


def mark(value: str) -> str:
    """A value that stands on one line, in one column."""
    return clean(value).replace("\n", " ").replace("\t", " ")


def codes(report: object) -> list[str]:
    """Of the faults that a report tells."""
    return [str(fault.get("code", "")) for fault in report.get("faults") or ()] if isinstance(report, dict) else []


def values(facts: object) -> Iterator[str]:
    """The words and figures of facts, however deep, in order."""
    if isinstance(facts, dict):
        for value in facts.values():
            yield from values(value)
    elif isinstance(facts, list | tuple):
        for value in facts:
            yield from values(value)
    elif isinstance(facts, str):
        yield facts
    elif isinstance(facts, int | float | Decimal) and not isinstance(facts, bool):
        yield str(facts)


def amounts(letter: Entry) -> Iterator[int]:
    """Amounts of money in fen: what the facts call `amount`, and figures with a sign or unit of money in the text."""
    yield from filter(None, map(_fen, _named_amounts(letter.facts)))
    for first, unit, second, other in _AMOUNT.findall(normal(letter.text)):
        found = _fen(first or second, unit or other)
        if found is not None:
            yield found


def _named_amounts(facts: object) -> Iterator[object]:
    inner: Iterable = ()
    if isinstance(facts, dict):
        yield from (value for name, value in facts.items() if name.split("_")[-1] == "amount")
        inner = facts.values()
    elif isinstance(facts, list | tuple):
        inner = facts
    for value in inner:
        yield from _named_amounts(value)


def _fen(figure: object, unit: str = "") -> int | None:
    try:
        value = Decimal(str(figure).replace(",", "")) * _UNITS.get(unit, 1)
    except ArithmeticError:
        return None
    return int(value * 100) if value.is_finite() and 0 <= value < _MOST else None


def dump(document: Document) -> tuple[str, str, str]:
    """Body, parties and marks as they are stored while the letter's block is not full."""
    marks = "".join(f"{name}\t{value}\n" for name, value in document.marks)
    return document.body, document.parties, f"\n{marks}"


def load(body: str, parties: str, marks: str) -> Document:
    return Document(body, parties, tuple(tuple(line.split("\t")) for line in marks.split("\n")[1:-1]))


def line(name: str, value: str) -> str:
    """As a mark stands among those that `dump` put together."""
    return f"\n{name}\t{value}\n"
