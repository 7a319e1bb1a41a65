"""What a point of a notice and a stretch of the reply share: words, figures and codes, pairs of characters, single
characters. Each weighs by its rarity, and less where several points of the notice have it."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from objection_docs.checking.sorts import TOPICS
from objection_docs.packs.rules import Rules
from objection_docs.text import rarity
from objection_docs.text import words as cut

_HAN = re.compile(r"[\u4e00-\u9fff]+\Z")
_RUN = re.compile(r"[\u4e00-\u9fff]+")
_FIGURE = re.compile(r"\d{1,2}月\d{1,2}[日号]|\d[\d,]*(?:\.\d+)?%?|[A-Za-z][A-Za-z0-9-]*\d[A-Za-z0-9-]*|[A-Za-z]{2,}")
#: What a shared figure, a longer word, a word and a sort of trouble weigh before they are told apart by their rarity.
FIGURE, LONG, WORD, TOPIC, PART = 1.6, 2.4, 2.0, 1.8, 0.5
_COMMON = frozenset(
    "的了是在有和与及或我你您贵司方不一个这那也就都为于对以按到上下中内外前后年月日元号第项条要请求异议由等其并将把被从"
    "自向给让使所之此该各每已未没无可能应当会得地着过人们他她它来去出提说称书函复知经还再又才只但而若如因则即"
)
rare: Callable[[str], float] = cache(rarity)
Weights = dict[str, float]


def figures(text: str) -> set[str]:
    return {figure.replace(",", "").strip(".") for figure in _FIGURE.findall(text)}


def terms(text: str) -> set[str]:
    """Words, figures and codes of normal text, and pairs of single characters that no dictionary joins: 丢单."""
    out, single = figures(text), ""
    for word in cut(_FIGURE.sub(" ", text)):
        if len(word) == 1 and _HAN.match(word):
            if single:
                out.add(single + word)
            single = word
            continue
        single = ""
        if _HAN.match(word):
            out.add(word)
    return out


@dataclass(frozen=True, slots=True)
class Shared:
    """Weights of shared words, figures, pairs of characters and further characters; `share`: of all that the point has
    in pairs and characters; `top`: the heaviest word or figure."""

    word: float = 0.0
    fig: float = 0.0
    pair: float = 0.0
    char: float = 0.0
    share: float = 0.0
    top: float = 0.0

    @property
    def all(self) -> float:
        return self.word + 0.8 * self.fig + 0.5 * self.pair + 0.5 * self.char


class Overlap:
    """`texts`: the points' words, each with the heading it stands under; `sentences`: those of the reply."""

    def __init__(self, texts: Sequence[str], kinds: Sequence[str], sentences: Sequence[str], pack: Rules):
        self.texts, self.kinds, self.sentences, self.pack, self.words = texts, kinds, sentences, pack, pack.words

    @cached_property
    def _terms(self) -> list[Weights]:
        own = []
        for text in self.texts:
            kept = terms(text) - self.pack.empty_words
            kept = {term for term in kept if not self.words["common_word"].fullmatch(term)}
            own.append(kept | {name for name in TOPICS if self.words[name].search(text)})
        return self._weighed(own, self._base, 0.7, 0.0)

    @cached_property
    def _pairs(self) -> list[Weights]:
        own = []
        for text in self.texts:
            runs = _RUN.findall(text)
            own.append({run[i : i + 2] for run in runs for i in range(len(run) - 1) if {*run[i : i + 2]} - _COMMON})
        return self._weighed(own, lambda two: sum(map(rare, two)) * (PART if {*two} & _COMMON else 1.0), 0.5, 0.3)

    @cached_property
    def _chars(self) -> list[Weights]:
        return self._weighed([{*filter(_HAN.match, text)} - _COMMON for text in self.texts], rare, 0.5, 0.3)

    def _weighed(self, own: list[set[str]], base: Callable[[str], float], points: float, reply: float) -> list[Weights]:
        """Each item with its weight: less where several points have it, or many sentences of the reply."""
        spread = Counter((kind, item) for kind, items in zip(self.kinds, own, strict=True) for item in items)
        often = cache(lambda item: max(1, sum(item in text for text in self.sentences)) if reply else 1)
        return [
            {item: base(item) / spread[kind, item] ** points / often(item) ** reply for item in sorted(items)}
            for kind, items in zip(self.kinds, own, strict=True)
        ]

    @staticmethod
    def _base(term: str) -> float:
        if term in TOPICS:
            return TOPIC
        if not _HAN.match(term):
            return FIGURE if len(term) > 1 else PART
        return rare(term) * (LONG if len(term) > 2 else WORD)

    def shared(self, i: int, text: str) -> Weights:
        """The terms that point i shares with a text, with their weights."""
        there, found = figures(text), {}
        for term, weight in self._terms[i].items():
            if term in TOPICS:
                if self.words[term].search(text):
                    found[term] = weight
            elif not _HAN.match(term):
                if term in there:
                    found[term] = weight
            elif term in text:
                found[term] = weight
            elif len(term) > 2 and (term[:2] in text or term[-2:] in text):
                found[term] = PART * weight
        return found

    def with_text(self, i: int, text: str) -> Shared:
        """What point i shares with a text."""
        if not text:
            return Shared()
        shared = self.shared(i, text)
        han = sum(weight for term, weight in shared.items() if term in TOPICS or _HAN.match(term))
        pairs = [two for two in self._pairs[i] if two in text]
        covered = {*"".join(pairs)}
        pair = sum(self._pairs[i][two] for two in pairs)
        char = sum(weight for c, weight in self._chars[i].items() if c in text and c not in covered)
        every = sum(self._pairs[i].values()) + sum(self._chars[i].values()) + 1
        top = max(shared.values(), default=0.0)
        return Shared(han, sum(shared.values()) - han, pair, char, (pair + char) / every, top)
