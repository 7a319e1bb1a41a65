import hashlib
import multiprocessing
import os
import sqlite3
import stat
from contextlib import closing
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from objection_docs.archive import Archive, schema
from objection_docs.archive.search import fold, snippet
from objection_docs.errors import LogError, UsageError
from objection_docs.text import normal

NOW = datetime(2026, 3, 5, 1, 30, tzinfo=timezone.utc)


@pytest.fixture
def archive(tmp_path):
    with Archive(tmp_path / "home") as opened:
        yield opened


def add(archive, text="", at=NOW, **values):
    return archive.add(at=at, errand=values.pop("errand", "check"), text=text, **values)


def found(archive, query="", **filters):
    return [entry.seq for entry in archive.search(query, **filters).entries]


def raw(archive):
    return closing(sqlite3.connect(archive.path, isolation_level=None))


def tamper(archive, sql):
    """Change the log as somebody would who knows SQLite and first takes the triggers away."""
    archive.close()
    with raw(archive) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute(sql)


# --- what goes in comes out -----------------------------------------------------------------------------------------


def test_an_entry_comes_back_with_everything_that_was_entered(archive):
    added = add(
        archive, "全文", who="张三", kind="complaint", procedure="p", case_id="案1", title="投诉书", sender="甲公司",
        recipient="乙公司", verdict="incomplete", file=b"%PDF-1", file_name="信.pdf", media_type="application/pdf",
        facts={"金额": 35000}, report={"verdict": "incomplete"}, elements=[("evidence", "missing", "required")],
    )  # fmt: skip
    entry = archive.entry(added.id)
    assert entry == added
    assert (entry.at, entry.local_time) == ("2026-03-05T01:30:00.000Z", "2026-03-05 09:30")
    assert entry.facts == {"金额": 35000} and entry.report == {"verdict": "incomplete"} and entry.text == "全文"
    assert entry.sha256 == hashlib.sha256(b"%PDF-1").hexdigest() and entry.size == 6


def test_a_file_comes_back_byte_for_byte(archive):
    data = bytes(range(256)) * 40
    assert archive.file(add(archive, file=data, file_name="信.pdf").id) == ("信.pdf", data)


def test_a_copy_is_kept_beside_the_file(archive):
    entry = add(archive, file=b"docx", file_name="信.docx", copies=[("pdf", "信.pdf", "application/pdf", b"%PDF")])
    assert archive.file(entry.id, "pdf") == ("信.pdf", b"%PDF")
    assert archive.file(entry.id) == ("信.docx", b"docx")


def test_the_same_file_is_kept_once(archive):
    digests = {add(archive, file=b"same").sha256 for _ in range(3)}
    kept = [path for path in (archive.home / "files").rglob("*") if path.is_file()]
    assert len(digests) == 1 and len(kept) == 1
    assert kept[0].parent.name + kept[0].name == digests.pop()


def test_ids_sort_by_time(archive):
    ids = [add(archive, at=NOW + timedelta(minutes=i)).id for i in range(5)]
    assert ids == sorted(ids) and all(len(id) == 26 for id in ids)


def test_numbers_count_by_series_and_by_year_in_beijing(archive):
    year_end = datetime(2026, 12, 31, 15, 59, tzinfo=timezone.utc)
    moments = [NOW, NOW, year_end, year_end + timedelta(minutes=1)]
    assert [add(archive, at=at, series="异通").number for at in moments] == [
        "异通-2026-0001", "异通-2026-0002", "异通-2026-0003", "异通-2027-0001",
    ]  # fmt: skip
    assert add(archive, series="投诉").number == "投诉-2026-0001"
    assert archive.entry("投诉-2026-0001").seq == 5


def test_half_characters_do_not_stop_an_entry(archive):
    entry = add(archive, "坏\ud800字", file_name="\udcff.pdf", facts={"名": "\ud801"})
    assert archive.entry(entry.id).text == "坏?字"
    assert archive.verify() == []


def test_a_moment_without_time_zone_is_refused(archive):
    with pytest.raises(ValueError):
        add(archive, at=datetime(2026, 3, 5))


def test_an_unknown_id_is_told_in_chinese(archive):
    with pytest.raises(LogError, match="没有“01XYZ”这一条") as told:
        archive.entry("01XYZ")
    assert (told.value.code, told.value.status) == ("no_such_entry", 404)


