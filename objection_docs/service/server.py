"""The service on a port of this machine."""

import errno
import ipaddress
import socket
from collections.abc import Callable

from werkzeug.serving import WSGIRequestHandler, make_server

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
            f"{host} 不是本机地址：目前没有登录，其他机器上的人都能看到全部文书。确实需要时请加 --allow-remote",
            code="remote_refused",
        )
    app = create_app((config or {}) | {"TRUSTED_HOSTS": [*LOOPBACK, host] if local else None})
    with _listen(host, port) as sock:
        return make_server(host, sock.getsockname()[1], app, threaded=True, request_handler=_Quiet, fd=sock.fileno())


def run(host: str, port: int, *, allow_remote: bool, say: Callable[[str], None]) -> None:
    server = open_server(host, port, allow_remote=allow_remote)
    if not is_loopback(host):
        say("警告：其他机器也能访问，而且没有登录；任何连得上的人都能查看和下载全部文书。")
    shown = f"[{host}]" if ":" in host and not host.startswith("[") else host
    say(f"网页服务已启动：http://{shown}:{server.port}/（按 Ctrl+C 停止）")
    try:
        server.serve_forever()  # comes back on Ctrl+C
    finally:
        server.server_close()
    say("已停止。")
