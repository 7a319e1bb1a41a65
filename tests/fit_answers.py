"""Fits what tells the points of a notice, and whether a reply answers them, to tests/pairs/known: checks/answering.csv.

Six linear models (logistic regression, scikit-learn), one upon the other: `notice`, how a sentence reads that tells a
ground or a request; `role`, how one reads that answers it; `stance`, how one reads that takes a position, learnt from
the short passages of tests/pairs/passages, each beside one that only talks; `sentence`, whether it answers this point;
`again`, the same with what the other points claim; `point`, whether the point is answered at all. Whatever a model is
given by the one below it comes from a model that saw no letter of the same writer, as it will be on letters of
strangers; the first of three characters in a pair's name tells the writer.

`--measure` fits nothing: it tells how well the points of each writer's pairs are judged by models that never saw that
writer. The pairs kept aside have no part in either. `pip install -e .[fit]` first; takes some minutes.
"""

import argparse
import csv
import sys
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import pairs_accuracy  # noqa: E402

from objection_docs.checking import anatomy, answers, points, replies  # noqa: E402
from objection_docs.checking.claims import Claims, Reading  # noqa: E402
from objection_docs.checking.pairing import Pairing  # noqa: E402
from objection_docs.checking.points import opinion  # noqa: E402
from objection_docs.extraction.paper import from_text  # noqa: E402
from objection_docs.packs.answering import KINDS  # noqa: E402
from objection_docs.packs.rules import Rules, shipped  # noqa: E402
from objection_docs.text import normal  # noqa: E402

SEEN = 3  # a run of characters stands in so many sentences at least
OWN, OTHER = 1.0, 0.5  # what a passage counts for points of its own kind and of the other
STRENGTH = {"notice": 10.0, "role": 0.5, "stance": 4.0, "sentence": 0.003, "point": 0.005}
EVASIVE = 5.0  # what a sentence counts that speaks of a point and does not answer it, among those that answer none
HELD = 4  # characters of a label's words that a sentence holds at least


@dataclass
class Notice:
    """The notice of a labelled pair. `told`: by kind, for each of its sentences whether it tells such a point."""

    writer: str
    sentences: list[opinion.Sentence]
    told: dict[str, np.ndarray]


@dataclass
class Example:
    """A labelled pair. `hits`: point × sentence, whether it holds the words that answer it; `answered`: for each point
    found its label, None for one that nobody labelled."""

    name: str
    writer: str
    pairing: Pairing
    answered: list[bool | None]
    hits: np.ndarray
    features: list[dict] = field(default_factory=list)

    def role_hits(self, kind: str) -> np.ndarray:
        mine = [i for i, k in enumerate(self.pairing.kinds) if k == kind]
        return self.hits[mine].any(axis=0) if mine else np.zeros(self.hits.shape[1], bool)

    def role_weights(self, kind: str) -> np.ndarray:
        """What each sentence counts in telling those that answer from those that don't."""
        weights = np.ones(self.hits.shape[1])
        for i, (mine, answered) in enumerate(zip(self.pairing.kinds, self.answered, strict=True)):
            if mine == kind and answered is False and (spoken := self.pairing.topical(i)) is not None:
                weights[spoken] = EVASIVE
        return np.where(self.role_hits(kind), 1.0, weights)


def writer_of(name: str) -> str:
    return "0" if len(name) == 2 else name[0]


def held(text: str, words: str, sentences) -> np.ndarray:
    """Which sentences of a text hold the words, or enough of them."""
    at, least = text.find(words), min(HELD, len(words))
    return np.array([at >= 0 and min(s.end, at + len(words)) - max(s.start, at) >= least for s in sentences], bool)


def read_notice(name: str, pair: dict) -> Notice:
    letter = anatomy.read(from_text(pair["notice"]), shipped().words)
    sentences = opinion.sentences(letter)
    told = {kind: np.zeros(len(sentences), bool) for kind in KINDS}
    for label in pair["points"]:
        told[label["kind"]] |= held(letter.text, normal(label["quote"]), sentences)
    return Notice(writer_of(name), sentences, told)


def read(name: str, pair: dict, pack: Rules) -> Example:
    notice, reply = (anatomy.read(from_text(pair[side]), pack.words) for side in ("notice", "reply"))
    pairing = Pairing(notice, reply, points.find(notice, pack), pack)
    answered, hits = [], np.zeros((len(pairing.points), len(pairing.sentences)), bool)
    for i, point in enumerate(pairing.points):
        quote = normal(notice.quote(point.start, point.end))
        labels = [x for x in pair["points"] if pairs_accuracy._same(normal(x["quote"]), quote)]
        answered.append(all(x["answered"] for x in labels) if labels else None)
        for by in (normal(x["by"]) for x in labels if x["answered"]):
            hits[i] |= held(reply.text, by, pairing.sentences)
    features = [answers.features(sentence.text, sentence.does) for sentence in pairing.sentences]
    return Example(name, writer_of(name), pairing, answered, hits, features)


