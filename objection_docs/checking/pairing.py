"""What is seen of a point of a notice beside a sentence of the reply, in numbers that checks/answering.csv weighs.

Both share words, figures and runs of characters, which weigh more where few other points have them; a passage calls the
point by its number or stands where the notice's order would have it; another point may have a better claim to the
sentence; the sentence does something of the sort that a request asks for.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property
from math import exp, log, log1p, sqrt, tanh

from objection_docs.checking import replies
from objection_docs.checking.letter import Letter
from objection_docs.checking.points import SAME, TOPICS, Point
from objection_docs.packs.rules import Rules
from objection_docs.text import rarity
from objection_docs.text import words as cut

_HAN = re.compile(r"[\u4e00-\u9fff]+\Z")
_RUN = re.compile(r"[\u4e00-\u9fff]+")
_FIGURE = re.compile(r"\d{1,2}月\d{1,2}[日号]|\d[\d,]*(?:\.\d+)?%?|[A-Za-z][A-Za-z0-9-]*\d[A-Za-z0-9-]*|[A-Za-z]{2,}")
_GENERAL = re.compile(r"异议|质疑|理由|事实")
#: What a shared figure, a longer word, a word and a sort of trouble weigh before they are told apart by their rarity.
FIGURE, LONG, WORD, TOPIC, PART = 1.6, 2.4, 2.0, 1.8, 0.5
_COMMON = frozenset(
    "的了是在有和与及或我你您贵司方不一个这那也就都为于对以按到上下中内外前后年月日元号第项条要请求异议由等其并将把被从"
    "自向给让使所之此该各每已未没无可能应当会得地着过人们他她它来去出提说称书函复知经还再又才只但而若如因则即"
)
_OVERLAP = ("word", "fig", "pair", "char", "share", "top")
_TOP_DOES = (
    *("says_later", "noted", "mentions", "boasts", "feels", "admits", "denies", "explains", "grants", "declines"),
    *("only_restated", "bare", "bare_mention", "later_only", "idle_talk", "question", "all_points", "short"),
)
_KEPT = (
    *("act", "actrare", "noact", "u_fig", "u_share", "head", "named", "numorder", "ord1", "ord2", "bestT", "difU"),
    *("difG", "linkG", "linkT", "mix", "actT", "actG", "actM", "figT"),
)
rare: Callable[[str], float] = cache(rarity)
Numbers = dict[str, float]


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


class Pairing:
    """The points of a notice beside the sentences of a reply; `seen` and `whole` are the numbers."""

    def __init__(self, notice: Letter, reply: Letter, found: Sequence[Point], pack: Rules):
        self.notice, self.points, self.pack, self.words = notice, found, pack, pack.words
        self.sentences, self.passages = replies.read(reply, pack.words)
        self.texts = [notice.text[p.start : p.end] for p in found]
        self.labels = [self._label(p) for p in found]
        self.kinds = [p.kind for p in found]
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

    # What a point and a text share

    @cached_property
    def _terms(self) -> list[Numbers]:
        own = []
        for text, label in zip(self.texts, self.labels, strict=True):
            kept = terms(f"{text} {label}") - self.pack.empty_words
            kept = {term for term in kept if not self.words["common_word"].fullmatch(term)}
            own.append(kept | {name for name in TOPICS if self.words[name].search(text)})
        return self._weighed(own, self._base, 0.7, 0.0)

    @cached_property
    def _pairs(self) -> list[Numbers]:
        own = []
        for text, label in zip(self.texts, self.labels, strict=True):
            runs = _RUN.findall(f"{text} {label}")
            own.append({run[i : i + 2] for run in runs for i in range(len(run) - 1) if {*run[i : i + 2]} - _COMMON})
        half = lambda two: PART if {*two} & _COMMON else 1.0  # noqa: E731
        return self._weighed(own, lambda two: (rare(two[0]) + rare(two[1])) * half(two), 0.5, 0.3)

    @cached_property
    def _chars(self) -> list[Numbers]:
        own = [
            {*filter(_HAN.match, text + label)} - _COMMON for text, label in zip(self.texts, self.labels, strict=True)
        ]
        return self._weighed(own, rare, 0.5, 0.3)

    def _weighed(self, own: list[set[str]], base: Callable[[str], float], points: float, reply: float) -> list[Numbers]:
        """Each item with its weight: less where several points have it, or many sentences of the reply."""
        spread = Counter((kind, item) for kind, items in zip(self.kinds, own, strict=True) for item in items)
        often = cache(lambda item: max(1, sum(item in s.text for s in self.sentences)) if reply else 1)
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

    def shared(self, i: int, text: str) -> Numbers:
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

    def _overlap(self, i: int, text: str) -> tuple[float, ...]:
        """Shared words, figures, pairs, single characters; their share of the point's; the heaviest term."""
        if not text:
            return (0.0,) * len(_OVERLAP)
        shared = self.shared(i, text)
        han = sum(weight for term, weight in shared.items() if term in TOPICS or _HAN.match(term))
        pairs = [two for two in self._pairs[i] if two in text]
        covered = {*"".join(pairs)}
        pair = sum(self._pairs[i][two] for two in pairs)
        char = sum(weight for c, weight in self._chars[i].items() if c in text and c not in covered)
        all_of = sum(self._pairs[i].values()) + sum(self._chars[i].values()) + 1
        return han, sum(shared.values()) - han, pair, char, (pair + char) / all_of, max(shared.values(), default=0.0)

    @staticmethod
    def _sum(overlap: tuple[float, ...]) -> float:
        return overlap[0] + 0.8 * overlap[1] + 0.5 * overlap[2] + 0.5 * overlap[3]

    def _beside(self, texts: Sequence[str]) -> list[list[tuple[float, ...]]]:
        return [[self._overlap(i, text) for text in texts] for i in range(len(self.points))]

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
            [[self._sum(o) for o in row] for row in rows]
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
                    near[j] = self._sum(self._overlap(i, self.texts[j] + self.labels[j])) + (2.0 if alone else 0.0)
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
            "rivclaim": max(
                (topical[j][s] / (max(topical[j]) + 0.3) * min(1, topical[j][s] / 3) for j in same), default=0
            ),
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
    def _told(overlap: tuple[float, ...]):
        for name, value in zip(_OVERLAP, overlap, strict=True):
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
            "maxshare": sqrt(max(overlap[4] for overlap in self._in_sentence[i])),
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
