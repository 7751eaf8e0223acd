r"""The source taken apart: prose from code, and a function from what it does.

# The question

Every module of the book is prose with code in between. A page shows the two side by side. An exercise wants a
function whose body is missing. **How can both be made from the true source, so that nobody has to keep a
second copy of it?**

# The picture

Each arrow bears the name of a function of this module. Look at the last three: they cut something out of the
same text.

```mermaid
graph TD
    module["a module"] -- "source_of" --> text["its source text"]
    text -- "bare" --> bare["code without<br/>prose"]
    text -- "without_body" --> told["what a<br/>function<br/>promises"]
    text -- "body_of" --> done["how it<br/>keeps that"]
```

Python's own parser, the module `ast` of the standard library, turns a text into a tree in which every part
knows its lines. The tree says where to cut; what is cut is the text. So comments, blank lines and line breaks
stay as they were written.

# Prose and code

Here is a very small module. Its docstrings have single quotes only because this text stands in one itself.

>>> shop = "\n".join([
...     "'A shop.'",
...     "",
...     "TAX = 0.25",
...     "",
...     "",
...     "def to_pay(price):",
...     "    'Add the tax to a price.'",
...     "    # in one step",
...     "    return price * (1 + TAX)",
... ])

`docstring_lines` says which of its lines are prose, and `bare` leaves them out:

>>> print("\n".join(bare(shop.split("\n"), 1, docstring_lines(ast.parse(shop)))))
TAX = 0.25
<BLANKLINE>
def to_pay(price):
    # in one step
    return price * (1 + TAX)

# A promise, and how it is kept

The signature and the docstring of a function say what it promises. Its body is one way to keep the promise.
The body of `to_pay` is two lines:

>>> print(body_of(shop, "to_pay"))
    # in one step
    return price * (1 + TAX)

Without it the function can still be read, imported and called. A call raises an error until somebody writes
a new body.

>>> print(without_body(shop, "to_pay"))
def to_pay(price):
    'Add the tax to a price.'
    raise NotImplementedError

Both work on every function of the book:

>>> print(body_of(source_of("microgpt.attention"), "attention_weights").splitlines()[-1])
    return softmax([dot(query, key) * scale for key in keys])

# What follows

`microgpt.study.edits` puts another text in the place of one that was cut, and runs the result.
"""

import ast
import textwrap
from collections.abc import Iterator
from functools import lru_cache
from importlib.abc import InspectLoader
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import cast

import microgpt
from microgpt.spelling import nearest


class SourceError(ValueError):
    """There is no such module or function. The message says what was given and which ones there are."""


def source_of(module: str) -> str:
    """Read the source text of a module, without running the module.

    Whoever imported it knows where it lies, so this works in a folder, in a zip file and in a browser.

    Args:
        module: Its full name.

    Raises:
        SourceError: If there is no such module, or if it came without its source.

    Examples:
        >>> source_of("microgpt.vectors").splitlines()[0]
        'r\"\"\"The four things that the model does with lists of numbers.'
        >>> try:
        ...     source_of("microgpt.vector")
        ... except SourceError as error:
        ...     print(str(error).partition(" There are")[0])
        there is no source of 'microgpt.vector'; did you mean 'microgpt.vectors'?
    """
    try:
        spec = find_spec(module)
    except (ImportError, ValueError):  # what should contain it is no package, or it has no name
        spec = None
    source = cast(InspectLoader, spec.loader).get_source(module) if spec and spec.loader else None
    if source is None:
        modules = [one.name for one in iter_modules(microgpt.__path__, "microgpt.")]
        raise SourceError(f"there is no source of {module!r}; {nearest(module, modules)}")
    return source


def module_source(name: str) -> str:
    """Read the text of a module by its name below the package, as an edit names it.

    Args:
        name: Like "vectors" or "study.source"; of the package itself, `__init__`.

    Raises:
        SourceError: If there is no such module.

    Examples:
        >>> module_source("vectors") == source_of("microgpt.vectors")
        True
        >>> module_source("study.__init__") == source_of("microgpt.study")
        True
    """
    return source_of(f"microgpt.{name}".removesuffix(".__init__"))


