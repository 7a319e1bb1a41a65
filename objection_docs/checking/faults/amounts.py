"""amount_mismatch: an amount in capital words beside the same amount in figures, with another value."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from objection_docs.checking.faults.found import Found, Known

_CAPITAL = (
    r"(?P<words>[零〇壹贰貳叁參肆伍陆陸柒捌玖拾佰仟万萬亿億]{2,}[圆元圓]"
    r"(?:[零壹贰叁肆伍陆柒捌玖]角)?(?:零?[零壹贰叁肆伍陆柒捌玖]分)?[整正]?)"
)
_FIGURES = (
    r"(?P<figures>(?:[¥$]|RMB|CNY|小写|人民币|[:]){0,4}"
    r"(?P<number>\d[\d,]{0,24}(?:\.\d{1,9})?)(?P<unit>万元|亿元|万|亿|元)?)"
)
_PAIRS = (
    re.compile(_CAPITAL + r"[(,、/]{0,2}(?:小写|即|计)?[:]?[(]?" + _FIGURES),
    re.compile(_FIGURES + r"[(,、/]{0,2}(?:大写|即|计|人民币)*[:]?(?:人民币)?" + _CAPITAL),
)
_SIMPLE = str.maketrans("貳參陸萬億圓〇圆", "贰叁陆万亿元零元")
_DIGITS = {c: i for i, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
_UNITS = {"万元": 10_000, "万": 10_000, "亿元": 100_000_000, "亿": 100_000_000}


def value_of_words(words: str) -> Decimal | None:
    """叁万伍仟元整 → 35000; None when the words make no number."""
    import cn2an

    text = words.translate(_SIMPLE).rstrip("整正")
    whole, _, rest = text.partition("元")
    try:
        total = Decimal(cn2an.cn2an(whole, "smart"))
    except (ValueError, TypeError):
        return None
    for mark, size in (("角", Decimal("0.1")), ("分", Decimal("0.01"))):
        found = re.search(rf"([零壹贰叁肆伍陆柒捌玖]){mark}", rest)
        if found:
            total += _DIGITS[found[1]] * size
    return total


def find(known: Known) -> Iterator[Found]:
    for pattern in _PAIRS:
        for m in pattern.finditer(known.text):
            one = value_of_words(m["words"])
            try:
                other = Decimal(m["number"].replace(",", "")) * _UNITS.get(m["unit"] or "", 1)
            except InvalidOperation:
                continue
            if one is None or abs(one - other) < Decimal("0.005"):
                continue
            values = {
                "one": m["words"],
                "other": m["figures"].strip(":"),
                "one_value": f"{one:,.2f}",
                "other_value": f"{other:,.2f}",
            }
            yield Found("amount_mismatch", m.span("words"), m.span("figures"), values)
