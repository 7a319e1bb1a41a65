"""`objection-docs deadline`: the limits of a procedure in a terminal."""

import click

from objection_docs.commands.rules import own_checks
from objection_docs.commands.terminal import Command, moment, pair, pairs, print_json


@click.command(cls=Command)
@click.argument("procedure", metavar="PROCEDURE")
@click.argument("events", metavar="[EVENT=YYYY-MM-DD]...", nargs=-1)
@click.option("--set", "settings", metavar="NAME=VALUE", multiple=True, help="设置或约定的期限，如 CN2=7个工作日。")
@click.option("--extend", "extensions", metavar="LIMIT[=N]", multiple=True, help="已获准的延长，如 EN8 或 RR4=3日。")
@click.option("--now", metavar="TIME", callback=moment, help="按这一时刻看期限的状态（北京时间），默认现在。")
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
        pairs(events, "事件=2026-03-05"),
        now=now,
        settings=pairs(settings, "名称=取值"),
        extensions=[pair(told, "期限编号=3日") if "=" in told else (told, "") for told in extensions],
    )
    print_json(answer.to_dict()) if as_json else click.echo(answer.text())
