"""From a letter received to the next one, and a reply held against its notice, through the command line.

The letters are of tests/letters/known; what is expected of them is their labels.
"""

import io
import json
from pathlib import Path

import docx
import pairs_accuracy
import pytest
import yaml
from click.testing import CliRunner
from conftest import NOW
from hypothesis import given, settings
from hypothesis import strategies as st

from objection_docs import answering_desk, cli, desk, extraction, next_facts
from objection_docs.checking import anatomy, answers, particulars, points, sorts
from objection_docs.errors import DataFileError
from objection_docs.extraction.paper import from_text
from objection_docs.packs import answering, kinds
from objection_docs.packs.rules import shipped
from objection_docs.text import normal

LETTERS = Path(__file__).parent / "letters" / "known"
EXAMPLES = Path(__file__).parent.parent / "examples"
SIGNED = ["--fact", "signature.capacity=agent", "--fact", "signature.representative=李明远"]


@pytest.fixture
def run(home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()

    def call(*args):
        result = runner.invoke(cli.main, [str(arg) for arg in args])
        assert isinstance(result.exception, (SystemExit, type(None))), result.exc_info
        return result

    return call


def label(name: str) -> dict:
    return yaml.safe_load((LETTERS / f"{name}.yaml").read_text("utf-8"))


# acknowledge


@pytest.mark.parametrize("name", ["d1-09", "e2-01", "f2-05", "g3-06", "h2-04"])
def test_an_acknowledgement_takes_parties_and_date_from_the_notice(run, tmp_path, name):
    fields = label(name)["fields"]
    result = run("acknowledge", LETTERS / f"{name}.pdf", "-o", "ack.docx", "--no-log")
    assert result.exit_code == 1  # nobody said whether it is taken up
    facts = json.loads((tmp_path / "ack.json").read_text("utf-8"))
    taken = {"recipient": fields.get("sender"), "sender": fields.get("recipient"), "notice_date": fields.get("date")}
    for fact, value in taken.items():
        if value:
            assert str(value) in str(facts[fact]) or str(facts[fact]) in str(value)
    assert facts["acceptance"] is None
    assert "acceptance：受理意见" in result.stderr


def test_with_all_known_the_acknowledgement_is_written_and_passes_the_check(run):
    given = ["--received", "2025-03-12", "--accept", "accepted", "--fact", "handler=王敏", *SIGNED]
    made = run(
        *("acknowledge", EXAMPLES / "deficient_notice.pdf", "-o", "ack.docx", "--case", "C-1", *given),
        *("--procedure", "contract_objection_notice", "--fact", "notice_date=2025-03-10", "--fact", "date=2025-03-13"),
    )
    assert made.exit_code == 0, made.output
    assert "最后一日 2025-03-26（10个工作日" in made.output
    report = json.loads(run("check", "ack.docx", "--format", "json", "--no-log").stdout)[0]
    assert (report["kind"], report["verdict"]) == ("acknowledgement", "complete")
    found = json.loads(run("log", "search", "--case", "C-1", "--json").stdout)["entries"]
    assert {entry["kind"] for entry in found} == {"objection_notice", "acknowledgement"}
    shown = json.loads(run("log", "show", found[0]["id"], "--json").stdout)
    assert shown["report"]["limits"][0]["steps"]


def test_a_case_lists_a_letter_once_however_often_it_was_checked(run):
    for _ in range(2):
        assert run("check", EXAMPLES / "deficient_notice.pdf", "--case", "C-1").exit_code == 1
    assert len(json.loads(run("case", "show", "C-1", "--json").stdout)["letters"]) == 2
    listed = run("case", "show", "C-1").stdout.partition("文书\n")[2].partition("\n\n")[0]
    assert listed.count("deficient_notice.pdf") == 1


def test_facts_edited_after_the_draft_make_the_letter(run, tmp_path):
    run("acknowledge", EXAMPLES / "deficient_notice.pdf", "-o", "ack.docx", "--no-log")
    facts = json.loads((tmp_path / "ack.json").read_text("utf-8"))
    facts |= {"notice_date": "2026-03-05", "receipt_date": "2026-03-06", "acceptance": "accepted", "handler": "王敏"}
    facts |= {"reply_by": "2026-03-20", "signature": {"capacity": "agent", "representative": "李明远"}}
    (tmp_path / "ack.json").write_text(json.dumps(facts), "utf-8")
    assert run("generate", "acknowledgement", "ack.json", "-o", "done.docx", "--no-log").exit_code == 0


def test_a_terminal_asks_for_what_is_wanting(home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("objection_docs.commands.answering._interactive", lambda: True)
    said = ["2026-03-05", "昨天", "2026-03-06", "予以受理", "王敏", "2026-03-20", "授权代表", "李明远"]
    command = ["acknowledge", str(EXAMPLES / "deficient_notice.pdf"), "-o", "ack.docx", "--no-log"]
    result = CliRunner().invoke(cli.main, command, input="\n".join(said) + "\n")
    assert result.exit_code == 0, result.output
    assert "应当写成 2026年3月5日" in result.stderr  # 昨天 is no date, and is asked again
    assert "予以受理、不予受理" in result.output


def test_only_a_notice_or_a_complaint_is_acknowledged(run):
    reply = next(
        path for path in sorted(LETTERS.glob("h*.yaml")) if "kind: disposition_reply" in path.read_text("utf-8")
    )
    result = run("acknowledge", reply.with_suffix(".pdf"), "--no-log")
    assert result.exit_code == 2
    assert "不是异议或投诉" in result.stderr


def test_a_fact_that_the_form_does_not_have_is_refused(run):
    result = run("acknowledge", EXAMPLES / "deficient_notice.pdf", "--fact", "nothing=1", "--no-log")
    assert result.exit_code == 2
    assert "objection-docs facts acknowledgement" in result.stderr


def read(text: str) -> dict:
    """What the next letter takes from one with these words."""
    report, _ = desk.examine(text.encode(), "来文.txt")
    return particulars.read(from_text(text), report)


LETTER = "异议函\n甲城机械有限公司：\n轴承硬度不合格，实测HRC52，请于7日内更换。\n{}\n乙镇贸易有限公司\n2026年3月5日"


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("项目编号：NTJZ-2025-H022　　包号：2", "subject_number", "NTJZ-2025-H022"),
        ("双方签订《轴承采购合同》（HT/2026-018），现提出异议。", "subject_number", "HT/2026-018"),
        ("双方签订《轴承采购合同》（HT/2026-018），现提出异议。", "subject", "《轴承采购合同》"),
        ("依照《产品质量法》和《轴承采购合同》，现提出异议。", "subject", "《轴承采购合同》"),
        ("《质量保证协议》第4条；采购订单号：PO-ZS-2511", "subject_number", "PO-ZS-2511"),
        (
            "《质量保证协议》第4条规定了抽样方案和判定方法，双方据以验收。有关的货物以送货单为准，采购订单号：PO-ZS-2511",
            "subject",
            None,
        ),
        ("项目名称：城东泵站轴承采购，项目编号：CD-2026-7", "subject", "城东泵站轴承采购"),
        ("联系人：质检部 卜凡 电话：0745-55501847", "sender_person", "卜凡"),
        ("联系人及电话：谢楚楠 0745-55501847", "sender_person", "谢楚楠"),
        ("联系人：钟永禄　　联系电话：0745-55501847", "sender_person", "钟永禄"),
    ],
)
def test_subject_number_and_person_are_read_from_a_line(line, name, value):
    assert read(LETTER.format(line)).get(name) == value


