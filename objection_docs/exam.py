"""Rules put to the test: the examples in their files, and letters that they see otherwise than the shipped rules."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from objection_docs import checking, extraction
from objection_docs.checking import anatomy
from objection_docs.checking.decide import Judge
from objection_docs.errors import DataFileError
from objection_docs.packs import labelled, procedures, recourse
from objection_docs.packs.rules import CheckKind, Element, Rules, rules, shipped

__all__ = [
    "Change",
    "Failure",
    "Outcome",
    "broken",
    "changes",
    "examples",
    "recourse_examples",
    "rules",
    "run",
    "shipped",
]

#: The kind of letter that sends somebody on.
_REPLY = "disposition_reply"


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that comes out otherwise than its file says. `rule`: place of the rule that decided, if any."""

    where: str
    kind: str
    element: str
    wanted: str
    got: str
    text: str
    quote: str
    rule: str


@dataclass(frozen=True, slots=True)
class Change:
    """One element of one letter that two sets of rules see differently. `label`: as a person sees it, or empty."""

    letter: str
    element: str
    before: str
    after: str
    quote: str
    rule: str
    label: str

    @property
    def worth(self) -> str:
        """better | worse | "" when neither is right, or nobody knows."""
        if not self.label:
            return ""
        return "better" if self.after == self.label else "worse" if self.before == self.label else ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """All of one run. `letters` is 0 where nothing was compared."""

    examples: int
    failures: tuple[Failure, ...]
    letters: int
    changes: tuple[Change, ...]

    def count(self, worth: str) -> int:
        return sum(change.worth == worth for change in self.changes)


def broken(of: Rules) -> list[DataFileError]:
    """The mistakes of the rule files that keep elements from being read, one for each element."""
    found: dict[str, DataFileError] = {}
    for kind in of.kinds.values():
        for name in kind.element_ids:
            try:
                kind.element(name)
            except DataFileError as error:
                found[str(error)] = error
    return list(found.values())


def _deciding(paper: extraction.Paper, element: Element, of: Rules) -> str:
    hit = Judge(anatomy.read(paper, of.words), of).decide(element)
    return hit.rule.where if hit else ""


def _finding(paper: extraction.Paper, kind: str, element: str, of: Rules) -> checking.ElementFinding:
    return next(e for e in checking.check(paper, kind, pack=of).elements if e.id == element)


def _failures(kind: CheckKind, element: Element, of: Rules) -> Iterator[Failure]:
    for status, texts in element.examples.items():
        for text, where in zip(texts, element.example_places[status], strict=True):
            paper = extraction.from_text(text)
            found = _finding(paper, kind.id, element.id, of)
            if found.status != status:
                rule = _deciding(paper, element, of)
                yield Failure(where, kind.id, element.id, status, found.status, text.strip(), found.quote, rule)


def examples(of: Rules) -> tuple[int, list[Failure]]:
    """How many examples there are, and those that don't hold."""
    count, failures = 0, []
    for kind in of.kinds.values():
        for element in kind.elements:
            count += sum(map(len, element.examples.values()))
            failures += _failures(kind, element, of)
    return count, failures


def recourse_examples() -> tuple[int, list[Failure]]:
    """As `examples`, of the sentences that send somebody on, in the rules in force."""
    count, failures = 0, []
    for procedure in procedures.procedures():
        for way in recourse.ways(procedure):
            for wanted, texts in way.examples.items():
                count += len(texts)
                failures += (f for text, where in texts if (f := _misled(procedure, text, wanted, where)))
    return count, failures


def _misled(procedure: str, text: str, wanted: str, where: str) -> Failure | None:
    told = checking.check(extraction.from_text(text), _REPLY, procedure).faults
    fault = next((one for one in told if one.code == "wrong_authority"), None)
    got = "wrong" if fault else "right"
    if got == wanted:
        return None
    rule, quote = (f"{procedure} 救济途径", fault.place.quote) if fault else ("", "")
    return Failure(where, _REPLY, "recourse", wanted, got, text.strip(), quote, rule)


def _paper(letter: labelled.Labelled) -> extraction.Paper:
    if letter.file is None:
        return extraction.from_text(letter.text)
    return extraction.read(letter.file.read_bytes(), letter.file.name)


def _statuses(paper: extraction.Paper, kind: str, of: Rules) -> dict[str, checking.ElementFinding]:
    return {e.id: e for e in checking.check(paper, kind, pack=of).elements} if kind in of.kinds else {}


def changes(before: Rules, after: Rules, letters: Iterable[labelled.Labelled]) -> list[Change]:
    """Each element that `after` sees otherwise than `before`; the kind of a letter is taken from its label."""
    out = []
    for letter in letters:
        after.kind(letter.kind)
        paper = _paper(letter)
        old, new = (_statuses(paper, letter.kind, of) for of in (before, after))
        elements = {e.id: e for e in after.kind(letter.kind).elements}
        for name in dict.fromkeys((*old, *new)):
            was, now = (found[name].status if name in found else "" for found in (old, new))
            if was == now:
                continue
            rule = _deciding(paper, elements[name], after) if name in elements else ""
            quote = new[name].quote if name in new else ""
            out.append(Change(letter.id, name, was, now, quote, rule, letter.labels.get(name, "")))
    return out


def run(folders: tuple[Path, ...] = (), letters: Path | None = None) -> Outcome:
    """The examples of the rules in force (with `folders` on top), then the letters, when there is something to compare.

    Raises DataFileError for the first broken file; `broken` tells them all.
    """
    effective = rules(*folders)
    runs = (examples(effective), recourse_examples())
    count, failures = sum(run[0] for run in runs), tuple(failure for run in runs for failure in run[1])
    if letters is None or effective is shipped():
        return Outcome(count, failures, 0, ())
    given = labelled.letters(letters)
    return Outcome(count, failures, len(given), tuple(changes(shipped(), effective, given)))
