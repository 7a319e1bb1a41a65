"""The pages over HTTP, through the real rooms: the report and what is done with it, the form, the record."""

import io
import json
import re
import zipfile
from datetime import datetime, timezone
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import made_papers
import pytest
from conftest import Clock, everybody

from objection_docs import archive_desk, desk
from objection_docs.facts.carried import carried
from objection_docs.reports import findings, pictures
from objection_docs.service import create_app, forms

ROOT = Path(__file__).resolve().parent.parent
DEFICIENT = (ROOT / "examples" / "deficient_notice.pdf").read_bytes()
WORD = (ROOT / "tests" / "letters" / "known" / "d1-08.docx").read_bytes()
KINDS = ("objection_notice", "acknowledgement", "disposition_reply", "complaint")
NOW = datetime(2026, 3, 5, tzinfo=timezone.utc)


@pytest.fixture
def client(home):
    app = create_app({"TESTING": True, "HOME": home, "CLOCK": Clock(), "IDENTIFY": everybody})
    return app.test_client()


def check(client, data=DEFICIENT, name="信.pdf", **fields):
    response = client.post("/", data={"file": (io.BytesIO(data), name), **fields})
    assert response.status_code == 303
    return response.headers["Location"]


def later(home, id):
    return archive_desk.standing(id, home=home).later


class Form(HTMLParser):
    """What a browser would send back of the form of facts, and what there is to see in it."""

    def __init__(self, page: str):
        super().__init__()
        self.values, self.links, self._text, self._select, self._template = {}, [], None, None, 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self._template += tag == "template"
        if tag in ("link", "script", "img", "a", "form"):
            self.links += [given[name] for name in ("href", "src", "action") if given.get(name)]
        if self._template or tag == "button" or given.get("type") in ("checkbox", "file"):
            return
        name = given.get("name")
        if tag == "input" and name:
            self.values[name] = given.get("value") or ""
        elif tag == "textarea":
            self._text, self.values[name] = name, ""
        elif tag == "select":
            self._select, self.values[name] = name, ""
        elif tag == "option" and self._select and "selected" in given:
            self.values[self._select] = given.get("value", self._select)
            self._text = self._select if "value" not in given else None
            if self._text:
                self.values[self._select] = ""

    def handle_endtag(self, tag):
        self._template -= tag == "template"
        if tag in ("textarea", "option"):
            self._text = None
        if tag == "select":
            self._select = None

    def handle_data(self, data):
        if self._text:
            self.values[self._text] += data


# The report


def test_a_report_stands_beside_its_pages(client):
    place = check(client)
    page = client.get(place).text
    assert f'src="{place}/pages/1"' in page and page.count("<rect") >= 10
    for finding in ("clauses", "fault-1", "date"):
        assert f'id="f-{finding}"' in page and f'id="p-{finding}"' in page and f'href="#f-{finding}"' in page
    assert 'id="p-sender_contact"' not in page  # missing altogether: there is no place to go to
    picture = client.get(f"{place}/pages/1")
    assert picture.mimetype == "image/png" and picture.data.startswith(b"\x89PNG")
    assert client.get(f"{place}/pages/2").status_code in (404, 422)
    assert client.get(f"{place}/pages/0").status_code == 404


def test_what_is_no_letter_is_told_and_no_letter_is_offered_in_answer(client):
    page = client.get(check(client, "本周食堂菜单\n午餐：红烧肉、番茄蛋汤、米饭\n".encode(), "菜单.txt")).text
    assert "不像异议文书" in page and "文书种类" in page
    assert "写确认函" not in page and "写处理回复" not in page
    assert "写确认函" in client.get(check(client)).text
    named = client.get(check(client, b"hello", "a.txt", kind="objection_notice")).text
    assert "不像异议文书" not in named and "写确认函" in named  # who checks it knows what it is


def test_a_letter_in_word_shows_its_text_with_the_quotes_marked(client):
    place = check(client, WORD, "信.docx")
    page = client.get(place).text
    assert "<rect" not in page and 'class="quoted' in page
    ids = set(re.findall(r'href="#p-([\w-]+)"', page))
    assert ids and all(f'id="p-{id}"' in page for id in ids)
    assert client.get(f"{place}/pages/1").status_code == 404


