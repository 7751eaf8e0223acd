"""Every rung computes the same model: the first one, a node for each operation, is the referee."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from microgpt.checkpoint import load_checkpoint, resume, save_checkpoint
from microgpt.config import Config, ConfigError
from microgpt.data import Source, bundled_documents, read_documents
from microgpt.engines.engine import RUNGS, Engine, EngineError, adopt, find_engine, is_installed
from microgpt.evaluation import evaluate
from microgpt.model import Model, as_floats, parameters_of
from microgpt.training import DivergenceError, Run, new_run, train, train_step
from tests.support.reference import needs_the_original, reference_file

NAMES = ["emma", "ava", "mia", "liam", "o", "evangeline", "noah", "xi"]
SHAPES = [
    Config(n_embd=4, n_head=2),
    Config(n_layer=2, n_embd=6, n_head=2),
    Config(n_embd=5, n_head=1, block_size=5),
    Config(n_layer=3, n_embd=9, n_head=3, block_size=4, init_std=0.3),
    Config(n_embd=8, n_head=8, block_size=1),
    Config(n_embd=1, n_head=1, block_size=11),
]
BATCHES = {
    "one": ["emma"],
    "a single letter": ["o"],
    "as long as a block of 11, and longer than the others": ["evangeline"],
    "of several lengths": ["o", "evangeline", "xi", "ava", "ava"],
}
PRECISION = {"float64": 1e-11, "float32": 2e-4, "bfloat16": 0.25}
"""How far a slope may be from the referee's, as a share of the largest."""

KINDS = [(name, precision) for name, rung in RUNGS.items() for precision in rung.tolerances]
EXACT = [name for name, rung in RUNGS.items() if "float64" in rung.tolerances]


def rung(name: str, precision: str = "float64") -> Engine:
    if not is_installed(name):
        pytest.skip(f"{RUNGS[name].library} is not installed")
    return find_engine(name, precision, "cpu" if name == "torch" else None)


def run_on(engine: Engine, config: Config, documents: Sequence[str] = NAMES) -> Run:
    run = new_run(config, documents)
    adopt(run, engine)
    return run


def numbers_of(model: Model[Any]) -> list[float]:
    return parameters_of(as_floats(model))


def furthest(found: Sequence[float], expected: Sequence[float]) -> float:
    return max(abs(a - b) for a, b in zip(found, expected, strict=True))


# One step


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("config", SHAPES, ids=lambda c: f"{c.n_layer}x{c.n_embd}x{c.n_head}b{c.block_size}")
@pytest.mark.parametrize(("name", "precision"), KINDS)
def test_loss_and_slope_of_every_parameter(name: str, precision: str, config: Config, batch: str) -> None:
    engine, referee = rung(name, precision), rung("scalar")
    model = new_run(config, NAMES).model
    documents = [model.tokenizer.encode(document) for document in BATCHES[batch]]
    loss, slopes = engine.gradient(engine.own(model), documents)
    true_loss, true_slopes = referee.gradient(referee.own(model), documents)
    largest = max(map(abs, true_slopes))
    assert largest > 0.01, "an example that could hide a fault"
    assert len(slopes) == len(true_slopes)
    assert loss == pytest.approx(true_loss, rel=PRECISION[precision])
    assert furthest(slopes, true_slopes) <= PRECISION[precision] * largest
    if RUNGS[name].tolerances[precision] == 0:
        assert (loss, slopes) == (true_loss, true_slopes)


@pytest.mark.parametrize(("name", "precision"), KINDS)
def test_the_slopes_of_a_batch_are_the_mean_of_the_slopes(name: str, precision: str) -> None:
    engine = rung(name, precision)
    model = engine.own(new_run(SHAPES[1], NAMES).model)
    batch = [model.tokenizer.encode(document) for document in NAMES]
    whole = engine.gradient(model, batch)[1]
    single = [engine.gradient(model, [document])[1] for document in batch]
    mean = [sum(slopes) / len(batch) for slopes in zip(*single, strict=True)]
    assert furthest(whole, mean) <= PRECISION[precision] * max(map(abs, mean))


