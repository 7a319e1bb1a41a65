"""deadline_exceeded: the letter itself shows that it is later than a limit that the letter itself states."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from objection_docs.checking import dates
from objection_docs.checking.faults.found import Found, Known, Span, chinese
from objection_docs.workdays import add_workdays

_STARTS = "收到|接到|签收|到件|来件|送达|接件|发现|受理|收货|到货|货到|验收|交付|公示|知道|答复期满|登记"
_LIMIT = re.compile(  # from the last such word: «公示的《须知》，应在收到后10日内答复» runs from receipt
    rf"(?P<start>{_STARTS})(?:(?!{_STARTS})[^。;\n,]){{0,24}}?(?:之日|之时|之次日)?(?:起|后|内|的)?,?(?:(?!{_STARTS})[^。;\n,]){{0,10}}?"
    r"(?P<number>\d{1,3}|[一二三四五六七八九十]{1,3})个?(?P<unit>工作日|日|天|营业日)(?:内|之内|以内)"
)
_OWN = {
    "acknowledgement": re.compile(r"确认|受理|答复|回复|告知|书面|发出"),
    "disposition_reply": re.compile(r"答复|回复|处理|作出|书面|审查|办结|核查|告知"),
    "objection_notice": re.compile(r"提出|异议|质疑|通知"),
    "complaint": re.compile(r"投诉|提起|提出"),
}
# A limit of the other side, a future one, or one told as kept.
_NOT_OURS = re.compile(
    r"(?:收到|接到|自|送达)本|本(?:回复|函|答复|通知|决定|告知|意见|裁定)(?:之日|送达|发出|作出)|请(?:贵|你|您)|贵(?:方|司|公司|院|局)(?:应|须|可|有权)|可(?:以|在|于)?(?:自|在|于|向)|有权|如(?:对|不服|仍)|不服|将(?:于|在)|未超过|未逾|符合|在(?:法定)?期(?:限|间)内|补充|补正|上诉|起诉|复议|支付|付款|退还|申请人应|异议人应|买受人|当事人认为"
)
_EVENTS = {
    "收到|接到|签收|到件|来件|送达|接件|受理|登记": re.compile(
        r"收到|收悉|签收|收讫|接到|收件|送达|登记|接收|收下|取到|拿到|到件|送到|寄达|点收|进入(?:我|本)[^。;,\n]{0,8}(?:邮箱|系统)|投递"
    ),
    "发现": re.compile(r"发现|查明|得知|检出"),
    "收货|到货|货到|验收|交付": re.compile(r"到货|交付|送货|送达|收货|验收|运抵|签收"),
    "公示": re.compile(r"公示|公告"),
    "知道|答复期满": re.compile(r"知道|答复|回复|送达|收到"),
}
_ARRIVAL_CELL = re.compile(r"收到|签收|到件|收件|接收|到我|何时到")
_RULE_QUOTED = re.compile(r"(?:载明|规定|约定|写明|明定|承诺过?|公约|第[〇零一二三四五六七八九十百\d.]+条)[:,]?$")
_CLAUSE_END = re.compile(r"[,。;\n]|(?<!\d):|:(?!\d)|\Z")  # «9:40» is inside a clause
_DAY = r"(?:(?P<year>20\d\d)年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})日"
_HANDED_IN = re.compile(
    r"(?:在|到|来)(?:我|本)[^,。;\n]{0,10}(?:递交|提交|交来|填写|交到|送来)|(?:当面|亲自|现场)(?:递交|提交|交来|送来)"
)
_DAY_OF = re.compile(r"(?:收到|签收|收件|送达|接收)(?:的)?(?:日期|时间|日)(?:为|是|[:])$")
_SAME_DAY = re.compile(r"(?:当日|同日|当天|即日)(?:即|便|就|已)?")


def _start(known: Known, word: str) -> tuple[date, Span] | None:
    """The day that the limit runs from, as the letter tells it: a date in a clause with the event's verb.

    «您3月4日提交的……，我处当日签收» tells it by the date before.
    """
    verbs = next(pattern for key, pattern in _EVENTS.items() if re.search(key, word))
    text, letter = known.text, known.letter
    pattern = re.compile(rf"{known.words['full_date'].pattern}|{_DAY}")
    for m in pattern.finditer(text):
        after = m.end() + text.startswith(",", m.end())  # «5月13日，我单位收到……»
        told = verbs.search(text, after, min(after + 24, _CLAUSE_END.search(text, after).start()))
        if not told and letter.para_at(m.start()).cell:
            told = any(_ARRIVAL_CELL.search(label) for label in letter.para_at(m.start()).labels)
        if not told:
            told = _DAY_OF.search(text, max(0, m.start() - 12), m.start())
        if not told:
            same = _SAME_DAY.search(text, m.end(), letter.sentence(*m.span())[1])
            told = same and verbs.match(text, same.end()) and not pattern.search(text, m.end(), same.start())
        if letter.is_quoted(m.start()) or letter.para_at(m.start()).zone == "closing" or not told:
            continue
        day = _day(m, known.date.year)
        if day and day <= known.date:
            return day, m.span()
    return _handed_in(known) if re.search(r"收到|接到|受理", word) else None


def _handed_in(known: Known) -> tuple[date, Span] | None:
    """«您3月4日在本行营业厅递交»: handed in here, it was received that day."""
    text, letter = known.text, known.letter
    for m in re.finditer(_DAY, text):
        end = _CLAUSE_END.search(text, m.end()).start()
        later = _CLAUSE_END.search(text, min(end + 1, len(text))).start()
        handed = _HANDED_IN.search(text, m.start(), max(end, later))
        day = _day(m, known.date.year)
        if handed and day and day <= known.date and not letter.is_quoted(m.start()):
            return day, m.span()
    return None


def _reported(known: Known, at: int) -> bool:
    """Whether the limit stands in the other side's words; a rule quoted («第四条载明：“…”») binds the writer."""
    if not known.letter.is_quoted(at):
        return False
    opened = known.text.rfind('"', 0, at)
    return not _RULE_QUOTED.search(known.text, max(0, opened - 16), opened)


def _day(m: re.Match, year: int) -> date | None:
    try:
        return dates.parse(m[0]) or date(int(m["year"] or year), int(m["month"]), int(m["day"]))
    except (ValueError, TypeError):
        return None


def find(known: Known) -> Iterator[Found]:
    own = _OWN.get(known.kind)
    if known.date is None or own is None:
        return
    letter, text = known.letter, known.text
    for m in _LIMIT.finditer(text):
        low, high = letter.sentence(*m.span())
        if _reported(known, m.start()) or _NOT_OURS.search(text, low, high) or not own.search(text, low, high):
            continue
        begun = _start(known, m["start"])
        if begun is None:
            continue
        number = dates.number(m["number"])
        working = m["unit"] in ("工作日", "营业日")
        last = add_workdays(begun[0], number) if working else begun[0] + timedelta(days=number)
        # the last day may roll over a holiday (民法典第二百零三条): a few days late is left to the reckoning of limits
        if known.date > last + timedelta(days=0 if working else 3):
            values = {"one": m[0], "start": chinese(begun[0]), "last": chinese(last), "date": chinese(known.date)}
            yield Found("deadline_exceeded", m.span(), begun[1], values)
            return
