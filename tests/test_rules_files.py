"""Rule files: an author's mistake is told with file and line, and a user's folder lies on top of the shipped one."""

import re
import time

import pytest

from objection_docs.checking import check
from objection_docs.errors import DataFileError, UsageError
from objection_docs.extraction.paper import from_text
from objection_docs.packs.bounded import EACH, allowance, bounded
from objection_docs.packs.leading import Leading
from objection_docs.packs.patterns import normal_pattern
from objection_docs.packs.rule_schema import ADVICE_NAMES
from objection_docs.packs.rules import rules, shipped

ELEMENT = """\
label: 证据材料
authority: 规程第三条
advice: 请{sender}附上材料。
missing: 没有附材料
present:
  - match: '附有{own_paper}'
    reason: 看到“{quote}”
vague:
  - match: '有证据'
examples:
  present:
    - 附有绿皮书一份。
    - 另附有蓝皮书。
  vague:
    - 我方有证据。
  missing:
    - 货物不合格。
"""
LEXICON = """\
words:
  own_paper: [绿皮书, '{own_blue}']
  own_blue: 蓝皮书
"""


@pytest.fixture
def own(tmp_path):
    """A user's folder that overrides one element."""
    folder = tmp_path / "我的规则"
    (folder / "objection_notice").mkdir(parents=True)
    (folder / "lexicon").mkdir()
    (folder / "objection_notice" / "evidence.yaml").write_text(ELEMENT, "utf-8")
    (folder / "lexicon" / "own.yaml").write_text(LEXICON, "utf-8")
    return folder


def status(text: str, pack, kind: str = "objection_notice", element: str = "evidence"):
    return next(e.status for e in check(from_text(text), kind, pack=pack).elements if e.id == element)


def load(folder) -> None:
    for kind in rules(folder).kinds.values():
        assert kind.elements


# The author's mistakes


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("present:\n  - match", "presnt:\n  - match", "presnt：没有这个键"),
        ("    reason: 看到", "    raeson: 看到", "present.0.raeson：没有这个键"),
        ("missing: 没有附材料", "label: 没有附材料", "键“label”出现了两次"),
        ("authority: 规程第三条\n", "", "authority：缺少这个必需的键"),
        ("'附有{own_paper}'", "'附有{own_papre}'", "词表里没有“own_papre”"),
        ("'附有{own_paper}'", "'附有(绿皮书'", "第 3 个字处左括号没有配对的右括号（附有⟨这里⟩(绿皮书）"),
        ("'附有{own_paper}'", "'{own_paper}附**有'", "两个重复符号连在一起"),
        ("'附有{own_paper}'", "'[附有'", "方括号 [ 没有配对的 ]"),
        ("'附有{own_paper}'", "'附有…{own_paper}(?<=附+)'", "里面的长度必须固定"),
        ("'附有{own_paper}'", "'(?:附[^。]+)+有'", "没有上限的重复里又套着没有上限的重复"),
        ("'附有{own_paper}'", "'(?P<qoute>附有)'", "没有组名“qoute”"),
        ("- match: '有证据'", "- reason: 有证据", "规则要有 match 或 field"),
        ("- match: '有证据'", "- {match: 有证据, zone: middle}", "只能是 opening、body 或 closing"),
        ("  vague:\n    - 我方有证据。\n", "", "每个状态都要有例子，还缺：vague"),
        ("  missing:\n    - 货物", "  lost:\n    - 货物", "不是要素的状态"),
        ("请{sender}附上", "请{sendre}附上", "没有 {sendre} 这个名字"),
        ("请{sender}附上", "请{sender附上", "花括号 { } 没有配对"),
        ("看到“{quote}”", "看到“{qoute}”", "没有 {qoute} 这个名字"),
        ("missing: 没有附材料", "missing: 没有附材料\nwhen: [rejcted]", "没有“rejcted”这个结论"),
        ("missing: 没有附材料", "missing: 没有附材料\nlike: case_evidnce", "没有 case_evidnce.yaml"),
        ("label: 证据材料", "label: 证据材料\nlevel: must", "只能是 required、recommended 或 optional"),
        ("advice: 请{sender}", "advice: 一: 请{sender}", "这里不该有冒号"),
        ("  - match: '附有", "\t- match: '附有", "缩进要用空格"),
        ("- match: '有证据'", "- match: [有证据]", "这里应当是一段文字"),
    ],
)
def test_an_authors_mistake_is_told_with_file_and_line(own, before, after, said):
    assert ELEMENT.count(before) == 1
    wrong = ELEMENT.replace(before, after)
    path = own / "objection_notice" / "evidence.yaml"
    path.write_text(wrong, "utf-8")
    with pytest.raises(DataFileError) as caught:
        load(own)
    assert said in caught.value.message
    told = int(caught.value.where.rpartition(":")[2])
    assert caught.value.where == f"{path}:{told}"
    around = "\n".join(wrong.split("\n")[max(0, told - 3) : told + 2])
    assert not after or any(line.strip() in around for line in after.split("\n")), (told, around)


