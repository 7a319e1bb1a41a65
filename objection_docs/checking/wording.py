"""A second opinion on each element: which sentence reads like those that earned a status in the labelled letters.

Rules see what somebody thought of; on letters that nobody saw they miss wordings. So each sentence is also weighed by
its runs of characters (checks/<kind>/wording.csv, fitted by tests/fit_wording.py), and checks/second_opinion.csv says
when that weighs more than what the rules found. The words that weighed most are the reason given.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import exp, log, sqrt
from typing import NamedTuple

from objection_docs.checking.letter import SENTENCE_END, Letter
from objection_docs.packs.terms import runs
from objection_docs.packs.wording import FOUND, Wording

SHORTEST = 160  # characters: what is shorter is no whole letter, and unlike those that were learnt from
SURE = 0.5  # of a share below it the rules keep their say
FLOOR = 1e-3
SIZES = (1, 2)  # characters of a run
_EDGE = 3  # sentences at either end that know where they stand
_LIKELY, _NEAR, _APART, _LONGEST = 0.05, 400, 80, 300  # share of a sentence; characters around, between, in a passage
_MOST = 30.0  # what a sentence weighs at most, lest its exponential run away
_RAISED = exp(_MOST)
_OWN = 0.3  # how much more the sentence counts that the rules found
_TELLING, _STRONGEST = 3, 10  # words of a reason; pairs of characters that they are made of
_WORD = re.compile(r"[\u4e00-\u9fffA-Za-z]{2}")


class Seen(NamedTuple):
    """What is seen of a sentence. `label`: the nearest above it; `places`: 1, 2, 3 from the beginning, -1, -2, -3 from
    the end, where it stands so near; `empty`: it is but the label of an empty cell."""

    text: str
    label: str
    zone: str
    places: tuple[int, ...]
    empty: bool

    @property
    def features(self) -> frozenset[str]:
        mark = "空" if self.empty else ""
        features = {mark + run for run in runs(self.text, SIZES)} if mark else runs(self.text, SIZES)
        features |= {"〈" + run for run in runs(self.label, SIZES)}
        features.add(f"〔{self.zone}〕")
        features.update(f"〔{place}〕" for place in self.places)
        return frozenset(features)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch of the letter's text and what is seen of it."""

    start: int
    end: int
    seen: Seen


@dataclass(frozen=True, slots=True)
class Opinion:
    """Another status than the rules': where its sentence stands (None for a missing element), its telling words."""

    status: str
    span: tuple[int, int] | None
    words: tuple[str, ...]


def sentences(letter: Letter) -> list[Sentence]:
    """The sentences of a letter, a cell's among them, and the labels of empty cells."""
    spans = list(_spans(letter))
    out = []
    for i, (start, end, label, zone, empty) in enumerate(spans):
        places = (*((i + 1,) if i < _EDGE else ()), *((i - len(spans),) if len(spans) - i <= _EDGE else ()))
        out.append(Sentence(start, end, Seen(letter.text[start:end], label, zone, places, empty)))
    return out


@lru_cache(maxsize=4096)
def _shares(wording: Wording, seen: Seen) -> tuple[float, ...]:
    """For each column the share that it takes of a sentence, against the others of its element and none.

    Kept, because letters of one form or one house have half of their sentences in common.
    """
    features = seen.features
    scale = 1 / sqrt(len(features))
    logs = [b + s * scale for b, s in zip(wording.biases, wording.sums(features), strict=True)]
    raised = [exp(log) if log < _MOST else _RAISED for log in logs]
    shares = list(raised)
    for own in wording.groups:
        total = 1 + sum(map(raised.__getitem__, own))
        for n in own:
            shares[n] = raised[n] / total
    return tuple(shares)


def _spans(letter: Letter) -> Iterator[tuple[int, int, str, str, bool]]:
    """(start, end, the nearest label above, the zone, whether it is but the label of an empty cell)."""
    empty = {f.start: f for f in letter.fields if f.form == "cell" and not letter.text[f.value_start : f.value_end]}
    for para in letter.paras:
        label = para.labels[-1] if para.labels else ""
        if para.start in empty:
            yield para.start, para.end, "", para.zone, True
            continue
        start = para.start
        for m in SENTENCE_END.finditer(letter.text, para.start, para.end):
            if m.end() - start > 1:
                yield start, m.end(), label, para.zone, False
            start = m.end()
        if para.end > start:
            yield start, para.end, label, para.zone, False


