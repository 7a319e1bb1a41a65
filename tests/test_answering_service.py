"""From a letter received to the next one, and a reply beside its notice: over HTTP and on the pages."""

import io
import re
from pathlib import Path

import pairs_accuracy
import pytest
import schemathesis
import yaml
from conftest import NOW, Clock, everybody
from test_pages import Form

from objection_docs import answering_desk, archive_desk, case_desk, desk
from objection_docs.errors import LogError
from objection_docs.service import create_app, scopes

ROOT = Path(__file__).resolve().parent.parent
DEFICIENT = (ROOT / "examples" / "deficient_notice.pdf").read_bytes()
SOUND = (ROOT / "tests" / "letters" / "known" / "d1-04.pdf").read_bytes()  # a complaint, 政府采购
PAIR = yaml.safe_load((pairs_accuracy.PAIRS / "known" / "12.yaml").read_text("utf-8"))
SIGNED = {"capacity": "agent", "representative": "李明远"}
NEXT = "/api/v1/checks/{id}/next/{kind}"


@pytest.fixture
def app(home):
    return create_app({"TESTING": True, "HOME": home, "CLOCK": Clock(), "IDENTIFY": everybody})


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def promised(app):
    """The answer, after it was held against the OpenAPI document."""
    operations = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)

    def check(path, method, response, status):
        assert response.status_code == status, response.text
        operations[path][method].validate_response(response)
        return response.get_json()

    return check


def sent(data, name="来文.pdf", **fields):
    return {"file": (io.BytesIO(data if isinstance(data, bytes) else data.encode()), name), **fields}


def checked(client, data=DEFICIENT, name="来文.pdf", **fields) -> str:
    response = client.post("/api/v1/checks", data=sent(data, name, **fields))
    assert response.status_code == 201, response.text
    return response.get_json()["id"]


# The next letter over HTTP


def test_one_upload_and_the_next_letter_is_ready(client, promised, home):
    form = sent(SOUND, case="案1", receipt_date="2025-11-06")
    ready = promised("/api/v1/next/{kind}", "POST", client.post("/api/v1/next/acknowledgement", data=form), 201)
    facts = ready["facts"]
    assert (facts["recipient"], facts["sender"]) == ("武汉砺川软件股份有限公司", "临江区财政局")
    assert (facts["recipient_person"], facts["recipient_phone"]) == ("邓可", "136-0000-2047")
    assert (facts["subject"], facts["subject_number"]) == (
        "临江区中小学智慧课堂平台建设项目",
        "LJZC-2025-0386",
    )
    assert (facts["notice_title"], facts["notice_date"]) == ("政府采购投诉书", "2025-11-05")
    assert {"pointer": "/facts/acceptance", "label": "受理意见"} in ready["wanting"] and facts["acceptance"] is None
    assert ready["origins"]["recipient"] == "来文" and "receipt_date" not in ready["origins"]
    assert (ready["procedure"], ready["case"]) == ("government_procurement_complaint", "案1")
    place = ready["links"]["self"]
    again = client.get(f"{place}?receipt_date=2025-11-06")
    assert promised(NEXT, "GET", again, 200)["facts"] == facts
    known = {"receipt_date": "2025-11-06", "acceptance": "accepted", "signature": SIGNED}
    made = promised(NEXT, "POST", client.post(place, json={"facts": known}), 201)
    letter = desk.show(made["id"], home=home)
    assert letter.case_id == "案1" and letter.verdict == "complete"
    assert "至迟于2025年12月18日作出书面处理决定" in letter.text and letter.report["limits"][0]["steps"]
    assert "规程：" not in letter.text  # the procedure's drawing is no rule to quote to the other side


def test_what_is_wanting_is_told_by_pointer(client, promised):
    place = f"/api/v1/checks/{checked(client, case='案1')}/next/disposition_reply"
    told = promised(NEXT, "POST", client.post(place, json={}), 422)
    pointers = {error["pointer"] for error in told["errors"]}
    assert {"/facts/points/0/finding", "/facts/conclusion", "/facts/signature"} <= pointers
    assert told["code"] == "invalid_facts"
    assert desk.search(errand="generate").total == 0


def test_null_takes_out_what_was_read_and_what_is_given_counts_before_it(client):
    place = f"/api/v1/checks/{checked(client)}/next/supplement_notice"
    assert client.get(place).get_json()["facts"]["subject"] == "HT-2026-018"
    known = {"notice_date": "2026-03-05", "supplement_by": "2026-03-20", "signature": SIGNED}
    known |= {"subject": None, "recipient": "宁波恒泰机械有限公司（新名）"}
    made = client.post(place, json={"facts": known}).get_json()
    facts = client.get(made["links"]["self"]).get_json()["facts"]
    assert "subject" not in facts and facts["recipient"].endswith("（新名）")


