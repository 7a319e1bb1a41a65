"""Limits and holidays as a lawyer writes them: what the form can hold, and mistakes told with file and line."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from made_cases import told

from objection_docs import deadlines
from objection_docs.errors import DataFileError, UsageError
from objection_docs.packs import courses, holidays
from objection_docs.packs.procedures import procedures
from objection_docs.packs.rules import rules

FILE = """\
label: 样例程序
settings:
  way: {label: 方式, choices: {short: 短, long: 长}}
events:
  begun: {label: 开始}
  sent: {label: 交邮}
  ended: {label: 完成, posted: sent}
  stopped: {label: 停止}
  resumed: {label: 恢复}
limits:
  X1:
    label: 办理
    who: 承办人
    done: ended
    periods:
      - {source: seed, number: 5, unit: day, from: begun, quote: 五日内办理}
    extension: {number: 2, unit: workday, reason: 批准, authority: 规则}
    excluded:
      - {from: stopped, to: resumed, label: 停止的时间, authority: 规则}
  X2:
    label: 随后
    who: 承办人
    periods:
      - {source: law, number: 1, unit: month, from: {end_of: X1}, authority: 某法第一条}
steps:
  - {label: 办理, who: 承办人, limits: [X1, X2]}
"""


def written(tmp_path: Path, text: str) -> courses.Course:
    path = tmp_path / "made.yaml"
    path.write_text(text, "utf-8")
    return courses.read(path, "样例程序")


def limits(course: courses.Course, settings=None, extensions=(), **events: str) -> dict:
    case = deadlines.read(course, events, settings or {}, extensions)
    return {one.limit.id: one for one in deadlines.reckon(course, case, datetime(2026, 3, 2))}


def test_the_made_file_is_sound(tmp_path):
    found = limits(written(tmp_path, FILE), begun="2026-03-02")
    assert found["X1"].last.day == date(2026, 3, 9)  # the fifth day is a Saturday
    assert found["X2"].last.day == date(2026, 4, 9)
    assert found["X1"].period.authority == "《样例程序》规程：“五日内办理”"


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("number: 5, ", "nubmer: 5, ", 16, "没有这个键"),
        ("number: 5, unit: day", "number: 5", 16, "要一起写"),
        ("number: 5, unit: day", "number: 五, unit: day", 16, "应当是整数"),
        ("number: 5, unit: day", "number: -1, unit: day", 16, "0 到 1000"),
        ("number: 5, unit: day, ", "", 16, "“立即”“合理时间”"),
        ("number: 5, unit: day, from: begun", "number: 5, unit: day", 16, "从哪个事件起算"),
        ("unit: day, from: begun", "unit: days, from: begun", 16, "只能是 workday、day"),
        ("unit: day, from: begun", "unit: hour, rollover: true, from: begun", 16, "不因休假日顺延"),
        ("from: begun", "from: began", 16, "没有事件“began”"),
        ("from: begun", "from: {after: X2}", 16, "end_of"),
        ("from: begun, quote", "from: {end_of: X2}, quote", 11, "成了循环"),
        ("from: begun, quote", "from: ended, quote", 11, "成了循环"),
        ("end_of: X1", "end_of: X9", 24, "没有期限“X9”"),
        (", quote: 五日内办理", "", 16, "原话"),
        (", authority: 某法第一条", "", 24, "条文"),
        ("authority: 某法第一条", "authority: 某法第一条, since: 2026-13-01", 24, "应当是日期"),
        ("authority: 某法第一条", "authority: 某法, since: 2026-02-01, until: 2026-01-01", 24, "until 早于 since"),
        ("authority: 某法第一条", "authority: 某法, when: {way: [middle]}", 24, "没有选项“middle”"),
        ("authority: 某法第一条", "authority: 某法, when: {mode: [long]}", 24, "没有设置“mode”"),
        ("authority: 某法第一条", "authority: 某法, counting: moon", 24, "没有计算办法“moon”"),
        ("    done: ended", "    done: finished", 14, "没有事件“finished”"),
        ("    done: ended", "    direction: during", 14, "until"),
        ("    done: ended", "    direction: before", 14, "没有扣除和延长"),
        ("    done: ended", "    cap: X7", 14, "没有期限“X7”"),
        ("posted: sent", "posted: post", 7, "没有事件“post”"),
        ("posted: sent", "letter: lettre", 7, "没有文书种类“lettre”"),
        ("to: resumed", "to: rsumed", 19, "没有事件“rsumed”"),
        ("reason: 批准, authority: 规则", "reason: 批准", 17, "延长的依据"),
        ("limits: [X1, X2]", "limits: [X1, X3]", 26, "没有期限“X3”"),
        ("  X1:", "  x1:", 11, "编号用大写英文字母"),
        ("  begun: {label: 开始}", "  Begun: {label: 开始}", 5, "名称只能用小写英文字母"),
        ("  begun: {label: 开始}", "  begun: {label: 开始}\n  begun: {label: 又}", 6, "出现了两次"),
        ("label: 样例程序", "counting: lunar\nlabel: 样例程序", 1, "没有计算办法“lunar”"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(tmp_path, old, new, line, said):
    assert old in FILE
    with pytest.raises(DataFileError) as error:
        written(tmp_path, FILE.replace(old, new, 1))
    assert error.value.where == f"{tmp_path / 'made.yaml'}:{line}"
    assert said in error.value.message
    assert re.search("[一-鿿]", error.value.message)


def test_days_excluded_and_an_extension_of_another_unit(tmp_path):
    course = written(tmp_path, FILE)
    stopped = limits(course, begun="2026-03-02", stopped="2026-03-04", resumed="2026-03-10")
    assert stopped["X1"].last.day == date(2026, 3, 13)  # 3 and 4, then 11, 12 and 13 March
    longer = limits(course, extensions=[("X1", "")], begun="2026-03-02")
    assert longer["X1"].last.day == date(2026, 3, 10)  # from 7 March two working days more
    assert "含延长2个工作日：批准" in longer["X1"].steps[1]


def test_hours_start_with_the_next_one_in_court_and_pause_to_the_minute(tmp_path):
    text = FILE.replace("number: 5, unit: day, from: begun", "number: 5, unit: hour, from: begun")
    course = written(tmp_path, "counting: court\n" + text.replace("unit: workday, ", "unit: hour, "))
    assert limits(course, begun="2026-03-02T09:20")["X1"].last.at.isoformat() == "15:00:00"
    paused = limits(course, begun="2026-03-02T09:20", stopped="2026-03-02T11:30", resumed="2026-03-03T08:00")["X1"]
    assert (paused.last.day, paused.last.at.isoformat()) == (date(2026, 3, 3), "11:30:00")
    assert "第一百二十五条" in paused.steps[0]


def test_hours_are_extended_by_minutes_and_a_day_by_hours_never(tmp_path):
    text = FILE.replace("number: 5, unit: day, from: begun", "number: 5, unit: hour, from: begun")
    course = written(tmp_path, text.replace("number: 2, unit: workday, reason", "reason"))
    longer = limits(course, extensions=[("X1", "30分钟")], begun="2026-03-02T09:20")["X1"]
    assert longer.last.at.isoformat() == "14:50:00"
    with pytest.raises(UsageError, match="同样按日或按小时"):
        limits(course, extensions=[("X1", "1日")], begun="2026-03-02T09:20")


def test_the_clock_stands_while_a_pause_lasts(tmp_path):
    course = written(tmp_path, FILE)
    open_end = limits(course, begun="2026-03-02", stopped="2026-03-04")["X1"]
    assert (open_end.state.code, open_end.counted.used) == ("paused", 2)
    assert limits(course, begun="2026-03-02", stopped="2026-03-04")["X2"].state.code == "waiting"


# Holidays

YEAR = """\
year: 2027
source: 国务院办公厅关于2027年部分节假日安排的通知
off:
  - {name: 元旦, from: 2027-01-01, to: 2027-01-03}
  - {name: 春节, from: 2027-02-05, to: 2027-02-12}
