"""What checking one letter found: plain values, and their JSON as design promises it."""

from dataclasses import dataclass, field

from objection_docs.extraction.paper import Box
from objection_docs.labels import LEFT_OPEN

DEFICIENT = ("vague", "blank", "missing")


@dataclass(frozen=True, slots=True)
class OnPage:
    """Where a quote goes on after a page break."""

    page: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Words of the letter, the page that they begin on with one box for each line, and the pages that they go on to.

    `span`: where they begin and end in the letter's text as it is kept (`Paper.paged_text`).
    """

    quote: str = ""
    page: int | None = None
    boxes: tuple[Box, ...] = ()
    continues: tuple[OnPage, ...] = ()
    span: tuple[int, int] | None = None

    def to_dict(self) -> dict:
        return {
            "quote": self.quote,
            "page": self.page,
            "boxes": _rounded(self.boxes),
            "continues": [{"page": more.page, "boxes": _rounded(more.boxes)} for more in self.continues],
            "span": list(self.span) if self.span else None,
        }


@dataclass(frozen=True, slots=True)
class ElementFinding:
    """`level`: required, recommended or optional. `status`: present, vague, blank, missing or not_applicable."""

    id: str
    label: str
    level: str
    status: str
    place: Place
    reason: str
    advice: str
    authority: str

    @property
    def quote(self) -> str:
        return self.place.quote

    def to_dict(self) -> dict:
        head = {"id": self.id, "label": self.label, "level": self.level, "status": self.status}
        said = {"reason": self.reason, "advice": self.advice, "authority": self.authority}
        return {**head, **self.place.to_dict(), **said}


@dataclass(frozen=True, slots=True)
class Fault:
    """`other`: the second place, where two places of the letter disagree."""

    code: str
    label: str
    message: str
    place: Place
    other: Place | None = None

    def to_dict(self) -> dict:
        head = {"code": self.code, "label": self.label, "message": self.message}
        return {**head, **self.place.to_dict(), "other": self.other.to_dict() if self.other else None}


@dataclass(frozen=True, slots=True)
class Report:
    pages: int
    kind: str
    kind_label: str
    kind_confidence: float
    procedure: str
    elements: tuple[ElementFinding, ...]
    faults: tuple[Fault, ...] = ()
    fields: dict = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    rules_version: str = ""
    procedure_label: str = ""
    title: str = ""

    @property
    def verdict(self) -> str:
        """incomplete: something that the procedure requires is vague, blank or missing, or a place was left open."""
        wanting = any(e.status in DEFICIENT and e.level == "required" for e in self.elements)
        return "incomplete" if wanting or any(f.code == LEFT_OPEN for f in self.faults) else "complete"

    def to_dict(self) -> dict:
        return {
            "pages": self.pages,
            "title": self.title,
            "kind": self.kind,
            "kind_label": self.kind_label,
            "kind_confidence": self.kind_confidence,
            "procedure": self.procedure,
            "procedure_label": self.procedure_label,
            "verdict": self.verdict,
            "elements": [e.to_dict() for e in self.elements],
            "faults": [f.to_dict() for f in self.faults],
            "fields": dict(self.fields),
            "warnings": list(self.warnings),
            "rules_version": self.rules_version,
        }


def _rounded(boxes: tuple[Box, ...]) -> list[list[float]]:
    return [[round(edge, 1) for edge in box] for box in boxes]
