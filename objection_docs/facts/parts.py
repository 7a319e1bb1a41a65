"""One raw value → one value, or a ValueError in Chinese that says what is expected: texts, dates, amounts, numbers."""

import re
from datetime import date
from decimal import Decimal

from objection_docs.facts.values import AmountValue, DateValue
from objection_docs.text import normal

DATE_HELP = "应当写成 2026年3月5日、2026-03-05、2026.3.5 或 二〇二六年三月五日"
AMOUNT_HELP = '应当是以元为单位的数字，例如 35000、35000.5 或 "35,000.00"'
#: The same for whoever fills in a form and would type the quotes, too.
_AMOUNT_PLAIN = "应当是以元为单位的数字，例如 35000、35000.50 或 35,000.00"
COUNT_HELP = "应当是不小于 0 的整数，例如 3"
EARLIEST, LATEST = 1900, 2199
MOST_MONEY = Decimal(10) ** 12
MOST_COUNT = 10**9

_DATE = re.compile(r"(\d{4})(?:年(\d{1,2})月(\d{1,2})日|([-./])(\d{1,2})\4(\d{1,2}))\Z")
_HANZI_DATE = re.compile(
    r"([〇零一二三四五六七八九]{4})年([元一二三四五六七八九十]{1,3})月([元一二三四五六七八九十廿卅]{1,3})日\Z"
)
_DIGITS = {char: i for i, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "元": 1}
_MONEY = re.compile(r"(?:人民币|RMB|CNY)?¥?(-?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?元?\Z", re.IGNORECASE)


class Unfit(ValueError):
    """A value that doesn't do. `plain`: what is said of it in a form, where that is something else."""

    def __init__(self, message: str, plain: str = ""):
        super().__init__(message)
        self.plain = plain


# Control characters, half characters, and what Unicode says is no character, in each of its planes
_NO_CHARACTERS = "".join(chr(plane << 16 | point) for plane in range(17) for point in (0xFFFE, 0xFFFF))
_UNWELCOME = re.compile(f"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{_NO_CHARACTERS}]")


def text(raw: object, longest: int, lines: bool = False) -> str:
    """Text that Word can hold. `lines`: may have line breaks (always given back as \\n)."""
    if not isinstance(raw, str):
        given = "数字" if isinstance(raw, (int, float)) and not isinstance(raw, bool) else "别的东西"
        raise ValueError(f"应当是文字（给的是{given}），请加上双引号")
    if not normal(raw):
        raise ValueError("不能是空白")
    clean = raw.replace("\r\n", "\n").replace("\r", "\n") if lines else raw
    for found in _UNWELCOME.finditer(clean):
        char = found[0]
        if char == "\n" and lines:
            continue
        if char in "\n\r":
            raise ValueError("应当写在一行里，不能换行")
        what = "制表符（Tab），请改用空格" if char == "\t" else f"看不见的控制字符 U+{ord(char):04X}，请删去"
        raise ValueError(f"含有{what}")
    if len(clean) > longest:
        raise ValueError(f"太长：{len(clean)} 个字，最多 {longest} 个字")
    return clean


def _hanzi_number(word: str) -> int:
    """1 to 39 as dates write it: 五, 十, 十二, 二十, 三十一, 廿五, 元."""
    tens, ten, ones = word.replace("廿", "二十").replace("卅", "三十").rpartition("十")
    if not ten:
        return _DIGITS.get(ones, 0)
    return _DIGITS.get(tens or "一", 0) * 10 + _DIGITS.get(ones, 0)


def day(raw: object) -> DateValue:
    """A day, from ISO or from a Chinese date in figures or in words."""
    plain = normal(raw) if isinstance(raw, str) else ""
    if found := _DATE.match(plain):
        year, month, day_ = (int(part) for part in found.group(1, *((2, 3) if found[2] else (5, 6))))
    elif found := _HANZI_DATE.match(plain):
        year = int("".join(str(_DIGITS[char]) for char in found[1]))
        month, day_ = _hanzi_number(found[2]), _hanzi_number(found[3])
    else:
        raise ValueError(DATE_HELP if isinstance(raw, str) and plain else f"应当是日期，{DATE_HELP[2:]}")
    if not EARLIEST <= year <= LATEST:
        raise ValueError(f"年份 {year} 不对，应当在 {EARLIEST} 年至 {LATEST} 年之间")
    try:
        return DateValue(date(year, month, day_))
    except ValueError:
        raise ValueError(f"没有“{raw.strip()}”这一天，请核对；{DATE_HELP}") from None


def amount(raw: object) -> AmountValue:
    """An amount of money in yuan, from a number or from text such as "35,000.00"."""
    if isinstance(raw, str):
        found = _MONEY.match(normal(raw))
        if not found:
            raise Unfit(AMOUNT_HELP, _AMOUNT_PLAIN)
        number = Decimal(found[1] + found[2].replace(",", "") + (found[3] or ""))
    elif isinstance(raw, (int, float, Decimal)) and not isinstance(raw, bool):
        number = Decimal(repr(raw)) if isinstance(raw, float) else Decimal(raw)
    else:
        raise Unfit(AMOUNT_HELP, _AMOUNT_PLAIN)
    if not number.is_finite():
        raise Unfit(AMOUNT_HELP, _AMOUNT_PLAIN)
    if number < 0:
        raise ValueError("金额不能是负数；应当写正数，由文书说明谁付给谁")
    if number >= MOST_MONEY:
        raise ValueError("金额太大，应当小于一万亿元；请核对位数")
    if number != number.quantize(Decimal("0.01")):
        raise ValueError("最多两位小数（到分），例如 35000.50")
    return AmountValue(abs(number))


def count(raw: object) -> int:
    """A whole number, from a number or from its figures."""
    if isinstance(raw, str):
        plain = normal(raw)
        raw = int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 12 else None
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if not isinstance(raw, int) or isinstance(raw, bool) or raw < 0:
        raise ValueError(COUNT_HELP)
    if raw > MOST_COUNT:
        raise ValueError(f"太大，最多 {MOST_COUNT}；请核对")
    return raw