work: [2027-01-09]
"""
NOTICE = ("contract_objection_notice", "notice_received=2026-12-31")


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A folder of the user's own; returns what writes a file into its holidays/."""
    place = tmp_path / "own" / "holidays"
    place.mkdir(parents=True)
    monkeypatch.setenv("OBJECTION_DOCS_CHECKS", str(place.parent))

    def write(text: str, name: str = "2027.yaml") -> Path:
        (place / name).write_text(text, "utf-8")
        return place / name

    return write


def test_a_year_of_ones_own_makes_the_answer_certain(own):
    guess = told(*NOTICE)["CN4"]
    assert guess["provisional"] is True
    own(YEAR)
    holidays._arrangements.cache_clear(), holidays._calendar.cache_clear()
    sure = told(*NOTICE)["CN4"]
    assert sure["provisional"] is False
    assert (guess["last"]["day"], sure["last"]["day"]) == ("2027-01-15", "2027-01-14")  # Saturday 9 January counts
    assert any("调休上班" in step and "2027年1月9日" in step for step in sure["steps"])


def test_the_folder_may_be_given_with_the_call(own, tmp_path, monkeypatch):
    own(YEAR)
    monkeypatch.delenv("OBJECTION_DOCS_CHECKS")
    assert told(*NOTICE)["CN4"]["provisional"] is True
    assert told(*NOTICE, "--checks", tmp_path / "own")["CN4"]["provisional"] is False


