"""Statistics for people: the tables that a ledger asks for, and the drawing of the months."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from objection_docs.reports import STATUS_LABELS, UNCHECKED, VERDICT_LABELS, html, sheets

#: The plot in the units of the drawing; beside it stand the numbers and below it the months.
_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 760, 240, 44, 16, 34
_MOST_LABELS = 13
WANTING = ("missing", "blank", "vague")
_NAMELESS = {"kind": "（未识别）", "procedure": "（未指明）"}
_OVERDUE = ("已办但逾期", "逾期未办")
_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Table:
    """`rows`: id, label and a number for each name of `columns`."""

    title: str
    first: str
    columns: tuple[str, ...]
    rows: tuple[tuple, ...]


def tables(counts, late: Iterable[dict], labels: dict[str, dict[str, str]]) -> list[Table]:
    """`counts`: as archive.statistics counts. `late`: limits not kept, as case_desk.late tells them. `labels`: of
    errand, kind, procedure, fault; of element by (kind, id)."""
    errands, verdicts = labels["errand"], _verdicts(counts)
    kinds = {id: labels["kind"].get(id, id) or _NAMELESS["kind"] for id, _ in counts.by("kind").most_common()}
    made = [
        Table(
            "按月统计",
            "月份",
            ("合计", *errands.values(), *verdicts.values()),
            tuple(
                (name, name, *_row(month, [("errand", id) for id in errands], [("verdict", id) for id in verdicts]))
                for name, month in counts.months.items()
            ),
        ),
        Table(
            "按月与文种统计",
            "月份",
            tuple(kinds.values()),
            tuple((name, name, *(month["kind", id] for id in kinds)) for name, month in counts.months.items()),
        ),
    ]
    titles = {"kind": ("按文种统计", "文种"), "procedure": ("按程序统计", "程序"), "verdict": ("按结论统计", "结论")}
    for name, (title, first) in titles.items():
        known = verdicts if name == "verdict" else labels[name]
        rows = (
            (id, known.get(id, id) or _NAMELESS.get(name, ""), number) for id, number in counts.by(name).most_common()
        )
        made.append(Table(title, first, ("件数",), tuple(rows)))
    rows = [
        (f"{kind}.{id}", _element(kind, id, kinds, labels), *(counts.elements[kind, id, status] for status in WANTING))
        for kind, id in {(kind, id) for kind, id, _ in counts.elements}
    ]
    rows.sort(key=lambda row: (-sum(row[2:]), row[0]))
    made.append(Table("必需要素不全", "要素", tuple(STATUS_LABELS[status] for status in WANTING), tuple(rows)))
    rows = ((code, labels["fault"].get(code, code), number) for code, number in counts.faults.most_common())
    made.append(Table("差错", "差错", ("件数",), tuple(rows)))
    made += _overdue(list(late), labels["procedure"])
    return [table for table in made if table.rows and table.columns]


def _overdue(late: list[dict], procedures: dict[str, str]) -> Iterable[Table]:
    """Limits not kept: by the month of their last day, and by limit."""
    by_month = Counter((one["last"][:7], one["overdue"]) for one in late)
    by_limit = Counter((one["procedure"], one["limit"], one["overdue"]) for one in late)
    labels = {(one["procedure"], one["limit"]): f"{one['label']}（{one['who']}）" for one in late}
    months = sorted({month for month, _ in by_month})
    yield Table("按月逾期", "期限届满的月份", _OVERDUE, tuple((name, name, *_late(by_month, name)) for name in months))
    rows = [
        (f"{id}.{limit}", f"{procedures.get(id, id)}：{label}", *_late(by_limit, id, limit))
        for (id, limit), label in labels.items()
    ]
    rows.sort(key=lambda row: (-sum(row[2:]), row[0]))
    yield Table("按期限逾期", "期限", _OVERDUE, tuple(rows))


def _verdicts(counts) -> dict[str, str]:
    """With a name for none, where there are letters without a verdict yet."""
    return VERDICT_LABELS | ({"": UNCHECKED} if counts.by("verdict")[""] else {})


def _late(counted: Counter, *key: str) -> tuple[int, int]:
    return counted[(*key, False)], counted[(*key, True)]


def _element(kind: str, id: str, kinds: dict[str, str], labels: dict) -> str:
    """An element is called by its kind, as the sender of a complaint is not that of a notice."""
    return f"{kinds.get(kind, kind)}：{labels['element'].get((kind, id), id)}"


def _row(month, *groups: list[tuple[str, str]]) -> tuple[int, ...]:
    total = sum(number for (name, _), number in month.items() if name == "verdict")
    return (total, *(month[key] for group in groups for key in group))


def as_csv(made: list[Table]) -> Iterable[str]:
    """One number a line, so that Excel can filter and pivot it."""
    yield sheets.MARK + sheets.line(("统计表", "代码", "名称", "指标", "件数"))
    for table in made:
        for id, label, *numbers in table.rows:
            for column, number in zip(table.columns, numbers, strict=True):
                yield sheets.line((table.title, id, label, column, number))


def as_json(made: list[Table]) -> list[dict]:
    return [
        {
            "title": table.title,
            "rows": [
                {"id": id, "label": label, "counts": dict(zip(table.columns, numbers, strict=True))}
                for id, label, *numbers in table.rows
            ],
        }
        for table in made
    ]


def as_html(made: list[Table], counts, told: dict) -> str:
    """`told`: made, period and asked, in words."""
    return html.page("statistics.html", tables=made, chart=chart(counts), total=counts.total, css=html.css(), **told)


def chart(counts) -> dict | None:
    """The months as columns of complete, incomplete and unreadable letters, in the units of an SVG drawing."""
    if not counts.months:
        return None
    verdicts = _verdicts(counts)
    stacks = [[month["verdict", verdict] for verdict in verdicts] for month in counts.months.values()]
    step = _step(max(map(sum, stacks)))
    top = step * math.ceil(max(map(sum, stacks)) / step)
    scale, slot = _HEIGHT / top, _WIDTH / len(stacks)
    wide = min(slot * 0.7, 48)
    every = math.ceil(len(stacks) / _MOST_LABELS)
    columns = []
    for number, (name, stack) in enumerate(zip(counts.months, stacks, strict=True)):
        x, y, parts = _LEFT + slot * (number + 0.5) - wide / 2, _TOP + _HEIGHT, []
        for verdict, value in zip(verdicts, stack, strict=True):
            y -= value * scale
            if value:
                parts.append({"verdict": verdict, "y": round(y, 1), "height": round(value * scale, 1)})
        label = name if number % every == 0 else ""
        columns.append({"x": round(x, 1), "middle": round(x + wide / 2, 1), "top": round(y - 5, 1), "parts": parts})
        columns[-1] |= {"label": label, "total": sum(stack) if len(stacks) <= 2 * _MOST_LABELS else 0}
    lines = [{"y": round(_TOP + _HEIGHT - n * step * scale, 1), "value": n * step} for n in range(top // step + 1)]
    size = {"width": _LEFT + _WIDTH + 8, "height": _TOP + _HEIGHT + _BOTTOM, "left": _LEFT, "right": _LEFT + _WIDTH}
    used = {verdict: label for n, (verdict, label) in enumerate(verdicts.items()) if any(stack[n] for stack in stacks)}
    best = max(counts.months, key=lambda name: sum(stacks[list(counts.months).index(name)]))
    spoken = (
        f"{next(iter(counts.months))} 至 {next(reversed(counts.months))}，每月记入的件数，按结论分色。"
        f"最多的是 {best}，{sum(stacks[list(counts.months).index(best)])} 件。各月数字见下表。"
    )
    return size | {"columns": columns, "lines": lines, "wide": round(wide, 1), "used": used, "spoken": spoken}


def _step(most: int) -> int:
    """Between two lines of the scale, so that there are four to six and their numbers are round."""
    if most <= 5:
        return 1
    power = 10 ** int(math.log10(most / 4))
    return next(int(power * step) for step in _STEPS if power * step * 6 >= most and power * step == int(power * step))
