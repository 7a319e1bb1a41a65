"""Raw facts → checked facts that a form can print; samples and a JSON Schema of what is expected."""

from dataclasses import dataclass

import marshmallow as ma

from objection_docs.errors import FactsError
from objection_docs.facts.file import parse
from objection_docs.facts.reading import applies, faults
from objection_docs.facts.reading import schema as _schema
from objection_docs.facts.samples import json_schema as schema
from objection_docs.facts.samples import sample
from objection_docs.facts.values import ABSENT, Gap, Record
from objection_docs.packs.kinds import Fact, Kind
from objection_docs.text import normal

__all__ = ["Facts", "Missing", "parse", "read", "sample", "schema"]

_DEEPEST = 20  # no kind nests so deep; what does is not facts and will be refused


@dataclass(frozen=True)
class Missing:
    """A required fact that a draft lacks: where it belongs, what it is called, the element it feeds (or "")."""

    path: tuple
    label: str
    element: str


@dataclass(frozen=True)
class Facts:
    """Checked facts. `values`: by name, ready to print; `missing`: what a draft still lacks, else empty."""

    values: dict
    missing: tuple[Missing, ...] = ()


def read(kind: Kind, raw: object, procedure: str | None = None, draft: bool = False) -> Facts:
    """The facts of a letter of this kind. FactsError tells every fault at once.

    A draft may lack what is required: a fact left out, null or blank stays open and prints 【待补：…】.
    """
    given = _without_blanks(raw) if draft and isinstance(raw, dict) else raw
    try:
        data = _schema(kind.facts, procedure, draft).load(given)
    except ma.ValidationError as error:
        raise FactsError(list(faults(error.normalized_messages(), kind.facts))) from None
    missing: list[Missing] = []
    values = _filled(kind.facts, data, procedure, missing)
    values.update(kind.wording(procedure), title=kind.title(procedure), procedure=procedure or "")
    return Facts(values, tuple(missing))


def _is_blank(value: object) -> bool:
    return value is None or value == [] or value == {} or (isinstance(value, str) and not normal(value))


def _without_blanks(value, depth: int = 0):
    if depth > _DEEPEST:
        return value
    if isinstance(value, dict):
        kept = {key: _without_blanks(inner, depth + 1) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if not _is_blank(inner)}
    if isinstance(value, list):
        kept = [_without_blanks(inner, depth + 1) for inner in value]
        return [inner for inner in kept if not _is_blank(inner)]
    return value


def _filled(
    facts: tuple[Fact, ...], data: dict, procedure: str | None, missing: list[Missing], path: tuple = (), element=""
) -> dict:
    """What was given, with a Gap for what is required and lacking, and ABSENT for what may be left out."""
    values = {}
    for fact in facts:
        here, feeds = (*path, fact.name), fact.element or element
        wanted = fact.needed(procedure) and applies(fact, data)
        if fact.name not in data:
            values[fact.name] = Gap(fact.label) if wanted else ABSENT
            if wanted:
                missing.append(Missing(here, fact.label, feeds))
        elif fact.type == "group":
            values[fact.name] = Record(_filled(fact.items, data[fact.name], procedure, missing, here, feeds))
        elif fact.type == "list":
            items = [
                Record(_filled(fact.items, item, procedure, missing, (*here, i), feeds))
                for i, item in enumerate(data[fact.name])
            ]
            for i in range(len(items), fact.least):  # only a draft can have fewer
                items.append(Gap(fact.label))
                missing.append(Missing((*here, i), fact.label, feeds))
            values[fact.name] = items
        else:
            values[fact.name] = data[fact.name]
    return values
