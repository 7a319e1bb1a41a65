"""What a letter received is about: the contract, project or case, and its number. For the letter that follows it."""

import re
from collections.abc import Iterator

from objection_docs.checking.letter import Letter
from objection_docs.text import normal

#: The number of an enforcement case, which stands for it in whatever goes to or comes from the court.
_CASE = re.compile(r"\(20\d\d\)\s?[\u4e00-\u9fff]{1,3}\s?\d{2,6}\s?执[\u4e00-\u9fff]{0,2}\s?\d{1,6}\s?号")
_COURT = re.compile(r"法院|执行")
#: Letters, figures and what joins them, with a figure among them; normal text has narrow signs.
_CODE = (
    r"(?=[^\s,;]{0,30}\d)(?!20\d\d(?!\d|[-/]))(?:(?![单号包])[\u4e00-\u9fff]{1,2}(?=[A-Z(〔\[]))?"
    r"(?:[A-Za-z0-9]|[(〔\[]20\d\d[)〕\]])(?:[A-Za-z0-9/._〔〕\[\]-]|\([A-Za-z0-9]{1,8}\)){4,38}号?"
)
_CODE_ALONE = re.compile(_CODE)
#: The best first: what a number is of decides whether it is the subject's.
_OF = (
    r"(?:合同|协议书?)",
    r"(?:项目|招标|采购|标段|工程)",
    r"(?:订单|保单|运单|货单|提单|信用报告|账单)",
)
_CALLED = r"(?:备案)?(?:编号|号码|[单序]?号|单)?"
_LABELS = tuple(re.compile(rf"(?!通知|异议|投诉|质疑){of}(?:备案)?(?:编号|号码|单?号|订单)") for of in (*_OF, "[购订]"))
_NUMBERED = tuple(re.compile(rf"{of}》?{_CALLED}[:：]?\s?[(]?{_CALLED}[:：]?\s?(?P<code>{_CODE})") for of in _OF)
_CALLED_PROJECT = re.compile(r"^(?:所涉|质疑|投诉|采购|招标|异议)?(?:工程|项目|合同|协议|标段)(?:的?名称)?$")
_TITLED = re.compile(r"《([^》\n]{2,60}(?:合同|协议书?|订单))》")
_QUOTED = re.compile(r"(?<!类似)(?<!业绩)[“\"](?!参照|同类|类似)([^”\"\n]{8,60}(?:项目|工程|采购|施工|标段|服务))[”\"]")
_LABELLED = re.compile(r"(?:项目|工程|合同)名称[:：]\s?([^,。;\n()]{4,60})")
#: What the words around a number left on it.
_AROUND = re.compile(r"(?<=[A-Za-z0-9])(?!号[楼院])[\u4e00-\u9fff]{2,}$|^[\u4e00-\u9fff]*[号单同]\s*(?=[A-Za-z0-9])")
#: Where a name ends: its number, or what else is said of it, comes after.
_AFTER = re.compile(
    rf"[,，。;；\t].*$|\s*[(（]?(?:合同|项目|招标|采购|协议)?编号.*$|\s*[(（]?{_CODE}[)）]?$|\s*[(（][^()（）]*$"
)
_BASIS = re.compile(r"法》?$|条例|办法|规定|条款")
#: How far behind a contract's title its number may stand; one that stands elsewhere is of something else.
_NEAR = 40
_UNKNOWN = re.compile(r"[_＿]{2,}|^[\s/-]*$")


def read(letter: Letter, reference: str, head: str) -> dict[str, str]:
    """`subject` and `subject_number`, those that are found. `reference`: the number that the checker read; `head`: the
    letter's title and whom it goes to."""
    number = _case(letter, head)
    if number:
        return {"subject_number": number}
    number = _number(letter, reference)
    found = {"subject": _name(letter, number), "subject_number": number}
    return {key: value for key, value in found.items() if value}


def bare(number: str) -> str:
    """A number without the words around it that were read as part of it: «LJZC-2025-0386包号»."""
    return _AROUND.sub("", number) or number


def _case(letter: Letter, head: str) -> str:
    found = _COURT.search(head) and _CASE.search(letter.text)
    return letter.quote(*found.span()) if found else ""


def _labelled(letter: Letter) -> Iterator[tuple[str, str, tuple[int, int]]]:
    """Label, value and its place, of lines and cells that have both."""
    for field in letter.fields:
        value = letter.text[field.value_start : field.value_end]
        if field.form != "section" and value and not _UNKNOWN.search(value):
            yield field.label, value, (field.value_start, field.value_end)


def _number(letter: Letter, reference: str) -> str:
    for wanted in _LABELS:
        for label, value, (start, _) in _labelled(letter):
            code = wanted.search(label) and _CODE_ALONE.match(value)
            if code:
                return letter.quote(start, start + code.end())
    if reference:
        return bare(reference)
    for pattern in _NUMBERED:
        if found := pattern.search(letter.text):
            return letter.quote(*found.span("code"))
    return ""


def _name(letter: Letter, number: str) -> str:
    """What the number is of; a contract only where the number stands behind its title."""
    for label, _, span in _labelled(letter):
        if _CALLED_PROJECT.match(label) and 4 <= span[1] - span[0] <= 60:
            return _AFTER.sub("", letter.quote(*span))
    bare_number = normal(number)
    for pattern, group in ((_LABELLED, 1), (_TITLED, 0), (_QUOTED, 1)):
        for found in pattern.finditer(letter.text):
            apart = pattern is _TITLED and bare_number not in letter.text[found.end() : found.end() + _NEAR]
            if not _BASIS.search(found[1]) and not apart:
                return _AFTER.sub("", letter.quote(*found.span(group)))
    return ""
