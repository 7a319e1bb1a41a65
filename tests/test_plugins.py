"""Packages that add to ours: the example, installed, does its work by every door; a broken one costs only itself."""

import json
import logging
import os
import re
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import Clock, everybody

from objection_docs import additions, desk, folders, plugins
from objection_docs.archive import Archive
from objection_docs.cli import main
from objection_docs.errors import DataFileError, LogError, PluginError, UsageError
from objection_docs.service import create_app

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "plugin"
NOTICE = "异议通知\n苏州明远精密制造有限公司：\n贵方交付的轴承不合格。\n宁波恒泰机械有限公司（盖章）\n2026年3月5日"


@pytest.fixture(scope="module")
def example(tmp_path_factory) -> Path:
    """The folder that the example was installed into, as by a person but without network."""
    work = tmp_path_factory.mktemp("plugin")
    shutil.copytree(EXAMPLE, work / "source")
    quiet = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation"]
    command = [sys.executable, "-m", "pip", "install", *quiet, "--target", work / "installed", work / "source"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return work / "installed"


@pytest.fixture
def fresh():
    """Plugins are looked for anew, and forgotten afterwards."""
    plugins._installed.cache_clear()
    yield
    plugins._installed.cache_clear()


@pytest.fixture
def withdrawal(example, monkeypatch, fresh, home):
    monkeypatch.syspath_prepend(str(example))
    yield
    for name in [name for name in sys.modules if name.startswith("objection_docs_withdrawal")]:
        del sys.modules[name]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def install(tmp_path, monkeypatch, fresh, home):
    """Installs packages made on the spot: name → source of the module, and files of its data folder."""

    def install(name: str, source: str, files: dict[str, str] | None = None) -> Path:
        place = tmp_path / "site" / name
        info = place / f"{name}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
        (info / "entry_points.txt").write_text(f"[objection_docs]\n{name} = made_{name}\n", "utf-8")
        given = "from pathlib import Path\nfrom objection_docs import UsageError, hookimpl\n\n"
        (place / f"made_{name}.py").write_text(given + source, "utf-8")
        for path, text in (files or {}).items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_text(text, "utf-8")
        monkeypatch.syspath_prepend(str(place))
        monkeypatch.delitem(sys.modules, f"made_{name}", raising=False)
        plugins._installed.cache_clear()
        return place

    return install


def call(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(main, words)
    assert done.exit_code == code, done.output
    return done.stdout


def fault(name: str) -> str:
    return next(plugin.fault for plugin in plugins.plugins() if plugin.name == name)


# The example


def test_its_own_tests_pass(example, tmp_path):
    shutil.copytree(EXAMPLE / "tests", tmp_path / "tests")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    environment = {**os.environ, "PYTHONPATH": f"{example}{os.pathsep}{ROOT}"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_examples_of_its_rules_hold_and_ours_too(withdrawal, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # away from the labelled letters
    assert "全部相符" in call("rules", "test")


def test_plugins_tells_what_each_adds(withdrawal):
    told = call("plugins")
    assert "withdrawal（objection-docs-withdrawal 1.0.0）" in told
    assert "文书种类：withdrawal 撤回异议函" in told and "程序：agreed_withdrawal" in told
    assert "before_logging（记入日志前把关）" in told and "替换" not in told
    [one] = json.loads(call("plugins", "--json"))
    assert (one["kinds"], one["fault"], one["replaced"]) == (["withdrawal"], "", [])
    assert one["files"] == ["checks/faults/labels.yaml", "checks/letter_dates.yaml"]


def test_a_letter_of_its_kind_on_the_command_line(withdrawal, tmp_path, home):
    facts, letter = tmp_path / "facts.json", tmp_path / "letter.docx"
    facts.write_text(call("facts", "withdrawal"), "utf-8")
    refused = CliRunner().invoke(main, ["generate", "withdrawal", str(facts), "-o", str(letter)])
    assert refused.exit_code == 2 and "撤回异议函要写明所属案件" in refused.output
    assert call("log", "search").strip() == "" and not letter.exists()
    call("generate", "withdrawal", str(facts), "-o", str(letter), "--case", "HT-1")
    [report] = json.loads(call("check", str(letter), "--format", "json"))
    assert (report["kind"], report["procedure"], report["verdict"]) == ("withdrawal", "agreed_withdrawal", "complete")
    assert call("log", "search", "撤回", "--kind", "withdrawal", "--errand", "generate").count("撤回-") == 1
    [line] = (home / "withdrawals.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["number"].startswith("撤回-")
    call("case", "set", "HT-1", "procedure=agreed_withdrawal")
    call("case", "event", "HT-1", "agreed=2026-03-25", "--source", "和解协议")
    shown = call("case", "show", "HT-1")
    assert "2026年3月30日" in shown and "已按期完成：撤回异议函" in shown


def test_a_letter_of_its_kind_over_http(withdrawal, home):
    app = create_app({"TESTING": True, "HOME": home, "CLOCK": Clock(), "IDENTIFY": everybody})
    client, facts = app.test_client(), desk.sample("withdrawal")
    assert "withdrawal" in [kind["id"] for kind in client.get("/api/v1/kinds").get_json()["kinds"]]
    assert client.get("/api/v1/kinds/withdrawal/schema").get_json()["title"] == "撤回异议函的案件事实"
    faulty = client.post("/api/v1/documents", json={"kind": "withdrawal", "facts": {}, "case": "HT-1"})
    assert faulty.status_code == 422 and "/facts/notice_date" in [e["pointer"] for e in faulty.get_json()["errors"]]
    refused = client.post("/api/v1/documents", json={"kind": "withdrawal", "facts": facts})
    assert (refused.status_code, refused.get_json()["code"]) == (400, "case_needed")
    made = client.post("/api/v1/documents", json={"kind": "withdrawal", "facts": facts, "case": "HT-1"})
    assert made.status_code == 201
    docx = client.get(made.get_json()["links"]["docx"]).data
    checked = client.post("/api/v1/checks", data={"file": (BytesIO(docx), "letter.docx")})
    assert (checked.status_code, checked.get_json()["verdict"]) == (201, "complete")
    assert client.get("/api/v1/log?kind=withdrawal").get_json()["total"] == 2
    assert "撤回的理由" in client.get("/write/withdrawal").text
    assert client.get("/cases/HT-1").status_code == 200


def test_what_a_plugin_refuses_stands_above_the_form_with_all_that_was_filled_in(withdrawal, home):
    app = create_app({"TESTING": True, "HOME": home, "CLOCK": Clock(), "IDENTIFY": everybody})
    sent = {"sender": "宁波恒泰机械有限公司", "recipient": "苏州明远精密制造有限公司"}
    sent |= {"notice_title": "异议通知", "notice_date": "2026-03-05", "extent": "whole", "reason": "双方已经和解。"}
    sent |= {"signature.capacity": "agent", "signature.representative": "陈立伟", "date": "2026-03-27"}
    data = {f"f.{name}": value for name, value in sent.items()} | {"do": "final"}
    page = app.test_client().post("/write/withdrawal", data=data)
    assert page.status_code == 422 and "要写明所属案件" in page.text and "双方已经和解。" in page.text


# Ours, and none besides


def test_ours_comes_in_by_the_same_door(fresh, home):
    ours = plugins.plugins()[0]
    assert (ours.name, ours.folder) == ("objection_docs", folders.folder("checks").parent)
    wanted = {"data_folder", "fault_finders", "storage", "document_generated", "check_completed"}
    assert set(ours.hooks) == wanted


def test_without_plugins(fresh, home, monkeypatch):
    monkeypatch.setattr(plugins, "_entry_points", list)
    assert call("plugins") == "没有安装插件。\n" and json.loads(call("plugins", "--json")) == []


def test_help_looks_for_no_plugins():
    code = "import sys, objection_docs.cli; print({'pluggy', 'importlib.metadata'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert run.stdout.strip() == "set()"


# Broken ones


NO_DATA = "@hookimpl\ndef data_folder():\n    return Path(__file__).parent / 'data'"


@pytest.mark.parametrize(
    ("source", "files", "said"),
    [
        ("import nowhere_at_all", {}, "ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("", {}, "没有用 @objection_docs.hookimpl 标出任何钩子"),
        ("@hookimpl\ndef document_genrated(letter): ...", {}, "没有“document_genrated”这个钩子"),
        ("@hookimpl\ndef document_generated(lettre): ...", {}, "lettre"),
        ("@hookimpl(wrapper=True)\ndef before_logging(letter):\n    yield", {}, "不能写成 wrapper"),
        (NO_DATA, {}, "/odd/data；请建好它"),
        (NO_DATA, {"data": "一个文件"}, "/odd/data；请建好它"),
        (NO_DATA, {"data/rules/x.yaml": ""}, "/odd/data 里没有 checks，也没有"),
        ("@hookimpl\ndef data_folder():\n    return 1 / 0", {}, "ZeroDivisionError"),
        ("raise SystemExit(3)", {}, "SystemExit"),
    ],
)
def test_one_that_cannot_be_loaded_is_left_out_and_named(install, source, files, said):
    install("odd", source, files)
    told = call("plugins", code=1)
    assert "odd（odd 1.0）" in told and "没有启用" in told and said in told
    assert "objection_notice" in call("kinds")


DATA = "@hookimpl\ndef data_folder():\n    return Path(__file__).parent\n"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"checks/odd/kind.yaml": "label: 怪函\norder: 9\nelements: [facts]\nsigns: []\n"},
            "列出了要素“facts”，但没有文件",
        ),
        ({"checks/objection_notice/date.yaml": "label: 日期\npresnt: []\n"}, "checks/objection_notice/date.yaml:2"),
        ({"checks/procedures/odd.yaml": "label: 怪程序\narea: moon\nkinds: {}\n"}, "checks/procedures/odd.yaml:2"),
        (
            {"checks/procedures/odd.yaml": "label: 怪\narea: contract\nkinds: {}\nlimits: {A1: {lable: 怪}}\n"},
            "checks/procedures/odd.yaml:4",
        ),
        ({"templates_zh/odd.yaml": "label: 怪函\nfacts: []\n"}, "templates_zh/odd.yaml"),
        ({"checks/holidays/2030.yaml": "year: abc\n"}, "checks/holidays/2030.yaml:1"),
        ({"checks/strange.yaml": "a: b\n"}, "这个位置的文件不会被读到"),
        ({"checks/faults/labels.yaml": "odd: {label: 怪}\n"}, "checks/faults/labels.yaml:1"),
    ],
)
def test_one_with_a_broken_file_is_left_out_with_file_and_line(install, home, files, said):
    install("odd", DATA, files)
    told = call("plugins", code=1)
    assert said in told and "插件“odd”" in told
    app = create_app({"TESTING": True, "HOME": home, "CLOCK": Clock(), "IDENTIFY": everybody})
    client = app.test_client()
    assert client.get("/readyz").status_code == 200 and client.get("/write").status_code == 200
    report, _ = desk.examine(NOTICE.encode(), "letter.txt", kind="objection_notice")
    assert report["kind"] == "objection_notice"
    assert said in client.get("/admin/settings").text


def test_the_users_own_broken_file_must_be_mended(install, tmp_path, monkeypatch):
    own = tmp_path / "own" / "objection_notice"
    own.mkdir(parents=True)
    (own / "kind.yaml").write_text("lable: 怪\n", "utf-8")
    monkeypatch.setenv("OBJECTION_DOCS_CHECKS", str(own.parent))
    install("fine", DATA, {"checks/holidays/wy.yaml": "region: 武夷\nsource: 样例\noff: []\n"})
    with pytest.raises(DataFileError, match="lable"):
        desk.examine(NOTICE.encode(), "letter.txt", kind="objection_notice")
    assert fault("fine") == ""


def test_the_same_name_twice_is_told_apart(install):
    place = install("twice", "@hookimpl\ndef document_generated(letter): ...")
    other = place.parent / "other" / "other-2.0.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 2.0\n", "utf-8")
    (other / "entry_points.txt").write_text("[objection_docs]\ntwice = made_other\n", "utf-8")
    (other.parent / "made_other.py").write_text((place / "made_twice.py").read_text("utf-8"), "utf-8")
    sys.path.insert(0, str(other.parent))  # taken away with what `install` put there
    assert {plugin.name for plugin in plugins.plugins()[1:]} in (
        {"twice", "twice（other）"},
        {"twice", "twice（twice）"},
    )


FINDER = "@hookimpl\ndef fault_finders():\n    return [find]\n\ndef find(known):\n    "


@pytest.mark.parametrize(
    "body",
    [
        "raise ValueError(known.text)",
        "from objection_docs.checking.faults import Found\n    yield Found('no_such_code', (0, 1))",
        "return 7",
    ],
)
def test_a_finder_that_breaks_down_costs_its_own_faults_and_is_told_in_the_report(install, caplog, body):
    install("finder", FINDER + body)
    report, _ = desk.examine(NOTICE.encode(), "letter.txt", kind="objection_notice")
    assert report["verdict"] == "incomplete" and [w for w in report["warnings"] if "插件“finder”出错" in w]
    assert "插件“finder”" in caplog.text and "轴承" not in caplog.text


@pytest.mark.parametrize("body", ["return 1 / 0", "1 / 0\n    yield"])
def test_finders_that_cannot_be_had_are_told(install, body):
    install("finder", f"@hookimpl\ndef fault_finders():\n    {body}\n")
    assert desk.examine(NOTICE.encode(), "letter.txt", kind="objection_notice")[0]["verdict"] == "incomplete"
    assert "ZeroDivisionError" in fault("finder")


# Around the log


def count(home: Path) -> int:
    return desk.search(home=home).total


def test_before_logging_may_refuse_with_words_of_its_own(install, home, clock):
    install("gate", "@hookimpl\ndef before_logging(letter):\n    raise UsageError('这里只收' + letter['file_name'])")
    with pytest.raises(UsageError, match="这里只收信"):
        desk.check(NOTICE.encode(), "信.txt", now=clock(), home=home)
    with pytest.raises(UsageError, match="这里只收异议通知"):
        desk.generate("objection_notice", desk.sample("objection_notice"), now=clock(), home=home)
    assert count(home) == 0
    assert desk.check(NOTICE.encode(), "信.txt", now=clock(), home=home, log=False)["verdict"] == "incomplete"


def test_a_gate_that_breaks_down_lets_nothing_through_and_is_named(install, home, clock):
    install("gate", "@hookimpl\ndef before_logging(letter):\n    letter['nothing']")
    with pytest.raises(PluginError, match=r"插件“gate”的 before_logging 出错（KeyError，made_gate\.py:6）"):
        desk.check(NOTICE.encode(), "信.txt", now=clock(), home=home)
    assert count(home) == 0
    app = create_app({"TESTING": True, "HOME": home, "CLOCK": clock, "IDENTIFY": everybody})
    answer = app.test_client().post("/api/v1/checks", data={"file": (BytesIO(b"x"), "x.txt")})
    assert (answer.status_code, answer.get_json()["code"]) == (500, "broken_plugin")


def test_what_is_logged_is_told_to_plugins_and_stays_logged_whatever_they_do(install, home, caplog, clock):
    install(
        "watch",
        "told = []\n"
        "@hookimpl\ndef document_generated(letter, file, home, now):\n    told.append((letter, file[:2], home))\n"
        "@hookimpl\ndef check_completed(report, now):\n    told.append(report)\n    raise ValueError(report['fields'])",
    )
    letter = desk.generate("objection_notice", desk.sample("objection_notice"), now=clock(), home=home, case="HT-1")
    report = desk.check(NOTICE.encode(), "信.txt", now=clock(), home=home, who="王敏")
    (about, start, place), checked = sys.modules["made_watch"].told
    assert (about["id"], about["number"], about["case"], start) == (letter.id, letter.number, "HT-1", b"PK")
    assert place == home and (checked["id"], checked["who"]) == (report["id"], "王敏")
    assert "case" not in report and count(home) == 2
    assert "插件“watch”的 check_completed 出错（ValueError" in caplog.text and "恒泰" not in caplog.text


STORAGE = """
class Store:
    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
    def write(self, digest, data):
        if self.folder.name == "full":
            raise OSError(28, "No space left", "/secret")
        (self.folder / digest).write_bytes(data)
    def read(self, digest):
        try:
            return (self.folder / digest).read_bytes()
        except FileNotFoundError:
            raise KeyError(digest) from None
    def delete(self, digest):
        (self.folder / digest).unlink(missing_ok=True)

@hookimpl
def storage(home):
    return Store(home.parent / "{name}")
"""


def test_a_storage_keeps_the_files_and_the_log_still_sees_what_becomes_of_them(install, home, tmp_path, clock):
    before = desk.check(NOTICE.encode(), "早.txt", now=clock(), home=home)
    install("store", STORAGE.replace("{name}", "elsewhere"))
    later = desk.check((NOTICE + "又").encode(), "晚.txt", now=clock(), home=home)
    kept = tmp_path / "elsewhere" / later["sha256"]
    assert kept.is_file() and not list((home / "files").rglob(f"{later['sha256'][2:]}"))
    for report, text in ((before, NOTICE), (later, NOTICE + "又")):
        assert desk.file(report["id"], home=home)[1] == text.encode()
    with Archive(home) as archive:
        assert archive.verify() == []
        kept.write_bytes(b"another")
        assert "与记入时不同" in archive.verify()[0] and "插件“store”" in archive.verify()[0]
        archive.files.remove([before["sha256"], later["sha256"]])
        assert not kept.exists() and len(archive.verify()) == 2
        assert not archive.files.has(before["sha256"])


def test_a_gate_stays_when_the_data_beside_it_is_broken(install, home, clock):
    gate = "@hookimpl\ndef before_logging(letter):\n    raise UsageError('不收')\n"
    install("odd", DATA + gate, {"checks/strange.yaml": "a: b\n"})
    told = call("plugins", code=1)
    assert "数据没有启用" in told and "before_logging" in told
    with pytest.raises(UsageError, match="不收"):
        desk.check(NOTICE.encode(), "信.txt", now=clock(), home=home)


def test_a_storage_that_cannot_be_had_lets_nothing_be_entered(install, home, clock):
    install("store", "@hookimpl\ndef storage(home):\n    return 1 / 0\n")
    with pytest.raises(LogError, match="插件“store”的 storage 出错") as error:
        desk.check(NOTICE.encode(), "信.txt", now=clock(), home=home)
    assert error.value.code == "storage_failed" and count(home) == 0


def test_a_storage_that_fails_is_named_and_nothing_is_entered(install, home, clock):
    install("store", STORAGE.replace("{name}", "full"))
    with pytest.raises(LogError, match="插件“store”的存储出错（OSError）") as error:
        desk.check(NOTICE.encode(), "信.txt", now=clock(), home=home)
    assert (error.value.code, error.value.status) == ("storage_failed", 503) and "secret" not in str(error.value)
    assert error.value.report["verdict"] == "incomplete" and count(home) == 0


def test_what_is_left_out_is_written_to_the_services_log(install, caplog):
    install("odd", "import nowhere_at_all")
    with caplog.at_level(logging.WARNING):
        call("kinds")
    assert caplog.text.count("插件“odd”没有启用") == 1


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_plugin_of_the_readme_works_as_it_is_written(install, home, clock, readme):
    text = (ROOT / readme).read_text("utf-8")
    shown = next(block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "@hookimpl" in block)
    install("office", shown)
    assert "没有启用" not in call("plugins")
    with pytest.raises(UsageError, match="都要写明案件"):
        desk.check(NOTICE.encode(), "信.txt", now=clock(), home=home)
    assert desk.check(NOTICE.encode(), "信.txt", now=clock(), home=home, case="HT-1")["id"]
    folder = re.search(r"`(Path\(__file__\)[^`]+)`", text)[1]  # for one with rules of its own
    source = f"@hookimpl\ndef data_folder():\n    return {folder}\n"
    install("rules", source, {"data/checks/holidays/wuyi.yaml": "region: 武夷\nsource: 样例\noff: []\n"})
    assert "其他数据：checks/holidays/wuyi.yaml" in call("plugins")


def test_the_readme_lists_every_hook():
    from objection_docs import hookspecs

    text = (ROOT / "README.md").read_text("utf-8")
    specs = {name for name, value in vars(hookspecs).items() if hasattr(value, "objection_docs_spec")}
    assert specs and specs == set(re.findall(r"^\| `(\w+)` \| ", text, re.MULTILINE)) & specs
    assert specs == set(additions.HOOKS) | {"data_folder"}
