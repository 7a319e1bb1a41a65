import json
import sqlite3
import subprocess
import sys
from contextlib import closing

import click
import pytest
from click.testing import CliRunner
from conftest import COMPLETE, INCOMPLETE

from objection_docs import cli, desk, reports
from objection_docs.commands import inout, terminal
from objection_docs.reports import html
from objection_docs.reports import terminal as report_text


@pytest.fixture
def run(rooms, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "完整.txt").write_text(COMPLETE, "utf-8")
    (tmp_path / "不完整.txt").write_text(INCOMPLETE, "utf-8")
    (tmp_path / "空.pdf").write_bytes(b"")
    (tmp_path / "facts.json").write_text(json.dumps({"text": COMPLETE}), "utf-8")
    runner = CliRunner()

    def call(*args, stdin=None):
        result = runner.invoke(cli.main, [str(arg) for arg in args], input=stdin)
        assert isinstance(result.exception, (SystemExit, type(None))), result.exc_info
        assert "Traceback" not in result.output
        return result

    return call


# --- check ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "code"),
    [
        (["完整.txt"], 0),
        (["完整.txt", "不完整.txt"], 1),
        (["不完整.txt", "空.pdf", "完整.txt"], 2),
        (["没有.pdf"], 2),
        (["."], 2),
    ],
)
def test_the_exit_code_tells_the_worst(run, files, code):
    assert run("check", *files).exit_code == code


def test_json_is_one_report_per_file_in_order_and_nothing_else(run):
    result = run("check", "空.pdf", "完整.txt", "没有.pdf", "--format", "json")
    reports = json.loads(result.stdout)
    assert [report["file"] for report in reports] == ["空.pdf", "完整.txt", "没有.pdf"]
    assert [report["verdict"] for report in reports] == ["unreadable", "complete", "unreadable"]
    assert reports[2]["error"] == {"code": "file_not_found", "message": "没有这个文件"}
    assert result.stderr == ""


def test_text_shows_status_reason_advice_and_authority(run):
    said = run("check", "不完整.txt").stdout
    for words in (
        "不完整.txt：不完整（异议通知）",
        "1 项必需要素须补正（缺失 1 项）",
        "1. 缺失  异议事实（必需）",
        "理由：没有写",
        "补写：写明经过",
        "依据：规程",
    ):
        assert words in said
    assert "\x1b" not in said


def test_html_is_one_file_that_escapes_and_needs_nothing_else(run, tmp_path):
    (tmp_path / "<b>x.txt").write_text(COMPLETE, "utf-8")
    page = run("check", "<b>x.txt", "不完整.txt", "空.pdf", "--format", "html").stdout
    assert page.startswith("<!doctype html>") and "&lt;b&gt;x.txt" in page and "<b>x" not in page
    assert "http" not in page and "<script" not in page and "<link" not in page
    assert "2026年3月1日验收不合格" in page and "写明经过" in page and "文件是空的" in page


def test_check_reads_standard_input(run):
    result = run("check", "-", "--format", "json", stdin=COMPLETE.encode())
    assert json.loads(result.stdout)[0]["verdict"] == "complete"


def test_an_unknown_kind_is_a_wrong_call_and_nothing_is_logged(run):
    result = run("check", "完整.txt", "--kind", "poem")
    assert result.exit_code == 2 and "没有“poem”这种文书" in result.stderr
    assert desk.search().total == 0


def test_a_fault_in_our_program_costs_no_other_file_its_report(run, monkeypatch):
    real = desk.examine

    def examine(data, name, **more):
        if name == "不完整.txt":
            raise ZeroDivisionError
        return real(data, name, **more)

    monkeypatch.setattr(desk, "examine", examine)
    result = run("check", "不完整.txt", "完整.txt", "--format", "json")
    first, second = json.loads(result.stdout)
    assert result.exit_code == 2 and second["verdict"] == "complete"
    assert first["error"]["code"] == "internal_error" and "OBJECTION_DOCS_DEBUG" in first["error"]["message"]


