"""One signed message to an address that is checked before it is connected to: nothing inside the house is reached."""

import http.client
import ipaddress
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

CONNECT_SECONDS = 5
SECONDS = 15
#: Ways in which an IPv6 address carries an IPv4 one that a gateway then reaches: NAT64, 6to4, Teredo.
_CARRIERS = [ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")]


@dataclass(frozen=True, slots=True)
class Sent:
    """`status`: of the answer, 0 when there was none; `said`: what happened, in Chinese."""

    status: int
    said: str


#: Of an address inside the house.
REFUSED = "这个地址在内网，已拒绝；确需投递到内网时，由管理员在设置中打开 service: private_webhooks"


def is_inside(url: str) -> bool:
    """Whether the address lies inside the house, as far as its name can be looked up now."""
    parts = urlsplit(url)
    try:
        _address(parts.hostname, parts.port or 80, allow_private=False)
    except _Refused:
        return True
    except (OSError, UnicodeError):
        return False
    return False


def send(url: str, secret: str, id: str, body: str, at: datetime, *, allow_private: bool = False) -> Sent:
    """POST it, signed by Standard Webhooks. Redirects are not followed."""
    parts = urlsplit(url)
    try:
        address = _address(parts.hostname, parts.port or (443 if parts.scheme == "https" else 80), allow_private)
    except _Refused:
        return Sent(0, REFUSED)
    except (OSError, UnicodeError):  # the latter of a name that none can be
        return Sent(0, "找不到这个地址（域名解析失败）")
    connection = _Connection(parts.scheme == "https", parts.hostname, parts.port, address)
    watch = threading.Timer(SECONDS, connection.cut)
    watch.start()
    try:
        connection.request("POST", _target(parts), body.encode(), _headers(secret, id, body, at))
        status = connection.getresponse().status
        return Sent(status, f"对方答复 {status}")
    except ssl.SSLError:
        return Sent(0, "对方的证书无法验证")
    except (OSError, http.client.HTTPException, ValueError):
        late = not watch.is_alive()
        return Sent(0, f"{SECONDS} 秒内没有答复" if late else "连接失败或对方没有正常答复")
    finally:
        watch.cancel()
        connection.close()


class _Refused(Exception):
    pass


def _address(host: str, port: int, allow_private: bool) -> tuple:
    """Where to connect. The name is looked up once, so that what was checked is what is connected to."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for *_, address in found:
        if not allow_private and not is_public(address[0]):
            raise _Refused
    return found[0]


def is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    carried = ip.version == 6 and any(ip in net for net in _CARRIERS)
    return ip.is_global and not ip.is_multicast and not carried


class _Connection(http.client.HTTPConnection):
    """To an address that was looked up before, by the name that the receiver goes by."""

    def __init__(self, secure: bool, host: str, port: int | None, found: tuple):
        super().__init__(host, port or (443 if secure else 80), timeout=SECONDS)
        self._secure, self._found = secure, found

    def connect(self) -> None:
        family, kind, protocol, _, address = self._found
        self.sock = socket.socket(family, kind, protocol)
        self.sock.settimeout(CONNECT_SECONDS)
        self.sock.connect(address)
        self.sock.settimeout(SECONDS)
        if self._secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)

    def cut(self) -> None:
        """An answer that drips in byte by byte would keep every timeout of the socket."""
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)


def _target(parts) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _headers(secret: str, id: str, body: str, at: datetime) -> dict[str, str]:
    from standardwebhooks import Webhook

    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "objection-docs",
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(id, at, body),
    }
