"""The document log: appending, searching beside LIKE, size, verification and memory, on a log of invented letters."""

import gc
import json
import multiprocessing
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from bench.bulk import fill
from bench.letters import letters
from bench.measure import Figure
from objection_docs.archive import Archive, schema
from objection_docs.archive.search import fold

ENTRIES = 200_000
APPENDED = 2100  # so that a block of the index is made among them
COMPARED = 8  # words of each class that LIKE is asked too
RARE = 80

EVERYWHERE = ["公司", "有限公司", "的", "年", "特此函告，请贵方依法依约办理", "此致", "联系人：", "附件："]
COMMON = [
    "苏州", "明显超差", "人民法院起诉", "精密制造有限公司", "机械有限", "物流股份", "当面核对", "合同第1",
    "宁波 有限责任公司", "中华人民共和国民法典 -杭州", "请贵方于收到本函之日起", "损失人民币", "处理办法", "2016年",
    "投诉人认为", "书面说明", "10个工作日", "经济", "发展", "¥1,",
]  # fmt: skip

_CHILD = """
import json, re, sys, time
from pathlib import Path
from objection_docs.archive import Archive
with Archive(Path(sys.argv[1])) as archive:
    start = time.perf_counter()
    {work}
    took = time.perf_counter() - start
peak = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
print(json.dumps([took, peak]))
"""
_VERIFY = "assert archive.verify() == []"
_SEARCH = "archive.search('公司'); archive.search('有限公司', order='relevance'); archive.chosen('-公司')"


def figures(entries: int = ENTRIES, log: Path | None = None) -> list[Figure]:
    """`log`: a folder in which the log is kept for the next time, as a large one takes long to fill."""
    with TemporaryDirectory() as folder:
        home = log or Path(folder)
        home.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(home / "bodies.sqlite3", isolation_level=None)) as bodies:
            if not (home / schema.NAME).exists():
                _say("filling")
                fill(home, entries, bodies)
            _say("searching")
            rows = [_size(home, entries), *_search(home, entries, bodies)]
        _say("verifying")
        rows += _children(home, entries)
        _say("appending")
        appended = home.with_name(f"{home.name}-appended")
        shutil.copytree(home, appended, ignore=shutil.ignore_patterns("bodies*"))
        try:
            return [*rows, _append(appended, entries)]
        finally:
            shutil.rmtree(appended)


def _say(what: str) -> None:
    print(f"  {what}", file=sys.stderr)


def _append(home: Path, entries: int) -> Figure:
    """Durable, one transaction and one wait for the disk each, while another process searches."""
    with Archive(home) as archive:
        archive.search()
        context = multiprocessing.get_context("spawn")
        stop, waits = context.Event(), context.SimpleQueue()
        reader = context.Process(target=_read_on, args=(home, stop, waits))
        reader.start()
        waits.get()  # it has begun
        given = list(letters(APPENDED, entries))
        start = time.perf_counter()
        for letter in given:
            archive.add(at=letter.at, **letter.values)
        took = time.perf_counter() - start
        stop.set()
        longest = waits.get()
        reader.join()
    rate, bare = APPENDED / took, _bare(home / "bare.sqlite3")
    return Figure(
        what=f"append to a log of {entries:,} entries, durable, one process ({APPENDED} entries)",
        ours=f"{rate:.0f} entries/s",
        beside=f"bare SQLite {bare:.0f} rows/s; a search meanwhile p95 {longest:.1f} ms",
        ratio=f"{rate / bare:.2f}×",
        limit="≥ 200/s",
        kept=rate >= 200,
    )


def _read_on(home: Path, stop, waits) -> None:
    """A search every twentieth of a second, by the clock: what a reader waits."""
    taken = []
    with Archive(home) as archive:
        waits.put(None)
        while not stop.is_set():
            start = time.perf_counter()
            archive.search("公司")
            taken.append((time.perf_counter() - start) * 1000)
            time.sleep(0.05)
    waits.put(_p95(taken))


def _bare(path: Path) -> float:
    """Rows of the size of a letter that SQLite alone appends in a second, as durably."""
    rows = [letter.values["text"] for letter in letters(300)]
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("CREATE TABLE rows (a)")
        start = time.perf_counter()
        for row in rows:
            db.execute("INSERT INTO rows VALUES (?)", [row])
        return len(rows) / (time.perf_counter() - start)


