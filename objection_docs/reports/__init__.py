"""A report (the JSON of one checked letter) in forms that people read, and what all these forms say alike."""

import unicodedata

from objection_docs import labels

STATUS_LABELS = labels.ELEMENT_STATUSES
LEVEL_LABELS = {"required": "必需", "recommended": "建议", "optional": "可选"}
VERDICT_LABELS = labels.VERDICTS
UNCHECKED = labels.UNCHECKED
DRAFT = labels.DRAFT
FIELD_LABELS = {
    "sender": "发文方",
    "recipient": "收文方",
    "respondent": "被投诉人",
    "reference": "合同或项目编号",
    "date": "落款日期",
    "title": "标题",
    "number": "文号",
}
DEFICIENT = ("vague", "blank", "missing")
#: Elements of the block at a letter's end, whose words may occur before.
CLOSING = ("signature", "date")
AUTHOR = "异议文书"


def counts(report: dict) -> dict[str, int]:
    """How many elements have each status, in the order of STATUS_LABELS; those that none has are left out."""
    statuses = [element["status"] for element in report.get("elements", ())]
    return {status: statuses.count(status) for status in STATUS_LABELS if status in statuses}


def wanting(report: dict) -> list[dict]:
    """The elements that call for something, what is required first."""
    levels = list(LEVEL_LABELS)
    found = [element for element in report.get("elements", ()) if element["status"] in DEFICIENT]
    return sorted(found, key=lambda e: levels.index(e["level"]) if e.get("level") in levels else len(levels))


def having(report: dict, status: str) -> list[dict]:
    return [element for element in report.get("elements", ()) if element["status"] == status]


ANSWER_LABELS = {"answered": "已答", "put_off": "推后", "repeated": "只复述", "unanswered": "未答"}
POINT_LABELS = {"ground": "理由", "request": "请求"}


def answers(report: dict) -> list[dict]:
    """Where the letter answers each point of the notice it was checked against; those not answered first."""
    found = (report.get("against") or {}).get("answers") or ()
    return sorted(found, key=lambda answer: answer["answered"])


def answered_sentence(report: dict) -> str:
    """How many points of the notice the letter answers, in a line; empty where it was checked against none."""
    about = report.get("against") or {}
    if "points" not in about:
        return ""
    if not about["points"]:
        return "对方的文书里没有找到具体的理由和请求"
    left = about["points"] - about["answered"]
    told = f"其中 {left} 项没有答复" if left else "都已答复"
    return f"对方的理由和请求共 {about['points']} 项，{told}"


def sentence(report: dict) -> str:
    """The outcome in one line, to follow the word of the verdict."""
    if report["verdict"] == "unreadable":
        return report["error"]["message"]
    wants, present = wanting(report), len(having(report, "present"))
    required = [element for element in wants if element.get("level", "required") == "required"]
    parts = []
    if required:
        statuses = [element["status"] for element in required]
        told = "、".join(f"{STATUS_LABELS[s]} {statuses.count(s)} 项" for s in DEFICIENT if s in statuses)
        parts.append(f"{len(required)} 项必需要素须补正（{told}）")
    elif present:
        parts.append(f"{present} 项要素齐备" if not wants else "必需要素齐备")
    if more := len(wants) - len(required):
        parts.append(f"另有 {more} 项宜补充")
    faults = [fault.get("code") == labels.LEFT_OPEN for fault in report.get("faults") or ()]
    if left := sum(faults):
        parts.append(f"{left} 处待补须补齐")
    if wrong := len(faults) - left:
        parts.append(f"{wrong} 处差错须更正")
    return "，".join(parts)


def fields(report: dict) -> list[tuple[str, str]]:
    """What was read from the letter, labelled, always in the same order."""
    read = report.get("fields") or {}
    names = [*(name for name in FIELD_LABELS if name in read), *(name for name in read if name not in FIELD_LABELS)]
    regime = report.get("procedure_label")  # it sets the levels and the authorities, so it is told first
    told = [(FIELD_LABELS.get(name, name), read[name]) for name in names if read[name]]
    return [("适用程序", regime), *told] if regime else told


def has_pages(report: dict) -> bool:
    """Word files and plain text have no pages to point at."""
    return report.get("pages", 1) > 1 or any(element.get("boxes") for element in report.get("elements") or ())


def spots(place: dict) -> list[tuple[int, tuple]]:
    """The pages that a quote stands on, each with its boxes."""
    on_pages = [place, *(place.get("continues") or ())]
    return [(spot["page"], tuple(map(tuple, spot.get("boxes") or ()))) for spot in on_pages if spot.get("page")]


def pages_of(place: dict) -> str:
    """ "1", "1—2", or "" where there are no pages to point at."""
    found = [page for page, boxes in spots(place) if boxes or page > 1]
    return "—".join(str(page) for page in sorted({found[0], found[-1]})) if found else ""


def reason_of(element: dict) -> str:
    """The reason; the words it quotes stand above it already, so that a long quote is told by its beginning."""
    reason, quote = element.get("reason") or "", element.get("quote") or ""
    return reason.replace(quote, quote[:22] + "……") if len(quote) > 30 else reason


def points(element: dict) -> list[tuple[str, str]]:
    """Why, what to add, by which authority: with their labels, those that there are."""
    told = (("理由", reason_of(element)), ("补写", element.get("advice")), ("依据", element.get("authority")))
    return [(label, text) for label, text in told if text]


def harmless(text: object) -> str:
    """Without control characters: what a stranger's letter says must steer no terminal, and break no file."""
    kept = (c for c in str(text) if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return "".join(c for c in kept if c not in "\ufffe\uffff")


def one_line(text: object) -> str:
    return " ".join(harmless(text).split())