def test_a_letter_to_a_court_is_about_its_case():
    text = "执行异议申请书\n异议人：郁青山\n贵院（2024）云0802执1153号一案查封了异议人买下的房屋"
    text += "（《商品房买卖合同》LC-20-1），"
    text += "请求解除查封。\n此致\n澜川市东城区人民法院\n异议人：郁青山\n2024年6月3日"
    found = read(text)
    assert found["subject_number"] == "（2024）云0802执1153号" and "subject" not in found


@pytest.mark.parametrize(
    ("read_as", "name"),
    [
        ("滇西文旅发展集团有限公司审计部", "滇西文旅发展集团有限公司"),
        ("徐州麦珑烘焙食品有限公司(质量部", "徐州麦珑烘焙食品有限公司"),
        ("珠江口商业银行股份有限公司新塘支行营业部", "珠江口商业银行股份有限公司新塘支行营业部"),
        ("投诉人（盖章处）\u3000蚌埠清澜环保设备有限公司", "蚌埠清澜环保设备有限公司"),
        ("诺维尔流体系统（深圳）有限公司", "诺维尔流体系统（深圳）有限公司"),
        ("质量部", "质量部"),
    ],
)
def test_a_party_is_the_firm_whose_seal_it_bears(read_as, name):
    assert particulars.full_name(read_as) == name


