"""`objection-docs plugins`: what is installed beside us, what each adds, and what is wrong with it."""

import click

from objection_docs.commands.terminal import Command, print_json


@click.command(cls=Command)
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def plugins(as_json):
    """列出插件，以及各自增加了什么；退出码：0 都能用，1 有不能用的。"""
    from objection_docs import additions

    found = additions.additions()
    if as_json:
        print_json([one.to_dict() for one in found])
    elif not found:
        click.echo("没有安装插件。")
    else:
        click.echo("\n".join(line for one in found for line in one.told()))
    return 1 if any(one.plugin.fault for one in found) else 0
