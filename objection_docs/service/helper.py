"""The worker beside the service, a process of its own: starts with it, is started again when it dies, ends with it."""

import subprocess
import sys
import threading
import time

PAUSE = 5
_COMMAND = [sys.executable, "-m", "objection_docs", "work"]


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
                self._process = subprocess.Popen(_COMMAND, stdin=subprocess.DEVNULL, start_new_session=True)
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
