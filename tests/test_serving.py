"""How the service runs: settings, gunicorn, readiness, figures, logs, slow senders, a stop that finishes its work."""

import http.client
import io
import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from conftest import COMPLETE, Clock, everybody

from objection_docs import archive_desk, desk, log_lines, settings
from objection_docs.errors import DataFileError, UsageError
from objection_docs.service import create_app, server, watch, workers
from objection_docs.settings import ServiceSettings


@pytest.fixture
def client(rooms, home):
    return create_app({"TESTING": True, "HOME": home, "CLOCK": Clock(), "IDENTIFY": everybody}).test_client()


# --- settings -------------------------------------------------------------------------------------------------------


def test_without_file_and_environment_the_defaults_hold(home):
    assert settings.read(home, {}).service == ServiceSettings()


def test_the_environment_goes_before_the_file(home):
    home.mkdir()
    (home / "settings.yaml").write_text("service:\n  port: 9000\n  workers: 3\n  trusted_hosts: [a.example]\n")
    given = {"OBJECTION_DOCS_PORT": "9001", "OBJECTION_DOCS_ALLOW_REMOTE": "true", "OBJECTION_DOCS_THREADS": " "}
    found = settings.read(home, given | {"PATH": "/bin", "OBJECTION_DOCS_HOME": "x"}).service
    assert (found.port, found.workers, found.allow_remote, found.trusted_hosts) == (9001, 3, True, ("a.example",))
    assert settings.read(home, {"OBJECTION_DOCS_TRUSTED_HOSTS": "a, b"}).service.trusted_hosts == ("a", "b")


@pytest.mark.parametrize(
    ("line", "told"),
    [("port: 70000", "65535"), ("port: x", "65535"), ("log: loud", "text 或 json"), ("prot: 1", "没有这个键")],
)
def test_a_mistake_in_the_file_is_told_with_its_line(home, line, told):
    home.mkdir()
    (home / "settings.yaml").write_text(f"service:\n  {line}\n")
    with pytest.raises(DataFileError, match=told) as caught:
        settings.read(home, {})
    assert caught.value.where.endswith("settings.yaml:2")


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "x"), ("WORKERS", "-1"), ("ALLOW_REMOTE", "maybe"), ("LOG", "loud")]
)
def test_a_mistake_in_the_environment_is_told_with_the_variable(home, name, value):
    with pytest.raises(UsageError, match=f"OBJECTION_DOCS_{name}"):
        settings.read(home, {f"OBJECTION_DOCS_{name}": value})


def test_settings_reach_the_application():
    config = server.configured(ServiceSettings(upload_megabytes=3, batch_megabytes=4, read_seconds=5, readers=2))
    assert (config["MAX_UPLOAD"], config["MAX_BATCH"]) == (3_000_000, 4_000_000)
    assert (config["FENCE"].processes, config["FENCE"].bounds.seconds) == (2, 5)
    assert config["TRUSTED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]", "127.0.0.1"]
    open_house = ServiceSettings(host="0.0.0.0", allow_remote=True)
    assert server.configured(open_house)["TRUSTED_HOSTS"] is None


# --- readiness, figures, logs ---------------------------------------------------------------------------------------


def test_ready_means_that_the_log_can_be_written(client, home):
    answer = client.get("/readyz")
    assert answer.status_code == 200 and answer.get_json()["checks"][0] == {"name": "文书日志", "ok": True}


def test_unready_when_it_cannot(client, home):
    home.write_text("in the way")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["status"]) == (503, "unready")


def test_figures_count_requests_by_path_and_jobs_by_state(client):
    client.get("/healthz")
    client.post("/api/v1/documents", json={"kind": "objection_notice", "facts": {"text": COMPLETE}})
    client.post("/api/v1/checks", data={"file": (io.BytesIO(COMPLETE.encode()), "a.txt")})
    text = client.get("/metrics").text
    assert re.search(r'objection_docs_documents_total\{kind="objection_notice"\} \d', text)
    assert re.search(r'objection_docs_checks_total\{verdict="complete"\} \d', text)
    assert re.search(r'objection_docs_requests_total\{method="GET",path="/healthz",status="200"\} \d', text)
    assert 'objection_docs_jobs{state="queued"} 0.0' in text


