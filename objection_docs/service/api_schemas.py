"""The shapes of requests and answers. What stands here is what /api/v1/openapi.json promises."""

from collections.abc import Mapping
from typing import ClassVar

import marshmallow as ma
from marshmallow import fields, validate

from objection_docs import desk
from objection_docs.jobs import webhooks

ULID = "01M8059CRDQ4YDKD5SVJJQAEE1"
_LACKING = {"required": "缺少这一项", "null": "缺少这一项"}


def says(text: str, example: object = None, **more: object) -> dict:
    """What the documentation says of a field."""
    return {"metadata": {"description": text, **({} if example is None else {"example": example}), **more}}


class Text(fields.String):
    """Half a character, which no UTF-8 can hold, is refused here and not first by the log."""

    def __init__(self, **kwargs):
        kwargs["error_messages"] = {"invalid": "应当是文字", **_LACKING}
        super().__init__(**kwargs)

    def _deserialize(self, value, attr, data, **kwargs):
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            text.encode()
        except UnicodeEncodeError:
            raise self.make_error("invalid") from None
        return text


class Flag(fields.Boolean):
    """true or false and nothing that looks like it."""

    def __init__(self, **kwargs):
        super().__init__(error_messages={"invalid": "应当是 true 或 false", **_LACKING}, **kwargs)

    def _deserialize(self, value, attr, data, **kwargs):
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Whole(fields.Integer):
    """A whole number of the query string, in plain digits."""

    def _deserialize(self, value, attr, data, **kwargs):
        if isinstance(value, str) and not (value.isascii() and value.isdigit() and len(value) < 10):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class Day(fields.Date):
    def __init__(self, **kwargs):
        super().__init__(error_messages={"invalid": "不是日期，应写成 2026-03-05 这样", **_LACKING}, **kwargs)

    def _deserialize(self, value, attr, data, **kwargs):
        if isinstance(value, str) and len(value) != 10:  # 20260305 is ISO 8601 too, but not what we promise
            raise self.make_error("invalid", input=value, obj_type="date")
        return super()._deserialize(value, attr, data, **kwargs)


class Shape(ma.Schema):
    """Holds what it names and nothing else, in requests and in answers."""

    class Meta:
        unknown = ma.RAISE

    error_messages: ClassVar[dict] = {"unknown": "没有这一项，请核对拼写"}


def _one_of(known: Mapping[str, str]) -> validate.OneOf:
    return validate.OneOf(list(known), error="没有“{input}”这个取值；可用：{choices}")


def nested(schema: type[ma.Schema], **kwargs: object) -> fields.Nested:
    return fields.Nested(schema, **kwargs)


# --- requests -------------------------------------------------------------------------------------------------------


class DocumentRequest(Shape):
    kind = Text(required=True, **says("文书种类，见 /api/v1/kinds", "objection_notice"))
    facts = fields.Dict(
        keys=fields.String(),
        required=True,
        error_messages={"invalid": "应当是一组事实（JSON 对象）", **_LACKING},
        **says("案件事实；形状见 /api/v1/kinds/{kind}/schema，写错的逐项指出", {"sender": "宁波恒泰机械有限公司"}),
    )
    procedure = Text(allow_none=True, **says("适用的程序，见 /api/v1/procedures", "contract_objection_notice"))
    case = Text(
        allow_none=True,
        **says("所属案件，最多 200 字", "HT-2026-018", maxLength=desk.LONGEST_CASE),
    )
    draft = Flag(allow_none=True, **says("草稿：缺的事实印成【待补：…】", False))


class CheckForm(Shape):
    kind = Text(**says("文书种类；不给时自动识别", "objection_notice"))
    procedure = Text(**says("适用的程序；不给时自动识别"))
    case = Text(**says("所属案件，最多 200 字", maxLength=desk.LONGEST_CASE))


class BatchForm(CheckForm):
    kind = Text(**says("文书种类：生成时必给（JSON 各行也可自己写明），检查时可以不给", "objection_notice"))
    draft = Text(
        validate=validate.OneOf(["", "true", "false"], error="应当是 true 或 false"),
        **says("true：生成草稿，缺的事实印成【待补：…】"),
    )


