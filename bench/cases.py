"""What is due over ten thousand open cases: log → a list of limits, the most urgent first."""

import tempfile
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from random import Random
from statistics import median

from bench.measure import Figure, cpu_ms
from objection_docs import case_desk
from objection_docs.archive import Archive, about_case, schema

OPEN, CLOSED = 10_000, 2_000
LIMIT_MS = 500
NOW = datetime(2026, 11, 20, 1, tzinfo=timezone.utc)
TODAY = date(2026, 11, 20)
#: Procedure → its letters in a case, and the events that are entered by hand, as days after the notice.
COURSES = {
    "contract_objection_notice": (("objection_notice", "acknowledgement"), {}),
    "engineering_objection_a": (("objection_notice", "acknowledgement"), {"found": -1}),
    "tender_bidder_objection": (("objection_notice", "acknowledgement"), {"publicity_began": -2, "publicity_ended": 1}),
    "government_procurement_query": (("objection_notice", "acknowledgement"), {"result_notice_ended": -5}),
    "pboc_credit_objection": (("objection_notice", "acknowledgement"), {}),
    "quality_objection_enterprise": (("objection_notice", "acknowledgement"), {"goods_received": -9}),
}
REPORT = {"elements": [{"id": f"e{n}", "quote": "某" * 60, "advice": "补" * 100} for n in range(11)]}


def fill(archive: Archive, number: int, closed: int) -> None:
    """`number` cases of the last sixty days, of which the first `closed` are closed."""
    random = Random(1)
    with archive.writing():
        for n in range(number):
            case, procedure = f"案{n}", random.choice(list(COURSES))
            letters, events = COURSES[procedure]
            sent = TODAY - timedelta(days=random.randint(4, 60))
            received = sent + timedelta(days=random.randint(0, 3))
            words = {"procedure": procedure, "case_id": case, "title": "异议通知", "verdict": "complete"}
            for kind in letters:
                own = sent if kind == "objection_notice" else received + timedelta(days=1)
                told = {"date": own.isoformat()}
                if kind == "acknowledgement":
                    told["receipt_date"] = received.isoformat()
                made = {"details": {"dates": told}, "report": REPORT, "text": "文" * 200}
                entry = archive.add(at=NOW, errand="check", kind=kind, **words, **made)
            archive.note(at=NOW, errand="access", about=entry.id, details={"how": "shown"})
            if n % 3 == 0:
                served = {"method": "courier", "on": (received + timedelta(days=2)).isoformat()}
                archive.note(at=NOW, errand="service", about=entry.id, details=served, case=case)
            for event, days in events.items():
                day = (sent + timedelta(days=days)).isoformat()
                said = {"event": event, "at": day, "source": "登记簿"}
                archive.note(at=NOW, errand="event", about=about_case(case), details=said, case=case)
            if n < closed:
                said = {"on": TODAY.isoformat()}
                archive.note(at=NOW, errand="close", about=about_case(case), details=said, case=case)


def figures() -> list[Figure]:
    schema.SYNCHRONOUS = "OFF"  # only while the log is filled; nothing that is measured writes
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with Archive(home) as archive:
            fill(archive, OPEN + CLOSED, CLOSED)
        found = case_desk.due(now=NOW, home=home)
        all_of_them = median(cpu_ms(lambda: case_desk.due(now=NOW, home=home)) for _ in range(7))
        one = median(cpu_ms(lambda: case_desk.show("案9000", now=NOW, home=home)) for _ in range(25))
    return [
        Figure(
            what=f"what is due over {OPEN:,} open cases, warm",
            ours=f"{all_of_them:.0f} ms CPU",
            beside=f"{len(found):,} limits that run",
            ratio="–",
            limit=f"≤ {LIMIT_MS} ms",
            kept=all_of_them <= LIMIT_MS,
        ),
        Figure(
            what="one case with its letters and all its limits, warm",
            ours=f"{one:.1f} ms CPU",
            beside="–",
            ratio="–",
        ),
    ]
