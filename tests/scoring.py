"""Labelled letters and the reports on them → figures. Pure: nothing is read, nothing is printed.

What the columns mean:
  n        letters                unread   of these, no report with elements came
  kind     share of letters whose kind was recognised
  exact    share of elements whose status is right
  P R F1   of finding deficient elements (vague, blank or missing), the status itself left aside
  verdict  share of letters whose complete/incomplete verdict is right, every element of the kind taken as required
  quote    share of rightly-present elements whose quote overlaps the labelled words
  fields   share of labelled values (sender, recipient, date) that were read
  faultP/R precision and recall of the planted faults
  alarms   false alarms (sound elements told deficient, faults that are none) per complete letter
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

DEFICIENT = frozenset({"vague", "blank", "missing"})
#: The codes that the labels know; a report may tell of others, which are not scored.
LABELLED_FAULTS = frozenset(
    {
        "amount_mismatch",
        "repealed_law",
        "attachment_mismatch",
        "party_name_inconsistent",
        "date_impossible",
        "credit_code_invalid",
        "deadline_exceeded",
    }
)
UNSCORED_FIELDS = frozenset({"reference"})  # several numbers of one letter can claim the place
COLUMNS = ("n", "unread", "kind", "exact", "P", "R", "F1", "verdict", "quote", "fields", "faultP", "faultR", "alarms")


@dataclass
class Score:
    """What one letter adds: counts to sum up, outcomes per element, and each miss in words."""

    kind: str
    counts: Counter = field(default_factory=Counter)
    elements: dict[str, tuple[bool, bool]] = field(default_factory=dict)  # id → (status right, present-or-not right)
    faults: dict[str, str] = field(default_factory=dict)  # code → found, false or lost
    misses: list[str] = field(default_factory=list)


def squash(value: object) -> str:
    """`value` as text without white space; "" for nothing."""
    return re.sub(r"\s", "", str(value or ""))


def overlaps(one: object, other: object) -> bool:
    """Whether two quotes speak of the same words: one holds the other, or they share two in five character pairs."""
    a, b = squash(one), squash(other)
    if not a or not b:
        return False
    if a in b or b in a:
        return True
    pairs_a, pairs_b = ({s[i : i + 2] for i in range(len(s) - 1)} for s in (a, b))
    if not pairs_a or not pairs_b:
        return False
    return len(pairs_a & pairs_b) >= 0.4 * min(len(pairs_a), len(pairs_b))


def same_value(name: str, got: object, want: object) -> bool:
    """Whether the field `name` was read; a party's name counts with or without its department."""
    a, b = squash(got), squash(want)
    return a == b or (name != "date" and len(a) > 3 and (a in b or b in a))


def score_letter(letter: dict, report: dict | None) -> Score:
    """The labels of one letter against the report on it (None: there is none)."""
    report = report or {}
    score = Score(letter["kind"])
    recognised = report.get("kind") == letter["kind"]
    elements = {e["id"]: e for e in report.get("elements", [])} if recognised else {}
    labels = letter["labels"]
    deficient = any(label["status"] in DEFICIENT for label in labels.values())
    found_deficient = any(e["status"] in DEFICIENT for e in elements.values())
    score.counts.update(
        n=1,
        unread="elements" not in report,
        kind=recognised,
        verdict=bool(elements) and deficient == found_deficient,
    )
    for name, label in labels.items():
        _score_element(score, letter["id"], name, label, elements.get(name))
    _score_fields(score, letter, report.get("fields") or {})
    _score_faults(score, letter, report.get("faults") or [])
    if not deficient:
        score.counts.update(complete=1, alarms=score.counts["false"] + score.counts["faults_false"])
    return score


