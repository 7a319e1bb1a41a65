"""One normal form of Chinese text, with a map back to the original; words (jieba); widths and lines in a terminal.

The normal form has no white space at all (LibreOffice puts blanks around digits, justified lines get them anywhere),
half-width letters, digits and punctuation, one kind of quotation mark, and unified ideographs instead of the
compatibility and Kangxi radical forms that PDF fonts produce. Rules and letters are brought to the same form.
"""

import re
import unicodedata
from array import array
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, count, repeat
from math import log

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
#: Code point of a radical → the character that it stands for.
RADICALS = dict(zip(map(ord, _SUPPLEMENT[::2]), _SUPPLEMENT[1::2], strict=True))
RADICALS |= {0x2F00 + i: char for i, char in enumerate(_KANGXI)}
RADICALS |= {0x2F3E: "户", 0x2FAD: "青"}  # simplified fonts draw 户 and 青 with these, not 戶 and 靑
RADICALS[0x3B35] = "胶"  # one glyph in some fonts, with two code points

# Kept as they are: NFKC would turn ① into 1 and ㈠ into (一), and a list mark into part of a number.
_KEEP = {*range(0x2460, 0x2500), *range(0x3220, 0x3248), *range(0x2776, 0x2794)}
_ALIKE = {
    **RADICALS,
    **dict.fromkeys(map(ord, "“”„‟＂〝〞「」『』"), '"'),
    **dict.fromkeys(map(ord, "‘’‚‛＇"), "'"),
    **dict.fromkeys(map(ord, "‐‑‒–—―−﹣－─━"), "-"),
    **dict.fromkeys(map(ord, "〜∼～"), "~"),
    **dict.fromkeys(map(ord, "·•・‧∙⋅●▪"), "·"),
    **dict.fromkeys(map(ord, "✓✔√☑☒■▣🗹"), "☑"),
    **dict.fromkeys(map(ord, "□☐▢◻❏❑"), "□"),
    **dict.fromkeys(map(ord, "〔﹝"), "〔"),
    **dict.fromkeys(map(ord, "〕﹞"), "〕"),
    ord("○"): "〇",
    ord("◯"): "〇",
}


class _Table(dict):
    """Code point → its normal form; filled as code points are met."""

    def __missing__(self, point: int) -> str:
        char = chr(point)
        if point in _ALIKE:
            new = _ALIKE[point]
        elif point in _KEEP:
            new = char
        elif char.isspace() or unicodedata.category(char) in ("Cf", "Cc", "Zs"):
            new = ""
        else:
            new = "".join(_ALIKE.get(ord(c), c) for c in unicodedata.normalize("NFKC", char) if not c.isspace())
        self[point] = new
        return new


_TABLE = _Table()


def normal(text: str) -> str:
    """The normal form of `text`."""
    return text.translate(_TABLE)


@dataclass(frozen=True, slots=True)
class Mapped:
    """Normal form with the way back: character i of `text` comes from character `at[i]` of `original`."""

    original: str
    text: str
    at: array

    def back(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original that normal characters start..end came from."""
        if start >= end:
            here = self.at[start] if start < len(self.at) else len(self.original)
            return here, here
        return self.at[start], self.at[end - 1] + 1

    def forward(self, index: int) -> int:
        """The first normal character that comes from `index` of the original or from after it."""
        return bisect_left(self.at, index)


#: Lines that letters have in common are short.
_KNOWN = 200


def mapped(text: str) -> Mapped:
    """The normal form of `text`, with the map back to it."""
    return _known(text) if len(text) <= _KNOWN else _mapped(text)


def _mapped(text: str) -> Mapped:
    pieces = [*map(_TABLE.__getitem__, map(ord, text))]
    at = array("l", chain.from_iterable(map(repeat, count(), map(len, pieces))))
    return Mapped(text, "".join(pieces), at)


_known = lru_cache(maxsize=2048)(_mapped)


#: One word in so many: 公司 is as common as the first, 屋面 nearly as rare as the second.
_COMMON, _RARE = log(2e3), log(6e5)
_OPENERS, _CLOSERS = "（《〈“‘「『【〔〖([{", "，。、；：！？）》〉”’」』】〕〗…,.;:!?)]}％%"
# Latin letters and figures hold together, 汉字 part anywhere; no line ends with an opener or begins with a closer.
_UNIT = re.compile(
    rf"[{re.escape(_OPENERS)}]*(?:[^\s\u2e80-\uffff“”‘’…]+|.)[{re.escape(_CLOSERS)}]*\s*",
    re.DOTALL,
)


def width(text: str) -> int:
    """Columns that `text` takes in a terminal."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def cut(text: str, columns: int) -> str:
    """`text`, or its beginning with “…”, within `columns`."""
    if width(text) <= columns:
        return text
    kept = ""
    for char in text:
        if width(kept + char) > columns - 2:
            break
        kept += char
    return kept.rstrip() + "…"


def hang(start: str, text: str, columns: int) -> list[str]:
    """`text` after `start`, in lines of at most `columns`; further lines stand under the text's beginning."""
    indent = width(start)
    first, *rest = wrap(text, max(columns - indent, 16)) or [""]
    return [start + first, *(" " * indent + line for line in rest)]


def wrap(text: str, columns: int) -> list[str]:
    """`text` as lines of at most `columns`, broken where Chinese may be."""
    lines, line = [], ""
    for unit in _UNIT.findall(text):
        if line and width(line) + width(unit.rstrip()) > columns:
            lines.append(line.rstrip())
            line = ""
        for char in unit:  # a single unit wider than a line is broken anyhow
            if width(line) + width(char) > columns:
                lines.append(line)
                line = ""
            line += char
    return [*lines, line.rstrip()] if line.strip() else lines


@cache
def _tokenizer():
    # jieba warns through pkg_resources on some setuptools; it also logs to stderr and keeps its cache in the shared
    # temporary folder, where another user could plant one. https://github.com/fxsjy/jieba/issues/992
    import logging
    import warnings

    from objection_docs.folders import home

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba

    jieba.setLogLevel(logging.ERROR)
    tokenizer = jieba.Tokenizer()
    cache_folder = home() / "cache"
    try:
        cache_folder.mkdir(parents=True, exist_ok=True)
        tokenizer.tmp_dir = str(cache_folder)
    except OSError:
        pass  # a read-only home costs half a second at each start, nothing else
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tokenizer.initialize()
    return tokenizer


def words(text: str) -> list[str]:
    """The words of `text` in order, punctuation included (jieba, its default dictionary, no guessing of new words)."""
    return _tokenizer().lcut(text, HMM=False)


def rarity(word: str) -> float:
    """How seldom general Chinese uses a word, from 0 (everywhere) to 1 (hardly ever). Of a word that jieba's dictionary
    lacks, its characters tell."""
    tokenizer = _tokenizer()
    known = tokenizer.FREQ.get(word)
    if not known and len(word) > 1:
        return min(1.0, 1.5 * sum(map(rarity, word)) / len(word))
    return min(1.0, max(0.0, (log(tokenizer.total / (known or 1)) - _COMMON) / (_RARE - _COMMON)))
