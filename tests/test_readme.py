"""The READMEs do not lie: both say the same, and what they tell to type is there."""

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import objection_docs
from objection_docs.cli import main

ROOT = Path(__file__).resolve().parent.parent
ENGLISH, CHINESE = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh.md"))
BLOCK = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")


def commands(group: click.Group, *before: str):
    """Every command that does something, by its words."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *before, name)
        else:
            yield (*before, name), command


COMMANDS = dict(commands(main))


def headings(text: str) -> list[int]:
    return [len(mark) for mark in re.findall(r"^(#+) ", BLOCK.sub("", text), re.MULTILINE)]


def table_rows(text: str) -> list[list[str]]:
    """The code in the first cell of each table row."""
    return [CODE.findall(row.split("|")[1]) for row in text.splitlines() if row.startswith("|")]


def listed(text: str) -> dict[tuple[str, ...], set[str]]:
    """The commands of the table with the options told for each."""
    out = {}
    for row in text.splitlines():
        if found := re.match(r"\| `objection-docs ([a-z ]+?)(?: [A-Z].*?)?` \|", row):
            out[tuple(found[1].split())] = {word for code in CODE.findall(row) for word in options_of(code)}
    return out


def options_of(code: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", code))


def options(command: click.Command) -> list[set[str]]:
    """The names of each option."""
    return [set(param.opts) for param in command.params if isinstance(param, click.Option)]


def calls() -> list[str]:
    """What the code blocks tell to type."""
    lines = [line for block in BLOCK.findall(ENGLISH) for line in block.splitlines()]
    return [line for line in lines if line.startswith("objection-docs ")]


def typed() -> list[list[str]]:
    """The same as words after `objection-docs`."""
    return [shlex.split(call.split(" > ")[0])[1:] for call in calls()]


def test_both_have_the_same_sections():
    assert headings(ENGLISH) == headings(CHINESE)


def test_both_have_the_same_code_blocks_in_the_same_order():
    assert BLOCK.findall(ENGLISH) == BLOCK.findall(CHINESE)


def test_both_list_the_same_commands_and_files():
    assert table_rows(ENGLISH) == table_rows(CHINESE)


@pytest.mark.parametrize("name", ["report", "accuracy", "bench"])
def test_both_show_the_same_figures(name):
    between = re.compile(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", re.DOTALL)
    one, other = between.findall(ENGLISH), between.findall(CHINESE)
    assert one == other
    assert len(one) == 1
    assert one[0].strip(), f"fill in {name}"


def test_the_table_lists_every_command_with_every_option():
    told = listed(ENGLISH)
    assert set(told) == set(COMMANDS)
    for words, command in COMMANDS.items():
        assert told[words] <= set().union(*options(command)), words
        assert [names for names in options(command) if not names & told[words]] == [], words


def test_what_is_told_to_type_is_understood():
    assert typed()
    for words in typed():
        name = next(n for n in COMMANDS if tuple(words[: len(n)]) == n)
        assert {word for word in words if word.startswith("-")} <= set().union(*options(COMMANDS[name])), words


def test_what_is_told_to_type_works_when_it_is_typed_from_top_to_bottom(home, tmp_path, monkeypatch):
    """But for the lines that need the plugin, whose own tests are beside it; `make demo` left its letters there."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "demo-out").mkdir()
    runner = CliRunner()
    for kind in ("objection_notice", "disposition_reply"):
        made = f"demo-out/{kind}"
        Path(f"{made}.json").write_text(runner.invoke(main, ["facts", kind]).stdout, "utf-8")
        runner.invoke(main, ["generate", kind, f"{made}.json", "-o", f"{made}.docx", "--no-log"])
    for line in [line for line in calls() if "withdrawal" not in line]:
        call, _, kept_in = line.partition(" > ")
        ran = runner.invoke(main, shlex.split(call)[1:])
        incomplete = "deficient" in call or "acknowledge" in call
        assert ran.exit_code == (1 if incomplete else 0), (line, ran.output)
        assert ran.stdout.strip() and "共 0 条" not in ran.output, line
        if kept_in:
            Path(kept_in).write_text(ran.stdout, "utf-8")


def test_the_python_that_is_shown_uses_the_public_door():
    shown = re.findall(r"^from objection_docs import (.+)$", "".join(BLOCK.findall(ENGLISH)), re.MULTILINE)
    names = {name for line in shown for name in line.split(", ")}
    assert names
    assert names <= set(objection_docs.__all__)


def test_the_make_targets_that_are_told_exist():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    there = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    blocks = "".join(BLOCK.findall(ENGLISH))
    told = set(re.findall(r"`make ([a-z-]+)`", ENGLISH)) | set(re.findall(r"^make ([a-z-]+)$", blocks, re.MULTILINE))
    assert told >= {"demo", "test"}
    assert told <= there


def test_the_files_that_are_linked_exist():
    for text in (ENGLISH, CHINESE):
        links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
        assert [link for link in links if not (ROOT / link).exists()] == []
