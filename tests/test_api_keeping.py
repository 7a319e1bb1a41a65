"""Keeping over HTTP, as a case system does it: record, proof of service, holds, closing."""

import io

import pytest
import schemathesis
from conftest import COMPLETE, Clock, everybody

from objection_docs import destruction_desk
from objection_docs.service import create_app, scopes

CASE = "案1"


@pytest.fixture
def app(rooms, home):
    return create_app({"TESTING": True, "HOME": home, "CLOCK": Clock(), "IDENTIFY": everybody})


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def letter(client):
    form = {"file": (io.BytesIO(COMPLETE.encode()), "信.txt"), "case": CASE}
    return client.post("/api/v1/checks", data=form).get_json()["id"]


@pytest.fixture
def promised(app):
    """Holds an answer against /api/v1/openapi.json."""
    operations = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)

    def check(path, method, response, status):
        assert response.status_code == status, response.text
        operations[f"/api/v1{path}"][method].validate_response(response)
        return response.get_json(silent=True)

    return check


def test_a_record_tells_all_that_was_entered_since(client, promised, letter, home):
    (home / "settings.yaml").write_text("archive:\n  fonds: G001\n", "utf-8")
    place = f"/api/v1/log/{letter}"
    steps = {
        "corrections": {"sender": "宁波恒泰", "reason": "录错"},
        "descriptions": {"form": "original", "holder": "王五"},
    }
    for step, body in steps.items():
        promised(f"/log/{{id}}/{step}", "POST", client.post(f"{place}/{step}", json=body), 201)
    form = {"method": "courier", "tracking": "SF1", "on": "2026-03-04", "file": (io.BytesIO(b"\xff scan"), "回执.jpg")}
    promised("/log/{id}/services", "POST", client.post(f"{place}/services", data=form), 201)
    promised("/log/{id}/services", "POST", client.post(f"{place}/services", data={"method": "hand"}), 201)
    made = client.post(f"{place}/number")
    assert made.headers["Location"] == f"{place}/record"
    assert promised("/log/{id}/number", "POST", made, 201)["archive_number"] == "G001-2026-D30-0001"
    record = promised("/log/{id}/record", "GET", client.get(f"{place}/record"), 200)
    assert [one["label"] for one in record["later"]] == ["更正", "著录", "送达", "送达", "著录"]
    assert (record["form"], record["holder"], record["retention"]) == ("original", "王五", "30年")
    assert record["later"][2]["said"] == "快递 SF1 2026-03-04；附件：回执.jpg" and record["later"][3]["file"] is None
    with client.get(record["later"][2]["file"]) as proof:
        assert proof.data == b"\xff scan" and "attachment" in proof.headers["Content-Disposition"]
    record = client.get(f"{place}/record").get_json()
    assert (record["later"][-1]["errand"], record["destroyed"], record["closed_on"]) == ("access", None, None)


def test_a_hold_comes_and_goes(client, promised, letter):
    made = promised("/holds", "POST", client.post("/api/v1/holds", json={"case": CASE, "reason": "诉讼"}), 201)
    assert (made["letter"], made["case"], made["who"]) == (None, CASE, "测试")
    second = client.post("/api/v1/holds", json={"letter": letter, "reason": "审计"}).get_json()
    assert (second["letter"], second["case"]) == (letter, CASE)
    listed = promised("/holds", "GET", client.get("/api/v1/holds"), 200)
    assert [one["id"] for one in listed["holds"]] == [made["id"], second["id"]] and listed["total"] == 2
    assert len(client.get(f"/api/v1/log/{letter}/record").get_json()["holds"]) == 2
    for one in (made, second):
        place = f"/api/v1/holds/{one['id']}/release"
        promised("/holds/{id}/release", "POST", client.post(place, json={"reason": "完"}), 204)
    again = client.post(place, json={"reason": "完"})
    assert promised("/holds/{id}/release", "POST", again, 409)["code"] == "not_held"
    assert client.get("/api/v1/holds").get_json()["total"] == 0


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"reason": "x"}, 400, "case_or_id"),
        ({"reason": "x", "case": CASE, "letter": "y"}, 400, "case_or_id"),
        ({"reason": " ", "case": CASE}, 422, "invalid_request"),
        ({"case": CASE}, 422, "invalid_request"),
        ({"reason": "x", "case": "没有的案"}, 404, "no_such_case"),
    ],
)
def test_a_hold_on_nothing_or_without_a_reason_is_refused(client, letter, body, status, code):
    answer = client.post("/api/v1/holds", json=body)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


def test_what_is_wrong_with_one_value_is_told_at_its_place(client, promised, letter):
    for path, body, place in (
        ("holds", {"case": CASE, "reason": "长" * 2001}, "/reason"),
        (f"log/{letter}/descriptions", {"retention": "五年"}, "/retention"),
        (f"cases/{CASE}/close", {"on": "2031-01-01"}, "/on"),
        ("checks", {"file": (io.BytesIO(b"x"), "x.txt"), "case": "长" * 201}, "/case"),
    ):
        sent = {"data": body} if path == "checks" else {"json": body}
        answer = client.post(f"/api/v1/{path}", **sent)
        (fault,) = promised(f"/{path.replace(letter, '{id}').replace(CASE, '{case}')}", "POST", answer, 400)["errors"]
        assert fault == {"pointer": place, "detail": answer.get_json()["detail"]}


