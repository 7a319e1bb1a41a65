"""Which kind a letter is and which procedure it belongs to: the signs in checks/, weighed."""

import re
from itertools import islice
from math import exp

from objection_docs.checking.letter import Letter
from objection_docs.packs.procedures import Procedure, procedures
from objection_docs.packs.rules import CheckKind, Rules, Sign

_TITLED = re.compile(r"《[^》\n]*》")  # «对《处理决定》的异议» is no decision
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


def recognise(letter: Letter, rules: Rules) -> tuple[CheckKind, float]:
    """The kind that most weight speaks for, and its share (0 to 1; the same for all when nothing speaks)."""
    reading = Reading(letter)
    wording = rules.terms.scores(reading.body)
    scores = {name: wording.get(name, 0.0) for name in rules.kinds}
    for kind in rules.kinds.values():
        for sign in kind.signs:
            if reading.has(sign):
                for name, weight in sign.weights.items():
                    if name in scores:
                        scores[name] += weight
    best = min(rules.kinds.values(), key=lambda kind: (-scores[kind.id], kind.order))
    share = 1 / sum(exp(min(score - scores[best.id], 0.0)) for score in scores.values())
    return best, round(share, 2)


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
