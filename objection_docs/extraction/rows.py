"""Characters with their places → rows of text. Pure geometry: nothing here knows what a PDF is."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

# Fonts of Chromium and some others map common characters to look-alike radicals, which no one can search for. Those of
# U+2F00 are undone by NFKC one to one; the supplement has no decomposition in Unicode (EquivalentUnifiedIdeograph.txt).
_SUPPLEMENT = (
    "⺁厂⺅亻⺆冂⺈刀⺉刂⺊卜⺌小⺍小⺎兀⺓幺⺖忄⺘扌⺙攵⺛旡⺝月⺟母⺠民⺡氵⺣灬⺥爫⺦丬⺧牛⺨犭⺩王⺫目⺬示⺭礻⺯糹⺰纟⺲罒⺶羊"
    "⺹耂⺻聿⺼肉⺾艹⻁虎⻂衤⻄西⻅见⻆角⻈讠⻉贝⻋车⻌辶⻍辶⻎辶⻏邑⻐钅⻑長⻓长⻔门⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻠饣"
    "⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻰龙⻳龟"
)
_KANGXI = (
    "一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀寸小尢尸屮山巛工己巾干幺广廴廾弋弓彐彡彳心戈戶手支攴文斗斤方无"
    "日曰月木欠止歹殳毋比毛氏气水火爪父爻爿片牙牛犬玄玉瓜瓦甘生用田疋疒癶白皮皿目矛矢石示禸禾穴立竹米糸缶网羊羽老而耒耳聿肉臣自至臼舌舛舟艮色艸虍虫"
    "血行衣襾見角言谷豆豕豸貝赤走足身車辛辰辵邑酉釆里金長門阜隶隹雨靑非面革韋韭音頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿麥麻黃黍黑黹黽鼎鼓鼠鼻齊齒龍龜龠"
)
_UNIFY = dict(zip(map(ord, _SUPPLEMENT[::2]), _SUPPLEMENT[1::2], strict=True))
_UNIFY |= {0x2F00 + i: char for i, char in enumerate(_KANGXI)}
_UNIFY |= {0x2F3E: "户", 0x2FAD: "青", 0xA0: " "}  # simplified fonts draw 户 and 青 with these, not 戶 and 靑

GAP = 0.6  # of the type size: a wider gap between two characters of one line reads as a blank


class Glyph(NamedTuple):
    """One character as drawn. `base`: its baseline; all measures in points from the page's top left corner."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    base: float
    size: float


@dataclass(slots=True)
class Row:
    """One line as it stands on the page."""

    text: str
    lefts: tuple[float, ...]
    rights: tuple[float, ...]
    top: float
    bottom: float
    base: float
    size: float
    page: int = 1
    align: str = ""

    @property
    def x0(self) -> float:
        return self.lefts[0]

    @property
    def x1(self) -> float:
        return self.rights[-1]


def rows(glyphs: Iterable[Glyph]) -> list[Row]:
    """Rows from top to bottom; superscripts and mixed fonts stay in the row they belong to."""
    runs: list[list[Glyph]] = []
    for glyph in glyphs:
        if runs and abs(runs[-1][-1].base - glyph.base) < 0.3:
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
    runs.sort(key=lambda run: run[0].base)
    groups: list[list[Glyph]] = []
    main: Glyph | None = None  # the glyph that speaks for the group: the largest one
    for run in runs:
        tallest = max(run, key=lambda glyph: glyph.size)
        if main and _same_row(main, tallest):
            groups[-1] += run
            main = max(main, tallest, key=lambda glyph: glyph.size)
        else:
            groups.append(list(run))
            main = tallest
    return [row for group in groups if (row := _row(group))]


def _same_row(one: Glyph, other: Glyph) -> bool:
    """Half of the smaller one's height lies beside the larger one."""
    top = max(one.base - 0.7 * one.size, other.base - 0.7 * other.size)
    return min(one.base, other.base) - top > 0.35 * min(one.size, other.size)


def _row(glyphs: list[Glyph]) -> Row | None:
    glyphs.sort(key=lambda glyph: glyph.x0)
    kept = [glyph for i, glyph in enumerate(glyphs) if not _drawn_twice(glyph, glyphs[max(0, i - 3) : i])]
    while kept and kept[0].text.isspace():
        del kept[0]
    while kept and kept[-1].text.isspace():
        kept.pop()
    if not kept:
        return None
    sizes = sorted(glyph.size for glyph in kept)
    size = sizes[len(sizes) // 2]
    base = next(glyph.base for glyph in kept if glyph.size == size)
    chars, lefts, rights = [], [], []
    last: Glyph | None = None
    for glyph in kept:
        apart = last and glyph.x0 - last.x1 > GAP * max(min(last.size, glyph.size), 0.5 * size)
        if apart and not (last.text.isspace() or glyph.text.isspace()):
            chars.append(" ")
            lefts.append(last.x1)
            rights.append(glyph.x0)
        step = (glyph.x1 - glyph.x0) / len(glyph.text)  # a ligature is one glyph and several characters
        for i, char in enumerate(glyph.text):
            chars.append(char)
            lefts.append(glyph.x0 + i * step)
            rights.append(glyph.x0 + (i + 1) * step)
        last = glyph
    text = "".join(chars).translate(_UNIFY)
    top, bottom = min(glyph.top for glyph in kept), max(glyph.bottom for glyph in kept)
    return Row(text, tuple(lefts), tuple(rights), top, bottom, base, size)


def _drawn_twice(glyph: Glyph, before: list[Glyph]) -> bool:
    """Some writers fake bold by drawing a character again, a hair to the right."""
    return any(
        other.text == glyph.text
        and glyph.x0 - other.x0 < 0.12 * glyph.size
        and abs(glyph.base - other.base) < 0.12 * glyph.size
        and glyph.text.strip()
        for other in before
    )


def baseline_steps(page_rows: list[Row]) -> list[tuple[Row, Row, float]]:
    """Neighbours of one page with the distance of their baselines."""
    return [(a, b, b.base - a.base) for a, b in pairwise(page_rows) if a.page == b.page and b.base > a.base]
