"""A run in a file: the same bits again, killed at any moment, and no damaged file taken for a good one."""

import hashlib
import json
import os
import random
import re
import signal
import stat
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microgpt import (
    Config,
    Source,
    as_floats,
    generate,
    load_checkpoint,
    new_run,
    resume,
    save_checkpoint,
    train,
)
from microgpt.checkpoint import Checkpoint, CheckpointError
from microgpt.model import parameters_of
from microgpt.stages import Event, listening
from microgpt.training import Run, train_step
from tests.support.cases import FRIENDS, SMALL, SOURCE, begun, random_case, saved


def everything(run: Run) -> dict[str, Any]:
    """Take down all of a run that must come out the same, and what comes out of it."""
    return {
        "parameters": [parameter.data.hex() for parameter in parameters_of(run.model)],
        "losses": [loss.hex() for loss in run.losses],
        "adam": run.optimizer,
        "documents": (run.documents, run.held_out),
        "config": run.config,
        "samples": [generate(run.model, run.rng) for _ in range(3)],
        "generator": run.rng.getstate(),
    }


# The same bits again


@pytest.mark.slow
def test_resumed_at_random_points_equals_uninterrupted_to_the_bit(tmp_path: Path) -> None:
    for number in range(25):
        documents, dials = random_case(number)
        rng = random.Random(number)
        config = Config(**dials, hold_out=rng.choice([0.0, 0.3]) if len(set(documents)) > 3 else 0.0)
        source, path = Source.of("made up", documents), tmp_path / "run.json"
        straight = new_run(config, documents)
        _ = list(train(straight))
        interrupted = new_run(config, documents)
        while len(interrupted.losses) < config.steps:
            _ = list(islice(train(interrupted), rng.randint(0, 3)))
            save_checkpoint(interrupted, source, path)
            interrupted = resume(load_checkpoint(path), documents)
        assert everything(interrupted) == everything(straight)


def test_a_resumed_run_ends_like_an_uninterrupted_one(tmp_path: Path) -> None:
    config = replace(SMALL, steps=10, hold_out=0.3)
    straight, interrupted = new_run(config, FRIENDS), begun(4, config)
    save_checkpoint(interrupted, SOURCE, tmp_path / "run.json")
    resumed = resume(load_checkpoint(tmp_path / "run.json"), FRIENDS)
    for run in (straight, resumed):
        _ = list(train(run))
    assert everything(resumed) == everything(straight)


def test_a_generator_with_half_a_pair_of_normal_numbers_comes_back(tmp_path: Path) -> None:
    """`gauss` makes two numbers at a time and keeps one: an odd number of parameters leaves it."""
    run = new_run(Config(n_embd=1, n_head=1, block_size=2, steps=2), FRIENDS)
    run.rng.random()
    run.rng.gauss()
    assert run.rng.getstate()[2] is not None
    save_checkpoint(run, SOURCE, tmp_path / "run.json")
    again = resume(load_checkpoint(tmp_path / "run.json"), FRIENDS)
    assert again.rng.getstate() == run.rng.getstate()


def test_floats_of_every_size_survive(tmp_path: Path) -> None:
    run = new_run(SMALL, FRIENDS)
    extremes = [5e-324, -5e-324, -0.0, 1.7976931348623157e308, 0.1 + 0.2, 1e22, 2.0**-1022, 1 / 3]
    for parameter, number in zip(parameters_of(run.model), extremes, strict=False):
        parameter.data = number
    save_checkpoint(run, SOURCE, tmp_path / "run.json")
    loaded = parameters_of(load_checkpoint(tmp_path / "run.json").model)
    assert [number.hex() for number in loaded[: len(extremes)]] == [number.hex() for number in extremes]


def test_a_parameter_set_to_a_whole_number_comes_back_as_a_float(tmp_path: Path) -> None:
    run = begun(2)
    parameters_of(run.model)[5].data = 3
    save_checkpoint(run, SOURCE, tmp_path / "run.json")
    loaded = load_checkpoint(tmp_path / "run.json")
    assert repr(parameters_of(loaded.model)[5]) == "3.0"
    assert loaded.model == as_floats(run.model)


