"""The shapes of answers about letters. What stands here is what /api/v1/openapi.json promises."""

import marshmallow as ma
from marshmallow import fields, validate

from objection_docs import desk
from objection_docs.reports import ANSWER_LABELS
from objection_docs.service.api_fields import Shape, nested, says

ULID = "01M8059CRDQ4YDKD5SVJJQAEE1"


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


class Wanting(Shape):
    pointer = fields.String(required=True, **says("JSON Pointer：这份答复的哪一处", "/facts/points/0/finding"))
    label = fields.String(required=True, **says("事实的名称", "查明的情况"))


class PreparedLinks(Shape):
    self = fields.String(required=True, **says("POST 到这里生成文书"))
    received = fields.String(required=True, **says("来文的检查报告"))
    schema = fields.String(required=True, **says("案件事实的 JSON Schema"))


class PreparedAnswer(Shape):
    """The facts of the next letter."""

    kind = fields.String(required=True, **says("要写的文书", "acknowledgement"))
    title = fields.String(required=True, **says("文书名称", "异议受理通知书"))
    procedure = fields.String(required=True, **says("适用的程序；没有认出时为空"))
    received = fields.String(required=True, **says("来文的日志编号", ULID))
    case = fields.String(required=True, **says("来文所属案件，写成的文书归入同一案件；没有时为空"))
    facts = fields.Dict(required=True, **says("已知的事实；还缺的写作 null", {"recipient": "宁波恒泰机械有限公司"}))
    wanting = fields.List(nested(Wanting), required=True, **says("还缺的必填事实"))
    origins = fields.Dict(
        keys=fields.String(), values=fields.String(), required=True, **says("事实从哪里来：来文，或案件里的文书")
    )
    limits = fields.List(fields.Dict(keys=fields.String()), required=True, **says("算出并会写入的期限，带推算步骤"))
    links = nested(PreparedLinks, required=True)


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
    details = fields.Dict(**says("文书写明的日期 dates；是草稿的 draft、还缺什么 missing；移交进来的从哪里来 origin"))
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
    span = fields.List(
        fields.Integer(),
        allow_none=True,
        **says("原文在读出的全文中的起止，按字符从 0 计；没有出处时为空，以前的报告没有这一项", [152, 190]),
    )


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


class Answer(Shape):
    """A ground or request of the notice and where the reply answers it."""

    kind = fields.String(required=True, validate=validate.OneOf(["ground", "request"]), **says("理由或请求"))
    number = fields.String(required=True, **says("异议自己的编号；没有时为空", "1"))
    point = nested(Place, required=True, **says("在异议中的位置"))
    status = fields.String(required=True, validate=validate.OneOf(list(ANSWER_LABELS)), **says("答复得怎样"))
    answered = fields.Boolean(required=True)
    answer = nested(Place, required=True, allow_none=True, **says("在回复中的位置；没有答复时为空"))
    shared = fields.List(fields.String(), required=True, **says("两处共同的用词"))
    reason = fields.String(required=True, **says("为什么这样判断"))


class Against(Shape):
    file = fields.String(required=True, **says("异议的文件名"))
    sha256 = fields.String(required=True)
    id = fields.String(**says("异议的日志编号", ULID))
    points = fields.Integer(required=True, **says("异议的理由和请求共几项", 5))
    answered = fields.Integer(required=True, **says("其中答复了几项", 4))
    answers = fields.List(nested(Answer), required=True, **says("逐项，按异议中的次序"))


class Versions(Shape):
    previous = fields.String(required=True, allow_none=True, **says("上一版的日志编号；没有时为空", ULID))
    next = fields.List(fields.String(), required=True, **says("据这一版修改后检查的各版，从旧到新"))


class Report(Shape):
    """A letter that could not be read has `error` instead of what was found in it."""

    file = fields.String(required=True, **says("文件名", "letter.pdf"))
    sha256 = fields.String(required=True)
    id = fields.String(required=True, **says("日志编号", ULID))
    verdict = fields.String(required=True, validate=validate.OneOf(list(desk.STATUSES)), **says("结论"))
    pages = fields.Integer()
    title = fields.String(**says("文书的标题；没有标题行时为空", "关于第二批轴承质量的异议函"))
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
    against = nested(Against, **says("检查时给出了对方的异议：逐项对照"))
    error = nested(Unreadable, **says("读不了的原因"))
    versions = nested(Versions, **says("修改前后的各版"))
    links = nested(CheckLinks, required=True)


class DocumentEntry(EntryHead):
    facts = fields.Dict(required=True, allow_none=True, **says("生成时的案件事实"))
    missing = fields.List(fields.String(), required=True, **says("草稿还缺的事实；不是草稿的没有"))
    report = fields.Dict(required=True, allow_none=True, **says("我们自己对它的检查报告；尚未检查时为 null"))
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


class CaseLine(Shape):
    case = fields.String(required=True, **says("案件", "HT-2026-018"))
    state = fields.String(required=True, **says("open 没有结案，closed 已经结案", "open"))
    closed_on = fields.String(required=True, allow_none=True, **says("结案日期"))
    procedures = fields.List(fields.String(), required=True, **says("经过的程序"))
    procedure_labels = fields.List(fields.String(), required=True)
    last_letter = fields.Dict(keys=fields.String(), required=True, allow_none=True, **says("在手的文书"))
    next = fields.List(fields.Dict(keys=fields.String()), required=True, **says("下一步：由谁做、到哪一天"))
    running = fields.List(fields.Dict(keys=fields.String()), required=True, **says("进行中的期限，最急的在前"))
    overdue = fields.Integer(required=True, **says("已逾期的期限数"))
    problems = fields.List(fields.String(), required=True, **says("算不下去的原因"))


class Cases(Shape):
    total = fields.Integer(required=True, **says("各页合计"))
    cases = fields.List(nested(CaseLine), required=True, **says("期限最近的在前"))
    next_cursor = fields.String(required=True, allow_none=True, **says("下一页的 cursor；没有下一页时为空"))


class Case(CaseLine):
    now = fields.String(required=True, **says("按这一时刻看（北京时间）", "2026-03-05T09:30"))
    letters = fields.List(fields.Dict(keys=fields.String()), required=True, **says("案件的文书，按记入的先后"))
    settings = fields.Dict(keys=fields.String(), required=True, **says("案件的设置：程序的变体、合同约定的日数等"))
    extensions = fields.List(fields.Dict(keys=fields.String()), required=True, **says("已获准的延长"))
    history = fields.List(fields.Dict(keys=fields.String()), required=True, **says("记入的事件、设置、延长和更正"))
    stages = fields.List(
        fields.Dict(keys=fields.String()), required=True, **says("各程序：事件和出处、期限及其算法、下一步")
    )


class DueList(Shape):
    total = fields.Integer(required=True)
    due = fields.List(fields.Dict(keys=fields.String()), required=True, **says("案件和期限，最急的在前"))
