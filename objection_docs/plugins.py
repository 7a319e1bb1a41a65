"""The plugins that are installed, our own among them: what each adds, and which of them does not work.

Entry points are looked for when somebody first asks. A plugin that cannot be loaded is left out and told; the product
goes on without it.
"""

import importlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from objection_docs.errors import ObjectionDocsError, PluginError

if TYPE_CHECKING:
    from pluggy import PluginManager

GROUP = "objection_docs"
#: What we bring ourselves, named as an entry point names it; a checkout that isn't installed has none.
OURS, SHIPPED = "objection_docs", "objection_docs.shipped"
_log = logging.getLogger("objection_docs.plugins")


@dataclass(frozen=True, slots=True)
class Plugin:
    """`package`, `version`: of what was installed. `hooks`: what it implements. `folder`: its data, where that is in
    use. `fault`: what of it is not, and why; "" when all works."""

    name: str
    package: str = ""
    version: str = ""
    hooks: tuple[str, ...] = ()
    folder: Path | None = None
    fault: str = ""

    @property
    def label(self) -> str:
        return f"插件“{self.name}”"


@dataclass
class _Installed:
    manager: "PluginManager"
    plugins: dict[str, Plugin] = field(default_factory=dict)  # by name, ours first
    data: dict[str, tuple[Path, ...]] = field(default_factory=dict)  # what `data` has found
    given: dict[str, list[tuple[str, tuple]]] = field(default_factory=dict)  # what `gathered` has found

    def add(self, point) -> None:
        """`point`: an entry point. Whatever is wrong with what it names is told, not raised."""
        dist = point.dist
        about = {"package": dist.name, "version": dist.version} if dist else {}
        name = point.name
        while name in self.plugins:  # two packages chose the same name
            name = f"{name}（{about.get('package') or point.value}）"
        try:
            self._register(name, point.load(), about)
        except (Exception, SystemExit) as error:
            if self.manager.has_plugin(name):
                self.manager.unregister(name=name)
            said = error.message if isinstance(error, ObjectionDocsError) else f"{type(error).__name__}: {error}"
            self.plugins[name] = Plugin(name, **about)
            self.blame(name, f"没有启用：{' '.join(said.split())}")

    def _register(self, name: str, module, about: dict) -> None:
        self.manager.register(module, name=name)
        callers = self.manager.get_hookcallers(module) or []
        if not callers:
            raise PluginError("没有用 @objection_docs.hookimpl 标出任何钩子")
        folder = None
        for caller in callers:
            if not caller.has_spec():
                raise PluginError(f"没有“{caller.name}”这个钩子，请核对拼写")
            impl = next(impl for impl in caller.get_hookimpls() if impl.plugin is module)
            if impl.wrapper or impl.hookwrapper:
                raise PluginError(f"钩子“{caller.name}”不能写成 wrapper")
            if caller.name == "data_folder":
                folder = _data(impl.function())
        self.plugins[name] = Plugin(name, hooks=tuple(sorted(c.name for c in callers)), folder=folder, **about)

    def blame(self, name: str, fault: str) -> None:
        known = self.plugins[name]
        self.plugins[name] = replace(known, fault="；".join(filter(None, (known.fault, fault))))
        _log.warning("插件“%s”%s", name, fault)


def _data(folder: object) -> Path:
    place = Path(folder).resolve()
    if not place.is_dir():
        raise PluginError(
            f"没有 data_folder 给的文件夹 {place}；请建好它，里面放 checks 或 templates_zh，打包时把它带上；"
            "没有自己的规则和范本，就不要写 data_folder"
        )
    if not any((place / name).is_dir() for name in ("checks", "templates_zh")):
        raise PluginError(f"data_folder 给的文件夹 {place} 里没有 checks，也没有 templates_zh")
    return place


