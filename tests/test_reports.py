"""Reports that people read: straight columns in a terminal, one safe page of HTML; annotated copies on request."""

import json
import re
import shutil
from io import BytesIO
from pathlib import Path

import docx
import pikepdf
import pytest
from click.testing import CliRunner
from conftest import everybody

from objection_docs import cli, desk
from objection_docs.reports import html, sentence, terminal, wanting
from objection_docs.service.app import create_app
from objection_docs.text import cut, normal, width, wrap

KNOWN = Path(__file__).parent / "letters" / "known"
LETTERS = [KNOWN / name for name in ("d1-05.pdf", "d1-08.docx", "d1-32.pdf", "d1-40.docx", "d2-19.pdf", "d2-47.pdf")]


def checked(path: Path) -> dict:
    return desk.examine(path.read_bytes(), path.name)[0]


def element(label: str, status: str, level: str = "required", **more) -> dict:
    said = {"quote": "", "page": None, "boxes": [], "reason": "没有写", "advice": "写明经过", "authority": "规程"}
    if status in ("present", "not_applicable"):
        said["advice"] = ""
    return {"id": label, "label": label, "level": level, "status": status, **said, **more}


def report_of(*elements: dict, verdict: str = "incomplete", **more) -> dict:
    head = {"file": "信.pdf", "verdict": verdict, "kind_label": "异议通知", "pages": 1}
    return {**head, "elements": list(elements), "faults": [], "fields": {}, "warnings": [], **more}