def test_a_letter_without_a_case_follows_the_next_one_into_it(client, home):
    id = checked(client)
    known = {"notice_date": "2026-03-05", "supplement_by": "2026-03-20", "signature": SIGNED}
    made = client.post(f"/api/v1/checks/{id}/next/supplement_notice", json={"facts": known, "case": "案9"})
    assert made.status_code == 201, made.text
    assert desk.show(id, home=home).case_id == desk.show(made.get_json()["id"], home=home).case_id == "案9"
    other = client.post(f"/api/v1/checks/{id}/next/supplement_notice", json={"facts": known, "case": "案10"})
    assert (other.status_code, other.get_json()["code"]) == (400, "other_case")


def test_the_same_key_makes_one_letter(client):
    place = f"/api/v1/checks/{checked(client)}/next/supplement_notice"
    known = {"notice_date": "2026-03-05", "supplement_by": "2026-03-20", "signature": SIGNED}
    tried = [client.post(place, json={"facts": known}, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert tried[0].get_json() == tried[1].get_json() and tried[1].headers["Idempotency-Replayed"] == "true"
    assert desk.search(errand="generate").total == 1


@pytest.mark.parametrize(
    ("kind", "data", "status", "code"),
    [
        ("objection_notice", DEFICIENT, 404, "unknown_kind"),
        ("nonsense", DEFICIENT, 404, "unknown_kind"),
        ("acknowledgement", PAIR["reply"].encode(), 400, "not_a_notice"),
        ("acknowledgement", b"", 422, "empty_file"),
    ],
)
def test_where_no_letter_follows_it_is_told(client, promised, kind, data, status, code):
    response = client.post(f"/api/v1/next/{kind}", data=sent(data, "来文.txt" if data[:1] != b"%" else "来文.pdf"))
    assert promised("/api/v1/next/{kind}", "POST", response, status)["code"] == code


def test_a_letter_of_our_own_is_not_one_received(client):
    made = client.post("/api/v1/documents", json={"kind": "objection_notice", "facts": desk.sample("objection_notice")})
    assert client.get(f"/api/v1/checks/{made.get_json()['id']}/next/acknowledgement").status_code == 404


def test_nobody_reads_by_answering_what_he_may_not_read(home):
    def client(*may):
        config = {"TESTING": True, "HOME": home, "IDENTIFY": lambda: scopes.Caller("某人", frozenset(may))}
        return create_app(config).test_client()

    notice = checked(client("check"))
    facts = {"kind": "objection_notice", "facts": desk.sample("objection_notice")}
    own = client("generate").post("/api/v1/documents", json=facts).get_json()["id"]
    place = f"/api/v1/checks/{notice}/next/acknowledgement"
    writer = client("generate")
    for refused in (
        writer.get(place),
        writer.post(place, json={}),
        writer.post("/api/v1/next/acknowledgement", data=sent(DEFICIENT)),
        client("check").post("/api/v1/checks", data=sent(PAIR["reply"], "回复.txt", against=own)),
    ):
        assert refused.status_code == 403 and "权限" in refused.get_json()["detail"]
    assert desk.search(home=home).total == 2
    assert client("generate", "archive").get(place).status_code == 200


# What the case knows


def test_the_case_tells_the_day_of_receipt_and_what_we_wrote_before(client, home):
    id = checked(client, SOUND, case="案1", procedure="government_procurement_complaint")
    about = {"now": NOW, "who": "王", "home": home}
    case_desk.event("案1", "财政部门收到投诉书", "2025-11-06", source="签收单", **about)
    place = f"/api/v1/checks/{id}/next/"
    ready = client.get(place + "acknowledgement").get_json()
    assert (ready["facts"]["receipt_date"], ready["origins"]["receipt_date"]) == ("2025-11-06", "案件记录")
    assert [limit["last"]["day"] for limit in ready["limits"]] == ["2025-12-18"]
    own = {"number": "临财采受〔2025〕8号", "sender_address": "临江区府前路1号", "notice_title": "政府采购投诉书"}
    own |= {"acceptance": "accepted", "signature": SIGNED}
    made = client.post(place + "acknowledgement", json={"facts": own})
    assert made.status_code == 201, made.text
    reply = client.get(place + "disposition_reply").get_json()
    assert reply["facts"]["acknowledgement_number"] == own["number"]
    assert reply["facts"]["sender_address"] == own["sender_address"]
    assert reply["origins"]["sender_address"] == made.get_json()["number"]
    assert "number" not in reply["facts"] and "signature" in {w["pointer"].split("/")[2] for w in reply["wanting"]}


# A reply beside its notice, over HTTP


def test_a_reply_is_held_against_a_letter_of_the_log(client, promised):
    notice = checked(client, PAIR["notice"], "异议.txt")
    form = sent(PAIR["reply"], "回复.txt", against=notice)
    report = promised("/api/v1/checks", "POST", client.post("/api/v1/checks", data=form), 201)
    about = report["against"]
    assert (about["id"], about["file"], about["points"]) == (notice, "异议.txt", len(about["answers"]))
    assert {one["status"] for one in about["answers"]} >= {"answered", "unanswered"}
    assert all(one["point"]["quote"] for one in about["answers"])
    kept = promised("/api/v1/checks/{id}", "GET", client.get(report["links"]["self"]), 200)
    assert kept["against"] == about


def test_the_notice_may_come_as_a_second_file(client, promised):
    form = sent(PAIR["reply"], "回复.txt", case="案1", against_file=(io.BytesIO(PAIR["notice"].encode()), "异议.txt"))
    report = promised("/api/v1/checks", "POST", client.post("/api/v1/checks", data=form), 201)
    assert report["against"]["file"] == "异议.txt"
    assert desk.search(case="案1").total == 2


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"against": "nothing"}, 404, "no_such_entry"),
        ({"against": "x", "against_file": (b"text", "a.txt")}, 400, "one_notice_needed"),
        ({"against_file": (b"", "a.txt")}, 422, "empty_file"),
    ],
)
def test_a_notice_that_is_none_is_told(client, promised, fields, status, code):
    files = {k: (io.BytesIO(v[0]), v[1]) if isinstance(v, tuple) else v for k, v in fields.items()}
    response = client.post("/api/v1/checks", data=sent(PAIR["reply"], "回复.txt", **files))
    assert promised("/api/v1/checks", "POST", response, status)["code"] == code
    assert desk.search(kind="disposition_reply").total == 0


