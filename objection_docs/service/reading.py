"""How the values of a request are read and checked, and how its faults are told."""

import marshmallow as ma
from flask import Request
from webargs.flaskparser import FlaskParser

from objection_docs import desk
from objection_docs.errors import ObjectionDocsError, UsageError
from objection_docs.packs.yaml_file import faults as told_faults
from objection_docs.service.api_fields import NO_OBJECT
from objection_docs.service.security import JSON_BYTES

#: The stable code of a fault in the query string, where it isn't `invalid_` with the parameter's name.
_CODES = {"from": "invalid_date", "to": "invalid_date"}


class RequestFaults(ObjectionDocsError):
    """The body of a request doesn't have the promised shape. `faults`: pointer and detail of each."""

    status = 422
    code = "invalid_request"

    def __init__(self, faults: list[dict]):
        super().__init__("请求的内容有误，请按 errors 逐项改正")
        self.faults = faults


class Parser(FlaskParser):
    def load_json(self, req: Request, _schema: ma.Schema) -> object:
        if req.mimetype != "application/json":
            message = "请求的内容应当是 JSON（Content-Type: application/json）"
            raise ObjectionDocsError(message, code="not_json", status=415)
        req.max_content_length = JSON_BYTES
        return desk.parse_facts(req.get_data())

    def load_form(self, req: Request, schema: ma.Schema) -> object:
        if req.mimetype not in ("multipart/form-data", "application/x-www-form-urlencoded", ""):
            raise ObjectionDocsError("请以 multipart/form-data 上传文件", code="not_multipart", status=415)
        return super().load_form(req, schema)

    def handle_error(self, error: ma.ValidationError, req: Request, schema: ma.Schema, **_kwargs) -> None:
        ((location, messages),) = error.messages.items()
        faults = list(told_faults(messages))
        if location == "query":
            (name, *_), message = faults[0]
            raise UsageError(f"{name}：{message}", code=_CODES.get(name, f"invalid_{name}"))
        if faults == [((), NO_OBJECT)]:
            faults = [((), f"请求应当是 JSON 对象：{{{'、'.join(schema.fields)}}}")]
        raise RequestFaults([{"pointer": _pointer(at), "detail": message} for at, message in faults])


def _pointer(at: tuple) -> str:
    """RFC 6901."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in at)


parser = Parser()
