"""The learner's desk: files are kept, checks explain themselves, whatever a reader has written."""

import json
import os
import re
import sys
import threading
import time
from pathlib import Path

import pytest
from rich.console import Console

from microgpt.study.checking import Verdict, check
from microgpt.study.exercises import exercise, exercises
from microgpt.study.task_files import task_file
from microgpt.study.wording import lines_of
from microgpt.terminal.desk import Desk
from microgpt.terminal.examiner import compared, examine
from microgpt.terminal.keys import keys
from microgpt.terminal.rechecking import Watching, changes, stamps
from tests.support.process import assert_refused, in_a_terminal, microgpt

RIGHT = task_file(exercise("residual"), exercise("residual").solution)


def desk(*arguments: str | Path, cwd: Path, stdin: bytes = b"") -> tuple[int, str]:
    done = microgpt("exercises", *arguments, cwd=cwd, stdin=stdin)
    assert done.stderr == "" or done.returncode
    return done.returncode, done.stdout + done.stderr


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / "exercises" / f"{name}.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_table_lists_all_and_says_what_is_next(tmp_path: Path) -> None:
    status, shown = desk(cwd=tmp_path)
    assert status == 0
    assert all(re.search(rf"^ [> ] {name} ", shown, re.MULTILINE) for name in exercises())
    first = next(iter(exercises()))
    assert f"exercises start {first}" in shown
    assert list(tmp_path.iterdir()) == []


def test_work_is_never_overwritten(tmp_path: Path) -> None:
    path = written(tmp_path, "residual", "my work")
    assert "stays as it is" in desk("start", "residual", cwd=tmp_path)[1]
    assert "stays as it is" in desk("start", "all", cwd=tmp_path)[1]
    assert path.read_text(encoding="utf-8") == "my work"
    assert len(list((tmp_path / "exercises").glob("*.py"))) == len(exercises())


def test_reset_asks_and_keeps_what_was_there(tmp_path: Path) -> None:
    path = written(tmp_path, "residual", "my work")
    status, _ = desk("reset", "residual", cwd=tmp_path, stdin=b"n\n")
    assert (status != 0, path.read_text(encoding="utf-8")) == (True, "my work")
    status, _ = desk("reset", "residual", cwd=tmp_path, stdin=b"y\n")
    assert status == 0
    assert path.read_text(encoding="utf-8") == task_file(exercise("residual"))
    assert path.with_suffix(".py.old").read_text(encoding="utf-8") == "my work"
    path.write_text("my second work", encoding="utf-8")
    assert "residual.py.old2" in desk("reset", "residual", "--yes", cwd=tmp_path)[1]
    assert path.with_suffix(".py.old").read_text(encoding="utf-8") == "my work"
    assert path.with_suffix(".py.old2").read_text(encoding="utf-8") == "my second work"


BROKEN = {
    "def add(a, b)\n    return a": ("Python cannot read it", "line 1"),
    "def plus(a, b):\n    return a": ("the function is gone", "'add'"),
    "def add(a):\n    return a": ("the arguments are not", "(a)"),
    "def add(a, b):\n    raise NotImplementedError": ("still to be written", "line"),
    "def add(a, b):\n    return a / b": ("it raises an exception", "line 2:  return a / b"),
    "def add(a, b):\n    print(a)": ("it prints the answer, but returns nothing", "expected"),
    "def add(a, b):\n    return 5": ("another kind", "a number"),
    "def add(a, b):\n    return [*a, *b]": ("another size", "expected  a list of"),
    "def add(a, b):\n    return [x - y for x, y in zip(a, b)]": ("not yet", "Look at this"),
    "import nothing_of_that_name\ndef add(a, b):\n    return a": ("it raises an exception", "nothing_of"),
    "": ("the function is gone", "'add'"),
    "def add(a, b):\n    return add(a, b)": ("it raises an exception", "RecursionError"),
    "def add(a, b):\n    yield [(yield x) for x in a]": ("Python cannot read it", "line 2: 'yield' inside"),
    "def add(a, b):\n    return [x + y for x, y in zip(a, b)]": (
        "not yet",
        "expected  the exception ValueError",
    ),
    "def add(a, b):\n    print('seen', a)\n    return a": ("not yet", "printed   seen [1.0, 2.0]"),
    "def add(a, b):\n    raise SystemExit": ("it raises an exception", "SystemExit"),
}


@pytest.mark.parametrize(("text", "words"), BROKEN.items())
@pytest.mark.slow
def test_whatever_is_wrong_is_said(text: str, words: tuple[str, ...], tmp_path: Path) -> None:
    written(tmp_path, "residual", text)
    status, shown = desk("check", "residual", cwd=tmp_path)
    assert status == 1
    assert all(word in shown for word in words), shown
    assert "Traceback" not in shown


