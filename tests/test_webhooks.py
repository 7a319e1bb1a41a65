"""Webhooks: signed, sent again, never to the inside of the house unless it is allowed."""

import json
import socket
import threading
import time
from datetime import datetime, timedelta, timezone

import pytest
from conftest import COMPLETE, NOW, Clock, everybody
from standardwebhooks import Webhook, WebhookVerificationError

from objection_docs.batches import Tools
from objection_docs.batches.worker import Worker
from objection_docs.errors import JobError, UsageError
from objection_docs.jobs import sending, webhooks
from objection_docs.service import create_app


@pytest.fixture
def client(rooms, home, monkeypatch):
    monkeypatch.setenv("OBJECTION_DOCS_PRIVATE_WEBHOOKS", "true")  # the receiver of the tests is on this machine
    return create_app({"TESTING": True, "HOME": home, "CLOCK": Clock(), "IDENTIFY": everybody}).test_client()


def later() -> Clock:
    """A clock that is past whatever the application's clock showed."""
    clock = Clock()
    clock.at += timedelta(hours=1)
    return clock


def worker(home, clock=None, **more):
    return Worker(Tools(home, clock or later()), **more)


def asked(client, receiver, *events):
    body = {"url": receiver.url, "events": list(events)}
    answer = client.post("/api/v1/webhooks", json=body)
    assert answer.status_code == 201, answer.text
    return answer.get_json()


def test_a_letter_is_told_with_a_signature_and_without_its_words(client, receiver, home):
    hook = asked(client, receiver, "document.generated", "check.completed", "job.finished")
    made = client.post("/api/v1/documents", json={"kind": "objection_notice", "facts": {"text": COMPLETE}}).get_json()
    assert worker(home, allow_private=True).deliver()
    ((path, headers, body),) = receiver.got
    told = json.loads(body)
    assert path == "/hook?x=1" and told["type"] == "document.generated" and told["data"]["id"] == made["id"]
    assert "恒泰" not in body.decode()
    # the library looks at the clock itself, and the test's clock stands still in the past
    signature = Webhook(hook["secret"]).sign(headers["webhook-id"], _moment(headers), body.decode())
    assert headers["webhook-signature"] == signature
    assert (
        Webhook(webhooks.add(home, receiver.url, ("job.finished",), NOW, allow_private=True).secret).sign(
            headers["webhook-id"], _moment(headers), body.decode()
        )
        != signature
    )
    (delivery,) = client.get(hook["links"]["deliveries"]).get_json()["deliveries"]
    assert (delivery["state"], delivery["tries"], delivery["answer"]) == ("delivered", 1, "对方答复 200")


def _moment(headers):
    return datetime.fromtimestamp(int(headers["webhook-timestamp"]), timezone.utc)


def test_a_receiver_can_prove_it_with_the_library(receiver):
    secret = "whsec_" + "c2VjcmV0c2VjcmV0c2VjcmV0"
    sent = sending.send(receiver.url, secret, "msg_1", '{"类型": 1}', datetime.now(timezone.utc), allow_private=True)
    ((_, headers, body),) = receiver.got
    assert sent.status == 200 and Webhook(secret).verify(body, headers) == {"类型": 1}
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body + b" ", headers)


def test_what_is_not_taken_is_sent_again_and_at_last_given_up(client, receiver, home):
    receiver.status = 500
    hook = asked(client, receiver, "document.generated")
    client.post("/api/v1/documents", json={"kind": "objection_notice", "facts": {"text": COMPLETE}})
    clock = later()
    sender = worker(home, clock, allow_private=True)
    assert sender.deliver() and len(receiver.got) == 1
    for tries, pause in enumerate(webhooks.PAUSES, 2):
        clock.at += pause - timedelta(seconds=4)
        assert not sender.deliver()
        clock.at += timedelta(seconds=10)
        assert sender.deliver() and len(receiver.got) == tries
    clock.at += timedelta(days=3)
    assert not sender.deliver()
    (delivery,) = client.get(hook["links"]["deliveries"]).get_json()["deliveries"]
    assert (delivery["state"], delivery["tries"]) == ("failed", len(webhooks.PAUSES) + 1)
    assert len({headers["webhook-id"] for _, headers, _ in receiver.got}) == 1
    receiver.status = 204
    assert client.post(f"{hook['links']['deliveries']}/{delivery['id']}/again").status_code == 204
    assert sender.deliver()
    assert webhooks.deliveries(home, hook["id"])[0].state == "delivered"


@pytest.mark.parametrize(("status", "state"), [(302, "waiting"), (410, "failed"), (204, "delivered")])
def test_a_redirect_is_not_followed_and_gone_is_gone(home, receiver, status, state):
    receiver.status = status
    hook = webhooks.add(home, receiver.url, ("job.finished",), NOW, allow_private=True)
    webhooks.post(home, "job.finished", {}, NOW)
    worker(home, allow_private=True).deliver()
    assert len(receiver.got) == 1 and webhooks.deliveries(home, hook.id)[0].state == state


INSIDE = "127.0.0.1 10.1.2.3 192.168.0.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 ::1 fe80::1%eth0 fc00::1"
CARRIED = "::ffff:10.0.0.1 64:ff9b::a00:1 2002:a00:1:: 2001:0:a00:1::"