@pytest.mark.parametrize("name", ["d3-01", "d4-36", "d5-21", "e1-03", "e2-06", "f2-29", "g1-12", "g2-21", "h3-21"])
def test_the_number_of_the_subject_is_that_of_the_label(name):
    path = LETTERS / f"{name}.pdf"
    path = path if path.exists() else path.with_suffix(".docx")
    report, _ = desk.examine(path.read_bytes(), path.name)
    found = particulars.read(extraction.read(path.read_bytes(), path.name), report)
    wanted = label(name)["fields"]["reference"]
    assert normal(found["subject_number"]).replace(" ", "") == normal(wanted).replace(" ", "")


def test_quotation_marks_stay_paired_and_a_title_in_a_title_has_narrow_ones():
    text = "对《责任免除通知书》的异议\n甲城保险有限公司：\n贵司称“高处作业未佩戴安全带。属重大过失”，与事实不符。"
    data = (text + "请贵司十日内赔付医疗费300元。\n乙镇贸易有限公司\n2026年3月5日").encode()
    report, _ = desk.examine(data, "来文.txt")
    facts = next_facts.read("disposition_reply", data, "来文.txt", report, "")
    assert facts["notice_title"] == "对〈责任免除通知书〉的异议"
    assert all(part["ground"].count("“") == part["ground"].count("”") for part in facts["points"])


@given(st.text(alphabet="扣了多少，；。a", max_size=60), st.integers(10, 50))
def test_what_is_shortened_fits_and_begins_alike(text, most):
    short = next_facts.shortened(text, most)
    assert len(short) <= most and (short == text) == (len(text) <= most)
    assert text.startswith(short.removesuffix("……"))


# reply


@pytest.mark.parametrize("name", ["d3-01", "e4-05", "g1-05", "h1-01"])
def test_a_reply_has_a_part_for_each_ground_and_request(run, tmp_path, name):
    run("reply", LETTERS / f"{name}.pdf", "-o", "reply.docx", "--no-log")
    facts = json.loads((tmp_path / "reply.json").read_text("utf-8"))
    parts = "".join(part["ground"] for part in facts["points"])
    assert len(facts["points"]) >= 2
    assert all(part["finding"] is None for part in facts["points"])
    assert {part["ground"].split("：")[0][-2:] for part in facts["points"]} == {"提出", "请求"}
    wanted = label(name)["labels"]["remedies"]["quote"]
    assert wanted[:10].replace(" ", "") in parts.replace(" ", "")


def test_a_reply_knows_what_the_acknowledgement_of_its_case_said(run, tmp_path):
    given = ["--received", "2026-03-06", "--accept", "accepted", "--fact", "handler=王敏", *SIGNED]
    given += ["--fact", "notice_date=2026-03-05", "--fact", "number=明远复〔2026〕7号", "--fact", "reply_by=2026-03-20"]
    notice = EXAMPLES / "deficient_notice.pdf"
    assert run("acknowledge", notice, "-o", "ack.docx", "--case", "C-1", *given).exit_code == 0
    run("reply", notice, "-o", "reply.docx", "--case", "C-1")
    facts = json.loads((tmp_path / "reply.json").read_text("utf-8"))
    assert (facts["receipt_date"], facts["acknowledgement_number"]) == ("2026-03-06", "明远复〔2026〕7号")


# supplement


