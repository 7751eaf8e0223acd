"""The ladder: a rung shows its time only after it has shown that it is the same model."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pytest

from microgpt.config import Config
from microgpt.engines.engine import RUNGS, EngineError
from microgpt.engines.operations import step_operations
from microgpt.engines.race import Runner, race, slice_sizes
from microgpt.engines.sizes import SIZES, joined, sweep
from microgpt.evaluation import evaluate
from microgpt.model import parameter_shapes
from microgpt.terminal.ladder import runners_of
from microgpt.training import new_run, train
from tests.support.process import microgpt

NAMES = ["emma", "ava", "mia", "liam", "noah", "olivia", "zoe"]
SMALL = Config(n_embd=4, n_head=2, steps=12, batch_size=2, hold_out=0.2)


def test_every_runner_does_the_whole_run_and_is_compared_with_the_first() -> None:
    told: list[int] = []
    results = race([Runner("scalar"), Runner("dot"), Runner("lists")], SMALL, NAMES, told.append)
    run = new_run(SMALL, NAMES)
    losses = [step.loss for step in train(run)]
    assert sum(told) == 3 * SMALL.steps
    for result in results:
        assert len(result.losses) == SMALL.steps
        assert result.difference == max(abs(a - b) for a, b in zip(result.losses, losses, strict=True))
        assert result.is_same
        assert result.held_out == pytest.approx(evaluate(run)["model"].loss)
        assert min(result.first, result.cpu, result.wall, result.tokens, result.peak) > 0
    assert [result.difference for result in results[:2]] == [0.0, 0.0]


@pytest.mark.parametrize(("steps", "count"), [(1, 1), (2, 2), (11, 11), (12, 7), (1000, 11)])
def test_slices_are_all_steps_and_the_first_is_alone(steps: int, count: int) -> None:
    slices = slice_sizes(steps)
    assert (sum(slices), slices[0], len(slices)) == (steps, 1, count)
    assert min(slices) > 0


def test_a_rung_that_strays_shows_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a tolerance below what lists can hold, its times are not shown, and it is said why."""
    monkeypatch.setitem(RUNGS["lists"].tolerances, "float64", -1.0)
    done = microgpt("ladder", "--engines", "dot,lists", "--steps", "3", "--n-embd", "4")
    lines = {line.split()[0]: line.split() for line in done.stdout.splitlines() if line.strip()}
    assert lines["lists"][3:8] == ["-"] * 5
    assert "-" not in lines["dot"]
    assert "without a time: lists" in done.stdout


def test_a_worker_that_dies_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(EngineError, match=r"^the engine 'dot' has ended: .*; leave it out$"):
        race([Runner("dot")], SMALL, NAMES)


def test_json_says_what_the_table_says() -> None:
    done = microgpt("ladder", "--engines", "dot", "--steps", "4", "--n-embd", "4", "--json")
    content = json.loads(done.stdout)
    assert [one["runner"][0] for one in content["rungs"]] == ["scalar", "dot"]
    assert content["config"] == asdict(Config(steps=4, n_embd=4))
    assert [len(one["losses"]) for one in content["rungs"]] == [4, 4]


def test_by_size_every_dial_is_turned_for_every_rung() -> None:
    sizes = {"n_embd": (2, 4), "block_size": (3, 9), "batch_size": (1, 2)}
    told: list[int] = []
    config = Config(n_head=1, n_embd=2)
    results = list(sweep([Runner("dot"), Runner("lists")], config, NAMES, sizes, 0.001, told.append))
    assert [(one.runner.engine, one.dial, one.value) for one in results] == [
        (engine, dial, value)
        for dial, values in sizes.items()
        for value in values
        for engine in ("dot", "lists")
    ]
    assert len(told) == len(results)
    assert all(one.seconds > 0 for one in results)
    long = next(one for one in results if (one.dial, one.value) == ("block_size", 9))
    vocab_size = len(set("".join(NAMES))) + 1
    turned = Config(n_head=1, n_embd=2, block_size=9)
    assert long.operations == step_operations(turned, vocab_size, [9]).all
    assert set(SIZES) == {"n_embd", "n_layer", "block_size", "batch_size"}


def test_joined_documents_fill_the_block() -> None:
    assert {len(text) for text in joined(NAMES, 9)} == {8}


@pytest.mark.parametrize("lengths", [[1], [7], [3, 16, 5]])
@pytest.mark.parametrize("config", [Config(), Config(n_layer=3, n_embd=6, n_head=3)])
def test_operations_counted_one_by_one(config: Config, lengths: Sequence[int]) -> None:
    """Every matrix at every position, every query with every key, and three times that with the way back."""
    forward = 0
    for length in lengths:
        for position in range(length):
            for name, (rows, columns) in parameter_shapes(config, 27).items():
                forward += 0 if name in ("wte", "wpe") else 2 * rows * columns
            seen = position + 1
            forward += config.n_layer * config.n_head * 2 * (2 * config.head_dim * seen)
    found = step_operations(config, 27, lengths)
    assert found.matrices + found.attention == 3 * forward


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--engines", "dott"], "there is no engine 'dott'; did you mean 'dot'?"),
        (["--engines", "dot", "--precision", "float32"], "none of dot computes in 'float32'"),
        (["--steps", "1"], "a time needs at least 2 steps, but steps = 1 was given"),
        (["--engines", "dot", "--batch-size", "9999"], "batch_size = 9999 is more than the 2,917 documents"),
    ],
)
def test_what_cannot_be_measured_is_refused(arguments: list[str], sentence: str) -> None:
    done = microgpt("ladder", *arguments)
    assert done.returncode in (1, 2)
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_referee_is_always_there() -> None:
    assert runners_of("lists", None)[0] == Runner("scalar")


def test_a_ladder_in_a_folder_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "pets.txt").write_text("rex\nzoe\nbella\n", encoding="utf-8")
    done = microgpt("ladder", "--engines", "dot", "--steps", "3", "--input", "pets.txt", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("3 steps on pets.txt, one thread, Python ")
    assert list(tmp_path.iterdir()) == [tmp_path / "pets.txt"]
    assert max(map(len, done.stdout.splitlines())) <= 80