def test_a_log_that_cannot_be_written_does_not_hide_the_reports(run, home):
    home.write_text("in the way")
    result = run("check", "完整.txt")
    assert result.exit_code == 2 and "完整.txt：完整" in result.stdout and "打不开文书日志" in result.stderr


def test_no_log_leaves_no_log(run, home):
    assert run("check", "完整.txt", "--no-log").exit_code == 0
    assert not home.exists()


# --- generate -------------------------------------------------------------------------------------------------------


def test_generate_tells_number_and_path(run, tmp_path):
    result = run("generate", "objection_notice", "facts.json")
    assert result.exit_code == 0, result.output
    assert "异通-2026-0001" in result.stdout.replace(str(_year()), "2026")
    (made,) = tmp_path.glob("*.docx")
    assert made.name in result.stdout and made.read_text("utf-8") == COMPLETE


def _year():
    from datetime import datetime, timedelta, timezone

    return datetime.now(timezone(timedelta(hours=8))).year


def test_generate_writes_docx_or_pdf_by_the_name(run, tmp_path, monkeypatch):
    monkeypatch.setattr(desk, "to_pdf", lambda docx: b"%PDF-" + docx)
    assert run("generate", "objection_notice", "facts.json", "-o", "a.docx").exit_code == 0
    assert run("generate", "objection_notice", "-", "-o", "b.PDF", stdin=json.dumps({"text": COMPLETE})).exit_code == 0
    assert (tmp_path / "a.docx").read_bytes() == COMPLETE.encode()
    assert (tmp_path / "b.PDF").read_bytes() == b"%PDF-" + COMPLETE.encode()


def test_a_default_name_never_overwrites(run, tmp_path):
    for _ in range(3):
        assert run("generate", "objection_notice", "facts.json", "--no-log").exit_code == 0
    assert sorted(path.name for path in tmp_path.glob("*.docx")) == [
        "异议通知 (2).docx",
        "异议通知 (3).docx",
        "异议通知.docx",
    ]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["objection_notice", "facts.json", "-o", "没有/a.docx"], "没有这个文件夹"),
        (["objection_notice", "facts.json", "-o", "a.txt"], ".docx 或 .pdf"),
        (["objection_notice", "没有.json"], "没有这个事实文件"),
        (["objection_notice", "."], "这是一个文件夹"),
        (["objection_notice", "gbk.json"], "UTF-8"),
        (["objection_notice", "broken.json"], "JSON"),
        (["objection_notice", "faulty.json"], "evidence.0.name：缺少这一项"),
        (["poem", "facts.json"], "没有“poem”这种文书"),
        (["objection_notice", "facts.json", "--procedure", "nowhere"], "nowhere"),
        (["objection_notice"], "缺少参数 FACTS.json"),
    ],
)
def test_a_wrong_call_of_generate_is_told_in_chinese_and_leaves_nothing(run, tmp_path, args, said):
    (tmp_path / "gbk.json").write_bytes('{"text": "异议通知：请尽快处理"}'.encode("gbk"))
    (tmp_path / "broken.json").write_text("{text: 1}", "utf-8")
    (tmp_path / "faulty.json").write_text('{"other": 1}', "utf-8")
    result = run("generate", *args)
    assert result.exit_code == 2 and said in result.stderr and result.stdout == ""
    assert desk.search().total == 0 and list(tmp_path.glob("*.docx")) == []