def test_the_figures_are_there_before_the_first_requests_who_may_be_many():
    code = (
        "from objection_docs.service import create_app, figures; assert not figures.figures.cache_info().currsize\n"
        "create_app({'TESTING': True}); print(figures.figures.cache_info().currsize)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "1\n"


def test_a_line_of_the_log_names_no_party_and_no_letter(client, caplog):
    with caplog.at_level(logging.INFO, "objection_docs"):
        client.post("/api/v1/checks", data={"file": (io.BytesIO(COMPLETE.encode()), "恒泰的信.txt"), "case": "恒泰案"})
        client.get("/api/v1/log?q=恒泰")
        client.get("/log/恒泰")
    lines = [json.loads(log_lines.JsonLines().format(record)) for record in caplog.records]
    assert [line["path"] for line in lines] == ["/api/v1/checks", "/api/v1/log", "/log/<id>"]
    assert all(line["request_id"] and line["ms"] >= 0 for line in lines)
    assert "恒泰" not in json.dumps(lines, ensure_ascii=False)


@pytest.mark.parametrize("form", [log_lines.JsonLines(), log_lines.TextLines()])
def test_an_error_is_logged_with_its_place_and_without_its_words(client, caplog, monkeypatch, form):
    def broken():
        raise RuntimeError("恒泰的秘密")

    monkeypatch.setattr(desk, "kinds", broken)
    client.application.testing = False
    with caplog.at_level(logging.INFO, "objection_docs"):
        client.get("/api/v1/kinds")
    text = "\n".join(form.format(record) for record in caplog.records)
    assert "RuntimeError" in text and "test_serving.py" in text and "恒泰" not in text


# --- slow senders ---------------------------------------------------------------------------------------------------


def test_a_sender_who_drips_loses_the_line():
    ours, theirs = socket.socketpair()
    guard = watch.Watch(tick=0.02)

    def app(environ, _start):
        got = b""
        while piece := ours.recv(100):
            got += piece
        return [got]

    theirs.send(b"a")
    environ = {"werkzeug.socket": ours, "CONTENT_LENGTH": "1000"}
    assert watch.SlowSenders(app, guard, seconds=0.1)(environ, None) == [b"a"]
    ours.close()
    theirs.close()


def test_a_sender_in_time_is_left_alone():
    ours, theirs = socket.socketpair()
    guard = watch.Watch(tick=0.01)
    environ = {"werkzeug.socket": ours, "CONTENT_LENGTH": "3"}
    assert (
        watch.SlowSenders(lambda *_: [ours.recv(3)], guard, seconds=30)(environ | {}, None)
        if theirs.send(b"abc")
        else 0
    )
    time.sleep(0.05)
    assert not guard._deadlines
    theirs.send(b"more")
    assert ours.recv(9) == b"more"
    ours.close()
    theirs.close()


def test_the_processes_that_read_letters_start_with_the_service(tmp_path):
    environment = os.environ | {"OBJECTION_DOCS_HOME": str(tmp_path), "OBJECTION_DOCS_PORT": "0"}
    command = [sys.executable, "-m", "objection_docs", "serve"]
    with (tmp_path / "lines").open("w") as lines:
        running = subprocess.Popen(command, env=environment, stdout=lines, stderr=lines)
    try:
        wait_for(lambda: "multiprocessing.forkserver" in _children(running.pid))
    finally:
        running.terminate()
        running.wait(120)


def _children(pid: int) -> str:
    """The command lines of what a process started."""
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    return "\n".join(Path(f"/proc/{one}/cmdline").read_text() for path in listed for one in path.read_text().split())


# --- gunicorn -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A service with two workers, as a user starts it: port, key, process, home."""
    home = tmp_path_factory.mktemp("house")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"OBJECTION_DOCS_HOME": str(home), "OBJECTION_DOCS_LOG": "json"}
    command = [sys.executable, "-m", "objection_docs"]
    key = ["key", "add", "测试", "--scope", "generate", "--scope", "check", "--scope", "archive", "--scope", "admin"]
    made = subprocess.run([*command, *key], env=environment, capture_output=True, text=True, check=True)
    with (home / "lines").open("w") as lines:
        serve = [*command, "serve", "--port", str(port), "--workers", "2"]
        running = subprocess.Popen(serve, env=environment, stdout=lines, stderr=lines)
        try:
            yield port, made.stdout.split()[-1], running, home
        finally:
            if running.poll() is None:
                running.kill()
            running.wait()


