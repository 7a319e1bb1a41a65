"""Pure geometry: rows from characters, tables from ruling lines, and bounds on what hostile drawings cost."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from objection_docs.extraction.rows import Glyph, rows
from objection_docs.extraction.tables import Rule, rules_of_box, tables


def glyphs(text: str, x: float = 90, base: float = 100, size: float = 12) -> list[Glyph]:
    return [
        Glyph(char, x + i * size, base - size, x + (i + 1) * size, base + 2, base, size) for i, char in enumerate(text)
    ]


@given(st.lists(st.text("异议函一二三", min_size=1, max_size=6), min_size=1, max_size=6), st.randoms())
def test_the_order_of_drawing_does_not_matter(texts, random):
    drawn = [glyph for i, text in enumerate(texts) for glyph in glyphs(text, base=100 + 18 * i)]
    random.shuffle(drawn)
    assert [row.text for row in rows(drawn)] == texts


def test_a_ligature_gives_each_letter_its_place():
    row = rows([Glyph("fi", 10, 0, 18, 12, 10, 12)])[0]
    assert (row.text, row.lefts, row.rights) == ("fi", (10, 14), (14, 18))


def test_blanks_inside_are_kept_and_at_the_ends_dropped():
    assert rows(glyphs("　日期：  年  月 "))[0].text == "日期：  年  月"
    assert rows(glyphs("   ")) == []


def grid(xs, ys) -> list[Rule]:
    return [Rule(False, x, ys[0], ys[-1]) for x in xs] + [Rule(True, y, xs[0], xs[-1]) for y in ys]


@settings(max_examples=40)
@given(st.integers(1, 5), st.integers(1, 5), st.floats(8, 90), st.floats(8, 40))
def test_a_full_grid_has_all_its_cells(columns, lines, wide, high):
    xs, ys = [50 + wide * i for i in range(columns + 1)], [60 + high * i for i in range(lines + 1)]
    found = tables(grid(xs, ys))
    if columns * lines == 1:
        assert found == []
    else:
        places = [(cell.row, cell.column) for cell in found[0].cells]
        assert places == [(row, column) for row in range(lines) for column in range(columns)]


def test_borders_in_pieces_and_doubled_make_one_table():
    boxes = [(x, y, x + 100, y + 20) for x in (50, 151) for y in (60, 81)]
    rules = [rule for box in boxes for rule in rules_of_box(*box, outlined=True)]
    (table,) = tables(rules)
    assert len(table.cells) == 4


def test_a_cell_merged_downwards():
    rules = [rule for rule in grid([0, 100, 200], [0, 20, 40]) if rule != Rule(True, 20, 0, 200)]
    (table,) = tables([*rules, Rule(True, 20, 100, 200)])
    assert [(cell.row, cell.column, cell.top, cell.bottom) for cell in table.cells] == [
        (0, 0, 0, 40),
        (0, 1, 0, 20),
        (1, 1, 20, 40),
    ]


def test_a_table_open_at_its_sides():
    (table,) = tables([Rule(True, y, 50, 250) for y in (0, 20, 40)] + [Rule(False, 150, 0, 40)])
    assert [(cell.row, cell.column) for cell in table.cells] == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_lines_that_do_not_cross_are_no_table():
    assert tables([Rule(True, y, 50, 250) for y in range(0, 400, 20)]) == []


def test_shading_and_thin_boxes():
    assert rules_of_box(10, 10, 110, 60, outlined=False) == []
    assert rules_of_box(10, 10, 110, 10.5, outlined=False) == [Rule(True, 10.25, 10, 110)]
    assert rules_of_box(10, 10, 10.5, 60, outlined=True) == [Rule(False, 10.25, 10, 60)]
    assert rules_of_box(10, 10, 10.5, 10.5, outlined=True) == []


def test_a_drawing_of_many_lines_costs_little():
    started = time.perf_counter()
    tables(grid([i * 3.5 for i in range(150)], [i * 5 for i in range(150)]))
    tables([Rule(bool(i % 2), i % 700, 0, 700) for i in range(50_000)])
    assert time.perf_counter() - started < 6


def test_neighbours_at_nearly_one_height_are_one_row():
    drawn = glyphs("甲方", base=100) + glyphs("乙方", x=200, base=100.2)
    assert [row.text for row in rows(drawn)] == ["甲方 乙方"]