def docstrings(tree: ast.AST) -> Iterator[ast.Expr]:
    r"""Find the texts that stand as statements: docstrings, and what explains the assignment above it.

    Args:
        tree: A module, class or function, as `ast` reads it.

    Examples:
        >>> import ast
        >>> tree = ast.parse("'A shop.'\nTAX = 0.25\n'For the state.'\nprint('Not a docstring.')")
        >>> [text.value.value for text in docstrings(tree)]
        ['A shop.', 'For the state.']
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            for statement in node.body:
                if isinstance(statement, ast.Expr) and _is_text(statement.value):
                    yield statement


def _is_text(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def docstring_lines(tree: ast.AST) -> set[int]:
    r"""Give the numbers of the lines that belong to docstrings.

    Args:
        tree: A module, class or function, as `ast` reads it.

    Examples:
        >>> import ast
        >>> docstring_lines(ast.parse("TAX = 0.25\n'For\\\n the state.'\nprint('Not a docstring.')"))
        {2, 3}
    """
    return {line for text in docstrings(tree) for line in range(text.lineno, (text.end_lineno or 0) + 1)}


def without_docstrings(tree: ast.Module) -> ast.Module:
    r"""Take the docstrings out of a module, its classes and functions.

    Args:
        tree: The module, as `ast` reads it. It is changed.

    Returns:
        The same tree.

    Examples:
        A function that was only explained still needs a body.

        >>> import ast
        >>> print(ast.unparse(without_docstrings(ast.parse("'A shop.'\ndef close():\n    'Later.'\n"))))
        def close():
            pass
    """
    texts = set(docstrings(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            node.body = [statement for statement in node.body if statement not in texts] or [ast.Pass()]
    return tree


def bare(lines: list[str], first: int, skipped: set[int]) -> list[str]:
    """Leave lines out, and the empty ones after them; move the rest to the left margin.

    Args:
        lines: Of a file.
        first: The number in the file of the first of them.
        skipped: The numbers of those to leave out.

    Examples:
        >>> bare(["    def close():", "        'Later.'", "", "        lock()", ""], 7, {8})
        ['def close():', '    lock()']
    """
    kept: list[str] = []
    for number, line in enumerate(lines, first):
        left_out = number in skipped
        if not left_out and (line.strip() or (kept and kept[-1].strip() and number - 1 not in skipped)):
            kept.append(line)
    while kept and not kept[-1].strip():
        kept.pop()
    return textwrap.dedent("\n".join(kept)).split("\n") if kept else []


def _first_line(node: ast.stmt) -> int:
    """Give the number of the line where a statement begins, its decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def functions(source: str) -> list[str]:
    r"""Name the functions and methods of a module: those that can be cut.

    Args:
        source: The text of the module.

    Returns:
        `name` for a function and `Class.name` for a method, in the order of the text.

    Examples:
        >>> functions("def wait():\n    def inner(): ...\nclass Till:\n    def open(self): ...\n")
        ['wait', 'Till.open']
    """
    return list(dict(_functions(ast.parse(source).body)))


def _functions(body: list[ast.stmt], owner: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in body:
        if isinstance(node, ast.FunctionDef):
            yield f"{owner}{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node.body, f"{owner}{node.name}.")


def definition_of(source: str, name: str) -> str:
    r"""Cut out a function: decorators, signature, docstring and body, exactly as they are written.

    Args:
        source: The text of a module.
        name: `name` of a function or `Class.name` of a method. Of two with the same name it is the last, as
            in Python.

    Returns:
        Whole lines. Those of a method stay indented; `textwrap.dedent` moves them to the left margin.

    Raises:
        SourceError: If there is no such function.

    Examples:
        >>> till = "class Till:\n    @property\n    def full(self):\n        return True  # always\n\nX = 1\n"
        >>> print(definition_of(till, "Till.full"))
            @property
            def full(self):
                return True  # always
        >>> try:
        ...     definition_of(till, "Till.fill")
        ... except SourceError as error:
        ...     print(error)
        there is no function 'Till.fill'; did you mean 'Till.full'? There are: Till.full
    """
    head, _, body = _cut(source, name)
    return head + body


def without_body(source: str, name: str) -> str:
    r"""Cut out a function and leave its body away: what is left says what the function promises.

    Decorators, signature and docstring are kept exactly. In the place of the body stands
    `raise NotImplementedError`, which is how Python says that something is still to be done. Unlike `pass`,
    which gives back None, it cannot be mistaken for an answer.


    Args:
        source: See `definition_of`.
        name: See `definition_of`.

    Returns:
        Whole lines, indented as in the source. They can be put there in the place of `definition_of`.

    Raises:
        SourceError: If there is no such function.

    Examples:
        A comment in front of the body belongs to the body; one in the signature does not.

        >>> print(without_body("def half(\n    x,  # a number\n):\n    # easy\n    return x / 2\n", "half"))
        def half(
            x,  # a number
        ):
            raise NotImplementedError
    """
    head, indent, body = _cut(source, name)
    return f"{head}{indent}raise NotImplementedError" if body else head


def body_of(source: str, name: str) -> str:
    r"""Cut out the body of a function: what `without_body` leaves away.

    Args:
        source: See `definition_of`.
        name: See `definition_of`.

    Returns:
        Lines, indented as in the source. A function that is only a docstring has none.

    Raises:
        SourceError: If there is no such function.

    Examples:
        >>> body_of("def half(x):\n    'Halve.'\n\n    # easy\n    return x / 2\n", "half")
        '\n    # easy\n    return x / 2'
        >>> body_of("def half(x): return x / 2", "half")
        'return x / 2'
    """
    return _cut(source, name)[2]


def _cut(source: str, name: str) -> tuple[str, str, str]:
    """Cut a function in two: the text up to its body, the indentation of the body, and the body."""
    function, lines = _function(source, name), source.split("\n")
    start, end = _first_line(function) - 1, function.end_lineno
    told = 0 if ast.get_docstring(function, clean=False) is None else 1
    if len(function.body) == told:
        return "\n".join(lines[start:end]), "", ""
    first = function.body[told]
    last = _first_line(first) - 1
    indent = lines[last].encode()[: first.col_offset].decode()  # the tree counts bytes
    if indent.strip():  # all on one line
        head, body = [*lines[start:last], indent], [lines[last][len(indent) :], *lines[last + 1 : end]]
        return "\n".join(head), "", "\n".join(body)
    least = (function.body[0].end_lineno or 0) if told else function.lineno
    while last > least and lines[last - 1].lstrip()[:1] in ("", "#"):
        last -= 1
    return "".join(f"{line}\n" for line in lines[start:last]), indent, "\n".join(lines[last:end])


@lru_cache(maxsize=64)
def _parsed(source: str) -> ast.Module:
    """Read a module; somebody who asks for one of its functions will ask for more."""
    return ast.parse(source)


def _function(source: str, name: str) -> ast.FunctionDef:
    """Find a function in the tree of a module."""
    found = dict(_functions(_parsed(source).body))
    if name not in found:
        raise SourceError(f"there is no function {name!r}; {nearest(name, found)}")
    return found[name]
