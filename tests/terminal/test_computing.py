"""--engine, --precision, --device, --batch-size: who computes, on the command line."""

import json
import re
from pathlib import Path

import pytest

from microgpt.checkpoint import load_checkpoint, save_checkpoint
from microgpt.config import Config
from microgpt.data import Source
from microgpt.engines.engine import RUNGS, adopt, find_engine, is_installed
from microgpt.training import new_run, train, train_step
from tests.support.process import microgpt

SMALL = ["--n-embd", "4", "--n-head", "2", "--steps", "6", "--dataset", "elements", "--samples", "3"]
HERE = [name for name in RUNGS if is_installed(name)]


def settled(text: str) -> str:
    return re.sub(r"^time .*$", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize("engine", HERE)
def test_a_run_looks_the_same_whoever_computes(engine: str, tmp_path: Path) -> None:
    usual = microgpt(*SMALL, "--batch-size", "2", cwd=tmp_path)
    for file in (tmp_path / "runs").iterdir():
        file.unlink()
    done = microgpt(*SMALL, "--batch-size", "2", "--engine", engine, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert settled(done.stdout) == settled(usual.stdout)
    assert "mean of 2 documents" in done.stdout


@pytest.mark.parametrize("engine", HERE)
def test_sample_and_evaluate_on_another_engine(engine: str, tmp_path: Path) -> None:
    microgpt(*SMALL, cwd=tmp_path)
    for command in (["sample", "-n", "5", "--seed", "3"], ["evaluate"]):
        usual, done = microgpt(*command, cwd=tmp_path), microgpt(*command, "--engine", engine, cwd=tmp_path)
        assert (done.returncode, done.stderr, done.stdout) == (0, "", usual.stdout)


def test_a_run_goes_on_on_its_own_engine_or_on_another(tmp_path: Path) -> None:
    flags = [*SMALL, "--engine", "lists", "--save", "run.json"]
    straight = microgpt(*flags, cwd=tmp_path)
    content = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert content["engine"] == ["lists", "float64"]
    assert straight.returncode == 0
    again = microgpt(*SMALL, "--engine", "dot", "--save", "run.json", cwd=tmp_path)
    assert again.returncode == 0
    assert load_checkpoint(tmp_path / "run.json").engine == "dot"


def test_a_trace_of_another_engine_has_the_losses(tmp_path: Path) -> None:
    done = microgpt(*SMALL, "--engine", "lists", "--batch-size", "2", "--trace", "t.jsonl", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    records = [json.loads(line) for line in (tmp_path / "t.jsonl").read_text(encoding="utf-8").splitlines()]
    steps = [record for record in records if record["kind"] == "step"]
    assert [record["step"] for record in steps] == list(range(1, 7))
    assert [record["loss"] for record in steps] == records[-1]["losses"]
    assert {len(record["documents"]) for record in steps} == {2}


def test_a_batch_is_told(tmp_path: Path) -> None:
    flags = [*SMALL, "--batch-size", "3", "--no-save", "--no-exam"]
    told = microgpt(*flags, "--verbose", cwd=tmp_path).stdout
    assert told.count("mean loss of 3 documents") == 4
    compact = microgpt(*flags, "--compact", cwd=tmp_path).stdout
    assert compact.count("3 of them") == 6


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["--engine", "nmupy"], 2, "there is no engine 'nmupy'; did you mean 'numpy'?"),
        (
            ["--engine", "lists", "--precision", "float32"],
            2,
            "the engine 'lists' computes in float64, but float32",
        ),
        (["--engine", "lists", "--verbose"], 2, "the engine 'lists' does not tell what it does"),
        (["--device", "cuda"], 2, "the engine 'torch' alone has a choice of devices, cpu and cuda"),
        (["--batch-size", "999"], 2, "batch_size = 999 is more than the 118 documents to learn from"),
        (["--batch-size", "0"], 2, "batch_size must be a whole number of at least 1, but 0 was given"),
    ],
)
def test_what_cannot_be_computed_is_refused(
    arguments: list[str], status: int, sentence: str, tmp_path: Path
) -> None:
    done = microgpt("--dataset", "elements", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (status, "")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert not [*tmp_path.iterdir()]


def test_an_engine_that_is_not_installed_is_named_with_its_install_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("microgpt.engines.engine.find_spec", lambda name: None)
    done = microgpt("--engine", "torch", cwd=tmp_path)
    assert done.returncode == 1
    assert "needs torch, which is not installed: pip install 'microgpt[torch]'" in done.stderr


@pytest.mark.skipif("numpy" not in HERE, reason="numpy is not installed")
def test_a_checkpoint_of_another_precision_does_not_change_it(tmp_path: Path) -> None:
    flags = ["--engine", "numpy", "--precision", "float32", "--save-every", "2"]
    full = microgpt(*SMALL, *flags, "--save", "run.json", cwd=tmp_path)
    assert full.returncode == 0
    content = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert content["engine"] == ["numpy", "float32"]
    other = microgpt(*SMALL, "--save", "run.json", cwd=tmp_path)
    assert other.returncode == 1
    assert "has another run" in other.stderr


@pytest.mark.skipif("numpy" not in HERE, reason="numpy is not installed")
def test_a_run_goes_on_in_its_own_precision_only(tmp_path: Path) -> None:
    names = ["emma", "ava", "mia", "liam"]
    (tmp_path / "names.txt").write_text("\n".join(names), encoding="utf-8")
    run = new_run(Config(n_embd=4, n_head=2, steps=4), names)
    adopt(run, find_engine("numpy", "float32"))
    train_step(run)
    source = Source.of(str(tmp_path / "names.txt"), names, is_file=True)
    save_checkpoint(run, source, tmp_path / "run.json")
    for wrong in (
        ["--engine", "lists"],
        ["--precision", "float64"],
        ["--engine", "numpy", "--precision", "float64"],
    ):
        done = microgpt("resume", "run.json", *wrong, cwd=tmp_path)
        assert done.returncode == 2
        assert (
            "the run was computed in float32 so far, and must go on in it; leave --precision out"
            in done.stderr
        )
    done = microgpt("resume", "run.json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    _ = list(train(run))
    assert load_checkpoint(tmp_path / "run.json").losses == run.losses
    assert load_checkpoint(tmp_path / "run.json").engine == "numpy"
