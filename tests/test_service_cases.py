"""Cases over HTTP and on pages: what is in hand, the time line, the calendar, what is due."""

import io
from datetime import datetime, timezone

import pytest
from conftest import everybody

from objection_docs import case_desk
from objection_docs.service import create_app

NOTICE = """关于轴承质量的异议通知
苏州明远精密制造有限公司：
《轴承采购合同》（编号HT-2026-018）第8.2条约定到货后验收。2026年3月1日到货的20套轴承中3套径向跳动超差，请于7日内更换。
附件：检验报告1份
宁波恒泰机械有限公司（盖章）
联系电话：0574-55501286
2026年3月5日
"""
CASE = "HT-2026/018 <b>"


@pytest.fixture
def client(tmp_path):

    clock = lambda: datetime(2026, 3, 6, 2, tzinfo=timezone.utc)  # noqa: E731
    app = create_app({"TESTING": True, "HOME": tmp_path / "home", "CLOCK": clock, "IDENTIFY": everybody})
    return app.test_client()


def check(client, case, procedure="contract_objection_notice"):
    form = {"file": (io.BytesIO(NOTICE.encode()), "信.txt"), "case": case, "procedure": procedure}
    assert client.post("/api/v1/checks", data=form).status_code == 201


def test_a_case_is_told_over_http(client):
    check(client, "案一")
    told = client.get("/api/v1/cases/案一").get_json()
    assert (told["case"], told["state"], len(told["letters"])) == ("案一", "open", 1)
    limits = {limit["id"]: limit for stage in told["stages"] for limit in stage["limits"]}
    assert limits and told["next"]
    listed = client.get("/api/v1/cases?state=open").get_json()
    assert (listed["total"], listed["cases"][0]["case"]) == (1, "案一")
    assert client.get("/api/v1/cases?state=closed").get_json()["total"] == 0
    due = client.get("/api/v1/due?within=3650").get_json()
    assert {one["case"] for one in due["due"]} <= {"案一"}


def test_once_the_notice_was_received_its_posting_is_no_next_step(client, tmp_path):
    check(client, "案一")
    moment = datetime(2026, 3, 6, 2, tzinfo=timezone.utc)
    assert client.get("/api/v1/cases/案一").get_json()["next"][0]["step"].startswith("以挂号信")
    home = tmp_path / "home"
    case_desk.event("案一", "notice_received", "2026-03-06", source="签收单", now=moment, who="王", home=home)
    first = client.get("/api/v1/cases/案一").get_json()["next"][0]
    assert (first["step"], first["limit"]["last"]["day"]) == ("确认接收", "2026-03-13")


def test_its_limits_open_in_a_calendar(client):
    check(client, "案一")
    response = client.get("/api/v1/cases/案一/calendar")
    assert response.mimetype == "text/calendar" and response.data.startswith(b"BEGIN:VCALENDAR")


@pytest.mark.parametrize("path", ["/api/v1/cases/没有", "/api/v1/cases/没有/calendar"])
def test_a_case_that_is_none_is_told(client, path):
    response = client.get(path)
    assert response.status_code == 404 and response.mimetype == "application/problem+json"


def test_wrong_questions_are_told(client):
    assert client.get("/api/v1/cases?state=half").status_code in (400, 422)
    assert client.get("/api/v1/due?within=soon").status_code in (400, 422)
    assert client.get("/api/v1/cases?procedure=nonsense").status_code == 400


def test_the_pages_show_the_time_line_and_escape_names(client):
    check(client, CASE)
    page = client.get("/cases").get_data(as_text=True)
    assert "HT-2026/018 &lt;b&gt;" in page and "<b>" not in page
    response = client.get("/cases/HT-2026/018%20%3Cb%3E")
    page = response.get_data(as_text=True)
    assert response.status_code == 200 and "<svg" in page and "时间线" in page and "<b>" not in page
    assert "{&#39;" not in page  # no value of Python's own
    assert client.get("/cases/HT-2026/018%20%3Cb%3E.ics").mimetype == "text/calendar"


def test_a_page_of_no_case_is_a_page_of_its_own(client):
    response = client.get("/cases/没有")
    assert response.status_code == 404 and "<html" in response.get_data(as_text=True)


def test_no_case_yet(client):
    assert "没有这样的案件" in client.get("/cases").get_data(as_text=True)
