"""The whole log as one tar file, taken while others write; and the way back. Both are verified.

In the tar stand, in this order: backup.json (what it is, the database's sha256, the head of the chain), log.sqlite3,
the files under the names they have in the log, which are their sha256, and the settings. A tar is written and read from
end to end in little memory; Python keeps the table of contents of a zip, half a gigabyte for a million files.
"""

import io
import json
import os
import re
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from objection_docs.archive import Archive, record
from objection_docs.archive.bag import CHUNK
from objection_docs.archive.files import Folder
from objection_docs.archive.schema import NAME, spoken
from objection_docs.errors import BagError, LogError, UsageError
from objection_docs.moments import stamp

FORMAT = "objection-docs backup 1"
TELLS = "backup.json"
_FILE = re.compile(r"files/([0-9a-f]{2})/([0-9a-f]{62})")
_MOST_TOLD = 10_000_000
# Of each file once, in the order of their names; what was destroyed after its term is not there any more.
_DIGESTS = """
SELECT DISTINCT digest FROM (
    SELECT sha256 AS digest FROM entries UNION
    SELECT json_extract(copy.value, '$[2]') FROM entries,
        json_each(CASE WHEN json_valid(entries.copies) THEN entries.copies ELSE '[]' END) AS copy
) WHERE digest <> '' ORDER BY digest
"""


@dataclass(frozen=True, slots=True)
class Backup:
    """`seq`, `hash`: the head of the chain at that moment. `problems`: of the log, already when it was copied."""

    seq: int
    hash: str
    files: int
    problems: tuple[str, ...]


def back_up(archive: Archive, place: Path, at: datetime, beside: tuple[str, ...] = ()) -> Backup:
    """Copy the log to `place`, whole or not at all. A damaged log is copied as it is, its problems told.

    `beside`: names of further files of the home folder, taken along where they are.
    """
    _require_free(place)
    work = place.with_name(f".{place.name[:60]}.{token_hex(4)}.part")
    with spoken(place):
        work.mkdir(mode=0o700)
        try:
            snapshot = work / NAME
            _copy_database(archive, snapshot)
            with Archive(work, read_only=True) as copied:
                copied.files = archive.files
                problems = _problems(copied, archive.home)
                seq, digest = record.head(copied)
                part, told = work / "part", _told(at, seq, digest, snapshot, problems)
                extra = [archive.home / name for name in beside if (archive.home / name).is_file()]
                count = _pack(part, snapshot, _digests(copied), archive.files, told, extra)
            os.replace(part, place)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return Backup(seq, digest, count, problems)


def _problems(archive: Archive, home: Path) -> tuple[str, ...]:
    """As `verify` tells them, but files by their names in the log: a copy of it lies elsewhere."""
    return tuple(said.replace(f"{home}{os.sep}", "") for said in archive.verify())


def _require_free(place: Path) -> None:
    if place.exists():
        raise UsageError("这个文件已经存在，没有动它；请换一个名称", code="would_overwrite", where=str(place))
    if not place.parent.is_dir():
        raise UsageError("没有这个文件夹，请先建立或换一个位置", code="unknown_folder", where=str(place.parent))


def _copy_database(archive: Archive, to: Path) -> None:
    # All pages in one step: it reads one state of the log, and in WAL mode nobody waits for a reader.
    with closing(sqlite3.connect(to)) as target:
        archive.db.conn.backup(target)


def _told(at: datetime, seq: int, digest: str, snapshot: Path, problems: tuple[str, ...]) -> dict:
    with open(snapshot, "rb") as file:
        database = _digest(file)
    size = snapshot.stat().st_size
    told = {"format": FORMAT, "at": stamp(at), "seq": seq, "hash": digest, "database": database, "size": size}
    return told | {"problems": problems}


def _digests(copied: Archive) -> Iterator[str]:
    with spoken(copied.path):
        for (digest,) in copied.db.execute(_DIGESTS):
            yield digest