class Reader:
    """Reads one letter of a kind with the kind's wording. Without `opinions` it only widens quotes to passages."""

    def __init__(self, letter: Letter, wording: Wording | None, opinions: bool = True):
        self.letter = letter
        self.wording = wording if wording and len(letter.text) >= SHORTEST else None
        self.opinions = opinions

    @cached_property
    def sentences(self) -> list[Sentence]:
        return sentences(self.letter)

    @cached_property
    def _own_sentences(self) -> list[Sentence]:
        """The sentences without what stands in the part of the other side."""
        out = []
        for sentence in self.sentences:
            own = self.letter.own(sentence.start, sentence.end)
            if own == [(sentence.start, sentence.end)]:
                out.append(sentence)
            elif not sentence.seen.empty:
                out += [Sentence(a, b, sentence.seen._replace(text=self.letter.text[a:b])) for a, b in own]
        return out

    @cached_property
    def _columns(self) -> list[tuple[float, ...]]:
        return self._weighed(self.sentences)

    @cached_property
    def _own_columns(self) -> list[tuple[float, ...]]:
        return self._weighed(self._own_sentences)

    def _weighed(self, sentences: list[Sentence]) -> list[tuple[float, ...]]:
        """For each column the share that it takes of each sentence."""
        rows = [_shares(self.wording, sentence.seen) for sentence in sentences]
        return list(zip(*rows, strict=True)) or [()] * len(self.wording.columns)

    def _of(self, owner: str) -> list[Sentence]:
        """The sentences that may speak for an element of this owner."""
        return self._own_sentences if owner else self.sentences

    def _shares(self, element: str, owner: str) -> dict[str, tuple[float, ...]]:
        """Status → the share that each sentence gives it."""
        columns = self._own_columns if owner else self._columns
        return {status: columns[n] for status, n in self.wording.of_element.get(element, {}).items()}

    def shares(self, element: str, owner: str = "") -> dict[str, tuple[float, int]]:
        """Status → the largest share that a sentence gives it, and which sentence."""
        out = dict.fromkeys(FOUND, (0.0, 0))
        for status, values in self._shares(element, owner).items():
            most = max(values, default=0.0)
            out[status] = (most, values.index(most) if values else 0)
        return out

    def passage(self, element: str, start: int, end: int, owner: str = "") -> tuple[int, int]:
        """start..end widened to the sentences near it that tell the same; where they stand apart, to those together
        that tell most. With `owner` «sender» it goes no further than the sender's part."""
        if self.wording is None or element not in self.wording.elements:
            return start, end
        shares = self._shares(element, owner).get("present", ())
        zone = self.letter.para_at(start).zone  # a title and the first sentence are no passage
        likely = {
            (s.start, s.end): share
            for s, share in zip(self._of(owner), shares, strict=False)
            if share >= _LIKELY and start - _NEAR < s.start < end + _NEAR and self.letter.para_at(s.start).zone == zone
        }
        own = self._widest(start, end, owner)
        likely[own] = likely.get(own, 0.0)
        groups: list[list[float]] = []  # start, end, how much they tell
        for (low, high), share in sorted(likely.items()):
            share += _OWN if low <= start < high else 0.0
            near = groups and low - groups[-1][1] <= _APART
            if near and not (owner and self.letter.others.find(1, groups[-1][1], low) >= 0):
                groups[-1][1:] = [max(high, groups[-1][1]), groups[-1][2] + share]
            else:
                groups.append([low, high, share])
        low, high, _ = max(groups, key=lambda group: group[2])
        if high - low > _LONGEST:
            ends = SENTENCE_END.finditer(self.letter.text, low, low + _LONGEST)
            high = max((m.end() for m in ends), default=low + _LONGEST)
        return low, high

    def _widest(self, start: int, end: int, owner: str) -> tuple[int, int]:
        """The sentence of start..end, of which the sender's part only where it is the sender's."""
        low, high = self.letter.sentence(start, end)
        if not owner:
            return low, high
        return next((part for part in self.letter.own(low, high) if part[0] <= start < part[1]), (start, end))

    def opinion(self, element: str, status: str, owner: str = "") -> Opinion | None:
        """What the wording says of an element that the rules gave `status`; None when it says the same. With `owner`
        «sender» the other side's part has no say."""
        if not self.opinions or self.wording is None or element not in self.wording.elements:
            return None
        shares = self.shares(element, owner)
        seen = [log(shares[s][0] + FLOOR) for s in FOUND]
        scores = {
            other: bias + sum(w * x for w, x in zip(weights, seen, strict=True))
            for other, (bias, *weights) in self.wording.second.get((element, status), {}).items()
        }
        best = max(scores, key=scores.get, default=status)
        top = scores.get(best, 0.0)
        if best == status or 1 / sum(exp(score - top) for score in scores.values()) < SURE:
            return None
        if best not in FOUND:
            return Opinion(best, None, ())
        among = self._of(owner)
        if not among:
            return None
        sentence = among[shares[best][1]]
        return Opinion(best, (sentence.start, sentence.end), self._telling(sentence, element, best))

    def _telling(self, sentence: Sentence, element: str, status: str) -> tuple[str, ...]:
        """The words of the sentence that weighed most: its strongest pairs of characters, joined where they overlap."""
        column = self.wording.columns.index((element, status))
        text = self.letter.text[sentence.start : sentence.end]
        pairs = {text[i : i + 2] for i in range(len(text) - 1)}
        weights = {pair: self.wording.sums((pair,))[column] for pair in pairs if _WORD.fullmatch(pair)}
        strong = {pair: weight for pair, weight in weights.items() if weight > 0}
        kept = set(sorted(strong, key=lambda pair: (-strong[pair], pair))[:_STRONGEST])
        joined: list[list] = []  # start, end, weight
        for i in range(len(text) - 1):
            if text[i : i + 2] in kept:
                if not joined or i >= joined[-1][1]:
                    joined.append([i, i, 0.0])
                joined[-1][1:] = [i + 2, joined[-1][2] + strong[text[i : i + 2]]]
        best = sorted(joined, key=lambda part: (-part[2], part[0]))
        return tuple(dict.fromkeys(text[a:b] for a, b, _ in best))[:_TELLING]
