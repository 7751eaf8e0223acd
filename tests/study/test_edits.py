"""Altered copies of the package: what is altered is altered everywhere, and nothing else is."""

import gc
import importlib
import inspect
import linecache
import sys
import threading
import traceback
import weakref
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import pytest

import microgpt
from microgpt.attention import attention_weights
from microgpt.study.edits import Edit, EditError, altered
from microgpt.study.source import SourceError, definition_of, functions, source_of, without_body
from microgpt.vectors import softmax

DEAF = Edit("vectors", "exp(score - largest)", "exp(score * 0)")
"""Makes softmax give every score the same share."""

BROKEN = Edit("vectors", "EPSILON = 1e-5", "EPSILON = 1 / 0")
"""Makes the import fail when the copy is half made."""

NAMES = [one.name for one in iter_modules(microgpt.__path__) if not one.ispkg and one.name != "__main__"]


def losses(package: ModuleType) -> list[float]:
    config = package.Config(n_embd=4, n_head=2, steps=4)
    run = package.new_run(config, package.bundled_documents()[:20])
    return [step.loss for step in package.train(run)]


def loaded() -> dict[str, tuple[ModuleType, dict[str, object]]]:
    """Take down which modules of the package are imported, and what each of them holds."""
    modules = {name: one for name, one in sys.modules.items() if name.partition(".")[0] == "microgpt"}
    return {name: (one, dict(vars(one))) for name, one in modules.items()}


# An edit


@pytest.mark.parametrize(
    ("old", "source", "times"),
    [
        ("price", "cost + tax", 0),
        ("price ", "price", 0),
        ("price", "price + tax(price)", 2),
        ("aba", "ababa", 2),
        ("", "price", 6),
        ("x.y", "x_y", 0),
    ],
)
def test_an_edit_fits_exactly_once(old: str, source: str, times: int) -> None:
    with pytest.raises(EditError, match=rf"^'shop' .* {times} times, not once; .*: {old!r}$"):
        Edit("shop", old, "new").applied(source)


def test_an_edit_is_taken_literally() -> None:
    assert Edit("shop", "x.y(\n", r"\1").applied("x.y(\n)") == r"\1)"


@pytest.mark.parametrize("text", ["def nothing_of_this_name", "score"])
def test_a_copy_is_refused_when_an_edit_does_not_fit(text: str) -> None:
    before = loaded()
    with pytest.raises(EditError, match="'vectors'"):
        altered(DEAF, Edit("vectors", text, ""))
    assert loaded() == before


def test_an_edit_of_no_module_is_an_error_that_says_which_there_are() -> None:
    with pytest.raises(SourceError, match=r"'microgpt\.vector'; did you mean 'microgpt\.vectors'\?"):
        altered(Edit("vector", "", ""))


def test_edits_of_one_module_follow_each_other() -> None:
    again = Edit("vectors", "exp(score * 0)", "exp(score * 0 + largest)")
    one_more = Edit("vectors", "EPSILON = 1e-5", "EPSILON = 3")
    package = altered(DEAF, again, one_more)
    assert package.vectors.softmax([1.0, 3.0]) == [0.5, 0.5]
    assert package.vectors.rmsnorm([1.0]) == [0.5]
    with pytest.raises(EditError, match=" 0 times"):
        altered(again, DEAF)


# A copy


def test_what_is_altered_is_altered_downstream() -> None:
    package = altered(DEAF)
    assert package.vectors.softmax([1.0, 3.0]) == [0.5, 0.5]
    assert package.attention.attention_weights([1.0], [[1.0], [9.0]]) == [0.5, 0.5]
    before = losses(microgpt)
    after = losses(package)
    assert len(after) == len(before)
    assert all(one != other for one, other in zip(after, before, strict=True))


def test_the_true_package_is_not_altered() -> None:
    before, weights, then = losses(microgpt), attention_weights([1.0], [[1.0], [9.0]]), loaded()
    losses(altered(DEAF))
    assert loaded() == then
    assert losses(microgpt) == before
    assert attention_weights([1.0], [[1.0], [9.0]]) == weights
    assert round(softmax([1.0, 3.0])[1], 4) == 0.8808


