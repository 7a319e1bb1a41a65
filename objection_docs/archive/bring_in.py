"""Letters of another log, from a bag: everything proved first, then entered as new entries that carry their origin.

The origin (`details["origin"]`): the old log, and the entry's id, hash, place, moment, number and errand in it.
`lineage` names its hash and those of its own origins, so that a letter is known again by whatever way it comes back.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from objection_docs.archive import Archive, chain, schema
from objection_docs.archive.bag import PAYLOAD
from objection_docs.archive.bag_reading import Bag
from objection_docs.archive.entries import HEAVY, SINCE_2, Copy, clean, dump
from objection_docs.archive.files import sha256
from objection_docs.archive.record import placed
from objection_docs.errors import BagError

FORMS, HASHES, HEAD = (f"{PAYLOAD}chain/{name}" for name in ("entries.jsonl", "hashes.txt", "head.json"))
#: Later entries that stay true of the letter wherever it is kept. Retention, holds and closing are the new house's own.
_COMES_ALONG = ("correct", "service", "examine")
_MOST_HOUSES = 100
_HASH = re.compile(r"([0-9]{1,18}) ([0-9a-f]{64})")
_TEXTS = {
    *("at", "case_id", "copies", "errand", "file_name", "id", "kind", "media_type", "number", "prev", "procedure"),
    *("recipient", "sender", "sha256", "title", "verdict", "who"),
    *(f"{name}_sha256" for name in HEAVY),
}
_OTHERS = {"seq", "size", "elements"}


@dataclass(frozen=True, slots=True)
class Came:
    """How many letters and later entries are new, how many letters were here before or had been destroyed."""

    letters: int
    notes: int
    known: int
    destroyed: int


def verify(bag: Bag) -> int:
    """How many letters the bag holds; BagError names the first thing that is wrong with it."""
    bag.verify()
    hashes, count = _hashes(bag), 0
    for count, told in enumerate(_letters(bag), 1):  # noqa: B007
        for form, digest in told:
            if hashes.get(form["seq"]) != digest:
                raise BagError(f"第 {form['seq']} 条与链条中的校验值不符", where=FORMS)
            before = chain.START if form["seq"] == 1 else hashes.get(form["seq"] - 1)
            if form["prev"] != before:
                raise BagError(f"第 {form['seq']} 条与前一条接不上", where=HASHES)
        if not _destroyed(told):
            _letter(bag, told[0][0])
            for form, _ in told[1:]:
                _proof(bag, told[0][0], form)
    head = _head(bag)
    if head["seq"] < max(hashes, default=0) or hashes.get(head["seq"], head["hash"]) != head["hash"]:
        raise BagError("链条末端与各条的校验值不符", where=HEAD)
    return count


def bring_in(archive: Archive, bag: Bag, *, now: datetime, who: str = "") -> Came:
    """Enter what is new of a bag that was verified. Cut off halfway, it goes on where it was at the next call."""
    log = _head(bag)["log"]
    known = _Known(archive)
    new = notes = old = gone = 0
    for told in _letters(bag):
        (form, digest), later = told[0], told[1:]
        origin = _origin(form, digest, log)
        id = known.id_of(origin["lineage"])
        if id:
            old += 1
        elif _destroyed(told):
            gone += 1
            continue
        else:
            id = archive.add(at=now, who=who, details={"origin": origin} | _draft(form), **_letter(bag, form)).id
            new += 1
            known.add(origin["lineage"], id)
        for form, digest in later:
            origin = _origin(form, digest, log)
            if form["errand"] in _COMES_ALONG and not known.id_of(origin["lineage"]):
                details = json.loads(form["details"]) | {"origin": origin}
                held = _proof(bag, told[0][0], form)
                note = archive.note(at=now, errand=form["errand"], about=id, details=details, who=who, **held)
                notes += 1
                known.add(origin["lineage"], note.id)
    return Came(new, notes, old, gone)


def _letters(bag: Bag) -> Iterator[list[tuple[dict, str]]]:
    """The canonical forms of a letter and of the later entries about it, each with its sha256; letter by letter."""
    told: list[tuple[dict, str]] = []
    for number, line in enumerate(bag.lines(FORMS), 1):
        form = _parsed(line.encode(), f"{FORMS} 第 {number} 行")
        if not _is_form(form):
            raise BagError(f"第 {number} 行不是日志条目", where=FORMS)
        about = form.get("about")
        if about and not (told and told[0][0]["id"] == about):
            raise BagError(f"第 {number} 行所说的文书不在它前面", where=FORMS)
        if told and not about:
            yield told
            told = []
        told.append((form, sha256(line.encode())))
    if told:
        yield told


def _destroyed(told: list[tuple[dict, str]]) -> bool:
    """By an entry of its own, that the old house keeps of it: then there is nothing left to bring in."""
    return any(form["errand"] == "destroy" for form, _ in told[1:])


def _is_form(form: dict) -> bool:
    """A stranger's bag may say anything: what we go on with has the shape of an entry."""
    if form.keys() - SINCE_2 != _TEXTS | _OTHERS or not all(isinstance(form[name], str) for name in _TEXTS):
        return False
    try:
        placed(form["at"], form["seq"])
        details, copies = (json.loads(form.get(name) or "null") for name in ("details", "copies"))
        states, numbers = form["elements"], (form["seq"], form["size"])
        return (
            isinstance(form.get("about", ""), str)
            and isinstance(details, (dict, type(None)))
            and all(type(number) is int and number >= 0 for number in numbers)
            and all(len(state) == 3 and all(isinstance(part, str) for part in state) for state in states)
            and all(isinstance(Copy(*copy).role + Copy(*copy).file_name + Copy(*copy).sha256, str) for copy in copies)
            and isinstance(_lineage(details), list)
        )
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError):
        return False


