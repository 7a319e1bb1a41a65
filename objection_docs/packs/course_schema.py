"""What the events, limits and steps of checks/procedures/<id>.yaml may hold, each by itself."""

import marshmallow as ma
from marshmallow import fields, validate

from objection_docs.packs.courses import CLOCK_UNITS, UNITS, Start

TEXT = validate.Length(min=1, error="这里不能空着")
NAME = validate.Regexp(r"[a-z][a-z0-9_]*\Z", error="名称只能用小写英文字母、数字和下划线，例如 notice_received")
ID = validate.Regexp(r"[A-Z][A-Z0-9-]*\Z", error="期限的编号用大写英文字母和数字，例如 CN2")
_FLAG = {"truthy": {True}, "falsy": {False}}


def _text(**keys) -> fields.String:
    return fields.String(validate=TEXT, **keys)


def _day() -> fields.Date:
    return fields.Date(error_messages={"invalid": "这里应当是日期，如 2026-04-15"})


def _one_of(*values: str, **keys) -> fields.String:
    return fields.String(validate=validate.OneOf(values, error=f"只能是 {'、'.join(values)}"), **keys)


def _number(least: int, **keys) -> fields.Integer:
    within = validate.Range(least, 1000, error=f"应当是 {least} 到 1000 的整数")
    return fields.Integer(strict=True, validate=within, **keys)


class _StartField(fields.Field):
    """`event`, `[event, event]` or `{end_of: LIMIT}`."""

    def _deserialize(self, value, attr, data, **kwargs):
        if isinstance(value, str) and value:
            return Start((value,))
        if isinstance(value, list) and value and all(isinstance(v, str) for v in value):
            return Start(tuple(value))
        if isinstance(value, dict) and list(value) == ["end_of"] and isinstance(value["end_of"], str):
            return Start(end_of=value["end_of"])
        raise ma.ValidationError("应写一个事件、几个事件的列表（以最早的为准），或 {end_of: 期限编号}")


class EventSchema(ma.Schema):
    label = _text(required=True)
    letter = fields.String()
    at = _one_of("date", "receipt")
    posted = fields.String()
    told_in = fields.Dict(fields.String(validate=NAME), fields.String(validate=NAME))


class SettingSchema(ma.Schema):
    label = _text(required=True)
    choices = fields.Dict(fields.String(validate=NAME), _text(), required=True, validate=TEXT)


class _PeriodSchema(ma.Schema):
    source = _one_of("seed", "law", required=True)
    number = _number(0)
    unit = _one_of(*UNITS)
    word = _text()
    start = _StartField(data_key="from")
    authority = _text()
    quote = _text()
    since = _day()
    until = _day()
    when = fields.Dict(fields.String(), fields.List(fields.String(), validate=TEXT))
    counting = fields.String()
    rollover = fields.Boolean(**_FLAG)
    safe = fields.Boolean(**_FLAG)

    @ma.validates_schema
    def _whole(self, data, **_):
        if ("number" in data) != ("unit" in data):
            raise ma.ValidationError("number 和 unit 要一起写", "number" if "number" in data else "unit")
        if "number" not in data and "word" not in data:
            raise ma.ValidationError("要写 number 和 unit；原文只有“立即”“合理时间”之类时写 word")
        if "number" in data and "start" not in data:
            raise ma.ValidationError("有数字的期限要写从哪个事件起算（from）")
        if data.get("unit") in CLOCK_UNITS and data.get("rollover"):
            raise ma.ValidationError("以小时、分钟计算的期限不因休假日顺延", "rollover")
        if data["source"] == "law" and "authority" not in data:
            raise ma.ValidationError("法律上的期限要写条文（authority）", "source")
        if data["source"] == "seed" and "quote" not in data and "authority" not in data:
            raise ma.ValidationError("规程里的期限要写规程的原话（quote）", "source")
        if "since" in data and "until" in data and data["until"] < data["since"]:
            raise ma.ValidationError("until 早于 since", "until")


class _ExclusionSchema(ma.Schema):
    begin = fields.String(required=True, data_key="from")
    end = fields.String(required=True, data_key="to")
    label = _text(required=True)
    authority = _text(required=True)


class _ExtensionSchema(ma.Schema):
    number = _number(1)
    unit = _one_of(*UNITS)
    times = _number(1, load_default=1)
    reason = _text(required=True)
    authority = _text()
    quote = _text()

    @ma.validates_schema
    def _whole(self, data, **_):
        if ("number" in data) != ("unit" in data):
            raise ma.ValidationError("number 和 unit 要一起写；延长多久由批准的人定时，两个都不写")
        if "authority" not in data and "quote" not in data:
            raise ma.ValidationError("要写延长的依据（authority，或规程的原话 quote）")


class LimitSchema(ma.Schema):
    label = _text(required=True)
    who = _text(required=True)
    direction = _one_of("after", "before", "during")
    measure = _one_of("deadline", "maximum", "minimum")
    mandatory = fields.Boolean(**_FLAG)
    until = fields.String()
    done = fields.String()
    ended_by = fields.List(fields.String())
    periods = fields.List(fields.Nested(_PeriodSchema), required=True, validate=TEXT)
    excluded = fields.List(fields.Nested(_ExclusionSchema))
    extension = fields.Nested(_ExtensionSchema)
    cap = fields.String()
    told_in = fields.Dict(fields.String(validate=NAME), fields.String(validate=ID))
    difference = _text()
    note = _text()

    @ma.validates_schema
    def _whole(self, data, **_):
        if (data.get("direction") == "during") != ("until" in data):
            raise ma.ValidationError("direction: during 要写到哪个事件为止（until），别的期限不写 until", "direction")
        if data.get("direction") == "before" and ("excluded" in data or "extension" in data):
            raise ma.ValidationError("往前倒数的期限没有扣除和延长", "direction")


class StepSchema(ma.Schema):
    label = _text(required=True)
    who = _text(required=True)
    kind = fields.String()
    document = _text()
    limits = fields.List(fields.String())
    authority = _text()
    quote = _text()
    may = fields.Boolean(**_FLAG)


class GradeSchema(ma.Schema):
    label = _text(required=True)
    criteria = _text(required=True)
    limits = fields.List(fields.String())


class ArchivedSchema(ma.Schema):
    what = _text(required=True)
    keep = _text()
    authority = _text()
    quote = _text()
