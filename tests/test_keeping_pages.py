"""Keeping on the pages, by people who are signed in: what is said of a letter and a case, holds, and their end."""

import io
import re
from datetime import date
from html import unescape

import pytest
from argon2 import PasswordHasher
from conftest import COMPLETE, NOW, Clock

from objection_docs import accounts_desk, archive_desk, desk, destruction_desk
from objection_docs.accounts import users
from objection_docs.errors import UsageError
from objection_docs.service import create_app, scopes

PASSWORD = "每天检查三份异议文书就够了"
PEOPLE = {"甲": "archivist", "乙": "archivist", "丙": "admin", "丁": "archivist"}
LEGAL = "戊"
CASE = "案/1 <b>"


@pytest.fixture
def app(rooms, home, monkeypatch):
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(users, "hasher", lambda: cheap)
    users._nobody.cache_clear()
    for name, role in (PEOPLE | {LEGAL: "legal"}).items():
        accounts_desk.add_user(name, role, now=NOW, who="", password=PASSWORD, home=home)
    return create_app({"TESTING": True, "HOME": home, "CLOCK": Clock()})


class Person:
    """Somebody at a browser, who sends what the forms of the pages hold."""

    def __init__(self, app, name):
        self.client = app.test_client()
        token = self._token(self.client.get("/signin").text)
        data = {"csrf": token, "name": name, "password": PASSWORD}
        assert self.client.post("/signin", data=data).status_code == 303
        self.csrf = self._token(self.client.get("/me").text)

    @staticmethod
    def _token(page):
        return re.search(r'name="csrf" value="([^"]+)"', page)[1]

    def see(self, path, status=200):
        response = self.client.get(path)
        assert response.status_code == status, response.text
        return unescape(response.text)

    def do(self, path, status=303, **data):
        response = self.client.post(path, data={"csrf": self.csrf, **data})
        assert response.status_code == status, response.text
        return response.headers["Location"] if status == 303 else unescape(response.text)


@pytest.fixture
def person(app):
    return Person(app, "甲")


def checked(text=COMPLETE, case=CASE, name="信.txt"):
    return desk.check(text.encode(), name, now=NOW, case=case, who="张三")["id"]


@pytest.fixture
def letter(app):
    return checked()


def later(id):
    return [(e.errand, e.who) for e in archive_desk.standing(id).later if e.errand != "access"]


# A letter


def test_a_letter_is_described_and_only_what_is_new_is_entered(person, letter):
    place = f"/log/{letter}"
    given = {"form": "original", "holder": "王五", "retention": "10年", "remarks": ""}
    assert person.do(f"{place}/describe", **given).startswith(place)
    page = person.see(place)
    assert "原件" in page and "王五" in page and "<dd>10年" in page
    person.do(f"{place}/describe", **given | {"holder": ""})
    assert [e.details["set"] for e in archive_desk.standing(letter).later if e.errand == "describe"] == [
        {"form": "original", "holder": "王五", "retention": "10年"},
        {"holder": ""},
    ]
    assert "没有要著录的" in person.do(f"{place}/describe", 422, **given | {"holder": " "})
    assert "没有“五年”这个保管期限" in person.do(f"{place}/describe", 422, retention="五年")


def test_proof_of_service_goes_in_with_its_receipt_and_comes_out_byte_for_byte(person, letter):
    place = f"/log/{letter}"
    scan = b"%PDF-1.4 \xff\x00"
    given = {"method": "courier", "tracking": "SF123", "on": "2026-03-04", "file": (io.BytesIO(scan), "回执.pdf")}
    person.do(f"{place}/service", **given)
    page = person.see(place)
    assert "快递 SF123 2026-03-04；附件：回执.pdf" in page
    proof = re.search(r'href="(/log/[^"]+/proof/[^"]+)"', page)[1]
    with person.client.get(proof) as response:
        assert response.data == scan and "attachment" in response.headers["Content-Disposition"]
    assert ("access", "甲") in [(e.errand, e.who) for e in archive_desk.standing(letter).later]
    assert "请选择送达的方式" in person.do(f"{place}/service", 422)
    assert "日期应写成" in person.do(f"{place}/service", 422, method="hand", on="昨天")
    other = checked("另一份。事实：有", case="")
    person.see(proof.replace(letter, other), 404)


def test_a_proof_that_is_too_large_is_told(app, person, letter):
    app.config["MAX_UPLOAD"] = 10
    given = {"method": "email", "file": (io.BytesIO(b"x" * 11), "邮件.eml")}
    assert "请压缩或拆分" in person.do(f"/log/{letter}/service", 422, **given)
    assert later(letter) == []


def test_archive_numbers_need_a_fonds(person, letter, home):
    assert "请在 settings.yaml 里写上" in person.do(f"/log/{letter}/number", 422)
    (home / "settings.yaml").write_text("archive:\n  fonds: G001\n", "utf-8")
    person.do(f"/log/{letter}/number")
    page = person.see(f"/log/{letter}")
    assert "G001-2026-D30-0001" in page and "/number" not in page and 'name="retention"' not in page
    assert "已有档号" in person.do(f"/log/{letter}/number", 422)


