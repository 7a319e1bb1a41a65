"""checks/letter_dates.yaml → what a letter tells of the dates of letters before it, beside its own date."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import marshmallow as ma
from marshmallow import fields, validate

from objection_docs.packs import layers, yaml_file

#: A letter's own date, as facts and reports alike call it.
OWN = "date"


@dataclass(frozen=True, slots=True)
class Mention:
    """`fact`: the name under which a generated letter has the date; `element`: where a checked one has it, or empty.

    `of`: the kinds of letter that may be meant; `at`: date, or receipt, of that letter.
    """

    fact: str
    of: tuple[str, ...]
    at: str
    element: str = ""


def _schema(kinds: Iterable[str]) -> ma.Schema:
    known = validate.OneOf(kinds, error=f"没有这种文书，可用：{'、'.join(kinds)}")

    class MentionSchema(ma.Schema):
        fact = fields.String(required=True)
        element = fields.String()
        of = fields.List(fields.String(validate=known), required=True, validate=validate.Length(1, error="至少写一种"))
        at = fields.String(required=True, validate=validate.OneOf(("date", "receipt"), error="只能是 date、receipt"))

        @ma.post_load
        def _mention(self, data, **_):
            return Mention(**data | {"of": tuple(data["of"])})

    return ma.Schema.from_dict({kind: fields.List(fields.Nested(MentionSchema)) for kind in kinds})()


def mentions() -> Mapping[str, tuple[Mention, ...]]:
    """Kind → what a letter of that kind tells."""
    return layers.read(_mentions)


@cache
def _mentions(roots: layers.Roots) -> Mapping[str, tuple[Mention, ...]]:
    return {kind: found for path in layers.files("letter_dates.yaml", roots) for kind, found in read(path).items()}


def read(path: Path) -> Mapping[str, tuple[Mention, ...]]:
    """As `mentions`, of one file. Raises DataFileError with file and line."""
    kinds = sorted({found.parent.name for found in layers.files("*/kind.yaml", layers.checks())})
    return {kind: tuple(found) for kind, found in yaml_file.read(path, _schema(kinds)).items()}
