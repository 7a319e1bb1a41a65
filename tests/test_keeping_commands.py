"""An archivist's afternoon at the command line."""

import json
import shutil
from datetime import datetime, timezone
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from conftest import COMPLETE

from objection_docs import archive_desk, desk
from objection_docs.archive import Archive, schema
from objection_docs.cli import main

NOW = datetime(2026, 3, 5, 1, 30, tzinfo=timezone.utc)


def run(*args, code=0, **more):
    result = CliRunner().invoke(main, [str(arg) for arg in args], **more)
    assert result.exit_code == code, result.output
    return SimpleNamespace(out=result.stdout, err=result.stderr, all=result.output)


def as_json(*args):
    return json.loads(run(*args, "--json").out)


@pytest.fixture
def letter(rooms, home):
    """A checked letter of case 案1."""
    report = desk.check(COMPLETE.encode(), "信.txt", now=NOW, case="案1", who="张三")
    return report["id"]


@pytest.fixture
def fonds(home):
    home.mkdir(exist_ok=True)
    (home / "settings.yaml").write_text("archive:\n  fonds: G001\n", "utf-8")


def test_a_letter_is_corrected_described_and_its_service_proved(letter, tmp_path):
    scan = tmp_path / "回执.pdf"
    scan.write_bytes(b"%PDF scan")
    assert run("log", "correct", letter, "--sender", "宁波恒泰机械股份有限公司", "--reason", "录错").out == (
        "发文方：宁波恒泰机械股份有限公司\n"
    )
    run("log", "describe", letter, "--form", "original", "--holder", "王五", "--remarks", "缺第3页")
    run("log", "service", letter, "--method", "courier", "--tracking", "SF123", "--on", "2026-03-06", "--file", scan)
    shown = run("log", "show", letter).out
    for said in (
        "发文方    宁波恒泰机械股份有限公司",
        "形式      原件",
        "保管人    王五",
        "“宁波恒泰机械有限公司”→“宁波恒泰机械股份有限公司”；理由：录错",
        "快递 SF123 2026-03-06；附件：回执.pdf",
    ):
        assert said in shown
    assert "发文方    宁波恒泰机械有限公司" in run("log", "show", letter, "--original").out
    assert "1 条" in run("log", "search", "恒泰机械股份").err
    history = as_json("log", "show", letter)["history"]
    assert [entry["errand"] for entry in history] == ["correct", "describe", "service", "access", "access"]
    assert run("log", "verify").out == "日志完好\n"


def test_who_opened_and_took_out_a_letter_is_recorded_unless_the_settings_say_no(letter, home, tmp_path):
    run("log", "show", letter)
    run("log", "show", letter, "-o", tmp_path / "信.txt")
    assert [e.details["how"] for e in archive_desk.standing(letter).later] == ["shown", "file"]
    (home / "settings.yaml").write_text("archive:\n  log_access: false\n", "utf-8")
    run("log", "show", letter)
    assert len(archive_desk.standing(letter).later) == 2


def test_a_log_that_can_only_be_read_is_still_shown(letter, monkeypatch):
    monkeypatch.setattr(schema, "connect", schema.connect_read_only)
    assert "请求仲裁" in run("log", "show", letter).out
    assert "不能写入" in run("log", "correct", letter, "--title", "新名", code=2).all


def test_a_receipt_is_written_and_proves_the_entry_against_log_and_copy(letter, home, tmp_path):
    receipt = tmp_path / "凭据.json"
    run("log", "receipt", letter, "-o", receipt)
    assert json.loads(run("log", "receipt", letter).out)["id"] == letter
    run("log", "correct", letter, "--title", "新名")
    shutil.copytree(home, tmp_path / "copy")
    for place in ((), ("--home", tmp_path / "copy")):
        said = run("log", "verify", "--receipt", receipt, *place).out
        assert "相符：第 1 条" in said and "相符：当时的链头（第 1 条）仍在链中" in said
    receipt.write_text(receipt.read_text("utf-8").replace("恒泰", "恒太"), "utf-8")
    assert "凭据本身被改动过" in run("log", "verify", "--receipt", receipt, code=1).out
    receipt.write_text("{}")
    assert "不是本程序出具的凭据" in run("log", "verify", "--receipt", receipt, code=2).all


def test_a_copy_is_verified_without_touching_the_own_log(letter, home, tmp_path):
    shutil.copytree(home, tmp_path / "copy")
    with Archive(tmp_path / "copy") as archive:
        archive.files.path(archive.entry(letter).sha256).unlink()
    assert "不见了" in run("log", "verify", "--home", tmp_path / "copy", code=1).out
    assert run("log", "verify").out == "日志完好\n"
    assert "没有文书日志" in run("log", "verify", "--home", tmp_path, code=2).all


def test_archive_numbers_need_a_fonds_and_come_with_the_closing(letter, home, fonds):
    given = run("log", "close", "案1", "--on", "2026-03-05", "--number").out
    assert f"G001-2026-D30-0001  {letter}" in given
    assert "档号      G001-2026-D30-0001" in run("log", "show", "G001-2026-D30-0001").out
    (home / "settings.yaml").unlink()
    assert "还没有全宗号" in run("log", "number", letter, code=2).all


def test_a_closing_whose_numbers_cannot_be_given_does_not_close(letter):
    assert "还没有全宗号" in run("log", "close", "案1", "--number", code=2).all
    assert archive_desk.standing(letter).closed is None