def call(house, path, body=None, kind="application/json", **headers):
    port, key, *_ = house
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body)
    request.add_header("Authorization", f"Bearer {key}")
    if body is not None:
        request.add_header("Content-Type", kind)
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def wait_for(what, seconds=60):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if found := what():
                return found
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError("waited in vain")


def test_a_line_stays_for_twenty_answers_and_ends_in_good_order(house):
    """Callers who keep their lines must not all stay with one worker."""
    wait_for(lambda: call(house, "/readyz")[0] == 200)
    caller, ends = http.client.HTTPConnection("127.0.0.1", house[0], timeout=30), []
    for _ in range(2 * workers.ANSWERS):
        caller.request("GET", "/healthz")
        answer = caller.getresponse()
        assert answer.status == 200 and answer.read()
        ends.append(answer.headers["Connection"] == "close")
    caller.close()
    assert ends == ([False] * (workers.ANSWERS - 1) + [True]) * 2


def test_a_letter_is_answered_at_once_and_its_check_follows(house):
    wait_for(lambda: call(house, "/readyz")[0] == 200)
    facts = json.dumps({"kind": "complaint", "facts": desk.sample("complaint")}).encode()
    status, answer = call(house, "/api/v1/documents", facts)
    place = json.loads(answer)["links"]["self"]
    checked = wait_for(lambda: (found := json.loads(call(house, place)[1]))["verdict"] and found)
    assert status == 201 and checked["report"]["elements"] and checked["at"] == json.loads(call(house, place)[1])["at"]


def test_several_workers_write_one_log_and_a_stop_finishes_what_is_at_work(house):
    port, _key, running, home = house
    wait_for(lambda: call(house, "/readyz")[0] == 200)
    facts = json.dumps({"kind": "objection_notice", "facts": desk.sample("objection_notice")}).encode()

    # a batch goes to the worker beside the service
    line = b"0123456789abcdef"
    rows = json.dumps(desk.sample("objection_notice")).encode() + b"\n{}\n"
    form = b'--%b\r\nContent-Disposition: form-data; name="kind"\r\n\r\nobjection_notice\r\n' % line
    form += b'--%b\r\nContent-Disposition: form-data; name="file"; filename="a.jsonl"\r\n\r\n' % line + rows
    form += b"\r\n--%b--\r\n" % line
    status, answer = call(house, "/api/v1/batches", form, f"multipart/form-data; boundary={line.decode()}")
    assert status == 202
    job = json.loads(answer)
    done = wait_for(lambda: (found := json.loads(call(house, job["links"]["self"])[1]))["state"] == "done" and found)
    assert (done["done"], done["failed"]) == (2, 1)

    # a letter is read behind the fence
    letter = b'--%b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n' % line
    letter += COMPLETE.encode() + b"\r\n--%b--\r\n" % line
    assert call(house, "/api/v1/checks", letter, f"multipart/form-data; boundary={line.decode()}")[0] == 201

    # many at once, and the same key twice
    answers = []

    def write(n):
        answers.append(call(house, "/api/v1/documents", facts, Idempotency_Key=f"k{n // 2}"))

    threads = [threading.Thread(target=write, args=[n]) for n in range(12)]
    for thread in threads:
        thread.start()
    wait_for(lambda: answers)
    figures = call(house, "/metrics")[1].decode()
    assert 'path="/api/v1/checks",status="201"' in figures

    running.send_signal(signal.SIGTERM)  # while letters are being written
    for thread in threads:
        thread.join()
    assert running.wait(60) == 0
    kept = [json.loads(body) for status, body in answers if status == 201]
    numbers = [entry.number for entry in desk.search(errand="generate", limit="500", home=home).entries]
    assert len(numbers) == len(set(numbers)) and {one["number"] for one in kept} <= set(numbers)
    assert len(numbers) <= 1 + 1 + 6 and archive_desk.verify(home=home) == []
    told = (home / "lines").read_text()
    assert "已停止" in told and "Traceback" not in told and "恒泰" not in told
    assert subprocess.run(["pgrep", "-f", f"serve --port {port}"], capture_output=True).returncode == 1


def test_a_taken_port_and_a_remote_address_are_told_in_words():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for more, told in ((["--port", port], "已被占用"), (["--host", "0.0.0.0"], "不是本机地址")):
            command = [sys.executable, "-m", "objection_docs", "serve", "--workers", "2", *more]
            done = subprocess.run(command, capture_output=True, text=True)
            assert done.returncode == 2 and told in done.stderr