HELPED = """
import operator


def half(x):
    return x / nothing


def add(a, b):
    return [whole(x, y) for x, y in zip(a, b, strict=True)]


def whole(x, y):
    return half(2 * operator.add(x, y))
"""


def test_the_line_of_a_helper_is_the_one_in_the_file() -> None:
    verdict = check(exercise("residual"), HELPED)
    assert (verdict.kind, HELPED.splitlines()[verdict.line - 1].strip()) == ("error", "return x / nothing")


def test_an_error_in_a_function_of_the_book_is_blamed_on_the_line_that_calls_it() -> None:
    text = task_file(exercise("penalty"), "return mean(1 - c for c in right_chances(scores, word))")
    verdict = check(exercise("penalty"), text)
    assert verdict.kind == "error"
    assert "return mean" in text.splitlines()[verdict.line - 1]


def test_printing_beside_a_right_answer_is_called_that() -> None:
    verdict = check(
        exercise("penalty"), task_file(exercise("penalty"), f"print(1)\n{exercise('penalty').solution}")
    )
    assert (verdict.kind, verdict.printed) == ("example", "1\n")
    assert "more than it is printed" in verdict.told


def test_the_line_of_a_definition_is_not_written_out() -> None:
    verdict = Verdict("value", "1, and 2 is right", line=1)
    assert lines_of(verdict, "add.py", ["def add(a, b):"])[-1] == "  add.py, line 1"


@pytest.mark.slow
def test_a_loop_without_end_is_stopped() -> None:
    verdict = examine("residual", "def add(a, b):\n    while True:\n        pass", seconds=2)
    assert verdict.kind == "endless"
    assert "loop" in verdict.told


@pytest.mark.slow
def test_progress_is_kept_and_may_be_lost(tmp_path: Path) -> None:
    written(tmp_path, "residual", RIGHT)
    status, shown = desk("check", "residual", cwd=tmp_path)
    assert (status, "right" in shown) == (0, True)
    assert re.search(r"^ x residual ", desk(cwd=tmp_path)[1], re.MULTILINE)
    progress = tmp_path / "exercises" / "progress.json"
    assert json.loads(progress.read_text(encoding="utf-8"))["exercises"] == {"residual": True}
    for text in ("", "{", "[1]", '{"exercises": 3}'):
        progress.write_text(text, encoding="utf-8")
        assert not re.search(r"^ x ", desk(cwd=tmp_path)[1], re.MULTILINE)
    progress.unlink()
    assert desk(cwd=tmp_path)[0] == 0


@pytest.mark.slow
def test_the_solution_comes_after_an_attempt(tmp_path: Path) -> None:
    body = exercise("residual").solution.splitlines()[-1]
    assert_refused(microgpt("exercises", "solution", "residual", cwd=tmp_path), 1, "try residual first")
    assert body in desk("solution", "residual", "--now", cwd=tmp_path)[1]
    written(tmp_path, "residual", "def add(a, b):\n    return a")
    desk("check", "residual", cwd=tmp_path)
    assert body in desk("solution", "residual", cwd=tmp_path)[1]


def test_each_hint_says_more(tmp_path: Path) -> None:
    for number, text in enumerate(exercise("softmax").hints, 1):
        shown = " ".join(desk("hint", "softmax", str(number), cwd=tmp_path)[1].split())
        assert " ".join(text.split()) in shown
    assert_refused(microgpt("exercises", "hint", "softmax", "4"), 1, "3 hints")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "sotfmax"], ["did you mean 'softmax'"]),
        (["hint", "nothing"], ["there is no exercise 'nothing'"]),
        (["check", "softmax"], ["is not there yet", "exercises start softmax"]),
        (["apart", "softmax_99"], ["there is no pair 'softmax_99'"]),
        (["gpt"], ["no exercise has passed yet"]),
    ],
)
def test_what_cannot_be_done_is_said(arguments: list[str], words: list[str], tmp_path: Path) -> None:
    assert_refused(microgpt("exercises", *arguments, cwd=tmp_path), 1, *words)


@pytest.mark.slow
def test_versions_are_told_apart(tmp_path: Path) -> None:
    desk("apart", "residual_1", cwd=tmp_path)
    path = tmp_path / "exercises" / "apart_residual_1.py"
    assert desk("apart", "residual_1", cwd=tmp_path)[0] == 1
    told = path.read_text(encoding="utf-8")
    path.write_text(
        told.replace("raise NotImplementedError", "return add([1.0, 2.0], [3.0, 5.0]) == [4.0, 7.0]  #"),
        encoding="utf-8",
    )
    status, shown = desk("apart", "residual_1", cwd=tmp_path)
    assert (status, "is the wrong one" in shown) == (0, True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def other(add):\n    return True", "there is no function 'example'"),
        ("import nothing_of_that_name", "the file itself fails: ModuleNotFoundError"),
    ],
)
def test_a_file_without_an_example_is_told_so(text: str, words: str) -> None:
    assert words in compared("residual_1", text).told


