"""Files in and out of the command line: read with a clear word when that fails, written whole or not at all."""

import os
import sys
from pathlib import Path

from objection_docs.errors import UsageError

#: A file larger than this is not even taken into memory.
MOST_BYTES = 200_000_000


def output_place(output: str | None) -> Path | None:
    if output is None:
        return None
    path = Path(output)
    if path.suffix.lower() not in (".docx", ".pdf"):
        raise UsageError("输出文件的名称应以 .docx 或 .pdf 结尾", where=output)
    if not path.parent.is_dir():
        raise UsageError("没有这个文件夹，请先建立或换一个位置", code="unknown_folder", where=str(path.parent))
    if path.is_dir():
        raise UsageError("这是一个文件夹，请写出文件名", where=output)
    return path


def free(path: Path) -> Path:
    """`path`, or the first like it that would not overwrite anything."""
    free, count = path, 1
    while free.exists():
        count += 1
        free = path.with_name(f"{path.stem} ({count}){path.suffix}")
    return free


def read_input(name: str, what: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        if os.path.getsize(name) > MOST_BYTES:
            raise UsageError(f"{what}太大", code="too_large", where=name)
        return Path(name).read_bytes()
    except FileNotFoundError:
        raise UsageError(f"没有这个{what}", code="file_not_found", where=name) from None
    except IsADirectoryError:
        raise UsageError("这是一个文件夹，请给出文件", code="is_a_folder", where=name) from None
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"读不到这个{what}（{said}）", code="cannot_read", where=name) from None


def write(path: Path, data: bytes, id: str) -> None:
    """All or nothing: a half-written letter never takes a whole one's place."""
    part = path.with_name(f".{path.name[:60]}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        kept = f"；文书已记入日志，可用 objection-docs log show {id} -o 文件名 取回" if id else ""
        raise UsageError(f"写不进这个位置（{error.strerror}）{kept}", code="cannot_write", where=str(path)) from None
