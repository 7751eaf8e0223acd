r"""The numbers of the quizzes, computed where the question stands: right answers, and what traps lead to.

An item says how its number comes about, as an expression. It may use the names of the chapter's module, and
what the examples on the page have made up to the question.

>>> told = '''A shop.
...
... >>> price = 2.0
...
... ??? question how "What are two with the tax?"
...
...     >>> 2 * price * 1.25
...     5.0
...
... >>> price = 3.0
... '''
>>> numbers_after([told[: end_of("What are two with the tax?", told)]], ["2 * price * 1.25", "2 * price"], {})
[5.0, 4.0]
"""

import ast
import builtins
import contextlib
import doctest
import importlib
import io
from collections.abc import Iterable, Sequence
from typing import Any

from microgpt.study.passages import chapter_passages
from microgpt.study.questions import box_of
from microgpt.study.quiz import Quantity, QuizError


def numbers_of(item: Quantity) -> list[float]:
    """Compute the right number of an item, and after it those of its traps.

    Raises:
        QuizError: If an example before the question, or an expression, does not work.
        ImportError: If the chapter needs a library that is not there.

    Examples:
        >>> from microgpt.study.quiz import Trap
        >>> title = "Why are keys and values kept, and not queries?"
        >>> traps = (Trap("16 * 16", "Each position makes all."),)
        >>> numbers_of(Quantity("attention", title, "How many are made?", "sum(range(1, 17))", traps))
        [136, 256]
    """
    expressions = [item.value, *(trap.value for trap in item.traps)]
    try:
        if all(map(needs_nothing, expressions)):
            return numbers_after([], expressions, {})
        names = dict(vars(importlib.import_module(f"microgpt.{item.chapter}")))
        return numbers_after(texts_before(item.chapter, item.question), expressions, names)
    except QuizError as error:
        raise QuizError(f"{item.chapter}, {item.question!r}: {error}") from None


def shown(value: float, digits: int) -> str:
    """Write a number with as many decimals as are asked for.

    Raises:
        QuizError: If a whole number is asked for, and it is none.

    Examples:
        >>> shown(2 / 3, 2), shown(-0.001, 2), shown(136.0, 0)
        ('0.67', '0.00', '136')
        >>> try:
        ...     shown(2.5, 0)
        ... except QuizError as error:
        ...     print(error)
        2.5 is no whole number; give the item `digits`
    """
    if not digits and abs(value - round(value)) > 1e-9:
        raise QuizError(f"{value} is no whole number; give the item `digits`")
    return f"{round(value, digits) + 0.0:.{digits}f}"


def texts_before(chapter: str, question: str) -> list[str]:
    """List the docstrings whose examples come before the end of a question's box.

    Examples:
        >>> texts = texts_before("attention", "Why divide by the root of d?")
        >>> len(texts), texts[1].rstrip().endswith("slope 0.22")
        (2, True)
    """
    told, *others = chapter_passages(chapter)
    if end := end_of(question, told.text):
        return [told.text[:end]]
    for passage in others:
        if end := end_of(question, passage.text):
            return [told.text, passage.text[:end]]
    raise QuizError("there is no question box of this title in the chapter")


def end_of(question: str, text: str) -> int:
    """Find where the box of a question ends in a text; 0 if it is not there."""
    box = box_of(question, text)
    return box.end() if box else 0


def needs_nothing(expression: str) -> bool:
    """Say whether an expression can be computed without any example.

    Examples:
        >>> needs_nothing("sum(range(1, 17))"), needs_nothing("len(keys)")
        (True, False)
    """
    used, bound = _names(expression)
    return all(hasattr(builtins, name) for name in used - bound)


def _names(code: str) -> tuple[set[str], set[str]]:
    """List all names in a piece of code, and those of them that it makes."""
    nodes = _nodes(code)
    names = [node for node in nodes if isinstance(node, ast.Name)]
    made = {node.id for node in names if isinstance(node.ctx, ast.Store)} | _taken(code)
    made |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    made |= {one.asname or one.name for node in nodes if isinstance(node, ast.Import) for one in node.names}
    return {node.id for node in names} | made, made


def _taken(code: str) -> set[str]:
    """List what a piece of code takes from modules. It is used, and hardly ever changed."""
    nodes = [node for node in _nodes(code) if isinstance(node, ast.ImportFrom)]
    return {one.asname or one.name for node in nodes for one in node.names}


def _nodes(code: str) -> list[ast.AST]:
    try:
        return list(ast.walk(ast.parse(code)))
    except SyntaxError:
        return []  # whoever runs it will say what is wrong


def numbers_after(texts: Iterable[str], expressions: Sequence[str], names: dict[str, Any]) -> list[float]:
    r"""Run the examples of docstrings, and then compute expressions with the names that are there.

    Only those examples are run that share a name with the expressions, or with another that is run.

    Args:
        texts: The docstrings.
        expressions: Python.
        names: What the examples may use; what they make comes to it.

    Raises:
        QuizError: If an example fails, or an expression gives no number.

    Examples:
        >>> numbers_after([">>> a = 2\n>>> b = 1 / 0\n>>> c = [a]\n>>> c.append(a + 1)\n"], ["sum(c)"], {})
        [5]
    """
    parser = doctest.DocTestParser()
    examples = [example for text in texts for example in parser.get_examples(text)]
    _run(_needed(examples, expressions), names)
    return [_number(expression, names) for expression in expressions]


def _needed(examples: list[doctest.Example], expressions: Sequence[str]) -> list[doctest.Example]:
    """Leave out what has nothing to do with the expressions: some examples take seconds."""
    found = [_names(example.source) for example in examples]
    bound = set().union(*(made for _, made in found))
    tools = set().union(*(_taken(example.source) for example in examples))
    wanted, before = set().union(*(_names(one)[0] for one in expressions)) & bound, None
    needed: list[bool] = []
    while wanted != before:
        needed = [bool(used & wanted - tools or made & wanted) for used, made in found]
        before, wanted = wanted, wanted.union(*(used & bound for (used, _), one in zip(found, needed) if one))
    return [example for example, one in zip(examples, needed) if one]


def _run(examples: list[doctest.Example], names: dict[str, Any]) -> None:
    test = doctest.DocTest(examples, names, "examples", None, 0, None)
    test.globs = names  # it has made a copy
    report = io.StringIO()
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.FAIL_FAST)
    with contextlib.redirect_stdout(io.StringIO()):
        runner.run(test, out=report.write, clear_globs=False)
    if runner.failures:
        raise QuizError(f"an example before the question fails:\n{report.getvalue()}")


def _number(expression: str, names: dict[str, Any]) -> float:
    try:
        value = eval(expression, names)
    except Exception as error:
        raise QuizError(f"{expression!r} does not work: {type(error).__name__}: {error}") from None
    if not isinstance(value, int | float):
        raise QuizError(f"{expression!r} gives {value!r}, which is no number")
    return value
