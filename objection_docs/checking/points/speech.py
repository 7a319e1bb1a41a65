"""What a sentence of a notice does: it asks for something, or tells that something is amiss."""

import re
from collections.abc import Iterator, Mapping, Sequence

from objection_docs.checking.decide import Hit
from objection_docs.checking.letter import SENTENCE_END, Letter
from objection_docs.checking.sorts import SAME

_SHORTEST_TELLING = 10  # characters
_ALREADY = ("过", "我")  # «要求过», «要求我»: asked before, or asked of him who writes


class Speech:
    """`words`: the compiled expressions of the lexicon; `hits`: what the checker's rules find of each element."""

    def __init__(self, letter: Letter, words: Mapping[str, re.Pattern], hits: Mapping[str, Sequence[Hit]]):
        self.letter, self.words, self.text, self.hits = letter, words, letter.text, hits

    def sentences(self, start: int, end: int, by_verb: bool = False) -> Iterator[tuple[int, int, bool]]:
        """The sentences of a stretch, and whether each asks for something: after a semicolon it goes on asking."""
        asking = False
        for low, stop in self.letter.sentences(start, end):
            high = stop - bool(SENTENCE_END.match(self.text, stop - 1))
            if high > low:
                asking = self._asks(low, high, by_verb) or (asking and self.text[low - 1] == ";")
                yield low, high, asking

    def _asks(self, low: int, high: int, by_verb: bool) -> bool:
        """Whether a sentence asks for something: it says so (`by_verb`), or the checker's rules see a remedy."""
        if self.only_says(low, high):
            return False
        verb = self.verb(low, high)
        leads = verb and self.text[verb.end() : verb.end() + 1] == ":"  # «我们要求：……»
        return bool(verb and (leads or self.acts(verb.end(), high))) or (
            not by_verb and self.hit("remedies", low, high)
        )

    def only_says(self, low: int, high: int) -> bool:
        """Whether a sentence asks for nothing, whatever acts it names: it encloses, threatens, offers."""
        return bool(self.words["not_asked"].search(self.text, low, high))

    def hit(self, element: str, low: int, high: int) -> bool:
        """Whether the checker's rules find the element in the sentence."""
        return any(low <= hit.start < high for hit in self.hits[element])

    def verb(self, low: int, high: int) -> re.Match | None:
        """The word that asks, where it isn't what a document or somebody else asked, or asked before."""
        for verb in self.words["request_verb"].finditer(self.text, low, high):
            start, clause = verb.start(), self.letter.clause(verb.start(), verb.end())[0]
            before = self.text[max(clause, start - 16) : start]
            if not self.words["asked_before"].search(before) and not self.text.startswith(_ALREADY, verb.end()):
                return verb
        return None

    def acts(self, low: int, high: int) -> bool:
        """Whether something is named that can be done."""
        return any(self.words[name].search(self.text, low, high) for name in ("act_strong", "act_weak", *SAME))

    def tells(self, low: int, high: int) -> bool:
        """Whether the sentence tells that something is otherwise than it should be, and not by the way."""
        return high - low >= _SHORTEST_TELLING and self.text[high - 1] != ":" and self.amiss(low, high)

    def amiss(self, low: int, high: int) -> bool:
        return bool(self.words["wrong"].search(self.text[low:high])) and not self.by_the_way(low, high)

    def by_the_way(self, low: int, high: int) -> bool:
        """Whether the sentence only opens, closes, cites or presents itself."""
        return bool(self.words["not_point"].search(self.text[low:high]))
