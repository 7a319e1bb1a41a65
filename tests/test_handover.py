"""Letters handed over to another log: bags, what proves them, and every way of tampering with one."""

import csv
import io
import json
import subprocess
import sys
import unicodedata
import zipfile
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import bagit
import pytest
from click.testing import CliRunner
from conftest import COMPLETE, INCOMPLETE, NOW
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_destruction import destroy

from objection_docs import cli, desk, handover
from objection_docs.archive import Archive, bag, bag_reading, record
from objection_docs.archive.keeping import Keeping
from objection_docs.reports import sheets

ODD = '坏:"名"?*|<甲>/乙%0A .'


@pytest.fixture
def run(rooms, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()

    def call(*args, code=0):
        result = runner.invoke(cli.main, [str(arg) for arg in args])
        assert isinstance(result.exception, (SystemExit, type(None))), result.exc_info
        assert "Traceback" not in result.output
        assert result.exit_code == code, result.output
        return result

    return call


@pytest.fixture
def letters(run, home, tmp_path):
    """Four letters in the log: two generated, two checked, one of them corrected and served with a receipt."""
    (tmp_path / "完整.txt").write_text(COMPLETE, "utf-8")
    (tmp_path / "不完整.txt").write_text(INCOMPLETE, "utf-8")
    (tmp_path / "facts.json").write_text(json.dumps({"text": COMPLETE}), "utf-8")
    run("generate", "objection_notice", "facts.json", "--case", "案一")
    run("check", "不完整.txt", "--case", "案一", code=1)
    run("check", "完整.txt")
    run("generate", "objection_notice", "facts.json")
    _, corrected, *_ = desk.search().entries
    run("log", "correct", corrected.id, "--sender", "更正后的公司", "--reason", "原先读错")
    (tmp_path / "回执.pdf").write_bytes(b"%PDF receipt")
    run("log", "service", corrected.id, "--method", "courier", "--tracking", "SF1", "--file", "回执.pdf")
    return home


def values_of(home: Path) -> list[tuple]:
    """What a letter is, whatever log it stands in: oldest first."""
    found = []
    with Archive(home) as archive:
        for one in record.records(archive, archive.chosen()):
            entry, reads = one.letter.entry, one.reads
            words = [getattr(reads, name) for name in ("kind", "procedure", "case_id", "title", "sender", "recipient")]
            files = [(archive.files.get(part.sha256), part.file_name) for part in (entry, *entry.copies) if part.sha256]
            files += [(archive.files.get(p.entry.sha256), p.entry.file_name) for p in one.later if p.entry.sha256]
            states = sorted(archive.db.execute("SELECT element, status FROM element_states WHERE seq = ?", [entry.seq]))
            found.append((words, entry.verdict, files, states, entry.facts, entry.report, entry.text, entry.media_type))
    return found


def elsewhere(tmp_path, run, bag_path, code=0):
    other = tmp_path / "other"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OBJECTION_DOCS_HOME", str(other))
        return other, run("log", "import", bag_path, code=code)


# --- the bag ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["移交", "移交.zip"])
def test_another_tool_accepts_the_bag(run, letters, tmp_path, place):
    assert "已导出 4 件" in run("log", "export", "-o", place).output
    folder = tmp_path / "移交"
    if place.endswith(".zip"):
        zipfile.ZipFile(tmp_path / place).extractall(tmp_path)
    check = [sys.executable, bagit.__file__, "--validate", "--quiet", str(folder)]
    assert subprocess.run(check, capture_output=True).returncode == 0
    next(folder.glob("data/letters/*/*/entry.json")).write_text("{}")
    assert subprocess.run(check, capture_output=True).returncode == 1


def test_the_bag_holds_each_letter_with_its_records(run, letters, tmp_path):
    run("log", "export", "更正后的公司", "-o", "包")
    (folder,) = (tmp_path / "包").glob("data/letters/*/*")
    records = {"metadata.xml", "entry.json", "report.json", "report.html"}
    assert {path.name for path in folder.iterdir()} == {"完整.txt", "回执.pdf"} | records


def test_files_are_handed_over_byte_for_byte(run, letters, tmp_path):
    run("log", "export", "-o", "包")
    held = {path.read_bytes() for path in (tmp_path / "包").glob("data/letters/*/*/*")}
    for entry in desk.search().entries:
        assert desk.file(entry.id)[1] in held
    assert b"%PDF receipt" in held


def test_the_record_has_the_names_of_the_standard_and_reads_as_corrected(run, letters, tmp_path):
    run("log", "export", "更正后的公司", "-o", "包")
    (path,) = (tmp_path / "包").glob("data/letters/*/*/metadata.xml")
    root = ElementTree.parse(path).getroot()
    assert root.findtext("文件实体/内容描述/责任者") == "更正后的公司"
    assert root.findtext("文件实体/聚合层次") == "件"
    entry = desk.search("更正后的公司").entries[0]
    assert root.findtext("文件实体/电子文件号") == entry.id
    assert [act.findtext("业务行为") for act in root.findall("业务实体")] == ["检查", "更正", "送达"]
    names = {node.text for node in root.findall("文件实体/电子属性/计算机文件名")}
    assert all((tmp_path / "包" / "data" / name).is_file() for name in names) and len(names) == 2
    told = json.loads(path.with_name("entry.json").read_text("utf-8"))
    assert told["letter"]["sender"] == "更正后的公司" and told["later"][1]["details"]["tracking"] == "SF1"


def test_control_characters_do_not_break_the_record(letters, tmp_path, home):
    with Archive(home) as archive:
        archive.add(at=NOW, errand="check", title="甲\x00乙\x0b丙\ufffe", who="\x1f", text="")
    handover.export(tmp_path / "包", "甲", now=NOW, home=home)
    (path,) = (tmp_path / "包").glob("data/letters/*/*/metadata.xml")
    assert ElementTree.parse(path).getroot().findtext("文件实体/内容描述/题名") == "甲乙丙"


def test_somebody_without_the_log_can_recompute_what_proves_the_letters(run, letters, tmp_path, home):
    """With nothing but sha256 over a line, and one line after another."""
    chosen = desk.search("更正后的公司").entries[0]
    run("log", "export", "更正后的公司", "-o", "包")
    chain = tmp_path / "包" / "data" / "chain"
    hashes = dict(line.split(" ") for line in (chain / "hashes.txt").read_text().splitlines())
    lines = (chain / "entries.jsonl").read_bytes().splitlines()
    for line in lines:
        form = json.loads(line)
        assert hashes[str(form["seq"])] == sha256(line).hexdigest()
        assert form["prev"] == hashes[str(form["seq"] - 1)]
    letter = json.loads(lines[0])
    folder = next((tmp_path / "包").glob("data/letters/*/*"))
    assert letter["report_sha256"] == sha256((folder / "report.json").read_bytes()).hexdigest()
    assert letter["sha256"] in {sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    with Archive(home) as archive:
        assert hashes[str(chosen.seq)] == archive.original(chosen.id).hash
    others = [entry.title + entry.id for entry in desk.search().entries if entry.id != chosen.id]
    assert not any(entry.id in (chain / "entries.jsonl").read_text() for entry in desk.search("-更正后的公司").entries)
    assert others  # entries in between stand there by their hash alone


class _Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.links, self.scripts = [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.links += [given[name] for name in ("href", "src") if given.get(name)]
        if tag == "script":
            self.scripts.append(given.get("src"))


def test_the_index_works_offline_and_leads_to_every_file(run, letters, tmp_path):
    from urllib.parse import unquote

    run("log", "export", "-o", "包")
    data = tmp_path / "包" / "data"
    for page in [data / "index.html", *data.glob("letters/*/*/report.html")]:
        seen = _Links()
        seen.feed(page.read_text("utf-8"))
        assert seen.scripts in ([], [None])
        for link in seen.links:
            assert (page.parent / unquote(link.partition("#")[0])).is_file(), link
    assert "更正后的公司" in (data / "index.html").read_text("utf-8")


def test_a_long_index_is_cut_into_parts(run, letters, tmp_path, monkeypatch):
    from objection_docs import bagging

    monkeypatch.setattr(bagging, "PAGE", 3)
    run("log", "export", "-o", "包")
    data = tmp_path / "包" / "data"
    assert {path.name for path in data.glob("index*")} == {"index.html", "index-001.html", "index-002.html"}
    assert "index-002.html" in (data / "index.html").read_text("utf-8")


def test_an_export_is_entered_in_the_log(run, letters, home):
    entry = desk.search("更正后的公司").entries[0]
    run("log", "export", "更正后的公司", "-o", "包", "--by", "王档案")
    with Archive(home) as archive:
        last = archive.later(entry.id)[-1]
        assert (last.errand, last.details, last.who) == ("access", {"how": "exported"}, "王档案")
        assert archive.verify() == []


def test_nothing_found_and_places_that_will_not_do_are_told_and_leave_nothing(run, letters, tmp_path):
    (tmp_path / "有.zip").write_text("x")
    (tmp_path / "满").mkdir()
    (tmp_path / "满" / "文件").write_text("x")
    before = sorted(tmp_path.rglob("*"))
    for args, said in (
        (["绝无此词", "-o", "包"], "没有符合条件的文书"),
        (["-o", "有.zip"], "已有内容"),
        (["-o", "满"], "已有内容"),
        (["-o", "没有/包"], "没有这个文件夹"),
        ([], "请用 -o 写明"),
        (["--status", "好", "-o", "包"], "没有“好”这个取值"),
    ):
        assert said in run("log", "export", *args, code=2).stderr
    assert [path for path in sorted(tmp_path.rglob("*")) if "log.sqlite3" not in path.name] == [
        path for path in before if "log.sqlite3" not in path.name
    ]


@pytest.mark.parametrize("place", ["包", "包.zip"])
def test_an_export_that_fails_halfway_leaves_nothing(run, letters, tmp_path, home, place):
    entry = desk.search().entries[0]
    with Archive(home) as archive:
        archive.files.path(entry.sha256).unlink()
    assert "不见了" in run("log", "export", "-o", place, code=2).stderr
    assert not (tmp_path / place).exists() and not [path for path in tmp_path.iterdir() if ".part" in path.name]


def test_a_destroyed_letter_is_handed_over_by_its_record_alone(letters, tmp_path, home):
    entry = desk.search("更正后的公司").entries[0]
    with Archive(home) as archive:
        destroy(archive, entry, NOW)
    handover.export(tmp_path / "包", now=NOW, home=home)
    bagit.Bag(str(tmp_path / "包")).validate()
    came = handover.bring_in(tmp_path / "包", now=NOW, home=tmp_path / "other")
    assert (came.letters, came.destroyed) == (3, 1)


@given(name=st.text(max_size=80))
def test_names_in_a_bag_are_safe_everywhere(name):
    taken: set[str] = set()
    made = [bag.file_name(name, taken) for _ in range(3)]
    assert len({unicodedata.normalize("NFC", one.casefold()) for one in made}) == 3
    for one in made:
        assert one == one.strip(" ") and not one.endswith(".") and 0 < len(one) <= 80
        assert not set(one) & set('\\/:*?"<>|%\n\r\t\0') and len(one.encode()) <= 255
        assert one.split(".")[0].upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT9"}


@pytest.mark.parametrize("name", ["CON.txt", "nul", "aux.", "COM1.tar.gz", "..", ".", "", "a" * 300 + ".docx", ODD])
def test_names_that_a_system_would_not_take(name):
    made = bag.file_name(name, set())
    assert made not in ("", ".", "..") and not bag._RESERVED.match(made) and not bag._FORBIDDEN.search(made)
    assert made.endswith(".docx") == name.endswith(".docx")


# --- into another log ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["包", "包.zip"])
def test_letters_come_into_another_log_as_they_were(run, letters, tmp_path, home, place):
    run("log", "export", "-o", place)
    other, said = elsewhere(tmp_path, run, place)
    assert "导入 4 件" in said.output and "后续记录 2 条" in said.output
    assert values_of(other) == values_of(home)
    with Archive(other) as archive:
        assert archive.verify() == []
        came = [entry for entry in archive.entries() if not entry.about]
        for old, new in zip(reversed(desk.search(home=home).entries), came, strict=True):
            origin = new.details["origin"]
            assert (origin["id"], origin["seq"], origin["number"]) == (old.id, old.seq, old.number)
    assert desk.search("异通-2026-0001", home=other).total == 1


def test_a_second_import_adds_nothing_and_says_so(run, letters, tmp_path):
    run("log", "export", "-o", "包")
    other, _ = elsewhere(tmp_path, run, "包")
    with Archive(other) as archive:
        before = record.head(archive)
    _, said = elsewhere(tmp_path, run, "包")
    assert "没有新的文书" in said.output and "已有 4 件" in said.output
    with Archive(other) as archive:
        assert record.head(archive) == before


def test_letters_that_come_home_are_known_again(run, letters, tmp_path, home):
    run("log", "export", "-o", "包")
    assert "没有新的文书" in run("log", "import", "包").output
    other, _ = elsewhere(tmp_path, run, "包")
    handover.export(tmp_path / "回程", now=NOW, home=other)
    assert "没有新的文书" in run("log", "import", "回程").output


def test_what_is_said_of_a_letter_later_follows_it(run, letters, tmp_path):
    run("log", "export", "-o", "包")
    other, _ = elsewhere(tmp_path, run, "包")
    run("log", "correct", desk.search("更正后的公司").entries[0].id, "--title", "第二次更正")
    run("log", "export", "更正后的公司", "-o", "又一包")
    _, said = elsewhere(tmp_path, run, "又一包")
    assert "没有新的文书，后续记录 1 条，已有 1 件" in said.output
    assert desk.search("第二次更正", home=other).total == 1


names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | names
facts = st.recursive(leaves, st.lists, max_leaves=4)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    letters=st.lists(
        st.fixed_dictionaries(
            {
                "file": st.none() | st.binary(max_size=40),
                "file_name": names,
                "title": names,
                "sender": names,
                "text": names,
                "facts": facts,
                "report": st.none() | st.fixed_dictionaries({"verdict": st.just("complete"), "kind_label": names}),
                "elements": st.lists(st.tuples(names, names, names), max_size=2, unique_by=lambda state: state[0]),
                "copies": st.lists(st.tuples(names, names, names, st.binary(max_size=9)), max_size=2),
            }
        ),
        min_size=1,
        max_size=3,
    )
)
def test_whatever_stands_in_a_log_comes_through_a_bag(tmp_path_factory, letters):
    place = tmp_path_factory.mktemp("round")
    with Archive(place / "home") as archive:
        for letter in letters:
            archive.add(at=NOW, errand="check", **letter)
    handover.export(place / "包.zip", now=NOW, home=place / "home")
    came = handover.bring_in(place / "包.zip", now=NOW, home=place / "other")
    assert came.letters == len(letters)
    assert values_of(place / "other") == values_of(place / "home")


# --- tampering -------------------------------------------------------------------------------------------------------


def rebagged(folder: Path) -> None:
    """As a forger would who knows BagIt: the manifests fit again."""
    lines = [
        f"{sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n"
        for path in sorted((folder / "data").rglob("*"))
        if path.is_file()
    ]
    (folder / "manifest-sha256.txt").write_text("".join(lines), "utf-8")
    info = (folder / "bag-info.txt").read_text("utf-8").splitlines(keepends=True)
    (folder / "bag-info.txt").write_text("".join(line for line in info if "Oxum" not in line), "utf-8")
    tags = ("bagit.txt", "bag-info.txt", "manifest-sha256.txt")
    lines = [f"{sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in tags]
    (folder / "tagmanifest-sha256.txt").write_text("".join(lines), "utf-8")


def change(pattern: str, before: str, after: str):
    def tamper(folder: Path) -> str:
        path = next(path for path in sorted(folder.glob(pattern)) if before in path.read_text("utf-8"))
        path.write_text(path.read_text("utf-8").replace(before, after), "utf-8")
        return path.relative_to(folder).as_posix()

    return tamper


def drop(pattern: str):
    def tamper(folder: Path) -> str:
        path = sorted(folder.glob(pattern))[0]
        path.unlink()
        return path.relative_to(folder).as_posix()

    return tamper


def add_file(folder: Path) -> str:
    (folder / "data" / "多出.txt").write_text("x")
    return "data/多出.txt"


def swap_lines(folder: Path) -> str:
    path = folder / "data" / "chain" / "hashes.txt"
    lines = path.read_text().splitlines()
    numbers, digests = zip(*(line.split() for line in lines), strict=True)
    swapped = [digests[1], digests[0], *digests[2:]]
    path.write_text("".join(f"{n} {d}\n" for n, d in zip(numbers, swapped, strict=True)))
    return "data/chain/"


def cut_hashes(folder: Path) -> str:
    path = folder / "data" / "chain" / "hashes.txt"
    lines = path.read_text().splitlines()
    path.write_text("".join(f"{line}\n" for line in [*lines[:1], *lines[2:]]))
    return "data/chain/hashes.txt"


def drop_letter_line(folder: Path) -> str:
    """The letter goes, what was said of it later stays."""
    path = folder / "data" / "chain" / "entries.jsonl"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if json.loads(line).get("about")) - 1
    path.write_text("".join(lines[:at] + lines[at + 1 :]), "utf-8")
    return "data/chain/entries.jsonl"


PLAIN = {
    "a letter's file": change("data/letters/*/*/完整.txt", "恒泰", "恒秦"),
    "a report": change("data/letters/*/*/report.json", "incomplete", "complete"),
    "a record": change("data/letters/*/*/entry.json", "2026", "2025"),
    "the XML record": change("data/letters/*/*/metadata.xml", "恒泰", "恒秦"),
    "the list": change("data/list.csv", "恒泰", "恒秦"),
    "the index": change("data/index.html", "恒泰", "恒秦"),
    "a form": change("data/chain/entries.jsonl", "恒泰", "恒秦"),
    "the manifest": change("manifest-sha256.txt", "data/list.csv", "data/lost.csv"),
    "the bag's own words": change("bag-info.txt", "20", "19"),
    "a lost file": drop("data/letters/*/*/完整.txt"),
    "a lost record": drop("data/letters/*/*/entry.json"),
    "a lost manifest": drop("manifest-sha256.txt"),
    "a file too many": add_file,
}
CLEVER = {
    "a letter's file": change("data/letters/*/*/完整.txt", "恒泰", "恒秦"),
    "a report": change("data/letters/*/*/report.json", "incomplete", "complete"),
    "facts": change("data/letters/*/*/entry.json", "facts", "fakts"),
    "the text": change("data/letters/*/*/entry.json", '"text": "异议', '"text": "异义'),
    "a form": change("data/chain/entries.jsonl", "恒泰", "恒秦"),
    "a hash": change("data/chain/hashes.txt", "\n2 ", "\n2 0"),
    "the head": change("data/chain/head.json", '"seq"', '"sec"'),
    "hashes swapped": swap_lines,
    "a hash cut out": cut_hashes,
    "a letter cut out": drop_letter_line,
    "a lost file": drop("data/letters/*/*/完整.txt"),
    "a lost report": drop("data/letters/*/*/report.json"),
    "a lost record": drop("data/letters/*/*/entry.json"),
}


@pytest.fixture(scope="module")
def whole_bag(tmp_path_factory):
    """A bag of three letters with a correction, made once; tests take copies."""
    place = tmp_path_factory.mktemp("bag")
    with Archive(place / "home") as archive:
        for text, verdict in ((COMPLETE, "complete"), (INCOMPLETE, "incomplete"), (COMPLETE, "complete")):
            words = {"sender": "宁波恒泰机械有限公司", "recipient": "乙公司", "title": "异议通知", "verdict": verdict}
            file = {"file": text.encode(), "file_name": "完整.txt", "report": {"verdict": verdict}, "text": text}
            entry = archive.add(at=NOW, errand="check", facts={"year": 2026}, **words, **file)
        Keeping(archive).correct(entry.id, {"title": "更正"}, at=NOW, who="甲")
    handover.export(place / "包", now=NOW, home=place / "home")
    return place / "包"


@pytest.fixture
def copied(whole_bag, tmp_path):
    import shutil

    return Path(shutil.copytree(whole_bag, tmp_path / "包"))


def refused(run, folder: Path, tmp_path, where: str) -> None:
    other, said = elsewhere(tmp_path, run, folder, code=2)
    assert where in said.stderr, said.stderr
    assert not other.exists() or desk.search(home=other).total == 0


@pytest.mark.parametrize("way", PLAIN)
def test_a_tampered_bag_is_refused_with_the_file_named(run, copied, tmp_path, way):
    where = PLAIN[way](copied)
    refused(run, copied, tmp_path, where)


@pytest.mark.parametrize("way", CLEVER)
def test_a_bag_whose_manifests_were_made_to_fit_is_refused_all_the_same(run, copied, tmp_path, way):
    where = CLEVER[way](copied)
    rebagged(copied)
    bagit.Bag(str(copied)).validate()  # for BagIt alone it would do
    folder = where.rpartition("/")[0]
    refused(run, copied, tmp_path, folder if folder.startswith("data/letters") else "data/chain/")


def test_the_untouched_copy_is_taken(run, copied, tmp_path):
    rebagged(copied)
    _, said = elsewhere(tmp_path, run, copied)
    assert "导入 3 件" in said.output


# --- hostile zips ----------------------------------------------------------------------------------------------------


def zipped(folder: Path, extra=()) -> io.BytesIO:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as out:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                out.write(path, path.relative_to(folder).as_posix())
        for name, content in extra:
            out.writestr(name, content)
    return data


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o120777 << 16
    return info


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../外面.txt", "路径不安全"),
        ("data/../../外面.txt", "路径不安全"),
        ("/etc/外面.txt", "路径不安全"),
        ("C:/外面.txt", "路径不安全"),
        ("data\\..\\外面.txt", "路径不安全"),
        ("data//x", "路径不安全"),
        (link("data/链接"), "普通文件"),
    ],
    ids=str,
)
def test_paths_that_lead_outside_are_refused(run, copied, tmp_path, name, said):
    place = tmp_path / "恶意.zip"
    data = zipped(copied, [(name, "x")]).getvalue()
    place.write_bytes(data.replace(b"data/..\\..", b"data\\..\\..") if isinstance(name, str) else data)
    refused(run, place, tmp_path, said)
    assert not (tmp_path.parent / "外面.txt").exists()


