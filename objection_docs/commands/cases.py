"""`objection-docs case …`: cases, their limits and what is due, in a terminal."""

import re
from datetime import timedelta
from pathlib import Path

import click

from objection_docs.commands import inout
from objection_docs.commands.rules import own_checks
from objection_docs.commands.terminal import Group, columns, login, moment, now, pair, pairs, print_json
from objection_docs.errors import UsageError

_json = click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
_at = click.option("--now", "at", metavar="TIME", callback=moment, help="按这一时刻看（北京时间），默认现在。")
_who = click.option("--who", metavar="姓名", default=None, help="经办人；不给时为登录名。")
_source = click.option("--source", metavar="出处", required=True, help="从哪里知道，如 EMS签收单。")
_DAYS = re.compile(r"(\d{1,4})(?:d|日|天)?\Z")


def _within(_ctx, _param, value: str | None) -> timedelta | None:
    if value is None:
        return None
    found = _DAYS.match(value)
    if not found:
        raise UsageError(f"“{value}”不是天数，应写成 5d 这样", code="bad_argument")
    return timedelta(days=int(found[1]))


@click.group(cls=Group)
def case():
    """案件：在手的文书、下一步、各项期限。"""


@case.command("list")
@click.option("--open", "state", flag_value="open", default="", help="只列没有结案的。")
@click.option("--closed", "state", flag_value="closed", help="只列已经结案的。")
@click.option("--procedure", metavar="P", default="", help="程序。")
@click.option("--due-within", "within", metavar="5d", callback=_within, help="只列几天内有期限届满或已逾期的。")
@click.option("--limit", type=click.IntRange(1), default=50, metavar="N", help="列多少件，默认 50。")
@click.option("--offset", type=click.IntRange(0), default=0, metavar="N", help="跳过前面多少件。")
@_at
@_json
@own_checks
def case_list(state, procedure, within, limit, offset, at, as_json):
    """列出案件，期限最近的在前。"""
    from objection_docs import case_desk
    from objection_docs.cases import report, text
    from objection_docs.cases.wording import letter_words
    from objection_docs.reports.terminal import harmless

    page = {"limit": limit, "offset": offset}
    found, total = case_desk.listed(now=at, state=state, procedure=procedure, within=within, **page)
    if as_json:
        print_json([report.summary(one) for one in found])
        return
    rows = []
    for one in found:
        first = one.running[0][1] if one.running else None
        until = f"{first.limit.id} {text.until_words(first)}" if first else ""
        last = letter_words(one.last_letter) if one.last_letter else ""
        rows.append((one.case, "已结案" if one.closed else "进行中", last, until))
    for line in columns(rows) if rows else []:
        click.echo(harmless(line))
    following = offset + len(found)
    click.echo(f"共 {total} 件" + (f"，下一页：--offset {following}" if following < total else ""), err=True)


@case.command("show")
@click.argument("name", metavar="CASE")
@click.option("--timeline", "drawn", metavar="FILE.svg", help="另把时间线画成 SVG，写到这个文件。")
@_at
@_json
@own_checks
def case_show(name, drawn, at, as_json):
    """显示一个案件：文书、日期和出处、期限和计算、下一步。"""
    from objection_docs import case_desk
    from objection_docs.cases import report, text, timeline
    from objection_docs.reports.terminal import harmless

    view = case_desk.show(name, now=at)
    if drawn:
        inout.write(Path(drawn), timeline.timeline(view).encode(), "")
        click.echo(f"时间线：{drawn}", err=True)
    if as_json:
        print_json(report.to_dict(view))
        return
    for line in text.render(view, columns).splitlines():
        click.echo(harmless(line))


@case.command("event")
@click.argument("name", metavar="CASE")
@click.argument("told", metavar="EVENT=DATE")
@_source
@click.option("--withdraw", is_flag=True, help="撤回记入过的日期；这时只写 EVENT。")
@_who
def case_event(name, told, source, withdraw, who):
    """记入一个事件的日期和出处；先于文书所写，再记一次即为更正。"""
    from objection_docs import case_desk

    event, day = (told, "") if withdraw else pair(told, "notice_received=2026-03-06")
    id = case_desk.event(name, event, day, source=source, now=now(), who=who or login())
    click.echo(f"已撤回：{id}" if withdraw else f"已记入：{id} {day}")


@case.command("set")
@click.argument("name", metavar="CASE")
@click.argument("values", metavar="NAME=VALUE...", nargs=-1, required=True)
@_who
def case_set(name, values, who):
    """写明程序、程序的设置、约定的期限；取值空着即恢复通常的。

    如 procedure=contract_objection_notice、CN2=7个工作日、hours=09:00-17:30。
    """
    from objection_docs import case_desk

    given = {told[:-1]: "" for told in values if told.endswith("=")}
    given |= pairs([told for told in values if not told.endswith("=")], "名称=取值")
    case_desk.settle(name, given, now=now(), who=who or login())
    click.echo(f"已设置：{'、'.join(given)}")


@case.command("extend")
@click.argument("name", metavar="CASE")
@click.argument("told", metavar="LIMIT[=N]")
@_source
@click.option("--withdraw", is_flag=True, help="撤回最近记入的一次延长。")
@_who
def case_extend(name, told, source, withdraw, who):
    """记入获准的延长，如 EN8 或 RR4=3日。"""
    from objection_docs import case_desk

    limit, by = pair(told, "期限编号=3日") if "=" in told else (told, "")
    case_desk.extend(name, limit, by, source=source, withdraw=withdraw, now=now(), who=who or login())
    click.echo(f"已撤回：{limit} 的延长" if withdraw else f"已记入：{limit} 延长 {by}".rstrip())


@case.command("due")
@click.option("--within", metavar="5d", callback=_within, help="只列几天内届满或已逾期的。")
@_at
@_json
@own_checks
def case_due(within, at, as_json):
    """列出全部未结案件正在进行的期限，最近的在前。"""
    from objection_docs import case_desk
    from objection_docs.cases import report, text
    from objection_docs.reports.terminal import harmless

    found = case_desk.due(now=at, within=within)
    if as_json:
        print_json([report.due_dict(*pair) for pair in found])
        return
    rows = []
    for one, issued in found:
        may = "可以" if not one.limit.limit.mandatory else ""
        label = f"{one.limit.limit.id} {may}{one.limit.limit.label}"
        rows.append((one.case, label, one.limit.limit.who, f"{text.until_words(one.limit)}{text.issued_words(issued)}"))
    for line in columns(rows) if rows else []:
        click.echo(harmless(line))
    click.echo(f"共 {len(found)} 项", err=True)


@case.command("calendar")
@click.argument("name", metavar="[CASE]", default="")
@click.option("--all", "every", is_flag=True, help="全部未结案件。")
@click.option("-o", "--output", metavar="FILE.ics", required=True, help="写到这个文件。")
@_at
@own_checks
def case_calendar(name, every, output, at):
    """把期限写成日历文件（iCalendar），带提醒；期限变动后再导入一次即更新。"""
    from objection_docs import case_desk

    if bool(name) == every:
        raise UsageError("请给出案件，或用 --all 取全部未结案件，二者取一", code="case_or_all")
    inout.write(Path(output), case_desk.calendar(name, now=at), "")
    click.echo(f"日历：{output}")
