"""The application: settings, parts, and what holds for every answer."""

from datetime import datetime, timezone

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from objection_docs import desk, folders
from objection_docs.archive_words import FORMS, LATER, METHODS, told
from objection_docs.fence import Fence
from objection_docs.reports import html
from objection_docs.service import (
    api,
    auth,
    auth_oidc,
    logs,
    metrics,
    once,
    pages,
    pages_admin,
    pages_against,
    pages_case_entries,
    pages_cases,
    pages_destruction,
    pages_handover,
    pages_keeping,
    pages_log,
    pages_settings,
    pages_webhooks,
    pages_write,
    problems,
    scopes,
    security,
)

#: Everybody may call these names of the machine itself; others could be a foreign page's trick (DNS rebinding).
LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]


def create_app(config: dict | None = None) -> Flask:
    """`config`: HOME (Path of the log), MAX_UPLOAD (bytes of one file), MAX_BATCH (of one batch), TRUSTED_HOSTS,
    PROXIES (how many stand before us), CLOCK (for tests),
    FENCE (reads letters in processes of its own; None: in this one, where nobody sends what he shouldn't),
    SETTINGS (ServiceSettings with which the service was started, to be shown),
    IDENTIFY (() -> scopes.Caller | None: who sends the request, for a host with a sign-in of its own),
    HOST_SIGN_IN (address to come back to -> address of the host's page where one signs in, or ""; None: people sign in
    here), HOST_HOME (() -> address of the host's first page, where there is a HOST_SIGN_IN).
    """
    web = folders.folder("web")
    app = Flask("objection_docs.service", template_folder=web / "templates", static_folder=web / "static")
    app.config.update(
        HOME=None,
        MAX_UPLOAD=20_000_000,
        MAX_FILES=20,
        MAX_BATCH=200_000_000,
        TRUSTED_HOSTS=LOOPBACK,
        PROXIES=0,
        CLOCK=lambda: datetime.now(timezone.utc),
        IDENTIFY=auth.identify,
        HOST_SIGN_IN=None,
        SETTINGS=None,
    )
    app.config.update(config or {})
    app.config["HOME"] = app.config["HOME"] or folders.home()
    app.config.setdefault("FENCE", None if app.testing else Fence())
    app.json.ensure_ascii = False
    app.json.sort_keys = False  # a report is read from file to warnings, not by the alphabet
    app.jinja_env.trim_blocks = True
    app.jinja_env.globals |= html.names() | {
        "ERRANDS": desk.ERRANDS,
        "STATUSES": desk.STATUSES,
        "SCOPES": scopes.SCOPES,
        "LATER": LATER,
        "FORMS": FORMS,
        "METHODS": METHODS,
        "history": told,
    }
    if proxies := app.config["PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)
    logs.record(app)
    metrics.record(app)
    security.guard(app)
    scopes.guard(app)
    api.register(app)
    once.guard(app)
    problems.register(app)
    if scopes.signs_in(app):
        app.register_blueprint(auth.blueprint)
        app.register_blueprint(auth_oidc.blueprint)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(pages_against.blueprint)
    app.register_blueprint(pages_log.blueprint)
    app.register_blueprint(pages_cases.blueprint)
    app.register_blueprint(pages_case_entries.blueprint)
    app.register_blueprint(pages_write.blueprint)
    app.register_blueprint(pages_handover.blueprint)
    app.register_blueprint(pages_keeping.blueprint)
    app.register_blueprint(pages_destruction.blueprint)
    app.register_blueprint(pages_admin.blueprint)
    app.register_blueprint(pages_webhooks.blueprint)
    app.register_blueprint(pages_settings.blueprint)
    return app
