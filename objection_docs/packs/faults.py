"""checks/faults/*.yaml → what faults are called and how they are told, and the table of laws no longer in force."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

import marshmallow as ma

from objection_docs.packs import layers, yaml_file
from objection_docs.text import normal


@dataclass(frozen=True, slots=True)
class Wording:
    label: str
    message: str


@dataclass(frozen=True, slots=True)
class EndedLaw:
    """A law that is no longer in force from `until` on. `keys`: names one of which must stand in a text that cites it;
    `pattern`: how it is cited, in normal text."""

    keys: tuple[str, ...]
    pattern: re.Pattern
    until: date
    successor: str


@dataclass(frozen=True, slots=True)
class Renumbered:
    """An article whose number was changed at `since`; `about`: what a letter says when it means its old content."""

    pattern: re.Pattern
    about: re.Pattern
    since: date
    successor: str


class _WordingSchema(ma.Schema):
    label = ma.fields.String(required=True)
    message = ma.fields.String(required=True)


class _LawSchema(ma.Schema):
    name = ma.fields.String(required=True)
    short = ma.fields.List(ma.fields.String(), load_default=list)
    until = ma.fields.Date(required=True)
    successor = ma.fields.String(required=True)


class _RenumberedSchema(ma.Schema):
    law = ma.fields.String(required=True)
    article = ma.fields.String(required=True)
    about = ma.fields.String(required=True)
    since = ma.fields.Date(required=True)
    successor = ma.fields.String(required=True)


class _LawsSchema(ma.Schema):
    laws = ma.fields.List(ma.fields.Nested(_LawSchema), load_default=list)
    renumbered = ma.fields.List(ma.fields.Nested(_RenumberedSchema), load_default=list)


def wordings() -> Mapping[str, Wording]:
    """Fault code → its label and message."""
    return layers.read(_wordings)


@cache
def _wordings(roots: layers.Roots) -> Mapping[str, Wording]:
    """Of the first file every code of ours; others name codes of their own, or ours in other words."""
    out: dict[str, Wording] = {}
    for path in layers.files("faults/labels.yaml", roots):
        codes = yaml_file.read(path, ma.Schema(unknown=ma.INCLUDE)) if out else CODES
        schema = ma.Schema.from_dict({code: ma.fields.Nested(_WordingSchema, required=True) for code in codes})()
        out |= {code: Wording(**words) for code, words in yaml_file.read(path, schema).items()}
    return out


def _cited(name: str, short: list[str]) -> re.Pattern:
    """A law as letters cite it: in title marks, or bare beside an article or a word of reliance."""
    bare = rf"(?<!劳动)(?<!《)(?:中华人民共和国)?{re.escape(name)}"  # not 劳动合同法, and not 物权法律关系
    ways = [
        rf"《(?:中华人民共和国)?{re.escape(name)}》",
        rf"{bare}(?=的?(?:有关|相关)?(?:规定|条款)|第[一二三四五六七八九十百\d]+条)",
        rf"(?<=依据){bare}|(?<=根据){bare}|(?<=按照){bare}|(?<=依照){bare}|(?<=违反){bare}",
        *map(re.escape, short),
    ]
    return re.compile("|".join(ways))


def laws() -> tuple[tuple[EndedLaw, ...], tuple[Renumbered, ...]]:
    """Laws that ended, and articles that were renumbered."""
    return layers.read(_laws)


@cache
def _laws(roots: layers.Roots) -> tuple[tuple[EndedLaw, ...], tuple[Renumbered, ...]]:
    files = [yaml_file.read(path, _LawsSchema()) for path in layers.files("faults/laws.yaml", roots)]
    data = {key: [item for file in files for item in file[key]] for key in ("laws", "renumbered")}
    ended = tuple(
        EndedLaw(
            tuple(normal(name) for name in (law["name"], *law["short"])),
            _cited(normal(law["name"]), [normal(short) for short in law["short"]]),
            law["until"],
            law["successor"],
        )
        for law in data["laws"]
    )
    renumbered = tuple(
        Renumbered(
            re.compile(rf"(?:中华人民共和国)?{normal(item['law'])}》?{normal(item['article'])}"),
            re.compile(normal(item["about"])),
            item["since"],
            item["successor"],
        )
        for item in data["renumbered"]
    )
    return ended, renumbered


CODES = (
    "amount_mismatch",
    "repealed_law",
    "article_renumbered",
    "attachment_mismatch",
    "party_name_inconsistent",
    "date_impossible",
    "credit_code_invalid",
    "id_number_invalid",
    "deadline_exceeded",
    "deadline_missed",
    "wrong_last_day",
    "wrong_authority",
    "left_open",
)
