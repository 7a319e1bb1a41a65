"""Webhooks as API and pages set them up: each that comes or goes is audited, as it tells others what happens here."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import current_app

from objection_docs import accounts_desk, settings
from objection_docs.jobs import webhooks
from objection_docs.service import scopes


def add(url: str, events: Iterable[str]) -> webhooks.Webhook:
    """The webhook, with its secret, which is shown this once."""
    config = current_app.config
    chosen = config["SETTINGS"] or settings.read(config["HOME"]).service  # as the worker, with which it was started
    allowed = {"allow_private": chosen.private_webhooks}
    hook = webhooks.add(config["HOME"], url, tuple(events), config["CLOCK"](), **allowed)
    _audit("webhook_added", hook)
    return hook


def remove(id: str) -> None:
    home = current_app.config["HOME"]
    hook = webhooks.get(home, id)
    webhooks.remove(home, id)
    _audit("webhook_removed", hook)


def _audit(what: str, hook: webhooks.Webhook) -> None:
    """Of the address only the host: the rest of it may hold a secret of the receiver."""
    config = current_app.config
    about = {"now": config["CLOCK"](), "who": scopes.who(), "home": config["HOME"]}
    accounts_desk.audit(what, webhook=hook.id, host=urlsplit(hook.url).hostname or "", **about)
