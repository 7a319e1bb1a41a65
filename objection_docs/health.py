"""Whether there is what the work needs: LibreOffice, Chinese fonts, room on the disk, a known calendar, a worker."""

import shutil
import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from objection_docs import desk, examining_desk, folders, plugins, workdays
from objection_docs.errors import ObjectionDocsError
from objection_docs.jobs.waiting import waiting
from objection_docs.moments import moment

LEAST_FREE = 1_000_000_000  # bytes
#: Without a worker. One that died, or is started anew, is back before that.
PATIENCE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Look:
    """`well`: nothing need be done. `told`: what was found, and what to do where it isn't well."""

    label: str
    well: bool
    told: str


def look(home: Path | None, at: datetime) -> list[Look]:
    """`home`: of the log, None for the usual one; `at`: now."""
    home = home or folders.home()
    return [_office(), _fonts(), _disk(home), _calendar(), _worker(home, at), *_plugins()]


def _office() -> Look:
    from objection_docs.generation import pdf

    found = pdf.program()
    missing = "没有找到：不能转换 PDF。请安装 libreoffice-writer-nogui"
    return Look("LibreOffice", bool(found), found or missing)


def _fonts() -> Look:
    count = _chinese_fonts()
    if count is None:
        return Look("中文字体", False, "不能查看字体：请安装 fontconfig")
    return Look("中文字体", count > 0, f"{count} 个" if count else "没有：PDF 会缺字。请安装 fonts-noto-cjk")


@lru_cache(maxsize=1)
def _chinese_fonts() -> int | None:
    try:
        run = subprocess.run(["fc-list", ":lang=zh-cn", "file"], capture_output=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return len(run.stdout.splitlines())


def _disk(home: Path) -> Look:
    there = next(place for place in (home, *home.absolute().parents) if place.exists())
    free = shutil.disk_usage(there).free
    told = f"剩余 {free / 1e9:.1f} GB"
    return Look("磁盘", free >= LEAST_FREE, told if free >= LEAST_FREE else f"{told}：请清出空间，写满后不能再存档")


def _calendar() -> Look:
    first, last = workdays.known_years()
    return Look("工作日历", True, f"已知 {first}—{last} 年的节假日；以后的年份只按周末推算，请每年升级 chinesecalendar")


def _worker(home: Path, at: datetime) -> Look:
    label = "后台任务"
    try:
        found, letter = waiting(home, at), _unchecked(home)
    except ObjectionDocsError as error:
        return Look(label, False, error.message)
    queue = [f"{found.jobs} 个任务"] * bool(found.jobs) + [f"{found.messages} 条 webhook 消息"] * bool(found.messages)
    queue += ["已经答复的文书的检查"] * bool(letter)
    since = min(filter(None, (found.since, letter)), default=None)
    told = f"{'、'.join(queue)}在等" if queue else "没有任务在等"
    if found.worker is None:
        return Look(label, True, told)
    if found.worker:
        return Look(label, True, f"正在处理；{told}" if queue else f"处理程序在运行；{told}")
    how = "请运行 objection-docs work（OBJECTION_DOCS_HOME 要与这里的数据文件夹相同）"
    if since is None or at - since < PATIENCE:
        return Look(label, True, f"处理程序没有运行；{told}。用到批量任务或 webhook 时，{how}")
    minutes = int((at - since).total_seconds() // 60)
    return Look(label, False, f"处理程序没有运行；{told}，最早的已等 {minutes} 分钟。{how}")


def _unchecked(home: Path) -> datetime | None:
    """Since when the oldest letter waits for its check."""
    found = examining_desk.waiting(limit=1, home=home) if desk.has_log(home=home) else []
    return moment(found[0].at) if found else None


def _plugins() -> list[Look]:
    """One line each, where any is installed."""
    return [Look(one.label, not one.fault, _told(one)) for one in plugins.plugins()[1:]]


def _told(one: plugins.Plugin) -> str:
    return one.fault or f"{one.package} {one.version}".strip() or "已启用"
