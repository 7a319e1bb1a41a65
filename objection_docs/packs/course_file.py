"""The course half of checks/procedures/<id>.yaml as a whole: its parts must fit together; checked data → Course."""

from collections.abc import Iterator

import marshmallow as ma
from marshmallow import fields

from objection_docs.packs import layers
from objection_docs.packs.counting import countings
from objection_docs.packs.course_schema import (
    ID,
    NAME,
    TEXT,
    ArchivedSchema,
    EventSchema,
    GradeSchema,
    LimitSchema,
    SettingSchema,
    StepSchema,
)
from objection_docs.packs.courses import (
    Archived,
    Course,
    Event,
    Exclusion,
    Extension,
    Grade,
    Limit,
    Period,
    Setting,
    Start,
    Step,
)


class CourseSchema(ma.Schema):
    """The whole file, as far as the course goes; the other keys belong to `procedures`."""

    class Meta:
        unknown = ma.EXCLUDE

    counting = fields.String(load_default="civil")
    events = fields.Dict(fields.String(validate=NAME), fields.Nested(EventSchema), load_default=dict)
    settings = fields.Dict(fields.String(validate=NAME), fields.Nested(SettingSchema), load_default=dict)
    limits = fields.Dict(fields.String(validate=ID), fields.Nested(LimitSchema), load_default=dict)
    steps = fields.List(fields.Nested(StepSchema), load_default=list)
    grades = fields.Dict(fields.String(validate=NAME), fields.Nested(GradeSchema), load_default=dict)
    archived = fields.List(fields.Nested(ArchivedSchema), load_default=list)
    notes = fields.List(fields.String(validate=TEXT), load_default=list)

    def __init__(self, procedure_id: str, label: str):
        super().__init__()
        self._id, self._label = procedure_id, label

    @ma.validates_schema
    def _names(self, data, **_):
        """Every name that is used is there."""
        for at, name, known, what in _uses(data):
            if name not in known:
                near = f"；有：{'、'.join(known)}" if len(known) <= 40 else ""
                raise ma.ValidationError(_at(at, f"没有{what}“{name}”，请核对拼写{near}"))

    @ma.validates_schema(skip_on_field_errors=True)
    def _no_circle(self, data, **_):
        """No limit starts with its own end."""
        duties: dict[str, set[str]] = {}
        for name, limit in data["limits"].items():
            if "done" in limit and limit.get("mandatory", True):
                duties.setdefault(limit["done"], set()).add(name)
        before = {name: set(_waits_for(limit, duties)) for name, limit in data["limits"].items()}
        for name in before:
            seen, todo = set(), set(before[name])
            while todo:
                one = todo.pop()
                seen.add(one)
                todo |= before.get(one, set()) - seen
            if name in seen:
                said = "这一期限的起算（直接或经过别的期限）又要等它自己结束，成了循环"
                raise ma.ValidationError(_at(("limits", name), said))

    def course(self, data: dict) -> Course:
        """The course of checked data."""
        return Course(
            id=self._id,
            label=self._label,
            events={name: Event(name, **keys) for name, keys in data["events"].items()},
            settings={name: Setting(name, **keys) for name, keys in data["settings"].items()},
            limits={name: self._limit(name, keys, data["counting"]) for name, keys in data["limits"].items()},
            steps=tuple(Step(**self._cited(_tuples(keys))) for keys in data["steps"]),
            grades=tuple(Grade(name, **_tuples(keys)) for name, keys in data["grades"].items()),
            archived=tuple(Archived(**self._cited(keys)) for keys in data["archived"]),
            notes=tuple(data["notes"]),
        )

    def _limit(self, name: str, keys: dict, counting: str) -> Limit:
        keys = {**_tuples(keys)}
        keys["periods"] = tuple(self._period(period, counting) for period in keys["periods"])
        keys["excluded"] = tuple(Exclusion(**excluded) for excluded in keys.get("excluded", ()))
        if "extension" in keys:
            extension = {"number": None, "unit": "", **keys["extension"]}
            keys["extension"] = Extension(**self._cited(extension))
        return Limit(name, **keys)

    def _period(self, keys: dict, counting: str) -> Period:
        keys = {"counting": counting, **self._cited(keys)}
        if "when" in keys:
            keys["when"] = {setting: tuple(choices) for setting, choices in keys["when"].items()}
        return Period(**keys)

    def _cited(self, keys: dict) -> dict:
        """The procedure's own words become an authority by its name."""
        keys = {"authority": "", **keys}
        quote = keys.pop("quote", "")
        if quote:
            own = f"《{self._label.split('（')[0]}》规程：“{quote}”"
            keys["authority"] = "；".join(part for part in (own, keys["authority"]) if part)
        return keys


