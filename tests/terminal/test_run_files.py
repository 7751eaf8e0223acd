"""The file that a run is kept in: written in time, and nothing else is lost by it."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from microgpt import Config, load_checkpoint, new_run, save_checkpoint, train
from microgpt.checkpoint import CheckpointError
from microgpt.terminal.runs import RunFile, checkpoint_path, has_diverged, newest_first, saving
from microgpt.training import train_step
from tests.support.cases import FRIENDS, SMALL, SOURCE, begun, saved


def test_a_run_is_written_at_the_start_every_so_many_steps_and_at_the_end(tmp_path: Path) -> None:
    run, path = new_run(Config(n_embd=1, n_head=1, steps=7, save_every=3), FRIENDS), tmp_path / "run.json"
    file = RunFile(path, SOURCE)
    assert not file.is_written
    file.begin(run)
    assert file.is_written
    assert load_checkpoint(path).losses == []
    found = [len(load_checkpoint(path).losses) for _ in saving(train(run), run, file)]
    assert found == [0, 0, 3, 3, 3, 6, 7]


def test_what_a_killed_run_has_left_is_swept_up(tmp_path: Path) -> None:
    names = ("run.json.1.part", "run.json.2.part", "x.json.1.part", "run.json.notes.part")
    path, (old, young, other, notes) = tmp_path / "run.json", (tmp_path / name for name in names)
    for part in (old, young, other, notes):
        part.touch()
    for part in (old, other, notes):
        os.utime(part, (1000, 1000))
    RunFile(path, SOURCE).begin(new_run(SMALL, FRIENDS))
    assert sorted(tmp_path.iterdir()) == sorted([path, young, other, notes])


@pytest.mark.slow
@pytest.mark.parametrize("steps", [1, 7, SMALL.steps])
def test_another_run_in_the_way_is_left_untouched(steps: int, tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    saved(path, steps=steps)
    before, others = (
        path.read_bytes(),
        [(replace(SMALL, seed=7), SOURCE), (SMALL, replace(SOURCE, sha256=""))],
    )
    for config, source in others:
        with pytest.raises(CheckpointError) as refused:
            RunFile.claim(path, new_run(config, FRIENDS), source)
        assert str(refused.value) == (
            f"'{path}' has another run, step {steps} of 40; choose another file with --save FILE, "
            f"or go on with it: python -m microgpt resume {path}"
        )
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_run_that_has_not_begun_is_not_in_the_way(tmp_path: Path) -> None:
    saved(tmp_path / "run.json", steps=0)
    other = new_run(replace(SMALL, seed=7), FRIENDS)
    RunFile.claim(tmp_path / "run.json", other, SOURCE).begin(other)
    assert load_checkpoint(tmp_path / "run.json").model.config.seed == 7


def test_the_same_run_further_along_is_not_replaced_by_fewer_steps(tmp_path: Path) -> None:
    path, again = tmp_path / "run.json", new_run(SMALL, FRIENDS)
    saved(path)
    before = path.read_bytes()
    file = RunFile.claim(path, again, SOURCE)
    assert (file.path, file.steps) == (path, 7)
    file.begin(again)
    for step in saving(train(again), again, file):
        if step.number < 7:
            file.write(again)
            assert path.read_bytes() == before
        if step.number == 9:
            break
    file.write(again)
    assert len(load_checkpoint(path).losses) == 9


def test_two_runs_that_meet_in_one_file_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    first, second = new_run(SMALL, FRIENDS), new_run(replace(SMALL, seed=7), FRIENDS)
    file = RunFile.claim(path, first, SOURCE)
    file.write(first)
    other = RunFile.claim(path, second, SOURCE)
    train_step(second)
    other.write(second)
    train_step(first)
    train_step(first)
    file.write(first)
    assert file.path == tmp_path / "run-at-step2.json"
    assert load_checkpoint(path).model.config.seed == 7
    assert load_checkpoint(file.path).model.config.seed == 42
    file.write(first)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_name_that_is_taken_is_not_taken_away(tmp_path: Path) -> None:
    """Three runs meet, and two of them are at the same step."""
    path, runs = tmp_path / "run.json", [begun(0, replace(SMALL, seed=seed)) for seed in (1, 2, 3)]
    files = [RunFile.claim(path, run, SOURCE) for run in runs]
    for file, run in zip(files, runs, strict=True):
        file.write(run)
    for file, run in zip(files, runs, strict=True):
        train_step(run)
        file.write(run)
    names = {"run.json", "run-at-step0.json", "run-at-step0-2.json"}
    assert {found.name for found in tmp_path.iterdir()} == names
    assert {load_checkpoint(tmp_path / name).model.config.seed for name in names} == {1, 2, 3}


def test_a_file_of_somebody_else_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "notes.json"
    path.write_text("my notes", encoding="utf-8")
    with pytest.raises(CheckpointError, match="is in the way and no checkpoint that could be replaced"):
        RunFile.claim(path, new_run(SMALL, FRIENDS), SOURCE)
    assert path.read_text(encoding="utf-8") == "my notes"


def test_the_file_of_a_run_that_has_diverged_says_so_unless_somebody_has_named_it(tmp_path: Path) -> None:
    run = begun(2)
    usual, chosen = tmp_path / checkpoint_path(SMALL, SOURCE).name, tmp_path / "mine.json"
    for path in (usual, chosen):
        save_checkpoint(run, SOURCE, path)
    assert RunFile(chosen, SOURCE).set_aside(run) == chosen
    aside = RunFile(usual, SOURCE).set_aside(run)
    assert (has_diverged(aside), has_diverged(chosen), has_diverged(usual)) == (True, False, False)
    assert sorted(tmp_path.iterdir()) == sorted([aside, chosen])


def test_the_newest_file_comes_first(tmp_path: Path) -> None:
    for age, name in enumerate(["c", "a", "b"]):
        saved(tmp_path / f"{name}.json", steps=0)
        os.utime(tmp_path / f"{name}.json", (1000 - age, 1000 - age))
    assert [path.stem for path in newest_first(str(tmp_path))] == ["c", "a", "b"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_listed(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    assert newest_first(str(tmp_path)) == []
