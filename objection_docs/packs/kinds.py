"""templates_zh/<kind>.yaml → Kind: what a form is called, which facts it takes, which element each fact feeds.

The Word form of the same name lies beside it. An author's mistake is a DataFileError with file and line.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

import marshmallow as ma
from marshmallow import fields, validate

from objection_docs.errors import DataFileError, UsageError
from objection_docs.packs import layers, yaml_file

TYPES = ("text", "passage", "date", "amount", "count", "flag", "choice", "list", "group")
LONGEST = {"text": 200, "passage": 5000}
#: Names that a form has from elsewhere: the title, the procedure, and what jinja keeps for itself.
RESERVED = {"title", "procedure", "loop", "true", "false", "none", "True", "False", "None", "self", "caller", "varargs"}
RESERVED |= {"and", "or", "not", "in", "is", "if", "else", "elif", "for", "set", "import", "from", "kwargs"}


@dataclass(frozen=True, eq=False)
class Fact:
    """One fact that a form takes. `needed` says whether it must be given; `when` may lift that."""

    name: str
    label: str
    type: str
    element: str = ""
    required: bool = False
    procedures: Mapping[str, bool] = field(default_factory=dict)
    help: str = ""
    sample: object = None
    max: int = 0
    choices: Mapping[str, str] = field(default_factory=dict)
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    least: int = 0
    items: tuple["Fact", ...] = ()

    def needed(self, procedure: str | None) -> bool:
        return self.procedures.get(procedure or "", self.required)

    @property
    def longest(self) -> int:
        return self.max or LONGEST.get(self.type, 0)


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of letter: its form and what goes into it."""

    id: str
    label: str
    form: Path
    facts: tuple[Fact, ...]
    order: int = 0
    about: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    samples: Mapping[str, Mapping] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def title(self, procedure: str | None = None) -> str:
        return self.titles.get(procedure or "") or self.titles.get("default") or self.label

    def wording(self, procedure: str | None = None) -> dict[str, str]:
        """The form's own words in this procedure, by name."""
        return {**self.words.get("default", {}), **self.words.get(procedure or "", {})}

    @property
    def elements(self) -> tuple[str, ...]:
        """Ids of the elements that its facts feed, in the order of the form."""
        return tuple(dict.fromkeys(fact.element for fact in every_fact(self.facts) if fact.element))

    @property
    def procedures(self) -> tuple[str, ...]:
        """Ids of the procedures that this kind speaks of by name, in the order of the file."""
        named = [*self.titles, *self.samples, *self.words]
        named += [procedure for fact in every_fact(self.facts) for procedure in fact.procedures]
        return tuple(dict.fromkeys(name for name in named if name != "default"))


def every_fact(facts: tuple[Fact, ...]) -> Iterator[Fact]:
    """The facts and the facts inside them."""
    for fact in facts:
        yield fact
        yield from every_fact(fact.items)


_TEXT = validate.Length(min=1, error="这里不能空着")
_NAME = validate.Regexp(r"[a-z][a-z0-9_]*\Z", error="名称只能用小写英文字母、数字和下划线，例如 sender_name")


_FREE = validate.NoneOf(RESERVED, error="这个名称已另有用途，请换一个")


class _FactSchema(ma.Schema):
    name = fields.String(required=True, validate=[_NAME, _FREE])
    label = fields.String(required=True, validate=_TEXT)
    type = fields.String(required=True, validate=validate.OneOf(TYPES, error=f"没有这种类型，可用：{'、'.join(TYPES)}"))
    element = fields.String()
    required = fields.Boolean(truthy={True}, falsy={False})
    procedures = fields.Dict(fields.String(), fields.Boolean(truthy={True}, falsy={False}))
    help = fields.String()
    sample = fields.Raw()
    max = fields.Integer(strict=True, validate=validate.Range(min=1, error="应当是大于 0 的整数"))
    choices = fields.Dict(fields.String(validate=_NAME), fields.String(validate=_TEXT))
    when = fields.Dict(fields.String(), fields.List(fields.String(), validate=_TEXT))
    least = fields.Integer(strict=True, validate=validate.Range(min=1, error="应当是大于 0 的整数"))
    items = fields.List(fields.Nested(lambda: _FactSchema()))

    @ma.validates_schema
    def _keys_fit_the_type(self, data, **_):
        kind = data["type"]
        for key, types in (("choices", ("choice",)), ("items", ("list", "group"))):
            if kind in types and not data.get(key):
                raise ma.ValidationError(f"类型 {kind} 需要 {key}", "type")
            if kind not in types and key in data:
                raise ma.ValidationError(f"只有类型 {'、'.join(types)} 才能有 {key}", key)
        if "least" in data and kind != "list":
            raise ma.ValidationError("只有类型 list 才能有 least", "least")
        if "max" in data and kind not in LONGEST:
            raise ma.ValidationError("只有类型 text、passage 才能有 max", "max")
        labels = list(data.get("choices", {}).values())
        if len(set(labels)) < len(labels):
            raise ma.ValidationError("两个选项的中文名称相同", "choices")
        _check_siblings(data.get("items", []), "items")

    @ma.post_load
    def _make(self, data, **_):
        data["items"] = tuple(data.get("items", ()))
        data["when"] = {name: tuple(keys) for name, keys in data.get("when", {}).items()}
        return Fact(**data)


