"""Batches and jobs: many letters at once, a result for each row, nothing lost and nothing done twice."""

import io
import json
import subprocess
import sys
import threading
import time
import zipfile

import openpyxl
import pytest
from conftest import COMPLETE, INCOMPLETE, NOW, Clock, everybody

from objection_docs import archive_desk, batches, desk
from objection_docs.batches import Tools, table
from objection_docs.batches.letters import letters
from objection_docs.batches.worker import Worker
from objection_docs.errors import ConversionError, JobError, UsageError
from objection_docs.jobs import Queue
from objection_docs.jobs.turn import turn
from objection_docs.service import create_app, scopes


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return out.getvalue()


@pytest.fixture
def client(rooms, home):
    return create_app({"TESTING": True, "HOME": home, "CLOCK": Clock(), "IDENTIFY": everybody}).test_client()


@pytest.fixture
def worker(home):
    return Worker(Tools(home, Clock()))


def submit(client, data, name="批.jsonl", **fields):
    return client.post("/api/v1/batches", data={"file": (io.BytesIO(data), name), **fields})


def lines(*facts) -> bytes:
    return "\n".join(json.dumps(each, ensure_ascii=False) for each in facts).encode()


def result_of(client, job) -> zipfile.ZipFile:
    with client.get(client.get(job["links"]["self"]).get_json()["links"]["result"]) as response:
        return zipfile.ZipFile(io.BytesIO(response.data))


def test_facts_become_letters_and_one_bad_row_stops_nothing(client, worker):
    answer = submit(
        client, lines({"text": "甲"}, {"other": 1}, {"text": "丙"}) + b"\n{broken\n", kind="objection_notice"
    )
    job = answer.get_json()
    assert answer.status_code == 202 and answer.headers["Location"] == job["links"]["self"] and job["state"] == "queued"
    assert worker.step() and not worker.step()
    job = client.get(job["links"]["self"]).get_json()
    assert (job["state"], job["total"], job["done"], job["failed"]) == ("done", 4, 4, 2)
    first, second, third, fourth = client.get(job["links"]["rows"]).get_json()["rows"]
    assert first["ok"] and first["number"] == "异通-2026-0001" and third["number"] == "异通-2026-0002"
    assert second["error"]["code"] == "invalid_facts" and second["error"]["errors"][0]["pointer"] == "/evidence/0/name"
    assert fourth["error"]["code"] == "not_json"
    with client.get(first["links"]["docx"]) as letter:
        assert letter.data == "甲".encode()
    packed = result_of(client, job)
    assert {name.split()[0] for name in packed.namelist()} == {"结果.csv", "结果.json", "00001", "00003"}
    assert packed.read("结果.csv").decode("utf-8-sig").splitlines()[2].startswith("2,失败,")
    assert desk.search().total == 2


def test_a_zip_of_letters_is_checked(client, worker):
    files = {"信/甲.txt": COMPLETE.encode(), "__MACOSX/x": b"", "乙.txt": b"", "丙.txt": INCOMPLETE.encode()}
    job = submit(client, zipped(files), "信.zip", case="案9").get_json()
    assert job["errand"] == "check"
    worker.step()
    rows = client.get(job["links"]["rows"]).get_json()["rows"]
    assert [(row["file"], row["ok"], row["verdict"]) for row in rows] == [
        ("甲.txt", True, "complete"),
        ("乙.txt", False, "unreadable"),
        ("丙.txt", True, "incomplete"),
    ]
    assert rows[1]["error"]["code"] == "empty_file"
    assert desk.search(case="案9").total == 3
    names = result_of(client, job).namelist()
    assert "00001 甲.txt.json" in names and "00003 丙.txt.html" in names


def test_rows_are_paged(client, worker):
    job = submit(client, lines(*({"text": str(i)} for i in range(5))), kind="objection_notice").get_json()
    worker.step()
    first = client.get(job["links"]["rows"] + "?limit=3").get_json()
    second = client.get(job["links"]["rows"] + f"?limit=3&cursor={first['next_cursor']}").get_json()
    assert [row["row"] for row in first["rows"] + second["rows"]] == [1, 2, 3, 4, 5] and second["next_cursor"] is None


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (zipped({}), "no_rows"),
        (zipped({"a.txt": b"x"})[:-10], None),
    ],
)
def test_what_is_no_batch_is_told_at_once_or_by_the_job(client, worker, data, code):
    answer = submit(client, data, kind="objection_notice")
    if code:
        assert answer.status_code == 400 and answer.get_json()["code"] == code
    else:
        worker.step()
        job = client.get(answer.get_json()["links"]["self"]).get_json()
        assert job["state"] == "failed" and job["error"]["code"] == "broken_xlsx"
        assert client.get(f"/api/v1/jobs/{job['id']}/result").get_json()["code"] == "no_result"


