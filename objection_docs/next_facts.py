"""What the next letter takes from one received: its file and its report in, facts as `desk.generate` takes them out."""

import re
from collections.abc import Mapping

from objection_docs.packs.kinds import kind as form_of

#: From which letters the next one follows.
RECEIVED = {
    "acknowledgement": ("objection_notice", "complaint"),
    "disposition_reply": ("objection_notice", "complaint"),
    "supplement_notice": (),  # any letter may lack something
}
#: Facts of the next letter ← particulars of the one received: its sender becomes the recipient.
_TAKEN = {
    "recipient": "sender",
    "recipient_address": "sender_address",
    "recipient_person": "sender_person",
    "recipient_phone": "sender_phone",
    "recipient_email": "sender_email",
    "sender": "recipient",
    "subject": "subject",
    "subject_number": "subject_number",
    "notice_title": "title",
    "notice_number": "number",
    "notice_date": "date",
}
_SAID = {"ground": "提出", "request": "请求"}
_MOST = 60  # points of one notice
_SENTENCE = re.compile(r"[。！？；]")
_SHORTEST = 8
_EXAMPLE = re.compile(r"[，,]\s*例如.*$", re.S)
_OPINION = re.compile(r"^从用语看，")
#: What an authority says beside its name; words that it quotes stay.
_GLOSS = re.compile(r"：(?!“).*$", re.S)
_LACKS = {"missing": "没有写明", "blank": "没有填写", "vague": "写得不具体"}


def read(kind: str, data: bytes, name: str, report: Mapping, procedure: str) -> dict:
    """The facts of a letter of `kind` that the file tells. `report`: on the file; `procedure`: of the next letter."""
    from objection_docs import extraction
    from objection_docs.checking import particulars

    form = form_of(kind)
    known = {fact.name: fact for fact in form.facts}
    paper = extraction.read(data, name)
    told = particulars.read(paper, report)
    told.setdefault("title", report["kind_label"])
    told["title"] = told["title"].replace("《", "〈").replace("》", "〉")  # it will stand in 《》 itself: GB/T 15834
    raw: dict = {
        fact: told[source][: known[fact].longest or None]
        for fact, source in _TAKEN.items()
        if fact in known and told.get(source)
    }
    if "subject_number" in raw and "subject" not in raw and not known["subject"].needed(procedure):
        raw["subject"] = raw.pop("subject_number")  # the form prints a number behind its subject only
    if kind == "disposition_reply":
        raw["points"] = _points(paper, form.wording(procedure).get("you", "贵方"), known["points"])
    if kind == "supplement_notice":
        raw["deficiencies"] = deficiencies(report)
    return raw


def _points(paper, you: str, fact) -> list[dict]:
    """One part for each ground and request, to be answered; one open part where none was found."""
    from objection_docs.checking import anatomy, points
    from objection_docs.packs.rules import rules

    longest = next(item.longest for item in fact.items if item.name == "ground")
    letter = anatomy.read(paper, rules().words)
    out = []
    for point in points.find(letter, rules())[:_MOST]:
        end = min(point.end, letter.para_at(point.start).end)  # a heading says enough of what stands under it
        ground = f"{you}{_SAID[point.kind]}：{_heading(letter.quote(point.start, end))}"
        out.append({"ground": _paired(shortened(ground, longest - 1)), "finding": None})
    return out or [{"finding": None}]


def _heading(quote: str) -> str:
    """The sentence that a point begins with, or as many as say something: «扣了多少。自2023年11月起……»."""
    ends = [found.end() for found in _SENTENCE.finditer(quote) if found.end() > _SHORTEST]
    return quote[: ends[0] if ends else None].strip("，。；、：,;: ")


def _paired(text: str) -> str:
    """With the quotation mark that the cut left without its other half."""
    odd = text.count("“") - text.count("”")
    return text + "”" if odd == 1 else text.replace("：", "：“", 1) if odd == -1 else text


def deficiencies(report: Mapping) -> list[dict]:
    """What the procedure requires and the letter lacks, with page, authority and what to add."""
    from objection_docs import reports

    wants = [element for element in reports.wanting(report) if element["level"] == "required"]
    out = []
    for element in wants:
        problem = element["reason"]
        if _OPINION.match(problem):  # how the program came to think so is nothing for the other side
            problem = _LACKS[element["status"]]
        item = {
            "item": shortened(element["label"], 80),
            "problem": shortened(problem.rstrip("。"), 300),
            "page": element["page"] if element.get("boxes") else None,  # Word and plain text have none
            "authority": shortened(_GLOSS.sub("", element["authority"]), 200),
            "add": shortened("请" + _EXAMPLE.sub("", element["advice"].rstrip("。")), 400),
        }
        out.append({key: value for key, value in item.items() if value})
    return out


def shortened(text: str, most: int) -> str:
    """The text, or as many of its clauses as fit, with an ellipsis."""
    if len(text) <= most:
        return text
    kept = text[: most - 2]
    at = max(kept.rfind(sign) for sign in "。；，,;")
    return kept[: at if at > most // 2 else None] + "……"
