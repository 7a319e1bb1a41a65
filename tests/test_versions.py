"""A letter is checked, mended and checked again: the log keeps which version came after which."""

import io
import json

import pytest
import schemathesis
from click.testing import CliRunner
from conftest import COMPLETE, INCOMPLETE, NOW, Clock, everybody

from objection_docs import archive_desk, cli, desk
from objection_docs.archive import Archive
from objection_docs.errors import LogError
from objection_docs.service import create_app


@pytest.fixture
def app(rooms, home):
    return create_app({"TESTING": True, "HOME": home, "CLOCK": Clock(), "IDENTIFY": everybody})


@pytest.fixture
def client(app):
    return app.test_client()


def check(text, name="信.txt", **more):
    return desk.check(text.encode(), name, now=NOW, **more)["id"]


def versions(id):
    found = archive_desk.versions(desk.show(id))
    return found.previous.id if found.previous else None, [one.id for one in found.following]


# The log


def test_each_of_two_versions_names_the_other(rooms, home):
    first = check(INCOMPLETE)
    second, third = check(COMPLETE, after=first), check(COMPLETE, after=first)
    fourth = check(INCOMPLETE, after=third)
    assert versions(first) == (None, [second, third]) and versions(second) == (first, [])
    assert versions(third) == (first, [fourth]) and versions(fourth) == (third, [])
    entry = desk.show(second)
    assert entry.details["after"] == first and set(entry.details["dates"]) == set(desk.show(first).details["dates"])
    assert archive_desk.verify() == []


def test_a_number_stands_for_the_letter_too(rooms, home):
    letter = desk.generate("objection_notice", {"text": COMPLETE}, now=NOW)
    assert versions(check(COMPLETE, after=letter.number))[0] == letter.id


def test_the_version_before_must_be_there_or_nothing_is_entered(rooms, home):
    with pytest.raises(LogError) as found:
        check(COMPLETE, after="nothing")
    assert found.value.status == 404 and found.value.report["verdict"] == "complete"
    assert desk.search().total == 0


def test_both_are_entered_or_none(rooms, home, monkeypatch):
    first = check(INCOMPLETE)

    def broken(*_args, **_kwargs):
        raise LogError("x")

    monkeypatch.setattr("objection_docs.archive.Archive.note", broken)
    with pytest.raises(LogError):
        check(COMPLETE, after=first)
    assert desk.search().total == 1


def test_a_version_that_is_not_in_this_log_is_left_out(rooms, home):
    """As after a letter came in from another log: what its access entries named has other ids here."""
    first = check(INCOMPLETE)
    with Archive(home) as archive:
        archive.note(at=NOW, errand="access", about=first, details={"how": "version", "next": "elsewhere"})
    assert versions(first) == (None, [])


# Over HTTP


def test_the_promise_of_versions(app, client):
    operations = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)

    def send(**form):
        data = {"file": (io.BytesIO(COMPLETE.encode()), "信.txt"), **form}
        return client.post("/api/v1/checks", data=data)

    def kept(path, method, answer, status):
        assert answer.status_code == status, answer.text
        operations[f"/api/v1{path}"][method].validate_response(answer)
        return answer.get_json()

    first = kept("/checks", "POST", send(), 201)
    second = kept("/checks", "POST", send(after=first["id"]), 201)
    assert first["versions"] == {"previous": None, "next": []}
    assert second["versions"] == {"previous": first["id"], "next": []}
    again = client.get(f"/api/v1/checks/{first['id']}")
    assert kept("/checks/{id}", "GET", again, 200)["versions"] == {"previous": None, "next": [second["id"]]}
    tagged = {"If-None-Match": again.headers["ETag"]}
    assert client.get(f"/api/v1/checks/{first['id']}", headers=tagged).status_code == 304
    send(after=first["id"])
    assert client.get(f"/api/v1/checks/{first['id']}", headers=tagged).status_code == 200  # there is a version more
    assert kept("/checks", "POST", send(after="nothing"), 404)["code"] == "no_such_entry"
    assert desk.search().total == 3


# On the pages


def test_each_page_leads_to_the_other_version(client):
    def upload(text, name, **form):
        data = {"file": (io.BytesIO(text.encode()), name), **form}
        return client.post("/", data=data).headers["Location"]

    first = upload(INCOMPLETE, "初稿.txt")
    assert "一版" not in client.get(first).text.replace("检查修改后的一版", "")
    second = upload(COMPLETE, "二稿.txt", after=first[5:])
    assert "?" not in second
    page = client.get(second).text
    assert f'<dt>上一版</dt><dd><a href="{first}">初稿.txt</a>' in page
    assert "与上一版相比" in page and "异议事实：缺失 → 齐备" in page
    page = client.get(first).text
    assert f'<dt>下一版</dt><dd><a href="{second}">二稿.txt</a>' in page and "检查了下一版" in page
    assert "与上一版相比" not in page
    loose = upload(COMPLETE, "另存.txt")
    assert "与上一版相比" in client.get(f"{loose}?than={first[5:]}").text  # as pages linked before the log kept it


# At the command line


def test_the_command_line_says_of_which_letter_it_is_the_next_version(rooms, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "二稿.txt").write_text(COMPLETE, "utf-8")
    first = check(INCOMPLETE)

    def run(*args, code=0):
        result = CliRunner().invoke(cli.main, ["check", *args])
        assert result.exit_code == code, result.output
        return result

    (report,) = json.loads(run("二稿.txt", "--after", first, "--format", "json").stdout)
    assert versions(first) == (None, [report["id"]])
    for wrong in (["二稿.txt", "二稿.txt", "--after", first], ["二稿.txt", "--after", first, "--no-log"]):
        assert "一次只给一份文件" in run(*wrong, code=2).output
    run("二稿.txt", "--after", "nothing", code=2)
    assert desk.search().total == 2