def test_from_term_to_destruction_by_three_persons(letter, fonds, tmp_path):
    run("log", "receipt", letter, "-o", tmp_path / "凭据.json")
    run("log", "close", "案1", "--on", "1990-01-02")
    run("log", "hold", "--case", "案1", "--reason", "诉讼")
    assert [(e["id"], e["ended"], e["held"]) for e in as_json("log", "due")] == [(letter, "2020-12-31", True)]
    assert as_json("log", "due", "--on", "2020-12-31") == [] and len(as_json("log", "due", "--on", "2021-01-01")) == 1
    assert "没有可以列入销毁清册的文书" in run("log", "destruction", "propose", "--who", "甲", code=2).all
    run("log", "release", "--case", "案1", "--reason", "完")
    assert "待两人审批" in run("log", "destruction", "propose", "--who", "甲", "--reason", "期满").out
    (listed,) = as_json("log", "destruction", "list")
    assert (listed["state"], listed["proposed_by"], listed["items"][0]["id"]) == ("proposed", "甲", letter)
    assert "不能审批自己的清册" in run("log", "destruction", "approve", listed["id"], "--who", "甲", code=2).all
    run("log", "destruction", "approve", listed["id"], "--who", "乙")
    carry_out = ("log", "destruction", "execute", listed["id"], "--who", "丁")
    assert "还差 1 人审批" in run(*carry_out, "--yes", code=2).all
    run("log", "destruction", "approve", listed["id"], "--who", "丙")
    run(*carry_out, input="n\n", code=130)
    assert run(*carry_out, "--yes").out == f"清册 {listed['id']} 已执行：1 份文书\n"
    shown = run("log", "show", letter).out
    assert f"已按清册 {listed['id']} 销毁" in shown and "请求仲裁" not in shown
    assert "已按销毁清册" in run("log", "show", letter, "-o", tmp_path / "信.txt", code=2).all
    assert "已执行" in run("log", "destruction", "show", listed["id"]).out
    assert run("log", "verify").out == "日志完好\n"
    assert "记录未被改动；原文已于" in run("log", "verify", "--receipt", tmp_path / "凭据.json").out
    assert as_json("log", "due") == []


def test_a_list_is_declined_with_a_reason(letter, fonds):
    run("log", "close", "案1", "--on", "1990-01-02")
    run("log", "destruction", "propose", "--who", "甲")
    (listed,) = as_json("log", "destruction", "list")
    assert "已中止" in run("log", "destruction", "decline", listed["id"], "--who", "乙", "--reason", "尚在审计").out
    assert as_json("log", "destruction", "show", listed["id"])["stopped"] == ["乙 否决：尚在审计"]
    assert "清册已中止" in run("log", "destruction", "approve", listed["id"], "--who", "丙", code=2).all


def test_only_what_is_due_can_be_proposed(letter):
    assert "期限未满或无从起算" in run("log", "destruction", "propose", letter, code=2).all


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("correct", "{id}"), "没有可更正的"),
        (("correct", "{id}", "--kind", "nothing"), "没有“nothing”这种文书"),
        (("correct", "01NONE", "--title", "x"), "没有“01NONE”这一条"),
        (("describe", "{id}"), "没有要著录的内容"),
        (("describe", "{id}", "--form", "x"), "没有“x”这个取值；可用：original（原件）、copy（复印件）"),
        (("describe", "{id}", "--retention", "五年"), "没有“五年”这个保管期限；可用：永久、30年、10年"),
        (("describe", "{id}", "--remarks", "长" * 2001), "文字太长"),
        (("service", "{id}", "--method", "x"), "可用：registered（挂号信）"),
        (("hold", "--reason", "x"), "二者取一"),
        (("hold", "{id}", "--case", "案1", "--reason", "x"), "二者取一"),
        (("release", "{id}", "--reason", "x"), "没有未解除的冻结"),
        (("reopen", "案1", "--reason", "x"), "没有结案"),
        (("destruction", "approve", "{id}", "--who", "乙"), "不是销毁清册"),
    ],
)
def test_what_cannot_be_done_is_told(letter, args, said):
    assert said in run("log", *(arg.format(id=letter) for arg in args), code=2).all
    assert run("log", "verify").out == "日志完好\n"


def test_a_class_shorter_than_the_law_allows_is_refused(letter, monkeypatch):
    run("log", "describe", letter, "--retention", "10年")
    with Archive(archive_desk.folders.home()) as archive:
        procurement = archive.add(at=NOW, errand="check", procedure="government_procurement_complaint", title="投诉书")
    said = run("log", "describe", procurement.id, "--retention", "10年", code=2).all
    assert "至少保存 15 年（《政府采购法》第四十二条）" in said


def test_a_later_entry_is_no_letter(letter):
    run("log", "correct", letter, "--title", "新名")
    (later,) = archive_desk.standing(letter).later
    assert "是文书的后续记录" in run("log", "show", later.id, code=2).all


@pytest.mark.parametrize(
    ("yaml", "said"),
    [
        ("archive:\n  fond: G1\n", "settings.yaml:2：archive.fond：没有这个键"),
        ("archive:\n  fonds: 全宗\n", "全宗号只能是"),
        ("archive:\n  log_access: maybe\n", "这里应当是 true 或 false"),
    ],
)
def test_a_mistake_in_the_settings_is_told_with_its_line(letter, home, yaml, said):
    (home / "settings.yaml").write_text(yaml, "utf-8")
    assert said in run("log", "show", letter, code=2).all
