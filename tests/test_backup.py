"""The whole log as one file, taken while others write, and back again; and an archivist's afternoon."""

import io
import json
import sqlite3
import subprocess
import sys
import tarfile
import threading
import zipfile
from contextlib import closing
from pathlib import Path

import bagit
import pytest
from click.testing import CliRunner
from conftest import COMPLETE, NOW

from objection_docs import cli, handover
from objection_docs.archive import Archive, record
from objection_docs.errors import LogError, UsageError


def add(home: Path, text: str = COMPLETE, **values) -> str:
    with Archive(home) as archive:
        given = {
            "file": text.encode(),
            "file_name": "信.txt",
            "text": text,
            "copies": [("pdf", "信.pdf", "x", b"%PDF")],
        }
        return archive.add(at=NOW, errand="check", **(given | values)).id


@pytest.fixture
def log(tmp_path):
    home = tmp_path / "home"
    for text in "甲乙丙":
        add(home, text)
    (home / "settings.yaml").write_text('archive:\n  fonds: "0012"\n', "utf-8")
    return home


@pytest.fixture
def tar(log, tmp_path):
    handover.back_up(tmp_path / "备份.tar", now=NOW, home=log)
    return tmp_path / "备份.tar"


def test_a_restored_log_is_the_log_that_was_backed_up(log, tar, tmp_path):
    made = handover.restore(tar, tmp_path / "new")
    assert (made.seq, made.files, made.problems) == (3, 4, ())
    with Archive(log) as old, Archive(tmp_path / "new") as new:
        assert list(old.entries(whole=True)) == list(new.entries(whole=True))
        assert new.verify() == [] and record.head(old) == record.head(new)
        assert new.db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert (tmp_path / "new" / "settings.yaml").read_bytes() == (log / "settings.yaml").read_bytes()
    add(tmp_path / "new", "丁")  # and it goes on from there
    with Archive(tmp_path / "new") as new:
        assert new.verify() == [] and new.search("丙").total == new.search("丁").total == 1


def test_a_backup_is_taken_while_others_write(tmp_path):
    home, stop, written = tmp_path / "home", threading.Event(), []

    def write():
        while not stop.is_set():
            written.append(add(home, f"第{len(written)}件"))

    writers = [threading.Thread(target=write) for _ in range(2)]
    add(home, "先有一件")
    for writer in writers:
        writer.start()
    try:
        backups = []
        for number in range(4):
            before = len(written)
            made = handover.back_up(tmp_path / f"{number}.tar", now=NOW, home=home)
            backups.append((number, before, made))
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert len(written) > 8
    for number, before, made in backups:
        assert made.problems == () and made.seq > before
        restored = handover.restore(tmp_path / f"{number}.tar", tmp_path / f"new{number}")
        assert (restored.seq, restored.hash) == (made.seq, made.hash)
        with Archive(home) as archive:
            assert archive.db.execute("SELECT hash FROM entries WHERE seq = ?", [made.seq]).fetchone()[0] == made.hash
    with Archive(home) as archive:
        assert archive.verify() == [] and archive.search().total == len(written) + 1


def members(tar: Path) -> list[tuple[tarfile.TarInfo, bytes]]:
    with tarfile.open(tar) as opened:
        return [(member, opened.extractfile(member).read()) for member in opened]


def packed(place: Path, made: list[tuple[tarfile.TarInfo, bytes]]) -> Path:
    with tarfile.open(place, "w") as out:
        for member, data in made:
            member.size = len(data)
            out.addfile(member, io.BytesIO(data))
    return place


def renamed(name: str, data: bytes = b"x"):
    return lambda made: [*made, (tarfile.TarInfo(name), data)]


def altered(part: str, before: bytes, after: bytes):
    return lambda made: [
        (member, data.replace(before, after) if part in member.name else data) for member, data in made
    ]


def without(part: str):
    def leave_out(made):
        gone = next(member for member, _ in made if part in member.name)
        return [(member, data) for member, data in made if member is not gone]

    return leave_out


def link(made):
    member = tarfile.TarInfo("files/ab/" + "c" * 62)
    member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return [*made, (member, b"")]


@pytest.mark.parametrize(
    ("way", "said"),
    {
        "a file changed": (altered("files/", "甲".encode(), "申".encode()), "备份中的文件已被改动"),
        "the database changed": (altered("log.sqlite3", "甲".encode(), "申".encode()), "数据库已被改动"),
        "the head changed": (altered("backup.json", b'"seq": 3', b'"seq": 2'), "链条末端与备份时不符"),
        "another format": (altered("backup.json", b"backup 1", b"backup 9"), "这不是日志的备份文件"),
        "a file left out": (without("files/"), "核验不通过"),
        "the database left out": (without("log.sqlite3"), "不属于日志的文件"),
        "the description left out": (without("backup.json"), "这不是日志的备份文件"),
        "a path that leads outside": (renamed("../外面"), "不属于日志的文件"),
        "a further file": (renamed("files/evil.sh"), "不属于日志的文件"),
        "a file under a wrong name": (renamed("files/ab/" + "c" * 62), "备份中的文件已被改动"),
        "a second database": (renamed("log.sqlite3"), "不属于日志的文件"),
        "a link": (link, "普通文件"),
    }.values(),
    ids=str,
)
def test_a_tampered_backup_is_not_restored(tar, tmp_path, way, said):
    forged = packed(tmp_path / "改过.tar", way(members(tar)))
    with pytest.raises(LogError, match=said):
        handover.restore(forged, tmp_path / "new")
    assert not (tmp_path / "new").exists() and not list(tmp_path.glob(".*")) and not (tmp_path / "外面").exists()


