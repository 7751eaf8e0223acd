"""The patients of the clinic: that they are sick, as they look, and can be cured."""

import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from microgpt.study.examples import Failure, first_failure
from microgpt.study.patients import Patient, examined, healthy_probe, patients, sick_probe
from microgpt.study.source import module_source
from microgpt.terminal.clinic import sources
from microgpt.terminal.desk import DeskError
from tests.support.numerals import comes_from, numbers_in, numerals

ALL = [
    pytest.param(one, id=f"{one.number}", marks=pytest.mark.xdist_group(f"patient {one.number}"))
    for one in patients().values()
]
"""Each patient's tests run in one process, which runs its probes once."""


LONG = ("microgpt", "microgpt.training", "microgpt.evaluation")
"""Pages whose examples train for long."""


def shown(number: int, is_sick: bool) -> Any:
    """Run a patient's probe, once, in the sick package or in the true one."""
    return (sick_probe if is_sick else healthy_probe)(patients()[number])


def measured(one: Patient) -> set[float]:
    """List the numbers that a patient's probe shows, and those of its settings."""
    results = repr((shown(one.number, True), shown(one.number, False)))
    return numbers_in(results) | numbers_in(one.probe) | numbers_in(one.command)


def failing_example(package: ModuleType, name: str) -> Failure | None:
    """Run the examples of a docstring in a package up to the first that fails."""
    found: Any = package
    names: dict[str, Any] = {}
    for part in name.split(".")[1:]:
        found = getattr(found, part)
        names = vars(found) if isinstance(found, ModuleType) else names
    return first_failure(found.__doc__, names)


def catcher(one: Patient) -> str:
    """Name the page or the function whose examples are said to notice a patient."""
    named = re.match(r"microgpt(?:\.\w+)+", one.caught_by)
    assert named, one.caught_by
    return named[0]


@pytest.mark.parametrize("one", ALL)
def test_a_patient_says_all_that_it_must(one: Patient) -> None:
    assert one.symptom.endswith(".")
    assert 2 <= len(one.hints) <= 3
    assert len(one.story.split()) >= 60
    assert one.caught_by
    assert one.wrong_cures or not one.ill


@pytest.mark.slow
@pytest.mark.parametrize("one", ALL)
def test_the_symptom_is_there_and_not_in_the_true_package(one: Patient) -> None:
    assert (shown(one.number, True) != shown(one.number, False)) is one.ill


@pytest.mark.slow
@pytest.mark.parametrize("one", ALL)
def test_every_number_that_is_told_was_measured(one: Patient) -> None:
    sources = measured(one)
    for text in (one.symptom, one.story):
        assert [number for number in numerals(text) if not comes_from(number, sources)] == []


@pytest.mark.slow
@pytest.mark.parametrize("one", ALL)
def test_what_is_said_to_catch_it_does(one: Patient) -> None:
    name = catcher(one)
    if name in LONG and one.by_loss:
        pytest.skip("its examples train for long, and the curve of the loss shows it, too")
    assert failing_example(one.package(), name)  # in the true package all hold: each is run as a doctest


def test_there_are_many_of_several_kinds() -> None:
    assert len(patients()) >= 20
    assert [one.name for one in patients().values() if not one.ill] != []
    unseen = [one for one in patients().values() if not one.by_loss]
    assert len(unseen) >= 5
    assert all(catcher(one) for one in unseen)


def test_the_story_of_the_port_is_told_by_those_of_which_something_is_known() -> None:
    told = [one for one in patients().values() if one.port]
    assert len(told) >= 5  # four of its faults, and the lesson about matrices that are square
    assert all(
        "JavaScript port" in " ".join(one.story.split())
        or "port of this program to JavaScript" in " ".join(one.story.split())
        for one in told
    )


@pytest.mark.slow
@pytest.mark.parametrize("one", ALL)
def test_undoing_the_edit_cures(one: Patient) -> None:
    true = module_source(one.edit.module)
    assert examined(one, {one.edit.module: true}).state == "cured"
    assert (examined(one, {one.edit.module: one.source()}).state == "cured") is not one.ill


@pytest.mark.slow
@pytest.mark.parametrize("one", ALL)
def test_a_wrong_cure_is_no_cure(one: Patient) -> None:
    for cure in one.wrong_cures:
        source = cure.applied(one.source() if cure.module == one.edit.module else module_source(cure.module))
        sources = {one.edit.module: one.source(), cure.module: source}
        assert examined(one, sources).state != "cured"


def test_inside_a_patient_nobody_is_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "patient-1" / "microgpt").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "patient-1")
    with pytest.raises(DeskError, match="one folder up"):
        sources(Path("patient-1"))


@pytest.mark.slow
def test_the_sick_package_is_the_one_that_runs(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "microgpt", "clinic", "start", "1"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    code = "import microgpt; print(microgpt.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path / "patient-1", check=True, capture_output=True, text=True
    )
    assert Path(done.stdout.strip()) == tmp_path / "patient-1" / "microgpt" / "__init__.py"
