"""The words in a terminal. Heavy rooms are imported inside the commands: `--help` must be quick."""

import os
from pathlib import Path

import click

from objection_docs.commands import answering, inout
from objection_docs.commands.accounts import accounts
from objection_docs.commands.cases import case as cases
from objection_docs.commands.deadlines import deadline
from objection_docs.commands.handover import COMMANDS as handover
from objection_docs.commands.keeping import keeping
from objection_docs.commands.log import log
from objection_docs.commands.plugins import plugins
from objection_docs.commands.rules import own_checks, rules
from objection_docs.commands.terminal import DEBUG, Group, columns, fail, login, note, now, print_json, progress, told
from objection_docs.errors import LogError, ObjectionDocsError, UsageError

FORMS = click.Choice(["text", "json", "html"])
PAGE = 98  # columns of a page that is read as a whole
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


@main.command()
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def kinds(as_json):
    """列出文书种类。"""
    from objection_docs import desk

    found = desk.kinds().values()
    if as_json:
        print_json([{"id": kind.id, "label": kind.label, "about": kind.about} for kind in found])
    elif found:
        click.echo("\n".join(columns((kind.id, kind.label, kind.about) for kind in found)))


@main.command()
@click.argument("procedure", metavar="[PROCEDURE]", required=False)
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def procedures(procedure, as_json):
    """列出程序；给出 PROCEDURE 时，写出它的步骤、期限、要素和依据。"""
    from objection_docs import desk

    if procedure:
        page, values = desk.procedure_page(procedure, columns=PAGE)
        print_json(values) if as_json else click.echo(page)
        return
    found = [(p, desk.course(p.id)) for p in desk.procedures().values()]
    if as_json:
        print_json([_listed(*pair) for pair in found])
    elif found:
        rows = [(p.id, p.area_label, f"{len(c.steps)} 步", f"{len(c.limits)} 项期限", p.label) for p, c in found]
        click.echo("\n".join(columns(rows)))


def _listed(procedure, course) -> dict:
    counted = {"steps": len(course.steps), "limits": len(course.limits)}
    known = {"id": procedure.id, "label": procedure.label, "area": procedure.area, "kinds": list(procedure.demands)}
    return {**known, **counted}


@main.command()
@click.argument("kind", metavar="KIND")
@click.option("--procedure", metavar="P", help="按这一程序给出样例。")
@click.option("--schema", is_flag=True, help="改为输出 JSON Schema。")
def facts(kind, procedure, schema):
    """输出一份案件事实样例（JSON），改好后用于 generate。"""
    from objection_docs import desk

    print_json((desk.schema if schema else desk.sample)(kind, procedure))


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
        kind, raw, now=now(), procedure=procedure, case=case, draft=draft, pdf=pdf, log=not no_log, who=login()
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
@click.option("--against", metavar="NOTICE", help="对照这份异议，逐点看回复答到了没有；只检查一份文件时可用。")
@click.option("--after", metavar="ID", default="", help="这是日志里哪一份修改后的一版；只检查一份文件时可用。")
@click.option("--no-log", is_flag=True, help="不记入文书日志。")
@own_checks
def check(files, kind, procedure, case, form, annotated, against, after, no_log):
    """检查文书是否完整（PDF、Word、纯文本）。

    退出码：0 全部完整，1 有不完整的，2 有读不了的或命令不对。
    """
    from objection_docs import desk

    def one(name: str, data: bytes) -> dict:
        shown = "标准输入" if name == "-" else name
        known = {"now": now(), "kind": kind, "procedure": procedure, "case": case, "log": not no_log, "who": login()}
        known |= {"after": after} if after else {}
        if not against:
            return desk.check(data, shown, **known)
        from objection_docs import answering_desk

        return answering_desk.check_against(data, shown, notice, against, **known)

    if against and len(files) > 1:
        raise UsageError("--against 对照一份异议检查一份回复，请一次只给一份文件", code="one_file_only")
    if after and (len(files) > 1 or no_log):
        raise UsageError(
            "--after 指明一份文书的上一版，记入日志；请一次只给一份文件，不加 --no-log", code="one_file_only"
        )
    if after:
        desk.show(after)
    notice = inout.read_input(against, "异议文件") if against else b""
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
        print_json(reports)
    elif form == "html":
        from objection_docs.reports import html

        click.echo(html.render(reports))
    else:
        click.echo(told(reports))


for command in answering.commands:
    main.add_command(command)
main.add_command(deadline)
main.add_command(cases)
main.add_command(rules)
main.add_command(plugins)
main.add_command(log)
for command in (*keeping, *handover):
    log.add_command(command)


for command in accounts:
    main.add_command(command)


@main.command()
@click.option("--host", metavar="地址", help="监听地址，默认 127.0.0.1。")
@click.option("--port", type=click.IntRange(0, 65535), metavar="端口", help="端口，默认 8765。")
@click.option("--workers", type=click.IntRange(0, 64), metavar="N", help="用 gunicorn 开 N 个进程；默认一个小进程。")
@click.option("--allow-remote", is_flag=True, default=None, help="允许其他机器访问（网络上不加密，慎用）。")
def serve(**given):
    """启动网页服务。设置见 settings.yaml 的 service 和环境变量。"""
    from dataclasses import replace

    from objection_docs import settings
    from objection_docs.service import server

    chosen = replace(settings.read().service, **{name: value for name, value in given.items() if value is not None})
    server.run(chosen, lambda line: click.echo(line, err=True))


@main.command()
def work():
    """处理批量任务、检查刚生成的文书、投递 webhook、编制查找索引；serve 会自己启动它。"""
    import logging.config
    import signal

    from objection_docs import folders, log_lines, settings
    from objection_docs.batches import Tools
    from objection_docs.batches.worker import ASIDE_SECONDS, Worker
    from objection_docs.fence import Bounds, Fence

    chosen = settings.read().service
    logging.config.dictConfig(log_lines.configuration(chosen.log))
    fence = Fence(1, Bounds(chosen.read_seconds, chosen.read_megabytes))
    aside = Fence(1, Bounds(ASIDE_SECONDS, chosen.read_megabytes), idle=True)
    worker = Worker(
        Tools(folders.home(), now, fence, largest=chosen.upload_megabytes * 1_000_000),
        allow_private=chosen.private_webhooks,
        apart=aside.run,
    )
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: worker.stop.set())
    worker.run()
    fence.close()
    aside.close()
