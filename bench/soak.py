"""Ten minutes of everything at once: memory stays flat, no entry is lost or doubled, the chain verifies."""

import json
import random
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from pathlib import Path

from bench.checking import two_page_letters
from bench.measure import Figure
from bench.service import House, form, service
from objection_docs import archive_desk, desk

MINUTES, CLIENTS = 10, 6
#: Until then caches fill; what memory does later is what counts.
WARM = 0.3
GROWTH = 1.10


class Callers:
    """What several callers did: answers by path and status, numbers and ids given."""

    def __init__(self, house: House):
        self.house, self.answers, self.ids, self.lock = house, Counter(), [], threading.Lock()
        facts = {"kind": "objection_notice", "facts": desk.sample("objection_notice")}
        self.document = json.dumps(facts).encode()
        self.letters = [form(letter) for letter in two_page_letters()[:20]]
        self.broken = form(b"%PDF-1.7 nothing")

    def call(self, path: str, body: bytes | None = None, kind: str = "application/json", key: str = "") -> dict:
        request = urllib.request.Request(f"http://127.0.0.1:{self.house.port}/api/v1/{path}", body)
        request.add_header("Authorization", f"Bearer {self.house.key}")
        request.add_header("Content-Type", kind)
        if key:
            request.add_header("Idempotency-Key", key)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                status, got = answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            status, got = error.code, json.load(error)
        except OSError:  # no answer in time
            status, got = 599, {"id": ""}
        with self.lock:
            self.answers[path.partition("?")[0].partition("/")[0], status] += 1
        return got

    def work(self, until: float, dice: random.Random) -> None:
        while time.monotonic() < until:
            throw, made = dice.random(), None
            if throw < 0.5:
                made = self.call("documents", self.document)
            elif throw < 0.6:  # a retry
                key = str(dice.random())
                made = self.call("documents", self.document, key=key)
                assert self.call("documents", self.document, key=key) == made
            elif throw < 0.8:
                made = self.call("checks", *dice.choice(self.letters))
            elif throw < 0.85:
                made = self.call("checks", *self.broken)
            else:
                self.call(f"log?q={urllib.parse.quote('恒泰')}")
            if made is not None and made["id"]:
                with self.lock:
                    self.ids.append(made["id"])


def memory(pid: int) -> float:
    """MB that the service and all its children hold for themselves or share with each other (PSS)."""
    found, todo = 0, [pid]
    while todo:
        place = Path("/proc") / str(todo.pop())
        try:
            for line in (place / "smaps_rollup").read_text().splitlines():
                found += int(line.split()[1]) if line.startswith("Pss:") else 0
            for children in place.glob("task/*/children"):
                todo += map(int, children.read_text().split())
        except OSError:
            continue
    return found / 1000


def figures(minutes: float = MINUTES) -> list[Figure]:
    with service() as house:
        callers, began = Callers(house), time.monotonic()
        until = began + minutes * 60
        threads = [threading.Thread(target=callers.work, args=(until, random.Random(n))) for n in range(CLIENTS)]
        for thread in threads:
            thread.start()
        samples = []
        while time.monotonic() < until:
            time.sleep(min(5, minutes * 6))
            samples.append(memory(house.pid))
        for thread in threads:
            thread.join()
        entries = desk.search(limit="1", home=house.home).total
        broken = archive_desk.verify(home=house.home)
    early, late = samples[int(len(samples) * WARM) :][:3], samples[-3:]
    growth = sum(late) / sum(early)
    failed = {f"{path} {status}": n for (path, status), n in callers.answers.items() if status >= 500}
    lost = len(set(callers.ids)) - entries
    sound = not lost and not failed and not broken and len(set(callers.ids)) == len(callers.ids)
    told = f"{sum(callers.answers.values())} requests, {entries} entries, lost or doubled {abs(lost)}"
    told += f", failed {failed or 0}"
    return [
        Figure(f"a soak of {minutes:g} minutes, mixed", told, f"chain: {broken or 'whole'}", "–", "none lost", sound),
        Figure(
            "its memory, all processes (PSS)",
            f"{late[-1]:.0f} MB at the end",
            f"{early[0]:.0f} MB after a third",
            f"{growth:.2f}×",
            f"≤ {GROWTH}×",
            growth <= GROWTH,
        ),
    ]
