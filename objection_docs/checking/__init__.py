"""`Paper` + rules → `Report`. Pure: same paper, same rules, same report."""

from collections.abc import Callable
from dataclasses import replace

from objection_docs.checking import anatomy, findings, gaps, wording
from objection_docs.checking.decide import Judge
from objection_docs.checking.faults import Clock, Due
from objection_docs.checking.recognise import LIKELY, recognise, recognise_procedure, sureness
from objection_docs.checking.report import DEFICIENT, ElementFinding, Fault, Place, Report
from objection_docs.extraction.paper import Paper
from objection_docs.packs.bounded import allowance
from objection_docs.packs.procedures import procedure
from objection_docs.packs.rules import Rules, rules

__all__ = ["DEFICIENT", "Clock", "Due", "ElementFinding", "Fault", "Place", "Report", "check"]

_UNLIKE = (
    "这份文件不像异议文书，或者看不出是哪一种，这里只是按“{kind}”检查的，结果可能不对。如果它确是异议文书，"
    "请指明文书种类再检查一次：命令行用 --kind，接口用 kind 字段，网页在检查时选“文书种类”"
)


def check(
    paper: Paper,
    kind: str | None = None,
    procedure_id: str | None = None,
    *,
    pack: Rules | None = None,
    second_opinion: bool = True,
    clocks: Callable[[str, bool], Clock] | None = None,
) -> Report:
    """Check one letter. `kind` and `procedure_id`: as the caller knows them; recognised when None.

    A procedure is only recognised when the letter speaks of it; else each element has the level of its own file.
    Without `second_opinion` the rules alone decide. `clocks`: procedure, and whether the caller named it → its clock;
    without it no limit of a procedure is looked at.
    Raises UsageError for a kind or procedure that doesn't exist.
    """
    pack = pack or rules()
    with allowance() as time:
        report = _check(paper, kind, procedure_id, pack, second_opinion, clocks)
    if not time.exceeded:
        return report
    said = f"文书过长，或文字异常，有 {len(time.exceeded)} 条规则没能在限时内用完，结果可能不全，请人工核对"
    return replace(report, warnings=(*report.warnings, said))


def _check(paper, kind, procedure_id, pack: Rules, second_opinion: bool, clocks) -> Report:
    letter = anatomy.read(paper, pack.words)
    judge = Judge(letter, pack)
    known, confidence = (pack.kind(kind), 1.0) if kind else recognise(judge, pack)
    regime = procedure(procedure_id) if procedure_id else recognise_procedure(letter, known.id)
    demands = regime.demands.get(known.id, {}) if regime else {}
    hits = {element.id: judge.decide(element) for element in known.elements}
    if not kind:
        spoken = sum(hit is not None for hit in hits.values()) / max(len(hits), 1)
        confidence = sureness(letter, confidence, spoken)
    reached = findings.outcome(letter, known, hits.get("conclusion"))
    fields = findings.fields(letter, hits)
    clock = clocks(regime.id, bool(procedure_id)) if clocks and regime else Clock()
    reader = wording.Reader(letter, known.wording, second_opinion)
    held = gaps.held(judge, known, hits)
    elements = tuple(
        findings.element(
            letter,
            element,
            hits[element.id],
            demands.get(element.id),
            reached,
            fields,
            reader,
            [span for span, names in held.items() if element.id in names],
        )
        for element in known.elements
    )
    # what makes no required element blank is told by itself, so that no letter with an open place is complete
    blank = {one.id for one in elements if one.status == "blank" and one.level == "required"}
    left = findings.left_open(letter, [span for span, names in held.items() if not names & blank])
    faults, unseen = findings.found_faults(letter, known, hits, pack.words, regime.id if regime else "", clock)
    return Report(
        pages=paper.pages,
        kind=known.id,
        kind_label=known.label,
        kind_confidence=confidence,
        procedure=regime.id if regime else "",
        elements=elements,
        faults=(*faults, *left),
        fields=findings.filled(fields, elements, pack.words),
        warnings=(*paper.warnings, *unseen, *([_UNLIKE.format(kind=known.label)] if confidence < LIKELY else ())),
        rules_version=pack.version,
        procedure_label=regime.label if regime else "",
        title=letter.name,
    )
