"""gunicorn: several workers on one port and one log, each with its threads and its readers."""

import gc
import os
import shutil
import tempfile
from collections.abc import Callable

from objection_docs import desk
from objection_docs.errors import UsageError
from objection_docs.service import logs, server, watch
from objection_docs.service.helper import Helper
from objection_docs.settings import ServiceSettings

#: An answer takes at most so long; then its worker is taken for stuck. Longer than reading or converting may.
SECONDS = 150
GRACE = 30
#: A caller's line ends after so many answers. The next one goes to the worker that is free first: lines that stay for
#: good may all have come to one worker while another has nothing to do.
ANSWERS = 20
FIGURES = "PROMETHEUS_MULTIPROC_DIR"


def run(settings: ServiceSettings, ready: Callable[[str], None]) -> None:
    """Until SIGTERM or Ctrl+C. `ready` is told the address once the port is open."""
    try:
        from gunicorn.app.base import BaseApplication
        from gunicorn.workers.gthread import ThreadWorker
    except ImportError:
        raise UsageError("--workers 需要 gunicorn：pip install 'objection-docs[serve]'", code="no_gunicorn") from None
    server.require_local(settings)
    server.listen(settings.host, settings.port).close()  # tells a taken port in our words
    lines, helper, arbiter = watch.Watch(), Helper(), os.getpid()
    figures = tempfile.mkdtemp(prefix="objection-docs-figures-")
    os.environ[FIGURES] = figures  # before the library is loaded

    class Worker(ThreadWorker):
        """With a deadline on the head of a request, too: a thread reads it. And with lines that end after a while."""

        def handle(self, conn):
            lines.begin(conn.sock, watch.SECONDS)
            try:
                return super().handle(conn)
            finally:
                lines.end(conn.sock)

        def handle_request(self, req, conn):
            conn.answered = getattr(conn, "answered", 0) + 1
            if conn.answered >= ANSWERS:
                req.force_close()
            return super().handle_request(req, conn)

    class Application(BaseApplication):
        def load_config(self) -> None:
            host = f"[{settings.host}]" if ":" in settings.host and "[" not in settings.host else settings.host
            chosen = {
                "bind": f"{host}:{settings.port}",
                "workers": settings.workers,
                "threads": settings.threads,
                "worker_class": Worker,
                "timeout": SECONDS,
                "graceful_timeout": GRACE,
                "keepalive": 5,
                "logconfig_dict": logs.configuration(settings.log),
                "accesslog": None,
                "proc_name": "objection-docs",
                "control_socket_disable": True,
                "when_ready": when_ready,
                "child_exit": child_exit,
            }
            for name, value in chosen.items():
                if name in self.cfg.settings:  # older versions have no control socket
                    self.cfg.set(name, value)

        def load(self):
            from objection_docs.service.app import create_app

            app = create_app(server.configured(settings))
            app.config["FENCE"].start()
            desk.warm()
            gc.collect()
            gc.freeze()  # rules and dictionaries stay for good: looking through them again and again takes a tenth
            desk.keep_open(home=app.config["HOME"])
            app.wsgi_app = watch.SlowSenders(app.wsgi_app, lines)
            return app

    def when_ready(arbiter) -> None:
        helper.start()
        ready(server.address(settings, arbiter.LISTENERS[0].sock.getsockname()[1]))

    def child_exit(_arbiter, worker) -> None:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)

    try:
        Application().run()
    except SystemExit as end:  # gunicorn ends the process by itself: ours and, forked from it, each worker's
        if end.code or os.getpid() != arbiter:
            raise
    finally:
        if os.getpid() == arbiter:
            helper.stop()
            shutil.rmtree(figures, ignore_errors=True)
