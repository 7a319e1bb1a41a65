"""A kind with its Word form, made for a test: a form small enough to see at a glance, with every type of fact."""

import io
import re
import zipfile
from pathlib import Path

import docx

from objection_docs.packs import kinds

YAML = """
label: 测试函
order: 1
about: 测试用
titles: {default: 测试函, special: 特别函}
words: {default: {you: 贵方}, special: {you: 贵局}}
facts:
  - {name: number, label: 文号, type: text, sample: 恒函〔2026〕8号, max: 40}
  - {name: sender, label: 发函方, type: text, required: true, element: sender, sample: 宁波恒泰机械有限公司}
  - {name: reason, label: 事实, type: passage, required: true, element: facts, sample: "第一段\\n第二段"}
  - {name: price, label: 金额, type: amount, element: remedies, sample: "35,000.00"}
  - name: conclusion
    label: 结论
    type: choice
    required: true
    choices: {upheld: 成立, partly: 部分成立, rejected: 不成立}
    sample: upheld
  - name: remedy
    label: 补救措施
    type: text
    required: true
    when: {conclusion: [upheld, partly]}
    sample: 更换轴承
  - {name: explanation, label: 不成立的理由, type: text, required: true, when: {conclusion: [rejected]},
     sample: 证据不足}
  - {name: urgent, label: 加急, type: flag, sample: true}
  - name: evidence
    label: 证据
    type: list
    required: true
    element: evidence
    least: 1
    items:
      - {name: name, label: 材料名称, type: text, required: true, sample: 检验报告}
      - {name: copies, label: 份数, type: count, sample: 2}
  - name: signature
    label: 签章
    type: group
    required: true
    element: signature
    items:
      - {name: representative, label: 代表人, type: text, required: true, sample: 陈立}
      - {name: office, label: 职务, type: text, sample: 法定代表人}
  - {name: date, label: 日期, type: date, required: true, element: date, sample: "2026-03-05"}
  - {name: case_number, label: 案号, type: text, procedures: {special: true}}
samples:
  special: {number: null, case_number: 特2026-1, conclusion: rejected, remedy: null, explanation: 证据不足}
"""

PARAGRAPHS = (
    "{{ title }}",
    "{%p if number %}",
    "{{ number }}",
    "{%p endif %}",
    "发函方：{{ sender }}，致{{ you }}",
    "{%p for line in reason.paragraphs %}",
    "{{ line }}",
    "{%p endfor %}",
    "结论：{{ conclusion }}{% if conclusion.key == 'upheld' %}！{% endif %}{% if price %}，{{ price }}{% endif %}",
    "{{ remedy }}{{ explanation }}",
    "签章：{{ signature.representative }}{% if signature.office %}（{{ signature.office }}）{% endif %}",
    "{{ date }}",
)


def form(path: Path, paragraphs=PARAGRAPHS, header: str = "", table: bool = True) -> Path:
    """A Word form of these paragraphs; with a table of evidence, and words in its header and properties."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph().add_run(text).bold = True
    if table:
        rows = document.add_table(rows=3, cols=2).rows
        for row, texts in zip(
            rows,
            (["{%tr for e in evidence %}"] * 2, ["{{ e.name }}", "{{ e.copies }}"], ["{%tr endfor %}"] * 2),
            strict=True,
        ):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    if header:
        document.sections[0].header.paragraphs[0].text = header
    document.core_properties.title = "{{ title }}"
    document.save(str(path))
    return path


def kind(folder: Path, yaml: str = YAML, name: str = "test_letter", **options) -> kinds.Kind:
    (folder / f"{name}.yaml").write_text(yaml, "utf-8")
    form(folder / f"{name}.docx", **options)
    return kinds.load(folder / f"{name}.yaml")


def words(data: bytes) -> list[str]:
    """The text of every paragraph of the letter, in order, tables included; line breaks as \\n."""
    body = docx.Document(io.BytesIO(data)).element.body
    return ["".join(_text(node) for node in paragraph.iter()) for paragraph in body.iter(docx.oxml.ns.qn("w:p"))]


def _text(node) -> str:
    if node.tag == docx.oxml.ns.qn("w:br"):
        return "\n"
    return (node.text or "") if node.tag == docx.oxml.ns.qn("w:t") else ""


def part(data: bytes, name: str) -> str:
    return zipfile.ZipFile(io.BytesIO(data)).read(name).decode()


def highlighted(xml: str) -> list[str]:
    """The text of each highlighted run."""
    runs = re.findall(r"<w:r(?: [^>]*)?>.*?</w:r>", xml, re.DOTALL)
    return [re.sub("<[^>]*>", "", run) for run in runs if '<w:highlight w:val="yellow"/>' in run]
