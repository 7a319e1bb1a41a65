"""Letters that are answered before they are checked: their check comes into the log later, and all reads as if not."""

import logging
import threading

import pytest
from click.testing import CliRunner
from conftest import NOW, Clock, everybody
from made_destruction import destroy
from test_pages import Form

from objection_docs import archive_desk, case_desk, cli, desk, examining_desk, handover, plugins
from objection_docs.archive import Archive, settling, statistics
from objection_docs.archive.keeping import Keeping
from objection_docs.archive.search import sets, tables
from objection_docs.batches import Tools
from objection_docs.batches.worker import Worker
from objection_docs.errors import PaperError
from objection_docs.jobs import turn
from objection_docs.service import create_app

KINDS = ["objection_notice", "acknowledgement", "disposition_reply", "complaint"]


@pytest.fixture
def worker(home):
    return Worker(Tools(home, Clock()))


def facts_of(kind="objection_notice", **changed) -> dict:
    return desk.sample(kind) | changed


def unchecked(home, kind="objection_notice", **changed):
    letter = desk.generate(kind, facts_of(kind, **changed), now=NOW, who="甲", unchecked=True, home=home)
    return desk.show(letter.id, home=home)


def work_off(worker) -> None:
    while worker.examine():
        pass


def found(**asked) -> list[str]:
    return [entry.id for entry in desk.search(**asked).entries]


@pytest.mark.parametrize("kind", KINDS)
def test_a_later_check_says_what_a_check_at_once_says(home, worker, kind):
    entry = unchecked(home, kind)
    assert (entry.verdict, entry.report) == ("", None) and entry.text and entry.sender and entry.recipient
    work_off(worker)
    later = desk.show(entry.id)
    at_once = desk.show(desk.generate(kind, facts_of(kind), now=NOW, who="甲").id)
    assert later.report == at_once.report and later.verdict == at_once.verdict != ""
    assert (later.hash, later.text, later.details) == (entry.hash, at_once.text, at_once.details)
    assert archive_desk.verify(home=home) == []


def test_the_procedure_that_the_later_check_recognises_is_that_of_the_letter_its_case_and_the_counts(home, worker):
    letter = desk.generate("objection_notice", facts_of(), now=NOW, who="甲", case="案", unchecked=True)
    named = desk.generate("objection_notice", facts_of(), now=NOW, procedure="tender_bidder_objection", unchecked=True)
    assert desk.show(letter.id).procedure == "" and not case_desk.show("案", now=NOW).stages
    work_off(worker)
    assert desk.show(letter.id).procedure == desk.show(letter.id).report["procedure"] == "contract_objection_notice"
    assert [stage.stage.course.id for stage in case_desk.show("案", now=NOW).stages] == ["contract_objection_notice"]
    assert found(procedure="contract_objection_notice") == [letter.id]
    assert desk.show(named.id).procedure == "tender_bidder_objection"
    with Archive(home) as archive:
        counted = statistics.count(archive, archive.chosen())
    assert counted.by("procedure") == {"contract_objection_notice": 1, "tender_bidder_objection": 1}
    assert archive_desk.verify(home=home) == []


def test_a_procedure_that_was_corrected_before_the_check_stays(home, worker):
    entry = unchecked(home)
    with Archive(home) as archive:
        Keeping(archive).correct(entry.id, {"procedure": "quality_objection_enterprise"}, at=NOW, who="甲")
    work_off(worker)
    assert desk.show(entry.id).procedure == "quality_objection_enterprise"
    assert archive_desk.verify(home=home) == []


def test_limits_that_were_filled_in_stand_in_the_report(home, worker):
    procedure = "contract_objection_notice"
    facts = desk.sample("acknowledgement", procedure)
    facts = {name: value for name, value in facts.items() if name not in ("reply_by", "reply_rule", "reply_within")}
    at_once = desk.show(desk.generate("acknowledgement", facts, procedure=procedure, now=NOW).id)
    letter = desk.generate("acknowledgement", facts, procedure=procedure, now=NOW, unchecked=True)
    assert not desk.show(letter.id).report
    work_off(worker)
    assert desk.show(letter.id).report["limits"] == at_once.report["limits"] != []