def _check_siblings(facts: list[Fact], key: str) -> None:
    """Names are used once; a condition looks back at a choice that stands before it, and at keys that it has."""
    seen: dict[str, Fact] = {}
    for i, fact in enumerate(facts):
        if fact.name in seen:
            raise ma.ValidationError({key: {i: {"name": [f"事实“{fact.name}”出现了两次"]}}})
        for name, wanted in fact.when.items():
            choices = seen[name].choices if name in seen else {}
            if not choices:
                raise ma.ValidationError({key: {i: {"when": [f"“{name}”应当是排在前面的一个 choice"]}}})
            unknown = next((w for w in wanted if w not in choices), None)
            if unknown is not None:
                raise ma.ValidationError(
                    {key: {i: {"when": [f"“{name}”没有选项 {unknown}，有：{'、'.join(choices)}"]}}}
                )
        seen[fact.name] = fact


class _KindSchema(ma.Schema):
    label = fields.String(required=True, validate=_TEXT)
    order = fields.Integer(strict=True, load_default=100)
    about = fields.String(load_default="")
    titles = fields.Dict(fields.String(), fields.String(validate=_TEXT), load_default=dict)
    words = fields.Dict(fields.String(), fields.Dict(fields.String(validate=_NAME), fields.String()), load_default=dict)
    facts = fields.List(fields.Nested(_FactSchema), required=True, validate=_TEXT)
    samples = fields.Dict(fields.String(), fields.Dict(fields.String()), load_default=dict)

    @ma.validates_schema
    def _whole(self, data, **_):
        _check_siblings(data["facts"], "facts")
        names = {fact.name for fact in data["facts"]}
        for procedure, changes in data["samples"].items():
            for name in changes:
                if name not in names:
                    raise ma.ValidationError({"samples": {procedure: {name: ["没有这个事实，请核对拼写"]}}})
        default = data["words"].get("default", {})
        for procedure, words in data["words"].items():
            for name in words:
                if name in names or name in RESERVED:
                    raise ma.ValidationError({"words": {procedure: {name: ["与事实或保留名称重名，请换一个"]}}})
                if name not in default:
                    raise ma.ValidationError({"words": {procedure: {name: ["default 里没有这个词，请先在那里写上"]}}})


def load(path: Path) -> Kind:
    """The kind that `path` (a YAML file with a Word form beside it) describes."""
    data = yaml_file.read(path, _KindSchema())
    form = path.with_suffix(".docx")
    if not form.is_file():
        raise DataFileError(f"缺少同名的 Word 表单 {form.name}", where=yaml_file.place(path))
    data["facts"] = tuple(data["facts"])
    return Kind(id=path.stem, form=form, **data)


@lru_cache(maxsize=8)
def _installed(roots: layers.Roots) -> dict[str, Kind]:
    found = [load(path) for path in layers.by_id("*.yaml", roots).values()]
    return {kind.id: kind for kind in sorted(found, key=lambda kind: (kind.order, kind.id))}


def kinds(folder: Path | None = None) -> dict[str, Kind]:
    """All kinds by id, in their order: ours and those of plugins, read once; another folder is read anew."""
    if folder is None:
        return dict(layers.read(_installed, layers.forms))
    if not folder.is_dir():
        raise UsageError(f"没有这个文件夹：{folder}", code="unknown_folder")
    return _installed.__wrapped__((folder,))


def kind(kind_id: str, folder: Path | None = None) -> Kind:
    """The kind of this id. UsageError `unknown_kind` lists the known ones."""
    known = kinds(folder)
    if isinstance(kind_id, str) and kind_id in known:
        return known[kind_id]
    by_label = {k.label: k.id for k in known.values()}
    near = [by_label.get(str(kind_id))] if str(kind_id) in by_label else get_close_matches(str(kind_id), known, 1)
    hint = f"是不是 {near[0]}？" if near else ""
    listed = "、".join(f"{k.id}（{k.label}）" for k in known.values())
    raise UsageError(f"没有“{kind_id}”这种文书。{hint}现有：{listed}", code="unknown_kind", field="kind")