@pytest.mark.parametrize("address", f"{INSIDE} {CARRIED}".split())
def test_the_inside_of_the_house_is_not_public(address):
    assert not sending.is_public(address)


def test_the_outside_is():
    assert sending.is_public("8.8.8.8") and sending.is_public("2400:3200::1")


def test_private_addresses_are_refused_by_name_and_by_number(receiver):
    for url in (
        receiver.url,
        receiver.url.replace("127.0.0.1", "localhost"),
        receiver.url.replace("127.0.0.1", "2130706433"),
    ):
        sent = sending.send(url, "whsec_c2VjcmV0", "m", "{}", NOW)
        assert sent.status == 0 and "内网" in sent.said
    assert receiver.got == []


@pytest.mark.parametrize("host", ["127.0.0.1:9999", "localhost", "10.1.2.3", "[::1]:80", "2130706433"])
def test_an_address_inside_the_house_is_not_even_taken(client, home, monkeypatch, host):
    body = {"url": f"http://{host}/hook", "events": ["job.finished"]}
    monkeypatch.delenv("OBJECTION_DOCS_PRIVATE_WEBHOOKS")
    answer = client.post("/api/v1/webhooks", json=body)
    told = answer.get_json()
    assert (answer.status_code, told["code"], told["errors"][0]["pointer"]) == (400, "private_url", "/url")
    assert "内网" in told["detail"] and "private_webhooks" in told["detail"]
    page = client.post("/admin/webhooks", data={"url": body["url"], "event": body["events"]})
    assert page.status_code == 422 and 'id="url-fault">这个地址在内网' in page.text
    assert webhooks.listed(home) == []


def test_a_name_that_nobody_knows_yet_is_taken(client, home, monkeypatch):
    def unknown(*_args, **_kwargs):
        raise socket.gaierror

    monkeypatch.delenv("OBJECTION_DOCS_PRIVATE_WEBHOOKS")
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    body = {"url": "https://cases.example/hook", "events": ["job.finished"]}
    assert client.post("/api/v1/webhooks", json=body).status_code == 201
    assert "域名解析失败" in sending.send(body["url"], "whsec_c2VjcmV0", "m", "{}", NOW).said


def test_a_name_that_none_can_be_is_told_and_stops_nobody():
    assert "域名解析失败" in sending.send("https://a..b/", "whsec_c2VjcmV0", "m", "{}", NOW).said


def test_the_address_that_was_checked_is_the_one_connected_to(receiver, monkeypatch):
    """A name that means another address at the second look (DNS rebinding) gains nothing: there is no second look."""
    looks = []

    def once_public(host, port, **_kwargs):
        looks.append(host)
        public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1" if len(looks) > 1 else "127.0.0.1", port))
        return [public]

    monkeypatch.setattr(socket, "getaddrinfo", once_public)
    monkeypatch.setattr(sending, "is_public", lambda address: address == "127.0.0.1")
    url = receiver.url.replace("127.0.0.1", "rebinding.example")
    assert sending.send(url, "whsec_c2VjcmV0", "m", "{}", NOW).status == 200
    assert looks == ["rebinding.example"] and receiver.got[0][1]["Host"].startswith("rebinding.example")


def test_an_answer_that_drips_in_is_cut_off(monkeypatch):
    monkeypatch.setattr(sending, "SECONDS", 0.5)
    listening = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def drip():
        line, _ = listening.accept()
        with line:
            while not done.wait(0.05):
                try:
                    line.send(b"H")
                except OSError:
                    return

    thread = threading.Thread(target=drip)
    thread.start()
    began = time.monotonic()
    sent = sending.send(
        f"http://127.0.0.1:{listening.getsockname()[1]}/", "whsec_c2VjcmV0", "m", "{}", NOW, allow_private=True
    )
    done.set()
    thread.join()
    listening.close()
    assert sent.status == 0 and time.monotonic() - began < 10


@pytest.mark.parametrize(
    "url",
    ["", "ftp://a/", "https://", "https://u:p@a/", "https://a/#x", "https://a b/", "https://a:x/", "https://例/", "x"],
)
def test_an_address_that_is_none_is_told(home, url):
    with pytest.raises(UsageError) as caught:
        webhooks.add(home, url, ("job.finished",), NOW)
    assert caught.value.code == "invalid_url"


def test_an_event_that_is_none_is_told_and_a_removed_webhook_gets_no_more(client, receiver, home):
    wrong = client.post("/api/v1/webhooks", json={"url": receiver.url, "events": ["x"]})
    assert (wrong.status_code, wrong.get_json()["code"]) == (400, "invalid_event")
    hook = asked(client, receiver, "job.finished")
    assert "secret" not in client.get(hook["links"]["self"]).get_json()
    webhooks.post(home, "job.finished", {}, NOW)
    assert client.delete(hook["links"]["self"]).status_code == 204
    assert client.get(hook["links"]["self"]).status_code == 404
    assert not worker(home, allow_private=True).deliver() and client.get("/api/v1/webhooks").get_json() == {
        "webhooks": []
    }
    with pytest.raises(JobError):
        webhooks.deliveries(home, hook["id"])
