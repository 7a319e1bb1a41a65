import hashlib
import json

import pytest
from conftest import COMPLETE, INCOMPLETE, NOW

from objection_docs import archive_desk, desk
from objection_docs.errors import ConversionError, FactsError, LogError, UsageError


def check(data, name="信.txt", **more):
    return desk.check(data if isinstance(data, bytes) else data.encode(), name, now=NOW, **more)


def generate(raw=None, **more):
    return desk.generate("objection_notice", raw or {"text": COMPLETE}, now=NOW, **more)


def test_a_checked_letter_is_logged_with_its_report_text_and_file(rooms):
    report = check(COMPLETE, case="案1", who="张三")
    entry = desk.show(report["id"])
    assert list(report)[:3] == ["file", "sha256", "id"] and report["verdict"] == "complete"
    assert (entry.errand, entry.who, entry.case_id, entry.kind) == ("check", "张三", "案1", "objection_notice")
    assert (entry.sender, entry.recipient) == ("宁波恒泰机械有限公司", "苏州明远精密制造有限公司")
    assert entry.report == {key: value for key, value in report.items() if key != "id"}
    assert desk.file(entry.id) == ("信.txt", COMPLETE.encode())
    assert [hit.id for hit in desk.search("仲裁").entries] == [entry.id]


def test_a_generated_letter_is_logged_with_number_facts_and_what_it_lacks(rooms):
    letter = generate({"text": INCOMPLETE}, case="案1")
    entry = desk.show(letter.number)
    assert (letter.number, entry.errand, entry.verdict) == ("异通-2026-0001", "generate", "incomplete")
    assert entry.facts == {"text": INCOMPLETE} and entry.sha256 == letter.sha256
    assert desk.file(letter.id) == ("异议通知.docx", letter.docx)
    assert desk.search(missing="facts").total == 1 and desk.search(party="明远").total == 1


def test_the_pdf_that_was_handed_out_is_kept(rooms, monkeypatch):
    monkeypatch.setattr(desk, "to_pdf", lambda docx: b"%PDF-" + docx)
    letter = generate(pdf=True)
    monkeypatch.setattr(desk, "to_pdf", lambda docx: b"another conversion")
    assert desk.pdf_of(letter.id) == ("异议通知.pdf", letter.pdf)


def test_a_letter_without_pdf_is_converted_when_asked_for(rooms, monkeypatch):
    monkeypatch.setattr(desk, "to_pdf", lambda docx: b"%PDF-" + docx)
    letter = generate()
    assert letter.pdf is None
    assert desk.pdf_of(letter.id) == ("异议通知.pdf", b"%PDF-" + letter.docx)
    with pytest.raises(LogError, match="只有生成的文书"):
        desk.pdf_of(check(COMPLETE)["id"])


def test_a_failed_conversion_leaves_no_entry(rooms, monkeypatch):
    def broken(_docx):
        raise ConversionError("没有 LibreOffice")

    monkeypatch.setattr(desk, "to_pdf", broken)
    with pytest.raises(ConversionError):
        generate(pdf=True)
    assert desk.search().total == 0
    assert generate().number == "异通-2026-0001"


def test_the_parties_of_a_generated_letter_are_those_of_its_facts(rooms):
    entry = desk.show(generate({"text": COMPLETE, "sender": "甲公司", "recipient": None}).id)
    assert (entry.sender, entry.recipient) == ("甲公司", "苏州明远精密制造有限公司")


def test_a_draft_tells_what_it_still_lacks(rooms):
    letter = generate({"other": 1}, draft=True)
    assert letter.missing == ("异议事实",) and "【待补：异议事实】" in letter.text


def test_faulty_facts_leave_no_entry(rooms):
    with pytest.raises(FactsError):
        generate({"other": 1})
    assert desk.search().total == 0


def test_an_unreadable_file_gives_a_report_and_is_kept(rooms):
    report = check(b"")
    assert report["verdict"] == "unreadable" and report["error"]["code"] == "empty_file"
    assert report["sha256"] == hashlib.sha256(b"").hexdigest()
    assert desk.search(status="unreadable").total == 1
    assert desk.file(report["id"]) == ("信.txt", b"")


def test_without_log_nothing_is_written(rooms, home):
    assert "id" not in check(COMPLETE, log=False)
    letter = generate(log=False)
    assert (letter.id, letter.number, letter.file_name) == ("", "", "异议通知")
    assert not home.exists()


def test_a_failing_log_does_not_lose_the_report(rooms, home):
    home.write_text("in the way")
    with pytest.raises(LogError) as told:
        check(COMPLETE)
    assert told.value.report["verdict"] == "complete"


def test_an_unknown_kind_or_procedure_stops_before_any_work(rooms):
    for wrong in ({"kind": "poem"}, {"procedure": "nowhere"}):
        with pytest.raises(UsageError):
            check(COMPLETE, **wrong)
    assert desk.search().total == 0


def test_only_the_name_of_a_path_is_kept(rooms):
    assert check(COMPLETE, "/secret/folder/信.txt")["file"] == "信.txt"
    assert check(COMPLETE, "\udcff.txt")["file"] == "?.txt"


def test_an_unknown_status_is_told_with_the_known_ones(rooms):
    with pytest.raises(UsageError, match="complete（完整）、incomplete（不完整）、unreadable（无法读取）"):
        desk.search(status="perfect")


# --- the whole way through the real rooms ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["objection_notice", "acknowledgement", "disposition_reply", "complaint"])
def test_whole_way_a_generated_letter_is_found_by_party_word_and_number(home, kind):
    facts = desk.sample(kind)
    letter = desk.generate(kind, facts, now=NOW, case="主轴案")
    entry = desk.show(letter.number)
    assert entry.facts == facts and (entry.sender, entry.recipient) == (facts["sender"], facts["recipient"])
    assert {state["status"] for state in entry.report["elements"]} <= {"present", "not_applicable"}
    for asked in ({"query": "HT-2026-018"}, {"party": facts["sender"]}, {"query": letter.number, "case": "主轴案"}):
        assert [hit.id for hit in desk.search(**asked).entries] == [letter.id]
    assert desk.file(letter.id)[1] == letter.docx and archive_desk.verify() == []


def test_whole_way_from_sample_to_word_to_pdf_to_report_to_log(home):
    facts = json.loads(json.dumps(desk.sample("objection_notice")))
    letter = desk.generate("objection_notice", facts, now=NOW, pdf=True)
    report = desk.check(letter.pdf, "来函.pdf", now=NOW)
    assert (report["kind"], report["verdict"]) == ("objection_notice", "complete")
    assert all(e["page"] and e["boxes"] for e in report["elements"] if e["status"] == "present")
    assert [hit.errand for hit in desk.search("明远精密").entries] == ["check", "generate"]
    assert desk.file(report["id"])[1] == letter.pdf == desk.pdf_of(letter.id)[1]
    assert archive_desk.verify() == []


def test_whole_way_a_draft_is_found_by_what_it_lacks(home):
    facts = desk.sample("objection_notice")
    del facts["date"]
    letter = desk.generate("objection_notice", facts, now=NOW, draft=True)
    assert letter.missing and desk.search(missing="date", status="incomplete").entries[0].id == letter.id


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("异通-2026-0001 异议通知", "异通-2026-0001 异议通知"),
        ("a/b\\c:d\n", "a_b_c_d_"),
        ("..", "letter"),
        ("长" * 300, "长" * 80),
    ],
)
def test_safe_name(name, safe):
    assert desk.safe_name(name) == safe
