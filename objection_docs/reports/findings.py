"""A report as a list of findings, each with a name of its own: for pages on which one goes from a finding to its place
and back; and what changed between the reports of two versions of a letter."""

from collections.abc import Collection
from dataclasses import dataclass

from objection_docs.reports import CLOSING, DEFICIENT, STATUS_LABELS, points, spots
from objection_docs.reports.stretches import Quoted, quoted

Spots = tuple[tuple[int, tuple], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """`id`: stable for one report. `look`: a status, or "fault". `spots`: pages, each with its boxes."""

    id: str
    label: str
    look: str
    level: str
    said: str
    quote: str
    other: str
    points: tuple[tuple[str, str], ...]
    spots: Spots
    quoted: tuple[Quoted, ...] = ()

    @property
    def wanting(self) -> bool:
        return self.look in (*DEFICIENT, "fault")

    @property
    def status(self) -> str:
        return STATUS_LABELS.get(self.look, "差错")

    # as a mark on the letter's pages

    @property
    def place(self) -> str:
        return f"p-{self.id}"

    @property
    def target(self) -> str:
        return f"f-{self.id}"

    @property
    def told(self) -> str:
        return f"{self.status}：{self.label}"


def findings(report: dict) -> list[Finding]:
    """What is wanting first, by level; then the faults, then what is there."""
    elements = [_element(element) for element in report.get("elements") or ()]
    faults = [_fault(number, fault) for number, fault in enumerate(report.get("faults") or (), 1)]
    order = {"required": 0, "recommended": 1, "optional": 2}
    wants = sorted((e for e in elements if e.wanting), key=lambda e: order.get(e.level, 3))
    return [*wants, *faults, *(e for e in elements if not e.wanting)]


def without(report: dict, settled: Collection[str]) -> dict:
    """The report as if what it finds wanting under these ids were not there: what is left to do."""
    elements = [e for e in report.get("elements") or () if e["status"] not in DEFICIENT or e["id"] not in settled]
    faults = [fault for n, fault in enumerate(report.get("faults") or (), 1) if _fault_id(n) not in settled]
    return report | {"elements": elements, "faults": faults}


def find(report: dict, id: str) -> Finding | None:
    return next((finding for finding in findings(report) if finding.id == id), None)


def _element(element: dict) -> Finding:
    look, told = element["status"], tuple(points(element))
    if look == "present":  # why it is there is seen where it is
        told = tuple(point for point in told if point[0] == "依据")
    quote, level = element.get("quote") or "", element.get("level") or ""
    places = quoted(element, last=element["id"] in CLOSING)
    return Finding(element["id"], element["label"], look, level, "", quote, "", told, tuple(spots(element)), places)


def _fault_id(number: int) -> str:
    return f"fault-{number}"


def _fault(number: int, fault: dict) -> Finding:
    other = fault.get("other") or {}
    places = tuple(spots(fault)) + tuple(spots(other))
    quote, second = fault.get("quote") or "", other.get("quote") or ""
    words = (*quoted(fault), *quoted(other, last=True))
    return Finding(_fault_id(number), fault["label"], "fault", "", fault["message"], quote, second, (), places, words)


@dataclass(frozen=True, slots=True)
class Change:
    """`turn`: better | worse | other. `before`, `after`: words for the status; "" where there was none."""

    label: str
    before: str
    after: str
    turn: str


_BEST_FIRST = ("present", "not_applicable", "vague", "blank", "missing")


def changes(before: dict, after: dict) -> list[Change]:
    """What the later version does otherwise; what got worse first. Elements that both judge alike are left out."""
    was = {element["id"]: element for element in before.get("elements") or ()}
    now = {element["id"]: element for element in after.get("elements") or ()}
    out = []
    for id in dict.fromkeys([*now, *was]):
        old, new = was.get(id, {}).get("status", ""), now.get(id, {}).get("status", "")
        if old != new:
            label = (now.get(id) or was[id])["label"]
            out.append(Change(label, STATUS_LABELS.get(old, ""), STATUS_LABELS.get(new, ""), _turn(old, new)))
    gone, come = _faults(before), _faults(after)
    out += [Change(label, "差错", "已改正", "better") for key, label in gone.items() if key not in come]
    out += [Change(label, "", "新的差错", "worse") for key, label in come.items() if key not in gone]
    return sorted(out, key=lambda change: ("worse", "other", "better").index(change.turn))


def _turn(old: str, new: str) -> str:
    if old not in _BEST_FIRST or new not in _BEST_FIRST:
        return "other"
    return "better" if _BEST_FIRST.index(new) < _BEST_FIRST.index(old) else "worse"


def _faults(report: dict) -> dict[tuple, str]:
    """By what is wrong, in the same words: the same fault stands elsewhere once a line was added above it."""
    return {(f["code"], f.get("quote") or "", f["message"]): f["label"] for f in report.get("faults") or ()}
