"""Read a bag that somebody handed in: a folder or a zip, nothing unpacked, nothing believed."""

import os
import re
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from objection_docs.archive.bag import CHUNK, MANIFEST, PAYLOAD, TAG_MANIFEST
from objection_docs.archive.schema import spoken
from objection_docs.errors import BagError

#: A file that is taken into memory whole, as everywhere.
MOST_BYTES = 200_000_000
#: What a zip may unfold to: text packs ten to one, so a hundred to one is a bomb. Small ones may do as they like.
_MOST_UNFOLDED, _SMALL = 100, 1_000_000_000
_LINE = re.compile(r"([0-9a-fA-F]{64})[ \t]+\*?(?:\./)?(.+)")
_ESCAPED = {"%0D": "\r", "%0A": "\n", "%25": "%"}


class Bag:
    """An open bag. `names`: of all its files, with slashes, from the bag's own root."""

    def __init__(self, names: Iterable[str], opener: Callable[[str], BinaryIO]):
        self.names = {name: number for number, name in enumerate(names)}
        self._open = opener

    def read(self, name: str) -> bytes:
        """A whole file; BagError when it is not there or too large."""
        with self.open(name) as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise BagError("包内文件太大，没有移入", code="bag_too_large", where=name)
        return data

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        if name not in self.names:
            raise BagError("包内缺少这个文件", where=name)
        try:
            with self._open(name) as file:
                yield file
        except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as error:
            raise BagError("包内文件已损坏，读不出来", where=name) from error

    def lines(self, name: str) -> Iterator[str]:
        """The lines of a text file of any length."""
        with self.open(name) as file:
            for number, line in enumerate(iter(lambda: file.readline(MOST_BYTES), b""), 1):
                if len(line) == MOST_BYTES:
                    raise BagError(f"第 {number} 行太长", code="bag_too_large", where=name)
                try:
                    yield line.decode("utf-8").rstrip("\r\n")
                except UnicodeDecodeError:
                    raise BagError(f"第 {number} 行不是 UTF-8 文字", where=name) from None

    def verify(self) -> None:
        """Every file against the manifests, and the manifests against the files; BagError names the first wrong one."""
        if not self.read("bagit.txt").startswith(b"BagIt-Version: "):
            raise BagError("这不是 BagIt 移交包", code="not_a_bag", where="bagit.txt")
        tagged = self._verify_manifest(TAG_MANIFEST)
        for name in ("bagit.txt", "bag-info.txt", MANIFEST):
            if name not in self.names or not tagged[self.names[name]]:
                raise BagError("校验清单没有写到这个文件", where=name)
        listed = self._verify_manifest(MANIFEST)
        for name, number in self.names.items():
            if name.startswith(PAYLOAD) and not listed[number]:
                raise BagError("包内多出清单以外的文件", where=name)

    def _verify_manifest(self, manifest: str) -> bytearray:
        """Which of the files it lists, by their numbers."""
        listed = bytearray(len(self.names))
        for number, line in enumerate(self.lines(manifest), 1):
            match = _LINE.fullmatch(line)
            if match is None:
                raise BagError(f"清单第 {number} 行写法不对", where=manifest)
            digest, name = match[1].lower(), re.sub("%0[DAda]|%25", lambda m: _ESCAPED[m[0].upper()], match[2])
            if self.digest(name) != digest:
                raise BagError("包内文件与清单不符，内容已被改动", where=name)
            listed[self.names[name]] = 1
        return listed

    def digest(self, name: str) -> str:
        hashed = sha256()
        with self.open(name) as file:
            while data := file.read(CHUNK):
                hashed.update(data)
        return hashed.hexdigest()


@contextmanager
def reading(place: Path) -> Iterator[Bag]:
    """The bag at `place`, a folder or a zip. BagError for what is none, or plays tricks with paths or sizes."""
    try:
        with spoken(place):
            if place.is_dir():
                yield _folder(place)
                return
            if not place.exists():
                raise BagError("没有这个移交包", code="file_not_found", where=str(place), status=404)
            if not zipfile.is_zipfile(place):
                raise BagError("这不是移交包：应是文件夹或 .zip 文件", code="not_a_bag", where=str(place))
            with zipfile.ZipFile(place) as archive:
                yield _zip(archive, place)
    except zipfile.BadZipFile as error:
        raise BagError("zip 文件已损坏，打不开", where=str(place)) from error


def _folder(place: Path) -> Bag:
    names = set()
    for folder, folders, files in os.walk(place):
        for name in (*folders, *files):
            path = Path(folder, name)
            mode = path.lstat().st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                raise BagError("包内只能有普通文件，不能有链接", code="bag_unsafe", where=str(path))
        names |= {Path(folder, name).relative_to(place).as_posix() for name in files}
    return _rooted(names, str(place), lambda name: open(place / name, "rb"))


def _zip(archive: zipfile.ZipFile, place: Path) -> Bag:
    names, unfolded = set(), 0
    for member in archive.infolist():
        name = member.filename
        _require_safe(name)
        if stat.S_ISLNK(member.external_attr >> 16) or member.flag_bits & 1:
            raise BagError("包内只能有未加密的普通文件", code="bag_unsafe", where=name)
        if name in names:
            raise BagError("zip 中有两个同名文件", code="bag_unsafe", where=name)
        unfolded += member.file_size
        if not member.is_dir():
            names.add(name)
    if unfolded > max(_SMALL, _MOST_UNFOLDED * place.stat().st_size):
        raise BagError("zip 解开后大得不合常理，没有打开", code="bag_too_large", where=str(place))
    return _rooted(names, str(place), archive.open)


def _require_safe(name: str) -> None:
    parts = name.rstrip("/").split("/")
    if "\\" in name or ":" in name or "\0" in name or any(part in ("", ".", "..") for part in parts):
        raise BagError("包内文件的路径不安全，没有打开", code="bag_unsafe", where=name)


def _rooted(names: set[str], place: str, opener: Callable[[str], BinaryIO]) -> Bag:
    """The bag begins where bagit.txt lies: at the top, or in the one folder that a zip usually holds."""
    if "bagit.txt" in names:
        return Bag(names, opener)
    tops = {name.partition("/")[0] for name in names}
    top = f"{tops.pop()}/" if len(tops) == 1 else ""
    if f"{top}bagit.txt" not in names:
        raise BagError("这不是 BagIt 移交包：没有 bagit.txt", code="not_a_bag", where=place)
    return Bag((name.removeprefix(top) for name in names), lambda name: opener(top + name))