@pytest.mark.parametrize("batch_size", [1, 3])
@pytest.mark.parametrize(("name", "precision"), KINDS)
def test_some_steps_of_training(name: str, precision: str, batch_size: int) -> None:
    config = Config(n_layer=2, n_embd=6, n_head=2, block_size=7, steps=7, batch_size=batch_size, eps=1e-3)
    found, expected = run_on(rung(name, precision), config), run_on(rung("scalar"), config)
    steps = [(list(train(run)), run)[0] for run in (found, expected)]
    assert [step.documents for step in steps[0]] == [step.documents for step in steps[1]]
    tolerance = RUNGS[name].tolerances[precision]
    assert furthest(found.losses, expected.losses) <= tolerance
    for mine, theirs in (
        (numbers_of(found.model), numbers_of(expected.model)),
        ([float(x) for x in found.optimizer.m], expected.optimizer.m),
        ([float(x) for x in found.optimizer.v], expected.optimizer.v),
    ):
        assert furthest(mine, theirs) <= tolerance
    assert found.optimizer.steps == 7


@pytest.mark.parametrize(("name", "precision"), KINDS)
@pytest.mark.parametrize("dials", [{"init_std": 1e160}, {"learning_rate": 1e6}, {"init_std": 300.0}])
def test_numbers_out_of_range_end_with_a_sentence_and_move_nothing(
    name: str, precision: str, dials: dict[str, Any]
) -> None:
    run = run_on(rung(name, precision), Config(n_embd=4, n_head=2, steps=50, **dials))
    before: tuple[Any, ...] = ()
    with pytest.raises(DivergenceError, match=r"^step \d went wrong: .*; try "):  # noqa: PT012
        while True:
            state = numbers_of(run.model), list(run.optimizer.m), list(run.optimizer.v), run.optimizer.steps
            before = (*state, list(run.losses))
            train_step(run)
    after = numbers_of(run.model), list(run.optimizer.m), list(run.optimizer.v), run.optimizer.steps
    assert str((*after, run.losses)) == str(before)


# A thousand steps


@pytest.fixture(scope="module")
def golden() -> list[float]:
    losses = json.loads(reference_file("golden_names_1000.json").read_text(encoding="utf-8"))["losses"]
    return [float.fromhex(loss) if isinstance(loss, str) else loss for loss in losses]


@pytest.mark.slow
@needs_the_original
@pytest.mark.parametrize("name", [name for name in EXACT if name != "scalar"])
def test_a_thousand_steps_are_those_of_the_original(name: str, golden: list[float]) -> None:
    run = run_on(rung(name), Config(), read_documents(reference_file("names.txt")))
    assert [step.number for step in train(run)] == list(range(1, 1001))
    assert furthest(run.losses, golden) <= RUNGS[name].tolerances["float64"]


# Use


@pytest.fixture(scope="module")
def trained() -> Run:
    run = new_run(Config(n_layer=2, n_embd=8, n_head=2, steps=60), bundled_documents("elements"))
    _ = list(train(run))
    return run


@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize(("temperature", "prompt"), [(0.5, ""), (1.3, "ca"), (0.05, "")])
def test_samples_are_the_same_and_take_the_same_chances(
    trained: Run, name: str, temperature: float, prompt: str
) -> None:
    engine, dice = rung(name), [random.Random(7), random.Random(7)]
    found = list(engine.samples(engine.own(trained.model), dice[0], 40, temperature, prompt))
    referee = rung("dot")
    assert found == list(referee.samples(referee.own(trained.model), dice[1], 40, temperature, prompt))
    assert len(set(found)) > (1 if temperature < 0.1 else 10)
    assert dice[0].getstate() == dice[1].getstate()


@pytest.mark.parametrize("name", EXACT)
def test_samples_come_one_by_one_and_take_no_chance_ahead(trained: Run, name: str) -> None:
    engine, dice = rung(name), [random.Random(7), random.Random(7)]
    some = engine.samples(engine.own(trained.model), dice[0], 40, 1.0, "")
    first = [next(some), next(some)]
    assert first == list(engine.samples(engine.own(trained.model), dice[1], 2, 1.0, ""))


