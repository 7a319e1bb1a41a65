"""What a bag of letters holds, and the words in which letters are listed.

index.html, list.csv, readme.txt; letters/2026-03/0000012/ with the file, its copies, metadata.xml, entry.json,
report.json and report.html; chain/ with the canonical forms of the letters and the hashes between them.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from objection_docs import archive_words, desk
from objection_docs.moments import BEIJING

if TYPE_CHECKING:
    from objection_docs.archive import Archive
    from objection_docs.archive.bag import Writer
    from objection_docs.archive.metadata import Act, Kept
    from objection_docs.archive.record import Record

FORMAT = "objection-docs handover 1"
#: Letters on one page of the index; a browser sorts and searches so many at once.
PAGE = 5000
#: What stands beside the files in a letter's folder.
RECORDS = ("metadata.xml", "entry.json", "report.json", "report.html")
COLUMNS = (
    ("seq", "顺序号"),
    ("at", "记入时间"),
    ("errand", "事项"),
    ("kind", "文种"),
    ("procedure", "程序"),
    ("number", "编号"),
    ("title", "题名"),
    ("sender", "发文方"),
    ("recipient", "收文方"),
    ("case", "案件"),
    ("verdict", "结论"),
    ("archive_number", "档号"),
    ("retention", "保管期限"),
    ("file", "文件"),
    ("size", "字节数"),
    ("sha256", "SHA-256"),
    ("id", "日志编号"),
    ("hash", "条目校验值"),
)


@dataclass(frozen=True, slots=True)
class Labels:
    """What ids are called in Chinese."""

    kinds: dict[str, str]
    procedures: dict[str, str]

    @classmethod
    def shipped(cls) -> "Labels":
        from objection_docs.packs import rules

        kinds = {id: kind.label for id, kind in rules.rules().kinds.items()}
        return cls(kinds, {id: one.label for id, one in desk.procedures().items()})

    def of_statistics(self) -> dict[str, dict[str, str]]:
        from objection_docs.packs import faults, rules

        elements = {(kind.id, one.id): one.label for kind in rules.rules().kinds.values() for one in kind.elements}
        found = {code: wording.label for code, wording in faults.wordings().items()}
        named = {"errand": desk.ERRANDS, "kind": self.kinds, "procedure": self.procedures}
        return named | {"element": elements, "fault": found}


#: What narrows a search, in words; another is called by its name.
_ASKED = {
    "kind": "文种",
    "procedure": "程序",
    "party": "发文方或收文方",
    "case": "案件",
    "since": "自",
    "until": "至",
    "status": "结论",
    "missing": "缺",
    "vague": "写得笼统",
    "element": "要素",
    "fault": "差错",
    "errand": "事项",
    "who": "经办人",
    "retention": "保管期限",
    "least": "金额不少于",
    "most": "金额不多于",
}


def in_words(query: str, filters: dict) -> str:
    """What was searched for, for the head of what was found."""
    labels = Labels.shipped()
    known = {"kind": labels.kinds, "procedure": labels.procedures, "status": desk.STATUSES, "errand": desk.ERRANDS}
    given = [f"“{query}”"] if query else []
    for name, value in filters.items():
        if value:
            given.append(f"{_ASKED.get(name, name)} {known.get(name, {}).get(value, value)}")
    return "，".join(given)


def fill(writer: "Writer", archive: "Archive", places, now: datetime, asked: str) -> None:
    from objection_docs.archive import record
    from objection_docs.reports import html, sheets

    labels, made = Labels.shipped(), now.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")
    index = _Index(writer, len(places), made, asked)
    first, last = max(1, places[0] - 1), places[-1]
    with writer.growing("chain/entries.jsonl") as forms, writer.growing("list.csv") as sheet:
        sheet.write((sheets.MARK + sheets.line(label for _, label in COLUMNS)).encode())
        for one in record.records(archive, places):
            folder = record.placed(one.letter.entry.at, one.letter.entry.seq)
            kept = _put_files(writer, archive, folder, one)
            _put_record(writer, folder, one, kept, labels)
            index.add(one, kept, folder, labels)
            sheet.write(sheets.line(row(one, labels).values()).encode())
            for proved in (one.letter, *one.later):
                forms.write(f"{proved.form}\n".encode())
                last = max(last, proved.entry.seq)
    index.close()
    with writer.growing("chain/hashes.txt") as chain:
        for seq, digest in record.hashes(archive, first, last):
            chain.write(f"{seq} {digest}\n".encode())
    head, head_hash = record.head(archive)
    writer.put("chain/head.json", _json({"log": record.log_id(archive), "seq": head, "hash": head_hash}))
    told = {"total": len(places), "made": made, "first": first, "last": last, "head": head, "head_hash": head_hash}
    writer.put("readme.txt", html.page("handover_readme.txt", **told).encode())
    writer.put("style.css", html.css().encode())


def _put_files(writer: "Writer", archive: "Archive", folder: str, one: "Record") -> tuple["Kept", ...]:
    """The letter's file, its copies and what proves its service; nothing of a letter that was destroyed."""
    from objection_docs.archive.bag import file_name
    from objection_docs.archive.metadata import Kept

    entry, kept, taken = one.letter.entry, [], set(RECORDS)
    parts = [("", entry), *((copy.role, copy) for copy in entry.copies)]
    parts += [(f"{later.entry.errand} {later.entry.id}", later.entry) for later in one.later]
    for role, part in parts:
        if part.sha256 and not one.destroyed:
            path = f"{folder}/{file_name(part.file_name, taken)}"
            writer.put(path, archive.files.get(part.sha256))
            kept.append(Kept(role, path, part.file_name, part.size, part.sha256, part.media_type))
    return tuple(kept)


