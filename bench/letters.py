"""Invented letters in any number, always the same ones: 300 to 1,500 characters, of many different words.

Words are drawn from jieba's dictionary by their frequency, so that some stand in every letter, many in few and most
of the dictionary's 350,000 in hardly any; the sentences around them are those of objection letters.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from itertools import accumulate
from pathlib import Path

SHORTEST, LONGEST = 300, 1500
START = datetime(2016, 1, 4, 1, 0, tzinfo=timezone.utc)
EVERY = timedelta(minutes=5)

_KINDS = {
    "objection_notice": "异议通知",
    "acknowledgement": "确认函",
    "disposition_reply": "处理回复",
    "complaint": "投诉书",
}
_PROCEDURES = ("contract_objection_notice", "engineering_objection_a", "government_procurement_query")
_CITIES = [
    "宁波", "苏州", "杭州", "成都", "武汉", "长沙", "青岛", "大连", "厦门", "合肥",
    "郑州", "西安", "昆明", "沈阳", "无锡", "佛山", "嘉兴", "绍兴", "温州", "泉州",
]  # fmt: skip
_TRADES = [
    "机械", "电气", "建材", "化工", "食品", "医疗器械", "软件", "物流",
    "纺织", "印刷", "仪表", "精密制造", "新能源", "环保工程", "包装", "汽车部件",
]  # fmt: skip
_FORMS = ("有限公司", "有限公司", "有限公司", "股份有限公司", "有限责任公司")
_FAULTS = ("amount_mismatch", "repealed_law", "attachment_mismatch", "date_impossible")
_ELEMENTS = ("facts", "clauses", "remedies", "evidence", "date", "signature")
_STATUSES = ("present", "present", "present", "present", "vague", "blank", "missing")

_HEAD = "{title}\n编号：{reference}\n致：{recipient}\n"
_END = (
    "\n特此函告，请贵方依法依约办理。\n附件：{a}{b}清单1份\n此致\n{recipient}\n{sender}（盖章）\n"
    "联系人：{name}，电话：{phone}\n{day}"
)
_SENTENCES = (
    "我方于{day}与贵方签订《{a}{b}采购合同》（合同编号：{reference}），约定由贵方交付{a}{n}套。",
    "经我方检验，其中{n}套的{a}与{b}不符合合同第{m}.{k}条的约定，{c}明显超差。",
    "上述{a}造成我方{b}停工，直接损失人民币{amount}元（¥{amount}）。",
    "根据《中华人民共和国民法典》第五百八十二条，请贵方于收到本函之日起{k}个工作日内{a}全部不合格品。",
    "双方于{day}就{a}、{b}和{c}进行了当面核对，由{name}作了记录。",
    "关于{a}的{b}，贵方在{day}的邮件中承认{c}，但至今没有{d}。",
    "请求贵方赔偿{a}费用{amount}元，并书面说明{b}的原因和{c}的处理办法。",
    "对{a}的评审结论，我单位认为{b}缺乏依据，{c}与招标文件第{m}章的要求不一致。",
    "我方保留就{a}和{b}向有管辖权的人民法院起诉或者申请仲裁的权利。",
    "该批{a}的{b}由{name}签收，{c}记录为{n}件，{d}待查。",
    "{a}{b}，{c}{d}；{e}。",
    "{a}、{b}、{c}、{d}与{e}均已另行登记。",
    "投诉人认为，{a}的{b}违反了{c}的规定，应当依法{d}。",
    "贵公司所称{a}并不属实：{b}发生在{day}，而{c}的{d}早在{day}已经移交。",
)


@dataclass(frozen=True, slots=True)
class Invented:
    """What Archive.add takes, by name, besides `at`."""

    at: datetime
    values: dict


@cache
def _dictionary() -> tuple[list[str], list[float]]:
    """Words of two to four characters, and how often each is drawn, added up."""
    import jieba

    path = Path(jieba.__file__).with_name("dict.txt")
    pairs = [line.split(" ")[:2] for line in path.read_text("utf-8").splitlines()]
    pairs = [(word, int(count)) for word, count in pairs if 2 <= len(word) <= 4]
    return [word for word, _ in pairs], list(accumulate((count + 1) ** 0.7 for _, count in pairs))


def letters(count: int, first: int = 0) -> Iterator[Invented]:
    """Letters number `first` to `first + count - 1`; the same number gives the same letter."""
    words, weights = _dictionary()
    for i in range(first, first + count):
        yield _letter(i, random.Random(i), words, weights)


def _company(chance: random.Random, words: list[str], weights: list[float]) -> str:
    (name,) = chance.choices(words, cum_weights=weights)
    return f"{chance.choice(_CITIES)}{name}{chance.choice(_TRADES)}{chance.choice(_FORMS)}"


class _Drawn(dict):
    """What a sentence asks for: a letter's own values, otherwise something new each time."""

    def __init__(self, chance: random.Random, words: list[str], weights: list[float], at: datetime):
        super().__init__()
        self.chance, self.at = chance, at
        self.words = iter(chance.choices(words, cum_weights=weights, k=250))

    def __missing__(self, name: str) -> str:
        below = self.chance.random
        match name:
            case "n" | "m" | "k":
                return str(1 + int(below() * {"n": 900, "m": 30, "k": 20}[name]))
            case "amount":
                return f"{100 + int(below() * 900_000) * 10:,}"
            case "phone":
                return f"0{10**9 + int(below() * 9 * 10**9)}"
            case "day":
                day = self.at - timedelta(days=int(below() * 400))
                return f"{day.year}年{day.month}月{day.day}日"
        return next(self.words)


