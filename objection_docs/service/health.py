"""/healthz: that the service runs. /readyz: that it can do its work."""

from flask import Response, jsonify

from objection_docs import desk
from objection_docs import health as machine
from objection_docs.errors import LogError
from objection_docs.service import scopes
from objection_docs.service.api_base import blueprint, home, now
from objection_docs.service.api_work_answers import Health, Readiness


@blueprint.route("/healthz", tags=["运行"])
@blueprint.response(200, Health, description="服务在运行")
@scopes.needs("public")
def healthz() -> Response:
    """服务是否在运行"""
    return jsonify(status="ok")


@blueprint.route("/readyz", tags=["运行"])
@blueprint.response(200, Readiness, description="可以工作")
@blueprint.alt_response(503, schema=Readiness, description="日志不能写入，不能工作")
@scopes.needs("public")
def readyz() -> tuple[Response, int]:
    """能不能工作

    日志不能写入时答复 503。缺 LibreOffice 或中文字体时仍然可用（只是不能转换 PDF 或缺字），在 checks 中指出；
    有任务等了一分钟以上而处理程序没有运行时也一样。
    """
    ready = _log_can_be_written()
    checks = [{"name": "文书日志", "ok": ready}]
    checks += [{"name": found.label, "ok": found.well} for found in machine.look(home(), now())]
    return jsonify(status="ready" if ready else "unready", checks=checks), 200 if ready else 503


def _log_can_be_written() -> bool:
    try:
        desk.require_writable(home=home())
    except LogError:
        return False
    return True
