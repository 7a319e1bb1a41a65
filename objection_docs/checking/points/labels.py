"""What a heading, or the label of a form's cell, says that stands under it: grounds, requests, or neither."""

import re
from collections.abc import Mapping

from objection_docs.checking.letter import Para

_OFF = re.compile(
    r"附|证据|材料清单|联系|主体|基本(?:信息|情况)|当事人|项目(?:名称|概况)|法律依据|依据条款|条款依据|依据$|抄送|签|日期|期限|送达|"
    r"声明|其[他它](?:事项|约定|说明)?$|"
    r"(?<!异议)(?<!情况)(?<!问题)(?<!事实)说明$|执行人$|随[函信表文]"
)
_BASIS = re.compile(r"^(?!.*(?:事实|理由)).*依据$")
_FACTS = re.compile(r"事实|理由|问题|内容|描述|经过|情况|异议|质疑|不良|缺陷|现象|毛病|不对|不符|不合格|岔子|事由|陈述")
_BEFORE = re.compile(
    r"前置|先行|此前|交涉|协商|沟通|(?:对方|被投诉人|贵[司方行校])[^,。]{0,6}(?:答复|说法|回复)|"
    r"(?:异议|质疑|投诉)(?:及|和|与)?(?:的)?(?:提出|处理|答复|办理|经过)"
)
_WHICH = re.compile(
    r"^(?!.*(?:说明|描述|经过|理由|事实|情况)).*(?:所涉|涉及|类[别型]|位置|对象|编号|账户|公示|项目$|文件$|业务$)"
)
_WANTED = re.compile(r"(?:希望|要求|请求|申请(?!人|书|表|日)|更正)[^人日]{0,6}$")


def names_ground(label: str, words: Mapping[str, re.Pattern]) -> bool:
    """Whether a heading tells a ground itself («随货资料不齐»), and doesn't only say what stands under it."""
    return of_section(label, words) == "ground" and not _FACTS.search(label)


def of_section(label: str, words: Mapping[str, re.Pattern]) -> str:
    """ground | request | off."""
    if words["demand_label"].search(label) or words["request_lead"].search(label):
        return "request"
    return "off" if _is_aside(label) else "ground"


def of_cell(para: Para, words: Mapping[str, re.Pattern]) -> str:
    """ground | request, or "" for a cell that asks for anything else."""
    label = para.labels[-1] if para.labels and para.text else ""
    if label and (words["demand_label"].search(label) or _WANTED.search(label)):
        return "request"
    other = _OFF.search(label) or _BEFORE.search(label) or _WHICH.search(label)
    return "ground" if _FACTS.search(label) and not other else ""


def _is_aside(label: str) -> bool:
    """Whether parties, papers, the basis or what was said before stand there."""
    return (
        bool(_BASIS.search(label))
        or bool(_BEFORE.search(label))
        or bool(_OFF.search(label) and not _FACTS.search(label))
    )
