"""The service below a prefix of a host application: everything right there, and nothing of the host disturbed."""

import os
import re
import sys
import threading
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from argon2 import PasswordHasher
from conftest import COMPLETE, NOW
from flask import Flask, jsonify, request, session
from playwright.sync_api import expect, sync_playwright
from test_browser import program
from test_scopes import PUBLIC, routes
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.serving import make_server

from objection_docs import accounts_desk
from objection_docs.accounts import users
from objection_docs.errors import UsageError
from objection_docs.service import ObjectionDocs, Person

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
LINK = re.compile(r'(?:href|src|action|data-preview|data-picture|data-document)="([^"#][^"]*)"')
PREFIX = "/office/objections"
PASSWORD = "挂载测试用的足够长的密码"


def host(**config) -> Flask:
    """A host with a sign-in, a page and an error page of its own."""
    app = Flask("host")
    app.config.update(TESTING=True, SECRET_KEY="the host's own", **config)

    @app.errorhandler(404)
    def not_found(_error):
        return "the host knows no such page", 404

    @app.get("/")
    def index():
        return "the host's first page"

    @app.get("/login")
    def login():
        session["name"] = request.args.get("name", "")
        return "signed in"

    return app


def person() -> Person | None:
    roles = {"王敏": "legal", "陈总": "admin", "周档": "archivist"}
    name = session.get("name")
    return Person(name, roles.get(name, "")) if name else None


@pytest.fixture
def app(rooms, home):
    app = host()
    ObjectionDocs(app, url_prefix=PREFIX, identify=person, sign_in="login", home=home)
    return app


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def legal(client):
    client.get("/login?name=王敏")
    return client


@pytest.fixture
def admin(app):
    client = app.test_client()
    client.get("/login?name=陈总")
    return client


def token(client) -> str:
    return re.search(r'name="csrf" value="([0-9a-f]{64})"', client.get(f"{PREFIX}/").text)[1]


def upload() -> dict:
    return {"file": (BytesIO(COMPLETE.encode()), "letter.txt")}


# What lies below the prefix, and what doesn't


def test_the_host_is_as_it_was(client):
    assert client.get("/").text == "the host's first page"
    for address in ("/nowhere", "/office", "/office/objectionsx", "/log", "/api/v1/kinds", "/static/style.css"):
        answer = client.get(address)
        assert (answer.status_code, answer.text) == (404, "the host knows no such page"), address
        assert "Content-Security-Policy" not in answer.headers and "X-Request-Id" not in answer.headers


def test_every_address_on_every_page_lies_below_the_prefix(home):
    app = host()
    ObjectionDocs(app, url_prefix=PREFIX, identify=person, sign_in="login", home=home)
    legal, admin = app.test_client(), app.test_client()
    legal.get("/login?name=王敏"), admin.get("/login?name=陈总")
    made = legal.post(f"{PREFIX}/", data=upload() | {"csrf": token(legal)})
    assert made.status_code == 303 and made.headers["Location"].startswith(f"{PREFIX}/log/")
    id = made.headers["Location"].rpartition("/")[2]
    seen, todo = set(), {f"{PREFIX}/", f"{PREFIX}/log/{id}", f"{PREFIX}/nowhere", f"{PREFIX}/api/v1/docs"}
    wrong = []
    while todo - seen:
        address = min(todo - seen)
        seen.add(address)
        answer = admin.get(address)
        wrong += [address] if answer.status_code not in (200, 405) else []  # 405: where a form is sent to
        if "html" in answer.content_type and "attachment" not in answer.headers.get("Content-Disposition", ""):
            links = {link.replace("&amp;", "&") for link in LINK.findall(answer.text)}
            assert {link for link in links if not link.startswith(f"{PREFIX}/")} <= {"/"}, address
            todo |= {
                link
                for link in links
                if link.startswith(PREFIX) and "?" not in link and "/static/" not in link and "swagger" not in link
            }
    assert len(seen) > 15
    # what is exported is posted there; to look at, it is a letter of that name, and there is none
    assert set(wrong) == {f"{PREFIX}/nowhere", f"{PREFIX}/log/export"}


