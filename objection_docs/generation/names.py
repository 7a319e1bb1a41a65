"""What a form's author got wrong, told before any letter is written: names, and tags that Word or a keyboard spoilt."""

import contextlib
import re
import zipfile
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from jinja2 import nodes
from lxml import etree

from objection_docs.packs.kinds import Fact, Kind

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ANY = None  # a value whose names can't be known, such as what a filter gives
_LOOP = dict.fromkeys(("index", "index0", "revindex", "revindex0", "first", "last", "length", "previtem", "nextitem"))
_OF_TYPE = {
    "date": ("iso", "year", "month", "day"),
    "amount": ("figures", "capital", "number"),
    "choice": ("key",),
    "passage": ("paragraphs",),
}
_FOREIGN = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends, nodes.Macro, nodes.CallBlock, nodes.Block)
_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml\Z")
_FULL_WIDTH = re.compile(r"[｛{]\s*[｛{％%]|[％%｝}]\s*[｝}]")


class _Shape:
    """What may be asked of a value: its names, and what walking over it gives."""

    def __init__(self, about: str, names: dict | None = None, item=_ANY, lines: bool = False):
        self.about, self.names, self.item, self.lines = about, names or {}, item, lines


def _shape(fact: Fact) -> _Shape:
    about = f"“{fact.label}”（{fact.name}）"
    inside = {item.name: _shape(item) for item in fact.items}
    if fact.type == "list":
        return _Shape(about, {}, _Shape(about, inside))
    plain = {name: _Shape(f"{about}的 {name}") for name in _OF_TYPE.get(fact.type, ())}
    if fact.type == "passage":
        plain["paragraphs"] = _Shape(about, {}, _Shape(about))
    return _Shape(about, inside or plain, lines=fact.type == "passage")


def declared(kind: Kind) -> dict[str, _Shape]:
    """Every name that the kind's form may use."""
    words = {name for wording in kind.words.values() for name in wording} | {"title", "procedure"}
    return {fact.name: _shape(fact) for fact in kind.facts} | {name: _Shape(f"“{name}”") for name in words}


class _Walk:
    """Goes through a part's code with the names that are in sight, and notes each that isn't."""

    def __init__(self, scope: dict):
        self.scope = scope
        self.faults: list[tuple[int, str]] = []

    def look(self, node: nodes.Node, scope: dict | None = None, lenient: bool = False):
        """The shape of an expression; a statement has none. `lenient`: asks only whether the name is there."""
        scope = self.scope if scope is None else scope
        if isinstance(node, nodes.Name):
            return self._name(node, scope)
        if isinstance(node, (nodes.Getattr, nodes.Getitem)):
            return self._inside(node, scope, lenient)
        if isinstance(node, nodes.For):
            return self._loop(node, scope)
        if isinstance(node, nodes.Assign) and isinstance(node.target, nodes.Name):
            scope[node.target.name] = self.look(node.node, scope)
            return _ANY
        if isinstance(node, nodes.Test) and node.name in ("defined", "undefined"):
            self.look(node.node, scope, lenient=True)
            return _ANY
        if isinstance(node, _FOREIGN):
            self.faults.append((node.lineno, "表单里不能用 include、import、extends、macro、call"))
            return _ANY
        if isinstance(node, nodes.Filter) and node.node is not None:
            shape = self.look(node.node, scope)
            if shape is not _ANY and shape.lines:
                self.faults.append((node.lineno, f"{shape.about}有多个段落，不能用过滤器；请用 .paragraphs 逐段写"))
            for inner in (*node.args, *node.kwargs):
                self.look(inner, scope)
            return _ANY
        for inner in node.iter_child_nodes():
            self.look(inner, scope)
        return _ANY

    def _name(self, node: nodes.Name, scope: dict):
        if node.ctx != "load":
            return _ANY
        if node.name not in scope:
            self.faults.append((node.lineno, f"没有名为 {node.name} 的事实{_nearest(node.name, scope)}"))
        return scope.get(node.name, _ANY)

    def _inside(self, node, scope: dict, lenient: bool):
        shape = self.look(node.node, scope)
        name = node.attr if isinstance(node, nodes.Getattr) else getattr(node.arg, "value", None)
        if shape is _ANY or lenient:
            return _ANY
        if isinstance(name, int):
            return shape.item
        if name not in shape.names:
            has = f"；它有：{'、'.join(shape.names)}" if shape.names else ""
            self.faults.append((node.lineno, f"{shape.about}里没有 {name}{_nearest(str(name), shape.names)}{has}"))
        return shape.names.get(name, _ANY)

    def _loop(self, node: nodes.For, scope: dict):
        walked = self.look(node.iter, scope)
        inner = dict(scope, loop=_Shape("loop", _LOOP))
        targets = node.target.items if isinstance(node.target, nodes.Tuple) else [node.target]
        for target in targets:
            inner[target.name] = walked.item if walked is not _ANY and len(targets) == 1 else _ANY
        for part in ([node.test] if node.test else []) + node.body + node.else_:
            self.look(part, inner)
        return _ANY


def _nearest(name: str, known) -> str:
    near = get_close_matches(name, list(known), 1)
    return f"，是不是 {near[0]}？" if near else "，请对照同名的 yaml 文件核对拼写"


def unknown_names(tree: nodes.Template, kind: Kind) -> list[tuple[int, str]]:
    """(line of the source, fault) for each name in a part that the kind doesn't declare."""
    walk = _Walk(declared(kind))
    walk.look(tree)
    return walk.faults


def spoilt_tags(kind: Kind) -> list[str]:
    """Tags that are only text: full-width braces, one brace, half a tag; words that a {%p %} paragraph would lose."""
    single = re.compile(rf"(?<!\{{)\{{\s*({'|'.join(map(re.escape, declared(kind)))})\s*\}}(?!\}})")
    return [
        f"{part} 第 {number} 段“{text[:60]}”：{fault}"
        for part, number, text in _paragraphs(kind.form)
        for fault in _of_paragraph(text, single)
    ]


def _paragraphs(form: Path) -> Iterator[tuple[str, int, str]]:
    """Each paragraph of the form as Word shows it: its part, its number there, its text. None if it is no Word file."""
    with contextlib.suppress(zipfile.BadZipFile, etree.XMLSyntaxError, OSError), zipfile.ZipFile(form) as archive:
        for part in filter(_PARTS.match, archive.namelist()):
            for number, paragraph in enumerate(etree.fromstring(archive.read(part)).iter(f"{_W}p"), 1):
                yield part, number, "".join(t.text or "" for t in paragraph.iter(f"{_W}t"))


def _of_paragraph(text: str, single: re.Pattern) -> list[str]:
    if "{" not in text and "｛" not in text:
        return []
    faults = []
    for found in _FULL_WIDTH.finditer(text):
        if re.search("[｛｝％]", found[0]) or " " in found[0]:
            faults.append(f"标签的括号 {found[0]} 不是两个连着的半角符号，应当写作 {{{{ }}}} 或 {{% %}}")
            break
    if found := single.search(text):
        faults.append(f"标签少了一层括号，应当写作 {{{{ {found[1]} }}}}")
    for opening, closing in (("{{", "}}"), ("{%", "%}"), ("{#", "#}")):
        if text.count(opening) != text.count(closing):
            faults.append(f"标签不完整：{opening} 与 {closing} 应当成对写在同一段里")
    if re.search(r"\{%-?p\s", text) and re.sub(r"\{%.*?%\}", "", text).strip():
        faults.append("{%p … %} 所在的整段会被去掉，不能与其他文字写在同一段")
    return faults