# --- append only ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE entries SET title = 'x'",
        "DELETE FROM entries",
        "INSERT OR REPLACE INTO entries SELECT * FROM entries WHERE seq = 1",
        "UPDATE element_states SET status = 'present'",
        "DELETE FROM element_states",
        "INSERT OR REPLACE INTO element_states VALUES ('evidence', 'present', 1, 'required')",
        "UPDATE numbers SET counter = 9",
        "DELETE FROM numbers",
    ],
)
def test_what_is_entered_cannot_be_changed(archive, sql):
    entry = add(archive, series="异通", elements=[("evidence", "missing", "required")])
    with raw(archive) as db, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute(sql)
    assert archive.entry(entry.id) == entry and archive.verify() == []


def test_a_whole_log_verifies_clean(archive):
    assert archive.verify() == []
    for i in range(5):
        add(archive, f"第{i}封", file=b"%d" % i, series="异通", elements=[("facts", "present", "required")])
    assert archive.verify() == []


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE entries SET text = '改过' WHERE seq = 2", "第 2 条（异通-2026-0002）：内容与记入时不同"),
        ("UPDATE entries SET report = '{}' WHERE seq = 2", "第 2 条（异通-2026-0002）：内容与记入时不同"),
        ("UPDATE entries SET recipient = '别家' WHERE seq = 2", "第 2 条（异通-2026-0002）：内容与记入时不同"),
        ("UPDATE element_states SET status = 'present' WHERE seq = 2", "第 2 条（异通-2026-0002）：内容与记入时不同"),
        ("UPDATE entries SET prev = hash WHERE seq = 2", "第 2 条（异通-2026-0002）：与前一条接不上"),
        ("DELETE FROM entries WHERE seq = 2", "第 3 条（异通-2026-0003）之前缺少条目：应为第 2 条"),
        ("DELETE FROM entries WHERE seq = 3", "日志末尾缺少条目：曾记到第 3 条，现在只到第 2 条"),
        ("DELETE FROM search_new", "查找索引不全：日志有 3 份文书，索引有 0 份"),
    ],
)
def test_verify_names_the_first_wrong_thing(archive, sql, said):
    for _ in range(3):
        add(archive, "全文", series="异通", report={"a": 1}, elements=[("evidence", "missing", "required")])
    tamper(archive, sql)
    assert archive.verify()[0] == said


def test_verify_names_a_changed_and_a_lost_file(archive):
    first, second = (add(archive, file=data) for data in (b"one", b"two"))
    path = archive.files.path(first.sha256)
    path.chmod(0o600)
    path.write_bytes(b"ONE")
    archive.files.path(second.sha256).unlink()
    said = archive.verify()
    assert len(said) == 2 and "第 1 条" in said[0] and "与记入时不同" in said[0] and "不见了" in said[1]
    with pytest.raises(LogError, match="与记入时不同"):
        archive.file(first.id)


def test_entering_a_damaged_file_again_heals_it(archive):
    entry = add(archive, file=b"one")
    path = archive.files.path(entry.sha256)
    path.chmod(0o600)
    path.write_bytes(b"ONE")
    add(archive, file=b"one")
    assert archive.verify() == []


def test_an_entry_that_fails_halfway_leaves_nothing(archive, monkeypatch):
    add(archive, "先")

    def broken(*_):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("objection_docs.archive.search.index", broken)
    with pytest.raises(LogError) as told:
        add(archive, "后", series="异通", elements=[("facts", "present", "required")])
    monkeypatch.undo()
    assert told.value.code == "log_full"
    assert archive.verify() == [] and archive.search().total == 1
    assert add(archive, series="异通").number == "异通-2026-0001"


def test_file_and_entry_are_on_the_disk_before_add_returns(archive, monkeypatch):
    waited = []
    monkeypatch.setattr(os, "fsync", lambda handle: waited.append(stat.S_IFMT(os.fstat(handle).st_mode)))
    monkeypatch.setattr(schema, "SYNCHRONOUS", "FULL")
    add(archive, file=b"data")
    # the file, then the folders that name it: its own, those of all files, the log's
    assert waited == [stat.S_IFREG, stat.S_IFDIR, stat.S_IFDIR, stat.S_IFDIR]
    waited.clear()
    archive.files.path(archive.files.put(b"data")).unlink()
    archive.files.put(b"data")
    assert waited == [stat.S_IFREG, stat.S_IFDIR]  # the folder has its name for good
    assert archive.db.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_file_that_cannot_be_written_whole_is_not_there_at_all(archive, monkeypatch):
    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LogError, match="磁盘已满") as told:
        add(archive, file=b"data")
    monkeypatch.undo()
    assert told.value.status == 507
    assert [path for path in (archive.home / "files").rglob("*") if path.is_file()] == []
    assert archive.search().total == 0


# --- finding --------------------------------------------------------------------------------------------------------


def test_two_character_words_and_company_names_are_found(archive):
    add(archive, "请求提交仲裁委员会裁决", sender="宁波恒泰机械有限公司", recipient="苏州明远精密制造有限公司")
    add(archive, "与此无关")
    for query in ("仲裁", "裁决", "恒泰", "明远精密", "苏州明远精密制造有限公司", "裁"):
        assert found(archive, query) == [1], query