def test_pages_files_and_errors_are_ours_below_the_prefix(legal):
    page = legal.get(PREFIX)
    assert page.status_code == 200 and "检查文书" in page.text
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    with legal.get(f"{PREFIX}/static/style.css") as style:
        assert style.content_type.startswith("text/css")
    missing = legal.get(f"{PREFIX}/nowhere")
    assert missing.status_code == 404 and "没有这个地址" in missing.text and f'href="{PREFIX}/"' in missing.text
    problem = legal.get(f"{PREFIX}/api/v1/checks/nothing")
    assert (problem.status_code, problem.content_type) == (404, "application/problem+json")


def test_the_document_of_the_api_names_the_prefix(client):
    document = client.get(f"{PREFIX}/api/v1/openapi.json").get_json()
    assert document["servers"] == [{"url": PREFIX}] and "/api/v1/checks" in document["paths"]


def test_a_host_that_lies_below_a_path_itself(legal):
    page = legal.get(f"{PREFIX}/log", base_url="http://localhost/intranet")
    assert page.status_code == 200 and f'href="/intranet{PREFIX}/write"' in page.text
    assert 'href="/intranet/"' in page.text


# Who is signed in


def test_nobody_is_led_to_the_hosts_own_page_and_back(client):
    answer = client.get(f"{PREFIX}/log?q=恒泰")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"/login?next={PREFIX}/log?q%3D")
    problem = client.get(f"{PREFIX}/api/v1/log")
    assert (problem.status_code, problem.get_json()["code"]) == (401, "sign_in_needed")
    for gone in ("signin", "signin/oidc", "me", "welcome/x"):
        assert client.get(f"{PREFIX}/{gone}").status_code == 404


def test_a_sign_in_by_address_and_one_that_nobody_knows(rooms, home):
    app = host()
    ObjectionDocs(app, url_prefix="/a", identify=person, sign_in="https://sso.example/in?app=1", home=home)
    ObjectionDocs(app, url_prefix="/b", identify=person, home=home)
    led = app.test_client().get("/a/log").headers["Location"]
    assert led == "https://sso.example/in?app=1&next=%2Fa%2Flog"
    assert app.test_client().get("/b/log").status_code == 401


def test_no_path_is_open_by_accident(app, client):
    inner = app.extensions["objection_docs"][PREFIX]
    opened = set()
    for endpoint, method, address in routes(inner):
        with client.open(PREFIX + address, method=method) as answer:
            led_away = answer.status_code == 302 and answer.headers["Location"].startswith("/login")
            if answer.status_code != 401 and not led_away:
                opened.add(endpoint)
    assert opened == {name for name in PUBLIC if not name.startswith(("auth.", "oidc."))}


def test_roles_come_from_the_host_and_names_go_into_the_log(app, client, legal, admin):
    assert legal.get(f"{PREFIX}/admin").status_code == 403
    client = app.test_client()
    client.get("/login?name=周档")
    assert (client.get(f"{PREFIX}/log").status_code, client.get(f"{PREFIX}/write").status_code) == (200, 403)
    client.get("/login?name=前台")
    assert client.get(f"{PREFIX}/").status_code == 403
    page = admin.get(f"{PREFIX}/admin").text
    assert "新增密钥" in page and "新增用户" not in page and "陈总，返回原系统" in page
    answer = admin.post(f"{PREFIX}/admin/users", data={"name": "某人", "role": "admin", "csrf": token(admin)})
    assert answer.status_code == 404
    legal.post(f"{PREFIX}/", data=upload() | {"csrf": token(legal)})
    assert [entry["who"] for entry in admin.get(f"{PREFIX}/api/v1/log").get_json()["entries"]] == ["王敏"]


def test_scopes_one_by_one_and_what_is_none(rooms, home):
    assert Person("甲", scopes={"check"}).may() == {"check"}
    assert Person("甲", "archivist", {"generate"}).may() == {"check", "archive", "destroy", "generate"}
    for wrong in (Person("甲", "boss"), Person("甲", scopes={"all"})):
        with pytest.raises(ValueError, match="legal, archivist, admin"):
            wrong.may()


@pytest.mark.parametrize("wrong", [lambda: "王敏", lambda: 1 / 0, lambda: Person("甲", "boss")])
def test_an_identify_that_is_wrong_lets_nobody_in(rooms, home, wrong, caplog):
    app = host(PROPAGATE_EXCEPTIONS=False)
    ObjectionDocs(app, identify=wrong, home=home)
    app.extensions["objection_docs"]["/objections"].config["PROPAGATE_EXCEPTIONS"] = False
    answer = app.test_client().get("/objections/log")
    assert answer.status_code == 500 and "服务内部出错" in answer.text


