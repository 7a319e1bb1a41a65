"""Ten minutes of everything at once: memory stays flat, no entry is lost or doubled, the chain verifies."""

import json
import random
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from contextlib import suppress

from bench.checking import two_page_letters
from bench.letters import facts
from bench.measure import Figure
from bench.service import House, family, form, service, settled
from objection_docs import archive_desk, desk

MINUTES, CLIENTS = 10, 6
#: Until then caches fill; what memory does later is what counts.
WARM = 0.3
GROWTH = 1.10


class Callers:
    """What several callers did: answers by path and status, numbers and ids given."""

    def __init__(self, house: House):
        self.house, self.answers, self.ids, self.lock = house, Counter(), [], threading.Lock()
        self.longest: dict[str, float] = {}  # path → seconds of the slowest answer
        written = [{"kind": "objection_notice", "facts": one} for one in facts(400)]
        self.written = [json.dumps(one).encode() for one in written]
        self.letters = [form(letter) for letter in two_page_letters()[:20]]
        self.broken = form(b"%PDF-1.7 nothing")

    def call(self, path: str, body: bytes | None = None, kind: str = "application/json", key: str = "") -> dict:
        request = urllib.request.Request(f"http://127.0.0.1:{self.house.port}/api/v1/{path}", body)
        request.add_header("Authorization", f"Bearer {self.house.key}")
        request.add_header("Content-Type", kind)
        if key:
            request.add_header("Idempotency-Key", key)
        began, name = time.monotonic(), path.partition("?")[0].partition("/")[0]
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                status, got = answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            status, got = error.code, json.load(error)
        except OSError:  # no answer in time
            status, got = 599, {"id": ""}
        with self.lock:
            self.answers[name, status] += 1
            self.longest[name] = max(self.longest.get(name, 0), time.monotonic() - began)
        return got

    def work(self, until: float, dice: random.Random) -> None:
        while time.monotonic() < until:
            throw, made = dice.random(), None
            if throw < 0.5:
                made = self.call("documents", dice.choice(self.written))
            elif throw < 0.6:  # a retry
                key, body = str(dice.random()), dice.choice(self.written)
                made = self.call("documents", body, key=key)
                again = self.call("documents", body, key=key)
                if made.get("id"):
                    assert again == made
                else:
                    made = again  # no answer in time: the second one tells which letter it was
            elif throw < 0.8:
                made = self.call("checks", *dice.choice(self.letters))
            elif throw < 0.85:
                made = self.call("checks", *self.broken)
            else:
                self.call(f"log?q={urllib.parse.quote('恒泰')}")
            if made and made.get("id"):
                with self.lock:
                    self.ids.append(made["id"])


def memory(pid: int) -> dict[str, float]:
    """Process → MB that it holds for itself or its part of what it shares (PSS): the service and all its children."""
    found = {}
    for place in family(pid):
        with suppress(OSError):
            lines = (place / "smaps_rollup").read_text().splitlines()
            found[place.name] = sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1000
    return found


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
        for line in (house.home / "lines").read_text().splitlines():
            if '"level": "info"' not in line:
                print(" ", line, file=sys.stderr)
        print(f"  every letter was checked {settled(house):.0f} s after the end", file=sys.stderr)
        entries = desk.search(limit="1", home=house.home).total
        broken = archive_desk.verify(home=house.home)
    for pid in samples[-1]:
        print(
            f"  process {pid}:",
            *(f"{one.get(pid, 0):.0f}" for one in samples[:: len(samples) // 10 or 1]),
            file=sys.stderr,
        )
    totals = [sum(one.values()) for one in samples]
    early, late = totals[int(len(totals) * WARM) :][:3], totals[-3:]
    growth = sum(late) / sum(early)
    failed = {f"{path} {status}": n for (path, status), n in callers.answers.items() if status >= 500}
    lost = len(set(callers.ids)) - entries
    sound = not lost and not failed and not broken and len(set(callers.ids)) == len(callers.ids)
    told = f"{sum(callers.answers.values())} requests, {entries} entries, lost {max(0, lost)}, not told {max(0, -lost)}"
    told += f", failed {failed or 0}, longest wait {max(callers.longest.values()):.1f} s"
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
