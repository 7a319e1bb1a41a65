"""click in Chinese, every error as one message with exit code 2, columns that stay straight with wide characters."""

import errno
import json
import os
import sys
from collections.abc import Iterable
from datetime import date, datetime, timezone
from shutil import get_terminal_size

import click

from objection_docs.errors import FactsError, ObjectionDocsError, UsageError
from objection_docs.text import width

DEBUG = "OBJECTION_DOCS_DEBUG"


class _Chinese:
    """What click says of its own accord, in Chinese."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        words = {"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 …"}
        pieces = [words.get(piece, piece) for piece in self.collect_usage_pieces(ctx)]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix="用法：")

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示这段说明。"
        return option

    def _options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        records = [record for option in options if (record := option.get_help_record(ctx)) is not None]
        if records:
            with formatter.section("选项"):
                formatter.write_dl(records)


class Command(_Chinese, click.Command):
    def format_options(self, ctx, formatter):
        self._options(ctx, formatter)


class Group(_Chinese, click.Group):
    """The group of commands; as the outermost one it also turns every error into a message and an exit code."""

    command_class = Command
    group_class = type

    def format_options(self, ctx, formatter):
        self._options(ctx, formatter)
        with formatter.section("命令"):
            formatter.write_dl([(name, self.commands[name].get_short_help_str(60)) for name in self.commands])

    def list_commands(self, ctx):
        return list(self.commands)  # in the order in which one needs them, not of the alphabet

    def resolve_command(self, ctx, args):
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            raise click.UsageError(f"没有“{args[0]}”这个命令；可用：{'、'.join(self.commands)}", ctx)
        return super().resolve_command(ctx, args)

    def main(self, args=None, prog_name=None, **extra):
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")  # a letter may hold what a GBK terminal cannot show
        extra.pop("standalone_mode", None)
        try:
            code = super().main(args, prog_name or "objection-docs", standalone_mode=False, **extra)
            sys.stdout.flush()
        except Exception as error:
            if os.environ.get(DEBUG) and not isinstance(error, (click.ClickException, click.Abort)):
                raise
            code = _tell(error)
        sys.exit(code if isinstance(code, int) else 0)


def _tell(error: Exception) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.ctx.get_help())
        return 2
    if isinstance(error, click.Abort):
        click.echo("已中止。", err=True)
        return 130
    if isinstance(error, OSError) and error.errno == errno.EPIPE:
        # the reader of a pipe went away (`| head`); keep Python from complaining once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    fail(error)
    if isinstance(error, click.UsageError) and error.ctx is not None:
        click.echo(f"用法说明：{error.ctx.command_path} --help", err=True)
    return 2


def fail(error: Exception) -> None:
    """Say on standard error what is wrong."""
    for line in message_of(error):
        click.echo(line, err=True)


def message_of(error: Exception) -> list[str]:
    if isinstance(error, FactsError):
        return [f"错误：{error}", *(f"  · {fault}" for fault in error.faults)]
    if isinstance(error, ObjectionDocsError):
        return [f"错误：{error}{f'；{error.typed}' if error.typed else ''}"]
    if isinstance(error, click.ClickException):
        return [f"错误：{_click_message(error)}"]
    said = f"{type(error).__name__}: {error}".splitlines()[0]
    return [f"错误：程序内部出错（{said}）。设置环境变量 {DEBUG}=1 再运行一次，可以看到详情。"]


def _click_message(error: click.ClickException) -> str:
    param = getattr(error, "param", None)
    name = ""
    if param is not None:
        name = param.opts[0] if isinstance(param, click.Option) else param.make_metavar(error.ctx)
    if isinstance(error, click.MissingParameter):
        return f"缺少{'选项' if name.startswith('-') else '参数'} {name}"
    if isinstance(error, click.NoSuchOption):
        near = f"；是不是 {'、'.join(error.possibilities)}？" if error.possibilities else ""
        return f"没有 {error.option_name} 这个选项{near}"
    if isinstance(error, click.BadParameter):
        if isinstance(getattr(param, "type", None), click.Choice):
            return f"{name} 的取值不对；可用：{'、'.join(map(str, param.type.choices))}"
        return f"{name} 的取值不对：{error.message}" if _has_chinese(error.message) else f"{name} 的取值不对"
    if isinstance(error, click.BadOptionUsage):
        return f"选项 {error.option_name} 的用法不对：是不是少了它的值，或多给了值？"
    if not _has_chinese(error.format_message()):
        return f"命令写得不对（{error.format_message()}）"
    return error.format_message()


def _has_chinese(text: str) -> bool:
    return any("一" <= char <= "鿿" for char in text)


class Day(click.ParamType):
    """A calendar day, YYYY-MM-DD."""

    name = "日期"

    def convert(self, value, param, ctx):
        if isinstance(value, date):
            return value
        try:
            if len(value) != 10:
                raise ValueError
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}”不是日期，应写成 2026-03-05 这样", param, ctx)


def pair(told: str, what: str) -> tuple[str, str]:
    """NAME=VALUE as two words. `what`: an example, for the message."""
    name, equals, value = told.partition("=")
    if not equals or not name or not value:
        raise UsageError(f"“{told}”写得不对，应写成 {what}", code="bad_argument")
    return name, value


def pairs(given: Iterable[str], what: str) -> dict[str, str]:
    """As `pair`, each name once."""
    out: dict[str, str] = {}
    for told in given:
        name, value = pair(told, what)
        if name in out:
            raise UsageError(f"“{name}”给了两次", code="bad_argument")
        out[name] = value
    return out


def moment(_ctx, _param, value: str | None) -> datetime:
    """The value of --now: the time given, else now."""
    if value is None:
        return now()
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        said = f"--now 的时间“{value}”写得不对，应写成 2026-03-05 或 2026-03-05T16:30 这样"
        raise UsageError(said, code="bad_date") from None


def now() -> datetime:
    return datetime.now(timezone.utc)


def login() -> str:
    """Who is logged in to this machine; empty where nobody can tell."""
    from getpass import getuser

    try:
        return getuser()
    except (OSError, KeyError, ImportError):
        return ""


def columns(rows: Iterable[Iterable[str]]) -> list[str]:
    """Rows as lines with straight columns."""
    rows = [list(row) for row in rows]
    widths = [max(width(cell) for cell in column) for column in zip(*rows, strict=True)]
    padded = [[cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True)] for row in rows]
    return ["  ".join(row).rstrip() for row in padded]


def told(reports: list[dict]) -> str:
    """Reports as text, in colour and to the width of the terminal when there is one."""
    from objection_docs.reports import terminal as text

    style = click.style if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else text.plain
    wide = min(get_terminal_size((100, 24)).columns, 120)
    return "\n\n".join(text.render(report, style, wide) for report in reports)


def progress(items: list, label: str):
    """A context that yields the items; a bar on standard error when that is a terminal and there is more than one."""
    bar = sys.stderr.isatty() and len(items) > 1
    return click.progressbar(items, label=label, file=sys.stderr, hidden=not bar)


def note(text: str) -> None:
    """Passing news for a person who waits."""
    if sys.stderr.isatty():
        click.echo(text, err=True)


def print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
