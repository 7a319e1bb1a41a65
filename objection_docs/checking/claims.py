"""What is seen of a point once it is known how well every sentence of the reply answers every point: who else claims a
sentence, where the points before and after have theirs, what the reply has left over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, log1p, sqrt, tanh
from operator import add, mul

from objection_docs.checking.pairing import Numbers, Pairing

#: The log odds from which a point's best sentence is one to go by, and those that stand for no sentence at all.
SOUND, NONE = -1.5, -6.0
#: The log odds from which a sentence takes a position.
DECIDED = 1.0
_TOP_DOES = (
    *("says_later", "noted", "mentions", "boasts", "feels", "admits", "denies", "explains", "grants", "declines"),
    *("only_restated", "bare", "bare_mention", "later_only", "idle_talk", "question", "all_points", "short"),
)
_KEPT = (
    *("act", "actrare", "noact", "u_fig", "u_share", "head", "named", "numorder", "ord1", "ord2", "bestT", "difU"),
    *("difG", "linkG", "linkT", "mix", "actT", "actG", "actM", "figT"),
)
_AGAIN = (
    *_KEPT,
    "role",
    "stance",
    "stanceT",
    "bareT",
    "grantsT",
    "declinesT",
    "admitsT",
    "deniesT",
    "explainsT",
    "putoffT",
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sentence reads like, in log odds by kind of point: `role`, like one that answers; `stance`, like one that
    takes a position, and doesn't only speak of the matter."""

    role: Mapping[str, float]
    stance: Mapping[str, float]


