"""The rules of one element against one letter → its status and the words that decided it."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from objection_docs.checking.letter import Field, Letter, Para
from objection_docs.packs.bounded import bounded
from objection_docs.packs.rules import Element, Rule, Rules
from objection_docs.text import words

LONG = 8_000  # characters, some ten pages
_OPTION = re.compile(r"□[^□☑\n]*")
_SKELETON = re.compile(r"(?:20)?年月日(?:时|[上下]午)?|^20年|[\s_\-/\\.。,、;:()*·]+")
_PAIRS = (("(", ")"), ("《", "》"), ("【", "】"))
_BLOCK = 120  # characters of a signature block
_NOTE = 300  # characters: a letter that is no longer may say a thing once
_ONCE = "除“{quote}”一处外，通篇没有具体内容"
_ORDER = (("present", False), ("vague", False), ("blank", False), ("vague", True))  # status, weak rules
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that held: where its words stand in the letter's text, and the party's name if it gives one.

    `deciding`: the words that the rule found, where the quote was widened around them."""

    status: str
    start: int
    end: int
    rule: Rule
    name: str = ""
    deciding: tuple[int, int] | None = None


def _in_block(para: Para, date: re.Pattern) -> bool:
    return para.zone == "closing" and not para.cell and not date.search(para.text)