def test_a_letter_that_cannot_be_written_is_still_in_the_log(run, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(inout.Path, "write_bytes", full)
    result = run("generate", "objection_notice", "facts.json", "-o", "a.docx")
    (entry,) = desk.search().entries
    assert result.exit_code == 2 and f"objection-docs log show {entry.id} -o" in result.stderr
    assert list(tmp_path.glob("*.part")) == [] and not (tmp_path / "a.docx").exists()
    assert "log show" not in run("generate", "objection_notice", "facts.json", "-o", "a.docx", "--no-log").stderr


def test_a_draft_names_what_is_missing(run, tmp_path):
    (tmp_path / "faulty.json").write_text('{"other": 1}', "utf-8")
    result = run("generate", "objection_notice", "faulty.json", "--draft")
    assert result.exit_code == 0 and "草稿尚缺 1 项：异议事实" in result.stderr


# --- log ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def logged(run):
    run("check", "完整.txt", "--case", "案1")
    run("check", "不完整.txt")
    return run


@pytest.mark.parametrize(
    ("args", "names"),
    [
        ([], ["不完整.txt", "完整.txt"]),
        (["仲裁"], ["完整.txt"]),
        (["明远精密", "--status", "incomplete"], ["不完整.txt"]),
        (["--missing", "facts"], ["不完整.txt"]),
        (["--case", "案1"], ["完整.txt"]),
        (["--party", "恒泰", "--kind", "objection_notice"], ["不完整.txt", "完整.txt"]),
        (["--to", "2020-01-01"], []),
        (["--from", "2020-01-01"], ["不完整.txt", "完整.txt"]),
        (["--", "-仲裁"], ["不完整.txt"]),
    ],
)
def test_log_search_finds(logged, args, names):
    result = logged("log", "search", "--json", *args)
    found = json.loads(result.stdout)
    assert [entry["file"] for entry in found["entries"]] == names and found["total"] == len(names)


def test_log_search_lists_for_the_eye(logged):
    result = logged("log", "search", "仲裁")
    assert "宁波恒泰机械有限公司 → 苏州明远精密制造有限公司" in result.stdout and "请求仲裁" in result.stdout
    assert "共 1 条" in result.stderr


def test_log_show_gives_the_file_back_byte_for_byte(logged, tmp_path):
    id = json.loads(logged("log", "search", "仲裁", "--json").stdout)["entries"][0]["id"]
    assert logged("log", "show", id, "-o", "back.txt").exit_code == 0
    assert (tmp_path / "back.txt").read_bytes() == COMPLETE.encode()
    assert json.loads(logged("log", "show", id, "--json").stdout)["text"].startswith("异议通知")
    assert "完整.txt" in logged("log", "show", id.lower()).stdout


def test_log_show_of_an_unknown_id(run):
    result = run("log", "show", "01XYZ")
    assert result.exit_code == 2 and "没有“01XYZ”这一条" in result.stderr


def test_log_verify_tells_by_words_and_exit_code(logged, home):
    assert (logged("log", "verify").exit_code, logged("log", "verify").stdout) == (0, "日志完好\n")
    for path in (home / "files").rglob("*"):
        if path.is_file():
            path.unlink()
    result = logged("log", "verify")
    assert result.exit_code == 1 and "第 1 条" in result.stdout and "发现 2 处问题" in result.stdout


# --- the rest -------------------------------------------------------------------------------------------------------


def test_a_log_from_a_newer_version_is_refused(logged, home):
    with closing(sqlite3.connect(home / "log.sqlite3")) as db:
        db.execute("PRAGMA user_version = 99")
    result = logged("log", "search")
    assert result.exit_code == 2 and "请升级" in result.stderr


def test_version(run):
    assert run("--version").stdout.startswith("objection-docs")


def test_kinds_procedures_and_facts(run):
    assert json.loads(run("kinds", "--json").stdout)[0]["id"] == "objection_notice"
    assert "异议通知" in run("kinds").stdout
    assert json.loads(run("procedures", "--json").stdout)[0]["id"] == "contract_objection_notice"
    assert json.loads(run("facts", "objection_notice").stdout) == {"text": COMPLETE}
    assert json.loads(run("facts", "objection_notice", "--schema").stdout)["type"] == "object"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["chek"], "没有“chek”这个命令"),
        (["check"], "缺少参数 FILE..."),
        (["check", "--nolog", "a"], "没有 --nolog 这个选项"),
        (["check", "--format", "pdf", "a"], "--format 的取值不对；可用：text、json、html"),
        (["check", "a", "--kind"], "选项 --kind 的用法不对"),
        (["log", "search", "--from", "昨天"], "“昨天”不是日期"),
        (["log", "search", "--limit", "0"], "limit 应为 1 到 500 的整数"),
        (["log", "search", "--status", "perfect"], "没有“perfect”这个取值"),
        (["log", "search", "--kind", "zz"], "没有“zz”这个文书种类"),
        (["log", "search", "--missing", "evidnce"], "或许是 evidence"),
        (["log", "search", "--from", "2026-03-06", "--to", "2026-03-05"], "请对调"),
        (["log", "show", "zz"], "用 log search 可以查到编号"),
        (["log", "search", "--cursor", "x"], "翻页标记"),
        (["serve", "--host", "0.0.0.0"], "不是本机地址"),
        (["check", "a", "--case", "长" * 201], "案件名称太长"),
        (["facts", "poem"], "没有“poem”这种文书"),
        (["facts", "a", "b"], "命令写得不对"),
    ],
)
def test_a_wrong_call_is_told_in_chinese_with_exit_code_2(run, args, said):
    result = run(*args)
    assert result.exit_code == 2 and said in result.stderr and result.stdout == ""


