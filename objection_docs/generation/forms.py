"""A Word form, compiled once: its tags become jinja code, everything else a finished piece of the letter to come.

docxtpl turns Word's XML into jinja source (tags that Word split, {%p %}, {%tr %} and the like). Rendering is our own:
one sandboxed environment, strict names, autoescape, and no tree of XML unless the form needs docxtpl's repair of tables
or the letter has gaps to highlight.
"""

import io
import re
import threading
import zipfile
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

import jinja2
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

from objection_docs.errors import FormError
from objection_docs.facts.values import GAP_OPEN, LINE_BREAK, Gap
from objection_docs.generation import gaps
from objection_docs.generation.package import Package

#: What a form may do to a value; no other filter, no function, no test that looks inside an object.
FILTERS = (
    "default",
    "first",
    "join",
    "last",
    "length",
    "list",
    "lower",
    "replace",
    "reverse",
    "round",
    "trim",
    "upper",
)
TESTS = ("defined", "undefined", "string", "number", "eq", "ne", "lt", "gt", "le", "ge", "in", "odd", "even")
_TAGGED = re.compile(r"\{[{%#]")
_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml\Z|docProps/(core|app|custom)\.xml\Z")
#: A tag between cells ({%tc %}), a computed span or merge: the number of cells in a row hangs on the facts.
_CELLS_VARY = re.compile(r'(?:</w:tc>|<w:tr(?: [^>]*)?>|</w:trPr>)\s*\{%|gridSpan w:val="\{\{|vMerge w:val="\{%')
_EMPTY_CELL = re.compile(r"(</w:tcPr>|<w:tcPr/>|<w:tc>)\s*</w:tc>")
_ROWLESS_END = re.compile(r"</w:tblGrid>\s*</w:tbl>")
_ROWLESS = re.compile(r"<w:tbl>(?:(?!<w:tbl>).)*?</w:tblGrid>\s*</w:tbl>", re.DOTALL)
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_KEPT = 32


def environment() -> SandboxedEnvironment:
    env = SandboxedEnvironment(undefined=jinja2.StrictUndefined, autoescape=True, keep_trailing_newline=True)
    env.globals.clear()
    env.filters = {name: env.filters[name] for name in FILTERS}
    env.tests = {name: env.tests[name] for name in TESTS} | {"gap": lambda value: isinstance(value, Gap)}
    return env


_ENV = environment()


def parse(source: str) -> jinja2.nodes.Template:
    """The code of a part, for those who look through it."""
    return _ENV.parse(source)


@dataclass(frozen=True)
class Part:
    """One XML part with tags. `repair`: docxtpl has to mend its tables or pictures once it is filled in."""

    name: str
    source: str
    template: jinja2.Template
    repair: bool


@dataclass(frozen=True, eq=False)
class Form:
    """A compiled form."""

    path: Path
    package: Package
    parts: tuple[Part, ...]

    def render(self, values: dict) -> bytes:
        """The letter as a Word file."""
        return self.package.with_parts({part.name: self._part(part, values) for part in self.parts})

    def _part(self, part: Part, values: dict) -> bytes:
        try:
            xml = part.template.render(values)
        except Exception as error:  # whatever a form's expression can raise is the form's mistake
            raise mistake(self.path, part, error) from error
        if not part.name.startswith("word/"):
            xml = xml.replace(LINE_BREAK, "\n")
        try:
            expat.ParserCreate(namespace_separator=" ").Parse(xml, True)
        except expat.ExpatError as error:
            raise FormError(
                f"标签与 Word 的段落、表格交错，填写后文件不完整（{error}）；"
                "请把 if、for 与对应的结束标签放在同一段里，或各占一段并写成 {%p … %}",
                where=f"{self.path.name} {part.name}",
            ) from None
        if "<w:tbl" in xml:
            xml = _as_word_wants(xml)
        if part.repair:
            xml = _DECLARATION + _repaired(xml)
        return (gaps.highlighted(xml, _DECLARATION) if GAP_OPEN in xml else xml).encode()


def _as_word_wants(xml: str) -> str:
    """A cell that lost its last paragraph gets one, a table that lost its last row goes; else Word calls it damaged."""
    if _ROWLESS_END.search(xml):
        xml = _ROWLESS.sub("", xml)
    return _EMPTY_CELL.sub(r"\1<w:p/></w:tc>", xml)


def _repaired(xml: str) -> str:
    """docxtpl's own work after rendering: columns of tables that gained or lost cells, ids of pictures in loops."""
    from docxtpl import DocxTemplate

    worker = DocxTemplate(io.BytesIO())
    worker.docx_ids_index = 1000
    tree = worker.fix_tables(xml.removeprefix(_DECLARATION))
    worker.fix_docpr_ids(tree)
    return etree.tostring(tree, encoding="unicode")


def place(source: str, line: int) -> str:
    """The words of the form around a line of jinja source; each paragraph begins a line, the first one the third."""
    lines = source.split("\n")
    for number in (line, line - 1, line + 1):
        if 0 < number <= len(lines):
            words = " ".join(re.sub(r"<[^>]*>", " ", lines[number - 1]).split())
            if words:
                return f"第 {max(number - 2, 1)} 段附近“{words[:60]}”"
    return ""


