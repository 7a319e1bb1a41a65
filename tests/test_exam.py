"""`objection-docs rules test`: examples are run, and what a change of the rules does to labelled letters is shown."""

import pytest
from click.testing import CliRunner
from test_rules_files import ELEMENT, own  # noqa: F401 - the fixture

from objection_docs import exam
from objection_docs.cli import main
from objection_docs.errors import DataFileError, UsageError
from objection_docs.packs import labelled

LISTED = "异议函\n苏州明远公司：\n货物不合格。\n附：1.授权委托书\n2.《测试记录单》27份\n"
BOOK = "异议函\n苏州明远公司：\n货物不合格，附有绿皮书。\n"


@pytest.fixture
def letters(tmp_path):
    folder = tmp_path / "letters"
    folder.mkdir()
    for name, text, label in (
        ("a", LISTED, "present"),
        ("b", BOOK, "{status: present, quote: 绿皮书}"),
        ("c", "有证据。", "vague"),
    ):
        body = "".join(f"  {line}\n" for line in text.split("\n"))
        (folder / f"{name}.yaml").write_text(
            f"kind: objection_notice\nnote: 试\nlabels: {{evidence: {label}}}\ntext: |\n{body}", "utf-8"
        )
    return folder


def run(*args: str):
    return CliRunner().invoke(main, ["rules", "test", *map(str, args)])


def change_example(own, before: str, after: str) -> None:  # noqa: F811
    (own / "objection_notice" / "evidence.yaml").write_text(ELEMENT.replace(before, after), "utf-8")


def test_examples_that_hold_end_well(own):  # noqa: F811
    count, failures = exam.examples(exam.rules(own))
    assert failures == [] and count > 100


def test_an_example_that_does_not_hold_is_shown_with_the_rule_that_decided(own, letters):  # noqa: F811
    change_example(own, "  vague:\n    - 我方有证据。", "  vague:\n    - 附有绿皮书。")
    (failure,) = exam.examples(exam.rules(own))[1]
    file = own / "objection_notice" / "evidence.yaml"
    assert (failure.wanted, failure.got, failure.quote) == ("vague", "present", "附有绿皮书")
    assert (failure.where, failure.rule) == (f"{file}:15", f"{file}:6")
    result = run(own, "--letters", letters)
    assert result.exit_code == 1
    assert "其中 1 个不符" in result.output
    assert "objection_notice/evidence：应为 vague，实为 present" in result.output
    assert f"{file}:15" in result.output and f"{file}:6 的规则" in result.output


def test_an_example_that_no_rule_sees_is_told_so(own, letters):  # noqa: F811
    change_example(own, "    - 附有绿皮书一份。", "    - 附有红皮书一份。")
    result = run(own, "--letters", letters)
    assert result.exit_code == 1
    assert "没有一条规则看到相应的文字" in result.output


def test_what_a_change_decides_otherwise_is_shown_and_judged_by_the_labels(own, letters):  # noqa: F811
    outcome = exam.run((own,), letters)
    seen = {change.letter: change for change in outcome.changes}
    assert outcome.letters == 3
    assert (seen["a"].before, seen["a"].after, seen["a"].worth) == ("present", "missing", "worse")
    assert "c" not in seen
    result = run(own, "--letters", letters)
    assert result.exit_code == 0
    assert "函件：3 份" in result.output and "present → missing" in result.output and "变差 1 处" in result.output


def test_a_change_for_the_better_is_counted():
    def change(before, after, label):
        return exam.Change("x", "evidence", before, after, "", "", label)

    assert change("missing", "present", "present").worth == "better"
    assert change("present", "missing", "present").worth == "worse"
    assert change("vague", "missing", "present").worth == ""
    assert change("vague", "missing", "").worth == ""


def test_all_broken_files_are_told_at_once_with_exit_code_2(own, letters):  # noqa: F811
    change_example(own, "missing: 没有附材料", "mising: 没有附材料")
    wrong = ELEMENT.replace("label: 证据材料", "lable: 证据材料")
    (own / "objection_notice" / "facts.yaml").write_text(wrong, "utf-8")
    result = run(own, "--letters", letters)
    assert result.exit_code == 2
    assert "evidence.yaml:4：mising：没有这个键" in result.output
    assert "facts.yaml:1：lable：没有这个键" in result.output
    assert "规则文件有 2 处写法有误" in result.output


