"""The worker beside the service: takes up jobs, checks letters that were entered unchecked, sends messages, makes the
blocks of the search index.

One for each home, whoever starts more.
"""

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from objection_docs import batches, examining_desk
from objection_docs.archive import settling
from objection_docs.batches import Tools
from objection_docs.errors import ObjectionDocsError
from objection_docs.jobs import Queue, sending, webhooks
from objection_docs.jobs.turn import PAUSE, taken, turn
from objection_docs.opening import open_log

#: So many checks are entered at once: with more, others would wait for the log.
TOGETHER = 4
#: For what is done with the time that others leave: a block of the index takes some six seconds where there is any.
ASIDE_SECONDS = 600
#: What is at work when the worker is stopped may take so long.
PATIENCE = 10
#: Seconds. Oftener, more is written to the disk, and those who wait for it wait longer.
TENDING = 3
SWEEP = timedelta(hours=1)
_log = logging.getLogger("objection_docs.worker")


class Worker:
    """`run` until told to stop; `step` and `deliver` do one piece of work each."""

    def __init__(self, tools: Tools, *, allow_private: bool = False, apart: Callable | None = None):
        """`apart`: calls a function with its arguments in a process that runs while others don't, as Fence.run; without
        it all is done here."""
        self.stop = threading.Event()
        self.apart = apart
        self.tools = replace(tools, stopping=self.stop.is_set, said=self._say)
        self.allow_private = allow_private
        self.queue = Queue(tools.home)
        self._swept: datetime | None = None
        self._reached = 0  # the place of the last letter whose check was looked after
        self._waiting: int | None = None  # that of the first one which is still to be

    def _say(self, event: str, data: dict) -> None:
        webhooks.post(self.tools.home, event, data, self.tools.clock())

    def step(self) -> bool:
        """Carry out the oldest job; False when there was none."""
        now = self.tools.clock()
        if self._swept is None or now - self._swept > SWEEP:
            self.queue.sweep(now)
            self._swept = now
        job = self.queue.take(now)
        if job is None:
            return False
        ended = batches.run(job, self.tools)
        _log.info("job", extra={"job": job.id, "errand": job.errand, "ended": ended})
        return True

    def deliver(self) -> bool:
        """Send the messages that are due; False when there were none."""
        found = webhooks.due(self.tools.home, self.tools.clock())
        for delivery, hook in found:
            if self.stop.is_set():
                break
            at = self.tools.clock()
            sent = sending.send(hook.url, hook.secret, delivery.id, delivery.body, at, allow_private=self.allow_private)
            webhooks.settle(self.tools.home, delivery, sent.status, sent.said, self.tools.clock())
        return bool(found)

    def examine(self) -> bool:
        """Check letters that were entered unchecked; False when there were none."""
        found = examining_desk.waiting(self._reached, limit=TOGETHER, home=self.tools.home)
        self._waiting = found[0].seq if found else None
        if not found:
            return False
        reports = []
        for letter in found:
            try:
                reports.append((letter, examining_desk.report(letter, self.apart, home=self.tools.home)))
            except Exception as error:  # it stays unchecked, and holds up nobody; a later worker tries again
                _log.error("examine", extra={"entry": letter.id, "code": _code(error)})
        examining_desk.enter(reports, now=self.tools.clock(), home=self.tools.home)
        self._reached = found[-1].seq
        return True

    def settle(self) -> bool:
        """Bring the log's database and index up to date, so that no request has to."""
        with open_log(self.tools.home) as archive:
            archive.settle(self.apart, self._waiting, urgent=self.tools.fence and self.tools.fence.run)
        return False  # nothing is left to do at once

    def _tend(self) -> None:
        """What a stop cuts off here is begun anew by whoever appends next."""
        with settling.right(self.tools.home, self.stop) as ours:
            if ours:
                self._loop(self.settle, TENDING)

    def run(self) -> None:
        """Until `stop` is set. Waits for its turn first: another worker of this home may still be at work."""
        if taken(self.tools.home):
            _log.info("another worker is at work, waiting for its end")
        with turn(self.tools.home, self.stop) as ours:
            if ours:
                _log.info("worker started", extra={"pid": os.getpid()})
                sender = threading.Thread(target=self._loop, args=[self.deliver], name="webhooks", daemon=True)
                sender.start()
                threading.Thread(target=self._tend, name="index", daemon=True).start()
                checker = threading.Thread(target=self._loop, args=[self.examine], name="checks", daemon=True)
                checker.start()
                self._loop(self.step)
                sender.join(sending.SECONDS)
                checker.join(PATIENCE)
                _log.info("worker stopped")

    def _loop(self, work: Callable[[], bool], pause: float = PAUSE) -> None:
        while not self.stop.is_set():
            try:
                busy = work()
            except Exception as error:  # a full disk, a log that is locked: it may pass
                _log.error("worker", extra={"code": _code(error)})
                busy = False
            if not busy:
                self.stop.wait(pause)


def _code(error: Exception) -> str:
    """What can be told of an error without a word of a letter."""
    return error.code if isinstance(error, ObjectionDocsError) else type(error).__name__
