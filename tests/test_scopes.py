"""Every path names who may use it, and keeps to it."""

import pytest
from conftest import Clock, everybody
from flask.views import MethodView

from objection_docs.accounts import users
from objection_docs.service import create_app, scopes

#: Every path that anybody may open. One that is added here must harm nobody: it shows no letter and changes nothing.
PUBLIC = {"static", "api.healthz", "api.readyz", "api.openapi", "api.docs", "api.docs_asset"}
PUBLIC |= {"auth.sign_in", "auth.sign_in_now", "auth.link", "auth.use_link", "oidc.leave", "oidc.come_back"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def made(home, identify):
    return create_app({"TESTING": True, "HOME": home, "CLOCK": Clock(), "IDENTIFY": identify})


def routes(app):
    """Endpoint, method and an address of each path."""
    for rule in app.url_map.iter_rules():
        values = dict.fromkeys(rule.arguments, "1")
        with app.test_request_context():
            address = app.url_for(rule.endpoint, **values)
        for method in rule.methods & set(METHODS):
            yield rule.endpoint, method, address


def test_every_path_names_its_scope(rooms, home):
    app = made(home, everybody)
    unnamed = [(endpoint, method) for endpoint, method, _ in routes(app) if not scopes.needed(app, endpoint, method)]
    assert unnamed == []


def test_no_path_is_open_by_accident(rooms, home):
    app = made(home, lambda: None)
    client, opened = app.test_client(), set()
    for endpoint, method, address in routes(app):
        response = client.open(address, method=method)
        led_away = response.status_code == 302 and response.headers["Location"].startswith("/signin")
        if response.status_code != 401 and not led_away:
            opened.add(endpoint)
        response.close()
    assert opened == PUBLIC


@pytest.mark.parametrize("scope", [*scopes.SCOPES, None])
def test_a_path_is_shut_to_whom_lacks_its_scope(rooms, home, scope):
    app = made(home, lambda: scopes.Caller("某人", frozenset({scope} - {None})))
    client = app.test_client()
    for endpoint, method, address in routes(app):
        wanted = scopes.needed(app, endpoint, method)
        with client.open(address, method=method) as response:
            if not wanted & {scope, scopes.PUBLIC}:
                assert response.status_code == 403, (endpoint, method)
                assert "权限" in response.text


def test_what_destroys_needs_the_scope_of_its_own(rooms, home):
    app = made(home, everybody)
    ends = {endpoint for endpoint, method, _ in routes(app) if scopes.needed(app, endpoint, method) == {"destroy"}}
    assert ends == {f"destruction.{step}" for step in ("propose", "approve", "decline", "execute")}
    of_page = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("destruction.")}
    assert of_page - ends == {"destruction.keeping", "destruction.one_list", "destruction.table"}  # which only show
    assert {role for role, (_, own) in users.ROLES.items() if "destroy" in own} == {"archivist", "admin"}


def test_a_path_without_a_scope_is_refused_even_to_whom_may_do_all(rooms, home):
    app = made(home, everybody)
    app.add_url_rule("/api/v1/forgotten", "forgotten", lambda: "letters")
    response = app.test_client().get("/api/v1/forgotten")
    assert response.status_code == 403 and response.get_json()["code"] == "no_scope"


def test_a_scraper_of_figures_is_told_by_status_and_not_by_a_page(rooms, home):
    answer = made(home, lambda: None).test_client().get("/metrics")
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    answer = made(home, lambda: scopes.Caller("某人", frozenset({"check"}))).test_client().get("/metrics")
    assert (answer.status_code, answer.mimetype) == (403, "application/problem+json")


def test_a_program_is_told_how_to_sign_in(rooms, home):
    response = made(home, lambda: None).test_client().get("/api/v1/log")
    assert response.status_code == 401 and response.get_json()["code"] == "sign_in_needed"
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_view_class_names_its_scopes_by_method(rooms, home):
    class Both(MethodView):
        @scopes.needs("check")
        def get(self):
            return "got"

        @scopes.needs("admin")
        def post(self):
            return "posted"

    app = made(home, lambda: scopes.Caller("某人", frozenset({"check"})))
    app.add_url_rule("/api/both", view_func=Both.as_view("both"))
    client = app.test_client()
    assert (client.get("/api/both").status_code, client.post("/api/both").status_code) == (200, 403)
    assert client.head("/api/both").status_code == 200


def test_a_misspelt_scope_is_told_when_the_service_starts():
    with pytest.raises(ValueError, match="archives"):
        scopes.needs("archives")