def _score_element(score: Score, letter_id: str, name: str, label: dict, element: dict | None) -> None:
    want, got = label["status"], element["status"] if element else "none"
    wanted, told = want in DEFICIENT, got in DEFICIENT
    counted = told or element is None  # no answer at all is wrong for a sound element and for a deficient one
    score.counts.update(
        elements=1,
        exact=got == want,
        found=wanted and told,
        false=not wanted and counted,
        lost=wanted and not told,
    )
    if want == got == "present":
        score.counts.update(quotable=1, quote=overlaps(label.get("quote"), element.get("quote")))
    score.elements[name] = (got == want, wanted == counted)
    if got != want:
        was, now = squash(label.get("quote"))[:40], squash((element or {}).get("quote"))[:40]
        score.misses.append(f"{letter_id} {name}: want {want} «{was}» got {got} «{now}»")


def _score_fields(score: Score, letter: dict, got: dict) -> None:
    for name, want in (letter.get("fields") or {}).items():
        if name in UNSCORED_FIELDS:
            continue
        right = same_value(name, got.get(name), want)
        score.counts.update(values=1, fields=right)
        if not right:
            score.misses.append(f"{letter['id']} field {name}: want {want} got {got.get(name)}")


def _score_faults(score: Score, letter: dict, faults: list[dict]) -> None:
    want = set(letter.get("issues") or [])
    got = {fault["code"] for fault in faults} & LABELLED_FAULTS
    score.counts.update(faults_found=len(want & got), faults_false=len(got - want), faults_lost=len(want - got))
    for outcome, codes in (("found", want & got), ("false", got - want), ("lost", want - got)):
        score.faults.update(dict.fromkeys(codes, outcome))
    if want != got:
        score.misses.append(f"{letter['id']} faults: want {sorted(want)} got {sorted(got)}")


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def figures(scores: Iterable[Score]) -> dict[str, float]:
    """The row of COLUMNS for some letters; a share of nothing is NaN."""
    sums: Counter = Counter()
    for score in scores:
        sums.update(score.counts)
    precision = _share(sums["found"], sums["found"] + sums["false"])
    recall = _share(sums["found"], sums["found"] + sums["lost"])
    return {
        "n": sums["n"],
        "unread": sums["unread"],
        "kind": _share(sums["kind"], sums["n"]),
        "exact": _share(sums["exact"], sums["elements"]),
        "P": precision,
        "R": recall,
        "F1": _share(2 * precision * recall, precision + recall),
        "verdict": _share(sums["verdict"], sums["n"]),
        "quote": _share(sums["quote"], sums["quotable"]),
        "fields": _share(sums["fields"], sums["values"]),
        "faultP": _share(sums["faults_found"], sums["faults_found"] + sums["faults_false"]),
        "faultR": _share(sums["faults_found"], sums["faults_found"] + sums["faults_lost"]),
        "alarms": _share(sums["alarms"], sums["complete"]),
    }


def by_kind(scores: Iterable[Score]) -> dict[str, dict[str, float]]:
    """A row of figures for each kind, and one for `all`."""
    scores = list(scores)
    kinds = sorted({score.kind for score in scores})
    rows = {kind: figures(score for score in scores if score.kind == kind) for kind in kinds}
    return {**rows, "all": figures(scores)}


def by_element(scores: Iterable[Score]) -> dict[tuple[str, str], dict[str, float]]:
    """(kind, element) → n, share of right statuses, share of right present-or-not."""
    gathered: dict[tuple[str, str], list[tuple[bool, bool]]] = {}
    for score in scores:
        for name, outcome in score.elements.items():
            gathered.setdefault((score.kind, name), []).append(outcome)
    return {
        key: {
            "n": len(outcomes),
            "exact": _share(sum(exact for exact, _ in outcomes), len(outcomes)),
            "present-or-not": _share(sum(binary for _, binary in outcomes), len(outcomes)),
        }
        for key, outcomes in sorted(gathered.items())
    }


def by_fault(scores: Iterable[Score]) -> dict[str, dict[str, float]]:
    """Code → how many were planted, precision and recall."""
    sums = Counter((code, outcome) for score in scores for code, outcome in score.faults.items())
    return {
        code: {
            "planted": sums[code, "found"] + sums[code, "lost"],
            "P": _share(sums[code, "found"], sums[code, "found"] + sums[code, "false"]),
            "R": _share(sums[code, "found"], sums[code, "found"] + sums[code, "lost"]),
        }
        for code in sorted(LABELLED_FAULTS)
    }
