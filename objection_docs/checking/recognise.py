"""Which kind a letter is and which procedure it belongs to: the signs in checks/, weighed."""

import re
from collections.abc import Mapping
from itertools import islice
from math import exp

from objection_docs.checking.decide import Judge
from objection_docs.checking.letter import Letter
from objection_docs.packs.procedures import Procedure, procedures
from objection_docs.packs.rules import CheckKind, Rules, Sign

_TITLED = re.compile(r"《[^》\n]*》")  # «对《处理决定》的异议» is no decision
DOUBT = 0.75  # of a share below it the elements are asked: one letter in fifteen of those kept aside
# What is no letter at all falls below these, none of the 964 labelled letters does (the lowest have 0.76 and 0.55):
LIKELY = 0.7  # of a smaller share the report says that it may be none of these letters
_SPOKEN = 0.4  # of a smaller share of the elements it is none, unless its title says what it is
_LEAD = 240  # characters: how far the body's beginning goes, where a letter says what it is about


class Reading:
    """A letter as signs see it: its title, its beginning, its body."""

    def __init__(self, letter: Letter):
        self.letter = letter
        size = len(letter.text)
        opening = max((p.end for p in letter.paras if p.zone in ("title", "opening")), default=0)
        self.title = _TITLED.sub("", letter.text[slice(*letter.title)])
        self.zones = {
            "opening": (0, opening),
            "lead": (opening, min(size, opening + _LEAD)),
            "body": (opening, size),
            "anywhere": (0, size),
        }

    @property
    def body(self) -> str:
        """The text without the title, which may say anything."""
        start, end = self.letter.title
        return self.letter.text[:start] + self.letter.text[end:]

    def has(self, sign: Sign) -> bool:
        """Whether the sign stands there often enough, outside quotation marks."""
        if sign.zone == "title":
            return bool(sign.match.search(self.title))
        letter = self.letter
        own = (m for m in sign.match.finditer(letter.text, *self.zones[sign.zone]) if not letter.is_quoted(m.start()))
        return sum(1 for _ in islice(own, sign.times)) >= sign.times


def evidence(judge: Judge, rules: Rules) -> dict[tuple[str, str], float]:
    """(kind, element) → 1 for an element that the letter has, a half for one that is vague or blank, for those whose
    presence tells kinds apart."""
    out = {}
    for kind_id, name in rules.terms.elements:
        kind = rules.kinds.get(kind_id)
        if kind and name in kind.element_ids:
            hit = judge.decide(next(element for element in kind.elements if element.id == name))
            out[kind_id, name] = 0.0 if hit is None else 1.0 if hit.status == "present" else 0.5
    return out


def _share(scores: Mapping[str, float], best: str) -> float:
    return 1 / sum(exp(min(score - scores[best], 0.0)) for score in scores.values())


def recognise(judge: Judge, rules: Rules) -> tuple[CheckKind, float]:
    """The kind that most weight speaks for, and its share (0 to 1; the same for all when nothing speaks).

    Signs and wording come first; where they leave a doubt, the elements that the letter holds are asked too.
    """
    reading = Reading(judge.letter)
    wording = rules.terms.scores(reading.body)
    scores = {name: wording.get(name, 0.0) for name in rules.kinds}
    for kind in rules.kinds.values():
        for sign in kind.signs:
            if reading.has(sign):
                for name, weight in sign.weights.items():
                    if name in scores:
                        scores[name] += weight
    best = _best(scores, rules)
    if _share(scores, best) < DOUBT:
        for key, value in evidence(judge, rules).items():
            for name, weight in zip(rules.terms.kinds, rules.terms.elements[key], strict=True):
                if name in scores:
                    scores[name] += value * weight
        best = _best(scores, rules)
    return rules.kinds[best], round(_share(scores, best), 2)


def sureness(letter: Letter, share: float, spoken: float) -> float:
    """How sure the recognised kind is. `share`: against the other kinds; `spoken`: how many of its elements some words
    of the letter speak of. A file may be more of this kind than of the others and yet no letter."""
    return share if letter.is_named or spoken >= _SPOKEN else round(min(share, spoken), 2)


def _best(scores: Mapping[str, float], rules: Rules) -> str:
    return min(scores, key=lambda name: (-scores[name], rules.kinds[name].order))


def recognise_procedure(letter: Letter, kind_id: str) -> Procedure | None:
    """The procedure of this kind whose signs stand in the letter most often, at least twice; None in doubt."""
    counts = {
        regime: sum(1 for _ in islice(regime.signs.finditer(letter.text), 20))
        for regime in procedures().values()
        if regime.signs and kind_id in regime.demands
    }
    ranked = sorted(counts, key=lambda regime: (-counts[regime], regime.id))
    rivals = [regime for regime in ranked if counts[regime] == counts[ranked[0]]]
    clear = len({regime.area for regime in rivals}) == 1  # within an area the demands hardly differ
    return ranked[0] if ranked and clear and counts[ranked[0]] > 1 else None
