"""Patterns as a lawyer writes them → compiled expressions; an author's mistake is told with its place.

Patterns are regular expressions over the normal form of text (text.py) with two comforts: `{name}` stands for an
expression of checks/lexicon/, and `…` for up to thirty characters of the same sentence (`…{0,5}`: up to five).
Full-width punctuation is literal: （ is a bracket, not a group.
"""

import re
from functools import cache
from pathlib import Path

from objection_docs.errors import DataFileError
from objection_docs.packs import yaml_file
from objection_docs.packs.bounded import Bounded
from objection_docs.packs.leading import Leading, cheap_first
from objection_docs.packs.rule_schema import LexiconSchema
from objection_docs.text import normal

try:
    from re import _constants, _parser
except ImportError:  # Python 3.10
    import sre_constants as _constants
    import sre_parse as _parser

GROUPS = frozenset({"quote", "name"})  # the named groups that a rule's `match` may have
_LITERAL = {ord(wide): re.escape(normal(wide)) for wide in "（）？．＊＋［］｛｝｜＾＄＼"}
_MACRO = re.compile(r"\{([a-z_\u4e00-\u9fff][\w]*)\}")
_GAP = re.compile(r"\0(\{\d+,\d+\})?\??")
_TOKEN = re.compile(r"\{[a-z_\u4e00-\u9fff][\w]*\}|…(?:\{\d+,\d+\})?\??|.", re.DOTALL)
_ENDLESS = 1000  # repeats without a bound, or with one that is none
#: What `re` says, in the words of the person who edits the file; by its beginning.
_SAYINGS = {
    "missing )": "左括号没有配对的右括号",
    "unbalanced parenthesis": "多了一个右括号",
    "unterminated character set": "方括号 [ 没有配对的 ]",
    "nothing to repeat": "重复符号（* + ? 或 {…}）前面没有东西",
    "multiple repeat": "两个重复符号连在一起",
    "min repeat greater": "重复次数的下限大于上限",
    "bad character range": "方括号里的范围前后颠倒",
    "bad escape": "不认识的反斜杠写法",
    "look-behind requires": "(?<= 或 (?<! 里面的长度必须固定",
    "unknown extension": "不认识的 (? 写法",
    "redefinition of group": "同一个组名用了两次",
    "unknown group name": "引用了没有的组名",
}


def normal_pattern(pattern: str) -> str:
    """The pattern in the normal form of text, full-width punctuation made literal and `…` a gap inside a sentence."""
    out = pattern.replace("…", "\0").translate(_LITERAL)
    out = "".join(normal(c) if ord(c) > 127 else c for c in out)
    return _GAP.sub(lambda gap: rf"[^。!?;\n]{gap[1] or '{0,30}'}?", out)


@cache
def _compiled(spelled: str) -> re.Pattern | Leading:
    """Once for a process: a user's folder on top shares the shipped expressions."""
    try:
        return Leading.of(re.compile(cheap_first(spelled), re.MULTILINE))
    except re.error:
        re.compile(spelled, re.MULTILINE)  # a mistake is told by its place in what was written
        raise


class Later:
    """A shipped expression, compiled when it is first used: one letter uses half of those that a kind has."""

    def __init__(self, spelled: str):
        self.pattern = spelled

    def __getattr__(self, name: str):
        if name.startswith("__"):
            raise AttributeError(name)
        compiled = _compiled(self.pattern)
        for way in ("search", "match", "finditer", "sub"):
            setattr(self, way, getattr(compiled, way))  # from now on without this detour
        return getattr(compiled, name)


@cache
def _later(spelled: str) -> Later:
    return Later(spelled)


def _said(error: re.error) -> str:
    return next((said for start, said in _SAYINGS.items() if error.msg.startswith(start)), error.msg)


def _endless_in_endless(parsed, inside: bool = False) -> bool:
    """Whether a repeat without a bound stands inside another: (…+)+ can take longer than the world lasts."""
    for op, value in parsed:
        if op in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
            _, most, item = value
            endless = most >= _ENDLESS
            if (endless and inside) or _endless_in_endless(item, inside or endless):
                return True
        elif op is _constants.BRANCH:
            if any(_endless_in_endless(branch, inside) for branch in value[1]):
                return True
        elif op is _constants.SUBPATTERN:
            if _endless_in_endless(value[-1], inside):
                return True
        elif op in (_constants.ASSERT, _constants.ASSERT_NOT) and _endless_in_endless(value[1], inside):
            return True
    return False


