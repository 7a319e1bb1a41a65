"""What must hold for any letter: a report comes, and how a text is set on the page doesn't change what it says."""

import random
import re
import string
from dataclasses import replace

import pytest
import yaml
from accuracy import LETTERS, as_text
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from objection_docs.checking import check
from objection_docs.extraction.paper import Line, Paper, from_text

KNOWN = {path.stem: path for path in sorted((LETTERS / "known").glob("*.yaml"))}
SOME = list(KNOWN)
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WORDS = (
    "异议 贵司 我司 合同 证据 附件： 报告 2026年3月5日 第十条 《民法典》 请 退还 10000元 收到 不成立 有限公司 （盖章） "
    "____ □ ☑ 致： 一、"
)


def text_of(name: str) -> str:
    return as_text(yaml.safe_load(KNOWN[name].read_text("utf-8")))


def statuses(paper: Paper) -> dict[str, str]:
    report = check(paper)
    return {"kind": report.kind, **{e.id: e.status for e in report.elements}}


# Transformations of a paper that change its setting only

WIDE = {ord(c): chr(ord(c) + 0xFEE0) for c in string.digits + "(),;:?!%"}
NARROW = {wide: chr(narrow) for narrow, wide in ((n, ord(w)) for n, w in WIDE.items())}


LABEL = re.compile(r"[\u4e00-\u9fff（）()]{1,18}(?=[:：])")


def blanks(paper: Paper, rnd: random.Random) -> Paper:
    """Blanks of all sorts beside Chinese characters; in a label between all of them or none, as Word spaces it out."""

    def spaced(text: str) -> str:
        even = {i: rnd.random() < 0.3 for m in LABEL.finditer(text) for i in [*range(*m.span())][:-1]}
        for m in LABEL.finditer(text):
            even.update(dict.fromkeys(range(m.start(), m.end() - 1), even.get(m.start(), False)))
            even[m.start() - 1] = False
        out = []
        for i, (char, after) in enumerate(zip(text, text[1:] + "\n", strict=False)):
            chinese = ord(char) > 0x2E7F and ord(after) > 0x2E7F
            out += [char, rnd.choice(" \u3000\u00a0\u2009") if chinese and even.get(i, rnd.random() < 0.2) else ""]
        return "".join(out)

    return replace(paper, lines=tuple(replace(line, text=spaced(line.text)) for line in paper.lines))


def full_width(paper: Paper, _rnd: random.Random) -> Paper:
    return replace(paper, lines=tuple(replace(line, text=line.text.translate(WIDE)) for line in paper.lines))


def half_width(paper: Paper, _rnd: random.Random) -> Paper:
    return replace(paper, lines=tuple(replace(line, text=line.text.translate(NARROW)) for line in paper.lines))


def line_breaks(paper: Paper, rnd: random.Random) -> Paper:
    """Each paragraph broken into lines wherever the page ends, as a PDF has it."""
    width, lines = rnd.randrange(12, 44), []
    for line in paper.lines:
        pieces = [line.text[i : i + width] for i in range(0, len(line.text), width)] or [""]
        lines += [replace(line, text=piece, starts=line.starts and i == 0) for i, piece in enumerate(pieces)]
    return replace(paper, lines=tuple(lines))


def page_breaks(paper: Paper, rnd: random.Random) -> Paper:
    """Lines as above, spread over pages with a running head and a page number between them."""
    page, lines = 1, []
    for line in line_breaks(paper, rnd).lines:
        if rnd.random() < 0.15:
            lines += [Line(f"第{page}页", page, role="foot"), Line("异议函", page + 1, role="head")]
            page += 1
        lines.append(replace(line, page=page))
    return replace(paper, lines=tuple(lines), pages=page)


SETTINGS = (blanks, full_width, half_width, line_breaks, page_breaks)


@pytest.mark.parametrize("change", SETTINGS, ids=lambda f: f.__name__)
def test_the_setting_of_a_text_does_not_change_a_status(change):
    for number, name in enumerate(SOME[SETTINGS.index(change) :: 11]):
        paper = from_text(text_of(name))
        assert statuses(change(paper, random.Random(number))) == statuses(paper), name


@QUICK
@given(st.sampled_from(SOME), st.sampled_from(SETTINGS), st.sampled_from(SETTINGS), st.integers(0, 999))
def test_nor_do_two_changes_of_the_setting(name, one, other, seed):
    assume(one is not other)
    paper, rnd = from_text(text_of(name)), random.Random(seed)
    assert statuses(other(one(paper, rnd), rnd)) == statuses(paper)


# Any text at all


def sound(paper: Paper) -> None:
    report = check(paper)
    again = check(paper)
    assert report.to_dict() == again.to_dict()
    text = "".join(line.text for line in paper.lines)
    for element in report.elements:
        assert element.status in ("present", "vague", "blank", "missing", "not_applicable")
        assert element.reason
        if element.status in ("present", "vague", "blank"):
            assert element.quote and element.quote in text
        else:
            assert not element.quote


@QUICK
@given(st.text(max_size=400))
def test_any_text_gets_a_sound_report(text):
    sound(from_text(text))


@QUICK
@given(st.lists(st.sampled_from([*WORDS.split(), "，", "。", "\n", "\t", "：", "“", "”"]), max_size=120).map("".join))
def test_any_heap_of_the_words_of_letters_gets_a_sound_report(text):
    sound(from_text(text))


@QUICK
@given(st.sampled_from(SOME), st.integers(0, 999))
def test_a_letter_with_its_lines_shuffled_and_lost_gets_a_sound_report(name, seed):
    lines, rnd = text_of(name).split("\n"), random.Random(seed)
    rnd.shuffle(lines)
    sound(from_text("\n".join(lines[: rnd.randrange(len(lines) + 1)])))


def test_a_paper_without_a_single_line_gets_a_report():
    assert {e.status for e in check(Paper(())).elements} <= {"missing", "not_applicable"}
