"""A form that is refused comes back on its page: what was sent stands in it, and the fault beside its field.

@blueprint.post("/admin/keys")
@sent_forms.comes_back(admin)
@scopes.needs("admin")
def add_key(): ...

The templates ask `sent_form` for each form and draw its fields with `_fields.html`. What no field tells stands at the
end of the form (`rest`), and where the page has no such form any more, at the top of the page. The form of a letter's
facts, which may have many faults, has its own way (form_faults.py).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps

from flask import Flask, Response, current_app, g, request

from objection_docs.errors import ObjectionDocsError

#: What whoever sent the form can mend. Who may not do it, or speaks of what isn't there, gets a page that says so.
MENDABLE = (400, 409, 413, 422)
STATUS = 422


@dataclass(slots=True)
class _Fault:
    field: str
    message: str
    told: bool = False


@dataclass(frozen=True, slots=True)
class SentForm:
    """One form of a page. `found`: its fault, when it comes back."""

    found: _Fault | None

    @property
    def back(self) -> bool:
        return self.found is not None

    def value(self, name: str, usual: str = "") -> str:
        """What stands in a field; `usual`, where nothing was sent."""
        return request.form.get(name, "") if self.back else usual

    def values(self, name: str, usual: Iterable[str] = ()) -> list[str]:
        """As `value`, of what may be chosen several times."""
        return request.form.getlist(name) if self.back else list(usual)

    def fault(self, name: str) -> str:
        """What is wrong with the field."""
        if self.found is None or self.found.field != name:
            return ""
        self.found.told = True
        return self.found.message

    def rest(self) -> str:
        """What is wrong and was told by no field above."""
        return "" if self.found is None else _untold(self.found)


def _untold(found: _Fault) -> str:
    said, found.told = "" if found.told else found.message, True
    return said


def comes_back(page: Callable, **called: str) -> Callable:
    """`page`: makes the page of the form, from the values of the address; None: there is none for what was sent.
    `called`: value of an error -> its field in this form, where it has another name."""

    def mark(view: Callable) -> Callable:
        @wraps(view)
        def sent(**values: str) -> object:
            try:
                return view(**values)
            except ObjectionDocsError as error:
                if error.status not in MENDABLE:
                    raise
                refuse(error, called.get(error.field, error.field))
                response = _again(page, values)
                if response is None:
                    raise
                response.status_code = STATUS
                return response

        sent.comes_back = True
        return sent

    return mark


def refuse(error: ObjectionDocsError, field: str | None = None) -> None:
    """From here on the page that is made shows the form of this request as refused."""
    g.refused = _Fault(error.field if field is None else field, error.message)


def refused() -> bool:
    return "refused" in g


def _again(page: Callable, values: dict) -> Response | None:
    try:
        made = page(**values)
    except ObjectionDocsError:  # what the form speaks of isn't there either
        made = None
    if made is None:
        g.pop("refused")
        return None
    return current_app.make_response(made)


def form(endpoint: str, **which: str) -> SentForm:
    """The form of that path; `which`: by what of its address or its fields it is told from others on the page."""
    values = {name: (request.view_args or {}).get(name, request.form.get(name, "")) for name in which}
    same = request.endpoint == endpoint and all(values[name] == value for name, value in which.items())
    return SentForm(g.get("refused") if same else None)


def untold() -> str:
    """What is wrong and no form of the page has told."""
    return _untold(found) if (found := g.get("refused")) else ""


def register(app: Flask) -> None:
    app.jinja_env.globals |= {"sent_form": form, "untold_fault": untold, "form_refused": refused}
