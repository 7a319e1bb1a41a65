"""What is seen of a point of a notice beside a sentence of the reply, in numbers that checks/answering.csv weighs.

Both share words, figures and runs of characters, which weigh more where few other points have them; a passage calls the
point by its number or stands where the notice's order would have it; other points may share more; the sentence does
something of the sort that a request asks for.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from functools import cached_property
from math import log1p, sqrt, tanh

from objection_docs.checking import replies
from objection_docs.checking.letter import Letter
from objection_docs.checking.overlap import Overlap, Shared
from objection_docs.checking.points import Point
from objection_docs.checking.sorts import asked
from objection_docs.packs.rules import Rules

_GENERAL = re.compile(r"异议|质疑|理由|事实")
Numbers = dict[str, float]


class Pairing:
    """The points of a notice beside the sentences of a reply; `seen` are the numbers."""

    def __init__(self, notice: Letter, reply: Letter, found: Sequence[Point], pack: Rules):
        self.notice, self.points, self.words = notice, found, pack.words
        self.sentences, self.passages = replies.read(reply, pack.words, notice.text)
        self.texts = [notice.text[p.start : p.end] for p in found]
        self.kinds = [p.kind for p in found]
        self._named = [f"{text} {self._label(p)}" for text, p in zip(self.texts, found, strict=True)]
        self.overlap = Overlap(self._named, self.kinds, [s.text for s in self.sentences], pack)
        self.rank = [self.kinds[:i].count(kind) for i, kind in enumerate(self.kinds)]
        self.of_kind = Counter(self.kinds)
        self.same = [[j for j, k in enumerate(self.kinds) if k == kind and j != i] for i, kind in enumerate(self.kinds)]
        self.acts = [asked(text, self.words) for text in self.texts]

    def _label(self, point: Point) -> str:
        """The heading that a point stands under, where it says something of the point."""
        labels = self.notice.para_at(point.start).labels
        label = labels[-1] if labels else ""
        general = _GENERAL.search(label) or self.words["demand_label"].search(label)
        return "" if general or len(label) > replies.LABEL else label

    def _beside(self, texts: Sequence[str]) -> list[list[Shared]]:
        return [[self.overlap.with_text(i, text) for text in texts] for i in range(len(self.points))]

    @cached_property
    def in_sentence(self):
        return self._beside([s.text for s in self.sentences])

    @cached_property
    def _in_passage(self):
        return self._beside([p.text for p in self.passages])

    @cached_property
    def sums(self) -> tuple[list[list[float]], ...]:
        """For each point what it shares with each sentence, passage and head, and all of it for each sentence."""
        own, around, heads = (
            [[shared.all for shared in row] for row in rows]
            for rows in (self.in_sentence, self._in_passage, self._beside([p.head for p in self.passages]))
        )
        topical = [
            [own[i][s] + 0.35 * around[i][x.passage] + 0.5 * heads[i][x.passage] for s, x in enumerate(self.sentences)]
            for i in range(len(self.points))
        ]
        return own, around, heads, topical

    def topical(self, i: int) -> int | None:
        """The sentence that shares most with point i, by words alone."""
        row = self.sums[3][i]
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

    def seen(self, i: int, s: int, role: float, stance: float) -> Numbers:
        """What is seen of point i beside sentence s. `role`, `stance`: how much the sentence reads like one that
        answers a point of this kind, and like one that takes a position."""
        own, around, heads, topical = self.sums
        sentence, same, linked = self.sentences[s], self.same[i], self.linked[i]
        n = sentence.passage
        passage = self.passages[n]
        claims = (topical[j][s] / (max(topical[j]) + 0.3) * min(1, topical[j][s] / 3) for j in same)
        rivals = {
            name: max((rows[j][k] for j in same), default=0.0)
            for name, rows, k in (("U", own, s), ("G", around, n), ("H", heads, n), ("T", topical, s))
        }
        out = {f"u_{k}": v for k, v in self._told(self.in_sentence[i][s])}
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
            "stance": stance,
            "n": 1 / len(self.sentences),
            "nk": 1 / self.of_kind[self.kinds[i]],
        }
        out |= {f"r_{name}": value for name, value in sentence.does.items()}
        out["mix"], out["mixU"] = role * out["bestT"], role * out["U"]
        out["stanceT"], out["stanceU"] = stance * out["bestT"], stance * out["U"]
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