class Model:
    """A linear model by kind of point: weights that both kinds share and each kind's own, fitted together."""

    def __init__(self, rows: list[tuple[str, dict]], right: list[bool], strength: float):
        self.vectors = DictVectorizer()
        matrix = self.vectors.fit_transform([self._doubled(kind, numbers) for kind, numbers in rows])
        self.scaler = StandardScaler(with_mean=False)
        model = LogisticRegression(C=strength, max_iter=2000).fit(self.scaler.fit_transform(matrix), right)
        self.weights, self.bias = model.coef_[0] / self.scaler.scale_, float(model.intercept_[0])

    @staticmethod
    def _doubled(kind: str, numbers: dict) -> dict:
        return numbers | {f"{kind}:{name}": value for name, value in numbers.items()} | {kind: 1.0}

    def scores(self, rows: list[tuple[str, dict]]) -> np.ndarray:
        if not rows:
            return np.zeros(0)
        return self.vectors.transform([self._doubled(*row) for row in rows]) @ self.weights + self.bias

    def lines(self, part: str):
        found = dict(zip(self.vectors.get_feature_names_out(), self.weights, strict=True))
        yield part, "", *(f"{self.bias + found.get(kind, 0.0):.4f}" for kind in KINDS)
        for name in sorted(name for name in found if ":" not in name and name not in KINDS):
            yield part, name, *(f"{found[name] + found.get(f'{kind}:{name}', 0.0):.4f}" for kind in KINDS)


class Readings:
    """One model for each kind over the runs of characters of sentences. `right`: by kind, of each sentence;
    `weights`: the same, what it counts."""

    def __init__(self, part: str, features: list[dict], right: dict, weights: dict | None = None):
        self.part, self.vectors, self.models = part, DictVectorizer(), {}
        matrix = self.vectors.fit_transform(features)
        self.kept = np.asarray((matrix != 0).sum(axis=0)).ravel() >= SEEN
        for kind in KINDS:
            model = LogisticRegression(C=STRENGTH[part], max_iter=500)
            self.models[kind] = model.fit(matrix[:, self.kept], right[kind], weights and weights[kind])

    def of(self, features: list[dict]) -> list[dict[str, float]]:
        if not features:
            return []
        matrix = self.vectors.transform(features)[:, self.kept]
        told = {kind: model.decision_function(matrix) for kind, model in self.models.items()}
        return [dict(zip(told, map(float, values), strict=True)) for values in zip(*told.values(), strict=True)]

    def lines(self):
        names = self.vectors.get_feature_names_out()[self.kept]
        yield self.part, "", *(f"{self.models[kind].intercept_[0]:.3f}" for kind in KINDS)
        for name, *values in zip(names, *(self.models[kind].coef_[0] for kind in KINDS), strict=True):
            if any(round(value, 2) for value in values):
                yield self.part, name, *(f"{value:.2f}" for value in values)


def of_notices(notices: list[Notice]) -> Readings:
    features = [sentence.features for notice in notices for sentence in notice.sentences]
    right = {kind: np.concatenate([notice.told[kind] for notice in notices]) for kind in KINDS}
    return Readings("notice", features, right)


def of_replies(examples: list[Example]) -> Readings:
    features = [numbers for example in examples for numbers in example.features]
    right = {kind: np.concatenate([example.role_hits(kind) for example in examples]) for kind in KINDS}
    weights = {kind: np.concatenate([example.role_weights(kind) for example in examples]) for kind in KINDS}
    return Readings("role", features, right, weights)


@cache
def of_passages() -> Readings:
    """From short passages, each beside one that speaks of the same matter and takes no position."""
    told = list(pairs_accuracy.passages())
    features = [answers.features(text, replies.does(text, shipped().words)) for _, text, _ in told]
    right = np.array([bool(how) for _, _, how in told])
    weights = {kind: np.where([its == kind for its, _, _ in told], OWN, OTHER) for kind in KINDS}
    return Readings("stance", features, dict.fromkeys(KINDS, right), weights)


def examples_of(pairs: dict[str, dict], notices: dict[str, Notice], folder: Path) -> list[Example]:
    """The pairs with the points that are found by a model that saw no notice of the same writer."""
    examples = []
    for writer in sorted({notice.writer for notice in notices.values()}):
        path = folder / f"notice_{writer}.csv"
        write(of_notices([notice for notice in notices.values() if notice.writer != writer]), path)
        pack = replace(shipped(), answering_file=path)
        examples += [read(name, pairs[name], pack) for name, notice in notices.items() if notice.writer == writer]
    return examples


