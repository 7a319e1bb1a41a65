"""What the product itself brings, by the door through which plugins come (`hookspecs`)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from objection_docs import folders
from objection_docs.hookspecs import hookimpl


@hookimpl
def data_folder() -> Path:
    return folders.folder("checks").parent


@hookimpl
def fault_finders() -> tuple[Callable, ...]:
    from objection_docs.checking.faults import FINDERS

    return FINDERS


@hookimpl
def storage(home: Path):
    from objection_docs.archive.files import Folder

    return Folder(home)


@hookimpl
def document_generated(letter: Mapping, home: Path, now: datetime) -> None:
    _post("document.generated", letter, ("id", "number", "kind", "title", "sha256"), home, now)


@hookimpl
def check_completed(report: Mapping, home: Path, now: datetime) -> None:
    _post("check.completed", report, ("id", "verdict", "kind", "sha256"), home, now)


def _post(event: str, told: Mapping, names: tuple[str, ...], home: Path, now: datetime) -> None:
    """To the webhooks that asked for it."""
    from objection_docs import jobs
    from objection_docs.jobs import webhooks

    if (home / jobs.NAME).is_file():  # without the service's own database nobody asked
        webhooks.post(home, event, {name: told.get(name, "") for name in names}, now)
