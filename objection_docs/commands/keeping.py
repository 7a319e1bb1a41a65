"""`objection-docs log …`: what an archivist says of letters and cases afterwards, and their end."""

import click

from objection_docs.archive_words import CORRECTED, FORMS, METHODS, STATES
from objection_docs.commands import inout
from objection_docs.commands.terminal import Command, Day, Group, columns, login, now, print_json

#: Who does it; on a machine that several share, the name must be given.
_who = click.option("--who", metavar="姓名", default=None, help="经办人；不给时为登录名。")
_reason = click.option("--reason", metavar="理由", default="", help="理由。")
_needed_reason = click.option("--reason", metavar="理由", required=True, help="理由。")
_case = click.option("--case", metavar="C", default="", help="整个案件。")
_id = click.argument("id", metavar="[ID]", default="")
_json = click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")


def _given(**values) -> dict[str, str]:
    return {name: value for name, value in values.items() if value is not None}


@click.command(cls=Command)
@click.argument("id", metavar="ID")
@click.option("--title", metavar="名称", help="文书名称。")
@click.option("--sender", metavar="名称", help="发文方。")
@click.option("--recipient", metavar="名称", help="收文方。")
@click.option("--kind", metavar="K", help="文书种类。")
@click.option("--procedure", metavar="P", help="程序。")
@click.option("--case", metavar="C", help="所属案件。")
@_reason
@_who
def correct(id, who, reason, **values):
    """更正一份文书的名称、当事人、种类、程序或案件；原来的记录仍在。"""
    from objection_docs import archive_desk

    changes = _given(**values)
    letter = archive_desk.correct(id, changes, now=now(), who=who or login(), reason=reason)
    shown = {"case" if name == "case_id" else name: getattr(letter, name) for name in ("title", "sender", "recipient")}
    shown |= {"kind": letter.kind, "procedure": letter.procedure, "case": letter.case_id}
    for name in changes:
        click.echo(f"{CORRECTED[name]}：{shown[name]}")


@click.command(cls=Command)
@click.argument("id", metavar="ID")
@click.option("--form", metavar="F", help=f"{'、'.join(f'{k}（{v}）' for k, v in FORMS.items())}。")
@click.option("--holder", metavar="姓名", help="实物由谁保管。")
@click.option("--retention", metavar="期限", help="保管期限，如 永久、30年、10年。")
@click.option("--remarks", metavar="文字", help="附注。")
@_who
def describe(id, who, **values):
    """著录一份文书：原件或复印件、保管人、保管期限、附注。"""
    from objection_docs import archive_desk

    archive_desk.describe(id, _given(**values), now=now(), who=who or login())
    click.echo("已著录")


@click.command(cls=Command)
@click.argument("id", metavar="ID")
@click.option("--method", metavar="M", required=True, help=f"{'、'.join(f'{k}（{v}）' for k, v in METHODS.items())}。")
@click.option("--tracking", metavar="单号", default="", help="挂号或快递单号，邮件的标识。")
@click.option("--on", type=Day(), help="送达或签收的日期。")
@click.option("--file", "proof", metavar="FILE", help="回执、签收单的扫描件或邮件，随记录保存。")
@click.option("--remarks", metavar="文字", default="", help="附注。")
@_who
def service(id, method, tracking, on, proof, remarks, who):
    """记下送达的凭证：挂号信、快递单号、邮件回执等。"""
    from pathlib import Path

    from objection_docs import archive_desk

    data = (Path(proof).name, inout.read_input(proof, "文件")) if proof else None
    values = {"tracking": tracking, "on": on, "remarks": remarks, "proof": data}
    archive_desk.service(id, method, now=now(), who=who or login(), **values)
    click.echo(f"已记下送达：{METHODS[method]} {tracking}".rstrip())


@click.command(cls=Command)
@click.argument("case", metavar="CASE")
@click.option("--on", type=Day(), help="结案日期，默认今天；保管期限从它起算。")
@click.option("--number", is_flag=True, help="同时给案件里还没有档号的文书编档号。")
@_reason
@_who
def close(case, on, number, reason, who):
    """案件结案；保管期限从结案起算。"""
    from objection_docs import archive_desk

    given = archive_desk.close(case, on=on, number=number, reason=reason, now=now(), who=who or login())
    click.echo(f"案件“{case}”已结案")
    _show_numbers(given)


@click.command(cls=Command)
@click.argument("case", metavar="CASE")
@_needed_reason
@_who
def reopen(case, reason, who):
    """重新开启已结案的案件。"""
    from objection_docs import archive_desk

    archive_desk.reopen(case, reason=reason, now=now(), who=who or login())
    click.echo(f"案件“{case}”已重新开启")


@click.command(cls=Command)
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@_who
def number(ids, who):
    """编档号：全宗号-年度-保管期限-件号。"""
    from objection_docs import archive_desk

    _show_numbers(archive_desk.number(ids, now=now(), who=who or login()))


def _show_numbers(given) -> None:
    for letter, archive_number in given:
        click.echo(f"{archive_number}  {letter.number or letter.id}  {letter.title}".rstrip())


@click.command(cls=Command)
@_id
@_case
@_needed_reason
@_who
def hold(id, case, reason, who):
    """冻结一份文书或一个案件（--case）：解除之前不得销毁。"""
    from objection_docs import holds_desk

    entry = holds_desk.hold(id=id, case=case, reason=reason, now=now(), who=who or login())
    click.echo(f"已冻结，编号 {entry.id}")


@click.command(cls=Command)
@_id
@_case
@_needed_reason
@_who
def release(id, case, reason, who):
    """解除冻结；ID 是文书的编号，或冻结本身的编号。"""
    from objection_docs import holds_desk

    holds_desk.release(id=id, case=case, reason=reason, now=now(), who=who or login())
    click.echo("已解除冻结")


@click.command(cls=Command)
@click.option("--on", type=Day(), help="以这一天为准，默认今天。")
@_json
def due(on, as_json):
    """列出保管期限已满的文书。"""
    from objection_docs import destruction_desk

    found = destruction_desk.due(on=on, now=now())
    if as_json:
        print_json([destruction_desk.due_dict(each) for each in found])
        return
    rows = [(e.number or e.id, e.title, e.retention, f"满于 {e.ended}", "已冻结" if e.held else "") for e in found]
    for line in columns(rows) if rows else []:
        click.echo(line)
    click.echo(f"共 {len(found)} 份", err=True)


@click.group(cls=Group)
def destruction():
    """销毁：一人提出清册，另外两人审批，然后执行。"""


@destruction.command("propose")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@_reason
@_who
def destruction_propose(ids, reason, who):
    """提出销毁清册；不给 ID 时列入全部期满且未冻结的文书。"""
    from objection_docs import destruction_desk

    made = destruction_desk.propose(ids, reason=reason, now=now(), who=who or login())
    click.echo(f"清册 {made.id}：{len(made.items)} 份文书，待两人审批")


@destruction.command("list")
@_json
def destruction_list(as_json):
    """列出全部销毁清册。"""
    from objection_docs import destruction_desk

    found = destruction_desk.lists()
    if as_json:
        print_json([destruction_desk.whole_dict(each) for each in found])
        return
    rows = [(e.id, e.proposed[:10], e.proposed_by, f"{len(e.items)} 份", STATES[e.state]) for e in found]
    for line in columns(rows) if rows else []:
        click.echo(line)


@destruction.command("show")
@click.argument("id", metavar="LIST")
@_json
def destruction_show(id, as_json):
    """显示一份销毁清册。"""
    from objection_docs import destruction_desk

    found = destruction_desk.one_list(id)
    if as_json:
        print_json(destruction_desk.whole_dict(found))
        return
    click.echo(f"清册 {found.id}  {STATES[found.state]}")
    click.echo(
        f"提出：{found.proposed_by}  审批：{'、'.join(found.approved_by) or '无'}  执行：{found.done_by or '无'}"
    )
    if found.reason:
        click.echo(f"理由：{found.reason}")
    for line in columns((i.number or i.id, i.title, i.retention, f"满于 {i.ended}") for i in found.items):
        click.echo(f"  {line}")
    for said in found.stopped:
        click.echo(f"  中止：{said}")


@destruction.command("approve")
@click.argument("id", metavar="LIST")
@_who
def destruction_approve(id, who):
    """审批一份销毁清册；提出的人不能审批，同一人只算一次。"""
    from objection_docs import destruction_desk

    found = destruction_desk.approve(id, now=now(), who=who or login())
    click.echo(f"清册 {found.id}  {STATES[found.state]}（已审批：{'、'.join(found.approved_by)}）")


@destruction.command("decline")
@click.argument("id", metavar="LIST")
@_needed_reason
@_who
def destruction_decline(id, reason, who):
    """否决一份销毁清册，清册随即中止；提出的人可以这样撤回。"""
    from objection_docs import destruction_desk

    found = destruction_desk.decline(id, reason=reason, now=now(), who=who or login())
    click.echo(f"清册 {found.id}  {STATES[found.state]}")


@destruction.command("execute")
@click.argument("id", metavar="LIST")
@click.confirmation_option("--yes", prompt="销毁后不能恢复，确定执行吗？", help="不再询问。")
@_who
def destruction_execute(id, who):
    """执行已审批的清册：销毁文件和正文，记录和指纹留下。"""
    from objection_docs import destruction_desk

    found = destruction_desk.carry_out(id, now=now(), who=who or login())
    click.echo(f"清册 {found.id} 已执行：{len(found.items)} 份文书")


#: Registered under `log`, in the order in which one needs them.
keeping = (correct, describe, service, close, reopen, number, hold, release, due, destruction)
