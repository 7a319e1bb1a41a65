"""checks/recourse.yaml → where one can go who isn't content with an answer, by procedure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

import marshmallow as ma

from objection_docs.errors import DataFileError
from objection_docs.packs import courses, layers, procedures, yaml_file
from objection_docs.packs.patterns import normal_pattern

#: Where a way comes from.
SOURCES = ("law", "seed")


@dataclass(frozen=True, slots=True)
class Way:
    """One way. `limit`: id of the procedure's limit that it has to keep, or ""; `within`: that limit in words.

    `source`: law, or seed where only the procedure's own words or the contract say so. `only`: the bodies that it may
    go to, where there is one sort alone, and `act`: the words by which a letter is seen to send somebody this way.
    `examples`: right and wrong → sentences of letters, each with its place in the file.
    """

    way: str
    body: str = ""
    limit: str = ""
    within: str = ""
    source: str = "law"
    basis: str = ""
    act: re.Pattern = re.compile("投诉")
    only: re.Pattern | None = None
    examples: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """“向同级财政部门提起投诉”."""
        return f"向{self.body}{self.way}" if self.body else self.way


class _ExamplesSchema(ma.Schema):
    right = ma.fields.List(ma.fields.String(), load_default=list)
    wrong = ma.fields.List(ma.fields.String(), load_default=list)


class _WaySchema(ma.Schema):
    way = ma.fields.String(required=True)
    body = ma.fields.String(load_default="")
    limit = ma.fields.String(load_default="")
    within = ma.fields.String(load_default="")
    source = ma.fields.String(load_default="law", validate=ma.validate.OneOf(SOURCES, error="只能是 law 或 seed"))
    basis = ma.fields.String(load_default="")
    act = ma.fields.String(load_default="投诉")
    only = ma.fields.String(load_default="")
    examples = ma.fields.Nested(_ExamplesSchema, load_default=dict)


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
        out[name] = tuple(_way(way, partial(loaded.where, "procedures", name, i)) for i, way in enumerate(ways))
    return out


def _way(given: Mapping, where: Callable[..., str]) -> Way:
    patterns = {}
    for key in ("act", "only"):
        try:
            patterns[key] = re.compile(normal_pattern(given[key])) if given[key] else None
        except re.error as error:
            raise DataFileError(f"表达式写法有误（{error}）", where=where(key)) from error
    examples = {
        outcome: tuple((text, where("examples", outcome, i)) for i, text in enumerate(texts))
        for outcome, texts in given["examples"].items()
    }
    return Way(**{**given, **patterns, "examples": examples})


def ways(procedure: str) -> tuple[Way, ...]:
    """What one can do after an answer in this procedure; empty where nothing is written down."""
    return layers.read(_ways).get(procedure, ())


@cache
def _ways(roots: layers.Roots) -> Mapping[str, tuple[Way, ...]]:
    return {name: found for path in layers.files("recourse.yaml", roots) for name, found in read(path).items()}
