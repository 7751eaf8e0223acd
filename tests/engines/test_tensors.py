"""What is particular to the rung of PyTorch; that it computes the same model is judged in test_rungs.py."""

import math
import random
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from microgpt.config import Config
from microgpt.data import bundled_documents
from microgpt.engines import ahead, devices, launches, processes, swarm
from microgpt.engines.engine import Engine, EngineError, adopt
from microgpt.engines.tensors import loss_of, pad, tensor_model
from microgpt.loss import ImpossibleError, batch_loss
from microgpt.model import as_floats, parameters_of
from microgpt.sampling import DrawError, PromptError, generate
from microgpt.training import Run, new_run, train

CPU = torch.device("cpu")
NAMES = ["emma", "ava", "mia", "liam", "o", "evangeline", "noah", "xi"]


def started(config: Config, precision: str = "float64") -> tuple[Any, Engine]:
    run: Any = new_run(config, NAMES)
    engine = launches.plain_engine(precision, CPU)
    adopt(run, engine)
    return run, engine


# Padding


def test_padding_changes_nothing_but_rounding() -> None:
    config = Config(n_layer=2, n_embd=6, n_head=2, block_size=12)
    run, engine = started(config)
    short = [run.model.tokenizer.encode(name) for name in ("o", "xi")]
    alone, slopes = engine.gradient(run.model, short)
    padded = pad(short, 12, torch.float64, CPU)
    wider = [torch.nn.functional.pad(part, (0, 7)) for part in padded]
    wider[0][:, padded.tokens.shape[1] :] = 3  # padding of another kind
    loss = loss_of(run.model, type(padded)(*wider))
    (others,) = torch.autograd.grad(loss, run.model.flat)
    assert loss.item() == pytest.approx(alone, abs=1e-15)
    assert max(abs(a - b) for a, b in zip(slopes, others.tolist(), strict=True)) < 1e-15


def test_each_document_counts_the_same_however_long() -> None:
    run = new_run(Config(n_embd=6, n_head=2), NAMES)
    batch = [run.model.tokenizer.encode(name) for name in ("o", "evangeline", "")]
    model = tensor_model(run.model, "float64", CPU)
    padded = pad(batch, 16, torch.float64, CPU)
    assert loss_of(model, padded).item() == pytest.approx(batch_loss(run.model, batch).data, abs=1e-14)
    assert padded.shares.sum(-1).tolist() == pytest.approx([1 / 3] * 3)
    with pytest.raises(ValueError, match="a batch of no documents"):
        pad([], 16, torch.float64, CPU)


def test_a_probability_of_zero_at_a_padded_position_does_no_harm() -> None:
    """What fills, token 0, holds itself impossible, and only itself: its vector is at right angles to all."""
    plain = as_floats(new_run(Config(n_embd=4, n_head=2), NAMES).model)
    for name, matrix in plain.parameters.items():
        for row in matrix:
            row[:] = [0.0, *row[1:]] if name in ("wte", "lm_head") else [0.0] * len(row)
    plain.parameters["wte"][0], plain.parameters["lm_head"][0] = [1.0, 0.0, 0.0, 0.0], [-1e9, 0.0, 0.0, 0.0]
    engine = launches.plain_engine("float64", CPU)
    model = engine.own(plain)
    short, long = (plain.tokenizer.encode(name) for name in ("xi", "noxinoxi"))
    assert engine.surprises(model, [[1, 0, 0]])[0][1] == math.inf
    loss, slopes = engine.gradient(model, [short, long])
    alone = [engine.gradient(model, [one])[0] for one in (short, long)]
    assert loss == pytest.approx(sum(alone) / 2)
    assert all(map(math.isfinite, slopes))


# The step


def test_numbers_are_fetched_when_somebody_looks() -> None:
    run, _ = started(Config(n_embd=6, n_head=2, steps=2))
    before = as_floats(run.model)
    _ = list(train(run))
    assert as_floats(run.model) != before
    assert [x for row in parameters_of(run.model) for x in [row]] == run.model.flat.tolist()
    assert len(run.optimizer.m) == len(run.optimizer.v) == run.model.flat.numel()


def test_what_had_no_chance_moves_nothing() -> None:
    run, engine = started(Config(n_embd=4, n_head=2))
    with torch.no_grad():
        run.model.flat.mul_(1e4)
    before = run.model.flat.tolist()
    with pytest.raises(ImpossibleError, match="probability of 0"):
        engine.learn(run.model, run.optimizer, [run.model.tokenizer.encode("noah")], 0.1)
    assert run.model.flat.tolist() == before
    assert run.optimizer.steps == 0
    assert not any(run.optimizer.m)


