"""The shapes of answers about jobs, webhooks and the service itself, promised in /api/v1/openapi.json."""

import marshmallow as ma
from marshmallow import fields, validate

from objection_docs.service.api_answers import ULID, Fault
from objection_docs.service.api_fields import Shape, nested, says


class JobError(Shape):
    code = fields.String(required=True)
    detail = fields.String(required=True)
    errors = fields.List(nested(Fault), required=True)


class JobLinks(Shape):
    self = fields.String(required=True)
    rows = fields.String(required=True)
    result = fields.String(**says("完成后才有"))


class JobAnswer(Shape):
    id = fields.String(required=True, **says("任务编号"))
    errand = fields.String(required=True, validate=validate.OneOf(["generate", "check", "pdf"]))
    label = fields.String(required=True, **says("", "批量检查"))
    state = fields.String(
        required=True,
        validate=validate.OneOf(["queued", "running", "done", "failed"]),
        **says("排队、进行中、完成、没有做成"),
    )
    who = fields.String(required=True)
    total = fields.Integer(required=True, **says("共几行；读完提交的文件才知道，之前为 0"))
    done = fields.Integer(required=True, **says("已有结果的行"))
    failed = fields.Integer(required=True, **says("其中有错的行"))
    starts = fields.Integer(required=True, **says("开始过几次；被中断的任务会再开始一次"))
    at = fields.String(required=True, **says("提交的时刻（UTC）"))
    ended = fields.String(required=True, allow_none=True, **says("结束的时刻（UTC）"))
    error = nested(JobError, required=True, allow_none=True, **says("整个任务没有做成的原因"))
    links = nested(JobLinks, required=True)


class RowAnswer(Shape):
    row = fields.Integer(required=True, **says("第几行，从 1 起，不算表头"))
    ok = fields.Boolean(required=True)
    id = fields.String(**says("日志编号", ULID))
    number = fields.String(**says("编号"))
    file = fields.String(**says("文件名"))
    verdict = fields.String(**says("检查结论"))
    kind = fields.String()
    error = nested(JobError, **says("这一行没有做成的原因"))
    links = fields.Dict(keys=fields.String(), values=fields.String())


class RowsPage(Shape):
    rows = fields.List(nested(RowAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class WebhookLinks(Shape):
    self = fields.String(required=True)
    deliveries = fields.String(required=True)


class WebhookAnswer(Shape):
    id = fields.String(required=True)
    url = fields.String(required=True)
    events = fields.List(fields.String(), required=True)
    at = fields.String(required=True, **says("登记的时刻（UTC）"))
    links = nested(WebhookLinks, required=True)


class WebhookMade(WebhookAnswer):
    secret = fields.String(required=True, **says("核对签名用的密钥，只给这一次"))


class Webhooks(Shape):
    webhooks = fields.List(nested(WebhookAnswer), required=True)


class Delivery(Shape):
    id = fields.String(required=True, **says("消息编号，同 webhook-id"))
    event = fields.String(required=True)
    at = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["waiting", "delivered", "failed"]))
    tries = fields.Integer(required=True)
    due = fields.String(required=True, **says("下一次投递的时刻（UTC）"))
    answer = fields.String(required=True, **says("上一次投递的结果"))


class Deliveries(Shape):
    deliveries = fields.List(nested(Delivery), required=True)


class AnyObject(ma.Schema):
    class Meta:
        unknown = ma.INCLUDE


class ReadinessCheck(Shape):
    name = fields.String(required=True, **says("", "LibreOffice"))
    ok = fields.Boolean(required=True)


class Readiness(Shape):
    status = fields.String(required=True, validate=validate.OneOf(["ready", "unready"]))
    checks = fields.List(nested(ReadinessCheck), required=True)


class Health(Shape):
    status = fields.String(required=True, validate=validate.OneOf(["ok"]))
