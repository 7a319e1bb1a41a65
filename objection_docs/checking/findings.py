"""What rules and finders hit in a letter → findings for people: quote, place, reason, authority, words to add."""

import re
from collections.abc import Iterable, Mapping, Sequence

from objection_docs.checking import dates, faults, subject
from objection_docs.checking.decide import Hit
from objection_docs.checking.letter import Letter
from objection_docs.checking.report import ElementFinding, Fault, OnPage, Place
from objection_docs.checking.wording import Reader
from objection_docs.labels import LEFT_OPEN
from objection_docs.packs.faults import wordings
from objection_docs.packs.procedures import Demand
from objection_docs.packs.rules import CheckKind, Element
from objection_docs.text import mapped

Hits = Mapping[str, Hit | None]

_PARTIES = ("sender", "recipient", "respondent")
#: What stands in an advice where the letter doesn't tell the name.
_GENERIC = {
    "sender": "（本方全称）",
    "recipient": "（对方全称）",
    "subject": "（合同或项目名称及编号）",
    "date": "（年月日）",
}
_REASONS = {
    "present": "写明了“{quote}”",
    "vague": "只说“{quote}”，没有具体内容",
    "blank": "“{quote}”处没有填写",
    "not_applicable": "依本函结论，不需要这一项",
}
_OPINIONS = {
    "present": "从用语看，这一句写明了{label}",
    "vague": "从用语看，这一句说到{label}，但没有具体内容",
    "blank": "从用语看，这是{label}的位置，没有填写",
    "missing": "从用语看，没有一句说到{label}",
    "not_applicable": "从用语看，依本函结论，不需要这一项",
}
_OPEN = "留有待补之处"
_LACKING = re.compile(r"[：:，,]\s*([^】〕\]］]+)")
_TOLD = 5  # of what is lacking, named in a reason
_BARE = re.compile(r"[\u4e00-\u9fffA-Za-z0-9()·]{4,30}")  # nothing but a name, in a cell or a line of its own
_NUMBER = re.compile(
    r"(?:编号|案号|文号|单号|订单号|合同号|项目号|登记号|工单)(?:为|是|[:：])?"
    r"((?:[A-Za-z0-9\u4e00-\u9fff〔〕\[\]-]|\([^()]{1,10}\))*\d(?:[A-Za-z0-9〔〕\[\]\u4e00-\u9fff-]|\([^()]{1,10}\))*)"
)


def outcome(letter: Letter, kind: CheckKind, conclusion: Hit | None) -> str:
    """Which conclusion a reply reaches, by the kind's list; "unclear" when it talks round it, "silent" when no words of
    one were found or its place is empty."""
    if conclusion is None or conclusion.status == "blank":
        return "silent"
    if conclusion.status == "vague":
        return "unclear"
    for name, pattern in kind.outcomes.items():
        for m in pattern.finditer(letter.text):
            if not letter.is_quoted(m.start()) and not _unticked(letter, m.start()):
                return name
    return "unclear"


def _unticked(letter: Letter, at: int) -> bool:
    """Whether `at` stands in the words of an option that is not ticked."""
    before = letter.text[letter.para_at(at).start : at]
    return before.rfind("□") > before.rfind("☑")


def place(letter: Letter, span: tuple[int, int]) -> Place:
    """The words of a stretch and where they stand."""
    (page, boxes), *more = letter.places(*span)
    return Place(letter.quote(*span), page, boxes, tuple(OnPage(*there) for there in more), letter.stretch(*span))


def element(
    letter: Letter,
    wanted: Element,
    hit: Hit | None,
    demand: Demand | None,
    reached: str,
    fields: Mapping[str, str],
    reader: Reader,
    gaps: Sequence[tuple[int, int]] = (),
) -> ElementFinding:
    """The finding on one element. `reached`: the outcome of a reply, on which some elements depend; `reader`: who gives
    a second opinion; `gaps`: places of it that a draft left open, which make it blank whatever else is there."""
    level = demand.level if demand else wanted.level
    authority = (demand and demand.authority) or wanted.authority
    advice = wanted.advice.format(**{key: fields.get(key) or generic for key, generic in _GENERIC.items()})
    where = place(letter, _span(wanted, hit, reader)) if hit else Place()
    if wanted.when and not _needed(wanted, reached, hit):
        status, where, reason = "not_applicable", Place(), _REASONS["not_applicable"]
    elif hit is None:
        status, reason = "missing", wanted.missing
    else:
        status = hit.status
        deciding = letter.quote(*(hit.deciding or (hit.start, hit.end)))
        reason = (hit.rule.reason or _REASONS[status]).replace("{quote}", deciding)
    opinion = None if wanted.exact and status == "vague" else reader.opinion(wanted.id, status, wanted.owner)
    if opinion and (opinion.status != "not_applicable" or wanted.when):
        status = opinion.status
        widen = wanted.passage and status == "present"
        span = reader.passage(wanted.id, *opinion.span, wanted.owner) if opinion.span and widen else opinion.span
        where = place(letter, span) if span else Place()
        words = "、".join(f"“{word}”" for word in opinion.words)
        reason = _OPINIONS[status].format(label=wanted.label) + (f"，如{words}" if words else "")
    if gaps and status != "not_applicable":
        status, where, reason = "blank", place(letter, gaps[0]), _OPEN + _named(letter, gaps)
    advice = "" if status in ("present", "not_applicable") else advice
    return ElementFinding(wanted.id, wanted.label, level, status, where, reason, advice, authority)


