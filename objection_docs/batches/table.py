"""A file of many facts → one order for each row: JSON lines, CSV, or the first sheet of an Excel workbook.

Columns are named as the facts are, by name or by label; the parts of a group or a list with a dot, items from 1:
`sender` or 提出方名称, `evidence.1.name` or 证据.1.名称. A wrong row is a row with a fault, never an end of all.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from objection_docs import desk
from objection_docs.errors import FactsError, ObjectionDocsError, UsageError
from objection_docs.packs.kinds import Fact

MOST_ROWS = 10_000
MOST_COLUMNS = 1000
_MOST_ITEMS = 200
_UNPACKED = 200_000_000
#: Columns that say how a row is to be written, not what is in it.
_ORDER = {"case": "case", "所属案件": "case", "procedure": "procedure", "适用程序": "procedure"}
_YES, _NO = {"是", "有", "true", "1", "yes"}, {"否", "无", "false", "0", "no"}
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\Z")
_COUNT = re.compile(r"[0-9]{1,9}\Z")


@dataclass(frozen=True, slots=True)
class Order:
    """One letter to write, as POST /documents takes it; `fault`: why it cannot even be tried."""

    facts: object = None
    kind: str = ""
    procedure: str | None = None
    case: str | None = None
    draft: bool = False
    fault: dict = field(default_factory=dict)


def orders(data: bytes, kind: str = "", procedure: str | None = None, draft: bool = False) -> list[Order]:
    """`kind` and the rest: for rows that do not say so themselves. UsageError for a file that is no such table."""
    given = Order(kind=kind, procedure=procedure, draft=draft)
    if data[:4] == b"PK\x03\x04":
        made = _from_table(_sheet(data), given)
    else:
        text = _decoded(data)
        made = _from_lines(text, given) if text.lstrip()[:1] in ("{", "[") else _from_table(_cells(text), given)
    found = []
    for order in made:
        found.append(order)
        if len(found) > MOST_ROWS:
            raise UsageError(f"一批最多 {MOST_ROWS} 行，请分几批提交", code="too_many_rows")
    if not found:
        raise UsageError("文件里没有一行案件事实", code="no_rows")
    return found


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):  # Excel in China saves CSV as GBK
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise UsageError(
        "认不出这个文件；请提交 JSON Lines、CSV（UTF-8 或 GBK）、xlsx，或者装有文书的 ZIP", code="unknown_batch"
    )


def _from_lines(text: str, given: Order) -> Iterator[Order]:
    for line in text.split("\n"):
        if line.strip():
            yield _from_line(line, given)


def _from_line(line: str, given: Order) -> Order:
    try:
        row = desk.parse_facts(line.encode())
    except FactsError as error:
        return Order(fault=fault_of(error))
    except ObjectionDocsError as error:
        return Order(fault=fault_of(error))
    if not isinstance(row, dict):
        return Order(fault={"code": "invalid_row", "detail": "这一行应当是一组事实（JSON 对象）", "errors": []})
    if not isinstance(row.get("facts"), dict):
        return Order(row, given.kind, given.procedure, given.case, given.draft)
    asked = {name: row.get(name) for name in ("kind", "procedure", "case")}
    wrong = [name for name, value in asked.items() if not (value is None or isinstance(value, str))]
    wrong += [name for name in row if name not in (*asked, "facts", "draft")]
    wrong += ["draft"] if not isinstance(row.get("draft"), bool | None) else []
    if wrong:
        detail = f"这一行的 {'、'.join(wrong)} 不对；应写成 {{kind, procedure?, case?, facts, draft?}}"
        return Order(fault={"code": "invalid_row", "detail": detail, "errors": []})
    draft = given.draft if row.get("draft") is None else row["draft"]
    return Order(row["facts"], asked["kind"] or given.kind, asked["procedure"] or given.procedure, asked["case"], draft)


def fault_of(error: ObjectionDocsError) -> dict:
    return {"code": error.code, "detail": error.message, "errors": desk.faults_of(error)}


# --- tables ---------------------------------------------------------------------------------------------------------


def _cells(text: str) -> Iterator[list[str]]:
    head = text.partition("\n")[0]
    mark = max(",\t;", key=head.count)
    try:
        yield from csv.reader(io.StringIO(text), delimiter=mark, strict=True)
    except csv.Error as error:
        raise UsageError(f"CSV 写法有误（{error}），请用表格软件另存一次", code="broken_csv") from None


def _sheet(data: bytes) -> Iterator[Sequence[object]]:
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(info.file_size for info in packed.infolist()) > _UNPACKED:
                raise UsageError("Excel 文件解开后太大，请分几批提交", code="too_large", status=413)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            yield from book.worksheets[0].iter_rows(values_only=True, max_col=MOST_COLUMNS)
        finally:
            book.close()
    except UsageError:
        raise
    except (MemoryError, RecursionError):
        raise
    except Exception:  # a damaged workbook meets any line of the library
        raise UsageError("Excel 文件打不开，可能已损坏；请另存为 xlsx 后再试", code="broken_xlsx") from None


def _from_table(rows: Iterable[Sequence[object]], given: Order) -> Iterator[Order]:
    rows = iter(rows)
    header = [str(cell or "").strip() for cell in next(rows, ())]
    if len(header) > MOST_COLUMNS or not any(header):
        raise UsageError("第一行应当是各列的名称：案件事实的名称或中文名", code="no_header")
    if not given.kind:
        raise UsageError("请用 kind 说明要生成哪种文书，例如 objection_notice", code="kind_needed")
    from objection_docs.packs import kinds

    places = _places(header, kinds.kind(given.kind).facts)
    for row in rows:
        if any(str(cell).strip() for cell in row if cell is not None):
            yield _order(places, row, given)


@dataclass(frozen=True, slots=True)
class _Column:
    """Where a column goes: the keys from the facts' root (an int is an item of a list), or a word of the order."""

    at: tuple = ()
    type: str = ""
    choices: dict = field(default_factory=dict)
    word: str = ""