def test_forms_need_the_token_of_the_person(app, legal, admin):
    assert legal.post(f"{PREFIX}/", data=upload()).status_code == 403
    assert legal.post(f"{PREFIX}/", data=upload() | {"csrf": token(admin)}).status_code == 403
    assert legal.post(f"{PREFIX}/api/v1/checks", data=upload()).status_code == 403
    headers = {"X-CSRF-Token": token(legal)}
    made = legal.post(f"{PREFIX}/api/v1/checks", data=upload(), headers=headers)
    assert made.status_code == 201 and made.headers["Location"].startswith(f"{PREFIX}/api/v1/checks/")
    assert legal.get(made.get_json()["links"]["file"]).data == COMPLETE.encode()
    foreign = {"X-CSRF-Token": token(legal), "Origin": "https://elsewhere.example"}
    assert legal.post(f"{PREFIX}/api/v1/checks", data=upload(), headers=foreign).status_code == 403


def test_a_host_without_a_secret_key_is_told(rooms, home):
    app = host()
    app.secret_key = None
    ObjectionDocs(app, identify=lambda: Person("甲", "legal"), home=home)
    answer = app.test_client().get("/objections/log")
    assert answer.status_code == 500 and "SECRET_KEY" in answer.text


def test_programs_come_with_keys_of_ours(client, home, app):
    clock = app.extensions["objection_docs"][PREFIX].config["CLOCK"]
    _, secret = accounts_desk.add_key("试", ["check"], days=9, now=clock(), who="", home=home)
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "once"}
    made = [client.post(f"{PREFIX}/api/v1/checks", data=upload(), headers=headers) for _ in range(2)]
    assert made[0].status_code == made[1].status_code == 201 and made[0].get_json() == made[1].get_json()
    dead = client.get(f"{PREFIX}/api/v1/kinds", headers={"Authorization": "Bearer od_nothing"})
    assert dead.get_json()["code"] == "invalid_key"


def test_programs_that_the_host_knows_by_its_own_tokens(rooms, home):
    app = host()
    known = lambda: Person("接口", "legal") if request.headers.get("Authorization") == "Bearer host's" else None  # noqa: E731
    ObjectionDocs(app, identify=known, home=home)
    headers = {"Authorization": "Bearer host's"}
    assert app.test_client().post("/objections/api/v1/checks", data=upload(), headers=headers).status_code == 201
    assert app.test_client().post("/objections/api/v1/checks", data=upload()).status_code == 401


def test_identify_may_look_at_all_but_the_body(rooms, home):
    app, seen = host(), []

    def look():
        seen.append((request.path, request.method, dict(request.form), request.headers["X-Person"]))
        return Person("甲", "legal")

    ObjectionDocs(app, identify=look, home=home)
    made = app.test_client().post(
        "/objections/api/v1/checks", data=upload(), headers={"X-Person": "7", "X-CSRF-Token": "0" * 64}
    )
    assert made.status_code == 403 and seen == [("/objections/api/v1/checks", "POST", {}, "7")]


def test_a_session_of_the_host_lasts_while_one_works_in_our_pages(rooms, home):
    app = host(PERMANENT_SESSION_LIFETIME=timedelta(minutes=5))

    def look():
        session.permanent = True
        return person()

    ObjectionDocs(app, identify=look, home=home)
    client = app.test_client()
    client.get("/login?name=王敏")
    cookies = client.get("/objections/log").headers.getlist("Set-Cookie")
    assert len(cookies) == 1 and cookies[0].startswith("session=") and "Path=/;" in f"{cookies[0]};"
    assert client.get("/login?name=陈总").status_code == 200 and "陈总" in client.get("/objections/log").text


# People sign in with us


@pytest.fixture
def own(rooms, home, monkeypatch):
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(users, "hasher", lambda: cheap)
    accounts_desk.add_user("王敏", "legal", now=NOW, who="", password=PASSWORD, home=home)
    app = host()
    ObjectionDocs(app, url_prefix=PREFIX, home=home)
    return app.test_client()


def sign_in(client, to: str = "", **extra):
    page = client.get(f"{PREFIX}/signin", **extra)
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)[1]
    data = {"csrf": csrf, "name": "王敏", "password": PASSWORD, "next": to}
    return client.post(f"{PREFIX}/signin", data=data, **extra)


