"""The right to be the one worker of a home, and whether anybody has it: a lock that ends with the process."""

import threading
from contextlib import suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: whoever runs two workers there is on his own
    fcntl = None

PAUSE = 0.5


class turn:
    """The right, kept until the end of the block; False when `stop` came first."""

    def __init__(self, home: Path, stop: threading.Event):
        self.path, self.stop, self.file = _lock(home), stop, None

    def __enter__(self) -> bool:
        if fcntl is None:
            return True
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.file = self.path.open("a")
        while not self.stop.is_set():
            with suppress(BlockingIOError):
                fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            self.stop.wait(PAUSE)
        return False

    def __exit__(self, *_) -> None:
        if self.file is not None:
            self.file.close()


def taken(home: Path) -> bool | None:
    """Whether a worker of this home is there; None where the system has no such locks."""
    if fcntl is None:
        return None
    try:
        with _lock(home).open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: who looks at the same time is no worker
    except BlockingIOError:
        return True
    except OSError:  # none ever was, or the folder is not ours to read
        return False
    return False


def _lock(home: Path) -> Path:
    return home / "jobs" / "lock"
