"""Names that users see for the fixed values of reports and of the log."""

ELEMENT_STATUSES = {"present": "齐备", "vague": "笼统", "blank": "空白", "missing": "缺失", "not_applicable": "不适用"}
VERDICTS = {"complete": "完整", "incomplete": "不完整", "unreadable": "无法读取"}
#: Instead of a verdict: of a letter that was answered before its check, see examining_desk.
UNCHECKED = "待检查"
#: Of a generated letter that still lacks facts.
DRAFT = "草稿"
#: The fault of a place that a draft left open: a letter that has it is not finished, whatever else it holds.
LEFT_OPEN = "left_open"
#: How a letter came into the log.
ERRANDS = {"generate": "生成", "check": "检查", "import": "导入"}
#: What a user or a key may do.
SCOPES = {
    "generate": "生成文书",
    "check": "检查文书",
    "archive": "查阅和保管档案",
    "destroy": "销毁期满的档案",
    "admin": "管理",
}
#: Of these, what only a person may do, and no key.
PERSONAL = ("destroy",)
