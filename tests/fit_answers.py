"""Fits what tells whether a reply answers a point to tests/pairs/known: checks/answering.csv.

Four linear models (logistic regression, scikit-learn), one upon the other: `role`, how a sentence reads that answers a
ground or a request; `sentence`, whether it answers this point; `again`, the same with what the other points claim;
`point`, whether the point is answered at all. Whatever a model is given by the one below it comes from a model that saw
no letter of the same writer, as it will be on letters of strangers; the first of three figures in a pair's name tells
the writer.

`--measure` fits nothing: it tells how well the points of each writer's pairs are judged by models that never saw that
writer. The pairs kept aside have no part in either. `pip install -e .[fit]` first; takes some minutes.
"""

import argparse
import csv
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import pairs_accuracy  # noqa: E402

from objection_docs.checking import anatomy, answers, points  # noqa: E402
from objection_docs.checking.claims import Claims  # noqa: E402
from objection_docs.checking.pairing import Pairing  # noqa: E402
from objection_docs.extraction.paper import from_text  # noqa: E402
from objection_docs.packs.answering import KINDS  # noqa: E402
from objection_docs.packs.rules import shipped  # noqa: E402
from objection_docs.text import normal  # noqa: E402

SEEN = 3  # a run of characters stands in so many sentences at least
STRENGTH = {"role": 0.5, "sentence": 0.003, "point": 0.02}
EVASIVE = 5.0  # what a sentence counts that speaks of a point and does not answer it, among those that answer none
HELD = 4  # characters of an answer that a sentence holds at least


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


def read(name: str, pair: dict) -> Example:
    pack = shipped()
    notice, reply = (anatomy.read(from_text(pair[side]), pack.words) for side in ("notice", "reply"))
    pairing = Pairing(notice, reply, points.find(notice, pack), pack)
    answered, hits = [], np.zeros((len(pairing.points), len(pairing.sentences)), bool)
    for i, point in enumerate(pairing.points):
        quote = normal(notice.quote(point.start, point.end))
        labels = [x for x in pair["points"] if pairs_accuracy._same(normal(x["quote"]), quote)]
        answered.append(all(x["answered"] for x in labels) if labels else None)
        for by in (normal(x["by"]) for x in labels if x["answered"]):
            at = reply.text.find(by)
            for s, sentence in enumerate(pairing.sentences):
                held = min(sentence.end, at + len(by)) - max(sentence.start, at)
                hits[i, s] |= at >= 0 and held >= min(HELD, len(by))
    writer = "0" if len(name) == 2 else name[0]
    features = [answers.role_features(sentence) for sentence in pairing.sentences]
    return Example(name, writer, pairing, answered, hits, features)


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


class Roles:
    """One model for each kind over the runs of characters of a sentence."""

    def __init__(self, examples: list[Example]):
        features = [numbers for example in examples for numbers in example.features]
        self.vectors = DictVectorizer()
        matrix = self.vectors.fit_transform(features)
        self.kept = np.asarray((matrix != 0).sum(axis=0)).ravel() >= SEEN
        self.models = {}
        for kind in KINDS:
            right = np.concatenate([example.role_hits(kind) for example in examples])
            weights = np.concatenate([example.role_weights(kind) for example in examples])
            model = LogisticRegression(C=STRENGTH["role"], max_iter=500)
            self.models[kind] = model.fit(matrix[:, self.kept], right, sample_weight=weights)

    def of(self, example: Example) -> list[dict[str, float]]:
        if not example.features:
            return []
        matrix = self.vectors.transform(example.features)[:, self.kept]
        told = {kind: model.decision_function(matrix) for kind, model in self.models.items()}
        return [dict(zip(told, map(float, values), strict=True)) for values in zip(*told.values(), strict=True)]

    def lines(self):
        names = self.vectors.get_feature_names_out()[self.kept]
        yield "role", "", *(f"{self.models[kind].intercept_[0]:.3f}" for kind in KINDS)
        for name, *values in zip(names, *(self.models[kind].coef_[0] for kind in KINDS), strict=True):
            if any(round(value, 2) for value in values):
                yield "role", name, *(f"{value:.2f}" for value in values)


def beside(example: Example, roles: list[dict]) -> list[tuple[str, dict]]:
    pairing = example.pairing
    return [
        (kind, pairing.seen(i, s, role[kind])) for i, kind in enumerate(pairing.kinds) for s, role in enumerate(roles)
    ]


def claimed(claims: Claims) -> list[tuple[str, dict]]:
    pairing = claims.pairing
    return [(kind, claims.beside(i, s)) for i, kind in enumerate(pairing.kinds) for s in range(len(pairing.sentences))]


class Stack:
    """The three models, fitted to some writers' pairs."""

    def __init__(self, examples: list[Example]):
        writers = sorted({example.writer for example in examples})
        others = {w: [example for example in examples if example.writer != w] for w in writers}
        below = {w: Roles(others[w]) for w in writers}
        told = {example.name: below[example.writer].of(example) for example in examples}
        rows = {example.name: beside(example, told[example.name]) for example in examples}
        self.role, self.sentence = Roles(examples), self._sentence(examples, rows)
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
    def _claims(example: Example, rows: list, roles: list, model: Model) -> Claims:
        return Claims(example.pairing, model.scores(rows).reshape(example.hits.shape).tolist(), roles)

    def lines(self):
        yield from self.role.lines()
        yield from self.sentence.lines("sentence")
        yield from self.again.lines("again")
        yield from self.point.lines("point")


def write(stack: Stack, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["part", "feature", *KINDS])
        rows.writerows(stack.lines())


def measure(examples: list[Example], verbose: bool) -> None:
    """Prints for each writer what is told of the pairs by what was learnt from the others."""
    pairs, whole = dict(pairs_accuracy.load("known")), pairs_accuracy.Count()
    with TemporaryDirectory() as folder:
        for writer in sorted({example.writer for example in examples}):
            path, count = Path(folder) / f"{writer}.csv", pairs_accuracy.Count()
            write(Stack([example for example in examples if example.writer != writer]), path)
            pack = replace(shipped(), answering_file=path)
            for name in (example.name for example in examples if example.writer == writer):
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
    examples = [read(name, pair) for name, pair in pairs_accuracy.load("known")]
    if arguments.measure:
        measure(examples, arguments.verbose)
    else:
        write(Stack(examples), ROOT / "checks" / "answering.csv")


if __name__ == "__main__":
    main()
