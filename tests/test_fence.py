"""Files that nobody vouches for: each costs its sender an answer, and the service nothing."""

import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import made_papers as made
import pikepdf
import pytest
from conftest import Clock, everybody
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from objection_docs import desk
from objection_docs.errors import PaperError, UsageError
from objection_docs.fence import Bounds, Fence
from objection_docs.service import create_app

SOUND = Path(__file__).parent / "letters" / "known" / "d1-02.pdf"


@pytest.fixture(scope="module")
def fence():
    fence = Fence(1, Bounds(seconds=10, megabytes=900))
    yield fence
    fence.close()


def grab(megabytes: int) -> int:
    return len(bytearray(megabytes * 1_000_000))


def dive() -> None:
    """As deep as C goes: a crash that no Python catches."""
    os.kill(os.getpid(), signal.SIGSEGV)


def refused(fence, work, *args) -> PaperError:
    with pytest.raises(PaperError) as caught:
        fence.run(work, *args)
    return caught.value


def test_a_letter_is_read_there_as_here(fence):
    data = SOUND.read_bytes()
    assert fence.examine(data, "a.pdf", kind=None, procedure=None) == desk.examine(data, "a.pdf")


def test_it_runs_elsewhere_and_stays_warm(fence):
    assert fence.run(os.getpid) == fence.run(os.getpid) != os.getpid()


def test_it_steps_back_for_others_when_asked_to(fence):
    patient = Fence(1, Bounds(seconds=10, megabytes=900), idle=True)
    assert (patient.run(os.sched_getscheduler, 0), fence.run(os.sched_getscheduler, 0)) == (os.SCHED_IDLE, 0)
    patient.close()


def test_too_long_too_much_and_a_crash_are_told_and_the_next_letter_is_read(fence):
    quick = Fence(1, Bounds(seconds=0.3, megabytes=900))
    assert refused(quick, time.sleep, 30).code == "too_slow"
    assert quick.run(os.getpid)
    quick.close()
    assert (refused(fence, grab, 2000).code, refused(fence, grab, 2000).status) == ("too_large", 413)
    assert refused(fence, dive).code == "reader_crashed"
    report, _ = fence.examine(SOUND.read_bytes(), "a.pdf")
    assert report["elements"]


def test_what_work_raises_comes_back_whole(fence):
    with pytest.raises(UsageError) as caught:
        fence.run(desk.require_known, "poem", None)
    assert caught.value.code == "unknown_kind" and "poem" in caught.value.message


def test_no_process_outlives_a_service_that_was_killed():
    code = (
        "import os, time; from objection_docs.fence import Fence\n"
        "if __name__ == '__main__':\n"
        "    print(Fence().run(os.getpid), flush=True); time.sleep(60)"
    )
    service = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    reader = int(service.stdout.readline())
    service.kill()
    service.communicate()
    until = time.monotonic() + 20
    while time.monotonic() < until and Path(f"/proc/{reader}").exists() and not _zombie(reader):
        time.sleep(0.05)
    assert not Path(f"/proc/{reader}").exists() or _zombie(reader)


def _zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


# --- hostile files, through the door --------------------------------------------------------------------------------


def many_fields(count: int) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(made.letter("异议函"))) as document:
        page = document.pages[0]
        fields = [
            document.make_indirect(
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Annot,
                    Subtype=pikepdf.Name.Widget,
                    FT=pikepdf.Name.Tx,
                    T=f"f{i}",
                    V="填" * 50,
                    Rect=[0, 0, 100, 20],
                    P=page.obj,
                )
            )
            for i in range(count)
        ]
        page.Annots = pikepdf.Array(fields)
        document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(fields))
        document.save(out)
    return out.getvalue()


def huge_page() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(made.letter("异议函"))) as document:
        document.pages[0].MediaBox = [0, 0, 10**9, 10**9]
        document.save(out)
    return out.getvalue()


def nested_arrays() -> bytes:
    return b"%PDF-1.7\n1 0 obj\n" + b"[" * 200_000 + b"]" * 200_000 + b"\nendobj\ntrailer<</Root 1 0 R>>"


def nested_xml() -> bytes:
    return made.word("<w:p>" * 20_000 + "</w:p>" * 20_000)


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    bomb = f'<!DOCTYPE d [<!ENTITY a0 "笑">{entities}]>'
    with zipfile.ZipFile(io.BytesIO(made.word(made.p("&a9;")))) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    files["word/document.xml"] = bomb.encode() + files["word/document.xml"]
    return made.zipped(files)


def zip_bomb() -> bytes:
    return made.zipped({"word/document.xml": "<a>" + " " * 150_000_000})


def one_endless_line() -> bytes:
    return ("甲" * 3_000_000).encode()


HOSTILE = [many_fields(5000), huge_page(), nested_arrays(), nested_xml(), laughs(), zip_bomb(), one_endless_line()]
NAMES = ["fields", "huge page", "deep PDF", "deep XML", "billion laughs", "ZIP bomb", "one line"]


@pytest.fixture(scope="module")
def app(fence):
    return create_app({"TESTING": True, "CLOCK": Clock(), "IDENTIFY": everybody, "FENCE": fence})


@pytest.fixture
def client(app, home):
    app.config["HOME"] = home
    return app.test_client()


def post(client, data, name="信.pdf"):
    # werkzeug's client leaves the temporary file of a large form open
    boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(data), name)})
    return client.post("/api/v1/checks", data=body, content_type=f"multipart/form-data; boundary={boundary}")


@pytest.mark.parametrize("data", HOSTILE, ids=NAMES)
def test_a_hostile_file_gets_a_report_or_a_problem(client, data):
    response = post(client, data)
    answer = response.get_json()
    assert response.status_code in (201, 413, 422), answer
    assert answer["verdict"] in ("complete", "incomplete") or answer["code"] != "internal_server_error"
    with client.get(answer["links"]["annotated"]) as copy:  # written on it, it is read once more
        assert copy.status_code in (200, 409, 413, 422)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a" * 10_000 + ".pdf", "..\\..\\x.pdf", "\x00.pdf", '"; filename="x.pdf', "."]
)
def test_a_file_name_is_only_a_name(client, name):
    answer = post(client, SOUND.read_bytes(), name).get_json()
    assert "/" not in answer["file"] and answer["verdict"] != "unreadable"
    with client.get(answer["links"]["file"]) as back:
        assert back.status_code == 200 and "\n" not in back.headers["Content-Disposition"]


@pytest.mark.parametrize("name", ["信.docx", "信.exe", "信.txt", ""])
def test_what_a_file_is_is_told_by_its_bytes(client, name):
    assert post(client, SOUND.read_bytes(), name or "x").get_json()["verdict"] != "unreadable"
