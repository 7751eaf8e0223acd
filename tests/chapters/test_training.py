"""A run's beginning, and a step taken apart and put together again."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from microgpt import Config, as_floats, new_run, train
from microgpt.autograd import Value
from microgpt.config import ConfigError
from microgpt.model import as_values, parameters_of
from microgpt.training import Run, Step, learn, next_task, train_step
from tests.support.cases import FRIENDS, ODD, begun


def numbers_of(run: Run) -> dict[str, Any]:
    """Take down all numbers of a run, the slopes included, so that every bit can be compared."""
    parameters = parameters_of(run.model)
    return {
        "data": [parameter.data.hex() for parameter in parameters],
        "slopes": [parameter.grad.hex() for parameter in parameters],
        "losses": [loss.hex() for loss in run.losses],
        "adam": run.optimizer,
        "generator": run.rng.getstate(),
    }


def a_generator() -> Iterator[str]:
    yield from FRIENDS * 1000


@pytest.mark.parametrize(
    ("documents", "given"),
    [
        (a_generator(), "a generator was given"),
        (iter(FRIENDS), "a list_iterator was given"),
        ({f"friend {number}" for number in range(5000)}, "a set was given"),
        (dict.fromkeys(FRIENDS), "a dict was given"),
        ("anna\n" * 5000, "a str was given"),
        ("", "an empty str was given"),
        ((), "an empty tuple was given"),
        (None, "a NoneType was given"),
        ([], "an empty list was given"),
    ],
)
def test_what_is_no_list_of_documents_is_refused_and_not_repeated_in_full(documents: Any, given: str) -> None:
    with pytest.raises(ValueError, match=f"^a list of at least one document .* but {given}$") as refused:
        new_run(Config(), documents)
    assert len(str(refused.value)) < 120


def test_a_generator_that_is_refused_is_still_whole() -> None:
    documents: Any = iter(FRIENDS)
    with pytest.raises(ValueError, match="list_iterator"):
        new_run(Config(), documents)
    assert list(documents) == FRIENDS


def test_a_tuple_of_documents_will_do() -> None:
    assert numbers_of(new_run(ODD, tuple(FRIENDS))) == numbers_of(new_run(ODD, FRIENDS))


def test_a_share_that_leaves_nothing_to_learn_from_is_a_dial_set_wrong() -> None:
    with pytest.raises(ConfigError, match=r"^hold_out = 0\.9 would set aside all 2 distinct documents"):
        new_run(Config(hold_out=0.9), ["ava", "mia"])


def test_a_step_is_its_task_learned() -> None:
    whole, parts = begun(0, ODD), begun(0, ODD)
    for step in train(whole):
        task = next_task(parts)
        loss = learn(parts.model, parts.optimizer, task.batch, task.learning_rate)
        parts.losses.append(loss)
        assert step == Step(*task, loss)
        assert numbers_of(parts) == numbers_of(whole)
    assert len(whole.losses) == ODD.steps
    for run in (whole, parts):
        with pytest.raises(ValueError, match="all 4 steps are done"):
            next_task(run)


def test_choosing_a_task_changes_nothing() -> None:
    run = begun(2, ODD)
    before = numbers_of(run)
    assert next_task(run) == next_task(run)
    assert numbers_of(run) == before


def test_a_model_that_was_made_plain_and_alive_again_learns_the_same() -> None:
    straight, again = begun(2, ODD), begun(2, ODD)
    alive = as_values(as_floats(again.model))
    assert (alive.config, alive.tokenizer) == (again.model.config, again.model.tokenizer)
    assert list(alive.parameters) == list(again.model.parameters)
    for old, new in zip(parameters_of(again.model), parameters_of(alive), strict=True):
        assert type(new) is Value
        assert (new.data.hex(), new.grad, new is old) == (old.data.hex(), 0.0, False)
    again = replace(again, model=alive)
    _ = list(train(straight)), list(train(again))
    assert numbers_of(again) == numbers_of(straight)


def test_a_step_that_goes_wrong_moves_nothing() -> None:
    run = new_run(Config(init_std=1e160, n_embd=4, n_head=2), FRIENDS)
    before = as_floats(run.model), run.optimizer.steps, list(run.optimizer.m), list(run.optimizer.v)
    with pytest.raises(ArithmeticError, match="step 1 went wrong"):
        train_step(run)
    assert before == (as_floats(run.model), run.optimizer.steps, run.optimizer.m, run.optimizer.v)
    assert run.losses == []


@pytest.mark.parametrize("odd", [b"ab", 1, None, 0])
def test_a_document_that_is_no_text_is_refused(odd: Any) -> None:
    with pytest.raises(ValueError, match=f"^each document must be a text, but {odd!r} was given$"):
        new_run(Config(), ["anna", odd])