def test_days_off_of_a_region_count_only_where_the_case_names_it(own):
    own(
        "region: 新疆\nsource: 自治区人民政府\noff:\n  - {name: 古尔邦节, from: 2026-05-27, to: 2026-05-29}\n",
        "xj.yaml",
    )
    words = ("contract_objection_notice", "notice_received=2026-05-25")
    assert told(*words)["CN2"]["last"]["day"] == "2026-06-01"
    there = told(*words, "--set", "region=新疆")["CN2"]
    assert there["last"]["day"] == "2026-06-04"
    assert any("古尔邦节" in step for step in there["steps"])
    with pytest.raises(UsageError, match="已有：新疆"):
        holidays.calendar("西藏")


def test_the_checker_takes_a_folder_with_holidays(own):
    own(YEAR)
    assert rules().version


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("year: 2027\n", "", 1, "year（某一年的放假安排）和 region"),
        ("year: 2027", "region: 新疆", 1, "只写 off"),
        ("from: 2027-01-01", "from: 2026-01-01", 4, "to 不能早于 from"),
        ("from: 2027-01-01, to", "from: 2027-01-04, to", 4, "to 不能早于"),
        ("from: 2027-02-05, to: 2027-02-12", "from: 2027-01-03", 5, "写了两次"),
        ("2027-01-09", "2027-01-08", 6, "本来就上班"),
        ("2027-01-09", "2027-01-02", 6, "同时写成了放假"),
        ("2027-01-09", "2026-01-10", 6, "不在这一年"),
        ("2027-01-09", "一月九日", 6, "应当是日期"),
        ("to: 2027-02-12", "to: 2027-02-07", 3, "estimated: true"),
        ("source: 国务院办公厅关于2027年部分节假日安排的通知\n", "", 1, "缺少"),
    ],
)
def test_a_mistake_in_a_year_is_told_with_file_and_line(own, old, new, line, said):
    path = own(YEAR.replace(old, new, 1))
    holidays._arrangements.cache_clear(), holidays._calendar.cache_clear()
    with pytest.raises(DataFileError) as error:
        holidays.calendar()
    assert error.value.where == f"{path}:{line}"
    assert said in error.value.message


def test_the_estimates_hold_thirteen_days_each_and_never_hide_a_known_year():
    plain = holidays.calendar()
    for year in range(2027, 2031):
        named = [
            name for day in range(366) if (name := plain.off(date.fromordinal(date(year, 1, 1).toordinal() + day)))
        ]
        assert len([name for name in named if not name.startswith("周")]) >= 12
        assert not plain.known(year)
    assert plain.known_years == tuple(range(2004, 2027))


def test_what_a_procedure_takes_from_another_is_there():
    taken = [(known, one) for known in map(courses.course, procedures()) for one in _told_elsewhere(known)]
    assert len(taken) > 6
    for known, (part, other, id) in taken:
        assert other != known.id and id in getattr(courses.course(other), part)


def _told_elsewhere(known: courses.Course) -> Iterator[tuple[str, str, str]]:
    for part in ("events", "limits"):
        yield from ((part, *pair) for one in getattr(known, part).values() for pair in one.told_in.items())
