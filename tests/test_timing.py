"""Letters that know the clock: limits filled in, and faults held against the procedure."""

import json
from datetime import datetime, timezone

import pytest

from objection_docs import checking, desk, timing
from objection_docs.errors import DataFileError
from objection_docs.extraction.paper import from_text
from objection_docs.packs import laws, recourse

NOW = datetime(2026, 3, 10, tzinfo=timezone.utc)


def without(kind: str, procedure: str, *names: str) -> dict:
    return {name: value for name, value in desk.sample(kind, procedure).items() if name not in names}


def written(kind: str, procedure: str, raw: dict) -> desk.Letter:
    return desk.generate(kind, raw, now=NOW, procedure=procedure, log=False)


def test_an_acknowledgement_says_by_when_the_answer_comes():
    raw = without("acknowledgement", "contract_objection_notice", "reply_by", "reply_rule", "reply_within")
    letter = written("acknowledgement", "contract_objection_notice", raw)
    said = "依照《异议通知与处理程序》，自收到异议通知之日起10个工作日内，至迟于2026年3月20日作出书面答复"
    assert said in letter.text
    assert letter.limits[0]["last"]["day"] == "2026-03-20"
    assert letter.limits[0]["steps"]


def test_what_the_caller_said_stays():
    raw = without("acknowledgement", "contract_objection_notice") | {"reply_by": "2026-04-01"}
    letter = written("acknowledgement", "contract_objection_notice", raw)
    assert "2026年4月1日" in letter.text and letter.limits == ()


@pytest.mark.parametrize("acceptance", ["rejected", "supplement"])
def test_without_acceptance_no_limit_is_promised(acceptance):
    raw, limits = timing.fill(
        "acknowledgement", {"acceptance": acceptance, "receipt_date": "2026-03-06"}, "contract_objection_notice", NOW
    )
    assert "reply_by" not in raw and limits == []


def test_without_a_procedure_or_a_day_nothing_is_filled_in():
    given = {"receipt_date": "2026-03-06"}
    assert timing.fill("acknowledgement", given, None, NOW) == (given, [])
    assert timing.fill("acknowledgement", {}, "contract_objection_notice", NOW) == ({}, [])
    assert timing.fill("acknowledgement", {"receipt_date": "不详"}, "contract_objection_notice", NOW)[1] == []


def test_a_reply_says_where_and_until_when_one_can_complain():
    raw = without("disposition_reply", "government_procurement_query", "recourse")
    letter = written("disposition_reply", "government_procurement_query", raw)
    # received on 12 June 2026: seven working days end on 24 June (19 June is off), fifteen more on 15 July
    assert (
        "向同级财政部门提起投诉（期限：答复期满后15个工作日内，至迟2026年7月15日；依据：《政府采购法》第五十五条）"
        in letter.text
    )
    report = checking.check(from_text(letter.text), "disposition_reply", "government_procurement_query").to_dict()
    assert {e["id"]: e["status"] for e in report["elements"]}["recourse"] == "present"


WAYS = {name: ways for name in desk.procedures() if (ways := recourse.ways(name))}


def test_every_way_of_recourse_has_its_source_and_a_law_its_dates():
    for way in (way for ways in WAYS.values() for way in ways):
        assert way.way and way.basis
        assert bool(laws.named_in(way.basis)) == (way.source == "law"), way


@pytest.mark.parametrize("procedure", WAYS)
def test_sentences_that_name_the_right_body_pass_and_those_that_name_a_wrong_one_do_not(procedure):
    told = {"right": 0, "wrong": 0}
    for way in WAYS[procedure]:
        assert way.only is None or all(way.examples.get(outcome) for outcome in told), way.text
        for outcome, texts in way.examples.items():
            for text, _ in texts:
                found = faults(text, "disposition_reply", procedure)
                assert ("wrong_authority" in found) == (outcome == "wrong"), (text, found)
                told[outcome] += 1
    assert all(told.values())


@pytest.mark.parametrize("body", ["有关部门", "有关行政监督部门", "上级主管部门", "其主管单位"])
def test_who_names_no_body_at_all_names_no_wrong_one(body):
    assert "wrong_authority" not in faults(reply(body=body), "disposition_reply")


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("{way: 投诉, limit: XX9}", "XX9"),
        ("{way: 投诉, only: '财政('}", "表达式写法有误"),
        ("{way: 投诉, source: rumour}", "只能是 law 或 seed"),
        ("{way: 投诉, examples: {good: [好]}}", "没有这个键"),
    ],
)
def test_a_mistake_in_the_table_of_recourse_is_told_with_its_line(tmp_path, way, said):
    path = tmp_path / "recourse.yaml"
    path.write_text(f"procedures:\n  contract_objection_notice:\n    - {way}\n", "utf-8")
    with pytest.raises(DataFileError, match=said) as error:
        recourse.read(path)
    assert error.value.where == f"{path}:3"


