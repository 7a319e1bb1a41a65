"""Jobs carried out: many letters written or checked, a PDF made. Row by row: a cut-off job goes on where it was.

Each row is entered in the log by a name of its own (`who`), and so a row that a crash cut off is found there, if its
entry was made, and not entered twice.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from objection_docs import desk
from objection_docs.batches import letters, results, table
from objection_docs.errors import ObjectionDocsError, UsageError
from objection_docs.fence import Fence
from objection_docs.jobs import Job, Queue, Row
from objection_docs.jobs.queue import INPUT, RESULT

GENERATE, CHECK, PDF = "generate", "check", "pdf"
LABELS = {GENERATE: "批量生成", CHECK: "批量检查", PDF: "转换 PDF"}


@dataclass(frozen=True, slots=True)
class Tools:
    """What a job works with. `stopping`: asked between rows; `largest`: bytes of one letter."""

    home: Path
    clock: Callable[[], datetime]
    fence: Fence | None = None
    stopping: Callable[[], bool] = bool
    largest: int = 20_000_000
    said: Callable[[str, dict], None] = lambda _event, _data: None

    def apart(self, work: Callable, *args: object) -> object:
        """Reading what a stranger sent."""
        return self.fence.run(work, *args) if self.fence else work(*args)


def errand_of(data: bytes) -> str:
    """What a file asks for: a ZIP of letters to be checked, anything else to be a table of facts."""
    return CHECK if letters.is_zip_of_letters(data) else GENERATE


def submit(data: bytes, *, who: str, home: Path, now: datetime, options: dict) -> Job:
    """A job for a file of facts or a ZIP of letters. `options`: kind, procedure, case, draft."""
    if not data:
        raise UsageError("文件是空的（0 字节），请重新选择文件", code="empty_file")
    errand = errand_of(data)
    if errand == CHECK:
        letters.count(data)
    desk.require_known(options.get("kind"), options.get("procedure"), options.get("case"))
    return Queue(home).put(errand, data, who=who, at=now, options=options)


def run(job: Job, tools: Tools) -> bool:
    """Carry out a job that was taken. False when it was stopped before its end and put back."""
    queue = Queue(tools.home)
    try:
        work = {GENERATE: _generate, CHECK: _check, PDF: _pdf}[job.errand]
        items, one, files = work(job, (queue.folder(job.id) / INPUT).read_bytes(), tools)
        total, items = items
        queue.size(job.id, total)
        if not _rows(job, queue, items, one, tools):
            queue.release(job.id)
            return False
        rows = queue.rows(job.id)
        if files is not None:
            results.pack(queue.folder(job.id) / RESULT, rows, files)
        error = rows[0].result.get("error") if files is None else None
    except ObjectionDocsError as failed:
        error = table.fault_of(failed)
    queue.end(job.id, tools.clock(), error)
    done = queue.get(job.id)
    tools.said(
        "job.finished", {name: getattr(done, name) for name in ("id", "errand", "state", "total", "done", "failed")}
    )
    return True


def _rows(job: Job, queue: Queue, items: Iterable, one: Callable, tools: Tools) -> bool:
    """Each row that has no result yet. False when asked to stop."""
    before = {row.row: row for row in queue.rows(job.id)}
    for number, item in enumerate(items, 1):
        if number in before and before[number].result:
            continue
        if tools.stopping():
            return False
        who = f"{job.who}（批次 {job.id} 第 {number} 行）" if job.errand != PDF else job.who
        begun = queue.begin(job.id, number, desk.last_place(home=tools.home))
        entered = desk.entered_by(who, begun.after, home=tools.home) if number in before else None
        queue.record(job.id, number, _told(partial(one, item, who, entered)))
    return True


def _told(work: Callable[[], dict]) -> dict:
    try:
        return work()
    except ObjectionDocsError as error:
        return {"ok": False, "error": table.fault_of(error)}
    except Exception as error:  # one odd row must not cost the others their letters
        detail = f"处理这一行时程序出错（{type(error).__name__}），请把任务编号告诉管理员"
        return {"ok": False, "error": {"code": "internal_error", "detail": detail, "errors": []}}


def _generate(job: Job, data: bytes, tools: Tools):
    given = job.options
    orders = tools.apart(table.orders, data, given.get("kind") or "", given.get("procedure"), bool(given.get("draft")))

    def one(order: table.Order, who: str, entered) -> dict:
        if order.fault:
            return {"ok": False, "error": order.fault}
        if not order.kind:
            raise UsageError("这一行没有写明 kind，提交时也没有给", code="kind_needed")
        if entered is None:
            letter = desk.generate(
                order.kind,
                order.facts,
                procedure=order.procedure,
                case=order.case or given.get("case"),
                draft=order.draft,
                now=tools.clock(),
                who=who,
                home=tools.home,
            )
        entry = entered or desk.show(letter.id, home=tools.home)
        return {"ok": True, "id": entry.id, "number": entry.number, "file": entry.file_name, "verdict": entry.verdict}

    def files(row: Row) -> Iterator[tuple[str, bytes]]:
        if row.result.get("ok"):
            name, docx = desk.file(row.result["id"], home=tools.home)
            yield f"{row.result['number']} {name}", docx

    return (len(orders), orders), one, files


def _check(job: Job, data: bytes, tools: Tools):
    known = {name: job.options.get(name) for name in ("kind", "procedure", "case")}

    def one(letter: letters.Letter, who: str, entered) -> dict:
        if letter.fault:
            return {"ok": False, "file": letter.name, "error": letter.fault}
        if entered is None:
            examiner = tools.fence.examine if tools.fence else None
            common = {"now": tools.clock(), "who": who, "home": tools.home, "examiner": examiner}
            report = desk.check(letter.data, letter.name, **common, **known)
        else:
            report = entered.report or desk.show(entered.id, home=tools.home).report | {"id": entered.id}
        told = {"id": report["id"], "file": letter.name, "verdict": report["verdict"], "kind": report.get("kind", "")}
        if "error" not in report:
            return {"ok": True} | told
        error = {"code": report["error"]["code"], "detail": report["error"]["message"], "errors": []}
        return {"ok": False} | told | {"error": error}

    def files(row: Row) -> Iterator[tuple[str, bytes]]:
        if row.result.get("ok"):
            from objection_docs.reports import html

            entry = desk.show(row.result["id"], home=tools.home)
            report = {"file": entry.file_name, "sha256": entry.sha256, "id": entry.id} | entry.report
            yield f"{entry.file_name}.json", json.dumps(report, ensure_ascii=False, indent=1).encode()
            yield f"{entry.file_name}.html", html.render([report]).encode()

    return (letters.count(data), letters.letters(data, tools.largest)), one, files


def _pdf(job: Job, data: bytes, tools: Tools):
    def one(id: str, _who: str, _entered) -> dict:
        name, pdf = desk.pdf_of(id, home=tools.home)
        (Queue(tools.home).folder(job.id) / RESULT).write_bytes(pdf)
        return {"ok": True, "id": id, "file": name}

    return (1, [data.decode()]), one, None
