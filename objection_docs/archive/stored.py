"""The files of the log in the storage of a plugin. It only keeps bytes; that they are the right ones is seen here."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from objection_docs import plugins
from objection_docs.archive.files import Folder, sha256
from objection_docs.errors import LogError, ObjectionDocsError, PluginError
from objection_docs.hookspecs import Storage


class Stored(Folder):
    """Files in `storage`. Those that it doesn't have are looked for in our folder, where they lay before there was one.

    `plugin`: its name, for messages.
    """

    def __init__(self, home: Path, storage: Storage, plugin: str):
        super().__init__(home)
        self.storage, self.plugin = storage, plugin

    def has(self, digest: str) -> bool:
        return self._read(digest) is not None or super().has(digest)

    def where(self, digest: str) -> str:
        return super().where(digest) if super().has(digest) else f"插件“{self.plugin}”的存储 {digest}"

    def put(self, data: bytes) -> str:
        digest = sha256(data)
        self._asked(self.storage.write, digest, data)
        return digest

    def get(self, digest: str) -> bytes:
        data = self._read(digest)
        if data is None:
            return super().get(digest)
        if sha256(data) != digest:
            message = "日志中的文件与记入时不同，请从备份恢复"
            raise LogError(message, code="file_changed", where=self.where(digest), status=500)
        return data

    def remove(self, digests: Iterable[str]) -> None:
        digests = list(digests)
        for digest in digests:
            self._asked(self.storage.delete, digest)
        super().remove(digests)

    def _read(self, digest: str) -> bytes | None:
        with suppress(KeyError):
            return self._asked(self.storage.read, digest)
        return None

    def _asked(self, what: Callable, *given: object):
        try:
            return what(*given)
        except (KeyError, ObjectionDocsError):
            raise
        except Exception as error:
            plugins.complain(self.plugin, f"storage.{what.__name__}", error)
            message = f"插件“{self.plugin}”的存储出错（{type(error).__name__}），请检查它的设置或稍后再试"
            raise LogError(message, code="storage_failed") from error


def files(home: Path) -> Folder:
    """Where the log in `home` keeps its files: the storage of the plugin loaded last that gives one, or our folder."""
    try:
        name, storage = plugins.first("storage", home=home)
    except PluginError as error:
        raise LogError(error.message, code="storage_failed") from error
    return storage if isinstance(storage, Folder) else Stored(home, storage, name)
