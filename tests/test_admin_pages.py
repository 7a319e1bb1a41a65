"""管理: webhooks with their deliveries, and the settings as they stand, on the pages."""

import re
from html import unescape

import pytest
from conftest import Clock, everybody
from test_webhooks import worker

from objection_docs import accounts_desk, settings
from objection_docs.errors import UsageError
from objection_docs.jobs import webhooks
from objection_docs.service import create_app, server
from objection_docs.settings import ServiceSettings


def made(home, **more):
    return create_app({"TESTING": True, "HOME": home, "CLOCK": Clock(), "IDENTIFY": everybody, **more}).test_client()


@pytest.fixture
def client(rooms, home):
    return made(home)


def add(client, url, *events):
    return client.post("/admin/webhooks", data={"url": url, "event": list(events)})


# Webhooks


def test_a_webhook_is_added_tried_and_removed(client, home, receiver, monkeypatch):
    monkeypatch.setenv("OBJECTION_DOCS_PRIVATE_WEBHOOKS", "true")
    page = add(client, receiver.url, "job.finished").text
    secret, place = re.search(r">(whsec_[^<]+)<", page)[1], re.search(r'href="(/admin/webhooks/wh_[^"]+)"', page)[1]
    (hook,) = webhooks.listed(home)
    assert hook.secret == secret and place.endswith(hook.id)
    assert secret not in client.get("/admin/webhooks").text and secret not in client.get(place).text
    assert "还没有投递过" in client.get(place).text
    assert client.post(place, data={"do": "test"}).status_code == 303
    assert "待投递" in client.get(place).text
    assert worker(home, allow_private=True).deliver()
    ((_, headers, body),) = receiver.got
    assert b'"webhook.test"' in body and headers["webhook-signature"].startswith("v1,")
    page = client.get(place).text
    assert "已送达" in page and "对方答复 200" in page and "试投" in page
    delivery = re.search(r'name="delivery" value="([^"]+)"', page)[1]
    client.post(place, data={"do": "again", "delivery": delivery})
    worker(home, allow_private=True).deliver()
    assert len(receiver.got) == 2
    assert client.post(place, data={"do": "again", "delivery": "msg_none"}).status_code == 404
    assert client.post(place, data={"do": "x"}).status_code == 422
    client.post(place, data={"do": "remove"})
    assert client.get(place).status_code == 404 and "还没有登记" in client.get("/admin/webhooks").text
    audit = unescape(client.get("/admin/audit").text)
    assert (
        f"登记 webhook；webhook {hook.id}；地址 127.0.0.1" in audit
        and "删除 webhook" in audit
        and "hook?x" not in audit
    )


def test_an_address_inside_the_house_is_refused_as_over_http(client, home, receiver):
    hook = webhooks.add(home, receiver.url, ("job.finished",), Clock()(), allow_private=True)  # as it once was
    assert client.post(f"/api/v1/webhooks/{hook.id}/test").status_code == 204
    worker(home).deliver()
    assert receiver.got == [] and "这个地址在内网，已拒绝" in client.get(f"/admin/webhooks/{hook.id}").text


@pytest.mark.parametrize(
    ("url", "events", "said"),
    [("ftp://a/", ["job.finished"], "地址应是 https"), ("https://a/", [], "应从这些里选"), ("https://a/", ["x"], "选")],
)
def test_a_wrong_webhook_is_told_and_what_was_typed_stays(client, home, url, events, said):
    answer = add(client, url, *events)
    assert answer.status_code == 422 and said in answer.text and f'value="{url}"' in answer.text
    assert webhooks.listed(home) == []


# Settings


def test_the_settings_are_shown_without_secrets(rooms, home, monkeypatch):
    home.mkdir()
    issuer = "https://login.example.com"
    (home / "settings.yaml").write_text(
        f"archive:\n  fonds: G001\noidc: {{issuer: '{issuer}', client_id: od, client_secret: geheim}}\n", "utf-8"
    )
    monkeypatch.setenv("OBJECTION_DOCS_THREADS", "3")
    page = made(home, SETTINGS=ServiceSettings(port=9000)).get("/admin/settings").text
    told = re.sub(r"<[^>]+>|\s+", " ", page)
    told = re.sub(" +", " ", told)
    assert "全宗号 G001 settings.yaml" in told and issuer in told and "geheim" not in page
    assert "客户端密钥 已设置，不显示" in told
    assert "3 这次启动用的是 8 环境变量 OBJECTION_DOCS_THREADS" in told
    assert "8765 这次启动用的是 9000 默认" in told and str(home) in told
    for look in ("LibreOffice", "中文字体", "磁盘", "工作日历"):
        assert look in told


def test_a_secret_of_the_environment_is_not_shown_either(home, monkeypatch):
    home.mkdir()
    monkeypatch.setenv("OBJECTION_DOCS_OIDC_SECRET", "geheim")
    shown = {one.name: one for one in settings.shown(home)}["oidc.client_secret"]
    assert (shown.value, shown.source) == ("已设置，不显示", "环境变量 OBJECTION_DOCS_OIDC_SECRET")


def test_every_setting_has_its_label(home):
    kinds = {"archive": settings.ArchiveSettings, "oidc": settings.OidcSettings, "service": ServiceSettings}
    assert set(settings.LABELS) == {f"{part}.{name}" for part, kind in kinds.items() for name in kind.__slots__}


def test_a_file_that_went_wrong_after_the_start_is_told(client, home):
    home.mkdir(exist_ok=True)
    (home / "settings.yaml").write_text("service:\n  port: x\n", "utf-8")
    page = client.get("/admin/settings").text
    assert "仍按启动时的设置运行" in page and "settings.yaml" in page and "运行状况" in page


def test_the_service_remembers_with_what_it_started(home):
    given = ServiceSettings(port=1)
    assert server.configured(given, home)["SETTINGS"] is given
    with pytest.raises(UsageError):
        settings.shown(home, {"OBJECTION_DOCS_PORT": "x"})


def test_the_key_of_a_program_with_all_rights_reads_the_settings_too(rooms, home):
    _, secret = accounts_desk.add_key("系统", ["admin"], now=Clock()(), who="", days=3, home=home)
    client = create_app({"TESTING": True, "HOME": home, "CLOCK": Clock()}).test_client()
    assert client.get("/admin/settings", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    assert client.get("/admin/settings").status_code == 302


def test_an_error_of_a_form_leads_back_to_its_page(client):
    data, sent = {"do": "x"}, {"Referer": "http://localhost/admin/webhooks?a=1"}
    page = client.post("/admin/webhooks/none", data=data, headers=sent).text
    assert 'href="/admin/webhooks?a=1">回到上一页' in page
    for other in ("http://evil.example/x", "javascript:alert(1)", ""):
        assert "回到上一页" not in client.post("/admin/webhooks/none", data=data, headers={"Referer": other}).text
