"""Whether a table of a notice lists things in rows, or is a form of labels and cells."""

import re
from itertools import groupby

from objection_docs.checking.letter import Para

_FORM = re.compile(r"^(?:联系|电话|姓名|签|日期)|要求|请求|诉求|措施")
#: Characters of a label at most; columns of a list at least.
LONGEST_LABEL, COLUMNS = 16, 3


def listed(cells: list[Para]) -> list[list[Para]]:
    """The rows under the head of a table that lists things; [] for a form."""
    rows = [list(row) for _, row in groupby(cells, key=lambda para: para.cell[1])]
    widths = {len(row) for row in rows}
    headed = len(rows) > 1 and len(widths) == 1 and max(widths) >= COLUMNS and not any(map(_has_figure, rows[0]))
    if not headed or any(_FORM.search(para.text) for para in cells if len(para.text) < LONGEST_LABEL):
        return []
    return [] if _is_form(rows) else rows[1:]


def _has_figure(para: Para) -> bool:
    return bool(re.search(r"\d", para.text))


def _is_form(rows: list[list[Para]]) -> bool:
    """Whether every second column holds labels, from the first one on."""
    labels = [para for row in rows for para in row[::2]]
    return len(rows[0]) % 2 == 0 and not any(map(_has_figure, labels)) and _short(labels)


def _short(paras: list[Para]) -> bool:
    return all(len(para.text) < LONGEST_LABEL for para in paras)
