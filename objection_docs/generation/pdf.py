"""Word → PDF through headless LibreOffice: a profile of its own, a time limit, a kill of the whole group, one retry."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from objection_docs import folders
from objection_docs.errors import ConversionError

HOW_TO_INSTALL = "sudo apt-get install libreoffice-writer-nogui fonts-noto-cjk"
_ATTEMPTS = 2
#: Address space of each process of a run; a letter takes some 1.5 GB of it, most of it never touched.
_ADDRESSES = 4_000_000_000
#: How many may run at once: each takes a core and some 200 MB.
_turn = threading.BoundedSemaphore(2)


def program() -> str | None:
    """The LibreOffice program: $OBJECTION_DOCS_SOFFICE, or soffice or libreoffice on the PATH; None when absent."""
    chosen = os.environ.get("OBJECTION_DOCS_SOFFICE")
    if chosen:
        return shutil.which(chosen)
    return shutil.which("soffice") or shutil.which("libreoffice")


def available() -> bool:
    return program() is not None


def to_pdf(docx: bytes, timeout: float = 60) -> bytes:
    """One Word file as PDF. ConversionError `no_libreoffice`, `conversion_timeout` or `conversion_failed`."""
    return many([docx], timeout)[0]


def many(files: Sequence[bytes], timeout: float = 60) -> list[bytes]:
    """Several Word files as PDF, in one run of LibreOffice (starting it costs more than a letter); all or an error.

    `timeout`: seconds for one attempt at all of them; there are two attempts.
    """
    if not files:
        return []
    office = program()
    if office is None:
        chosen = os.environ.get("OBJECTION_DOCS_SOFFICE")
        found = f"OBJECTION_DOCS_SOFFICE 指向的 {chosen} 不能运行" if chosen else "没有找到 LibreOffice"
        raise ConversionError(f"{found}，无法生成 PDF。请安装：{HOW_TO_INSTALL}", code="no_libreoffice")
    with _turn:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return _attempt(office, files, timeout)
            except ConversionError:
                if attempt == _ATTEMPTS:
                    raise
    raise AssertionError("unreachable")


def _attempt(office: str, files: Sequence[bytes], timeout: float) -> list[bytes]:
    """One run in a folder of its own, profile included.

    A profile kept from run to run would save 0.15 of 1.1 seconds, but a run that was killed leaves locks in it.
    """
    with tempfile.TemporaryDirectory(prefix="objection-docs-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        for name in ("in", "out", "profile"):
            (folder / name).mkdir()
        sources = [folder / "in" / f"{i}.docx" for i in range(len(files))]
        for source, data in zip(sources, files, strict=True):
            source.write_bytes(data)
        _run(office, folder, sources, timeout)
        made_files = [folder / "out" / f"{source.stem}.pdf" for source in sources]
        results = [path.read_bytes() if path.is_file() else b"" for path in made_files]
    if not all(data.startswith(b"%PDF-") for data in results):
        raise ConversionError(f"LibreOffice 没有生成 PDF。请确认已装全：{HOW_TO_INSTALL}；Word 文件本身可以照常使用")
    return results


def _run(office: str, folder: Path, sources: list[Path], timeout: float) -> None:
    command = [
        office,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--nologo",
        "--nodefault",
        "--norestore",
        "--nolockcheck",
        "--convert-to",
        "pdf:writer_pdf_Export",
        "--outdir",
        str(folder / "out"),
        *map(str, sources),
    ]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={
                **os.environ,
                "HOME": str(folder / "profile"),
                "TMPDIR": str(folder),
                # The forms name 仿宋 and 黑体, which Debian lacks: without this both come out in one sans-serif face.
                "FONTCONFIG_FILE": str(folders.folder("templates_zh") / "fonts.conf"),
            },
            start_new_session=True,
        )
    except OSError as error:
        raise ConversionError(f"LibreOffice 不能启动（{error.strerror}）。请安装：{HOW_TO_INSTALL}") from None
    _bound(process.pid)
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        raise ConversionError(
            f"LibreOffice 转换 PDF 超过 {timeout:g} 秒，已停止。请稍后再试，或先使用 Word 文件",
            code="conversion_timeout",
        ) from None
    finally:
        # soffice is a script that starts soffice.bin: the group is what has to go, whatever ended the wait
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _bound(pid: int) -> None:
    """Before it has started anything: its children take the limit over."""
    try:
        from resource import RLIMIT_AS, prlimit
    except ImportError:  # only Linux can do this from outside
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        prlimit(pid, RLIMIT_AS, (_ADDRESSES, _ADDRESSES))
