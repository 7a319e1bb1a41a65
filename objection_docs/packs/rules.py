"""checks/<kind>/*.yaml → CheckKind: how a kind is recognised, its elements, and the rules that decide their status.

A rule says where to look and what to find; `objection_docs.checking` applies it. How patterns are written is told in
`patterns`, which keys a file may have in `rule_schema`. A user's own folders lie on top of the shipped one: a file of
the same name takes its place, a word of the lexicon likewise; what is new is added.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path

from objection_docs import plugins
from objection_docs.errors import DataFileError, UsageError
from objection_docs.folders import folder
from objection_docs.packs import answering, layers, terms, wording, yaml_file
from objection_docs.packs.patterns import GROUPS, Lexicon
from objection_docs.packs.rule_schema import PATTERNS, STATUSES, CommonSchema, ElementSchema, KindSchema

__all__ = ["STATUSES", "CheckKind", "Element", "Rule", "Rules", "Sign", "is_own", "rules", "shipped"]

_RETENTION = "retention.yaml"  # lies beside the rules, but says how long letters are kept
_GROUP_NAME = re.compile(r"\(\?P<(\w+)>")


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to see a status. `match` runs over the text, or over the value of a labelled field when `field` is given.

    A group `name` in `match` gives a party's name. `having` looks at the whole sentence, `unless` at the clauses around
    the match; `section`/`outside` at the headings and labels above it; `owner`: whose block it stands in. `empty`: the
    field stands there without a value. `last`: the last match counts, not the first. `weak`: counts only where nothing
    stands blank, as «贵方» in the text doesn't make up for an empty «致：____». `substance`: at least so many
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
    weak: bool
    substance: int
    reason: str
    where: str  # file and line, for the author


@dataclass(frozen=True, slots=True)
class Element:
    """One thing that a kind must hold. `rules`: status → rules in the order they are tried.

    `passage`: the quote is the whole passage that tells it, as facts take more than a clause; `block`: the lines of the
    signature block around it. `exact`: what the rules read as vague stays so, whatever it sounds like. `telling`: in
    more than a short note at least so many sentences must tell it; a single one in a page of complaints is vague.
    `owner`: sender where it is the sender's own: what stands in the other side's part says nothing of it, to no rule
    and to no second opinion.
    """

    id: str
    label: str
    level: str
    authority: str
    advice: str
    missing: str
    passage: bool
    block: bool
    exact: bool
    telling: int
    owner: str
    when: tuple[str, ...]  # only needed under these conclusions; empty: always
    rules: Mapping[str, tuple[Rule, ...]]
    examples: Mapping[str, tuple[str, ...]]
    example_places: Mapping[str, tuple[str, ...]]  # file and line of each
    path: Path


@dataclass(frozen=True, slots=True)
class Sign:
    """What tells kinds apart: found `times` times in the zone (`lead`: how the body begins), it speaks for or against.

    `weights`: kind → how much; in the file `weight` is short for the kind's own.
    """

    match: re.Pattern
    zone: str
    times: int
    weights: Mapping[str, float]


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
        return tuple(self.element(name) for name in self.element_ids)

    def element(self, name: str) -> Element:
        """One element, read anew."""
        return self._pack.element(self, name)

    @cached_property
    def wording(self) -> wording.Wording | None:
        """What sentences of this kind are weighed with; None for a kind without labelled letters."""
        return self._pack.wording(self)


class _Pack:
    """Folders of checks being read, the shipped one first: whose file is whose, and the lexicon."""

    def __init__(self, roots: tuple[Path, ...]):
        self.roots = roots
        for root in roots:
            if not root.is_dir():
                raise UsageError(f"没有这个规则文件夹：{root}", code="no_folder")
        self.lexicon = Lexicon(roots)
        for root in roots[1:]:
            self._look_over(root)

    def find(self, name: str) -> Path | None:
        """The file that counts: the last folder's that has it."""
        return next((root / name for root in reversed(self.roots) if (root / name).is_file()), None)

    def foreign(self, path: Path) -> bool:
        return not path.is_relative_to(self.roots[0])

    def _look_over(self, root: Path) -> None:
        """A file of the user's that nothing would read is a mistake, mostly of spelling."""
        for path in sorted(root.rglob("*.yaml")):
            name = path.relative_to(root)
            where = yaml_file.place(path)
            first = name.parts[0]
            if name.as_posix() in layers.LISTS:
                continue
            if len(name.parts) != 2 or first == "faults":
                said = "规则文件只能放在 <文书种类>/、procedures/、common/、lexicon/ 或 holidays/ 里"
                also = "、".join(sorted(layers.LISTS))
                raise DataFileError(f"这个位置的文件不会被读到；{said}，此外还有 {also}", where=where)
            if first in ("lexicon", "common", "holidays", "procedures"):
                continue
            if self.find(f"{first}/kind.yaml") is None:
                raise DataFileError(f"没有文书种类“{first}”；新的种类要有 {first}/kind.yaml", where=where)
            if name.name != "kind.yaml" and path.stem not in self._listed(first):
                said = f"请列入 {first}/kind.yaml 的 elements（在自己的文件夹里放一份改过的 kind.yaml）"
                raise DataFileError(f"要素“{path.stem}”没有列出；{said}", where=where)

    def _listed(self, kind: str) -> list[str]:
        return yaml_file.read(self.find(f"{kind}/kind.yaml"), KindSchema())["elements"]

    def rule(self, loaded: yaml_file.Loaded, status: str, number: int) -> Rule:
        data, foreign = loaded.data[status][number], self.foreign(loaded.path)
        compiled = {
            key: self.lexicon.compile(data[key], loaded.where(status, number, key), foreign) for key in PATTERNS
        }
        strange = _GROUP_NAME.findall(data["match"])
        wrong = next((name for name in strange if name not in GROUPS), None)
        if wrong:
            said = f"没有组名“{wrong}”，可用：quote（引出的原文）、name（当事人名称）"
            raise DataFileError(said, where=loaded.where(status, number, "match"))
        plain = {key: data[key] for key in ("zone", "owner", "quoted", "empty", "last", "weak", "substance", "reason")}
        return Rule(**compiled, **plain, where=loaded.where(status, number))

    def _rules(self, loaded: yaml_file.Loaded) -> dict[str, tuple[Rule, ...]]:
        found = {s: tuple(self.rule(loaded, s, i) for i in range(len(loaded.data[s]))) for s in STATUSES[:3]}
        like = loaded.data.get("like")
        if like:
            path = self.find(f"common/{like}.yaml")
            if path is None:
                raise DataFileError(f"common 文件夹里没有 {like}.yaml", where=loaded.where("like"))
            common = self._rules(yaml_file.load(path, CommonSchema()))
            found = {status: (*rules, *common[status]) for status, rules in found.items()}
        return found

    def element(self, kind: CheckKind, name: str) -> Element:
        path = self.find(f"{kind.id}/{name}.yaml")
        loaded = yaml_file.load(path, ElementSchema())
        data, rules = loaded.data, self._rules(loaded)
        if data["owner"]:
            rules = {s: tuple(replace(r, owner=r.owner or data["owner"]) for r in rs) for s, rs in rules.items()}
        examples = {status: tuple(texts) for status, texts in data["examples"].items()}
        needed = ("present", "missing", *(s for s in ("vague", "blank") if rules[s]))
        wanted = [status for status in needed if not examples.get(status)]
        if wanted:
            said = f"examples 里每个状态都要有例子，还缺：{'、'.join(wanted)}"
            raise DataFileError(said, where=loaded.where("examples"))
        for i, outcome in enumerate(data["when"]):
            if outcome not in (*kind.outcomes, "unclear"):
                there = "、".join((*kind.outcomes, "unclear"))
                said = f"when 里没有“{outcome}”这个结论，可用：{there}（见 {kind.id}/kind.yaml 的 outcomes）"
                raise DataFileError(said, where=loaded.where("when", i))
        keep = {
            key: data[key]
            for key in (
                *("passage", "block", "exact", "telling", "owner"),
                *("label", "level", "authority", "advice", "missing"),
            )
        }
        return Element(
            id=name,
            when=tuple(data["when"]),
            rules=rules,
            examples=examples,
            example_places={
                s: tuple(loaded.where("examples", s, i) for i in range(len(examples[s]))) for s in examples
            },
            path=path,
            **keep,
        )

    def wording(self, kind: CheckKind) -> wording.Wording | None:
        path, second = self.find(f"{kind.id}/wording.csv"), self.find("second_opinion.csv")
        if path is None or second is None:
            return None
        own = {name for name in kind.element_ids if self.foreign(self.find(f"{kind.id}/{name}.yaml"))}
        return wording.load(path, second, frozenset(kind.element_ids) - own)

    def kind(self, name: str) -> CheckKind:
        loaded = yaml_file.load(self.find(f"{name}/kind.yaml"), KindSchema())
        data, foreign = loaded.data, self.foreign(loaded.path)
        for i, element in enumerate(data["elements"]):
            where = loaded.where("elements", i)
            if element in data["elements"][:i]:
                raise DataFileError(f"要素“{element}”列了两次", where=where)
            if self.find(f"{name}/{element}.yaml") is None:
                raise DataFileError(f"列出了要素“{element}”，但没有文件 {element}.yaml", where=where)
        signs = tuple(
            Sign(
                self.lexicon.compile(s["match"], loaded.where("signs", i, "match"), foreign),
                s["zone"],
                s["times"],
                s["weights"] or {name: s["weight"]},
            )
            for i, s in enumerate(data["signs"])
        )
        outcomes = {
            key: self.lexicon.compile(pattern, loaded.where("outcomes", key), foreign)
            for key, pattern in data["outcomes"].items()
        }
        return CheckKind(name, data["label"], data["order"], signs, outcomes, tuple(data["elements"]), self)

    def kinds(self) -> list[CheckKind]:
        names = sorted({path.parent.name for root in self.roots for path in root.glob("*/kind.yaml")})
        found = sorted((self.kind(name) for name in names), key=lambda kind: (kind.order, kind.id))
        for kind in found:
            for name in kind.element_ids:
                if plugins.owner(self.find(f"{kind.id}/{name}.yaml")):
                    kind.element(name)  # a plugin's mistake shows now, while it can still be left out
        return found

    def version(self) -> str:
        """The first digits of a hash over every file that bears on a report."""
        digest = sha256()
        for root in self.roots:
            files = (p for p in root.rglob("*.*") if p.suffix in (".yaml", ".csv") and p != root / _RETENTION)
            for path in sorted(files):
                digest.update(path.relative_to(root).as_posix().encode())
                digest.update(path.read_bytes())
        return digest.hexdigest()[:12]