class Claims:
    """`scores`: for each point how well each sentence answers it, in log odds; `read`: how each sentence reads."""

    def __init__(self, pairing: Pairing, scores: Sequence[Sequence[float]], read: Sequence[Reading]):
        self.pairing, self.scores, self.read = pairing, scores, read
        self.best = [max(range(len(row)), key=row.__getitem__) for row in scores]
        self.tops = [row[s] for row, s in zip(scores, self.best, strict=True)]
        self.claimed = [max(column) for column in zip(*scores, strict=True)]
        left = zip(read, self.claimed, strict=True)
        self.free = sum(max(one.role.values()) > -0.5 and most < SOUND for one, most in left)

    def beside(self, i: int, s: int) -> Numbers:
        """What is seen of point i beside sentence s."""
        pairing, row, best = self.pairing, self.scores[i], self.best
        same, linked, n = pairing.same[i], pairing.linked[i], pairing.sentences[s].passage
        passage = pairing.passages[n]
        inside = range(passage.first, passage.last)
        before = [best[j] for j in same if j < i and self.tops[j] > SOUND]
        after = [best[j] for j in same if j > i and self.tops[j] > SOUND]
        rival = max((self.scores[j][s] for j in same), default=NONE)
        out = {
            "S": row[s],
            "gap": row[s] - self.tops[i],
            "rival": rival,
            "margin": tanh((row[s] - rival) / 2),
            "claimed": max((self.scores[j][s] - row[s] for j in same if best[j] == s), default=NONE / 2),
            "passage": max((self.scores[j][t] for j in same for t in inside), default=NONE),
            "own": max(row[t] for t in inside),
            "free": float(max(self.claimed[t] for t in inside) < SOUND),
            "after_last": float(not before or s >= before[-1]),
            "before_next": float(not after or s <= after[0]),
            "next_to": float(bool(before) and 0 <= n - pairing.sentences[before[-1]].passage <= 1),
            "linkS": max((self.scores[j][s] for j in linked), default=NONE),
            "linkP": max((self.scores[j][t] for j in linked for t in inside), default=NONE),
            "linkbest": float(any(pairing.sentences[best[j]].passage == n for j in linked)),
            "prevS": row[s - 1] if s > passage.first else NONE,
            "nextS": row[s + 1] if s + 1 < passage.last else NONE,
        }
        out["between"] = out["after_last"] * out["before_next"]
        out["betweenfree"] = out["between"] * out["free"]
        seen = self._seen(i, s)
        return out | {f"f_{name}": seen[name] for name in _AGAIN}

    def _seen(self, i: int, s: int) -> Numbers:
        kind, read = self.pairing.kinds[i], self.read[s]
        return self.pairing.seen(i, s, read.role[kind], read.stance[kind])

    def whole(self, i: int) -> Numbers:
        """What is seen of point i beside the whole reply."""
        pairing, scores, read, best, tops = self.pairing, self.scores, self.read, self.best, self.tops
        row, s, same, kind = scores[i], best[i], pairing.same[i], pairing.kinds[i]
        sentence, many = pairing.sentences[s], len(pairing.points)
        passage = pairing.passages[sentence.passage]
        own, around, _, _ = pairing.sums
        near = [own[i][t] + 0.35 * around[i][x.passage] for t, x in enumerate(pairing.sentences)]
        t = max(range(len(near)), key=near.__getitem__)
        rivals = [max((scores[j][k] for j in same), default=NONE) for k in range(len(row))]
        free_of = [row[k] for k in range(len(row)) if not any(best[j] == k and scores[j][k] > row[k] for j in same)]
        others = [top for j, top in enumerate(tops) if j != i]
        peers = [tops[j] for j in same]
        links = [tops[j] for j in pairing.linked[i]]
        seen = self._seen(i, s)
        out = {
            "top": tops[i],
            "second": sorted(row)[-2] if len(row) > 1 else NONE,
            "mass": log(sum(map(_odds, row)) + 1e-6),
            "rival": rivals[s],
            "margin": tanh((row[s] - rivals[s]) / 2),
            "lost": float(rivals[s] > row[s]),
            "own": max((v for v, rival in zip(row, rivals, strict=True) if v > rival), default=NONE),
            "asg": max(free_of, default=NONE),
            "role": read[s].role[kind],
            "rolemax": max(one.role[kind] for one in read[passage.first : passage.last]),
            "topical": log1p(near[t]),
            "topical_is": float(s == t),
            "tt_role": read[t].role[kind],
            "tt_later": pairing.sentences[t].does["says_later"],
            "tt_noted": pairing.sentences[t].does["noted"],
            "tt_S": row[t],
            "tt_rival": rivals[t] - row[t],
            "maxshare": sqrt(max(shared.share for shared in pairing.in_sentence[i])),
            "later_any": max(x.does["says_later"] * _odds(v + 1) for x, v in zip(pairing.sentences, row, strict=True)),
            "link": max(links, default=-3.0),
            "nolink": float(not links),
            "linksame": float(any(pairing.sentences[best[j]].passage == sentence.passage for j in pairing.linked[i])),
            "linkdiff": tops[i] - max(links, default=-3.0),
            "others": sum(others) / len(others) if others else 0.0,
            "othersmin": min(others, default=0.0),
            "rank": sum(top > tops[i] for top in others) / max(1, len(others)),
            "rankk": sum(top > tops[i] for top in peers) / max(1, len(peers)),
            "free": self.free / many,
            "units": len(row) / many,
            "n": 1 / many,
            "inorder": float(all(best[j] <= s if j < i else best[j] >= s for j in same)),
        }
        out |= self._stances(i, t) | self._left(i)
        out |= {f"t_{name}": sentence.does[name] for name in _TOP_DOES}
        after = pairing.sentences[s + 1].does if s + 1 < passage.last else {}
        out |= {f"n_{name}": after.get(name, 0.0) for name in ("says_later", "noted", "boasts", "feels")}
        return out | {f"f_{name}": seen[name] for name in _KEPT}

    def _stances(self, i: int, t: int) -> Numbers:
        """How much what may answer point i takes a position: its best sentence, the one nearest in words (t), all of
        them as far as they answer, and the most decided one beside either."""
        row, s, passages = self.scores[i], self.best[i], self.pairing.passages
        stances = [one.stance[self.pairing.kinds[i]] for one in self.read]
        odds = [exp(score - row[s]) for score in row]
        around = (passages[self.pairing.sentences[k].passage] for k in (s, t))
        best, topical = (max(stances[passage.first : passage.last]) for passage in around)
        told = {"stance": stances[s], "tt_stance": stances[t], "stance_best": best, "stance_topical": topical}
        return {
            "stance_soft": sum(map(mul, odds, stances)) / sum(odds),
            "stance_joint": max(map(add, row, stances)),
            "stance_mass": log(sum(exp(min(30.0, a + b)) for a, b in zip(row, stances, strict=True))),
            **told,
            **{f"{name}_low": min(0.0, value) for name, value in told.items()},  # talk that says nothing weighs more
        }

    def _left(self, i: int) -> Numbers:
        """What takes a position and answers no other point: anywhere, and between the answers of the points beside."""
        kind, same, best, tops = self.pairing.kinds[i], self.pairing.same[i], self.best, self.tops
        left = [(s, one.stance[kind]) for s, one in enumerate(self.read) if self.claimed[s] < SOUND]
        low = max((best[j] for j in same if j < i and tops[j] > SOUND), default=0)
        high = min((best[j] for j in same if j > i and tops[j] > SOUND), default=len(self.read))
        return {
            "left_stance": max((stance for _, stance in left), default=NONE),
            "left_between": max((stance for s, stance in left if low <= s <= high), default=NONE),
            "left_decided": sum(stance > DECIDED for _, stance in left) / len(best),
        }


def _odds(score: float) -> float:
    """The share that log odds stand for."""
    return 1 / (1 + exp(-max(-30.0, min(30.0, score))))