def test_an_unexpected_error_is_one_line_that_says_how_to_see_more(run, monkeypatch):
    def broken():
        raise RuntimeError("boom\nsecond line")

    monkeypatch.setattr(desk, "kinds", broken)
    result = run("kinds")
    assert result.exit_code == 2 and result.stderr.count("\n") == 1
    assert "RuntimeError: boom）" in result.stderr and "OBJECTION_DOCS_DEBUG=1" in result.stderr


def test_help_is_in_chinese(run):
    for args in ([], ["check"], ["log"], ["log", "search"], ["generate"], ["serve"]):
        said = run(*args, "--help").stdout
        assert said.startswith("用法：") and not any(word in said for word in ("Usage", "Options", "Commands", "Show"))


def test_help_loads_nothing_heavy():
    code = (
        "import sys, objection_docs.cli; heavy = {'flask', 'pdfplumber', 'jieba', 'docxtpl', 'sqlite_utils', 'yaml',"
        " 'marshmallow', 'lxml', 'jinja2'} & set(sys.modules); sys.exit(str(heavy) if heavy else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_columns_stay_straight_with_wide_characters():
    assert terminal.columns([["异议", "a"], ["abc", "b"]]) == ["异议  a", "abc   b"]


def test_terminal_report_colours_only_by_the_given_style(rooms):
    report = desk.check(INCOMPLETE.encode(), "信.txt", now=desk_now(), log=False)
    assert "\x1b[31m" in report_text.render(report, click.style)
    assert "\x1b" not in report_text.render(report)


def desk_now():
    from conftest import NOW

    return NOW


def test_a_letter_cannot_steer_the_terminal(run, tmp_path):
    (tmp_path / "evil.txt").write_text(COMPLETE + "仲裁\x9b31m\u202e", "utf-8")
    run("check", "evil.txt")
    for said in (run("log", "search", "仲裁").stdout, run("log", "show", desk.search().entries[0].id).stdout):
        assert "仲裁" in said and not any(char in said for char in "\x1b\x9b\u202e")
    report = desk.check(COMPLETE.encode(), "信.txt", now=desk_now(), log=False)
    report["fields"] = {"sender": "甲\x1b[2J公司"}
    assert "\x1b" not in report_text.render(report) and "甲[2J公司" in report_text.render(report)


def test_reports_show_faults_and_warnings(rooms):
    report = desk.check(INCOMPLETE.encode(), "信.txt", now=desk_now(), log=False)
    fault = {
        "code": "amount_mismatch",
        "label": "大小写金额不一致",
        "message": "大写叁万，小写 35,000",
        "quote": "叁万元",
        "page": 2,
    }
    report |= {"faults": [fault], "warnings": ["有两页没有文字"]}
    for said in (report_text.render(report), html.render([report])):
        for words in ("大小写金额不一致", "大写叁万，小写 35,000", "叁万元", "第 2 页", "有两页没有文字"):
            assert words in said
    assert reports.counts(report) == {"missing": 1}
