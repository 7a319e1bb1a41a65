"""A form that is refused comes back on its page, filled as it was sent, with what is wrong beside its field."""

import io
from datetime import date

import pytest
from argon2 import PasswordHasher
from conftest import COMPLETE, NOW, Clock, everybody
from lxml import html
from test_keeping_pages import PASSWORD, Person

from objection_docs import accounts_desk, archive_desk, case_desk, desk, holds_desk
from objection_docs.accounts import users
from objection_docs.service import create_app

CASE, ENDED = "案1 <b>", "旧案"
NOTICE = "异议通知\n宁波恒泰机械有限公司致苏州明远精密制造有限公司：\n事实：2026年3月1日验收不合格。\n2026年3月5日"
#: Forms of pages that come back otherwise: the letter's own form, and buttons beside which nothing is filled in.
OTHERWISE = {"auth.sign_in_now", "auth.sign_out", "auth.sign_out_everywhere", "log.verify"}
OTHERWISE |= {"write.write", "write.preview", "write.picture", "write.delete_draft"}


@pytest.fixture
def app(home):
    return create_app({"TESTING": True, "HOME": home, "CLOCK": Clock(), "IDENTIFY": everybody})


@pytest.fixture
def client(app):
    return app.test_client()


def check(text, name="信.txt", case=CASE):
    return desk.check(text.encode(), name, now=NOW, case=case, who="张三", kind="objection_notice")["id"]


@pytest.fixture
def letter(app):
    id = check(NOTICE)
    case_desk.settle(CASE, {"procedure": "enforcement_objection"}, now=NOW, who="张三")
    return id


@pytest.fixture
def due(app):
    id = check(COMPLETE, case=ENDED)
    archive_desk.close(ENDED, on=date(1990, 1, 2), now=NOW, who="张三")
    return id


def test_every_form_of_a_page_comes_back(app):
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods and not rule.endpoint.startswith("api.")
    }
    back = {name for name in pages if getattr(app.view_functions[name], "comes_back", False)}
    assert pages - back == OTHERWISE and len(back) > 20


def controls(form):
    return form.xpath(".//input[not(@type='hidden')] | .//select | .//textarea")


def value(control):
    if control.tag == "select":
        return next(iter(control.xpath("option[@selected]/@value")), control.xpath("option/@value")[0])
    if control.get("type") == "checkbox":
        return control.get("value") if control.get("checked") is not None else ""
    return control.get("value", "")


def refused(answer, where, field, said, sent):
    """The form at `where` in the page that came back: it holds what was sent, and the fault beside the field, told
    once; with the focus."""
    assert answer.status_code == 422, answer.text
    page = html.fromstring(answer.text)
    assert page.xpath("string(//title)").startswith("没有完成：")
    assert answer.text.count("autofocus") == 1
    (fault,) = page.xpath("//p[@class='fault-told']")
    assert said in fault.text_content()
    (control,) = page.xpath("//*[@autofocus]")
    assert control.get("name") == field and control.get("aria-invalid") == "true"
    assert fault.get("id") in control.get("aria-describedby").split()
    form = control.xpath("ancestor::form")[0]
    assert form.get("action") == where and form.get("method") == "post"
    folded = control.xpath("ancestor::details")
    assert all(one.get("open") is not None for one in folded)
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids)) and set(control.get("aria-describedby").split()) <= set(ids)
    for name in {one.get("name") for one in controls(form)}:
        if form.xpath(f".//*[@name='{name}'][@type='password' or @type='file']"):
            assert all(one.get("value") is None for one in form.xpath(f".//*[@name='{name}']"))
            continue
        stood = [value(one) for one in controls(form) if one.get("name") == name]
        given = sent.get(name, "")
        assert [one for one in stood if one] == ([given] if isinstance(given, str) else list(given)) * bool(given), name
    return page


LETTER_FORMS = [
    ("describe", {"holder": "王五", "retention": "五年"}, "retention", "没有“五年”这个保管期限", {"retention": ""}),
    ("describe", {"form": "x", "holder": "王五"}, "form", "没有“x”这个取值", {"form": ""}),
    ("describe", {"holder": "王五", "remarks": "长" * 2001}, "remarks", "文字太长", {}),
    ("service", {"tracking": "SF1", "on": "2026-03-04"}, "method", "请选择送达的方式", {}),
    ("service", {"method": "courier", "tracking": "<SF1>", "on": "昨天"}, "on", "日期应写成", {}),
    ("correct", {"title": "改后的", "reason": "长" * 2001}, "reason", "文字太长", {"kind": "objection_notice"}),
    (
        "correct",
        {"title": "改后的", "kind": "x", "reason": "y"},
        "kind",
        "没有“x”这种文书",
        {"kind": "objection_notice"},
    ),
    ("accept", {"reason": " "}, "reason", "请写明为什么可以接受", {}),
    ("unaccept", {"reason": "长" * 2001}, "reason", "文字太长", {}),
]


