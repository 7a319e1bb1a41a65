"""Cases over HTTP and on pages: what is in hand, the time line, the calendar, what is due."""

import io
import re
from datetime import datetime, timezone
from html import unescape
from urllib.parse import quote

import pytest
import schemathesis
from conftest import everybody

from objection_docs import case_desk, desk
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


def check(client, case, procedure="contract_objection_notice", text=NOTICE):
    form = {"file": (io.BytesIO(text.encode()), "信.txt"), "case": case, "procedure": procedure}
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


def test_cases_come_a_page_at_a_time(client):
    for case in ("案一", "案二", "案三"):
        check(client, case)
    seen, cursor = [], 0
    while cursor is not None:
        page = client.get(f"/api/v1/cases?limit=2&cursor={cursor}").get_json()
        seen += [one["case"] for one in page["cases"]]
        assert page["total"] == 3 and len(seen) < 4
        cursor = page["next_cursor"]
    assert sorted(seen) == sorted(("案一", "案二", "案三"))
    assert client.get("/api/v1/cases?limit=0").status_code == 400
    assert client.get("/api/v1/cases?cursor=x").status_code == 400
    first, rest = client.get("/cases?state=all").text, client.get("/cases?state=all&offset=2").text
    assert all(case in first for case in seen) and [case for case in seen if case in rest] == seen[2:]


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


def test_the_page_tells_how_limits_are_reckoned_and_what_is_not_known(client):
    check(client, "案一")
    notice = client.get("/api/v1/cases/案一").get_json()["letters"][0]["id"]
    page = client.get("/cases/案一").get_data(as_text=True)
    assert "还不知道下面的日期" in page and "收到异议通知" in page and "期限是怎样算的" not in page
    served = {"method": "courier", "on": "2026-03-06"}
    assert client.post(f"/api/v1/log/{notice}/services", data=served).status_code == 201
    entered = {"event": "notice_received", "at": "2026-03-05", "source": "登记簿"}
    assert client.post("/api/v1/cases/案一/events", json=entered).status_code == 201
    page = client.get("/cases/案一").get_data(as_text=True)
    assert "还不知道下面的日期" not in page and "自2026年3月6日（周五）起计算" in page
    assert "另有 2026-03-06" in page and "由人记入的日期先于文书所写" in page
    assert "进行中，还有 6 天" in page


def test_a_page_of_no_case_is_a_page_of_its_own(client):
    response = client.get("/cases/没有")
    assert response.status_code == 404 and "<html" in response.get_data(as_text=True)


def test_a_case_without_letters_is_begun_on_its_page(client):
    """As the link of a host application leads there; no word of a shell."""
    page = unescape(client.get(f"/cases/{quote(CASE)}").text)
    assert "还没有案件" in page and "case set" not in page
    for place in re.findall(r'href="([^"]+[?]case=[^"]+)"', page):
        assert f'value="{CASE}"' in unescape(client.get(place).text)
    assert len(re.findall(r"[?]case=", page)) == 2
    assert "没有要设置的" in enter(client, "settings", 422, **{"set.procedure": ""})
    begun = unescape(enter(client, "settings", **{"set.procedure": "contract_objection_notice"}))
    assert "记入日期" in begun and "还没有文书" in begun


def test_what_is_not_there_is_told_in_the_words_of_the_door(client):
    """What to type in a shell is told in the shell alone."""
    told = [
        client.get("/api/v1/cases/没有").get_json()["detail"],
        client.get("/api/v1/documents/没有").get_json()["detail"],
    ]
    body = {"event": "notice_received", "at": "2026-03-06", "source": " "}
    told.append(client.post("/api/v1/cases/没有/events", json=body).get_json()["detail"])
    assert not [said for said in told if re.search("log search|case set|--", said)], told


def test_no_case_yet(client):
    assert "没有这样的案件" in client.get("/cases").get_data(as_text=True)


# What is entered by hand


def enter(client, what, status=303, **form):
    response = client.post(f"/cases/{what}", data={"case": CASE} | form)
    assert response.status_code == status, response.text
    return unescape(response.text) if status != 303 else client.get(response.headers["Location"]).text


def lasts(page):
    """The last day of each limit on the page of a case."""
    return dict(re.findall(r'<th scope="row">(\w+) [^<]*</th><td>[^<]*</td><td class="short">(\d{4}-\d\d-\d\d)', page))


