import io
import json
import threading
import urllib.request
from urllib.parse import unquote

import pytest
from conftest import COMPLETE, INCOMPLETE, NOW, Clock, everybody
from flask import request
from lxml import html
from werkzeug.http import parse_options_header

from objection_docs import archive_desk, desk
from objection_docs.archive import Archive
from objection_docs.errors import ConversionError, UsageError
from objection_docs.service import answers, create_app, server
from objection_docs.settings import ServiceSettings


@pytest.fixture
def app(rooms, home):
    return create_app(
        {
            "TESTING": True,
            "HOME": home,
            "CLOCK": Clock(),
            "MAX_UPLOAD": 50_000,
            "MAX_FILES": 3,
            "IDENTIFY": everybody,
        }
    )


@pytest.fixture
def client(app):
    return app.test_client()


def upload(text=COMPLETE, name="信.txt"):
    return (io.BytesIO(text if isinstance(text, bytes) else text.encode()), name)


def post_check(client, text=COMPLETE, name="信.txt", **fields):
    return client.post("/api/v1/checks", data={"file": upload(text, name), **fields})


def post_document(client, **body):
    return client.post("/api/v1/documents", json={"kind": "objection_notice", "facts": {"text": COMPLETE}, **body})


def is_problem(response, status, code):
    body = response.get_json()
    assert response.mimetype == "application/problem+json", response.data
    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    assert all(any("一" <= c <= "鿿" for c in body[key]) for key in ("title", "detail"))
    return body


# --- API: checks ----------------------------------------------------------------------------------------------------


def test_a_check_answers_201_with_report_id_and_place(client):
    response = post_check(client, case="案1")
    report = response.get_json()
    assert response.status_code == 201 and report["verdict"] == "complete" and report["elements"]
    assert response.headers["Location"] == f"/api/v1/checks/{report['id']}"
    assert client.get(response.headers["Location"]).get_json() == report


def test_the_original_comes_back_byte_for_byte_and_only_as_a_download(client):
    data = b"<script>alert(1)</script>" + COMPLETE.encode()
    report = post_check(client, data, "异议 通知.html").get_json()
    with client.get(report["links"]["file"]) as response:
        assert response.data == data
        assert response.headers["Content-Disposition"].startswith("attachment;")
        assert (
            "filename*=UTF-8''%E5%BC%82%E8%AE%AE%20%E9%80%9A%E7%9F%A5.html" in response.headers["Content-Disposition"]
        )
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response.headers["Content-Security-Policy"]
        assert response.mimetype == "application/octet-stream"


def test_an_unreadable_upload_is_a_problem_that_carries_the_report_and_is_logged(client):
    response = post_check(client, b"", "空.pdf")
    body = is_problem(response, 422, "empty_file")
    assert body["verdict"] == "unreadable" and body["error"]["code"] == "empty_file" and body["file"] == "空.pdf"
    assert client.get(response.headers["Location"]).get_json()["verdict"] == "unreadable"


def test_an_upload_too_large_is_told(client):
    assert "0.05 MB" in is_problem(post_check(client, "长" * 20_000), 413, "too_large")["detail"]
    assert "0.05 MB" in is_problem(post_check(client, "长" * 80_000), 413, "too_large")["detail"]
    assert desk.search().total == 0


def test_a_check_needs_exactly_one_file(client):
    is_problem(client.post("/api/v1/checks", data={"kind": "complaint"}), 400, "one_file_needed")
    two = {"file": [upload(), upload()]}
    is_problem(client.post("/api/v1/checks", data=two), 400, "one_file_needed")


def test_an_unknown_kind_is_told(client):
    is_problem(post_check(client, kind="poem"), 400, "unknown_kind")


# --- API: documents -------------------------------------------------------------------------------------------------


def test_a_document_answers_201_with_number_and_links(client):
    response = post_document(client, case="案1")
    made = response.get_json()
    assert response.status_code == 201 and made["number"] == "异通-2026-0001" and made["kind"] == "objection_notice"
    assert response.headers["Location"] == made["links"]["self"]
    entry = client.get(made["links"]["self"]).get_json()
    assert entry["facts"] == {"text": COMPLETE} and entry["case"] == "案1" and entry["sha256"] == made["sha256"]
    with client.get(made["links"]["docx"]) as response:
        assert response.data == COMPLETE.encode() and response.mimetype == desk.DOCX


