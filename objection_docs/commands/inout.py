"""Files in and out of the command line: read with a clear word when that fails, written whole or not at all."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from objection_docs.errors import ObjectionDocsError, UsageError

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
    kept = f"；文书已记入日志，可用 objection-docs log show {id} -o 文件名 取回" if id else ""
    with _whole(path, kept) as part:
        part.write_bytes(data)


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """A text of any length, as UTF-8, whole or not at all."""
    with _whole(path) as part, open(part, "wb") as file:
        file.writelines(line.encode() for line in lines)


@contextmanager
def _whole(path: Path, more: str = "") -> Iterator[Path]:
    """A place to write to, which takes the place of `path` once all is written."""
    part = path.with_name(f".{path.name[:60]}.{os.getpid()}.part")
    try:
        yield part
        os.replace(part, path)
    except OSError as error:
        raise UsageError(f"写不进这个位置（{error.strerror}）{more}", code="cannot_write", where=str(path)) from None
    finally:
        part.unlink(missing_ok=True)


class Copies:
    """The annotated copies that one call of `check` asks for: a file for one letter, a folder for several."""

    def __init__(self, out: str | None, files: tuple[str, ...]):
        """Refuses what cannot be done before anything is checked."""
        self.made: list[Path] = []
        self.failed: list[ObjectionDocsError] = []
        self._originals = {os.path.realpath(name) for name in files}
        self._folder = self._file = None
        if out is None:
            return
        if len(files) > 1 or os.path.isdir(out):
            self._folder = Path(out)
            if self._folder.exists() and not self._folder.is_dir():
                raise UsageError("检查多份文件时，--annotated 应给出一个文件夹", code="not_a_folder", where=out)
            if not self._folder.parent.is_dir():
                message = "没有这个文件夹，请先建立或换一个位置"
                raise UsageError(message, code="unknown_folder", where=str(self._folder.parent))
        else:
            self._file = output_place(out)
            self._spare_originals(self._file)
            self._fits(self._file, _head(files[0]))

    def add(self, name: str, data: bytes, report: dict) -> None:
        """Write the copy of one letter; what goes wrong is kept for the end, so that no other letter suffers."""
        if self._folder is None and self._file is None:
            return
        from objection_docs.reports import annotation

        try:
            copy = annotation.annotated(data, report)
            place = self._file or self._folder / annotation.name_for(name, annotation.ending(data))
            self._fits(place, data)
            self._spare_originals(place)
            place = free(place) if place in self.made else place
            place.parent.mkdir(exist_ok=True)
            write(place, copy, "")
            self.made.append(place)
        except ObjectionDocsError as error:
            error.args = (f"{name}：{error}",)
            self.failed.append(error)

    def _spare_originals(self, place: Path) -> None:
        if os.path.realpath(place) in self._originals:
            raise UsageError("批注本不能写在原件上，请换一个名称", code="would_overwrite", where=str(place))

    @staticmethod
    def _fits(place: Path, data: bytes) -> None:
        from objection_docs.reports import annotation

        kind = annotation.ending(data)
        if kind and place.suffix.lower() != kind:
            message = f"这份文书是 {annotation.ENDINGS[kind]} 文件，批注本的名称应以 {kind} 结尾"
            raise UsageError(message, code="wrong_ending", where=str(place))


def _head(name: str) -> bytes:
    """The first bytes of a file; none where they cannot be read, which whoever reads the whole will tell."""
    try:
        with open(name, "rb") as file:
            return file.read(1024) if os.path.isfile(name) else b""
    except (OSError, ValueError):
        return b""
