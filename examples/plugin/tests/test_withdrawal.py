"""The plugin's own tests: `pytest` beside an installed objection-docs and this package."""

import pytest

from objection_docs import check_letter, write_letter
from objection_docs.facts import sample
from objection_docs.packs import kinds

KIND = kinds.kind("withdrawal")
SAMPLE = sample(KIND)


def wanting(report: dict) -> dict[str, str]:
    return {e["id"]: e["status"] for e in report["elements"] if e["status"] in ("vague", "blank", "missing")}


def test_the_sample_is_complete_and_recognised():
    report = check_letter(write_letter("withdrawal", SAMPLE), "letter.docx")
    assert (report["kind"], report["procedure"]) == ("withdrawal", "agreed_withdrawal")
    assert (report["verdict"], wanting(report), report["faults"]) == ("complete", {}, [])


@pytest.mark.parametrize("element", KIND.elements)
def test_what_is_left_out_is_what_is_wanting(element):
    facts = {fact.name: SAMPLE[fact.name] for fact in KIND.facts if fact.name in SAMPLE and fact.element != element}
    report = check_letter(write_letter("withdrawal", facts, draft=True), "letter.docx", kind="withdrawal")
    assert set(wanting(report)) == {element}


def test_part_of_the_objections():
    facts = SAMPLE | {"extent": "part", "withdrawn_part": "第二批第3项产品的异议"}
    assert check_letter(write_letter("withdrawal", facts), "letter.docx")["verdict"] == "complete"


@pytest.mark.parametrize(
    ("reason", "codes"),
    [
        ("贵方已更换完毕，我方复测合格。如贵方逾期付款，则本函不生效。", ["withdrawal_conditional"]),
        ("贵方已更换完毕，我方复测合格。如有疑问请与我方联系。", []),
    ],
)
def test_a_condition_is_a_fault(reason, codes):
    report = check_letter(write_letter("withdrawal", SAMPLE | {"reason": reason}), "letter.docx")
    assert [fault["code"] for fault in report["faults"]] == codes


def test_an_objection_is_still_an_objection():
    notice = write_letter("objection_notice", sample(kinds.kind("objection_notice")))
    assert check_letter(notice, "letter.docx")["kind"] == "objection_notice"