def test_a_date_is_entered_with_its_source_and_taken_back(client):
    check(client, CASE)
    page = enter(client, "event", event="notice_received", day="2026-03-06", source="EMS签收单")
    assert "EMS签收单" in page and "2026-03-13" in page
    page = enter(client, "event", event="notice_received", day="2026-03-05", time="16:30", source="回执")
    assert "回执" in page and "2026-03-12" in page
    page = enter(client, "event", event="notice_received", do="withdraw", source="看错了")
    assert "2026-03-12" not in page
    assert "请填写日期" in enter(client, "event", 422, event="notice_received", source="x")
    assert "从哪里知道" in enter(client, "event", 422, event="notice_received", day="2026-03-06")
    assert "没有“x”这个事件" in enter(client, "event", 422, event="x", day="2026-03-06", source="x")


def test_the_settings_of_a_case_and_its_own_terms(client):
    check(client, CASE, procedure="", text="异议通知\n甲公司：\n贵公司的做法不妥，请尽快处理。\n乙公司")
    assert "还没有认出这个案件的程序" in client.get(f"/cases/{quote(CASE)}").text
    page = enter(client, "settings", **{"set.procedure": "contract_objection_notice", "was.procedure": ""})
    assert "记入日期" in page and "确认接收" in page
    enter(client, "event", event="notice_received", day="2026-03-06", source="签收单")
    page = enter(client, "settings", limit="CN2", period="7个工作日", **{"set.hours": "09:00-17:30", "was.hours": ""})
    assert "现在写明的：CN2 7个工作日" in page and "2026-03-17" in page and "17:30" in page
    page = enter(client, "settings", **{"set.clock": "business", "was.clock": "", "set.region": "", "was.region": ""})
    assert '<option value="business" selected>' in page
    kept = {"set.procedure": "contract_objection_notice", "was.procedure": "contract_objection_notice"}
    assert "没有要设置的" in enter(client, "settings", 422, **kept)
    page = enter(client, "settings", limit="CN2", period="")
    assert "现在写明的" not in page and "2026-03-13" in page


def test_an_extension_is_entered_and_taken_back(client):
    check(client, CASE)
    enter(client, "settings", **{"set.procedure": "enforcement_objection"})
    start = desk.course("enforcement_objection").limits["EN8"].periods[0].start.events[0]
    before = enter(client, "event", event=start, day="2026-03-06", source="收件回执")
    assert '<option value="EN8">EN8 审查复议申请</option>' in before
    page = enter(client, "extension", limit="EN8", source="院长批准")
    assert lasts(page)["EN8"] > lasts(before)["EN8"]
    assert "最多延长 1 次" in enter(client, "extension", 422, limit="EN8", source="再批")
    assert lasts(enter(client, "extension", limit="EN8", do="withdraw", source="作废")) == lasts(before)
    assert "没有“x”这项期限" in enter(client, "extension", 422, limit="x", source="批复")
    assert "从哪里知道" in enter(client, "extension", 422, limit="x")


def test_a_case_with_the_name_of_a_form_has_its_page(client):
    check(client, "event")
    assert "案件 event" in client.get("/cases/event").text


def test_a_closed_case_offers_no_entries(client):
    check(client, CASE)
    assert "记入日期" in client.get(f"/cases/{quote(CASE)}").text
    client.post("/keeping/close", data={"case": CASE})
    assert "记入日期" not in client.get(f"/cases/{quote(CASE)}").text
    assert "已经结案" in enter(client, "event", 422, event="notice_received", day="2026-03-06", source="x")


def test_the_same_is_entered_over_http(client):
    check(client, "案一")
    place = "/api/v1/cases/案一"
    operations = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", client.application)

    def enter(what, status=201, **body):
        response = client.post(f"{place}/{what}", json=body)
        assert response.status_code == status, response.text
        operations[f"/api/v1/cases/{{case}}/{what}"]["POST"].validate_response(response)
        return response.get_json()

    told = enter("settings", settings={"procedure": "enforcement_objection"})
    assert told["settings"] == {"procedure": "enforcement_objection"}
    start = desk.course("enforcement_objection").limits["EN8"].periods[0].start.events[0]
    told = enter("events", event=start, at="2026-03-06", source="收件回执")
    assert told["history"][-1]["source"] == "收件回执" and told["history"][-1]["who"] == "测试"
    assert enter("extensions", limit="EN8", source="院长批准")["extensions"] == [{"limit": "EN8", "by": ""}]
    assert enter("extensions", limit="EN8", source="作废", withdraw=True)["extensions"] == []
    assert enter("events", event=start, at=None, source="看错了")["history"][-1]["at"] == ""
    assert enter("events", 400, event=start, at="昨天", source="x")["detail"]
    assert enter("events", 422, event=start, at="2026-03-06")["errors"][0]["pointer"] == "/source"
