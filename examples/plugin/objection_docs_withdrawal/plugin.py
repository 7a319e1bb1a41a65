"""What the plugin adds: its data, one fault that our eyes are needed for, and two steps around the log."""

import json
import re
from pathlib import Path

from objection_docs import UsageError, hookimpl

KIND = "withdrawal"
REGISTER = "withdrawals.jsonl"
_CONDITION = re.compile(r"(?:如|若|倘若|一旦)[^。;\n]{2,40}(?:本函|撤回)[^。;\n]{0,10}(?:无效|不生效|失效|作废)")


@hookimpl
def data_folder():
    return Path(__file__).parent / "data"


@hookimpl
def fault_finders():
    return [conditional]


def conditional(known):
    """A withdrawal on a condition leaves open whether anything was withdrawn."""
    from objection_docs.checking.faults import Found

    if known.kind == KIND:
        for match in _CONDITION.finditer(known.text):
            yield Found("withdrawal_conditional", match.span(), values={"one": match[0]})


@hookimpl
def before_logging(letter):
    if letter["kind"] == KIND and letter["errand"] == "generate" and not letter["case"]:
        raise UsageError("撤回异议函要写明所属案件，否则不知道哪个案件到此为止", code="case_needed")


@hookimpl
def document_generated(letter, home, now):
    """Withdrawals go into a register of their own, one line each."""
    if letter["kind"] == KIND:
        line = {"on": now.date().isoformat(), "number": letter["number"], "case": letter["case"], "id": letter["id"]}
        with (home / REGISTER).open("a", encoding="utf-8") as register:
            register.write(json.dumps(line, ensure_ascii=False) + "\n")
