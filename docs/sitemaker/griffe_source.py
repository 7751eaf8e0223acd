"""An extension for griffe, which reads the modules for mkdocstrings: source without docstrings."""

import ast
from typing import Any

import griffe

from microgpt.study.source import bare, docstring_lines
from sitemaker.shapes import shapes_of


class BareSource(griffe.Extension):
    """Keep beside each function and class its source without the docstrings, which stand beside it anyway.

    A method has its own place on the page, so its class shows only where it belongs.
    """

    def on_function_instance(self, *, node: Any, func: griffe.Function, **more: Any) -> None:
        """Keep that of a function."""
        if isinstance(node, ast.AST):
            self._keep(func, docstring_lines(node))
            func.extra["sitemaker"]["shapes"] = shapes_of(func.docstring)

    def on_class_members(self, *, node: Any, cls: griffe.Class, **more: Any) -> None:
        """Keep that of a class, and mark what is an error."""
        if not isinstance(node, ast.AST):
            return
        hidden = docstring_lines(node)
        for method in cls.members.values():
            if method.is_function and method.has_docstring and not method.is_alias and method.lineno:
                hidden |= set(range(_start(method), (method.endlineno or method.lineno) + 1))
        bases = map(str, cls.bases)
        cls.extra["sitemaker"]["error"] = any(base.endswith(("Error", "Exception")) for base in bases)
        self._keep(cls, hidden)

    def on_module_members(self, *, node: Any, mod: griffe.Module, **more: Any) -> None:
        """Keep the helpers of a module, with what is said of them."""
        helpers = [
            "\n".join(member.lines)
            for name, member in mod.members.items()
            if name.startswith("_") and not name.startswith("__") and not member.is_alias
            if (member.is_function or member.is_class) and member.lines
        ]
        mod.extra["sitemaker"]["helpers"] = "\n\n\n".join(helpers)

    def _keep(self, member: griffe.Object, hidden: set[int]) -> None:
        if member.lineno:
            code = bare(member.lines, member.lineno, hidden)
            if len(code) > 1:  # an exception that is only a name has nothing to show
                member.extra["sitemaker"]["code"] = "\n".join(code)


def _start(method: griffe.Object | griffe.Alias) -> int:
    """Find the first line of a method, with its decorators."""
    decorators: list[int] = [one.lineno for one in getattr(method, "decorators", ()) if one.lineno]
    return min([*decorators, method.lineno or 0])
