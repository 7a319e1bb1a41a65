"""Every error as a problem (RFC 9457) under /api, as a page elsewhere; always in Chinese, never with a traceback."""

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, jsonify, render_template, request
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from objection_docs import desk
from objection_docs.errors import DataFileError, FormError, ObjectionDocsError
from objection_docs.service import scopes
from objection_docs.service.reading import RequestFaults

TITLES = {
    400: "请求有误",
    401: "请先登录",
    403: "已拒绝",
    404: "找不到",
    405: "这个地址不支持这种方法",
    406: "给不出要的格式",
    408: "请求超时",
    409: "有冲突",
    410: "已经不在了",
    411: "缺少内容长度",
    413: "内容太大",
    414: "地址太长",
    415: "不支持这种内容类型",
    422: "内容不合要求",
    429: "次数太多",
    500: "服务出错",
    503: "暂时不可用",
    507: "存储空间不足",
}
DETAILS = {
    400: "请求的写法有误，请核对后重试",
    404: "没有这个地址，请核对",
    405: "请核对请求的方法（GET 或 POST）",
    413: "上传的内容太大，请压缩或拆分后再试",
    415: "请核对请求的内容类型（Content-Type）",
    500: "服务内部出错，没有完成；请稍后重试，仍不行请把请求编号告诉管理员",
}


def problem(status: int, code: str, detail: str, errors: list[dict] | None = None, **more: object) -> Response:
    body = {
        "type": f"urn:objection-docs:problem:{code}",
        "title": TITLES.get(status) or TITLES[400 if status < 500 else 500],
        "status": status,
        "detail": detail,
        "code": code,
        "errors": errors or [],
        "request_id": g.get("request_id", ""),
    } | more
    response = jsonify(body)
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response


def _answer(status: int, code: str, detail: str, errors: list[dict] | None = None) -> Response | tuple[str, int]:
    if scopes.for_programs():
        return problem(status, code, detail, errors)
    title = TITLES.get(status) or TITLES[400 if status < 500 else 500]
    if request_ctx.url_adapter is None:  # called by a name that isn't ours: Flask then makes no addresses
        request_ctx.url_adapter = current_app.url_map.bind("", script_name=request.script_root)
    about = {"title": title, "detail": detail, "code": code, "back": _back(), "request_id": g.get("request_id", "")}
    return render_template("error.html", **about), status


def _back() -> str:
    """The page of ours from which a form was sent; "" where the error isn't a form's."""
    came = urlsplit(request.referrer or "")
    if (
        request.method in ("GET", "HEAD")
        or came.netloc != request.host
        or not came.path.startswith(f"{request.script_root}/")
    ):
        return ""
    return came.path + (f"?{came.query}" if came.query else "")


def faults_of(error: ObjectionDocsError) -> list[dict]:
    """What is wrong with the body that was sent, by pointer into it."""
    if isinstance(error, RequestFaults):
        return error.faults
    if error.field and error.field in (request.get_json(silent=True) or request.form):
        return [{"pointer": f"/{error.field}", "detail": error.message}]
    return [{**fault, "pointer": f"/facts{fault['pointer']}"} for fault in desk.faults_of(error)]


def register(app: Flask) -> None:
    def log_exception(trace) -> None:
        app.logger.error("unexpected", extra={"request_id": g.get("request_id")}, exc_info=trace)

    app.log_exception = log_exception  # Flask's own would write down the address, which carries names

    @app.errorhandler(ObjectionDocsError)
    def ours(error: ObjectionDocsError):
        if error.status >= 500:
            current_app.logger.error("failed", extra={"request_id": g.get("request_id"), "code": error.code})
        # `where` may be a path of this machine, which is nobody's business over HTTP; a data file's is our own
        own = isinstance(error, (DataFileError, FormError))
        detail = f"服务的数据文件有误（{error}），请告诉管理员" if own else error.message
        if error.field in request.args and scopes.for_programs():  # as faults of a parameter are told
            detail = f"{error.field}：{detail}"
        return _answer(error.status, error.code, detail, faults_of(error))

    @app.errorhandler(RequestEntityTooLarge)
    def too_large(_error):
        most = min(app.config["MAX_UPLOAD"], request.max_content_length or 0) / 1_000_000
        return _answer(413, "too_large", f"上传的内容太大：每份最多 {most:g} MB，请压缩或拆分后再试")

    @app.errorhandler(HTTPException)
    def http(error: HTTPException):
        status = error.code or 500
        if status < 400:
            return error
        answer = _answer(
            status,
            HTTPStatus(status).phrase.lower().replace(" ", "_").replace("-", "_"),
            DETAILS.get(status) or TITLES.get(status) or DETAILS[400 if status < 500 else 500],
        )
        response = current_app.make_response(answer)
        if status == 405:
            response.headers.update(dict(error.get_headers()[1:]))  # Allow
            response.mimetype = "application/problem+json" if scopes.for_programs() else "text/html"
        return response
