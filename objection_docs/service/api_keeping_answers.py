"""The shapes of answers about keeping, promised in /api/v1/openapi.json."""

from marshmallow import fields, validate

from objection_docs.archive_words import STATES
from objection_docs.service.api_answers import ULID
from objection_docs.service.api_fields import Shape, nested, says


class Hold(Shape):
    id = fields.String(required=True, **says("冻结的编号，解除时用", ULID))
    letter = fields.String(required=True, allow_none=True, **says("冻结的文书；冻结的是案件时为空", ULID))
    case = fields.String(required=True, **says("冻结的案件，或文书所属的案件"))
    at = fields.String(required=True, **says("冻结的时刻（UTC）"))
    who = fields.String(required=True)
    reason = fields.String(required=True)


class Holds(Shape):
    total = fields.Integer(required=True)
    holds = fields.List(nested(Hold), required=True, **says("还没有解除的冻结，从旧到新"))


class Later(Shape):
    id = fields.String(required=True, **says("后续记录的编号", ULID))
    at = fields.String(required=True, **says("记入的时刻（UTC）"))
    who = fields.String(required=True)
    errand = fields.String(required=True, **says("更正（correct）、著录（describe）、送达（service）、冻结（hold）等"))
    label = fields.String(required=True, **says("", "送达"))
    said = fields.String(required=True, **says("一句话说明", "快递 SF1234567890 2026-03-06"))
    file = fields.String(required=True, allow_none=True, **says("附件的地址，没有时为空"))


class Destroyed(Shape):
    list = fields.String(required=True, **says("销毁清册"))
    at = fields.String(required=True)
    who = fields.String(required=True)


class Record(Shape):
    id = fields.String(required=True, **says("日志编号", ULID))
    case = fields.String(required=True)
    closed_on = fields.Date(required=True, allow_none=True, **says("案件的结案日期，没有结案时为空"))
    archive_number = fields.String(required=True, **says("档号：全宗号-年度-保管期限-件号；没有编时为空字符串"))
    form = fields.String(required=True, **says("original、copy 或空字符串"))
    holder = fields.String(required=True, **says("实物由谁保管"))
    remarks = fields.String(required=True, **says("附注"))
    retention = fields.String(required=True, **says("保管期限", "30年"))
    authority = fields.String(required=True, **says("保管期限的依据；由人指定的为空字符串"))
    holds = fields.List(nested(Hold), required=True, **says("这份文书和它的案件现有的冻结"))
    destroyed = nested(Destroyed, required=True, allow_none=True, **says("按哪一份清册销毁；没有销毁时为空"))
    later = fields.List(nested(Later), required=True, **says("全部后续记录，从旧到新"))


class Numbered(Shape):
    id = fields.String(required=True, **says("日志编号", ULID))
    archive_number = fields.String(required=True, **says("档号"))


class Closed(Shape):
    case = fields.String(required=True)
    closed_on = fields.Date(required=True)
    numbered = fields.List(nested(Numbered), required=True, **says("这次编的档号"))


class ListedLetter(Shape):
    id = fields.String(required=True, **says("日志编号", ULID))
    number = fields.String(required=True, **says("文书编号；没有编时为空字符串"))
    title = fields.String(required=True, **says("文书名称"))
    retention = fields.String(required=True, **says("保管期限", "10年"))
    started = fields.Date(required=True, **says("保管期限的起算日"))
    ended = fields.Date(required=True, **says("保管期限的最后一日"))


class DueLetter(ListedLetter):
    case = fields.String(required=True, **says("案件；没有时为空字符串"))
    held = fields.Boolean(required=True, **says("已冻结的不列入销毁清册"))


class DueLetters(Shape):
    total = fields.Integer(required=True)
    letters = fields.List(nested(DueLetter), required=True)
    next_cursor = fields.String(required=True, allow_none=True, **says("还有下一页时，用作 cursor"))


class ListHead(Shape):
    id = fields.String(required=True, **says("清册编号", ULID))
    state = fields.String(
        required=True,
        validate=validate.OneOf(list(STATES)),
        **says("；".join(f"{name} {label}" for name, label in STATES.items())),
    )
    proposed = fields.String(required=True, **says("提出的时刻（UTC）"))
    proposed_by = fields.String(required=True, **says("提出的人"))
    reason = fields.String(required=True, **says("理由；没有写时为空字符串"))
    approved_by = fields.List(fields.String(), required=True, **says("审批的人；两人审批后可以执行"))
    done_by = fields.String(required=True, **says("执行的人；没有执行时为空字符串"))
    stopped = fields.List(fields.String(), required=True, **says("清册为什么中止"))
    letters = fields.Integer(required=True, **says("其中文书的份数"))


class DestructionLists(Shape):
    total = fields.Integer(required=True)
    lists = fields.List(nested(ListHead), required=True)


class Step(Shape):
    id = fields.String(required=True, **says("记录的编号", ULID))
    at = fields.String(required=True, **says("记入的时刻（UTC）"))
    who = fields.String(required=True)
    errand = fields.String(required=True, **says("提出（propose）、审批（approve）、否决（decline）、销毁（destroy）"))
    label = fields.String(required=True, **says("", "审批销毁清册"))
    said = fields.String(required=True, **says("一句话说明"))


class DestructionList(ListHead):
    items = fields.List(nested(ListedLetter), required=True, **says("清册中的文书"))
    history = fields.List(nested(Step), required=True, **says("经过，从旧到新"))