def test_a_supplement_notice_lists_what_is_wanting(run, tmp_path):
    made = run(
        *("supplement", EXAMPLES / "deficient_notice.pdf", "-o", "s.docx", "--by", "2026-03-20", *SIGNED),
        *("--fact", "notice_date=2026-03-05", "--no-log"),
    )
    assert made.exit_code == 0, made.output
    report = json.loads(run("check", "s.docx", "--format", "json", "--no-log").stdout)[0]
    assert (report["kind"], report["verdict"]) == ("supplement_notice", "complete")
    run("supplement", EXAMPLES / "deficient_notice.pdf", "-o", "t.docx", "--no-log")
    items = json.loads((tmp_path / "t.json").read_text("utf-8"))["deficiencies"]
    assert [item["item"] for item in items] == ["提出方联系方式", "依据条款", "补救措施/请求", "证据材料", "日期"]
    assert [item.get("page") for item in items] == [None, 1, 1, 1, 1]
    assert all(item["authority"] and item["add"].startswith("请") for item in items)
    assert not any("例如" in item["add"] or "从用语看" in item["problem"] for item in items)


def test_a_complete_letter_needs_no_supplement(run):
    result = run("supplement", LETTERS / "d1-09.pdf", "-o", "s.docx", "--no-log")
    wanting = [s for s in label("d1-09")["labels"].values() if s["status"] in ("vague", "blank", "missing")]
    assert wanting or "不必补正" in result.output


# check --against


@pytest.fixture
def pair(tmp_path):
    told = yaml.safe_load((pairs_accuracy.PAIRS / "known" / "12.yaml").read_text("utf-8"))
    (tmp_path / "notice.txt").write_text(told["notice"], "utf-8")
    (tmp_path / "reply.txt").write_text(told["reply"], "utf-8")


def test_a_reply_is_held_against_its_notice_and_both_are_logged(run, pair):
    result = run("check", "reply.txt", "--against", "notice.txt", "--format", "json")
    about = json.loads(result.stdout)[0]["against"]
    assert (about["points"], about["answered"]) == (8, 6)
    first = about["answers"][0]
    assert first["point"]["quote"].startswith("漏酒") and "责任在我方" in first["answer"]["quote"]
    assert {one["status"] for one in about["answers"]} == {"answered", "put_off", "unanswered"}
    kinds = [entry["kind"] for entry in json.loads(run("log", "search", "--json").stdout)["entries"]]
    assert sorted(kinds) == ["disposition_reply", "objection_notice"]
    notice = json.loads(run("log", "show", about["id"], "--json").stdout)
    assert notice["sha256"] == about["sha256"]


@pytest.mark.parametrize("form", ["text", "html"])
def test_the_report_shows_what_is_not_answered(run, pair, form):
    out = run("check", "reply.txt", "--against", "notice.txt", "--format", form, "--no-log").output
    assert "对方的理由和请求共 8 项，其中 2 项没有答复" in out
    assert "补发海马刀60把" in out


def test_one_reply_at_a_time(run, pair):
    assert run("check", "reply.txt", "reply.txt", "--against", "notice.txt").exit_code == 2
    assert run("check", "reply.txt", "--against", "missing.pdf").exit_code == 2


@pytest.mark.parametrize(("part", "not_answered", "answered"), [("known", 0.75, 0.93), ("aside", 0.68, 0.90)])
def test_answers_are_found_as_well_as_the_readme_says(part, not_answered, answered):
    figures = pairs_accuracy.measure(part)[0].figures()
    assert figures["F1"] >= not_answered
    assert figures["F1 answered"] >= answered


def points_of(letter) -> list[tuple[str, str]]:
    """The kind and the number of each point of a letter's file or text."""
    paper = from_text(letter) if isinstance(letter, str) else extraction.read(letter, "letter.docx")
    return [(point.kind, point.number) for point in points.find(anatomy.read(paper, shipped().words), shipped())]


OWN = [(kind, p) for kind in ("objection_notice", "complaint") for p in (None, *kinds.kind(kind).samples)]


@pytest.mark.parametrize(("kind", "procedure"), OWN)
def test_each_ground_and_request_of_our_own_letters_is_a_point_and_nothing_else(kind, procedure):
    facts = desk.sample(kind, procedure)
    letter = desk.generate(kind, facts, procedure=procedure, now=NOW, log=False)
    told = [("ground", len(facts["grounds"])), ("request", len(facts["remedies"]))]
    assert points_of(letter.docx) == [(kind, str(n + 1)) for kind, many in told for n in range(many)]


