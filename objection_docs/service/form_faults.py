"""What is wrong and what is wanting in the facts of a form, told by its fields. Values in, values out."""

from collections.abc import Iterable
from copy import deepcopy

from objection_docs.errors import FactFault
from objection_docs.packs.kinds import Fact
from objection_docs.service.forms import name_of


def told(facts: tuple[Fact, ...], fault: FactFault) -> tuple[str, str, str]:
    """The id of its field, what the form calls the place, 事项标题（第 2 项）, and what is wrong there."""
    label, place = "", ""
    for part in fault.path:
        if isinstance(part, int):
            place = f"（第 {part + 1} 项）"
        elif fact := next((f for f in facts if f.name == part), None):
            label, facts = fact.label, fact.items
    return name_of(fault.path).replace(".", "-"), label + place, fault.plain or fault.message


def spread(facts: tuple[Fact, ...], faults: Iterable[FactFault]) -> list[FactFault]:
    """The faults as a form tells them: a group that is wanting by each of its parts."""
    groups = {fact.name: fact for fact in facts if fact.type == "group"}
    out = []
    for fault in faults:
        group = groups.get(fault.path[0]) if len(fault.path) == 1 else None
        parts = [(*fault.path, item.name) for item in group.items if item.required] if group else []
        out += [FactFault(path, "缺少，请填写") for path in parts] if group else [fault]
    return out


def without(raw: dict, faults: Iterable[FactFault]) -> dict:
    """The facts without those at fault, for a preview of what is sound."""
    out = deepcopy(raw)
    for path in sorted((fault.path for fault in faults if fault.path), key=len, reverse=True):  # what is inside, first
        *way, last = path
        place = out
        for part in way:
            place = place[part]
        if isinstance(last, str):
            place.pop(last, None)
        else:  # an item stays in its place, or the others' faults would miss theirs
            place[last] = {}
    return out


def gaps(facts: tuple[Fact, ...], wanting: Iterable[tuple[tuple, str]]) -> list[tuple[str, str, int]]:
    """What nobody has said yet: field, name, and how often it is wanting in a list; the field is then the first.

    `wanting`: path and label of each fact.
    """
    by_name: dict[tuple, list[FactFault]] = {}
    for gap in spread(facts, [FactFault(path, "") for path, _ in wanting]):
        by_name.setdefault(tuple(part for part in gap.path if isinstance(part, str)), []).append(gap)
    out = []
    for names, same in by_name.items():
        field, label, _ = told(facts, same[0])
        out.append((field, label if len(same) == 1 else told(facts, FactFault(names, ""))[1], len(same)))
    return out
