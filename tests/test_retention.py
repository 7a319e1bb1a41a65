"""checks/retention.yaml: which class a letter gets, when its term ends, and an author's mistakes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from objection_docs.errors import DataFileError, UsageError
from objection_docs.packs import procedures, retention

PROCUREMENT = ("government_procurement_complaint", "government_procurement_query")


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Lay a retention.yaml of a firm's own over ours."""
    monkeypatch.setenv("OBJECTION_DOCS_CHECKS", str(tmp_path))
    counter = iter(range(99))

    def write(text):
        place = tmp_path / str(next(counter))  # what was read once is remembered by its folder
        place.mkdir()
        (place / "retention.yaml").write_text(text, "utf-8")
        monkeypatch.setenv("OBJECTION_DOCS_CHECKS", str(place))
        return place / "retention.yaml"

    return write


@pytest.mark.parametrize("procedure", ["", *procedures.procedures()])
def test_every_procedure_has_a_class_with_its_authority(procedure):
    given, authority = retention.retention().of("complaint", procedure)
    assert given.name in ("永久", "30年", "10年") and "第" in authority


@pytest.mark.parametrize("procedure", PROCUREMENT)
def test_procurement_files_are_kept_for_fifteen_years_at_least(procedure):
    table = retention.retention()
    ends = table.ends(table.of("complaint", procedure)[0].name, date(2026, 3, 5))
    assert ends is None or ends >= date(2041, 3, 5)
    with pytest.raises(UsageError, match="至少保存 15 年"):
        table.require_long_enough("10年", "complaint", procedure)
    assert table.of("complaint", procedure, chosen="10年")[0].years >= 15  # chosen before the procedure was corrected
    table.require_long_enough("永久", "complaint", procedure)


@given(st.dates(max_value=date(9000, 1, 1)), st.dates(max_value=date(9000, 1, 1)), st.sampled_from(["10年", "30年"]))
def test_a_term_is_never_shorter_than_its_years_and_a_later_start_never_ends_earlier(one, other, name):
    table = retention.retention()
    years = table.known(name).years
    ends = table.ends(name, one)
    assert one.year + years == ends.year and (ends.month, ends.day) == (12, 31)
    assert (one <= other) <= (ends <= table.ends(name, other))
    assert table.ends("永久", one) is None


def test_a_firms_own_classes_and_rules_lie_on_top(own):
    own(
        "classes:\n  15年: {code: D15, years: 15}\n"
        "rules:\n  - {kinds: [complaint], class: 15年}\n"
        "default: {class: 永久}\n"
    )
    table = retention.retention()
    assert table.of("complaint", PROCUREMENT[0])[0].name == "15年"
    assert table.of("objection_notice", "food_customer_complaint_form")[0].name == "10年"  # ours below still count
    assert table.of("", "")[0].name == "永久"
    assert table.of("", "", chosen="15年")[0].code == "D15"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("rules:\n  - {class: 五年}\n", 2, "没有“五年”这个保管期限"),
        ("rules:\n  - {procedures: [nothing], class: 10年}\n", 2, "没有名为“nothing”的程序"),
        ("rules:\n  - {kinds: [nothing], class: 10年}\n", 2, "没有文书种类“nothing”"),
        ("default: {class: 五年}\n", 1, "没有“五年”这个保管期限"),
        ("classes:\n  五年: {code: D10, years: 5}\n", 1, "代码“D10”用在了两个保管期限上"),
        ("classes:\n  五年: {code: 五, years: 5}\n", 2, "代码只能是"),
        ("classes:\n  五年: {code: D5, years: 0}\n", 2, "年数应为"),
        ("rules:\n  - {class: 10年}\n", 1, "至少保存 15 年（《政府采购法》第四十二条）"),
        ("floors:\n  - {years: 40}\n", 1, "至少保存 40 年"),
        ("klasses: {}\n", 1, "没有这个键"),
    ],
)
def test_a_mistake_is_told_with_its_line(own, text, line, said):
    path = own(text)
    with pytest.raises(DataFileError) as told:
        retention.retention()
    assert said in told.value.message and told.value.where == f"{path}:{line}"


def test_a_retention_table_does_not_change_what_reports_say_of_their_rules(own):
    from objection_docs.packs import rules

    before = rules.shipped().version
    path = own("default: {class: 永久}\n")
    assert rules.rules(path.parent).version == before