def test_a_pdf_is_converted_on_demand_or_told_why_not(client, monkeypatch):
    links = post_document(client).get_json()["links"]
    monkeypatch.setattr(desk, "to_pdf", lambda docx: b"%PDF-" + docx)
    with client.get(links["pdf"]) as response:
        assert response.data.startswith(b"%PDF-") and response.mimetype == "application/pdf"

    def absent(_docx):
        raise ConversionError("没有找到 LibreOffice", code="no_libreoffice")

    monkeypatch.setattr(desk, "to_pdf", absent)
    is_problem(client.get(links["pdf"]), 503, "no_libreoffice")


def test_each_faulty_fact_is_named_by_pointer(client):
    body = is_problem(post_document(client, facts={"other": 1}), 422, "invalid_facts")
    assert body["errors"] == [{"pointer": "/facts/evidence/0/name", "detail": "缺少这一项"}]
    assert desk.search().total == 0


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"facts": {}}, "/kind"),
        ({"kind": "objection_notice"}, "/facts"),
        ({"kind": 3, "facts": {}}, "/kind"),
        ({"kind": "objection_notice", "facts": []}, "/facts"),
        ({"kind": "objection_notice", "facts": {}, "draft": "yes"}, "/draft"),
        ({"kind": "objection_notice", "facts": {}, "a/b": 1}, "/a~1b"),
        ([], ""),
    ],
)
def test_a_body_of_another_shape_is_told_by_pointer(client, body, pointer):
    response = client.post("/api/v1/documents", json=body)
    assert [error["pointer"] for error in is_problem(response, 422, "invalid_request")["errors"]] == [pointer]


def test_a_body_that_is_not_json_is_told(client):
    response = client.post("/api/v1/documents", data=b"{kind", content_type="application/json")
    assert 400 <= response.status_code < 500 and "JSON" in response.get_json()["detail"]
    gbk = json.dumps({"kind": "异议"}, ensure_ascii=False).encode("gbk")
    response = client.post("/api/v1/documents", data=gbk, content_type="application/json")
    assert 400 <= response.status_code < 500 and "UTF-8" in response.get_json()["detail"]
    is_problem(client.post("/api/v1/documents", data="x=1", content_type="text/plain"), 415, "not_json")
    deep = client.post("/api/v1/documents", data=b"[" * 100_000, content_type="application/json")
    assert 400 <= deep.status_code < 500


def test_an_entry_of_the_other_errand_is_not_found(client):
    check, document = post_check(client).get_json()["id"], post_document(client).get_json()["id"]
    is_problem(client.get(f"/api/v1/documents/{check}"), 404, "no_such_entry")
    is_problem(client.get(f"/api/v1/checks/{document}"), 404, "no_such_entry")
    is_problem(client.get("/api/v1/checks/nothing/file"), 404, "no_such_entry")


# --- API: log, kinds, the rest --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["丙.txt", "乙.txt", "甲.txt"]),
        ("?q=仲裁", ["丙.txt", "甲.txt"]),
        ("?q=恒泰机械&status=incomplete", ["乙.txt"]),
        ("?missing=facts", ["乙.txt"]),
        ("?party=明远&case=案1", ["甲.txt"]),
        ("?from=2026-03-05&to=2026-03-05&kind=objection_notice&errand=check", ["丙.txt", "乙.txt", "甲.txt"]),
        ("?from=2026-03-06", []),
        ('?q="', ["丙.txt", "乙.txt", "甲.txt"]),
    ],
)
def test_the_log_is_searched(client, query, names):
    post_check(client, name="甲.txt", case="案1")
    post_check(client, INCOMPLETE, "乙.txt")
    post_check(client, name="丙.txt")
    found = client.get(f"/api/v1/log{query}").get_json()
    assert [entry["file"] for entry in found["entries"]] == names and found["total"] == len(names)
    assert all("text" not in entry and "report" not in entry and entry["links"]["self"] for entry in found["entries"])


