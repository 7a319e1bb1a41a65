"""A report (the JSON of one checked letter) in forms that people read."""

STATUS_LABELS = {"present": "齐备", "vague": "笼统", "blank": "空白", "missing": "缺失", "not_applicable": "不适用"}
LEVEL_LABELS = {"required": "必备", "recommended": "建议", "optional": "可选"}
VERDICT_LABELS = {"complete": "完整", "incomplete": "不完整", "unreadable": "无法读取"}
FIELD_LABELS = {
    "sender": "发文方",
    "recipient": "收文方",
    "reference": "合同或项目编号",
    "date": "落款日期",
    "title": "标题",
    "number": "文号",
}


def counts(report: dict) -> dict[str, int]:
    """How many elements have each status, in the order of STATUS_LABELS; those that none has are left out."""
    statuses = [element["status"] for element in report.get("elements", ())]
    return {status: statuses.count(status) for status in STATUS_LABELS if status in statuses}
