"""Work on files that nobody vouches for, in processes of its own with limits of time and memory.

One bad file then costs its sender an answer, and nobody else anything. The processes are warm: they have read the rules
before the first letter comes, and go on from letter to letter.
"""

import atexit
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import TimeoutError as TookTooLong
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256

from objection_docs import desk
from objection_docs.errors import PaperError

_WARM = "objection_docs.fence.warm"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of one piece of work. `megabytes`: of address space, of which the interpreter itself takes some 300."""

    seconds: float = 60
    megabytes: int = 1500


class Fence:
    """A pool of such processes. They start with the first piece of work; `close` ends them.

    `idle`: they run only while nobody else of this session, or this unit of systemd, wants to.
    """

    def __init__(self, processes: int = 1, bounds: Bounds = Bounds(), *, idle: bool = False):
        self.processes, self.bounds, self.idle = processes, bounds, idle
        self._pool, self._owner, self._lock = None, 0, threading.Lock()

    def run(self, work: Callable, *args: object, **kwargs: object) -> object:
        """What `work` returns or raises; it, its arguments and its result cross over by pickling.

        PaperError `too_slow`, `too_large` or `reader_crashed` when it broke its bounds.
        """
        from pebble import ProcessExpired

        try:
            return self._open().schedule(work, args, kwargs, timeout=self.bounds.seconds).result()
        except TookTooLong:
            message = f"读这份文件超过 {self.bounds.seconds:g} 秒，已停止；请另存为普通的 PDF 或 docx 后再试"
            raise PaperError(message, code="too_slow") from None
        except MemoryError:
            message = "读这份文件需要的内存太多，已停止；请拆分或另存为普通的 PDF 或 docx 后再试"
            raise PaperError(message, code="too_large", status=413) from None
        except ProcessExpired:
            message = "读这份文件时读取程序中断；文件可能已损坏，请另存为普通的 PDF 或 docx 后再试"
            raise PaperError(message, code="reader_crashed") from None

    def examine(self, data: bytes, name: str, **known: str | None) -> tuple[dict, str]:
        """As desk.examine."""
        try:
            return self.run(desk.examine, data, name, **known)
        except PaperError as error:
            return desk.unreadable(name, error.code, error.message) | {"sha256": sha256(data).hexdigest()}, ""

    def start(self) -> None:
        """Have a process ready before the first letter comes."""
        self._open().schedule(os.getpid)

    def close(self) -> None:
        with self._lock:
            if self._pool is not None and self._owner == os.getpid():
                self._pool.stop()
                self._pool.join()
            self._pool = None

    def _open(self):
        from pebble import ProcessPool

        with self._lock:
            if self._pool is None or self._owner != os.getpid() or not self._pool.active:  # servers fork
                context = multiprocessing.get_context("forkserver")
                context.set_forkserver_preload([_WARM])
                self._owner = os.getpid()
                limits = [self.bounds.megabytes, self.idle]
                self._pool = ProcessPool(
                    self.processes, max_tasks=500, initializer=_limit, initargs=limits, context=context
                )
                atexit.register(self.close)
            return self._pool


def _limit(megabytes: int, idle: bool) -> None:
    """In the new process, before any work."""
    if idle:
        _step_back()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the service, which ends us in good order
    threading.Thread(target=_die_with_parent, daemon=True).start()
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1_000_000,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _step_back() -> None:
    """For the rest of this process's life."""
    if hasattr(os, "SCHED_IDLE"):
        # whoever wakes goes before it at once, as with nice he doesn't: there it may finish its slice of 3 ms first
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
            return
    if hasattr(os, "nice"):
        os.nice(19)


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
