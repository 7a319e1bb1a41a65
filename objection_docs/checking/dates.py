"""Dates as Chinese letters write them → ISO."""

import re
from contextlib import suppress
from datetime import date, timedelta

_DIGIT = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "O": 0, "0": 0, "元": 1, "正": 1, "两": 2}
_CHINESE = re.compile(
    r"([一二三四五六七八九〇零O]{4})年([一二三四五六七八九十]{1,3}|元)月([一二三四五六七八九十廿]{1,3})[日号]?"
)
_PLAIN = re.compile(r"(20\d\d|19\d\d)(?:年|[-./])(\d{1,2}|[元正](?=月))(?:月|[-./])(\d{1,2})日?")
_MONTH_DAY = re.compile(
    r"(\d{1,2}|[一二三四五六七八九十]{1,2}|[元正])月(\d{1,2}|[初一二三四五六七八九十廿]{1,3})[日号]?"
)

_LONG_AGO = timedelta(days=183)


def number(text: str) -> int:
    """10 → 10, 十 → 10, 二十三 → 23, 廿一 → 21, 五 → 5."""
    if text.isdecimal():
        return int(text)
    text = text.replace("廿", "二十").removeprefix("初")
    if "十" in text:
        tens, _, ones = text.partition("十")
        return (_DIGIT[tens] if tens else 1) * 10 + (_DIGIT[ones] if ones else 0)
    return _DIGIT[text]


def parse(text: str) -> date | None:
    """The first full date in normal text; None when there is none, or when it is impossible."""
    found = []
    plain, chinese = _PLAIN.search(text), _CHINESE.search(text)
    if plain:
        found.append((plain.start(), tuple(map(number, plain.groups()))))
    if chinese:
        year = int("".join(str(_DIGIT[c]) for c in chinese[1]))
        found.append((chinese.start(), (year, number(chinese[2]), number(chinese[3]))))
    for _, (year, month, day) in sorted(found):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    return None


def parse_before(text: str, written: date | None) -> date | None:
    """As `parse`; a month and a day without a year are the last such day up to `written`, the letter's own date.

    None where that would be long before it: such a letter rather has one of its dates wrong.
    """
    found = parse(text)
    short = _MONTH_DAY.search(text)
    if found or not short or not written:
        return found
    month, day = map(number, short.groups())
    for year in (written.year, written.year - 1):
        with suppress(ValueError):
            if timedelta(0) <= written - (one := date(year, month, day)) <= _LONG_AGO:
                return one
    return None