@cache
def _installed() -> _Installed:
    import pluggy

    from objection_docs import hookspecs

    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    found = _Installed(manager)
    found._register(OURS, importlib.import_module(SHIPPED), {})
    for point in sorted(_entry_points(), key=lambda point: point.name):
        found.add(point)
    return found


def _entry_points() -> list:
    from importlib.metadata import entry_points

    return list(entry_points(group=GROUP))


def plugins() -> list[Plugin]:
    """All, ours first, those that do not work among them."""
    return list(_installed().plugins.values())


def folders() -> list[Plugin]:
    """Those whose data is in use, ours first."""
    return [plugin for plugin in plugins() if plugin.folder]


def data(name: str) -> tuple[Path, ...]:
    """The folders of that name (checks, templates_zh), ours first: each lies on top of the one before."""
    known = _installed().data
    found = known.get(name)
    if found is None:
        found = known[name] = tuple(place for plugin in folders() if (place := plugin.folder / name).is_dir())
    return found


def owner(path: Path) -> Plugin | None:
    """The plugin, other than ours, whose data folder holds the file."""
    return next((p for p in folders()[1:] if p.folder and path.is_relative_to(p.folder)), None)


def leave_out(plugin: Plugin, fault: str) -> None:
    """Go on without the broken data of a plugin. Its hooks stay: a gate or a storage must not fall away unnoticed."""
    found = _installed()
    found.plugins[plugin.name] = replace(found.plugins[plugin.name], folder=None)
    found.data.clear()
    found.blame(plugin.name, f"数据没有启用：{fault}")


def each(hook: str, **given: object) -> Iterator[tuple[str, object]]:
    """What each plugin gives to the hook, with its name, ours first. PluginError names the one that failed."""
    for impl in getattr(_installed().manager.hook, hook).get_hookimpls():
        try:
            yield impl.plugin_name, impl.function(**{name: given[name] for name in impl.argnames})
        except ObjectionDocsError:
            raise  # said on purpose
        except Exception as error:
            raise _failed(impl.plugin_name, hook, error) from error


def gathered(hook: str) -> list[tuple[str, tuple]]:
    """As `each`, for a hook without arguments, asked once; it goes on without a plugin that fails."""
    found = _installed()
    if hook not in found.given:
        out = []
        for impl in getattr(found.manager.hook, hook).get_hookimpls():
            try:
                out.append((impl.plugin_name, tuple(impl.function())))
            except Exception as error:
                if impl.plugin_name == OURS:
                    raise
                found.blame(impl.plugin_name, _failed(impl.plugin_name, hook, error).message)
        found.given[hook] = out
    return found.given[hook]


def first(hook: str, **given: object) -> tuple[str, object]:
    """What the plugin that was loaded last gives to the hook, or the one before it where that gives None …"""
    for name, value in reversed(list(each(hook, **given))):
        if value is not None:
            return name, value
    raise PluginError(f"没有插件实现“{hook}”", code="no_plugin")


def others_hear(hook: str) -> bool:
    """Whether a plugin other than ours implements the hook."""
    return any(impl.plugin_name != OURS for impl in getattr(_installed().manager.hook, hook).get_hookimpls())


def tell(hook: str, **given: object) -> None:
    """Let each plugin know of what is done already; an error of one goes to the log, and the others are told all the
    same."""
    for impl in getattr(_installed().manager.hook, hook).get_hookimpls():
        try:
            impl.function(**{name: given[name] for name in impl.argnames})
        except Exception as error:
            complain(impl.plugin_name, hook, error)


def complain(name: str, hook: str, error: Exception) -> None:
    """Into the log. Neither the error's words nor its trace: they may hold words of a letter."""
    _log.error("%s", _failed(name, hook, error).message)


def _failed(name: str, hook: str, error: Exception) -> PluginError:
    trace, place = error.__traceback__, ""
    while trace is not None:
        place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    said = f"插件“{name}”的 {hook} 出错（{type(error).__name__}，{place}），请联系它的作者，或卸载它"
    return PluginError(said)
