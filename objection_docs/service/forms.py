"""The facts of a kind as fields of a form, and a form that was sent back as raw facts. Values in, values out.

A field is called by its path: `f.grounds.0.heading`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from objection_docs import timing
from objection_docs.errors import FactFault
from objection_docs.facts.reading import MOST_ITEMS, condition
from objection_docs.packs.kinds import Fact

ROOT = "f"
_MARK = "__"  # stands for the number of an item in the pattern of a list, which our script copies


@dataclass(frozen=True, slots=True)
class Field:
    """`value`: text as it was given. `items`: of a list, the fields of each item; of a group, one item.
    `pattern`: of a list, the fields of an item to be added. `when`: name of the field it hangs on → its keys."""

    name: str
    fact: Fact
    value: str
    needed: bool
    hint: str
    condition: str
    when: Mapping[str, tuple[str, ...]]
    faults: tuple[str, ...]
    items: tuple[tuple["Field", ...], ...] = ()
    pattern: tuple["Field", ...] = ()

    @property
    def id(self) -> str:
        return self.name.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Section:
    """Facts that stand together under a heading: a party with its address, a list, or single facts."""

    title: str
    fields: tuple[Field, ...]


def fields(
    facts: Iterable[Fact], raw: Mapping, procedure: str | None, faults: Iterable[FactFault] = (), path: tuple = ()
) -> tuple[Field, ...]:
    facts, faults = tuple(facts), tuple(faults)
    return tuple(_field(fact, facts, raw, procedure, faults, path) for fact in facts)


def _field(fact: Fact, beside: tuple[Fact, ...], raw: Mapping, procedure, faults, path: tuple) -> Field:
    here = (*path, fact.name)
    value = raw.get(fact.name) if isinstance(raw, Mapping) else None
    items, pattern = (), ()
    if fact.type == "group":
        items = (fields(fact.items, value or {}, procedure, faults, here),)
    elif fact.type == "list":
        given = [item for item in value or [] if isinstance(item, Mapping)] or [{}]
        given += [{}] * (fact.least - len(given))
        items = tuple(fields(fact.items, item, procedure, faults, (*here, i)) for i, item in enumerate(given))
        pattern = fields(fact.items, {}, procedure, (), (*here, _MARK))
    needed = fact.needed(procedure)
    return Field(
        name_of(here),
        fact,
        "" if fact.items else _shown(fact, value),
        needed,
        _hint(fact),
        condition(fact, beside) if fact.when else "",
        {name_of((*path, name)): keys for name, keys in fact.when.items()},
        tuple(fault.plain or fault.message for fault in faults if fault.path == here),
        items,
        pattern,
    )


def name_of(path: Iterable) -> str:
    return ".".join((ROOT, *map(str, path)))


def _shown(fact: Fact, value: object) -> str:
    if value is None:
        return ""
    if fact.type == "flag":
        return "是" if value in (True, "是") else "否"
    if fact.type == "choice":
        return next((key for key, label in fact.choices.items() if value in (key, label)), "")
    return str(value)


def _hint(fact: Fact) -> str:
    plain = fact.type in ("text", "passage", "amount", "count")
    sample = str(fact.sample or "").split("\n")[0] if plain else ""
    told = sample and "例如" not in fact.help
    return "；".join(filter(None, [fact.help, f"例如：{sample[:40]}" if told else ""]))


def sections(found: Iterable[Field]) -> list[Section]:
    """In the order of the form; what begins with the same word stands together (`sender`, `sender_phone` …)."""
    runs: list[tuple[str, list[Field]]] = []
    found = list(found)
    words = [field.fact.name.split("_")[0] for field in found]
    for field, word in zip(found, words, strict=True):
        key = word if not field.items and words.count(word) > 1 else "" if not field.items else field.name
        if runs and runs[-1][0] == key:
            runs[-1][1].append(field)
        else:
            runs.append((key, [field]))
    return [Section(_title(key, run), tuple(run)) for key, run in runs]


def _title(key: str, run: list[Field]) -> str:
    label = run[0].fact.label
    if not key:
        return label if len(run) == 1 else "、".join(field.fact.label for field in run[:3]) + ("等" if run[3:] else "")
    return label.removesuffix("名称").removesuffix("的标题")


def reckoned(kind: str, raw: Mapping, procedure: str, now: datetime) -> dict[str, str]:
    """Id of a field → what the program writes there when it is left open, and why."""
    filled, limits = timing.fill(kind, dict(raw), procedure or None, now)
    why = {limit["last"]["day"]: f"（{limit['period']}；{limit['authority']}）" for limit in limits}
    added = {name: value for name, value in filled.items() if value and not raw.get(name)}
    return {name_of([name]).replace(".", "-"): f"不填就写：{_said(value, why)}" for name, value in added.items()}


def _said(value: object, why: Mapping[str, str]) -> str:
    if isinstance(value, list):
        return "；".join("，".join(map(str, item.values())) for item in value)
    return f"{value}{why.get(str(value), '')}"


def raw_of(facts: Iterable[Fact], sent: Mapping[str, str], path: tuple = ()) -> dict:
    """The facts of a form that was sent; what was left blank is left out, whole items too."""
    raw = {}
    for fact in facts:
        here = (*path, fact.name)
        if fact.type == "group":
            value = raw_of(fact.items, sent, here)
        elif fact.type == "list":
            value = [item for i in _numbers(sent, here) if (item := raw_of(fact.items, sent, (*here, i)))]
        else:
            value = sent.get(name_of(here), "").replace("\r\n", "\n").strip()
        if value:
            raw[fact.name] = value
    return raw


def _numbers(sent: Mapping[str, str], path: tuple) -> list[int]:
    """The items that were sent, in their order; as many as may be."""
    head = name_of(path) + "."
    found = {name.removeprefix(head).split(".")[0] for name in sent if name.startswith(head)}
    return sorted(int(word) for word in found if word.isascii() and word.isdigit() and len(word) < 6)[: MOST_ITEMS + 1]
