"""管理: webhooks, each with its log of deliveries."""

from datetime import datetime

from flask import Blueprint, current_app, redirect, render_template, request, url_for

from objection_docs.errors import UsageError
from objection_docs.jobs import webhooks
from objection_docs.moments import in_beijing
from objection_docs.service import hooks, scopes, sent_forms

blueprint = Blueprint("webhooks", __name__)
_EVENTS = webhooks.EVENTS | {webhooks.TEST: "试投"}
_STATES = {"waiting": ("待投递", "vague"), "delivered": ("已送达", "present"), "failed": ("没有送达", "missing")}


def _home():
    return current_app.config["HOME"]


def _now() -> datetime:
    return current_app.config["CLOCK"]()


def _local(at: str) -> str:
    """A moment as it is kept → as the clock in China showed it."""
    return in_beijing(at).strftime("%Y-%m-%d %H:%M:%S")


def _page(made: webhooks.Webhook | None = None):
    """`made`: with its secret."""
    listed = webhooks.listed(_home())
    return render_template("webhooks.html", hooks=listed, EVENTS=webhooks.EVENTS, local=_local, made=made)


@blueprint.get("/admin/webhooks")
@scopes.needs("admin")
def every():
    return _page()


@blueprint.post("/admin/webhooks")
@sent_forms.comes_back(every)
@scopes.needs("admin")
def add():
    return _page(hooks.add(request.form.get("url", "").strip(), request.form.getlist("event")))


@blueprint.get("/admin/webhooks/<id>")
@scopes.needs("admin")
def one(id: str):
    return render_template(
        "webhook.html",
        hook=webhooks.get(_home(), id),
        deliveries=webhooks.deliveries(_home(), id),
        EVENTS=_EVENTS,
        STATES=_STATES,
        local=_local,
    )


@blueprint.post("/admin/webhooks/<id>")
@sent_forms.comes_back(one)
@scopes.needs("admin")
def change(id: str):
    do, delivery = request.form.get("do"), request.form.get("delivery", "")
    if do == "remove":
        hooks.remove(id)
        return redirect(url_for("webhooks.every"), 303)
    if do == "test":
        webhooks.test(_home(), id, _now())
    elif do == "again":
        webhooks.again(_home(), id, delivery, _now())
    else:
        raise UsageError("没有这一步", code="unknown_action")
    return redirect(url_for("webhooks.one", id=id, _anchor="deliveries"), 303)
