"""Search that never misses: what is found is what LIKE over the normal form finds, whatever the log went through."""

import json
import random
import re
import sqlite3
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from conftest import everybody
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from objection_docs import desk, extraction
from objection_docs.archive import Archive, letters
from objection_docs.archive.search import Query, block, create, document, hits, lookup, read, sets, tables
from objection_docs.errors import UsageError
from objection_docs.extraction import Line, Paper
from objection_docs.text import normal

NOW = datetime(2026, 3, 5, 1, 30, tzinfo=timezone.utc)
PIECES = [
    "有限公司", "合同编号：HT-2026-018", "请贵方于收到本函之日起7日内书面答复", "2026年3月5日", "2026年13月",
    "35,000.00元", "仲裁", "苏州", "𠮷野家𬭎", "😀👍🏽", "ｆｕｌｌ　Ｗｉｄｔｈ", "ﾊﾝｶｸ", "straße", "İstanbul", "①②",
    "⾏为", "（甲方）", "%_\\", "'", "“引”", "\n", " ", "\t", "的", "甲", "乙", "丙", "0", "1", "a", "B", "，", "。",
    "-", "é", "한글", "\u200b",
]  # fmt: skip
SMALL = (
    (sets, "BLOCK", 64),
    (sets, "BITMAP", 8),
    (block, "COMMON", 3),
    (block, "LONGEST", 8),
    (block, "_SMALL", 2),
    (lookup, "FEW", 1),
    (tables, "CARRIED", 12),
)


@pytest.fixture
def small_blocks(monkeypatch):
    """Blocks of 64 places, so that a few hundred letters show all that millions do."""
    for where, name, value in SMALL:
        monkeypatch.setattr(where, name, value)


@pytest.fixture
def archive(tmp_path):
    with Archive(tmp_path / "home") as opened:
        yield opened


def add(archive, text="", at=NOW, **values):
    return archive.add(at=at, errand=values.pop("errand", "check"), text=text, **values)


def found(archive, query="", **asked):
    return [entry.seq for entry in archive.search(query, **asked).entries]


def correct(archive, letter, **changes):
    return archive.note(at=NOW, errand="correct", about=letter.id, details={"set": changes})


def invented(chance: random.Random, at: datetime) -> dict:
    text = "".join(chance.choices(PIECES, k=chance.randrange(12)))
    return {
        "at": at,
        "text": text,
        "sender": chance.choice(["甲公司", "宁波恒泰机械有限公司", ""]),
        "recipient": chance.choice(["乙（北京）公司", "苏州公司"]),
        "kind": chance.choice(["complaint", "objection_notice"]),
        "verdict": chance.choice(["complete", "incomplete"]),
        "who": chance.choice(["张三", "李四"]),
        "file_name": chance.choice(["信.pdf", "Brief 2.docx", ""]),
        "facts": {"sums": [{"amount": chance.randrange(5000)}], "say": chance.choice(["事实陈述", 42, None, 3.5])},
        "elements": [("evidence", chance.choice(["present", "vague", "missing", "blank"]), "required")],
        "report": {"faults": [{"code": "amount_mismatch"}] if chance.random() < 0.3 else []},
    }


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """Letters in several blocks and outside of them, some of them corrected before and after their block was made."""
    with pytest.MonkeyPatch.context() as patched:
        for where, name, value in SMALL:
            patched.setattr(where, name, value)
        chance = random.Random(1)
        with Archive(tmp_path_factory.mktemp("search")) as archive:
            for i in range(300):
                letter = add(archive, **invented(chance, NOW + timedelta(hours=i)))
                if chance.random() < 0.1:
                    correct(archive, letter, sender=chance.choice(["丁集团", "甲公司"]), title="更正的标题")
            for letter in [entry for entry in archive.entries() if not entry.about][:100:3]:
                correct(archive, letter, kind="acknowledgement", recipient="戊（上海）厂")
            bodies = sqlite3.connect(":memory:")
            bodies.execute("CREATE TABLE bodies (seq INTEGER PRIMARY KEY, body TEXT, parties TEXT)")
            for seq in archive.chosen():
                one = tables.read(archive.db, seq)
                bodies.execute("INSERT INTO bodies VALUES (?, ?, ?)", [seq, one.body, one.parties])
            yield archive, bodies
            bodies.close()