# The next letter on the pages


def test_a_report_leads_to_the_letters_that_can_follow(client):
    page = client.get(f"/log/{checked(client)}").text
    assert [re.sub("<.*", "", link) for link in re.findall(r'answers=[^"]+">([^\n]+?)</a>', page)] == [
        "写确认函",
        "写处理回复",
        "写补正通知",
    ]
    assert "写补正通知" not in client.get(f"/log/{checked(client, SOUND)}").text  # it lacks nothing
    reply = client.get(f"/log/{checked(client, PAIR['reply'], '回复.txt')}").text
    assert "写处理回复" not in reply and "与来函对照" in reply


def test_the_form_is_filled_with_what_was_read_and_the_letter_joins_the_case(client, home):
    id = checked(client, SOUND, case="案1")
    page = client.get(f"/write/acknowledgement?answers={id}").text
    values = Form(page).values
    assert (values["f.recipient"], values["f.sender"]) == ("武汉砺川软件股份有限公司", "临江区财政局")
    assert (values["procedure"], values["case"]) == ("government_procurement_complaint", "案1")
    assert page.count("读自来文") >= 8 and 'href="#f-receipt_date">收到日期' in page
    filled = values | {"f.receipt_date": "2025-11-06", "f.acceptance": "accepted"}
    told = client.post("/write/acknowledgement", data=filled | {"do": "final"})
    assert told.status_code == 422 and 'id="f-signature-capacity-fault"' in told.text and "capacity（" not in told.text
    assert "不填就写：2025-12-18" in told.text and f'name="answers" value="{id}"' in told.text
    signed = {"f.signature.capacity": "agent", "f.signature.representative": "李明远", "do": "final"}
    done = client.post("/write/acknowledgement", data=Form(told.text).values | signed)
    letter = desk.show(done.headers["Location"][5:], home=home)
    assert (letter.case_id, letter.kind, letter.verdict) == ("案1", "acknowledgement", "complete")
    for place in ("/cases/案1", "/write?case=案1"):
        assert f"/write/disposition_reply?answers={id}" in client.get(place).text


def test_the_preview_tells_what_is_reckoned(client):
    values = Form(client.get(f"/write/acknowledgement?answers={checked(client, SOUND)}").text).values
    asked = values | {"f.receipt_date": "2025-11-06", "f.acceptance": "accepted"}
    told = client.post("/write/acknowledgement/preview", data=asked).get_json()
    assert told["reckoned"]["f-reply_by"].startswith("不填就写：2025-12-18（30个工作日")
    assert client.post("/write/acknowledgement/preview", data=values).get_json()["reckoned"] == {}


def test_a_form_put_aside_still_knows_its_letter(client):
    id = checked(client)
    values = Form(client.get(f"/write/supplement_notice?answers={id}").text).values
    assert values["f.deficiencies.0.item"] == "提出方联系方式" and "例如" not in values["f.deficiencies.0.add"]
    saved = client.post("/write/supplement_notice", data=values | {"do": "save"})
    page = client.get(saved.headers["Location"]).text
    assert Form(page).values["answers"] == id and "来文全文" in page
    (place,) = re.findall(r'href="(/write/supplement_notice\?draft=[^"]+)"', client.get("/write").text)
    again = Form(client.get(place).text).values
    assert again["answers"] == id and f'/log/{id}">答复的来文' in client.get("/write").text
    written = client.post("/write/supplement_notice", data=again | {"case": "案9", "do": "draft"})
    assert written.status_code == 303 and desk.show(id).case_id == "案9"  # the letter received joins the case


