"""An extension for griffe, which reads the modules for mkdocstrings: source without docstrings."""

import ast
from typing import Any

import griffe

from microgpt.study.source import bare, docstring_lines


class BareSource(griffe.Extension):
    """Keep beside each function and class its source without the docstrings, which stand beside it anyway."""

    def on_function_instance(self, *, node: Any, func: griffe.Function, **more: Any) -> None:
        """Keep that of a function."""
        self._keep(node, func)

    def on_class_instance(self, *, node: Any, cls: griffe.Class, **more: Any) -> None:
        """Keep that of a class."""
        self._keep(node, cls)

    def _keep(self, node: Any, member: griffe.Object) -> None:
        if isinstance(node, ast.AST) and member.lineno:
            code = bare(member.lines, member.lineno, docstring_lines(node))
            if len(code) > 1:  # an exception that is only a name has nothing to show
                member.extra["sitemaker"]["code"] = "\n".join(code)
