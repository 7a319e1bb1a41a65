"""Facts become a Word file: as they went in, whatever they hold; a form's mistake is told with the place."""

import io
import os
import re
import time
import zipfile

import docx
import pytest
from docxtpl import DocxTemplate
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from lxml import etree
from made_forms import form, highlighted, part, words
from made_forms import kind as made_kind

from objection_docs import facts, folders, generation
from objection_docs.errors import FactsError, FormError
from objection_docs.packs import kinds
from objection_docs.text import normal


@pytest.fixture(scope="module")
def kind(tmp_path_factory):
    return made_kind(tmp_path_factory.mktemp("kind"), header="{{ title }}　{{ number }}")


def letter(kind, draft=False, procedure=None, **changes) -> bytes:
    raw = facts.sample(kind, procedure) | changes
    raw = {name: value for name, value in raw.items() if value is not ...}
    return generation.render(kind, facts.read(kind, raw, procedure, draft))


def one_tag(folder, *paragraphs, **options):
    return made_kind(folder, paragraphs=paragraphs, table=False, **options)


# ------------------------------------------------------------------------------------------------- the letter


def test_a_letter_says_what_the_facts_say(kind):
    assert words(letter(kind)) == [
        "测试函",
        "恒函〔2026〕8号",
        "发函方：宁波恒泰机械有限公司，致贵方",
        "第一段",
        "第二段",
        "结论：成立！，人民币叁万伍仟元整（¥35,000.00）",
        "更换轴承",
        "签章：陈立（法定代表人）",
        "2026年3月5日",
        "检验报告",
        "2",
    ]


def test_what_is_not_given_leaves_nothing_behind(kind):
    text = words(letter(kind, number=..., price=..., urgent=...))
    assert text[1] == "发函方：宁波恒泰机械有限公司，致贵方" and "结论：成立！" in text


def test_a_procedure_has_its_own_title_and_words(kind):
    text = words(letter(kind, procedure="special"))
    assert text[0] == "特别函" and "致贵局" in text[1] and "证据不足" in text


def test_rows_of_a_table_follow_the_list(kind):
    rows = (
        docx.Document(io.BytesIO(letter(kind, evidence=[{"name": "甲", "copies": 1}, {"name": "乙"}]))).tables[0].rows
    )
    assert [[cell.text for cell in row.cells] for row in rows] == [["甲", "1"], ["乙", ""]]


def test_header_and_properties_are_filled_too(kind):
    made = docx.Document(io.BytesIO(letter(kind)))
    assert made.sections[0].header.paragraphs[0].text == "测试函　恒函〔2026〕8号"
    assert made.core_properties.title == "测试函"