def test_a_finding_is_accepted_with_a_reason_in_the_log(client, home):
    place = check(client)
    assert client.post(f"{place}/accept", data={"finding": "evidence", "reason": " "}).status_code == 422
    assert client.post(f"{place}/accept", data={"finding": "sender", "reason": "好"}).status_code == 404
    done = client.post(f"{place}/accept", data={"finding": "evidence", "reason": "证据已当面交付"})
    assert done.status_code == 303
    page = client.get(place).text
    assert "已接受：证据已当面交付" in page and "测试" in page
    entry = next(e for e in later(home, place[5:]) if e.errand == "accept")
    assert (entry.who, entry.details["finding"], entry.details["label"]) == ("测试", "evidence", "证据材料")


def outcome(client, place):
    return re.search(r'<p class="outcome (\w+)">(.+?)</p>', client.get(place).text).groups()


def test_what_was_accepted_is_not_counted_as_wanting(client):
    place = check(client)
    assert outcome(client, place)[1] == "5 项必需要素须补正（笼统 3 项、空白 1 项、缺失 1 项），1 处差错须更正。"
    for finding in ("evidence", "fault-1"):
        client.post(f"{place}/accept", data={"finding": finding, "reason": "好"})
    told = "4 项必需要素须补正（笼统 2 项、空白 1 项、缺失 1 项），2 项已接受。"
    assert outcome(client, place) == ("incomplete", told)
    for finding in ("sender_contact", "clauses", "remedies", "date"):
        assert 'id="only"' in client.get(place).text
        client.post(f"{place}/accept", data={"finding": finding, "reason": "好"})
    assert outcome(client, place) == ("complete", "5 项要素齐备，6 项已接受。")
    assert 'id="only"' not in client.get(place).text  # nothing is wanting any more


def test_an_acceptance_is_taken_back_by_a_further_entry(client, home):
    place = check(client)
    before = outcome(client, place)
    sent = {"finding": "evidence", "reason": "证据已当面交付"}
    never = client.post(f"{place}/unaccept", data=sent)
    assert never.status_code == 422 and "这一项没有接受过" in never.text
    client.post(f"{place}/accept", data=sent)
    entered = next(e for e in later(home, place[5:]) if e.errand == "accept")
    assert client.post(f"{place}/unaccept", data={"finding": "evidence", "reason": ""}).status_code == 422
    done = client.post(f"{place}/unaccept", data={"finding": "evidence", "reason": "交付的不是原件"})
    assert done.status_code == 303 and done.headers["Location"] == f"{place}#f-evidence"
    page = client.get(place).text
    assert "已接受" not in page and outcome(client, place) == before
    assert "撤回：证据材料；理由：交付的不是原件" in page and "证据材料；理由：证据已当面交付" in page  # 经历
    first, second = (e for e in later(home, place[5:]) if e.errand == "accept")
    assert first == entered and (second.who, second.details["reason"]) == ("测试", "交付的不是原件")
    assert client.post(f"{place}/unaccept", data=sent).status_code == 422
    client.post(f"{place}/accept", data=sent)
    assert "已接受：证据已当面交付" in client.get(place).text
    assert archive_desk.verify(home=home) == []


def test_the_report_is_taken_out_as_html_and_json(client):
    place = check(client)
    page = client.get(f"{place}/report.html")
    assert "attachment" in page.headers["Content-Disposition"] and "依据条款" in page.text
    report = json.loads(client.get(f"{place}/report.json").data)
    assert report["verdict"] == "incomplete" and report["file"] == "信.pdf" and report["id"] == place[5:]


def test_the_next_version_is_compared_with_the_one_before(client):
    first = check(client)
    assert "信.pdf" in client.get(f"/?after={first[5:]}").text
    same = check(client, DEFICIENT, "同.pdf", after=first[5:])
    assert "各项的结论都没有变" in client.get(same).text
    facts = desk.sample("objection_notice")
    sound = desk.generate("objection_notice", facts, now=NOW, log=False).docx
    page = client.get(check(client, sound, "新.docx", after=first[5:])).text
    assert "与上一版相比" in page and "改好" in page and "证据材料：笼统 → 齐备" in page and "已改正" in page