def _lineage(details: dict | None) -> list[str]:
    """The hashes of an entry's own origins; empty for one that was entered first in its log."""
    lineage = (details or {}).get("origin", {}).get("lineage", [])
    if not all(isinstance(digest, str) for digest in lineage) or len(lineage) > _MOST_HOUSES:
        raise ValueError("no lineage")
    return list(lineage)


def _head(bag: Bag) -> dict:
    """The old log, by the hash of its first entry, and how far it reached when the bag was made."""
    head = _parsed(bag.read(HEAD), HEAD)
    if type(head.get("seq")) is not int or not all(isinstance(head.get(name), str) for name in ("hash", "log")):
        raise BagError("没有写明链条末端", where=HEAD)
    return head


def _hashes(bag: Bag) -> dict[int, str]:
    """The hash of each place, from the one before the first letter on, without a gap."""
    found: dict[int, str] = {}
    for number, line in enumerate(bag.lines(HASHES), 1):
        match = _HASH.fullmatch(line)
        if match is None or (found and int(match[1]) - 1 not in found):
            raise BagError(f"第 {number} 行写法不对，或前面缺了一条", where=HASHES)
        found[int(match[1])] = match[2]
    return found


def _letter(bag: Bag, form: dict) -> dict:
    """What Archive.add takes, every value proved by the form; BagError names the file that is not as it says."""
    folder = PAYLOAD + placed(form["at"], form["seq"])
    told = _parsed(bag.read(f"{folder}/entry.json"), f"{folder}/entry.json")
    report = f"{folder}/report.json"
    heavy = {"facts": told.get("facts"), "text": told.get("text")}
    heavy["report"] = _parsed(bag.read(report), report) if report in bag.names else None
    for name, value in heavy.items():
        stored = value if isinstance(value, str) and name == "text" else dump(value)
        if sha256(clean(stored).encode()) != form[f"{name}_sha256"]:
            raise BagError("内容与记入日志时不同", where=report if name == "report" else f"{folder}/entry.json")
    paths = _listed(told, f"{folder}/entry.json")
    copies = [Copy(*copy) for copy in json.loads(form["copies"] or "[]")]
    return {
        "errand": "import",
        "file": _file(bag, paths, "", form["sha256"]),
        "copies": [
            (copy.role, copy.file_name, copy.media_type, _file(bag, paths, copy.role, copy.sha256)) for copy in copies
        ],
        "elements": [tuple(state) for state in form["elements"]],
        **{name: form[name] for name in ("file_name", "media_type", "kind", "procedure", "case_id", "title")},
        **{name: form[name] for name in ("sender", "recipient", "verdict")},
        **heavy,
    }


