"""Running heads, feet and page numbers, told apart from the text by where they stand and what they repeat."""

import re
from collections import Counter

from objection_docs.extraction.rows import Row
from objection_docs.text import normal

ZONE = 0.13  # of the page's height, at the top and at the bottom
_PAGE_NUMBER = re.compile(
    r"第?[-·]?\d{1,4}[-·]?页?|[-·~]\d{1,4}[-·~]|第?\d{1,4}页?[,/，]?共?\d{1,4}页?|page\d{1,4}(of\d{1,4})?"
    r"|第[一二三四五六七八九十百]+页(共[一二三四五六七八九十百]+页)?",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\d+")
# A name or a number above the title belongs to the letter: it may be its sender, its reference.
_TELLING = re.compile(
    r"(公司|集团|中心|委员会|大学|学校|银行|法院|政府|协会|商会|事务所|合作社|[厂局院厅部处所店社行会队办站])(?![\u4e00-\u9fff])"
    r"|[号字第]|\d|[:〔\[(]"
)


def roles(pages: list[list[Row]], heights: list[float]) -> dict[int, str]:
    """id of a row → "head" or "foot". `pages`: the rows of each page that stand outside of tables, top to bottom."""
    repeated = _repeated(pages, heights)
    out: dict[int, str] = {}
    for rows, height in zip(pages, heights, strict=True):
        for role, outermost in (("head", rows), ("foot", rows[::-1])):
            for row in outermost[: len(rows) - (role == "head" and len(pages) == 1)]:
                if _zone(row, height) != role or not (_key(row, role) in repeated or _is_page_number(row)):
                    break  # what stands inside of a line of text is text
                out[id(row)] = role
    if len(pages) == 1:
        out |= _lone(pages[0], heights[0], out)
    return out


def _zone(row: Row, height: float) -> str:
    if row.bottom < height * ZONE:
        return "head"
    return "foot" if row.top > height * (1 - ZONE) else ""


def _key(row: Row, role: str) -> tuple[str, str, int]:
    return role, _COUNTED.sub("#", normal(row.text)), round(row.base / 4)


def _repeated(pages: list[list[Row]], heights: list[float]) -> set:
    """What stands in the margin of most pages, figures aside. Its height may differ by a rounding step."""
    counts: Counter = Counter()
    for rows, height in zip(pages, heights, strict=True):
        here = set()
        for row in rows[:4] + rows[-4:]:
            if role := _zone(row, height):
                role, text, step = _key(row, role)
                here |= {(role, text, step - 1), (role, text, step), (role, text, step + 1)}
        counts.update(here)
    least = max(2, 0.6 * len(pages))
    return {key for key, count in counts.items() if count >= least}


def _is_page_number(row: Row) -> bool:
    return bool(_PAGE_NUMBER.fullmatch(normal(row.text)))


def _lone(rows: list[Row], height: float, known: dict[int, str]) -> dict[int, str]:
    """Running head and foot of a letter of one page, where no repetition gives them away: at the edge of the page,
    apart from the text, and without a name or number that the letter could need. In doubt they stay text."""
    left = [row for row in rows if id(row) not in known]
    if len(left) < 2:
        return {}
    out = {}
    first, title = left[:2]
    if first.bottom < height * 0.075:
        again = any(normal(first.text) == normal(row.text) for row in left[1:4])
        apart = title.top - first.bottom > 1.2 * first.size and title.size > 1.15 * first.size
        if again or (apart and not _TELLING.search(normal(first.text))):
            out[id(first)] = "head"
    above, last = left[-2:]
    apart = last.top - above.bottom > 2 * last.size
    if last.bottom > height * 0.945 and apart and not _TELLING.search(normal(last.text)):
        out[id(last)] = "foot"
    return out