def test_changes_tell_what_got_worse_first():
    def report(**statuses):
        elements = [{"id": id, "label": id, "status": status} for id, status in statuses.items()]
        return {"elements": elements, "faults": []}

    found = findings.changes(report(a="missing", b="present", c="vague"), report(a="present", b="blank", c="vague"))
    assert [(c.label, c.turn) for c in found] == [("b", "worse"), ("a", "better")]
    fault = {"code": "x", "label": "差", "message": "m", "quote": "q"}
    assert [c.turn for c in findings.changes({"faults": [fault]}, {"faults": []})] == ["better"]
    assert [c.turn for c in findings.changes({"faults": []}, {"faults": [fault]})] == ["worse"]


@pytest.mark.parametrize("name", ["d1-05.pdf", "d1-08.docx", "d2-19.pdf"])
def test_every_finding_has_a_name_of_its_own(name):
    data = (ROOT / "tests" / "letters" / "known" / name).read_bytes()
    report, _ = desk.examine(data, name)
    found = findings.findings(report)
    assert len({f.id for f in found}) == len(found) == len(report["elements"]) + len(report["faults"])


def test_a_script_uploads_and_reads_json(client):
    data = {"file": (io.BytesIO(DEFICIENT), "信.pdf")}
    (line,) = client.post("/", data=data, headers={"Accept": "application/json"}).get_json()["reports"]
    assert line["verdict"] == "incomplete" and line["label"] == "不完整" and line["place"].startswith("/log/")
    assert "异议通知" in line["told"]
    said = client.post("/", data={}, headers={"Accept": "application/json"})
    assert said.status_code == 422 and "请先选择" in said.get_json()["error"]


def test_a_broken_page_costs_only_its_picture():
    assert pictures.sizes(b"%PDF-1.4 nothing") == []
    with pytest.raises(Exception, match="画不出来") as told:
        pictures.page(b"%PDF-1.4 nothing", 1)
    assert told.value.code == "page_not_drawn"


# The record of a letter


def test_a_correction_from_the_page(client, home):
    place = check(client)
    kept = {"title": desk.search().entries[0].title, "sender": "宁波恒泰机械有限公司", "reason": "名称打错"}
    assert client.post(f"{place}/correct", data=kept).status_code == 422  # nothing is other than before
    assert client.post(f"{place}/correct", data=kept | {"sender": "宁波恒泰"}).status_code == 303
    page = client.get(place).text
    assert "更正" in page and "“宁波恒泰机械有限公司”→“宁波恒泰”" in unescape(page) and "名称打错" in page
    assert "宁波恒泰 →" in client.get("/log").text


def test_an_entry_is_verified_and_its_receipt_taken_out(client):
    place = check(client)
    assert "通过" in client.post(f"{place}/verify").text
    receipt = client.get(f"{place}/receipt")
    assert receipt.get_json()["id"] == place[5:] and "attachment" in receipt.headers["Content-Disposition"]


def test_what_a_search_found_is_exported_listed_and_counted(client, home):
    check(client)
    check(client, WORD, "信.docx")
    with client.post("/log/export", data={"q": "电主轴"}) as bag:
        assert bag.mimetype == "application/zip" and "attachment" in bag.headers["Content-Disposition"]
        names = zipfile.ZipFile(io.BytesIO(bag.data)).namelist()
    assert any(name.endswith("bagit.txt") for name in names) and any(name.endswith(".pdf") for name in names)
    assert not any(name.endswith(".docx") for name in names)
    assert client.get("/log/list.csv?q=电主轴").text.count("\n") == 2
    page = client.get("/log/statistics?kind=objection_notice").text
    assert "按月统计" in page and "必需要素不全" in page and "证据材料" in page
    assert client.get("/log/statistics.html").headers["Content-Disposition"].startswith("attachment")
    assert client.get("/log/statistics.csv").text.startswith("\ufeff")
    assert client.get("/log/list.exe").status_code == client.get("/log/statistics.exe").status_code == 404
    assert client.post("/log/export", data={"q": "没有的词"}).status_code == 404
    audit = client.get("/admin/audit").text
    assert audit.count("导出；条件") == 2 and "“电主轴”" in unescape(audit)


