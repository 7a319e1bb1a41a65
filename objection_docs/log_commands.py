"""`objection-docs log …`: the document log in a terminal."""

from pathlib import Path

import click

from objection_docs import inout
from objection_docs.terminal import Day, Group, columns, print_json


@click.group(cls=Group)
def log():
    """文书日志：查找、取回、核验。"""


@log.command("search")
@click.argument("query", metavar="[QUERY]", default="")
@click.option("--kind", metavar="K", help="文书种类。")
@click.option("--procedure", metavar="P", help="程序。")
@click.option("--party", metavar="名称", help="发文方或收文方名称的一部分。")
@click.option("--case", metavar="C", help="案件。")
@click.option("--from", "since", type=Day(), help="从这一天起（北京时间）。")
@click.option("--to", "until", type=Day(), help="到这一天止。")
@click.option("--status", metavar="S", help="complete、incomplete 或 unreadable。")
@click.option("--missing", metavar="ELEMENT", help="缺这一要素（缺失或空白）的文书。")
@click.option("--errand", metavar="E", help="generate（生成）或 check（检查）。")
@click.option("--limit", type=click.IntRange(1, 500), default=50, metavar="N", help="每页条数，默认 50，最多 500。")
@click.option("--cursor", metavar="…", help="上一页末尾给出的翻页标记。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def log_search(query, as_json, **filters):
    """查找条目，新的在前。

    空格隔开的词须全部出现；"…" 为连续词句；-词 为不含。
    """
    from objection_docs import desk

    hits = desk.search(query, **filters)
    if as_json:
        entries = [entry.to_dict() for entry in hits.entries]
        print_json({"total": hits.total, "entries": entries, "next_cursor": hits.next_cursor})
        return
    from objection_docs.reports.terminal import harmless

    rows = [
        (e.local_time, desk.ERRANDS[e.errand], desk.STATUSES.get(e.verdict, ""), harmless(e.title), e.number or e.id)
        for e in hits.entries
    ]
    for line, entry in zip(columns(rows), hits.entries, strict=True):
        click.echo(line)
        parties = " → ".join(name for name in (entry.sender, entry.recipient) if name)
        for detail in (parties, entry.file_name, entry.snippet):
            if detail:
                click.echo(f"    {harmless(detail)}")
    click.echo(f"共 {hits.total} 条" + (f"，下一页：--cursor {hits.next_cursor}" if hits.next_cursor else ""), err=True)


@log.command("show")
@click.argument("id", metavar="ID")
@click.option("-o", "--output", metavar="FILE", help="把原文件写到这里。")
@click.option("--pdf", "role", flag_value="pdf", default="", help="取随文书一起生成的 PDF。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def log_show(id, output, role, as_json):
    """显示一条（编号或日志编号）；-o 取回原文件。"""
    from objection_docs import desk

    entry = desk.show(id)
    if output:
        inout.write(Path(output), desk.file(id, role)[1], "")
        click.echo(f"已写出：{output}", err=as_json)
    if as_json:
        print_json(entry.to_dict(full=True))
    elif not output:
        from objection_docs.reports.terminal import harmless

        for line in columns(_entry_rows(entry)):
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
        ("结论", desk.STATUSES.get(entry.verdict, "")),
        ("文件", f"{entry.file_name}（{entry.size} 字节）" if entry.sha256 else ""),
        ("SHA-256", entry.sha256),
    ]
    return [row for row in rows if row[1]]


@log.command("verify")
def log_verify():
    """核验日志：逐条核对链条与文件。退出码 0 完好，1 有问题。"""
    from objection_docs import desk

    found = desk.verify()
    for line in found:
        click.echo(line)
    click.echo(f"发现 {len(found)} 处问题" if found else "日志完好")
    return 1 if found else 0
