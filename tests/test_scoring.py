"""The figures of `make accuracy` mean what they say."""

import math

import accuracy
import pytest
import scoring

LETTER = {
    "id": "x-1",
    "kind": "objection_notice",
    "labels": {
        "sender": {"status": "present", "quote": "宁波恒泰机械有限公司"},
        "clauses": {"status": "vague", "quote": "违反了相关条款"},
        "evidence": {"status": "missing"},
    },
    "fields": {"sender": "宁波恒泰机械有限公司", "date": "2026-03-05", "reference": "HT-2026-018"},
    "issues": ["amount_mismatch"],
}


def report(sender="present", clauses="vague", evidence="missing", **changes) -> dict:
    statuses = {"sender": sender, "clauses": clauses, "evidence": evidence}
    return {
        "kind": "objection_notice",
        "elements": [{"id": name, "status": s, "quote": "恒泰机械有限公司"} for name, s in statuses.items() if s],
        "fields": {"sender": "宁波恒泰机械有限公司质量部", "date": "2026-03-05"},
        "faults": [{"code": "amount_mismatch"}],
    } | changes


def figures(*reports) -> dict:
    return scoring.figures(scoring.score_letter(LETTER, one) for one in reports)


def test_a_right_report_scores_one_everywhere():
    right = figures(report())
    assert (right.pop("n"), right.pop("unread")) == (1, 0)
    assert math.isnan(right.pop("alarms"))  # the letter is not a complete one
    assert set(right.values()) == {1.0}


def test_vague_instead_of_missing_is_still_found_but_not_exact():
    row = figures(report(evidence="vague"))
    assert (row["P"], row["R"], row["verdict"]) == (1, 1, 1)
    assert row["exact"] == pytest.approx(2 / 3)


def test_a_false_alarm_costs_precision_and_an_oversight_recall():
    assert figures(report(sender="missing"))["P"] == pytest.approx(2 / 3)
    assert figures(report(evidence="present"))["R"] == pytest.approx(1 / 2)


def test_no_answer_is_wrong_for_sound_and_deficient_elements_alike():
    row = figures(report(sender=None, evidence=None))
    assert (row["P"], row["R"]) == (1 / 2, 1 / 2)


def test_a_letter_that_was_not_read_or_not_recognised_scores_nothing():
    for row in (figures(None), figures(report(kind="complaint"))):
        assert (row["kind"], row["exact"], row["R"], row["verdict"]) == (0, 0, 0, 0)
    assert figures(None, report())["unread"] == 1


def test_the_verdict_is_wrong_when_a_deficient_letter_passes():
    assert figures(report(clauses="present", evidence="present"))["verdict"] == 0


def test_a_share_of_nothing_is_no_number():
    assert math.isnan(figures(report(sender="vague"))["quote"])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("附件1：检验报告", "检验报告", True),
        ("检 验\n报告", "检验报告", True),
        ("附检验报告一份", "检验报告两份及照片", True),
        ("附检验报告", "照片六张", False),
        ("检验报告", "", False),
    ],
)
def test_quotes_overlap_when_they_speak_of_the_same_words(one, other, same):
    assert scoring.overlaps(one, other) is same


def test_a_name_counts_with_its_department_and_a_date_only_as_it_is():
    assert scoring.same_value("sender", "某某机械有限公司质量部", "某某机械有限公司")
    assert not scoring.same_value("sender", "某某", "某某机械有限公司")
    assert not scoring.same_value("date", "2026-03-05 10:00", "2026-03-05")


def test_only_labelled_faults_are_scored():
    odd = figures(report(faults=[{"code": "amount_mismatch"}, {"code": "something_else"}]))
    assert odd["faultP"] == 1
    assert figures(report(faults=[{"code": "repealed_law"}]))["faultR"] == 0


def test_the_misses_of_letters_kept_aside_stay_hidden(capsys, monkeypatch):
    scores = {part: [scoring.score_letter({**LETTER, "id": f"{part}-1"}, None)] for part in accuracy.SETS}
    monkeypatch.setattr(accuracy, "run", lambda *_: (scores, []))
    accuracy.main(["-v"])
    shown = capsys.readouterr().out
    assert "known-1 sender" in shown
    assert "aside-1" not in shown
    accuracy.main(["-v", "--show-aside"])
    assert "aside-1 sender" in capsys.readouterr().out


def test_every_labelled_letter_is_there_as_pdf():
    for part in accuracy.SETS:
        letters = list(accuracy.load(part))
        assert letters
        for path, letter in letters:
            assert letter["id"] == path.stem
            assert path.with_suffix(".pdf").is_file(), path


def test_an_alarm_is_a_sound_element_told_deficient_in_a_complete_letter():
    complete = {
        **LETTER,
        "labels": {name: {"status": "present", "quote": "甲"} for name in LETTER["labels"]},
        "issues": [],
    }
    elements = [{"id": name, "status": "present", "quote": "甲"} for name in complete["labels"]]
    elements[0]["status"] = "vague"
    told = {"kind": complete["kind"], "elements": elements, "faults": [{"code": "amount_mismatch"}]}
    assert scoring.figures([scoring.score_letter(complete, told)])["alarms"] == 2


def test_faults_are_counted_by_code():
    rows = scoring.by_fault([scoring.score_letter(LETTER, report(faults=[{"code": "repealed_law"}]))])
    assert rows["amount_mismatch"]["R"] == 0
    assert (rows["repealed_law"]["planted"], rows["repealed_law"]["P"]) == (0, 0)
