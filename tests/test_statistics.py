"""Counts for the ledgers: as a search would count them, in every form, with a drawing that says what the table says."""

import csv
import io
import itertools
import json
from datetime import date, datetime, timedelta, timezone
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from conftest import NOW
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from objection_docs import cli, desk, handover
from objection_docs.archive import Archive, statistics
from objection_docs.archive.keeping import Keeping
from objection_docs.reports import statistics as shown


def add(home, at, verdict="complete", kind="complaint", elements=(), faults=(), procedure="", **values):
    report = {"verdict": verdict, "faults": [{"code": code} for code in faults]}
    with Archive(home) as archive:
        words = {"verdict": verdict, "kind": kind, "procedure": procedure, "elements": elements, "report": report}
        return archive.add(at=at, errand="check", **words, **values)


@pytest.fixture
def run(home):
    """Five letters of three months; none in February."""
    first = datetime(2026, 1, 31, 15, 59, tzinfo=timezone.utc)  # the last minute of January in Beijing
    wants = [("facts", "missing", "required"), ("evidence", "vague", "required"), ("date", "missing", "optional")]
    add(home, datetime(2026, 1, 1, tzinfo=timezone.utc), faults=["repealed_law", "repealed_law"])
    add(home, first, "incomplete", elements=wants)
    add(home, datetime(2026, 2, 28, 16, tzinfo=timezone.utc), "incomplete", "objection_notice", elements=wants[:1])
    add(home, datetime(2026, 3, 5, tzinfo=timezone.utc), "unreadable", "")
    add(
        home, datetime(2026, 3, 6, tzinfo=timezone.utc), procedure="tender_bidder_complaint", faults=["date_impossible"]
    )
    runner = CliRunner()

    def call(*args, code=0):
        result = runner.invoke(cli.main, ["log", "statistics", *args])
        assert result.exit_code == code, result.output
        return result.output

    return call


def table(made: str, title: str) -> dict:
    return {
        row["label"]: row["counts"]
        for one in json.loads(made)["tables"]
        if one["title"] == title
        for row in one["rows"]
    }


def test_months_are_those_of_beijing_and_none_is_left_out(run):
    months = table(run("--format", "json"), "按月统计")
    assert list(months) == ["2026-01", "2026-02", "2026-03"]
    assert [month["合计"] for month in months.values()] == [2, 0, 3]
    assert months["2026-03"] == {
        "合计": 3,
        "生成": 0,
        "检查": 3,
        "导入": 0,
        "完整": 1,
        "不完整": 1,
        "无法读取": 1,
    }


def test_what_the_ledgers_ask_for(run):
    made = run("--format", "json")
    assert table(made, "按月与文种统计")["2026-03"] == {"投诉书": 1, "异议通知": 1, "（未识别）": 1}
    assert table(made, "按文种统计") == {"投诉书": {"件数": 3}, "异议通知": {"件数": 1}, "（未识别）": {"件数": 1}}
    assert table(made, "按结论统计") == {"完整": {"件数": 2}, "不完整": {"件数": 2}, "无法读取": {"件数": 1}}
    assert table(made, "按程序统计")["（未指明）"] == {"件数": 4} and len(table(made, "按程序统计")) == 2
    wanting = table(made, "必需要素不全")
    assert sorted(tuple(counts.values()) for counts in wanting.values()) == [(0, 0, 1), (1, 0, 0), (1, 0, 0)]
    assert {label.partition("：")[0] for label in wanting} == {"投诉书", "异议通知"}
    assert table(made, "差错") == {"援引已废止的法律": {"件数": 1}, "日期有误": {"件数": 1}}


def test_a_period_and_filters_narrow(run):
    assert json.loads(run("--format", "json", "--from", "2026-02-01", "--to", "2026-03-01"))["total"] == 1
    assert json.loads(run("--format", "json", "--kind", "complaint", "--status", "incomplete"))["total"] == 1
    assert "没有符合条件的文书" in run("--case", "没有这个案件")
    assert "这段时间没有符合条件的文书" in run("--case", "没有这个案件", "--format", "html")