@pytest.mark.parametrize(("path", "data", "field", "said", "other"), LETTER_FORMS)
def test_a_form_of_a_letter(client, letter, path, data, field, said, other):
    """`other`: what stands in a field whose value no choice of it was."""
    more = {"finding": "remedies"} if path in ("accept", "unaccept") else {}
    if path == "unaccept":
        client.post(f"/log/{letter}/accept", data=more | {"reason": "好"})
    before = len(archive_desk.standing(letter).later)
    answer = client.post(f"/log/{letter}/{path}", data=data | more)
    refused(answer, f"/log/{letter}/{path}", field, said, data | other)
    later = [one for one in archive_desk.standing(letter).later[before:] if one.errand != "access"]
    assert later == []


def test_a_file_has_to_be_chosen_again_and_the_page_says_so(app, client, letter):
    app.config["MAX_UPLOAD"] = 10
    sent = {"method": "email", "remarks": "回执"}
    answer = client.post(f"/log/{letter}/service", data=sent | {"file": (io.BytesIO(b"x" * 11), "邮件.eml")})
    page = refused(answer, f"/log/{letter}/service", "file", "请压缩或拆分", sent)
    assert "请重新选择文件" in page.xpath("string(//p[@id='s-file-help'])")


CASE_FORMS = [
    ("/cases/event", {"event": "enforcement_began", "time": "16:30", "source": "回执"}, "day", "请填写日期"),
    ("/cases/event", {"event": "enforcement_began", "day": "2026-13-06", "source": "回执"}, "day", "写得不对"),
    ("/cases/event", {"event": "enforcement_began", "day": "2026-03-06", "source": " "}, "source", "从哪里知道"),
    ("/cases/event", {"event": "x", "day": "2026-03-06", "source": "回执"}, "event", "没有“x”这个事件"),
    ("/cases/settings", {"set.hours": "九点", "set.region": "广西"}, "set.hours", "业务时间“九点”写得不对"),
    ("/cases/settings", {"set.clock": "business", "set.hours": ""}, "set.hours", "请同时给出业务时间"),
    ("/cases/settings", {"set.hours": "", "limit": "EN1", "period": "很久"}, "period", "“很久”不是期限"),
    ("/cases/extension", {"limit": "EN8", "by": "很久", "source": "批复"}, "by", "“很久”不是期限"),
    ("/cases/extension", {"limit": "EN8", "by": "", "source": " "}, "source", "从哪里知道"),
    ("/keeping/hold", {"reason": " "}, "reason", "请写明理由"),
    ("/keeping/close", {"on": "2031-01-01", "reason": "履行"}, "on", "不能晚于今天"),
    ("/keeping/close", {"on": "昨天", "reason": "履行"}, "on", "日期应写成"),
]


@pytest.mark.parametrize(("path", "data", "field", "said"), CASE_FORMS)
def test_a_form_of_a_case(client, letter, path, data, field, said):
    """An event that is none is no choice of its field, which then stands on 请选择."""
    shown = {"set.procedure": "enforcement_objection"} if path == "/cases/settings" else {}
    was = {"was.procedure": "enforcement_objection"}
    answer = client.post(path, data={"case": CASE} | shown | was | data)
    refused(answer, path, field, said, shown | data | ({"event": ""} if data.get("event") == "x" else {}))


def test_one_of_several_holds_is_not_released_without_a_reason(client, letter):
    kept, other = (holds_desk.hold(id=letter, reason=why, now=NOW, who="张三") for why in ("起诉", "审计"))
    answer = client.post("/keeping/release", data={"id": other.id, "about": letter, "reason": " "})
    page = refused(answer, "/keeping/release", "reason", "请写明理由", {"reason": " "})
    (form,) = page.xpath("//*[@autofocus]/ancestor::form")
    assert form.xpath("string(.//input[@name='id']/@value)") == other.id != kept.id


def test_what_no_field_tells_stands_before_the_button(client, letter):
    answer = client.post(f"/log/{letter}/describe", data={"holder": "", "remarks": ""})
    page = html.fromstring(answer.text)
    (told,) = page.xpath("//*[@role='alert']")
    assert answer.status_code == 422 and "没有要著录的" in told.text_content()
    assert told.xpath("ancestor::form/@action") == [f"/log/{letter}/describe"] and told.xpath("ancestor::details/@open")
    assert told.get("autofocus") is not None


def test_where_the_page_has_no_such_form_any_more_it_stands_on_top(client, letter):
    archive_desk.close(CASE, now=NOW, who="张三")
    answer = client.post("/cases/event", data={"case": CASE, "event": "x", "day": "2026-03-06", "source": "y"})
    page = html.fromstring(answer.text)
    (told,) = page.xpath("//*[@role='alert']")
    assert answer.status_code == 422 and "已经结案" in told.text_content() and told.getparent().tag == "main"