def test_a_run_whose_model_is_of_plain_floats_can_be_saved(tmp_path: Path) -> None:
    run = begun(2)
    model: Any = as_floats(run.model)
    plain = replace(run, model=model)
    save_checkpoint(run, SOURCE, tmp_path / "values.json")
    save_checkpoint(plain, SOURCE, tmp_path / "floats.json")
    assert (tmp_path / "floats.json").read_bytes() == (tmp_path / "values.json").read_bytes()


# Killed or interrupted at any moment


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that can be forked and killed")
@pytest.mark.filterwarnings(
    "ignore:This process:DeprecationWarning"
)  # of threads that the child does not use
def test_two_hundred_kills_lose_no_run(tmp_path: Path) -> None:
    """A child saves as often as it can and is killed at a random moment; its file must be whole."""
    path, rng = tmp_path / "run.json", random.Random(0)
    saved(path, steps=0)
    round_trips = []
    for _ in range(5):
        began = time.perf_counter()
        save_checkpoint(resume(load_checkpoint(path), FRIENDS), SOURCE, path)
        round_trips.append(time.perf_counter() - began)
    steps: set[int] = set()
    torn = kills = 0
    while kills < 200 or (min(len(steps), torn) <= 5 and kills < 1000):
        kills += 1
        saves, save = os.pipe()
        child = os.fork()
        if child == 0:  # pragma: no cover
            while True:
                run = resume(load_checkpoint(path), FRIENDS)
                if len(run.losses) == run.config.steps:
                    run = new_run(SMALL, FRIENDS)
                for _ in islice(train(run), 3):
                    os.write(save, b".")
                    save_checkpoint(run, SOURCE, path)
        os.close(save)
        for _ in range(rng.randint(1, 3)):
            assert os.read(saves, 1)  # on a busy machine a child may be long in coming
        time.sleep(rng.uniform(0, 1) * min(round_trips))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(saves)
        torn += len(list(tmp_path.glob("*.part")))
        run = resume(load_checkpoint(path), FRIENDS)
        steps.add(len(run.losses))
        straight = new_run(SMALL, FRIENDS)
        _ = list(islice(train(straight), len(run.losses)))
        assert everything(run) == everything(straight)
        for part in tmp_path.glob("*.part"):
            part.unlink()
    assert len(steps) > 5, "the kills came at too few different moments to prove anything"
    assert torn > 5, "no kill came in the middle of writing"


class Interrupted(list[float]):
    """Averages during whose update somebody presses Ctrl-C."""

    def __setitem__(self, place: Any, number: Any) -> None:
        if place == 100:
            raise KeyboardInterrupt
        super().__setitem__(place, number)


def interrupt_while_updating(run: Run) -> None:
    run.optimizer.v = Interrupted(run.optimizer.v)
    train_step(run)


def interrupt_after_updating(run: Run) -> None:
    def press(event: Event) -> None:
        if event.stage == "update":
            raise KeyboardInterrupt

    with listening(press):
        train_step(run)


def interrupt_before_updating(run: Run) -> None:
    def press(event: Event) -> None:
        if event.stage == "backward":
            raise KeyboardInterrupt

    with listening(press):
        train_step(run)


