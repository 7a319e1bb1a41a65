"""date_impossible: a day that no calendar has, or an event told as past that is later than the letter itself."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from objection_docs.checking import dates
from objection_docs.checking.faults.found import Found, Known, chinese
from objection_docs.checking.letter import Para

_DAY = re.compile(
    r"(?<![\d.])(?:(?P<year>(?:19|20)\d\d)[年./-])?(?P<month>\d{1,2})(?P<mark>[月./-])(?P<day>\d{1,2})(?P<end>[日号]?)(?![\d.%])"
)
_MONTH_DAY = (
    r"(?<![\d年])\d{1,2}月\d{1,2}[日号]|"
    r"(?<![年一二三四五六七八九十])(?:元|十?[一二三四五六七八九]|十)月[一二三四五六七八九十廿]{1,3}日"
)
_IN_YEAR = re.compile(r"(\d{1,2}|[元一二三四五六七八九十]{1,2})月(\d{1,2}|[一二三四五六七八九十廿]{1,3})[日号]")
_YEAR = re.compile(r"((?:19|20)\d\d)[年./-]")
_HAN_DAY = re.compile(r"(?<!个)(?P<month>元|十?[一二三四五六七八九]|十)月(?P<day>[一二三四五六七八九十廿]{1,3})日")
_AHEAD_OF = timedelta(days=150)  # what lies further ahead without a year is the last year's
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_PAST = re.compile(
    r"已(?:经|于)?|收到|收悉|签收|收讫|送达|签订|签署|交付|到货|发现|提交|递交|出具|召开|送检|取样|检验|验收|发货|安装|购买|查封|开标|公示了?|"
    r"作出了|发出|致函|来函|回复了|答复了|支付了|付款|扣划|查明|通知了|停工|进场|受理了|投诉了|发生|入住|办理了|拍摄|测得|核实|寄出|到场|所作|打印"
)
# Past only beside a date with its year: «6月10日发布公告» may be a plan.
_PAST_DATED = re.compile(r"致电|催告|约谈|反馈|告知|发布|公告|取得|制作|形成|登记|离职|上线|停运|停用")
_DONE = re.compile(r"已|曾|业经|刚|早在|昨")
_DID = re.compile(r"[^。;,\n要会能可]{0,6}(?:又|再|还)?[做查测试看量检验修换送问谈开装卸算称]了")
_PAPER = re.compile(r"(?:的|所作)?[^。;,\n]{0,8}(?:报告|照片|来函|复函|邮件|记录|回执|收据|发票|纪要|签收单|截图|聊天)")
_PLAN = re.compile(
    r"(?:将|拟|决定)采取|(?:下列|如下|以下)(?:措施|安排)|(?:措施|安排)如下|(?:整改|修复|处理|返工|补救|后续)(?:安排|计划|措施)[。:]"
)
_PLANS = re.compile(r"处理$|措施|补救|安排|下一步|后续|整改")
_AHEAD = re.compile(
    r"将|拟|预计|计划|定于|前(?![述期台端几])|截止|截至|届满|到期|期限|不迟于|顺延|之日起|至(?=\d|20)|起至|有效期|务必|请|应于|须于|须在|应在|约定|承诺|以前|止|质保|保修|租期|履行期|工期|届时|拟于|逾期|最迟|至迟|最晚|不晚于|[会能可]在|[会能可]于|时限|下次|日起(?!算)|其[一二三四五六](?=,)|回音|答复您|答复你|给您|给你|交付期|排期|安排在|改为|延至|推迟"
)


def _impossible(known: Known) -> Iterator[Found]:
    for m in _HAN_DAY.finditer(known.text):
        month, day = dates.number(m["month"]), dates.number(m["day"])
        if 1 <= month <= 12 and day > _LONGEST[month - 1]:
            yield Found("date_impossible", m.span(), None, {"one": m[0], "why": f"{month}月没有{day}日"})
    for m in _DAY.finditer(known.text):
        if m["mark"] != "月" and not m["year"]:
            continue  # 3.5 or 1-2 is no date
        if m["mark"] == "月" and not m["end"]:
            continue
        month, day = int(m["month"]), int(m["day"])
        if re.search(r"\d\s+\d", known.letter.quote(*m.span())):
            continue  # «约3 6月27日»: two numbers that stand side by side
        if not 1 <= month <= 12:
            if m["mark"] == "月" or m["year"]:
                yield Found("date_impossible", m.span(), None, {"one": m[0], "why": "一年只有十二个月"})
        elif not 1 <= day <= _LONGEST[month - 1]:
            yield Found("date_impossible", m.span(), None, {"one": m[0], "why": f"{month}月没有{day}日"})
        elif m["year"] and (month, day) == (2, 29):
            try:
                date(int(m["year"]), 2, 29)
            except ValueError:
                yield Found("date_impossible", m.span(), None, {"one": m[0], "why": f"{m['year']}年的2月没有29日"})


def _in_year(words: str, text: str, at: int, own: date) -> date | None:
    """«6月12日» in the year last named before it; None when that isn't the year of the letter's `own` date, or where
    none is named and the last year's day is meant: «10月21日» in a letter of January."""
    year = own.year
    named = _YEAR.findall(text, max(0, at - 200), at)
    if named and int(named[-1]) != year:
        return None
    found = _IN_YEAR.fullmatch(words)
    try:
        day = date(year, *map(dates.number, found.groups())) if found else None
    except ValueError:
        return None
    return day if day and (named or day - own <= _AHEAD_OF) else None


def _planned(para: Para, text: str, day: re.Match, low: int, reach: int) -> bool:
    """Whether the day stands among measures still to be taken, and nothing around it says that it is done."""
    among = _PLAN.search(text, para.start, day.start()) or any(_PLANS.search(label) for label in para.labels[-1:])
    return bool(among) and not _DONE.search(text, low, reach)


def find(known: Known) -> Iterator[Found]:
    yield from _impossible(known)
    if known.date is None:
        return
    letter, text = known.letter, known.text
    for m in re.finditer(f"{known.words['full_date'].pattern}|{_MONTH_DAY}", text):
        day = dates.parse(m[0]) or _in_year(m[0], text, m.start(), known.date)
        if day is None or day <= known.date or m.span() == known.date_span:
            continue
        if letter.para_at(m.start()).zone == "closing":
            continue
        low, high = letter.clause(*m.span())
        reach = min(high + 30, letter.sentence(*m.span())[1])
        dated = bool(_YEAR.match(m[0])) and _PAST_DATED.search(text, m.end(), reach)
        told = (
            dated
            or _PAST.search(text, m.end(), reach)
            or _DONE.search(text, low, m.start())
            or _PAPER.match(text, m.end())
            or _DID.match(text, m.end())
        )
        if told and not _AHEAD.search(text, low, high) and not _planned(letter.para_at(m.start()), text, m, low, reach):
            why = f"本函日期是{chinese(known.date)}，却把这一天的事当作已经发生"
            yield Found("date_impossible", m.span(), known.date_span, {"one": m[0], "why": why})
            return
