"""The parts of a letter: title, opening, signature block, headings with their sections, labelled fields and owners."""

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import replace

from objection_docs.checking.letter import Field, Letter, Para, plain
from objection_docs.extraction.paper import Paper

_NUMBERING = (
    re.compile(
        r"(?:第?[一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾]{1,3}(?:部分)?[、.．:,]|第[一二三四五六七八九十]{1,3}[章节部]分?[、.:]?)"
    ),
    re.compile(r"\([一二三四五六七八九十]{1,3}\)[、.]?"),
    re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,2}[.、,)](?!\d)|\(\d{1,2}\)|[①-⑳]|其[一二三四五六七八九十]{1,2}[,、:])"),
)
_LETTERED = re.compile(r"^[A-Z][.、]?(?=[\u4e00-\u9fff])")  # «A投诉人»
_ABOUT = re.compile(r"(?<=[人方者])的?(?:基本)?(?:信息|情况|资料|概况)$")  # «投诉人基本情况»
_BRACKETED = re.compile(r"【([^】\n]{2,14})】")
_LABEL = re.compile(
    r"(?:^|(?<=[\s,，;；。、!！?？(（]))"
    r"(?![^\s:：]{0,24}[(（][^)）\s:：]{0,24}\s{0,4}[:：])"  # «某公司（代码：»: the label begins after the bracket
    r"([^\s:：,，;；。、!！?？“”\"'<>《》]{1,18}?(?:[(（][^)）\n]{1,20}[)）])?[^\s:：,，;；。、“”\"'《》]{0,4})\s{0,4}(?:(?<!\d)(?<!\d\s)[:：]|[:：](?!\s?\d))(?!//)"
)
# «投 诉 人：»: what stands before the colon with blanks in it
_SPACED = re.compile(
    r"[\u4e00-\u9fff](?:\s{0,8}(?:[\u4e00-\u9fff]|[(（](?:\s?[\u4e00-\u9fffA-Za-z.]){1,20}\s?[)）])){0,17}\s?\d{0,2}\Z"
)

_ONE_WORD = re.compile(
    r"(?:号|编号|电话|手机|传真|日期|时间|姓名|金额|地址|邮编|邮箱|代码)$"
)  # never a paragraph's label
_SENT_TO = re.compile(r"(?:此致|谨致|谨呈|此呈)[:,!]?$")
_PROSE = re.compile(r"[。;!?]|\.$")
_NAME = 4  # characters of a name that is no accident
_BARE = 14  # characters of a line that is but a heading
_OPENING = 10  # paragraphs that may stand before the first sentence


def _rank(text: str) -> tuple[int, int]:
    """Rank of the numbering that `text` begins with (0 is outermost, 9 is none) and its length."""
    for rank, pattern in enumerate(_NUMBERING):
        found = pattern.match(text)
        if found:
            return rank, found.end()
    return 9, 0


def clean_label(text: str) -> str:
    """A label without numbering and marks: «*（一）投诉人（签名）：» → 投诉人(签名)."""
    text = text.lstrip("*·☑□")
    return text[_rank(text)[1] :].strip("*:.、。【】 ") or text


class _Sections:
    """Headings that are open while the paragraphs are walked; a heading closes those of its own standing and below."""

    def __init__(self, letter: Letter):
        self.letter = letter
        self.open: list[tuple[int, Field]] = []

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(f.label for _, f in self.open)

    def add(self, para: Para, rank: int) -> None:
        self.close(rank, para.start)
        self.open.append((rank, Field(clean_label(para.text), para.start, para.end, para.end, para.end, "section")))

    def close(self, rank: int, at: int) -> None:
        for entry in [e for e in self.open if e[0] >= rank]:
            self.open.remove(entry)
            f = entry[1]
            end = max(f.value_start, at - 1)
            self.letter.fields.append(replace(f, value_start=min(f.value_start + 1, end), value_end=end))

    def numbered_from(self, rank: int) -> bool:
        """Whether a numbered heading of this standing or below is open."""
        return any(rank <= r < 3 for r, _ in self.open)