def test_the_log_is_paged(client):
    for i in range(5):
        post_check(client, name=f"{i}.txt")
    first = client.get("/api/v1/log?limit=3").get_json()
    second = client.get(f"/api/v1/log?limit=3&cursor={first['next_cursor']}").get_json()
    assert [entry["file"][0] for entry in first["entries"] + second["entries"]] == list("43210")
    assert (first["total"], second["total"], second["next_cursor"]) == (5, 5, None)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("from=昨天", "invalid_date"),
        ("to=20260305", "invalid_date"),
        ("limit=0", "invalid_limit"),
        ("limit=9999", "invalid_limit"),
        ("cursor=x", "invalid_cursor"),
        ("status=perfect", "invalid_status"),
        ("errand=x", "invalid_errand"),
        ("kind=zz", "invalid_kind"),
        ("procedure=zz", "invalid_procedure"),
        ("missing=zz", "invalid_missing"),
        ("vague=zz", "invalid_vague"),
        ("element=zz:vague", "invalid_element"),
        ("element=evidence:zz", "invalid_element"),
        ("element=evidence", "invalid_element"),
        ("fault=zz", "invalid_fault"),
        ("retention=永远", "invalid_retention"),
        ("least=三万", "invalid_amount"),
        ("least=2&most=1", "invalid_amount"),
        ("from=2026-03-06&to=2026-03-05", "invalid_date"),
    ],
)
def test_a_wrong_filter_is_told(client, query, code):
    is_problem(client.get(f"/api/v1/log?{query}"), 400, code)
    page = client.get(f"/log?{query}")
    assert page.status_code == 422 and 'role="search"' in page.text and "共 " not in page.text


@pytest.mark.parametrize(
    "values", [{"kind": "poem"}, {"procedure": "ours"}, {"elements": [("rhyme", "vague", "required")]}]
)
def test_names_that_only_the_log_still_knows_may_be_asked_for(client, home, values):
    """As of a plugin that is gone."""
    with Archive(home) as archive:
        archive.add(at=NOW, errand="check", text="全文", **values)
    asked = {"element": "rhyme:vague"} if "elements" in values else values
    for path in ("/log/list.csv", "/log"):
        assert client.get(path, query_string=asked).status_code == 200
    assert client.get("/api/v1/log", query_string=asked).get_json()["total"] == 1
    assert client.get("/api/v1/log", query_string=asked | {"q": "没有的词"}).get_json()["total"] == 0


def test_a_filter_may_be_called_by_its_name(client):
    post_check(client, INCOMPLETE)
    names = {"kind": "异议通知", "missing": "事实及理由", "element": "事实及理由：缺失", "procedure": "异议处理程序"}
    for name, value in names.items():
        asked = {name: value}
        assert client.get("/api/v1/log", query_string=asked).get_json()["total"] == 1, asked
        assert "异议通知" in client.get("/log/list.csv", query_string=asked).text


def chosen(page, name):
    return page.xpath(f"string(//select[@id='{name}']/option[@selected]/@value)")


def test_the_page_tells_a_wrong_filter_beside_its_field_and_keeps_the_rest(client):
    post_check(client, INCOMPLETE)
    asked = {"q": "恒泰", "least": "三万", "from": "昨天", "element": "facts:missing"}
    page = html.fromstring(client.get("/log", query_string=asked | {"from": ""}).text)
    assert "“三万”不是金额" in page.xpath("string(//p[@id='least-fault'])")
    (field,) = page.xpath("//input[@id='least']")
    assert field.get("value") == "三万" and field.get("aria-describedby") == "least-fault"
    assert page.xpath("//details[contains(@class, 'more')]/@open")
    assert page.xpath("string(//input[@id='q']/@value)") == "恒泰"
    assert (chosen(page, "element"), chosen(page, "element_status")) == ("facts", "missing")
    page = html.fromstring(client.get("/log", query_string=asked | {"least": ""}).text)
    assert "“昨天”不是日期" in page.xpath("string(//p[@id='from-fault'])")
    assert page.xpath("string(//input[@id='from']/@value)") == "昨天"
    for one, other in (("element", "element_status"), ("element_status", "element")):
        page = html.fromstring(client.get("/log", query_string={one: "missing" if "_" in one else "facts"}).text)
        assert "请也选择" in page.xpath(f"string(//p[@id='{other}-fault'])")


def test_an_element_is_chosen_by_name_and_status_and_goes_on_in_one(client):
    post_check(client, INCOMPLETE)
    post_check(client, COMPLETE)
    asked = {"element": "facts", "element_status": "missing"}
    page = html.fromstring(client.get("/log", query_string=asked).text)
    assert "共 1 条" in page.text_content()
    assert page.xpath("//input[@type='hidden' and @name='element']/@value") == ["facts:missing"]
    assert any("element=facts:missing" in unquote(link) for link in page.xpath("//a/@href"))
    told = page.xpath("//select[@id='element']/option[@value='evidence']/text()")
    assert told == ["证据材料"] and "笼统" in page.xpath("//select[@id='element_status']/option/text()")


