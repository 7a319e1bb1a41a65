"""Facts → Word, warm: ours against docxtpl as shipped, on the same form and the same facts."""

from io import BytesIO
from statistics import median

from docxtpl import DocxTemplate

from bench.measure import Figure, in_turn
from objection_docs import facts, generation
from objection_docs.packs import kinds

ROUNDS = 9
LIMIT = 10


def as_shipped(form: str, values: dict) -> bytes:
    template = DocxTemplate(form)
    template.render(values)
    out = BytesIO()
    template.save(out)
    return out.getvalue()


def figures() -> list[Figure]:
    pairs = []
    for kind in kinds.kinds().values():
        given = facts.read(kind, facts.sample(kind))
        pairs.append(
            in_turn(
                lambda kind=kind, given=given: generation.render(kind, given),
                lambda kind=kind, given=given: as_shipped(str(kind.form), dict(given.values)),
                ROUNDS,
            )
        )
    ours, theirs = median(a for a, _ in pairs), median(b for _, b in pairs)
    ratio = median(b / a for a, b in pairs)
    return [
        Figure(
            what="render one letter, warm (median of the kinds)",
            ours=f"{ours:.1f} ms CPU",
            beside=f"docxtpl {theirs:.1f} ms CPU",
            ratio=f"{ratio:.1f}× faster",
            limit=f"≥ {LIMIT}×",
            kept=ratio >= LIMIT,
        )
    ]
