"""A YAML file that a lawyer wrote → checked data; mistakes are told in Chinese with file and line.

Narrower than YAML 1.1 on purpose: only true/false, whole and decimal numbers are anything but text, so that `no`, `on`
and 2026-03-05 mean what they look like; a key that stands twice is refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import marshmallow as ma
import yaml

from objection_docs import plugins
from objection_docs.errors import DataFileError
from objection_docs.folders import folder

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"-?(0|[1-9]\d{0,15})\Z")
_FLOAT = re.compile(r"-?\d+\.\d+\Z")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}

#: What marshmallow says, in the words of the person who edits the file.
_SAYINGS = {
    "Unknown field.": "没有这个键，请核对拼写",
    "Missing data for required field.": "缺少这个必需的键",
    "Field may not be null.": "这里不能空着",
    "Not a valid string.": "这里应当是一段文字",
    "Not a valid list.": "这里应当是一个列表",
    "Not a valid mapping type.": "这里应当是键和值",
    "Not a valid boolean.": "这里应当是 true 或 false",
    "Not a valid integer.": "这里应当是整数",
    "Not a valid number.": "这里应当是数字",
    "Invalid input type.": "这里应当是键和值",
}


_YAML_SAYINGS = {
    "mapping values are not allowed": "这里不该有冒号；文字里有冒号时，整段要用引号括起来",
    "cannot start any token": "这里有不能用的字符；缩进要用空格，不能用 Tab",
    "could not find expected ':'": "缺少冒号，或冒号后面没有空格",
    "did not find expected key": "缩进与上一行不齐，或引号没有配对",
    "did not find expected '-' indicator": "列表各项的缩进不齐",
    "did not find expected ',' or": "方括号或花括号没有配对，或少了逗号",
    "while scanning a quoted scalar": "引号没有配对",
    "found unexpected end of stream": "引号没有配对",
    "found undefined alias": "* 开头的文字要用引号括起来",
    "unknown escape character": "双引号里的反斜杠写法不对；表达式请用单引号括起来",
}


def place(path: Path) -> str:
    """How a file is told: from its data folder on when it is shipped or a plugin's, in full when it is the user's."""
    for name in ("checks", "templates_zh"):
        root = folder(name)
        if path.is_relative_to(root):
            return f"{name}/{path.relative_to(root).as_posix()}"
    if plugin := plugins.owner(path):
        return f"{plugin.label} {path.relative_to(plugin.folder).as_posix()}"
    return str(path)


class _Reader:
    def __init__(self, path: Path, leave: frozenset[str]):
        self.path = path
        self.leave = leave
        self.lines: dict[tuple, int] = {}

    def fail(self, line: int, message: str):
        raise DataFileError(message, where=f"{place(self.path)}:{line}")

    def value(self, node, at: tuple):
        self.lines[at] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            out = {}
            for key_node, value_node in node.value:
                key = key_node.value
                if not isinstance(key_node, yaml.ScalarNode):
                    self.fail(key_node.start_mark.line + 1, "键只能是文字")
                if key in out:
                    self.fail(key_node.start_mark.line + 1, f"键“{key}”出现了两次")
                if not at and key in self.leave:
                    continue
                out[key] = self.value(value_node, (*at, key))
                self.lines[(*at, key)] = key_node.start_mark.line + 1
            return out
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*at, i)) for i, item in enumerate(node.value)]
        text = node.value
        if not node.style:  # plain: the C loader says "" where the Python one says None
            if text in _WORDS:
                return _WORDS[text]
            if _INT.match(text):
                return int(text)
            if _FLOAT.match(text):
                return float(text)
        return text


def faults(messages, at: tuple = ()) -> Iterator[tuple[tuple, str]]:
    """Every fault of marshmallow's messages with the keys that lead to it."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from faults(inner, at if key == "_schema" else (*at, key))
    elif isinstance(messages, list):
        for inner in messages:
            yield from faults(inner, at)
    else:
        yield at, str(messages)


def _first_fault(messages) -> tuple[tuple, str]:
    """The fault to tell. A misspelt key comes before the missing one that it was meant to be."""
    return min(faults(messages), key=lambda fault: fault[1] != "Unknown field.")


def _in_file(at: tuple, lines: dict[tuple, int]) -> tuple:
    """The keys as the file has them: marshmallow tells a mapping's key or value by one more step."""
    out: tuple = ()
    for part in at:
        if part not in ("key", "value") or (*out, part) in lines:
            out = (*out, part)
    return out


@dataclass(frozen=True, slots=True)
class Loaded:
    """Checked data, and the line of each part of it."""

    data: dict
    path: Path
    lines: dict[tuple, int]

    def where(self, *at) -> str:
        """File and line of data[at[0]][at[1]]…, or of the nearest part around it that stands in the file."""
        while at and at not in self.lines:
            at = at[:-1]
        return f"{place(self.path)}:{self.lines.get(at, 1)}"


def read(path: Path, schema: ma.Schema, leave: frozenset[str] = frozenset()) -> dict:
    """The data of `path`, checked by `schema`. Raises DataFileError with file and line.

    `leave`: keys of the file that somebody else reads.
    """
    return load(path, schema, leave).data


def load(path: Path, schema: ma.Schema, leave: frozenset[str] = frozenset()) -> Loaded:
    """As `read`, with the lines."""
    reader = _Reader(path, leave)
    try:
        node = yaml.compose(path.read_text("utf-8"), Loader=_Loader)
    except UnicodeDecodeError:
        raise DataFileError("文件不是 UTF-8 编码，请另存为 UTF-8", where=place(path)) from None
    except OSError as error:
        raise DataFileError(f"读不到这个文件（{error.strerror}）", where=place(path)) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{place(path)}:{mark.line + 1 if mark else 1}"
        problem = error.problem or error.context or ""
        said = next((said for start, said in _YAML_SAYINGS.items() if start in problem), problem)
        raise DataFileError(f"YAML 写法有误：{said}", where=where) from None
    except yaml.YAMLError as error:
        raise DataFileError(f"YAML 写法有误：{error}", where=place(path)) from None
    if not isinstance(node, yaml.MappingNode):
        reader.fail(1, "文件应当由“键: 值”组成")
    data = reader.value(node, ())
    try:
        return Loaded(schema.load(data), path, reader.lines)
    except ma.ValidationError as error:
        at, message = _first_fault(error.normalized_messages())
        at = _in_file(at, reader.lines)
        name = ".".join(map(str, at))
        message = _SAYINGS.get(message, message)
        raise DataFileError(
            f"{name}：{message}" if name else message, where=Loaded({}, path, reader.lines).where(*at)
        ) from None