def _pack(part: Path, snapshot: Path, digests: Iterator[str], files: Folder, told: dict, extra: list[Path]) -> int:
    count = 0
    with tarfile.open(part, "x", format=tarfile.PAX_FORMAT) as tar:
        data = json.dumps(told, ensure_ascii=False, indent=1).encode()
        tar.addfile(_member(TELLS, len(data)), io.BytesIO(data))
        with open(snapshot, "rb") as file:
            tar.addfile(_member(NAME, told["size"]), file)
        for digest in digests:
            with suppress(LogError):  # lost, changed or destroyed: told among the problems where it is one
                data = files.get(digest)
                tar.addfile(_member(f"files/{digest[:2]}/{digest[2:]}", len(data)), io.BytesIO(data))
                count += 1
            tar.members.clear()  # tarfile would keep a note of each
        for path in extra:
            data = path.read_bytes()
            tar.addfile(_member(path.name, len(data)), io.BytesIO(data))
    with open(part, "r+b") as file:
        os.fsync(file.fileno())
    return count


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


def restore(place: Path, home: Path, beside: tuple[str, ...] = ()) -> Backup:
    """Unpack a backup as the log of `home`, which must not hold anything yet; it is there only once it was verified."""
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise UsageError("这个文件夹不是空的，没有恢复；请换一个空文件夹", code="not_empty", where=str(home))
    if not place.is_file():
        raise BagError("没有这个备份文件", code="file_not_found", where=str(place), status=404)
    work = home.with_name(f".{home.name[:60]}.{token_hex(4)}.part")
    with spoken(home):
        try:
            work.mkdir(mode=0o700, parents=True)
            told, count = _unpack(place, work, beside)
            with Archive(work, read_only=True) as restored:
                problems, head = _problems(restored, work), record.head(restored)
            wrong = [said for said in problems if said not in told["problems"]]
            if head != (told["seq"], told["hash"]):
                wrong.append("链条末端与备份时不符")
            if wrong:
                raise BagError(f"恢复出来的日志核验不通过，没有恢复：{wrong[0]}", where=str(place))
            if home.exists():
                home.rmdir()
            os.replace(work, home)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
    return Backup(*head, count, problems)


def _unpack(place: Path, work: Path, beside: tuple[str, ...]) -> tuple[dict, int]:
    """Only the names a backup has, so that no member lands elsewhere; each compared with its sha256."""
    told, count, database = None, 0, ""
    try:
        with tarfile.open(place, "r:") as tar:
            for member in tar:
                name, file = member.name, tar.extractfile(member) if member.isfile() else None
                if file is None:
                    raise BagError("备份里只能有普通文件", where=name)
                if told is None:
                    told = _read_told(name, file)
                elif name == NAME and not database:
                    database = _write(work / name, file)
                elif (match := _FILE.fullmatch(name)) and database:
                    if _write(work / name, file, 0o400) != match[1] + match[2]:
                        raise BagError("备份中的文件已被改动", where=name)
                    count += 1
                elif name in beside and database:
                    _write(work / name, file)
                else:
                    raise BagError("备份里多出不属于日志的文件", where=name)
                tar.members.clear()
    except (tarfile.TarError, EOFError, FileExistsError) as error:
        raise BagError("备份文件已损坏，或不是日志的备份", where=str(place)) from error
    if told is None or database != told["database"]:
        raise BagError("备份中的数据库已被改动，或备份不完整", where=NAME)
    return told, count


def _read_told(name: str, file: BinaryIO) -> dict:
    try:
        told = json.loads(file.read(_MOST_TOLD)) if name == TELLS else None
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise BagError("这不是日志的备份文件", code="not_a_backup", where=name)
    if not {"seq", "hash", "database", "problems"} <= told.keys() or not isinstance(told["problems"], list):
        raise BagError("备份的说明已被改动", where=name)
    return told


def _write(path: Path, file: BinaryIO, mode: int = 0o600) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(path, "xb") as out:
        digest = _digest(file, out)
    path.chmod(mode)
    return digest


def _digest(file: BinaryIO, out: BinaryIO | None = None) -> str:
    hashed = sha256()
    while data := file.read(CHUNK):
        hashed.update(data)
        if out is not None:
            out.write(data)
    return hashed.hexdigest()
