"""Watching changes nothing, hears everything, and leaves nothing behind."""

import inspect
from importlib import import_module
from typing import Any

import pytest

from microgpt import Config, as_floats, generate, new_run, train
from microgpt.adam import Adam
from microgpt.contents import CHAPTERS
from microgpt.graphs import gradient_sizes, graph_size
from microgpt.model import forward, new_caches, parameters_of
from microgpt.recorder import Recorder
from microgpt.stages import Call, Event, calls, listening, stage
from microgpt.training import train_step
from tests.support.cases import FRIENDS, ODD, recorded


@stage
def doubled(numbers: list[float], times: int = 1) -> list[float]:
    """Double it."""
    return doubled([2 * number for number in numbers], times - 1) if times else numbers


def assert_nobody_listens() -> None:
    """With nobody to tell, no event is made."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("an event for nobody")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("microgpt.stages.Event", refuse)
        doubled([1.0])
        with pytest.raises(AssertionError, match="an event for nobody"), listening(lambda event: None):
            doubled([1.0])


# Nothing is changed


@pytest.mark.slow
@pytest.mark.parametrize("config", [ODD, Config(steps=3, n_embd=8, n_head=2)])
def test_watched_and_unwatched_runs_are_the_same_to_the_bit(config: Config) -> None:
    silent, watched = new_run(config, FRIENDS), new_run(config, FRIENDS)
    _ = list(train(silent))
    recorded(watched)
    for one, other in zip(parameters_of(silent.model), parameters_of(watched.model), strict=True):
        assert (one.data.hex(), one.grad.hex()) == (other.data.hex(), other.grad.hex())
    assert silent.losses == watched.losses
    assert silent.optimizer == watched.optimizer
    plain = as_floats(watched.model)
    with listening(Recorder(plain)):
        with_listener = [generate(plain, watched.rng) for _ in range(5)]
    assert [generate(plain, silent.rng) for _ in range(5)] == with_listener
    assert silent.rng.getstate() == watched.rng.getstate()


def test_a_stage_to_which_nobody_listens_is_the_function_itself() -> None:
    """The very objects go in and come out, and no event is made."""
    numbers = [1.0]
    assert doubled(numbers, 0) is numbers
    assert_nobody_listens()


def test_a_stage_to_which_somebody_listens_takes_and_gives_the_very_objects() -> None:
    numbers, events = [1.0], list[Event]()
    with listening(events.append):
        assert doubled(numbers, times=0) is numbers
    (event,) = events
    assert (event.stage, event.path) == ("doubled", ())
    assert list(event.inputs) == ["numbers", "times"]
    assert event.inputs["numbers"] is event.output is numbers


def test_a_stage_keeps_the_name_the_signature_and_the_text_of_its_function() -> None:
    assert (doubled.__name__, doubled.__doc__) == ("doubled", "Double it.")
    assert str(inspect.signature(doubled)) == "(numbers: list[float], times: int = 1) -> list[float]"


# Who hears what


def test_a_listener_that_raises_leaves_nothing_behind() -> None:
    def broken(event: Event) -> None:
        if event.stage == "attention_head":
            raise RuntimeError("a broken listener")

    run = new_run(ODD, FRIENDS)
    with pytest.raises(RuntimeError, match="a broken listener"), listening(broken):
        next(train(run))
    assert_nobody_listens()
    assert run.losses == []
    untouched, paths = new_run(ODD, FRIENDS), list[tuple[str, ...]]()
    with listening(lambda event: paths.append((*event.path, event.stage))):
        losses = [step.loss for step in train(run)]
    assert {path[0] for path in paths} == {"train_step"}
    assert losses == [step.loss for step in train(untouched)]


def test_listeners_can_be_nested_and_each_hears_everything() -> None:
    outer: list[str] = []
    inner: list[str] = []
    run = new_run(ODD, FRIENDS)
    steps = train(run)
    with listening(lambda event: outer.append(event.stage)):
        with listening(lambda event: inner.append(event.stage)):
            next(steps)
        heard = len(outer)
        assert outer == inner
        next(steps)
    assert len(outer) > heard == len(inner)


class Agreeable:
    """A listener that is equal to every other."""

    def __init__(self) -> None:
        self.heard = 0

    def __call__(self, event: Event) -> None:
        self.heard += 1

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = object.__hash__


def test_the_right_one_of_two_equal_listeners_leaves() -> None:
    run, first, second = new_run(ODD, FRIENDS), Agreeable(), Agreeable()
    with listening(first):
        with listening(second):
            pass
        next(train(run))
    assert first.heard > 100
    assert second.heard == 0
    assert_nobody_listens()


def test_listeners_that_overlap_leave_in_any_order() -> None:
    first, second = Agreeable(), Agreeable()
    one, other = listening(first), listening(second)
    one.__enter__()
    other.__enter__()
    one.__exit__(None, None, None)
    doubled([1.0], times=0)
    other.__exit__(None, None, None)
    assert (first.heard, second.heard) == (0, 1)
    assert_nobody_listens()


def test_an_event_with_graph_and_gradients_comes_before_the_update() -> None:
    run = new_run(ODD, FRIENDS)
    before = [parameter.data for parameter in parameters_of(run.model)]
    looked = []

    def look(event: Event) -> None:
        if event.stage == "backward":
            assert [parameter.data for parameter in parameters_of(run.model)] == before
            assert graph_size(event.inputs["loss"]).nodes > len(before)
            assert any(parameter.grad for parameter in event.inputs["parameters"])
            looked.append(event.path)
        if event.stage == "update":
            assert looked

    with listening(look):
        next(train(run))
    assert looked == [("train_step",)]
    assert gradient_sizes(run.model)["wte"].nonzero > 0


def test_a_listener_between_the_steps_sees_the_gradients() -> None:
    run = new_run(Config(n_embd=8, n_head=2, steps=2), FRIENDS)
    for _ in train(run):
        assert max(abs(parameter.grad) for parameter in parameters_of(run.model)) > 1e-4


def test_the_stages_are_the_functions_of_the_chapters() -> None:
    events: list[Event] = []
    with listening(events.append):
        next(train(new_run(ODD, FRIENDS)))
    modules = [
        import_module(f"microgpt.{chapter.module}") for chapter in CHAPTERS if "." not in chapter.module
    ]
    for name in {event.stage for event in events}:
        owners: list[Any] = [Adam] if name == "update" else modules
        functions = {vars(owner)[name] for owner in owners if name in vars(owner)}
        assert len(functions) == 1, name
        (function,) = functions
        assert function.__module__ in {module.__name__ for module in modules}


# Which call made which


def flat(call: Call) -> list[Event]:
    """List the events of a call and of all calls inside, in the order in which they were done."""
    return [*(event for inner in call.calls for event in flat(inner)), call.event]


def assert_the_paths_say_so(call: Call) -> None:
    for inner in call.calls:
        assert inner.event.path == (*call.event.path, call.event.stage)
        assert_the_paths_say_so(inner)


def test_calls_are_the_tree_that_the_paths_of_the_events_say() -> None:
    """The order in which calls are done, and how deep each is, leave only one tree."""
    events, heard, run = list[Event](), list[Call](), new_run(ODD, FRIENDS)
    with listening(events.append), listening(calls(heard.append)):
        _ = list(train(run))
        forward(run.model, 0, 0, new_caches(ODD))
    assert [call.event.path for call in heard] == [event.path for event in events]
    outermost = [call for call in heard if not call.event.path]
    assert [call.event.stage for call in outermost] == ["train_step"] * ODD.steps + ["forward"]
    for call in outermost:
        assert_the_paths_say_so(call)
    assert [id(event.output) for call in outermost for event in flat(call)] == [id(e.output) for e in events]
    step = outermost[0]
    assert [call.event.stage for call in step.calls] == ["document_loss", "backward", "update"]
    positions = step.one("document_loss").all("forward")
    assert len(positions) == min(len(run.documents[0]) + 1, ODD.block_size)
    assert [len(position.all("block")) for position in positions] == [ODD.n_layer] * len(positions)


def test_one_call_is_asked_for_only_where_there_is_one() -> None:
    heard: list[Call] = []
    with listening(calls(heard.append)):
        train_step(new_run(ODD, FRIENDS))
    step = heard[-1]
    for stage_name in ("update", "backward"):
        assert step.one(stage_name).event.stage == stage_name
    loss = step.one("document_loss")
    for stage_name in ("forward", "nobody"):
        with pytest.raises(ValueError, match="values to unpack"):
            loss.one(stage_name)


def test_a_stage_that_failed_leaves_no_calls_to_the_next_one() -> None:
    @stage
    def half(x: float) -> float:
        return x / 2

    @stage
    def checked(x: float) -> float:
        if half(x) < 1:
            raise ValueError("too small")
        return half(x)

    heard: list[Call] = []
    with listening(calls(heard.append)):
        with pytest.raises(ValueError, match="too small"):
            checked(1.0)
        checked(4.0)
    (whole,) = [call for call in heard if call.event.stage == "checked"]
    assert [inner.event.output for inner in whole.calls] == [2.0, 2.0]
    assert {inner.event.caller for inner in whole.calls} == {whole.event.number}
    assert whole.event.caller is None