# Holds and closing


def test_a_letter_and_its_case_are_held_and_released_one_by_one(person, letter):
    assert person.do("/keeping/hold", id=letter, reason="对方起诉").startswith(f"/log/{letter}")
    assert "/cases/" in person.do("/keeping/hold", case=CASE, reason="审计")
    page = person.see(f"/log/{letter}")
    assert "对方起诉" in page and "整个案件，甲" in page and "现有 2 个" in page
    both = archive_desk.standing(letter).held
    listed = person.see("/keeping")
    assert "现有的冻结（2 个）" in listed and "对方起诉" in listed and "审计" in listed
    for hold in both:
        assert person.do("/keeping/release", id=hold.id, reason="结束")
    assert archive_desk.standing(letter).held == ()
    assert "没有冻结" in person.see("/keeping")
    assert "没有未解除的冻结" in person.do("/keeping/release", 422, id=both[0].id, about=letter, reason="再次")


@pytest.mark.parametrize("path", ["hold", "release", "reopen"])
def test_a_reason_must_be_given(person, letter, path):
    which = {"case": CASE} if path == "reopen" else {"id": letter, "about": letter}
    assert "请写明理由" in person.do(f"/keeping/{path}", 422, **which, reason=" ")
    assert later(letter) == []


def test_a_case_is_closed_with_its_numbers_and_opened_again(person, letter, home):
    (home / "settings.yaml").write_text("archive:\n  fonds: G001\n", "utf-8")
    place = person.do("/keeping/close", case=CASE, on="2026-03-01", number="yes", reason="已履行")
    page = person.see(place)
    assert "2026-03-01 结案" in page and "重新开启" in page
    assert archive_desk.standing(letter).described["archive_number"] == "G001-2026-D30-0001"
    assert "已经结案" in person.do("/keeping/close", 422, case=CASE)
    person.do("/keeping/reopen", case=CASE, reason="又起诉")
    assert "没有结案" in person.see(place)
    assert "不能晚于今天" in person.do("/keeping/close", 422, case=CASE, on="2031-01-01")
    assert "没有案件" in person.do("/keeping/close", 404, case="别的案")


# Destruction


@pytest.fixture
def due(app, letter):
    """The one letter, whose term has passed long ago."""
    archive_desk.close(CASE, on=date(1990, 1, 2), now=NOW, who="张三")
    return letter


def test_a_list_is_proposed_approved_by_two_others_and_carried_out(app, due, home):
    first, second, third, fourth = (Person(app, name) for name in PEOPLE)
    page = first.see("/keeping")
    assert "保管期限已满（1 份）" in page and "2020-12-31" in page
    place = first.do("/keeping/lists", do="all", reason="期满", who="丙")
    assert "要由另外两人审批" in first.see(place)
    assert "不能审批自己的清册" in first.do(f"{place}/approve", 403)
    assert "不能审批自己的清册" in first.do(f"{place}/approve", 403, who="丙")  # a name that is typed in counts nothing
    assert "还差 2 人" in second.see(place)
    second.do(f"{place}/approve")
    assert "您已经审批，还差 1 人" in second.see(place)
    assert "同一人只算一次" in second.do(f"{place}/approve", 422)
    assert "还差 1 人审批，不能销毁" in fourth.do(f"{place}/execute", 422, sure="yes")
    third.do(f"{place}/approve")
    assert "已审批，待执行" in fourth.see(place)
    assert "没有执行：请先勾选" in fourth.do(f"{place}/execute", 422)
    assert desk.show(due).text == COMPLETE
    fourth.do(f"{place}/execute", sure="yes")
    page = fourth.see(place)
    assert "已执行" in page and [name in page for name in PEOPLE] == [True] * 4
    assert re.findall(r"<strong>(.*?)</strong>", page) == ["提出销毁清册", "审批销毁清册", "审批销毁清册", "销毁"]
    found = destruction_desk.one_list(place.rsplit("/", 1)[1])
    assert (found.proposed_by, found.approved_by, found.done_by) == ("甲", ("乙", "丙"), "丁")
    assert desk.show(due).text == "" and archive_desk.verify() == []
    assert "已按清册" in fourth.see(f"/log/{due}") and "保管期限已满（0 份）" in fourth.see("/keeping")
    assert "已经执行" in first.do(f"{place}/approve", 422)


def test_legal_staff_sees_what_is_due_and_destroys_nothing(app, due):
    legal, first = Person(app, LEGAL), Person(app, "甲")
    page = legal.see("/keeping")
    assert due in page and "销毁由档案或管理人员提出" in page
    assert 'name="id"' not in page and "列入勾选的文书" not in page
    assert "没有这一步所需的权限（“销毁期满的档案”）" in legal.do("/keeping/lists", 403, do="all")
    place = first.do("/keeping/lists", do="all")
    page = legal.see(place)
    assert "还差 2 人审批；审批和执行由档案或管理人员进行" in page and "<form" not in page
    for step in ("approve", "decline", "execute"):
        legal.do(f"{place}/{step}", 403, sure="yes", reason="x")
    (found,) = destruction_desk.lists()
    assert (found.state, found.approved_by) == ("proposed", ())


