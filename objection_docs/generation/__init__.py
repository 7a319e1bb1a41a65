"""Checked facts → a letter as a Word file. `generation.pdf` makes a PDF of it."""

from functools import lru_cache

from objection_docs.errors import FormError
from objection_docs.facts import Facts
from objection_docs.generation import forms, names
from objection_docs.packs.kinds import Kind

__all__ = ["check_form", "render"]


def render(kind: Kind, facts: Facts) -> bytes:
    """The letter. The same facts give the same bytes. FormError when the form is broken or asks for unknown names."""
    form = forms.load(kind.form)
    if faults := _name_faults(kind, form):
        raise FormError("；".join(faults), where=kind.form.name)
    return form.render(facts.values)


def check_form(kind: Kind) -> list[str]:
    """Every mistake of the form's author that can be told without facts; empty when there is none."""
    try:
        form = forms.load(kind.form)
        said = [f"{kind.form.name} {fault}" for fault in _name_faults(kind, form)]
    except FormError as error:
        said = [str(error)]
    return said + [f"{kind.form.name} {fault}" for fault in names.spoilt_tags(kind)]


@lru_cache(maxsize=64)
def _name_faults(kind: Kind, form: forms.Form) -> tuple[str, ...]:
    """Names of the form that this kind doesn't declare; looked up once for each pair."""
    return tuple(
        f"{part.name} {forms.place(part.source, line)}：{fault}"
        for part in form.parts
        for line, fault in names.unknown_names(forms.parse(part.source), kind)
    )
