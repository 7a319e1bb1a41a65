"""A reply as the sentences that may answer a point: which passage each stands in, what the passage is about, and what
the sentence does: it admits, denies, explains, grants, declines; or puts off, repeats, praises itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from objection_docs.checking import points
from objection_docs.checking.letter import Letter
from objection_docs.checking.sorts import met

#: What a sentence does, by the words of checks/lexicon.
DOES = (
    *("says_later", "noted", "mentions", "boasts", "feels", "admits", "denies", "explains", "grants", "declines"),
    *("put_off_answer", "idle_talk", "restated", "found_out", "promises", "refuses", "all_points", "about_request"),
    *("ans_yes", "ans_no", "ans_do", "ans_fault_ours", "ans_reason_wide", "ans_elsewhere", "ans_out_no", "ans_out_yes"),
    *("ans_plain_yes", "ans_plain_no", "ans_item_yes", "ans_item_no", "ans_result_no", "ans_result_yes", "ans_no_do"),
    *("ans_hypo", "ans_inquiry", "ans_listen"),
)
#: What takes a position.
STANCES = ("admits", "denies", "explains", "grants", "declines")
_TOPIC = re.compile(
    r"(?:第?[一二三四五六七八九十\d]{1,2}[、.:项点]|[(（][一二三四五六七八九十\d]{1,2}[)）])?"
    r"(?:关于|针对|对于?|就|至于|说到|有关|[再先](?:说|讲))"
)
_REQUEST, _GROUND = ("请求", "要求", "诉求"), ("质疑", "异议", "投诉", "缺陷", "问题", "理由")
_WHAT = "|".join((*_REQUEST, *_GROUND))
_NAMED = re.compile(
    rf"(?P<before>{_WHAT}|[来信]?函[中里]?|来信)?(?:事项|内容|请求)?第(?P<a>[一二三四五六七八九十\d]{{1,2}})(?:项|点|条(?!款)|个|处|件)"
    rf"(?P<after>{_WHAT})?(?!第)|"
    rf"(?P<what>{_WHAT})(?:事项|内容|请求)?(?P<b>[一二三四五六七八九十①-⑩]|\d{{1,2}}|[A-Ha-h](?![A-Za-z]))(?![\d年月日个家张份元级])|"
    r"(?P<c>[A-Ha-h])项"
)
_HEADED = re.compile(r"[【\[](?P<inside>[^】\]]{1,20})[】\]]|[■□◆●☑·](?P<after>.{1,20})")
_FIRST = re.compile(r"[。:,]")
_CLAUSE = re.compile(r"[,;。:!?\n]")
SHORT_HEAD, LABEL = 12, 24
_SAYS = re.compile(
    r"^[^,:。]{0,10}(?:提出|请求|主张|要求|反映|认为|称)(?:[的]?:|(?=“))|^[^,:。]{0,10}(?:异议|投诉)(?::|(?=“))"
)
SHORTEST_COPY = 6


@dataclass(frozen=True, slots=True)
class Sentence:
    """`passage`: which of the reply's passages; `place`: where in the reply, from 0 to 1; `does`: name → 0 or 1."""

    start: int
    end: int
    text: str
    passage: int
    place: float
    does: Mapping[str, float]
    acts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph. `head`: the words that say what it is about; `number`: its own; `named`: the points that it calls by
    number, each with "ground", "request" or ""; `first`..`last`: its sentences."""

    text: str
    head: str
    number: str
    named: frozenset[tuple[str, str]]
    first: int
    last: int


def read(letter: Letter, words: Mapping[str, re.Pattern], notice: str) -> tuple[list[Sentence], list[Passage]]:
    """The sentences and the passages of a reply's body; those that only copy out the notice's words answer nothing."""
    passages: list[Passage] = []
    spans: list[tuple[int, int, int]] = []
    heads = {field.start for field in letter.fields if field.form == "section"}
    for para in letter.paras:
        if para.zone != "body" or not para.text:
            continue
        first, low = len(spans), para.start
        for begin, stop in letter.sentences(para.start, para.end):
            if (
                begin == para.start
                and stop < para.end
                and stop - low <= SHORT_HEAD
                and "," not in letter.text[low:stop]
            ):
                continue  # «签证。» heads the sentence after it
            if stop - low > 1 and low not in heads and not _is_copied(letter.text[low:stop], notice):
                spans.append((low, stop, len(passages)))
            low = stop
        number, at = points.mark(para.text)
        label = para.labels[-1] if para.labels and not para.labels[-1].startswith("--") else ""
        head = " ".join(filter(None, (_head(para.text, number, at), label if len(label) <= LABEL else "")))
        passages.append(Passage(para.text, head, number, frozenset(_named(para.text)), first, len(spans)))
    sentences = []
    for n, (start, end, passage) in enumerate(spans):
        text = letter.text[start:end]
        place = (n + 0.5) / len(spans)
        sentences.append(Sentence(start, end, text, passage, place, does(text, words), met(text, words)))
    return sentences, passages


def _is_copied(text: str, notice: str) -> bool:
    """Whether a sentence says nothing but what stands in the notice, after a number and «贵司提出:»."""
    said = _SAYS.sub("", text[points.mark(text)[1] :]).strip("“”‘’'\"…。;,:!?")
    return len(said) >= SHORTEST_COPY and said in notice


def _head(text: str, number: str, at: int) -> str:
    """What the paragraph says that it is about: 【锈蚀】, 关于硬度, 签证。"""
    if headed := _HEADED.match(text[at:]):
        return headed["inside"] or headed["after"]
    first = _CLAUSE.search(text, at)
    if number or _TOPIC.match(text):
        return text[at : first.start() if first else len(text)]
    first = _FIRST.search(text)
    return text[: first.start()] if first and first.start() <= SHORT_HEAD else ""


def _named(text: str):
    for m in _NAMED.finditer(text):
        what = m["what"] or m["after"] or m["before"]
        kind = "request" if what in _REQUEST else "ground" if what in _GROUND else ""
        number = m["a"] or m["b"] or m["c"]
        if "①" <= number <= "⑩":
            yield kind, str(ord(number) - ord("①") + 1)
        else:
            yield kind, points.numeral(number.upper())


def does(text: str, words: Mapping[str, re.Pattern]) -> dict[str, float]:
    """What a stretch of normal text does: name → 0 or 1, its length from 0 to 1."""
    done = {name: float(bool(words[name].search(text))) for name in DOES}
    own = ",".join(c for c in _CLAUSE.split(text) if not words["restated"].search(c))
    bare = not any(done[name] for name in STANCES)
    only = done["restated"] and not words["found_out"].search(own) and len(own) < len(text) - 4
    return done | {
        "only_restated": float(bool(only)),
        "bare": float(bare),
        "bare_mention": float(bare and bool(done["mentions"])),
        "later_only": float(bool(done["says_later"]) and not (done["admits"] or done["declines"])),
        "question": float("?" in text),
        "short": float(len(text) < 10),
        "long": min(len(text), 80) / 80,
    }