def test_two_files_of_one_name_are_refused(run, copied, tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped(copied, [("data/list.csv", "x")]).getvalue()
    (tmp_path / "双.zip").write_bytes(data)
    refused(run, tmp_path / "双.zip", tmp_path, "同名文件")


def test_a_zip_bomb_is_refused_before_it_unfolds(run, copied, tmp_path, monkeypatch):
    monkeypatch.setattr(bag_reading, "_SMALL", 1_000_000)
    with zipfile.ZipFile(tmp_path / "炸弹.zip", "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("bagit.txt", bag.DECLARATION)
        out.writestr("data/大.txt", b"\0" * 30_000_000)
    refused(run, tmp_path / "炸弹.zip", tmp_path, "大得不合常理")


def test_a_file_too_large_for_memory_is_refused(run, copied, tmp_path, monkeypatch):
    monkeypatch.setattr(bag_reading, "MOST_BYTES", 100)
    refused(run, copied, tmp_path, "太")


def test_a_link_in_a_folder_is_refused(run, copied, tmp_path):
    (copied / "data" / "链接").symlink_to("/etc/passwd")
    refused(run, copied, tmp_path, "不能有链接")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "没有这个移交包"),
        (b"", "这不是移交包"),
        (b"PK\x03\x04 broken", "这不是移交包"),
        ("empty", "没有 bagit.txt"),
    ],
)
def test_what_is_no_bag_is_told(run, letters, tmp_path, content, said):
    place = tmp_path / "x.zip"
    if content == "empty":
        zipfile.ZipFile(place, "w").close()
    elif content is not None:
        place.write_bytes(content)
    assert said in run("log", "import", place, code=2).stderr


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 1 << 20), value=st.integers(0, 255))
def test_a_zip_that_is_damaged_anywhere_is_refused_or_still_whole(run, whole_bag, tmp_path_factory, at, value):
    from objection_docs.errors import BagError

    data = bytearray(zipped(whole_bag).getvalue())
    data[at % len(data)] = value
    place = tmp_path_factory.mktemp("damaged")
    (place / "x.zip").write_bytes(bytes(data))
    try:
        came = handover.bring_in(place / "x.zip", now=NOW, home=place / "home")
    except BagError:
        assert not (place / "home").exists()
    else:
        assert came.letters == 3


# --- lists -----------------------------------------------------------------------------------------------------------


def test_a_list_opens_right_in_excel(run, letters, tmp_path):
    run("log", "export", "--format", "csv", "-o", "清单.csv")
    data = (tmp_path / "清单.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and b"\r\n" in data
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert [row["顺序号"] for row in rows] == ["1", "2", "3", "4"]
    assert rows[2]["发文方"] == "更正后的公司" and rows[0]["编号"] == "异通-2026-0001"
    run("log", "export", "-o", "包")
    assert (tmp_path / "包" / "data" / "list.csv").read_bytes() == data


def test_a_list_for_programs(run, letters):
    lines = run("log", "export", "--format", "jsonl", "--case", "案一").output.splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [1, 2]


@given(text=st.text(st.characters(codec="utf-8"), max_size=10) | st.sampled_from(["=1+1", "＝1", "\t=1", "-甲", " @x"]))
def test_no_cell_is_a_formula(text):
    (row,) = csv.reader(io.StringIO(sheets.line([text, -5])))
    assert not row[0].lstrip().startswith(tuple("=+-@＝＋－＠")) and row[1] == "-5"