def test_a_copy_without_edits_does_the_same() -> None:
    assert losses(altered()) == losses(microgpt)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_module_of_a_copy_is_its_own(name: str) -> None:
    true = importlib.import_module(f"microgpt.{name}")
    package = altered(DEAF)
    copy = getattr(package, name)
    assert copy is not true
    assert copy is getattr(package, name)
    assert copy.__name__ == true.__name__
    assert importlib.import_module(f"microgpt.{name}") is true
    for value in vars(copy).values():
        code = inspect.unwrap(value) if inspect.isfunction(value) else None
        home = getattr(value, "__module__", "") if isinstance(value, type) or code else ""
        if home and home.startswith("microgpt."):
            own = getattr(package, home.removeprefix("microgpt."))
            assert getattr(own, value.__name__) is value
            assert getattr(sys.modules[home], value.__name__) is not value


def test_what_stands_below_what_is_altered_is_run_anew_too() -> None:
    package = altered(Edit("data", "import codecs", "LATE = 1\nimport codecs"))
    assert package.data.LATE == 1
    assert not hasattr(microgpt.data, "LATE")
    assert package.recorder.Recorder is not importlib.import_module("microgpt.recorder").Recorder


def test_the_package_itself_can_be_altered() -> None:
    package = altered(Edit("__init__", "__all__ = [", "SHOP = 1\n\n__all__ = ["))
    assert package.SHOP == 1
    assert not hasattr(microgpt, "SHOP")


def test_a_module_that_is_altered_is_run_even_if_nobody_imports_it() -> None:
    with pytest.raises(SyntaxError):
        altered(Edit("recorder", "from collections", "from from collections"))


def test_a_package_is_run_before_the_modules_in_it() -> None:
    mark = "import microgpt.vectors\n\nmicrogpt.vectors.RUN = True\n"
    package = altered(
        Edit("study.source", "import textwrap\n", "import textwrap\nfrom microgpt.vectors import RUN\n"),
        Edit("study.__init__", '"""The source', f'{mark}"""The source'),
    )
    assert package.study.source.RUN
    assert not hasattr(importlib.import_module("microgpt.vectors"), "RUN")


def test_a_dataclass_finds_a_module_of_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "microgpt.graphs", raising=False)
    package = altered(Edit("graphs", "    mean: float\n", '    mean: "float"\n'))
    assert package.graphs.GradientSize.__annotations__["mean"] == "float"


@pytest.mark.slow
def test_copies_live_side_by_side() -> None:
    sizes = (3, 15)
    copies = [altered(Edit("vectors", "EPSILON = 1e-5", f"EPSILON = {size}")) for size in sizes]
    assert [copy.vectors.rmsnorm([1.0]) for copy in copies] == [[0.5], [0.25]]
    packages = [*copies, microgpt]
    alone = [losses(package) for package in packages]
    runs = [
        package.train(
            package.new_run(package.Config(n_embd=4, n_head=2, steps=4), package.bundled_documents()[:20])
        )
        for package in packages
    ]
    together = [[step.loss for step in steps] for steps in zip(*runs, strict=True)]
    assert [list(one) for one in zip(*together, strict=True)] == alone
    assert len({tuple(one) for one in alone}) == 3


def test_each_copy_has_its_own_listeners() -> None:
    package = altered()
    heard: list[str] = []
    with package.stages.listening(lambda event: heard.append(event.stage)):
        softmax([1.0])
        package.vectors.softmax([1.0])
    assert heard == ["softmax"]


LATE = Edit(
    "vectors",
    "EPSILON = 1e-5",
    """EPSILON = 1e-5


def late():
    import sys
    import microgpt
    import microgpt.recorder as recorder
    from . import records
    from .autograd import exp
    from microgpt import graphs
    return sys, microgpt, recorder, records, exp, graphs""",
)


def test_what_a_copy_imports_late_is_the_copys_too() -> None:
    package = altered(LATE)
    system, top, recorder, records, exp, graphs = package.vectors.late()
    assert system is sys
    assert (top, recorder, records, graphs) == (package, package.recorder, package.records, package.graphs)
    assert exp is package.autograd.exp
    assert recorder is not sys.modules.get("microgpt.recorder")


