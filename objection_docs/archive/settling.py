"""Who makes the blocks of the search index: whoever has the right to, and one at a time.

A block is seconds of work. The worker beside a service claims the right for as long as it lives, and no request is
kept waiting; where there is none, whoever appends makes the block himself, and who comes meanwhile leaves it to him.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: two may make the same block, and one of them throws his away
    fcntl = None

LOCK = "index.lock"
PAUSE = 0.5


@contextmanager
def right(home: Path, stop: threading.Event | None = None) -> Iterator[bool]:
    """Whether we have the right, for the length of the block. `stop`: wait for it until then; None: don't wait."""
    if fcntl is None:
        yield True
        return
    with (home / LOCK).open("a") as line:
        ours = _taken(line)
        while not ours and stop is not None and not stop.wait(PAUSE):
            ours = _taken(line)
        yield ours


def _taken(line) -> bool:
    try:
        fcntl.flock(line, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
