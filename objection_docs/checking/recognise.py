"""Which kind a letter is: the signs of each kind's kind.yaml, weighed."""

from objection_docs.checking.letter import Letter
from objection_docs.packs.rules import CheckKind, Rules


def _score(letter: Letter, kind: CheckKind, stretches: dict[str, tuple[int, int]]) -> float:
    total = 0.0
    for sign in kind.signs:
        start, end = stretches[sign.zone]
        if sign.match.search(letter.text, start, end):
            total += sign.weight
    return total


def recognise(letter: Letter, rules: Rules) -> tuple[CheckKind, float]:
    """The kind with the most weight, and its share of the weight of the first two (0.5 when nothing speaks for any)."""
    text = letter.text
    opening = max([p.end for p in letter.paras if p.zone == "opening"], default=0)
    stretches = {
        "title": letter.title,
        "opening": (0, opening),
        "body": (opening, len(text)),
        "anywhere": (0, len(text)),
    }
    scores = sorted(
        ((_score(letter, kind, stretches), -kind.order, kind) for kind in rules.kinds.values()), reverse=True
    )
    best, second = scores[0], scores[1] if len(scores) > 1 else (0.0, 0, None)
    weight = max(best[0], 0.0) + max(second[0], 0.0)
    return best[2], round(max(best[0], 0.0) / weight, 2) if weight else 0.5
