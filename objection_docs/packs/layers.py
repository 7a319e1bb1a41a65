"""Whose file counts: the data folders of ours, of plugins and of the user, each on top of the one before."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from objection_docs import plugins
from objection_docs.errors import DataFileError
from objection_docs.folders import own_checks

T = TypeVar("T")
#: Files that add to those of the layers below, where any other takes the place of the one of the same name.
LISTS = frozenset(
    {
        "faults/labels.yaml",
        "faults/laws.yaml",
        "laws.yaml",
        "letter_dates.yaml",
        "recourse.yaml",
        "retention.yaml",
    }
)
Roots = tuple[Path, ...]


def checks() -> Roots:
    """The folders of checks, ours first."""
    own = own_checks()
    return (*plugins.data("checks"), *own) if own else plugins.data("checks")


def forms() -> Roots:
    """The folders of forms, ours first."""
    return plugins.data("templates_zh")


def files(name: str, roots: Roots) -> list[Path]:
    """The files of that name, ours first; names may have wildcards."""
    return [path for root in roots for path in sorted(root.glob(name))]


def by_id(pattern: str, roots: Roots) -> dict[str, Path]:
    """Id → the file that counts, of those that the pattern finds."""
    return {path.stem: path for path in files(pattern, roots)}


def read(reader: Callable[[Roots], T], roots: Callable[[], Roots] = checks) -> T:
    """What `reader` makes of the folders. The data of a plugin with a broken file is left out from then on, and told;
    ours and the user's own must be mended, so their DataFileError is raised.
    """
    while True:
        try:
            return reader(roots())
        except DataFileError as error:
            broken = next((p for p in plugins.folders()[1:] if error.where.startswith(p.label)), None)
            if broken is None:
                raise
            plugins.leave_out(broken, str(error))