def _put_record(writer: "Writer", folder: str, one: "Record", kept: tuple["Kept", ...], labels: Labels) -> None:
    from objection_docs.archive import metadata
    from objection_docs.archive.entries import dump
    from objection_docs.reports import html

    entry = one.letter.entry
    words = {"kind": labels.kinds.get(one.reads.kind, one.reads.kind), "system": program()}
    writer.put(f"{folder}/metadata.xml", metadata.xml(one, kept, _acts(one), words | _numbered(one.described)))
    told = {"format": FORMAT, "letter": one.reads.to_dict(), "facts": entry.facts, "text": entry.text}
    told |= {"described": one.described, "destroyed": one.destroyed}
    told["files"] = [{name: getattr(file, name) for name in file.__slots__} for file in kept]
    told["later"] = [proved.entry.to_dict() for proved in one.later]
    writer.put(f"{folder}/entry.json", _json(told))
    if isinstance(entry.report, dict):
        writer.put(f"{folder}/report.json", dump(entry.report).encode())  # as stored: its sha256 stands in the chain
    if isinstance(one.reads.report, dict):  # its own, or the one of its later check, which lies there as that's file
        name = entry.file_name or entry.title
        page = html.page("handover_report.html", report=one.reads.report, entry=one.reads, name=name)
        writer.put(f"{folder}/report.html", page.encode())


def _acts(one: "Record") -> list["Act"]:
    from objection_docs.archive.metadata import Act

    names = desk.ERRANDS | archive_words.LATER
    entries = [one.letter.entry, *(proved.entry for proved in one.later)]
    said = [archive_words.told(entry) if entry.about else "" for entry in entries]
    return [
        Act(names.get(entry.errand, entry.errand), entry.at, entry.who, words)
        for entry, words in zip(entries, said, strict=True)
    ]


def _numbered(described: dict[str, str]) -> dict[str, str]:
    """With the parts of the archive number, which is 全宗号-年度-保管期限-件号."""
    parts = described.get("archive_number", "").rsplit("-", 3)
    return (
        dict(zip(("fonds", "year", "retention", "item"), parts, strict=True)) if len(parts) == 4 else {}
    ) | described


class _Index:
    """The bag's pages for readers: one, or one for each PAGE letters with a page over them."""

    def __init__(self, writer: "Writer", total: int, made: str, asked: str):
        self._writer = writer
        self._told = {"total": total, "made": made, "asked": asked}
        self._parts: list[dict] = []
        self._rows: list[dict] = []

    def add(self, one: "Record", kept: tuple["Kept", ...], folder: str, labels: Labels) -> None:
        names = {"": "原件", "service": "送达凭证"}
        links = []
        for file in kept:
            role = file.role.partition(" ")[0]
            links.append((names.get(role, role.upper()), _link(file.path)))
        if isinstance(one.reads.report, dict):
            links.append(("报告", f"{folder}/report.html"))
        links.append(("元数据", f"{folder}/metadata.xml"))
        told = row(one, labels)
        self._rows.append({**told, "day": told["at"][:10], "tone": one.reads.verdict, "links": links})
        if len(self._rows) == PAGE and self._told["total"] > PAGE:
            self._flush()

    def close(self) -> None:
        if self._told["total"] <= PAGE:
            self._put("index.html", rows=self._rows)
            return
        if self._rows:
            self._flush()
        self._put("index.html", parts=self._parts)

    def _flush(self) -> None:
        number = len(self._parts) + 1
        file, days = f"index-{number:03d}.html", sorted(told["day"] for told in self._rows)
        self._parts.append({"file": file, "first": days[0], "last": days[-1], "count": len(self._rows)})
        self._put(file, rows=self._rows, part=number)
        self._rows = []

    def _put(self, name: str, **values) -> None:
        from objection_docs.reports import html

        self._writer.put(name, html.page("handover_index.html", **self._told, **values).encode())


def _link(path: str) -> str:
    from urllib.parse import quote

    return quote(path)


def row(one: "Record", labels: Labels) -> dict[str, object]:
    """A letter in a list, by COLUMNS, in words."""
    entry, reads = one.letter.entry, one.reads
    values = {
        "seq": entry.seq,
        "at": entry.local_time,
        "errand": desk.ERRANDS.get(entry.errand, entry.errand),
        "kind": labels.kinds.get(reads.kind, reads.kind),
        "procedure": labels.procedures.get(reads.procedure, reads.procedure),
        "number": entry.number,
        "title": reads.title,
        "sender": reads.sender,
        "recipient": reads.recipient,
        "case": reads.case_id,
        "verdict": desk.verdict_of(reads),
        "archive_number": one.described.get("archive_number", ""),
        "retention": one.described.get("retention", ""),
        "file": entry.file_name,
        "size": entry.size if entry.sha256 else "",
        "sha256": entry.sha256,
        "id": entry.id,
        "hash": entry.hash,
    }
    return {name: values[name] for name, _ in COLUMNS}


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def program() -> str:
    """What made the bag."""
    from importlib import metadata

    try:
        return f"objection-docs {metadata.version('objection-docs')}"
    except metadata.PackageNotFoundError:
        return "objection-docs"  # run from the source
