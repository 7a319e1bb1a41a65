"""档案: what a search found leaves the log as a bag, as a list or as statistics."""

import tempfile
from pathlib import Path

from flask import Blueprint, current_app, render_template, request

from objection_docs import accounts_desk, bagging, desk, handover
from objection_docs.errors import UsageError
from objection_docs.service import answers, pages_log, scopes, sent_forms

blueprint = Blueprint("handover", __name__)
#: More letters in one bag are for the command line, which nobody waits for in a browser.
MOST_LETTERS = 2000
_LISTS = {"csv": "text/csv", "jsonl": "application/x-ndjson"}
_TABLES = {"csv": "text/csv", "json": "application/json", "html": "text/html"}


def _home():
    return current_app.config["HOME"]


def _asked() -> tuple[str, dict]:
    """The words and the filters of the search; how it was ordered and paged is of no matter here."""
    given = {name: request.values.get(name) for name in desk.search_names()}
    kept = {name: value for name, value in given.items() if value and name not in ("order", "limit", "cursor")}
    return kept.pop("q", ""), kept


@blueprint.get("/log/statistics")
@scopes.needs("archive")
def statistics():
    query, filters = _asked()
    tables = handover.statistics("text", query, now=current_app.config["CLOCK"](), home=_home(), **filters)
    kept = {"q": query} | filters
    return render_template("counts.html", tables=tables, kept=kept, asked=bagging.in_words(query, filters))


@blueprint.get("/log/statistics.<form>")
@scopes.needs("archive")
def statistics_file(form: str):
    if form not in _TABLES:
        raise UsageError("统计只有 csv、json 和 html 三种文件", code="unknown_format", status=404)
    query, filters = _asked()
    made = handover.statistics(form, query, now=current_app.config["CLOCK"](), home=_home(), **filters)
    return answers.download(f"文书统计.{form}", made.encode(), _TABLES[form])


@blueprint.get("/log/list.<form>")
@scopes.needs("archive")
def listed(form: str):
    if form not in _LISTS:
        raise UsageError("清单只有 csv 和 jsonl 两种文件", code="unknown_format", status=404)
    query, filters = _asked()
    data = "".join(handover.listed(form, query, home=_home(), **filters)).encode()
    _audit(query, filters)
    return answers.download(f"文书清单.{form}", data, _LISTS[form])


@blueprint.post("/log/export")
@sent_forms.comes_back(pages_log.log)
@scopes.needs("archive")
def export():
    query, filters = _asked()
    total = desk.search(query, home=_home(), limit=1, **filters).total
    if total > MOST_LETTERS:
        message = f"查到 {total} 件，网页上一次最多导出 {MOST_LETTERS} 件；请缩小条件分几次导出"
        raise UsageError(f"{message}，或请管理员在服务器上用 log export", code="too_many_letters")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "移交包.zip"
        now = current_app.config["CLOCK"]()
        handover.export(place, query, now=now, by=scopes.who(), home=_home(), **filters)
        _audit(query, filters)
        bag = place.open("rb")  # stays readable when the folder is gone
    return answers.sent(f"移交包 {now:%Y-%m-%d}.zip", bag, "application/zip", True)


def _audit(query: str, filters: dict) -> None:
    asked = bagging.in_words(query, filters) or "全部"
    about = {"now": current_app.config["CLOCK"](), "who": scopes.who(), "home": _home()}
    accounts_desk.audit("exported", asked=asked, **about)