def test_words_are_joined_phrases_kept_and_minus_leaves_out(archive):
    add(archive, "验收不合格，要求退款")
    add(archive, "验收合格，要求退款")
    add(archive, "要求赔偿 HT-2026-018")
    assert found(archive, "退款 验收") == [2, 1]
    assert found(archive, "要求 -退款") == [3]
    assert found(archive, "-退款") == [3]
    assert found(archive, "－退款 －赔偿") == []
    assert found(archive, '"合格，要求"') == [2, 1]
    assert found(archive, "“收合格”") == [2]
    assert found(archive, '-"不合格，要求" 退款') == [2]
    assert found(archive, "ht-2026-018") == [3]
    assert found(archive, "HT2026018") == []
    assert found(archive, "ＨＴ－２０２６") == [3]


def test_line_breaks_and_widths_do_not_hide_a_word(archive):
    add(archive, "苏州明远精\n密制造有限公司\u3000（甲方）⾏为")
    assert found(archive, "精密制造 (甲方) 行为") == [1]


_ODD = [
    '"',
    "“",
    "-",
    "--",
    "- -",
    '-"',
    "*",
    "AND",
    "a OR",
    "NEAR(",
    "^",
    ":",
    "()",
    '"" ""',
    "\0",
    "{}",
    "' OR 1=1",
    "\ud800",
]


@pytest.mark.parametrize("query", _ODD)
def test_no_input_is_a_syntax_error(archive, query):
    add(archive, "文")
    assert archive.search(query).total in (0, 1)


def test_an_empty_query_lists_all_newest_first(archive):
    for i in range(4):
        add(archive, str(i))
    assert found(archive) == [4, 3, 2, 1] and found(archive, "  ") == [4, 3, 2, 1]


_CHARS = st.text(alphabet="宁波恒泰仲裁的HhT2-0 8，(（:·①㈠\"'*\n\u3000⾏行𬭎ß", max_size=24)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=_CHARS, word=_CHARS.filter(lambda w: '"' not in w))
def test_a_word_is_found_exactly_where_like_over_the_normal_form_finds_it(one_archive, text, word):
    entry = add(one_archive, text)
    expected = fold(word) in fold(text)
    hits = one_archive.search(f'"{word}"', limit=1)
    assert (hits.entries[:1] == () or hits.entries[0].seq != entry.seq) is not expected


@pytest.fixture(scope="module")
def one_archive(tmp_path_factory):
    with Archive(tmp_path_factory.mktemp("search")) as opened:
        yield opened


def test_filters_narrow(archive):
    first = {"kind": "complaint", "procedure": "p1", "case_id": "案1", "verdict": "complete", "errand": "generate"}
    second = {"kind": "objection_notice", "procedure": "p2", "case_id": "案2", "verdict": "incomplete"}
    add(archive, sender="甲公司", **first)
    add(archive, "丙公司", recipient="乙（北京）公司", **second)
    add(archive, verdict="unreadable")
    assert found(archive, kind="complaint") == [1]
    assert found(archive, procedure="p2") == [2]
    assert found(archive, case="案1") == [1]
    assert found(archive, status="unreadable") == [3]
    assert found(archive, errand="generate") == [1]
    assert found(archive, party="乙(北京)") == [2]
    assert found(archive, party="丙公司") == []  # stands in the text, but is no party
    assert found(archive, "公司", party="甲") == [1]
    assert found(archive, "公司", kind="nothing") == []


def test_missing_finds_letters_that_lack_the_element(archive):
    for status in ("present", "vague", "blank", "missing"):
        add(archive, elements=[("evidence", status, "required"), ("facts", "present", "required")])
    assert found(archive, missing="evidence") == [4, 3]
    assert found(archive, missing="facts") == []


def test_days_begin_and_end_in_beijing(archive):
    add(archive, at=datetime(2026, 3, 4, 15, 59, tzinfo=timezone.utc))
    add(archive, at=datetime(2026, 3, 4, 16, 0, tzinfo=timezone.utc))
    add(archive, at=datetime(2026, 3, 5, 15, 59, 59, 999000, tzinfo=timezone.utc))
    assert found(archive, since=date(2026, 3, 5)) == [3, 2]
    assert found(archive, until=date(2026, 3, 4)) == [1]
    assert found(archive, since=date(2026, 3, 5), until=date(2026, 3, 5)) == [3, 2]


