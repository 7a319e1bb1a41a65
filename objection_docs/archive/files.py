"""The files of the log, each kept once under its sha256: files/ab/cdef…"""

import hashlib
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from secrets import token_hex

from objection_docs.archive.pool import sync_folder
from objection_docs.archive.schema import spoken
from objection_docs.errors import LogError

#: Folders that are on the disk for good, as far as this process has seen to it.
_lasting: set[Path] = set()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Folder:
    """Our own storage: the folder `files` beside the log."""

    def __init__(self, home: Path):
        self.folder = home / "files"

    def path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest[2:]

    def has(self, digest: str) -> bool:
        return self.path(digest).exists()

    def where(self, digest: str) -> str:
        """For a person who looks for the file."""
        return str(self.path(digest))

    def put(self, data: bytes) -> str:
        """Keep `data`; its sha256. After a crash the file is there whole or not at all."""
        digest = sha256(data)
        path = self.path(digest)
        with spoken(path):
            if self._same(path, data):
                return digest
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            part = path.with_name(f".{token_hex(8)}.part")
            try:
                _write(part, data)
                os.replace(part, path)
            except BaseException:
                with suppress(OSError):
                    part.unlink(missing_ok=True)
                raise
            sync_folder(path.parent)
            if path.parent not in _lasting:  # whoever made it may not have come so far
                sync_folder(self.folder)
                sync_folder(self.folder.parent)
                _lasting.add(path.parent)
        return digest

    def get(self, digest: str) -> bytes:
        """The file's bytes, compared with its sha256 first."""
        path = self.path(digest)
        try:
            with spoken(path):
                data = path.read_bytes()
        except LogError as error:
            if isinstance(error.__cause__, FileNotFoundError):
                message = "日志中的文件不见了，请从备份恢复"
                raise LogError(message, code="file_lost", where=str(path), status=500) from None
            raise
        if sha256(data) != digest:
            raise LogError("日志中的文件与记入时不同，请从备份恢复", code="file_changed", where=str(path), status=500)
        return data

    def remove(self, digests: Iterable[str]) -> None:
        """The end of files; who calls this has made sure that no living entry holds them. Not there: nothing to do."""
        paths = [self.path(digest) for digest in digests]
        for path in paths:
            with spoken(path):
                path.unlink(missing_ok=True)
        for folder in {path.parent for path in paths if path.parent.is_dir()}:
            with spoken(folder):
                sync_folder(folder)

    def remove_leftovers(self, older_than: timedelta) -> None:
        """Take away the unfinished files of crashes. Younger ones may be another process's, still at work."""
        before = time.time() - older_than.total_seconds()
        for part in self.folder.glob("*/.*.part"):
            with suppress(OSError):
                if part.stat().st_mtime < before:
                    part.unlink()

    @staticmethod
    def _same(path: Path, data: bytes) -> bool:
        try:
            return path.stat().st_size == len(data) and path.read_bytes() == data
        except FileNotFoundError:
            return False


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o400)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
