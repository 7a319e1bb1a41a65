"""The service on a port of this machine."""

import errno
import ipaddress
import socket
from collections.abc import Callable
from datetime import datetime, timezone

from werkzeug.serving import WSGIRequestHandler, make_server

from objection_docs import accounts_desk
from objection_docs.errors import UsageError
from objection_docs.service.app import LOOPBACK, create_app


class _Quiet(WSGIRequestHandler):
    """No line for each request: addresses carry names of parties."""

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


def _listen(host: str, port: int) -> socket.socket:
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
        raise UsageError(f"不能在 {host}:{port} 上监听（{error.strerror}）", code="cannot_listen") from None
    return sock


def open_server(host: str, port: int, *, allow_remote: bool = False, config: dict | None = None):
    """The server, listening but not yet answering."""
    local = is_loopback(host)
    if not local and not allow_remote:
        raise UsageError(
            f"{host} 不是本机地址：其他机器上的人也能打开登录页，而密码和文书在网络上不加密。"
            "确实需要时请加 --allow-remote，最好前面有提供 https 的代理",
            code="remote_refused",
        )
    app = create_app((config or {}) | {"TRUSTED_HOSTS": [*LOOPBACK, host] if local else None})
    with _listen(host, port) as sock:
        return make_server(host, sock.getsockname()[1], app, threaded=True, request_handler=_Quiet, fd=sock.fileno())


def run(host: str, port: int, *, allow_remote: bool, say: Callable[[str], None]) -> None:
    server = open_server(host, port, allow_remote=allow_remote)
    if not is_loopback(host):
        say("警告：其他机器也能访问，密码和文书在网络上不加密；请在前面放一个提供 https 的代理。")
    shown = f"[{host}]" if ":" in host and not host.startswith("[") else host
    base = f"http://{shown}:{server.port}"
    say(f"网页服务已启动：{base}/（按 Ctrl+C 停止）")
    if token := accounts_desk.first_link(now=datetime.now(timezone.utc)):
        said = f"{base}/welcome/{token}" if is_loopback(host) else "objection-docs user add 姓名 --role admin"
        say(f"还没有用户。建立第一个管理员（链接 24 小时内有效，只能用一次）：\n  {said}")
    try:
        server.serve_forever()  # comes back on Ctrl+C
    finally:
        server.server_close()
    say("已停止。")