def test_pages_follow_each_other_with_the_true_total(archive):
    for i in range(7):
        add(archive, f"仲裁{i}")
    seen, cursor = [], None
    while True:
        hits = archive.search("仲裁", limit=3, cursor=cursor)
        assert hits.total == 7
        seen += [entry.seq for entry in hits.entries]
        cursor = hits.next_cursor
        if cursor is None:
            break
    assert seen == [7, 6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "9" * 30, "１"])
def test_a_wrong_cursor_is_told(archive, cursor):
    with pytest.raises(UsageError, match="翻页标记"):
        archive.search(cursor=cursor)


def test_a_list_carries_no_full_text_but_a_snippet_around_the_word(archive):
    add(archive, "前" * 100 + "提交仲\n裁委员会" + "后" * 100, facts={"a": 1}, report={"b": 2})
    (entry,) = archive.search("仲裁").entries
    assert (entry.text, entry.facts, entry.report) == ("", None, None)
    assert entry.snippet.startswith("…前") and "提交仲 裁委员会" in entry.snippet and entry.snippet.endswith("后…")
    assert len(entry.snippet) < 110


@given(text=_CHARS, word=_CHARS)
def test_a_snippet_never_leaves_the_text(text, word):
    plain = snippet(text, [fold(word)]).strip("…")
    assert normal(plain) in normal(text)


# --- opening --------------------------------------------------------------------------------------------------------


def _append(home, name, count):
    with Archive(home) as archive:
        for i in range(count):
            add(archive, f"{name}{i}", series="异通", file=name.encode())


def test_two_processes_write_to_a_new_log_at_once(tmp_path):
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_append, args=(tmp_path / "home", name, 25)) for name in "ab"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    with Archive(tmp_path / "home") as archive:
        assert archive.search().total == 50 and archive.verify() == []
        assert archive.entry("异通-2026-0050").seq == 50


def test_a_log_from_a_newer_version_is_refused_and_left_alone(archive):
    add(archive, "文")
    archive.close()
    with raw(archive) as db:
        db.execute("PRAGMA user_version = 99")
        before = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    with pytest.raises(LogError, match="请升级") as told:
        archive.search()
    assert told.value.code == "log_newer"
    with raw(archive) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (99,)
        assert db.execute("SELECT count(*) FROM sqlite_master").fetchone() == before


def test_a_migration_that_fails_leaves_the_log_as_it_was(archive, monkeypatch):
    add(archive, "文")
    archive.close()

    def broken(db):
        db.execute("CREATE TABLE half (a)")
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, broken))
    with pytest.raises(LogError, match="磁盘已满"):
        archive.search()
    monkeypatch.undo()
    assert archive.search().total == 1
    with raw(archive) as db:
        assert db.execute("SELECT 1 FROM sqlite_master WHERE name = 'half'").fetchone() is None


def test_another_database_is_not_taken_for_a_log(tmp_path):
    with closing(sqlite3.connect(tmp_path / schema.NAME)) as db:
        db.execute("CREATE TABLE other (a)")
    with Archive(tmp_path) as archive, pytest.raises(LogError, match="不是文书日志"):
        archive.search()


def test_a_damaged_database_is_told(tmp_path):
    (tmp_path / schema.NAME).write_bytes(b"no database at all" * 100)
    with Archive(tmp_path) as archive, pytest.raises(LogError, match="已损坏") as told:
        archive.search()
    assert told.value.code == "log_damaged"


def test_a_home_that_is_a_file_is_told(tmp_path):
    (tmp_path / "home").write_text("x")
    with Archive(tmp_path / "home") as archive, pytest.raises(LogError, match="打不开文书日志"):
        add(archive)


def test_a_log_that_is_full_is_told_and_stays_whole(archive):
    add(archive, "文")
    pages = archive.db.execute("PRAGMA page_count").fetchone()[0]
    archive.db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(LogError, match="磁盘已满"):
        add(archive, "长" * 200_000)
    archive.close()
    assert archive.verify() == [] and archive.search().total == 1


def test_a_log_that_cannot_be_written_is_told(archive):
    add(archive, "文")
    archive.db.execute("PRAGMA query_only = 1")
    with pytest.raises(LogError, match="不能写入") as told:
        add(archive, "再")
    assert told.value.code == "log_readonly"


def test_a_log_that_another_holds_is_told(archive, monkeypatch):
    add(archive, "文")
    archive.db.execute("PRAGMA busy_timeout = 50")
    with raw(archive) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LogError, match="占用"):
            add(archive, "再")
        other.execute("ROLLBACK")
    assert add(archive, "再").seq == 2


def test_the_log_is_for_its_owner_only(archive):
    entry = add(archive, file=b"x")
    assert archive.path.stat().st_mode & 0o077 == 0
    assert archive.files.path(entry.sha256).stat().st_mode & 0o277 == 0
