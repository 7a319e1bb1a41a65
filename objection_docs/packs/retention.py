"""checks/retention.yaml → Retention: how long a letter of a kind and a procedure is kept, and by what authority.

A user's own folder may hold a retention.yaml too: its rules are tried first, its classes added, its floors add to ours.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import marshmallow as ma

from objection_docs.errors import DataFileError, UsageError
from objection_docs.packs import layers, yaml_file

NAME = "retention.yaml"
_CODE = re.compile(r"[A-Za-z0-9]{1,8}")


@dataclass(frozen=True, slots=True)
class Class:
    """保管期限. `years`: None for ever. `code`: its part of an archive number."""

    name: str
    code: str
    years: int | None


@dataclass(frozen=True, slots=True)
class Rule:
    """Letters of these procedures and kinds (empty: of all) and what holds for them: a class, or a floor in years."""

    procedures: frozenset[str]
    kinds: frozenset[str]
    authority: str
    name: str = ""
    years: int = 0

    def fits(self, kind: str, procedure: str) -> bool:
        return (not self.procedures or procedure in self.procedures) and (not self.kinds or kind in self.kinds)


@dataclass(frozen=True, slots=True)
class Retention:
    classes: Mapping[str, Class]
    rules: tuple[Rule, ...]  # the last one fits everything
    floors: tuple[Rule, ...]

    def of(self, kind: str, procedure: str, chosen: str = "") -> tuple[Class, str]:
        """The letter's class and its authority.

        `chosen`: what somebody gave this letter by hand; it counts unless the law now asks for more, as when the
        letter's procedure was corrected, or the class is no longer in the table.
        """
        if chosen in self.classes and not self._floor(self.classes[chosen], kind, procedure):
            return self.classes[chosen], ""
        rule = next(rule for rule in self.rules if rule.fits(kind, procedure))
        return self.classes[rule.name], rule.authority

    def known(self, name: str) -> Class:
        if name not in self.classes:
            message = f"没有“{name}”这个保管期限；可用：{'、'.join(self.classes)}"
            raise UsageError(message, code="unknown_retention", field="retention")
        return self.classes[name]

    def require_long_enough(self, name: str, kind: str, procedure: str) -> None:
        """UsageError when the law asks for more years than the class keeps such a letter."""
        if floor := self._floor(self.known(name), kind, procedure):
            message = f"“{name}”太短：这份文书至少保存 {floor.years} 年（{floor.authority}）"
            raise UsageError(message, code="retention_too_short", field="retention")

    def _floor(self, given: Class, kind: str, procedure: str) -> Rule | None:
        """The floor that the class falls below."""
        return next(
            (f for f in self.floors if given.years is not None and given.years < f.years and f.fits(kind, procedure)),
            None,
        )

    def ends(self, name: str, started: date) -> date | None:
        """The last day on which a letter of the class must be kept; None: it is kept for ever.

        Years are counted in full from the 1st of January after the start: longer rather than shorter.
        """
        given = self.known(name)
        return None if given.years is None else date(min(started.year + given.years, date.max.year), 12, 31)


class _ClassSchema(ma.Schema):
    code = ma.fields.String(
        required=True, validate=ma.validate.Regexp(_CODE.pattern + r"\Z", error="代码只能是 1 到 8 个字母或数字")
    )
    years = ma.fields.Integer(
        load_default=None, strict=True, validate=ma.validate.Range(1, 200, error="年数应为 1 到 200 的整数")
    )


class _WhichSchema(ma.Schema):
    procedures = ma.fields.List(ma.fields.String(), load_default=())
    kinds = ma.fields.List(ma.fields.String(), load_default=())
    authority = ma.fields.String(load_default="")


class _RuleSchema(_WhichSchema):
    name = ma.fields.String(required=True, data_key="class")


class _FloorSchema(_WhichSchema):
    years = ma.fields.Integer(required=True, strict=True)


class _DefaultSchema(ma.Schema):
    name = ma.fields.String(required=True, data_key="class")
    authority = ma.fields.String(load_default="")


class _Schema(ma.Schema):
    classes = ma.fields.Dict(ma.fields.String(), ma.fields.Nested(_ClassSchema), load_default=dict)
    rules = ma.fields.List(ma.fields.Nested(_RuleSchema), load_default=list)
    default = ma.fields.Nested(_DefaultSchema, load_default=None)
    floors = ma.fields.List(ma.fields.Nested(_FloorSchema), load_default=list)


def retention() -> Retention:
    """The shipped table with those of plugins and of $OBJECTION_DOCS_CHECKS on top. Read once."""
    return layers.read(_read)


@cache
def _read(roots: tuple[Path, ...]) -> Retention:
    files = [yaml_file.load(root / NAME, _Schema()) for root in reversed(roots) if (root / NAME).is_file()]
    classes: dict[str, Class] = {}
    for loaded in reversed(files):
        classes |= {name: Class(name, **values) for name, values in loaded.data["classes"].items()}
    _require_codes_differ(classes, files[0])
    rules, floors = [], []
    for loaded in files:
        rules += [_rule(loaded, roots, "rules", i, rule) for i, rule in enumerate(loaded.data["rules"])]
        floors += [_rule(loaded, roots, "floors", i, floor) for i, floor in enumerate(loaded.data["floors"])]
    default = next(loaded.data["default"] for loaded in files if loaded.data["default"])
    table = Retention(classes, (*rules, Rule(frozenset(), frozenset(), **default)), tuple(floors))
    _require_sound(table, files)
    return table


def _rule(loaded: yaml_file.Loaded, roots: tuple[Path, ...], part: str, number: int, values: dict) -> Rule:
    """One rule or floor; a procedure or kind that is not there is a misspelt one."""
    for name in values["procedures"]:
        if not any((root / "procedures" / f"{name}.yaml").is_file() for root in roots):
            raise DataFileError(f"没有名为“{name}”的程序", where=loaded.where(part, number, "procedures"))
    for name in values["kinds"]:
        if not any((root / name / "kind.yaml").is_file() for root in roots):
            raise DataFileError(f"没有文书种类“{name}”", where=loaded.where(part, number, "kinds"))
    return Rule(**(values | {"procedures": frozenset(values["procedures"]), "kinds": frozenset(values["kinds"])}))


def _require_codes_differ(classes: Mapping[str, Class], loaded: yaml_file.Loaded) -> None:
    codes = [each.code for each in classes.values()]
    if twice := next((code for code in codes if codes.count(code) > 1), None):
        raise DataFileError(f"代码“{twice}”用在了两个保管期限上", where=loaded.where("classes"))


def _require_sound(table: Retention, files: list[yaml_file.Loaded]) -> None:
    """Every rule names a class that is there, and no letter gets one that is shorter than the law allows."""
    for loaded in files:
        rules = [(("rules", i, "class"), rule) for i, rule in enumerate(loaded.data["rules"])]
        for at, rule in [*rules, *([(("default", "class"), loaded.data["default"])] if loaded.data["default"] else [])]:
            if rule["name"] not in table.classes:
                raise DataFileError(f"没有“{rule['name']}”这个保管期限", where=loaded.where(*at))
    for floor in table.floors:
        for procedure in floor.procedures or {""}:
            for kind in floor.kinds or {""}:
                given, _ = table.of(kind, procedure)
                try:
                    table.require_long_enough(given.name, kind, procedure)
                except UsageError as error:
                    said = f"程序“{procedure}”的文书分到的保管期限{error.message}"
                    raise DataFileError(said, where=files[0].where("rules")) from None
