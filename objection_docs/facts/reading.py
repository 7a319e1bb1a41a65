"""The marshmallow schema of a kind's facts, and what it found told by path in Chinese with what is expected."""

from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache
from typing import ClassVar

import marshmallow as ma
from marshmallow import fields

from objection_docs.errors import FactFault
from objection_docs.facts import parts
from objection_docs.facts.parts import Unfit
from objection_docs.facts.values import Choice, Flag, Passage
from objection_docs.packs.kinds import Fact

MOST_ITEMS = 200
_UNKNOWN = "unknown key"


class _Said(str):
    """What is wrong, for those who write JSON. `plain`: for whoever fills in a form. In a list, marshmallow hands it on
    as it is."""

    __slots__ = ("plain",)

    def __new__(cls, message: str, plain: str):
        said = super().__new__(cls, message)
        said.plain = plain
        return said


class _Part(fields.Field):
    """A fact that `read` turns into a value, or refuses by a ValueError in Chinese."""

    def __init__(self, read, **options):
        super().__init__(**options)
        self._read = read

    def _deserialize(self, value, attr, data, **_):
        try:
            return self._read(value)
        except ValueError as error:
            plain = getattr(error, "plain", "")
            raise ma.ValidationError([_Said(str(error), plain)] if plain else str(error)) from None


def _flag(raw: object) -> Flag:
    if isinstance(raw, bool):
        return Flag(raw)
    if raw in ("是", "否"):
        return Flag(raw == "是")
    raise Unfit("应当是 true 或 false（也可以写“是”或“否”）", "请选“是”或“否”")


def _choice(fact: Fact, raw: object) -> Choice:
    for key, label in fact.choices.items():
        if raw in (key, label):
            return Choice(key, label)
    listed = "、".join(f"{label}（{key}）" for key, label in fact.choices.items())
    raise Unfit(f"应当是其中之一：{listed}", f"请从这些里选：{'、'.join(fact.choices.values())}")


def _reader(fact: Fact):
    return {
        "text": lambda raw: parts.text(raw, fact.longest),
        "passage": lambda raw: Passage(parts.text(raw, fact.longest, lines=True)),
        "date": parts.day,
        "amount": parts.amount,
        "count": parts.count,
        "flag": _flag,
        "choice": lambda raw: _choice(fact, raw),
    }[fact.type]


def applies(fact: Fact, given: dict) -> bool | None:
    """Whether the fact's condition holds among the facts given beside it; None: what it hangs on isn't known."""
    answer: bool | None = True
    for name, wanted in fact.when.items():
        key = getattr(given.get(name), "key", None)
        if key is None:
            answer = None
        elif key not in wanted:
            return False
    return answer


def _contents(facts: tuple[Fact, ...]) -> str:
    listed = "、".join(f"{fact.name}（{fact.label}）" for fact in facts[:12])
    return f'写作 {{"名称": 值, …}}，名称有：{listed}{" 等" if len(facts) > 12 else ""}'


def example(fact: Fact) -> str:
    """What is expected of a fact, in short."""
    if fact.items:
        return f"应当是列表 [{{…}}]，每一项{_contents(fact.items)}" if fact.type == "list" else _contents(fact.items)
    if fact.choices:
        return f"可写：{'、'.join(fact.choices.values())}"
    shown = str(fact.sample or "").split("\n")[0]
    shown = shown if len(shown) <= 40 else shown[:39] + "…"
    return "；".join(part for part in (fact.help, f"例如 {shown}" if shown else "") if part)


def _wanting(fact: Fact) -> str:
    """As `example`, of a fact that was left out of a form: what to do there."""
    if fact.type == "list":
        return f"请至少填写 {fact.least} 项" if fact.least > 1 else "请至少填写一项"
    if fact.choices:
        return "请选择一项"
    return "请填写" if fact.items else f"请填写。{example(fact)}".removesuffix("。")


class _Facts(ma.Schema):
    """Base of the schemas made below; `facts`, `procedure` and `draft` are set on them."""

    facts: tuple[Fact, ...] = ()
    procedure: str | None = None
    draft = False
    error_messages: ClassVar[dict] = {"unknown": _UNKNOWN}

    class Meta:
        unknown = ma.RAISE
        register = False

    @ma.validates_schema(skip_on_field_errors=False)
    def _conditions(self, data, **_):
        faults = {}
        for fact in self.facts:
            if not fact.when:
                continue
            fits = applies(fact, data)
            if fits is False and fact.name in data:
                faults[fact.name] = [f"不该有：{condition(fact, self.facts)}才填写"]
            elif fits and fact.name not in data and fact.needed(self.procedure) and not self.draft:
                applied = condition(fact, self.facts)
                said = f"缺少：{applied}必须填写。{example(fact)}"
                faults[fact.name] = [_Said(said, f"{applied}必须填写，{_wanting(fact)}")]
        if faults:
            raise ma.ValidationError(faults)


