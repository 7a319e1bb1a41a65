"""What /api/v1/openapi.json promises is kept: schemathesis sends what the document allows and what it forbids."""

import pytest
import schemathesis
from conftest import Clock, everybody
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

from objection_docs.service import api_spec, create_app

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
    max_examples=12,
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