def test_sentences_of_recourse_are_examples_too(letters, tmp_path):
    file = tmp_path / "own" / "recourse.yaml"
    file.parent.mkdir()
    file.write_text(
        "procedures:\n  contract_objection_notice:\n    - way: 申诉\n      act: 申诉\n      only: 法务部\n"
        "      examples:\n"
        "        right: [如不服，可以向我公司总经理办公室申诉。, 如不服，可以向我公司法务部申诉。]\n"
        "        wrong:\n          - 如不服，可以向我公司法务部申诉。\n",
        "utf-8",
    )
    result = run(file.parent, "--letters", letters)
    assert result.exit_code == 1 and "其中 2 个不符" in result.output
    assert f"{file}:7\n  disposition_reply/recourse：应为 right，实为 wrong" in result.output
    assert f"{file}:9\n  disposition_reply/recourse：应为 wrong，实为 right" in result.output
    assert "看到“我公司总经理办公室”" in result.output


def test_without_a_folder_of_ones_own_there_is_nothing_to_compare(letters):
    result = run("--letters", letters)
    assert result.exit_code == 0
    assert "全部相符" in result.output and "未作比较（没有自己的规则文件夹）" in result.output


def test_folders_come_by_position_by_option_and_by_environment_alike(own, letters, monkeypatch):  # noqa: F811
    wanted = run(own, "--letters", letters).output
    assert run("--checks", own, "--letters", letters).output == wanted
    monkeypatch.setenv("OBJECTION_DOCS_CHECKS", str(own))
    assert run("--letters", letters).output == wanted


def test_the_folder_of_one_command_is_forgotten_after_it(own, monkeypatch):  # noqa: F811
    import os

    monkeypatch.delenv("OBJECTION_DOCS_CHECKS", raising=False)
    run(own, "--letters", own)
    assert "OBJECTION_DOCS_CHECKS" not in os.environ


def test_a_check_takes_the_users_rules(own, tmp_path):  # noqa: F811
    paper = tmp_path / "letter.txt"
    paper.write_text(LISTED, "utf-8")
    words = ["check", str(paper), "--no-log", "--kind", "objection_notice", "--format", "json"]
    shipped, mine = (CliRunner().invoke(main, [*words, *more]).output for more in ([], ["--checks", str(own)]))
    assert '"reason": "没有附材料"' not in shipped
    assert '"reason": "没有附材料"' in mine and '"authority": "规程第三条"' in mine


def test_a_kind_of_the_users_can_be_asked_for_by_name(own, tmp_path):  # noqa: F811
    folder = own / "guarantee_call"
    folder.mkdir()
    (folder / "kind.yaml").write_text("label: 保函索赔书\norder: 9\nelements: [evidence]\nsigns: []\n", "utf-8")
    (folder / "evidence.yaml").write_text(ELEMENT, "utf-8")
    paper = tmp_path / "letter.txt"
    paper.write_text(BOOK, "utf-8")
    words = ["check", str(paper), "--no-log", "--kind", "guarantee_call"]
    assert CliRunner().invoke(main, words).exit_code == 2
    result = CliRunner().invoke(main, [*words, "--checks", str(own)])
    assert result.exit_code == 0, result.output
    assert "保函索赔书" in result.output


def test_a_missing_folder_is_told(tmp_path):
    result = run(tmp_path / "nowhere")
    assert result.exit_code == 2 and "没有这个规则文件夹" in result.output
    with pytest.raises(UsageError, match="没有带标注的函件"):
        labelled.letters(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind: x\nlabels: {evidence: there}\ntext: y\n", "这里应当是要素的状态"),
        ("kind: x\nlabels: {evidence: present}\n", "没有函件"),
        ("labels: {evidence: present}\ntext: y\n", "缺少这个必需的键"),
    ],
)
def test_a_mistake_in_a_label_is_told(tmp_path, text, said):
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    with pytest.raises(DataFileError, match=said):
        labelled.letters(tmp_path)


def test_a_letter_may_lie_beside_its_labels(tmp_path, own):  # noqa: F811
    (tmp_path / "l").mkdir()
    (tmp_path / "l" / "a.yaml").write_text("kind: objection_notice\nlabels: {evidence: present}\n", "utf-8")
    (tmp_path / "l" / "a.txt").write_text(LISTED, "utf-8")
    assert [c.letter for c in exam.run((own,), tmp_path / "l").changes] == ["a"]