def test_too_many_letters_for_a_browser_are_told(client, monkeypatch):
    monkeypatch.setattr("objection_docs.service.pages_handover.MOST_LETTERS", 0)
    check(client)
    assert "请缩小条件" in client.post("/log/export").text


def test_the_words_searched_for_are_marked_in_the_hits(client):
    check(client)
    page = client.get('/log?q="尽快妥善" 贵公司&vague=evidence').text
    assert "<mark>尽快妥善</mark>" in page and "<mark>贵公司</mark>" in page
    assert '<details class="more" open>' in page
    assert "<script" not in client.get("/log?q=<script>").text


# The form


@pytest.mark.parametrize("kind", KINDS)
def test_a_form_filled_with_the_sample_makes_the_letter_of_the_sample(client, home, kind):
    page = client.get(f"/write/{kind}?sample=1").text
    sent = Form(page).values
    response = client.post(f"/write/{kind}", data=sent | {"do": "final", "case": "案1"})
    assert response.status_code == 303, re.findall(r"fault-told[^<]*>([^<]+)", response.text)
    made = desk.show(response.headers["Location"][5:], home=home)
    wanted = desk.generate(kind, desk.sample(kind), now=NOW, log=False)
    assert made.text == wanted.text and made.case_id == "案1" and made.who == "测试"


def test_each_fact_stands_in_one_section_in_the_order_of_the_form():
    for kind in desk.kinds().values():
        found = forms.fields(kind.facts, {}, None)
        listed = [field for section in forms.sections(found) for field in section.fields]
        assert [field.fact.name for field in listed] == [fact.name for fact in kind.facts]


def test_faults_stand_beside_their_fields_and_nothing_is_lost(client, home):
    sent = Form(client.get("/write/objection_notice?sample=1").text).values
    wrong = sent | {"f.sender": "", "f.date": "2026-13-01", "f.remedies.2.amount": "三万", "do": "final"}
    response = client.post("/write/objection_notice", data=wrong)
    assert response.status_code == 422 and desk.search(home=home).total == 0
    page = response.text
    for field in ("f-sender", "f-date", "f-remedies-2-amount"):
        assert f'href="#{field}"' in page and f'id="{field}-fault"' in page
    again = Form(page).values
    assert again["f.date"] == "2026-13-01" and again["f.evidence.0.name"] == sent["f.evidence.0.name"]
    mended = again | {"f.sender": sent["f.sender"], "f.date": "2026-03-05", "f.remedies.2.amount": "31200"}
    assert client.post("/write/objection_notice", data=mended | {"do": "final"}).status_code == 303


def test_a_draft_letter_marks_what_is_lacking(client, home):
    response = client.post("/write/objection_notice", data={"f.sender": "甲公司", "do": "draft"})
    made = desk.show(response.headers["Location"][5:], home=home)
    assert "甲公司" in made.text and "【待补：" in made.text


def test_writing_goes_on_later(client, home):
    saved = client.post("/write/complaint", data={"f.sender": "甲公司", "case": "案9", "do": "save"})
    id = re.search(r"draft=([^&]+)", saved.headers["Location"])[1]
    again = Form(client.get(saved.headers["Location"]).text).values
    assert (again["f.sender"], again["case"], again["draft"]) == ("甲公司", "案9", id)
    assert id in client.get("/write").text and desk.search(home=home).total == 0
    client.post("/write/complaint", data=again | {"f.sender": "乙公司", "do": "save"})
    assert Form(client.get(f"/write/complaint?draft={id}").text).values["f.sender"] == "乙公司"
    client.post(f"/write/drafts/{id}/delete")
    assert client.get(f"/write/complaint?draft={id}").status_code == 404


