"""The reader's desk as a page calls it: what it says is what the terminal says."""

import base64
import gc
import io
import weakref
import zipfile
from pathlib import Path

import pytest
from rich.console import Console

from microgpt.autograd import Value
from microgpt.study.apart import pair, pair_file
from microgpt.study.examples import first_failure
from microgpt.study.exercises import exercise, exercises
from microgpt.study.live.clinic import judged_treatment, patient_module
from microgpt.study.live.desk import compared_versions, judged_answer, packed_desk, unpacked_desk
from microgpt.study.live.own import begin_training, train_further, training_told
from microgpt.study.own_gpt import trained
from microgpt.study.patients import patients
from microgpt.study.source import SourceError
from microgpt.study.task_files import task_file
from microgpt.study.wording import report_of
from microgpt.terminal.desk import USUAL, Desk
from microgpt.terminal.verdicts import judged

SOFTMAX = exercise("softmax")
ANSWERS = {
    "right": task_file(SOFTMAX, SOFTMAX.solution),
    "wrong": task_file(SOFTMAX, SOFTMAX.wrong[0].body),
    "other": task_file(SOFTMAX, SOFTMAX.wrong[1].body),
    "unwritten": task_file(SOFTMAX),
    "torn": "def softmax(scores:\n",
    "gone": "x = 1\n",
    "printed": task_file(SOFTMAX, "print('a')\nprint('b')"),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_the_page_says_what_the_terminal_says(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    desk = Desk(USUAL)
    desk.put(desk.path(SOFTMAX), ANSWERS[kind])
    console = Console(file=io.StringIO(), width=1000)
    assert judged(console, desk, SOFTMAX) is (kind == "right")
    told = [line.strip() for line in console.file.getvalue().splitlines()]  # type: ignore[attr-defined]
    found = judged_answer("softmax", ANSWERS[kind])
    here = [found.head, *(line.strip() for line in found.evidence), *([found.idea] if found.idea else [])]
    assert here == [line for line in told if not line.startswith("python -m")]


def test_a_desk_is_packed_for_the_terminal_and_unpacked_again(tmp_path: Path) -> None:
    files = {f"{one.name}.py": task_file(one, one.solution) for one in exercises().values()}
    files["apart_softmax_1.py"] = pair_file(pair("softmax_1"))
    passed = dict.fromkeys(exercises(), True) | {"softmax": False}
    packed = packed_desk(files, passed, {"1": {"vectors": "x = 1\n"}})
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(packed))) as archive:
        archive.extractall(tmp_path)
    desk = Desk(tmp_path / USUAL)
    assert desk.started() == list(exercises().values())
    assert [one for one in exercises().values() if not desk.has_passed(one)] == [SOFTMAX]
    found = unpacked_desk("exercises.zip", packed)
    assert found.files == files
    assert found.passed == [name for name in exercises() if name != "softmax"]
    assert found.patients == {"1": {"vectors": "x = 1\n"}}
    assert found.unknown == []


def test_what_lies_beside_the_files_of_a_folder_does_no_harm() -> None:
    whole = io.BytesIO()
    one = patients()[1]
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("exercises/softmax.py", "def softmax(): ...")
        archive.writestr("exercises/__pycache__/softmax.cpython-311.pyc", b"\xa7\x0d")
        archive.writestr("__MACOSX/._softmax.py", b"\x00\x05\xa7")
        archive.writestr("exercises/notes.py", b"\xff\xfe")
        archive.writestr("exercises/progress.json", "[1, 2")
        archive.writestr(f"patient-1/microgpt/{one.edit.module}.py", one.source())
    found = unpacked_desk("exercises.zip", base64.b64encode(whole.getvalue()).decode())
    assert found.files == {"softmax.py": "def softmax(): ..."}
    assert (found.passed, found.patients) == ([], {})
    assert found.unknown == ["exercises/notes.py", "exercises/progress.json"]


def test_what_is_no_exercise_is_not_taken() -> None:
    content = base64.b64encode(b"x = 1").decode()
    assert unpacked_desk("shop.py", content).unknown == ["shop.py"]
    with pytest.raises(ValueError, match="neither a zip"):
        unpacked_desk("shop.txt", content)


def test_an_example_that_is_not_written_is_no_answer() -> None:
    text = pair_file(pair("softmax_1"))
    assert compared_versions("softmax_1", text[text.index("def example") :]).kind == "unwritten"


def test_a_patient_lies_there_as_in_the_terminal() -> None:
    one = patients()[1]
    assert patient_module(1, one.edit.module) == one.source()
    assert judged_treatment(1, {}) == judged_treatment(1, {one.edit.module: one.source()})
    with pytest.raises(SourceError):
        patient_module(1, "no.such")


def test_a_training_in_pieces_is_the_training() -> None:
    answers = {"softmax": ANSWERS["right"]}
    begin_training(answers)
    pieces = [train_further(steps) for steps in (1, 3, 2)]
    report = trained(answers, steps=6)
    assert [loss for piece in pieces for loss in piece.losses] == report.losses
    assert training_told() == report_of(report, len(exercises()))
    assert training_told() == training_told(), "who invents names must not disturb what goes on"


def test_examples_leave_no_chain_behind() -> None:
    kept: list[weakref.ref[Value]] = []

    class Noted(Value):  # type: ignore[misc]
        __slots__ = ("__weakref__",)

    def chain(length: int) -> Value:
        value: Value = Noted(0.0)
        kept.append(weakref.ref(value))
        for _ in range(length):
            value = value + 1.0
        return value

    told = "Chain.\n\nExamples:\n    >>> x = chain(5_000)\n    >>> x.data\n    5000.0\n"
    assert first_failure(told, {"chain": chain}) is None
    gc.collect()
    assert kept[0]() is None
