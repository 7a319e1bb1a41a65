"""The wheel, built from a copy and installed in a fresh environment away from the checkout, does the main job."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DATA = ("templates_zh", "checks", "web")
SOURCES = ("objection_docs", *DATA, "setup.cfg", "pyproject.toml", "README.md", "LICENSE")
KINDS = ("objection_notice", "acknowledgement", "disposition_reply", "complaint")


def run(*command, cwd: Path, good: int = 0, **extra) -> str:
    """Standard output of a command that has to end with `good`; nothing of the checkout in its environment."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    words, environment = [str(word) for word in command], {**kept, **extra}
    done = subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == good, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    work = tmp_path_factory.mktemp("build")
    # From a copy: a build/ left over in the checkout would ship files that are long gone.
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, work / "source" / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, work / "source")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", work, work / "source", cwd=work)
    return next(work.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Runs objection-docs from the fresh environment, in an empty folder with a home of its own."""
    work = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", work / "venv", cwd=work)
    run(work / "venv/bin/python", "-m", "pip", "install", "--quiet", wheel, cwd=work)
    desk = work / "desk"
    desk.mkdir()

    def command(*words, good: int = 0) -> str:
        return run(
            work / "venv/bin/objection-docs", *words, cwd=desk, good=good, OBJECTION_DOCS_HOME=str(work / "home")
        )

    command.desk = desk
    command.python = work / "venv/bin/python"
    return command


def test_the_wheel_holds_the_package_and_its_data_and_nothing_else(wheel):
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    code = {p.relative_to(ROOT).as_posix() for p in (ROOT / "objection_docs").rglob("*.py")}
    data = {
        f"objection_docs/{p.relative_to(ROOT).as_posix()}" for d in DATA for p in (ROOT / d).rglob("*") if p.is_file()
    }
    assert held == code | data


def test_the_command_runs_from_the_fresh_environment(installed):
    place = run(installed.python, "-c", "import objection_docs; print(objection_docs.__file__)", cwd=installed.desk)
    assert str(installed.python.parent.parent) in place


def test_letters_are_written_checked_and_found_again(installed):
    for kind in KINDS:
        (installed.desk / f"{kind}.json").write_text(installed("facts", kind), "utf-8")
        installed("generate", kind, f"{kind}.json", "-o", f"{kind}.docx", "--case", "HT-2026-018")
    letters = [f"{kind}.docx" for kind in KINDS]
    reports = json.loads(installed("check", *letters, "--format", "json"))
    assert [(report["kind"], report["verdict"]) for report in reports] == [(kind, "complete") for kind in KINDS]
    found = installed("log", "search", "恒泰")
    assert all(report["id"] in found for report in reports)


def test_a_deficient_letter_is_told_by_the_exit_code(installed):
    deficient = ROOT / "examples" / "deficient_notice.pdf"
    [report] = json.loads(installed("check", deficient, "--format", "json", good=1))
    status = {element["id"]: element["status"] for element in report["elements"]}
    assert (report["kind"], report["verdict"]) == ("objection_notice", "incomplete")
    assert (status["clauses"], status["evidence"], status["date"]) == ("vague", "vague", "blank")
    assert [fault["code"] for fault in report["faults"]] == ["amount_mismatch"]


def test_the_pages_travel_with_the_wheel(installed):
    code = "from objection_docs.folders import folder; print(folder('web') / 'templates')"
    place = Path(run(installed.python, "-c", code, cwd=installed.desk).strip())
    assert installed.python.parent.parent in place.parents
    assert place.is_dir()