@pytest.mark.parametrize("part", [0.0, 0.3, 0.6, 0.9])
def test_a_backup_that_was_cut_off_is_not_restored(tar, tmp_path, part):
    data = tar.read_bytes()
    tar.write_bytes(data[: int(len(data) * part)])
    with pytest.raises(LogError):
        handover.restore(tar, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_folder_with_something_in_it_is_left_alone(log, tar, tmp_path):
    with Archive(log) as archive:
        before = record.head(archive)
    with pytest.raises(UsageError, match="不是空的"):
        handover.restore(tar, log)
    with Archive(log) as archive:
        assert record.head(archive) == before
    (tmp_path / "empty").mkdir()
    assert handover.restore(tar, tmp_path / "empty").seq == 3


def test_a_backup_never_takes_the_place_of_another(log, tar):
    before = tar.read_bytes()
    with pytest.raises(UsageError, match="已经存在"):
        handover.back_up(tar, now=NOW, home=log)
    assert tar.read_bytes() == before


def test_a_damaged_log_is_backed_up_as_it_is_and_said_to_be_damaged(log, tmp_path):
    with Archive(log) as archive:
        entry = archive.search("乙").entries[0]
        archive.files.path(entry.sha256).unlink()
    with closing(sqlite3.connect(log / "log.sqlite3")) as db:
        db.execute("DROP TRIGGER entries_no_update")
        db.execute("UPDATE entries SET title = '改' WHERE seq = 1")
        db.commit()
    made = handover.back_up(tmp_path / "坏.tar", now=NOW, home=log)
    assert len(made.problems) >= 2 and any("不见了" in said for said in made.problems)
    assert handover.restore(tmp_path / "坏.tar", tmp_path / "new").problems == made.problems


def test_a_backup_that_fails_leaves_nothing(log, tmp_path, monkeypatch):
    from objection_docs.archive import backup

    monkeypatch.setattr(backup.os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(LogError, match="磁盘已满"):
        handover.back_up(tmp_path / "备份.tar", now=NOW, home=log)
    assert {path.name for path in tmp_path.iterdir()} == {"home"}


# --- an afternoon ----------------------------------------------------------------------------------------------------


def test_an_archivists_afternoon(tmp_path, monkeypatch):
    """Each step a command, over real forms and rules; the bag is judged by another tool."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OBJECTION_DOCS_HOME", str(tmp_path / "home"))

    runner = CliRunner()

    def run(*args: str, code: int = 0) -> str:
        done = runner.invoke(cli.main, args)
        assert done.exit_code == code, done.output
        return done.stdout

    # letters come in
    Path("facts.json").write_text(run("facts", "objection_notice"), "utf-8")
    run("generate", "objection_notice", "facts.json", "--case", "恒泰案", "-o", "通知.docx")
    Path("来函.txt").write_text(COMPLETE, "utf-8")
    run("check", "来函.txt", "--case", "别的案", code=1)
    # find, filter, open
    found = json.loads(run("log", "search", "恒泰", "--kind", "objection_notice", "--case", "恒泰案", "--json"))
    (letter,) = found["entries"]
    run("log", "show", letter["number"], "-o", "取回.docx")
    assert Path("取回.docx").read_bytes() == Path("通知.docx").read_bytes()
    # prove, hold
    run("log", "receipt", letter["id"], "-o", "凭据.json")
    assert "相符" in run("log", "verify", "--receipt", "凭据.json")
    run("log", "hold", "--case", "恒泰案", "--reason", "诉讼中")
    # export, and another tool accepts it
    run("log", "export", "恒泰", "--case", "恒泰案", "-o", "移交.zip", "--by", "王档案")
    zipfile.ZipFile("移交.zip").extractall(".")
    check = [sys.executable, bagit.__file__, "--validate", "--quiet", "移交"]
    assert subprocess.run(check, capture_output=True).returncode == 0
    assert Path("通知.docx").read_bytes() in {path.read_bytes() for path in Path("移交").rglob("*.docx")}
    # the other house
    monkeypatch.setenv("OBJECTION_DOCS_HOME", str(tmp_path / "other"))
    assert "导入 1 件" in run("log", "import", "移交.zip")
    assert "没有新的文书" in run("log", "import", "移交")
    assert json.loads(run("log", "search", letter["number"], "--json"))["total"] == 1
    assert "日志完好" in run("log", "verify")
    # back up, restore elsewhere, verify
    monkeypatch.setenv("OBJECTION_DOCS_HOME", str(tmp_path / "home"))
    run("log", "backup", "备份.tar")
    run("log", "restore", "备份.tar", "--home", "恢复")
    monkeypatch.setenv("OBJECTION_DOCS_HOME", str(tmp_path / "恢复"))
    assert "日志完好" in run("log", "verify")
    assert "相符" in run("log", "verify", "--receipt", "凭据.json")
    run("log", "show", letter["number"], "-o", "又取回.docx")
    assert Path("又取回.docx").read_bytes() == Path("通知.docx").read_bytes()
    assert json.loads(run("log", "statistics", "--format", "json", "--case", "恒泰案"))["total"] == 1
