"""Which kind a letter is and which procedure it belongs to: the signs in checks/, weighed."""

import re
from itertools import islice

from objection_docs.checking.letter import Letter
from objection_docs.packs.procedures import Procedure, procedures
from objection_docs.packs.rules import CheckKind, Rules

_TITLED = re.compile(r"《[^》\n]*》")  # «对《处理决定》的异议» is no decision
_LEAD = 240  # characters: how far the body's beginning goes, where a letter says what it is about


def _stretches(letter: Letter) -> dict[str, tuple[int, int]]:
    size = len(letter.text)
    opening = max((p.end for p in letter.paras if p.zone in ("title", "opening")), default=0)
    return {
        "title": letter.title,
        "opening": (0, opening),
        "lead": (opening, min(size, opening + _LEAD)),
        "body": (opening, size),
        "anywhere": (0, size),
    }


def _score(letter: Letter, kind: CheckKind, stretches: dict[str, tuple[int, int]]) -> float:
    total = 0.0
    title = _TITLED.sub("", letter.text[slice(*stretches["title"])])
    for sign in kind.signs:
        if sign.zone == "title":
            total += sign.weight * bool(sign.match.search(title))
            continue
        own = (m for m in sign.match.finditer(letter.text, *stretches[sign.zone]) if not letter.is_quoted(m.start()))
        if sum(1 for _ in islice(own, sign.times)) >= sign.times:
            total += sign.weight
    return max(total, 0.0)


def recognise(letter: Letter, rules: Rules) -> tuple[CheckKind, float]:
    """The kind with the most weight, and its share of the weight of the first two (0.5 when nothing speaks for any)."""
    stretches = _stretches(letter)
    scores = {kind.id: _score(letter, kind, stretches) for kind in rules.kinds.values()}
    first, second = sorted(rules.kinds.values(), key=lambda kind: (-scores[kind.id], kind.order))[:2]
    weight = scores[first.id] + scores[second.id]
    return first, round(scores[first.id] / weight, 2) if weight else 0.5


def recognise_procedure(letter: Letter, kind_id: str) -> Procedure | None:
    """The procedure of this kind whose signs stand in the letter most often, at least twice; None in doubt."""
    counts = {
        regime: sum(1 for _ in islice(regime.signs.finditer(letter.text), 20))
        for regime in procedures().values()
        if regime.signs and kind_id in regime.demands
    }
    ranked = sorted(counts, key=lambda regime: (-counts[regime], regime.id))
    if not ranked or counts[ranked[0]] < 2 or (len(ranked) > 1 and counts[ranked[0]] == counts[ranked[1]]):
        return None
    return ranked[0]
