"""The clinic: patients are known by symptoms alone, go home whole, and are examined as they are."""

import re
from functools import partial
from pathlib import Path

import pytest

from microgpt.study.patients import Patient, patient, patients
from microgpt.study.source import module_source
from microgpt.terminal.clinic import sources
from microgpt.terminal.examiner import visit
from tests.support.process import CLEAN, assert_refused, in_process, microgpt

SIMPLE = patient("1")


def clinic(*arguments: str | Path) -> tuple[int, str]:
    """Give a command of the clinic; return its status, and its words in one line."""
    done = microgpt("clinic", *arguments)
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def taken_home(number: int, folder: Path) -> Path:
    """Take a patient home; return the file that is sick."""
    assert microgpt("clinic", "start", str(number), cwd=folder).returncode == 0
    module = patients()[number].edit.module
    return (folder / f"patient-{number}" / "microgpt").joinpath(*module.split(".")).with_suffix(".py")


def test_the_list_shows_symptoms_and_no_diagnosis(tmp_path: Path) -> None:
    status, shown = clinic()
    assert status == 0
    for one in patients().values():
        assert f"{one.number} {one.symptom}" in shown
        for secret in (one.name, one.caught_by, f"microgpt.{one.edit.module}", f"{one.edit.module}.py"):
            assert secret not in shown
        for text in (one.edit.old, one.edit.new):
            assert " ".join(text.split()) not in shown
    assert list(tmp_path.iterdir()) == []


def test_a_patient_differs_in_one_module_only(tmp_path: Path) -> None:
    path = taken_home(1, tmp_path)
    assert path.read_text(encoding="utf-8") == SIMPLE.source()
    assert list(sources(tmp_path / "patient-1")) == [SIMPLE.edit.module]


def test_what_is_there_is_not_overwritten(tmp_path: Path) -> None:
    path = taken_home(1, tmp_path)
    path.write_text("# my work", encoding="utf-8")
    assert_refused(microgpt("clinic", "start", "1", cwd=tmp_path), 1, "stays as it is")
    assert path.read_text(encoding="utf-8") == "# my work"


@pytest.mark.slow
def test_a_treatment_is_sick_then_better_then_cured(tmp_path: Path) -> None:
    path = taken_home(1, tmp_path)
    status, shown = clinic("check", "1")
    assert (status, "Patient 1 is sick" in shown) == (1, True)
    sick = path.read_text(encoding="utf-8")
    path.write_text(SIMPLE.wrong_cures[0].applied(sick), encoding="utf-8")
    assert clinic("check", "1")[0] == 1
    path.write_text(module_source(SIMPLE.edit.module), encoding="utf-8")
    other = path.parent / "config.py"
    true = other.read_text(encoding="utf-8")
    other.write_text(
        true.replace("learning_rate: float = dial(0.01", "learning_rate: float = dial(0.02"), "utf-8"
    )
    assert other.read_text(encoding="utf-8") != true
    status, shown = clinic("check", "1")
    assert (status, "Patient 1 is not cured: the symptom is another one now" in shown) == (1, True)
    other.write_text(true, encoding="utf-8")
    exam = path.parent / "evaluation.py"
    judged = exam.read_text(encoding="utf-8")
    exam.write_text(f"{judged}\n\ndef evaluate(run, limit=None):\n    return {{}}\n", "utf-8")
    status, shown = clinic("check", "1")
    assert (status, "Patient 1 is better: the symptom is gone, but" in shown) == (1, True)
    exam.write_text(judged, encoding="utf-8")
    status, shown = clinic("check", "1")
    assert (status, "Patient 1 is cured" in shown) == (0, True)
    assert "clinic explain 1" in shown


@pytest.mark.slow
def test_what_python_cannot_read_is_a_sentence(tmp_path: Path) -> None:
    path = taken_home(1, tmp_path)
    path.write_text("def broken(:\n", encoding="utf-8")
    status, shown = clinic("check", "1")
    assert status == 1
    assert re.search(r"cannot even be imported: \w+\.py, line \d+: ", shown)
    assert "Traceback" not in shown


@pytest.mark.slow
def test_a_loop_without_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = taken_home(1, tmp_path)
    path.write_text("while True:\n    pass\n", encoding="utf-8")
    monkeypatch.setattr("microgpt.terminal.clinic.visit", partial(visit, seconds=2))
    status, shown = clinic("check", "1")
    assert (status, "Patient 1 is sick: it was stopped after 2 seconds" in shown) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["start", "99"], ["there is no patient '99'", "here are: 1, 2"]),
        (["explain", "patient-31x"], ["there is no patient"]),
        (["check", "1"], ["is not there", "clinic start"]),
        (["hint", "1", "4"], [f"there are {len(SIMPLE.hints)} hints", "clinic explain 1"]),
    ],
)
def test_what_cannot_be_done_is_said(arguments: list[str], words: list[str], tmp_path: Path) -> None:
    assert_refused(microgpt("clinic", *arguments, cwd=tmp_path), 1, *words)


def test_a_number_that_is_nearly_one_is_understood() -> None:
    assert "did you mean '30'" in clinic("explain", "300")[1]


def test_hints_come_in_order() -> None:
    for one in patients().values():
        for number, text in enumerate(one.hints, 1):
            shown = clinic("hint", str(one.number), str(number))[1]
            more = f" More: python -m microgpt clinic hint {one.number} {number + 1}"
            is_last = number == len(one.hints)
            assert shown == (
                f"Hint {number} of {len(one.hints)}: {' '.join(text.split())}{'' if is_last else more}"
            )
    assert clinic("hint", "1") == clinic("hint", "1", "1")


@pytest.mark.parametrize("one", [pytest.param(one, id=f"{one.number}") for one in patients().values()])
def test_all_is_explained(one: Patient) -> None:
    status, shown = clinic("explain", str(one.number))
    assert status == 0
    joined = shown.replace(" ", "")
    for text in (one.name, one.story, one.caught_by):
        assert "".join(text.split()) in joined
    for sign, text in (("-", one.edit.old), ("+", one.edit.new)):
        assert all("".join(f"{sign} {line}".split()) in joined for line in text.splitlines())
    assert ("port of this program to JavaScript." in shown.partition(" A curve")[0][-60:]) is one.port
    assert f"A curve of the loss {'shows' if one.by_loss else 'does not show'} it" in shown


@pytest.mark.slow
def test_the_sick_package_runs_in_the_place_of_the_true_one(tmp_path: Path) -> None:
    path = taken_home(1, tmp_path)
    clean = {name: value for name, value in CLEAN.items() if name != "PYTHONPATH"}
    home = tmp_path / "patient-1"
    done = in_process("--steps", "2", "--no-save", cwd=home, env=clean)
    assert done.returncode == 0, done.stderr
    assert not list(home.glob("runs*"))
    path.write_text(
        path.read_text(encoding="utf-8") + "\nraise SystemExit(f'run from {__file__}')\n", "utf-8"
    )
    done = in_process("--steps", "2", "--no-save", cwd=home, env=clean)
    assert re.findall(r"run from (.*)", done.stderr) == [str(path)]