def test_our_own_reply_answers_our_own_notice_ground_by_ground(run, tmp_path):
    for kind in ("objection_notice", "disposition_reply"):
        (tmp_path / f"{kind}.json").write_text(run("facts", kind).stdout, "utf-8")
        assert run("generate", kind, f"{kind}.json", "-o", f"{kind}.docx", "--no-log").exit_code == 0
    told = run("check", "disposition_reply.docx", "--against", "objection_notice.docx", "--format", "json", "--no-log")
    about = json.loads(told.stdout)[0]["against"]
    assert [one["number"] for one in about["answers"]] == ["1", "2", "3"] * 2
    assert about["answered"] == 6


def test_a_reply_has_a_part_for_each_ground_by_its_heading(run, tmp_path):
    (tmp_path / "facts.json").write_text(run("facts", "objection_notice").stdout, "utf-8")
    run("generate", "objection_notice", "facts.json", "-o", "notice.docx", "--no-log")
    run("reply", "notice.docx", "-o", "reply.docx", "--no-log")
    parts = [part["ground"] for part in json.loads((tmp_path / "reply.json").read_text("utf-8"))["points"]]
    facts = desk.sample("objection_notice")
    assert parts[:3] == [f"贵方提出：{ground['heading']}" for ground in facts["grounds"]]
    assert all(remedy["measure"] in part for remedy, part in zip(facts["remedies"], parts[3:], strict=True))


OPENING = """异议函
甲城机械有限公司：
我司收到贵司货物后检验发现下列问题，现提出异议，请贵司予以处理。
"""
CLOSING = """
乙镇贸易有限公司
2026年3月5日"""


@pytest.mark.parametrize(
    ("told", "found"),
    [
        # a heading tells its ground together with what stands under it
        (
            "一、异议事项\n（一）轴承尺寸超差\n抽检40件，11件外径偏大0.3毫米。\n其余29件合格。\n（二）资料不齐\n合格证至今没有收到。",
            [("ground", "1"), ("ground", "2")],
        ),
        # the basis, and what stands under «其他事项», are no points
        (
            "一、异议事项\n1.轴承硬度不合格，实测HRC52。\n二、异议的依据\n1.合同第6.1条：硬度不得低于HRC58，不符的应当更换。\n"
            "三、请求\n1.更换不合格的轴承。\n四、其他事项\n1.请于5个工作日内书面回复。\n2.送达方式：当面递交。",
            [("ground", "1"), ("request", "1")],
        ),
        # a comma within an amount parts nothing, and is no number of a list
        ("轴承不合格，停机两天，5,200元台班费应由贵司承担。", [("request", "")]),
        # an act of parliament is cited, nobody is blamed
        (
            "1.轴承硬度不合格，实测HRC52。\n《中华人民共和国民法典》第五百八十二条规定，履行不符合约定的，应当承担违约责任。",
            [("ground", "1")],
        ),
        # items of a list are of one sort, in whatever words; a signature below is none
        (
            "一、轴承硬度不合格，实测HRC52。\n我方提三条：\n请退还货款9,200元。\n把卡放开。\n请派人把轴承拉走。",
            [("ground", "1"), *3 * [("request", "")]],
        ),
        # what stands among requests and reads like none
        ("1.轴承硬度不合格，实测HRC52。\n我方请求：\n更换轴承；\n签发：王明。", [("ground", "1"), ("request", "")]),
        # a paragraph that counts on within itself
        (
            "第一，轴承硬度不合格，实测HRC52。第二，少交轴承60件。\n第三，合格证写的是别家的批号。",
            [("ground", "1"), ("ground", "2"), ("ground", "3")],
        ),
        # in words that no rule knows
        ("1.轴承硬度不合格，实测HRC52。\n2.录像放给我看。", [("ground", "1"), ("request", "2")]),
    ],
)
def test_the_points_of_a_notice(told, found):
    assert points_of(OPENING + told + CLOSING) == found


NOTICE = """异议函
甲城机械有限公司：
1.轴承硬度不合格，实测HRC52。
2.少交轴承60件。
请贵司更换硬度不合格的轴承。
乙镇贸易有限公司
2026年3月5日"""


