"""A letter that still lacks facts is called a draft wherever it is shown, and is complete nowhere."""

import io
import json

import pytest
from click.testing import CliRunner
from conftest import NOW, Clock, everybody

from objection_docs import case_desk, cli, desk, handover
from objection_docs.batches import Tools
from objection_docs.batches.worker import Worker
from objection_docs.cases import report
from objection_docs.service import create_app

LACKS, GAP = "提出方电话", "【待补：提出方电话】"
KINDS = ["objection_notice", "acknowledgement", "disposition_reply", "complaint", "supplement_notice"]


def facts_of(kind="objection_notice", without="sender_phone") -> dict:
    return {name: value for name, value in desk.sample(kind).items() if name != without}


def draft(home, **more):
    letter = desk.generate("objection_notice", facts_of(), now=NOW, draft=True, who="甲", home=home, **more)
    return desk.show(letter.id, home=home)


def element(report: dict, id: str) -> dict:
    return next(one for one in report["elements"] if one["id"] == id)


@pytest.fixture
def client(home):
    return create_app({"TESTING": True, "HOME": home, "CLOCK": Clock(), "IDENTIFY": everybody}).test_client()


@pytest.mark.parametrize("kind", KINDS)
def test_whichever_fact_is_lacking_the_letter_is_incomplete_and_the_element_it_feeds_is_blank(kind):
    fed = {fact.name: fact.element for fact in desk.kinds()[kind].facts}
    tried = 0
    for name in desk.sample(kind):
        letter = desk.generate(kind, facts_of(kind, name), now=NOW, draft=True, log=False)
        if not letter.missing:
            continue
        tried += 1
        found, _ = desk.examine(letter.docx, "x.docx", kind=kind)
        assert found["verdict"] == "incomplete", name
        assert element(found, fed[name])["status"] == "blank", name
        assert f"【待补：{letter.missing[0]}】" in element(found, fed[name])["quote"]
        # our own words about it quote no gap: a supplement notice says them again, and is no draft
        assert (
            "【" not in element(found, fed[name])["reason"] and letter.missing[0] in element(found, fed[name])["reason"]
        )
    assert tried >= 7
    whole = desk.generate(kind, desk.sample(kind), now=NOW, draft=True, log=False)
    assert desk.examine(whole.docx, "x.docx", kind=kind)[0]["verdict"] == "complete" and not whole.missing


@pytest.mark.parametrize(
    "mark", ["【待补】", "【待补充】", "〔待填〕", "[待定]", "【待补：收货数量】", "【待补充，以收据为准】"]
)
def test_a_place_that_belongs_to_no_element_keeps_a_strangers_letter_from_being_complete(mark):
    text = desk.generate("objection_notice", desk.sample("objection_notice"), now=NOW, log=False).text
    assert desk.examine(text.encode(), "x.txt")[0]["verdict"] == "complete"
    found, _ = desk.examine(f"{text}\n经手人看过的页数\n{mark}\n".encode(), "x.txt", kind="objection_notice")
    assert found["verdict"] == "incomplete"
    assert [(fault["code"], fault["quote"]) for fault in found["faults"]] == [("left_open", mark)]
    assert all(one["status"] != "blank" for one in found["elements"])


def test_words_that_only_look_like_an_open_place_are_none():
    text = desk.generate("objection_notice", desk.sample("objection_notice"), now=NOW, log=False).text
    more = "【待补正材料】\n附页已交齐，待补足的货款双方另议，待定事项见会议纪要。\n"
    assert desk.examine(f"{text}\n{more}".encode(), "x.txt")[0]["verdict"] == "complete"


def test_an_uploaded_draft_has_the_element_of_its_gap_blank(client, home):
    docx = desk.file(draft(home).id, home=home)[1]
    sent = client.post("/api/v1/checks", data={"file": (io.BytesIO(docx), "来函.docx")}).get_json()
    contact = element(sent, "sender_contact")
    assert sent["verdict"] == "incomplete"
    assert (contact["status"], contact["quote"], sent["faults"]) == ("blank", GAP, [])


def test_the_record_over_http_says_what_the_draft_lacks(client, home):
    body = {"kind": "objection_notice", "facts": facts_of(), "draft": True}
    made = client.post("/api/v1/documents", json=body).get_json()
    shown = client.get(made["links"]["self"]).get_json()
    assert shown["missing"] == made["missing"] == [LACKS]
    assert (shown["details"]["draft"], shown["details"]["missing"]) == (True, [LACKS])
    assert shown["verdict"] == "incomplete" and "草稿" in shown["file"]
    listed = client.get("/api/v1/log").get_json()["entries"][0]
    assert listed["details"]["missing"] == [LACKS]
    whole = client.post("/api/v1/documents", json=body | {"facts": desk.sample("objection_notice")}).get_json()
    shown = client.get(whole["links"]["self"]).get_json()
    assert shown["missing"] == [] and "draft" not in shown["details"] and "草稿" not in shown["file"]
    assert shown["verdict"] == "complete"


def test_a_draft_that_waits_for_its_check_is_a_draft_before_and_after(home):
    entry = draft(home, unchecked=True)
    assert (entry.verdict, entry.missing, desk.verdict_of(entry)) == ("", (LACKS,), "草稿，待检查")
    worker = Worker(Tools(home, Clock()))
    while worker.examine():
        pass
    entry = desk.show(entry.id, home=home)
    assert (entry.verdict, entry.missing, desk.verdict_of(entry)) == ("incomplete", (LACKS,), "草稿，不完整")


def test_pages_call_it_a_draft(client, home):
    entry = draft(home, case="案")
    page = client.get(f"/log/{entry.id}").text
    assert f"这是草稿，还缺 1 项：{LACKS}" in page and "项要素齐备" not in page and ">完整<" not in page
    for place in ("/log", "/cases/案", "/cases", "/write?case=案"):
        assert "草稿" in client.get(place).text, place
    desk.generate("objection_notice", desk.sample("objection_notice"), now=NOW, case="别案", home=home)
    assert "草稿" not in client.get("/cases/别案").text


def test_the_command_line_calls_it_a_draft(home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "facts.json").write_text(json.dumps(facts_of(), ensure_ascii=False), "utf-8")
    run = CliRunner()
    made = run.invoke(cli.main, ["generate", "objection_notice", "facts.json", "--draft", "--case", "案"])
    assert made.exit_code == 0 and [path.name for path in tmp_path.glob("*草稿*.docx")]
    id = desk.search().entries[0].id
    shown = run.invoke(cli.main, ["log", "show", id]).output
    assert "草稿，不完整" in shown and LACKS in shown.split("电话：")[0]
    assert "草稿，不完整" in run.invoke(cli.main, ["log", "search"]).output
    assert "（草稿）" in run.invoke(cli.main, ["case", "show", "案"]).output
    assert report.to_dict(case_desk.show("案", now=NOW))["letters"][0]["draft"] is True
    out = tmp_path / "out.docx"
    assert run.invoke(cli.main, ["log", "show", id, "-o", str(out)]).exit_code == 0
    assert run.invoke(cli.main, ["check", str(out), "--no-log"]).exit_code == 1


def test_it_stays_a_draft_in_another_log(home, tmp_path):
    draft(home)
    handover.export(tmp_path / "包", now=NOW, home=home)
    assert "草稿" in (tmp_path / "包" / "data" / "index.html").read_text("utf-8")
    handover.bring_in(tmp_path / "包", now=NOW, home=tmp_path / "other")
    assert desk.search(home=tmp_path / "other").entries[0].missing == (LACKS,)
