"""What the case of a letter received tells besides its words: the day on which it came, and what our own letters that
answered it before say of both sides. For the next letter."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from objection_docs import case_desk, desk
from objection_docs.facts.carried import carried

if TYPE_CHECKING:
    from objection_docs.archive import Entry
    from objection_docs.packs.kinds import Kind

#: Letters that answer one received, written by the side that received it.
_OURS = ("acknowledgement", "supplement_notice", "disposition_reply")
_MOST = 20


def of_case(entry: "Entry", kind: str, told: Mapping, now: datetime, home: Path | None) -> tuple[dict, dict]:
    """Facts, and for each the letter or record that tells it."""
    if not entry.case_id:
        return {}, {}
    form = desk.kinds()[kind]
    known = {fact.name for fact in form.facts}
    raw, origins = {}, {}
    if (day := _received_on(entry, now, home)) and "receipt_date" in known:
        raw["receipt_date"], origins["receipt_date"] = day, "案件记录"
    for earlier in _our_letters(entry, told, home):
        for name, value in _carried(earlier, form).items():
            if name not in raw:
                raw[name], origins[name] = value, earlier.number or earlier.title
    return raw, origins


def _received_on(entry: "Entry", now: datetime, home: Path | None) -> str:
    """The day on which the letter came, entered by hand or proved by its delivery; "" when nobody has said."""
    for stage in case_desk.show(entry.case_id, now=now, home=home).stages:
        for name, chosen in stage.stage.dates.items():
            event, source = stage.stage.course.events[name], chosen.source
            sure = source.how == "hand" or (source.how == "proof" and source.letter == entry.seq)
            if sure and event.at == "receipt" and event.letter == entry.kind:
                return source.at[:10]
    return ""


def _our_letters(entry: "Entry", told: Mapping, home: Path | None) -> list["Entry"]:
    """The letters of the case with which we answered this one, the newest first."""
    hits = desk.search(case=entry.case_id, errand="generate", limit=_MOST, home=home).entries
    whole = [desk.show(hit.id, home=home) for hit in hits if hit.kind in _OURS]
    same = ("notice_date", "notice_title")
    return [one for one in whole if one.facts and any(told.get(k) and one.facts.get(k) == told[k] for k in same)]


def _carried(earlier: "Entry", form: "Kind") -> dict:
    old, out = desk.kinds()[earlier.kind], {}
    if old.id != form.id:
        out = carried(old, earlier.facts, form, earlier.title, earlier.number)
    number = earlier.facts.get("number")
    if old.id == "acknowledgement" and number and any(fact.name == "acknowledgement_number" for fact in form.facts):
        out["acknowledgement_number"] = number
    return {name: value for name, value in out.items() if value is not None}
