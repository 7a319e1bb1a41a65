"""What the shapes of requests and answers are made of: fields that take nothing for what it only looks like, and say
in Chinese what they want instead. A request is made of these alone; marshmallow's own speak English."""

from collections.abc import Mapping
from typing import ClassVar

import marshmallow as ma
from marshmallow import fields, validate

NO_OBJECT = "应当是 JSON 对象"
_LACKING = {"required": "缺少这一项", "null": "缺少这一项", "validator_failed": "取值不对"}


def says(text: str, example: object = None, **more: object) -> dict:
    """What the documentation says of a field."""
    return {"metadata": {"description": text, **({} if example is None else {"example": example}), **more}}


class Text(fields.String):
    """Half a character, which no UTF-8 can hold, is refused here and not first by the log."""

    default_error_messages: ClassVar[dict] = {"invalid": "应当是文字", "invalid_utf8": "应当是文字", **_LACKING}

    def _deserialize(self, value, attr, data, **kwargs):
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            text.encode()
        except UnicodeEncodeError:
            raise self.make_error("invalid") from None
        return text


class Flag(fields.Boolean):
    """true or false and nothing that looks like it."""

    default_error_messages: ClassVar[dict] = {"invalid": "应当是 true 或 false", **_LACKING}

    def _deserialize(self, value, attr, data, **kwargs):
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Whole(fields.Integer):
    """A whole number of the query string, in plain digits, from `least` to `most`. `said`: what is wanted instead of
    another, where the bounds don't say it."""

    default_error_messages: ClassVar[dict] = _LACKING

    def __init__(self, least: int, most: int, said: str = "", **kwargs):
        said = said or f"应为 {least} 到 {most} 的整数"
        validator = validate.Range(least, most, error=said)
        super().__init__(validate=validator, error_messages={"invalid": said, "too_large": said}, **kwargs)

    def _deserialize(self, value, attr, data, **kwargs):
        if isinstance(value, str) and not (value.isascii() and value.isdigit() and len(value) < 10):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class Day(fields.Date):
    _WRITTEN = "不是日期，应写成 2026-03-05 这样"
    default_error_messages: ClassVar[dict] = {
        **dict.fromkeys(("invalid", "invalid_awareness", "format"), _WRITTEN),
        **_LACKING,
    }

    def _deserialize(self, value, attr, data, **kwargs):
        if isinstance(value, str) and len(value) != 10:  # 20260305 is ISO 8601 too, but not what we promise
            raise self.make_error("invalid", input=value, obj_type="date")
        return super()._deserialize(value, attr, data, **kwargs)


class Several(fields.List):
    default_error_messages: ClassVar[dict] = {"invalid": "应当是一个列表", **_LACKING}


class Named(fields.Dict):
    """Values by their names, which are text."""

    default_error_messages: ClassVar[dict] = {"invalid": "应当是名称和取值", **_LACKING}

    def __init__(self, **kwargs):
        super().__init__(keys=Text(), **kwargs)


class Shape(ma.Schema):
    """Holds what it names and nothing else, in requests and in answers."""

    class Meta:
        unknown = ma.RAISE

    error_messages: ClassVar[dict] = {"unknown": "没有这一项，请核对拼写", "type": NO_OBJECT}


def one_of(known: Mapping[str, str]) -> validate.OneOf:
    return validate.OneOf(list(known), error="没有“{input}”这个取值；可用：{choices}")


def nested(schema: type[ma.Schema], **kwargs: object) -> fields.Nested:
    return fields.Nested(schema, **kwargs)
