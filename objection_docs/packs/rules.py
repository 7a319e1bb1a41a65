"""checks/<kind>/*.yaml → CheckKind: how a kind is recognised, its elements, and the rules that decide their status.

A rule says where to look and what to find; `objection_docs.checking` applies it. Patterns are regular expressions over
the normal form of text (text.py) with two comforts: `{name}` stands for an expression of checks/lexicon/, and `…`
for up to thirty characters of the same sentence (`…{0,5}`: up to five). Full-width punctuation is literal: （ is a
bracket, not a group.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import marshmallow as ma

from objection_docs.errors import DataFileError, UsageError
from objection_docs.folders import folder
from objection_docs.packs import yaml_file
from objection_docs.packs.procedures import LEVELS
from objection_docs.text import normal

STATUSES = ("present", "vague", "blank", "missing")
ZONES = ("opening", "body", "closing")
_LITERAL = {ord(wide): re.escape(normal(wide)) for wide in "（）？．＊＋［］｛｝｜＾＄＼"}
_MACRO = re.compile(r"\{([a-z_\u4e00-\u9fff][\w]*)\}")
_GAP = re.compile(r"\0(\{\d+,\d+\})?\??")


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to see a status. `match` runs over the text, or over the value of a labelled field when `field` is given.

    A group `name` in `match` gives a party's name. `having` looks at the whole sentence, `unless` at the clauses around
    the match; `section`/`outside` at the headings and labels above it; `owner`: whose block it stands in. `empty`: the
    field stands there without a value. `last`: the last match counts, not the first. `substance`: at least so many
    words that are not empty talk (`empty_words`).
    """

    match: re.Pattern | None
    field: re.Pattern | None
    having: re.Pattern | None
    unless: re.Pattern | None
    section: re.Pattern | None
    outside: re.Pattern | None
    zone: str
    owner: str
    quoted: bool
    empty: bool
    last: bool
    substance: int
    reason: str