class _Anatomist:
    """Finds the parts of one letter; `words`: the compiled expressions of the lexicon."""

    def __init__(self, letter: Letter, words: Mapping[str, re.Pattern]):
        self.letter, self.words = letter, words
        self.sealed = self._sealed_tables()

    def _sealed_tables(self) -> set[int]:
        """Tables that are nothing but signature blocks side by side: most of their cells look like a line of one."""
        tables: dict[int, list[Para]] = {}
        for para in self.letter.paras:
            if para.cell and para.text:
                tables.setdefault(para.cell[0], []).append(para)
        sealed = set()
        for number, cells in tables.items():
            signing = sum(1 for p in cells if len(p.text) < 48 and self.words["signature_line"].search(p.text))
            if signing >= 0.6 * len(cells) and any(self.words["seal"].search(p.text) for p in cells):
                sealed.add(number)
        return sealed

    def run(self) -> None:
        self._opening()
        self._closing()
        self._walk()
        self._cells()
        self.letter.fields.sort(key=lambda f: f.start)
        self._open_fields()
        self._others()
        self._title()

    def _opening(self) -> None:
        """What stands before the first real sentence: letterhead, number, title, salutation."""
        salutation = self.words["salutation"]
        for i, para in enumerate(self.letter.paras[:_OPENING]):
            text = para.text
            greets = salutation.match(text)
            if para.cell or len(text) > 60 or (re.search(r"[。;]", text) and not greets):
                break
            if self.words["bare_label"].match(text) or (self.words["headings"].search(text) and _rank(text)[0] < 9):
                break
            para.zone = "opening"
            if greets and i:
                break

    def _closing(self) -> None:
        """The signature block: the last run of lines that look like one; a list of enclosures may follow it."""
        found = False
        for i in range(len(self.letter.paras) - 1, -1, -1):
            para = self.letter.paras[i]
            if para.zone == "opening" and i < 2:
                break
            if i and _SENT_TO.match(self.letter.paras[i - 1].text):
                continue  # «此致 / 某某法院»: whom it goes to, in the midst of the signature block
            if self._signs(para) or (found and self._between_signs(i)):
                para.zone, found = "closing", True
            elif found:
                break

    def _between_signs(self, i: int) -> bool:
        """A short line without marks under another line of the block: «总监理工程师　冀秉文»."""
        para = self.letter.paras[i]
        return (
            i > 0
            and not para.cell
            and len(para.text) <= 20
            and not re.search(r"[。,;!?]", para.text)
            and self._signs(self.letter.paras[i - 1])
        )

    def _signs(self, para: Para) -> bool:
        text = para.text
        if not text or len(text) > 48 or text.endswith(("。", ";", "!")):
            return False
        if para.cell:  # two signature blocks side by side are a table in Word
            return para.cell[0] in self.sealed
        if self.words["enclosure_line"].match(text):
            return False
        return para.lines[0].align == "right" or bool(self.words["signature_line"].search(text))

    def _title(self) -> None:
        heads = [p for p in self.letter.paras[:4] if p.zone == "opening" and not p.cell]
        named = (p for p in heads if self.words["title_words"].search(p.text))
        name = next(named, None)
        para = name or (heads[0] if heads else self.letter.paras[0])
        self.letter.title = (para.start, para.end)
        if para.zone == "opening" and not self.words["salutation"].match(para.text):
            para.zone = "title"
            self.letter.is_named = name is not None

    def _is_heading(self, para: Para, following: Para) -> bool:
        """A line of its own that names what comes after it."""
        text = para.text
        if para.cell or not text or len(text) > 26 or para.lines[0].align == "right":
            return False
        if self.words["bare_label"].match(text):
            return True
        rank, cut = _rank(text)
        rest = text[cut:]
        if rank < 9 and len(rest) < 12:
            rest = rest.removesuffix("。")  # «3.法律依据。»
        if not rest or re.search(r"[。;!?,:]", rest) or self.words["full_date"].search(rest):
            return False
        if self.words["headings"].search(rest) or rank < 2:
            return True
        # whatever it says: a few words without any mark, over something longer that has them
        longer = len(following.text) > 2 * len(rest) and re.search(r"[。,;:]", following.text)
        return rank == 9 and len(rest) <= 14 and bool(longer) and not self.words["name_line"].match(rest)

    def _walk(self) -> None:
        """Sections, inline fields and owners, paragraph by paragraph."""
        sections, owner = _Sections(self.letter), ""
        paras = self.letter.paras
        for para, following in zip(paras, [*paras[1:], None], strict=True):
            rank = _rank(para.text)[0]
            if para.zone == "closing":
                sections.close(-1, para.start)
                owner = ""
            elif para.zone != "opening" and following and self._is_heading(para, following):
                sections.add(para, min(rank, 3))
                para.labels = sections.labels
                owner = self._owner(clean_label(para.text), "" if rank != 2 else owner)
                continue
            elif rank < 2 and not para.cell and sections.numbered_from(rank):
                # a numbered paragraph ends a numbered heading of its standing, as «（二）…» ends «（一）…»
                sections.close(rank, para.start)
            para.labels = sections.labels
            if para.cell or _PROSE.search(para.text):
                owner = ""  # a table, or prose: the block of the party before it is over
            if len(para.text) <= _BARE and not para.cell:
                owner = self._party(clean_label(para.text)) or owner  # the party's name for itself, over its block
            para.owner = owner  # of what stands before its first label; each field has its own
            owner = self._inline_fields(para, owner)
            if para.zone == "opening" and para.text.endswith(":") and not self._party(clean_label(para.text)):
                owner = "other"  # a salutation: a contact right below it is the addressee's
        sections.close(-1, paras[-1].end)

    def _owner(self, label: str, before: str, other: str = "owner_other") -> str:
        """Whose block a label opens; the one before goes on when it names what a party's block has, as a telephone."""
        return self._party(label, other) or (before if self.words["party_detail"].search(label) else "")

    def _signs_it(self, name: str) -> bool:
        """Whether it is the name of who signs: «承包人：某公司» may be either side."""
        name = name.strip("。,;:")
        return len(name) >= _NAME and any(name in p.text for p in self.letter.paras if p.zone == "closing")

    def _party(self, label: str, other: str = "owner_other") -> str:
        """The side that a label names, "" where it names none."""
        label = _ABOUT.sub("", _LETTERED.sub("", label))
        if self.words[other].search(label):
            return "other"
        return "sender" if self.words["owner_sender"].search(label) else ""

    def _inline_fields(self, para: Para, owner: str) -> str:
        """«label：value» inside one paragraph; returns whose block goes on after it."""
        if para.cell and para.zone != "closing":
            return owner
        raw, text, found, wide = para.raw.original, self.letter.text, [], {}
        bracket = _BRACKETED.match(para.text)
        if bracket and not self.words["placeholder"].match(para.text):
            found.append((para.start, para.start + bracket.end()))
        for m in _LABEL.finditer(raw) if ":" in raw or "：" in raw else ():
            start, end = (para.start + para.raw.forward(at) for at in (m.start(1), m.end()))
            if self.letter.is_quoted(start):
                continue
            spaced = _SPACED.search(raw, max(0, m.start(1) - 60), m.end(1))
            whole = para.start + para.raw.forward(spaced.start()) if spaced else start
            if whole < start:
                wide[end] = whole
            greeting = para.zone == "opening" and (whole, end) == (para.start, para.end)  # «尊敬的 客户：»
            found.append((whole if greeting or m.end(1) - m.start(1) == 1 else start, end))
        stops = [start for start, _ in found[1:]] + [para.end]
        for (start, end), stop in zip(found, stops, strict=False):
            # a blank may part a label from what stands before it, or stand inside it: both are looked at
            for begin in {start: 0, wide.get(end, start): 0}:
                label = clean_label(text[begin:end].rstrip(":"))
                owner = self._owner(label, owner)
                if owner == "other" and self._signs_it(text[end:stop]):
                    owner = "sender"
                self.letter.fields.append(Field(label, start, end, end, stop, "inline", owner))
        return owner

    def _open_fields(self) -> None:
        """A label with nothing after it on its line: what follows until the next label or heading belongs to it."""
        letter = self.letter
        starts = sorted({f.start for f in letter.fields})
        for i, f in enumerate(letter.fields):
            para = letter.para_at(f.start)
            empty = not letter.text[f.value_start : f.value_end].strip("。:.")
            if f.form != "inline" or not empty or f.value_end != para.end or _ONE_WORD.search(f.label):
                continue
            k = bisect_right(starts, f.start)
            stop = starts[k] if k < len(starts) else len(letter.text)
            following = letter.para_at(min(f.value_end + 1, len(letter.text)))
            if para.zone == "opening" and following.zone != "opening":
                continue  # «质疑供应商：» as a salutation: the letter after it is not its value
            if (
                following.start <= para.start
                or following.zone == "closing"
                or following.start >= stop
                or following.cell
            ):
                continue
            end = following.end
            for later in letter.paras[letter.paras.index(following) + 1 :]:
                if later.start >= stop or later.zone == "closing" or later.cell or _rank(later.text)[0] < 2:
                    break
                end = later.end
            letter.fields[i] = replace(f, value_start=following.start, value_end=end)

    def _others(self) -> None:
        """What stands in the part of the other side: in its block, under its label, in its cell. A label tells it
        better than the block that it stands in, the last one best."""
        parts = [(p.start, p.end, p.owner) for p in self.letter.paras]
        parts += [(f.start, max(f.value_end, f.label_end), f.owner) for f in self.letter.fields]
        others = bytearray(self.letter.others)
        for start, end, owner in parts:
            others[start:end] = (b"\1" if owner == "other" else b"\0") * (end - start)
        self.letter.others = bytes(others)

    def _cells(self) -> None:
        """Forms: a label cell with the cell to its right. Tables that list things under a head row are left alone."""
        tables: dict[int, dict[int, dict[int, list[Para]]]] = {}
        for para in self.letter.paras:
            if para.cell and para.zone != "closing":
                table, row, column = para.cell
                tables.setdefault(table, {}).setdefault(row, {}).setdefault(column, []).append(para)
        for rows in tables.values():
            widths = {len(columns) for columns in rows.values()}
            head = next(iter(rows[min(rows)].values()))[0]
            if len(widths) == 1 and max(widths) > 2 and self.words["list_head"].search(head.text):
                continue
            owners: list[str] = []
            for columns in rows.values():
                order = [columns[c] for c in sorted(columns)]
                owners = self._row([*zip(order[::2], order[1::2], strict=False)], owners)

    def _row(self, pairs: list[tuple[list[Para], list[Para]]], before: list[str]) -> list[str]:
        """The fields of a row; returns whose block each of its pairs is in. Where the row before named both sides, each
        goes on below itself if the labels are the same, else neither does: they are those of who fills in the form."""
        labels = [clean_label("".join(p.text for p in left)) for left, _ in pairs]
        if len(set(before)) > 1:
            owners = before if len(before) == len(pairs) and len(set(labels)) == 1 else []
        else:
            owners = before[-1:] * len(pairs)
        owners = owners or [""] * len(pairs)
        out: list[str] = []
        for (left, right), owner in zip(pairs, owners, strict=True):
            named = any(self._party(label, "owner_opponent") for label in labels[: len(out)])
            out.append(self._cell_field(left, right, out[-1] if named else owner))
        return out or before

    def _cell_field(self, left: list[Para], right: list[Para], owner: str) -> str:
        label = clean_label("".join(p.text for p in left))
        if not label:
            return owner
        owner = self._owner(label, owner, "owner_opponent")
        if owner == "other" and self._signs_it("".join(p.text for p in right)):
            owner = "sender"
        self.letter.fields.append(
            Field(label, left[0].start, left[-1].end, right[0].start, right[-1].end, "cell", owner)
        )
        for p in right:
            p.labels, p.owner = (*p.labels, label), owner
        return owner


def read(paper: Paper, words: Mapping[str, re.Pattern]) -> Letter:
    """The letter with its parts. `words`: the compiled expressions of the lexicon."""
    letter = plain(paper)
    if letter.paras:
        _Anatomist(letter, words).run()
    return letter
