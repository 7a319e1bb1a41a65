"""The worker beside the service, a process of its own: starts with it, is started again when it dies, ends with it."""

import os
import subprocess
import sys
import threading
import time

PAUSE = 5
_COMMAND = [sys.executable, "-m", "objection_docs", "work"]
#: Ctrl+C is for the service, which ends the worker in good order. Of the same session all the same, where that can be:
#: Linux may share out its time among sessions first (sched(7), autogroup), and no process steps back for another one's.
_APART = {"process_group": 0} if sys.version_info >= (3, 11) and os.name == "posix" else {"start_new_session": True}
#: Popen waits until a pipe to its child is closed. A process that gunicorn forks meanwhile would keep it open for as
#: long as it lives, and a worker that died would never be missed.
_beginning = threading.Lock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_beginning.acquire, after_in_parent=_beginning.release, after_in_child=_beginning.release
    )


class Helper:
    """`start` and `stop`; in between one process is kept alive."""

    def __init__(self):
        self._stopping = threading.Event()
        self._process: subprocess.Popen | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        threading.Thread(target=self._keep, name="worker", daemon=True).start()

    def _keep(self) -> None:
        while not self._stopping.is_set():
            began = time.monotonic()
            with self._lock:
                if self._stopping.is_set():
                    return
                with _beginning:
                    self._process = subprocess.Popen(_COMMAND, stdin=subprocess.DEVNULL, **_APART)
            self._process.wait()
            self._stopping.wait(max(0, PAUSE - (time.monotonic() - began)))

    def stop(self, seconds: float = 30) -> None:
        """The row at work is finished; the job goes on at the next start."""
        with self._lock:
            self._stopping.set()
            process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
