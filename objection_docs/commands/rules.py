"""`objection-docs rules test`, and the option --checks: a lawyer's own rules in a terminal."""

import os
from pathlib import Path

import click

from objection_docs.commands.terminal import Group, columns, fail
from objection_docs.errors import ObjectionDocsError, UsageError

VARIABLE = "OBJECTION_DOCS_CHECKS"
_WORTH = {"better": "变好", "worse": "变差", "": "都不对"}
_LETTERS = Path("tests") / "letters" / "known"  # in a checkout


def _lay_over(ctx: click.Context, _param, folders: tuple[str, ...]) -> tuple[str, ...]:
    """For the time of this command, as if the environment named these folders."""
    given = ctx.meta.setdefault(VARIABLE, [])
    if folders and not given:
        before = os.environ.get(VARIABLE)
        ctx.call_on_close(lambda: _put_back(before))
    for name in folders:
        if not Path(name).expanduser().is_dir():
            raise UsageError(f"没有这个规则文件夹：{name}", code="no_folder")
        given.append(name)
        os.environ[VARIABLE] = os.pathsep.join(given)
    return folders


def _put_back(before: str | None) -> None:
    os.environ.pop(VARIABLE, None)
    if before is not None:
        os.environ[VARIABLE] = before


#: Decorates a command that checks.
own_checks = click.option(
    "--checks",
    metavar="FOLDER",
    multiple=True,
    expose_value=False,
    callback=_lay_over,
    help=f"自己的规则文件夹，叠在自带规则之上；可给多个。也可用环境变量 {VARIABLE}。",
)


@click.group(cls=Group)
def rules():
    """规则：改了以后先试。"""


@rules.command("test")
@click.argument("folders", metavar="[FOLDER]...", nargs=-1, callback=_lay_over)
@own_checks
@click.option("--letters", metavar="FOLDER", help="带标注的函件所在文件夹，用来比较改动前后的判断。")
def rules_test(folders, letters):
    """检验规则文件：跑一遍所有例子，再看改动使哪些函件判得不同。

    FOLDER 是自己的规则文件夹，叠在自带规则之上。退出码：0 例子全部相符，1 有不符的，2 规则文件写法有误。
    """
    from objection_docs import exam

    mistakes = exam.broken(exam.rules())
    if mistakes:
        for mistake in mistakes:
            fail(mistake)
        raise ObjectionDocsError(f"规则文件有 {len(mistakes)} 处写法有误，改好以后再试")
    place = Path(letters).expanduser() if letters else _LETTERS if _LETTERS.is_dir() else None
    outcome = exam.run(letters=place)
    _tell_examples(outcome)
    _tell_letters(outcome, place)
    return 1 if outcome.failures else 0


def _tell_examples(outcome) -> None:
    if not outcome.failures:
        click.echo(f"例子：{outcome.examples} 个，全部相符。")
        return
    click.echo(f"例子：{outcome.examples} 个，其中 {len(outcome.failures)} 个不符：")
    for failure in outcome.failures:
        click.echo(f"\n{failure.where}")
        click.echo(f"  {failure.kind}/{failure.element}：应为 {failure.wanted}，实为 {failure.got}")
        click.echo(f"  例子：{_short(failure.text)}")
        if failure.rule:
            click.echo(f"  判定依据：{failure.rule} 的规则，看到“{_short(failure.quote)}”")
        else:
            click.echo("  判定依据：没有一条规则看到相应的文字")


def _tell_letters(outcome, place: Path | None) -> None:
    if not outcome.letters:
        why = "没有自己的规则文件夹" if place else "没有带标注的函件，可用 --letters 指定文件夹"
        click.echo(f"\n函件：未作比较（{why}）。")
        return
    click.echo(f"\n函件：{outcome.letters} 份，与自带规则相比有 {len(outcome.changes)} 处判断不同。")
    rows = [
        (
            c.letter,
            c.element,
            f"{c.before or '（无）'} → {c.after or '（无）'}",
            _WORTH[c.worth] if c.label else "未标注",
            f"“{_short(c.quote)}”" if c.quote else "",
        )
        for c in outcome.changes
    ]
    for line in columns(rows):
        click.echo(f"  {line}")
    if outcome.changes:
        better, worse = outcome.count("better"), outcome.count("worse")
        click.echo(f"合计：变好 {better} 处，变差 {worse} 处，其余 {len(outcome.changes) - better - worse} 处。")


def _short(text: str) -> str:
    line = " ⏎ ".join(text.split("\n")).replace("\t", " ")
    return line if len(line) <= 60 else line[:58] + "……"
