"""A kind is read from its YAML file, and its author's mistakes are told by file and line."""

import pytest
from made_forms import YAML, form, kind

from objection_docs.errors import DataFileError, UsageError
from objection_docs.packs import kinds


def load(folder, yaml):
    return kind(folder, yaml, table=False, paragraphs=("{{ title }}",))


def test_a_kind_knows_its_title_facts_and_elements(tmp_path):
    made = kind(tmp_path)
    assert (made.id, made.label, made.order) == ("test_letter", "测试函", 1)
    assert made.title() == "测试函" and made.title("special") == "特别函" and made.title("another") == "测试函"
    assert made.elements == ("sender", "facts", "remedies", "evidence", "signature", "date")
    assert made.procedures == ("special",)
    assert made.wording() == {"you": "贵方"} and made.wording("special") == {"you": "贵局"}


def test_a_fact_may_be_required_in_one_procedure_only(tmp_path):
    case_number = kind(tmp_path).facts[-1]
    assert case_number.needed("special") and not case_number.needed(None) and not case_number.needed("another")


def test_kinds_come_in_their_order(tmp_path):
    for name, order in (("b", 2), ("c", 1), ("a", 3)):
        form(tmp_path / f"{name}.docx", paragraphs=())
        text = f"label: {name}\norder: {order}\nfacts: [{{name: x, label: y, type: text}}]\n"
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
    assert list(kinds.kinds(tmp_path)) == ["c", "b", "a"]


def test_an_unknown_kind_lists_those_there_are(tmp_path):
    kind(tmp_path)
    with pytest.raises(UsageError) as caught:
        kinds.kind("test_leter", tmp_path)
    assert caught.value.code == "unknown_kind"
    assert "是不是 test_letter" in caught.value.message and "test_letter（测试函）" in caught.value.message


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(UsageError, match="没有这个文件夹"):
        kinds.kinds(tmp_path / "nowhere")


def test_a_kind_without_a_word_form_is_refused(tmp_path):
    kind(tmp_path).form.unlink()
    with pytest.raises(DataFileError, match=r"test_letter\.docx"):
        kinds.load(tmp_path / "test_letter.yaml")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("type: date,", "type: day,", "没有这种类型"),
        ("name: price,", "name: title,", "已另有用途"),
        ("name: price,", "name: Price,", "小写英文字母"),
        ("name: price,", "name: sender,", "出现了两次"),
        ("label: 金额, type: amount,", "label: 金额, hepl: 多少, type: amount,", "没有这个键"),
        ("when: {conclusion: [rejected]}", "when: {conclusion: [refused]}", "没有选项 refused"),
        ("when: {conclusion: [rejected]}", "when: {sender: [x]}", "排在前面的一个 choice"),
        ("label: 金额, type: amount,", "label: 金额, type: amount, least: 2,", "只有类型 list"),
        ("label: 金额, type: amount,", "label: 金额, type: amount, max: 2,", "才能有 max"),
        ("label: 金额, type: amount,", "label: 金额, type: group,", "需要 items"),
        ("partly: 部分成立", "partly: 成立", "中文名称相同"),
        ("samples:\n  special: {number: null", "samples:\n  special: {nunber: null", "没有这个事实"),
        ("words: {default: {you: 贵方}", "words: {default: {sender: 贵方}", "重名"),
        ("special: {you: 贵局}", "special: {yuo: 贵局}", "default 里没有这个词"),
        ("name: copies, label", "name: name, label", "出现了两次"),
    ],
)
def test_an_authors_mistake_is_told_with_file_and_line(tmp_path, before, after, said):
    assert YAML.count(before) == 1
    wrong = YAML.replace(before, after)
    line = wrong[: wrong.rindex(after)].count("\n") + 1
    with pytest.raises(DataFileError) as caught:
        load(tmp_path, wrong)
    assert said in caught.value.message
    told = int(caught.value.where.rpartition(":")[2])
    assert caught.value.where.endswith(f"test_letter.yaml:{told}") and abs(told - line) <= 1