def test_a_case_is_closed_and_reopened(client, promised, letter, home):
    (home / "settings.yaml").write_text("archive:\n  fonds: G001\n", "utf-8")
    place = f"/api/v1/cases/{CASE}"
    body = {"on": "2026-03-01", "number": True, "reason": "已履行"}
    key = {"Idempotency-Key": "close-1"}
    done = promised("/cases/{case}/close", "POST", client.post(f"{place}/close", json=body, headers=key), 201)
    assert done["closed_on"] == "2026-03-01"
    assert done["numbered"] == [{"id": letter, "archive_number": "G001-2026-D30-0001"}]
    assert client.post(f"{place}/close", json=body, headers=key).get_json() == done
    assert client.post(f"{place}/close", json={}).get_json()["code"] == "already_closed"
    assert client.get(f"/api/v1/log/{letter}/record").get_json()["closed_on"] == "2026-03-01"
    opened = client.post(f"{place}/reopen", json={"reason": "又起诉"})
    promised("/cases/{case}/reopen", "POST", opened, 204)
    assert client.get(place).get_json()["state"] == "open"


# Destruction, to be read


@pytest.fixture
def ended(client):
    """Three letters of a case that was closed long ago, the first of them held."""
    form = {"case": "旧案"}
    texts = (f"{COMPLETE}\n第{number}份" for number in range(3))
    files = [{"file": (io.BytesIO(text.encode()), "信.txt")} for text in texts]
    ids = [client.post("/api/v1/checks", data=form | file).get_json()["id"] for file in files]
    client.post("/api/v1/cases/旧案/close", json={"on": "1990-01-02"})
    client.post("/api/v1/holds", json={"letter": ids[0], "reason": "诉讼"})
    return ids


def test_what_has_passed_its_term_is_read_page_by_page(client, promised, letter, ended):
    def read(query):
        return promised("/destruction/due", "GET", client.get(f"/api/v1/destruction/due{query}"), 200)

    page = read("?limit=2")
    assert [one["id"] for one in page["letters"]] == ended[:2] and (page["total"], page["next_cursor"]) == (3, "2")
    first, second = page["letters"]
    assert first["held"] and not second["held"]
    assert (second["case"], second["started"], second["ended"]) == ("旧案", "1990-01-02", "2020-12-31")
    last = read("?limit=2&cursor=2")
    assert [one["id"] for one in last["letters"]] == ended[2:] and last["next_cursor"] is None
    assert read("?on=2020-12-31")["total"] == 0 and read("?on=2021-01-01")["total"] == 3
    assert read("?cursor=9")["letters"] == []
    for wrong in ("on=20260305", "limit=0", "cursor=-1"):
        answer = client.get(f"/api/v1/destruction/due?{wrong}")
        assert promised("/destruction/due", "GET", answer, 400)["detail"]


def test_a_destruction_list_is_read_while_persons_decide(client, promised, ended, home):
    about = {"now": Clock()(), "home": home}
    made = destruction_desk.propose([], reason="期满", who="甲", **about)
    destruction_desk.approve(made.id, who="乙", **about)
    other = destruction_desk.decline(made.id, who="丙", reason="尚在审计", **about).id
    made = destruction_desk.propose([ended[1]], who="甲", **about)

    def read(query):
        found = promised("/destruction/lists", "GET", client.get(f"/api/v1/destruction/lists{query}"), 200)
        return [(one["id"], one["state"], one["letters"]) for one in found["lists"]]

    assert read("") == [(made.id, "proposed", 1), (other, "stopped", 2)]
    assert read("?state=stopped") == [(other, "stopped", 2)] and read("?state=done") == []
    assert client.get("/api/v1/destruction/lists?state=x").status_code == 400
    place = f"/api/v1/destruction/lists/{other}"
    answer = client.get(place)
    told = promised("/destruction/lists/{id}", "GET", answer, 200)
    assert [one["id"] for one in told["items"]] == ended[1:] and told["stopped"] == ["丙 否决：尚在审计"]
    assert (told["proposed_by"], told["approved_by"], told["done_by"], told["reason"]) == ("甲", ["乙"], "", "期满")
    assert [(one["label"], one["who"]) for one in told["history"]] == [
        ("提出销毁清册", "甲"), ("审批销毁清册", "乙"), ("否决销毁清册", "丙")]  # fmt: skip
    assert client.get(place, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    for who in ("乙", "丙"):
        destruction_desk.approve(made.id, who=who, **about)
    destruction_desk.carry_out(made.id, who="丁", **about)
    told = promised("/destruction/lists/{id}", "GET", client.get(place.replace(other, made.id)), 200)
    assert (told["state"], told["done_by"], told["history"][-1]["errand"]) == ("done", "丁", "destroy")
    for id in ("nothing", ended[0]):
        promised("/destruction/lists/{id}", "GET", client.get(place.replace(other, id)), 404)


def test_destruction_is_read_by_whom_the_archive_is_open_to(app, ended):
    for scope, status in (("archive", 200), ("destroy", 403), ("check", 403)):
        app.config["IDENTIFY"] = lambda scope=scope: scopes.Caller("某人", frozenset({scope}))
        for path in ("due", "lists"):
            assert app.test_client().get(f"/api/v1/destruction/{path}").status_code == status


def test_no_program_can_destroy(app):
    """Persons are counted there; over HTTP it is only read."""
    rules = [rule for rule in app.url_map.iter_rules() if "/api/" in rule.rule and "destr" in rule.rule]
    assert len(rules) == 3 and all(rule.methods <= {"GET", "HEAD", "OPTIONS"} for rule in rules)
