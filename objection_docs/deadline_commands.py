"""`objection-docs deadline`: the limits of a procedure in a terminal."""

from datetime import datetime, timezone

import click

from objection_docs.errors import UsageError
from objection_docs.rules_commands import own_checks
from objection_docs.terminal import Command, print_json


def _pair(told: str, what: str) -> tuple[str, str]:
    name, equals, value = told.partition("=")
    if not equals or not name or not value:
        raise UsageError(f"“{told}”写得不对，应写成 {what}", code="bad_argument")
    return name, value


def _pairs(given: tuple[str, ...], what: str) -> dict[str, str]:
    out: dict[str, str] = {}
    for told in given:
        name, value = _pair(told, what)
        if name in out:
            raise UsageError(f"“{name}”给了两次", code="bad_argument")
        out[name] = value
    return out


def _moment(_ctx, _param, value: str | None) -> datetime:
    if value is None:
        return datetime.now(timezone.utc)
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        said = f"--now 的时间“{value}”写得不对，应写成 2026-03-05 或 2026-03-05T16:30 这样"
        raise UsageError(said, code="bad_date") from None


@click.command(cls=Command)
@click.argument("procedure", metavar="PROCEDURE")
@click.argument("events", metavar="[EVENT=YYYY-MM-DD]...", nargs=-1)
@click.option("--set", "settings", metavar="NAME=VALUE", multiple=True, help="设置或约定的期限，如 CN2=7个工作日。")
@click.option("--extend", "extensions", metavar="LIMIT[=N]", multiple=True, help="已获准的延长，如 EN8 或 RR4=3日。")
@click.option("--now", metavar="TIME", callback=_moment, help="按这一时刻看期限的状态（北京时间），默认现在。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
@own_checks
def deadline(procedure, events, settings, extensions, now, as_json):
    """计算一个程序的各项期限。

    EVENT 是事件的名称，日期为北京时间，可以带时刻（2026-03-05T16:30）。
    一个事件也不给时，列出这个程序的步骤、期限、事件和设置。
    """
    from objection_docs import desk
    from objection_docs.deadlines.text import page

    if not events and not settings and not extensions:
        course = desk.course(procedure)
        print_json(course.to_dict()) if as_json else click.echo(page(course))
        return
    answer = desk.deadlines(
        procedure,
        _pairs(events, "事件=2026-03-05"),
        now=now,
        settings=_pairs(settings, "名称=取值"),
        extensions=[_pair(told, "期限编号=3日") if "=" in told else (told, "") for told in extensions],
    )
    print_json(answer.to_dict()) if as_json else click.echo(answer.text())
