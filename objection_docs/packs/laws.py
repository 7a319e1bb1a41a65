"""checks/laws.yaml → the laws that procedures cite, each with the text meant and the dates of its being in force."""

from dataclasses import dataclass
from datetime import date
from functools import cache

import marshmallow as ma
from marshmallow import fields

from objection_docs.packs import layers, yaml_file


@dataclass(frozen=True, slots=True)
class Law:
    """`cited`: how an authority names it. `text`: the amended text that is meant, empty where there is only one.

    `since`, `until`: first and last day on which that text is in force; None where it still is.
    """

    name: str
    cited: tuple[str, ...]
    since: date
    until: date | None = None
    text: str = ""


class _LawSchema(ma.Schema):
    name = fields.String(required=True)
    cited = fields.List(fields.String())
    text = fields.String()
    since = fields.Date(required=True)
    until = fields.Date()


class _FileSchema(ma.Schema):
    laws = fields.List(fields.Nested(_LawSchema), required=True)


def laws() -> tuple[Law, ...]:
    """All of them, in the order of the files. Raises DataFileError with file and line."""
    return layers.read(_laws)


@cache
def _laws(roots: layers.Roots) -> tuple[Law, ...]:
    rows = [row for path in layers.files("laws.yaml", roots) for row in yaml_file.read(path, _FileSchema())["laws"]]
    return tuple(Law(**{**row, "cited": tuple(row.get("cited", [row["name"]]))}) for row in rows)


def named_in(text: str) -> tuple[Law, ...]:
    """The laws that `text` cites."""
    return tuple(law for law in laws() if any(name in text for name in law.cited))
