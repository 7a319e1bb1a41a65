"""A procedure as a page for people: who takes part, its steps, limits and letters, each with its authority.

Two columns of text in a terminal: what a thing is called on the left, what is said of it on the right.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from objection_docs.packs.courses import UNITS, Course, Limit, Period, Start, Step
from objection_docs.packs.laws import Law, named_in
from objection_docs.packs.procedures import Procedure
from objection_docs.packs.recourse import ways
from objection_docs.packs.retention import Retention
from objection_docs.packs.rules import CheckKind
from objection_docs.reports import LEVEL_LABELS
from objection_docs.text import hang, width

SOURCES = {"seed": "规程", "law": "法律"}
_MEASURES = {"deadline": "", "maximum": "最长", "minimum": "不少于"}
_LEFT = 28  # widest left column; what is wider has a line of its own

Kinds = Mapping[str, CheckKind]


def to_dict(procedure: Procedure, course: Course, kinds: Kinds, retention: Retention) -> dict:
    """The page as plain values. `kinds`: those that the procedure speaks of, at least."""
    return {
        **course.to_dict(),
        "recourse": [
            {"body": way.body, "way": way.way, "limit": way.limit, "within": way.within, "source": way.source}
            | {"authority": way.basis}
            for way in ways(procedure.id)
        ],
        "area": procedure.area,
        "area_label": procedure.area_label,
        "roles": dict(procedure.roles),
        "kinds": {
            kind: {
                "label": kinds[kind].label,
                "elements": {
                    element: {"label": label, "level": level, "authority": authority}
                    for element, label, level, authority in _elements(procedure, kinds[kind])
                },
            }
            for kind in procedure.demands
        },
        "retained": [
            {"kinds": list(held), "class": name, "authority": authority}
            for name, authority, held in _retained(procedure, kinds, retention)
        ],
        "laws": [
            {"name": law.name, "text": law.text, "since": _day(law.since), "until": _day(law.until)}
            for law in _laws(procedure, course, kinds)
        ],
    }


def render(procedure: Procedure, course: Course, kinds: Kinds, retention: Retention, columns: int = 96) -> str:
    """The page as text, no line of it wider than `columns`."""
    counted = f"{len(course.steps)} 步，{len(course.limits)} 项期限，{len(procedure.demands)} 种文书"
    lines = [*hang("", course.label, columns), *hang("", f"{course.id}  {procedure.area_label}，{counted}", columns)]
    for title, part in (
        ("参加的人", _roles(procedure, columns)),
        ("步骤", _steps(course, kinds, columns)),
        ("期限", _limits(course, columns)),
        ("不服的去处", _recourse(procedure, columns)),
        ("分类和等级", _grades(course, columns)),
        ("一个案件可选的（deadline 的 --set）", _settings(course, columns)),
        *((f"{kinds[kind].label}的要素", _letter(procedure, kinds[kind], columns)) for kind in procedure.demands),
        ("归档", _archived(course, _retained(procedure, kinds, retention), columns)),
        ("所引法律", _table(((law.name, _in_force(law)) for law in _laws(procedure, course, kinds)), columns)),
        ("说明", (line for note in course.notes for line in hang("  · ", note, columns))),
    ):
        if told := list(part):
            lines += ["", title, *told]
    return "\n".join(lines)


def _roles(procedure: Procedure, columns: int) -> Iterator[str]:
    yield from _table(procedure.roles.items(), columns)


def _table(rows: Iterable[tuple[str, str]], columns: int) -> Iterator[str]:
    """Pairs as two columns."""
    rows = list(rows)
    left = max((width(name) for name, _ in rows if width(name) <= _LEFT), default=_LEFT)
    for name, told in rows:
        if width(name) > left:
            yield from hang("  ", name, columns)
            name = ""
        yield from hang(f"  {_padded(name, left)}  ", told, columns)


def _padded(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))


def _steps(course: Course, kinds: Kinds, columns: int) -> Iterator[str]:
    for number, step in enumerate(course.steps, 1):
        yield from hang(f"{number:>3}. ", f"{step.who}{'可以' if step.may else ''}：{step.label}", columns)
        for label, told in _about(step, kinds):
            yield from hang(f"     {label}：", told, columns)


def _about(step: Step, kinds: Kinds) -> Iterator[tuple[str, str]]:
    made = "、".join(part for part in (kinds[step.kind].label if step.kind else "", step.document) if part)
    if made:
        yield "文书", made
    if step.limits:
        yield "期限", "、".join(step.limits)
    yield "依据", step.authority


def _limits(course: Course, columns: int) -> Iterator[str]:
    margin = max((width(name) for name in course.limits), default=0) + 4
    for limit in course.limits.values():
        must = "应当" if limit.mandatory else "可以"
        yield from hang(_padded(f"  {limit.id}", margin), f"{limit.label}（{limit.who}，{must}）", columns)
        for period in limit.periods:
            source = "从严" if period.safe else SOURCES[period.source]
            yield from hang(" " * margin + f"{source}  ", figure(course, limit, period), columns)
            yield from hang(" " * (margin + 6) + "依据：", period.authority, columns)
        for label, told in _besides(course, limit):
            yield from hang(" " * margin + f"{label}  ", told, columns)


def _recourse(procedure: Procedure, columns: int) -> Iterator[str]:
    for way in ways(procedure.id):
        limit = "，".join(filter(None, (way.within, way.limit)))
        yield from hang("  · ", way.text + (f"：{limit}" if limit else ""), columns)
        yield from hang(f"    {SOURCES[way.source]}  依据：", way.basis, columns)


def figure(course: Course, limit: Limit, period: Period) -> str:
    """“5个工作日，自收到异议通知起”: the figure, its start, when it holds and since when it is in force."""
    told = f"{_MEASURES[limit.measure]}{period.text}"
    if period.number is not None and period.word:
        told += f"（{period.number}{UNITS[period.unit]}）"
    start = _start(course, period.start)
    if limit.direction == "before":
        told += f"，{start}以前"
    elif limit.direction == "during":
        told += f"，自{start}起，到{course.events[limit.until].label}为止"
    elif start:
        told += f"，自{start}起"
    for name, choices in (period.when or {}).items():
        setting = course.settings[name]
        told += f"；{setting.label}：{'、'.join(setting.choices[choice] for choice in choices)}"
    if period.since:
        told += f"；{period.since}起施行"
    if period.until:
        told += f"；适用到{period.until}"
    return told


def _start(course: Course, start: Start) -> str:
    if start.end_of:
        return f"{start.end_of}（{course.limits[start.end_of].label}）的期限届满"
    return "或".join(course.events[name].label for name in start.events)


def _besides(course: Course, limit: Limit) -> Iterator[tuple[str, str]]:
    for excluded in limit.excluded:
        events = f"{course.events[excluded.begin].label}至{course.events[excluded.end].label}"
        yield "不计", f"{excluded.label}（{events}）；依据：{excluded.authority}"
    if limit.extension:
        rule = limit.extension
        much = f"每次{rule.number}{UNITS[rule.unit]}，" if rule.number is not None else ""
        yield "延长", f"{much}最多{rule.times}次：{rule.reason}；依据：{rule.authority}"
    if limit.cap:
        yield "上限", f"不超过 {limit.cap}（{course.limits[limit.cap].label}）"
    if limit.difference:
        yield "异同", limit.difference
    if limit.note:
        yield "说明", limit.note


def _grades(course: Course, columns: int) -> Iterator[str]:
    yield from _table(
        ((g.label, g.criteria + (f"（期限 {'、'.join(g.limits)}）" if g.limits else "")) for g in course.grades),
        columns,
    )


def _settings(course: Course, columns: int) -> Iterator[str]:
    rows = []
    for setting in course.settings.values():
        first, *others = setting.choices.values()
        rows.append((setting.id, f"{setting.label}：{'；'.join([f'{first}（默认）', *others])}"))
    yield from _table(rows, columns)


def _elements(procedure: Procedure, kind: CheckKind) -> Iterator[tuple[str, str, str, str]]:
    """Id, label, level and authority of each element; where the procedure names none, the letter's own need of it."""
    known = {element.id: element for element in kind.elements}
    for name, demand in procedure.demands[kind.id].items():
        general = "本程序没有要求这一项" if demand.level == "optional" else known[name].authority
        yield name, known[name].label, demand.level, demand.authority or general


