"""What is looked for: from raw words, as they come from a command line, an address or a form, to a `Query`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from objection_docs.archive.search.document import fold
from objection_docs.errors import UsageError
from objection_docs.labels import ELEMENT_STATUSES, ERRANDS, VERDICTS
from objection_docs.moments import BEIJING, stamp

_WORD = re.compile(r'([-－]?)(?:["“”„]([^"“”„]*)(?:["“”„]|$)|([^\s"“”„]+))')
MAX_LIMIT = 500
MAX_WORDS = 50
LONGEST_QUERY = 400
LONGEST_VALUE = 200
NEWEST, RELEVANCE = "newest", "relevance"
ORDERS = {NEWEST: "新的在前", RELEVANCE: "最相关的在前"}


@dataclass(frozen=True, slots=True)
class Query:
    """Empty values do not narrow. `words`, `without`: in normal form. `since`, `until`: stamps, the latter excluded.

    `element`: an element and its status, e.g. "evidence:vague". `least`, `most`: fen.
    """

    words: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    kind: str = ""
    procedure: str = ""
    case: str = ""
    party: str = ""
    who: str = ""
    status: str = ""
    missing: str = ""
    vague: str = ""
    element: str = ""
    fault: str = ""
    retention: str = ""
    errand: str = ""
    since: str = ""
    until: str = ""
    least: int | None = None
    most: int | None = None
    order: str = NEWEST
    limit: int = 50
    cursor: str = ""


#: Names of the raw words, the same on the command line, over HTTP and on the page; all are text.
PLAIN = ("kind", "procedure", "case", "party", "who", "status", "missing", "vague", "element", "fault", "retention")
NAMES = ("q", *PLAIN, "errand", "from", "to", "least", "most", "order", "limit", "cursor")


def read(raw: Mapping[str, object]) -> Query:
    """Raw words by their NAMES, absent or empty where nothing is asked. UsageError tells what to write instead.

    `from` and `to` may be dates or moments already.
    """
    given = {name: str(raw.get(name) or "").strip() for name in NAMES}
    words, without = parse_words(given["q"][:LONGEST_QUERY])
    _known("status", given["status"], VERDICTS)
    _known("errand", given["errand"], ERRANDS)
    _known("order", given["order"], ORDERS)
    least, most = _fen("least", given["least"], up=True), _fen("most", given["most"], up=False)
    since, until = _moment("from", raw.get("from"), end=False), _moment("to", raw.get("to"), end=True)
    if since and until and since >= until:
        raise UsageError("“到”的日期早于“从”的日期，请对调或改正", code="invalid_date", field="to")
    if least is not None and most is not None and least > most:
        raise UsageError("金额的上限小于下限，请对调或改正", code="invalid_amount", field="most")
    return Query(
        words=words,
        without=without,
        errand=given["errand"],
        **{name: given[name][:LONGEST_VALUE] for name in PLAIN if name != "element"},
        element=_element(given["element"]),
        since=since,
        until=until,
        least=least,
        most=most,
        order=given["order"] or NEWEST,
        limit=_limit(given["limit"]),
        cursor=given["cursor"],
    )


def parse_words(query: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words that must be there and words that must not, in their normal form. Any input is a query."""
    wanted, unwanted = [], []
    for minus, phrase, word in _WORD.findall(query):
        plain = fold(phrase or word)
        if plain and (plain != "-" or phrase):
            (unwanted if minus else wanted).append(plain)
    return tuple(dict.fromkeys(wanted[:MAX_WORDS])), tuple(dict.fromkeys(unwanted[:MAX_WORDS]))


def _known(name: str, value: str, known: Mapping[str, str]) -> None:
    if value and value not in known:
        listed = "、".join(f"{key}（{label}）" for key, label in known.items())
        raise UsageError(f"没有“{value}”这个取值；可用：{listed}", code=f"invalid_{name}", field=name)


def _element(value: str) -> str:
    """evidence:vague, also with the status in Chinese: evidence:笼统."""
    if not value:
        return ""
    element, _, status = value.replace("：", ":").partition(":")
    by_label = {label: key for key, label in ELEMENT_STATUSES.items()}
    status = by_label.get(status.strip(), status.strip())
    if not element.strip() or status not in ELEMENT_STATUSES:
        listed = "、".join(f"{key}（{label}）" for key, label in ELEMENT_STATUSES.items())
        message = f"应写成“要素:状态”，例如 evidence:vague；状态可用：{listed}"
        raise UsageError(message, code="invalid_element", field="element")
    return f"{element.strip()}:{status}"


def _moment(name: str, given: object, *, end: bool) -> str:
    """A bare day begins and ends in Beijing."""
    if not given:
        return ""
    if isinstance(given, datetime):
        moment = given if given.tzinfo else given.replace(tzinfo=BEIJING)
        return stamp(moment + timedelta(milliseconds=1) if end else moment)
    try:
        if not isinstance(given, date):
            text = str(given).strip()
            if len(text) != 10:
                raise ValueError
            given = date.fromisoformat(text)
        start = datetime(given.year, given.month, given.day, tzinfo=BEIJING)
        return stamp(start + timedelta(days=1) if end else start)
    except (ValueError, OverflowError):
        message = f"“{given}”不是日期，应写成 2026-03-05 这样"
        raise UsageError(message, code="invalid_date", field=name) from None


def _fen(name: str, given: str, *, up: bool) -> int | None:
    """Yuan, with or without thousands' commas → fen, towards the inside of the range."""
    if not given:
        return None
    try:
        value = Decimal(fold(given).replace(",", "").removesuffix("元")) * 100
        if not (value.is_finite() and 0 <= value < 10**17):
            raise InvalidOperation
    except InvalidOperation:
        message = f"“{given}”不是金额，应写成以元为单位的数字，例如 35000 或 35000.50"
        raise UsageError(message, code="invalid_amount", field=name) from None
    return int(-(-value // 1)) if up else int(value // 1)


def _limit(given: str) -> int:
    if not given:
        return 50
    if not (given.isascii() and given.isdigit() and len(given) < 4 and 1 <= int(given) <= MAX_LIMIT):
        raise UsageError(f"limit 应为 1 到 {MAX_LIMIT} 的整数", code="invalid_limit", field="limit")
    return int(given)