def test_kinds_schema_procedures_and_health(client):
    (kind,) = client.get("/api/v1/kinds").get_json()["kinds"]
    assert kind["id"] == "objection_notice" and client.get(kind["schema"]).get_json()["type"] == "object"
    assert client.get("/api/v1/procedures").get_json()["procedures"][0]["id"] == "contract_objection_notice"
    assert client.get("/healthz").get_json() == {"status": "ok"}
    is_problem(client.get("/api/v1/kinds/poem/schema"), 404, "unknown_kind")


def test_every_wrong_address_and_method_is_a_problem_under_api_and_a_page_elsewhere(client):
    is_problem(client.get("/api/v1/nothing"), 404, "not_found")
    response = client.delete("/api/v1/log")
    is_problem(response, 405, "method_not_allowed")
    assert "GET" in response.headers["Allow"]
    page = client.get("/nothing")
    assert page.status_code == 404 and page.mimetype == "text/html" and "没有这个地址" in page.text
    assert client.post("/log").status_code == 405


def test_an_unexpected_error_shows_no_traceback(app, monkeypatch):
    def broken():
        raise RuntimeError("secret path /srv")

    monkeypatch.setattr(desk, "kinds", broken)
    app.testing = False
    app.logger.disabled = True
    client = app.test_client()
    body = is_problem(client.get("/api/v1/kinds"), 500, "internal_server_error")
    assert "secret" not in json.dumps(body) and body["request_id"]
    page = client.get("/")
    assert page.status_code == 500 and "secret" not in page.text and "Traceback" not in page.text
    app.logger.disabled = False


def test_a_log_error_tells_no_path_of_the_machine(client, home):
    home.write_text("in the way")
    body = is_problem(client.get("/api/v1/log"), 503, "log_unavailable")
    assert str(home) not in json.dumps(body)


# --- safety ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/api/v1/checks"])
def test_other_sites_cannot_post(client, headers, path):
    response = client.post(path, data={"file": upload()}, headers=headers)
    assert response.status_code == 403 and desk.search().total == 0


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}, {}])
def test_our_own_pages_and_programs_can_post(client, headers):
    assert client.post("/api/v1/checks", data={"file": upload()}, headers=headers).status_code == 201


