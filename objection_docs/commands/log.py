"""`objection-docs log …`: the document log in a terminal."""

from collections.abc import Callable
from functools import reduce
from pathlib import Path

import click

from objection_docs.archive_words import FORMS, LATER, told
from objection_docs.commands import inout
from objection_docs.commands.terminal import Group, columns, login, now, print_json


@click.group(cls=Group)
def log():
    """文书日志：查找、取回、核验。"""


_CHOOSING = (
    click.argument("query", metavar="[QUERY]", default=""),
    click.option("--kind", metavar="K", help="文书种类。"),
    click.option("--procedure", metavar="P", help="程序。"),
    click.option("--case", metavar="C", help="案件。"),
    click.option("--party", metavar="名称", help="发文方或收文方名称的一部分。"),
    click.option("--who", metavar="姓名", help="经办人。"),
    click.option("--status", metavar="S", help="complete、incomplete 或 unreadable。"),
    click.option("--missing", metavar="ELEMENT", help="缺这一要素（缺失或空白）的文书。"),
    click.option("--vague", metavar="ELEMENT", help="这一要素写得笼统的文书。"),
    click.option("--element", metavar="ELEMENT:STATUS", help="要素及其状态，例如 evidence:present。"),
    click.option("--fault", metavar="CODE", help="有这种差错的文书，例如 amount_mismatch。"),
    click.option("--retention", metavar="R", help="保管期限。"),
    click.option("--from", "since", metavar="日期", help="从这一天起（北京时间）。"),
    click.option("--to", "until", metavar="日期", help="到这一天止。"),
    click.option("--least", metavar="元", help="写有不少于这一数额的金额。"),
    click.option("--most", metavar="元", help="写有不多于这一数额的金额。"),
    click.option("--errand", metavar="E", help="generate（生成）、check（检查）或 import（导入）。"),
)


def chosen(command: Callable) -> Callable:
    """The query and the filters that choose letters: of `log search` and of what goes on with what it finds."""
    return reduce(lambda made, option: option(made), reversed(_CHOOSING), command)


