"""The words in a terminal. Heavy rooms are imported inside the commands: `--help` must be quick."""

import json
import os
from datetime import datetime, timezone
from pathlib import Path

import click

from objection_docs import inout
from objection_docs.errors import LogError, ObjectionDocsError, UsageError
from objection_docs.rules_commands import own_checks, rules
from objection_docs.terminal import DEBUG, Day, Group, columns, fail, note, progress, told

FORMS = click.Choice(["text", "json", "html"])
EXIT = {"complete": 0, "incomplete": 1, "unreadable": 2}


def _version(ctx, _param, asked):
    if asked:
        from importlib import metadata

        try:
            click.echo(f"objection-docs {metadata.version('objection-docs')}")
        except metadata.PackageNotFoundError:
            click.echo("objection-docs（未安装，直接从源代码运行）")
        ctx.exit()


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="显示版本号。")
def main():
    """异议文书：生成、检查、存档。"""


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _who() -> str:
    from getpass import getuser

    try:
        return getuser()
    except (OSError, KeyError, ImportError):
        return ""


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def kinds(as_json):
    """列出文书种类。"""
    from objection_docs import desk

    found = desk.kinds().values()
    if as_json:
        _print_json([{"id": kind.id, "label": kind.label, "about": kind.about} for kind in found])
    elif found:
        click.echo("\n".join(columns((kind.id, kind.label, kind.about) for kind in found)))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def procedures(as_json):
    """列出程序（各自规定必备要素）。"""
    from objection_docs import desk

    found = desk.procedures().values()
    if as_json:
        _print_json([{"id": p.id, "label": p.label, "area": p.area, "kinds": list(p.demands)} for p in found])
    elif found:
        click.echo("\n".join(columns((p.id, p.label) for p in found)))


@main.command()
@click.argument("kind", metavar="KIND")
@click.option("--procedure", metavar="P", help="按这一程序给出样例。")
@click.option("--schema", is_flag=True, help="改为输出 JSON Schema。")
def facts(kind, procedure, schema):
    """输出一份案件事实样例（JSON），改好后用于 generate。"""
    from objection_docs import desk

    _print_json((desk.schema if schema else desk.sample)(kind, procedure))


@main.command()
@click.argument("kind", metavar="KIND")
@click.argument("facts_file", metavar="FACTS.json")
@click.option("-o", "--output", metavar="OUT", help="输出文件，.docx 或 .pdf；默认写在当前文件夹。")
@click.option("--procedure", metavar="P", help="适用的程序。")
@click.option("--case", metavar="C", help="所属案件。")
@click.option("--draft", is_flag=True, help="草稿：缺的事实印成【待补：…】。")
@click.option("--no-log", is_flag=True, help="不记入文书日志。")
def generate(kind, facts_file, output, procedure, case, draft, no_log):
    """由案件事实生成文书。FACTS.json 写 - 时从标准输入读。"""
    from objection_docs import desk

    out = inout.output_place(output)
    raw = desk.parse_facts(inout.read_input(facts_file, "事实文件"))
    pdf = out is not None and out.suffix.lower() == ".pdf"
    if pdf:
        note("正在转换为 PDF……")
    letter = desk.generate(
        kind, raw, now=_now(), procedure=procedure, case=case, draft=draft, pdf=pdf, log=not no_log, who=_who()
    )
    out = out or inout.free(Path(f"{letter.file_name}.docx"))
    inout.write(out, letter.pdf if pdf else letter.docx, letter.id)
    click.echo(f"已生成{letter.title}：{out}")
    if letter.number:
        click.echo(f"编号：{letter.number}\n日志：{letter.id}")
    if letter.missing:
        click.echo(f"草稿尚缺 {len(letter.missing)} 项：{'、'.join(letter.missing)}", err=True)


@main.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--kind", metavar="K", help="文书种类；不给时自动识别。")
@click.option("--procedure", metavar="P", help="适用的程序；不给时自动识别。")
@click.option("--case", metavar="C", help="所属案件。")
@click.option("--format", "form", type=FORMS, default="text", help="text、json 或 html。")
@click.option("--annotated", metavar="OUT", help="另写一份批注本（.pdf 或 .docx，同原件）；多份文件时为文件夹。")
@click.option("--no-log", is_flag=True, help="不记入文书日志。")
@own_checks
def check(files, kind, procedure, case, form, annotated, no_log):
    """检查文书是否完整（PDF、Word、纯文本）。

    退出码：0 全部完整，1 有不完整的，2 有读不了的或命令不对。
    """
    from objection_docs import desk

    def one(name: str, data: bytes) -> dict:
        shown = "标准输入" if name == "-" else name
        return desk.check(
            data, shown, now=_now(), kind=kind, procedure=procedure, case=case, log=not no_log, who=_who()
        )

    desk.require_known(kind, procedure, case)
    copies = inout.Copies(annotated, files)
    reports, log_error = [], None
    with progress(list(files), "正在检查") as bar:
        for name in bar:
            try:
                report = one(name, data := inout.read_input(name, "文件"))
            except LogError as error:
                if not hasattr(error, "report"):
                    raise
                report, log_error = error.report, error
            except UsageError as error:
                report = desk.unreadable(name, error.code, error.message)
            except ObjectionDocsError:
                raise
            except Exception as error:  # one odd file must not cost the others their reports
                if os.environ.get(DEBUG):
                    raise
                said = f"检查这份文件时程序出错（{type(error).__name__}）；设置 {DEBUG}=1 可看详情"
                report = desk.unreadable(name, "internal_error", said)
            reports.append({**report, "file": name})
            if report["verdict"] != "unreadable":
                copies.add(name, data, report)
    _print_reports(reports, form)
    for place in copies.made:
        click.echo(f"批注本：{place}", err=True)
    for error in filter(None, [*copies.failed, log_error]):
        fail(error)
    return 2 if log_error or copies.failed else max(EXIT[report["verdict"]] for report in reports)


def _print_reports(reports: list[dict], form: str) -> None:
    if form == "json":
        _print_json(reports)
    elif form == "html":
        from objection_docs.reports import html

        click.echo(html.render(reports))
    else:
        click.echo(told(reports))


main.add_command(rules)


@main.group(cls=Group)
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
        _print_json({"total": hits.total, "entries": entries, "next_cursor": hits.next_cursor})
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
        _print_json(entry.to_dict(full=True))
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


@main.command()
@click.option("--host", default="127.0.0.1", metavar="地址", help="监听地址，默认 127.0.0.1。")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, metavar="端口", help="端口，默认 8765。")
@click.option("--allow-remote", is_flag=True, help="允许其他机器访问（目前没有登录，慎用）。")
def serve(host, port, allow_remote):
    """启动网页服务。"""
    from objection_docs.service import server

    server.run(host, port, allow_remote=allow_remote, say=lambda line: click.echo(line, err=True))
