"""party_name_inconsistent: one party's name written in two ways, clearly by slip."""

import re
from collections.abc import Iterator

from objection_docs.checking.faults.found import Found, Known

_DECLARED = re.compile(r"(?:以下|下)(?:简)?称(?:为|作)?[:]?\"(?P<short>[^\"\n]{4,16})\"")
# A change in one of these makes another body, not a slip: 第一分公司 and 第二分公司, 东区 and 西区.
_TELLING = set(
    "一二三四五六七八九十〇0123456789甲乙丙丁东西南北中上下左右前后新老大小ABCDEFGHIJKLMNOPQRSTUVWXYZ省市县区镇乡村厂店局院所部处科"
)


def _variants(text: str, name: str) -> Iterator[tuple[int, str]]:
    """Places where `name` stands with exactly one other character: one half of it must be there as it is."""
    size = len(name)
    half = size // 2
    for part, shift in ((name[:half], 0), (name[half:], half)):
        at = text.find(part)
        while at >= 0:
            start = at - shift
            window = text[max(start, 0) : start + size]
            if len(window) == size and "\n" not in window:
                wrong = [i for i in range(size) if window[i] != name[i]]
                if len(wrong) == 1:
                    yield start, window
            at = text.find(part, at + 1)


_NO_NAME = ',。;:\n"('
_END = re.compile(
    r"(?:有限责任公司|股份有限公司|有限公司|集团公司|合作社|事务所|银行|医院|学院|大学|制品厂|研究院|服务中心)"
)


def _twins(text: str) -> Iterator[tuple[int, str, int, str]]:
    """Pairs of names in running text that end alike and are written otherwise in one place with like words around it.

    Where a name begins can't be told there, so the names are compared from their ends backwards. The place is one
    character with two like ones after it, or the two before the ending (软件技术/软件科技) with five like ones before.
    """
    ends = [(m.start(), m.end(), m[0]) for m in _END.finditer(text)]
    for i, (a, a_end, kind) in enumerate(ends):
        for b, b_end, other_kind in ends[i + 1 :]:
            if kind != other_kind:
                continue
            wrong, size = _differences(text, a, b, a_end)
            one_character = len(wrong) == 1 and wrong[0] >= 2 and size - wrong[0] > 2
            two_before_the_end = wrong == [0, 1] and size >= 7
            if one_character or two_before_the_end:
                yield a - size, text[a - size : a_end], b - size, text[b - size : b_end]


def _differences(text: str, a: int, b: int, floor: int) -> tuple[list[int], int]:
    """Going back from `a` and from `b`: how far behind the end characters differ, and how far the likeness goes."""
    wrong: list[int] = []
    for back in range(24):
        if a - back <= 0 or b - back <= floor:
            return wrong, back
        one, other = text[a - back - 1], text[b - back - 1]
        if one in _NO_NAME:
            return wrong, back
        if one != other:
            if {one, other} <= _TELLING or len(wrong) == 2 or (wrong and wrong[-1] != back - 1):
                return wrong, back
            wrong.append(back)
    return wrong, 24


def _names(known: Known) -> list[str]:
    """Names worth comparing: parties, organisations in fields and the signature block, declared short names."""
    names = {n for n in known.parties.values() if len(n) >= 6}
    full = known.words["full_name"]
    for para in known.letter.paras:
        if para.zone in ("opening", "closing"):
            names.update(m[0] for m in full.finditer(para.text) if len(m[0]) >= 6)
    for f in known.letter.fields:
        if f.form != "section":
            m = full.match(known.text, f.value_start, min(f.value_end, f.value_start + 60))
            if m and len(m[0]) >= 6:
                names.add(m[0])
    names.update(m["short"] for m in _DECLARED.finditer(known.text))
    return sorted(names, key=lambda n: (-len(n), n))


def find(known: Known) -> Iterator[Found]:
    text, names = known.text, _names(known)
    whole = set(names)
    told: set[str] = set()
    apart = set(known.parties.values())
    for at, name, start, window in _twins(text):
        if any(name in p for p in apart) and any(window in p for p in apart):
            continue  # two parties whose names happen to be alike
        told.update((name, window))
        yield Found(
            "party_name_inconsistent",
            (start, start + len(window)),
            (at, at + len(name)),
            {"one": name, "other": window},
        )
        return
    for name in names:
        for start, window in _variants(text, name):
            i = next(i for i in range(len(name)) if window[i] != name[i])
            if {window[i], name[i]} <= _TELLING or not (
                "\u4e00" <= window[i] <= "\u9fff" and "\u4e00" <= name[i] <= "\u9fff"
            ):
                continue
            if i in (0, len(name) - 1) and window not in whole:
                continue  # the window slid by a character, or the name was cut there
            key = frozenset((window, name))
            if any(key_part in told for key_part in key):
                continue
            told.update(key)
            at = text.find(name)
            first, second = sorted(((at, name), (start, window)))
            yield Found(
                "party_name_inconsistent",
                (second[0], second[0] + len(second[1])),
                (first[0], first[0] + len(first[1])),
                {"one": first[1], "other": second[1]},
            )
