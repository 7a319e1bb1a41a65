"""What is seen of a point of a notice beside a sentence of the reply, in numbers that checks/answering.csv weighs.

Both share words, figures and runs of characters, which weigh more where few other points have them; a passage calls the
point by its number or stands where the notice's order would have it; another point may have a better claim to the
sentence; the sentence does something of the sort that a request asks for.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cached_property
from math import exp, log, log1p, sqrt, tanh

from objection_docs.checking import replies
from objection_docs.checking.letter import Letter
from objection_docs.checking.overlap import Overlap, Shared
from objection_docs.checking.points import SAME, Point
from objection_docs.packs.rules import Rules

_GENERAL = re.compile(r"异议|质疑|理由|事实")
_TOP_DOES = (
    *("says_later", "noted", "mentions", "boasts", "feels", "admits", "denies", "explains", "grants", "declines"),
    *("only_restated", "bare", "bare_mention", "later_only", "idle_talk", "question", "all_points", "short"),
)
_KEPT = (
    *("act", "actrare", "noact", "u_fig", "u_share", "head", "named", "numorder", "ord1", "ord2", "bestT", "difU"),
    *("difG", "linkG", "linkT", "mix", "actT", "actG", "actM", "figT"),
)
Numbers = dict[str, float]


class Pairing:
    """The points of a notice beside the sentences of a reply; `seen` and `whole` are the numbers."""

    def __init__(self, notice: Letter, reply: Letter, found: Sequence[Point], pack: Rules):
        self.notice, self.points, self.words = notice, found, pack.words
        self.sentences, self.passages = replies.read(reply, pack.words)
        self.texts = [notice.text[p.start : p.end] for p in found]
        self.kinds = [p.kind for p in found]
        self._named = [f"{text} {self._label(p)}" for text, p in zip(self.texts, found, strict=True)]
        self.overlap = Overlap(self._named, self.kinds, [s.text for s in self.sentences], pack)
        self.rank = [self.kinds[:i].count(kind) for i, kind in enumerate(self.kinds)]
        self.of_kind = Counter(self.kinds)
        self.same = [[j for j, k in enumerate(self.kinds) if k == kind and j != i] for i, kind in enumerate(self.kinds)]
        self.acts = [frozenset(name for name in SAME if self.words[name].search(text)) for text in self.texts]

    def _label(self, point: Point) -> str:
        """The heading that a point stands under, where it says something of the point."""
        labels = self.notice.para_at(point.start).labels
        label = labels[-1] if labels else ""
        general = _GENERAL.search(label) or self.words["demand_label"].search(label)
        return "" if general or len(label) > replies.LABEL else label

    def _beside(self, texts: Sequence[str]) -> list[list[Shared]]:
        return [[self.overlap.with_text(i, text) for text in texts] for i in range(len(self.points))]

    @cached_property
    def _in_sentence(self):
        return self._beside([s.text for s in self.sentences])

    @cached_property
    def _in_passage(self):
        return self._beside([p.text for p in self.passages])

    @cached_property
    def _sums(self) -> tuple[list[list[float]], ...]:
        """For each point what it shares with each sentence, passage and head, and all of it for each sentence."""
        own, around, heads = (
            [[shared.all for shared in row] for row in rows]
            for rows in (self._in_sentence, self._in_passage, self._beside([p.head for p in self.passages]))
        )
        topical = [
            [own[i][s] + 0.35 * around[i][x.passage] + 0.5 * heads[i][x.passage] for s, x in enumerate(self.sentences)]
            for i in range(len(self.points))
        ]
        return own, around, heads, topical

    def topical(self, i: int) -> int | None:
        """The sentence that shares most with point i, by words alone."""
        row = self._sums[3][i]
        return max(range(len(row)), key=row.__getitem__) if row and max(row) > 0 else None

    @cached_property
    def linked(self) -> list[list[int]]:
        """For each point those of the other kind that it is about: they share most, or stand in one paragraph."""
        paras = [self.notice.para_at(p.start).start for p in self.points]
        out = []
        for i, kind in enumerate(self.kinds):
            near = {}
            for j, other in enumerate(self.kinds):
                if other != kind:
                    together = paras[i] == paras[j]
                    alone = (
                        together and [paras[k] for k in range(len(paras)) if self.kinds[k] != kind].count(paras[i]) == 1
                    )
                    near[j] = self.overlap.with_text(i, self._named[j]).all + (2.0 if alone else 0.0)
            most = max(near.values(), default=0.0)
            out.append([j for j, value in near.items() if value >= 0.8 * most and value > 0.8])
        return out

    def _called(self, i: int, n: int) -> tuple[float, float, float]:
        """Whether passage n calls point i by its number, calls another, has itself the point's number."""
        passage, kind = self.passages[n], self.kinds[i]
        mine = {self.points[i].number, str(self.rank[i] + 1)} - {""}
        fitting = [(k, number) for k, number in passage.named if k in ("", kind)]
        called = max((1.0 if k else 0.5 for k, number in fitting if number in mine), default=0.0)
        return called, float(bool(fitting) and not called), float(bool(passage.number) and passage.number in mine)

    # The numbers

    def seen(self, i: int, s: int, role: float) -> Numbers:
        """What is seen of point i beside sentence s. `role`: how much the sentence reads like one that answers a point
        of this kind."""
        own, around, heads, topical = self._sums
        sentence, same, linked = self.sentences[s], self.same[i], self.linked[i]
        n = sentence.passage
        passage = self.passages[n]
        claims = (topical[j][s] / (max(topical[j]) + 0.3) * min(1, topical[j][s] / 3) for j in same)
        rivals = {
            name: max((rows[j][k] for j in same), default=0.0)
            for name, rows, k in (("U", own, s), ("G", around, n), ("H", heads, n), ("T", topical, s))
        }
        out = {f"u_{k}": v for k, v in self._told(self._in_sentence[i][s])}
        out |= {f"g_{k}": v for k, v in self._told(self._in_passage[i][n])}
        called, other, order = self._called(i, n)
        alike = self.acts[i] & sentence.acts
        out |= {
            "head": log1p(heads[i][n]),
            "U": log1p(own[i][s]),
            "prev": log1p(own[i][s - 1]) if s > passage.first else 0.0,
            "next": log1p(own[i][s + 1]) if s + 1 < passage.last else 0.0,
            "rivU": log1p(rivals["U"]),
            "rivG": log1p(rivals["G"]),
            "difU": tanh((own[i][s] - rivals["U"]) / 2),
            "difG": tanh((around[i][n] - rivals["G"]) / 2),
            "difH": tanh((heads[i][n] - rivals["H"]) / 1.5),
            "bestU": own[i][s] / (max(own[i]) + 0.3),
            "bestT": topical[i][s] / (max(topical[i]) + 0.3),
            "bestG": around[i][n] / (max(around[i]) + 0.3),
            "isbestT": float(topical[i][s] > 0 and topical[i][s] == max(topical[i])),
            "topT": float(topical[i][s] > 0 and topical[i][s] >= rivals["T"]),
            "rivclaim": max(claims, default=0.0),
            "ord1": abs((self.rank[i] + 0.5) / self.of_kind[self.kinds[i]] - sentence.place),
            "ord2": abs((i + 0.5) / len(self.points) - sentence.place),
            "first": float(s == passage.first),
            "pos0": float(s == 0),
            "poslast": float(s == len(self.sentences) - 1),
            "posg": float(n == 0),
            "lastg": float(n == len(self.passages) - 1),
            "named": called,
            "othernamed": other,
            "numorder": order,
            "numwrong": float(bool(passage.number) and not order),
            "act": float(bool(alike)),
            "actrare": max((1 / sum(a in self.acts[j] for j in (i, *same)) for a in alike), default=0.0),
            "noact": float(not sentence.acts),
            "linkT": log1p(max((topical[j][s] for j in linked), default=0.0)),
            "linkG": max((around[j][n] / (max(around[j]) + 0.3) for j in linked), default=0.0),
            "linknamed": max((self._called(j, n)[0] for j in linked), default=0.0),
            "linkord": max((self._called(j, n)[2] for j in linked), default=0.0),
            "role": role,
            "n": 1 / len(self.sentences),
            "nk": 1 / self.of_kind[self.kinds[i]],
        }
        out |= {f"r_{name}": value for name, value in sentence.does.items()}
        out["mix"], out["mixU"] = role * out["bestT"], role * out["U"]
        does, near = sentence.does, out["bestT"]
        out |= {f"{name}T": does[name] * near for name in (*replies.STANCES, "bare", "mentions", "boasts")}
        out["actT"], out["actG"] = out["act"] * near, out["act"] * max(does["grants"], does["declines"])
        out["actM"] = out["act"] * out["bestG"] * max(does["grants"], does["declines"])
        out["figT"] = out["u_fig"] * max(does["grants"], does["declines"])
        out["putoffT"] = sentence.does["says_later"] * out["bestT"]
        out["notedT"] = sentence.does["noted"] * out["bestT"]
        return out

    @staticmethod
    def _told(shared: Shared):
        for name in (field.name for field in fields(shared)):
            value = getattr(shared, name)
            yield name, sqrt(value) if name == "share" else log1p(value)

    def whole(self, scores: Sequence[Sequence[float]], roles: Sequence[Mapping[str, float]]) -> list[Numbers]:
        """What is seen of each point beside the whole reply. `scores`: for each point how well each sentence answers
        it, in log odds; `roles`: for each sentence its role by kind."""
        best = [max(range(len(row)), key=row.__getitem__) for row in scores]
        tops = [row[s] for row, s in zip(scores, best, strict=True)]
        claimed = [max(column) for column in zip(*scores, strict=True)]
        free = sum(max(role.values()) > -0.5 and most < -1.5 for role, most in zip(roles, claimed, strict=True))
        return [self._whole(i, scores, roles, best, tops, free) for i in range(len(self.points))]

    def _whole(self, i, scores, roles, best, tops, free) -> Numbers:
        row, s, same, kind = scores[i], best[i], self.same[i], self.kinds[i]
        sentence, many = self.sentences[s], len(self.points)
        passage = self.passages[sentence.passage]
        own, around, _, _ = self._sums
        near = [own[i][t] + 0.35 * around[i][x.passage] for t, x in enumerate(self.sentences)]
        t = max(range(len(near)), key=near.__getitem__)
        rivals = [max((scores[j][k] for j in same), default=-6.0) for k in range(len(row))]
        free_of = [row[k] for k in range(len(row)) if not any(best[j] == k and scores[j][k] > row[k] for j in same)]
        others = [top for j, top in enumerate(tops) if j != i]
        peers = [tops[j] for j in same]
        links = [tops[j] for j in self.linked[i]]
        seen = self.seen(i, s, roles[s][kind])
        out = {
            "top": tops[i],
            "second": sorted(row)[-2] if len(row) > 1 else -6.0,
            "mass": log(sum(map(_odds, row)) + 1e-6),
            "rival": rivals[s],
            "margin": tanh((row[s] - rivals[s]) / 2),
            "lost": float(rivals[s] > row[s]),
            "own": max((v for v, rival in zip(row, rivals, strict=True) if v > rival), default=-6.0),
            "asg": max(free_of, default=-6.0),
            "role": roles[s][kind],
            "rolemax": max(role[kind] for role in roles[passage.first : passage.last]),
            "topical": log1p(near[t]),
            "topical_is": float(s == t),
            "tt_role": roles[t][kind],
            "tt_later": self.sentences[t].does["says_later"],
            "tt_noted": self.sentences[t].does["noted"],
            "tt_S": row[t],
            "tt_rival": rivals[t] - row[t],
            "maxshare": sqrt(max(shared.share for shared in self._in_sentence[i])),
            "later_any": max(x.does["says_later"] * _odds(v + 1) for x, v in zip(self.sentences, row, strict=True)),
            "link": max(links, default=-3.0),
            "nolink": float(not links),
            "linksame": float(any(self.sentences[best[j]].passage == sentence.passage for j in self.linked[i])),
            "linkdiff": tops[i] - max(links, default=-3.0),
            "others": sum(others) / len(others) if others else 0.0,
            "othersmin": min(others, default=0.0),
            "rank": sum(top > tops[i] for top in others) / max(1, len(others)),
            "rankk": sum(top > tops[i] for top in peers) / max(1, len(peers)),
            "free": free / many,
            "units": len(row) / many,
            "n": 1 / many,
            "inorder": float(all(best[j] <= s if j < i else best[j] >= s for j in same)),
        }
        out |= {f"t_{name}": sentence.does[name] for name in _TOP_DOES}
        after = self.sentences[s + 1].does if s + 1 < passage.last else {}
        out |= {f"n_{name}": after.get(name, 0.0) for name in ("says_later", "noted", "boasts", "feels")}
        return out | {f"f_{name}": seen[name] for name in _KEPT}


def _odds(score: float) -> float:
    """The share that log odds stand for."""
    return 1 / (1 + exp(-max(-30.0, min(30.0, score))))
