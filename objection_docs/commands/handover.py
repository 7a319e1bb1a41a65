"""`objection-docs log …`: letters handed over and brought in, the log backed up and restored, statistics."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from objection_docs.commands import inout
from objection_docs.commands.log import chosen
from objection_docs.commands.terminal import Command, columns, login, note, now
from objection_docs.errors import UsageError

_LISTS = click.Choice(["bag", "csv", "jsonl"])
_TABLES = click.Choice(["text", "csv", "json", "html"])


@click.command(cls=Command)
@chosen
@click.option("-o", "--output", metavar="OUT", help="移交包：文件夹或 .zip；清单：文件，不给时写到标准输出。")
@click.option("--format", "form", type=_LISTS, default="bag", help="bag、csv 或 jsonl。")
@click.option("--by", metavar="姓名", default=None, help="由谁导出；不给时为登录名。")
def export(query, output, form, by, **filters):
    """导出查到的文书：移交包（BagIt），或只要清单（--format csv、jsonl）。

    移交包里有原件、元数据、检查报告、可离线打开的目录和证明未被改动的链条。QUERY 与各项条件同 log search。
    """
    from objection_docs import handover

    if form != "bag":
        _write_lines(handover.listed(form, query, **filters), output)
        return
    if output is None:
        raise UsageError("请用 -o 写明移交包放在哪里：文件夹，或以 .zip 结尾的文件", code="no_output")
    note("正在写移交包……")
    count = handover.export(Path(output), query, now=now(), by=by or login(), **filters)
    click.echo(f"已导出 {count} 件：{output}")


@click.command("import", cls=Command)
@click.argument("bag", metavar="BAG")
@click.option("--who", metavar="姓名", default=None, help="经办人；不给时为登录名。")
def bring_in(bag, who):
    """导入别处导出的移交包（文件夹或 .zip）。先全部核验；已有的不重复导入。"""
    from objection_docs import handover

    note("正在核验移交包……")
    came = handover.bring_in(Path(bag), now=now(), who=who or login())
    told = f"导入 {came.letters} 件" if came.letters else "没有新的文书"
    parts = [told, f"后续记录 {came.notes} 条" if came.notes else "", f"已有 {came.known} 件" if came.known else ""]
    parts.append(f"移交前已销毁 {came.destroyed} 件，没有导入" if came.destroyed else "")
    click.echo("，".join(filter(None, parts)))


@click.command(cls=Command)
@click.argument("file", metavar="FILE")
def backup(file):
    """把整个日志备份成一个文件（.tar），备份时别人可以照常使用。

    退出码：0 备份并核验完好，1 已备份但日志本身有问题。
    """
    from objection_docs import handover

    note("正在备份……")
    made = handover.back_up(Path(file), now=now())
    click.echo(f"已备份到第 {made.seq} 条，文件 {made.files} 个：{file}")
    return _tell_problems(made.problems)


@click.command(cls=Command)
@click.argument("file", metavar="FILE")
@click.option("--home", metavar="FOLDER", required=True, help="恢复到这个文件夹，须是空的或还没有。")
def restore(file, home):
    """从备份恢复日志，核验无误后才放到文件夹里。"""
    from objection_docs import handover

    note("正在恢复并核验……")
    made = handover.restore(Path(file), Path(home))
    click.echo(f"已恢复到第 {made.seq} 条，文件 {made.files} 个：{home}")
    return _tell_problems(made.problems)


def _tell_problems(problems: tuple[str, ...]) -> int:
    for said in problems:
        click.echo(said, err=True)
    if problems:
        click.echo(f"备份时日志就有 {len(problems)} 处问题", err=True)
    return 1 if problems else 0


@click.command(cls=Command)
@chosen
@click.option("-o", "--output", metavar="FILE", help="写到这个文件；不给时写到标准输出。")
@click.option("--format", "form", type=_TABLES, default="text", help="text、csv、json 或 html。")
def statistics(query, output, form, **filters):
    """统计查到的文书：按月、文种、程序、结论、不全的要素和差错，及所属案件逾期的期限；html 带图。

    QUERY 与各项条件同 log search。
    """
    from objection_docs import handover

    made = handover.statistics(form, query, now=now(), **filters)
    _write_lines([made] if form != "text" else (f"{line}\n" for line in _as_text(made)), output)


def _as_text(tables) -> Iterable[str]:
    if not tables:
        yield "没有符合条件的文书"
    for table in tables:
        yield f"{table.title}"
        rows = [(table.first, *table.columns), *((label, *map(str, numbers)) for _, label, *numbers in table.rows)]
        yield from (f"  {line}" for line in columns(rows))
        yield ""


def _write_lines(lines: Iterable[str], output: str | None) -> None:
    """To standard output or, whole or not at all, to a file. UTF-8 in both: a list is for other programs."""
    if output is None:
        for line in lines:
            sys.stdout.buffer.write(line.encode())
        sys.stdout.flush()
        return
    inout.write_lines(Path(output), lines)
    click.echo(f"已写出：{output}", err=True)


COMMANDS = (export, bring_in, backup, restore, statistics)
