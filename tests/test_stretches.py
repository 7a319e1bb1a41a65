"""Words that a report quotes are found in the letter's text, whole, where the report means them."""

import io
import json
import re

import pytest
import yaml
from accuracy import LETTERS, as_text
from conftest import NOW, Clock, everybody
from lxml import html

from objection_docs import desk
from objection_docs.reports import findings
from objection_docs.reports.stretches import stretches
from objection_docs.service import create_app

KNOWN = LETTERS / "known"
PDF = ("d1-05", "d2-19", "d2-47")


@pytest.fixture
def client(home):
    app = create_app({"TESTING": True, "HOME": home, "CLOCK": Clock(), "IDENTIFY": everybody})
    return app.test_client()


def bare(text: str) -> str:
    return "".join(text.split())


def places(report: dict) -> list[tuple[str, dict]]:
    """Each place of the report that has words, with the id of its finding."""
    found = [(element["id"], element) for element in report["elements"]]
    for number, fault in enumerate(report["faults"], 1):
        found += [(f"fault-{number}", fault), (f"fault-{number}", fault["other"] or {})]
    return [(id, place) for id, place in found if place.get("quote")]


def without_spans(report: dict) -> dict:
    """As reports were before they told them."""
    return json.loads(json.dumps(report), object_hook=lambda read: {k: v for k, v in read.items() if k != "span"})


def marked(pieces, id: str) -> str:
    return bare("".join(piece.text for piece in pieces if id in piece.ids))


def sound(report: dict, text: str) -> int:
    told = places(report)
    for id, place in told:
        assert bare(text[slice(*place["span"])]) == bare(place["quote"]), id
    for form in (report, without_spans(report)):
        pieces = stretches(text, findings.findings(form))
        assert "".join(piece.text for piece in pieces) == text
        for id, place in told:
            found = marked(pieces, id)
            assert found == bare(place["quote"]) if not id.startswith("fault") else bare(place["quote"]) in found, id
    return len(told)


@pytest.mark.parametrize("series", sorted({path.stem.split("-")[0] for path in KNOWN.glob("*.yaml")}))
def test_every_quote_of_every_known_letter_is_found_whole(series):
    seen = 0
    for path in sorted(KNOWN.glob(f"{series}-*.yaml")):
        letter = as_text(yaml.safe_load(path.read_text("utf-8")))
        seen += sound(*desk.examine(letter.encode(), f"{path.stem}.txt"))
    assert seen > 20


@pytest.mark.parametrize("name", [*sorted(path.name for path in KNOWN.glob("*.docx"))[::8], *(f"{n}.pdf" for n in PDF)])
def test_so_is_every_quote_of_a_letter_in_word_or_pdf(name):
    assert sound(*desk.examine((KNOWN / name).read_bytes(), name)) >= 3


TWICE = """异议通知
苏州明远精密制造有限公司：
宁波恒泰机械有限公司就合同（编号：HT-2026-018）提出异议。
一、贵公司交付的电主轴有18套端面径向跳动超差。
二、经复测，超差0.006毫米，不符合约定。
请于2026年3月20日前更换。
宁波恒泰机械有限公司（盖章）
2026年3月5日
"""


def test_of_words_that_stand_twice_those_are_shown_that_are_meant():
    report, text = desk.examine(TWICE.encode(), "信.txt", kind="objection_notice")
    (span,) = [place["span"] for id, place in places(report) if id == "signature"]
    assert span[0] > text.index("更换")
    pieces, at = stretches(text, findings.findings(report)), 0
    for piece in pieces:
        assert "signature" not in piece.ids or at >= span[0]
        at += len(piece.text)


def test_a_span_that_does_not_fit_the_text_is_not_believed():
    report, text = desk.examine(TWICE.encode(), "信.txt", kind="objection_notice")
    report["elements"] = [element | {"span": [0, 3]} for element in report["elements"]]
    pieces = stretches(text, findings.findings(report))
    assert all(marked(pieces, id) == bare(place["quote"]) for id, place in places(report))


@pytest.mark.parametrize("name", ["信.docx", "信.txt"])
def test_on_the_page_every_finding_leads_to_all_of_its_words_and_back(client, home, name):
    letter = desk.generate("objection_notice", desk.sample("objection_notice"), now=NOW, log=False)
    data = letter.text.encode() if name.endswith("txt") else letter.docx
    response = client.post("/", data={"file": (io.BytesIO(data), name), "kind": "objection_notice"})
    page = html.fromstring(client.get(response.headers["Location"]).text)
    report = client.get(f"{response.headers['Location']}/report.json").get_json(force=True)
    told = places(report)
    text = desk.show(report["id"], home=home).text
    assert len(told) >= 6 and any("\n" in text[slice(*place["span"])] for _, place in told)
    for id, place in told:
        assert page.xpath(f"//li[@id='f-{id}']//a[@href='#p-{id}'][contains(., '看原处')]"), id
        assert len(page.xpath(f"//*[@id='p-{id}']")) == 1
        shown = [one for one in page.xpath("//a[@data-of]") if f"p-{id}" in one.get("data-of").split()]
        words = bare("".join(one.text_content() for one in shown))
        assert bare(place["quote"]) in words if id.startswith("fault") else words == bare(place["quote"])
    assert {re.sub("^#f-", "", one.get("href")) for one in page.xpath("//a[@data-of]")} <= {id for id, _ in told}