NAMES = [
    "A&B <集团> \"有限\" '公司'",
    "{{ 7*7 }}",
    "{% for x in y %}",
    "{# 注 #} {%p if %} }} %}",
    "{_{ 7*7 }_}",
    "&amp;&#39;]]><w:t>",
    "  两头  有空格 ",
    "𠮷野家\ue000",
    "{{ title.__class__ }}",
    "\\n \\1 %s {0}",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_comes_out_as_it_went_in(kind, name):
    made = letter(kind, sender=name, number=name, evidence=[{"name": name}])
    assert words(made)[1:3] == [name, f"发函方：{name}，致贵方"]
    assert docx.Document(io.BytesIO(made)).tables[0].cell(0, 0).text == name
    assert docx.Document(io.BytesIO(made)).sections[0].header.paragraphs[0].text == f"测试函　{name}"


def test_a_name_in_the_properties_comes_out_as_it_went_in(tmp_path):
    made = made_kind(tmp_path)
    document = docx.Document(str(made.form))
    document.core_properties.subject = "{{ sender }}"
    document.core_properties.comments = "{{ reason }}"
    document.save(str(made.form))
    properties = docx.Document(io.BytesIO(letter(made, sender=NAMES[0], reason="甲\n乙"))).core_properties
    assert (properties.subject, properties.comments) == (NAMES[0], "甲\n乙")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_text_that_is_taken_comes_out_exactly(kind, text):
    try:
        read = facts.read(kind, facts.sample(kind) | {"sender": text})
    except FactsError:
        assert not normal(text)
        return
    assert words(generation.render(kind, read))[2] == f"发函方：{text}，致贵方"


def test_line_breaks_of_a_passage_are_words_own(tmp_path):
    made = one_tag(tmp_path, "{{ reason }}")
    assert words(letter(made, reason="甲 & 乙\n\n 丙")) == ["甲 & 乙\n\n 丙"]


def test_the_same_facts_give_the_same_bytes(kind):
    assert letter(kind) == letter(kind)


def test_the_file_is_a_sound_package(kind):
    with zipfile.ZipFile(io.BytesIO(letter(kind))) as made, zipfile.ZipFile(kind.form) as shipped:
        assert made.testzip() is None
        assert made.namelist()[0] == "[Content_Types].xml"
        assert sorted(made.namelist()) == sorted(shipped.namelist())
        for name in made.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(made.read(name))


def test_a_letter_has_no_tag_and_no_mark_left(kind):
    for draft in (letter(kind), letter(kind, draft=True, sender=..., signature=..., reason=..., evidence=...)):
        with zipfile.ZipFile(io.BytesIO(draft)) as made:
            for name in made.namelist():
                assert not re.search(rb"\{\{|\{%|\xef\xb7\x90|\xef\xb7\x91", made.read(name)), name


def test_our_letter_reads_as_docxtpls_own(kind):
    """Same form, same facts: docxtpl as shipped says the same, paragraph by paragraph, run by run."""
    read = facts.read(kind, facts.sample(kind) | {"evidence": [{"name": "甲"}, {"name": "乙", "copies": 3}]})
    theirs = DocxTemplate(str(kind.form))
    theirs.render(read.values, autoescape=True)
    saved = io.BytesIO()
    theirs.save(saved)

    def shape(data):
        body = docx.Document(io.BytesIO(data)).element.body
        return re.sub(r">\s*<", "><", etree.tostring(body, encoding="unicode"))

    assert shape(generation.render(kind, read)) == shape(saved.getvalue())


def test_a_changed_form_is_read_again(tmp_path):
    made = one_tag(tmp_path, "甲{{ sender }}")
    assert words(letter(made, sender="某")) == ["甲某"]
    form(made.form, ["乙乙{{ sender }}"], table=False)
    os.utime(made.form, ns=(time.time_ns(), time.time_ns() + 1))
    assert words(letter(made, sender="某")) == ["乙乙某"]


def test_cells_made_by_a_loop_keep_the_table_whole(tmp_path):
    made = made_kind(tmp_path, paragraphs=(), table=False)
    document = docx.Document()
    cells = document.add_table(rows=1, cols=3).rows[0].cells
    for cell, text in zip(cells, ("{%tc for e in evidence %}", "{{ e.name }}", "{%tc endfor %}"), strict=True):
        cell.text = text
    document.save(str(made.form))
    table = docx.Document(io.BytesIO(letter(made, evidence=[{"name": c} for c in "甲乙丙丁"]))).tables[0]
    assert [cell.text for cell in table.rows[0].cells] == list("甲乙丙丁") and len(table.columns) == 4


def test_word_finds_no_empty_cell_and_no_table_without_rows(tmp_path):
    made = made_kind(tmp_path, paragraphs=(), table=False)
    document = docx.Document()
    first = document.add_table(rows=3, cols=1).columns[0].cells
    second = document.add_table(rows=1, cols=2).rows[0].cells
    for cell, text in zip(first, ("{%tr if number %}", "{{ number }}", "{%tr endif %}"), strict=True):
        cell.text = text
    second[0].text, second[1].text = "{%p if number %}", "甲"
    second[0].add_paragraph("{{ number }}")
    second[0].add_paragraph("{%p endif %}")
    document.save(str(made.form))
    tables = docx.Document(io.BytesIO(letter(made, number=...))).tables
    assert [[cell.text for cell in table.rows[0].cells] for table in tables] == [["", "甲"]]
    assert all(len(cell.paragraphs) == 1 for cell in tables[0].rows[0].cells)
    assert len(docx.Document(io.BytesIO(letter(made))).tables) == 2


def test_letters_are_made_side_by_side(kind):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda i: words(letter(kind, sender=f"第{i}公司"))[2], range(40)))
    assert made == [f"发函方：第{i}公司，致贵方" for i in range(40)]


