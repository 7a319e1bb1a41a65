"""What a search may name: kinds, procedures, elements, faults and terms, by their ids or as they are called.

A name that nobody knows is told, unless letters of the log have it: plugins and rules of a user's own come and go, and
their letters stay. So the log is asked first, which also spares a search the reading of all rules.
"""

from collections.abc import Callable
from difflib import get_close_matches

from objection_docs.errors import UsageError

#: Filter → what it names, and where a terminal lists them all.
_NAMED = {
    "kind": ("文书种类", ""),
    "procedure": ("程序", "用 procedures 可以看到全部"),
    "missing": ("要素", ""),
    "vague": ("要素", ""),
    "element": ("要素", ""),
    "fault": ("差错", ""),
    "retention": ("保管期限", ""),
}
#: So many are listed; of more only what is near.
_MOST = 12


def resolved(search: Callable, asked: dict) -> dict:
    """The filters of a search with ids in the place of Chinese names. UsageError for a name that nobody knows and no
    letter has. `search`: of the log (Archive.search).
    """
    given = {name: str(asked.get(name) or "").strip() for name in _NAMED}
    return asked | {name: _resolved(search, name, value) for name, value in given.items() if value}


def _resolved(search: Callable, name: str, value: str) -> str:
    if search(limit=1, **{name: value}).total:
        return value
    value, status = _parts(name, value)
    known = _known(name)
    by_label = {label: id for id, labels in known.items() for label in labels}
    if value not in known and value not in by_label:
        what, typed = _NAMED[name]
        message = f"没有“{value}”这个{what}{_instead(value, known, by_label)}"
        raise UsageError(message, code=f"invalid_{name}", field=name, typed=typed)
    return by_label.get(value, value) + status


def _parts(name: str, value: str) -> tuple[str, str]:
    """An element and what follows it, evidence and :vague; of any other filter all of it."""
    element, colon, status = value.replace("：", ":").partition(":")
    return (element.strip(), colon + status) if name == "element" else (value, "")


def _instead(value: str, known: dict[str, list[str]], by_label: dict[str, str]) -> str:
    if len(known) <= _MOST:
        return f"；可用：{'、'.join(_called(id, labels) for id, labels in known.items())}"
    near = get_close_matches(value, [*known, *by_label], 1)
    if not near:
        return "，请核对"
    id = by_label.get(near[0], near[0])
    return f"；或许是 {_called(id, known[id])}"


def _called(id: str, labels: list[str]) -> str:
    return id if labels == [id] else f"{id}（{labels[0]}）"


def _known(name: str) -> dict[str, list[str]]:
    """The ids that a filter may name, each with what it is called; an element is called otherwise in each kind."""
    from objection_docs.packs import faults, procedures, retention, rules
    from objection_docs.packs import kinds as forms

    kinds = rules.rules().kinds.values()
    if name == "kind":
        return {one.id: [one.label] for one in (*kinds, *forms.kinds().values())}
    if name == "procedure":
        return {one.id: [one.label] for one in procedures.procedures().values()}
    if name == "fault":
        return {code: [one.label] for code, one in faults.wordings().items()}
    if name == "retention":
        return {one: [one] for one in retention.retention().classes}
    elements: dict[str, list[str]] = {}
    for element in (element for kind in kinds for element in kind.elements):
        elements.setdefault(element.id, []).append(element.label)
    return elements
