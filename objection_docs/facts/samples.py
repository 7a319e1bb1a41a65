"""What is expected, shown two ways: a complete realistic sample, and a JSON Schema (2020-12)."""

from copy import deepcopy
from types import SimpleNamespace

from objection_docs.facts.parts import AMOUNT_HELP, DATE_HELP, MOST_COUNT, MOST_MONEY
from objection_docs.facts.reading import MOST_ITEMS, applies
from objection_docs.packs.kinds import Fact, Kind


def sample(kind: Kind, procedure: str | None = None) -> dict:
    """Complete facts, ready to edit; those of a procedure differ where the kind says so."""
    changes = kind.samples.get(procedure or "", {})
    merged = _merged(_of(kind.facts), changes)
    by_name = {fact.name: fact for fact in kind.facts}
    return {
        name: value
        for name, value in merged.items()
        if name in changes or _applies_to_raw(by_name[name], kind.facts, merged)
    }


def _of(facts: tuple[Fact, ...]) -> dict:
    made = {}
    for fact in facts:
        value = fact.sample
        if value is None and fact.items:
            inside = _of(fact.items)
            inside = {
                name: inner
                for name, inner in inside.items()
                if _applies_to_raw(next(f for f in fact.items if f.name == name), fact.items, inside)
            }
            value = [inside] if fact.type == "list" and inside else inside or None
        if value is not None:
            made[fact.name] = deepcopy(value)
    return made


def _merged(base: dict, changes) -> dict:
    """`changes` over `base`, in the order of `base`: null takes away, groups are merged inside, lists are replaced."""
    made = dict(base)
    for name, change in changes.items():
        if change is None:
            made.pop(name, None)
        elif isinstance(change, dict) and isinstance(made.get(name), dict):
            made[name] = _merged(made[name], change)
        else:
            made[name] = deepcopy(change)
    return made


def _applies_to_raw(fact: Fact, beside: tuple[Fact, ...], raw: dict) -> bool:
    """`applies` for facts as a caller writes them: a choice may stand as its key or its label."""
    chosen = {}
    for other in beside:
        for key, label in other.choices.items():
            if raw.get(other.name) in (key, label):
                chosen[other.name] = SimpleNamespace(key=key)
    return applies(fact, chosen) is not False


def json_schema(kind: Kind, procedure: str | None = None) -> dict:
    """The JSON Schema of the facts. Stricter checks (impossible dates …) are made when facts are read."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{kind.title(procedure)}的案件事实",
        **({"description": kind.about} if kind.about else {}),
        **_object(kind.facts, procedure),
        "examples": [sample(kind, procedure)],
    }


def _object(facts: tuple[Fact, ...], procedure: str | None) -> dict:
    made = {
        "type": "object",
        "properties": {fact.name: _property(fact, procedure) for fact in facts},
        "required": [fact.name for fact in facts if fact.needed(procedure) and not fact.when],
        "additionalProperties": False,
    }
    by_name = {fact.name: fact for fact in facts}
    rules = [_condition(fact, by_name, procedure) for fact in facts if fact.when]
    return {**made, "allOf": rules} if rules else made


def _condition(fact: Fact, by_name: dict[str, Fact], procedure: str | None) -> dict:
    """Asked for only when its condition holds; refused when it plainly doesn't."""
    holds = {name: [*keys, *(by_name[name].choices[key] for key in keys)] for name, keys in fact.when.items()}
    return {
        "if": {
            "properties": {name: {"enum": allowed} for name, allowed in holds.items()},
            "required": list(holds),
        },
        "then": {"required": [fact.name]} if fact.needed(procedure) else {},
        "else": {"if": {"required": list(holds)}, "then": {"properties": {fact.name: False}}},
    }


def _property(fact: Fact, procedure: str | None) -> dict:
    about = {"title": fact.label}
    told = {"date": DATE_HELP, "amount": AMOUNT_HELP}.get(fact.type, "")
    if fact.help or told:
        about["description"] = "；".join(part for part in (fact.help, told) if part)
    if fact.element:
        about["x-element"] = fact.element
    if fact.type == "group":
        return about | _object(fact.items, procedure)
    if fact.type == "list":
        items = _object(fact.items, procedure)
        return about | {"type": "array", "items": items, "minItems": max(1, fact.least), "maxItems": MOST_ITEMS}
    if fact.sample is not None:
        about["examples"] = [fact.sample]
    return (
        about
        | {
            "text": {"type": "string", "pattern": r"^[^\n\r]*[^\s][^\n\r]*$", "maxLength": fact.longest},
            "passage": {"type": "string", "pattern": r"[^\s]", "maxLength": fact.longest},
            "date": {"type": "string", "pattern": r"[^\s]"},
            "amount": {
                "type": ["number", "string"],
                "minimum": 0,
                "exclusiveMaximum": int(MOST_MONEY),
                "pattern": r"\d",
            },
            "count": {"type": ["integer", "string"], "minimum": 0, "maximum": MOST_COUNT, "pattern": r"^\s*\d+\s*$"},
            "flag": {"enum": [True, False, "是", "否"]},
            "choice": {"enum": [*fact.choices, *fact.choices.values()]},
        }[fact.type]
    )
