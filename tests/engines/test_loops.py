"""The compiled rung: what the tests of all rungs do not ask of it."""

import json
import math
import random
import subprocess
import sys
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

np = pytest.importorskip("numpy")
pytest.importorskip("numba")

from microgpt.config import Config
from microgpt.data import bundled_documents, read_documents
from microgpt.engines import loops
from microgpt.engines.crowd import beginning, train_crowd
from microgpt.engines.engine import adopt, find_engine
from microgpt.engines.values import gradient as true_gradient
from microgpt.evaluation import model_surprises
from microgpt.model import as_floats, parameters_of
from microgpt.sampling import DrawError, PromptError, generate
from microgpt.study.edits import Edit, altered
from microgpt.training import new_run, train
from tests.support.reference import needs_the_original, reference_file

NAMES = ["emma", "ava", "mia", "liam", "o", "evangeline", "noah", "xi", "maximiliano"]


def furthest(found: Any, expected: Any) -> float:
    return float(np.max(np.abs(np.array(found) - np.array(expected))))


# Slopes


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize(
    "config",
    [
        Config(),
        Config(n_embd=17, n_head=1, block_size=9),
        Config(n_layer=2, n_embd=24, n_head=8, block_size=20, init_std=0.2),
        Config(n_layer=2, n_embd=15, n_head=5, block_size=2),
        Config(n_embd=3, n_head=3, block_size=40),
    ],
    ids=lambda config: f"{config.n_layer}x{config.n_embd}x{config.n_head}b{config.block_size}",
)
def test_documents_that_share_blocks_and_spread_over_several(config: Config, precision: str) -> None:
    model = new_run(config, NAMES).model
    long = "emmaavamialiamoevangelinenoahxi"
    for documents in (NAMES, [long], ["o", long, "o"], [long] * 5):
        batch = [model.tokenizer.encode(document) for document in documents]
        loss, slopes = loops.gradient(loops.own(model, precision), batch)
        true_loss, true_slopes = true_gradient(model, batch)
        tolerance = 1e-13 if precision == "float64" else 1e-5
        assert loss == pytest.approx(true_loss, rel=tolerance)
        assert furthest(slopes, true_slopes) <= 100 * tolerance * max(map(abs, true_slopes))


def test_memory_that_was_used_before_leaves_nothing_behind() -> None:
    model = loops.own(new_run(Config(n_layer=2), NAMES).model)
    short, long = ([model.tokenizer.encode(document)] for document in ("xi", "maximiliano"))
    first = loops.gradient(model, short)
    loops.gradient(model, long * 3)
    model.flat[:] *= math.nan
    with pytest.raises(ArithmeticError):
        loops.gradient(model, long * 3)
    model.flat[:] = parameters_of(as_floats(new_run(Config(n_layer=2), NAMES).model))
    assert loops.gradient(model, short) == first


# A thousand steps


@pytest.mark.slow
@needs_the_original
def test_float32_stays_near_the_original_for_a_thousand_steps() -> None:
    record = json.loads(reference_file("golden_names_1000.json").read_text(encoding="utf-8"))
    golden = [float.fromhex(loss) for loss in record["losses"]]
    run = new_run(Config(), read_documents(reference_file("names.txt")))
    adopt(run, find_engine("numba", "float32"))
    _ = list(train(run))
    apart = furthest(run.losses, golden)
    assert 1e-8 < apart < 1e-5


# Use


def test_names_with_prompts_that_reach_into_the_next_block() -> None:
    run = new_run(Config(n_layer=2, block_size=20, steps=30), NAMES)
    _ = list(train(run))
    model, plain = loops.own(run.model), as_floats(run.model)
    for prompt in ("", "emmaliam", "emmaliamo", "emmaliamevangelinex"):
        ours, theirs = random.Random(5), random.Random(5)
        expected = [generate(plain, theirs, 1.5, prompt) for _ in range(150)]
        assert list(loops.samples(model, ours, 150, 1.5, prompt)) == expected
        assert ours.getstate() == theirs.getstate()
        assert len({len(name) for name in expected}) > 1


def test_the_chance_moves_on_with_each_name() -> None:
    model = loops.own(new_run(Config(), NAMES).model)
    plain = as_floats(model)
    ours, theirs = random.Random(5), random.Random(5)
    some = loops.samples(model, ours, 100, 0.5)
    for _ in range(10):
        assert next(some) == generate(plain, theirs, 0.5)
        assert ours.getstate() == theirs.getstate()
    assert list(loops.samples(model, ours, 0, 0.5)) == []


