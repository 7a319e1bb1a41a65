"""repealed_law and article_renumbered: a law cited as if in force, judged at the letter's own date."""

import re
from collections.abc import Iterator
from datetime import date

from objection_docs.checking import dates
from objection_docs.checking.faults.found import Found, Known, chinese
from objection_docs.packs import faults as pack

_FULL_DATE = re.compile(r"20\d\d[年./-]\d{1,2}[月./-]\d{1,2}")
# Named only to tell that it ended, or as the law of an earlier time: no fault.
_AS_HISTORY = re.compile(
    r"废止|失效|不再适用|随该法|已随|来函(?:所)?(?:引|援引)|(?:贵|您|你)[司方]?(?:所)?(?:引|援引)(?:用)?的|同时废止|已被|取代|替代|当时(?:有效|施行|适用)|原《|旧法|施行前|不再有效|已经?不"
)


def _last_date(text: str) -> date | None:
    """The latest day that an undated letter names: it cannot have been written much before."""
    return max((day for m in _FULL_DATE.finditer(text) if (day := dates.parse(m[0]))), default=None)


def find(known: Known) -> Iterator[Found]:
    letter, text = known.letter, known.text
    written = known.date or _last_date(text)
    if written is None:
        return
    ended, renumbered = pack.laws()
    for law in ended:
        if written < law.until or not any(key in text for key in law.keys):
            continue
        for m in law.pattern.finditer(text):
            low, high = letter.sentence(*m.span())
            if letter.is_quoted(m.start()) or _AS_HISTORY.search(
                text, max(low, m.start() - 12), min(high, m.end() + 40)
            ):
                continue
            values = {"one": m[0], "ended": chinese(law.until), "successor": law.successor, "date": chinese(written)}
            yield Found("repealed_law", m.span(), known.date_span if known.date else None, values)
            break
    for item in renumbered:
        if written < item.since:
            continue
        for m in item.pattern.finditer(text):
            low, high = letter.sentence(*m.span())
            if item.about.search(text, low, high) and not _AS_HISTORY.search(text, low, high):
                values = {"one": m[0], "since": chinese(item.since), "successor": item.successor}
                yield Found("article_renumbered", m.span(), None, values)
                break
