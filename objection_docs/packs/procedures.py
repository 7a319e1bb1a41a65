"""checks/procedures/<id>.yaml → Procedure: for each kind, how much each element is asked for, and by what authority.

How the procedure runs, its steps and limits, is the other half of the same file: see `courses`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import marshmallow as ma

from objection_docs import plugins
from objection_docs.errors import UsageError
from objection_docs.packs import layers, yaml_file
from objection_docs.packs.patterns import normal_pattern
from objection_docs.packs.rule_schema import LEVELS

#: What a procedure is about, in the order in which they are listed.
AREAS = {
    "contract": "合同",
    "construction": "工程",
    "tendering": "招标投标",
    "procurement": "政府采购",
    "credit": "征信与信用",
    "quality": "质量",
    "customer": "客户",
    "bank": "银行",
    "consumer": "消费者",
    "enforcement": "执行",
    "internal": "组织内部",
}


@dataclass(frozen=True, slots=True)
class Demand:
    """What a procedure asks of one element. `authority`: article or passage; empty where the form itself needs it."""

    level: str
    authority: str = ""


@dataclass(frozen=True, slots=True)
class Procedure:
    """`area`: one of AREAS. `demands`: kind → element → Demand, empty for one that has none of our letters.

    `roles`: who takes part → what they do in it, the order of the file. `signs`: words by which a letter is known to
    belong to it; None where only the caller can tell.
    """

    id: str
    label: str
    area: str
    seed: str
    demands: Mapping[str, Mapping[str, Demand]]
    signs: re.Pattern | None = None
    roles: Mapping[str, str] = field(default_factory=dict)

    @property
    def area_label(self) -> str:
        return AREAS[self.area]

    def __hash__(self) -> int:
        return hash(self.id)


class _DemandSchema(ma.Schema):
    level = ma.fields.String(
        required=True, validate=ma.validate.OneOf(LEVELS, error="只能是 required、recommended 或 optional")
    )
    authority = ma.fields.String(load_default="")


#: How the procedure runs: `courses` reads these keys.
_COURSE = frozenset({"counting", "events", "settings", "limits", "steps", "grades", "archived", "notes"})


_TEXT = ma.fields.String(validate=ma.validate.Length(min=1, error="这里不能空着"))


class _ProcedureSchema(ma.Schema):
    label = ma.fields.String(required=True)
    area = ma.fields.String(required=True, validate=ma.validate.OneOf(AREAS, error=f"只能是 {'、'.join(AREAS)}"))
    seed = ma.fields.String(load_default="")
    signs = ma.fields.String(load_default="")
    roles = ma.fields.Dict(_TEXT, _TEXT, load_default=dict)
    kinds = ma.fields.Dict(
        ma.fields.String(), ma.fields.Dict(ma.fields.String(), ma.fields.Nested(_DemandSchema)), required=True
    )


def _read(path: Path) -> Procedure:
    data = yaml_file.read(path, _ProcedureSchema(), leave=_COURSE)
    demands = {
        kind: {element: Demand(**demand) for element, demand in elements.items()}
        for kind, elements in data["kinds"].items()
    }
    signs = re.compile(normal_pattern(data["signs"])) if data["signs"] else None
    return Procedure(path.stem, data["label"], data["area"], data["seed"], demands, signs, data["roles"])


_known = cache(_read)


def path_of(procedure_id: str) -> Path:
    """The file of a procedure. Raises UsageError for an unknown id."""
    return _path_of(layers.checks(), procedure_id)


@cache
def _path_of(roots: layers.Roots, procedure_id: str) -> Path:
    found = layers.by_id(f"procedures/{procedure_id}.yaml", roots) if procedure_id.isidentifier() else {}
    if not found:
        raise UsageError(
            f"没有名为“{procedure_id}”的程序，请核对",
            code="unknown_procedure",
            field="procedure",
            typed="可用 objection-docs procedures 查看全部程序",
        )
    return found[procedure_id]


def procedure(procedure_id: str) -> Procedure:
    """One procedure. Raises UsageError for an unknown id."""
    return _procedure(layers.checks(), procedure_id)


@cache
def _procedure(_roots: layers.Roots, procedure_id: str) -> Procedure:
    return _known(path_of(procedure_id))


def procedures() -> dict[str, Procedure]:
    """All procedures by id, area by area."""
    return layers.read(_all)


@cache
def _all(roots: layers.Roots) -> dict[str, Procedure]:
    from objection_docs.packs import courses

    found = []
    for _, path in sorted(layers.by_id("procedures/*.yaml", roots).items()):
        found.append(_known(path))
        if plugins.owner(path):
            courses.read(path, found[-1].label)  # a plugin's mistake shows now, while it can still be left out
    areas = list(AREAS)
    return {one.id: one for one in sorted(found, key=lambda one: areas.index(one.area))}
