"""attachment_mismatch: the body refers to an enclosure that the list of enclosures doesn't have."""

import re
from collections.abc import Iterator

from objection_docs.checking import dates
from objection_docs.checking.faults.found import Found, Known

_WORD = r"(?P<word>附件|附表|附图|证据|材料|附)"
_NUMBER = r"(?P<number>\d{1,2}|[一二三四五六七八九十]{1,3})"
_ITEM = re.compile(
    rf"(?:^|(?<=[;。:,、]))[(【]?{_WORD}{_NUMBER}[)】]?(?=[:、.\u4e00-\u9fff《\"A-Z(])(?!是|为|中(?!标)|的|第|所|可|显示|载明|证明|规定|约定|至|到|和|、附|以及)",
    re.M,
)
_PLAIN = re.compile(
    r"(?<![\d.])(?P<number>\d{1,2})[.、)](?:(?!\d)|(?=\d{1,2}月))|(?P<mark>[①-⑳])|(?:^|(?<=[;:。,]))(?P<han>[一二三四五六七八九十]{1,2})[、.]",
    re.M,
)
_REFERENCE = re.compile(rf"{_WORD}\(?{_NUMBER}\)?(?![条页级款项\d.])")
_COUNTED = re.compile(
    r"(?P<word>附件|证据|材料)(?:一共|共|共计|有|计){1,2}(?P<number>\d{1,2}|[一二两三四五六七八九十]{1,2})(?:样|份|项|件|种|个)"
)
_LIST_LABEL = re.compile(r"附件|附:?$|^附|证据|材料|清单|目录|附送|附呈|随函")
_OF_SOMETHING = re.compile(
    r"(?:合同|协议|招标文件|采购文件|标书|章程|方案|通知|规定|办法|标准|说明书|》|其|该|贵方|对方|来函|你方)(?:的|之)?(?:《[^》]*》)?$"
)
_AS_CONTRACT = re.compile(r"^(?:规定|约定|所列|要求|标准|载明的标准|《[^》]{2,20}》(?:规定|约定))")


def _value(number: str) -> int:
    return ord(number) - ord("①") + 1 if "①" <= number <= "⑳" else dates.number(number)


def _listed(known: Known) -> tuple[dict[str, set[int]], list[tuple[int, int]]]:
    """Word → numbers that a list gives (附件 → {1, 2}); and where these items stand."""
    listed: dict[str, set[int]] = {}
    places = []
    for m in _ITEM.finditer(known.text):
        before = known.text[max(0, m.start() - 2) : m.start()]
        if not before.endswith(("见", "由", "以")):
            listed.setdefault(m["word"], set()).add(_value(m["number"]))
            places.append(m.span())
    for f in known.letter.fields:
        if not _LIST_LABEL.search(f.label) or len(f.label) > 12:
            continue
        numbers = [
            _value(m["number"] or m["mark"] or m["han"])
            for m in _PLAIN.finditer(known.text, f.value_start, f.value_end)
        ]
        run, end = 0, f.value_end
        for n in numbers:  # 1, 2, 3 …: a list; a stray numeral isn't
            run = run + 1 if n == run + 1 else run
        while run:  # «附件：1. …» with the other items in paragraphs of their own
            following = known.letter.para_at(min(end + 1, len(known.text)))
            m = _PLAIN.match(known.text, following.start)
            if following.start <= end or not m or _value(m["number"] or m["mark"] or m["han"]) != run + 1:
                break
            run, end = run + 1, following.end
        if run:
            word = "证据" if "证据" in f.label else "材料" if "材料" in f.label else "附件"
            listed.setdefault(word, set()).update(range(1, run + 1))
            places.append((f.value_start, end))
    for m in _COUNTED.finditer(known.text):
        listed.setdefault(m["word"], set()).update(range(1, _value(m["number"]) + 1))
        places.append(m.span())
    return listed, places


def find(known: Known) -> Iterator[Found]:
    listed, places = _listed(known)
    text = known.text
    of_contract = set()
    references = []
    for m in _REFERENCE.finditer(text):
        if any(a <= m.start() < b for a, b in places):
            continue
        key = (m["word"], _value(m["number"]))
        if _OF_SOMETHING.search(text, max(0, m.start() - 24), m.start()) or _AS_CONTRACT.match(
            text[m.end() : m.end() + 24]
        ):
            of_contract.add(key)
        elif m["word"] != "附":
            references.append((key, m.span()))
    for (word, number), span in references:
        have = listed.get(word)
        if not have or (word, number) in of_contract or number in have or known.letter.is_quoted(span[0]):
            continue
        names = "、".join(f"{word}{n}" for n in sorted(have))
        yield Found("attachment_mismatch", span, None, {"one": text[slice(*span)], "listed": names})
        return
