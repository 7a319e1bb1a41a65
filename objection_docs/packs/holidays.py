"""checks/holidays/*.yaml, the shipped ones and a user's own → the calendar that limits are reckoned with.

A file is the arrangement of one year (`year`), or the further days off of one region (`region`); `estimated` tells
that the year's notice isn't known yet. A user's file of the same name takes the place of ours.
"""

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import marshmallow as ma
from marshmallow import fields

from objection_docs.errors import DataFileError, UsageError
from objection_docs.packs import layers, yaml_file
from objection_docs.workdays import Arrangement, Calendar

_LONGEST = 30  # days of one holiday


def _day(**keys) -> fields.Date:
    return fields.Date(error_messages={"invalid": "这里应当是日期，如 2027-01-01"}, **keys)


class _OffSchema(ma.Schema):
    name = fields.String(required=True)
    from_ = _day(required=True, data_key="from")
    to = _day()

    @ma.validates_schema
    def _in_order(self, data, **_):
        if not 0 <= (data.get("to", data["from_"]) - data["from_"]).days < _LONGEST:
            raise ma.ValidationError(f"to 不能早于 from，也不能晚 {_LONGEST} 天以上", "to")


class _FileSchema(ma.Schema):
    year = fields.Integer(strict=True)
    region = fields.String()
    estimated = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    source = fields.String(required=True)
    off = fields.List(fields.Nested(_OffSchema), required=True)
    work = fields.List(_day(), load_default=list)

    @ma.validates_schema
    def _year_or_region(self, data, **_):
        if ("year" in data) == ("region" in data):
            raise ma.ValidationError("year（某一年的放假安排）和 region（某一地区另有的假日）要写一个，也只能写一个")
        if "region" in data and (data["work"] or data["estimated"]):
            raise ma.ValidationError("地区的假日文件只写 off", "region")
        self._days_fit(data)

    def _days_fit(self, data: dict) -> None:
        off: set[date] = set()
        for i, item in enumerate(data["off"]):
            for day in _span(item):
                if "year" in data and day.year != data["year"]:
                    raise ma.ValidationError({"off": {i: [f"{day} 不在 {data['year']} 年"]}})
                if day in off:
                    raise ma.ValidationError({"off": {i: [f"{day} 写了两次"]}})
                off.add(day)
        for i, day in enumerate(data["work"]):
            if day.year != data.get("year") or day in off:
                raise ma.ValidationError({"work": {i: [f"{day} 不在这一年，或同时写成了放假"]}})
            if day.weekday() < 5:
                raise ma.ValidationError({"work": {i: [f"{day} 不是周六或周日，本来就上班，不用写"]}})


def _span(item: dict) -> list[date]:
    days = (item.get("to", item["from_"]) - item["from_"]).days
    return [item["from_"] + timedelta(days=n) for n in range(days + 1)]


def _load(path: Path) -> Arrangement:
    loaded = yaml_file.load(path, _FileSchema())
    data = loaded.data
    off = {day: item["name"] for item in data["off"] for day in _span(item)}
    if data.get("year") and not data["estimated"] and len(off) < 7:
        said = f"全年只写了 {len(off)} 天放假；要写全这一年的安排，只知道一部分时请加 estimated: true"
        raise DataFileError(said, where=loaded.where("off"))
    return Arrangement(
        off, frozenset(data["work"]), data.get("year", 0), data.get("region", ""), data["estimated"], data["source"]
    )


@cache
def _arrangements(roots: tuple[Path, ...]) -> tuple[Arrangement, ...]:
    files: dict[str, Path] = {}
    for root in roots:
        files |= {path.name: path for path in sorted((root / "holidays").glob("*.yaml"))}
    return tuple(_load(path) for path in files.values())


@cache
def _calendar(roots: tuple[Path, ...], region: str) -> Calendar:
    arrangements = _arrangements(roots)
    regions = sorted({a.region for a in arrangements if a.region})
    if region and region not in regions:
        known = f"已有：{'、'.join(regions)}" if regions else "现在一个也没有"
        raise UsageError(
            f"没有地区“{region}”的假日；{known}。可在自己的规则文件夹里放 holidays/<名称>.yaml，写 region 和 off",
            code="unknown_region",
        )
    return Calendar(arrangements, region)


def calendar(region: str = "") -> Calendar:
    """The calendar with the user's own years, and the days off of `region`. Raises UsageError for an unknown region."""
    return layers.read(lambda roots: _calendar(roots, region))
