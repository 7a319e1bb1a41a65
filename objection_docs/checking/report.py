"""What checking one letter found: plain values, and their JSON as design promises it."""

from dataclasses import asdict, dataclass, field

from objection_docs.extraction.paper import Box

DEFICIENT = ("vague", "blank", "missing")


@dataclass(frozen=True, slots=True)
class ElementFinding:
    id: str
    label: str
    level: str  # required | recommended | optional
    status: str  # present | vague | blank | missing | not_applicable
    quote: str
    page: int | None
    boxes: tuple[Box, ...]
    reason: str
    advice: str
    authority: str


@dataclass(frozen=True, slots=True)
class Place:
    quote: str
    page: int | None
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """`other`: the second place, where two places of the letter disagree."""

    code: str
    label: str
    message: str
    quote: str
    page: int | None
    boxes: tuple[Box, ...]
    other: Place | None = None


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

    @property
    def verdict(self) -> str:
        """incomplete: something that the procedure requires is vague, blank or missing."""
        wanting = any(e.status in DEFICIENT and e.level == "required" for e in self.elements)
        return "incomplete" if wanting else "complete"

    def to_dict(self) -> dict:
        data = asdict(self)
        data["verdict"] = self.verdict
        others = (fault["other"] for fault in data["faults"] if fault["other"])
        for item in (*data["elements"], *data["faults"], *others):
            item["boxes"] = [[round(edge, 1) for edge in box] for box in item["boxes"]]
        order = (
            "pages",
            "kind",
            "kind_label",
            "kind_confidence",
            "procedure",
            "verdict",
            "elements",
            "faults",
            "fields",
        )
        return {
            **{key: data[key] for key in order},
            "warnings": list(self.warnings),
            "rules_version": self.rules_version,
        }