# --- words and widths -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [16, 37, 80])
def test_wrapped_lines_keep_to_their_columns_and_lose_nothing(columns):
    text = "请于2026-03-05前（以邮戳为准）更换“全部不合格品”，并附HT-2026-018号合同；" * 3 + "a" * 90
    lines = wrap(text, columns)
    assert "".join(lines) == text and max(map(width, lines)) <= columns
    inside = lines[: -(90 // columns + 2)]
    assert not any(line[0] in "，。；）”" for line in inside) and not any(line[-1] in "（“" for line in inside)


def test_a_cut_text_fits_and_says_that_it_was_cut():
    assert cut("异议通知", 8) == "异议通知" and cut("异议通知书", 8) == "异议通…" and width("ｱ异a") == 4


def test_the_outcome_is_one_sentence():
    wants = [
        element("甲", "vague"),
        element("乙", "missing"),
        element("丙", "missing"),
        element("丁", "blank", "optional"),
    ]
    fault = {"label": "金额", "message": "不一致"}
    assert sentence(report_of(*wants)) == "3 项必需要素须补正（笼统 1 项、缺失 2 项），另有 1 项宜补充"
    done = [element("甲", "present"), element("乙", "present")]
    assert sentence(report_of(*done, verdict="complete")) == "2 项要素齐备"
    assert sentence(report_of(*done, wants[-1], verdict="complete", faults=[fault])) == (
        "必需要素齐备，另有 1 项宜补充，1 处差错须更正"
    )


# --- text -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_text_is_straight_and_keeps_to_the_terminal(path, columns):
    lines = terminal.render(checked(path), columns=columns).split("\n")
    assert max(map(width, lines)) <= columns
    start = lines.index("齐备")
    table = lines[start + 1 : [*lines, ""].index("", start)]
    assert len({width(line[: line.index("“")]) for line in table}) == 1


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_every_element_is_told_once_and_what_wants_something_first(path):
    report = checked(path)
    wants = [e["label"] for e in wanting(report)]
    done = [e["label"] for e in report["elements"] if e["status"] == "present"]
    page, said = html.render([report]), terminal.render(report)
    assert re.findall(r"</span><h4>(.*?)</h4>\n<span", page) == wants
    assert re.findall(r'<th scope="row">(.*?)</th>', page) == done
    assert re.findall(r"^ +\d+\. (?:笼统|空白|缺失)  (.+?)（.{2}）$", said, re.MULTILINE) == wants
    assert re.findall(r"^  (\S+) +(?:第 \S+ 页 +)?“", said, re.MULTILINE) == done


def test_what_is_required_comes_before_what_is_recommended():
    said = terminal.render(
        report_of(element("甲", "vague", "optional"), element("乙", "blank", "recommended"), element("丙", "missing"))
    )
    assert [said.index(words) for words in ("丙（必需）", "乙（建议）", "甲（可选）")] == sorted(
        said.index(words) for words in ("丙（必需）", "乙（建议）", "甲（可选）")
    )


def test_pages_are_told_where_there_are_pages():
    there = {"quote": "原话", "page": 1, "boxes": [[1, 2, 3, 4]], "continues": [{"page": 2, "boxes": [[1, 2, 3, 4]]}]}
    for said in (
        terminal.render(report_of(element("甲", "vague", **there))),
        html.render([report_of(element("甲", "vague", **there))]),
    ):
        assert "第 1—2 页" in said
    word = report_of(element("甲", "vague", quote="原话", page=1))
    for said in (terminal.render(word), html.render([word])):
        assert "原话" in said and not re.search(r"第 \d|\d 页", said)


def test_both_places_of_a_fault_are_told():
    other = {"quote": "¥32,100.00", "page": 3, "boxes": []}
    fault = {
        "label": "大小写金额不一致",
        "message": "请核对",
        "quote": "叁万元整",
        "page": 2,
        "boxes": [],
        "other": other,
    }
    said = terminal.render(report_of(faults=[fault], pages=3))
    assert "此处：“叁万元整”（第 2 页）" in said and "另处：“¥32,100.00”（第 3 页）" in said
    page = html.render([report_of(faults=[fault], pages=3)])
    assert page.index("叁万元整") < page.index("第 2 页") < page.index("¥32,100.00") < page.index("第 3 页")


def test_what_was_read_stands_in_the_same_order_whatever_the_order_in_the_log():
    read = {"date": "2026-03-05", "other": "别的", "recipient": "乙公司", "sender": "甲公司", "reference": ""}
    for said in (terminal.render(report_of(fields=read)), html.render([report_of(fields=read)])):
        places = [said.index(words) for words in ("甲公司", "乙公司", "2026-03-05", "别的")]
        assert places == sorted(places) and "合同或项目编号" not in said


def test_colours_only_dress_the_same_words():
    report = checked(LETTERS[0])
    dressed = terminal.render(report, lambda text, **_: f"\x1b[1m{text}\x1b[0m")
    assert "\x1b" in dressed and re.sub(r"\x1b\[\d+m", "", dressed) == terminal.render(report)


# --- HTML -----------------------------------------------------------------------------------------------------------

HOSTILE = "<script>alert(1)</script>\"'&<img src=x onerror=y>"


def test_html_escapes_whatever_a_stranger_wrote():
    evil = dict.fromkeys(("label", "quote", "reason", "advice", "authority"), HOSTILE)
    fault = {"code": "x", "page": 1, "boxes": [], **dict.fromkeys(("label", "message", "quote"), HOSTILE)}
    fault["other"] = {"quote": HOSTILE, "page": 1, "boxes": []}
    elements = [element("甲", status) | evil for status in ("vague", "present", "not_applicable")]
    report = report_of(*elements, faults=[fault], fields={"sender": HOSTILE}, warnings=[HOSTILE], kind_label=HOSTILE)
    report |= {"file": HOSTILE, "sha256": HOSTILE, "rules_version": HOSTILE}
    page = html.render([report, report | {"verdict": "unreadable", "error": {"code": "x", "message": HOSTILE}}])
    assert "<script" not in page and "<img" not in page and page.count("&lt;img src=x") >= 15


def test_html_needs_nothing_from_elsewhere_and_tells_file_and_rules():
    page = html.render([checked(path) for path in LETTERS])
    assert not re.search(r"https?:|<link|<script|@import|url\(", page)
    for path in LETTERS:
        assert checked(path)["sha256"] in page and f">{path.name}<" in page


# --- annotated copies -----------------------------------------------------------------------------------------------


@pytest.fixture
def run(home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("d1-05.pdf", "d1-08.docx"):
        shutil.copy(KNOWN / name, tmp_path)
    (tmp_path / "信.txt").write_text("异议通知\n请尽快处理。", "utf-8")

    def call(*args):
        result = CliRunner().invoke(cli.main, ["check", *args])
        assert isinstance(result.exception, (SystemExit, type(None))), result.exc_info
        return result

    return call


@pytest.mark.parametrize(("name", "out"), [("d1-05.pdf", "批注.PDF"), ("d1-08.docx", "批注.docx")])
def test_check_writes_an_annotated_copy_and_leaves_the_original(run, tmp_path, name, out):
    before = (tmp_path / name).read_bytes()
    result = run(name, "--annotated", out, "--format", "json", "--no-log")
    assert result.exit_code == 1 and json.loads(result.stdout)[0]["verdict"] == "incomplete"
    assert result.stderr == f"批注本：{out}\n"
    assert (tmp_path / name).read_bytes() == before
    assert told(tmp_path / out) == "检查结论：不完整"


def told(path: Path) -> str:
    """The first line of the note on an annotated copy."""
    data = path.read_bytes()
    if data.startswith(b"%PDF"):
        with pikepdf.open(BytesIO(data)) as document:
            notes = [note for note in document.pages[0].obj.Annots if note.Subtype == "/Text"]
            return str(notes[0].Contents).split("\n")[0]
    return next(iter(docx.Document(BytesIO(data)).comments)).text.split("\n")[0]


def test_several_letters_get_their_copies_in_a_folder(run, tmp_path):
    (tmp_path / "二").mkdir()
    shutil.copy(tmp_path / "d1-05.pdf", tmp_path / "二" / "d1-05.pdf")
    result = run("d1-05.pdf", "d1-08.docx", "二/d1-05.pdf", "--annotated", "批注本", "--no-log")
    assert result.exit_code == 1, result.output
    made = sorted(path.name for path in (tmp_path / "批注本").iterdir())
    assert made == ["d1-05 批注 (2).pdf", "d1-05 批注.pdf", "d1-08 批注.docx"]
    assert {told(path) for path in (tmp_path / "批注本").iterdir()} == {"检查结论：不完整"}


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["d1-05.pdf", "--annotated", "a.docx"], "这份文书是 PDF 文件，批注本的名称应以 .pdf 结尾"),
        (["d1-08.docx", "--annotated", "a.pdf"], "这份文书是 Word 文件，批注本的名称应以 .docx 结尾"),
        (["d1-05.pdf", "--annotated", "a.html"], "应以 .docx 或 .pdf 结尾"),
        (["d1-05.pdf", "--annotated", "./d1-05.pdf"], "批注本不能写在原件上"),
        (["d1-05.pdf", "--annotated", "没有/a.pdf"], "没有这个文件夹"),
        (["d1-05.pdf", "d1-08.docx", "--annotated", "信.txt"], "应给出一个文件夹"),
    ],
)
def test_a_copy_that_cannot_be_is_refused_before_anything_is_checked(run, tmp_path, args, said):
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    result = run(*args)
    assert result.exit_code == 2 and said in result.stderr and result.stdout == ""
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before
    assert desk.search().total == 0


