"""What /api/v1/openapi.json promises is kept: schemathesis sends what the document allows and what it forbids."""

import io
import json
import re
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
import schemathesis
from conftest import NOW, Clock, everybody
from flask import request
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from objection_docs import archive_desk, desk
from objection_docs.service import api_requests, api_spec, create_app, server
from objection_docs.service.api_fields import Several, Shape
from objection_docs.service.api_requests import LogQuery
from objection_docs.settings import ServiceSettings

DEFICIENT = Path(__file__).parent.parent / "examples" / "deficient_notice.pdf"

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
PATHS = api_spec.document()["paths"]
OPERATIONS = [(path, method) for path, item in PATHS.items() for method in item]
#: Where something can be sent that is wrong: in a body, in the query string.
CHOOSY = [
    (path, method)
    for path, method in OPERATIONS
    if "requestBody" in PATHS[path][method] or any(p["in"] == "query" for p in PATHS[path][method]["parameters"])
]
BOUNDED = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def operations(rooms, home):
    def identify():
        return everybody() if request.headers.get("Authorization", "").startswith("Bearer ") else None

    app = create_app({"TESTING": True, "HOME": home, "CLOCK": Clock(), "IDENTIFY": identify, "MAX_UPLOAD": 50_000})
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)


def walk(operation, mode, checks):
    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def kept(case):
        case.call_and_validate(checks=checks)

    kept()


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_what_is_allowed_is_answered_as_promised(operations, path, method):
    walk(operations[path][method], GenerationMode.POSITIVE, CHECKS)


@pytest.mark.parametrize(("path", "method"), CHOOSY)
def test_what_is_forbidden_is_refused_as_promised(operations, path, method):
    walk(operations[path][method], GenerationMode.NEGATIVE, [*CHECKS, negative_data_rejection])


#: A sentence of English, as libraries write it; names of values and examples are single words.
ENGLISH = re.compile(r"[A-Za-z]+ [a-z]+ [a-z]+")
WRONG = ["x", "-1", "1.5", "9" * 30, "2026-13-45", "\ud800"]


def english(answer) -> list[str]:
    told = answer.get_json(silent=True) or {}
    said = [told.get("title", ""), told.get("detail", ""), *(one["detail"] for one in told.get("errors", []))]
    return [
        text for text in said if ENGLISH.search(text) or (answer.status_code >= 400 and not re.search("[一-鿿]", text))
    ]


