"""Which dates a letter tells: its own, and those of the letters that it answers (checks/letter_dates.yaml)."""

from datetime import date

from objection_docs.checking import dates
from objection_docs.packs.letter_dates import OWN, mentions
from objection_docs.text import normal


def told(kind: str, report: dict, facts: object = None) -> dict[str, str]:
    """Name of the date → YYYY-MM-DD, as the facts give it, else as the letter was read.

    `report`: `Report.to_dict`; `facts`: those of a generated letter. A date that isn't clear is left out.
    """
    given = facts if isinstance(facts, dict) else {}
    read = report.get("fields") or {}
    own = _day(given.get(OWN)) or _day(read.get(OWN))
    found = {OWN: own}
    for mention in mentions().get(kind, ()):
        found[mention.fact] = _day(given.get(mention.fact)) or _day(_quote(report, mention.element), own)
    return {name: day.isoformat() for name, day in found.items() if day}


def _day(text: object, written: date | None = None) -> date | None:
    return dates.parse_before(normal(text), written) if isinstance(text, str) else None


def _quote(report: dict, element: str) -> str:
    found = next((one for one in report.get("elements", ()) if one["id"] == element), None)
    return found["quote"] if found and found["status"] == "present" else ""
