"""What the log's later entries are called, and say, in Chinese."""

from objection_docs.labels import SCOPES, VERDICTS

#: What a correction may change, as a user says it.
CORRECTED = {
    "title": "文书名称",
    "sender": "发文方",
    "recipient": "收文方",
    "kind": "文书种类",
    "procedure": "程序",
    "case": "案件",
}
FORMS = {"original": "原件", "copy": "复印件"}
METHODS = {
    "registered": "挂号信",
    "courier": "快递",
    "email": "电子邮件",
    "hand": "当面送达",
    "fax": "传真",
    "platform": "平台提交",
}
ACCESS = {"shown": "查看", "file": "取出原文件", "exported": "导出", "version": "检查了下一版"}
#: Of a destruction list.
STATES = {"proposed": "待审批", "approved": "已审批，待执行", "stopped": "已中止", "done": "已执行"}
LATER = {
    "correct": "更正",
    "describe": "著录",
    "service": "送达",
    "access": "利用",
    "close": "结案",
    "reopen": "重新开启",
    "event": "记入日期",
    "set": "设置",
    "extend": "延长期限",
    "hold": "冻结",
    "release": "解除冻结",
    "propose": "提出销毁清册",
    "approve": "审批销毁清册",
    "decline": "否决销毁清册",
    "destroy": "销毁",
    "audit": "审计",
    "accept": "接受",
    "examine": "自动检查",
}
#: What an entry of the errand `audit` tells.
AUDITED = {
    "sign_in": "登录",
    "refused": "登录被拒",
    "forbidden": "无权操作，已拒绝",
    "sign_out_everywhere": "全部退出登录",
    "user_added": "新增用户",
    "role": "改变角色",
    "disabled": "停用用户",
    "enabled": "启用用户",
    "password": "设置密码",
    "link": "发出一次性链接",
    "key_added": "新增密钥",
    "key_revoked": "吊销密钥",
    "exported": "导出",
    "webhook_added": "登记 webhook",
    "webhook_removed": "删除 webhook",
}
#: What else it tells, in this order; and what its values mean.
_TOLD = {
    "user": "用户",
    "role": "角色",
    "key": "密钥",
    "scopes": "权限",
    "webhook": "webhook",
    "host": "地址",
    "how": "方式",
    "path": "页面",
    "asked": "条件",
    "address": "来自",
}
_SAID = {
    "legal": "法务",
    "archivist": "档案",
    "admin": "管理",
    "password": "密码",
    "link": "一次性链接",
    "oidc": "单位账号",
}
_DESCRIBED = {
    "form": "形式",
    "holder": "保管人",
    "remarks": "附注",
    "retention": "保管期限",
    "archive_number": "档号",
}


def told(entry) -> str:
    """What a later entry says, in one line."""
    details = entry.details or {}
    words = {
        "correct": _corrected,
        "describe": _described,
        "service": _service,
        "access": lambda given: ACCESS.get(given.get("how"), given.get("how", "")),
        "close": lambda given: f"结案日期 {given['on']}",
        "event": lambda given: f"{given['event']} {given['at'] or '撤回'}，{given['source']}",
        "set": lambda given: "；".join(f"{name}={value}" for name, value in given["set"].items()),
        "extend": lambda given: (
            f"{given['limit']} {'撤回' if 'withdrawn' in given else given['by']}，{given['source']}"
        ),
        "release": lambda given: f"冻结 {given['hold']}",
        "destroy": lambda given: f"清册 {given['list']}",
        "propose": lambda given: f"{len(given['items'])} 份文书",
        "audit": _audited,
        "accept": lambda given: f"{'撤回：' if given.get('withdrawn') else ''}{given['label']}",
        "examine": lambda given: VERDICTS.get(given["verdict"], given["verdict"]),
    }.get(entry.errand, lambda _: "")(details)
    reason = details.get("reason", "")
    parts = [words, f"理由：{reason}" if reason else "", f"附件：{entry.file_name}" if entry.file_name else ""]
    return "；".join(filter(None, parts))


def _corrected(details: dict) -> str:
    was = details.get("was", {})
    return "；".join(
        f"{CORRECTED['case' if name == 'case_id' else name]}“{was.get(name, '')}”→“{value}”"
        for name, value in details["set"].items()
    )


def _described(details: dict) -> str:
    given = details["set"]
    return "；".join(
        f"{label} {FORMS.get(given[name], given[name])}" for name, label in _DESCRIBED.items() if name in given
    )


def _audited(details: dict) -> str:
    what = AUDITED.get(details.get("what"), details.get("what", ""))
    said = {name: _SAID.get(value, value) for name, value in details.items()}
    if "scopes" in said:
        said["scopes"] = "、".join(SCOPES.get(scope, scope) for scope in details["scopes"].split())
    rest = [f"{label} {said[name]}" for name, label in _TOLD.items() if name in said]
    return "；".join(filter(None, [what, *rest]))


def _service(details: dict) -> str:
    parts = [METHODS.get(details["method"], details["method"]), details.get("tracking", ""), details.get("on", "")]
    return " ".join(filter(None, [*parts, details.get("remarks", "")]))
