"""The one way from an errand to the log: `with open_log(home) as archive`. What the log needs is loaded first here."""

from pathlib import Path
from typing import TYPE_CHECKING

from objection_docs import folders

if TYPE_CHECKING:
    from objection_docs.archive import Archive


def open_log(home: Path | None = None, *, copy: Path | None = None) -> "Archive":
    """The log of the folder `home`, by default the user's own; with `copy`, the log of that folder, which is only read.

    To be closed, as `with` does.
    """
    from objection_docs.archive import Archive

    return Archive(copy, read_only=True) if copy else Archive(home or folders.home())