@pytest.mark.parametrize(("path", "method"), CHOOSY)
def test_whatever_is_wrong_is_told_in_chinese(rooms, home, path, method):
    client = create_app({"TESTING": True, "HOME": home, "CLOCK": Clock(), "IDENTIFY": everybody}).test_client()
    operation, place = PATHS[path][method], re.sub(r"\{\w+\}", "x", path)
    found = []
    for parameter in operation["parameters"]:
        if parameter["in"] == "query":
            asked = [{parameter["name"]: value} for value in [*WRONG[:-1], ""]]
            found += [said for one in asked for said in english(client.open(place, method=method, query_string=one))]
    for sort, content in operation.get("requestBody", {}).get("content", {}).items():
        names = api_spec.document()["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]["properties"]
        if sort == "application/json":
            values = [*WRONG, None, 1, True, [], [None], {}, {"x": None}]
            bodies = [*values, *({name: value} for name in names for value in values), {"x": 1}]
            sent = [{"data": json.dumps(body), "content_type": "application/json"} for body in bodies]
            found += [said for one in sent for said in english(client.open(place, method=method, **one))]
        else:
            bodies = [{name: value} for name in names for value in WRONG[:-1]]
            kept = {"content_type": "multipart/form-data"}
            found += [said for one in bodies for said in english(client.open(place, method=method, data=one, **kept))]
    assert found == []


def test_no_field_of_a_request_has_words_of_its_library():
    shapes = [one for one in vars(api_requests).values() if isinstance(one, type) and issubclass(one, Shape)]
    fields = [(shape, *pair) for shape in shapes for pair in shape().fields.items()]
    speaking = [field for *_, field in fields] + [field.inner for *_, field in fields if isinstance(field, Several)]
    assert len(shapes) > 20
    said = {text for one in [*speaking, *(shape() for shape in shapes)] for text in one.error_messages.values()}
    said |= {getattr(one, "error", "") or "" for field in speaking for one in field.validators}
    assert not [text for text in said if ENGLISH.search(text)]


def test_real_letters_are_answered_as_promised(home):
    """The stand-ins above are small: here the real rooms answer."""
    app = create_app({"TESTING": True, "HOME": home, "IDENTIFY": everybody})
    operations, client = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app), app.test_client()

    def promised(path, method, response, status=200):
        assert response.status_code == status, response.text
        operations[path][method].validate_response(response)
        return response.get_json()

    sample = {"kind": "objection_notice", "facts": desk.sample("objection_notice"), "case": "案1"}
    made = promised("/api/v1/documents", "POST", client.post("/api/v1/documents", json=sample), 201)
    promised("/api/v1/documents/{id}", "GET", client.get(made["links"]["self"]))
    letter = (DEFICIENT.read_bytes(), "信.pdf")
    sent = {"file": (io.BytesIO(letter[0]), letter[1])}
    report = promised("/api/v1/checks", "POST", client.post("/api/v1/checks", data=sent), 201)
    assert report["faults"] and any(element["boxes"] for element in report["elements"])
    promised("/api/v1/checks/{id}", "GET", client.get(report["links"]["self"]))
    assert promised("/api/v1/log", "GET", client.get("/api/v1/log?q=恒泰"))["total"] == 2
    for path in ("/api/v1/kinds", "/api/v1/procedures", "/readyz"):
        promised(path, "GET", client.get(path))


def test_what_a_caller_has_already_is_not_sent_again(home):
    client = create_app({"TESTING": True, "HOME": home, "IDENTIFY": everybody}).test_client()
    sample = {"kind": "objection_notice", "facts": desk.sample("objection_notice")}
    links = client.post("/api/v1/documents", json=sample).get_json()["links"]
    for place in (links["self"], links["docx"]):
        with client.get(place) as first:
            tag = first.headers["ETag"]
        with client.get(place, headers={"If-None-Match": tag}) as again:
            assert again.status_code == 304 and not again.data
    desk_entry = client.get(links["self"]).get_json()
    archive_desk.correct(desk_entry["id"], {"title": "更正后的名称"}, now=NOW, who="某人", home=home)
    assert client.get(links["self"], headers={"If-None-Match": tag}).status_code == 200


def test_the_document_names_every_path_of_the_api(rooms, home):
    app = create_app({"TESTING": True, "HOME": home, "IDENTIFY": everybody})
    rules = {rule.rule.replace("<", "{").replace(">", "}") for rule in app.url_map.iter_rules()}
    wanted = {rule for rule in rules if rule.startswith("/api/v1/")} - {"/api/v1/docs", "/api/v1/docs/{name}"}
    assert wanted == {path for path in PATHS if path.startswith("/api/")}
    assert {field.data_key or name for name, field in LogQuery().fields.items()} == set(desk.search_names())


def test_the_page_to_try_it_shows_every_path_without_the_internet(rooms, home, tmp_path):
    running = server.open_server(ServiceSettings(port=0), config={"HOME": home, "FENCE": None, "IDENTIFY": everybody})
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
        options = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--enable-logging=stderr",
        ]
        options += [
            f"--user-data-dir={tmp_path}",
            "--virtual-time-budget=20000",
            "--dump-dom",
            "--enable-logging=stderr",
        ]
        options += ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
        place = f"http://127.0.0.1:{running.port}/api/v1/docs"
        seen = subprocess.run([browser, *options, place], capture_output=True, text=True, timeout=120)
    finally:
        running.shutdown()
        thread.join()
        running.server_close()
    assert "由案件事实生成文书" in seen.stdout and "填写密钥" in seen.stdout
    for path in PATHS:
        assert f'data-path="{path}"' in seen.stdout
    assert "Content Security Policy" not in seen.stderr and "Content-Security-Policy" not in seen.stderr
