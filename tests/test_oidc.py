"""Sign-in through a provider, against a small one of our own on this machine."""

import json
import threading
import time
from base64 import urlsafe_b64encode
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from conftest import Clock
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from objection_docs import accounts_desk, settings
from objection_docs.errors import DataFileError
from objection_docs.service import create_app

CLIENT, SECRET = "objection-docs", "not so secret"


class Provider:
    """As far as OpenID Connect Core asks of one: discovery, authorization code with PKCE, ID tokens signed with RSA.

    `claims`: over those of an honest ID token. `key`, `algorithm`: what it is signed with.
    """

    def __init__(self, clock):
        self.key, self.algorithm, self.claims = RSAKey.generate_key(2048, {"kid": "1"}), "RS256", {}
        self.published, self.codes, self.clock = self.key, {}, clock
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                path, asked = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
                if path == "/authorize":
                    self.send_response(302)
                    self.send_header("Location", provider.authorize({name: v[0] for name, v in asked.items()}))
                    self.end_headers()
                    return
                keys = {"keys": [provider.published.as_dict(private=False)]}
                self.answer(keys if path == "/jwks" else provider.discovery())

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.answer(*provider.token({name: v[0] for name, v in parse_qs(body).items()}, self.headers))

            def answer(self, body, status=200):
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def discovery(self) -> dict:
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks"}
        return {"issuer": self.issuer} | {name: f"{self.issuer}/{path}" for name, path in names.items()}

    def authorize(self, asked: dict) -> str:
        assert asked["client_id"] == CLIENT and "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{time.monotonic_ns()}"
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, given: dict, headers) -> tuple[dict, int]:
        asked = self.codes.pop(given["code"], None)
        made = urlsafe_b64encode(sha256(given.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        if asked is None or made != asked["code_challenge"] or not headers.get("Authorization", "").startswith("Basic"):
            return {"error": "invalid_grant"}, 400
        now = int(self.clock.at.timestamp())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": "u-17", "name": "张敏", "nonce": asked["nonce"]}
        claims |= {"iat": now, "exp": now + 300} | self.claims
        header = {"alg": self.algorithm, "kid": "1"}
        signed = jwt.encode(header, claims, self.key, algorithms=[self.algorithm])
        return {"access_token": "a", "token_type": "Bearer", "id_token": signed}, 200


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def provider(clock):
    made = Provider(clock)
    yield made
    made.stop()


@pytest.fixture
def configure(home, provider):
    home.mkdir(exist_ok=True)

    def write(**more):
        lines = {"issuer": provider.issuer, "client_id": CLIENT, "client_secret": SECRET, "role": "legal"} | more
        text = "".join(f"  {name}: {value}\n" for name, value in lines.items() if value)
        (home / settings.NAME).write_text(f"oidc:\n{text}", "utf-8")

    write()
    return write


@pytest.fixture
def client(rooms, home, clock, configure):
    return create_app({"TESTING": True, "HOME": home, "CLOCK": clock}).test_client()


def walk(client, to="/log"):
    """There and back, as a browser goes."""
    leaving = client.get(f"/signin/oidc?next={to}")
    assert leaving.status_code == 303
    there = requests.get(leaving.headers["Location"], allow_redirects=False, timeout=5)
    back = urlsplit(there.headers["Location"])
    assert back.path == "/signin/oidc/back"
    return client.get(f"{back.path}?{back.query}")


def test_somebody_signs_in_and_comes_back_to_the_page(client, home):
    assert "用单位账号登录" in client.get("/signin").text
    response = walk(client)
    assert response.status_code == 303 and response.headers["Location"] == "/log"
    assert client.get("/log").status_code == 200 and "张敏" in client.get("/me").text
    (user,) = accounts_desk.users(home=home)
    assert (user.name, user.role) == ("张敏", "legal") and user.subject.endswith("#u-17")
    assert walk(client).status_code == 303 and len(accounts_desk.users(home=home)) == 1  # the same one again


def test_without_a_role_in_the_settings_only_known_users_come_in(client, configure, home, clock, provider):
    configure(role="")
    refused = walk(client)
    assert refused.status_code == 403 and "还没有你的账号" in refused.text
    accounts_desk.add_user("张敏", "archivist", now=clock(), who="", subject=f"{provider.issuer}#u-17", home=home)
    assert walk(client).status_code == 303 and "张敏" in client.get("/me").text


def test_a_name_of_ours_is_nobodys_at_the_provider(client, home, clock):
    accounts_desk.add_user("张敏", "admin", now=clock(), who="", password="打开浏览器检查异议文书的密码", home=home)
    refused = walk(client)
    assert refused.status_code == 403 and "已经有用户" in refused.text
    assert client.get("/admin").status_code == 302


def test_a_disabled_user_stays_out(client, home, clock):
    walk(client)
    accounts_desk.add_user("管", "admin", now=clock(), who="", home=home)
    accounts_desk.change_user("张敏", disabled=True, now=clock(), who="", home=home)
    assert walk(client).status_code == 403 and client.get("/log").status_code == 302


@pytest.mark.parametrize(
    "claims",
    [{"iss": "https://evil.example"}, {"aud": "another"}, {"nonce": "old"}, {"exp": 1}, {"sub": None}, {"nonce": None}],
)
def test_a_token_that_is_not_for_us_or_not_for_now_is_refused(client, provider, claims):
    provider.claims = claims
    assert walk(client).status_code == 403 and client.get("/log").status_code == 302


def test_a_token_with_another_signature_is_refused(client, provider):
    provider.key = RSAKey.generate_key(2048, {"kid": "1"})
    assert walk(client).status_code == 403
    provider.key, provider.algorithm = OctKey.import_key(SECRET.ljust(32)), "HS256"
    assert walk(client).status_code == 403 and client.get("/log").status_code == 302


def test_a_way_back_that_somebody_else_began_is_refused(client, provider):
    client.get("/signin/oidc")
    for query in ("code=x&state=guessed", "code=x", "state=", "error=access_denied"):
        assert client.get(f"/signin/oidc/back?{query}").status_code == 403
    assert client.get("/log").status_code == 302


def test_it_leads_to_no_other_site(client):
    assert walk(client, "//evil.example").headers["Location"] == "/"


def test_a_provider_that_is_away_is_told(client, configure):
    configure(issuer="http://127.0.0.1:9")
    response = client.get("/signin/oidc")
    assert response.status_code == 503 and "连不上" in response.text
    configure(issuer="http://provider.example")  # in the clear over the network: not even asked
    assert client.get("/signin/oidc").status_code == 503


def test_without_settings_there_is_no_such_sign_in(rooms, home, clock):
    client = create_app({"TESTING": True, "HOME": home, "CLOCK": clock}).test_client()
    assert "oidc" not in client.get("/signin").text and client.get("/signin/oidc").status_code == 404


def test_the_secret_may_come_from_the_environment(configure, home, monkeypatch):
    monkeypatch.setenv("OBJECTION_DOCS_OIDC_SECRET", "from outside")
    assert settings.read(home).oidc.secret == "from outside"


@pytest.mark.parametrize("wrong", [{"role": "boss"}, {"issuer": "nowhere"}, {"colour": "red"}])
def test_a_mistake_in_the_settings_is_told(configure, home, wrong):
    configure(**wrong)
    with pytest.raises(DataFileError, match=settings.NAME):
        settings.read(home)