def beside(example: Example, read: list[Reading]) -> list[tuple[str, dict]]:
    pairing = example.pairing
    return [
        (kind, pairing.seen(i, s, one.role[kind], one.stance[kind]))
        for i, kind in enumerate(pairing.kinds)
        for s, one in enumerate(read)
    ]


def claimed(claims: Claims) -> list[tuple[str, dict]]:
    pairing = claims.pairing
    return [(kind, claims.beside(i, s)) for i, kind in enumerate(pairing.kinds) for s in range(len(pairing.sentences))]


class Stack:
    """All models, fitted to some writers' pairs."""

    def __init__(self, pairs: dict[str, dict], notices: dict[str, Notice]):
        with TemporaryDirectory() as folder:
            examples = examples_of(pairs, notices, Path(folder))
        self.notice = of_notices(list(notices.values()))
        writers = sorted({example.writer for example in examples})
        others = {w: [example for example in examples if example.writer != w] for w in writers}
        below = {w: of_replies(others[w]) for w in writers}
        self.role, self.stance = of_replies(examples), of_passages()
        told = {
            x.name: list(map(Reading, below[x.writer].of(x.features), self.stance.of(x.features))) for x in examples
        }
        rows = {example.name: beside(example, told[example.name]) for example in examples}
        self.sentence = self._sentence(examples, rows)
        strangers = {w: self._sentence(others[w], rows) for w in writers}
        claims = {x.name: self._claims(x, rows[x.name], told[x.name], strangers[x.writer]) for x in examples}
        again = {x.name: claimed(claims[x.name]) for x in examples}
        self.again = self._sentence(examples, again)
        strangers = {w: self._sentence(others[w], again) for w in writers}
        seen, right = [], []
        for example in examples:
            found = self._claims(example, again[example.name], told[example.name], strangers[example.writer])
            for i, (kind, answered) in enumerate(zip(example.pairing.kinds, example.answered, strict=True)):
                if answered is not None:
                    seen.append((kind, found.whole(i)))
                    right.append(answered)
        self.point = Model(seen, right, STRENGTH["point"])

    @staticmethod
    def _sentence(examples: list[Example], rows: dict) -> Model:
        given, right = [], []
        for example in examples:
            labelled = np.repeat([answered is not None for answered in example.answered], example.hits.shape[1])
            for row, hit, known in zip(rows[example.name], example.hits.ravel(), labelled, strict=True):
                if known:
                    given.append(row)
                    right.append(bool(hit))
        return Model(given, right, STRENGTH["sentence"])

    @staticmethod
    def _claims(example: Example, rows: list, read: list, model: Model) -> Claims:
        return Claims(example.pairing, model.scores(rows).reshape(example.hits.shape).tolist(), read)

    def lines(self):
        yield from self.notice.lines()
        yield from self.role.lines()
        yield from self.stance.lines()
        yield from self.sentence.lines("sentence")
        yield from self.again.lines("again")
        yield from self.point.lines("point")


def write(model: Stack | Readings, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["part", "feature", *KINDS])
        rows.writerows(model.lines())


def measure(pairs: dict[str, dict], notices: dict[str, Notice], verbose: bool) -> None:
    """Prints for each writer what is told of the pairs by what was learnt from the others."""
    whole = pairs_accuracy.Count()
    with TemporaryDirectory() as folder:
        for writer in sorted({notice.writer for notice in notices.values()}):
            path, count = Path(folder) / f"{writer}.csv", pairs_accuracy.Count()
            write(Stack(pairs, {name: notice for name, notice in notices.items() if notice.writer != writer}), path)
            pack = replace(shipped(), answering_file=path)
            for name in (name for name, notice in notices.items() if notice.writer == writer):
                papers = (from_text(pairs[name][side]) for side in ("notice", "reply"))
                own, misses = pairs_accuracy.score(pairs[name], answers.cover(*papers, pack))
                count.add(own)
                if verbose:
                    print("\n".join(f"{name} {line}" for line in misses))
            _print(writer, count)
            whole.add(count)
    _print("all", whole)


def _print(writer: str, count: pairs_accuracy.Count) -> None:
    told = {"spurious": count.spurious} | count.figures()
    print(writer, *(f"{name} {pairs_accuracy.cell(value)}" for name, value in told.items()), sep=" | ", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--measure", action="store_true", help="leave one writer out at a time, write nothing")
    parser.add_argument("-v", "--verbose", action="store_true", help="with --measure: show each miss")
    arguments = parser.parse_args()
    pairs = dict(pairs_accuracy.load("known"))
    notices = {name: read_notice(name, pair) for name, pair in pairs.items()}
    if arguments.measure:
        measure(pairs, notices, arguments.verbose)
    else:
        write(Stack(pairs, notices), ROOT / "checks" / "answering.csv")


if __name__ == "__main__":
    main()
