"""Slow senders: a request that drips in holds a thread. Who takes longer than his request is long loses the line."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

#: For the head of a request and a small body.
SECONDS = 30
#: A body must come in at least this quickly, on the average.
BYTES_A_SECOND = 50_000


class Watch:
    """Deadlines of sockets that are being read from; one thread looks at them all."""

    def __init__(self, tick: float = 1):
        self.tick = tick
        self._deadlines: dict[socket.socket, float] = {}
        self._lock, self._owner = threading.Lock(), 0

    def begin(self, line: socket.socket, seconds: float) -> None:
        with self._lock:
            self._deadlines[line] = time.monotonic() + seconds
            if self._owner != os.getpid():  # the thread of a server that forked stayed behind
                self._owner = os.getpid()
                threading.Thread(target=self._run, name="slow senders", daemon=True).start()

    def end(self, line: socket.socket) -> None:
        with self._lock:
            self._deadlines.pop(line, None)

    def _run(self) -> None:
        while True:
            time.sleep(self.tick)
            with self._lock:
                now = time.monotonic()
                late = [line for line, deadline in self._deadlines.items() if deadline < now]
                for line in late:
                    del self._deadlines[line]
            for line in late:
                with suppress(OSError):  # who reads from it sees its end; who writes to it, may
                    line.shutdown(socket.SHUT_RD)


class SlowSenders:
    """The application, with a deadline on each body. Both our servers hand the socket over in the environment."""

    def __init__(self, app: Callable, watch: Watch, seconds: float = SECONDS):
        self.app, self.watch, self.seconds = app, watch, seconds

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        line = environ.get("gunicorn.socket") or environ.get("werkzeug.socket")
        length = environ.get("CONTENT_LENGTH") or ""
        if line is None or (length in ("", "0") and "HTTP_TRANSFER_ENCODING" not in environ):
            return self.app(environ, start_response)
        expected = int(length) if length.isdigit() else 0
        self.watch.begin(line, self.seconds + expected / BYTES_A_SECOND)
        try:
            return self.app(environ, start_response)
        finally:
            self.watch.end(line)