def like(bodies, word, column="body"):
    plain = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    sql = f"SELECT seq FROM bodies WHERE {column} LIKE ? ESCAPE '\\' ORDER BY seq"
    return [seq for (seq,) in bodies.execute(sql, [f"%{plain}%"])]


def test_the_log_of_this_test_has_all_sorts_of_letters(filled):
    archive, _ = filled
    made = archive.db.execute("SELECT count(*) FROM search_blocks").fetchone()[0]
    carried = archive.db.execute("SELECT count(*) FROM search_new WHERE seq <= ?", [made * 64]).fetchone()[0]
    fresh = archive.db.execute("SELECT count(*) FROM search_new WHERE seq > ?", [made * 64]).fetchone()[0]
    kinds = {key[0] for (key,) in archive.db.execute("SELECT key FROM search_rows")}
    assert made >= 5 and carried and fresh and kinds == {"t", "p", "m", "s"}
    assert archive.verify() == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_is_found_is_what_like_finds(filled, data):
    archive, bodies = filled
    seq = data.draw(st.sampled_from(archive.chosen()))
    body = bodies.execute("SELECT body FROM bodies WHERE seq = ?", [seq]).fetchone()[0]
    fields = [field for field in body.split("\n") if field]
    field = data.draw(st.sampled_from(fields)) if fields else ""
    start = data.draw(st.integers(0, max(len(field) - 1, 0)))
    drawn = field[start : start + data.draw(st.integers(1, 14))]
    mixed = data.draw(st.lists(st.sampled_from(PIECES), max_size=3))
    for word in filter(None, (drawn, document.fold("".join(mixed)))):
        assert archive.find(Query(words=(word,), limit=500)).total == len(like(bodies, word))
        assert [e.seq for e in archive.find(Query(words=(word,), limit=500)).entries] == like(bodies, word)[::-1]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_words_and_filters_together_mean_what_each_means(filled, data):
    archive, bodies = filled
    words = data.draw(st.lists(st.sampled_from([p for p in PIECES if document.fold(p)]), max_size=2))
    without = data.draw(st.lists(st.sampled_from(["仲裁", "的", "有限公司"]), max_size=1))
    party = data.draw(st.sampled_from(["", "公司", "恒泰", "戊（上海）", "乙"]))
    asked = {
        name: value
        for name, values in {
            "kind": ["complaint", "acknowledgement"], "status": ["complete"], "who": ["张三"], "missing": ["evidence"],
            "vague": ["evidence"], "element": ["evidence:present"], "fault": ["amount_mismatch"], "least": ["1000"],
            "most": ["2500.5"], "from": ["2026-03-07"], "to": ["2026-03-12"],
        }.items()
        if (value := data.draw(st.sampled_from(["", "", *values])))
    }  # fmt: skip
    expected = set(archive.chosen())
    for word in words:
        expected &= set(like(bodies, document.fold(word)))
    for word in without:
        expected -= set(like(bodies, document.fold(word)))
    if party:
        expected &= set(like(bodies, document.fold(party), "parties"))
    for seq in set(expected):
        if not _fits(archive, seq, asked):
            expected.discard(seq)
    query = replace(
        read({**asked, "party": party, "limit": 500}),
        words=tuple(map(document.fold, words)),
        without=tuple(map(document.fold, without)),
    )
    assert [e.seq for e in archive.find(query).entries] == sorted(expected, reverse=True)