@pytest.mark.parametrize(("name", "precision"), KINDS)
def test_the_exam_is_the_same(trained: Run, name: str, precision: str) -> None:
    engine, run = rung(name, precision), replace(trained)
    expected = evaluate(run)
    adopt(run, engine)
    found = evaluate(run, surprises=engine.surprises)
    assert set(found) == set(expected)
    assert found["model"].tokens == expected["model"].tokens
    assert found["model"].loss == pytest.approx(expected["model"].loss, rel=PRECISION[precision])
    assert found["bigram"] == expected["bigram"]


@pytest.mark.parametrize("name", EXACT)
def test_the_surprise_of_what_cannot_be_is_infinite(name: str) -> None:
    engine = rung(name)
    run = new_run(Config(n_embd=4, n_head=2), ["ab"])
    model = as_floats(run.model)
    model.parameters["lm_head"][0] = [-1e9 * x for x in model.parameters["lm_head"][0]]
    (found,), (expected,) = (
        one.surprises(one.own(model), [model.tokenizer.encode("a")]) for one in (engine, rung("dot"))
    )
    assert [round(x, 9) for x in found] == [round(x, 9) for x in expected]


# From rung to rung


@pytest.mark.parametrize("second", EXACT)
@pytest.mark.parametrize("first", EXACT)
def test_a_run_goes_on_on_another_rung(first: str, second: str, tmp_path: Path) -> None:
    config, source = Config(n_embd=4, n_head=2, steps=6, batch_size=2), Source.of("names", NAMES)
    straight, run = run_on(rung("scalar"), config), run_on(rung(first), config)
    _ = list(train(straight))
    for _ in range(3):
        train_step(run)
    save_checkpoint(run, source, tmp_path / "run.json")
    loaded = load_checkpoint(tmp_path / "run.json")
    assert (loaded.engine, loaded.precision) == (first, "float64")
    again = resume(loaded, NAMES)
    adopt(again, rung(second))
    _ = list(train(again))
    tolerance = 0.0 if {first, second} <= {"scalar", "dot"} else 1e-9
    assert furthest(again.losses, straight.losses) <= tolerance
    assert furthest(numbers_of(again.model), numbers_of(straight.model)) <= tolerance


@pytest.mark.parametrize(("name", "precision"), [pair for pair in KINDS if pair[1] != "float64"])
def test_a_run_of_another_precision_is_saved_and_goes_on_to_the_same_bits(
    name: str, precision: str, tmp_path: Path
) -> None:
    config, source = Config(n_embd=4, n_head=2, steps=6), Source.of("names", NAMES)
    straight, stopped = (run_on(rung(name, precision), config) for _ in range(2))
    _ = list(train(straight))
    for _ in range(3):
        train_step(stopped)
    save_checkpoint(stopped, source, tmp_path / "run.json")
    loaded = load_checkpoint(tmp_path / "run.json")
    assert loaded.precision == precision
    again = resume(loaded, NAMES)
    adopt(again, rung(name, precision))
    _ = list(train(again))
    assert again.losses == straight.losses


# What is not there


def test_a_library_that_is_missing_is_named_with_its_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("microgpt.engines.engine.is_installed", lambda name: False)
    for name, one in RUNGS.items():
        if one.library:
            with pytest.raises(EngineError, match=rf"needs {one.library}, .*microgpt\[{one.library}\]"):
                find_engine(name)


def test_each_precision_and_device_that_there_is_not_is_refused() -> None:
    for name, one in RUNGS.items():
        with pytest.raises(ConfigError, match=f"computes in {' or '.join(one.tolerances)}, but float16"):
            find_engine(name, "float16")
    with pytest.raises(ConfigError, match="cpu and cuda, but 'gpu'"):
        find_engine("torch", device="gpu")


def test_a_rung_says_of_itself_what_the_table_says() -> None:
    for name, precision in KINDS:
        if is_installed(name):
            engine = rung(name, precision)
            assert (engine.name, engine.precision) == (name, precision)
