"""What each plugin adds to the product: kinds, procedures, rules and other data by their files, and its hooks."""

from dataclasses import dataclass
from pathlib import Path

from objection_docs import plugins

#: What a hook is for, beside `data_folder`.
HOOKS = {
    "fault_finders": "查找差错",
    "storage": "文件的存储",
    "before_logging": "记入日志前把关",
    "document_generated": "生成文书后",
    "check_completed": "检查文书后",
}


@dataclass(frozen=True, slots=True)
class Addition:
    """`kinds`, `procedures`: id → label. `files`: further data files that are new, or add to a list; `replaced`: those
    that take the place of ours or of another plugin's; both by their place in the data folder."""

    plugin: plugins.Plugin
    kinds: dict[str, str]
    procedures: dict[str, str]
    files: tuple[str, ...]
    replaced: tuple[str, ...]

    @property
    def hooks(self) -> tuple[str, ...]:
        return tuple(name for name in self.plugin.hooks if name in HOOKS)

    def to_dict(self) -> dict:
        one = self.plugin
        about = {"name": one.name, "package": one.package, "version": one.version, "fault": one.fault}
        lists = {"kinds": list(self.kinds), "procedures": list(self.procedures), "files": list(self.files)}
        return about | lists | {"replaced": list(self.replaced), "hooks": list(self.hooks)}

    def told(self) -> list[str]:
        """Lines for a terminal."""
        one = self.plugin
        lines = [f"{one.name}（{' '.join(filter(None, (one.package, one.version)))}）"]
        if one.fault:
            lines.append(f"  {one.fault}")
        parts = {
            "文书种类": [f"{id} {label}" for id, label in self.kinds.items()],
            "程序": [f"{id} {label}" for id, label in self.procedures.items()],
            "其他数据": self.files,
            "替换": self.replaced,
            "钩子": [f"{name}（{HOOKS[name]}）" for name in self.hooks],
        }
        return [*lines, *(f"  {name}：{'、'.join(listed)}" for name, listed in parts.items() if listed)]


def additions() -> list[Addition]:
    """Of every plugin but ourselves, those that do not work among them. Their data is read, so that a mistake in it
    shows."""
    from objection_docs.packs.layers import LISTS

    kinds, procedures = _read()
    before: set[str] = set()
    out = []
    for plugin in plugins.plugins():
        here = _files(plugin.folder) if plugin.folder else set()
        lists = {f"checks/{name}" for name in LISTS} & here
        new = here - before | lists
        added = [name for name in kinds if {f"templates_zh/{name}.yaml", f"checks/{name}/kind.yaml"} & new]
        ways = [name for name in procedures if f"checks/procedures/{name}.yaml" in new]
        told = {name for name in new if any(name.startswith((f"checks/{k}/", f"templates_zh/{k}.")) for k in added)}
        told |= {f"checks/procedures/{name}.yaml" for name in ways}
        rest = tuple(sorted(new - told)), tuple(sorted(here - new))
        out.append(Addition(plugin, {k: kinds[k] for k in added}, {p: procedures[p] for p in ways}, *rest))
        before |= here
    return out[1:]


def _read() -> tuple[dict[str, str], dict[str, str]]:
    """Labels of all kinds and procedures. Reading them finds the plugins whose data is broken."""
    from objection_docs.packs import faults, holidays, kinds, laws, letter_dates, procedures, recourse, retention, rules

    for reader in (retention.retention, holidays.calendar, letter_dates.mentions, faults.wordings, faults.laws):
        reader()
    laws.laws(), recourse.ways(""), plugins.gathered("fault_finders")
    checked = {kind.id: kind.label for kind in rules.rules().kinds.values()}
    written = {kind.id: kind.label for kind in kinds.kinds().values()}
    return checked | written, {one.id: one.label for one in procedures.procedures().values()}


def _files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for name in ("checks", "templates_zh")
        for path in (folder / name).rglob("*")
        if path.is_file() and path.suffix in (".yaml", ".csv", ".docx")
    }
