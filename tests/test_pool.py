"""What a service keeps between its errands: connections, waits for the disk that several share, who makes the index."""

import os
import shutil
import threading
from datetime import datetime, timezone
from pathlib import Path

import pytest

from objection_docs.archive import Archive, pool, schema, settling
from objection_docs.archive.search import block, sets
from objection_docs.batches import Tools
from objection_docs.batches.worker import Worker
from objection_docs.errors import LogError

NOW = datetime(2026, 3, 5, 1, 30, tzinfo=timezone.utc)


def add(home: Path, text: str = "甲", **values):
    with Archive(home) as archive:
        return archive.add(at=NOW, errand="check", text=text, **values)


@pytest.fixture
def kept(home):
    yield pool.keep(home)
    pool.forget(home)


@pytest.fixture
def disk(monkeypatch, kept):
    """What is brought to the disk, in order: names of files and folders."""
    waited = []

    def noted(handle: int) -> None:
        waited.append(Path(os.readlink(f"/proc/self/fd/{handle}")).name)

    monkeypatch.setattr(os, "fsync", noted)
    monkeypatch.setattr(os, "fdatasync", noted)
    monkeypatch.setattr(schema, "SYNCHRONOUS", "FULL")
    return waited


# Connections


def test_errands_share_a_connection_and_those_at_once_have_their_own(kept, home):
    add(home)
    with Archive(home) as first:
        shared = first.db
        with Archive(home) as second:
            other = second.db
            assert other is not shared and second.search("甲").total == 1
    with Archive(home) as later:
        assert later.db in (shared, other)
    add(home, "乙")
    with Archive(home) as archive:
        assert archive.verify() == [] and archive.last() == 2


def test_without_a_pool_each_errand_has_its_own(home):
    with Archive(home) as first:
        before = first.db
    with Archive(home) as second:
        assert second.db is not before and pool.of(home) is None


def test_a_broken_off_transaction_is_not_handed_on(kept, home):
    archive = Archive(home)
    archive.db.execute("BEGIN IMMEDIATE")
    archive.close()
    assert add(home).seq == 1


def test_a_log_put_in_the_place_of_another_is_the_one_that_is_read(kept, home, tmp_path):
    add(home, "旧")
    with Archive(tmp_path / "other") as other:
        for text in ("新一", "新二"):
            other.add(at=NOW, errand="check", text=text)
    shutil.rmtree(home)
    shutil.move(tmp_path / "other", home)
    with Archive(home) as archive:
        assert archive.search("新").total == 2 and archive.search("旧").total == 0
    assert add(home).seq == 3


def test_a_process_that_forked_opens_its_own(kept, home, monkeypatch):
    assert pool.of(home) is kept
    monkeypatch.setattr(kept, "owner", os.getpid() + 1)
    assert pool.of(home) is None


def test_threads_that_append_at_once_make_one_chain(kept, home):
    threads = [
        threading.Thread(target=lambda: [add(home, series="异通", file=b"shared") for _ in range(10)]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Archive(home) as archive:
        assert archive.verify() == [] and archive.last() == 80
        assert len({entry.number for entry in archive.entries()}) == 80


# The disk


def test_an_entry_is_on_the_disk_before_it_is_told(kept, home, disk):
    add(home, file=b"data")
    assert disk[0].endswith(".part")  # the file before the entry
    assert disk[-2:] == [f"{schema.NAME}-wal", home.name]  # its commit, and that this file is there
    disk.clear()
    with Archive(home) as archive, archive.writing():
        archive.add(at=NOW, errand="check")
        archive.add(at=NOW, errand="check")
        assert disk == []  # nothing is told yet
    assert disk == [f"{schema.NAME}-wal"]


def test_an_entry_that_cannot_be_brought_to_the_disk_is_an_error(kept, home, disk, monkeypatch):
    add(home)

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdatasync", full)
    with pytest.raises(LogError, match="磁盘已满"):
        add(home)


def test_one_wait_serves_all_who_committed_before_it(kept, home, disk, monkeypatch):
    add(home)
    disk.clear()
    begun, go_on = threading.Event(), threading.Event()

    def slow(handle: int) -> None:
        disk.append(handle)
        begun.set()
        go_on.wait(10)

    monkeypatch.setattr(os, "fdatasync", slow)
    first = threading.Thread(target=kept.sync)
    first.start()
    begun.wait(10)
    others = [threading.Thread(target=kept.sync) for _ in range(5)]  # too late for the first one's wait
    for thread in others:
        thread.start()
    while kept._asked < 7:
        pass
    go_on.set()
    for thread in (first, *others):
        thread.join(10)
    assert len(disk) == 2


# The index


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(sets, "BLOCK", 64)
    monkeypatch.setattr(block, "COMMON", 3)


def blocks(home: Path) -> int:
    with Archive(home) as archive:
        return archive.db.execute("SELECT count(*) FROM search_blocks").fetchone()[0]


def fill(home: Path, count: int) -> None:
    with Archive(home) as archive, archive.writing():
        for number in range(count):
            archive.add(at=NOW, errand="check", text=f"第{number}封")


def test_who_appends_leaves_the_index_to_him_who_has_the_right(home, small_blocks):
    fill(home, 64)
    with settling.right(home) as ours, settling.right(home) as another:
        assert ours and not another
        add(home, "最后一封")
        assert blocks(home) == 0
        with Archive(home) as archive:
            assert archive.search("第5封").total == 1 and archive.search("最后").total == 1
    add(home)
    assert blocks(home) == 1
    with Archive(home) as archive:
        assert archive.search("第5封").total == 1 and archive.search("最后").total == 1 and archive.verify() == []


def test_the_worker_makes_the_index_while_it_lives(home, small_blocks, kept):
    worker = Worker(Tools(home, lambda: NOW))
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        until = threading.Event()
        fill(home, 64)
        for _ in range(200):
            if blocks(home):
                break
            until.wait(0.05)
        assert blocks(home) == 1
        with settling.right(home) as ours:
            assert not ours
    finally:
        worker.stop.set()
        thread.join(20)
