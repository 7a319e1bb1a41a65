"""What may stand in the files of checks/: one marshmallow schema per kind of file, saying what is wrong in Chinese."""

import string

import marshmallow as ma

STATUSES = ("present", "vague", "blank", "missing")
ZONES = ("opening", "body", "closing")
SIGN_ZONES = ("title", "opening", "lead", "body", "anywhere")
PATTERNS = ("match", "field", "having", "unless", "section", "outside")
#: What an advice may ask for by {name}; checking fills it from the letter.
ADVICE_NAMES = ("sender", "recipient", "subject", "date")


LEVELS = ("required", "recommended", "optional")


def _one_of(*choices: str, empty: bool = True) -> ma.validate.OneOf:
    allowed = ("", *choices) if empty else choices
    return ma.validate.OneOf(allowed, error=f"只能是 {'、'.join(choices[:-1])} 或 {choices[-1]}")


def _names(allowed: tuple[str, ...]):
    """A validator: {name} in the text is one of `allowed`."""

    def look(text: str) -> None:
        try:
            found = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
        except ValueError:
            raise ma.ValidationError("花括号 { } 没有配对") from None
        wrong = next((name for name in found if name not in allowed), None)
        if wrong is not None:
            there = "、".join(f"{{{name}}}" for name in allowed)
            raise ma.ValidationError(f"没有 {{{wrong}}} 这个名字，可用：{there}")

    return look


def _at_least_one(number: int) -> None:
    if number < 1:
        raise ma.ValidationError("至少是 1")


class RuleSchema(ma.Schema):
    match = ma.fields.String(load_default="")
    field = ma.fields.String(load_default="")
    having = ma.fields.String(load_default="")
    unless = ma.fields.String(load_default="")
    section = ma.fields.String(load_default="")
    outside = ma.fields.String(load_default="")
    zone = ma.fields.String(load_default="", validate=_one_of(*ZONES))
    owner = ma.fields.String(load_default="", validate=_one_of("sender", "other"))
    quoted = ma.fields.Boolean(load_default=False)
    empty = ma.fields.Boolean(load_default=False)
    last = ma.fields.Boolean(load_default=False)
    weak = ma.fields.Boolean(load_default=False)
    substance = ma.fields.Integer(load_default=0)
    reason = ma.fields.String(load_default="", validate=_names(("quote",)))

    @ma.validates_schema
    def _looks_somewhere(self, data, **_):
        if not (data["match"] or data["field"]):
            raise ma.ValidationError("规则要有 match 或 field")


class CommonSchema(ma.Schema):
    """checks/common/: rules that several elements borrow with `like`."""

    present = ma.fields.List(ma.fields.Nested(RuleSchema), load_default=list)
    vague = ma.fields.List(ma.fields.Nested(RuleSchema), load_default=list)
    blank = ma.fields.List(ma.fields.Nested(RuleSchema), load_default=list)


class ElementSchema(CommonSchema):
    label = ma.fields.String(required=True)
    like = ma.fields.String(load_default="")
    level = ma.fields.String(load_default="required", validate=_one_of(*LEVELS, empty=False))
    authority = ma.fields.String(required=True)
    advice = ma.fields.String(required=True, validate=_names(ADVICE_NAMES))
    missing = ma.fields.String(required=True)
    when = ma.fields.List(ma.fields.String(), load_default=list)
    passage = ma.fields.Boolean(load_default=False)
    block = ma.fields.Boolean(load_default=False)
    exact = ma.fields.Boolean(load_default=False)
    telling = ma.fields.Integer(load_default=1, validate=_at_least_one)
    owner = ma.fields.String(load_default="", validate=_one_of("sender"))
    examples = ma.fields.Dict(
        ma.fields.String(
            validate=ma.validate.OneOf(
                (*STATUSES, "not_applicable"),
                error="不是要素的状态，可用：present、vague、blank、missing、not_applicable",
            )
        ),
        ma.fields.List(ma.fields.String()),
        required=True,
    )


class SignSchema(ma.Schema):
    match = ma.fields.String(required=True)
    zone = ma.fields.String(load_default="anywhere", validate=_one_of(*SIGN_ZONES, empty=False))
    weight = ma.fields.Float(load_default=1.0)
    weights = ma.fields.Dict(ma.fields.String(), ma.fields.Float(), load_default=dict)
    times = ma.fields.Integer(load_default=1, validate=_at_least_one)


class KindSchema(ma.Schema):
    label = ma.fields.String(required=True)
    order = ma.fields.Integer(required=True)
    elements = ma.fields.List(ma.fields.String(), required=True)
    signs = ma.fields.List(ma.fields.Nested(SignSchema), required=True)
    outcomes = ma.fields.Dict(ma.fields.String(), ma.fields.String(), load_default=dict)


class LexiconSchema(ma.Schema):
    words = ma.fields.Dict(ma.fields.String(), ma.fields.Raw(), load_default=dict)
    empty_words = ma.fields.List(ma.fields.String(), load_default=list)
