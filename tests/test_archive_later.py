"""Later entries: what is said of a letter afterwards, and what of it shows."""

import hashlib
import json
import sqlite3
import zipfile
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path

import pytest

from objection_docs.archive import Archive, chain, receipts, schema
from objection_docs.archive.entries import HEAVY, LIGHT
from objection_docs.errors import LogError, UsageError

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
    first, second, *_ = schema.MIGRATIONS

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


def test_an_index_by_older_rules_is_made_anew(archive):
    archive.add(at=NOW, errand="check", text="全文DL-2016")
    archive.close()
    with closing(sqlite3.connect(archive.path, isolation_level=None)) as db:
        db.execute("DELETE FROM search_new")
        db.execute("PRAGMA user_version = 3")
    assert found(archive, "l-2") == [1]
    with closing(sqlite3.connect(archive.path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(schema.MIGRATIONS),)


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


# --- tampering: each way is found, and its place named ---------------------------------------------------------------


@pytest.fixture
def full(archive):
    """Three letters, with a correction of the first at the fourth place."""
    for i in range(3):
        archive.add(
            at=NOW, errand="check", text=f"全文{i}", series="异通", sender="甲公司", case_id="案1", file=b"%d" % i,
            report={"i": i}, elements=[("evidence", "missing", "required")],
        )  # fmt: skip
    correct(archive, archive.entry("异通-2026-0001"), sender="乙公司")
    return archive


def tamper(archive, *statements):
    """As somebody would who knows SQLite: the triggers go first."""
    archive.close()
    with closing(sqlite3.connect(archive.path, isolation_level=None)) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        for sql in statements:
            db.execute(sql)


SWAP = [f"UPDATE entries SET seq = {new} WHERE seq = {old}" for old, new in ((2, 99), (3, 2), (99, 3))]
STATES = "INSERT INTO element_states (seq, element, status, level)"
CHANGED = "内容与记入时不同"
MISREAD = "文书现状（更正、保管期限或档号）与条目所记不符"
TAMPERING = {
    "altered entry": (["UPDATE entries SET sender = '丙' WHERE seq = 2"], f"第 2 条（异通-2026-0002）：{CHANGED}"),
    "altered text": (["UPDATE entries SET text = '改' WHERE seq = 3"], f"第 3 条（异通-2026-0003）：{CHANGED}"),
    "altered state": (
        ["UPDATE element_states SET status = 'present' WHERE seq = 2"],
        f"第 2 条（异通-2026-0002）：{CHANGED}",
    ),
    "added state": ([f"{STATES} VALUES (2, 'x', 'present', 'required')"], f"第 2 条（异通-2026-0002）：{CHANGED}"),
    "state of nothing": ([f"{STATES} VALUES (9, 'x', 'present', 'required')"], "第 4 条之后还有不属于任何条目的状态行"),
    "altered later entry": (["UPDATE entries SET who = '李四' WHERE seq = 4"], f"第 4 条（ID4）：{CHANGED}"),
    "altered correction": (
        ["UPDATE entries SET details = replace(details, '乙公司', '丁公司') WHERE seq = 4"],
        f"第 1 条（异通-2026-0001）：{MISREAD}",
    ),
    "broken details": (["UPDATE entries SET details = '[1]' WHERE seq = 4"], f"第 4 条（ID4）：{CHANGED}"),
    "unreadable details": (
        ["UPDATE entries SET details = '{', copies = '[' WHERE seq = 4"],
        f"第 1 条（异通-2026-0001）：{MISREAD}",
    ),
    "correction turned to another letter": (
        ["UPDATE entries SET about = (SELECT id FROM entries WHERE seq = 2) WHERE seq = 4"],
        f"第 1 条（异通-2026-0001）：{MISREAD}",
    ),
    "altered reading": (
        ["UPDATE letters SET case_id = '案2' WHERE seq = 3"],
        f"第 3 条（异通-2026-0003）：{MISREAD}",
    ),
    "lost reading": (
        ["DELETE FROM letters WHERE seq = 3"],
        f"第 3 条（异通-2026-0003）：{MISREAD}",
    ),
    "altered number": (
        ["UPDATE numbers SET seq = 3 WHERE counter = 2"],
        "第 2 条（异通-2026-0002）：编号簿里没有这个编号",
    ),
    "deleted entry": (["DELETE FROM entries WHERE seq = 2"], "第 3 条（异通-2026-0003）之前缺少条目：应为第 2 条"),
    "deleted and closed up": (
        ["DELETE FROM entries WHERE seq = 2", *SWAP[1:2], "UPDATE entries SET seq = 3 WHERE seq = 4"],
        "第 2 条（异通-2026-0003）：与前一条接不上",
    ),
    "deleted first": (["DELETE FROM entries WHERE seq = 1"], "第 2 条（异通-2026-0002）之前缺少条目：应为第 1 条"),
    "cut end": (["DELETE FROM entries WHERE seq = 4"], f"第 1 条（异通-2026-0001）：{MISREAD}"),
    "swapped order": (SWAP, "第 2 条（异通-2026-0003）：次序被调换：记入时它紧接在现在的第 3 条之后"),
    "emptied": (["DELETE FROM entries"], "日志末尾缺少条目：曾记到第 4 条，现在只到第 0 条"),
}  # fmt: skip


@pytest.mark.parametrize("way", TAMPERING)
def test_each_way_of_tampering_is_found_and_its_place_named(full, way):
    statements, said = TAMPERING[way]
    assert full.verify() == []
    fourth = next(full.entries(after=3)).id
    tamper(full, *statements)
    found = full.verify()
    assert found[0] == said.replace("ID4", fourth)
    if way == "cut end":
        assert "日志末尾缺少条目：曾记到第 4 条，现在只到第 3 条" in found


def test_an_altered_entry_with_a_fresh_hash_no_longer_carries_the_next(full):
    names = ", ".join(LIGHT + HEAVY)
    row = full.db.execute(f"SELECT {names} FROM entries WHERE seq = 2").fetchone()
    values = dict(zip(LIGHT + HEAVY, row, strict=True)) | {"text": "改"}
    fresh = chain.fingerprint(values, chain.states_of(full.db, 2))
    tamper(full, f"UPDATE entries SET text = '改', hash = '{fresh}' WHERE seq = 2")
    assert full.verify() == ["第 3 条（异通-2026-0003）：与前一条接不上"]


# --- receipts --------------------------------------------------------------------------------------------------------


def proof(archive, receipt):
    return [(each.good, each.said) for each in receipts.check(archive, receipts.read(json.dumps(receipt).encode()))]


def test_a_receipt_proves_an_entry_after_much_else_was_entered(full):
    made = receipts.make(full, "异通-2026-0002", at=NOW)
    assert made["head"]["seq"] == 4
    assert hashlib.sha256(made["entry"].encode()).hexdigest() == made["hash"] == full.entry("异通-2026-0002").hash
    correct(full, full.entry("异通-2026-0002"), sender="乙公司")
    assert proof(full, made) == [
        (True, "第 2 条（异通-2026-0002）仍在日志中，内容与出具凭据时一致"),
        (True, "当时的链头（第 4 条）仍在链中"),
    ]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE entries SET text = '改' WHERE seq = 2", "第 2 条（异通-2026-0002）与出具凭据时不同"),
        ("UPDATE element_states SET status = 'x' WHERE seq = 2", "第 2 条（异通-2026-0002）与出具凭据时不同"),
        ("DELETE FROM entries WHERE seq = 2", "日志里已没有凭据所记的第 2 条（异通-2026-0002）"),
        ("DELETE FROM entries WHERE seq = 4", "当时的链头（第 4 条）已不在链中：日志被换过，或其后被截断重写"),
        ("UPDATE entries SET who = '李四' WHERE seq = 4", "当时的链头（第 4 条）被改动过"),
    ],
)
def test_a_receipt_says_plainly_what_the_log_no_longer_holds(full, sql, said):
    made = receipts.make(full, "异通-2026-0002", at=NOW)
    tamper(full, sql)
    assert (False, said) in proof(full, made)