class LogQuery(ma.Schema):
    """What a search may be asked; archive.search.query reads it."""

    q = fields.String(**says("全文中的词；空格隔开的都要有，“…”是一整句，-词 是不要的", "恒泰"))
    kind = fields.String(**says("文书种类"))
    procedure = fields.String(**says("程序"))
    case = fields.String(**says("所属案件"))
    party = fields.String(**says("发文方或收文方名称里的字", "明远"))
    who = fields.String(**says("记入的人或密钥"))
    status = fields.String(validate=_one_of(desk.STATUSES), **says("检查结论"))
    missing = fields.String(**says("缺失的要素", "evidence"))
    vague = fields.String(**says("笼统的要素", "evidence"))
    element = fields.String(**says("要素和它的状态，例如 evidence:vague"))
    fault = fields.String(**says("差错代码", "amount_mismatch"))
    retention = fields.String(**says("保管期限"))
    errand = fields.String(validate=_one_of(desk.ERRANDS), **says("生成（generate）或检查（check）的文书"))
    since = Day(data_key="from", **says("从这一天起（北京时间）", "2026-03-05"))
    until = Day(data_key="to", **says("到这一天止（北京时间）", "2026-03-31"))
    least = fields.String(**says("金额不少于，元"))
    most = fields.String(**says("金额不多于，元"))
    order = fields.String(
        validate=validate.OneOf(["newest", "relevance"], error="应为 newest 或 relevance"),
        **says("新的在前，或最相关的在前"),
    )
    limit = Whole(
        validate=validate.Range(1, 500, error="应为 1 到 500 的整数"),
        error_messages={"invalid": "应为 1 到 500 的整数"},
        **says("一页几条，默认 50"),
    )
    cursor = fields.String(**says("上一页答复中的 next_cursor"))


class RowsQuery(ma.Schema):
    limit = Whole(
        load_default=100,
        validate=validate.Range(1, 1000, error="应为 1 到 1000 的整数"),
        error_messages={"invalid": "应为 1 到 1000 的整数"},
        **says("一页几行"),
    )
    cursor = Whole(
        load_default=0,
        validate=validate.Range(0),
        error_messages={"invalid": "应为上一页答复中的 next_cursor"},
        **says("上一页答复中的 next_cursor"),
    )


class WebhookRequest(Shape):
    url = Text(required=True, **says("收消息的地址", "https://cases.example.com/hooks"))
    events = fields.List(
        Text(),
        required=True,
        error_messages={"invalid": "应当是一个列表", **_LACKING},
        **says(f"要收的事：{'、'.join(webhooks.EVENTS)}", ["document.generated"]),
    )


class SchemaQuery(ma.Schema):
    procedure = fields.String(**says("按这一程序给出必填项"))


# --- answers --------------------------------------------------------------------------------------------------------


class Fault(Shape):
    """`pointer`: RFC 6901, into the body that was sent."""

    pointer = fields.String(required=True, **says("JSON Pointer：有误的是请求内容的哪一处", "/facts/evidence/0/name"))
    detail = fields.String(required=True, **says("错在哪里，怎样改", "缺少这一项"))


class Problem(ma.Schema):
    """RFC 9457. A problem with an uploaded letter carries its report too, so further keys may stand here."""

    class Meta:
        unknown = ma.INCLUDE

    type = fields.String(required=True, **says("问题种类的 URN", "urn:objection-docs:problem:invalid_facts"))
    title = fields.String(required=True, **says("一句话的标题", "内容不合要求"))
    status = fields.Integer(required=True, **says("HTTP 状态码", 422))
    detail = fields.String(required=True, **says("怎么回事，该怎么办", "案件事实有 1 处问题"))
    code = fields.String(required=True, **says("稳定的英文代码，供程序判断", "invalid_facts"))
    errors = fields.List(nested(Fault), required=True, **says("逐项的错误；没有时为空"))
    request_id = fields.String(required=True, **says("请求编号，同 X-Request-Id"))


class DocumentLinks(Shape):
    self = fields.String(required=True)
    docx = fields.String(required=True)
    pdf = fields.String(required=True)


class CheckLinks(Shape):
    self = fields.String(required=True)
    file = fields.String(required=True)
    annotated = fields.String(required=True)


class Document(Shape):
    id = fields.String(required=True, **says("日志编号", ULID))
    number = fields.String(required=True, **says("编号", "异通-2026-0001"))
    kind = fields.String(required=True, **says("文书种类", "objection_notice"))
    title = fields.String(required=True, **says("文书名称", "异议通知"))
    sha256 = fields.String(required=True, **says("Word 文件的指纹"))
    missing = fields.List(fields.String(), required=True, **says("草稿还缺的事实"))
    links = nested(DocumentLinks, required=True)


class Copy(Shape):
    role = fields.String(required=True)
    file = fields.String(required=True)
    sha256 = fields.String(required=True)
    size = fields.Integer(required=True)