def test_a_pdf_is_made_as_a_job_where_the_caller_asks(client, worker, monkeypatch):
    monkeypatch.setattr(desk, "to_pdf", lambda docx: b"%PDF-" + docx)
    made = client.post("/api/v1/documents", json={"kind": "objection_notice", "facts": {"text": "甲"}}).get_json()
    answer = client.get(made["links"]["pdf"], headers={"Prefer": "respond-async, wait=5"})
    assert answer.status_code == 202 and answer.get_json()["errand"] == "pdf"
    worker.step()
    job = client.get(answer.headers["Location"]).get_json()
    with client.get(job["links"]["result"]) as pdf:
        assert pdf.data == b"%PDF-" + "甲".encode() and pdf.mimetype == "application/pdf"


def test_a_pdf_that_cannot_be_made_is_a_failed_job(client, worker, monkeypatch):
    def absent(_docx):
        raise ConversionError("没有找到 LibreOffice", code="no_libreoffice")

    monkeypatch.setattr(desk, "to_pdf", absent)
    made = client.post("/api/v1/documents", json={"kind": "objection_notice", "facts": {"text": "甲"}}).get_json()
    place = client.get(made["links"]["pdf"], headers={"Prefer": "respond-async"}).headers["Location"]
    worker.step()
    job = client.get(place).get_json()
    assert (job["state"], job["error"]["code"]) == ("failed", "no_libreoffice")


def test_who_may_not_check_cannot_submit_letters_nor_see_the_job(rooms, home):
    who = scopes.Caller("生成", frozenset({"generate"}))
    client = create_app({"TESTING": True, "HOME": home, "CLOCK": Clock(), "IDENTIFY": lambda: who}).test_client()
    assert submit(client, zipped({"a.txt": b"x"})).status_code == 403
    job = Queue(home).put(batches.CHECK, b"", who="x", at=NOW)
    assert client.get(f"/api/v1/jobs/{job.id}").get_json()["code"] == "no_such_job"


# --- crashes --------------------------------------------------------------------------------------------------------


def test_a_job_that_a_crash_cut_off_goes_on_once_and_doubles_no_letter(rooms, home, monkeypatch):
    queue, clock = Queue(home), Clock()
    job = batches.submit(
        lines(*({"text": c} for c in "甲乙丙")), who="x", home=home, now=NOW, options={"kind": "objection_notice"}
    )
    record = Queue.record

    def power_cut(self, id, row, result):
        if row == 2:  # the letter stands in the log, its row does not
            raise KeyboardInterrupt
        record(self, id, row, result)

    monkeypatch.setattr(Queue, "record", power_cut)
    with pytest.raises(KeyboardInterrupt):
        Worker(Tools(home, clock)).step()
    assert desk.search().total == 2 and queue.get(job.id).state == "running"
    monkeypatch.setattr(Queue, "record", record)
    assert Worker(Tools(home, clock)).step()
    done = queue.get(job.id)
    assert (done.state, done.done, done.failed, done.starts) == ("done", 3, 0, 2)
    assert desk.search().total == 3 and archive_desk.verify() == []
    assert len({row.result["id"] for row in queue.rows(job.id)}) == 3


def test_a_job_that_crashes_twice_is_given_up(rooms, home):
    queue = Queue(home)
    job = queue.put(batches.GENERATE, b"", who="x", at=NOW)
    assert queue.take(NOW).starts == 1 and queue.take(NOW).starts == 2
    assert queue.take(NOW) is None
    assert queue.get(job.id).state == "failed" and queue.get(job.id).error["code"] == "job_crashed"


def test_a_stop_in_good_order_is_no_crash(rooms, home):
    queue = Queue(home)
    job = batches.submit(lines({"text": "甲"}), who="x", home=home, now=NOW, options={"kind": "objection_notice"})
    worker = Worker(Tools(home, Clock()))
    worker.stop.set()
    for _ in range(3):
        worker.step()
    assert (queue.get(job.id).state, queue.get(job.id).starts) == ("queued", 0)
    worker.stop.clear()
    worker.step()
    assert queue.get(job.id).state == "done"


