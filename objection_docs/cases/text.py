"""A case for a terminal."""

from collections.abc import Callable, Iterable, Iterator

from objection_docs.archive.cases import Head
from objection_docs.cases.stages import extensions, settings
from objection_docs.cases.view import Next, StageView, View, issued, runs
from objection_docs.cases.wording import letter_words, source_words
from objection_docs.deadlines import Reckoned, words

#: Rows of cells → lines with straight columns.
Columns = Callable[[Iterable[Iterable[str]]], list[str]]


def render(view: View, columns: Columns) -> str:
    """What is in hand and next; letters, dates with their sources, limits; then each reckoning."""
    closed = f"已结案（{view.closed.isoformat()}）" if view.closed else "进行中"
    lines = [f"案件 {view.case}  {closed}", *_head(view)]
    if view.heads:
        once = {head.sha256 or head.id: _letter(view, seq) for seq, head in view.heads.items()}  # checked twice or more
        lines += ["", "文书", *_indented(columns(once.values()))]
    for stage in view.stages:
        lines += ["", stage.stage.course.label, *_stage(view, stage, columns)]
    lines += _settings(view)
    for stage in view.stages:
        if stage.text:
            lines += ["", stage.text]
    return "\n".join(lines)


def _head(view: View) -> Iterator[str]:
    if view.last_letter:
        yield f"在手：{letter_words(view.last_letter)}"
    if not view.stages:
        yield f"还不知道适用哪个程序；请写明：case set {view.case} procedure=程序"
    optional = False
    for one in view.next:
        title = "下一步（可以）" if one.step.may else "其后" if optional else "下一步"
        optional = one.step.may
        yield f"{title}：{next_words(one)}"
    overdue = [(stage, one) for stage, one in view.running if one.state.code == "overdue"]
    if overdue:
        yield f"逾期：{'、'.join(_overdue(view, *each) for each in overdue)}"


def _overdue(view: View, stage: StageView, one: Reckoned) -> str:
    return f"{one.limit.id} {one.limit.label}{issued_words(view.heads.get(issued(stage.stage, one)))}"


def issued_words(letter: Head | None) -> str:
    """That the letter was written already, where nobody told its receipt; a draft is not written yet."""
    if letter and letter.draft:
        return f"（{letter_words(letter)} 尚未补齐）"
    return f"（{letter_words(letter)} 已作出，送达日期未记）" if letter else ""


def next_words(one: Next) -> str:
    """Step, by whom, until when."""
    told = f"{one.step.label}（{one.step.who}）"
    return f"{told}，{until_words(one.limit)}" if one.limit else told


def until_words(one: Reckoned) -> str:
    """The day one had better keep, and the last one where that is later."""
    told = f"不迟于 {words.end(one.safe)}"
    if one.safe < one.last:
        told += f"（最后期限 {words.end(one.last)}）"
    return f"{told}{'，暂估' if one.provisional else ''}{left_words(one)}"


def left_words(one: Reckoned) -> str:
    days = one.state.days_left
    if one.state.code == "overdue":
        return f"，已逾期 {-days} 天" if days else "，已逾期"
    if one.state.code in ("projected", "lapsed"):
        return f"，{one.state.label}"
    if not runs(one) or days is None:
        return ""
    return f"，还有 {days} 天" if days > 0 else "，今天到期" if days == 0 else f"，稳妥日已过 {-days} 天"


def _letter(view: View, seq: int) -> tuple[str, ...]:
    letter = view.heads[seq]
    dates = next((one.dates for stage in view.stages for one in stage.stage.letters if one.seq == seq), None) or {}
    parties = " → ".join(filter(None, (letter.sender, letter.recipient)))
    return dates.get("date", "（没有日期）"), letter_words(letter), parties


def _stage(view: View, stage: StageView, columns: Columns) -> Iterator[str]:
    if stage.problem:
        yield f"  不能计算：{stage.problem}"
    course, dates = stage.stage.course, stage.stage.dates
    known = [(event, dates[event.id]) for event in course.events.values() if event.id in dates]
    if known or stage.awaited:
        yield "  日期"
    if known:
        rows = ((c.source.at, f"{e.label}（{e.id}）", source_words(view, c.source)) for e, c in known)
        for line, (_, chosen) in zip(columns(rows), known, strict=True):
            yield f"    {line}"
            for other in chosen.others:
                yield f"      另有 {other.at}：{source_words(view, other)}"
            if chosen.reason:
                yield f"      用 {chosen.source.at}：{chosen.reason}"
    for one in stage.awaited:
        letter = view.heads.get(one.letter)
        name = f"；{letter_words(letter)} 已经在案" if letter else ""
        yield f"    未知：{one.event.label}（{one.event.id}）的日期{name}"
    if stage.awaited:
        yield f"    知道以后：case event {view.case} 事件=日期 --source 出处，或 log service 文书编号 --on 日期"
    yield from (f"    注意：{said}，请核对日期" for said in stage.doubts)
    shown = [one for one in stage.limits if one.state.code not in ("waiting", "wording")]
    if shown:
        yield "  期限"
        yield from (f"    {line}" for line in columns(_limit(view, stage, one) for one in shown))


def _limit(view: View, stage: StageView, one: Reckoned) -> tuple[str, ...]:
    day = _day(one) if one.last else ""
    state = one.state.label
    source = stage.source(one)
    if source:
        letter = view.heads.get(source.letter)
        state += f"：{letter_words(letter)}，{source.at}" if letter else f"：{source.at}"
    if one.provisional and not one.by:
        day += "（暂估）"
    left = left_words(one)
    told = left.removeprefix("，") if one.state.code in ("overdue", "projected", "lapsed") else f"{state}{left}"
    told += issued_words(view.heads.get(issued(stage.stage, one))) if runs(one) else ""
    return one.limit.id, one.limit.label, one.limit.who, day, told


def _day(one: Reckoned) -> str:
    """Of a limit that runs, the day one had better keep; once the act is done, the day that decides whether in time."""
    if one.by or one.safe == one.last:
        return words.end(one.last)
    return f"{words.end(one.safe)}（稳妥日）"


def _settings(view: View) -> list[str]:
    lines = [f"  {name} = {value}" for name, value in settings(view.said).items()]
    lines += [f"  延长 {limit}{f'：{by}' if by else ''}" for limit, by in extensions(view.said)]
    return ["", "设置", *lines] if lines else []


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines]
