"""/api/v1/webhooks: who is told of what."""

from flask import Response, jsonify, url_for

from objection_docs.jobs import webhooks
from objection_docs.service import hooks, scopes
from objection_docs.service.api_base import PREFIX, blueprint, home, now, problems
from objection_docs.service.api_requests import WebhookRequest
from objection_docs.service.api_work_answers import Deliveries, WebhookAnswer, WebhookMade, Webhooks

_TAGS = ["Webhook"]


def _answer(hook: webhooks.Webhook) -> dict:
    links = {"self": url_for("api.webhook", id=hook.id), "deliveries": url_for("api.webhook_deliveries", id=hook.id)}
    return {"id": hook.id, "url": hook.url, "events": list(hook.events), "at": hook.at, "links": links}


@blueprint.route(f"{PREFIX}/webhooks", methods=["POST"], tags=_TAGS)
@blueprint.arguments(WebhookRequest)
@blueprint.response(201, WebhookMade, description="已登记；secret 只给这一次，用来核对签名")
@problems(400, 409)
@scopes.needs("admin")
def create_webhook(asked: dict) -> tuple[Response, int, dict]:
    """登记一个 webhook

    发生所选的事情时，向这个地址 POST 一条按 Standard Webhooks 签名的消息；消息里只有编号和结论，没有当事人和文书内容。
    没有收到 2xx 答复时按 5 秒、5 分钟、30 分钟……最长一天的间隔重发。内网地址默认拒绝登记。
    """
    hook = hooks.add(asked["url"], asked["events"])
    body = _answer(hook) | {"secret": hook.secret}
    return jsonify(body), 201, {"Location": body["links"]["self"]}


@blueprint.route(f"{PREFIX}/webhooks", tags=_TAGS)
@blueprint.response(200, Webhooks, description="全部 webhook")
@scopes.needs("admin")
def list_webhooks() -> Response:
    """全部 webhook"""
    return jsonify(webhooks=[_answer(hook) for hook in webhooks.listed(home())])


@blueprint.route(f"{PREFIX}/webhooks/<id>", tags=_TAGS)
@blueprint.response(200, WebhookAnswer, description="webhook")
@problems(404)
@scopes.needs("admin")
def webhook(id: str) -> Response:
    """一个 webhook"""
    return jsonify(_answer(webhooks.get(home(), id)))


@blueprint.route(f"{PREFIX}/webhooks/<id>", methods=["DELETE"], tags=_TAGS)
@blueprint.response(204, description="已删除")
@problems(404)
@scopes.needs("admin")
def delete_webhook(id: str) -> tuple[str, int]:
    """删除一个 webhook，不再投递"""
    hooks.remove(id)
    return "", 204


@blueprint.route(f"{PREFIX}/webhooks/<id>/test", methods=["POST"], tags=_TAGS)
@blueprint.response(204, description="已排队，结果见投递记录")
@problems(404)
@scopes.needs("admin")
def test_webhook(id: str) -> tuple[str, int]:
    """试投一条消息

    事件为 webhook.test，照样签名；没有登记这一事件也会收到。
    """
    webhooks.test(home(), id, now())
    return "", 204


@blueprint.route(f"{PREFIX}/webhooks/<id>/deliveries", tags=_TAGS)
@blueprint.response(200, Deliveries, description="最近的投递")
@problems(404)
@scopes.needs("admin")
def webhook_deliveries(id: str) -> Response:
    """投递记录，从新到旧"""
    names = ("id", "event", "at", "state", "tries", "due", "answer")
    found = webhooks.deliveries(home(), id)
    return jsonify(deliveries=[{name: getattr(delivery, name) for name in names} for delivery in found])


@blueprint.route(f"{PREFIX}/webhooks/<id>/deliveries/<delivery>/again", methods=["POST"], tags=_TAGS)
@blueprint.response(204, description="马上重发")
@problems(404)
@scopes.needs("admin")
def send_again(id: str, delivery: str) -> tuple[str, int]:
    """重发一条消息"""
    webhooks.again(home(), id, delivery, now())
    return "", 204