def test_a_foreign_name_for_this_machine_is_refused(client):
    assert client.get("/log", headers={"Host": "evil.example"}).status_code == 400
    is_problem(client.get("/api/v1/log", headers={"Host": "evil.example:8765"}), 400, "bad_request")
    assert client.get("/log", headers={"Host": "127.0.0.1:8765"}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/log", "/api/v1/log", "/static/style.css", "/nothing"])
def test_every_answer_carries_the_safety_headers(client, path):
    with client.get(path) as response:
        headers = response.headers
        assert (
            "default-src 'none'" in headers["Content-Security-Policy"]
            and "unsafe" not in headers["Content-Security-Policy"]
        )
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "same-origin"
        assert len(headers["X-Request-Id"]) == 32


def test_a_request_id_is_echoed_when_it_is_harmless(client):
    assert client.get("/healthz", headers={"X-Request-Id": "abc-1"}).headers["X-Request-Id"] == "abc-1"
    assert client.get("/healthz", headers={"X-Request-Id": "<b>"}).headers["X-Request-Id"] != "<b>"


# --- pages ----------------------------------------------------------------------------------------------------------


def test_one_upload_leads_to_its_report(client):
    response = client.post("/", data={"file": upload(INCOMPLETE), "kind": "", "procedure": "", "case": ""})
    assert response.status_code == 303
    page = client.get(response.headers["Location"]).text
    for words in ("不完整", "异议事实", "缺失", "写明经过", "规程", "宁波恒泰机械有限公司", "下载原件"):
        assert words in page
    with client.get(response.headers["Location"] + "/file") as back:
        assert back.data == INCOMPLETE.encode()


def test_several_uploads_lead_to_a_list(client):
    files = [upload(), upload(INCOMPLETE, "乙.txt"), upload(b"", "空.pdf")]
    response = client.post("/", data={"file": files})
    page = client.get(response.headers["Location"]).text
    assert page.index("信.txt") < page.index("乙.txt") < page.index("空.pdf") and "文件是空的" in page


def test_an_unreadable_upload_is_told_on_a_page(client):
    response = client.post("/", data={"file": upload(b"", "空.pdf")})
    assert response.status_code == 422 and "文件是空的" in response.text and desk.search().total == 1


def test_a_form_without_file_or_with_too_many_is_told(client):
    empty = client.post("/", data={"file": (io.BytesIO(b""), "")})
    assert empty.status_code == 422 and "请先选择" in empty.text
    many = client.post("/", data={"file": [upload() for _ in range(4)]})
    assert many.status_code == 422 and "最多检查 3 份" in many.text
    large = client.post("/", data={"file": upload("长" * 90_000)})
    assert large.status_code == 413 and "0.05 MB" in large.text


def test_a_generated_letter_has_a_page_with_its_downloads(client):
    made = post_document(client).get_json()
    page = client.get(f"/log/{made['id']}").text
    assert made["number"] in page and "下载 Word" in page and f"/log/{made['id']}/pdf" in page


def test_the_log_page_searches_and_pages(client):
    for i in range(3):
        post_check(client, COMPLETE if i else INCOMPLETE, f"{i}.txt")
    page = client.get("/log?q=仲裁&limit=1").text
    assert "共 2 条" in page and "2.txt" in page and "1.txt" not in page and 'rel="next"' in page
    assert "没有符合条件的文书" in client.get("/log?q=不存在的词").text
    assert client.get("/log?from=x").status_code == 422


def test_hostile_names_and_texts_are_escaped(client):
    evil = "<script>alert(1)</script>"
    report = post_check(client, COMPLETE + evil, f"{evil}.txt", case=evil).get_json()
    for path in (f"/log/{report['id']}", "/log", f"/log?q={evil}", f"/results?id={report['id']}"):
        assert "<script>alert" not in client.get(path).text


def test_pages_are_accessible_at_their_core(client):
    post_check(client)
    for path in ("/", "/log", f"/log/{client.get('/api/v1/log').get_json()['entries'][0]['id']}"):
        page = client.get(path).text
        assert 'lang="zh-CN"' in page and page.count("<h1") == 1 and 'href="#main"' in page and "<title>" in page
        for field in ("file", "kind", "procedure", "case", "q", "status", "party", "from", "to", "errand"):
            assert (f'id="{field}"' in page) == (f'<label for="{field}"' in page)


def test_requests_at_once_each_leave_one_entry(app):
    answers = []

    def work(name):
        client = app.test_client()
        for i in range(5):
            answers.append(post_check(client, name=f"{name}{i}.txt").status_code)
            answers.append(post_document(client).status_code)

    threads = [threading.Thread(target=work, args=(name,)) for name in "甲乙丙"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [201] * 30 and desk.search().total == 30 and archive_desk.verify() == []


# --- the server -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.com"])
def test_the_server_stays_on_this_machine(host):
    with pytest.raises(UsageError, match="--allow-remote"):
        server.open_server(ServiceSettings(host=host, port=0))


def test_the_server_answers_and_tells_a_taken_port(rooms, home):
    running = server.open_server(ServiceSettings(port=0), config={"HOME": home})
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{running.port}/healthz") as answer:
            assert answer.status == 200 and answer.headers["Server"] == "objection-docs"
        with pytest.raises(UsageError, match="已被占用"):
            server.open_server(ServiceSettings(port=running.port))
    finally:
        running.shutdown()
        thread.join()
        running.server_close()


@pytest.mark.parametrize("tool", ["/api/v1/documents/{id}/docx", "/log/{id}/file", "/log/{id}/report.html"])
def test_a_download_has_a_name_for_programs_that_only_know_ascii(client, tool):
    id = post_document(client).get_json()["id"]
    with client.get(tool.format(id=id)) as answer:
        said = parse_options_header(answer.headers["Content-Disposition"])[1]
        raw = answer.headers["Content-Disposition"]
    ending = "html" if tool.endswith("html") else "docx"
    assert f"filename={id}.{ending};" in raw and said["filename"].startswith("异议通知")


@pytest.mark.parametrize(
    ("shown", "asked", "plain"),
    [
        ("异议通知.docx", "01M8", "01M8.docx"),
        ("异议通知.docx", "异通-2026-0003", "2026-0003.docx"),
        ("移交包 2026-03-05.zip", "", "2026-03-05.zip"),
        ("来函 final 版.pdf", "01M8", "final.pdf"),
        ("合同.终稿", "", "file"),
        ("..文.pdf", "../é", "file.pdf"),
        ('文"; x=.docx', "", "x.docx"),
    ],
)
def test_the_ascii_name_is_never_hidden_nor_empty(app, shown, asked, plain):
    with app.test_request_context("/"):
        request.view_args = {"id": asked}
        assert answers.plain_name(shown) == plain
        said = answers.download(shown, b"x", "text/plain").headers["Content-Disposition"]
    name = parse_options_header(said)[1]["filename"]
    assert name == shown and f"filename={plain};" in said