def test_it_is_found_by_its_words_at_once_and_by_its_check_afterwards(home, worker):
    entry = unchecked(home, sender="独一无二的公司")
    assert found(query="独一无二的公司") == [entry.id]
    assert found(errand="generate", status="complete") == found(element="facts:present") == []
    work_off(worker)
    verdict = desk.show(entry.id).verdict
    assert found(query="独一无二的公司", status=verdict) == found(element="facts:present") == [entry.id]
    assert desk.search(query="独一无二的公司").entries[0].verdict == verdict


@pytest.mark.parametrize("when", ["before its block", "after its block"])
def test_the_index_is_the_same_as_that_of_a_letter_checked_at_once(home, worker, monkeypatch, when):
    small_blocks(monkeypatch, 16)
    monkeypatch.setattr(tables, "CARRIED", 1)
    early = [unchecked(home, kind) for kind in KINDS]
    if when == "before its block":
        work_off(worker)
    for kind in [*KINDS, *KINDS, *KINDS]:
        desk.generate(kind, facts_of(kind), now=NOW)
    work_off(worker)
    with Archive(home) as archive:
        archive.settle()
        assert archive.db.execute("SELECT count(*) FROM search_blocks").fetchone()[0]
        assert archive.verify() == []
    for kind, entry in zip(KINDS, early, strict=True):
        alike = found(kind=kind)
        assert entry.id in alike and len(alike) == 4
        for element in desk.show(entry.id).report["elements"]:
            assert set(found(kind=kind, element=f"{element['id']}:{element['status']}")) == set(alike)


def test_blocks_of_the_index_are_made_in_a_process_that_steps_back(home, worker, monkeypatch):
    small_blocks(monkeypatch, 8)
    with settling.right(home_of(home)) as ours:
        assert ours
        for _ in range(9):
            desk.generate("objection_notice", facts_of(), now=NOW)
        asked = []
        worker.apart = lambda work, *given: asked.append(given) or work(*given)
        worker.settle()
    assert asked == [(home, 0)] and len(found()) == 9


def home_of(home):
    home.mkdir(exist_ok=True)
    return home