def mistake(path: Path, part: Part, error: Exception) -> FormError:
    """What went wrong while a letter was written, in the words of the form's author."""
    line, trace = 0, error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return FormError(f"{place(part.source, line)}：{_said(error)}".lstrip("："), where=f"{path.name} {part.name}")


def _said(error: Exception) -> str:
    text = str(getattr(error, "message", None) or error)
    if isinstance(error, jinja2.exceptions.SecurityError):
        return f"标签不能取用对象的内部（{text}）"
    if found := re.match(r"'(.+)' is undefined|.*has no attribute '(.+)'", text):
        return f"没有名为 {found[1] or found[2]} 的事实，请对照同名的 yaml 文件核对拼写"
    if found := re.match(r"No (filter|test) named '(.+?)'", text):
        what = "过滤器" if found[1] == "filter" else "判断"
        return f"没有名为 {found[2]} 的{what}；可用：{'、'.join(FILTERS if found[1] == 'filter' else (*TESTS, 'gap'))}"
    if isinstance(error, jinja2.TemplateSyntaxError):
        return f"标签写法有误（{text}）；标签写作 {{{{ 名称 }}}} 或 {{% if 名称 %}}…{{% endif %}}"
    return f"标签无法执行（{text}）"


def _source(blob: bytes, name: str) -> str | None:
    """The jinja source of a part, or None when it has no tags."""
    tree = etree.fromstring(blob, etree.XMLParser(resolve_entities=False, no_network=True))
    if not _TAGGED.search("".join(tree.itertext())):
        return None
    from docxtpl import DocxTemplate

    xml = etree.tostring(tree, encoding="unicode").replace("\n", " ")
    if name.startswith("word/"):
        xml = re.sub(r"<w:p([ >])", r"\n<w:p\1", DocxTemplate(io.BytesIO()).patch_xml(xml))
    for written, meant in (("{_{", "{{"), ("}_}", "}}"), ("{_%", "{%"), ("%_}", "%}")):
        xml = xml.replace(written, f"{{{{ '{meant}' }}}}")
    return _DECLARATION + xml.lstrip("\n")


def _left_open(source: str) -> tuple[str, int] | None:
    """The first if or for that nothing ends, with its line: jinja itself would only point at the end of the form."""
    opened: list[tuple[str, int]] = []
    for found in re.finditer(r"\{%[-+]?\s*(end)?(if|for)\b", source):
        if not found[1]:
            opened.append((found[2], source.count("\n", 0, found.start()) + 1))
        elif opened and opened[-1][0] == found[2]:
            opened.pop()
    return opened[0] if opened else None


def _compiled(path: Path, name: str, source: str) -> Part:
    try:
        template = _ENV.from_string(source)
    except jinja2.TemplateError as error:
        opened = _left_open(source)
        said = f"{{% {opened[0]} %}} 没有用 {{% end{opened[0]} %}} 结束" if opened else _said(error)
        near = place(source, opened[1] if opened else getattr(error, "lineno", 0) or 0)
        raise FormError(f"{near}：{said}".lstrip("："), where=f"{path.name} {name}") from None
    repair = bool(_CELLS_VARY.search(source)) or ("wp:docPr" in source and "{% for" in source)
    return Part(name, source, template, repair)


def compiled(path: Path, data: bytes) -> Form:
    """The form made ready from the bytes of its Word file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}
        sources = {name: _source(members[name], name) for name in members if _PARTS.match(name)}
    except (zipfile.BadZipFile, etree.XMLSyntaxError, RuntimeError, NotImplementedError, OSError):
        raise FormError("不是完好的 Word（.docx）文件，请用 Word 打开后重新另存", where=path.name) from None
    if "word/document.xml" not in members or "[Content_Types].xml" not in members:
        raise FormError("不是 Word（.docx）文件，请用 Word 另存为 .docx", where=path.name)
    sources = {name: source for name, source in sources.items() if source is not None}
    fixed = {name: members[name] for name in sorted(members, key=lambda n: n != "[Content_Types].xml")}
    for name in sources:
        del fixed[name]
    return Form(path, Package(fixed), tuple(_compiled(path, name, source) for name, source in sources.items()))


_forms: "OrderedDict[tuple, Form]" = OrderedDict()
_lock = threading.Lock()


def load(path: Path) -> Form:
    """The compiled form; compiled again only when the file has changed."""
    try:
        stat = path.stat()
        key = (str(path), stat.st_mtime_ns, stat.st_size)
        with _lock:
            if key in _forms:
                _forms.move_to_end(key)
                return _forms[key]
        form = compiled(path, path.read_bytes())
    except OSError as error:
        raise FormError(f"读不到这份 Word 表单（{error.strerror}）", where=path.name) from None
    with _lock:
        _forms[key] = form
        while len(_forms) > _KEPT:
            _forms.popitem(last=False)
    return form
