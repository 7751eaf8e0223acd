"""The exercises: that each can be solved, and that its checks know right from wrong."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from microgpt.contents import CHAPTERS
from microgpt.study.apart import Pair, pair_file, pairs, told
from microgpt.study.checking import check
from microgpt.study.exercises import Answer, Exercise, exercises
from microgpt.study.source import functions
from microgpt.study.task_files import task_file
from tests.support.package import READING_ORDER

ALL = [pytest.param(one, id=one.name) for one in exercises().values()]
WRONG = [
    pytest.param(one, wrong, id=f"{one.name}: {wrong.name}")
    for one in exercises().values()
    for wrong in one.wrong
]
RIGHT = [
    pytest.param(one, right, id=f"{one.name}: {right.name}")
    for one in exercises().values()
    for right in one.right
]


@pytest.mark.parametrize("one", ALL)
def test_an_exercise_says_all_that_it_must(one: Exercise) -> None:
    assert one.function in functions(one.source)
    assert one.chapter in {chapter.module for chapter in CHAPTERS}
    assert one.minutes > 0
    assert one.teaches.endswith(".")
    assert 2 <= len(one.hints) <= 3
    assert len(one.cases) >= 3
    assert len({case.name for case in one.cases}) == len(one.cases)
    assert len(one.wrong) >= 4
    assert one.right
    assert one.name not in sys.stdlib_module_names


def test_exercises_stand_in_reading_order() -> None:
    order = [READING_ORDER.index(one.chapter) for one in exercises().values()]
    assert order == sorted(order)


@pytest.mark.parametrize("one", ALL)
def test_a_file_that_was_just_started_fails_and_says_why(one: Exercise) -> None:
    assert check(one, task_file(one)).kind == "unwritten"


@pytest.mark.parametrize("one", ALL)
def test_the_solution_of_the_book_passes(one: Exercise) -> None:
    assert check(one, task_file(one, one.solution)).kind == "passed"


@pytest.mark.parametrize(("one", "wrong"), WRONG)
def test_a_wrong_answer_fails_for_its_reason(one: Exercise, wrong: Answer) -> None:
    verdict = check(one, task_file(one, wrong.body))
    assert (verdict.kind != "passed", verdict.case) == (True, wrong.fails), verdict
    assert wrong.why


@pytest.mark.parametrize(("one", "right"), RIGHT)
def test_another_right_answer_passes(one: Exercise, right: Answer) -> None:
    verdict = check(one, task_file(one, right.body))
    assert verdict.kind == "passed", verdict
    assert ast.dump(ast.parse(right.body)) != ast.dump(ast.parse(one.solution))


@pytest.mark.slow
@pytest.mark.parametrize("one", ALL)
def test_a_file_runs_alone(one: Exercise, tmp_path: Path) -> None:
    """Solved, it satisfies the stock doctest; with an empty body it does not."""
    for body, status in ((one.solution, 0), ("raise NotImplementedError", 1)):
        path = tmp_path / f"{one.name}.py"
        path.write_text(task_file(one, body), encoding="utf-8")
        command = [sys.executable, "-m", "doctest", path.name]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == status, done.stdout


FIRST_PAIRS = {pair.exercise.name: pair for pair in reversed(pairs())}


@pytest.mark.parametrize("one", [pytest.param(pair, id=name) for name, pair in FIRST_PAIRS.items()])
def test_a_pair_needs_an_example_that_tells_it_apart(one: Pair) -> None:
    assert told(one, pair_file(one)).kind == "unwritten"
    assert told(one, "def example(function):\n    return True").kind == "both"
    assert told(one, "def example(function):\n    return False").kind == "neither"


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        ("softmax([1000.0, 0.0]) == [1.0, 0.0]", "apart"),
        ("softmax([0.0, 0.0]) == [0.5, 0.5]", "both"),
        ("softmax([0.0, 0.0]) == [1.0, 0.0]", "neither"),
        ("softmax([1000.0, 0.0]", "syntax"),
        ("True\n    raise NotImplementedError", "both"),
    ],
)
def test_what_an_example_says_is_understood(call: str, kind: str) -> None:
    one = next(
        pair for pair in pairs() if pair.exercise.name == "softmax" and pair.wrong.name == "no maximum"
    )
    assert told(one, f"def example(softmax):\n    return {call}").kind == kind


def test_an_example_that_has_it_the_wrong_way_round_is_told() -> None:
    one = FIRST_PAIRS["residual"]
    text = "def example(add):\n    return add([1.0, 2.0], [3.0, 5.0]) == [1.0, 2.0, 3.0, 5.0]"
    assert told(one, text).kind == "swapped"


def test_right_and_wrong_come_in_either_order() -> None:
    assert {pair.is_first for pair in pairs()} == {True, False}
