"""A report for the terminal: the verdict, then each element with quote, page, reason, advice and authority."""

import unicodedata
from collections.abc import Callable

from objection_docs.reports import FIELD_LABELS, LEVEL_LABELS, STATUS_LABELS, VERDICT_LABELS, counts

_COLOURS = {"present": "green", "vague": "yellow", "blank": "red", "missing": "red", "not_applicable": "bright_black"}
_VERDICT_COLOURS = {"complete": "green", "incomplete": "yellow", "unreadable": "red"}
_MARKS = {"present": "✓", "vague": "～", "blank": "□", "missing": "✗", "not_applicable": "－"}

Style = Callable[..., str]


def plain(text: str, **_) -> str:
    return text


def harmless(text: str) -> str:
    """Without control characters: what a stranger's letter says must not steer the reader's terminal."""
    return "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf"))


def _one_line(text: object) -> str:
    return " ".join(harmless(str(text)).split())


def render(report: dict, style: Style = plain) -> str:
    """`style(text, fg=…, bold=…)` colours; click.style does, and the default leaves all as it is."""
    verdict = report["verdict"]
    head = style(VERDICT_LABELS[verdict], fg=_VERDICT_COLOURS[verdict], bold=True)
    if verdict == "unreadable":
        return f"{_one_line(report['file'])}：{head}\n  {_one_line(report['error']['message'])}"
    kind = report.get("kind_label") or "未认出文书种类"
    lines = [f"{_one_line(report['file'])}：{head}（{kind}，{report.get('pages', 1)} 页）"]
    summary = "，".join(f"{STATUS_LABELS[status]} {count} 项" for status, count in counts(report).items())
    if summary:
        lines.append(f"  {summary}")
    for name, value in (report.get("fields") or {}).items():
        if value:
            lines.append(f"  {FIELD_LABELS.get(name, name)}：{_one_line(value)}")
    for element in report.get("elements", ()):
        lines += _element(element, style)
    for fault in report.get("faults", ()):
        page = f"（第 {fault['page']} 页）" if fault.get("page") else ""
        label = style(f"差错 {fault['label']}", fg="red", bold=True)
        lines.append(f"  ! {label}{page}：{_one_line(fault['message'])}")
        if fault.get("quote"):
            lines.append(f"      原文：“{_one_line(fault['quote'])}”")
    lines += [f"  {style('提示', fg='yellow')}：{_one_line(warning)}" for warning in report.get("warnings", ())]
    if report.get("id"):
        lines.append(f"  日志编号：{report['id']}")
    return "\n".join(lines)


def _element(element: dict, style: Style) -> list[str]:
    status = element["status"]
    word = style(f"{_MARKS[status]} {STATUS_LABELS[status]}", fg=_COLOURS[status])
    level = LEVEL_LABELS.get(element.get("level", ""), "")
    page = f"，第 {element['page']} 页" if element.get("page") else ""
    lines = [f"  {word}  {element['label']}（{level}{page}）" if level else f"  {word}  {element['label']}{page}"]
    if element.get("quote"):
        lines.append(f"      原文：“{_shorten(_one_line(element['quote']))}”")
    names = (("reason", "理由"), ("advice", "建议"), ("authority", "依据"))
    return lines + [f"      {label}：{_one_line(element[key])}" for key, label in names if element.get(key)]


def _shorten(text: str, longest: int = 120) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
