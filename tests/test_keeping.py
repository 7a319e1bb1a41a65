"""Holds, terms, archive numbers, and the one way in which anything of the log goes."""

import json
import sqlite3
from contextlib import closing
from datetime import date, datetime, timezone

import pytest

from objection_docs.archive import Archive, destruction
from objection_docs.archive.destruction import Destruction
from objection_docs.archive.keeping import Keeping
from objection_docs.errors import LogError, UsageError

NOW = datetime(2026, 3, 5, 1, 30, tzinfo=timezone.utc)
LATER = datetime(2060, 1, 1, tzinfo=timezone.utc)
DAY = date(2060, 1, 1)


@pytest.fixture
def archive(tmp_path):
    with Archive(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def keeping(archive):
    return Keeping(archive)


def add(archive, text="正文", case="案1", **values):
    given = {"file": text.encode(), "file_name": "信.txt", "series": "异通", "facts": {"a": 1}, "report": {"b": 2}}
    return archive.add(at=NOW, errand="check", text=text, case_id=case, **(given | values))


def ten_years(_kind, _procedure, chosen):
    return chosen or "10年"


def ends(name, started):
    return None if name == "永久" else date(started.year + int(name.removesuffix("年")), 12, 31)


def due(keeping, on=DAY):
    return list(keeping.due(on, ten_years, ends))


def numbers(found):
    return [each.number[-1] for each in found]


def act(call, *args, **values):
    return call(*args, at=NOW, who=values.pop("who", "张三"), **values)


# --- terms -----------------------------------------------------------------------------------------------------------


def test_a_term_starts_with_the_closing_of_the_case_or_else_with_the_letter(archive, keeping):
    add(archive, "1")
    add(archive, "2", case="")
    add(archive, "3", case="案2")
    act(keeping.close, "案1", on=date(2020, 5, 1))
    assert [(e.number[-1], e.started, e.ended) for e in due(keeping)] == [
        ("1", date(2020, 5, 1), date(2030, 12, 31)),
        ("2", date(2026, 3, 5), date(2036, 12, 31)),
    ]
    assert numbers(due(keeping, date(2030, 12, 31))) == [] and numbers(due(keeping, date(2031, 1, 1))) == ["1"]
    act(keeping.close, "案2", on=date(2026, 3, 5))
    assert numbers(due(keeping)) == ["1", "2", "3"]
    act(keeping.reopen, "案1", reason="又起诉")
    assert numbers(due(keeping)) == ["2", "3"] and keeping.closed("案1") is None


def test_a_letter_that_comes_after_the_closing_starts_on_its_own_day(archive, keeping):
    add(archive, "1")
    act(keeping.close, "案1", on=date(2020, 5, 1))
    add(archive, "2")
    assert [e.started for e in due(keeping)] == [date(2020, 5, 1), date(2026, 3, 5)]


def test_a_correction_of_the_case_and_a_chosen_class_count(archive, keeping):
    first, second = add(archive, "1", case=""), add(archive, "2", case="")
    act(keeping.correct, first.id, {"case_id": "案9"})
    act(keeping.describe, second.id, {"retention": "永久"})
    assert due(keeping) == []
    act(keeping.close, "案9", on=date(2026, 3, 5))
    assert numbers(due(keeping)) == ["1"]


def test_cases_are_closed_and_reopened_in_turn(archive, keeping):
    add(archive)
    with pytest.raises(LogError, match="没有案件“案9”"):
        act(keeping.close, "案9", on=date(2026, 1, 1))
    with pytest.raises(UsageError, match="不能晚于今天"):
        act(keeping.close, "案1", on=date(2026, 3, 6))
    with pytest.raises(LogError, match="没有结案"):
        act(keeping.reopen, "案1", reason="x")
    act(keeping.close, "案1", on=date(2026, 1, 1))
    with pytest.raises(LogError, match="已经结案"):
        act(keeping.close, "案1", on=date(2026, 1, 1))


# --- holds -----------------------------------------------------------------------------------------------------------


def test_a_hold_stands_until_it_is_released_itself(archive, keeping):
    letter = add(archive)
    first = act(keeping.hold, case="案1", reason="诉讼一")
    second = act(keeping.hold, case="案1", reason="诉讼二")
    with pytest.raises(UsageError, match=r"有 2 个冻结.*诉讼一.*诉讼二"):
        act(keeping.release, case="案1", reason="完")
    act(keeping.release, id=first.id, reason="完")
    assert [hold.id for hold in keeping.holds("case:案1")] == [second.id]
    act(keeping.release, case="案1", reason="完")
    assert keeping.holds("case:案1") == []
    with pytest.raises(LogError, match="没有未解除的冻结"):
        act(keeping.release, id=second.id, reason="完")
    act(keeping.hold, id=letter.id, reason="审计")
    act(keeping.release, id=letter.number, reason="完")
    assert keeping.holds(letter.id) == [] and archive.verify() == []


# --- archive numbers -------------------------------------------------------------------------------------------------


def test_archive_numbers_count_by_fonds_year_and_class(archive, keeping):
    letters = [add(archive, str(i)) for i in range(3)]
    act(keeping.describe, letters[2].id, {"retention": "永久"})

    def class_of(_kind, _procedure, chosen):
        return (chosen, "Y") if chosen else ("30年", "D30")

    given = keeping.number([letter.id for letter in letters], fonds="G001", class_of=class_of, at=NOW, who="张三")
    assert [number for _, number in given] == ["G001-2026-D30-0001", "G001-2026-D30-0002", "G001-2026-Y-0001"]
    assert archive.entry("G001-2026-D30-0002").id == letters[1].id
    with pytest.raises(LogError, match="已有档号 G001-2026-D30-0001"):
        keeping.number([letters[0].id], fonds="G001", class_of=class_of, at=NOW, who="张三")
    with pytest.raises(LogError, match="保管期限不能再改"):
        act(keeping.describe, letters[0].id, {"retention": "永久"})
    assert archive.verify() == []


# --- destruction -----------------------------------------------------------------------------------------------------


@pytest.fixture
def three(archive, keeping):
    """Three letters of a case whose term has passed, the first and the second with the same file."""
    letters = [add(archive, text, file=data) for text, data in (("甲文", b"one"), ("乙文", b"one"), ("丙文", b"three"))]
    act(keeping.close, "案1", on=date(2000, 1, 1))
    return letters


def proposed(archive, *wanted):
    found = [each for each in due(Keeping(archive)) if not wanted or each.id in {letter.id for letter in wanted}]
    return act(Destruction(archive).propose, found, who="甲")


def approved(archive, *wanted):
    made = proposed(archive, *wanted)
    for who in "乙丙":
        act(Destruction(archive).approve, made.id, who=who)
    return made


def texts(archive):
    return archive.db.execute("SELECT facts, report, text FROM entries WHERE about = '' ORDER BY seq").fetchall()


def test_two_others_approve_and_then_file_and_texts_go_and_the_record_stays(archive, three):
    first, _, third = three
    made = approved(archive, third)
    done = act(Destruction(archive).carry_out, made.id, who="丁")
    assert (done.state, done.approved_by, done.done_by) == ("done", ("乙", "丙"), "丁")
    reads = archive.entry(third.id)
    assert (reads.text, reads.facts, reads.report) == ("", None, None)
    assert (reads.hash, reads.sha256, reads.number, reads.file_name) == (
        third.hash,
        third.sha256,
        third.number,
        "信.txt",
    )
    assert not archive.files.path(third.sha256).exists()
    with pytest.raises(LogError, match="已按销毁清册") as told:
        archive.file(third.id)
    assert told.value.status == 410
    assert archive.search("丙文").total == 0 and archive.search("甲文").total == 1
    assert archive.search("异通-2026-0003").total == 1  # the record is still found
    assert archive.verify() == [] and archive.file(first.id) == ("信.txt", b"one")
    assert b"\xe4\xb8\x99\xe6\x96\x87" not in archive.path.read_bytes()  # 丙文
    assert numbers(due(Keeping(archive))) == ["1", "2"]


def test_a_file_that_a_living_letter_shares_stays(archive, three):
    first, second, _ = three
    act(Destruction(archive).carry_out, approved(archive, first).id)
    assert archive.files.get(first.sha256) == b"one" and archive.verify() == []
    act(Destruction(archive).carry_out, approved(archive, second).id)
    assert not archive.files.path(first.sha256).exists() and archive.verify() == []


def test_the_scan_of_a_receipt_goes_with_its_letter(archive, keeping, three):
    proof = ("回执.jpg", "image/jpeg", b"scan")
    noted = act(keeping.service, three[2].id, {"method": "courier"}, proof=proof)
    assert archive.files.get(noted.sha256) == b"scan"
    act(Destruction(archive).carry_out, approved(archive, three[2]).id)
    assert not archive.files.path(noted.sha256).exists() and archive.verify() == []


def test_a_lost_file_is_not_taken_for_a_destroyed_one(archive, three):
    act(Destruction(archive).carry_out, approved(archive, three[2]).id)
    archive.files.path(three[0].sha256).unlink()
    assert [said.partition("（/")[0] for said in archive.verify()] == [
        "第 1 条（异通-2026-0001）：日志中的文件不见了，请从备份恢复",
        "第 2 条（异通-2026-0002）：日志中的文件不见了，请从备份恢复",
    ]


def test_a_destroyed_letter_can_be_entered_again(archive, three):
    act(Destruction(archive).carry_out, approved(archive, three[2]).id)
    again = add(archive, "丙文", file=b"three")
    assert archive.file(again.id)[1] == b"three" and archive.verify() == []


def test_a_file_destroyed_just_while_it_is_entered_again_is_kept(archive, three, monkeypatch):
    """Its bytes are there when the new letter looks, and gone when the new entry is written."""
    made, put = approved(archive, three[2]), archive.files.put

    def put_and_then_destroyed(data):
        monkeypatch.undo()
        digest = put(data)
        with Archive(archive.home) as other:
            act(Destruction(other).carry_out, made.id)
        assert not archive.files.path(digest).exists()
        return digest

    monkeypatch.setattr(archive.files, "put", put_and_then_destroyed)
    again = add(archive, "丙文", file=b"three")
    assert archive.file(again.id)[1] == b"three" and archive.verify() == []


def test_persons_are_counted_once_and_the_author_not_at_all(archive, three):
    made, calls = proposed(archive), Destruction(archive)
    with pytest.raises(LogError, match="不能审批自己的清册"):
        act(calls.approve, made.id, who="甲")
    act(calls.approve, made.id, who="乙")
    with pytest.raises(LogError, match="同一人只算一次"):
        act(calls.approve, made.id, who="乙")
    with pytest.raises(LogError, match="还差 1 人审批"):
        act(calls.carry_out, made.id, who="乙")
    with pytest.raises(UsageError, match="写明经办人"):
        act(calls.approve, made.id, who=" ")
    assert texts(archive)[0][2] == "甲文" and calls.list(made.id).state == "proposed"


STOPS = {
    "已被冻结": lambda keeping, letter: act(keeping.hold, id=letter.id, reason="诉讼"),
    "有更正或补充": lambda keeping, letter: act(keeping.correct, letter.id, {"title": "改"}),
    "重新开启": lambda keeping, _: act(keeping.reopen, "案1", reason="又起诉"),
}


@pytest.mark.parametrize("said", STOPS)
def test_a_hold_or_a_change_in_between_stops_the_list(archive, keeping, three, said):
    made, calls = approved(archive), Destruction(archive)
    keeping.accessed(three[0].id, "shown", at=NOW, who="王五")  # looking does not
    assert calls.list(made.id).state == "approved"
    STOPS[said](keeping, three[1])
    stopped = calls.list(made.id)
    assert stopped.state == "stopped"
    assert any(why.startswith("异通-2026-0002 ") and said in why for why in stopped.stopped)
    with pytest.raises(LogError, match=f"清册已中止.*{said}"):
        act(calls.carry_out, made.id)
    assert [text for *_, text in texts(archive)] == ["甲文", "乙文", "丙文"]


def test_a_hold_of_the_case_stops_it_too_and_released_lets_it_go_on(archive, keeping, three):
    made = approved(archive)
    act(keeping.hold, case="案1", reason="诉讼")
    with pytest.raises(LogError, match="已被冻结"):
        act(Destruction(archive).carry_out, made.id)
    act(keeping.release, case="案1", reason="完")
    assert act(Destruction(archive).carry_out, made.id).state == "done"


def test_held_and_listed_letters_are_not_proposed(archive, keeping, three):
    proposed(archive, three[0])
    with pytest.raises(LogError, match="已在清册"):
        proposed(archive, three[0])
    act(keeping.hold, id=three[1].id, reason="诉讼")
    with pytest.raises(LogError, match="已被冻结"):
        proposed(archive, three[1])
    with pytest.raises(UsageError, match="没有可以列入"):
        act(Destruction(archive).propose, [])


def test_an_altered_letter_is_not_destroyed_over(archive, three):
    made = approved(archive)
    with closing(sqlite3.connect(archive.path, isolation_level=None)) as db:
        db.execute("DROP TRIGGER entries_no_update")
        db.execute("UPDATE entries SET text = '改' WHERE seq = 1")
    with pytest.raises(LogError, match="与记入时不同，不能销毁"):
        act(Destruction(archive).carry_out, made.id)
    assert [text for *_, text in texts(archive)] == ["改", "乙文", "丙文"]  # and nothing of the list went


def test_a_crash_before_the_files_went_is_seen_and_mended(archive, three, monkeypatch):
    made = approved(archive)
    monkeypatch.setattr(destruction.Destruction, "_remove_files", lambda *_: None)
    act(Destruction(archive).carry_out, made.id)
    monkeypatch.undo()
    assert "销毁清册已执行，文件却还在" in archive.verify()[0]
    act(Destruction(archive).carry_out, made.id)
    assert archive.verify() == [] and not archive.files.path(three[0].sha256).exists()


def raw(archive):
    return closing(sqlite3.connect(archive.path, isolation_level=None))


def forged(archive, letter, list_id):
    """An entry of a destruction as another program might write it."""
    columns = [name for _, name, *_ in archive.db.execute("PRAGMA table_info(entries)").fetchall()]
    values = dict.fromkeys(columns, "") | {"seq": 99, "id": "X", "hash": "X", "errand": "destroy", "about": letter.id}
    values |= {"details": json.dumps({"list": list_id}), "size": 0, "who": "贼"}
    marks = ", ".join("?" * len(values))
    return f"INSERT INTO entries ({', '.join(values)}) VALUES ({marks})", list(values.values())


BLANK = "UPDATE entries SET facts = '', report = '', text = '' WHERE seq = 1"


def test_the_database_itself_lets_nothing_else_go(archive, keeping, three):
    """Whatever program writes: no text goes without a list that two others approved, none while a hold stands."""
    once = proposed(archive)
    act(Destruction(archive).approve, once.id, who="乙")
    attempts = [(BLANK, ()), forged(archive, three[0], once.id), forged(archive, three[0], three[1].id)]
    attempts += [forged(archive, three[0], "")]
    with raw(archive) as db:
        for sql, values in attempts:
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                db.execute(sql, values)
    act(Destruction(archive).approve, once.id, who="丙")
    other = add(archive, "别的", case="")
    act(keeping.hold, case="案1", reason="诉讼")
    with raw(archive) as db:
        for sql, values in (forged(archive, three[0], once.id), forged(archive, other, once.id), (BLANK, ())):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                db.execute(sql, values)
    assert archive.verify() == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE entries SET text = '改' WHERE seq = 1",
        "UPDATE entries SET text = '' , title = '改' WHERE seq = 1",
        "UPDATE entries SET hash = 'x' WHERE seq = 1",
        "UPDATE entries SET seq = 77 WHERE seq = 1",
        "DELETE FROM entries WHERE seq = 1",
        "UPDATE entries SET facts = '', report = '', text = '' WHERE seq = 2",
        "UPDATE entries SET details = '' WHERE errand = 'destroy'",
        "DELETE FROM entries WHERE errand = 'approve'",
    ],
)
def test_even_of_a_destroyed_letter_nothing_else_can_be_changed(archive, three, sql):
    act(Destruction(archive).carry_out, approved(archive, three[0]).id)
    with raw(archive) as db, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute(sql)
    assert archive.verify() == []