def test_a_letter_that_cannot_be_annotated_costs_no_other_its_copy(run, tmp_path):
    result = run("信.txt", "d1-05.pdf", "--annotated", "批注本", "--no-log")
    assert result.exit_code == 2 and "信.txt" in result.stderr and "只有 PDF 和 Word" in result.stderr
    assert [path.name for path in (tmp_path / "批注本").iterdir()] == ["d1-05 批注.pdf"]
    assert "信.txt：" in result.stdout and "d1-05.pdf：" in result.stdout


def test_a_copy_in_a_folder_never_takes_the_place_of_a_letter_to_check(run, tmp_path):
    shutil.copy(tmp_path / "d1-05.pdf", tmp_path / "d1-05 批注.pdf")
    before = (tmp_path / "d1-05 批注.pdf").read_bytes()
    result = run("d1-05.pdf", "d1-05 批注.pdf", "--annotated", ".", "--no-log")
    assert result.exit_code == 2 and "批注本不能写在原件上" in result.stderr
    assert (tmp_path / "d1-05 批注.pdf").read_bytes() == before


@pytest.fixture
def client(home):
    return create_app({"HOME": home, "IDENTIFY": everybody}).test_client()


def upload(client, path: Path, data: bytes | None = None) -> dict:
    form = {"file": (BytesIO(data or path.read_bytes()), path.name)}
    return client.post("/api/v1/checks", data=form, content_type="multipart/form-data").json


@pytest.mark.parametrize(("name", "media"), [("d1-05.pdf", desk.PDF), ("d1-08.docx", desk.DOCX)], ids=["pdf", "docx"])
def test_the_service_hands_out_annotated_copies(client, tmp_path, name, media):
    report = upload(client, KNOWN / name)
    page = client.get(f"/log/{report['id']}").text
    assert f'href="/log/{report["id"]}/annotated"' in page
    for address in (report["links"]["annotated"], f"/log/{report['id']}/annotated"):
        answer = client.get(address)
        assert answer.status_code == 200 and answer.mimetype == media
        assert "attachment" in answer.headers["Content-Disposition"]
        (tmp_path / "copy").write_bytes(answer.data)
        assert told(tmp_path / "copy") == "检查结论：不完整"
    assert client.get(report["links"]["file"]).data == (KNOWN / name).read_bytes()


def test_plain_text_has_no_annotated_copy(client):
    report = upload(client, Path("信.txt"), "异议通知\n请尽快处理。".encode())
    answer = client.get(report["links"]["annotated"])
    assert answer.status_code == 409 and answer.json["code"] == "not_annotatable"
    assert "annotated" not in client.get(f"/log/{report['id']}").text


def test_a_generated_letter_has_no_annotated_copy(client):
    facts = desk.sample("objection_notice")
    made = client.post("/api/v1/documents", json={"kind": "objection_notice", "facts": facts}).json
    answer = client.get(f"/log/{made['id']}/annotated")
    assert answer.status_code == 404 and normal("只有检查过的文书才有批注本") in normal(answer.text)
    assert "/annotated" not in client.get(f"/log/{made['id']}").text