def _fits(archive, seq, asked):
    entry = next(e for e in archive.entries(seq - 1, whole=True))
    reads = letters.now(entry, archive.later(entry.id))
    states = dict(archive.db.execute("SELECT element, status FROM element_states WHERE seq = ?", [seq]).fetchall())
    fen = tables.read(archive.db, seq).amounts
    day = (datetime.fromisoformat(entry.at.replace("Z", "+00:00")) + timedelta(hours=8)).date().isoformat()
    status = states["evidence"]
    holds = {
        "kind": reads.kind == asked.get("kind"),
        "status": reads.verdict == asked.get("status"),
        "who": reads.who == asked.get("who"),
        "missing": status in ("missing", "blank"),
        "vague": status == "vague",
        "element": status == "present",
        "fault": bool(entry.report["faults"]),
        "from": day >= asked.get("from", ""),
        "to": day <= asked.get("to", "9"),
    }
    low, high = float(asked.get("least", 0)) * 100, float(asked.get("most", 1e12)) * 100
    amount = any(low <= one <= high for one in fen) or not {"least", "most"} & set(asked)
    return amount and all(holds[name] for name in asked if name in holds)


# --- facts, corrections, destruction --------------------------------------------------------------------------------


def test_what_only_the_facts_say_is_found_and_shown(archive):
    add(archive, "全文", facts={"measures": [{"measure": "赔偿停工损失", "amount": 31200}], "rate": 0.05, "flag": True})
    assert found(archive, "停工损失") == found(archive, "31200") == found(archive, "0.05") == [1]
    assert found(archive, "true") == []
    (entry,) = archive.search("停工").entries
    assert entry.snippet == "赔偿停工损失" and entry.page is None


def test_a_correction_is_found_and_filters_and_the_old_words_still_find(small_blocks, archive):
    letter = add(archive, "全文", sender="甲公司", title="投诉书", kind="complaint")
    for _ in range(70):
        add(archive, "别的")
    correct(archive, letter, sender="新公司", title="异议通知", kind="objection_notice")
    for word in ("新公司", "异议通知", "甲公司", "投诉书", "全文"):
        assert found(archive, word) == [1], word
    assert found(archive, kind="objection_notice") == [1] and found(archive, kind="complaint") == []
    assert found(archive, party="新公") == [1] and found(archive, party="甲公") == []
    assert found(archive, "-新公司", limit=500) == list(range(71, 1, -1))


def test_the_retention_class_filters(archive):
    first, _ = add(archive), add(archive)
    said = {"retention": "30年", "archive_number": "A01-1"}
    archive.note(at=NOW, errand="describe", about=first.id, details={"set": said})
    assert found(archive, retention="30年") == [1] and found(archive, "a01-1") == [1]


def test_nothing_of_a_destroyed_text_stays_in_the_index(small_blocks, archive):
    letter = add(archive, "独一无二的秘密", sender="甲公司", facts={"amount": 777})
    for _ in range(70):
        add(archive, "别的")
    entered = archive.original(letter.id)
    reads = letters.row(entered, ()) | {"destroyed": 1}
    with archive.writing() as db:
        letters.store(db, reads)
        tables.index(db, entered, reads, ())
        tables.purge(db)
    assert found(archive, "秘密") == found(archive, least="777", most="777") == [] and found(archive, "甲公司") == [1]
    kept = archive.db.execute("SELECT key FROM search_rows WHERE key IN ('t秘', 't独') OR key LIKE 't独一%'").fetchall()
    assert kept == []


# --- the index itself -----------------------------------------------------------------------------------------------


def test_an_index_made_anew_is_the_same_to_the_byte(filled):
    archive, _ = filled
    shown = ("search_rows", "search_blocks", "search_amounts")

    def contents():
        return [archive.db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in shown]

    with archive.writing() as db:
        blocks = db.execute("SELECT count(*) FROM search_blocks").fetchone()[0]
        for number in range(blocks):  # what is carried belongs into the blocks
            tables._store(db, number, tables.made(db, number))
        before = contents()
        for table in (*shown, "search_new"):
            db.execute(f"DROP TABLE {table}")
        create(db)
    assert contents() == before
    assert archive.verify() == []