def _letter(i: int, chance: random.Random, words: list[str], weights: list[float]) -> Invented:
    kind = chance.choice(list(_KINDS))
    at = START + i * EVERY
    sender, recipient = _company(chance, words, weights), _company(chance, words, weights)
    reference = f"{''.join(chance.choices('ABCDEFGHJKLMNPQRSTWXYZ', k=2))}-{at.year}-{chance.randrange(1, 1000):03d}"
    length = chance.randint(SHORTEST, LONGEST)
    drawn = _Drawn(chance, words, weights, at)
    drawn |= {"title": _KINDS[kind], "sender": sender, "recipient": recipient, "reference": reference}
    drawn["name"] = chance.choice("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗") + drawn["a"][:2]
    head, end = _HEAD.format_map(drawn), _END.format_map(drawn)
    body, size = [], len(head) + len(end)
    while size < length - 30:
        body.append(chance.choice(_SENTENCES).format_map(drawn))
        size += len(body[-1])
    states = [(element, chance.choice(_STATUSES), "required") for element in _ELEMENTS]
    faults = [{"code": chance.choice(_FAULTS)}] if chance.random() < 0.2 else []
    verdict = "complete" if all(status == "present" for _, status, _ in states) else "incomplete"
    elements = [{"id": element, "status": status, "level": level} for element, status, level in states]
    report = {"pages": 1, "kind": kind, "verdict": verdict, "elements": elements, "faults": faults}
    values = {
        "errand": "check", "who": f"经办{i % 7}", "kind": kind, "procedure": chance.choice(_PROCEDURES),
        "case_id": f"案{i // 6}", "title": _KINDS[kind], "sender": sender, "recipient": recipient, "verdict": verdict,
        "file_name": f"{reference}.pdf", "media_type": "application/pdf", "elements": states, "report": report,
        "text": head + "".join(body) + end,
    }  # fmt: skip
    return Invented(at, values)


def facts(count: int) -> Iterator[dict]:
    """Facts of notices of objection, each of other parties, grounds, clauses, requests and evidence: no two alike."""
    from objection_docs import desk

    words, weights = _dictionary()
    for i in range(count):
        chance = random.Random(f"facts {i}")
        drawn = _Drawn(chance, words, weights, START + i * EVERY)
        sample = desk.sample("objection_notice")
        sample |= {name: _company(chance, words, weights) for name in ("sender", "recipient")}
        sample |= {"matter": "{a}{b}超差".format_map(drawn), "subject": "《{a}{b}采购合同》".format_map(drawn)}
        sample |= {
            "number": f"函〔2026〕{i + 1}号",
            "subject_number": f"HT-2026-{i:03d}",
            "date": f"2026-03-{1 + i % 28:02d}",
        }
        for ground in sample["grounds"]:
            ground["heading"] = "{a}{b}不符合约定".format_map(drawn)
            ground["particulars"] = "".join(chance.choice(_SENTENCES).format_map(drawn) for _ in range(3))
        for clause in sample["clauses"][:-1]:
            clause |= {
                "source": "合同第{m}.{k}条".format_map(drawn),
                "content": "{a}应当符合{b}，{c}不得{d}".format_map(drawn),
            }
        for remedy in sample["remedies"]:
            remedy |= {"measure": "更换{n}套{a}并补交{b}".format_map(drawn)} | (
                {"amount": 100 * chance.randrange(1, 9000)} if "amount" in remedy else {}
            )
        for paper in sample["evidence"]:
            paper |= {"name": "{a}{b}记录".format_map(drawn), "proves": "{c}和{d}".format_map(drawn)}
        yield sample
