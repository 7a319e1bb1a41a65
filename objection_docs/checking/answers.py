"""Where a reply answers each ground and request of its notice.

Both letters are read as the checker reads them. A point and a passage of the reply belong together by the words that
both share (those that few points of the notice have weigh more, and figures, codes and names most), by numbering and by
acts of the same sort; a passage answers when a sentence of it finds, admits, refuses or promises, and neither repeats
the point nor puts it off.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from objection_docs.checking import anatomy, points
from objection_docs.checking.findings import place
from objection_docs.checking.letter import SENTENCE_END, Letter
from objection_docs.checking.points import SAME, TOPICS, Point
from objection_docs.checking.report import Place
from objection_docs.extraction.paper import Paper
from objection_docs.packs.rules import Rules, rules
from objection_docs.text import rarity
from objection_docs.text import words as cut

_HAN = re.compile(r"[\u4e00-\u9fff]+\Z")
_FIGURE = re.compile(r"\d{1,2}月\d{1,2}[日号]|\d[\d,]*(?:\.\d+)?%?|[A-Za-z][A-Za-z0-9-]*\d[A-Za-z0-9-]*|[A-Za-z]{2,}")
_TOPIC = re.compile(
    r"(?:第?[一二三四五六七八九十\d]{1,2}[、.:项点]|[(（][一二三四五六七八九十\d]{1,2}[)）])?(?:关于|针对|对于?|就)"
)
_NAMED = re.compile(
    r"(?:第(?P<a>[一二三四五六七八九十\d]{1,2})(?:项|点|条|个问题|处)(?!第)|"
    r"(?:质疑|异议|投诉|请求)(?:事项|内容|请求)?(?P<b>[一二三四五六七八九十]|\d{1,2})(?![\d年月日])|(?P<c>[A-H])项)"
)
_ALL = re.compile(r"上述|以上|前述|这些|各项|[两二三四五六]项")
_CLAUSE = re.compile(r"[,;。:!?\n]")
#: What a shared figure, a longer word and a sort of trouble (`topic_late`: 迟、晚、逾期 …) weigh beside a common word.
FIGURE, LONG, WORD, TOPIC, PART = 1.6, 2.4, 2.0, 1.8, 0.5
#: The weight that a passage must share with a ground and with a request; what being named by its number adds, what an
#: act of the same sort adds, what standing where the request's own ground is answered adds.
GROUND, REQUEST, NAMED, IN_ORDER, ACT, DOES, LINKED = 1.3, 1.6, 1.6, 0.9, 1.0, 0.4, 1.2
#: And what it must share in words with a request that it neither does nor refuses in so many words.
PROMISED = 0.7
#: A sentence that puts the point off decides where it is so much nearer to it than one that answers.
LATER = 1.8
#: A passage that is about another ground is left to that one, unless this one has such a share of its weight.
RIVAL = 0.45


@dataclass(frozen=True, slots=True)
class Answer:
    """A point of the notice and where the reply answers it. `status`: answered, put_off (the reply speaks of it and
    leaves it to later), repeated (it only says it again) or unanswered. `shared`: the words that led there."""

    kind: str
    number: str
    point: Place
    status: str
    answer: Place | None
    shared: tuple[str, ...]
    reason: str

    @property
    def answered(self) -> bool:
        return self.status == "answered"

    def to_dict(self) -> dict:
        return {
            "kind": self.kind,
            "number": self.number,
            "point": self.point.to_dict(),
            "status": self.status,
            "answered": self.answered,
            "answer": self.answer.to_dict() if self.answer else None,
            "shared": list(self.shared),
            "reason": self.reason,
        }


def cover(notice: Paper, reply: Paper, pack: Rules | None = None) -> tuple[Answer, ...]:
    """Each ground and request of the notice, in its order, with what the reply says to it."""
    pack = pack or rules()
    asked, answering = (anatomy.read(paper, pack.words) for paper in (notice, reply))
    found = points.find(asked, pack)
    return tuple(_Matcher(asked, answering, found, pack).answers())


@dataclass(frozen=True, slots=True)
class _Sentence:
    """`role`: answers, repeats, puts_off, or says something beside the matter."""

    start: int
    end: int
    acts: frozenset[str]
    role: str


@dataclass(frozen=True, slots=True)
class _Passage:
    (
        """A paragraph of the reply. `head`: the stretch that says what it is about («关于……»), or empty; `numbers`: the
    points that it names by number; `number`: its own; `whole`: it treats of one matter, as one with a number or a head
    does."""
        ""
    )

    start: int
    end: int
    head: tuple[int, int]
    numbers: frozenset[str]
    number: str
    whole: bool
    sentences: tuple[_Sentence, ...]


@dataclass(frozen=True, slots=True)
class _Fit:
    score: float
    sentence: _Sentence
    shared: tuple[str, ...]


def terms(text: str) -> Counter:
    """Words, figures and codes of normal text, and pairs of single characters that no dictionary joins: 丢单."""
    out: Counter = Counter(figure.replace(",", "") for figure in _FIGURE.findall(text))
    single = ""
    for word in cut(_FIGURE.sub(" ", text)):
        if len(word) == 1 and _HAN.match(word):
            if single:
                out[single + word] += 1
            single = word
            continue
        single = ""
        if _HAN.match(word):
            out[word] += 1
    return out


class _Matcher:
    def __init__(self, notice: Letter, reply: Letter, found: list[Point], pack: Rules):
        self.notice, self.reply, self.points, self.pack = notice, reply, found, pack
        self.words: Mapping[str, re.Pattern] = pack.words
        self.terms = [self._own(p) for p in found]
        spread = Counter((p.kind, term) for p, own in zip(found, self.terms, strict=True) for term in own)
        self.weights = [
            {term: self._base(term) / spread[p.kind, term] ** 0.7 for term in own}
            for p, own in zip(found, self.terms, strict=True)
        ]
        self.passages = [self._passage(para) for para in reply.paras if para.zone == "body" and para.text]
        self.grounds = [i for i, point in enumerate(found) if point.kind == "ground"]
        #: ground → passage → what they share
        self.near = {i: [self._shared(i, p.start, p.end)[0] for p in self.passages] for i in self.grounds}

    def _own(self, point: Point) -> frozenset[str]:
        """The terms of a point, and the sorts of trouble that a ground tells of."""
        text, dull = self.notice.text[point.start : point.end], self.pack.empty_words
        kept = {t for t in terms(text) if t not in dull and not self.words["common_word"].fullmatch(t)}
        return frozenset(kept | {name for name in TOPICS if self.words[name].search(text)})

    @staticmethod
    def _base(term: str) -> float:
        if term in TOPICS:
            return TOPIC
        if not _HAN.match(term):
            return FIGURE if len(term) > 1 else PART
        return rarity(term) * (LONG if len(term) > 2 else WORD)

    def _shared(self, i: int, start: int, end: int) -> tuple[float, tuple[str, ...]]:
        """What point i shares with a stretch of the reply: its weight, and the words, heaviest first."""
        text = self.reply.text[start:end]
        figures = {figure.replace(",", "") for figure in _FIGURE.findall(text)}
        found: dict[str, float] = {}
        for term in self.terms[i]:
            weight = self.weights[i][term]
            if term in TOPICS:
                if self.words[term].search(text):
                    found[term] = weight
            elif not _HAN.match(term):
                if term in figures:
                    found[term] = weight
            elif term in text:
                found[term] = weight
            elif len(term) > 2 and (term[:2] in text or term[-2:] in text):
                found[term] = PART * weight
        return sum(found.values()), tuple(sorted(found, key=lambda term: (-found[term], term)))

    # The reply

    def _passage(self, para) -> _Passage:
        text, low = self.reply.text, para.start
        number, at = points.mark(para.text)
        sentences = []
        for stop in [*(m.end() for m in SENTENCE_END.finditer(text, para.start, para.end)), para.end]:
            if stop - low > 1:
                sentences.append(self._sentence(low, stop))
            low = stop
        named = frozenset(points.numeral(next(filter(None, m.groups()))) for m in _NAMED.finditer(para.text))
        about = bool(number or _TOPIC.match(para.text))
        first = _CLAUSE.search(para.text, at)
        head = (para.start + at, para.start + (first.start() if first else len(para.text))) if about else (0, 0)
        return _Passage(para.start, para.end, head, named, number, about or bool(named), tuple(sentences))

    def _sentence(self, low: int, high: int) -> _Sentence:
        text = self.reply.text[low:high]
        own = ",".join(c for c in _CLAUSE.split(text) if not self.words["restated"].search(c))
        if self.words["put_off_answer"].search(text):
            role = "puts_off"
        elif self.words["idle_talk"].search(text):
            role = "says"
        elif own != text.rstrip("。;!?,") and not self.words["found_out"].search(own) and len(own) < len(text) - 4:
            role = "repeats"
        else:
            role = "answers"
        return _Sentence(low, high, self._acts(text), role)

    def _acts(self, text: str) -> frozenset[str]:
        return frozenset(name for name in SAME if self.words[name].search(text))

    # One point

    def answers(self) -> Iterator[Answer]:
        fits = {i: self._fits(i) for i in self.grounds}
        for i, point in enumerate(self.points):
            if point.kind == "request":
                fits[i] = self._request(i, point, fits)
            yield self._told(point, fits[i])

    def _fits(self, i: int) -> list[_Fit]:
        """The sentences that are about a ground."""
        out = []
        for n, passage in enumerate(self.passages):
            rival = max((self.near[g][n] for g in self.grounds if g != i), default=0.0)
            named = self.points[i].number in passage.numbers
            if not named and self.near[i][n] < RIVAL * rival:
                continue
            for j, sentence in enumerate(passage.sentences):
                if self.words["about_request"].search(self.reply.text, sentence.start, sentence.end):
                    continue
                score, shared = self._score(i, passage, j)
                score += NAMED if named else IN_ORDER if self._in_order(i, passage) else 0.0
                if score >= GROUND:
                    out.append(_Fit(score, sentence, shared))
        return out

    def _in_order(self, i: int, passage: _Passage) -> bool:
        """Whether the passage has the number that the ground has, or would have if the grounds were counted."""
        return bool(passage.number) and passage.number == (self.points[i].number or str(self.grounds.index(i) + 1))

    def _score(self, i: int, passage: _Passage, j: int) -> tuple[float, tuple[str, ...]]:
        """How much of a point stands in a sentence, and around it where the passage is of one matter."""
        sentence = passage.sentences[j]
        own, shared = self._shared(i, sentence.start, sentence.end)
        if passage.whole:
            around, near = self._shared(i, passage.start, passage.end)
            topical = self._shared(i, *passage.head)[0]
        else:
            begin = passage.sentences[j - 1].start if j else sentence.start
            around, near = self._shared(i, begin, sentence.end)
            topical = 0.0
        return max(own, 0.75 * around) + 0.5 * topical + 0.25 * own, shared or near

    def _request(self, i: int, point: Point, fits: Mapping[int, list[_Fit]]) -> list[_Fit]:
        """The sentences that go into a request: they do or refuse what it asks."""
        text = self.notice.text[point.start : point.end]
        acts, out = self._acts(text), []
        linked = {fit.sentence.start for g in self._linked(i) for fit in fits[g] if fit.sentence.role == "answers"}
        for passage in self.passages:
            beside = any(s.start in linked for s in passage.sentences)
            for j, sentence in enumerate(passage.sentences):
                span = sentence.start, sentence.end
                if self.words["all_points"].search(self.reply.text, *span):
                    out.append(_Fit(REQUEST, sentence, ()))
                    continue
                score, shared = self._score(i, passage, j)
                explained = "same_explain" in acts and beside
                alike = explained or bool(acts & sentence.acts)
                refused = self.words["refuses"].search(self.reply.text, *span)
                promised = score >= PROMISED and self.words["promises"].search(self.reply.text, *span)
                if not (alike or refused or promised):
                    continue
                score += (ACT if alike else DOES) + LINKED * beside
                if score >= REQUEST and (shared or beside):
                    out.append(_Fit(score, sentence, shared))
        if not self._good(out) and _ALL.search(text):
            done = [max(f, key=lambda fit: fit.score) for g in self.grounds if (f := self._good(fits[g]))]
            if done and 2 * len(done) >= len(self.grounds):
                out.append(done[0])
        return out

    @staticmethod
    def _good(fits: list[_Fit]) -> list[_Fit]:
        return [fit for fit in fits if fit.sentence.role == "answers"]

    def _linked(self, i: int) -> list[int]:
        """The grounds that a request is about: those that it shares most with."""
        weights = {g: sum(self.weights[i][t] for t in self.terms[i] & self.terms[g]) for g in self.grounds}
        most = max(weights.values(), default=0.0)
        return [g for g, weight in weights.items() if weight and weight >= 0.8 * most]

    def _told(self, point: Point, fits: list[_Fit]) -> Answer:
        what = "这一项请求" if point.kind == "request" else "这一点"
        where = place(self.notice, (point.start, point.end))
        best = max(self._good(fits) or fits, key=lambda fit: fit.score, default=None)
        later = max((f for f in fits if f.sentence.role == "puts_off"), key=lambda fit: fit.score, default=None)
        if best and later and later.score > LATER * best.score:
            best = later
        if best is None or best.sentence.role == "says":
            said = f"回复里没有找到对{what}的答复"
            return Answer(point.kind, point.number, where, "unanswered", None, (), said)
        shared = tuple(term for term in best.shared if term not in TOPICS)[:4]
        answer = place(self.reply, (best.sentence.start, best.sentence.end))
        listed = "、".join(f"“{word}”" for word in shared)
        status, said = {
            "answers": ("answered", f"回复在此答到{what}" + (f"，共同的用词有{listed}" if listed else "")),
            "puts_off": ("put_off", f"回复把{what}推到以后，没有答复"),
            "repeats": ("repeated", f"回复只复述了{what}，没有答复"),
        }[best.sentence.role]
        return Answer(point.kind, point.number, where, status, answer, shared, said)
