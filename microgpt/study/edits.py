r"""An altered copy of the package, which runs beside the true one.

# The question

What would happen if softmax did not divide by the total? Does the machine still learn when one slope has the
wrong sign? **How can one change a line of the book, run all of it, and leave the book as it is?**

# The picture

Look at what must hold before a module is altered; all the others are copied as they are.

```mermaid
graph TD
    true["the true source"] --> edits{"edited?"}
    edits -- "no" --> copy["a copy of the module"]
    edits -- "yes, and the old text is there exactly once" --> altered["an altered copy of the module"]
    altered --> package["a package of its own"]
    copy --> package
```

# One line, all the way down

An edit names a module, a piece of its text, and what shall stand there instead. This one makes softmax deaf:
every score gets the same share.

>>> deaf = Edit("vectors", "exp(score - largest)", "exp(score * 0)")
>>> package = altered(deaf)
>>> package.vectors.softmax([1.0, 3.0])
[0.5, 0.5]

It is not enough to run the altered module. `microgpt.attention` took its `softmax` with
`from microgpt.vectors import softmax`, and would keep the one that it has. So every module of the copy is run
anew, and takes what it imports from the copy. Attention is deaf too, and the losses of a training differ:

>>> package.attention.attention_weights([1.0, 0.0], [[9.0, 0.0], [0.0, 9.0]])
[0.5, 0.5]
>>> def losses(of):
...     run = of.new_run(of.Config(steps=3), of.bundled_documents())
...     return [step.loss for step in of.train(run)]
>>> import microgpt
>>> losses(package) == losses(microgpt)
False

The true package has not changed. A copy without edits does what the true package does, to the last bit.

>>> from microgpt.vectors import softmax
>>> [round(share, 4) for share in softmax([1.0, 3.0])]
[0.1192, 0.8808]
>>> losses(altered()) == losses(microgpt)
True

# Where it went wrong

A copy that breaks shows the lines that broke it, as they stand in the altered text.

>>> import traceback
>>> package = altered(Edit("vectors", "total(exps)", "total(exps) / 0"))
>>> try:
...     package.vectors.softmax([1.0, 3.0])
... except ZeroDivisionError as error:
...     print(traceback.extract_tb(error.__traceback__)[-1].line)
whole = total(exps) / 0

# How a copy is kept apart

Python keeps every module that it has imported in a table, `sys.modules`, and `import` looks there first. To
import the package a second time one could take it out of that table, import, and put it back. But meanwhile
everybody else in the process would get the copy. And afterwards an `import` inside a function of the copy
would get the true package.

So the table is left alone. Each copy has a table of its own, and its modules have an `import` of their own
that looks there. Python allows that: the statement calls a function named `__import__`, and finds it where it
finds `len` and `print`, in the `__builtins__` of the module that the statement stands in. Nothing has to be
put back, so nothing can be left behind, and any number of copies live side by side.

# What follows

An exercise is an edit too: `microgpt.study.source` cuts the body of a function away, and the answer of a
learner takes its place.

>>> from microgpt.study.source import definition_of, source_of, without_body
>>> source = source_of("microgpt.vectors")
>>> hole = Edit("vectors", definition_of(source, "add"), without_body(source, "add"))
>>> altered(hole).vectors.add([1.0], [2.0])
Traceback (most recent call last):
    ...
NotImplementedError
"""

import builtins
import importlib
import linecache
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.abc import InspectLoader
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec, resolve_name
from types import CodeType, ModuleType
from typing import Any, cast

from microgpt.study.source import source_of

_PACKAGE = "microgpt"


class EditError(ValueError):
    """An edit does not fit. The message says how often its old text was found, and how often it must be."""


@dataclass(frozen=True)
class Edit:
    """A change of one place in the source.

    Attributes:
        module: The name of the module, below `microgpt`; of the package itself, `__init__`.
        old: What stands there, exactly, with its blanks and line breaks.
        new: What shall stand there instead.
    """

    module: str
    old: str
    new: str

    def applied(self, source: str) -> str:
        """Change a source text.

        Args:
            source: The text of the module.

        Returns:
            The changed text.

        Raises:
            EditError: If the old text is not there exactly once. Otherwise an edit that changes nothing, or
                too much, would be taken for the one that was meant.

        Examples:
            >>> sale = Edit("shop", "price", "price / 2")
            >>> sale.applied("to_pay = price + tax")
            'to_pay = price / 2 + tax'
            >>> try:
            ...     sale.applied("to_pay = price + tax(price)")
            ... except EditError as error:
            ...     print(error)
            'shop' has the text to change 2 times, not once; give more of what is around it: 'price'
            >>> try:
            ...     sale.applied("to_pay = cost + tax")
            ... except EditError as error:
            ...     print(error)
            'shop' has the text to change 0 times, not once; compare it with the source: 'price'
        """
        times = len(re.findall(f"(?={re.escape(self.old)})", source))
        if times != 1:
            advice = "give more of what is around it" if times else "compare it with the source"
            raise EditError(
                f"{self.module!r} has the text to change {times} times, not once; {advice}: {self.old!r}"
            )
        return source.replace(self.old, self.new)