def test_without_identify_people_sign_in_below_the_prefix(own):
    led = own.get(f"{PREFIX}/log")
    assert led.headers["Location"] == f"{PREFIX}/signin?next={PREFIX}/log"
    own.get("/login?name=host")
    answer = sign_in(own, f"{PREFIX}/log")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PREFIX}/log")
    cookies = answer.headers.getlist("Set-Cookie")
    assert all(c.startswith("objection_docs_") and f"Path={PREFIX}" in c for c in cookies)
    assert own.get(f"{PREFIX}/log").status_code == 200
    assert own.get_cookie("session") is not None  # the host's, as it was
    left = own.post(f"{PREFIX}/signout", data={"csrf": token(own)})
    assert left.headers["Location"] == f"{PREFIX}/signin"
    assert own.get(f"{PREFIX}/log").status_code == 302


OUTSIDE = [
    "/",
    "/login",
    "//elsewhere.example",
    f"{PREFIX}//elsewhere",
    f"{PREFIX}x/log",
    "",
    "https://elsewhere.example",
]
OUTSIDE += [f"{PREFIX}/../../login", f"{PREFIX}/%2e%2e/%2E%2e/login", f"{PREFIX}/\\elsewhere.example"]


@pytest.mark.parametrize("to", OUTSIDE)
def test_signing_in_leads_to_no_place_outside_the_prefix(own, to):
    assert sign_in(own, to).headers["Location"] == f"{PREFIX}/"


def test_the_cookie_behind_https(own):
    answer = sign_in(own, base_url="https://localhost")
    session = next(c for c in answer.headers.getlist("Set-Cookie") if "_session=" in c)
    # browsers refuse __Host- with a path of its own
    assert (
        session.startswith("__Secure-objection_docs_session=") and "Secure" in session and f"Path={PREFIX}" in session
    )


# Mounting


@pytest.mark.parametrize("prefix", ["", "/", "//", "/异议", "/a//b", "/a b", "/<id>"])
def test_the_root_is_no_prefix(prefix):
    with pytest.raises(UsageError, match="url_prefix"):
        ObjectionDocs(url_prefix=prefix)


def test_a_prefix_that_the_host_uses_itself_is_refused(rooms, home):
    app = host()
    app.add_url_rule("/taken/deep", view_func=lambda: jsonify())
    with pytest.raises(UsageError, match="/taken/deep"):
        ObjectionDocs(app, url_prefix="taken", home=home)
    ObjectionDocs(app, url_prefix="/take", home=home)
    with pytest.raises(UsageError, match="/take "):
        ObjectionDocs(app, url_prefix="/take/", home=home)
    for nested in ("/take/deeper", "/take"):
        with pytest.raises(UsageError, match="/take "):
            ObjectionDocs(app, url_prefix=nested, home=home)


def test_proxy_fix_comes_after_and_reaches_both(rooms, home):
    app = host()
    app.wsgi_app = ProxyFix(app.wsgi_app)
    with pytest.raises(UsageError, match="ProxyFix"):
        ObjectionDocs(app, home=home)
    app = host()
    ObjectionDocs(app, home=home)
    app.wsgi_app = ProxyFix(app.wsgi_app)
    answer = app.test_client().get("/objections/signin", headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" in answer.headers


def test_one_extension_for_many_applications_and_links_to_our_pages(rooms, home):
    docs = ObjectionDocs(url_prefix="/o", home=home)
    for _ in range(2):
        app = host()
        docs.init_app(app)
        with app.app_context():
            assert docs.url_for() == "/o/"
        with app.test_request_context(base_url="http://localhost/intranet"):
            assert docs.url_for("cases.case", case="HT-1") == "/intranet/o/cases/HT-1"
        assert app.test_client().get("/o/healthz").get_json() == {"status": "ok"}


def test_readers_are_ready_before_the_first_letter_comes(rooms, home):
    started, app = [], host()
    ObjectionDocs(app, home=home)
    app.extensions["objection_docs"]["/objections"].config["FENCE"] = SimpleNamespace(start=lambda: started.append(1))
    client = app.test_client()
    client.get("/")
    assert started == []
    client.get("/objections/"), client.get("/objections/signin")
    assert started == [1]


# The example


@pytest.fixture
def example(home, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "examples" / "host_app"))
    monkeypatch.delitem(sys.modules, "app", raising=False)
    import app

    return app.create_app(TESTING=True)