def test_what_no_fact_is_at_fault_for_leaves_the_form_filled(client, home, monkeypatch):
    sent = {"f.sender": "甲公司", "case": "长" * 201, "do": "draft"}
    page = client.post("/write/complaint", data=sent)
    assert page.status_code == 422 and Form(page.text).values["f.sender"] == "甲公司"
    field = re.search(r'<p class="fault-told" id="case-fault">([^<]*)</p><input([^>]*)>', page.text)
    assert "案件名称太长" in field[1] and 'aria-describedby="case-fault"' in field[2] and "autofocus" in field[2]
    monkeypatch.setattr("objection_docs.accounts.drafts.MOST", 0)
    page = client.post("/write/complaint", data={"f.sender": "甲公司", "do": "save"})
    assert page.status_code == 422 and "请先删去不用的" in page.text and "autofocus>已存了" in page.text
    assert Form(page.text).values["f.sender"] == "甲公司" and desk.search(home=home).total == 0


def test_the_preview_is_the_draft_as_text_or_names_its_faults(client, home):
    answer = client.post("/write/objection_notice/preview", data={"f.sender": "甲公司"}).get_json()
    assert "甲公司" in answer["text"] and "日期" in answer["missing"] and answer["faults"] == []
    answer = client.post("/write/objection_notice/preview", data={"f.date": "昨天"}).get_json()
    assert answer["faults"][0]["field"] == "f-date" and "2026" in answer["faults"][0]["told"]
    assert desk.search(home=home).total == 0


def test_the_preview_shows_what_is_sound_beside_a_fault(client):
    sent = Form(client.get("/write/objection_notice?sample=1").text).values
    wrong = sent | {"f.remedies.2.amount": "三万", "f.date": "昨天"}
    answer = client.post("/write/objection_notice/preview", data=wrong).get_json()
    assert {fault["field"] for fault in answer["faults"]} == {"f-date", "f-remedies-2-amount"}
    assert sent["f.sender"] in answer["text"] and "【待补：" in answer["text"] and "昨天" not in answer["text"]


@pytest.mark.parametrize("kind", KINDS)
def test_no_fault_of_a_form_speaks_of_json(client, kind):
    """Neither where all is wanting, nor where a value of any sort is badly written."""
    empty = client.post(f"/write/{kind}", data={"do": "final"}).text
    fields = [name for name in Form(client.get(f"/write/{kind}?sample=1").text).values if name.startswith("f.")]
    wrong = dict.fromkeys(fields, "x\ty") | {"do": "final"}
    pages = empty, client.post(f"/write/{kind}", data=wrong).text
    assert "【待补：" in client.post(f"/write/{kind}/preview", data=wrong).get_json()["text"]
    told = [said for page in pages for said in re.findall(r'"fault-told"[^>]*>([^<]+)', page)]
    assert len(told) > 5
    assert not [said for said in told if re.search(r"[\[\]{}]|&#34;|null|true|[a-z]+_[a-z]+|（[a-z]+）", said)]


def test_a_list_left_empty_is_asked_for_in_plain_words_and_in_json_over_http(client):
    page = client.post("/write/objection_notice", data={"do": "final"}).text
    assert "缺少，请至少填写一项" in page and "列表 [" not in page
    body = {"kind": "objection_notice", "facts": {}}
    told = {one["pointer"]: one["detail"] for one in client.post("/api/v1/documents", json=body).get_json()["errors"]}
    assert "应当是列表 [{…}]" in told["/facts/grounds"]


def test_the_preview_as_a_picture(client, monkeypatch):
    monkeypatch.setattr(desk, "to_pdf", lambda _docx: DEFICIENT)
    response = client.post("/write/objection_notice/picture", data={"f.sender": "甲", "page": "1"})
    assert response.data.startswith(b"\x89PNG") and response.headers["X-Pages"] == "1"
    assert client.post("/write/objection_notice/picture", data={"page": "x"}).status_code == 404
    assert "问题" in client.post("/write/objection_notice/picture", data={"f.date": "x"}).get_json()["error"]


def test_items_are_added_without_a_script(client):
    page = client.post("/write/objection_notice", data={"f.evidence.0.name": "照片", "do": "add:evidence"}).text
    values = Form(page).values
    assert values["f.evidence.0.name"] == "照片" and values["f.evidence.1.name"] == ""