def test_a_form_about_nothing_is_an_error_page(client):
    for path in ("/keeping/close", "/keeping/hold", "/cases/event"):
        answer = client.post(path, data={"case": "没有", "reason": "x", "source": "x", "day": "2026-03-05"})
        assert answer.status_code == 404 and "没有案件“没有”" in answer.text and "没有完成：" not in answer.text
    assert client.post("/keeping/release", data={"reason": " "}).status_code == 400


# Destruction


def test_letters_that_were_ticked_stay_ticked(client, letter, due):
    check(COMPLETE, "另一份.txt", ENDED)
    answer = client.post("/keeping/lists", data={"do": "chosen", "id": due, "reason": "长" * 2001})
    refused(answer, "/keeping/lists", "reason", "文字太长", {"id": [due], "reason": "长" * 2001})
    page = html.fromstring(client.post("/keeping/lists", data={"do": "chosen", "reason": "期满"}).text)
    (told,) = page.xpath("//form//*[@role='alert']")
    assert "请先勾选" in told.text_content() and page.xpath("//input[@id='reason']/@value") == ["期满"]


def test_the_steps_of_a_destruction_list(app, client, due):
    place = client.post("/keeping/lists", data={"do": "all"}).headers["Location"]
    for reason in ("", " "):
        answer = client.post(f"{place}/decline", data={"reason": reason})
        refused(answer, f"{place}/decline", "reason", "请写明否决的理由", {"reason": reason})
    for name in ("乙", "丙"):
        app.config["IDENTIFY"] = lambda name=name: type(everybody())(name, everybody().scopes)
        assert client.post(f"{place}/approve").status_code == 303
    refused(client.post(f"{place}/execute"), f"{place}/execute", "sure", "请先勾选“我知道销毁后不能恢复”", {})
    assert desk.show(due).text == COMPLETE


# Checking


def test_a_letter_to_check(client):
    sent = {"kind": "objection_notice", "procedure": "", "case": "案2"}
    refused(client.post("/", data=sent), "/", "file", "请先选择", sent)
    long = sent | {"case": "长" * 201, "file": (io.BytesIO(NOTICE.encode()), "信.txt")}
    refused(client.post("/", data=long), "/", "case", "案件名称太长", sent | {"case": "长" * 201})
    long["file"] = io.BytesIO(NOTICE.encode()), "信.txt"
    answer = client.post("/", data=long, headers={"Accept": "application/json"})
    assert answer.status_code == 422 and "案件名称太长" in answer.get_json()["error"]


def test_a_notice_to_hold_a_reply_against(client, letter):
    for data in ({}, {"file": (io.BytesIO(b""), "空.pdf")}):
        answer = client.post(f"/log/{letter}/against", data=data)
        refused(answer, f"/log/{letter}/against", "file", "", {})


def test_an_export_of_too_much_says_so_on_the_page_of_the_search(client, letter, monkeypatch):
    monkeypatch.setattr("objection_docs.service.pages_handover.MOST_LETTERS", 0)
    answer = client.post("/log/export", data={"q": "验收"})
    page = html.fromstring(answer.text)
    assert answer.status_code == 422 and "请缩小条件" in page.xpath("string(//*[@role='alert'])")
    assert page.xpath("string(//input[@id='q']/@value)") == "验收" and "共 1 条" in answer.text


# Management, and one's own account


@pytest.fixture
def admin(home, app, monkeypatch):
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(users, "hasher", lambda: cheap)
    users._nobody.cache_clear()
    accounts_desk.add_user("丙", "admin", now=NOW, who="", password=PASSWORD, home=home)
    signing = create_app({"TESTING": True, "HOME": home, "CLOCK": Clock()})
    return Person(signing, "丙")


def send(person, path, data):
    return person.client.post(path, data={"csrf": person.csrf} | data)


ADMIN_FORMS = [
    ("/admin/users", {"name": "a:b", "role": "archivist"}, "name", "用户名里不能有冒号"),
    ("/admin/users", {"name": "丙", "role": "archivist"}, "name", "已经有用户“丙”"),
    ("/admin/users", {"name": "", "role": "legal"}, "name", "用户名应为"),
    ("/admin/users/丙", {"role": "legal", "do": "role"}, "role", "最后一个管理员"),
    ("/admin/keys", {"label": " ", "days": "30", "scope": ["check", "archive"]}, "label", "请写明密钥的用途"),
    ("/admin/keys", {"label": "系统", "days": "x", "scope": ["check"]}, "days", "有效期应为天数"),
    ("/admin/keys", {"label": "系统", "days": "9999", "scope": ["check"]}, "days", "有效期应为 1 到"),
    ("/admin/keys", {"label": "系统", "days": "30"}, "scope", "权限应为"),
    ("/admin/webhooks", {"url": "ftp://a/", "event": ["job.finished"]}, "url", "地址应是 https"),
    ("/admin/webhooks", {"url": "https://a/"}, "event", "应从这些里选"),
]


