"""Reports as one HTML file that needs nothing else: styles inside, no script, prints well."""

from functools import cache

import jinja2

from objection_docs.folders import folder
from objection_docs.reports import (
    ANSWER_LABELS,
    DRAFT,
    LEVEL_LABELS,
    POINT_LABELS,
    STATUS_LABELS,
    UNCHECKED,
    VERDICT_LABELS,
    answered_sentence,
    answers,
    fields,
    has_pages,
    having,
    pages_of,
    points,
    sentence,
    wanting,
)


def names() -> dict:
    """What the report templates call by name; the web pages use the same."""
    return {
        "STATUS": STATUS_LABELS,
        "LEVEL": LEVEL_LABELS,
        "VERDICT": VERDICT_LABELS,
        "UNCHECKED": UNCHECKED,
        "DRAFT": DRAFT,
        "ANSWER": ANSWER_LABELS,
        "POINT": POINT_LABELS,
        **{
            f.__name__: f
            for f in (answered_sentence, answers, fields, has_pages, having, pages_of, points, sentence, wanting)
        },
    }


@cache
def _environment() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(folder("web") / "templates")
    # Undefined is not strict: a report of an earlier version, from the log, may lack a key and must still be shown.
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True)
    environment.globals |= names()
    return environment


def css() -> str:
    return (folder("web") / "static" / "style.css").read_text("utf-8")


def page(template: str, **values) -> str:
    """A page of web/templates, filled."""
    return _environment().get_template(template).render(**values)


def render(reports: list[dict]) -> str:
    return page("report.html", reports=reports, css=css())