class Lexicon:
    """The words of checks/lexicon/; a user's folder adds to them and overrides single ones."""

    def __init__(self, roots: tuple[Path, ...]):
        self.words: dict[str, str] = {}
        self.where: dict[str, str] = {}
        self.spelled: dict[str, str] = {}
        self.foreign: set[str] = set()  # words of a user's folder
        empty_words: set[str] = set()
        for root in roots:
            mine: set[str] = set()
            for path in sorted((root / "lexicon").glob("*.yaml")):
                loaded = yaml_file.load(path, LexiconSchema())
                for name, value in loaded.data["words"].items():
                    if name in mine:
                        raise DataFileError(f"“{name}”在别的词表文件里已经有了", where=loaded.where("words", name))
                    mine.add(name)
                    self.words[name] = "|".join(map(str, value)) if isinstance(value, list) else str(value)
                    self.where[name] = loaded.where("words", name)
                empty_words.update(loaded.data["empty_words"])
            if root is not roots[0]:
                self.foreign |= mine
        self.empty_words = frozenset(empty_words)

    def spell(self, pattern: str, where: str, inside: tuple[str, ...] = ()) -> str:
        """The pattern with its words written out."""

        def macro(found: re.Match) -> str:
            name = found[1]
            if name not in self.words:
                raise DataFileError(f"词表里没有“{name}”（{{{name}}}），请核对拼写，或加进 lexicon 文件夹", where=where)
            if name in inside:
                circle = " → ".join((*inside[inside.index(name) :], name))
                raise DataFileError(f"词表“{name}”引用了自己（{circle}）", where=self.where[name])
            if name not in self.spelled:
                self.spelled[name] = self.spell(self.words[name], self.where[name], (*inside, name))
            return f"(?:{self.spelled[name]})"

        return _MACRO.sub(macro, normal_pattern(pattern))

    def uses(self, pattern: str) -> set[str]:
        """The words that a pattern stands on, directly or through others."""
        found: set[str] = set()
        todo = set(_MACRO.findall(pattern))
        while todo:
            name = todo.pop()
            found.add(name)
            todo |= set(_MACRO.findall(self.words.get(name, ""))) - found
        return found

    def compile(self, pattern: str, where: str, foreign: bool = False) -> "Later | Bounded | None":
        """The expression; `foreign`: from a user's folder, so it is tried out at once and runs with a limit of time."""
        if not pattern:
            return None
        spelled = self.spell(pattern, where)
        foreign = foreign or bool(self.foreign and self.uses(pattern) & self.foreign)
        if not foreign:
            return _later(spelled)
        try:
            _compiled(spelled)
            if _endless_in_endless(_parser.parse(spelled, re.MULTILINE)):
                said = "没有上限的重复里又套着没有上限的重复，遇到某些文字会算不完；请给里外至少一层写上限，如 {0,30}"
                raise DataFileError(f"表达式“{_short(pattern)}”：{said}", where=where)
            return Bounded(spelled)
        except (re.error, OverflowError, RecursionError) as error:
            raise self._fault(pattern, where, error) from None

    def word(self, name: str) -> "Later | re.Pattern | Bounded":
        return self.compile(f"{{{name}}}", self.where[name])

    def _fault(self, pattern: str, where: str, error: Exception) -> DataFileError:
        """The error with its place: in the word of the lexicon that is broken, or in the pattern itself."""
        for name in sorted(self.uses(pattern)):
            try:
                re.compile(self.spell(self.words[name], self.where[name]), re.MULTILINE)
            except re.error as inner:
                return self._told(self.words[name], self.where[name], inner, f"词表“{name}”里")
            except (OverflowError, RecursionError):
                continue
        return self._told(pattern, where, error, "")

    def _told(self, pattern: str, where: str, error: Exception, lead: str) -> DataFileError:
        if not isinstance(error, re.error) or error.pos is None:
            said = _said(error) if isinstance(error, re.error) else "表达式太长或套得太深"
            return DataFileError(f"{lead}写法有误的表达式“{_short(pattern)}”：{said}", where=where)
        spelled = at = 0
        for token in _TOKEN.finditer(pattern):
            at = token.start()
            spelled += len(self.spell(token[0], where))
            if spelled > error.pos:
                break
        else:
            at = len(pattern)
        near = f"{pattern[max(0, at - 12) : at]}⟨这里⟩{pattern[at : at + 12]}"
        return DataFileError(f"{lead}写法有误的表达式：第 {at + 1} 个字处{_said(error)}（{near}）", where=where)


def _short(pattern: str) -> str:
    return pattern if len(pattern) <= 60 else pattern[:57] + "……"