def _letter(procedure: Procedure, kind: CheckKind, columns: int) -> Iterator[str]:
    rows = [(f"{LEVEL_LABELS[level]}  {label}", authority) for _, label, level, authority in _elements(procedure, kind)]
    yield from _table(rows, columns)


def _retained(procedure: Procedure, kinds: Kinds, retention: Retention) -> list[tuple[str, str, dict[str, str]]]:
    """How long our own log keeps the letters: class, authority, and the kinds (id → label) that it is for."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for kind in procedure.demands:
        given, authority = retention.of(kind, procedure.id)
        found.setdefault((given.name, authority), {})[kind] = kinds[kind].label
    return [(*given, held) for given, held in found.items()]


def _archived(course: Course, retained: list[tuple[str, str, dict[str, str]]], columns: int) -> Iterator[str]:
    for kept in course.archived:
        yield from hang("  · ", kept.what + (f"：{kept.keep}" if kept.keep else ""), columns)
        yield from hang("    依据：", kept.authority, columns)
    for name, authority, held in retained:
        yield from hang("  · ", f"记入文书日志的{'、'.join(held.values())}：保管{name}", columns)
        yield from hang("    依据：", authority, columns)


def _laws(procedure: Procedure, course: Course, kinds: Kinds) -> tuple[Law, ...]:
    """The laws behind anything on the page."""
    cited = [step.authority for step in course.steps] + [kept.authority for kept in course.archived]
    for limit in course.limits.values():
        cited += [period.authority for period in limit.periods] + [excluded.authority for excluded in limit.excluded]
        cited += [limit.extension.authority] if limit.extension else []
        cited += [limit.difference, limit.note]
    cited += [way.basis for way in ways(procedure.id)]
    cited += [one[-1] for kind in procedure.demands for one in _elements(procedure, kinds[kind])]
    return named_in("\n".join(cited))


def _in_force(law: Law) -> str:
    told = f"{law.text}，" if law.text else ""
    return f"{told}{law.since}起施行" + (f"，适用到{law.until}" if law.until else "")


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
