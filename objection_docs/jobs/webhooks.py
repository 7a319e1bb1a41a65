"""Who wants to be told of what, what there is to tell, and how each telling went (Standard Webhooks).

A message names ids and outcomes, never names of parties or words of a letter: whoever gets it asks the API for more.
"""

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_bytes, token_hex
from sqlite3 import Connection
from urllib.parse import urlsplit

from objection_docs.errors import JobError, UsageError
from objection_docs.jobs import sending
from objection_docs.jobs.db import NAME, opened
from objection_docs.moments import stamp

EVENTS = {
    "document.generated": "生成了文书",
    "check.completed": "检查了文书",
    "job.finished": "任务结束",
}
#: How long after a failed try the next one follows; after the last the message is given up.
PAUSES = tuple(timedelta(seconds=s) for s in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400))
#: The delivery log reaches back so far.
KEPT = timedelta(days=30)
MOST = 100
#: What nobody asks for: sent to one webhook to see whether it arrives.
TEST = "webhook.test"
#: 410 Gone: the receiver asks for no more.
GONE = 410


@dataclass(frozen=True, slots=True)
class Webhook:
    """`secret`: whsec_…; with it the receiver proves that a message is ours."""

    id: str
    url: str
    events: tuple[str, ...]
    secret: str
    at: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """`state`: waiting | delivered | failed; `answer`: what came of the last try."""

    id: str
    webhook: str
    event: str
    body: str
    at: str
    state: str
    tries: int
    due: str
    answer: str


def add(home: Path, url: str, events: tuple[str, ...], at: datetime, *, allow_private: bool = False) -> Webhook:
    """UsageError for an address or an event that is none, and for an address inside the house. Where a name leads is
    looked up once more whenever something is sent there."""
    parts = urlsplit(url)
    try:
        sound = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1) and url.isascii()
    except ValueError:  # a port that is none
        sound = False
    if not sound or parts.username or parts.fragment or len(url) > 1000 or any(c.isspace() for c in url):
        raise UsageError("webhook 的地址应是 https://… 或 http://…，不带用户名和 #", code="invalid_url", field="url")
    unknown = [event for event in events if event not in EVENTS]
    if unknown or not events:
        listed = "、".join(f"{name}（{label}）" for name, label in EVENTS.items())
        raise UsageError(f"事件（events）应从这些里选：{listed}", code="invalid_event", field="event")
    if not allow_private and sending.is_inside(url):
        raise UsageError(sending.REFUSED, code="private_url", field="url")
    secret = "whsec_" + base64.b64encode(token_bytes(32)).decode()
    webhook = Webhook(f"wh_{token_hex(8)}", url, tuple(dict.fromkeys(events)), secret, stamp(at))
    with opened(home) as db:
        if db.execute("SELECT count(*) FROM webhooks").fetchone()[0] >= MOST:
            raise UsageError(f"最多 {MOST} 个 webhook，请先删除不用的", code="too_many_webhooks", status=409)
        row = [webhook.id, webhook.url, " ".join(webhook.events), webhook.secret, webhook.at]
        db.execute("INSERT INTO webhooks (id, url, events, secret, at) VALUES (?, ?, ?, ?, ?)", row)
    return webhook


def listed(home: Path) -> list[Webhook]:
    with opened(home, to_write=False) as db:
        return [_webhook(row) for row in db.execute("SELECT * FROM webhooks ORDER BY at, id")]


def get(home: Path, id: str) -> Webhook:
    with opened(home, to_write=False) as db:
        row = db.execute("SELECT * FROM webhooks WHERE id = ?", [id]).fetchone()
    if row is None:
        raise JobError("没有这个 webhook", code="no_such_webhook", status=404)
    return _webhook(row)


def remove(home: Path, id: str) -> None:
    get(home, id)
    with opened(home) as db:
        db.execute("DELETE FROM webhooks WHERE id = ?", [id])
        db.execute("DELETE FROM deliveries WHERE webhook = ?", [id])


