"""Checking that something that was read from a file has the form that it should have."""

import math
from typing import Any

__all__ = ["check_form", "insist"]


def check_form(content: Any, form: Any, name: str) -> None:
    """Insist that a content has a form.

    Args:
        content: What a file had.
        form: What it should be: a type; `[form]` for a list of such entries; a dictionary of forms for a
            table with exactly these keys; a pair for a matrix of floats with so many rows and columns.
        name: What to call it in the message.

    Raises:
        ValueError: If it is something else. Floats must be finite, whole numbers at least 0.

    Examples:
        >>> check_form({"size": 3, "row": [0.5]}, {"size": int, "row": [float]}, "it")
        >>> for content in ({"size": True, "row": []}, {"size": 3}, {"size": 3, "row": [1]}):
        ...     try:
        ...         check_form(content, {"size": int, "row": [float]}, "it")
        ...     except ValueError as error:
        ...         print(error)
        it/size is no whole number of at least 0
        it has other parts than ours
        it/row is no finite number
    """
    if isinstance(form, dict):
        is_table = isinstance(content, dict) and sorted(content) == sorted(form)
        insist(is_table, f"{name} has other parts than ours")
        for key, inner in form.items():
            check_form(content[key], inner, f"{name}/{key}")
    elif isinstance(form, list):
        insist(isinstance(content, list), f"{name} is no list")
        for entry in content:
            check_form(entry, form[0], name)
    elif isinstance(form, tuple):
        rows, columns = form
        is_matrix = isinstance(content, list) and len(content) == rows
        is_matrix = is_matrix and all(isinstance(row, list) and len(row) == columns for row in content)
        insist(is_matrix, f"{name} is no matrix of {rows} by {columns}")
        check_form(content, [[float]], name)
    elif form is float:
        insist(type(content) is float and math.isfinite(content), f"{name} is no finite number")
    elif form is int:
        insist(type(content) is int and content >= 0, f"{name} is no whole number of at least 0")
    else:
        insist(isinstance(content, form), f"{name} is no {form.__name__}")


def insist(holds: bool, reason: str) -> None:
    """Raise a ValueError with a reason if something does not hold.

    Examples:
        >>> insist(2 > 1, "counting is broken")
    """
    if not holds:
        raise ValueError(reason)