def answered_by(said: str) -> tuple[answers.Answer, ...]:
    """What a reply of one sentence says to each point of NOTICE."""
    reply = f"回复\n乙镇贸易有限公司：\n{said}\n甲城机械有限公司\n2026年3月9日"
    return answers.cover(from_text(NOTICE), from_text(reply))


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("关于轴承硬度，经复测确为HRC52，予以认可。", "answered"),
        ("关于轴承硬度，待检测后另行答复。", "put_off"),
        ("贵司来函反映轴承硬度不合格。", "repeated"),
        ("我公司一贯重视质量。", "unanswered"),
    ],
)
def test_a_word_is_not_an_answer(said, status):
    first = answered_by(said)[0]
    assert first.status == status
    assert bool(first.answer) == (status != "unanswered")


def test_a_request_is_answered_in_other_words():
    words = shipped().words
    assert sorts.asked("请退还多收的货款360元", words) & sorts.met("360元今天已打款到贵司账户", words)
    assert not sorts.asked("360元今天已打款到贵司账户", words) & {"refund"}


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("request", "贵司各项请求均不予支持。"),
        ("request", "您提的两样要求，厂里都答应。"),
        ("request", "贵司所提更换、补交两项，我厂一概照办。"),
        ("ground", "你们信里说的两件事，件件属实，我们没有二话。"),
        ("ground", "来函所列各节，均与事实不符。"),
    ],
)
def test_one_sentence_can_answer_all_of_a_kind(kind, said):
    found = answered_by(said)
    assert all(one.answered for one in found if one.kind == kind)


@pytest.mark.parametrize("name", ["all_grounds", "all_requests"])
def test_what_speaks_for_one_point_speaks_for_no_other(name):
    one = [text for _, text, how in pairs_accuracy.passages() if how != "for_all"]
    assert not [text for text in one if shipped().words[name].search(text)]


def test_talk_of_the_matter_takes_no_position():
    talk = "关于轴承硬度，我厂热处理车间三班倒，去年刚通过复审，历来受到客户好评。"
    stand = "关于轴承硬度，这一炉淬火温度低了，货确实偏软。"
    assert [answered_by(said)[0].answered for said in (talk, stand)] == [False, True]


def test_one_sentence_can_refuse_all_requests():
    found = answered_by("贵司各项请求均不予支持。")
    assert [one.answered for one in found] == [one.kind == "request" for one in found]


def found_in(body: str) -> list[tuple[str, str, str]]:
    """(kind, number, words) of each point of a notice with such a body."""
    letter = anatomy.read(
        from_text(f"异议函\n甲城机械有限公司：\n{body}\n乙镇贸易有限公司\n2026年3月5日"), shipped().words
    )
    return [(p.kind, p.number, letter.text[p.start : p.end].rstrip("。;")) for p in points.find(letter, shipped())]


def test_a_number_stands_before_a_date():
    found = found_in("1、硬度不合格，实测HRC52。\n2、5月工资条扣2,400元，没有考核表。\n3.2026年1月没有发货。")
    assert [number for _, number, _ in found] == ["1", "2", "3"]
    found = found_in("一、硬度不合格。\n我方要求：\n1.更换轴承；\n2.10月31日前补交60件；\n3.10个工作日内退款。")
    assert [text for kind, _, text in found if kind == "request"][1:] == ["10月31日前补交60件", "10个工作日内退款"]


def test_a_line_leads_to_the_requests():
    found = found_in("1.轴承硬度不合格，实测HRC52。\n请贵司：\n（一）重新检测硬度；\n（二）更换不合格的轴承。")
    assert [kind for kind, _, _ in found] == ["ground", "request", "request"]


def test_an_opening_is_no_ground():
    grounds = "第一车轴承硬度不合格。\n第二车少交轴承60件。\n送货迟了十天。\n请贵司更换轴承。"
    opening = "去年12月我店向贵司买了两车轴承，合同价41,500元，没有拖欠过一分钱。"
    assert found_in(f"{opening}\n{grounds}") == found_in(grounds)


def test_an_opening_is_no_ground_where_one_paragraph_tells_the_rest():
    grounds = "第一车轴承硬度不合格，实测HRC52。第二车少交轴承60件，送货单有签字。\n请贵司更换轴承。"
    opening = "9月3日贵司发来《验收通知》，认定轴承没有质量问题，我公司不能接受。"
    assert found_in(f"{opening}\n{grounds}") == found_in(grounds)


