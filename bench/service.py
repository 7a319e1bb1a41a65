"""The service under load: gunicorn with two workers, its callers in another process on loopback."""

import base64
import json
import os
import random
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.archive import ENTRIES, words
from bench.bulk import fill
from bench.checking import two_page_letters
from bench.letters import facts
from bench.measure import Figure
from objection_docs import examining_desk
from objection_docs.archive import schema

WORKERS, CLIENTS, SECONDS = 2, 16, 10
DOCUMENTS, DOCUMENTS_P95, CHECKS, LOOKUPS, LOOKUPS_P95 = 150, 60, 25, 50, 60


@dataclass(frozen=True)
class House:
    port: int
    key: str
    pid: int
    home: Path


@contextmanager
def service(prepare: Callable[[Path], None] | None = None) -> Iterator["House"]:
    """A service with a log of its own. `prepare`: fills it before."""
    with tempfile.TemporaryDirectory(prefix="objection-docs-bench-") as home, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        if prepare:
            prepare(Path(home))
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


def load(house: House, path: str, bodies: Sequence[bytes], kind: str, seconds: float, rate: float = 0) -> dict:
    """What bench.client found, and `service`: CPU seconds of the service and all its processes meanwhile."""
    method = "POST" if kind else "GET"
    words = [house.port, method, f"/api/v1/{path}", CLIENTS, seconds, rate, kind, house.key]
    command = [sys.executable, "-m", "bench.client", *map(str, words)]
    given = json.dumps([base64.b64encode(body).decode() for body in bodies]).encode()
    before = cpu(house.pid)
    done = subprocess.run(command, input=given, capture_output=True, check=True)
    return json.loads(done.stdout) | {"service": cpu(house.pid) - before}


def family(pid: int) -> Iterator[Path]:
    """The places in /proc of a process and all that it started."""
    todo = [pid]
    while todo:
        place = Path("/proc") / str(todo.pop())
        with suppress(OSError):
            for children in place.glob("task/*/children"):
                todo += map(int, children.read_text().split())
            yield place


def cpu(pid: int) -> float:
    """CPU seconds that a process and all that live below it have taken."""
    taken = 0
    for place in family(pid):
        with suppress(OSError):
            taken += sum(map(int, (place / "stat").read_text().rpartition(")")[2].split()[11:13]))
    return taken / os.sysconf("SC_CLK_TCK")


def form(letter: bytes) -> tuple[bytes, str]:
    """One file as a form."""
    line = b"0123456789abcdef"
    head = b'--%b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' % line
    return head + letter + b"\r\n--%b--\r\n" % line, f"multipart/form-data; boundary={line.decode()}"


def figures(entries: int = ENTRIES, log: Path | None = None) -> list[Figure]:
    """`log`: as of bench.archive; a copy of it is asked."""
    return [*_work(), _lookup(entries, log)]


def _lookup(entries: int, log: Path | None) -> Figure:
    """Searches of all kinds in a large log, by callers who come evenly."""

    def filled(home: Path) -> None:
        if log and (log / schema.NAME).exists():
            shutil.copytree(log, home, dirs_exist_ok=True, ignore=shutil.ignore_patterns("bodies*"))
            return
        with closing(sqlite3.connect(home / "bodies", isolation_level=None)) as bodies:
            fill(home, entries, bodies)
        (home / "bodies").unlink()

    words_asked = [word for each in words(entries).values() for word in each]
    asked = [{"q": word} for word in words_asked]
    asked += [{"q": word, "order": "relevance"} for word in words_asked[::4]]
    asked += [{"q": word, "kind": "complaint", "from": "2017-01-01"} for word in words_asked[::4]]
    asked += [{"party": "宁波"}, {"missing": "evidence"}, {"fault": "repealed_law"}, {"case": "案77"}, {}] * 5
    random.Random(0).shuffle(asked)
    addresses = [f"?{urllib.parse.urlencode(each)}".encode() for each in asked]
    with service(filled) as house:
        load(house, "log", addresses, "", 5)
        found = load(house, "log", addresses, "", SECONDS, LOOKUPS)
    what = f"GET /log at {entries:,} entries, {WORKERS} workers, {CLIENTS} clients, {LOOKUPS} a second"
    return _latency(what, found, LOOKUPS_P95)


def settled(house: House) -> float:
    """Seconds until every letter that was answered unchecked has its check in the log."""
    began = time.monotonic()
    while examining_desk.waiting(limit=1, home=house.home):
        time.sleep(0.2)
    return time.monotonic() - began


def _work() -> list[Figure]:
    written = [json.dumps({"kind": "objection_notice", "facts": each}).encode() for each in facts(400)]
    checked, kinds = zip(*map(form, two_page_letters()[:20]), strict=True)
    with service() as house:
        load(house, "documents", written, "application/json", 3)
        documents = load(house, "documents", written, "application/json", SECONDS)
        settled(house)
        steady = load(house, "documents", written, "application/json", SECONDS, DOCUMENTS)
        print(f"  its letters were all checked {settled(house):.0f} s later", file=sys.stderr)
    with service() as house:  # another one: the index of all those letters is still being made
        load(house, "checks", checked, kinds[0], 3)
        checks = load(house, "checks", checked, kinds[0], SECONDS)
    house = f"{WORKERS} workers, {CLIENTS} clients"
    return [
        _rate(f"POST /documents (docx), {house}", documents, DOCUMENTS),
        _latency(f"the same at a steady {DOCUMENTS} a second", steady, DOCUMENTS_P95),
        _rate(f"POST /checks of a two-page letter, {house}", checks, CHECKS),
    ]


def _rate(what: str, found: dict, least: int) -> Figure:
    rate = found["count"] / found["seconds"]
    ours = f"{rate:.0f} a second, p95 {_p95(found):.0f} ms, {len(found['errors'])} errors"
    return Figure(what, ours, _beside(found), "–", f"≥ {least} a second", rate >= least and not found["errors"])


def _latency(what: str, found: dict, most: float) -> Figure:
    rate, p95 = found["count"] / found["seconds"], _p95(found)
    ours = f"p95 {p95:.0f} ms ({rate:.0f} a second)"
    return Figure(what, ours, _beside(found), "–", f"≤ {most} ms", p95 <= most and not found["errors"])


def _beside(found: dict) -> str:
    """What a request costs the service, and what it costs its callers on the same cores."""
    each = 1000 / found["count"]
    return f"{found['service'] * each:.1f} ms CPU each; its callers {found['cpu'] * each:.1f} ms"


def _p95(found: dict) -> float:
    return found["latencies"][int(found["count"] * 0.95)] * 1000
