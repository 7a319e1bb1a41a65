"""The other end of the line: clients in a process of their own that send one request after the other.

python -m bench.client PORT METHOD PATH CLIENTS SECONDS RATE TYPE KEY < BODIES    prints JSON: what `Found` holds

BODIES: a JSON list of texts in base64, sent in turn. For GET each is what goes behind the path. RATE: requests a second
of all clients together; 0: each sends the next one as soon as it has its answer.

One thread and bare sockets: with http.client in threads the callers take as much of the machine as half the service.
"""

import base64
import json
import selectors
import socket
import sys
import time
from dataclasses import asdict, dataclass, field

ALLOWED = 30  # seconds for an answer


@dataclass
class Found:
    """`seconds`: until the last answer. `latencies`: seconds, ascending. `errors`: statuses that are no success, or
    what broke; the first five."""

    count: int = 0
    seconds: float = 0.0
    cpu: float = 0.0  # seconds that the callers themselves took
    errors: list = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)


class Caller:
    """One client: sends when it is due, reads its answer, waits for its turn."""

    def __init__(self, port: int, due: float):
        self.port, self.due, self.line, self.began, self.answer = port, due, None, 0.0, b""

    def send(self, request: bytes, now: float) -> None:
        if self.line is None:
            self.line = socket.create_connection(("127.0.0.1", self.port), timeout=ALLOWED)
            self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.began, self.answer = now, b""
        self.line.sendall(request)

    def read(self) -> str | int | None:
        """The status once the answer is whole; "closed" when the line broke; None while there is more to come."""
        try:
            piece = self.line.recv(1 << 20)
        except OSError:
            piece = b""
        self.answer += piece
        head, there, body = self.answer.partition(b"\r\n\r\n")
        if not piece:
            return "closed"
        if not there:
            return None
        low = head.lower()
        length = int(low.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        if len(body) < length:
            return None
        self.ends = b"connection: close" in low
        return int(head[9:12])

    def close(self) -> None:
        if self.line is not None:
            self.line.close()
        self.line = None


def main() -> None:
    port, method, path, clients, seconds, rate, kind, key = sys.argv[1:]
    bodies = [base64.b64decode(text) for text in json.load(sys.stdin)]
    requests = [_request(method, path, kind, key, body) for body in bodies]
    json.dump(asdict(drive(int(port), requests, int(clients), float(seconds), float(rate))), sys.stdout)


def _request(method: str, path: str, kind: str, key: str, body: bytes) -> bytes:
    common = f"Host: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
    if method == "GET":
        return f"GET {path}{body.decode()} HTTP/1.1\r\n{common}\r\n".encode()
    head = f"{method} {path} HTTP/1.1\r\n{common}Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def drive(port: int, requests: list[bytes], clients: int, seconds: float, rate: float) -> Found:
    found, began, sent = Found(), time.monotonic(), 0
    last = began
    until, pause = began + seconds, clients / rate if rate else 0.0
    idle = [Caller(port, began + pause * n / clients) for n in range(clients)]
    waiting = selectors.DefaultSelector()
    while idle or waiting.get_map():
        now = time.monotonic()
        for caller in [caller for caller in idle if caller.due <= now]:
            idle.remove(caller)
            if now < until:
                caller.send(requests[sent % len(requests)], now)
                waiting.register(caller.line, selectors.EVENT_READ, caller)
                sent += 1
            else:
                caller.close()
        next_due = min((caller.due for caller in idle), default=now + 1)
        for key, _ in waiting.select(max(0.0, next_due - time.monotonic())):
            status = key.data.read()
            if status is not None:
                waiting.unregister(key.data.line)
                _note(found, key.data, status, pause)
                idle.append(key.data)
                last = time.monotonic()
        for key in list(waiting.get_map().values()):
            if now - key.data.began > ALLOWED:
                waiting.unregister(key.data.line)
                _note(found, key.data, "no answer", pause)
                idle.append(key.data)
    found.seconds, found.cpu = last - began, time.process_time()
    found.errors, found.latencies = found.errors[:5], sorted(found.latencies)
    return found


def _note(found: Found, caller: Caller, status: str | int, pause: float) -> None:
    now = time.monotonic()
    found.count += 1
    found.latencies.append(now - caller.began)
    if status not in (200, 201):
        found.errors.append(status)
    if not isinstance(status, int) or caller.ends:
        caller.close()
    caller.due = max(caller.due + pause, now - pause)  # who is late catches up, but by no more than one


if __name__ == "__main__":
    main()
