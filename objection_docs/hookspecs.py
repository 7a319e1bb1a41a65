"""What a plugin may add. A package names its module under the entry point group `objection_docs`:

[project.entry-points.objection_docs]
warranty = "my_package.plugin"

and marks functions there with `@objection_docs.hookimpl`. Each may take fewer of the arguments told here. What the
product itself brings comes in by the same door (`shipped.py`). Wrappers of hooks are refused.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol

import pluggy

hookspec = pluggy.HookspecMarker("objection_docs")
#: Marks what a plugin adds; `objection_docs.hookimpl` to others.
hookimpl = pluggy.HookimplMarker("objection_docs")


class Storage(Protocol):
    """Keeps the log's files, each under its sha256 (64 hex digits). What it raises is told as a log out of order."""

    def write(self, digest: str, data: bytes) -> None:
        """Comes back when `data` would outlast a crash. What is there already may stay: it is the same."""

    def read(self, digest: str) -> bytes:
        """KeyError when it isn't there."""

    def delete(self, digest: str) -> None:
        """Nothing to do when it isn't there."""


@hookspec
def data_folder() -> Path:
    """A folder that holds `checks/`, `templates_zh/` or both, arranged as ours: kinds with their forms, elements,
    words, procedures, days off, terms of keeping, labels of faults, repealed laws. A file of the same name takes the
    place of ours; what lists things (laws, labels) adds to it. The user's own folder lies on top.
    """


@hookspec
def fault_finders() -> Iterable[Callable]:
    """Functions `find(known: Known) -> Iterable[Found]` (both of `objection_docs.checking.faults`), which look for
    errors in what a letter says. The codes they give have label and message in `checks/faults/labels.yaml`. They are
    called for each letter and must give the same each time. One that raises is left out of that report, which says so.
    """


@hookspec
def storage(home: Path) -> "Storage | None":
    """What keeps the files of the log in the folder `home`; None: not this plugin. The plugin loaded last is asked
    first, our own folder last. Files that the storage doesn't have are looked for in the folder.
    """


@hookspec
def before_logging(letter: Mapping) -> None:
    """Before a letter written or checked is entered. Raise `objection_docs.UsageError` with a Chinese message to refuse
    it: then nothing is entered. Any other error refuses it, too, and is told as the plugin's.

    `letter`: errand (generate | check), kind, procedure, case, title, sender, recipient, verdict, who, file_name.
    """


@hookspec
def document_generated(letter: Mapping, file: bytes, home: Path, now: datetime) -> None:
    """After a letter was written and logged. It is entered whatever happens here: an error goes to the service's log.

    `letter`: id, number, kind, procedure, case, title, sha256, verdict, who. `file`: the Word file. The caller waits
    until this comes back: leave slow work to a thread or a queue.

    A service may answer before it checks a letter, but not where a plugin implements this or `before_logging`.
    """


@hookspec
def check_completed(report: Mapping, file: bytes, home: Path, now: datetime) -> None:
    """After a letter was checked and logged, readable or not; otherwise as `document_generated`.

    `report`: as the command line and HTTP give it, with `id`, `case` and `who`.
    """