def test_the_example_host(example):
    client = example.test_client()
    led = client.get("/objections/write?case=HT-2026-018")
    assert led.headers["Location"].startswith("/sign-in?next=/objections/write")
    form = {"name": "王敏", "password": "demo", "next": "/objections/write?case=HT-2026-018"}
    assert client.post("/sign-in", data=form).headers["Location"] == form["next"]
    assert "写文书" in client.get("/").text and 'value="HT-2026-018"' in client.get(form["next"]).text
    csrf = re.search(r'name="csrf" value="([0-9a-f]{64})"', client.get("/objections/").text)[1]
    files = {"file": (ROOT / "examples" / "deficient_notice.pdf").open("rb"), "case": "HT-2026-018", "csrf": csrf}
    report = client.post("/objections/", data=files, follow_redirects=True)
    assert report.status_code == 200 and "尽快妥善处理" in report.text
    assert "HT-2026-018" in client.get("/objections/cases/HT-2026-018").text
    empty = client.get("/objections/cases/HT-2026-021")
    assert "建立案件" in empty.text and "/objections/write?case=HT-2026-021" in empty.text
    assert "案件系统里没有这一页" in client.get("/cases/none").text
    client.get("/sign-out")
    client.post("/sign-in", data=form | {"name": "前台"})
    assert client.get("/objections/").status_code == 403 and client.get("/").status_code == 200


def test_the_example_host_in_a_browser(example, tmp_path):
    server = make_server("127.0.0.1", 0, example, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    shots, wrong, told = Path(os.environ.get("OBJECTION_DOCS_SHOTS") or tmp_path), [], []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program(), args=["--no-sandbox"])
            page = browser.new_page(base_url=f"http://127.0.0.1:{server.port}")
            page.on("console", lambda said: told.append(said.text) if said.type == "error" else None)
            page.on("response", lambda answer: wrong.append(answer) if answer.status >= 400 else None)
            walk(page, shots)
            browser.close()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    missing = {f"http://127.0.0.1:{server.port}{path}" for path in ("/objections/nowhere", "/favicon.ico")}
    assert {answer.url for answer in wrong} <= missing
    assert [said for said in told if not said.startswith("Failed to load resource")] == []


def walk(page, shots: Path) -> None:
    """Sign in at the host, write a letter of a case and check another, without ever leaving the prefix."""
    page.goto("/objections/")
    page.get_by_label("姓名").fill("王敏")
    page.get_by_label("密码").fill("demo")
    page.get_by_role("button", name="登录").click()
    page.get_by_label("文件", exact=True).set_input_files(ROOT / "examples" / "deficient_notice.pdf")
    page.get_by_role("button", name="检查").click()
    page.wait_for_url(re.compile("/objections/log/"))
    expect(page.locator(".leaf img").first).to_be_visible()
    page.screenshot(path=shots / "mounted-report.png")
    page.get_by_role("link", name="返回原系统").click()
    page.get_by_role("link", name="写文书").first.click()
    expect(page.get_by_role("textbox", name="案件")).to_have_value("HT-2026-018")
    page.screenshot(path=shots / "mounted-write.png")
    page.goto("/objections/write/objection_notice?sample=1&case=HT-2026-018")
    page.get_by_role("textbox", name="案件").press_sequentially("A")  # the letter beside the form is drawn anew
    expect(page.locator("#preview")).to_contain_text("异议通知")
    page.get_by_role("button", name="生成").first.click()
    page.wait_for_url(re.compile("/objections/log/"))
    page.screenshot(path=shots / "mounted-letter.png")
    page.goto("/objections/nowhere")
    page.screenshot(path=shots / "mounted-error.png")
    page.get_by_role("link", name="回到首页").click()
    expect(page.get_by_role("heading", name="检查文书")).to_be_visible()


def test_the_readme_mounts_as_it_says(home):
    shown = next(block for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "ObjectionDocs(" in block)
    names = {"__name__": "host"}
    exec(shown, names)
    app = names["app"]
    client = app.test_client()
    assert client.get("/objections/log").headers["Location"] == "/login?next=%2Fobjections%2Flog"
    with client.session_transaction() as kept:
        kept["name"] = "周档"
    assert (client.get("/objections/log").status_code, client.get("/objections/write").status_code) == (200, 403)
    with app.app_context():
        assert names["docs"].url_for("pages.entry", id="1") == "/objections/log/1"
