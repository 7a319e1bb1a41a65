"""`Paper` + rules → `Report`. Pure: same paper, same rules, same report."""

import hashlib
import re
from functools import cache

from objection_docs.checking import anatomy, dates, faults
from objection_docs.checking.decide import Hit, Judge
from objection_docs.checking.letter import Letter
from objection_docs.checking.recognise import recognise
from objection_docs.checking.report import DEFICIENT, ElementFinding, Fault, Place, Report
from objection_docs.extraction.paper import Paper
from objection_docs.folders import folder
from objection_docs.packs.faults import wordings
from objection_docs.packs.procedures import Demand, procedure
from objection_docs.packs.rules import CheckKind, Element, Rules, rules

__all__ = ["DEFICIENT", "ElementFinding", "Fault", "Report", "check", "rules_version"]

_STATUS_REASON = {
    "present": "写明了“{quote}”",
    "vague": "只说“{quote}”，没有具体内容",
    "blank": "“{quote}”处没有填写",
}


@cache
def rules_version() -> str:
    """Names the state of the shipped rules: the first digits of a hash over every file of checks/."""
    root, digest = folder("checks"), hashlib.sha256()
    for path in sorted(root.rglob("*.yaml")):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def check(
    paper: Paper, kind: str | None = None, procedure_id: str | None = None, *, pack: Rules | None = None
) -> Report:
    """Check one letter. `kind` and `procedure_id`: as the caller knows them; recognised, or left open, when None.

    Raises UsageError for a kind or procedure that doesn't exist.
    """
    pack = pack or rules()
    letter = anatomy.read(paper, pack.words)
    known, confidence = (pack.kind(kind), 1.0) if kind else recognise(letter, pack)
    demands = procedure(procedure_id).demands.get(known.id, {}) if procedure_id else {}
    judge = Judge(letter, pack)
    hits = {e.id: judge.decide(e) for e in known.elements}
    outcome = _outcome(letter, known, hits.get("conclusion"))
    fields = _fields(letter, hits)
    elements = tuple(_finding(letter, e, hits[e.id], demands.get(e.id), outcome, fields) for e in known.elements)
    return Report(
        pages=paper.pages,
        kind=known.id,
        kind_label=known.label,
        kind_confidence=confidence,
        procedure=procedure_id or "",
        elements=elements,
        faults=_faults(letter, known, hits, pack),
        fields=fields,
        warnings=paper.warnings,
        rules_version=rules_version(),
    )


def _faults(letter: Letter, kind: CheckKind, hits: dict[str, Hit | None], pack: Rules) -> tuple[Fault, ...]:
    dated = hits.get("date")
    day = dates.parse(letter.text[dated.start : dated.end]) if dated and dated.status == "present" else None
    span = (dated.start, dated.end) if dated and day else (0, 0)
    parties = {key: hits[key].name for key in _PARTIES if hits.get(key) and hits[key].name}
    out = []
    for found in faults.find(faults.Known(letter, kind.id, day, span, parties, pack.words)):
        wording = wordings()[found.code]
        page, boxes = letter.place(*found.span)
        other = None
        if found.other:
            other_page, other_boxes = letter.place(*found.other)
            other = Place(letter.quote(*found.other), other_page, tuple(other_boxes))
        message = wording.message.format(**found.values)
        out.append(Fault(found.code, wording.label, message, letter.quote(*found.span), page, tuple(boxes), other))
    return tuple(out)


def _unticked(letter: Letter, at: int) -> bool:
    """Whether `at` stands in the words of an option that is not ticked."""
    before = letter.text[letter.para_at(at).start : at]
    return before.rfind("□") > before.rfind("☑")


def _outcome(letter: Letter, kind: CheckKind, conclusion: Hit | None) -> str:
    """Which conclusion a reply reaches, by the kind's list; "unclear" when it talks round it, "" when it has none."""
    if conclusion is None or conclusion.status == "blank":
        return ""
    if conclusion.status == "vague":
        return "unclear"
    for name, pattern in kind.outcomes.items():
        for m in pattern.finditer(letter.text):
            if not letter.is_quoted(m.start()) and not _unticked(letter, m.start()):
                return name
    return "unclear"


def _finding(
    letter: Letter, element: Element, hit: Hit | None, demand: Demand | None, outcome: str, fields: dict
) -> ElementFinding:
    level = demand.level if demand else element.level
    authority = (demand and demand.authority) or element.authority
    common = {"id": element.id, "label": element.label, "level": level, "authority": authority}
    if element.when and (outcome not in element.when or (outcome == "unclear" and hit is None)):
        return ElementFinding(
            **common,
            status="not_applicable",
            quote="",
            page=None,
            boxes=(),
            reason="依本函结论，不需要这一项",
            advice="",
        )
    names = {key: fields.get(key) or default for key, default in _GENERIC.items()}
    if hit is None:
        advice = element.advice.format(**names)
        return ElementFinding(
            **common, status="missing", quote="", page=None, boxes=(), reason=element.missing, advice=advice
        )
    quote = letter.quote(hit.start, hit.end)
    page, boxes = letter.place(hit.start, hit.end)
    reason = (hit.rule.reason or _STATUS_REASON[hit.status]).replace("{quote}", quote)
    advice = "" if hit.status == "present" else element.advice.format(**names)
    return ElementFinding(
        **common, status=hit.status, quote=quote, page=page, boxes=tuple(boxes), reason=reason, advice=advice
    )


_PARTIES = ("sender", "recipient", "respondent")
#: What stands in an advice where the letter doesn't tell the name.
_GENERIC = {
    "sender": "（本方全称）",
    "recipient": "（对方全称）",
    "subject": "（合同或项目名称及编号）",
    "date": "（年月日）",
}


def _fields(letter: Letter, hits: dict[str, Hit | None]) -> dict:
    """Sender, recipient, respondent, subject's number and date, as the letter gives them."""
    out = {}
    for key in _PARTIES:
        hit = hits.get(key)
        if hit and hit.status == "present" and hit.name:
            out[key] = _display(letter, hit)
    for key in ("subject", "notice_reference"):
        hit = hits.get(key)
        if hit and hit.status == "present":
            number = _NUMBER.search(letter.text, *letter.sentence(hit.start, hit.end))
            if number:
                out["reference"] = number[1]
                break
    hit = hits.get("date")
    if hit and hit.status == "present":
        day = dates.parse(letter.text[hit.start : hit.end])
        if day:
            out["date"] = day.isoformat()
    return out


_NUMBER = re.compile(
    r"(?:编号|案号|文号|单号|订单号|合同号|项目号|登记号|工单)(?:为|是|[:：])?"
    r"((?:[A-Za-z0-9\u4e00-\u9fff〔〕\[\]-]|\([^()]{1,10}\))*\d(?:[A-Za-z0-9〔〕\[\]\u4e00-\u9fff-]|\([^()]{1,10}\))*)"
)


def _display(letter: Letter, hit: Hit) -> str:
    """The party's name with the letter's own punctuation instead of the normal form's."""
    at = letter.text.find(hit.name, hit.start, hit.end)
    return letter.quote(at, at + len(hit.name)) if at >= 0 else hit.name