def test_a_correction_counts(run, home):
    entry = desk.search(kind="objection_notice").entries[0]
    with Archive(home) as archive:
        Keeping(archive).correct(entry.id, {"kind": "complaint"}, at=NOW, who="甲")
    assert table(run("--format", "json"), "按文种统计")["投诉书"] == {"件数": 4}


def test_every_form_says_the_same(run, tmp_path):
    made = json.loads(run("--format", "json"))
    numbers = [
        (one["title"], row["label"], column, str(number))
        for one in made["tables"]
        for row in one["rows"]
        for column, number in row["counts"].items()
    ]
    rows = list(csv.DictReader(io.StringIO(run("--format", "csv").removeprefix("\ufeff"))))
    assert [(row["统计表"], row["名称"], row["指标"], row["件数"]) for row in rows] == numbers
    text = run()
    assert all(title in text and label in text for title, label, _, _ in numbers)
    run("--format", "html", "-o", str(tmp_path / "统计.html"))
    page = (tmp_path / "统计.html").read_text("utf-8")
    assert all(f">{label}<" in page for _, label, _, _ in numbers)
    assert "<script" not in page and "http" not in page.replace("http://www.w3.org", "")


def test_the_drawing_is_as_high_as_the_numbers_and_says_what_it_shows(run):
    page = run("--format", "html")
    svg = ElementTree.fromstring(page[page.index('<svg class="chart"') : page.index("</svg>") + 6])
    groups = [group for group in svg.findall("g") if group.findall("text")]
    heights = [sum(float(part.get("height")) for part in group.findall("rect")) for group in groups]
    assert heights[0] / 2 == pytest.approx(heights[2] / 3, rel=0.01) and heights[1] == 0
    assert svg.get("role") == "img" and "最多的是 2026-03，3 件" in svg.findtext("desc")
    assert [text.text for text in svg.iter("text") if text.get("class") == "sum"] == ["2", "3"]


@given(most=st.integers(1, 10**7))
def test_a_scale_has_round_numbers_and_few_lines(most):
    step = shown._step(most)
    assert -(-most // step) <= 6 and str(step).rstrip("0") in ("1", "2", "25", "5")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    letters=st.lists(
        st.tuples(
            st.integers(0, 400),
            st.sampled_from(["complete", "incomplete"]),
            st.sampled_from(["complaint", "objection_notice"]),
            st.sampled_from(["missing", "blank", "vague", "present"]),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_it_counts_as_a_search_does(tmp_path_factory, letters):
    home = tmp_path_factory.mktemp("counted")
    for days, verdict, kind, status in letters:
        add(home, NOW + timedelta(days=days), verdict, kind, elements=[("facts", status, "required")])
    with Archive(home) as archive:
        counts = statistics.count(archive, archive.chosen())
        assert counts.total == len(letters) == sum(counts.by("verdict").values())
        for kind in ("complaint", "objection_notice"):
            assert counts.by("kind")[kind] == archive.search(kind=kind).total
            lacking = sum(counts.elements[kind, "facts", status] for status in ("missing", "blank"))
            assert lacking == archive.search(kind=kind, missing="facts").total
        for month, counted in counts.months.items():
            first = date.fromisoformat(f"{month}-01")
            last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            number = sum(n for (name, _), n in counted.items() if name == "verdict")
            assert number == archive.search(since=first, until=last).total


def test_years_of_months_stay_readable(home):
    for months in range(0, 130, 3):
        add(home, datetime(2015, 1, 5, tzinfo=timezone.utc) + timedelta(days=30 * months))
    with Archive(home) as archive:
        drawn = shown.chart(statistics.count(archive, archive.chosen()))
    labels = [column["middle"] for column in drawn["columns"] if column["label"]]
    assert min(b - a for a, b in itertools.pairwise(labels)) > 45
    assert handover.statistics("text", now=NOW, home=home)