def test_a_form_goes_on_without_a_letter_that_was_destroyed(client, monkeypatch):
    id = checked(client)
    values = Form(client.get(f"/write/supplement_notice?answers={id}").text).values
    saved = client.post("/write/supplement_notice", data=values | {"do": "save"}).headers["Location"]

    def gone(*_args, **_kwargs):
        raise LogError("这份文书已按销毁清册销毁", code="destroyed", status=410)

    monkeypatch.setattr(answering_desk, "received", gone)
    page = client.get(saved)
    again = Form(page.text).values
    assert page.status_code == 200 and "所答复的来文不在了：这份文书已按销毁清册销毁" in page.text
    assert again["f.deficiencies.0.item"] == values["f.deficiencies.0.item"] and "answers" not in again
    refused = client.post("/write/supplement_notice", data=values | {"do": "final"})
    assert refused.status_code == 422 and "所答复的来文不在了" in refused.text
    assert Form(refused.text).values["f.deficiencies.0.item"] == values["f.deficiencies.0.item"]
    assert client.post("/write/supplement_notice", data=Form(refused.text).values | {"do": "draft"}).status_code == 303


def test_only_a_letter_received_opens_a_form(client):
    reply = checked(client, PAIR["reply"], "回复.txt")
    assert client.get(f"/write/acknowledgement?answers={reply}").status_code == 400
    assert client.get("/write/acknowledgement?answers=nothing").status_code == 404


# A reply beside its notice, on the pages


def test_the_notice_is_chosen_from_the_log_or_uploaded(client):
    other = checked(client, SOUND, "别案.pdf", case="案2")
    notice = checked(client, PAIR["notice"], "异议.txt", case="案1")
    reply = checked(client, PAIR["reply"], "回复.txt", case="案1")
    page = client.get(f"/log/{reply}/against").text
    assert f"/log/{reply}/against/{notice}" in page and "同案" in page and other not in page
    assert f"/log/{reply}/against/{other}" in client.get(f"/log/{reply}/against?q=白沙洲").text
    assert "没有找到" in client.get(f"/log/{reply}/against?q=没有的词").text
    gone = client.post(f"/log/{reply}/against", data=sent(PAIR["notice"], "再来.txt"))
    assert gone.status_code == 303
    uploaded = gone.headers["Location"].rsplit("/", 1)[1]
    assert desk.show(uploaded).case_id == "案1"
    assert client.post(f"/log/{reply}/against", data={}).status_code == 422
    assert client.post(f"/log/{reply}/against", data=sent(b"", "空.pdf")).status_code == 422


def test_each_point_leads_to_both_places(client):
    notice = checked(client, PAIR["notice"], "异议.txt")
    reply = checked(client, PAIR["reply"], "回复.txt", against=notice)
    assert f"/log/{reply}/against/{notice}" in client.get(f"/log/{reply}").text
    page = client.get(f"/log/{reply}/against/{notice}").text
    assert "对方的理由和请求共 8 项，其中 2 项没有答复" in page
    links = set(re.findall(r'href="#([pf]-\w+)"', page))
    assert links and all(page.count(f'id="{link}"') == 1 for link in links)
    both = re.findall(r'data-places="(\S+) (\S+)"', page)
    assert len(both) == 7 and all(f'id="{place}"' in page for pair in both for place in pair)


def test_a_notice_in_pdf_shows_its_pages(client):
    notice, reply = checked(client), checked(client, PAIR["reply"], "回复.txt")
    page = client.get(f"/log/{reply}/against/{notice}").text
    assert f'src="/log/{notice}/pages/1"' in page and "<rect" in page and 'aria-label="来函各页"' in page
    assert 'aria-label="回复全文"' in page


def test_what_cannot_be_read_is_not_compared(client):
    reply = checked(client, PAIR["reply"], "回复.txt")
    empty = client.post("/api/v1/checks", data=sent(b"", "空.pdf")).get_json()["id"]
    assert client.get(f"/log/{reply}/against/{empty}").status_code == 404
    assert client.get(f"/log/{empty}/against").status_code == 404


def test_it_is_recorded_that_both_letters_were_opened(client):
    notice, reply = checked(client, PAIR["notice"], "异议.txt"), checked(client, PAIR["reply"], "回复.txt")
    client.get(f"/log/{reply}/against/{notice}")
    for id in (notice, reply):
        assert [entry.details["how"] for entry in archive_desk.standing(id).later] == ["shown"]