class EntryHead(Shape):
    seq = fields.Integer(required=True, **says("在日志中的次序"))
    id = fields.String(required=True, **says("日志编号", ULID))
    at = fields.String(required=True, **says("记入的时刻（UTC）", "2026-03-05T01:30:00.000Z"))
    who = fields.String(required=True, **says("记入的人或密钥"))
    errand = fields.String(required=True, validate=validate.OneOf([*desk.ERRANDS, "import"]))
    kind = fields.String(required=True)
    procedure = fields.String(required=True)
    case = fields.String(required=True, **says("所属案件"))
    number = fields.String(required=True, **says("编号；检查的文书没有"))
    title = fields.String(required=True)
    sender = fields.String(required=True)
    recipient = fields.String(required=True)
    verdict = fields.String(required=True, **says("complete、incomplete、unreadable 或空"))
    file = fields.String(required=True, **says("文件名"))
    sha256 = fields.String(required=True, **says("文件的指纹"))
    size = fields.Integer(required=True, **says("文件的字节数"))
    media_type = fields.String(required=True)
    copies = fields.List(nested(Copy), required=True)
    details = fields.Dict(**says("移交进来的文书从哪里来"))
    prev = fields.String(required=True, **says("前一条的链值"))
    hash = fields.String(required=True, **says("这一条的链值"))


class Place(Shape):
    quote = fields.String(required=True, **says("原文"))
    page = fields.Integer(required=True, allow_none=True, **says("第几页，从 1 起；没有出处时为空"))
    boxes = fields.List(
        fields.List(fields.Float()),
        required=True,
        **says("每行一个框 [x0, top, x1, bottom]，单位为点，自页面左上角", [[72.0, 310.5, 301.2, 325.0]]),
    )
    continues = fields.List(fields.Dict(), required=True, **says("跨页时后面各页的框"))


class Element(Place):
    id = fields.String(required=True, **says("要素", "evidence"))
    label = fields.String(required=True, **says("要素名称", "证据材料"))
    level = fields.String(required=True, validate=validate.OneOf(["required", "recommended", "optional"]))
    status = fields.String(
        required=True, validate=validate.OneOf(["present", "vague", "blank", "missing", "not_applicable"])
    )
    reason = fields.String(required=True, **says("为什么这样判断"))
    advice = fields.String(required=True, **says("怎样补写"))
    authority = fields.String(required=True, **says("依据"))


class FoundFault(Place):
    code = fields.String(required=True, **says("差错代码", "amount_mismatch"))
    label = fields.String(required=True, **says("差错名称", "大小写金额不一致"))
    message = fields.String(required=True)
    other = nested(Place, required=True, allow_none=True, **says("两处矛盾时的另一处"))


class Unreadable(Shape):
    code = fields.String(required=True)
    message = fields.String(required=True)


class Report(Shape):
    """A letter that could not be read has `error` instead of what was found in it."""

    file = fields.String(required=True, **says("文件名", "letter.pdf"))
    sha256 = fields.String(required=True)
    id = fields.String(required=True, **says("日志编号", ULID))
    verdict = fields.String(required=True, validate=validate.OneOf(list(desk.STATUSES)), **says("结论"))
    pages = fields.Integer()
    kind = fields.String(**says("文书种类", "objection_notice"))
    kind_label = fields.String(**says("文书种类名称", "异议通知"))
    kind_confidence = fields.Float(**says("识别的把握，0 到 1", 0.97))
    procedure = fields.String()
    procedure_label = fields.String()
    elements = fields.List(nested(Element), **says("每个要素一条"))
    faults = fields.List(nested(FoundFault), **says("差错"))
    fields_ = fields.Dict(data_key="fields", **says("读出的当事人、编号、日期等"))
    warnings = fields.List(fields.String())
    rules_version = fields.String(**says("规则的版本", "cfe84bc3af3c"))
    error = nested(Unreadable, **says("读不了的原因"))
    links = nested(CheckLinks, required=True)


class DocumentEntry(EntryHead):
    facts = fields.Dict(required=True, allow_none=True, **says("生成时的案件事实"))
    report = fields.Dict(required=True, allow_none=True, **says("我们自己对它的检查报告"))
    text = fields.String(required=True, **says("全文"))
    links = nested(DocumentLinks, required=True)


class Hit(EntryHead):
    snippet = fields.String(**says("命中处前后的文字"))
    page = fields.Integer(allow_none=True, **says("命中处在第几页"))
    links = fields.Dict(keys=fields.String(), values=fields.String(), required=True, **says("移交进来的文书没有"))


class LogPage(Shape):
    total = fields.Integer(required=True, **says("各页合计"))
    entries = fields.List(nested(Hit), required=True, **says("从新到旧"))
    next_cursor = fields.String(required=True, allow_none=True, **says("下一页的 cursor；没有下一页时为空"))


class Kind(Shape):
    id = fields.String(required=True, **says("", "objection_notice"))
    label = fields.String(required=True, **says("", "异议通知"))
    about = fields.String(required=True)
    schema = fields.String(required=True, **says("案件事实的 JSON Schema 的地址"))


class Kinds(Shape):
    kinds = fields.List(nested(Kind), required=True)


class Procedure(Shape):
    id = fields.String(required=True, **says("", "contract_objection_notice"))
    label = fields.String(required=True)
    area = fields.String(required=True)
    kinds = fields.List(fields.String(), required=True)


class Procedures(Shape):
    procedures = fields.List(nested(Procedure), required=True)


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
