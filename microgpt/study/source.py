"""Source code and the docstrings in it, which the site shows side by side."""

import ast
from collections.abc import Iterator


def docstrings(tree: ast.AST) -> Iterator[ast.Expr]:
    """Find the texts that stand as statements: docstrings, and what explains the assignment above it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            for statement in node.body:
                if isinstance(statement, ast.Expr) and _is_text(statement.value):
                    yield statement


def _is_text(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def docstring_lines(tree: ast.AST) -> set[int]:
    """Give the numbers of the lines that belong to docstrings."""
    return {line for text in docstrings(tree) for line in range(text.lineno, (text.end_lineno or 0) + 1)}


def without_docstrings(tree: ast.Module) -> ast.Module:
    """Take the docstrings out of a module, its classes and functions."""
    texts = set(docstrings(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            node.body = [statement for statement in node.body if statement not in texts] or [ast.Pass()]
    return tree


def bare(lines: list[str], first: int, skipped: set[int]) -> list[str]:
    """Leave lines out, and the empty ones after them.

    Args:
        lines: Of a file.
        first: The number in the file of the first of them.
        skipped: The numbers of those to leave out.
    """
    kept: list[str] = []
    for number, line in enumerate(lines, first):
        left_out = number in skipped
        if not left_out and (line.strip() or (kept and kept[-1].strip() and number - 1 not in skipped)):
            kept.append(line)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept
