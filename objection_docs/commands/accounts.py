"""`objection-docs user …` and `key …`: who may sign in to the service, and which programs may call it."""

import sys

import click

from objection_docs.commands.terminal import Group, columns, login, now, print_json

_ROLES = "legal（法务）、archivist（档案）、admin（管理）"
_json = click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
_name = click.argument("name", metavar="姓名")


@click.group(cls=Group)
def user():
    """网页服务的用户。"""


def _password(from_input: bool) -> str:
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    return click.prompt("密码（至少 12 个字符）", hide_input=True, confirmation_prompt="再输一次")


_from_input = click.option("--password-stdin", "from_input", is_flag=True, help="从标准输入读密码（一行）。")


@user.command()
@_name
@click.option("--role", metavar="R", required=True, help=f"{_ROLES}。")
@_from_input
@click.option("--subject", metavar="ISSUER#SUB", default="", help="改用单位账号（OIDC）登录时，它在那里的标识。")
def add(name, role, from_input, subject):
    """新增用户，并设置密码。"""
    from objection_docs import accounts_desk

    secret = "" if subject else _password(from_input)
    made = accounts_desk.add_user(name, role, password=secret, subject=subject, now=now(), who=login())
    click.echo(f"已新增用户：{made.name}（{made.role_label}）")


@user.command("list")
@_json
def list_users(as_json):
    """列出用户。"""
    from objection_docs import accounts_desk

    found = accounts_desk.users()
    if as_json:
        print_json([{"name": u.name, "role": u.role, "disabled": u.disabled, "created": u.created} for u in found])
    elif found:
        click.echo("\n".join(columns((u.name, u.role_label, "已停用" if u.disabled else "") for u in found)))


@user.command()
@_name
@click.argument("role", metavar="R")
def role(name, role):
    """改变用户的角色。"""
    from objection_docs import accounts_desk

    changed = accounts_desk.change_user(name, role=role, now=now(), who=login())
    click.echo(f"{changed.name} 现在是：{changed.role_label}")


@user.command()
@_name
@_from_input
def password(name, from_input):
    """重新设置用户的密码；原来的登录全部失效。"""
    from objection_docs import accounts_desk

    changed = accounts_desk.change_user(name, password=_password(from_input), now=now(), who=login())
    click.echo(f"已设置 {changed.name} 的密码")


@user.command()
@_name
def disable(name):
    """停用用户；登录全部失效，记录不变。"""
    from objection_docs import accounts_desk

    click.echo(f"已停用：{accounts_desk.change_user(name, disabled=True, now=now(), who=login()).name}")


@user.command()
@_name
def enable(name):
    """重新启用用户。"""
    from objection_docs import accounts_desk

    click.echo(f"已启用：{accounts_desk.change_user(name, disabled=False, now=now(), who=login()).name}")


@user.command("logout")
@_name
def sign_out(name):
    """结束用户在所有浏览器里的登录。"""
    from objection_docs import accounts_desk

    click.echo(f"已结束 {accounts_desk.sign_out_everywhere(name, now=now(), who=login())} 处登录")


@click.group(cls=Group)
def key():
    """程序调用接口用的密钥。"""


@key.command("add")
@click.argument("label", metavar="用途")
@click.option("--scope", "scopes", metavar="S", multiple=True, required=True, help="generate、check、archive、admin。")
@click.option("--days", type=click.IntRange(1, 3650), default=365, metavar="天数", help="有效期，默认 365 天。")
def add_key(label, scopes, days):
    """新增密钥；密钥只显示这一次。"""
    from objection_docs import accounts_desk

    made, secret = accounts_desk.add_key(label, scopes, days=days, now=now(), who=login())
    click.echo(f"已新增密钥 {made.prefix}（{made.label}），有效期至 {made.expires[:10]}。只显示这一次：", err=True)
    click.echo(secret)


@key.command("list")
@_json
def list_keys(as_json):
    """列出密钥。"""
    from objection_docs import accounts_desk

    found = accounts_desk.keys()
    if as_json:
        names = ("prefix", "label", "made_by", "created", "expires", "used", "revoked")
        print_json([{name: getattr(k, name) for name in names} | {"scopes": sorted(k.scopes)} for k in found])
    elif found:
        moment = now()
        rows = [(k.prefix, k.label, " ".join(sorted(k.scopes)), k.state(moment), k.expires[:10]) for k in found]
        click.echo("\n".join(columns(rows)))


@key.command()
@click.argument("prefix", metavar="开头")
def revoke(prefix):
    """吊销密钥，立即生效。给出它的开头（od_ 加 8 个字符）。"""
    from objection_docs import accounts_desk

    click.echo(f"已吊销：{accounts_desk.revoke_key(prefix, now=now(), who=login()).prefix}")


accounts = (user, key)