def _ms(call) -> tuple[float, object]:
    """CPU milliseconds, and what came of it; all is in memory, and other programs' turns are not on our bill."""
    start = time.process_time()
    found = call()
    return (time.process_time() - start) * 1000, found


def _p95(taken: list[float]) -> float:
    return quantiles(taken, n=20)[-1] if len(taken) > 1 else taken[0]


def _size(home: Path, entries: int) -> Figure:
    with Archive(home) as archive:
        sql = "SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'search%'"
        index = archive.db.execute(sql).fetchone()[0]
        text = archive.db.execute("SELECT sum(length(CAST(text AS BLOB))) FROM entries").fetchone()[0]
    whole = (home / schema.NAME).stat().st_size
    return Figure(
        what=f"search index on disk, {entries:,} entries",
        ours=f"{index / 1e6:.0f} MB",
        beside=f"the text {text / 1e6:.0f} MB (whole log {whole / 1e6:.0f} MB)",
        ratio=f"{index / text:.2f}×",
        limit="≤ 1.3×",
        kept=index / text <= 1.3,
    )


def words(entries: int) -> dict[str, list[str]]:
    """What is asked, by class."""
    return {"rare": _rare(entries), "common": COMMON, "everywhere": EVERYWHERE}


def _rare(entries: int, seed: int = 0) -> list[str]:
    """Stretches of two to eight characters out of letters from all over the log."""
    chance = random.Random(seed)
    rare = []
    for place in chance.sample(range(entries), RARE):
        text = fold(next(letters(1, place)).values["text"]).replace('"', "")
        start = chance.randrange(len(text) - 10)
        rare.append(f'"{text[start : start + chance.randint(2, 8)]}"')
    return rare


def _search(home: Path, entries: int, bodies: sqlite3.Connection) -> Iterator[Figure]:
    with Archive(home) as archive:
        for word in _rare(entries, seed=1):  # as in a service that has answered others: its memory is taken
            archive.search(word)
        gc.collect()
        gc.freeze()  # as the service does; what earlier parts of the bench left behind is not looked through again
        recalled, wanted = 0, 0
        for name, asked in words(entries).items():
            taken = {
                order: [_ms(lambda w=w, o=order: archive.search(w, order=o))[0] for w in asked] for order in ORDERS
            }
            like = []
            for word in [w for w in asked if " " not in w][:COMPARED]:
                ms, expected = _ms(lambda w=word: _like(bodies, fold(w.strip('"'))))
                like.append(ms)
                found = archive.chosen(word)
                recalled, wanted = recalled + len(set(found) & set(expected)), wanted + len(expected)
                if found != expected:
                    raise SystemExit(f"{word}: {len(found)} found, LIKE finds {len(expected)}")
            for order, limit in ORDERS.items():
                ours = _p95(taken[order])
                ratio = median(like) / ours
                yield Figure(
                    what=f"search {entries:,} entries, {name} words, {order} (p95 of {len(asked)})",
                    ours=f"{ours:.1f} ms CPU",
                    beside=f"LIKE {median(like):.0f} ms CPU",
                    ratio=f"{ratio:.0f}× faster",
                    limit=f"≤ {limit} ms, ≥ 20×",
                    kept=ours <= limit and ratio >= 20,
                )
        recall = recalled / wanted
        yield Figure("recall against LIKE", f"{recall:.3f}", f"{wanted:,} hits", "–", "1.000", recall == 1)


ORDERS = {"newest": 20, "relevance": 50}


def _like(bodies: sqlite3.Connection, word: str) -> list[int]:
    plain = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    sql = "SELECT seq FROM bodies WHERE body LIKE ? ESCAPE '\\' ORDER BY seq"
    return [seq for (seq,) in bodies.execute(sql, [f"%{plain}%"])]


def _children(home: Path, entries: int) -> Iterator[Figure]:
    """In processes of their own, for their peak of memory."""
    peaks = {}
    for name, work in (("verify", _VERIFY), ("search", _SEARCH)):
        command = [sys.executable, "-c", _CHILD.format(work=work), str(home)]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
        took, peaks[name] = json.loads(run.stdout)
        if name == "verify":
            rate = f"{entries / took:,.0f} entries/s"
            yield Figure(f"verify a log of {entries:,} entries", f"{took:.0f} s", rate, "–")
    peak = max(peaks.values())
    said = ", ".join(f"{name} {value:.0f} MB" for name, value in peaks.items())
    yield Figure(f"memory with {entries:,} entries", f"{peak:.0f} MB", said, "–", "< 300 MB", peak < 300)
