"""`acknowledge`, `reply`, `supplement`: from a letter received to the next one, in a terminal."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import click

from objection_docs.commands import inout
from objection_docs.commands.terminal import Command, Day, fail, login, note, now
from objection_docs.errors import FactsError, UsageError

_ACCEPT = click.Choice(["accepted", "rejected", "supplement"])


def _common(command):
    for option in reversed(
        [
            click.argument("file", metavar="FILE"),
            click.option("-o", "--output", metavar="OUT", help="输出文件，.docx 或 .pdf；默认写在当前文件夹。"),
            click.option("--procedure", metavar="P", help="适用的程序；不给时从来文识别。"),
            click.option("--case", metavar="C", help="所属案件。"),
            click.option("--facts", metavar="FACTS.json", help="已知的事实，优先于从来文读出的。"),
            click.option("--fact", "pairs", metavar="NAME=VALUE", multiple=True, help="单项事实，如 handler=方晓彤。"),
            click.option("--no-log", is_flag=True, help="不记入文书日志。"),
        ]
    ):
        command = option(command)
    return command


@click.command(cls=Command)
@_common
@click.option("--received", type=Day(), metavar="DATE", help="收到来文的日期，期限从次日起算。")
@click.option("--accept", type=_ACCEPT, help="受理意见：accepted、rejected 或 supplement。")
def acknowledge(received, accept, **options):
    """读收到的异议或投诉，写出确认函。

    当事人、事由、文号、日期从来文读出，期限按程序和收到日期算出。还缺的逐项问（在终端里），或者写进事实文件。
    退出码：0 已写成，1 还缺事实（写的是草稿），2 读不了或命令不对。
    """
    return _next("acknowledgement", {"receipt_date": _iso(received), "acceptance": accept}, **options)


@click.command(cls=Command)
@_common
@click.option("--received", type=Day(), metavar="DATE", help="收到来文的日期。")
def reply(received, **options):
    """读收到的异议或投诉，备好处理回复：对方的每一项理由和请求各占一段，等待填写查明的情况。

    退出码：0 已写成，1 还缺事实（写的是草稿），2 读不了或命令不对。
    """
    return _next("disposition_reply", {"receipt_date": _iso(received)}, **options)


@click.command(cls=Command)
@_common
@click.option("--received", type=Day(), metavar="DATE", help="收到来文的日期。")
@click.option("--by", type=Day(), metavar="DATE", help="补正期限：最后一天。")
def supplement(received, by, **options):
    """检查收到的文书，把缺少的必备要素写成补正通知：缺什么、依据、补什么、到哪一天为止。

    退出码：0 已写成（或来文完整，不必补正），1 还缺事实（写的是草稿），2 读不了或命令不对。
    """
    return _next("supplement_notice", {"receipt_date": _iso(received), "supplement_by": _iso(by)}, **options)


def _iso(day) -> str | None:
    return day.isoformat() if day else None


def _next(kind: str, told: dict, file, output, procedure, case, facts, pairs, no_log) -> int:
    from objection_docs import answering_desk, desk

    out = inout.output_place(output)
    given = _given(desk, kind, facts, pairs) | {key: value for key, value in told.items() if value is not None}
    same = {"now": now(), "case": case, "log": not no_log, "who": login()}
    desk.require_known(kind, procedure, case)
    data = inout.read_input(file, "文件")
    prepared = answering_desk.prepare(kind, data, file, given=given, procedure=procedure, **same)
    if kind == "supplement_notice" and not prepared.facts.get("deficiencies"):
        click.echo("来文的必备要素齐全，不必补正。")
        return 0
    if _interactive():
        prepared = _asked(prepared)
    wanting = bool(prepared.wanting)
    pdf = out is not None and out.suffix.lower() == ".pdf"
    if pdf:
        note("正在转换为 PDF……")
    letter = desk.generate(
        kind,
        prepared.facts,
        procedure=prepared.procedure or None,
        draft=wanting,
        pdf=pdf,
        **(same | {"log": not (no_log or wanting)}),
    )
    out = out or inout.free(Path(f"{letter.file_name}.docx"))
    inout.write(out, letter.pdf if pdf else letter.docx, letter.id)
    click.echo(f"已生成{letter.title}{'草稿' if wanting else ''}：{out}")
    if letter.number:
        click.echo(f"编号：{letter.number}\n日志：{letter.id}")
    for limit in letter.limits:
        click.echo(
            f"期限：{limit['label']}，最后一日 {limit['last']['day']}（{limit['period']}，{limit['authority']}）"
        )
    if wanting:
        _tell_wanting(prepared, out)
    return int(wanting)


def _tell_wanting(prepared, out: Path) -> None:
    """Write the facts down, and name what they lack."""
    place = inout.free(out.with_suffix(".json"))
    text = json.dumps(prepared.facts, ensure_ascii=False, indent=2) + "\n"
    inout.write(place, text.encode(), "")
    regime = f" --procedure {prepared.procedure}" if prepared.procedure else ""
    click.echo(f"还缺 {len(prepared.wanting)} 项，事实文件里写作 null：{place}", err=True)
    for path, label in prepared.wanting:
        click.echo(f"  · {'.'.join(map(str, path))}：{label}", err=True)
    click.echo(f"补全后运行：objection-docs generate {prepared.kind} {place}{regime}", err=True)


def _given(desk, kind: str, facts: str | None, pairs: tuple[str, ...]) -> dict:
    from objection_docs import answering_desk

    given = desk.parse_facts(inout.read_input(facts, "事实文件")) if facts else {}
    if not isinstance(given, dict):
        raise UsageError('事实文件应当写作 {"名称": 值, …}', code="not_facts", where=facts or "")
    known = {fact.name for fact in desk.kinds()[kind].facts}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        path = tuple(name.split("."))
        if not equals or not value or path[0] not in known:
            raise UsageError(
                f"“{pair}”写得不对，应写成 名称=值，名称见 objection-docs facts {kind}", code="bad_argument"
            )
        answering_desk.put(given, path, value)
    return given


def _interactive() -> bool:
    return sys.stdin.isatty()


def _asked(prepared):
    """Ask for each fact that is wanting; an empty answer leaves it open, a list is left to the facts file."""
    from objection_docs import answering_desk

    seen: set[tuple] = set()
    while todo := [question for question in _questions(prepared) if question[0] not in seen]:
        path, label, hint = todo[0]
        value = click.prompt(f"{label}（{hint}；不知道就直接回车）", default="", show_default=False).strip()
        seen.add(path)
        if not value:
            continue
        trial = json.loads(json.dumps(prepared.facts))
        answering_desk.put(trial, path, value)
        try:
            prepared = answering_desk.complete(replace(prepared, facts=trial), now())
        except FactsError as error:
            fail(error)
            seen.discard(path)
    return prepared


def _questions(prepared) -> list[tuple[tuple, str, str]]:
    """Path, label and what may be said, for each single fact that is wanting; a group by its parts."""
    from objection_docs import desk

    facts = {fact.name: fact for fact in desk.kinds()[prepared.kind].facts}
    out = []
    for path, label in prepared.wanting:
        fact = facts[path[0]]
        if fact.type == "group":
            items = [item for item in fact.items if item.required and path in ((fact.name,), (fact.name, item.name))]
            out += [((fact.name, item.name), f"{label}：{item.label}", _hint(item)) for item in items]
        elif fact.type == "list":
            continue
        else:
            out.append((path, label, _hint(fact)))
    return out


def _hint(fact) -> str:
    if fact.choices:
        return "、".join(fact.choices.values())
    return "；".join(part for part in (fact.help, f"例如 {fact.sample}" if fact.sample else "") if part) or "照实填写"


commands = (acknowledge, reply, supplement)
