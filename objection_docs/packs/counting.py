"""checks/counting.yaml → the ways in which periods are counted, each step with its article."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import marshmallow as ma
from marshmallow import fields, validate

from objection_docs.folders import folder
from objection_docs.packs import yaml_file


@dataclass(frozen=True, slots=True)
class Counting:
    """One way to count. `rollover`: rest_days, holidays or none; `hours_from`: moment or next_hour;
    `in_time`: arrival or posting. The others are the articles."""

    id: str
    label: str
    day_of_event: str
    hours_from: str
    hours: str
    end_of_month: str
    rollover: str
    rollover_authority: str
    close: str
    in_time: str
    in_time_authority: str


def _one_of(*values: str) -> fields.String:
    return fields.String(required=True, validate=validate.OneOf(values, error=f"只能是 {'、'.join(values)}"))


class _CountingSchema(ma.Schema):
    label = fields.String(required=True)
    day_of_event = fields.String(required=True)
    hours_from = _one_of("moment", "next_hour")
    hours = fields.String(required=True)
    end_of_month = fields.String(required=True)
    rollover = _one_of("rest_days", "holidays", "none")
    rollover_authority = fields.String(required=True)
    close = fields.String(required=True)
    in_time = _one_of("arrival", "posting")
    in_time_authority = fields.String(required=True)


class _FileSchema(ma.Schema):
    """Any name of a way to count, then its keys."""

    class Meta:
        unknown = ma.INCLUDE

    @ma.validates_schema(pass_original=True)
    def _each(self, _data, original, **_):
        schema = _CountingSchema()
        faults = {name: found for name, keys in original.items() if (found := schema.validate(keys))}
        if faults:
            raise ma.ValidationError(faults)


@cache
def countings() -> Mapping[str, Counting]:
    """All ways to count by id. Raises DataFileError with file and line."""
    data = yaml_file.read(folder("checks") / "counting.yaml", _FileSchema())
    return {name: Counting(name, **keys) for name, keys in data.items()}