def altered(*edits: Edit) -> ModuleType:
    """Import a copy of the package in which some places of the source are changed.

    Args:
        edits: The changes. Those of one module are made one after the other, each in the text that the ones
            before have made.

    Returns:
        The copy of `microgpt`. Its modules are its attributes, such as `altered().training`. One that neither
        is altered nor imported by the others is run when it is first asked for.

    Raises:
        SourceError: If there is no such module.
        EditError: If an edit does not fit.
        Exception: Whatever an altered module raises when it is run, for example a `SyntaxError`.

    Pitfalls:
        - *Two worlds.* A `Value` of the copy is no `Value` of the true package, nor of another copy. What
          was made by one package must be given only to its own functions.
        - *Listeners.* `microgpt.stages.listening` hears the true package; `copy.stages.listening` the copy.
        - *By name.* `importlib.import_module`, `pickle` and `typing.get_type_hints` look a module up by its
          name, and find the true one.

    Examples:
        Two copies at once: in one `rmsnorm` adds 3 before it takes the root, in the other 15.

        >>> copies = [altered(Edit("vectors", "EPSILON = 1e-5", f"EPSILON = {size}")) for size in (3, 15)]
        >>> [copy.vectors.rmsnorm([1.0]) for copy in copies]
        [[0.5], [0.25]]
    """
    sources: dict[str, str] = {}
    for edit in edits:
        name = f"{_PACKAGE}.{edit.module}".removesuffix(".__init__")
        sources[name] = edit.applied(sources[name] if name in sources else source_of(name))
    copy = _Copy(sources)
    for name in sources:
        copy.module(name)
    return copy.module(_PACKAGE)


class _Copy:
    """A table of modules that are run anew, and the import statement that finds them there."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources
        self._modules: dict[str, ModuleType] = {}
        self._builtins = vars(builtins) | {"__import__": self._import}

    def module(self, name: str) -> ModuleType:
        """Give a module of the copy; run it if it is not there yet."""
        owner = name.rpartition(".")[0]
        if owner:
            self.module(owner)  # which may import this one
        if name not in self._modules:
            self._run(name)
        return self._modules[name]

    def _import(
        self,
        name: str,
        importer: Mapping[str, Any] | None = None,
        local: Mapping[str, object] | None = None,
        wanted: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """Do what `import` does, with the copy in the place of the package."""
        if level and importer:
            name = resolve_name("." * level + name, importer["__package__"])
        if name.partition(".")[0] != _PACKAGE:
            return builtins.__import__(name, importer, local, wanted or ())
        module = self.module(name)
        return module if wanted else self._modules[_PACKAGE]

    def _run(self, name: str) -> None:
        """Make a module and run its code, which may import others."""
        true = importlib.import_module(name)  # has to be there: `dataclass` looks its module up by name
        spec = cast(ModuleSpec, true.__spec__)
        module = self._modules[name] = module_from_spec(spec)
        vars(module)["__builtins__"] = self._builtins
        if spec.submodule_search_locations is not None:
            vars(module)["__getattr__"] = lambda own_name: self._submodule(name, own_name)
        try:
            exec(self._code(spec), vars(module))
        except BaseException:
            del self._modules[name]
            raise

    def _submodule(self, owner: str, own_name: str) -> ModuleType:
        """Give what is asked for as an attribute of a package, and is a module below it."""
        name = f"{owner}.{own_name}"
        if find_spec(name) is None:
            raise AttributeError(f"module {owner!r} has no attribute {own_name!r}")
        return self.module(name)

    def _code(self, spec: ModuleSpec) -> CodeType:
        """Compile a module. What is altered gets a file name under which tracebacks find its lines."""
        if spec.name not in self._sources:
            return cast(CodeType, cast(InspectLoader, spec.loader).get_code(spec.name))
        from hashlib import sha256  # here, since it takes long to import

        source = self._sources[spec.name]
        file = f"<{spec.name}, altered: {sha256(source.encode()).hexdigest()[:8]}>"
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        return compile(source, file, "exec", dont_inherit=True)