# Faults

REPLY = """质疑答复函
川北启明教学仪器有限公司：
你公司对实验室设备采购项目（政府采购）提出的质疑函，本单位于{received}收到。经核查，质疑事项不成立，理由是实测带宽102MHz。
如对本答复不满意，可以在答复期满后15个工作日内向{body}投诉。
绵河市政府采购中心（盖章）
{date}"""
ACK = """受理通知书
无锡云策软件有限公司：
你单位的质疑函本单位于2026年3月6日收到，决定予以受理，由王敏办理。本单位将自收到之日起7个工作日内，至迟于{by}作出答复。
澄湖区政府采购中心（盖章）
2026年3月9日"""


def faults(text: str, kind: str, procedure: str | None = "government_procurement_query") -> dict[str, dict]:
    report = checking.check(from_text(text), kind, procedure, clocks=timing.ProcedureClock).to_dict()
    return {fault["code"]: fault for fault in report["faults"]}


def reply(received="2026年3月6日", date="2026年3月17日", body="绵河市财政局") -> str:
    return REPLY.format(received=received, date=date, body=body)


def test_a_late_reply_is_told_with_the_limit_and_its_article():
    fault = faults(reply(date="2026年3月18日"), "disposition_reply")["deadline_missed"]
    assert "7个工作日" in fault["message"] and "第五十三条" in fault["message"] and "2026年3月17日" in fault["message"]
    assert fault["quote"] == "2026年3月18日" and fault["other"]["quote"] == "2026年3月6日"


@pytest.mark.parametrize(
    "text",
    [
        reply(),
        reply(date="2026年3月18日").replace("经核查", "期间因组织鉴定中止，经核查"),
        reply(date="2026年3月18日").replace("本单位于2026年3月6日收到", "你公司于2026年3月6日收到公告后提出"),
        reply(date="2026年3月18日").replace("2026年3月6日收到", "2026年3月6日收到检测报告"),
    ],
)
def test_a_reply_in_time_or_with_time_that_is_not_counted_is_not_late(text):
    assert faults(text, "disposition_reply") == {}


def test_a_house_rule_is_held_only_against_a_letter_whose_procedure_is_named():
    text = """确认函
宁波恒泰机械有限公司：
贵方的异议通知（合同编号HT-1），我方于2026年3月2日收到，买卖合同约定的补救措施将予研究，予以受理，由王敏办理。
苏州明远精密制造有限公司（盖章）
2026年3月20日"""
    assert "deadline_missed" in faults(text, "acknowledgement", "contract_objection_notice")
    assert faults(text, "acknowledgement", None) == {}


def test_a_wrong_last_day_is_told():
    assert faults(ACK.format(by="2026年3月17日"), "acknowledgement") == {}
    assert faults(ACK.format(by="2026年3月16日"), "acknowledgement") == {}  # earlier than need be
    fault = faults(ACK.format(by="2026年3月19日"), "acknowledgement")["wrong_last_day"]
    assert "2026年3月17日" in fault["message"] and fault["quote"] == "2026年3月19日"


def test_a_day_that_the_letters_own_number_does_not_reach_is_wrong_in_any_procedure():
    assert "wrong_last_day" in faults(ACK.format(by="2026年3月19日"), "acknowledgement", None)


@pytest.mark.parametrize(("body", "wrong"), [("绵河市财政局", False), ("绵河市市场监督管理局", True)])
def test_a_complaint_sent_to_the_wrong_body_is_told(body, wrong):
    found = faults(reply(body=body), "disposition_reply")
    assert ("wrong_authority" in found) == wrong


def test_arbitration_or_court_is_no_way_at_all():
    text = reply().replace("可以在答复期满后15个工作日内向绵河市财政局投诉", "提交仲裁委员会或人民法院解决")
    assert "wrong_authority" in faults(text, "disposition_reply", None)
    assert "wrong_authority" not in faults(text.replace("或人民法院", ""), "disposition_reply", None)


def test_the_desk_tells_them_too(home):
    report = desk.check(
        reply(date="2026年3月18日").encode(), "r.txt", now=NOW, procedure="government_procurement_query"
    )
    assert [fault["code"] for fault in report["faults"]] == ["deadline_missed"]
    assert "deadline_missed" in json.dumps(desk.show(report["id"]).report, ensure_ascii=False)