def test_a_block_that_cannot_be_made_now_costs_no_letter(small_blocks, archive, monkeypatch):
    def full(*_):
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(tables, "_store", full)
        for i in range(70):
            add(archive, f"第{i}封")
    assert archive.search("封").total == 70 and archive.verify() == []
    add(archive, "第70封")
    assert archive.search("封").total == 71 and archive.verify() == []
    assert archive.db.execute("SELECT count(*) FROM search_new").fetchone() == (7,)


# --- pages of hits --------------------------------------------------------------------------------------------------


def walk(archive, query, **asked):
    seen, cursor = [], None
    while True:
        page = archive.search(query, cursor=cursor, **asked)
        seen += [entry.seq for entry in page.entries]
        cursor = page.next_cursor
        if cursor is None:
            return seen
        add(archive, "仲裁", at=NOW)  # others write meanwhile


@pytest.mark.parametrize("order", ["newest", "relevance"])
def test_pages_follow_each_other_while_others_write(archive, order, monkeypatch):
    monkeypatch.setattr(hits, "WEIGHED", 5)
    for i in range(9):
        add(archive, "仲裁" * (i % 4 + 1) + "其他" * 20)
    assert sorted(walk(archive, "仲裁", order=order, limit=2)) == list(range(1, 10))


def test_by_relevance_what_says_it_more_and_in_the_title_comes_first(archive):
    add(archive, "仲裁" + "其他" * 200)
    add(archive, "仲裁" * 5 + "其他" * 200)
    add(archive, "其他" * 200, title="仲裁申请书")
    add(archive, "其他")
    assert found(archive, "仲裁", order="relevance") == [2, 3, 1]
    assert found(archive, "", order="relevance") == [4, 3, 2, 1]


def test_a_cursor_of_the_other_order_is_told(archive):
    for _ in range(3):
        add(archive, "仲裁")
    newest = archive.search("仲裁", limit=1).next_cursor
    relevant = archive.search("仲裁", limit=1, order="relevance").next_cursor
    with pytest.raises(UsageError, match="翻页标记"):
        archive.search("仲裁", cursor=newest, order="relevance")
    with pytest.raises(UsageError, match="翻页标记"):
        archive.search("仲裁", cursor=relevant)


def test_a_hit_tells_the_page_of_a_pdf(archive):
    text = "第一页的话\f第二页的，仲\f裁跨页\f\f末页"
    add(archive, text, media_type="application/pdf")
    add(archive, text, media_type="text/plain")
    for word, page in (("第一页", 1), ("仲裁", 2), ("跨页", 3), ("末页", 5)):
        plain, pdf = archive.search(word).entries
        assert (pdf.page, plain.page) == (page, None), word
    assert archive.search("末页").entries[1].to_dict()["page"] == 5


def test_the_text_of_a_letter_carries_its_page_ends():
    lines = [
        Line("甲\f方", page=1), Line("第二页", page=2), Line("的话", page=3, starts=False),
        Line("页脚", page=3, role="foot"), Line("末页", page=5),
    ]  # fmt: skip
    paper = Paper(tuple(lines), pages=5, source="pdf")
    assert paper.paged_text == "甲 方\n\f第二页\f的话\n\f\f末页"
    assert normal(paper.paged_text) == normal(paper.text) == "甲方第二页的话末页"


def test_a_checked_pdf_tells_the_page_of_a_hit(tmp_path):
    letter = Path(__file__).parent / "letters" / "known"
    two_pages = next(path for path in sorted(letter.glob("*.pdf")) if extraction.read(path.read_bytes()).pages == 2)
    report = desk.check(two_pages.read_bytes(), two_pages.name, now=NOW, home=tmp_path)
    last = extraction.read(two_pages.read_bytes()).lines
    word = next(line.text for line in last if line.page == 2 and line.role == "body" and len(line.text) > 6)
    (entry,) = desk.search(f'"{word}"', home=tmp_path).entries
    assert (entry.id, entry.page) == (report["id"], 2)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("赔偿人民币35,000.00元（￥35,000.00）", {3500000}),
        ("共计 3.5 万元，另付¥120.5", {3500000, 12050}),
        ("１２００元整", {120000}),
        ("合同编号2026018，共35件", set()),
        ("1亿元", {10**10}),
    ],
)
def test_amounts_are_read_from_the_text(archive, text, fen):
    letter = add(archive, text)
    assert set(tables.read(archive.db, letter.seq).amounts) == fen