class Judge:
    """Applies rules to one letter; what several rules need is worked out once."""

    def __init__(self, letter: Letter, rules: Rules):
        self.letter = letter
        self.rules = rules
        self.placeholder = rules.words["placeholder"]
        self.instruction = rules.words["instruction"]
        # what no letter is as long as runs with a limit of time
        self.run = bounded if len(letter.text) > LONG else lambda pattern: pattern
        self.gaps = [m.span() for m in self.placeholder.finditer(letter.text)]
        self.gap_ends = [end for _, end in self.gaps]
        self.empty_cells = [
            f for f in letter.fields if f.form == "cell" and self.is_blank(letter.text[f.value_start : f.value_end])
        ]

    def is_blank(self, value: str) -> bool:
        """Nothing in it but placeholders, unticked options, a form's own instructions and the bones of a date."""
        rest = _OPTION.sub("", value) if "☑" not in value else value
        rest = self.instruction.sub("", self.placeholder.sub("", rest))
        return not _SKELETON.sub("", rest)

    def decide(self, element: Element) -> Hit | None:
        """The best status that some part of the letter earns; None when nothing speaks of it."""
        for status, weak in _ORDER:
            for rule in element.rules[status]:
                hit = next(self._hits(rule, status), None) if rule.weak == weak else None
                if hit and status == "present":
                    return self._full(element, hit)
                if hit:
                    return hit
        return None

    def _full(self, element: Element, hit: Hit) -> Hit:
        """A present hit as the element wants it: told often enough, or else vague; quoted as a block."""
        if element.telling > 1 and len(self.letter.text) > _NOTE and not self._told(element, element.telling):
            return replace(hit, status="vague", rule=replace(hit.rule, reason=_ONCE))
        return self._block(hit) if element.block else hit

    def _block(self, hit: Hit) -> Hit:
        """The hit widened to the lines of the signature block it stands in, without those that are but a date."""
        paras, date = self.letter.paras, self.rules.words["date_line"]
        first = last = paras.index(self.letter.para_at(hit.start))
        if paras[first].zone != "closing" or paras[first].cell:
            return hit
        while first and _in_block(paras[first - 1], date):
            first -= 1
        while last + 1 < len(paras) and _in_block(paras[last + 1], date):
            last += 1
        start, end = min(hit.start, paras[first].start), max(hit.end, paras[last].end)
        return replace(hit, start=start, end=end, deciding=(hit.start, hit.end)) if end - start <= _BLOCK else hit

    def _told(self, element: Element, wanted: int) -> bool:
        """Whether so many sentences of the letter tell the element."""
        sentences = set()
        for hit in self.every(element):
            sentences.add(self.letter.sentence(hit.start, hit.end))
            if len(sentences) >= wanted:
                return True
        return False

    def every(self, element: Element) -> Iterator[Hit]:
        """All that its rules find present, not only the best."""
        for rule in element.rules["present"]:
            yield from self._hits(rule, "present")

    def blanks(self, element: Element) -> Iterator[Hit]:
        """All that its rules find blank."""
        for rule in element.rules["blank"]:
            yield from self._hits(rule, "blank")

    def _hits(self, rule: Rule, status: str) -> Iterator[Hit]:
        found = self._in_fields(rule, status) if rule.field else self._in_text(rule, status)
        if rule.last:
            found = reversed(list(found))
        return found

    def _in_fields(self, rule: Rule, status: str) -> Iterator[Hit]:
        letter = self.letter
        for f in letter.fields:
            if not rule.field.search(f.label) or (rule.owner and (f.owner or "sender") != rule.owner):
                continue
            value = letter.text[f.value_start : f.value_end]
            if rule.empty:
                if self.is_blank(value) and self._around(rule, f.start, f.label_end):
                    yield Hit(status, f.start, f.value_end if value.strip() and len(value) < 60 else f.label_end, rule)
                continue
            yield from self._in_value(rule, status, f)

    def _in_value(self, rule: Rule, status: str, f: Field) -> Iterator[Hit]:
        text = self.letter.text
        if self.is_blank(text[f.value_start : f.value_end]):
            return
        if rule.match is None:
            end = text.find("\n", f.value_start, f.value_end)
            yield Hit(status, f.value_start, f.value_end if end < 0 else end, rule)
            return
        for m in self.run(rule.match).finditer(text, f.value_start, f.value_end):
            if m.end() > m.start() and self._allowed(rule, status, m):
                yield self._hit(rule, status, m)

    def _in_text(self, rule: Rule, status: str) -> Iterator[Hit]:
        for m in self.run(rule.match).finditer(self.letter.text):
            if m.end() > m.start() and self._allowed(rule, status, m):
                hit = self._hit(rule, status, m)
                if status == "blank" or not self._in_empty_label(hit.start, hit.end):
                    yield hit

    def _hit(self, rule: Rule, status: str, m: re.Match) -> Hit:
        groups = m.groupdict()
        narrow = next((key for key in ("quote", "name") if groups.get(key)), None)
        if narrow:
            start, end = m.span(narrow)
        else:
            start, end = self.letter.clause(m.start(), m.end())
        return Hit(status, start, self._whole(start, end), rule, groups.get("name") or "")

    def _whole(self, start: int, end: int) -> int:
        """The end, moved over a closing mark whose opening one stands inside, or back over one that opens last."""
        text = self.letter.text
        while end - start > 2 and text[end - 1] in "(《【":
            end -= 1
        for opener, closer in _PAIRS:
            inside = text[start:end]
            if text.startswith(closer, end) and inside.count(opener) > inside.count(closer):
                end += 1
        return end

    def _allowed(self, rule: Rule, status: str, m: re.Match) -> bool:
        if status != "blank" and self._in_gap(m.start(), m.end()):
            return False
        if not rule.quoted and self.letter.is_quoted(m.start()):
            return False
        if rule.zone and self.letter.para_at(m.start()).zone != rule.zone:
            return False
        return self._around(rule, m.start(), m.end())

    def _in_gap(self, start: int, end: int) -> bool:
        """Whether some placeholder stands in start..end."""
        i = bisect_right(self.gap_ends, start)
        return i < len(self.gaps) and self.gaps[i][0] < end

    def _in_empty_label(self, start: int, end: int) -> bool:
        """Whether start..end is but the label of an empty cell: «更正措施及完成时限» is no measure."""
        return any(f.start <= start and end <= f.label_end for f in self.empty_cells)

    def _around(self, rule: Rule, start: int, end: int) -> bool:
        letter, text = self.letter, self.letter.text
        if rule.section or rule.outside or rule.owner:
            labels = self._labels(start)
            if rule.section and not any(rule.section.search(label) for label in labels):
                return False
            if rule.outside and any(rule.outside.search(label) for label in labels):
                return False
            if rule.owner and letter.is_others(start) != (rule.owner == "other"):
                return False
        if rule.unless:
            low, high = letter.clause(start, end, before=1)
            if self.run(rule.unless).search(text, low, high):
                return False
        if rule.having or rule.substance:
            low, high = letter.sentence(start, end)
            if rule.having and not self.run(rule.having).search(text, low, high):
                return False
            if rule.substance and self.substance(text[start:high]) < rule.substance:
                return False
        return True

    def _labels(self, at: int) -> list[str]:
        labels = list(self.letter.para_at(at).labels)
        return labels + [f.label for f in self.letter.fields if f.value_start <= at < f.value_end]

    def substance(self, text: str) -> int:
        """How many words of `text` say something: not grammar, not one of the lexicon's empty words."""
        empty = self.rules.empty_words
        return sum(1 for w in words(text) if (len(w) > 1 and _HAN.match(w) and w not in empty) or w.isdigit())