def small_blocks(monkeypatch, size: int) -> None:
    monkeypatch.setattr(sets, "BLOCK", size)
    monkeypatch.setattr(sets, "BITMAP", size // 8)


def test_an_index_that_is_far_behind_is_made_without_waiting_for_spare_time(home, worker, monkeypatch):
    small_blocks(monkeypatch, 8)
    monkeypatch.setattr(tables, "FAR", 2)
    with settling.right(home_of(home)):
        for _ in range(17):
            desk.generate("objection_notice", facts_of(), now=NOW)
        asked = {"apart": [], "urgent": []}
        ways = {
            name: lambda work, *given, told=told: told.append(given) or work(*given) for name, told in asked.items()
        }
        with Archive(home) as archive:
            archive.settle(**ways)
    assert asked == {"urgent": [(home, 0)], "apart": [(home, 1)]} and len(found()) == 17


def test_a_letter_that_had_no_time_is_checked_later(home, worker):
    entry = unchecked(home)

    def never(*_given, **_known):
        raise PaperError("太久", code="too_slow")

    worker.apart = never
    work_off(worker)
    assert desk.show(entry.id).verdict == ""
    worker.apart, worker._reached = None, 0
    work_off(worker)
    assert desk.show(entry.id).verdict


def test_a_block_waits_for_the_checks_of_its_letters(home, worker, monkeypatch):
    small_blocks(monkeypatch, 8)
    with settling.right(home_of(home)):
        for _ in range(9):
            unchecked(home)

        def blocks() -> int:
            worker.settle()
            with Archive(home) as archive:
                return archive.db.execute("SELECT count(*) FROM search_blocks").fetchone()[0]

        worker.examine()  # four of nine, and the worker has not looked for more yet
        assert blocks() == 0
        work_off(worker)
        assert blocks() == 2


def test_it_counts_in_statistics_as_any_other(home, worker):
    vague = {"draft": True, "now": NOW}
    facts = {name: value for name, value in facts_of().items() if name in ("sender", "recipient", "subject")}
    once = desk.generate("objection_notice", facts, **vague)
    with Archive(home) as archive:
        before = statistics.count(archive, archive.chosen())
    desk.generate("objection_notice", facts, **vague, unchecked=True)
    work_off(worker)
    with Archive(home) as archive:
        after = statistics.count(archive, archive.chosen())
    assert before.elements and after.total == 2 == 2 * before.total
    assert after.elements == before.elements + before.elements and after.faults == before.faults + before.faults
    assert after.by("verdict") == {desk.show(once.id).verdict: 2}


def test_letters_that_wait_are_told_as_such(home, tmp_path):
    unchecked(home)
    for form in ("text", "csv", "html"):
        told = handover.statistics(form, now=NOW, home=home)
        assert "待检查" in str(told)
    run = CliRunner()
    assert all("待检查" in run.invoke(cli.main, ["log", *asked]).output for asked in (["search"], ["show", found()[0]]))
    page = create_app({"TESTING": True, "HOME": home, "IDENTIFY": everybody}).test_client().get("/log").text
    assert "待检查" in page


def test_a_letter_is_checked_once_whoever_looks(home, worker):
    entry = unchecked(home)
    waiting = examining_desk.waiting(home=home)
    reports = [(letter, examining_desk.report(letter, home=home)) for letter in waiting]
    work_off(worker)
    examining_desk.enter(reports, now=NOW, home=home)
    with Archive(home) as archive:
        assert [later.errand for later in archive.later(entry.id)] == ["examine"]


def test_one_that_cannot_be_checked_holds_up_no_other(home, worker, monkeypatch, caplog):
    odd, other = unchecked(home, sender="怪公司"), unchecked(home)

    real = desk.examine

    def examine(data, name, **known):
        if "怪公司" in real(data, name)[1]:
            raise RuntimeError("怪公司的秘密")
        return real(data, name, **known)

    monkeypatch.setattr(desk, "examine", examine)
    with caplog.at_level(logging.ERROR):
        work_off(worker)
    assert desk.show(odd.id).verdict == "" and desk.show(other.id).verdict
    assert "怪公司" not in caplog.text and caplog.records[0].code == "RuntimeError"
    monkeypatch.setattr(desk, "examine", real)
    work_off(Worker(Tools(home, Clock())))
    assert desk.show(odd.id).verdict


def test_its_report_is_destroyed_with_it(home, worker):
    entry = unchecked(home)
    work_off(worker)
    with Archive(home) as archive:
        report = archive.later(entry.id)[0].sha256
        assert archive.files.has(report)
        destroy(archive, entry, NOW)
        assert not archive.files.has(report) and archive.verify() == []
        assert archive.letter(entry.id).report is None
        assert archive.unexamined() == []


def test_a_letter_whose_report_is_lost_can_be_read_and_the_loss_is_told(home, worker):
    entry = unchecked(home)
    work_off(worker)
    with Archive(home) as archive:
        archive.files.path(archive.later(entry.id)[0].sha256).unlink()
    shown = desk.show(entry.id)
    assert shown.report is None and shown.verdict and shown.text
    assert any("不见了" in said for said in archive_desk.verify(home=home))


def test_it_comes_through_a_bag_with_its_check(home, worker, tmp_path):
    checked = unchecked(home, sender="已检公司")
    work_off(worker)
    waits = unchecked(home, sender="未检公司")
    handover.export(tmp_path / "包", now=NOW, home=home)
    folder = next((tmp_path / "包" / "data" / "letters").glob(f"*/{checked.seq:07d}"))
    assert (folder / "report.html").is_file() and "报告" in (tmp_path / "包" / "data" / "index.html").read_text()
    other = tmp_path / "other"
    came = handover.bring_in(tmp_path / "包", now=NOW, home=other)
    assert came.letters == 2 and archive_desk.verify(home=other) == []
    here, there = desk.show(checked.id, home=home), desk.search("已检公司", home=other).entries[0]
    assert desk.show(there.id, home=other).report == here.report and there.verdict == here.verdict
    assert desk.search("已检公司", status=here.verdict, home=other).total == 1
    assert desk.show(waits.id, home=home).report is None
    assert desk.show(desk.search("未检公司", home=other).entries[0].id, home=other).report is None


def test_a_copy_of_the_log_restored_elsewhere_has_the_check(home, worker, tmp_path):
    entry = unchecked(home)
    work_off(worker)
    handover.back_up(tmp_path / "copy.tar", now=NOW, home=home)
    handover.restore(tmp_path / "copy.tar", tmp_path / "copy")
    assert desk.show(entry.id, home=tmp_path / "copy").report == desk.show(entry.id, home=home).report


# --- at the door of the service --------------------------------------------------------------------------------------


@pytest.fixture
def client(home):
    """Of a service with a worker beside it."""
    with turn.turn(home, threading.Event()):
        yield create_app({"TESTING": True, "HOME": home, "CLOCK": Clock(), "IDENTIFY": everybody}).test_client()


def post(client, **changed):
    body = {"kind": "objection_notice", "facts": facts_of(**changed)}
    return client.post("/api/v1/documents", json=body)


def test_a_case_system_has_its_letter_at_once_and_the_check_when_it_is_made(client, worker):
    made = post(client)
    assert made.status_code == 201
    place = made.get_json()["links"]["self"]
    first = client.get(place)
    assert (first.status_code, first.get_json()["verdict"], first.get_json()["report"]) == (200, "", None)
    assert client.get(f"{place}/docx").data[:2] == b"PK"
    assert "正在检查" in client.get(f"/log/{made.get_json()['id']}").text
    work_off(worker)
    second = client.get(place, headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200 and second.get_json()["report"]["elements"]
    page = client.get(f"/log/{made.get_json()['id']}").text
    assert "正在检查" not in page and "检查报告" in page and "自动检查" in page


def test_without_a_worker_it_is_checked_at_once(home):
    client = create_app({"TESTING": True, "HOME": home, "CLOCK": Clock(), "IDENTIFY": everybody}).test_client()
    assert client.get(post(client).get_json()["links"]["self"]).get_json()["verdict"]


def test_who_writes_faster_than_the_worker_checks_waits(client, worker, monkeypatch):
    monkeypatch.setattr(examining_desk, "MOST", 3)
    verdicts = [client.get(post(client).get_json()["links"]["self"]).get_json()["verdict"] for _ in range(5)]
    assert verdicts[:3] == ["", "", ""] and all(verdicts[3:])
    work_off(worker)
    assert client.get(post(client).get_json()["links"]["self"]).get_json()["verdict"] == ""


def test_a_plugin_that_is_told_the_verdict_is_told_it(client, monkeypatch):
    monkeypatch.setattr(plugins, "others_hear", lambda hook: hook == "before_logging")
    assert client.get(post(client).get_json()["links"]["self"]).get_json()["verdict"]


def test_a_person_at_the_page_sees_the_check_at_once(client):
    form = Form(client.get("/write/objection_notice?sample=1").text)
    done = client.post("/write/objection_notice", data=form.values | {"do": "draft"})
    assert done.status_code == 303 and "检查报告" in client.get(done.headers["Location"]).text