def test_what_a_copy_does_not_have_is_missing_as_in_any_module() -> None:
    package = altered(Edit("vectors", "EPSILON = 1e-5", "def late():\n    from microgpt import nothing"))
    assert not hasattr(package, "nothing")
    with pytest.raises(AttributeError, match="module 'microgpt' has no attribute 'nothing'"):
        package.nothing  # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'nothing'"):
        package.vectors.late()


@pytest.mark.slow
def test_another_thread_never_meets_a_copy() -> None:
    seen: set[int] = set()
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            from microgpt import vectors

            seen.add(id(vectors))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        for _ in range(5):
            altered(DEAF)
    finally:
        done.set()
        thread.join()
    assert seen == {id(sys.modules["microgpt.vectors"])}


def test_an_error_in_an_altered_module_leaves_no_trace() -> None:
    before = loaded()
    with pytest.raises(ZeroDivisionError):
        altered(BROKEN)
    assert loaded() == before
    assert losses(altered()) == losses(microgpt)


def test_a_module_that_breaks_late_is_not_left_half_made() -> None:
    package = altered(Edit("autograd", "def inputs_of(", "def sources_of("))
    for _ in range(2):
        with pytest.raises(ImportError, match="cannot import name 'inputs_of'"):
            package.graphs  # noqa: B018


# Where it went wrong


def test_a_traceback_shows_the_altered_lines() -> None:
    package = altered(Edit("vectors", "total(exps)\n", "total(exps) / 0  # altered\n"))
    with pytest.raises(ZeroDivisionError) as caught:
        package.attention.attention_weights([1.0], [[1.0]])
    lines = "".join(traceback.format_exception(caught.value))
    assert "whole = total(exps) / 0  # altered" in lines
    assert 'File "<microgpt.vectors, altered' in lines
    assert "return softmax([dot(query, key) * scale for key in keys])" in lines


def test_two_alterations_of_a_module_keep_their_lines_apart() -> None:
    copies = [altered(Edit("vectors", "total(exps)\n", f"total(exps) + {size}\n")) for size in (1, 2)]
    sources = [inspect.getsource(copy.vectors.softmax) for copy in copies]
    assert [f"total(exps) + {size}" in source for size, source in zip((1, 2), sources, strict=True)] == [
        True
    ] * 2
    assert "total(exps) + " not in inspect.getsource(softmax)


def test_the_lines_are_kept_once_however_many_copies_there_are() -> None:
    altered(DEAF)
    before = len(linecache.cache)
    for _ in range(3):
        altered(DEAF)
    assert len(linecache.cache) == before


@pytest.mark.slow
def test_copies_that_nobody_uses_do_not_pile_up() -> None:
    """The latest few stay in the caches of the module `typing`."""
    modules = [weakref.ref(altered(DEAF).training) for _ in range(40)]
    gc.collect()
    assert modules[0]() is None


@pytest.mark.slow
def test_a_function_outlives_its_package() -> None:
    def parts(package: ModuleType) -> tuple[Any, Any, Any]:
        return package.training.train_step, package.new_run, package.Config

    train_step, new_run, config = parts(altered(DEAF))
    gc.collect()
    assert train_step(new_run(config(n_embd=4, n_head=2, steps=1), ["ava", "mia"])).loss > 0


# A hole, and what takes its place


@pytest.mark.parametrize("name", NAMES)
def test_a_function_without_a_body_says_so_when_it_is_called(name: str) -> None:
    source = source_of(f"microgpt.{name}")
    for function in functions(source)[:1]:
        hole = Edit(name, definition_of(source, function), without_body(source, function))
        assert (
            hole.applied(source).count("raise NotImplementedError")
            == source.count("raise NotImplementedError") + 1
        )


def test_a_hole_is_filled_by_an_edit() -> None:
    source = source_of("microgpt.vectors")
    hole = Edit("vectors", definition_of(source, "add"), without_body(source, "add"))
    with pytest.raises(NotImplementedError):
        losses(altered(hole))
    answer = Edit("vectors", "raise NotImplementedError", "return [a[i] + b[i] for i in range(len(a))]")
    assert losses(altered(hole, answer)) == losses(microgpt)
