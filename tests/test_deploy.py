"""The files of examples/deploy say what is there: folders, settings, commands. Built and run they were by hand."""

import configparser
import re
from pathlib import Path

import pytest

from objection_docs import settings
from objection_docs.cli import main

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "examples" / "deploy"
UNITS = ["objection-docs.service", "objection-docs-work.service"]
CONTAINER = (DEPLOY / "Containerfile").read_text("utf-8")
#: What the environment may name beside the settings of the service.
PLACES = {"OBJECTION_DOCS_HOME", "OBJECTION_DOCS_CHECKS", "OBJECTION_DOCS_OIDC_SECRET"}


def directives(name: str) -> list[tuple[str, str]]:
    lines = (DEPLOY / name).read_text("utf-8").splitlines()
    return [tuple(line.split("=", 1)) for line in lines if "=" in line and not line.startswith("#")]


def test_what_the_package_is_made_of_comes_into_the_image():
    copied = {
        source for line in re.findall(r"^COPY (?!--)(.+) \S+$", CONTAINER, re.MULTILINE) for source in line.split()
    }
    assert all((ROOT / source).exists() for source in copied)
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", "utf-8")
    folders_of_it = {
        line.split("=")[1].strip() for line in setup["options"]["package_dir"].splitlines() if line.strip()
    }
    read = {setup["metadata"]["long_description"].removeprefix("file:").strip(), setup["metadata"]["license_files"]}
    assert copied == {"objection_docs", "setup.cfg", "pyproject.toml"} | folders_of_it | read


@pytest.mark.parametrize("name", ["Containerfile", *UNITS])
def test_every_setting_named_there_is_one_and_is_taken(name, home):
    text = (DEPLOY / name).read_text("utf-8")
    given = dict(re.findall(r"\b(OBJECTION_DOCS_[A-Z_]+)=([^\s\\]+)", text))
    known = {f"OBJECTION_DOCS_{one.removeprefix('service.').upper()}" for one in settings.LABELS}
    assert given.keys() - PLACES <= known
    assert settings.read(home, given).service.log == "json"


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_starts_a_command_that_is_there(name):
    (line,) = [value for key, value in directives(name) if key == "ExecStart"]
    program, command = line.split()
    assert program.endswith("/bin/objection-docs") and command in main.commands


def test_both_units_are_shut_in_alike():
    told = [(DEPLOY / name).read_text("utf-8") for name in UNITS]
    shut_in = {text[text.index("# What it has no need of") : text.index("[Install]")] for text in told}
    assert len(shut_in) == 1


def test_the_container_asks_its_own_port():
    port = re.search(r"OBJECTION_DOCS_PORT=(\d+)", CONTAINER)[1]
    assert set(re.findall(r"EXPOSE (\d+)|127\.0\.0\.1:(\d+)/readyz", CONTAINER)) == {(port, ""), ("", port)}
