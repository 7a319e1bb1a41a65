"""The service under load: gunicorn with two workers, its callers in another process on loopback."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.checking import two_page_letters
from bench.measure import Figure
from objection_docs import desk

WORKERS, CLIENTS, SECONDS = 2, 16, 10
BESIDE = f"its callers, on the same {os.cpu_count()} cores"
DOCUMENTS, DOCUMENTS_P95, CHECKS = 150, 60, 25


@dataclass(frozen=True)
class House:
    port: int
    key: str
    pid: int
    home: Path


@contextmanager
def service() -> Iterator["House"]:
    """A service with a log of its own."""
    with tempfile.TemporaryDirectory(prefix="objection-docs-bench-") as home, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        command = [sys.executable, "-m", "objection_docs"]
        environment = os.environ | {"OBJECTION_DOCS_HOME": home, "OBJECTION_DOCS_LOG": "json"}
        made = subprocess.run(
            [*command, "key", "add", "bench", "--scope", "generate", "--scope", "check", "--scope", "archive"],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        key = made.stdout.split()[-1]
        with (Path(home) / "lines").open("w") as lines:
            serve = [*command, "serve", "--port", str(port), "--workers", str(WORKERS)]
            running = subprocess.Popen(serve, env=environment, stderr=lines, stdout=lines)
            try:
                _await(port)
                yield House(port, key, running.pid, Path(home))
            finally:
                running.terminate()
                running.wait(60)


def _await(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
                if answer.status == 200:
                    time.sleep(3)  # the other worker, and the readers of both
                    return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the service did not start")


def load(house: House, path: str, body: bytes, kind: str, seconds: float, rate: float = 0) -> dict:
    words = [house.port, f"/api/v1/{path}", CLIENTS, seconds, rate, kind, house.key]
    command = [sys.executable, "-m", "bench.client", *map(str, words)]
    done = subprocess.run(command, input=body, capture_output=True, check=True)
    return json.loads(done.stdout)


def form(letter: bytes) -> tuple[bytes, str]:
    """One file as a form."""
    line = b"0123456789abcdef"
    head = b'--%b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' % line
    return head + letter + b"\r\n--%b--\r\n" % line, f"multipart/form-data; boundary={line.decode()}"


def figures() -> list[Figure]:
    facts = {"kind": "objection_notice", "facts": desk.sample("objection_notice")}
    written = json.dumps(facts).encode(), "application/json"
    checked = form(two_page_letters()[0])
    with service() as house:
        for body, kind, path in ((*written, "documents"), (*checked, "checks")):
            load(house, path, body, kind, 3)
        documents = load(house, "documents", *written, SECONDS)
        steady = load(house, "documents", *written, SECONDS, DOCUMENTS)
        checks = load(house, "checks", *checked, SECONDS)
    house = f"{WORKERS} workers, {CLIENTS} clients"
    return [
        _rate(f"POST /documents (docx), {house}", documents, DOCUMENTS),
        _latency(f"the same at a steady {DOCUMENTS} a second", steady, DOCUMENTS_P95),
        _rate(f"POST /checks of a two-page letter, {house}", checks, CHECKS),
    ]


def _rate(what: str, found: dict, least: int) -> Figure:
    rate = found["count"] / found["seconds"]
    ours = f"{rate:.0f} a second, p95 {_p95(found):.0f} ms, {len(found['errors'])} errors"
    return Figure(what, ours, BESIDE, "–", f"≥ {least} a second", rate >= least and not found["errors"])


def _latency(what: str, found: dict, most: float) -> Figure:
    rate, p95 = found["count"] / found["seconds"], _p95(found)
    ours = f"p95 {p95:.0f} ms ({rate:.0f} a second)"
    return Figure(what, ours, BESIDE, "–", f"≤ {most} ms", p95 <= most and not found["errors"])


def _p95(found: dict) -> float:
    return found["latencies"][int(found["count"] * 0.95)] * 1000