# ------------------------------------------------------------------------------------------------------ drafts


def test_gaps_are_written_and_highlighted_alone(kind):
    made = letter(kind, draft=True, sender=..., signature=..., evidence=..., reason=...)
    xml = part(made, "word/document.xml")
    assert highlighted(xml) == [
        "【待补：发函方】",
        "【待补：事实】",
        "【待补：签章】",
        "【待补：签章】",
        "【待补：证据】",
        "【待补：证据】",
    ]
    assert "发函方：【待补：发函方】，致贵方" in words(made)
    run = next(run for run in re.findall("<w:r>.*?</w:r>", xml) if "【待补：发函方】" in run)
    assert "<w:b/>" in run, "the gap keeps the look of its run"


def test_a_gap_in_the_header_is_highlighted_and_in_the_properties_only_written(tmp_path):
    made = made_kind(tmp_path, paragraphs=("x",), header="{{ sender }}")
    document = docx.Document(str(made.form))
    document.core_properties.subject = "{{ sender }}"
    document.save(str(made.form))
    data = letter(made, draft=True, sender=...)
    assert highlighted(part(data, "word/header1.xml")) == ["【待补：发函方】"]
    assert docx.Document(io.BytesIO(data)).core_properties.subject == "【待补：发函方】"


def test_a_letter_without_gaps_has_no_highlight(kind):
    assert "w:highlight" not in part(letter(kind, draft=True, sender="【待补：发函方】"), "word/document.xml")


def test_gaps_can_be_compared_counted_and_walked(tmp_path):
    made = one_tag(
        tmp_path,
        "{% if evidence | length > 1 %}多{% else %}少{% endif %}",
        "{% for e in evidence %}{% if e.copies > 1 %}多{% else %}少{% endif %}{{ loop.index }}{% endfor %}",
        "{{ conclusion.key == 'upheld' }}{{ conclusion is gap }}{{ sender is gap }}",
    )
    assert words(letter(made, draft=True, evidence=..., conclusion=...)) == ["少", "少1", "FalseTrueFalse"]


# --------------------------------------------------------------------------------------------- broken forms


def test_a_good_form_has_no_mistakes(kind):
    assert generation.check_form(kind) == []


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("甲{{ sender", "标签不完整"),
        (
            "甲{{ sender }}{% if number %}",
            "第 2 段附近“甲{{ sender }}{% if number %}”：{% if %} 没有用 {% endif %} 结束",
        ),
        ("甲{% if %}{% endif %}", "第 2 段附近“甲{% if %}{% endif %}”：标签写法有误"),
        ("甲{% fi number %}", "标签写法有误"),
        ("甲{{ sneder }}", "第 2 段附近“甲{{ sneder }}”：没有名为 sneder 的事实，是不是 sender？"),
        ("甲{% for e in evidence %}{{ e.nmae }}{% endfor %}", "里没有 nmae，是不是 name？"),
        ("甲{{ signature.representativ }}", "是不是 representative？"),
        ("甲{{ date.weekday }}", "它有：iso、year、month、day"),
        ("甲{{ price.__class__ }}", "里没有 __class__"),
        ("甲{{ reason | trim }}", "不能用过滤器"),
        ("甲{{ sender | attr('x') }}", "没有名为 attr 的过滤器"),
        ("甲{{ range(3) }}", "没有名为 range"),
        ("甲{% include 'x' %}", "不能用 include"),
        ("甲{% macro x() %}{% endmacro %}", "不能用 include、import、extends、macro"),
        ("甲｛｛ sender ｝｝", "｛｛ 不是两个连着的半角符号"),
        ("甲{ { sender } }", "不是两个连着的半角符号"),
        ("甲{% if number ％}", "％} 不是两个连着的半角符号"),
        ("甲{ sender }", "标签少了一层括号，应当写作 {{ sender }}"),
        ("甲{%p if number %}", "不能与其他文字写在同一段"),
    ],
)
def test_an_authors_mistake_is_told_with_the_paragraph(tmp_path, tag, said):
    made = one_tag(tmp_path, "第一段", tag)
    told = generation.check_form(made)
    assert any(said in message for message in told), told
    assert all(message.startswith("test_letter.docx") for message in told)


