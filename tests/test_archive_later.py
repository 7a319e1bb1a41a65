"""Later entries: what is said of a letter afterwards, and what of it shows."""

import sqlite3
import zipfile
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path

import pytest

from objection_docs.archive import Archive, schema
from objection_docs.errors import LogError

NOW = datetime(2026, 3, 5, 1, 30, tzinfo=timezone.utc)
OLD_LOG = Path(__file__).parent / "logs" / "version-1.zip"


@pytest.fixture
def archive(tmp_path):
    with Archive(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def old_home(tmp_path):
    """A log as version 1 of its tables wrote it."""
    with zipfile.ZipFile(OLD_LOG) as packed:
        packed.extractall(tmp_path / "old")
    return tmp_path / "old"


def correct(archive, letter, **changes):
    return archive.note(at=NOW, errand="correct", about=letter.id, who="张三", details={"set": changes})


def found(archive, query="", **filters):
    return [entry.seq for entry in archive.search(query, **filters).entries]


def test_an_old_log_opens_and_its_hashes_still_hold(old_home):
    with Archive(old_home) as archive:
        assert archive.verify() == []
        assert [entry.seq for entry in archive.entries()] == [1, 2, 3]
        assert found(archive, "恒泰") == [1] and found(archive, case="案1") == [2, 1]
        added = archive.add(at=NOW, errand="check", text="新", series="异通")
        assert (added.seq, added.number) == (4, "异通-2026-0002")
        correct(archive, archive.entry("异通-2026-0001"), sender="宁波恒泰机械股份有限公司")
        assert archive.verify() == []


def test_an_old_log_whose_end_was_cut_still_shows_it_after_the_migration(old_home):
    with closing(sqlite3.connect(old_home / schema.NAME, isolation_level=None)) as db:
        db.execute("DROP TRIGGER entries_no_delete")
        db.execute("DELETE FROM entries WHERE seq = 3")
    with Archive(old_home) as archive:
        assert archive.verify()[0] == "日志末尾缺少条目：曾记到第 3 条，现在只到第 2 条"
        assert archive.add(at=NOW, errand="check").seq == 4  # what is entered next does not cover the gap
        assert "之前缺少条目：应为第 3 条" in archive.verify()[0]


def test_a_migration_is_done_whole_or_not_at_all(old_home, monkeypatch):
    first, second = schema.MIGRATIONS

    def broken(db):
        second(db)
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(schema, "MIGRATIONS", (first, broken))
        with Archive(old_home) as archive, pytest.raises(LogError, match="磁盘已满"):
            archive.search()
    with closing(sqlite3.connect(old_home / schema.NAME)) as db:
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
        assert "entries" in tables and not {"entries_anew", "letters"} & tables
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
        assert db.execute("SELECT count(*) FROM entries").fetchone() == (3,)
    with Archive(old_home) as archive:
        assert archive.verify() == []


def test_a_correction_shows_everywhere_and_the_original_stays(archive):
    letter = archive.add(at=NOW, errand="check", text="全文", sender="甲公司", title="投诉书", kind="complaint")
    later = correct(archive, letter, sender="乙公司", kind="objection_notice")
    assert (later.seq, later.about) == (2, letter.id)
    reads = archive.entry(letter.id)
    assert (reads.sender, reads.kind, reads.text, reads.hash) == ("乙公司", "objection_notice", "全文", letter.hash)
    assert archive.original(letter.id).sender == "甲公司"
    assert archive.later(letter.id) == (later,)
    assert found(archive, "乙公司") == [1] and found(archive, party="甲公司") == []
    assert found(archive, kind="objection_notice") == [1] and found(archive, kind="complaint") == []
    assert archive.search().entries[0].sender == "乙公司"
    assert archive.verify() == []


def test_later_entries_are_in_no_list_of_letters(archive):
    letter = archive.add(at=NOW, errand="check", text="全文")
    correct(archive, letter, title="投诉书")
    archive.note(at=NOW, errand="audit", about="log", details={"said": "全文"})
    assert archive.search().total == 1 and found(archive, "全文") == [1]
    assert [entry.errand for entry in archive.entries()] == ["check", "correct", "audit"]
    assert [entry.errand for entry in archive.entries(after=2)] == ["audit"]