def test_a_home_has_one_worker_at_a_time(home):
    code = (
        "import sys, threading, pathlib; from objection_docs.jobs.turn import turn\n"
        "with turn(pathlib.Path(sys.argv[1]), threading.Event()) as ours: print(ours, flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout.readline() == "True\n"
        given_up = threading.Event()
        given_up.set()
        with turn(home, given_up) as ours:
            assert not ours
        other.kill()
        with turn(home, threading.Event()) as ours:
            assert ours
    finally:
        other.kill()
        other.communicate()


def test_the_worker_runs_until_it_is_told_to_stop(rooms, home, worker):
    job = batches.submit(lines({"text": "甲"}), who="x", home=home, now=NOW, options={"kind": "objection_notice"})
    thread = threading.Thread(target=worker.run)
    thread.start()
    until = time.monotonic() + 20
    while not Queue(home).get(job.id).over and time.monotonic() < until:
        time.sleep(0.02)
    worker.stop.set()
    thread.join(20)
    assert not thread.is_alive() and Queue(home).get(job.id).state == "done"


def test_old_results_are_taken_away_and_the_letters_stay(rooms, home, worker):
    queue = Queue(home)
    job = batches.submit(lines({"text": "甲"}), who="x", home=home, now=NOW, options={"kind": "objection_notice"})
    worker.step()
    queue.sweep(NOW)
    assert queue.folder(job.id).is_dir()
    queue.sweep(NOW.replace(year=2027))
    assert not queue.folder(job.id).exists() and desk.search().total == 1
    with pytest.raises(JobError, match="没有这个任务"):
        queue.get(job.id)


# --- tables ---------------------------------------------------------------------------------------------------------


def sheet(*rows) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


HEADER = (
    "提出方名称",
    "recipient",
    "evidence.2.name",
    "证据材料.1.材料名称",
    "日期",
    "保密",
    "签章.签字人身份",
    "所属案件",
)


@pytest.mark.parametrize(
    "data",
    [
        ("\ufeff" + ",".join(HEADER) + "\n甲公司,乙公司,照片,,2026/3/5,是,负责人,案1\n\n").encode(),
        ("\t".join(HEADER) + "\n甲公司\t乙公司\t照片\t\t2026年3月5日\t是\t负责人\t案1\n").encode("gb18030"),
        sheet(HEADER, ("甲公司", "乙公司", "照片", None, NOW.replace(tzinfo=None), "是", "负责人", "案1"), (None,) * 8),
    ],
    ids=["csv", "gbk with tabs", "xlsx"],
)
def test_a_table_row_becomes_facts(data):
    (order,) = table.orders(data, "objection_notice")
    assert order.facts == {
        "sender": "甲公司",
        "recipient": "乙公司",
        "evidence": [{"name": "照片"}],
        "date": "2026-03-05",
        "confidentiality": True,
        "signature": {"capacity": "principal"},
    }
    assert (order.case, order.kind) == ("案1", "objection_notice")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"sender,nonsense\n1,2", "unknown_column"),
        (b"sender,evidence.0.name\n1,2", "unknown_column"),
        (b"sender,evidence.name\n1,2", "unknown_column"),
        (b"sender,evidence.999999999.name\n1,2", "unknown_column"),
        (b"sender,sender.name\n1,2", "unknown_column"),
        (b"sender,signature\n1,2", "unknown_column"),
        (b",,\n1,2,3", "no_header"),
        (b"sender\n", "no_rows"),
        (b'sender\n"a', "broken_csv"),
        (bytes(range(256)), "unknown_batch"),
        (b"PK\x03\x04nothing", "broken_xlsx"),
        (b"sender\n" + b"x\n" * 10_001, "too_many_rows"),
    ],
)
def test_a_table_that_is_none_is_told(data, code):
    with pytest.raises(UsageError) as caught:
        table.orders(data, "objection_notice")
    assert caught.value.code == code


def test_a_table_needs_its_kind_and_lines_may_name_their_own():
    with pytest.raises(UsageError, match="objection_notice"):
        table.orders(b"sender\nx")
    own, wrong, listed = table.orders(
        b'{"kind": "complaint", "facts": {"a": 1}, "draft": true}\n{"facts": {}, "x": 1}\n[1]'
    )
    assert (own.kind, own.facts, own.draft) == ("complaint", {"a": 1}, True)
    assert wrong.fault["code"] == listed.fault["code"] == "invalid_row"


def test_no_cell_of_the_result_is_a_formula(client, worker):
    job = submit(client, zipped({"=cmd|' 'A1.txt": b""})).get_json()
    worker.step()
    assert ",'=cmd" in result_of(client, job).read("结果.csv").decode("utf-8-sig")


# --- hostile ZIPs ---------------------------------------------------------------------------------------------------


def test_names_in_a_zip_are_never_paths():
    data = zipped({"../../etc/cron.d/x": b"a", "/abs/甲.txt": b"b", "..\\..\\乙.txt": b"c", "x" * 5000: b"d"})
    assert [letter.name for letter in letters(data, 100)] == ["x", "甲.txt", "乙.txt", "x" * 200]


def test_names_of_chinese_windows_are_read():
    data = zipped({"zzzz.txt": b"a"}).replace(b"zzzz", "异议".encode("gbk"))
    assert [letter.name for letter in letters(data, 100)] == ["异议.txt"]


def test_a_member_that_unpacks_to_too_much_is_not_read_on():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.txt", b"0" * 30_000_000)
        packed.writestr("b.txt", b"ok")
    bomb, sound = letters(out.getvalue(), 1_000_000)
    assert bomb.fault["code"] == "too_large" and not bomb.data and sound.data == b"ok"


def test_a_damaged_member_stops_no_other():
    data = zipped({"a.txt": b"first letter", "b.txt": b"second"}).replace(b"first letter", b"FIRST LETTER")
    damaged, sound = letters(data, 100)
    assert damaged.fault["code"] == "damaged_zip" and sound.data == b"second"
