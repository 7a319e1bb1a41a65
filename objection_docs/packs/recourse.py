"""checks/recourse.yaml → where one can go who isn't content with an answer, by procedure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import marshmallow as ma

from objection_docs.errors import DataFileError
from objection_docs.packs import courses, layers, procedures, yaml_file
from objection_docs.packs.patterns import normal_pattern


@dataclass(frozen=True, slots=True)
class Way:
    """One way. `limit`: id of the procedure's limit that it has to keep, or ""; `within`: that limit in words; `only`:
    the bodies that it may go to, where the law names one sort alone."""

    way: str
    body: str = ""
    limit: str = ""
    within: str = ""
    basis: str = ""
    only: re.Pattern | None = None


class _WaySchema(ma.Schema):
    way = ma.fields.String(required=True)
    body = ma.fields.String(load_default="")
    limit = ma.fields.String(load_default="")
    within = ma.fields.String(load_default="")
    basis = ma.fields.String(load_default="")
    only = ma.fields.String(load_default="")


class _RecourseSchema(ma.Schema):
    procedures = ma.fields.Dict(ma.fields.String(), ma.fields.List(ma.fields.Nested(_WaySchema)), required=True)


def read(path: Path) -> Mapping[str, tuple[Way, ...]]:
    """The ways of one file. Raises DataFileError with file and line."""
    loaded = yaml_file.load(path, _RecourseSchema())
    out = {}
    for name, ways in loaded.data["procedures"].items():
        if name not in procedures.procedures():
            raise DataFileError(f"没有“{name}”这个程序", where=loaded.where("procedures", name))
        for i, way in enumerate(ways):
            if way["limit"] and way["limit"] not in courses.course(name).limits:
                where = loaded.where("procedures", name, i, "limit")
                raise DataFileError(f"这一程序没有“{way['limit']}”这项期限", where=where)
        out[name] = tuple(
            Way(**{**way, "only": re.compile(normal_pattern(way["only"])) if way["only"] else None}) for way in ways
        )
    return out


def ways(procedure: str) -> tuple[Way, ...]:
    """What one can do after an answer in this procedure; empty where nothing is written down."""
    return layers.read(_ways).get(procedure, ())


@cache
def _ways(roots: layers.Roots) -> Mapping[str, tuple[Way, ...]]:
    return {name: found for path in layers.files("recourse.yaml", roots) for name, found in read(path).items()}
