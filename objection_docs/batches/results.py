"""What came of a batch as one ZIP: the letters or the reports, and a table of all rows for a spreadsheet."""

import csv
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from objection_docs import desk
from objection_docs.jobs import Row

_HEAD = ("行", "结果", "日志编号", "编号", "文件", "结论", "错误代码", "说明")


def pack(place: Path, rows: Iterable[Row], files: Callable[[Row], Iterator[tuple[str, bytes]]]) -> None:
    """Written beside and put in place when it is whole. `files`: names and bytes that a row adds."""
    rows = list(rows)
    part = place.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("结果.csv", _table(rows))
        packed.writestr(
            "结果.json", json.dumps([{"row": row.row} | row.result for row in rows], ensure_ascii=False, indent=1)
        )
        for row in rows:
            for name, data in files(row):
                packed.writestr(f"{row.row:05d} {desk.safe_name(name)}", data)
    os.replace(part, place)


def _table(rows: Iterable[Row]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEAD)
    for row in rows:
        result, error = row.result, row.result.get("error", {})
        told = [error.get("detail", ""), *(f"{e['pointer']}：{e['detail']}" for e in error.get("errors", ()))]
        verdict = desk.STATUSES.get(result.get("verdict", ""), "")
        values = [result.get(name, "") for name in ("id", "number", "file")]
        cells = [
            row.row,
            "成功" if result["ok"] else "失败",
            *values,
            verdict,
            error.get("code", ""),
            "；".join(filter(None, told)),
        ]
        writer.writerow([_plain(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")  # so that Excel takes it for UTF-8


def _plain(cell: object) -> object:
    """A spreadsheet takes =… for a formula, and a file name comes from whoever sent it."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
