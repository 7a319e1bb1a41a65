"""Can a part's tags ever break its XML? Each branch and each loop body must leave open exactly what was open before.

When that holds, every letter made from the part is well-formed, since facts are escaped; then no letter needs parsing.
"""

import re

from jinja2 import nodes

_TAG = re.compile(r"<(/?)([\w:.-]+)[^<>]*?(/?)>")


class _Unknown(Exception):
    pass


def _effect(body: list[nodes.Node]) -> tuple[tuple, tuple]:
    """(tags it closes that were open before, tags it leaves open), both in order."""
    closed: list[str] = []
    opened: list[str] = []
    for node in body:
        for text in _texts(node):
            if text.count("<") != text.count(">"):
                raise _Unknown  # a branch inside a tag's attributes
            for closing, name, empty in _TAG.findall(text):
                if empty:
                    continue
                if not closing:
                    opened.append(name)
                elif not opened:
                    closed.append(name)
                elif opened.pop() != name:
                    raise _Unknown
    return tuple(closed), tuple(opened)


def _texts(node: nodes.Node):
    if isinstance(node, nodes.Output):
        for inner in node.nodes:
            if isinstance(inner, nodes.TemplateData):
                yield inner.data
    elif isinstance(node, nodes.If):
        branches = [node.body, *(other.body for other in node.elif_), node.else_]
        if any(not _is_neutral(branch) for branch in branches):
            raise _Unknown
    elif isinstance(node, nodes.For):
        if node.recursive or not _is_neutral(node.body) or not _is_neutral(node.else_):
            raise _Unknown
    elif not isinstance(node, nodes.Assign):
        raise _Unknown


def _is_neutral(body: list[nodes.Node]) -> bool:
    closed, opened = _effect(body)
    return closed == tuple(reversed(opened))


def is_balanced(template: nodes.Template) -> bool:
    """True when no choice of facts can make the part ill-formed. False: it has to be parsed to know."""
    try:
        return _effect(template.body) == ((), ())
    except _Unknown:
        return False