def test_a_log_written_anew_does_not_stand_against_a_receipt(full, tmp_path):
    """Whoever rebuilds the whole chain with fresh hashes has a clean log, but not the head of then."""
    made = receipts.make(full, "异通-2026-0002", at=NOW)
    with Archive(tmp_path / "other") as forged:
        for i in range(4):
            forged.add(at=NOW, errand="check", text=f"伪{i}", series="异通")
        assert forged.verify() == []
        assert [good for good, _ in proof(forged, made)] == [False, False]


def test_a_receipt_that_was_altered_is_told(full):
    made = receipts.make(full, "异通-2026-0002", at=NOW)
    assert proof(full, made | {"entry": made["entry"].replace("甲公司", "乙公司")})[0][1].startswith("凭据本身被改动过")
    assert proof(full, made | {"id": full.entry("异通-2026-0001").id})[0][1].startswith("凭据本身被改动过")


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b'{"format": "objection-docs receipt 1"}', b"[" * 9999])
def test_what_is_no_receipt_is_told(data):
    with pytest.raises(UsageError, match="不是本程序出具的凭据文件"):
        receipts.read(data)


def test_no_receipt_is_made_of_an_altered_entry(full):
    tamper(full, "UPDATE entries SET text = '改' WHERE seq = 2")
    with pytest.raises(LogError, match="不能出具凭据"):
        receipts.make(full, "异通-2026-0002", at=NOW)
