"""Sign-in through a provider of the house (OpenID Connect): authorization code with PKCE, by Authlib.

The provider says who somebody is (`iss` and `sub` of its ID token); what they may do stands in our own accounts.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, request, url_for

from objection_docs import accounts_desk, settings
from objection_docs.errors import AccessError, ObjectionDocsError, UsageError
from objection_docs.service import auth, scopes

blueprint = Blueprint("oidc", __name__)
_COOKIE = "oidc"
_SECONDS = 10
#: Signatures by a key that only the provider has; never `none`, nor one with a secret that we share.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"]
_SCOPE = "openid profile email"


@dataclass(frozen=True, slots=True)
class Provider:
    """What its discovery document names."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


def label() -> str:
    """What the button says; "" when no provider is set."""
    found = _settings()
    return found.label if found.issuer else ""


def _settings() -> settings.OidcSettings:
    return settings.read(current_app.config["HOME"]).oidc


def _given() -> settings.OidcSettings:
    found = _settings()
    if not found.issuer:
        raise AccessError("没有设置单位账号登录", code="no_oidc", status=404)
    return found


@blueprint.get("/signin/oidc")
@scopes.needs("public")
def leave():
    """To the provider; what must come back unchanged goes into a cookie."""
    from authlib.common.security import generate_token

    given = _given()
    with _session(given) as session:
        state, nonce, verifier = (generate_token(48) for _ in range(3))
        endpoint = _provider(session, given.issuer).authorization_endpoint
        address, _ = session.create_authorization_url(endpoint, state=state, nonce=nonce, code_verifier=verifier)
    response = redirect(address, 303)
    to = auth.inside(request.args.get("next", ""))
    auth.set_cookie(response, _COOKIE, " ".join((state, nonce, verifier, to)))
    return response


@blueprint.get("/signin/oidc/back")
@scopes.needs("public")
def come_back():
    given = _given()
    kept = request.cookies.get(auth.cookie_name(_COOKIE), "").split(" ", 3)
    state = request.args.get("state", "")
    if len(kept) != 4 or not state or state != kept[0]:
        raise AccessError("这次登录没有接上，请从登录页重新开始", code="oidc_state")
    if "code" not in request.args:
        raise AccessError("单位账号没有同意登录，请重试或找管理员", code="oidc_refused")
    _, nonce, verifier, to = kept
    claims = _claims(given, request.args["code"], nonce, verifier)
    user = _user(given, claims)
    about = {"now": current_app.config["CLOCK"](), "home": current_app.config["HOME"]}
    token = accounts_desk.sign_in_as(user, "oidc", address=request.remote_addr or "", **about)
    response = auth.begin(token, auth.inside(to))
    auth.drop_cookie(response, _COOKIE)
    return response


def _session(given: settings.OidcSettings):
    from authlib.integrations.requests_client import OAuth2Session

    back = url_for("oidc.come_back", _external=True)
    return OAuth2Session(
        given.client_id, given.secret or None, scope=_SCOPE, redirect_uri=back, code_challenge_method="S256"
    )


def _provider(session, issuer: str) -> Provider:
    said = _fetched(session, issuer.rstrip("/") + "/.well-known/openid-configuration")
    try:
        found = Provider(**{name: str(said[name]) for name in Provider.__slots__})
    except (KeyError, TypeError):
        raise _unreachable() from None
    if found.issuer != issuer or not all(map(_safe, (found.authorization_endpoint, found.token_endpoint))):
        raise _unreachable()
    return found


def _safe(address: str) -> bool:
    """Encrypted, or on this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or parts.hostname in ("127.0.0.1", "localhost", "::1")


def _fetched(session, address: str) -> dict:
    import requests

    try:
        if not _safe(address):
            raise _unreachable()
        answer = session.get(address, timeout=_SECONDS, withhold_token=True)
        answer.raise_for_status()
        return answer.json()
    except (requests.RequestException, ValueError) as error:
        raise _unreachable() from error


def _unreachable() -> ObjectionDocsError:
    message = "连不上单位账号的登录服务，请稍后再试；仍不行请告诉管理员"
    return AccessError(message, code="oidc_unreachable", status=503)


def _claims(given: settings.OidcSettings, code: str, nonce: str, verifier: str) -> dict:
    """The claims of the ID token, after all that OpenID Connect Core 3.1.3.7 asks for was looked at."""
    import requests
    from authlib.common.errors import AuthlibBaseError
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        with _session(given) as session:
            provider = _provider(session, given.issuer)
            got = session.fetch_token(provider.token_endpoint, code=code, code_verifier=verifier, timeout=_SECONDS)
            keys = KeySet.import_key_set(_fetched(session, provider.jwks_uri))
        claims = jwt.decode(got["id_token"], keys, algorithms=_ALGORITHMS).claims
        jwt.JWTClaimsRegistry(
            now=lambda: int(current_app.config["CLOCK"]().timestamp()),
            leeway=60,
            iss={"essential": True, "value": given.issuer},
            aud={"essential": True, "value": given.client_id},
            sub={"essential": True},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
    except requests.RequestException as error:
        raise _unreachable() from error
    except (JoseError, AuthlibBaseError, KeyError, ValueError, TypeError) as error:
        raise AccessError("单位账号给的凭证不对，没有登录；请告诉管理员", code="oidc_invalid") from error
    return claims


def _user(given: settings.OidcSettings, claims: dict):
    """Ours, whom the provider vouches for; made at the first sign-in where the settings name a role for it.

    Never joined to a user of the same name: who may choose names at the provider would be anybody here.
    """
    about = {"now": current_app.config["CLOCK"](), "home": current_app.config["HOME"]}
    subject = f"{given.issuer}#{claims['sub']}"
    if found := accounts_desk.user_of_subject(subject, home=about["home"]):
        return found
    names = (claims.get(name) for name in ("name", "preferred_username", "email"))
    name = next((n for n in names if isinstance(n, str) and n.strip()), "")
    if not given.role:
        accounts_desk.audit("refused", who=name, how="oidc", **about)
        raise AccessError("这里还没有你的账号，请找管理员开通", code="oidc_unknown_user")
    try:
        return accounts_desk.add_user(name, given.role, who="oidc", subject=subject, **about)
    except UsageError as error:
        raise AccessError(f"不能为你建立账号：{error.message}；请找管理员", code=error.code) from error
