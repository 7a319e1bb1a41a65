"""The service on a port of this machine: one process for a desk, gunicorn with several workers for a house."""

import errno
import ipaddress
import logging.config
import os
import signal
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from objection_docs import accounts_desk, desk, folders, log_lines
from objection_docs.errors import UsageError
from objection_docs.fence import Bounds, Fence
from objection_docs.service import watch
from objection_docs.service.app import LOOPBACK, create_app
from objection_docs.service.helper import Helper
from objection_docs.settings import ServiceSettings


class _Quiet(WSGIRequestHandler):
    """No line for each request: addresses carry names of parties."""

    timeout = watch.SECONDS

    def log_request(self, *_args) -> None:
        pass

    def version_string(self) -> str:
        return "objection-docs"


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host.strip("[]"), port))
        sock.listen(128)
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            raise UsageError(f"端口 {port} 已被占用，请用 --port 换一个", code="port_in_use") from None
        raise UsageError(f"不能在 {host}:{port} 上监听（{error.strerror or error}）", code="cannot_listen") from None
    return sock


def require_local(settings: ServiceSettings) -> None:
    if not is_loopback(settings.host) and not settings.allow_remote:
        raise UsageError(
            f"{settings.host} 不是本机地址：其他机器上的人也能打开登录页，而密码和文书在网络上不加密。"
            "确实需要时请加 --allow-remote，最好前面有提供 https 的代理",
            code="remote_refused",
        )


def configured(settings: ServiceSettings, home: Path | None = None) -> dict:
    """What `create_app` takes, of these settings."""
    local = is_loopback(settings.host)
    trusted = [*LOOPBACK, settings.host, *settings.trusted_hosts] if local or settings.trusted_hosts else None
    readers = settings.readers or max(1, (os.cpu_count() or 1) // max(1, settings.workers))
    return {
        "HOME": home or folders.home(),
        "MAX_UPLOAD": settings.upload_megabytes * 1_000_000,
        "MAX_BATCH": settings.batch_megabytes * 1_000_000,
        "TRUSTED_HOSTS": trusted,
        "PROXIES": settings.proxies,
        "SETTINGS": settings,
        "FENCE": Fence(readers, Bounds(settings.read_seconds, settings.read_megabytes)),
    }


def open_server(settings: ServiceSettings, config: dict | None = None):
    """The small server, listening but not yet answering."""
    require_local(settings)
    app = create_app(configured(settings) | (config or {}))
    app.wsgi_app = watch.SlowSenders(app.wsgi_app, watch.Watch())
    with listen(settings.host, settings.port) as sock:
        port = sock.getsockname()[1]
        return make_server(settings.host, port, app, threaded=True, request_handler=_Quiet, fd=sock.fileno())


def run(settings: ServiceSettings, say: Callable[[str], None]) -> None:
    """Serve until Ctrl+C or SIGTERM; what is at work then is finished first."""
    logging.config.dictConfig(log_lines.configuration(settings.log))
    if settings.workers:
        from objection_docs.service import workers

        workers.run(settings, lambda base: greet(settings, base, say))
        say("已停止。")
        return
    server = open_server(settings)
    server.daemon_threads = False  # so that closing waits for the answers at work
    greet(settings, address(settings, server.port), say)
    desk.keep_open(home=server.app.config["HOME"])
    threading.Thread(target=server.app.config["FENCE"].start, name="readers", daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    helper = Helper()
    helper.start()
    try:
        server.serve_forever()  # comes back on Ctrl+C
    finally:
        server.server_close()
        helper.stop()
    say("已停止。")


def address(settings: ServiceSettings, port: int) -> str:
    host = settings.host
    return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{port}"


def greet(settings: ServiceSettings, base: str, say: Callable[[str], None]) -> None:
    local = is_loopback(settings.host)
    if not local:
        say("警告：其他机器也能访问，密码和文书在网络上不加密；请在前面放一个提供 https 的代理。")
    say(f"网页服务已启动：{base}/（按 Ctrl+C 停止）")
    if token := accounts_desk.first_link(now=datetime.now(timezone.utc)):
        link = f"还没有用户。建立第一个管理员（链接 24 小时内有效，只能用一次）：\n  {base}/welcome/{token}"
        typed = "还没有用户。请在这台机器上建立第一个管理员：\n  objection-docs user add 姓名 --role admin"
        say(link if local else typed)
