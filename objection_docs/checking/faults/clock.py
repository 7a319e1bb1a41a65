"""deadline_missed, wrong_last_day, wrong_authority: the letter held against the limits and the bodies of its procedure.

What the law fixes is held against every letter that clearly belongs to the procedure; what a contract or a house rule
fixes only where the caller named the procedure, since a contract may have agreed otherwise.
"""

import re
from collections.abc import Iterator
from datetime import date

from objection_docs.checking import dates
from objection_docs.checking.faults.found import Found, Known, Span, chinese
from objection_docs.checking.letter import Letter, Para
from objection_docs.packs import recourse
from objection_docs.workdays import add_workdays

_VERB = re.compile(r"收到|收悉|签收|收讫|接到|收件|收函")
_NOT_WE = re.compile(r"异议人|投诉人|申请人|执行人|被|贵|你|您|对方|客户|供应商|报告|通知|货|送达|发现")
_SUBJECT = 8  # characters before a day in which its subject stands
_NOT_NOTICE = re.compile(r"报告|货|物|通知|款|产品|答复|裁定|材料|样品|鉴定|检测|短信|补正")
_ARRIVAL = re.compile(r"(?:收到|签收|收件|收文|接收|收函)(?:的)?(?:日期|时间|日)$")
#: Time that isn't counted, or a limit made longer: then nobody can tell the last day from two dates.
_UNCERTAIN = re.compile(r"中止|延长|延期|补正|听证|鉴定|不计(?:算|入)|顺延|暂停计算|扣除")
_STARTED = re.compile(r"立案|受理|登记")
_FILED = re.compile(r"已(?:予|经|依法)?(?:登记)?立案")
_OWN_TERM = re.compile(
    r"(?:收到|签收|接到|受理)[^。;\n,]{0,16}(?:之日|当日|之次日)?(?:起|后)[^。;\n,]{0,6}?(?P<number>\d{1,3}|[一二三四五六七八九十]{1,3})个工作日(?:内|之内|以内)"
)
_BY = re.compile(r"(?:至迟|最迟|最晚|不迟于|不晚于|即|截至|,|\()(?:于|在|不迟于|不晚于)?$")
_EITHER = re.compile(
    r"(?:提交|提请|交由|由|向)[^。;,\n]{0,20}仲裁(?:委员会|机构)(?:仲裁)?(?:或者?|、)(?:者)?(?:向)?[^。;,\n]{0,16}(?:人民)?法院(?:进行)?(?:解决|处理|裁决|裁判|管辖)"
)
#: No body is named by what one does there: «向协会投诉或者提起诉讼» doesn't send a suit to the association.
_DOING = "投诉|举报|反映|申请|提交|递交|请求|撤销"
_GOING = rf"向(?P<body>(?:(?!{_DOING})[^。;,\n]){{2,40}}?)(?:书面|依法|再次)*(?:提起|提出|进行|申请)?(?:%s)"
_SOMEBODY = re.compile(r"局|委|部门|办公室|厅|院|中心|公司|政府|银行|协会")
#: Names nobody, and so nobody wrong: what is wanting there, the element tells.
_VAGUE = re.compile(r"(?:有关|相关|主管|上级)+(?:行政|主管|监督|监管|职能)*(?:部门|机关|机构|单位)\Z")
_CONDITION = re.compile(r"如|若|不服|不满|有异议|可以?|有权")


def find(known: Known) -> Iterator[Found]:
    yield from _own_count(known)
    yield from _missed(known)
    yield from _wrong_day(known)
    yield from _wrong_body(known)
    yield from _either(known)


def received(known: Known) -> tuple[date, Span] | None:
    """The day on which the writer received the notice, and where it says so; None where the letter names two days."""
    text, letter, found = known.text, known.letter, {}
    for m in known.words["full_date"].finditer(text):
        day, para = dates.parse(m[0]), letter.para_at(m.start())
        if not day or not known.date or day > known.date or letter.is_quoted(m.start()) or para.zone == "closing":
            continue
        low, high = letter.clause(*m.span())
        verb = _VERB.search(text, m.end(), min(high, m.end() + 24))
        ours = (
            verb
            and not _NOT_WE.search(text, max(low, m.start() - _SUBJECT), verb.start())
            and not _NOT_NOTICE.search(text[verb.end() : high])
        )
        if ours or any(_ARRIVAL.search(label) for label in _labels(letter, para, m.start())):
            found[day] = m.span()
    return next(iter(found.items())) if len(found) == 1 else None


def _labels(letter: Letter, para: Para, at: int) -> list[str]:
    """What a place in a paragraph stands under."""
    return [*para.labels, *(f.label for f in letter.fields if f.value_start <= at < f.value_end)]