def test_days_are_found_across_blocks_even_when_a_clock_went_back(small_blocks, archive):
    days = [date(2026, 1, 1) + timedelta(days=(i * 7) % 150) for i in range(200)]
    for day in days:
        add(archive, at=datetime(day.year, day.month, day.day, 4, tzinfo=timezone.utc))
    since, until = date(2026, 2, 3), date(2026, 3, 9)
    expected = [i for i, day in enumerate(days, 1) if since <= day <= until]
    assert archive.chosen(since=since, until=until) == expected


# --- three doors ----------------------------------------------------------------------------------------------------


@pytest.fixture
def doors(tmp_path, monkeypatch):
    """The same question asked on the command line, over HTTP and on the page: what each answers, by place."""
    from click.testing import CliRunner

    from objection_docs.cli import main
    from objection_docs.service import create_app

    home = tmp_path / "home"
    monkeypatch.setenv("OBJECTION_DOCS_HOME", str(home))
    with Archive(home) as archive:
        chance = random.Random(7)
        for i in range(40):
            add(archive, **invented(chance, NOW + timedelta(hours=i)))
    client = create_app({"TESTING": True, "HOME": home, "IDENTIFY": everybody}).test_client()

    def ask(raw):
        options = [f"--{name}={value}" for name, value in raw.items() if name != "q"]
        typed = CliRunner().invoke(main, ["log", "search", "--json", *options, "--", raw.get("q", "")])
        sent = client.get("/api/v1/log", query_string=raw)
        page = client.get("/log", query_string=raw)
        if typed.exit_code:
            return typed.exit_code, sent.status_code, page.status_code
        told = json.loads(typed.stdout)
        assert told["total"] == sent.get_json()["total"] and f"共 {told['total']} 条" in page.text
        answers = [[entry["id"] for entry in one["entries"]] for one in (told, sent.get_json())]
        shown = re.findall(r'<a href="/log/([0-9A-Z]{26})">', page.text)
        assert answers == [shown, shown]
        assert told["next_cursor"] == sent.get_json()["next_cursor"]
        return told

    return ask


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"q": "仲裁 -苏州"},
        {"q": '"请贵方于收到" 公司', "order": "relevance", "limit": "7"},
        {"q": "ＨＴ－2026", "from": "2026-03-05", "to": "2026-03-06"},
        {"kind": "complaint", "status": "incomplete", "who": "张三"},
        {"party": "恒泰", "missing": "evidence"},
        {"vague": "evidence", "fault": "amount_mismatch"},
        {"element": "evidence：齐备", "least": "1,000", "most": "3000元"},
        {"procedure": "nothing", "case": "x", "retention": "永久", "errand": "check"},
        {"q": '"', "limit": "3", "order": "newest"},
    ],
)
def test_all_doors_give_the_same_hits(doors, raw):
    doors(raw)


@pytest.mark.parametrize(
    "raw",
    [
        {"from": "昨天"}, {"to": "2026-3-5"}, {"limit": "0"}, {"cursor": "x"}, {"status": "?"}, {"errand": "x"},
        {"order": "x"}, {"least": "很多"}, {"most": "-1"}, {"element": "evidence"}, {"element": "evidence:x"},
        {"kind": "x"}, {"procedure": "x"}, {"missing": "x"}, {"vague": "x"}, {"element": "x:vague"}, {"fault": "x"},
        {"retention": "x"}, {"from": "2026-03-06", "to": "2026-03-05"}, {"least": "2", "most": "1"},
    ],
)  # fmt: skip
def test_all_doors_refuse_what_cannot_be_meant(doors, raw):
    assert doors(raw) == (2, 400, 422)  # the page is its form again, with what is wrong in it
