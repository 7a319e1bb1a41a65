"""Write a BagIt bag (RFC 8493), to a folder or a zip: whole or not at all, one file at a time, its manifest beside.

bagit-python is what our bags are tested with. It does not write them: it moves a finished folder about under a changed
working directory, knows no zip, reads every file a second time and keeps a manifest of any length in memory.
"""

import os
import re
import shutil
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryFile
from typing import BinaryIO

from objection_docs.archive.schema import spoken
from objection_docs.errors import UsageError
from objection_docs.moments import BEIJING

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
PAYLOAD = "data/"
CHUNK = 1 << 20
_PACKED = {".docx", ".pdf", ".zip", ".png", ".jpg"}  # would not get smaller
_FORBIDDEN = re.compile(r'[\\/:*?"<>|%]')  # Windows takes none of them; % leads in an escape of BagIt
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)", re.IGNORECASE)
_STEM, _ENDING = 50, 12


def file_name(name: str, taken: set[str]) -> str:
    """A name that every system takes, unlike all of `taken` (as Windows tells names apart), and added to it."""
    plain = unicodedata.normalize("NFC", name)
    seen = "".join(c for c in plain if unicodedata.category(c)[0] not in "CZ" or c == " ")
    stem, dot, ending = _FORBIDDEN.sub("_", seen).strip(" .").rpartition(".")
    if not dot or len(ending) > _ENDING:
        stem, ending = stem + dot + ending, ""
    stem, ending = stem[:_STEM].rstrip(" .") or "file", f".{ending.strip()}" if ending.strip() else ""
    if _RESERVED.match(stem + ending):
        stem = f"_{stem}"
    made, count = stem + ending, 1
    while _alike(made) in taken:
        count += 1
        made = f"{stem} ({count}){ending}"
    taken.add(_alike(made))
    return made


def _alike(name: str) -> str:
    return unicodedata.normalize("NFC", name.casefold())


class Writer:
    """Takes the bag's files; the manifest, being as long as the bag, grows in a file of its own."""

    def __init__(self, store: Callable[[str, BinaryIO, int], None], manifest: BinaryIO):
        self._store = store
        self._manifest = manifest
        self._bytes = self._files = 0

    def put(self, name: str, data: bytes) -> None:
        """One file of the payload. `name`: under data/, with slashes."""
        from io import BytesIO

        self._payload(name, BytesIO(data), len(data))

    @contextmanager
    def growing(self, name: str) -> Iterator[BinaryIO]:
        """A file to write to bit by bit while others are put; it enters the bag at the end."""
        with TemporaryFile() as file:
            yield file
            size = file.tell()
            file.seek(0)
            self._payload(name, file, size)

    def _payload(self, name: str, file: BinaryIO, size: int) -> None:
        line = self._file(PAYLOAD + name, file, size)
        self._manifest.write(line)
        self._bytes, self._files = self._bytes + size, self._files + 1

    def _file(self, name: str, file: BinaryIO, size: int) -> bytes:
        hashed = _Hashed(file)
        self._store(name, hashed, size)
        return f"{hashed.digest.hexdigest()}  {name}\n".encode()

    def finish(self, info: dict[str, str]) -> None:
        """The tag files. `info`: what bag-info.txt says."""
        from io import BytesIO

        told = {**info, "Payload-Oxum": f"{self._bytes}.{self._files}"}
        size = self._manifest.tell()
        self._manifest.seek(0)
        lines = [self._file(MANIFEST, self._manifest, size)]
        head = "".join(f"{name}: {one_line(value)}\n" for name, value in told.items()).encode()
        for name, data in (("bagit.txt", DECLARATION), ("bag-info.txt", head)):
            lines.append(self._file(name, BytesIO(data), len(data)))
        tags = b"".join(lines)
        self._file(TAG_MANIFEST, BytesIO(tags), len(tags))


class _Hashed:
    """A file that is hashed while it is read."""

    def __init__(self, file: BinaryIO):
        self._file = file
        self.digest = sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data


def one_line(text: str) -> str:
    return " ".join(text.split())


@contextmanager
def writing(place: Path, at: datetime, info: dict[str, str]) -> Iterator[Writer]:
    """The bag at `place` (a folder, or a file that ends in .zip), there only once everything was written.

    UsageError where something is at `place` already, or no folder to hold it.
    """
    if place.exists() and (not place.is_dir() or place.suffix.lower() == ".zip" or any(place.iterdir())):
        raise UsageError("这个位置已有内容，没有动它；请换一个名称", code="would_overwrite", where=str(place))
    if not place.parent.is_dir():
        raise UsageError("没有这个文件夹，请先建立或换一个位置", code="unknown_folder", where=str(place.parent))
    part = place.with_name(f".{place.name[:60]}.{token_hex(4)}.part")
    with spoken(place):
        try:
            opened = _zip(part, place.stem, at) if place.suffix.lower() == ".zip" else _folder(part)
            with opened as store, TemporaryFile() as manifest:
                writer = Writer(store, manifest)
                yield writer
                writer.finish({"Bagging-Date": at.astimezone(BEIJING).date().isoformat(), **info})
            if place.is_dir():
                place.rmdir()  # an empty one stood there
            os.replace(part, place)
        except BaseException:
            _remove(part)
            raise


@contextmanager
def _folder(part: Path) -> Iterator[Callable]:
    part.mkdir()

    def store(name: str, file: BinaryIO, _size: int) -> None:
        path = part / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "xb") as out:
            shutil.copyfileobj(file, out, CHUNK)

    yield store


@contextmanager
def _zip(part: Path, top: str, at: datetime) -> Iterator[Callable]:
    moment = at.astimezone(BEIJING).timetuple()[:6]  # a zip knows no time zone
    with zipfile.ZipFile(part, "x", strict_timestamps=False) as out:

        def store(name: str, file: BinaryIO, size: int) -> None:
            member = zipfile.ZipInfo(f"{top}/{name}", moment)
            packed = os.path.splitext(name)[1].lower() in _PACKED
            member.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            with out.open(member, "w", force_zip64=size > 1 << 30) as target:
                shutil.copyfileobj(file, target, CHUNK)
            out.NameToInfo.clear()  # names are unique here; a second list of all of them is only weight

        yield store


def _remove(part: Path) -> None:
    with suppress(OSError):
        shutil.rmtree(part) if part.is_dir() else part.unlink(missing_ok=True)