@pytest.mark.parametrize("tag", ["甲{{ sneder }}", "甲{{ sender", "甲{% if %}", "甲{{ price.__class__ }}"])
def test_a_broken_form_writes_no_letter(tmp_path, tag):
    with pytest.raises(FormError) as caught:
        letter(one_tag(tmp_path, "第一段", tag))
    assert caught.value.where.startswith("test_letter.docx") and "甲" in caught.value.message


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("甲{{ (sender | trim).__class__ }}", "标签不能取用对象的内部"),
        ("甲{{ (sender | list)[0].nothing }}", "没有名为 nothing"),
        ("甲{{ sender / 2 }}", "标签无法执行"),
        ("甲{{ (evidence | first).__dict__ }}", "标签不能取用对象的内部"),
    ],
)
def test_what_only_shows_when_a_letter_is_written_is_told_with_the_paragraph(tmp_path, tag, said):
    with pytest.raises(FormError) as caught:
        letter(one_tag(tmp_path, "第一段", tag, "第三段"))
    assert said in caught.value.message and "第 2 段附近“甲" in caught.value.message


def test_tags_across_paragraphs_that_break_the_file_are_refused_when_they_do(tmp_path):
    made = one_tag(tmp_path, "甲{% if number %}", "乙", "{%p endif %}")
    assert words(letter(made)) == ["甲", "乙"]
    with pytest.raises(FormError, match="交错"):
        letter(made, number=...)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"text"])
def test_a_form_that_is_no_word_file_is_refused(tmp_path, data):
    made = one_tag(tmp_path, "甲")
    made.form.write_bytes(data)
    with pytest.raises(FormError, match="Word"):
        letter(made)
    assert generation.check_form(made)


def test_a_form_that_has_gone_is_told(tmp_path):
    made = one_tag(tmp_path, "甲")
    made.form.unlink()
    with pytest.raises(FormError, match="读不到"):
        letter(made)


def test_tags_that_word_split_are_joined(tmp_path):
    made = one_tag(tmp_path, "x")
    document = docx.Document()
    paragraph = document.add_paragraph()
    for piece in ("甲{", "{ sen", "der }", "}乙"):
        paragraph.add_run(piece)
    document.save(str(made.form))
    assert generation.check_form(made) == [] and words(letter(made, sender="某")) == ["甲某乙"]


# --------------------------------------------------------------------------------------------- shipped forms

SHIPPED = sorted(path.stem for path in folders.folder("templates_zh").glob("*.yaml"))


@pytest.mark.parametrize("kind_id", SHIPPED)
def test_a_shipped_form_has_no_mistakes(kind_id):
    assert generation.check_form(kinds.kind(kind_id)) == []


@pytest.mark.parametrize("kind_id", SHIPPED)
def test_a_shipped_form_takes_its_samples_whole_or_with_any_fact_left_out(kind_id):
    kind = kinds.kind(kind_id)
    for procedure in (None, *kind.procedures):
        raw = facts.sample(kind, procedure)
        Draft202012Validator(facts.schema(kind, procedure)).validate(raw)
        assert facts.read(kind, raw, procedure).missing == ()
        for left_out in (None, *raw):
            some = {name: value for name, value in raw.items() if name != left_out}
            read = facts.read(kind, some, procedure, draft=True)
            xml = part(generation.render(kind, read), "word/document.xml")
            etree.fromstring(xml.encode())
            assert "{{" not in xml and "{%" not in xml and "None" not in xml
            assert bool(highlighted(xml)) == bool(read.missing), (procedure, left_out)


# ------------------------------------------------------------------------------------------------------- speed


def test_a_warm_letter_is_ten_times_faster_than_docxtpl(kind):
    read = facts.read(kind, facts.sample(kind))

    def theirs():
        made = DocxTemplate(str(kind.form))
        made.render(read.values, autoescape=True)
        made.save(io.BytesIO())

    def best(work, times):
        spent = []
        for _ in range(times):
            start = time.process_time()
            work()
            spent.append(time.process_time() - start)
        return min(spent)

    generation.render(kind, read)
    assert best(theirs, 3) > 10 * best(lambda: generation.render(kind, read), 20)
