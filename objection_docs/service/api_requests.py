"""The shapes of requests. What stands here is what /api/v1/openapi.json promises."""

from marshmallow import validate

from objection_docs import case_desk, desk
from objection_docs.archive_words import FORMS, METHODS, STATES
from objection_docs.jobs import webhooks
from objection_docs.service.api_fields import Day, Flag, Named, Several, Shape, Text, Whole, one_of, says

_NO_FACTS = "应当是一组事实（JSON 对象）"
_NO_CURSOR = "应为上一页答复中的 next_cursor"


class DocumentRequest(Shape):
    kind = Text(required=True, **says("文书种类，见 /api/v1/kinds", "objection_notice"))
    facts = Named(
        required=True,
        error_messages={"invalid": _NO_FACTS},
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


class AgainstForm(CheckForm):
    """With the version before it, and the notice that a reply is held against: its id, or a second file beside."""

    after = Text(**says("这是哪一份文书修改后的一版：上一版的日志编号"))
    against = Text(**says("检查回复时：对方异议的日志编号"))


class ReceivedForm(Shape):
    procedure = Text(**says("适用的程序；不给时从来文识别"))
    case = Text(**says("来文所属案件，最多 200 字", maxLength=desk.LONGEST_CASE))
    receipt_date = Day(**says("收到来文的日期，期限从次日起算", "2026-03-06"))


class NextQuery(Shape):
    procedure = Text(**says("适用的程序；不给时用从来文识别的"))
    receipt_date = Day(**says("收到来文的日期，期限从次日起算", "2026-03-06"))


class NextRequest(Shape):
    facts = Named(
        load_default=dict,
        error_messages={"invalid": _NO_FACTS},
        **says("补上的和改正的事实，先于从来文读出的；null 去掉读出的一项", {"handler": "王敏"}),
    )
    procedure = Text(allow_none=True, **says("适用的程序；不给时用从来文识别的"))
    case = Text(
        allow_none=True,
        **says("案件，来文还没有归入案件时才给，来文也一并归入", maxLength=desk.LONGEST_CASE),
    )
    draft = Flag(allow_none=True, **says("草稿：缺的事实印成【待补：…】", False))


class BatchForm(CheckForm):
    kind = Text(**says("文书种类：生成时必给（JSON 各行也可自己写明），检查时可以不给", "objection_notice"))
    draft = Text(
        validate=validate.OneOf(["", "true", "false"], error="应当是 true 或 false"),
        **says("true：生成草稿，缺的事实印成【待补：…】"),
    )


class LogQuery(Shape):
    """What a search may be asked; archive.search.query reads it."""

    q = Text(**says("全文中的词；空格隔开的都要有，“…”是一整句，-词 是不要的", "恒泰"))
    kind = Text(**says("文书种类，编号或名称"))
    procedure = Text(**says("程序，编号或名称"))
    case = Text(**says("所属案件"))
    party = Text(**says("发文方或收文方名称里的字", "明远"))
    who = Text(**says("记入的人或密钥"))
    status = Text(validate=one_of(desk.STATUSES), **says("检查结论"))
    missing = Text(**says("缺失的要素，编号或名称", "evidence"))
    vague = Text(**says("笼统的要素，编号或名称", "evidence"))
    element = Text(**says("要素和它的状态，例如 evidence:vague 或 证据材料:笼统"))
    fault = Text(**says("差错，代码或名称", "amount_mismatch"))
    retention = Text(**says("保管期限"))
    errand = Text(validate=one_of(desk.ERRANDS), **says("生成（generate）或检查（check）的文书"))
    since = Day(data_key="from", **says("从这一天起（北京时间）", "2026-03-05"))
    until = Day(data_key="to", **says("到这一天止（北京时间）", "2026-03-31"))
    least = Text(**says("金额不少于，元"))
    most = Text(**says("金额不多于，元"))
    order = Text(
        validate=validate.OneOf(["newest", "relevance"], error="应为 newest 或 relevance"),
        **says("新的在前，或最相关的在前"),
    )
    limit = Whole(1, 500, **says("一页几条，默认 50"))
    cursor = Text(**says("上一页答复中的 next_cursor"))


class RowsQuery(Shape):
    limit = Whole(1, 1000, load_default=100, **says("一页几行"))
    cursor = Whole(0, 10**9, _NO_CURSOR, load_default=0, **says("上一页答复中的 next_cursor"))


class WebhookRequest(Shape):
    url = Text(required=True, **says("收消息的地址", "https://cases.example.com/hooks"))
    events = Several(Text(), required=True, **says(f"要收的事：{'、'.join(webhooks.EVENTS)}", ["document.generated"]))


class SchemaQuery(Shape):
    procedure = Text(**says("按这一程序给出必填项"))


class DueQuery(Shape):
    within = Whole(0, 3650, **says("只要这么多天内届满的，以及已逾期的", 5))


class PageQuery(Shape):
    limit = Whole(
        1,
        case_desk.MOST,
        load_default=case_desk.PAGE,
        **says(f"每页件数，默认 {case_desk.PAGE}，最多 {case_desk.MOST}"),
    )
    cursor = Whole(0, 10**9, _NO_CURSOR, **says("上一页答复中的 next_cursor"))


class CasesQuery(DueQuery, PageQuery):
    state = Text(
        validate=one_of(dict.fromkeys(case_desk.STATES, "")),
        **says("open 没有结案，closed 已经结案；不给时全部"),
    )
    procedure = Text(**says("程序，见 /api/v1/procedures"))


class DueLettersQuery(PageQuery):
    on = Day(**says("以这一天为准，默认今天", "2026-03-05"))


class DestructionQuery(Shape):
    state = Text(validate=one_of(STATES), **says("；".join(f"{name} {label}" for name, label in STATES.items())))


class CorrectionRequest(Shape):
    title = Text(**says("文书名称"))
    sender = Text(**says("发文方"))
    recipient = Text(**says("收文方"))
    kind = Text(**says("文书种类"))
    procedure = Text(**says("程序"))
    case = Text(**says("所属案件", maxLength=desk.LONGEST_CASE))
    reason = Text(**says("为什么更正"))


class DescriptionRequest(Shape):
    form = Text(validate=one_of(FORMS), **says("original 原件，copy 复印件"))
    holder = Text(**says("实物由谁保管"))
    retention = Text(**says("保管期限，不能短于法定的年数", "30年"))
    remarks = Text(**says("附注"))


class ServiceForm(Shape):
    method = Text(
        required=True,
        validate=one_of(METHODS),
        **says("、".join(f"{id} {label}" for id, label in METHODS.items()), "courier"),
    )
    tracking = Text(**says("挂号或快递单号，邮件的标识", "SF1234567890"))
    on = Day(**says("送达或签收的日期", "2026-03-06"))
    remarks = Text(**says("附注"))


class ReasonRequest(Shape):
    reason = Text(required=True, validate=validate.Regexp(r".*\S", error="请写明理由"), **says("理由", "对方已起诉"))


class HoldRequest(ReasonRequest):
    letter = Text(**says("冻结一份文书：它的日志编号"))
    case = Text(**says("冻结整个案件；与 letter 二者取一", "HT-2026-018"))


class CloseRequest(Shape):
    on = Day(**says("结案日期，默认今天；保管期限从它起算", "2026-03-31"))
    number = Flag(**says("同时给还没有档号的文书编档号", False))
    reason = Text(**says("理由"))


class EventRequest(Shape):
    event = Text(required=True, **says("事件的编号或名称", "notice_received"))
    at = Text(
        required=True,
        allow_none=True,
        **says("日期，或者日期和时刻（北京时间）；空为撤回记入过的", "2026-03-06"),
    )
    source = Text(required=True, **says("从哪里知道", "EMS签收单"))


class SettingsRequest(Shape):
    settings = Named(
        values=Text(),
        required=True,
        **says(
            "名称和取值；取值为空字符串即恢复通常的", {"procedure": "contract_objection_notice", "CN2": "7个工作日"}
        ),
    )


class ExtensionRequest(Shape):
    limit = Text(required=True, **says("期限的编号", "EN8"))
    by = Text(**says("延长多少；不给时按规定", "3日"))
    source = Text(required=True, **says("谁以什么文书批准", "院长批准"))
    withdraw = Flag(**says("撤回最近记入的一次", False))
