"""A ground or a request, and the number that it begins with."""

import re
from dataclasses import dataclass

_NUMERALS = {
    c: str(i)
    for row in ("一二三四五六七八九十", "壹贰叁肆伍陆柒捌玖拾", "甲乙丙丁戊", "首其再")
    for i, c in enumerate(row, 1)
}
_MARK = re.compile(
    r"(?:(?:质疑|异议|投诉|请求|诉求|申请|主张|要求|理由|问题)(?:事项|内容)?|第|其)?"
    r"(?:(?P<order>[首其再])[先次](?=[,:、是])|(?P<number>\d{1,2}\.\d{1,2}(?=[\u4e00-\u9fff])(?![年月日号份个周天小元块万千百亿吨台件套])|[一二三四五六七八九十]{1,2}|[壹贰叁肆伍陆柒捌玖拾甲乙丙丁戊](?=[、.:,])|\d{1,2}|[A-H]\d(?=[\u4e00-\u9fff、.:)])|[A-H])"
    r"(?:(?<=\d\.\d)|(?<=[A-H]\d)[、.:)]?|(?<=\d\.\d\d)|[项点条处](?:是|[,:、])?|、(?![一二三四五六七八九十]{1,2}[两月日号栋])|\.(?=\d{1,4}(?:[年月日号天周]|个(?:工作日|自然日|月)|小时))|[:.)](?!\d)|,(?!\d)|是(?=[\u4e00-\u9fff])))|"
    r"[(（](?P<inner>[一二三四五六七八九十]{1,2}|\d{1,2})[)）][、.]?"
)
_COUNTED = re.compile(
    r"(?:(?P<ground>质疑|异议|投诉|理由)|(?P<request>请求|诉求|要求))(?:事项|内容)?[一二三四五六七八九十\d]{1,2}[:、(]"
)
_CIRCLED = re.compile(r"[①-⑩]")
#: What an item of a list without a number begins with.
BULLETS = "-—·●■□◆•*"
#: Characters of a point at least.
SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Point:
    """A ground or a request. `kind`: ground | request; `number`: as the notice counts it ("1", "A"), or ""; offsets of
    the letter's text."""

    kind: str
    number: str
    start: int
    end: int


def numeral(text: str) -> str:
    """「二」→ 2, 「十一」→ 11, figures and letters as they are."""
    if text in _NUMERALS:
        return _NUMERALS[text]
    if text.startswith("十") and len(text) == 2:
        return f"1{_NUMERALS.get(text[1], '')}"
    return text


def mark(text: str) -> tuple[str, int]:
    """The number that a passage begins with and where its words begin; ("", 0) without one."""
    if circled := _CIRCLED.match(text):
        return str(ord(circled[0]) - ord("①") + 1), 1
    found = _MARK.match(text)
    return (numeral(found["number"] or found["order"] or found["inner"]), found.end()) if found else ("", 0)


def counted_as(text: str) -> str:
    """What a passage says that it is by its number: ground («质疑事项2：») | request («请求1：») | ""."""
    found = _COUNTED.match(text)
    return (found.lastgroup or "") if found else ""