class _Words(dict):
    """Name → compiled expression of the lexicon, compiled when first asked for."""

    def __init__(self, lexicon: Lexicon):
        self.lexicon = lexicon

    def __missing__(self, name: str) -> re.Pattern:
        self[name] = self.lexicon.word(name)
        return self[name]


@dataclass(frozen=True, slots=True)
class Rules:
    """All kinds, and the words of the lexicon that checking itself needs. `version` names the state of the files."""

    kinds: Mapping[str, CheckKind]
    terms: terms.Terms
    words: Mapping[str, re.Pattern]
    empty_words: frozenset[str]
    version: str
    answering_file: Path

    @property
    def answering(self) -> answering.Answering:
        """What tells whether a reply answers a point."""
        return _answering(self.answering_file)

    def kind(self, kind_id: str) -> CheckKind:
        if kind_id not in self.kinds:
            known = "、".join(f"{k.id}（{k.label}）" for k in self.kinds.values())
            raise UsageError(f"没有名为“{kind_id}”的文书种类；现有：{known}", code="unknown_kind", field="kind")
        return self.kinds[kind_id]


@cache
def _read(roots: tuple[Path, ...]) -> Rules:
    pack = _Pack(roots)
    kinds = {kind.id: kind for kind in pack.kinds()}
    return Rules(
        kinds,
        terms.load(pack.find("kinds.csv")),
        _Words(pack.lexicon),
        pack.lexicon.empty_words,
        pack.version(),
        pack.find("answering.csv"),
    )


@cache
def _answering(path: Path) -> answering.Answering:
    return answering.load(path)


def shipped() -> Rules:
    """The rules as they were shipped, without the user's own. Read once."""
    return _read((folder("checks"),))


def rules(*own: Path) -> Rules:
    """The shipped rules with the folders `own` on top; without any, those of plugins and of $OBJECTION_DOCS_CHECKS.
    Read once."""
    if own:
        return _read((folder("checks"), *(path.resolve() for path in own)))
    return layers.read(_read)


def is_own(kind_id: str) -> bool:
    """Whether a plugin or a user adds this kind: it can be checked, though there may be no form to write it."""
    return len(layers.checks()) > 1 and kind_id in rules().kinds