def _named(letter: Letter, gaps: Iterable[tuple[int, int]]) -> str:
    """What the open places say is lacking, without their brackets: a letter that quotes the reason is no draft."""
    names = [_LACKING.search(letter.quote(*span)) for span in gaps]
    told = list(dict.fromkeys(name[1] for name in names if name))
    more = f"等 {len(told)} 项" if len(told) > _TOLD else ""
    return "：" + "、".join(f"“{name}”" for name in told[:_TOLD]) + more if told else ""


def _span(wanted: Element, hit: Hit, reader: Reader) -> tuple[int, int]:
    """What is quoted of a hit: its passage where the element wants one, as facts take more than a clause."""
    if wanted.passage and hit.status == "present":
        return reader.passage(wanted.id, hit.start, hit.end, wanted.owner)
    return hit.start, hit.end


def _needed(wanted: Element, reached: str, hit: Hit | None) -> bool:
    """Whether an element that depends on the outcome is asked for; without a clear one, only where it is spoken of."""
    if reached == "silent":
        return hit is not None and hit.status == "present"
    return reached in wanted.when and not (reached == "unclear" and hit is None)


def fields(letter: Letter, hits: Hits) -> dict[str, str]:
    """Sender, recipient, respondent, the number of the subject, and the letter's date (ISO), where it gives them."""
    out = {}
    for key in _PARTIES:
        hit = hits.get(key)
        if hit and hit.status == "present" and hit.name:
            out[key] = _name(letter, hit)
    for key in ("subject", "notice_reference"):
        hit = hits.get(key)
        number = hit and hit.status == "present" and _NUMBER.search(letter.text, *letter.sentence(hit.start, hit.end))
        if number:
            out["reference"] = subject.bare(number[1])
            break
    day = _date(letter, hits)[0]
    return {**out, "date": day.isoformat()} if day else out


def filled(
    fields: Mapping[str, str], elements: Iterable[ElementFinding], words: Mapping[str, re.Pattern]
) -> dict[str, str]:
    """The fields with the names and the date of elements that only the second opinion saw."""
    out = dict(fields)
    for found in elements:
        if found.status != "present" or found.id in out:
            continue
        quote = mapped(found.place.quote)
        if found.id in _PARTIES:
            name = (
                words["full_name"].search(quote.text)
                or _BARE.fullmatch(quote.text)
                or words["person"].search(quote.text)
            )
            if name:
                low, high = quote.back(*name.span())
                out[found.id] = found.place.quote[low:high]
        elif found.id == "date":
            day = dates.parse(quote.text)
            out.update({"date": day.isoformat()} if day else {})
    return out


def _date(letter: Letter, hits: Hits):
    """The letter's own date and where it stands; (None, (0, 0)) without one."""
    hit = hits.get("date")
    day = dates.parse(letter.text[hit.start : hit.end]) if hit and hit.status == "present" else None
    return (day, (hit.start, hit.end)) if hit and day else (None, (0, 0))


def _name(letter: Letter, hit: Hit) -> str:
    """The party's name with the letter's own punctuation instead of the normal form's."""
    at = letter.text.find(hit.name, hit.start, hit.end)
    return letter.quote(at, at + len(hit.name)) if at >= 0 else hit.name


def found_faults(
    letter: Letter, kind: CheckKind, hits: Hits, words: Mapping[str, re.Pattern], procedure: str, clock: faults.Clock
) -> tuple[tuple[Fault, ...], tuple[str, ...]]:
    """Every fault of the letter, told in the words of checks/faults/labels.yaml; and what could not be looked for.

    `clock`: of the procedure.
    """
    day, span = _date(letter, hits)
    parties = {key: hit.name for key in _PARTIES if (hit := hits.get(key)) and hit.name}
    out = []
    everything, failed = faults.find(faults.Known(letter, kind.id, day, span, parties, words, procedure, clock))
    for found in everything:
        wording = wordings()[found.code]
        other = place(letter, found.other) if found.other else None
        message = wording.message.format(**found.values)
        out.append(Fault(found.code, wording.label, message, place(letter, found.span), other))
    return tuple(out), tuple(f"插件“{name}”出错，它所查的差错没有查，请人工核对" for name in failed)


def left_open(letter: Letter, spans: Iterable[tuple[int, int]]) -> tuple[Fault, ...]:
    """A fault for each of these open places, those in the same words told once."""
    wording = wordings()[LEFT_OPEN]
    told = {letter.quote(*span): span for span in reversed(list(spans))}
    return tuple(
        Fault(LEFT_OPEN, wording.label, wording.message.format(one=quote), place(letter, span))
        for quote, span in reversed(told.items())
    )
