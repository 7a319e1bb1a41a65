"""Whether a worker is there, and what waits for it: told by /readyz, by the page 管理, and by the worker itself."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from conftest import NOW, Clock, everybody
from flask import Flask

from objection_docs import batches, desk, health
from objection_docs.jobs import NAME, Queue, webhooks
from objection_docs.jobs.turn import taken, turn
from objection_docs.jobs.waiting import Waiting, waiting
from objection_docs.service import ObjectionDocs, Person, create_app

LABEL = "后台任务"
LATER = NOW + timedelta(minutes=7)


def ask(home, at=NOW):
    return Queue(home).put(batches.GENERATE, b"", who="x", at=at, options={"kind": "objection_notice"})


def told(home, at):
    (found,) = [one for one in health.look(home, at) if one.label == LABEL]
    return found


@pytest.fixture
def at_work(home):
    """As long as a worker has its turn."""
    with turn(home, threading.Event()):
        yield


def test_where_nobody_asked_for_anything_nothing_waits_and_nothing_is_made(home):
    assert waiting(home, NOW) == Waiting(worker=False)
    assert told(home, NOW).well and not home.exists()


def test_a_job_waits_from_the_moment_it_was_asked_for(home):
    ask(home, NOW + timedelta(seconds=30))
    ask(home)
    assert waiting(home, LATER) == Waiting(worker=False, jobs=2, since=NOW)


def test_what_runs_waits_only_where_its_worker_is_gone(home):
    job = ask(home)
    Queue(home).take(NOW)
    assert waiting(home, LATER) == Waiting(worker=False, jobs=1, since=NOW)
    with turn(home, threading.Event()):
        assert waiting(home, LATER) == Waiting(worker=True)
    Queue(home).end(job.id, NOW)
    assert waiting(home, LATER) == Waiting(worker=False)


def test_a_message_waits_from_when_it_is_due(home):
    hook = webhooks.add(home, "https://example.com/", ("job.finished",), NOW)
    webhooks.test(home, hook.id, NOW)
    assert waiting(home, LATER) == Waiting(worker=False, messages=1, since=NOW)
    (delivery, _), *_ = webhooks.due(home, NOW)
    webhooks.settle(home, delivery, 500, "", NOW)  # once more in 5 seconds
    assert waiting(home, NOW) == Waiting(worker=False)
    assert waiting(home, LATER) == Waiting(worker=False, messages=1, since=NOW + webhooks.PAUSES[0])


def test_who_looks_is_not_taken_for_a_worker(home):
    ask(home)
    (home / "jobs" / "lock").touch()
    with (home / "jobs" / "lock").open() as other:
        fcntl.flock(other, fcntl.LOCK_SH)
        assert taken(home) is False


def test_a_lock_that_cannot_be_opened_is_nobodys(home):
    (home / "jobs" / "lock").mkdir(parents=True)
    assert taken(home) is False


def test_a_minute_without_a_worker_is_let_pass(home):
    ask(home)
    assert told(home, NOW + timedelta(seconds=59)).well
    found = told(home, NOW + timedelta(seconds=60))
    assert not found.well and "1 个任务在等，最早的已等 1 分钟" in found.told and "objection-docs work" in found.told


def test_with_a_worker_waiting_is_in_order(home, at_work):
    ask(home)
    assert told(home, LATER).well and "1 个任务在等" in told(home, LATER).told


def test_a_letter_that_waits_for_its_check_is_work_too(home):
    desk.generate("objection_notice", desk.sample("objection_notice"), now=NOW, unchecked=True, home=home)
    assert told(home, NOW).well
    found = told(home, LATER)
    assert not found.well and "已经答复的文书的检查在等" in found.told


def test_where_no_locks_are_nothing_is_said_of_the_worker(home, monkeypatch):
    monkeypatch.setattr("objection_docs.jobs.turn.fcntl", None)
    ask(home)
    assert waiting(home, LATER).worker is None
    assert told(home, LATER) == health.Look(LABEL, True, "1 个任务在等")


def test_a_table_that_cannot_be_opened_is_told(home):
    home.mkdir()
    (home / NAME).write_text("in the way" * 100)
    assert not told(home, NOW).well and "任务表" in told(home, NOW).told


def readiness(client, prefix=""):
    answer = client.get(f"{prefix}/readyz")
    body = answer.get_json()
    return answer.status_code, body["status"], {one["name"]: one["ok"] for one in body["checks"]}[LABEL]


def test_readyz_tells_it_and_stays_ready(rooms, home):
    """Letters are still written and checked: who sends callers elsewhere for it would have nobody left."""
    clock = Clock()
    client = create_app({"TESTING": True, "HOME": home, "CLOCK": clock, "IDENTIFY": everybody}).test_client()
    assert readiness(client) == (200, "ready", True)
    ask(home, clock())
    assert readiness(client) == (200, "ready", True)
    clock.at += timedelta(minutes=3)
    assert readiness(client) == (200, "ready", False)
    page = client.get("/admin/settings").text
    assert "最早的已等 3 分钟" in page and "objection-docs work" in page
    with turn(home, threading.Event()):
        assert readiness(client) == (200, "ready", True)


def test_below_the_prefix_of_a_host_too(rooms, home):
    app = Flask("host")
    app.config.update(TESTING=True, SECRET_KEY="x")
    ObjectionDocs(app, url_prefix="/o", identify=lambda: Person("陈总", role="admin"), home=home)
    ask(home)  # long ago by the clock of the machine
    assert readiness(app.test_client(), "/o") == (200, "ready", False)
    assert "请运行 objection-docs work" in app.test_client().get("/o/admin/settings").text


def test_the_worker_alone_is_seen_does_its_work_and_says_so(home):
    job = ask(home)
    given = {**os.environ, "OBJECTION_DOCS_LOG": "json"}
    work = subprocess.Popen([sys.executable, "-m", "objection_docs", "work"], env=given, stderr=subprocess.PIPE)
    try:
        until = time.monotonic() + 60
        while not Queue(home).get(job.id).over and time.monotonic() < until:
            time.sleep(0.05)
        assert taken(home)
        work.send_signal(signal.SIGTERM)
        lines = [json.loads(line) for line in work.communicate(timeout=60)[1].splitlines()]
    finally:
        work.kill()
    assert [line["message"] for line in lines] == ["worker started", "job", "worker stopped"]
    assert lines[1]["job"] == job.id and work.returncode == 0 and not taken(home)


def test_a_worker_that_dies_beside_serve_is_followed_by_another(home):
    given = {**os.environ, "OBJECTION_DOCS_PORT": "0", "OBJECTION_DOCS_LOG": "json"}
    call = [sys.executable, "-m", "objection_docs", "serve", "--workers", "2"]
    serve = subprocess.Popen(call, env=given, stderr=subprocess.PIPE, text=True)
    too_late = threading.Timer(60, serve.kill)
    too_late.start()
    try:
        started = (json.loads(line)["pid"] for line in serve.stderr if "worker started" in line)
        first = next(started)
        os.kill(first, signal.SIGKILL)
        assert next(started) != first and taken(home)
        serve.send_signal(signal.SIGTERM)
        serve.communicate()
    finally:
        too_late.cancel()
        serve.kill()
        serve.wait()
        serve.stderr.close()
    assert serve.returncode == 0 and not taken(home)


def test_a_fork_at_the_same_moment_keeps_nobody_from_missing_a_worker():
    code = """if True:
        import os, sys, threading, time
        from objection_docs.service import helper
        helper._COMMAND = [sys.executable, "-c", "input()"]
        helpers = [helper.Helper() for _ in range(20)]
        threading.Thread(target=lambda: [one.start() for one in helpers]).start()
        forked = []
        for _ in range(60):
            if (pid := os.fork()) == 0:
                time.sleep(30)
                os._exit(0)
            forked.append(pid)
        until = time.monotonic() + 20
        while not all(one._process for one in helpers) and time.monotonic() < until:
            time.sleep(0.05)
        print(sum(one._process is not None for one in helpers), flush=True)
        for pid in forked:
            os.kill(pid, 9)
        os._exit(0)
    """
    ran = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=60)
    assert ran.stdout == "20\n", ran.stderr