@pytest.mark.slow
@pytest.mark.parametrize(("precision", "nearness"), [("float32", 0.01), ("bfloat16", 0.02)])
def test_coarser_numbers_learn_as_well(precision: str, nearness: float) -> None:
    means = []
    for one in ("float64", precision):
        run = new_run(Config(steps=1000), bundled_documents())
        adopt(run, launches.plain_engine(one, CPU))
        _ = list(train(run))
        means.append(sum(run.losses[-100:]) / 100)
    assert means[1] == pytest.approx(means[0], abs=nearness)
    assert means[0] < 2.55


def test_bfloat16_keeps_its_parameters_in_float32() -> None:
    run, engine = started(Config(n_embd=8, n_head=2), "bfloat16")
    assert run.model.flat.dtype == torch.float32
    exact, _ = started(Config(n_embd=8, n_head=2), "float32")
    batch = [run.model.tokenizer.encode("noah")]
    coarse, fine = (engine.gradient(run.model, batch)[0], launches.gradient(exact.model, batch)[0])
    assert coarse != fine
    assert coarse == pytest.approx(fine, rel=0.02)


# Names


@pytest.mark.parametrize(("window", "prompt"), [(1, ""), (7, "m"), (1024, "")])
def test_names_side_by_side_are_those_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch, window: int, prompt: str
) -> None:
    monkeypatch.setattr(ahead, "PLACES", window)
    run, engine = started(Config(n_embd=8, n_head=2, block_size=6))
    here, there = random.Random(3), random.Random(3)
    found = list(engine.samples(run.model, here, 60, 0.9, prompt))
    plain = as_floats(run.model)
    assert found == [generate(plain, there, 0.9, prompt) for _ in range(60)]
    assert here.getstate() == there.getstate()


def test_what_cannot_be_drawn_is_said_in_the_words_of_the_chapter() -> None:
    run, engine = started(Config(n_embd=4, n_head=2))

    def first(temperature: float, prompt: str = "") -> Any:
        return next(engine.samples(run.model, random.Random(1), 2, temperature, prompt))

    with pytest.raises(DrawError, match="not finite numbers"):
        first(1e-320)
    with pytest.raises(ValueError, match="the temperature must be above 0"):
        first(0.0)
    with pytest.raises(PromptError, match="not in the alphabet"):
        first(1.0, "?")


# Devices


def test_a_gpu_that_is_not_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(EngineError, match="cuda was asked for, but PyTorch finds no such GPU here"):
        devices.engine(device="cuda")
    assert devices.device_for(None).type == "cpu"


def test_one_process_is_the_first_of_one() -> None:
    assert (processes.count(), processes.number(), processes.is_first()) == (1, 0, True)


# A swarm


def test_three_models_side_by_side_are_three_alone() -> None:
    def runs() -> list[Run]:
        return [
            new_run(Config(n_layer=2, n_embd=6, n_head=2, block_size=7, steps=30, seed=seed), NAMES)
            for seed in (3, 4, 5)
        ]

    together = swarm.gather(runs(), CPU, "float64")
    swarm.train_swarm(together)
    for number, run in enumerate(runs()):
        _ = list(train(run))
        assert together.losses[:, number].tolist() == pytest.approx(run.losses, abs=1e-9)
        found = parameters_of(together.model(number))
        assert found == pytest.approx(parameters_of(as_floats(run.model)), abs=1e-9)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_recorded_orders_do_what_orders_do() -> None:
    config = Config(n_layer=2, n_embd=8, n_head=2, steps=40, batch_size=3)
    losses = []
    for engine in (launches.plain_engine("float32", CPU), devices.engine("float32", "cuda")):
        run = new_run(config, NAMES)
        adopt(run, engine)
        _ = list(train(run))
        losses.append(run.losses)
    assert losses[0] == pytest.approx(losses[1], abs=1e-3)
    runs = [new_run(Config(steps=40, seed=seed), NAMES) for seed in (1, 2)]
    together = swarm.gather(runs, torch.device("cuda"))
    swarm.train_swarm(together)
    for number, run in enumerate(runs):
        _ = list(train(run))
        assert together.losses[:, number].tolist() == pytest.approx(run.losses, abs=1e-3)
