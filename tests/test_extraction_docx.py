"""What is read from a Word file, and from plain text."""

import made_papers as made
import pytest
from made_papers import p, word

from objection_docs.extraction import read


def told(data: bytes) -> list[str]:
    return [line.text for line in read(data).lines]


def places(data: bytes) -> dict[tuple[int, int, int], list[str]]:
    out: dict = {}
    for line in read(data).lines:
        if line.cell:
            out.setdefault(line.cell, []).append(line.text)
    return out


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def test_paragraphs_and_line_breaks():
    assert told(word(p("异议函") + "<w:p/>" + "<w:p><w:r><w:t>甲</w:t><w:br/><w:t>乙</w:t></w:r></w:p>")) == [
        "异议函",
        "甲",
        "乙",
    ]


def test_insertions_are_kept_and_deletions_dropped():
    body = f"<w:p>{run('金额')}<w:del><w:r><w:delText>旧</w:delText></w:r></w:del><w:ins>{run('新')}</w:ins></w:p>"
    assert told(word(body)) == ["金额新"]


def test_content_controls_and_their_placeholders():
    control = "<w:sdt><w:sdtPr>{}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    filled = control.format("", run("恒泰公司"))
    empty = control.format("<w:showingPlcHdr/>", run("单击此处输入文字"))
    block = control.format("", p("整段"))
    assert told(word(f"<w:p>{run('甲：')}{filled}</w:p><w:p>{run('乙：')}{empty}</w:p>{block}")) == [
        "甲：恒泰公司",
        "乙：",
        "整段",
    ]


def test_a_text_box_is_read_once():
    box = f"<w:txbxContent>{p('盒中文字')}</w:txbxContent>"
    drawing = (
        f"<mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent>"
    )
    assert told(word(f"<w:p>{run('正文')}<w:r>{drawing}</w:r></w:p>")) == ["正文", "盒中文字"]
    assert told(word(f"<w:p><w:r><w:pict><v:textbox>{box}</v:textbox></w:pict></w:r></w:p>")) == ["盒中文字"]


def test_field_codes_are_dropped_and_their_results_kept():
    field = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>'
    assert told(word(f"<w:p>{run('共')}{field}{run('3')}{run('页')}</w:p>")) == ["共3页"]


def test_checkboxes():
    old = '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox>{}</w:checkBox></w:ffData></w:fldChar></w:r>'
    symbol = '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r><w:r><w:sym w:font="Wingdings" w:char="F0A8"/></w:r>'
    ticked = "<w:p>" + old.format('<w:default w:val="0"/><w:checked/>') + run("同意") + "</w:p>"
    open_ = "<w:p>" + old.format('<w:default w:val="0"/>') + run("不同意") + "</w:p>"
    body = ticked + open_ + f"<w:p>{symbol}</w:p>"
    assert told(word(body)) == ["☑同意", "□不同意", "☑□"]


def test_hidden_text_is_left_out_and_told():
    paper = read(word(f"<w:p>{run('看得见')}<w:r><w:rPr><w:vanish/></w:rPr><w:t>看不见</w:t></w:r></w:p>"))
    assert (paper.text, paper.warnings) == ("看得见", ("有 3 个隐藏字符未读取",))


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text) if text else '<w:p/>'}</w:tc>"


def test_tables_with_merged_and_empty_cells():
    across = cell("通栏", '<w:gridSpan w:val="2"/>')
    rows = [
        cell("甲", '<w:vMerge w:val="restart"/>') + across,
        cell("", "<w:vMerge/>") + cell("乙") + cell(""),
    ]
    table = "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"
    assert places(word(table)) == {(0, 0, 0): ["甲"], (0, 0, 1): ["通栏"], (0, 1, 1): ["乙"], (0, 1, 2): [""]}