@pytest.mark.slow
def test_your_own_gpt_has_the_losses_of_the_true_one(tmp_path: Path) -> None:
    for name in ("residual", "softmax", "backward", "adam"):
        written(tmp_path, name, task_file(exercise(name), exercise(name).solution))
        assert desk("check", name, cwd=tmp_path)[0] == 0
    status, shown = desk("gpt", "--steps", "5", cwd=tmp_path)
    assert status == 0
    assert "4 of" in shown
    assert "All 5 losses are the same" in shown


def test_what_is_saved_is_noticed_however_it_is_written(tmp_path: Path) -> None:
    here = Desk(tmp_path)
    here.start(exercise("residual"))
    path = here.path(exercise("residual"))

    def save() -> None:
        time.sleep(0.1)
        path.write_text("# written in place", encoding="utf-8")
        time.sleep(0.3)
        other = tmp_path / "other"
        other.write_text("# put in its place", encoding="utf-8")
        os.replace(other, path)

    def wait(seconds: float) -> str:
        time.sleep(0.05)
        return ""

    thread = threading.Thread(target=save)
    thread.start()
    noticed = changes(here, wait)
    assert [next(noticed) for _ in range(2)] == [("saved", "residual")] * 2
    thread.join()
    assert stamps(here).keys() == {"residual"}


def test_what_the_watch_writes_itself_is_not_judged(tmp_path: Path) -> None:
    watching = Watching(Console(quiet=True), Desk(tmp_path))
    watching.open_next()
    first = next(iter(exercises()))
    assert watching.has_made(first)
    for _ in range(2):
        watching.pressed("r")
    assert watching.has_made(first)
    with (tmp_path / f"{first}.py").open("a", encoding="utf-8") as file:
        file.write("# mine")
    assert not watching.has_made(first)


def test_next_is_the_one_after_and_in_the_end_the_first(tmp_path: Path) -> None:
    here, names = Desk(tmp_path), list(exercises())
    watching = Watching(Console(quiet=True), here)
    opened = []
    for _ in range(len(names) + 1):
        watching.pressed("n")
        assert watching.current is not None
        opened.append(watching.current.name)
    assert opened == [*names, names[0]]


def test_commands_that_are_proposed_are_for_this_folder(tmp_path: Path) -> None:
    assert "exercises start penalty --folder mine" in desk("--folder", "mine", cwd=tmp_path)[1]
    assert "--folder" not in desk(cwd=tmp_path)[1]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
def test_keys_that_were_typed_ahead_come_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    import pty

    master, slave = pty.openpty()
    with open(slave, encoding="utf-8") as stream:
        monkeypatch.setattr("sys.stdin", stream)
        with keys() as pressed:
            os.write(master, b"hl")
            assert [pressed(1.0) for _ in range(3)] == ["h", "l", ""]
            os.write(master, b"\x1b[C")
            assert pressed(1.0) == ""
            assert pressed(0.0) == ""
    os.close(master)


@pytest.mark.slow
def test_watching_in_a_terminal(tmp_path: Path) -> None:
    shown = in_a_terminal(
        *("exercises", "--folder", tmp_path / "desk", "watch"), keys=["h", "l", "c", "r", "q"], at="q quit"
    )
    first = next(iter(exercises().values()))
    for words in (f"Now: {first.name}.", "Hint 1 of", "0 of", "still to be written", "Press r again"):
        assert words in shown
    assert (tmp_path / "desk" / f"{first.name}.py").exists()


def test_keys_without_a_terminal_are_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"hint\n\nn\n")
    os.close(writing)
    with open(reading, encoding="utf-8") as stream:
        monkeypatch.setattr("sys.stdin", stream)
        with keys() as pressed:
            assert [pressed(1.0) for _ in range(4)] == ["h", "", "n", "q"]


def test_a_folder_of_an_older_version_can_still_be_used(tmp_path: Path) -> None:
    """Exercises that are gone, and others that have come since, do no harm."""
    written(tmp_path, "gone", "def gone(): ...")
    progress = {"exercises": {"gone": True, "residual": True}}
    (tmp_path / "exercises" / "progress.json").write_text(json.dumps(progress), encoding="utf-8")
    status, shown = desk(cwd=tmp_path)
    assert status == 0
    assert f"1 of {len(exercises())} done" in shown