@pytest.mark.parametrize("lead", ["申请事项：", "请求平台：", "现向贵司提出：", "处理要求："])
def test_a_short_line_says_what_stands_under_it(lead):
    found = found_in(f"1.轴承硬度不合格，实测HRC52。\n{lead}\n①更换不合格的轴承；\n②补交60件。")
    assert [kind for kind, _, _ in found] == ["ground", "request", "request"]


def test_a_line_that_announces_objections_leads_to_grounds():
    found = found_in("现对评标结果提出异议：\n异议事项一：轴承硬度不合格，实测HRC52。\n异议事项二：少交轴承60件。")
    assert [(kind, number) for kind, number, _ in found] == [("ground", "1"), ("ground", "2")]


def test_earlier_talks_are_no_grounds():
    grounds = "一、事实与理由\n1.轴承硬度不合格，实测HRC52。\n2.少交轴承60件。\n"
    talks = "二、此前的交涉\n3月1日我司书面要求退货，3月3日贵司回复不予退货，没有说明理由。\n"
    wanted = "三、请求\n1.更换轴承。"
    assert found_in(grounds + talks + wanted) == found_in(grounds + wanted)
    later = "投诉事项三：送货迟了十天，没有事先通知。\n"
    assert ("ground", "3", "送货迟了十天,没有事先通知") in found_in(grounds + talks + later + wanted)


@pytest.mark.parametrize(
    "aside",
    [
        "注：请用黑色签字笔填写，没有填写清楚的不予登记。",
        "填表说明：联系方式务必真实，更换联系人须重新填写。",
        "本人保证以上所填内容真实，如有不实愿承担赔偿责任。",
        "检验报告复印件、现场照片见附件。",
        "上述意见如需核对，我司质检员可随时到场更换样品。",
    ],
)
def test_what_a_form_says_itself_and_what_is_enclosed_are_no_points(aside):
    points_alone = "1.轴承硬度不合格，实测HRC52。\n2.少交轴承60件。\n我司要求：\n更换不合格的轴承。"
    assert found_in(f"{points_alone}\n{aside}") == found_in(points_alone)


def test_a_list_of_enclosures_after_the_requests_is_none():
    told = "1.轴承硬度不合格，实测HRC52。\n三、请求\n1.更换轴承。\n四、附上的材料\n"
    enclosed = "1.检验报告复印件1份；\n2.提供的照片3张。"
    assert [words for _, _, words in found_in(told + enclosed)] == ["轴承硬度不合格,实测HRC52", "更换轴承"]


def points_of_form(rows: list[tuple[str, ...]]) -> list[tuple[str, str]]:
    """(kind, first words) of each point of a Word form with these cells."""
    document, file = docx.Document(), io.BytesIO()
    document.add_paragraph("个人信用报告异议申请表")
    table = document.add_table(len(rows), len(rows[0]))
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    document.save(file)
    letter = anatomy.read(extraction.read(file.getvalue(), "form.docx"), shipped().words)
    return [(p.kind, letter.text[p.start : p.start + 4]) for p in points.find(letter, shipped())]


def test_a_form_of_four_columns_is_no_list():
    rows = [
        ("持卡人", "钟永禄", "性别", "男"),
        ("证件", "居民身份证", "邮编", "236000"),
        ("异议描述", "这张卡我没有激活过，报告却写着逾期三个月，与事实不符。", "", ""),
        ("希望改成什么", "把逾期标记全部去掉。", "", ""),
    ]
    assert points_of_form(rows) == [("ground", "这张卡我"), ("request", "把逾期标")]


def test_a_cell_for_grounds_is_one_in_whatever_words():
    rows = [
        ("异议所涉账户", "尾号6035的贷记卡，发卡机构为颍泉农村商业银行城西支行，余额360元。"),
        ("异议说明", "2021年我在新疆上班，10月到12月都在团场，身份证放在宿舍柜子里。"),
        ("希望改成什么", "把逾期标记全部去掉。"),
    ]
    assert points_of_form(rows) == [("ground", "2021"), ("request", "把逾期标")]