def _places(header: list[str], facts: tuple[Fact, ...]) -> list[_Column | None]:
    """One for each column; None for a column without a name. UsageError names every column that is unknown."""
    found, unknown = [], []
    for name in header:
        if not name:
            found.append(None)
        elif (column := _column(name, facts)) is not None:
            found.append(column)
        else:
            unknown.append(name)
    if unknown:
        listed = "、".join(f"“{name[:30]}”" for name in unknown[:10])
        message = f"没有这样的列：{listed}；列名应是案件事实的名称或中文名，组和列表里的写作 evidence.1.name"
        raise UsageError(message, code="unknown_column")
    return found


def _column(name: str, facts: tuple[Fact, ...]) -> _Column | None:
    if name in _ORDER:
        return _Column(word=_ORDER[name])
    at: list[str | int] = []
    parts = [part.strip() for part in re.split(r"[./]", name)]
    while parts:
        part = parts.pop(0)
        fact = next((each for each in facts if part in (each.name, each.label)), None)
        if fact is None:
            return None
        at.append(fact.name)
        if fact.type == "list":
            if not (parts and _COUNT.match(parts[0]) and 1 <= (item := int(parts.pop(0))) <= _MOST_ITEMS):
                return None
            at.append(item - 1)
        facts = fact.items
    return None if fact.type in ("list", "group") else _Column(tuple(at), fact.type, dict(fact.choices))


def _order(places: list[_Column | None], row: Sequence[object], given: Order) -> Order:
    facts, words = {}, {}
    for column, cell in zip(places, row, strict=False):
        value = "" if cell is None else cell
        if column is None or value == "" or (isinstance(value, str) and not value.strip()):
            continue
        if column.word:
            words[column.word] = str(value).strip()
        else:
            _put(facts, column.at, _value(column, value))
    tidy = _without_holes(facts)
    return Order(tidy, given.kind, words.get("procedure") or given.procedure, words.get("case"), given.draft)


def _put(into: dict, at: tuple, value: object) -> None:
    """Lists are kept by index until the row is read: item 3 may come before item 1."""
    for key in at[:-1]:
        into = into.setdefault(key, {})
    into[at[-1]] = value


def _without_holes(value: object) -> object:
    if not isinstance(value, dict):
        return value
    if value and all(isinstance(key, int) for key in value):
        return [_without_holes(value[key]) for key in sorted(value)]
    return {key: _without_holes(inner) for key, inner in value.items()}


def _value(column: _Column, cell: object) -> object:
    """As the facts want it; what doesn't fit stays as it is, and the facts' own check tells what is wrong with it."""
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return cell.isoformat()
    text = str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip()
    if column.type == "flag":
        return True if text.lower() in _YES else False if text.lower() in _NO else text
    if column.type == "date" and (found := _DAY.match(text)):
        return "{}-{:0>2}-{:0>2}".format(*found.groups())
    if column.type == "count" and _COUNT.match(text):
        return int(text)
    if column.type == "choice":
        return next((key for key, label in column.choices.items() if text == label), text)
    return text