def _missed(known: Known) -> Iterator[Found]:
    """The letter is dated after the last day for a letter of its kind."""
    begun = None if _UNCERTAIN.search(known.text) else received(known)
    if not begun:
        return
    due = known.clock.due(known.kind, begun[0], known.date)
    if due and known.date > due.last and not _begun_in_time(known, due.last):
        values = {"limit": due.label, "term": due.term, "authority": due.authority, "last": chinese(due.last)}
        values |= {"start": chinese(begun[0]), "date": chinese(known.date)}
        yield Found("deadline_missed", known.date_span, begun[1], values)


def _begun_in_time(known: Known, last: date) -> bool:
    """«已于7月6日立案», «已予立案»: the letter came later than the act that it tells of."""
    if known.kind != "acknowledgement":
        return False
    if _FILED.search(known.text):
        return True
    for m in known.words["full_date"].finditer(known.text):
        day, clause = dates.parse(m[0]), known.letter.clause(*m.span())
        if day and day <= last and _STARTED.search(known.text, m.end(), clause[1]):
            return True
    return False


def _wrong_day(known: Known) -> Iterator[Found]:
    """An acknowledgement names a day for the answer that is later than the procedure allows."""
    if known.kind != "acknowledgement" or "不予受理" in known.text or _UNCERTAIN.search(known.text):
        return
    begun = received(known)
    if not begun:
        return
    due = known.clock.due("disposition_reply", begun[0], known.date)
    told = _last_day(known) if due else None
    if told and told[0] > due.last:
        yield _wrong(told, begun, due.last, f"{due.label}：{due.term}（{due.authority}）")


def _own_count(known: Known) -> Iterator[Found]:
    """The day named isn't where the letter's own number of working days ends."""
    if known.kind != "acknowledgement":
        return
    begun, told = received(known), _last_day(known)
    if not begun or not told:
        return
    low, high = known.letter.sentence(*told[1])
    term = _OWN_TERM.search(known.text, low, high)
    if term and told[0] > (last := add_workdays(begun[0], dates.number(term["number"]))):
        yield _wrong(told, begun, last, f"本函写明“{term[0]}”")


def _wrong(told: tuple[date, Span], begun: tuple[date, Span], last: date, rule: str) -> Found:
    values = {"told": chinese(told[0]), "start": chinese(begun[0]), "last": chinese(last), "rule": rule}
    return Found("wrong_last_day", told[1], begun[1], values)


def _last_day(known: Known) -> tuple[date, Span] | None:
    """The day by which the letter promises the answer."""
    text = known.text
    for m in known.words["full_date"].finditer(text):
        day = dates.parse(m[0])
        low, high = known.letter.sentence(*m.span())
        promised = re.search(r"答复|回复|处理决定|裁定|告知", text[low:high])
        ends = _BY.search(text[low : m.start()]) or re.match(r"(?:之?前|以前|止|届满)", text[m.end() : m.end() + 3])
        other = re.search(r"补正|补充|如[有对]|逾期|请(?:贵|你|您)|要求|来函|开庭|可以?(?:自|在|于)", text[low:high])
        if day and known.date and day > known.date and promised and ends and not other:
            return day, m.span()
    return None


def _wrong_body(known: Known) -> Iterator[Found]:
    """A reply sends the other side to a body that its procedure doesn't have."""
    if known.kind != "disposition_reply" or not known.procedure:
        return
    for way in (way for way in recourse.ways(known.procedure) if way.only):
        for m in re.finditer(_GOING % way.act.pattern, known.text):
            low = known.letter.sentence(*m.span())[0]
            if known.letter.is_quoted(m.start()) or not _CONDITION.search(known.text, low, m.end()):
                continue
            body = m["body"]
            if _SOMEBODY.search(body) and not _VAGUE.search(body) and not way.only.search(body):
                values = {"told": body, "right": way.body, "way": way.way, "authority": way.basis}
                yield Found("wrong_authority", m.span("body"), None, values)
                return


def _either(known: Known) -> Iterator[Found]:
    """«仲裁委员会或人民法院»: an agreement on both is none on arbitration."""
    if known.kind not in ("disposition_reply", "acknowledgement"):
        return
    m = next((m for m in _EITHER.finditer(known.text) if not known.letter.is_quoted(m.start())), None)
    if m:
        law = "《最高人民法院关于适用〈中华人民共和国仲裁法〉若干问题的解释》第七条"
        values = {
            "told": m[0],
            "right": "约定的一个仲裁委员会，或者有管辖权的人民法院",
            "way": "只写一个",
            "authority": law,
        }
        yield Found("wrong_authority", m.span(), None, values)
