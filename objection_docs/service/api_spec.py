"""The OpenAPI document: what the decorators say, and what holds for every path."""

from functools import cache

from flask import Flask
from flask_smorest import Api

import objection_docs
from objection_docs.service import scopes
from objection_docs.service.api_answers import Problem
from objection_docs.service.api_base import blueprint
from objection_docs.service.problems import DETAILS, TITLES

_ABOUT = """异议文书的生成、检查与存档。

- 请求与答复都是 UTF-8 的 JSON；文件以 multipart/form-data 上传。
- 出错时答复 `application/problem+json`（RFC 9457）：`code` 是稳定的英文代码，
  `title`、`detail` 是中文，`errors` 逐项指出。
- 每个答复带 `X-Request-Id`；请求里给了这个头就原样带回，查问题时请提供。
- POST 带上 `Idempotency-Key`（自取，一次操作一个）就可以放心重试：同样的请求得到同样的答复，不会做两遍。
"""
#: A path may answer with these whatever it is for.
_ALWAYS = {400, 401, 403, 500, 503, 507}
_REQUEST_ID = {
    "name": "X-Request-Id",
    "in": "header",
    "schema": {"type": "string"},
    "description": "请求编号，1 到 64 个字母、数字或 ._-；不给或写法不合时由服务取一个",
}
_HEADERS = {
    "X-Request-Id": {"schema": {"type": "string"}, "description": "请求编号", "required": True},
    "ETag": {"schema": {"type": "string"}, "description": "内容的指纹，可用于 If-None-Match"},
    "Location": {"schema": {"type": "string", "format": "uri-reference"}, "description": "新建之物的地址"},
    "Content-Disposition": {"schema": {"type": "string"}, "description": "文件名（RFC 8187）"},
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "schema": {"type": "string"},
    "description": "上次答复的 ETag；没有变化时答复 304",
}
_IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "pattern": "^[\\x21-\\x7e]{1,200}$"},
    "description": "这次操作的编号，24 小时内重试时给同一个",
}


@cache
def document() -> dict:
    """The whole document. Made in an app of its own, once: making it takes longer than an answer may."""
    app = Flask("spec")
    options = {"info": {"description": _ABOUT, "license": {"name": "MIT"}}}
    api = Api(
        app,
        spec_kwargs={
            "title": "异议文书 objection-docs",
            "version": objection_docs.__version__,
            "openapi_version": "3.0.3",
            **options,
        },
    )
    api.DEFAULT_ERROR_RESPONSE_NAME = None
    api.register_blueprint(blueprint)
    api.spec.components.schema("Problem", schema=Problem)
    api.spec.components.security_scheme("key", {"type": "http", "scheme": "bearer", "description": "密钥"})
    made = api.spec.to_dict()
    made["paths"] = {path: operations for path, item in made["paths"].items() if (operations := _operations(item))}
    made["tags"] = _tags(made)
    made["components"].pop("responses", None)
    for unused in ("Error", "PaginationMetadata"):  # flask-smorest's own
        made["components"]["schemas"].pop(unused, None)
    by_method = {
        (_as_path(rule.rule), method.lower()): scopes.needed(app, rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        for method in rule.methods
    }
    for path, item in made["paths"].items():
        for method, operation in item.items():
            _finish(operation, path, method, by_method[path, method], made["components"]["schemas"])
    return made


def _as_path(rule: str) -> str:
    return rule.replace("<", "{").replace(">", "}")


def _operations(item: dict) -> dict:
    """Those that answer data, not pages; each with the parameters of its path."""
    shared = item.get("parameters", [])
    return {
        method: operation | {"parameters": [*shared, *operation.get("parameters", ())]}
        for method, operation in item.items()
        if method != "parameters" and "responses" in operation
    }


def _tags(made: dict) -> list[dict]:
    operations = (operation for item in made["paths"].values() for operation in item.values())
    return [{"name": name} for name in dict.fromkeys(tag for each in operations for tag in each["tags"])]


def _finish(operation: dict, path: str, method: str, wanted: frozenset[str], schemas: dict) -> None:
    parameters = operation["parameters"]
    parameters.append(_REQUEST_ID)
    # a reference is what flask-smorest thinks of its own accord: 422 for a fault in the query string, too
    answers = operation["responses"] = {s: a for s, a in operation["responses"].items() if "$ref" not in a}
    public = scopes.PUBLIC in wanted
    operation["security"] = [] if public else [{"key": []}]
    if not public:
        operation["x-scopes"] = sorted(wanted)
    for status in _ALWAYS - ({401, 403} if public else set()):
        answers.setdefault(str(status), {})
    if method == "post":
        parameters.append(_IDEMPOTENCY)
        for status in (409, 413, 415, 422):
            answers.setdefault(str(status), {})
        _upload(operation, schemas)
    if method == "get" and path.count("{"):
        parameters.append(_IF_NONE_MATCH)
        answers["304"] = {"description": "没有变化"}
    for status, answer in answers.items():
        _finish_answer(answer, status, "{" in path)
    operation["responses"] = dict(sorted(answers.items()))


def _finish_answer(answer: dict, status: str, of_one: bool) -> None:
    names = ["X-Request-Id"]
    if status[0] == "2":
        types = answer.get("content", {})
        names += ["Location"] if status in ("201", "202") else []
        names += ["ETag"] if status == "200" and of_one else []
        names += ["Content-Disposition"] if any(not kind.endswith("json") for kind in types) else []
    elif status[0] in "45" and "content" not in answer:
        answer["description"] = DETAILS.get(int(status)) or TITLES[int(status)]
        answer["content"] = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    answer["headers"] = {name: _HEADERS[name] for name in names}


#: Forms that may come without a file.
_FILE_OPTIONAL = {"ServiceForm"}


def _upload(operation: dict, schemas: dict) -> None:
    """A form's file isn't a value that its schema could check: it is read in pieces."""
    content = operation.get("requestBody", {}).get("content", {})
    if form := content.get("multipart/form-data"):
        name = form["schema"]["$ref"].rpartition("/")[2]
        schema = schemas[name]
        schema["properties"]["file"] = {"type": "string", "format": "binary", "description": "文件"}
        if name not in _FILE_OPTIONAL:
            schema["required"] = sorted({*schema.get("required", ()), "file"})
        form["encoding"] = {"file": {"contentType": "application/octet-stream"}}
        if "against" in schema["properties"]:  # the notice may come as a second file
            about = "检查回复时：对方的异议，代替 against"
            schema["properties"]["against_file"] = {"type": "string", "format": "binary", "description": about}
            form["encoding"]["against_file"] = {"contentType": "application/octet-stream"}
