"""The metadata record of a letter as XML, with the element names of DA/T 46-2009 文书类电子文件元数据方案.

Used, by their numbers in the standard: M1 聚合层次, M7 电子文件号, M8 档号 (M9 全宗号, M11 年度, M12 保管期限,
M17 室编件号), M21 内容描述 (M22 题名, M31 文件编号, M32 责任者, M33 日期, M34 文种, M36 主送), M40 形式特征
(M41 文件组合类型, M42 件数, M43 页数, M44 语种), M46 电子属性 (M47 格式信息, M48 计算机文件名, M49 计算机文件大小,
M51 信息系统描述) and 附注; of 机构人员实体 the name; of 业务实体 业务状态, 业务行为, 行为时间, 行为描述. Chinese tags,
nested as the standard groups its elements, as packages after DA/T 48-2009 have them. What it has no name for (hashes,
the place in the chain) stands under 校验信息, outside its elements. An element without a value is left out.
"""

import re
from dataclasses import dataclass
from xml.etree import ElementTree

from objection_docs.archive.record import Record

_ILLEGAL = re.compile(r"[^\t\n\r -\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
_FORMATS = {"application/pdf": "PDF", "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX"}


@dataclass(frozen=True, slots=True)
class Act:
    """What was done with the letter, in words. `at`: UTC, ISO 8601."""

    name: str
    at: str
    who: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of the letter in the bag. `role`: "" for the letter itself, e.g. "pdf" for a copy."""

    role: str
    path: str
    name: str
    size: int
    sha256: str
    media_type: str


def xml(record: Record, kept: tuple[Kept, ...], acts: list[Act], words: dict[str, str]) -> bytes:
    """`words`: kind, system, archive_number, fonds, year, retention, item, remarks, as far as they are given."""
    letter, reads = record.letter.entry, record.reads
    root = ElementTree.Element("元数据", {"方案": "DA/T 46-2009"})
    entity = ElementTree.SubElement(root, "文件实体")
    _add(entity, "聚合层次", "件")
    _add(entity, "电子文件号", letter.id)
    number = _group(entity, "档号")
    number.text = _legal(words.get("archive_number", ""))
    for tag, name in (("全宗号", "fonds"), ("年度", "year"), ("保管期限", "retention"), ("室编件号", "item")):
        _add(number, tag, words.get(name))
    content = _group(entity, "内容描述")
    _add(content, "题名", reads.title or letter.file_name)
    _add(content, "文件编号", letter.number)
    _add(content, "责任者", reads.sender)
    _add(content, "日期", _day_of(reads.report))
    _add(content, "文种", words.get("kind"))
    _add(content, "主送", reads.recipient)
    shape = _group(entity, "形式特征")
    _add(shape, "文件组合类型", "组合文件" if len(kept) > 1 else "单件")
    _add(shape, "件数", str(len(kept)) if kept else "")
    _add(shape, "页数", str(reads.report.get("pages") or "") if isinstance(reads.report, dict) else "")
    _add(shape, "语种", "汉语")
    for file in kept:
        electronic = _group(entity, "电子属性")
        _add(electronic, "格式信息", _FORMATS.get(file.media_type, file.media_type))
        _add(electronic, "计算机文件名", file.path)
        _add(electronic, "计算机文件大小", str(file.size))
        _add(electronic, "信息系统描述", words.get("system"))
    _add(entity, "附注", words.get("remarks"))
    for who in dict.fromkeys(act.who for act in acts):
        _add(_group(root, "机构人员实体"), "机构人员名称", who)
    for act in acts:
        told = _group(root, "业务实体")
        for tag, text in (("业务状态", "历史行为"), ("业务行为", act.name), ("行为时间", act.at)):
            _add(told, tag, text)
        _add(told, "行为描述", act.description)
    proof = _group(root, "校验信息", 算法="SHA-256", 顺序号=str(letter.seq), 条目=letter.hash, 前一条目=letter.prev)
    for file in kept:
        _add(proof, "文件", file.sha256, 计算机文件名=file.path, 原文件名=_legal(file.name))
    _prune(root)
    ElementTree.indent(root)
    return ElementTree.tostring(root, "utf-8", xml_declaration=True)


def _group(parent, tag: str, **attributes: str):
    return ElementTree.SubElement(parent, tag, attributes)


def _add(parent, tag: str, text: str | None, **attributes: str) -> None:
    if text:
        ElementTree.SubElement(parent, tag, attributes).text = _legal(text)


def _prune(parent) -> None:
    for child in list(parent):
        _prune(child)
        if not len(child) and not child.text and not child.attrib:
            parent.remove(child)


def _legal(text: str) -> str:
    """Without what XML 1.0 cannot hold."""
    return _ILLEGAL.sub("", text)


def _day_of(report: object) -> str:
    read = report.get("fields") if isinstance(report, dict) else None
    return str(read.get("date") or "") if isinstance(read, dict) else ""