def test_a_request_keeps_what_stands_before_its_verb():
    found = found_in("1.轴承硬度不合格，实测HRC52。\n2.少交轴承60件，所以五月的货款请减半收取。")
    assert ("request", "", "所以五月的货款请减半收取") in found


def test_one_item_of_a_list_asks_for_one_thing():
    found = found_in(
        "1.轴承硬度不合格，实测HRC52。\n我司要求：拆下轴承去检定，派人到场；补交60件；赔偿停机损失9,200元。"
    )
    assert len([kind for kind, _, _ in found if kind == "request"]) == 3


def test_one_sentence_can_admit_all_grounds():
    found = answered_by("贵司所列两项问题确系存在，我司予以承认。")
    assert all(one.answered for one in found if one.kind == "ground")


def test_a_reply_without_a_body_answers_nothing():
    found = answers.cover(from_text(NOTICE), from_text("回复\n乙镇贸易有限公司："))
    assert found and not any(one.answered for one in found)


def test_a_notice_without_a_point_has_none_to_answer():
    assert answers.cover(from_text("异议函\n甲城机械有限公司："), from_text("回复\n来函收悉。\n此致")) == ()


def test_a_weight_that_is_no_number_is_told_with_its_line(tmp_path):
    path = tmp_path / "answering.csv"
    path.write_text("part,feature,ground,request\nrole,,0.1,0.2\npoint,top,1,heavy\n", "utf-8")
    with pytest.raises(DataFileError) as told:
        answering.load(path)
    assert str(told.value.where).endswith("answering.csv:3")


@given(st.text(alphabet="一二三、。；：（）1.①要求请退赔贵司\n合同第条", max_size=120))
def test_points_lie_in_the_letter_in_order(text):
    if not text.strip():
        return
    letter = anatomy.read(from_text(text), shipped().words)
    if not letter.paras:
        return
    found = points.find(letter, shipped())
    assert found == sorted(found, key=lambda point: point.start)
    assert all(0 <= point.start < point.end <= len(letter.text) for point in found)


@settings(max_examples=40)
@given(st.lists(st.one_of(st.sampled_from("ab"), st.integers(0, 3)), min_size=1, max_size=4), st.text(max_size=3))
def test_a_fact_put_by_its_path_is_there(steps, value):
    path = ("facts", *steps)
    raw: dict = {}
    answering_desk.put(raw, path, value)
    here: object = raw
    for step in path:
        here = here[step]
    assert here == value


def test_headings_and_the_notice_copied_out_answer_nothing():
    notice = from_text("""关于第二批轴承质量及交付问题的异议函
洛川传动科技有限公司：
我司与贵司签订的《圆锥滚子轴承供货合同》第二批货物已于2025年8月14日到库，现提出异议如下：
一、硬度不合格。抽检40件，其中11件外圈硬度为HRC56至57，低于合同附件一约定的HRC58至62。
二、数量短少。合同应交2,000件，实收1,940件，送货单由贵司司机签字确认。
依据合同第6.2条，我司要求：
1. 更换全部硬度不合格的轴承；
2. 补交短少的60件。
平陵重工装备有限公司（盖章）
2025年8月19日""")
    reply = from_text("""关于轴承异议的处理回复
平陵重工装备有限公司：
贵司2025年8月19日来函收悉。
一、关于硬度不合格
贵司提出：“抽检40件，其中11件外圈硬度为HRC56至57，低于合同附件一约定的HRC58至62。”
处理意见：另行答复。
二、关于数量短少
贵司提出：“合同应交2,000件，实收1,940件，送货单由贵司司机签字确认。”
处理意见：经核对磅单，实收1,940件属实。
三、关于请求
贵司请求：更换全部硬度不合格的轴承；补交短少的60件。
处理意见：同意补交60件，9月5日前送到。
洛川传动科技有限公司（公章）
2025年8月26日""")
    told = answers.cover(notice, reply)
    assert [(one.kind, one.answered) for one in told] == [
        ("ground", False),
        ("ground", True),
        ("request", False),
        ("request", True),
    ]
    assert told[3].answer.quote == "处理意见：同意补交60件，9月5日前送到。"