@log.command("search")
@chosen
@click.option("--order", metavar="O", help="newest（新的在前，默认）或 relevance（最相关的在前）。")
@click.option("--limit", metavar="N", help="每页条数，默认 50，最多 500。")
@click.option("--cursor", metavar="…", help="上一页末尾给出的翻页标记。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def log_search(query, as_json, **asked):
    """查找文书，新的在前。

    空格隔开的词须全部出现；"…" 为连续词句；-词 为不含。
    """
    from objection_docs import desk

    hits = desk.search(query, **asked)
    if as_json:
        entries = [entry.to_dict() for entry in hits.entries]
        print_json({"total": hits.total, "entries": entries, "next_cursor": hits.next_cursor})
        return
    from objection_docs.reports.terminal import harmless

    rows = [
        (e.local_time, desk.ERRANDS[e.errand], desk.verdict_of(e), harmless(e.title), e.number or e.id)
        for e in hits.entries
    ]
    for line, entry in zip(columns(rows), hits.entries, strict=True):
        click.echo(line)
        parties = " → ".join(name for name in (entry.sender, entry.recipient) if name)
        page = f"（第 {entry.page} 页）" if entry.page else ""
        for detail in (parties, entry.file_name, entry.snippet and entry.snippet + page):
            if detail:
                click.echo(f"    {harmless(detail)}")
    click.echo(f"共 {hits.total} 条" + (f"，下一页：--cursor {hits.next_cursor}" if hits.next_cursor else ""), err=True)


@log.command("show")
@click.argument("id", metavar="ID")
@click.option("-o", "--output", metavar="FILE", help="把原文件写到这里。")
@click.option("--pdf", "role", flag_value="pdf", default="", help="取随文书一起生成的 PDF。")
@click.option("--original", is_flag=True, help="显示记入时的样子，不计以后的更正。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def log_show(id, output, role, original, as_json):
    """显示一份文书和它的经历（编号、档号或日志编号）；-o 取回原文件。"""
    from objection_docs import archive_desk, desk

    known = archive_desk.standing(id)
    entry = known.original if original else known.letter
    if output:
        data = desk.file(id, role)[1]
        archive_desk.opened(entry.id, "file", now=now(), who=login())
        inout.write(Path(output), data, "")
        click.echo(f"已写出：{output}", err=as_json)
    elif not known.destroyed:
        archive_desk.opened(entry.id, "shown", now=now(), who=login())
    if as_json:
        history = [later.to_dict() for later in known.later]
        print_json(entry.to_dict(full=True) | {"retention": known.retention, "history": history})
    elif not output:
        from objection_docs.reports.terminal import harmless

        for line in columns(_entry_rows(entry) + _standing_rows(known)):
            click.echo(harmless(line))
        for line in _history(known):
            click.echo(harmless(line))
        if entry.text:
            click.echo(f"\n{harmless(entry.text)}")


def _entry_rows(entry) -> list[tuple[str, str]]:
    from objection_docs import desk

    rows = [
        ("日志编号", entry.id),
        ("时间", f"{entry.local_time}（北京时间）"),
        ("事项", desk.ERRANDS[entry.errand]),
        ("经办", entry.who),
        ("文书", entry.title),
        ("编号", entry.number),
        ("发文方", entry.sender),
        ("收文方", entry.recipient),
        ("案件", entry.case_id),
        ("程序", entry.procedure),
        ("结论", desk.verdict_of(entry)),
        ("尚缺", "、".join(entry.missing)),
        ("文件", f"{entry.file_name}（{entry.size} 字节）" if entry.sha256 else ""),
        ("SHA-256", entry.sha256),
    ]
    return [row for row in rows if row[1]]


def _standing_rows(known) -> list[tuple[str, str]]:
    given = known.described
    rows = [
        ("档号", given.get("archive_number", "")),
        ("保管期限", known.retention),
        ("结案", known.closed.isoformat() if known.closed else ""),
        ("形式", FORMS.get(given.get("form"), "")),
        ("保管人", given.get("holder", "")),
        ("附注", given.get("remarks", "")),
        ("冻结", "；".join(f"{hold.id}（{hold.details.get('reason', '')}）" for hold in known.held)),
        ("销毁", f"已按清册 {known.destroyed.details['list']} 销毁" if known.destroyed else ""),
    ]
    return [row for row in rows if row[1]]


def _history(known) -> list[str]:
    if not known.later:
        return []
    rows = [(later.local_time, LATER[later.errand], later.who, told(later)) for later in known.later]
    return ["", "经历", *(f"  {line}" for line in columns(rows))]


@log.command("receipt")
@click.argument("id", metavar="ID")
@click.option("-o", "--output", metavar="FILE", help="写到这个文件；不给时写到标准输出。")
def log_receipt(id, output):
    """出具凭据：一个小文件，日后可用 log verify --receipt 证明这一条没有变过。"""
    import json

    from objection_docs import archive_desk

    made = archive_desk.receipt(id, now=now())
    if output is None:
        print_json(made)
        return
    inout.write(Path(output), json.dumps(made, ensure_ascii=False, indent=2).encode() + b"\n", "")
    click.echo(f"凭据：{output}")


@log.command("verify")
@click.option("--receipt", metavar="FILE", help="改为核验这份凭据。")
@click.option("--home", "copy", metavar="FOLDER", help="核验日志文件夹的一份拷贝（只读，不改动它）。")
def log_verify(receipt, copy):
    """核验日志：逐条核对链条与文件。退出码 0 完好，1 有问题。"""
    from objection_docs import archive_desk

    place = Path(copy) if copy else None
    if receipt:
        found = archive_desk.verify_receipt(inout.read_input(receipt, "凭据"), copy=place)
        for each in found:
            click.echo(f"{'相符' if each.good else '不符'}：{each.said}")
        return 0 if all(each.good for each in found) else 1
    problems = archive_desk.verify(copy=place)
    for line in problems:
        click.echo(line)
    click.echo(f"发现 {len(problems)} 处问题" if problems else "日志完好")
    return 1 if problems else 0
