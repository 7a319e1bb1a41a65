"""A log of its own for each test, and stand-ins for the rooms that know law and language.

The stand-ins keep the tests of desk, command line and service to what these rooms themselves do; the whole way
through the real rooms is walked in the tests whose names begin with `test_whole_way`.
"""

import os
import threading
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest
from hypothesis import settings

from objection_docs import folders
from objection_docs.errors import FactFault, FactsError, UsageError

# The same examples in every run: a red test then comes of a change. HYPOTHESIS_PROFILE=search looks for new ones.
settings.register_profile("steady", derandomize=True)
settings.register_profile("search", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

NOW = datetime(2026, 3, 5, 1, 30, tzinfo=timezone.utc)
COMPLETE = "异议通知\n宁波恒泰机械有限公司致苏州明远精密制造有限公司：\n事实：2026年3月1日验收不合格。\n请求仲裁。"
INCOMPLETE = "异议通知\n宁波恒泰机械有限公司致苏州明远精密制造有限公司：\n请尽快处理。"


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch):
    """Tests don't wait for the disk; what is waited for is told by the test of `fsync` in test_archive.py."""
    monkeypatch.setattr("objection_docs.archive.schema.SYNCHRONOUS", "OFF")
    monkeypatch.setattr("objection_docs.archive.files.os.fsync", lambda _handle: None)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """The folder of this test's log; nothing ever reaches the log of the person who runs the tests."""
    place = tmp_path / "home"
    monkeypatch.setenv("OBJECTION_DOCS_HOME", str(place))
    monkeypatch.delenv("OBJECTION_DOCS_DEBUG", raising=False)
    return place


class Clock:
    """Each look is a second later than the one before."""

    def __init__(self):
        self.at = NOW

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


def report_of(text: str, kind: str | None, procedure: str | None) -> dict:
    present = "事实：" in text
    element = {"id": "facts", "label": "异议事实", "level": "required", "authority": "规程"}
    element |= {"boxes": [], "continues": []}
    element |= (
        {"status": "present", "quote": "2026年3月1日验收不合格", "page": 1, "reason": "", "advice": ""}
        if present
        else {"status": "missing", "quote": "", "page": 0, "reason": "没有写", "advice": "写明经过"}
    )
    return {
        "pages": 1,
        "kind": kind or "objection_notice",
        "kind_label": "异议通知",
        "kind_confidence": 0.97,
        "procedure": procedure or "contract_objection_notice",
        "verdict": "complete" if present else "incomplete",
        "elements": [element],
        "faults": [],
        "fields": {"sender": "宁波恒泰机械有限公司", "recipient": "苏州明远精密制造有限公司"},
        "warnings": [],
        "rules_version": "1",
    }


@pytest.fixture
def rooms(home, monkeypatch):
    """Stand-ins for kinds, facts, generation and checking; extraction is the real one. A letter is plain text here."""
    from objection_docs import checking, facts, generation
    from objection_docs.packs import kinds, procedures

    notice = SimpleNamespace(id="objection_notice", label="异议通知", about="异议方发给对方")
    notice.title = lambda _procedure=None: "异议通知"

    def kind(kind_id):
        if kind_id != notice.id:
            raise UsageError(f"没有“{kind_id}”这种文书。现有：objection_notice（异议通知）", code="unknown_kind")
        return notice

    def procedure(procedure_id):
        if procedure_id != "contract_objection_notice":
            raise UsageError(f"没有名为“{procedure_id}”的程序", code="unknown_procedure")
        return SimpleNamespace(
            id=procedure_id, label="异议处理程序", area="contract", area_label="合同", demands={notice.id: {}}
        )

    def read(_kind, raw, procedure=None, draft=False):
        if "text" not in raw and not draft:
            raise FactsError([FactFault(("evidence", 0, "name"), "缺少这一项")])
        missing = () if "text" in raw else (SimpleNamespace(label="异议事实"),)
        return SimpleNamespace(values={"text": raw.get("text", "【待补：异议事实】")}, missing=missing)

    monkeypatch.setattr(kinds, "kinds", lambda: {notice.id: notice})
    monkeypatch.setattr(kinds, "kind", kind)
    monkeypatch.setattr(procedures, "procedure", procedure)
    regime = procedure("contract_objection_notice")
    monkeypatch.setattr(procedures, "procedures", lambda: {regime.id: regime})
    monkeypatch.setattr(facts, "read", read)
    monkeypatch.setattr(facts, "sample", lambda _kind, procedure=None: {"text": COMPLETE})
    monkeypatch.setattr(facts, "schema", lambda _kind, procedure=None: {"type": "object", "title": "异议通知"})
    monkeypatch.setattr(generation, "render", lambda _kind, values: values.values["text"].encode(), raising=False)

    def check(paper, kind=None, procedure=None, clocks=None):
        return SimpleNamespace(to_dict=lambda: report_of(paper.text, kind, procedure))

    monkeypatch.setattr(checking, "check", check, raising=False)
    return folders


def everybody():
    """For `IDENTIFY`: the tests that are not about sign-in let everybody do everything."""
    from objection_docs.service.scopes import SCOPES, Caller

    return Caller("测试", frozenset(SCOPES))


class Receiver(HTTPServer):
    """Keeps what it gets; answers with `status`."""

    def __init__(self):
        self.got, self.status = [], 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((self.path, dict(self.headers), body))
                self.send_response(receiver.status)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.end_headers()

            def log_message(self, *_args):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/hook?x=1"


@pytest.fixture
def receiver():
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