@dataclass(frozen=True, slots=True)
class Element:
    """One thing that a kind must hold. `rules`: status → rules, both in the order they are tried.

    `blank_first` in the file puts blank before vague: «贵方» somewhere doesn't make up for an empty «致：____».
    """

    id: str
    label: str
    level: str
    authority: str
    advice: str
    missing: str
    when: tuple[str, ...]  # only needed under these conclusions; empty: always
    rules: Mapping[str, tuple[Rule, ...]]
    examples: Mapping[str, tuple[str, ...]]
    path: Path


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of a kind: `weight` when `match` is found `times` times in the zone. `lead`: how the body begins."""

    match: re.Pattern
    zone: str
    weight: float
    times: int


@dataclass(frozen=True)
class CheckKind:
    """One kind of letter. Its elements are read when first asked for: a check needs those of one kind only."""

    id: str
    label: str
    order: int
    signs: tuple[Sign, ...]
    outcomes: Mapping[str, re.Pattern]  # conclusion → what says so, tried in order; only replies have them
    element_ids: tuple[str, ...]
    _pack: "_Pack"

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        return tuple(self._pack.element(self._pack.root / self.id / f"{name}.yaml") for name in self.element_ids)


class _RuleSchema(ma.Schema):
    match = ma.fields.String(load_default="")
    field = ma.fields.String(load_default="")
    having = ma.fields.String(load_default="")
    unless = ma.fields.String(load_default="")
    section = ma.fields.String(load_default="")
    outside = ma.fields.String(load_default="")
    zone = ma.fields.String(
        load_default="", validate=ma.validate.OneOf(("", *ZONES), error="只能是 opening、body 或 closing")
    )
    owner = ma.fields.String(
        load_default="", validate=ma.validate.OneOf(("", "sender", "other"), error="只能是 sender 或 other")
    )
    quoted = ma.fields.Boolean(load_default=False)
    empty = ma.fields.Boolean(load_default=False)
    last = ma.fields.Boolean(load_default=False)
    substance = ma.fields.Integer(load_default=0)
    reason = ma.fields.String(load_default="")

    @ma.validates_schema
    def _looks_somewhere(self, data, **_):
        if not (data["match"] or data["field"]):
            raise ma.ValidationError("规则要有 match 或 field")


class _ElementSchema(ma.Schema):
    label = ma.fields.String(required=True)
    like = ma.fields.String(load_default="")
    level = ma.fields.String(
        load_default="required", validate=ma.validate.OneOf(LEVELS, error="只能是 required、recommended 或 optional")
    )
    authority = ma.fields.String(required=True)
    advice = ma.fields.String(required=True)
    missing = ma.fields.String(required=True)
    when = ma.fields.List(ma.fields.String(), load_default=list)
    blank_first = ma.fields.Boolean(load_default=False)
    present = ma.fields.List(ma.fields.Nested(_RuleSchema), load_default=list)
    vague = ma.fields.List(ma.fields.Nested(_RuleSchema), load_default=list)
    blank = ma.fields.List(ma.fields.Nested(_RuleSchema), load_default=list)
    examples = ma.fields.Dict(
        ma.fields.String(validate=ma.validate.OneOf((*STATUSES, "not_applicable"), error="不是要素的状态")),
        ma.fields.List(ma.fields.String()),
        required=True,
    )


class _CommonSchema(ma.Schema):
    present = ma.fields.List(ma.fields.Nested(_RuleSchema), load_default=list)
    vague = ma.fields.List(ma.fields.Nested(_RuleSchema), load_default=list)
    blank = ma.fields.List(ma.fields.Nested(_RuleSchema), load_default=list)


class _SignSchema(ma.Schema):
    match = ma.fields.String(required=True)
    zone = ma.fields.String(
        load_default="anywhere",
        validate=ma.validate.OneOf(
            ("title", "opening", "lead", "body", "anywhere"), error="只能是 title、opening、lead、body 或 anywhere"
        ),
    )
    weight = ma.fields.Float(load_default=1.0)
    times = ma.fields.Integer(load_default=1)


class _KindSchema(ma.Schema):
    label = ma.fields.String(required=True)
    order = ma.fields.Integer(required=True)
    elements = ma.fields.List(ma.fields.String(), required=True)
    signs = ma.fields.List(ma.fields.Nested(_SignSchema), required=True)
    outcomes = ma.fields.Dict(ma.fields.String(), ma.fields.String(), load_default=dict)


class _LexiconSchema(ma.Schema):
    words = ma.fields.Dict(ma.fields.String(), ma.fields.Raw(), load_default=dict)
    empty_words = ma.fields.List(ma.fields.String(), load_default=list)


class _Pack:
    """One folder of checks being read: its lexicon, and the expressions compiled so far."""

    def __init__(self, root: Path):
        self.root = root
        self.words: dict[str, str] = {}
        empty_words: set[str] = set()
        for path in sorted((root / "lexicon").glob("*.yaml")):
            lexicon = yaml_file.read(path, _LexiconSchema())
            twice = sorted(self.words.keys() & lexicon["words"].keys())
            if twice:
                raise DataFileError(f"“{twice[0]}”在别的词表文件里已经有了", where=f"checks/lexicon/{path.name}")
            for name, value in lexicon["words"].items():
                self.words[name] = "|".join(map(str, value)) if isinstance(value, list) else str(value)
            empty_words.update(lexicon["empty_words"])
        self.empty_words = frozenset(empty_words)
        self.spelled: dict[str, str] = {}

    def spell(self, pattern: str, where: str, inside: tuple[str, ...] = ()) -> str:
        def macro(found: re.Match) -> str:
            name = found[1]
            if name not in self.words or name in inside:
                raise DataFileError(
                    f"词表 checks/lexicon 里没有“{name}”" if name not in self.words else f"词表“{name}”引用了自己",
                    where=where,
                )
            if name not in self.spelled:
                self.spelled[name] = self.spell(self.words[name], "checks/lexicon", (*inside, name))
            return f"(?:{self.spelled[name]})"

        text = normal_pattern(pattern)
        return _MACRO.sub(macro, text)

    def compile(self, pattern: str, where: str) -> re.Pattern | None:
        if not pattern:
            return None
        try:
            return re.compile(self.spell(pattern, where), re.MULTILINE)
        except re.error as error:
            raise DataFileError(f"写法有误的表达式“{pattern}”（{error.msg}）", where=where) from None

    def rule(self, data: dict, where: str) -> Rule:
        compiled = {
            key: self.compile(data[key], where) for key in ("match", "field", "having", "unless", "section", "outside")
        }
        return Rule(
            **compiled,
            **{key: data[key] for key in ("zone", "owner", "quoted", "empty", "last", "substance", "reason")},
        )

    def element(self, path: Path) -> Element:
        data = yaml_file.read(path, _ElementSchema())
        where = "/".join(path.parts[-3:])
        common = {}
        if data["like"]:
            common = yaml_file.read(self.root / "common" / f"{data['like']}.yaml", _CommonSchema())
        order = ("present", "blank", "vague") if data["blank_first"] else ("present", "vague", "blank")
        rules = {
            status: tuple(self.rule(rule, where) for rule in (*data[status], *common.get(status, ())))
            for status in order
        }
        examples = {status: tuple(texts) for status, texts in data["examples"].items()}
        wanted = [
            s for s in ("present", "missing", *(s for s in ("vague", "blank") if rules[s])) if not examples.get(s)
        ]
        if wanted:
            raise DataFileError(f"examples 里每个状态都要有例子，还缺：{'、'.join(wanted)}", where=where)
        keep = {key: data[key] for key in ("label", "level", "authority", "advice", "missing")}
        return Element(id=path.stem, when=tuple(data["when"]), rules=rules, examples=examples, path=path, **keep)

    def kind(self, name: str) -> CheckKind:
        path = self.root / name / "kind.yaml"
        data = yaml_file.read(path, _KindSchema())
        where = f"checks/{name}/kind.yaml"
        for element in data["elements"]:
            if not (self.root / name / f"{element}.yaml").is_file():
                raise DataFileError(f"列出了要素“{element}”，但没有文件 {element}.yaml", where=where)
        signs = tuple(Sign(self.compile(s["match"], where), s["zone"], s["weight"], s["times"]) for s in data["signs"])
        outcomes = {key: self.compile(pattern, where) for key, pattern in data["outcomes"].items()}
        return CheckKind(name, data["label"], data["order"], signs, outcomes, tuple(data["elements"]), self)


class _Words(dict):
    """Name → compiled expression of the lexicon, compiled when first asked for."""

    def __init__(self, pack: _Pack):
        self.pack = pack

    def __missing__(self, name: str) -> re.Pattern:
        self[name] = self.pack.compile(self.pack.words[name], "checks/lexicon")
        return self[name]


def normal_pattern(pattern: str) -> str:
    """The pattern in the normal form of text, full-width punctuation made literal and `…` a gap inside a sentence."""
    out = pattern.replace("…", "\0").translate(_LITERAL)
    out = "".join(normal(c) if ord(c) > 127 else c for c in out)
    return _GAP.sub(lambda gap: rf"[^。!?;\n]{gap[1] or '{0,30}'}?", out)


@dataclass(frozen=True, slots=True)
class Rules:
    """All kinds of one folder, and the words of its lexicon that checking itself needs."""

    kinds: Mapping[str, CheckKind]
    words: Mapping[str, re.Pattern]
    empty_words: frozenset[str]

    def kind(self, kind_id: str) -> CheckKind:
        if kind_id not in self.kinds:
            known = "、".join(f"{k.id}（{k.label}）" for k in self.kinds.values())
            raise UsageError(f"没有名为“{kind_id}”的文书种类；现有：{known}", code="unknown_kind")
        return self.kinds[kind_id]


@cache
def rules(root: Path | None = None) -> Rules:
    """The rules of the shipped folder, or of `root`. Read once."""
    pack = _Pack(root or folder("checks"))
    names = [p.parent.name for p in sorted(pack.root.glob("*/kind.yaml"))]
    kinds = sorted((pack.kind(name) for name in names), key=lambda k: k.order)
    return Rules({kind.id: kind for kind in kinds}, _Words(pack), pack.empty_words)