def test_the_line_told_is_that_of_the_faulty_pattern(own):
    path = own / "objection_notice" / "evidence.yaml"
    path.write_text(
        ELEMENT.replace("  - match: '有证据'", "  - reason: 空话\n    match: '有证据'\n    unless: '('"), "utf-8"
    )
    with pytest.raises(DataFileError) as caught:
        load(own)
    assert caught.value.where == f"{path}:11"


@pytest.mark.parametrize(
    ("lexicon", "line", "said"),
    [
        ("words:\n  own_blue: '蓝('\n  own_paper: 书{own_blue}\n", 2, "词表“own_blue”里写法有误的表达式：第 2 个字处"),
        ("words:\n  own_paper: '{own_blue}'\n  own_blue: '{own_paper}'\n", 2, "引用了自己"),
        ("words:\n  own_paper: '{nothing}'\n", 2, "词表里没有“nothing”"),
        ("words:\n  own_paper: 书\n  own_paper: 本\n", 3, "键“own_paper”出现了两次"),
        ("wrods:\n  own_paper: 书\n", 1, "wrods：没有这个键"),
    ],
)
def test_a_mistake_in_a_word_is_told_where_the_word_stands(own, lexicon, line, said):
    path = own / "lexicon" / "own.yaml"
    path.write_text(lexicon, "utf-8")
    with pytest.raises(DataFileError) as caught:
        load(own)
    assert said in caught.value.message
    assert caught.value.where == f"{path}:{line}"


def test_a_word_in_two_files_of_one_folder_is_refused(own):
    (own / "lexicon" / "other.yaml").write_text("words:\n  own_blue: 蓝\n", "utf-8")
    with pytest.raises(DataFileError, match="别的词表文件里已经有了"):
        load(own)


def test_a_file_in_another_encoding_is_refused(own):
    (own / "objection_notice" / "evidence.yaml").write_bytes(ELEMENT.encode("gb18030"))
    with pytest.raises(DataFileError, match="不是 UTF-8 编码"):
        load(own)


def test_a_listed_element_without_a_file_is_told_with_its_line(own):
    kind = own / "objection_notice" / "kind.yaml"
    kind.write_text("label: 异议\norder: 1\nsigns: []\nelements:\n  - evidence\n  - evidenec\n", "utf-8")
    with pytest.raises(DataFileError, match="列出了要素“evidenec”") as caught:
        rules(own)
    assert caught.value.where == f"{kind}:6"


def test_a_file_that_nothing_would_read_is_a_mistake(own):
    stray = own / "objection_notice" / "warranty.yaml"
    stray.write_text(ELEMENT, "utf-8")
    with pytest.raises(DataFileError, match="要素“warranty”没有列出"):
        rules(own)
    stray.unlink()
    (own / "objection_notcie").mkdir()
    (own / "objection_notcie" / "evidence.yaml").write_text(ELEMENT, "utf-8")
    with pytest.raises(DataFileError, match="没有文书种类“objection_notcie”"):
        rules(own)


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(UsageError, match="没有这个规则文件夹"):
        rules(tmp_path / "nowhere")


# A folder of the user's own


def test_an_element_of_the_same_name_takes_the_place_of_the_shipped_one(own):
    listed = "附：1.授权委托书\n2.《测试记录单》27份"
    assert status("随函附有绿皮书一份。", rules(own)) == "present"
    assert (status(listed, shipped()), status(listed, rules(own))) == ("present", "missing")


def test_the_shipped_rules_stay_as_they_were(own):
    before = shipped()
    rules(own)
    assert shipped() is before
    assert rules(own).version != before.version


def test_a_word_of_the_users_overrides_the_shipped_one_wherever_it_is_used(tmp_path):
    (tmp_path / "lexicon").mkdir()
    (tmp_path / "lexicon" / "mine.yaml").write_text("words:\n  org_end: 商号\n", "utf-8")
    text = "异议函\n宁波恒泰机械有限公司：\n货物不合格。\n永昌福记商号（盖章）\n2026年3月5日"
    assert status(text, shipped(), element="sender") != "present"
    assert status(text, rules(tmp_path), element="sender") == "present"


def test_a_new_kind_is_recognised_and_checked(own):
    folder = own / "guarantee_call"
    folder.mkdir()
    signs = "signs:\n  - {match: 保函索赔, zone: title, weight: 9}\n"
    (folder / "kind.yaml").write_text(f"label: 保函索赔书\norder: 9\nelements: [evidence]\n{signs}", "utf-8")
    (folder / "evidence.yaml").write_text(ELEMENT, "utf-8")
    report = check(from_text("保函索赔书\n中国银行宁波分行：\n附有绿皮书一份。"), pack=rules(own))
    assert (report.kind, report.kind_label, report.verdict) == ("guarantee_call", "保函索赔书", "complete")


