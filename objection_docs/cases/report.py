"""A case as plain values, ready for JSON."""

from objection_docs.archive.cases import Head
from objection_docs.cases.sources import Chosen, Source
from objection_docs.cases.stages import extensions, settings
from objection_docs.cases.view import Awaited, Due, Next, StageView, View
from objection_docs.cases.wording import source_words
from objection_docs.deadlines import Reckoned
from objection_docs.packs import kinds


def to_dict(view: View) -> dict:
    """The whole case."""
    return summary(view) | {
        "now": view.now.isoformat(timespec="minutes"),
        "letters": [_letter(view, seq) for seq in view.heads],
        "settings": settings(view.said),
        "extensions": [{"limit": limit, "by": by} for limit, by in extensions(view.said)],
        "history": [
            {"id": one.id, "at": one.at, "who": one.who, "errand": one.errand} | one.details for one in view.said
        ],
        "stages": [_stage(view, stage) for stage in view.stages],
    }


def summary(view: View) -> dict:
    """One line of a list of cases."""
    running = view.running
    last = view.last_letter
    return {
        "case": view.case,
        "state": "closed" if view.closed else "open",
        "closed_on": view.closed.isoformat() if view.closed else None,
        "procedures": [stage.stage.course.id for stage in view.stages],
        "procedure_labels": [stage.stage.course.label for stage in view.stages],
        "last_letter": _head(last) if last else None,
        "next": [_next(one) for one in view.next],
        "running": [_brief(one) for _, one in running],
        "overdue": sum(one.state.code == "overdue" for _, one in running),
        "problems": [stage.problem for stage in view.stages if stage.problem],
    }


def due_dict(due: Due, issued: Head | None) -> dict:
    """A limit of a list of what is due."""
    letter = _head(issued) if issued else None
    return {"case": due.case, "procedure": due.procedure} | _brief(due.limit) | {"issued": letter}


def _stage(view: View, stage: StageView) -> dict:
    course = stage.stage.course
    return {
        "procedure": course.id,
        "label": course.label,
        "problem": stage.problem,
        "events": [
            {"event": event.id, "label": event.label} | _chosen(view, stage.stage.dates[event.id])
            for event in course.events.values()
            if event.id in stage.stage.dates
        ],
        "doubts": stage.doubts,
        "awaited": [_awaited(view, one) for one in stage.awaited],
        "limits": [_limit(view, stage, one) for one in stage.limits],
        "next": [_next(one) for one in stage.next],
    }


def _chosen(view: View, chosen: Chosen) -> dict:
    told = _source(view, chosen.source)
    return told | {"others": [_source(view, other) for other in chosen.others], "reason": chosen.reason}


def _source(view: View, source: Source) -> dict:
    letter = view.heads.get(source.letter)
    entry = {"entry": source.entry.id, "who": source.entry.who} if source.entry else {"entry": "", "who": ""}
    told = {"at": source.at, "how": source.how, "source": source_words(view, source)}
    return told | {"letter": letter.id if letter else ""} | entry


def _awaited(view: View, awaited: Awaited) -> dict:
    letter = view.heads.get(awaited.letter)
    return {"event": awaited.event.id, "label": awaited.event.label, "letter": letter.id if letter else ""}


def _limit(view: View, stage: StageView, one: Reckoned) -> dict:
    told = one.to_dict()
    source = stage.source(one)
    if told["by"]:
        letter = view.heads.get(source.letter) if source else None
        told["by"] |= {"letter_id": letter.id if letter else "", "number": letter.number if letter else ""}
    return told


def _brief(one: Reckoned) -> dict:
    """What a list tells of a limit."""
    names = ("id", "label", "who", "mandatory", "last", "safe", "provisional", "state", "state_label", "days_left")
    told = one.to_dict()
    return {name: told[name] for name in names}


def _next(one: Next) -> dict:
    step = one.step
    told = {"step": step.label, "who": step.who, "kind": step.kind, "document": step.document, "may": step.may}
    return told | {"limit": _brief(one.limit) if one.limit else None}


def _letter(view: View, seq: int) -> dict:
    return _head(view.heads[seq]) | {"dates": _dates(view, seq)}


def _dates(view: View, seq: int) -> dict:
    letter = next((one for stage in view.stages for one in stage.stage.letters if one.seq == seq), None)
    return dict(letter.dates or {}) if letter else {}


def _head(entry: Head) -> dict:
    known = kinds.kinds().get(entry.kind)
    names = ("id", "number", "kind", "title", "procedure", "sender", "recipient", "verdict", "errand", "at")
    told = {name: getattr(entry, name) for name in names} | {"kind_label": known.label if known else entry.kind}
    return told | ({"draft": True} if entry.draft else {})