@pytest.mark.parametrize("interrupt", [interrupt_while_updating, interrupt_after_updating])
def test_a_step_half_done_is_not_written(interrupt: Callable[[Run], None], tmp_path: Path) -> None:
    """The parameters have moved and the loss is not there: going on from it would be another run."""
    run, path = saved(tmp_path / "run.json", steps=2), tmp_path / "run.json"
    before, parameters = path.read_bytes(), as_floats(run.model)
    with pytest.raises(KeyboardInterrupt):
        interrupt(run)
    assert as_floats(run.model) != parameters
    with pytest.raises(CheckpointError, match="in the middle of step 3; go on from where it was saved"):
        save_checkpoint(run, SOURCE, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_step_interrupted_before_anything_has_moved_can_be_done_again(tmp_path: Path) -> None:
    run, straight = begun(2), begun(3)
    with pytest.raises(KeyboardInterrupt):
        interrupt_before_updating(run)
    save_checkpoint(run, SOURCE, tmp_path / "run.json")
    again = resume(load_checkpoint(tmp_path / "run.json"), FRIENDS)
    train_step(again)
    assert everything(again) == everything(straight)


def test_a_save_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.json"
    run = saved(path)
    before = path.read_bytes()
    train_step(run)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CheckpointError, match="No space left on device; choose another place"):
        save_checkpoint(run, SOURCE, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_numbers_that_are_not_finite_are_not_written(tmp_path: Path) -> None:
    run = new_run(replace(SMALL, init_std=1e308), FRIENDS)
    with pytest.raises(
        CheckpointError, match="it has numbers that are not finite; choose a smaller init_std"
    ):
        save_checkpoint(run, SOURCE, tmp_path / "run.json")
    assert list(tmp_path.iterdir()) == []


# What a file is to the system


@pytest.mark.skipif(os.name == "nt", reason="needs permissions as POSIX has them")
def test_a_file_that_only_its_owner_may_read_stays_so(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    saved(path)
    path.chmod(0o600)
    saved(path, steps=9)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(load_checkpoint(path).losses) == 9


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    saved(tmp_path / "run.json")
    (tmp_path / "link.json").symlink_to(tmp_path / "run.json")
    saved(tmp_path / "link.json", steps=9)
    assert (tmp_path / "link.json").is_symlink()
    assert len(load_checkpoint(tmp_path / "run.json").losses) == 9


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_no_checkpoint(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(CheckpointError, match="it is no file"):
        load_checkpoint(tmp_path / "pipe.json")


# Damaged files


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("good") / "run.json"
    saved(path)
    return path.read_bytes()


def same(one: Checkpoint, other: Checkpoint) -> bool:
    return repr(one) == repr(other)


@pytest.mark.slow
@settings(deadline=None, max_examples=2500)
@given(st.data())
def test_no_damaged_file_is_a_checkpoint(
    tmp_path_factory: pytest.TempPathFactory, good: bytes, data: Any
) -> None:
    """Bytes changed, inserted, removed, or the end cut off: refused, or it says exactly the same."""
    place = data.draw(st.integers(0, len(good) - 1))
    length = data.draw(st.sampled_from([0, 1, 1, 1, 2, 30, len(good)]))
    tokens = st.sampled_from([b"", b" ", b"0", b"-", b"e9", b"NaN", b"1e999"])
    inserted = data.draw(st.one_of(tokens, st.binary(max_size=3)))
    damaged = good[:place] + inserted + good[place + length :]
    assert_refused_or_same(tmp_path_factory.getbasetemp() / "damaged.json", damaged, good)


def assert_refused_or_same(path: Path, damaged: bytes, good: bytes) -> None:
    path.write_bytes(good)
    original = load_checkpoint(path)
    path.write_bytes(damaged)
    try:
        loaded = load_checkpoint(path)
    except CheckpointError as error:
        message = str(error)
    else:
        message = ""
        assert same(loaded, original)
    assert "\n" not in message


def in_place_of_a_number(text: bytes) -> Callable[[bytes], bytes]:
    return lambda good: re.sub(rb"(?<=\[)-?\d\.[\de.-]+", text, good, count=1)


CHANGED = "its content does not match its checksum, so it was damaged or edited"


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda good: good[: len(good) // 2], "it is not JSON, or not all of it is there"),
        (lambda good: b"", "it is not JSON, or not all of it is there"),
        (lambda good: b"\xff" + good, "it is not JSON, or not all of it is there"),
        (lambda good: b"[" * 100_000, "it is not JSON, or not all of it is there"),
        (lambda good: b"[1, 2]", "it is no checkpoint of microgpt"),
        (lambda good: b"null", "it is no checkpoint of microgpt"),
        (lambda good: good.replace(b'"microgpt checkpoint"', b'"gpt"'), "it is no checkpoint of microgpt"),
        (lambda good: good.replace(b'"step": 7', b'"step": NaN'), CHANGED),
        *(
            (in_place_of_a_number(text), CHANGED)
            for text in (b"NaN", b"1e999", b"-Infinity", b"1" * 400, b"false", b"null", b'"0.5"', b"[0.5]")
        ),
        (lambda good: good.replace(b"friends", b"enemies"), CHANGED),
        (lambda good: good.replace(b'"step": 7', b'"extra": 1, "step": 7'), CHANGED),
        (lambda good: good.replace(b'"sha256": "', b'"sha256": "0'), CHANGED),
        (lambda good: good.replace(b'"sha256"', b'"sha257"'), CHANGED),
    ],
)
def test_each_kind_of_damage_is_named(
    damage: Callable[[bytes], bytes], words: str, good: bytes, tmp_path: Path
) -> None:
    """Also a number that is none: no check but the checksum has to find it."""
    path = tmp_path / "damaged.json"
    damaged = damage(good)
    assert damaged != good
    path.write_bytes(damaged)
    with pytest.raises(CheckpointError, match="use another one") as refused:
        load_checkpoint(path)
    assert words in str(refused.value)


def test_another_layout_is_the_same_checkpoint(good: bytes, tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_bytes(good)
    original = load_checkpoint(path)
    path.write_text(json.dumps(json.loads(good), indent=4, sort_keys=True), encoding="utf-8")
    assert same(load_checkpoint(path), original)


# Files with a fitting checksum that this program did not write


def sealed(content: dict[str, Any]) -> str:
    """Write a content as JSON with its checksum: the hash of its compact form without one."""
    compact = json.dumps({**content, "sha256": None}, sort_keys=True, separators=(",", ":"))
    return json.dumps({**content, "sha256": hashlib.sha256(compact.encode()).hexdigest()})


def test_the_checksum_is_of_the_whole_content(good: bytes) -> None:
    assert json.loads(sealed(json.loads(good))) == json.loads(good)


def put(*way: Any, value: Any) -> Callable[[dict[str, Any]], None]:
    def apply(content: dict[str, Any]) -> None:
        entry = content
        for step in way[:-1]:
            entry = entry[step]
        entry[way[-1]] = value

    return apply


def leave_out(*way: Any) -> Callable[[dict[str, Any]], None]:
    def apply(content: dict[str, Any]) -> None:
        entry = content
        for step in way[:-1]:
            entry = entry[step]
        del entry[way[-1]]

    return apply


STRANGE = "it is not what this microgpt writes"
OTHER_SHAPES = "its matrices have other shapes than its config says"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put("version", value=2), "its format 2 is another than 1, which this microgpt knows"),
        (leave_out("version"), STRANGE),
        *((leave_out(key), STRANGE) for key in ("config", "data", "alphabet", "losses", "parameters")),
        *((leave_out(key), STRANGE) for key in ("adam", "random")),
        (leave_out("adam", "v"), STRANGE),
        (leave_out("random", "words"), STRANGE),
        (leave_out("data", "sha256"), STRANGE),
        (put("parameters", value=[1, 2]), STRANGE),
        (put("parameters", "wte", "values", value=7), STRANGE),
        (put("alphabet", value=None), STRANGE),
        (put("config", "dropout", value=0.1), STRANGE),
        (put("config", "n_head", value=3), "n_embd = 4 cannot be cut into n_head = 3 equal heads"),
        (put("config", "n_layer", value="two"), "n_layer must be a whole number of at least 1"),
        (put("config", "n_layer", value=2), OTHER_SHAPES),
        (put("parameters", "wte", "values", value=[[0.5]]), OTHER_SHAPES),
        (leave_out("parameters", "wpe"), OTHER_SHAPES),
        (put("alphabet", value="ab"), OTHER_SHAPES),
        (put("alphabet", value="aa"), "has a character twice"),
    ],
)
def test_a_content_that_we_do_not_write_is_refused_in_one_line(
    change: Callable[[dict[str, Any]], None], words: str, good: bytes, tmp_path: Path
) -> None:
    content, path = json.loads(good), tmp_path / "strange.json"
    change(content)
    path.write_text(sealed(content), encoding="utf-8")
    with pytest.raises(CheckpointError) as refused:
        load_checkpoint(path)
    assert words in str(refused.value)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_other_data_are_refused(tmp_path: Path) -> None:
    saved(tmp_path / "run.json")
    checkpoint = load_checkpoint(tmp_path / "run.json")
    for documents in (FRIENDS[1:], [*FRIENDS[:-1], "bab"], FRIENDS[::-1]):
        with pytest.raises(CheckpointError, match="the run learned from other data: 11 documents"):
            resume(checkpoint, documents)
