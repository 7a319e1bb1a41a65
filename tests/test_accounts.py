"""Users, keys, sessions: through the pages and the command line first, then the limits one by one."""

import re
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner
from conftest import COMPLETE, Clock

from objection_docs import accounts_desk, cli
from objection_docs.accounts import drafts, opened, schema, sessions, users
from objection_docs.archive import ABOUT_LOG, Archive
from objection_docs.errors import AccessError, UsageError
from objection_docs.service import create_app, server
from objection_docs.settings import ServiceSettings

PASSWORD, OTHER = "每天检查三份异议文书就够了", "另外一句足够长的话也可以用"


@pytest.fixture(autouse=True)
def quick_hash(monkeypatch):
    """The real one takes 64 MiB and a twentieth of a second on purpose."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(users, "hasher", lambda: cheap)
    users._nobody.cache_clear()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def app(rooms, home, clock):
    return create_app({"TESTING": True, "HOME": home, "CLOCK": clock})


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def people(home, clock):
    for name, role in (("管理员", "admin"), ("张敏", "legal"), ("李档", "archivist")):
        accounts_desk.add_user(name, role, now=clock(), who="", password=PASSWORD, home=home)


def token_of(page: str) -> str:
    return re.search(r'name="csrf" value="([^"]+)"', page)[1]


def sign_in(client, name="张敏", password=PASSWORD, next="/"):
    token = token_of(client.get("/signin").text)
    return client.post("/signin", data={"csrf": token, "name": name, "password": password, "next": next})


def post(client, path, page="/me", **data):
    return client.post(path, data={"csrf": token_of(client.get(page).text), **data})


def audited(home):
    with Archive(home) as archive:
        return [entry.details["what"] for entry in archive.later(ABOUT_LOG) if entry.errand == "audit"]


# Signing in


def test_a_page_leads_to_sign_in_and_back(client, people, home):
    response = client.get("/log?q=仲裁")
    assert response.status_code == 302 and response.headers["Location"].startswith("/signin?next=")
    form = client.get(response.headers["Location"]).text
    to = re.search(r'name="next" value="([^"]+)"', form)[1]
    back = sign_in(client, next=to)
    assert back.status_code == 303 and back.headers["Location"].startswith("/log?q=")
    assert client.get("/log").status_code == 200 and "张敏" in client.get("/").text
    assert audited(home)[-1] == "sign_in"


@pytest.mark.parametrize("place", ["https://evil.example", "//evil.example", "/\\evil.example", "log", "/a\nb"])
def test_sign_in_leads_to_no_other_site(client, people, place):
    assert sign_in(client, next=place).headers["Location"] == "/"


def test_the_cookie_is_safe(client, people):
    set_cookie = next(
        c for c in sign_in(client).headers.getlist("Set-Cookie") if c.startswith("objection_docs_session=")
    )
    assert "HttpOnly" in set_cookie and "SameSite=Lax" in set_cookie and "Secure" not in set_cookie
    assert "Expires" not in set_cookie  # gone with the browser


def test_behind_https_the_cookie_is_bound_to_it(app, people):
    client = app.test_client()
    https = {"base_url": "https://localhost"}
    token = token_of(client.get("/signin", **https).text)
    data = {"csrf": token, "name": "张敏", "password": PASSWORD}
    cookies = client.post("/signin", data=data, **https).headers.getlist("Set-Cookie")
    session = next(c for c in cookies if c.startswith("__Host-objection_docs_session="))
    assert "Secure" in session and "Path=/" in session and "Domain" not in session


def test_a_new_session_at_each_sign_in(client, people):
    sign_in(client)
    first = client.get_cookie("objection_docs_session").value
    post(client, "/signout")
    sign_in(client)
    assert client.get_cookie("objection_docs_session").value != first
    client.set_cookie("objection_docs_session", first)
    assert client.get("/me").status_code == 302  # the one before is dead


def test_a_stolen_fixed_cookie_is_no_session(client, people):
    client.set_cookie("objection_docs_session", "chosen-by-somebody-else")
    sign_in(client)
    assert client.get_cookie("objection_docs_session").value != "chosen-by-somebody-else"


@pytest.mark.parametrize(("name", "password"), [("张敏", "wrong password!"), ("没有这人", PASSWORD), ("", "")])
def test_a_wrong_name_and_a_wrong_password_are_told_alike(client, people, home, name, password):
    response = sign_in(client, name, password)
    assert response.status_code == 401 and "用户名或密码不对" in response.text
    assert client.get_cookie("objection_docs_session") is None and audited(home)[-1] == "refused"


def test_guessing_ends(app, client, people, clock):
    for _ in range(sessions.MOST_PER_NAME):
        assert sign_in(client, password="wrong password!").status_code == 401
    response = sign_in(client)
    assert response.status_code == 429 and "试得太多" in response.text
    assert sign_in(app.test_client(), "李档").status_code == 303  # another user is not shut out
    clock.at += sessions.WINDOW
    assert sign_in(client).status_code == 303


def test_an_address_cannot_guess_at_many_names(home, people, clock):
    with opened(home) as db:
        for i in range(sessions.MOST_PER_ADDRESS):
            sessions.attempt(db, f"n{i}", "10.0.0.9", at=clock())
        with pytest.raises(AccessError) as told:
            sessions.attempt(db, "another", "10.0.0.9", at=clock())
        assert told.value.status == 429
        sessions.attempt(db, "another", "10.0.0.10", at=clock())


def test_a_whole_office_signs_in_from_one_address(app, people):
    for _ in range(sessions.MOST_PER_ADDRESS + 5):
        assert sign_in(app.test_client()).status_code == 303


def test_behind_a_proxy_it_is_the_browser_that_counts(rooms, home, clock, people):
    """X-Forwarded headers are believed when the settings say that a proxy stands before us, and only then."""
    said = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
    for proxies, secure in ((0, False), (1, True)):
        app = create_app({"TESTING": True, "HOME": home, "CLOCK": clock, "PROXIES": proxies})
        response = app.test_client().get("/signin", headers=said)
        cookies = response.headers.getlist("Set-Cookie")
        assert any(cookie.startswith("__Host-") and "Secure" in cookie for cookie in cookies) == secure
        assert ("Strict-Transport-Security" in response.headers) == secure


def test_forms_need_the_token_of_their_session(client, people):
    assert client.post("/signin", data={"name": "张敏", "password": PASSWORD}).status_code == 403
    sign_in(client)
    for data in ({}, {"csrf": "x"}, {"csrf": ""}):
        assert client.post("/signout", data=data).status_code == 403
    assert client.get("/me").status_code == 200
    # the API by a browser's cookie, too
    assert client.post("/api/v1/documents", json={"kind": "objection_notice", "facts": {}}).status_code == 403


def test_a_session_ends_unused_and_after_long(client, people, clock):
    sign_in(client)
    clock.at += sessions.IDLE - timedelta(minutes=1)
    assert client.get("/me").status_code == 200
    clock.at += sessions.IDLE - timedelta(minutes=1)
    assert client.get("/me").status_code == 200  # it was used meanwhile
    clock.at += sessions.IDLE
    assert client.get("/me").status_code == 302
    sign_in(client)
    for _ in range(int(sessions.LONGEST / sessions.IDLE) + 1):
        clock.at += sessions.IDLE - timedelta(minutes=2)
        client.get("/me")
    clock.at += sessions.IDLE - timedelta(minutes=2)
    assert client.get("/me").status_code == 302


def test_sign_out_everywhere(app, people):
    here, there = app.test_client(), app.test_client()
    sign_in(here)
    sign_in(there)
    assert post(here, "/me/signout").status_code == 303
    assert here.get("/me").status_code == there.get("/me").status_code == 302


def test_a_password_is_changed_and_the_other_browsers_are_out(app, people):
    here, there = app.test_client(), app.test_client()
    sign_in(here)
    sign_in(there)
    wrong = post(here, "/me/password", old="not this one", password=OTHER, again=OTHER)
    assert wrong.status_code == 422 and "现在的密码不对" in wrong.text
    assert post(here, "/me/password", old=PASSWORD, password=OTHER, again=OTHER).status_code == 303
    assert here.get("/me").status_code == 200 and there.get("/me").status_code == 302
    assert sign_in(there).status_code == 401 and sign_in(there, password=OTHER).status_code == 303


def test_a_disabled_user_is_out_at_once(client, people, home, clock):
    sign_in(client)
    accounts_desk.change_user("张敏", disabled=True, now=clock(), who="", home=home)
    assert client.get("/me").status_code == 302 and sign_in(client).status_code == 401


def test_a_role_changed_is_felt_at_once_and_a_refusal_is_audited(client, people, home, clock):
    sign_in(client)
    assert client.get("/admin").status_code == 403 and audited(home)[-1] == "forbidden"
    accounts_desk.change_user("张敏", role="admin", now=clock(), who="", home=home)
    assert client.get("/admin").status_code == 200


# The first start


def test_the_first_link_makes_the_first_admin_once(client, home, clock):
    token = accounts_desk.first_link(now=clock(), home=home)
    page = client.get(f"/welcome/{token}")
    data = {"csrf": token_of(page.text), "name": "王管", "password": PASSWORD}
    assert "不一样" in client.post(f"/welcome/{token}", data=data | {"again": OTHER}).text
    short = client.post(f"/welcome/{token}", data=data | {"password": "short", "again": "short"})
    assert short.status_code == 422 and "太短" in short.text
    assert client.post(f"/welcome/{token}", data=data | {"again": PASSWORD}).status_code == 303
    assert client.get("/admin").status_code == 200
    assert client.get(f"/welcome/{token}").status_code == 410
    assert accounts_desk.first_link(now=clock(), home=home) == ""
    assert audited(home) == ["user_added", "password", "sign_in"]


def test_a_link_ends(client, home, clock):
    token = accounts_desk.first_link(now=clock(), home=home)
    clock.at += sessions.LINK_HOLDS
    assert client.get(f"/welcome/{token}").status_code == 410
    assert client.get("/welcome/guessed").status_code == 410


def test_nothing_secret_lies_in_the_database(client, people, home, clock):
    sign_in(client)
    _, secret = accounts_desk.add_key("案件系统", ["check"], now=clock(), who="", days=30, home=home)
    link = accounts_desk.link_for("张敏", now=clock(), who="", home=home)
    stored = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    for hidden in (PASSWORD, secret, link, client.get_cookie("objection_docs_session").value):
        assert hidden.encode() not in stored
    assert (home / schema.NAME).stat().st_mode & 0o077 == 0


def test_serve_prints_the_link_on_this_machine_only(home):
    said = []
    server.greet(ServiceSettings(), "http://127.0.0.1:8765", said.append)
    assert "http://127.0.0.1:8765/welcome/" in "\n".join(said)
    said.clear()
    server.greet(ServiceSettings(host="0.0.0.0", allow_remote=True), "http://0.0.0.0:8765", said.append)
    assert "welcome" not in "\n".join(said) and "user add" in "\n".join(said)


# Keys


def bearer(secret):
    return {"Authorization": f"Bearer {secret}"}


def test_a_key_opens_what_its_scopes_name_until_it_is_revoked(client, home, clock):
    key, secret = accounts_desk.add_key("案件系统", ["generate"], now=clock(), who="", days=30, home=home)
    body = {"kind": "objection_notice", "facts": {"text": COMPLETE}}
    made = client.post("/api/v1/documents", json=body, headers=bearer(secret))
    assert made.status_code == 201
    assert client.get("/api/v1/log", headers=bearer(secret)).status_code == 403
    with Archive(home) as archive:
        assert archive.entry(made.get_json()["id"]).who == "接口：案件系统"
    assert accounts_desk.keys(home=home)[0].used
    accounts_desk.revoke_key(key.prefix, now=clock(), who="", home=home)
    refused = client.post("/api/v1/documents", json=body, headers=bearer(secret))
    assert refused.status_code == 401 and refused.get_json()["code"] == "invalid_key"


def test_a_key_expires(client, home, clock):
    _, secret = accounts_desk.add_key("短期", ["archive"], now=clock(), who="", days=1, home=home)
    assert client.get("/api/v1/log", headers=bearer(secret)).status_code == 200
    clock.at += timedelta(days=1)
    assert client.get("/api/v1/log", headers=bearer(secret)).status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer x", "Basic YTpi", "od_1", "Bearer é"])
def test_a_wrong_key_is_told_even_beside_a_session(client, people, header):
    sign_in(client)
    assert client.get("/api/v1/log", headers={"Authorization": header.encode().decode("latin-1")}).status_code == 401


# The page of the administrator


def test_the_admin_adds_a_user_who_sets_the_password(app, people):
    admin, new = app.test_client(), app.test_client()
    sign_in(admin, "管理员")
    page = post(admin, "/admin/users", name="赵新", role="legal").text
    link = re.search(r"http://localhost(/welcome/[^<]+)<", page)[1]
    data = {"csrf": token_of(new.get(link).text), "password": OTHER, "again": OTHER}
    assert new.post(link, data=data).status_code == 303 and new.get("/me").status_code == 200
    assert "已经有用户" in post(admin, "/admin/users", name="赵新", role="legal").text


def test_the_admin_makes_and_revokes_a_key(app, people):
    admin = app.test_client()
    sign_in(admin, "管理员")
    page = post(admin, "/admin/keys", label="案件系统", scope="check", days="30").text
    secret = re.search(r">(od_[0-9a-f]{8}_[^<]+)<", page)[1]
    assert admin.get("/api/v1/kinds", headers=bearer(secret)).status_code == 200
    assert secret not in admin.get("/admin").text
    post(admin, f"/admin/keys/{secret[:11]}", do="revoke")
    assert admin.get("/api/v1/kinds", headers=bearer(secret)).status_code == 401
    assert "权限 检查文书" in admin.get("/admin/audit").text
    assert "有效期应为" in post(admin, "/admin/keys", label="x", scope="check", days="x").text
    refused = post(admin, "/admin/keys", label="x", days="3").text
    assert (
        "权限应为其中的一项或几项：生成文书、检查文书、查阅和保管档案、管理<" in refused
        and "（生成文书）" not in refused
    )


def test_what_was_audited_is_shown_newest_first(app, people, monkeypatch):
    admin = app.test_client()
    sign_in(app.test_client(), password="wrong password!")
    sign_in(admin, "管理员")
    page = admin.get("/admin/audit").text
    assert page.index("登录；方式 密码；来自 127") < page.index("登录被拒；来自 127") < page.index("新增用户")
    monkeypatch.setattr("objection_docs.service.pages_admin._PAGE", 2)
    seen, address = [], "/admin/audit"
    while address:
        page = admin.get(address).text
        seen += re.findall(r"<td>([^<]+)</td></tr>", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following[1] if following else None
    assert len(seen) == 5 and seen[-1].startswith("新增用户")
    assert admin.get("/admin/audit?before=x").status_code == 400


def test_the_last_admin_stays(app, people):
    admin = app.test_client()
    sign_in(admin, "管理员")
    assert "最后一个管理员" in post(admin, "/admin/users/管理员", do="disable").text
    assert "最后一个管理员" in post(admin, "/admin/users/管理员", do="role", role="legal").text
    post(admin, "/admin/users/张敏", do="role", role="admin")
    assert post(admin, "/admin/users/管理员", do="disable").status_code == 303
    assert admin.get("/admin").status_code == 302


def test_health_tells_what_to_do(app, people, monkeypatch):
    admin = app.test_client()
    sign_in(admin, "管理员")
    monkeypatch.setattr("objection_docs.generation.pdf.program", lambda: None)
    page = admin.get("/admin/settings").text
    assert "请安装 libreoffice-writer-nogui" in page and "GB" in page and "2026" in page


# The command line


def run(*args, given=None, code=0):
    result = CliRunner().invoke(cli.main, args, input=given)
    assert result.exit_code == code, result.output
    return result.output


def test_users_and_keys_from_the_command_line(home, client):
    run("user", "add", "张敏", "--role", "legal", "--password-stdin", given=f"{PASSWORD}\n")
    assert "法务" in run("user", "list") and '"role": "legal"' in run("user", "list", "--json")
    assert sign_in(client).status_code == 303
    run("user", "password", "张敏", "--password-stdin", given=f"{OTHER}\n")
    assert client.get("/me").status_code == 302 and sign_in(client, password=OTHER).status_code == 303
    assert "已结束 1 处" in run("user", "logout", "张敏")
    run("user", "role", "张敏", "archivist")
    run("user", "disable", "张敏")
    assert "已停用" in run("user", "list") and sign_in(client, password=OTHER).status_code == 401
    run("user", "enable", "张敏")
    made = CliRunner().invoke(cli.main, ["key", "add", "案件系统", "--scope", "check", "--days", "3"])
    secret = made.stdout.strip()
    assert secret.startswith("od_") and "只显示这一次" in made.stderr
    assert secret[:11] in run("key", "list") and secret not in run("key", "list", "--json")
    run("key", "revoke", secret[:11])
    assert "已吊销" in run("key", "list")
    assert set(audited(home)) >= {"user_added", "password", "role", "disabled", "enabled", "key_added", "key_revoked"}


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("user", "add", "a:b", "--role", "legal"), "冒号"),
        (("user", "add", "", "--role", "legal"), "1 到"),
        (("user", "add", "甲", "--role", "boss"), "可用：legal（法务）"),
        (("user", "disable", "无名"), "没有用户"),
        (("key", "add", "x", "--scope", "all"), "写作 --scope generate、--scope check"),
        (("key", "add", "x", "--scope", "archive", "--scope", "destroy"), "密钥不能有 destroy 权限"),
        (("key", "revoke", "od_x"), "没有以“od_x”开头的密钥"),
    ],
)
def test_what_the_command_line_refuses(home, args, told):
    stdin = ("--password-stdin",) if args[:2] == ("user", "add") else ()
    assert told in run(*args, *stdin, given=f"{PASSWORD}\n", code=2)


@pytest.mark.parametrize(("password", "told"), [("short", "太短"), ("x" * 300, "太长"), ("abababababababab", "太简单")])
def test_a_weak_password_is_refused(home, password, told):
    assert told in run("user", "add", "甲", "--role", "legal", "--password-stdin", given=f"{password}\n", code=2)


# The room


def test_names_are_the_same_however_they_are_typed(home, clock):
    with opened(home) as db:
        users.add(db, "Ｌｅｅ", "legal", at=clock())
        assert users.get(db, "lee").name == "Lee"
        with pytest.raises(UsageError, match="已经有用户"):
            users.add(db, "LEE ", "legal", at=clock())


def test_drafts_of_the_first_version_stay_and_answer_nothing(home, clock, monkeypatch):
    first, *_ = schema.MIGRATIONS
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", (first,))
        with opened(home) as db:
            row = {"id": "a", "owner": "user:1", "kind": "complaint", "procedure": "", "case_id": "", "facts": "{}"}
            db["drafts"].insert(row | {"saved": "2026-03-05"})
    with opened(home) as db:
        assert [(d.id, d.answers) for d in drafts.every(db, "user:1")] == [("a", "")]


def test_a_draft_belongs_to_its_owner(home, clock):
    with opened(home) as db:
        id = drafts.save(db, "user:1", "complaint", "", "", {"a": 1}, at=clock())
        assert drafts.find(db, "user:2", id) is None
        other = drafts.save(db, "user:2", "complaint", "", "", {"a": 2}, at=clock(), id=id)
        assert other != id and drafts.find(db, "user:1", id).facts == {"a": 1}
        assert drafts.save(db, "user:1", "complaint", "", "", {"a": 3}, at=clock(), id=id) == id
        drafts.delete(db, "user:2", id)
        assert [d.facts for d in drafts.every(db, "user:1")] == [{"a": 3}]


def test_a_broken_database_is_told(home):
    home.mkdir()
    (home / schema.NAME).write_bytes(b"no database at all, but long enough to be looked at" * 40)
    with pytest.raises(AccessError) as told, opened(home):
        pass
    assert told.value.code == "accounts_unavailable"
