"""Idempotency-Key: a retry gets the first answer, nothing is done twice, also across processes and restarts."""

import io
import os
import threading
from datetime import timedelta

import pytest
from conftest import COMPLETE, INCOMPLETE, NOW, Clock, everybody

from objection_docs import desk
from objection_docs.jobs import keys
from objection_docs.service import create_app, scopes


def app_of(home, **more):
    return create_app({"TESTING": True, "HOME": home, "CLOCK": Clock(), "IDENTIFY": everybody} | more)


@pytest.fixture
def client(rooms, home):
    return app_of(home).test_client()


def post_check(client, key, text=COMPLETE, name="信.txt"):
    data = {"file": (io.BytesIO(text.encode()), name)}
    return client.post("/api/v1/checks", data=data, headers={"Idempotency-Key": key})


def post_document(client, key, **body):
    body = {"kind": "objection_notice", "facts": {"text": COMPLETE}} | body
    return client.post("/api/v1/documents", json=body, headers={"Idempotency-Key": key})


@pytest.mark.parametrize("post", [post_check, post_document])
def test_the_same_key_and_body_give_the_first_answer_and_one_entry(rooms, home, post):
    first = post(app_of(home).test_client(), "k1")
    again = post(app_of(home).test_client(), "k1")  # another process, or after a restart; forms draw new lines
    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first.headers
    assert desk.search().total == 1
    assert post(app_of(home).test_client(), "k2").data != first.data and desk.search().total == 2


def test_another_body_with_the_same_key_is_refused(client):
    post_check(client, "k")
    for response in (
        post_check(client, "k", INCOMPLETE),
        post_check(client, "k", name="别.txt"),
        post_document(client, "k"),
    ):
        assert (response.status_code, response.get_json()["code"]) == (422, "idempotency_key_reused")
    assert desk.search().total == 1


def test_a_refusal_is_given_again_too(client):
    first, again = (post_document(client, "k", facts={}) for _ in range(2))
    assert first.status_code == again.status_code == 422 and first.data == again.data


def test_a_failure_of_ours_may_be_tried_again(client, monkeypatch):
    client.application.testing = False
    client.application.logger.disabled = True
    monkeypatch.setattr(desk, "generate", lambda *_args, **_kwargs: 1 / 0)
    assert post_document(client, "k").status_code == 500
    monkeypatch.undo()
    client.application.testing, client.application.logger.disabled = True, False
    assert keys.first(client.application.config["HOME"], "测试 k", "other", NOW) is None


def test_a_key_is_kept_for_a_day(home):
    assert keys.first(home, "k", "f", NOW) is None
    keys.keep(home, "k", keys.Answer(201, {}, b"x"))
    assert keys.first(home, "k", "f", NOW + timedelta(hours=23)).body == b"x"
    assert keys.first(home, "k", "f", NOW + timedelta(hours=25)) is None


def test_a_key_in_flight_is_told_and_a_dead_process_frees_it(home, monkeypatch):
    assert keys.first(home, "k", "f", NOW) is None
    with pytest.raises(Exception, match="还在处理"):
        keys.first(home, "k", "f", NOW)

    def gone(*_args):
        raise ProcessLookupError

    monkeypatch.setattr(os, "kill", gone)
    assert keys.first(home, "k", "f", NOW) is None


def test_of_many_at_once_one_does_the_work(rooms, home):
    answers, app = [], app_of(home)

    def work():
        answers.append(post_document(app.test_client(), "k"))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.data for answer in answers if answer.status_code == 201}) == 1
    assert desk.search().total == 1


def test_keys_of_two_callers_are_strangers(rooms, home):
    for name in "甲乙":
        who = scopes.Caller(name, frozenset(scopes.SCOPES), id=name)
        assert post_document(app_of(home, IDENTIFY=lambda who=who: who).test_client(), "k").status_code == 201
    assert desk.search().total == 2


@pytest.mark.parametrize("key", ["", "a b", "键", "x" * 201])
def test_a_key_that_is_none_is_told(client, key):
    response = client.post("/api/v1/documents", json={}, headers=[("Idempotency-Key", key.encode().decode("latin-1"))])
    assert (response.status_code, response.get_json()["code"]) == (400, "invalid_idempotency_key")


def test_a_key_opens_nothing_to_whom_has_no_scope(rooms, home):
    post_document(app_of(home).test_client(), "k")
    assert post_document(app_of(home, IDENTIFY=lambda: None).test_client(), "k").status_code == 401
