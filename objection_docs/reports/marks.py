"""What is to be written at which place of a letter, for PDF annotations and Word comments alike."""

from dataclasses import dataclass

from objection_docs.reports import (
    CLOSING,
    LEVEL_LABELS,
    STATUS_LABELS,
    VERDICT_LABELS,
    having,
    one_line,
    pages_of,
    points,
    sentence,
    spots,
    wanting,
)


@dataclass(frozen=True, slots=True)
class Mark:
    """`look`: a status, or "fault". `subject`: its name in a list of comments. `text`: lines parted by \\n.
    `spots`: pages, each with its boxes."""

    look: str
    subject: str
    text: str
    quote: str = ""
    spots: tuple[tuple[int, tuple], ...] = ()
    closing: bool = False  # stands at the end of a letter, whose words may occur before


def marks(report: dict) -> list[Mark]:
    """One for each element that the letter speaks of and for each place of a fault."""
    out = [_element(element) for element in report.get("elements") or () if _stands(element)]
    for fault in report.get("faults") or ():
        other = fault.get("other") or {}
        out.append(_fault(fault, fault, other))
        if _stands(other):
            out.append(_fault(fault, other, fault, closing=True))
    return out


def _element(element: dict) -> Mark:
    status = element["status"]
    head = f"【{STATUS_LABELS[status]}】{_name(element)}"
    lines = [head, *(f"{label}：{one_line(text)}" for label, text in points(element))]
    subject = f"{STATUS_LABELS[status]}：{one_line(element['label'])}"
    return Mark(status, subject, "\n".join(lines), *_place(element), closing=element.get("id") in CLOSING)


def _fault(fault: dict, here: dict, there: dict, closing: bool = False) -> Mark:
    lines = [f"【差错】{one_line(fault['label'])}", one_line(fault["message"])]
    if there.get("quote"):
        page = f"第 {pages_of(there)} 页" if pages_of(there) else ""
        lines.append(f"另见{page}：“{one_line(there['quote'])}”")
    return Mark("fault", f"差错：{one_line(fault['label'])}", "\n".join(lines), *_place(here), closing=closing)


def _stands(place: dict) -> bool:
    """Whether the letter has a place for it: words, or an empty cell of a form."""
    return bool(place.get("quote") or place.get("boxes"))


def _place(place: dict) -> tuple[str, tuple]:
    return one_line(place.get("quote") or ""), tuple(spots(place))


def _name(element: dict) -> str:
    level = LEVEL_LABELS.get(element.get("level", ""), "")
    return one_line(element["label"]) + (f"（{level}）" if level else "")


def summary(report: dict, placed: set[str] = frozenset()) -> str:
    """The outcome, and all that has no place of its own: what is missing altogether, and the marks whose `text` is
    not among those that were `placed`."""
    lines = [f"检查结论：{VERDICT_LABELS[report['verdict']]}"]
    if told := sentence(report):
        lines.append(f"{told}。")
    absent = [element for element in wanting(report) if not _stands(element)]
    lines += ["", "全文没有："] if absent else []
    for number, element in enumerate(absent, 1):
        lines.append(f"{number}. 【{STATUS_LABELS[element['status']]}】{_name(element)}")
        lines += [f"{label}：{one_line(text)}" for label, text in points(element)]
    homeless = [mark for mark in marks(report) if mark.look != "present" and mark.text not in placed]
    for mark in homeless:
        lines += ["", mark.text] + ([f"原文：“{mark.quote}”"] if mark.quote else [])
    if present := having(report, "present"):
        lines += ["", "齐备：" + "、".join(one_line(element["label"]) for element in present)]
    lines += [f"提示：{one_line(warning)}" for warning in report.get("warnings") or ()]
    return "\n".join(lines)
