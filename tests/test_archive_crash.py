"""What befalls a machine: kill -9, many writers, a full disk, a folder that cannot be written. The log stays whole."""

import multiprocessing
import os
import random
import resource
import shutil
import signal
import sqlite3
import tempfile
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path

import pytest

from objection_docs.archive import Archive, pool, schema
from objection_docs.errors import LogError

NOW = datetime(2026, 3, 5, 1, 30, tzinfo=timezone.utc)
WRITES = 200
# Forked, so that a writer is at work in a moment and fifty of them can be killed.
fork = multiprocessing.get_context("fork")


def _write_on(home: Path, pipe, kept: bool) -> None:
    """Append until killed; each id is told only after `add` has returned. `kept`: as a service does."""
    if kept:
        pool.keep(home)
    with Archive(home) as archive:
        for i in range(WRITES):
            data = os.urandom(random.choice((10, 5_000, 300_000)))
            entry = archive.add(at=NOW, errand="check", file=data, series="异通", text=f"第{i}封", report={"i": i})
            archive.note(at=NOW, errand="correct", about=entry.id, details={"set": {"title": f"题{i}"}})
            pipe.send(entry.id)


@pytest.mark.parametrize("kept", [False, True])
def test_kill_9_at_any_moment_loses_no_acknowledged_entry(tmp_path, kept):
    home, acknowledged, kills = tmp_path / "home", [], 0
    chance = random.Random(4)
    while len(acknowledged) < WRITES or kills < 20:
        ours, theirs = fork.Pipe(duplex=False)
        writer = fork.Process(target=_write_on, args=(home, theirs, kept))
        writer.start()
        theirs.close()
        for _ in range(chance.randrange(1, 12)):
            acknowledged.append(ours.recv())
        writer.join(chance.random() * 0.01)
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
        kills += 1
        try:
            while True:
                acknowledged.append(ours.recv())  # told before the blow fell
        except EOFError:
            ours.close()
    with Archive(home) as archive:
        assert archive.verify() == []
        kept = {entry.id for entry in archive.entries()}
        assert set(acknowledged) <= kept
        assert archive.add(at=NOW, errand="check").seq == len(kept) + 1


def _mixed(home: Path, name: str) -> None:
    with Archive(home) as archive:
        for i in range(20):
            letter = archive.add(at=NOW, errand="check", who=name, series="异通", file=b"shared", text=f"{name}{i}")
            archive.note(at=NOW, errand="correct", about=letter.id, details={"set": {"title": f"{name}的更正"}})


def test_letters_and_later_entries_of_several_processes_make_one_chain(tmp_path):
    home = tmp_path / "home"
    writers = [fork.Process(target=_mixed, args=(home, name)) for name in "甲乙丙"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    with Archive(home) as archive:
        assert archive.verify() == []
        assert [entry.seq for entry in archive.entries()] == list(range(1, 121))
        assert archive.search("的更正").total == 60 and archive.entry("异通-2026-0060")


def _in_a_child(act, *args) -> str:
    """What `act` said in a process of its own, whose limits and rights are its own."""
    ours, theirs = fork.Pipe(duplex=False)
    child = fork.Process(target=lambda: theirs.send(act(*args)))
    child.start()
    said = ours.recv()
    child.join()
    return said


def _fill(home: Path, size: int) -> str:
    """Append with no file allowed to grow beyond `size`, as on a disk that is full; the error's code and message."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    with Archive(home) as archive:
        try:
            for i in range(1000):
                archive.add(at=NOW, errand="check", file=b"%d" % i, text="长" * 20_000, report={"i": i})
        except LogError as error:
            return f"{error.code} {error.status} {error.message}"
    return "no error"


def test_a_disk_that_fills_up_while_writing_is_told_and_the_log_is_whole(tmp_path):
    home = tmp_path / "home"
    with Archive(home) as archive:
        archive.add(at=NOW, errand="check", text="先")
    said = _in_a_child(_fill, home, 1_500_000)
    assert said.startswith("log_full 507 磁盘")
    with Archive(home) as archive:
        assert archive.verify() == []
        written = archive.search().total
        assert written > 1
        assert archive.add(at=NOW, errand="check", text="后").seq == written + 1


@pytest.fixture
def read_only_home():
    """A log in a folder that its reader may not write; the reader is nobody when the tests run as root."""
    place = Path(tempfile.mkdtemp())  # pytest's own folders are closed to others
    home = place / "home"
    with Archive(home) as archive:
        archive.add(at=NOW, errand="check", text="请求仲裁", file=b"data", file_name="信.txt")
    for path in (place, *place.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield home
    for path in (place, *place.rglob("*")):
        path.chmod(0o755)
    shutil.rmtree(place)


def _as_nobody(act, home: Path) -> str:
    if os.geteuid() == 0:
        os.setuid(65534)
    with Archive(home) as archive:
        try:
            return act(archive)
        except LogError as error:
            return f"{error.code} {error.message}"


def test_a_log_in_a_folder_that_cannot_be_written_can_be_read_and_says_why_it_takes_nothing(read_only_home):
    def read(archive):
        hit = archive.search("仲裁").entries[0]
        return f"{archive.verify()} {archive.file(hit.id)}"

    def write(archive):
        return str(archive.add(at=NOW, errand="check", text="再"))

    def write_file(archive):
        return str(archive.add(at=NOW, errand="check", file=b"more"))

    assert _in_a_child(_as_nobody, read, read_only_home) == "[] ('信.txt', b'data')"
    assert _in_a_child(_as_nobody, write, read_only_home).startswith("log_readonly 文书日志所在的文件夹不能写入")
    assert _in_a_child(_as_nobody, write_file, read_only_home).startswith("log_readonly")
    with Archive(read_only_home, read_only=True) as archive:
        assert archive.verify() == [] and archive.search().total == 1


def test_a_copy_is_checked_without_a_trace(tmp_path):
    home, copy = tmp_path / "home", tmp_path / "copy"
    with Archive(home) as archive:
        archive.add(at=NOW, errand="check", text="文", file=b"data")
    shutil.copytree(home, copy)
    before = {path: path.stat().st_mtime_ns for path in copy.rglob("*")}
    with Archive(copy, read_only=True) as archive:
        assert archive.verify() == []
        with pytest.raises(LogError, match="不能写入"):
            archive.add(at=NOW, errand="check")
    assert {path: path.stat().st_mtime_ns for path in copy.rglob("*")} == before


def test_a_copy_taken_while_others_write_is_read_with_what_waits_in_its_wal(tmp_path):
    home, copy = tmp_path / "home", tmp_path / "copy"
    with Archive(home) as archive:
        archive.add(at=NOW, errand="check", text="文")
        shutil.copytree(home, copy)  # before the WAL goes into the database
    assert (copy / f"{schema.NAME}-wal").stat().st_size
    with Archive(copy, read_only=True) as archive:
        assert archive.verify() == [] and archive.search().total == 1


def test_what_is_no_log_is_not_made_one_by_reading(tmp_path):
    with Archive(tmp_path, read_only=True) as archive, pytest.raises(LogError, match="没有文书日志"):
        archive.verify()
    with closing(sqlite3.connect(tmp_path / schema.NAME)) as db:
        db.execute("CREATE TABLE other (a)")
    with Archive(tmp_path, read_only=True) as archive, pytest.raises(LogError, match="不是文书日志"):
        archive.verify()
