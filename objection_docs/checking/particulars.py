"""What the next letter takes from one received: parties, title, number, date, subject, how to reach the sender."""

import re
from collections.abc import Mapping

from objection_docs.checking import anatomy
from objection_docs.checking.decide import Judge
from objection_docs.checking.letter import Letter
from objection_docs.extraction.paper import Paper
from objection_docs.packs.rules import Rules, rules

_NUMBER = re.compile(r"[\u4e00-\u9fffA-Za-z]{1,14}[〔\[（(]?20\d\d[〕\])）]?(?:第)?-?\d{1,4}号")
_PHONE = re.compile(r"(?<!\d)(?:0\d{2,3}-?\d{4}-?\d{4}|0\d{2,3}-?\d{7}|1\d{2}-?\d{4}-?\d{4})(?!\d)")
_EMAIL = re.compile(r"[A-Za-z0-9._-]{1,40}@[A-Za-z0-9.-]{3,60}\.[a-z]{2,10}")
_PERSON = re.compile(r"(?:联系人|经办人|委托代理人|授权代表)[:：]?(?P<name>[\u4e00-\u9fff·]{2,4})(?![\u4e00-\u9fff])")
_ADDRESS = re.compile(
    r"(?:地址|住址|住所地?|通讯地址)[:：](?P<name>[^,。;\n]{6,60}?)(?=邮编|邮政编码|电话|联系|[,。;\n]|$)"
)
_TITLED = re.compile(r"《([^》\n]{2,60}(?:合同|协议|项目|工程|采购|招标)[^》\n]{0,20})》")
_PROJECT = re.compile(r"(?:项目名称|采购项目|招标项目|质疑项目|工程名称|合同名称)[:：]([^,。;()（）\n]{4,60})")


def read(paper: Paper, report: Mapping, pack: Rules | None = None) -> dict[str, str]:
    """Names as facts have them, those that the letter gives: sender, sender_phone, sender_email, sender_address,
    sender_person, recipient, title, number, date (ISO), subject, subject_number. `report`: of the same letter."""
    pack = pack or rules()
    letter = anatomy.read(paper, pack.words)
    fields = report.get("fields") or {}
    out = {key: fields[key] for key in ("sender", "recipient", "date") if fields.get(key)}
    out |= {"subject_number": fields["reference"]} if fields.get("reference") else {}
    out |= {"title": letter.name} if letter.name else {}
    out |= _number(letter) | _subject(letter)
    return out | _reach(letter, pack, str(report.get("kind") or ""))


def _number(letter: Letter) -> dict[str, str]:
    """The letter's own number, in a line of its own above the text."""
    for para in letter.paras[:4]:
        found = para.zone in ("opening", "title") and _NUMBER.search(para.text)
        if found and len(para.text) < len(found[0]) + 8:
            return {"number": letter.quote(para.start + found.start(), para.start + found.end())}
    return {}


def _subject(letter: Letter) -> dict[str, str]:
    for pattern in (_TITLED, _PROJECT):
        for found in pattern.finditer(letter.text):
            if not re.search(r"法》|条例|办法|规定", found[0]):
                return {"subject": letter.quote(*found.span(0 if pattern is _TITLED else 1))}
    return {}


def _reach(letter: Letter, pack: Rules, kind: str) -> dict[str, str]:
    """How the sender can be reached: from the passage that the checker takes for it, else from a labelled line."""
    known = pack.kinds.get(kind)
    wanted = next((e for e in known.elements if e.id == "sender_contact"), None) if known else None
    hit = Judge(letter, pack).decide(wanted) if wanted else None
    if not hit or hit.status != "present":
        return {}
    para = letter.para_at(hit.start)
    near = letter.paras[max(0, letter.paras.index(para) - 2) : letter.paras.index(para) + 3]
    out: dict[str, str] = {}
    for there in sorted(near, key=lambda p: abs(p.start - para.start)):
        if there.owner == "other":
            continue
        for key, pattern in (("phone", _PHONE), ("email", _EMAIL), ("person", _PERSON), ("address", _ADDRESS)):
            found = pattern.search(letter.text, there.start, there.end)
            if found and f"sender_{key}" not in out:
                group = "name" if "name" in pattern.groupindex else 0
                out[f"sender_{key}"] = letter.quote(*found.span(group))
    return out