def test_what_legal_staff_approved_before_it_needed_a_scope_stands(app, due):
    place = Person(app, "甲").do("/keeping/lists", do="all")
    destruction_desk.approve(place.rsplit("/", 1)[1], now=NOW, who=LEGAL)
    Person(app, "乙").do(f"{place}/approve")
    Person(app, "丙").do(f"{place}/execute", sure="yes")
    assert desk.show(due).text == ""


def test_a_hold_in_between_stops_the_list_and_says_why(app, person, due):
    place = person.do("/keeping/lists", do="all")
    person.do("/keeping/hold", id=due, reason="对方起诉")
    page = person.see(place)
    assert "已中止" in page and "已被冻结" in page
    assert "清册已中止，请重新提出" in Person(app, "乙").do(f"{place}/approve", 422)
    assert "已冻结" in person.see("/keeping")
    assert "没有可以列入" in person.do("/keeping/lists", 422, do="all")


def test_one_no_stops_the_list_and_its_letters_can_be_proposed_again(app, person, due):
    place, second = person.do("/keeping/lists", do="all"), Person(app, "乙")
    second.do(f"{place}/approve")
    assert "文字太长" in second.do(f"{place}/decline", 422, reason="长" * 2001)
    assert "请写明否决的理由" in second.do(f"{place}/decline", 422, reason=" ")
    Person(app, "丙").do(f"{place}/decline", reason="尚在审计")
    page = second.see(place)
    assert "已中止" in page and "丙 否决：尚在审计" in page and "否决销毁清册" in page
    assert "已中止" in second.do(f"{place}/execute", 422, sure="yes")
    again = person.do("/keeping/lists", do="all")
    assert "撤回这份清册" in person.see(again)
    person.do(f"{again}/decline", reason="提早了")
    assert [one.state for one in destruction_desk.lists()] == ["stopped", "stopped"] and archive_desk.verify() == []


def test_only_the_letters_chosen_are_listed_and_only_what_is_due(person, due):
    assert "请先勾选" in person.do("/keeping/lists", 422, do="chosen")
    fresh = checked("新的。事实：有", case="")
    assert "保管期限未满" in person.do("/keeping/lists", 422, do="chosen", id=fresh)
    second = checked("又一份。事实：有")
    archive_desk.correct(second, {"title": "=1+1"}, now=NOW, who="张三")
    place = person.do("/keeping/lists", do="chosen", id=due)
    assert [item.id for item in destruction_desk.lists()[0].items] == [due]
    page = person.see("/keeping")
    assert f'value="{due}"' not in page and "已在清册" in page
    table = person.client.get(f"{place}.csv")
    assert (
        table.text.startswith("\ufeff") and due in table.text and "attachment" in table.headers["Content-Disposition"]
    )


def test_a_key_counts_as_nobody(app, home, due):
    _, secret = accounts_desk.add_key("系统", ["archive"], now=NOW, who="丙", days=30, home=home)
    client, headers = app.test_client(), {"Authorization": f"Bearer {secret}"}
    refused = client.post("/keeping/lists", data={"do": "all"}, headers=headers)
    assert refused.status_code == 403 and "没有这一步所需的权限" in refused.text
    with pytest.raises(UsageError, match="密钥不能有 destroy 权限"):
        accounts_desk.add_key("系统", ["archive", "destroy"], now=NOW, who="丙", days=30, home=home)
    place = Person(app, "甲").do("/keeping/lists", do="all")
    for step in ("approve", "decline", "execute"):
        assert client.post(f"{place}/{step}", data={"sure": "yes", "reason": "x"}, headers=headers).status_code == 403
    assert destruction_desk.lists()[0].approved_by == ()
    program = scopes.Caller("接口", frozenset(scopes.SCOPES), f"{scopes.PROGRAM}1")  # of whoever tells us who calls
    app.config["IDENTIFY"] = lambda: program
    assert "密钥不能代替" in unescape(client.post(f"{place}/approve").text)


@pytest.mark.parametrize("path", ["hold", "close", "lists", "lists/X/approve", "lists/X/decline", "lists/X/execute"])
def test_a_form_without_its_token_does_nothing(person, letter, path):
    response = person.client.post(f"/keeping/{path}", data={"case": CASE, "id": letter, "reason": "x", "do": "all"})
    assert response.status_code == 403 and "刷新后再试" in response.text
    assert later(letter) == [] and destruction_desk.lists() == []


def test_a_list_longer_than_the_page_tells_so(person, due, monkeypatch):
    monkeypatch.setattr("objection_docs.service.pages_destruction.MOST_ROWS", 1)
    for number in range(2):
        checked(f"第{number}份。事实：有", case=f"旧案{number}")
        archive_desk.close(f"旧案{number}", on=date(1990, 1, 2), now=NOW, who="张三")
    assert "只列出前 1 份" in person.see("/keeping")
    place = person.do("/keeping/lists", do="all")
    page = person.see(place)
    assert "3 份" in page and "全部在下面的表格文件里" in page
    assert person.client.get(f"{place}.csv").text.count("\n") == 4