@pytest.mark.parametrize(("path", "data", "field", "said"), ADMIN_FORMS)
def test_a_form_of_the_management(admin, path, data, field, said):
    answer = send(admin, path, data)
    sent = {name: value for name, value in data.items() if name != "do"}
    page = refused(answer, path.replace("丙", "%E4%B8%99"), field, said, sent)
    assert [u.name for u in accounts_desk.users()] == ["丙"] and accounts_desk.keys() == []
    assert page.xpath("//code[contains(@class, 'secret')]") == []


def test_a_button_beside_no_field_tells_on_top(admin):
    answer = send(admin, "/admin/users/丙", {"do": "disable"})
    page = html.fromstring(answer.text)
    (told,) = page.xpath("//*[@role='alert']")
    assert answer.status_code == 422 and "最后一个管理员" in told.text_content() and told.getparent().tag == "main"


def test_what_a_field_asks_of_the_browser_reaches_it(admin):
    """So that nothing too long is typed, no password is filled in as a user's name, and sign-in begins at the name."""

    def field(path, id):
        (found,) = html.fromstring(admin.client.application.test_client().get(path).text).xpath(f"//input[@id='{id}']")
        return dict(found.attrib)

    own = html.fromstring(admin.see("/admin")).xpath("//input[@id='name']")[0].attrib
    assert (own["maxlength"], own["autocomplete"]) == ("40", "off") and "required" in own and "autofocus" not in own
    days = html.fromstring(admin.see("/admin")).xpath("//input[@id='days']")[0].attrib
    assert (days["min"], days["max"], days["type"], days["value"]) == ("1", "3650", "number", "365")
    assert field("/signin", "name")["autofocus"] == "" and field("/signin", "name")["autocapitalize"] == "none"
    assert field("/signin", "password")["autocomplete"] == "current-password"


def test_a_form_that_succeeded_comes_back_empty(admin):
    page = html.fromstring(send(admin, "/admin/users", {"name": "丁", "role": "admin"}).text)
    assert not page.xpath("//input[@id='name']/@value") and page.xpath("//code[contains(@class, 'secret')]")


OWN = "一个谁也想不到的新密码句子"


@pytest.mark.parametrize(
    ("old", "new", "again", "field", "said"),
    [
        ("不是这一个", OWN, OWN, "old", "现在的密码不对"),
        (PASSWORD, "短", "短", "password", "密码太短"),
        (PASSWORD, OWN, f"{OWN}！", "again", "两次输入的新密码不一样"),
    ],
)
def test_no_password_is_ever_shown_again(admin, old, new, again, field, said):
    answer = send(admin, "/me/password", {"old": old, "password": new, "again": again})
    refused(answer, "/me/password", field, said, {})
    assert not any(word in answer.text.replace(said, "") for word in (old, again))


def test_the_first_admin_chooses_a_name(home, monkeypatch):
    app = create_app({"TESTING": True, "HOME": home, "CLOCK": Clock()})
    place, client = f"/welcome/{accounts_desk.first_link(now=NOW, home=home)}", app.test_client()
    token = html.fromstring(client.get(place).text).xpath("//input[@name='csrf']/@value")[0]
    for name, new, again, field, said in (
        ("张/敏", OWN, OWN, "name", "用户名里不能有"),
        ("张敏", "短", "短", "password", "密码太短"),
        ("张敏", OWN, "x", "again", "不一样"),
    ):
        answer = client.post(place, data={"csrf": token, "name": name, "password": new, "again": again})
        page = html.fromstring(answer.text)
        assert answer.status_code == 422 and page.xpath("//input[@name='name']/@value") == [name]
        assert page.xpath("//*[@autofocus]/@name") == [field] and said in page.xpath("string(//p[@class='fault-told'])")
        assert OWN not in answer.text and not page.xpath("//input[@type='password']/@value")


def test_a_wrong_sign_in_keeps_the_name_and_not_the_password(admin):
    client = admin.client.application.test_client()
    token = Person._token(client.get("/signin").text)
    data = {"csrf": token, "name": "丙", "password": "不是这一个密码"}
    answer = client.post("/signin", data=data)
    page = html.fromstring(answer.text)
    assert answer.status_code == 401 and page.xpath("//input[@name='name']/@value") == ["丙"]
    assert page.xpath("//*[@autofocus]/@name") == ["password"] and "不是这一个密码" not in answer.text
    assert "用户名或密码不对" in page.xpath("string(//p[@id='password-fault'])")
