"""A report for the terminal: the verdict in a line, what is wanting in full, what is there in a line each."""

from collections.abc import Callable

from objection_docs.reports import (
    ANSWER_LABELS,
    LEVEL_LABELS,
    POINT_LABELS,
    STATUS_LABELS,
    VERDICT_LABELS,
    answered_sentence,
    answers,
    fields,
    harmless,
    has_pages,
    having,
    one_line,
    pages_of,
    points,
    sentence,
    wanting,
)
from objection_docs.text import cut, hang, width

__all__ = ["harmless", "plain", "render"]

_COLOURS = {"present": "green", "vague": "yellow", "blank": "red", "missing": "red", "not_applicable": "bright_black"}
_VERDICT_COLOURS = {"complete": "green", "incomplete": "yellow", "unreadable": "red"}
_LONGEST_QUOTE = 120

Style = Callable[..., str]


def plain(text: str, **_) -> str:
    return text


def render(report: dict, style: Style = plain, columns: int = 100) -> str:
    """`style(text, fg=…, bold=…)` colours; click.style does, and the default leaves all as it is."""
    verdict = report["verdict"]
    head = style(VERDICT_LABELS[verdict], fg=_VERDICT_COLOURS[verdict], bold=True)
    name = one_line(report["file"])
    if verdict == "unreadable":
        return "\n".join([f"{name}：{head}", *_wrapped("  ", sentence(report), columns)])
    kind = one_line(report.get("kind_label") or "未认出文书种类")
    pages = f"，{report['pages']} 页" if has_pages(report) and report.get("pages") else ""
    lines = [f"{name}：{head}（{kind}{pages}）"]
    if summary := sentence(report):
        lines += _wrapped("  ", summary, columns)
    for label, value in fields(report):
        lines += _wrapped(f"  {label}：", value, columns)
    for warning in report.get("warnings") or ():
        lines += _wrapped("  提示：", warning, columns)
    if wants := wanting(report):
        lines += ["", style("须补正", bold=True)]
        for number, element in enumerate(wants, 1):
            lines += _wanting(number, element, style, columns)
    if faults := report.get("faults"):
        lines += ["", style("差错", bold=True)]
        for number, fault in enumerate(faults, 1):
            lines += _fault(number, fault, style, columns)
    if about := answered_sentence(report):
        lines += [
            "",
            style("对照异议", bold=True),
            *_wrapped(f"  {one_line(report['against']['file'])}：", about, columns),
        ]
        for number, answer in enumerate(answers(report), 1):
            lines += _answer(number, answer, style, columns)
    lines += _present(having(report, "present"), style, columns)
    if spared := having(report, "not_applicable"):
        lines += ["", style("不适用", bold=True)]
        lines += _wrapped("  ", "、".join(element["label"] for element in spared), columns)
    if report.get("id"):
        lines += ["", f"日志编号：{report['id']}"]
    return "\n".join(lines)


def _wanting(number: int, element: dict, style: Style, columns: int) -> list[str]:
    status = element["status"]
    level = LEVEL_LABELS.get(element.get("level", ""), "")
    word = style(STATUS_LABELS[status], fg=_COLOURS[status], bold=True)
    lines = [f"{number:>3}. {word}  {one_line(element['label'])}" + (f"（{level}）" if level else "")]
    if element.get("quote"):
        lines += _wrapped("     原文：", _quoted(element), columns)
    for label, text in points(element):
        lines += _wrapped(f"     {label}：", text, columns)
    return lines


def _fault(number: int, fault: dict, style: Style, columns: int) -> list[str]:
    label = style(one_line(fault["label"]), fg="red", bold=True)
    lines = [f"{number:>3}. {label}", *_wrapped("     ", fault["message"], columns)]
    other = fault.get("other") or {}
    for name, place in (("此处" if other else "原文", fault), ("另处", other)):
        if place.get("quote"):
            lines += _wrapped(f"     {name}：", _quoted(place), columns)
    return lines


def _answer(number: int, answer: dict, style: Style, columns: int) -> list[str]:
    """What the notice said and where the reply answers it."""
    word = style(ANSWER_LABELS[answer["status"]], fg="green" if answer["answered"] else "red", bold=True)
    kind = POINT_LABELS[answer["kind"]] + (answer["number"] and f" {answer['number']}")
    lines = [f"{number:>3}. {word}  {kind}", *_wrapped("     异议：", _quoted(answer["point"]), columns)]
    if answer["answer"]:
        lines += _wrapped("     回复：", _quoted(answer["answer"]), columns)
    return lines if answer["answered"] else [*lines, *_wrapped("     理由：", answer["reason"], columns)]


def _present(elements: list[dict], style: Style, columns: int) -> list[str]:
    """One line each, their columns straight."""
    if not elements:
        return []
    lines = ["", style("齐备", fg="green", bold=True)]
    labels = [one_line(element["label"]) for element in elements]
    wide = max(map(width, labels))
    pages = [f"第 {page} 页" if (page := pages_of(element)) else "" for element in elements]
    page_wide = max(map(width, pages))
    for label, page, element in zip(labels, pages, elements, strict=True):
        start = f"  {label}{' ' * (wide - width(label))}  "
        start += f"{page}{' ' * (page_wide - width(page))}  " if page_wide else ""
        room = max(columns - width(start) - 4, 16)  # two quotation marks: terminals with Chinese type make them wide
        quote = one_line(element.get("quote") or "")
        lines.append((start + (f"“{cut(quote, room)}”" if quote else "")).rstrip())
    return lines


def _quoted(place: dict) -> str:
    quote = one_line(place["quote"])
    if len(quote) > _LONGEST_QUOTE:
        quote = quote[: _LONGEST_QUOTE - 1] + "…"
    return f"“{quote}”" + (f"（第 {page} 页）" if (page := pages_of(place)) else "")


def _wrapped(start: str, text: object, columns: int) -> list[str]:
    return hang(start, one_line(text), columns)