def _waits_for(limit: dict, duties: dict[str, set[str]]) -> Iterator[str]:
    """The limits that one may have to be reckoned after: whose end, or whose event, it starts with."""
    starts = [period["start"] for period in limit["periods"] if "start" in period]
    yield from (start.end_of for start in starts if start.end_of)
    events = [event for start in starts for event in start.events]
    events += [excluded["end"] for excluded in limit.get("excluded", ())]
    for event in [*events, limit.get("until")]:
        yield from duties.get(event, ())


def _tuples(keys: dict) -> dict:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in keys.items()}


def _at(path: tuple, message: str) -> dict:
    out: object = [message]
    for key in reversed(path):
        out = {key: out}
    return out


def _uses(data: dict) -> Iterator[tuple[tuple, str, object, str]]:
    """Every name that the file uses: where, the name, the names there are, what it should be."""
    events, limits = data["events"], data["limits"]
    kinds = {path.parent.name for path in layers.files("*/kind.yaml", layers.checks())}
    yield ("counting",), data["counting"], countings(), "计算办法"
    for name, event in events.items():
        if "letter" in event:
            yield ("events", name, "letter"), event["letter"], kinds, "文书种类"
        if "posted" in event:
            yield ("events", name, "posted"), event["posted"], events, "事件"
    for name, limit in limits.items():
        at = ("limits", name)
        for key in ("done", "until"):
            if key in limit:
                yield (*at, key), limit[key], events, "事件"
        for i, event in enumerate(limit.get("ended_by", ())):
            yield (*at, "ended_by", i), event, events, "事件"
        if "cap" in limit:
            yield (*at, "cap"), limit["cap"], limits, "期限"
        for i, excluded in enumerate(limit.get("excluded", ())):
            yield (*at, "excluded", i, "from"), excluded["begin"], events, "事件"
            yield (*at, "excluded", i, "to"), excluded["end"], events, "事件"
        for i, period in enumerate(limit["periods"]):
            yield from _period_uses(period, (*at, "periods", i), data)
    for key in ("steps", "grades"):
        rows = enumerate(data[key]) if key == "steps" else data[key].items()
        for i, row in rows:
            for j, limit in enumerate(row.get("limits", ())):
                yield (key, i, "limits", j), limit, limits, "期限"
            if "kind" in row:
                yield (key, i, "kind"), row["kind"], kinds, "文书种类"


def _period_uses(period: dict, at: tuple, data: dict) -> Iterator[tuple[tuple, str, object, str]]:
    start = period.get("start", Start())
    for event in start.events:
        yield (*at, "from"), event, data["events"], "事件"
    if start.end_of:
        yield (*at, "from"), start.end_of, data["limits"], "期限"
    if "counting" in period:
        yield (*at, "counting"), period["counting"], countings(), "计算办法"
    for name, choices in period.get("when", {}).items():
        yield (*at, "when", name), name, data["settings"], "设置"
        for choice in choices:
            yield (*at, "when", name), choice, data["settings"][name]["choices"], "选项"