def post(home: Path, event: str, data: dict, at: datetime) -> None:
    """A message to everyone who asked for this event; the worker sends it."""
    if not (home / NAME).exists():  # nobody ever asked
        return
    with opened(home, to_write=False) as db:
        hooks = [hook for row in db.execute("SELECT * FROM webhooks") if event in (hook := _webhook(row)).events]
    if not hooks:
        return
    with opened(home) as db:
        body = _body(event, data, at)
        for hook in hooks:
            _put(db, hook.id, event, body, at)


def test(home: Path, id: str, at: datetime) -> None:
    """A message that tells nothing, to this webhook alone; the worker sends it as any other."""
    get(home, id)
    with opened(home) as db:
        _put(db, id, TEST, _body(TEST, {"webhook": id}, at), at)


def _body(event: str, data: dict, at: datetime) -> str:
    return json.dumps({"type": event, "timestamp": stamp(at), "data": data}, ensure_ascii=False)


def _put(db: Connection, webhook: str, event: str, body: str, at: datetime) -> None:
    values = [f"msg_{token_hex(12)}", webhook, event, body, stamp(at), stamp(at)]
    sql = "INSERT INTO deliveries (id, webhook, event, body, at, due, state)"
    db.execute(f"{sql} VALUES (?, ?, ?, ?, ?, ?, 'waiting')", values)


def due(home: Path, at: datetime, limit: int = 20) -> list[tuple[Delivery, Webhook]]:
    """What should be sent now, oldest first."""
    with opened(home, to_write=False) as db:
        sql = "SELECT * FROM deliveries WHERE state = 'waiting' AND due <= ? ORDER BY due LIMIT ?"
        found = [_delivery(row) for row in db.execute(sql, [stamp(at), limit])]
        hooks = {row["id"]: _webhook(row) for row in db.execute("SELECT * FROM webhooks")}
    return [(delivery, hooks[delivery.webhook]) for delivery in found if delivery.webhook in hooks]


def settle(home: Path, delivery: Delivery, status: int, answer: str, at: datetime) -> None:
    """How a try went. `status`: of the answer, 0 when there was none."""
    tries = delivery.tries + 1
    state, next_try = "delivered", at
    if not 200 <= status < 300:
        last = tries > len(PAUSES) or status == GONE
        state, next_try = ("failed", at) if last else ("waiting", at + PAUSES[tries - 1])
    with opened(home) as db:
        sql = "UPDATE deliveries SET state = ?, tries = ?, due = ?, answer = ? WHERE id = ?"
        db.execute(sql, [state, tries, stamp(next_try), answer[:500], delivery.id])
        db.execute("DELETE FROM deliveries WHERE at < ? AND state <> 'waiting'", [stamp(at - KEPT)])


def deliveries(home: Path, webhook: str, limit: int = 50) -> list[Delivery]:
    """The delivery log of a webhook, newest first."""
    get(home, webhook)
    with opened(home, to_write=False) as db:
        sql = "SELECT * FROM deliveries WHERE webhook = ? ORDER BY at DESC, id LIMIT ?"
        return [_delivery(row) for row in db.execute(sql, [webhook, limit])]


def again(home: Path, webhook: str, id: str, at: datetime) -> None:
    """Send a message once more, whatever came of it."""
    with opened(home) as db:
        sql = "UPDATE deliveries SET state = 'waiting', tries = 0, due = ? WHERE id = ? AND webhook = ?"
        if not db.execute(sql, [stamp(at), id, webhook]).rowcount:
            raise JobError("没有这条投递记录", code="no_such_delivery", status=404)


def _webhook(row) -> Webhook:
    return Webhook(row["id"], row["url"], tuple(row["events"].split()), row["secret"], row["at"])


def _delivery(row) -> Delivery:
    return Delivery(*(row[name] for name in Delivery.__slots__))