def test_a_table_within_a_cell():
    inner = f"<w:tbl><w:tr>{cell('里')}</w:tr></w:tbl>"
    table = f"<w:tbl><w:tr><w:tc>{p('外')}{inner}<w:p/></w:tc>{cell('旁')}</w:tr></w:tbl>"
    assert places(word(table)) == {(0, 0, 0): ["外"], (1, 0, 0): ["里"], (0, 0, 1): ["旁"]}


def test_headers_and_footers_stand_apart():
    paper = read(word(p("正文"), header=p("来往函件"), footer=p("第 1 页")))
    assert [(line.role, line.text) for line in paper.lines] == [
        ("head", "来往函件"),
        ("body", "正文"),
        ("foot", "第 1 页"),
    ]
    assert paper.text == "正文"


def test_footnotes_come_last():
    rule = f'<w:footnote w:type="separator" w:id="0">{p("-")}</w:footnote>'
    notes = f'{rule}<w:footnote w:id="1">{p("见附件一")}</w:footnote>'
    assert told(word(p("正文"), footnotes=notes)) == ["正文", "见附件一"]


def numbering(*levels: tuple[str, str]) -> str:
    inside = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{shape}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for i, (shape, text) in enumerate(levels)
    )
    return (
        f'<w:abstractNum w:abstractNumId="7">{inside}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
    )


def item(text: str, level: int = 0) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>')


def test_automatic_numbers_count_on_and_begin_anew_below():
    body = item("事实") + item("甲", 1) + item("乙", 1) + item("依据") + item("丙", 1)
    lists = numbering(("chineseCounting", "%1、"), ("decimal", "%1.%2 "))
    data = word(body, numbering=lists)
    assert told(data) == ["一、事实", "一.1 甲", "一.2 乙", "二、依据", "二.1 丙"]


@pytest.mark.parametrize(
    ("shape", "text", "first", "twelfth"),
    [
        ("decimal", "（%1）", "（1）", "（12）"),
        ("chineseCountingThousand", "（%1）", "（一）", "（十二）"),
        ("japaneseCounting", "第%1条 ", "第一条 ", "第十二条 "),
        ("chineseLegalSimplified", "%1、", "壹、", "壹拾贰、"),
        ("decimalEnclosedCircleChinese", "%1", "①", "⑫"),
        ("upperLetter", "%1.", "A.", "L."),
        ("lowerRoman", "%1)", "i)", "xii)"),
        ("bullet", "", "", ""),
    ],
)
def test_number_formats(shape, text, first, twelfth):
    lines = told(word(item("项") * 12, numbering=numbering((shape, text))))
    assert (lines[0], lines[11]) == (first + "项", twelfth + "项")


def test_alignment():
    lines = read(word(p("异议函", '<w:jc w:val="center"/>') + p("章", '<w:jc w:val="right"/>') + p("文"))).lines
    assert [line.align for line in lines] == ["center", "right", ""]


def test_a_file_is_what_its_bytes_say():
    assert read(word(p("正文")), "来函.pdf").source == "docx"
    assert read(made.letter("正文"), "来函.docx").source == "pdf"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_plain_text_in_its_encodings(encoding):
    text = "异议函\n\n致：恒泰公司\n合同编号：HT-2026-018\n金额\t3000元\n"
    paper = read(text.encode(encoding))
    assert paper.source == "text"
    assert [line.text for line in paper.lines] == ["异议函", "致：恒泰公司", "合同编号：HT-2026-018", "金额", "3000元"]
    assert paper.lines[4].cell == (0, 0, 1)


@pytest.mark.parametrize(
    "main",
    [
        "application/vnd.ms-word.document.macroEnabled.main+xml",
        "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",  # macros in a mere docx
    ],
)
def test_of_a_file_with_macros_the_words_are_read_and_the_macros_told(main):
    plain = word(p("异议函") + p("请更换不合格品"), footer=p("第一页"))
    paper = read(made.docm(plain, main))
    assert [line.text for line in paper.lines] == told(plain)
    assert [said for said in paper.warnings if "宏没有运行" in said] and not read(plain).warnings
