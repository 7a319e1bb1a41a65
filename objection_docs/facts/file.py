"""The bytes of a facts file → what is in it; a file that is not JSON is refused with the place and the cause."""

import json
import math

from objection_docs.errors import FactFault, FactsError, UsageError

_CAUSES = (
    ("Expecting property name", "这里应当是用英文双引号括起来的名称（最后一项后面不能有逗号，也不能写注释）"),
    ("Illegal trailing comma", "最后一项后面不能有逗号"),
    ("Expecting ',' delimiter", '前后两项之间缺少英文逗号，或者文字里的双引号没有写成 \\"'),
    ("Expecting ':' delimiter", "名称后面缺少英文冒号"),
    ("Expecting value", "这里缺少一个值：文字要用英文双引号括起来"),
    ("Extra data", "前面的内容已经完整，后面还有多余的内容"),
    ("Unterminated string", "文字缺少收尾的英文双引号"),
    ("Invalid control character", "文字里有换行或制表符，换行请写成 \\n"),
    ("Invalid \\", "反斜杠的写法不对，反斜杠本身请写成 \\\\"),
)
_CHINESE_MARKS = "“”‘’，：；【】｛｝"


def parse(data: bytes) -> object:
    """JSON bytes → the object. UsageError `not_utf8` or `not_json`; FactsError for a name given twice, or NaN."""
    text = _decoded(data)
    if not text.strip():
        raise UsageError("案件事实的文件是空的；用 facts 命令可以得到一份样例", code="not_json")
    try:
        return json.loads(text, object_pairs_hook=_no_doubles, parse_constant=_no_constant, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise UsageError(_cause(text, error), code="not_json") from None
    except RecursionError:
        raise UsageError("案件事实的括号套得太深，请核对", code="not_json") from None
    except FactsError:
        raise
    except ValueError:  # Python refuses to read a number of more than 4300 digits
        raise UsageError("案件事实里有一个位数过多的数字，请核对", code="not_json") from None


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise UsageError("案件事实的文件是 UTF-16（“Unicode”）编码，请另存为 UTF-8 编码后再试", code="not_utf8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        raise UsageError("案件事实的文件不是文字，应当是 UTF-8 编码的 JSON 文件", code="not_utf8") from None
    raise UsageError(
        "案件事实的文件看来是 GBK（ANSI）编码，请在记事本里“另存为”，编码选 UTF-8，再试一次", code="not_utf8"
    )


def _cause(text: str, error: json.JSONDecodeError) -> str:
    line = text.splitlines()[error.lineno - 1].strip() if error.lineno <= len(text.splitlines()) else ""
    cause = next((said for start, said in _CAUSES if error.msg.startswith(start)), "写法不对")
    if text[error.pos : error.pos + 1] in tuple(_CHINESE_MARKS):
        cause = f"这里用了中文标点 {text[error.pos]}，请改用英文标点"
    shown = f"：{line[:60]}" if line else ""
    return f"案件事实不是合格的 JSON。第 {error.lineno} 行第 {error.colno} 列：{cause}{shown}"


def _no_doubles(pairs: list[tuple]) -> dict:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        doubled = next(name for name in names if names.count(name) > 1)
        raise FactsError([FactFault((doubled,), f"“{doubled}”写了两次，请只留一个")])
    return made


def _no_constant(word: str):
    raise FactsError([FactFault((), f"{word} 不是数字，请写出具体的数字")])


def _finite(word: str) -> float:
    number = float(word)
    return number if math.isfinite(number) else _no_constant(word)