def test_the_environment_names_folders(own, tmp_path, monkeypatch):
    other = tmp_path / "more" / "lexicon"
    other.mkdir(parents=True)
    (other / "x.yaml").write_text("words:\n  own_blue: 青皮书\n", "utf-8")
    import os

    monkeypatch.setenv("OBJECTION_DOCS_CHECKS", os.pathsep.join([str(own), str(tmp_path / "more")]))
    assert status("附有青皮书。", rules()) == "present"
    assert status("附有蓝皮书。", rules()) == "missing"


# Bounds of time

EVIL = r"(a|aa|[^b]){1,999}(a|aa){1,999}c"


def test_a_users_pattern_cannot_hang_a_check(own):
    path = own / "objection_notice" / "evidence.yaml"
    path.write_text(ELEMENT.replace("'附有{own_paper}'", f"'{EVIL}'"), "utf-8")
    start = time.monotonic()
    report = check(from_text("异议函\n" + "a" * 300), "objection_notice", pack=rules(own))
    assert time.monotonic() - start < EACH + 2
    assert report.kind == "objection_notice"
    assert any("没能在限时内用完" in warning for warning in report.warnings)


def test_time_that_one_pattern_wasted_is_not_taken_from_the_others():
    with allowance() as time_left:
        assert bounded(re.compile(EVIL)).search("a" * 300) is None
        assert bounded(re.compile("a{3}")).search("a" * 300).span() == (0, 3)
    assert time_left.exceeded == {EVIL}


@pytest.mark.parametrize(
    "text",
    [
        "关于" * 100_000,
        "鼎泰恒" * 150_000,
        "（" * 40_000 + "）" * 40_000,
        "1234567890" * 30_000,
        "人民币壹万元整" * 30_000,
        "_" * 100_000,
        "电话：\n" * 20_000,
    ],
    ids=lambda text: f"{text[:3].strip()}×{len(text)}",
)
def test_a_hostile_text_gets_a_report_in_bounded_time(text, monkeypatch):
    monkeypatch.setattr("objection_docs.packs.bounded.ALL", 0.3)
    start = time.process_time()
    assert check(from_text(text)).elements
    assert time.process_time() - start < 60  # one or two; without a bound it would take hours


def test_a_long_letter_is_read_to_its_end_within_its_time():
    """Two hundred pages of ordinary sentences: no rule is cut short."""
    page = "2026年3月1日，我司收到贵方交付的轴承20套，经检验其中3套不合格。合同第8.1条约定逾期交付应付违约金。\n" * 20
    text = f"异议函\n苏州明远公司：\n{page * 200}请于收到本函之日起5日内更换。\n宁波恒泰公司（盖章）\n2026年3月5日"
    report = check(from_text(text), "objection_notice")
    assert report.warnings == ()
    assert {e.id: e.status for e in report.elements}["date"] == "present"


# How patterns are run


def leading(pattern: str):
    return Leading.of(re.compile(normal_pattern(pattern), re.MULTILINE))


@pytest.mark.parametrize(
    "pattern",
    [
        "[^。]{0,20}(?:附件|证据)",
        "(?P<quote>[^。!?\n]{0,9}?(?:附|证)[^。]{0,4})",
        "(?:[甲乙丙]{2,12}?(?:公司|厂)){1}",
        "[^。]{0,20}附件[一二]?|其他",
        "[甲乙]{2,10}公",
        "(?P<name>[^,]{1,9})(?<=甲)乙",
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        "甲乙丙公司,证据。附件一,乙附件二。甲甲甲甲乙公司",
        "证附证附附。\n附件。证据甲乙",
        "乙公甲公,甲乙,,甲甲乙公其他",
        "",
    ],
)
def test_an_expression_run_from_its_rest_finds_what_it_finds_from_its_head(pattern, text):
    quick = leading(pattern)
    whole = re.compile(normal_pattern(pattern), re.MULTILINE)
    assert [m.span() for m in quick.finditer(text)] == [m.span() for m in whole.finditer(text)]
    for start in range(len(text)):
        one, other = quick.search(text, start, len(text) - 2), whole.search(text, start, len(text) - 2)
        assert (one and (one.span(), one.groupdict())) == (other and (other.span(), other.groupdict()))


def test_only_a_broad_beginning_without_alternatives_is_run_from_its_rest():
    assert isinstance(leading("[^。]{0,20}附件"), Leading)
    for pattern in (
        "附件[^。]{0,20}",
        "[^。]{0,20}甲|乙",
        "([^。]{0,20}甲)?乙",
        "[^。]{0,20}",
        "[^。]{0,20}+",
        "[甲]{0,3}乙",
    ):
        try:
            found = leading(pattern)
        except re.error:  # possessive repeats are newer than Python 3.10
            continue
        assert not isinstance(found, Leading), pattern


def test_what_an_advice_may_ask_for_is_what_checking_fills_in():
    from objection_docs.checking import findings

    assert set(ADVICE_NAMES) == set(findings._GENERIC)