def test_blank_items_are_left_out_and_gaps_close(client):
    facts = desk.kinds()["objection_notice"].facts
    sent = {f"f.evidence.{number}.name": name for number, name in ((0, " "), (2, "照片"), (7, "合同"), ("x", "y"))}
    assert forms.raw_of(facts, sent) == {"evidence": [{"name": "照片"}, {"name": "合同"}]}


def test_too_many_items_are_told(client):
    sent = {f"f.evidence.{i}.name": "照片" for i in range(300)}
    response = client.post("/write/objection_notice", data=sent | {"do": "final"})
    assert response.status_code == 422 and "太多" in response.text


@pytest.mark.parametrize("start", KINDS)
def test_a_next_letter_of_the_case_takes_over_what_fits(client, home, start):
    made = desk.generate(start, desk.sample(start), case="案1", now=NOW, home=home)
    listed = client.get("/write?case=案1").text
    for kind in KINDS:
        assert unescape(listed).count(f"/write/{kind}?start={made.id}") == 1
        sent = Form(client.get(f"/write/{kind}?start={made.id}").text).values
        assert sent["case"] == "案1"
        answer = client.post(f"/write/{kind}/preview", data=sent).get_json()
        assert answer["faults"] == [] and answer["text"]


def test_who_answers_writes_to_whom_objected():
    kinds, sample = desk.kinds(), desk.sample("objection_notice")
    reply = carried(kinds["objection_notice"], sample, kinds["disposition_reply"], "异议通知", "异通-2026-0001")
    assert (reply["sender"], reply["recipient"]) == (sample["recipient"], sample["sender"])
    assert reply["notice_number"] == sample["number"] and reply["notice_date"] == sample["date"]
    assert "date" not in reply and "number" not in reply
    complaint = carried(kinds["objection_notice"], sample, kinds["complaint"], "异议通知", "")
    assert complaint["respondents"] == [{"name": sample["recipient"]}] and "recipient" not in complaint
    assert complaint["prior_date"] == sample["date"] and complaint["evidence"] == sample["evidence"]


def test_a_checked_letter_has_no_facts_to_start_from(client):
    place = check(client)
    assert client.get(f"/write/complaint?start={place[5:]}").status_code == 404
    assert client.get("/write/poem").status_code == 404


# What a browser loads


def test_the_first_page_is_small_and_asks_no_other_host(client):
    page = client.get("/").data
    links = Form(page.decode()).links
    assert all(not urlsplit(link).netloc for link in links)
    loaded = {link for link in links if link.startswith("/static/")}
    assert len(loaded) == 3
    total = len(page)
    for link in loaded:
        with client.get(link) as response:
            total += len(response.data)
    assert total <= 150_000


@pytest.mark.parametrize("path", ["/", "/write", "/write/complaint", "/log", "/admin"])
def test_pages_carry_no_style_or_script_of_their_own(client, path):
    page = client.get(path).text
    assert " style=" not in page and not re.search(r"\son\w+=", page) and not re.search(r"<script(?! src=)", page)


def test_an_error_is_a_page_with_its_number(client):
    response = client.get("/log/unknown")
    assert response.status_code == 404 and response.headers["X-Request-Id"] in response.text
    assert "日志中没有“unknown”这一条" in response.text and "<h1" in response.text
    assert "log search" not in response.text and 'href="/log">到档案里查找' in response.text
    assert "log search" not in client.get("/api/v1/checks/unknown").get_json()["detail"]


def test_a_word_file_with_macros_is_read_and_only_ever_downloaded(client):
    with_macros = made_papers.docm(WORD)
    place = check(client, with_macros, "信.docm")
    page = client.get(place).text
    assert "宏没有运行" in page and "无法读取" not in page
    with client.get(f"{place}/file") as answer:
        assert answer.data == with_macros
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Disposition"].endswith("docm")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    with client.get(f"{place}/annotated") as answer:
        assert answer.headers["Content-Disposition"].endswith("docx")
        assert not [name for name in zipfile.ZipFile(io.BytesIO(answer.data)).namelist() if "vba" in name]
    assert ".docm" in client.get("/").text
