"""A ZIP of letters → its letters one by one. Nothing is unpacked to disk, and no name of it is ever a path."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from objection_docs.errors import UsageError

MOST_LETTERS = 5000
_SKIPPED = {"Thumbs.db", ".DS_Store", "desktop.ini"}
_UTF8 = 0x800


@dataclass(frozen=True, slots=True)
class Letter:
    """`fault`: why it cannot be read."""

    name: str
    data: bytes = b""
    fault: dict = field(default_factory=dict)


def is_zip_of_letters(data: bytes) -> bool:
    """Word and Excel files are ZIPs, too."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return not {"[Content_Types].xml", "xl/workbook.xml"} & set(packed.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False


def count(data: bytes) -> int:
    """How many letters there are. UsageError for no ZIP, none or too many."""
    found = len(_members(_opened(data)))
    if not found:
        raise UsageError("ZIP 里没有文件", code="no_rows")
    if found > MOST_LETTERS:
        raise UsageError(f"一批最多 {MOST_LETTERS} 份文书，请分几批提交", code="too_many_rows")
    return found


def letters(data: bytes, largest: int) -> Iterator[Letter]:
    """In the order of the ZIP. `largest`: bytes of one letter; what unpacks to more is not read on."""
    packed = _opened(data)
    for info in _members(packed):
        name = _name(info)
        if info.flag_bits & 1:
            yield Letter(name, fault=_fault("encrypted", "ZIP 设有密码，请解除密码后再提交"))
            continue
        try:
            with packed.open(info) as member:
                read = member.read(largest + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
            yield Letter(name, fault=_fault("damaged_zip", "ZIP 里的这份文件已损坏，请重新压缩"))
            continue
        if len(read) > largest:
            yield Letter(
                name, fault=_fault("too_large", f"这份文件超过 {largest / 1_000_000:g} MB，请压缩或拆分后再试")
            )
        else:
            yield Letter(name, read)


def _opened(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise UsageError("ZIP 打不开，可能没有传完或已损坏，请重新压缩", code="damaged_zip") from None


def _members(packed: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [
        info
        for info in packed.infolist()
        if not info.is_dir()
        and not info.filename.startswith("__MACOSX/")
        and PurePosixPath(info.filename).name not in _SKIPPED
    ]


def _name(info: zipfile.ZipInfo) -> str:
    """Windows in China writes names in GBK without saying so; zipfile then reads them as cp437."""
    name = info.filename
    if not info.flag_bits & _UTF8:
        try:
            raw = name.encode("cp437")
            name = next(_decodings(raw), name)
        except UnicodeEncodeError:
            pass
    return PurePosixPath(name.replace("\\", "/")).name[:200] or "未命名"


def _decodings(raw: bytes) -> Iterator[str]:
    for encoding in ("utf-8", "gb18030"):
        try:
            yield raw.decode(encoding)
        except UnicodeDecodeError:
            continue


def _fault(code: str, detail: str) -> dict:
    return {"code": code, "detail": detail, "errors": []}