def condition(fact: Fact, beside: tuple[Fact, ...]) -> str:
    """“结论”为成立或部分成立时."""
    by_name = {other.name: other for other in beside}
    return "且".join(
        f"“{by_name[name].label}”为{'或'.join(by_name[name].choices[key] for key in wanted)}时"
        for name, wanted in fact.when.items()
    )


def _field(fact: Fact, procedure: str | None, draft: bool) -> fields.Field:
    hint = example(fact)
    options = {
        "required": fact.needed(procedure) and not fact.when and not draft,
        "error_messages": {  # in lists, or marshmallow would format them and stumble over the brackets of JSON
            "required": [_Said(f"缺少，请填写。{hint}", f"缺少，{_wanting(fact)}")],
            "null": [f"不能是 null。{hint or '没有就不写这一项'}"],
            "invalid": [f"写法不对。{hint}"],
        },
    }
    if not fact.items:
        return _Part(_reader(fact), **options)
    inner = schema(fact.items, procedure, draft)
    if fact.type == "group":
        return fields.Nested(inner, **options)
    items = fields.Nested(inner, error_messages={"null": [f"不能是 null。{hint}"]})
    return _List(items, 0 if draft else max(1, fact.least), example(fact), **options)


class _List(fields.List):
    """A list whose length is looked at before its items: a hundred thousand of them are one fault, found at once."""

    def __init__(self, items, least: int, hint: str, **options):
        super().__init__(items, **options)
        self._least, self._hint = least, hint

    def _deserialize(self, value, attr, data, **kwargs):
        if isinstance(value, list) and len(value) < self._least:
            said = f"至少要有 {self._least} 项，现在有 {len(value)} 项"
            raise ma.ValidationError([_Said(f"{said}。{self._hint}", said)])
        if isinstance(value, list) and len(value) > MOST_ITEMS:
            raise ma.ValidationError(f"太多：{len(value)} 项，最多 {MOST_ITEMS} 项")
        return super()._deserialize(value, attr, data, **kwargs)


@lru_cache(maxsize=512)
def schema(facts: tuple[Fact, ...], procedure: str | None, draft: bool) -> ma.Schema:
    """The schema of these facts. Made once: building it costs far more than using it."""
    made = _Facts.from_dict({fact.name: _field(fact, procedure, draft) for fact in facts}, name="Facts")
    made.error_messages = {"type": f"写法不对，应当{_contents(facts)}"}
    made.facts, made.procedure, made.draft = facts, procedure, draft
    return made()


def _stranger(key: object, facts: tuple[Fact, ...], guess: bool) -> str:
    near = get_close_matches(str(key)[:60], [fact.name for fact in facts], 1) if guess else []
    by_label = [fact.name for fact in facts if fact.label == key]
    hint = f"是不是 {(by_label or near)[0]}？" if by_label or near else ""
    return f"没有这一项。{hint}这里可写：{'、'.join(fact.name for fact in facts)}"


def faults(messages, facts: tuple[Fact, ...], path: tuple = (), label: str = "") -> Iterator[FactFault]:
    """Every fault in marshmallow's messages, in the order of the form."""
    if not isinstance(messages, dict):
        for message in messages if isinstance(messages, list) else [messages]:
            plain = getattr(message, "plain", str(message))
            yield FactFault(path, f"“{label}”{message}" if label else str(message), plain)
        return
    order = {fact.name: i for i, fact in enumerate(facts)}
    known = {fact.name: fact for fact in facts}
    for key in sorted(messages, key=lambda key: (order.get(key, len(order)), key if isinstance(key, int) else -1)):
        inner = messages[key]
        if key == "_schema":
            yield from faults(inner, facts, path, label)
        elif inner == [_UNKNOWN]:
            yield FactFault((*path, key), _stranger(key, facts, guess=len(messages) <= MOST_ITEMS))
        elif key in known:
            yield from faults(inner, known[key].items, (*path, key), known[key].label)
        else:
            yield from faults(inner, facts, (*path, key), label)
