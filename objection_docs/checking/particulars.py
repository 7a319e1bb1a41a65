"""What the next letter takes from one received: parties, title, number, date, subject, how to reach the sender."""

import re
from collections.abc import Mapping

from objection_docs.checking import anatomy, subject
from objection_docs.checking.decide import Judge
from objection_docs.checking.letter import Letter
from objection_docs.extraction.paper import Paper
from objection_docs.packs.rules import Rules, rules

_NUMBER = re.compile(r"[\u4e00-\u9fffA-Za-z]{1,14}[〔\[（(]?20\d\d[〕\])）]?(?:第)?-?\d{1,4}号")
_PHONE = re.compile(r"(?<!\d)(?:0\d{2,3}-?\d{4}-?\d{4}|0\d{2,3}-?\d{7}|1\d{2}-?\d{4}-?\d{4})(?!\d)")
_EMAIL = re.compile(r"[A-Za-z0-9._-]{1,40}@[A-Za-z0-9.-]{3,60}\.[a-z]{2,10}")
_PERSON = re.compile(
    r"(?:联系人|经办人|委托代理人|授权代表)(?:/电话|及(?:联系)?(?:电话|方式))?[:：]?\s*(?:[\u4e00-\u9fff]{2,6}[部科处室])?"
    r"(?P<name>(?!联系|电话|地址|手机|方式|及|签字|签名|盖章|身份)[\u4e00-\u9fff·]{2,4}?)"
    r"(?=(?:联系|电话|手机|座机|传真|职务|邮箱|电子|地址|授权|身份|先生|女士|经理|主任)|[^\u4e00-\u9fff·]|$)"
)
_ADDRESS = re.compile(
    r"(?:地址|住址|住所地?|通讯地址)[:：](?P<name>[^,。;\n]{6,60}?)(?=邮编|邮政编码|电话|联系|[,。;\n]|$)"
)
_FORWARDED = re.compile(r"^(?:(?:FW|Fw|RE|Re|转发|答复)[:：]\s*)+")
_SIGNS = re.compile(r"^(?:投诉人|异议人|申请人|提出方|质疑供应商|单位)?[（(]?(?:盖章|公章|签章|签字)处?[）)]?[\s:：]+")
#: The part of a firm that wrote or is written to; the party is the firm, whose seal it bears.
_DEPARTMENT = re.compile(
    r"(?<=公司)[\s（(]*(?!.*(?:支行|分行|分公司|人力资源|人事))[\u4e00-\u9fff]{1,10}(?:部|中心|科|处|组)[)）]?$|(?<=[\u4e00-\u9fff]{4})[（(][^（）()]*$"
)


def read(paper: Paper, report: Mapping, pack: Rules | None = None) -> dict[str, str]:
    """Names as facts have them, those that the letter gives: sender, sender_phone, sender_email, sender_address,
    sender_person, recipient, title, number, date (ISO), subject, subject_number. `report`: of the same letter."""
    pack = pack or rules()
    letter = anatomy.read(paper, pack.words)
    fields = report.get("fields") or {}
    out = {key: fields[key] for key in ("sender", "recipient", "date") if fields.get(key)}
    for party in ("sender", "recipient"):
        if party in out:
            out[party] = full_name(out[party])
    title = _FORWARDED.sub("", letter.name).strip("《》")
    out |= {"title": title} if title else {}
    head = f"{out.get('recipient', '')} {title}"
    out |= _number(letter) | subject.read(letter, fields.get("reference", ""), head)
    return out | _reach(letter, pack, str(report.get("kind") or ""))


def full_name(name: str) -> str:
    """A party without its department, the label of its place and a bracket that was cut through."""
    return _DEPARTMENT.sub("", _SIGNS.sub("", name)).strip() or name


def _number(letter: Letter) -> dict[str, str]:
    """The letter's own number, in a line of its own above the text."""
    for para in letter.paras[:4]:
        found = para.zone in ("opening", "title") and _NUMBER.search(para.text)
        if found and len(para.text) < len(found[0]) + 8:
            return {"number": letter.quote(para.start + found.start(), para.start + found.end())}
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