def test_what_cannot_be_drawn_is_refused_in_the_same_words() -> None:
    model = loops.own(new_run(Config(), NAMES).model)
    for temperature, prompt, kind in (
        (0.0, "", ValueError),
        (1e-320, "", DrawError),
        (0.5, "q", PromptError),
        (0.5, "emma" * 4, PromptError),
    ):
        with pytest.raises(kind) as ours:
            list(loops.samples(model, random.Random(1), 3, temperature, prompt))
        with pytest.raises(kind) as theirs:
            generate(as_floats(model), random.Random(1), temperature, prompt)
        assert str(ours.value) == str(theirs.value)


def test_an_exam_of_more_documents_than_one_call_takes() -> None:
    run = new_run(Config(n_layer=2, block_size=7), bundled_documents("elements"))
    documents = [run.model.tokenizer.encode(document) for document in run.documents]
    assert len(documents) > loops.TOGETHER
    found = loops.surprises(loops.own(run.model), documents)
    expected = model_surprises(as_floats(run.model), documents)
    assert list(map(len, found)) == list(map(len, expected))
    assert furthest(list(chain(*found)), list(chain(*expected))) < 1e-13


# Many models


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("batch_size", [1, 4])
def test_a_crowd_is_made_of_single_runs(precision: str, batch_size: int) -> None:
    config = Config(n_layer=2, n_embd=6, n_head=2, block_size=8, steps=12, batch_size=batch_size)
    exam = ["maximilian", "oma", "vivian"]
    crowd = train_crowd(config, NAMES, [3, 11], exam, precision=precision)
    for row, seed in enumerate(crowd.seeds):
        run = new_run(replace(config, seed=seed), NAMES)
        adopt(run, find_engine("numba", precision))
        _ = list(train(run))
        assert isinstance(run.model, loops.CompiledModel)
        assert run.losses == crowd.losses[row].tolist()
        assert np.array_equal(run.model.flat, crowd.parameters[row])
        asked = [run.model.tokenizer.encode(document) for document in exam]
        surprises = loops.surprises(run.model, asked)
        assert furthest([sum(one) for one in surprises], crowd.exam[row]) < 1e-5
        assert crowd.exam_tokens == sum(map(len, surprises))
        assert crowd.held_out[row] == pytest.approx(sum(map(sum, surprises)) / crowd.exam_tokens)


def test_a_crowd_begins_as_the_book_does() -> None:
    for config in (Config(seed=5), Config(seed=6, hold_out=0.3, n_layer=2)):
        run = new_run(config, NAMES)
        numbers = parameters_of(as_floats(run.model))
        assert beginning(config, NAMES, run.model.tokenizer.vocab_size) == (run.documents, numbers)


# Altered copies, and what is kept


RESIDUAL = "        linear_into(report, matrices.wo, page.heads)\n        add_into(cover.x, report)"
BACK = "    rmsnorm_back(slope.report, page.normed1, page.scale1)\n    add_into(slope.x, slope.report)"
NO_RESIDUAL = [
    Edit("engines.loops_forward", RESIDUAL, RESIDUAL.replace("add_into", "copy_into")),
    Edit("engines.loops_backward", BACK, BACK.replace("add_into", "copy_into")),
    Edit("engines.loops_backward", "import add_into,", "import add_into, copy_into,"),
]


@pytest.mark.slow
def test_an_altered_copy_is_compiled_anew_and_keeps_nothing() -> None:
    chapter = Edit(
        "model",
        'x = add(attention(rmsnorm(x), cache, **matrices["attn"]), x)',
        'x = attention(rmsnorm(x), cache, **matrices["attn"])',
    )
    package = altered(chapter, *NO_RESIDUAL)
    engines, config = package.engines, package.Config(n_layer=2, n_embd=6, n_head=2)
    model = package.training.new_run(config, NAMES).model
    batch = [model.tokenizer.encode(document) for document in NAMES]
    loss, slopes = engines.loops.gradient(engines.loops.own(model), batch)
    altered_loss, altered_slopes = engines.values.gradient(model, batch)
    assert loss == pytest.approx(altered_loss, rel=1e-12)
    assert furthest(slopes, altered_slopes) < 1e-12
    true_model = new_run(Config(n_layer=2, n_embd=6, n_head=2), NAMES).model
    true_loss, true_slopes = loops.gradient(loops.own(true_model), batch)
    assert furthest(true_slopes, true_gradient(true_model, batch)[1]) < 1e-12
    assert abs(true_loss - loss) > 1e-6


def first_step(folder: Path | str) -> str:
    code = (
        "from microgpt import Config, new_run, train; from microgpt.engines import engine, loops_step\n"
        "run = new_run(Config(n_embd=4), ['ava']); engine.adopt(run, engine.find_engine('numba'))\n"
        "next(train(run)); print(sum(loops_step.compiled_step.stats.cache_hits.values()))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, env={"NUMBA_CACHE_DIR": str(folder)}, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.mark.slow
def test_what_was_compiled_is_kept(tmp_path: Path) -> None:
    assert [first_step(tmp_path), first_step(tmp_path)] == ["0", "1"]