def _draft(form: dict) -> dict:
    """What its details say of a letter that is but a draft."""
    missing = (json.loads(form.get("details") or "null") or {}).get("missing")
    said = isinstance(missing, list) and all(isinstance(label, str) for label in missing)
    return {"draft": True, "missing": missing} if said and missing else {}


def _proof(bag: Bag, letter: dict, form: dict) -> dict:
    """The file of a later entry, e.g. the receipt of a courier, as Archive.note takes it."""
    if not form["sha256"]:
        return {}
    where = f"{PAYLOAD}{placed(letter['at'], letter['seq'])}/entry.json"
    role = f"{form['errand']} {form['id']}"
    file = _file(bag, _listed(_parsed(bag.read(where), where), where), role, form["sha256"])
    return {"file": file, "file_name": form["file_name"], "media_type": form["media_type"]}


def _listed(told: dict, where: str) -> dict[tuple[str, str], str]:
    """The path of each file, by its role and its sha256."""
    try:
        return {(file["role"], file["sha256"]): PAYLOAD + file["path"] for file in told["files"]}
    except (KeyError, TypeError):
        raise BagError("没有写明文件", where=where) from None


def _file(bag: Bag, paths: dict[tuple[str, str], str], role: str, digest: str) -> bytes | None:
    """None where the letter had no file."""
    if not digest:
        return None
    path = paths.get((role, digest))
    if path is None:
        raise BagError(f"没有写明校验值为 {digest} 的文件在哪里", where=FORMS)
    data = bag.read(path)
    if sha256(data) != digest:
        raise BagError("文件与记入日志时不同", where=path)
    return data


def _origin(form: dict, digest: str, log: str) -> dict:
    before = _lineage(json.loads(form.get("details") or "null"))
    kept = {name: form[name] for name in ("id", "seq", "at", "who", "errand", "number")}
    return {"log": log, "hash": digest, **kept, "lineage": [digest, *before]}


def _parsed(data: bytes, where: str) -> dict:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise BagError("不是可读的 JSON", where=where)
    return value


class _Known:
    """Which entries are here already, by their own hash or by that of an origin."""

    def __init__(self, archive: Archive):
        self._archive = archive
        with schema.spoken(archive.path):
            archive.db.execute("CREATE TEMP TABLE IF NOT EXISTS origins (hash TEXT PRIMARY KEY, id TEXT) WITHOUT ROWID")
            archive.db.execute(
                "INSERT OR IGNORE INTO origins SELECT hash.value, entries.id FROM entries, "
                "json_each(CASE entries.details WHEN '' THEN '{}' ELSE entries.details END, '$.origin.lineage') AS hash"
            )

    def id_of(self, lineage: list[str]) -> str:
        marks = ", ".join("?" * len(lineage))
        sql = f"SELECT id FROM entries WHERE hash IN ({marks}) UNION ALL SELECT id FROM origins WHERE hash IN ({marks})"
        found = self._archive.db.execute(sql, [*lineage, *lineage]).fetchone()
        return found[0] if found else ""

    def add(self, lineage: list[str], id: str) -> None:
        rows = [(digest, id) for digest in lineage]
        self._archive.db.conn.executemany("INSERT OR IGNORE INTO origins VALUES (?, ?)", rows)
