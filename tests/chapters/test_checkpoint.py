"""A run in a file: the same bits again, killed at any moment, and no damaged file taken for a good one."""

import copy
import json
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microgpt import Config, Source, load_checkpoint, new_run, resume, save_checkpoint, train
from microgpt import checkpoint as chapter
from microgpt.checkpoint import Checkpoint, CheckpointError
from microgpt.model import parameters_of
from microgpt.sampling import DrawError, generate
from microgpt.terminal.runs import RunFile, newest_first, saving
from microgpt.training import Run, train_step
from tests.chapters.test_identity import random_case

NAMES = ["anna", "bob", "carlotta", "dee", "eve", "fritz", "gudrun", "hal", "ida", "jo", "bob"]
SOURCE = Source.of("names of friends", NAMES)
SMALL = Config(n_embd=4, n_head=2, block_size=6, steps=40)


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


def test_a_generator_with_half_a_pair_of_normal_numbers_comes_back(tmp_path: Path) -> None:
    """`gauss` makes two numbers at a time and keeps one: an odd number of parameters leaves it."""
    run = new_run(Config(n_embd=1, n_head=1, block_size=2, steps=2), NAMES)
    run.rng.random()
    run.rng.gauss()
    assert run.rng.getstate()[2] is not None
    save_checkpoint(run, SOURCE, tmp_path / "run.json")
    again = resume(load_checkpoint(tmp_path / "run.json"), NAMES)
    assert again.rng.getstate() == run.rng.getstate()


def test_floats_of_every_size_survive(tmp_path: Path) -> None:
    run = new_run(SMALL, NAMES)
    extremes = [5e-324, -5e-324, -0.0, 1.7976931348623157e308, 0.1 + 0.2, 1e22, 2.0**-1022, 1 / 3]
    for parameter, number in zip(parameters_of(run.model), extremes, strict=False):
        parameter.data = number
    save_checkpoint(run, SOURCE, tmp_path / "run.json")
    loaded = parameters_of(load_checkpoint(tmp_path / "run.json").model)
    assert [number.hex() for number in loaded[: len(extremes)]] == [number.hex() for number in extremes]


def saved(path: Path, steps: int = 7, config: Config = SMALL) -> Run:
    run = new_run(config, NAMES)
    for _ in range(steps):
        train_step(run)
    save_checkpoint(run, SOURCE, path)
    return run


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
        save_checkpoint(resume(load_checkpoint(path), NAMES), SOURCE, path)
        round_trips.append(time.perf_counter() - began)
    steps, torn, kills = set(), 0, 0
    while kills < 200 or (torn <= 5 and kills < 1000):
        kills += 1
        child = os.fork()
        if child == 0:  # pragma: no cover
            while True:
                run = resume(load_checkpoint(path), NAMES)
                if len(run.losses) == run.config.steps:
                    run = new_run(SMALL, NAMES)
                for _ in range(3):
                    train_step(run)
                    save_checkpoint(run, SOURCE, path)
        time.sleep(rng.uniform(1, 4) * min(round_trips))  # a slow machine is given more
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        torn += len(list(tmp_path.glob("*.part")))
        run = resume(load_checkpoint(path), NAMES)
        steps.add(len(run.losses))
        straight = new_run(SMALL, NAMES)
        _ = list(islice(train(straight), len(run.losses)))
        assert everything(run) == everything(straight)
        for part in tmp_path.glob("*.part"):
            part.unlink()
    assert len(steps) > 5, "the kills came at too few different moments to prove anything"
    assert torn > 5, "no kill came in the middle of writing"


def content_of(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def write(path: Path, content: Any) -> None:
    """Write a content with the checksum that it should have, so that only the other checks can refuse it."""
    if isinstance(content, dict) and "sha256" in content:
        content = {**content, "sha256": chapter._checksum(content)}
    path.write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("good") / "run.json"
    saved(path)
    return path.read_bytes()


def same(one: Checkpoint, other: Checkpoint) -> bool:
    return repr(one) == repr(other)


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


def places(content: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List the way to every entry of a content."""
    found = [way] if way else []
    keys = (
        list(content)
        if isinstance(content, dict)
        else range(len(content))
        if isinstance(content, list)
        else ()
    )
    for key in keys:
        found += places(content[key], (*way, key))
    return found


VALUES: list[Any] = [
    *[None, True, False, 0, 1, -1, 7, 2**70, 10**400, 0.5, -0.5, 1e308, "", "a", "\ud800", [], {}],
    *[[[]], [0.5], {"a": 1}, [1, 2], "0" * 64],
]


def mutate(content: Any, way: tuple[Any, ...], rng: random.Random) -> None:
    """Replace, remove, double or add an entry."""
    for step in way[:-1]:
        content = content[step]
    key, kind = way[-1], rng.choice(["replace", "replace", "replace", "remove", "double", "swap"])
    if kind == "replace":
        content[key] = copy.deepcopy(rng.choice(VALUES))
    elif kind == "remove":
        del content[key]
    elif isinstance(content, list):
        content.append(copy.deepcopy(content[key]))
    elif kind == "double":
        content[f"{key}2"] = copy.deepcopy(content[key])
    else:
        other = rng.choice(list(content))
        content[key], content[other] = content[other], content[key]


@pytest.mark.parametrize("seed", range(20))
def test_no_content_of_the_wrong_form_is_a_checkpoint(seed: int, good: bytes, tmp_path: Path) -> None:
    """With a checksum that fits, a changed content is refused, or gives a model that works."""
    path, rng = tmp_path / "changed.json", random.Random(seed)
    original = json.loads(good)
    ways = places(original)
    shallow = [way for way in ways if len(way) < 4]
    for _ in range(150):
        content = copy.deepcopy(original)
        mutate(content, rng.choice(rng.choice([ways, shallow])), rng)
        write(path, content)
        try:
            checkpoint = load_checkpoint(path)
            run = resume(checkpoint, NAMES)
            generate(checkpoint.model, run.rng)
        except (CheckpointError, DrawError) as error:
            message = str(error)
        else:
            message = ""
            assert len(run.losses) == len(checkpoint.losses) <= run.config.steps
            assert {type(number) for number in parameters_of(checkpoint.model)} == {float}
        assert "\n" not in message


def change(*way: Any, to: Any) -> Callable[[dict[str, Any]], None]:
    def apply(content: dict[str, Any]) -> None:
        entry = content
        for step in way[:-1]:
            entry = entry[step]
        entry[way[-1]] = to

    return apply


@pytest.mark.parametrize(
    ("apply", "words"),
    [
        (change("version", to=2), "its format 2 needs a newer microgpt; this one knows 1"),
        (change("version", to=0), "it has no version that this microgpt knows"),
        (change("format", to="gpt"), "it is no checkpoint of microgpt"),
        (change("extra", to=1), "parts of it are missing or unknown"),
        (
            change("parameters", "wte", "shape", to=[2, 2]),
            "its matrices have other shapes than its config says",
        ),
        (
            change("parameters", "wte", "values", to=[[0.5]]),
            "its content/parameters/wte/values is no matrix of 19 by 4",
        ),
        (
            change("parameters", "wpe", "values", 0, to=[0.5]),
            "its content/parameters/wpe/values is no matrix of 6 by 4",
        ),
        (
            change("parameters", "wpe", "values", 0, 1, to="0.5"),
            "its content/parameters/wpe/values is no finite number",
        ),
        (change("adam", "v", "wte", 0, 0, to=-1.0), "Adam's v has a negative square"),
        (change("adam", "m", to={}), "its content/adam/m has other parts than ours"),
        (change("losses", to=[]), "its losses are not one for each step"),
        (change("step", to=8), "its losses are not one for each step"),
        (change("config", "n_head", to=3), "n_embd = 4 cannot be cut into n_head = 3 equal heads"),
        (change("config", "n_layer", to=10**12), "its matrices are not those of 1000000000000 layers"),
        (change("config", "dropout", to=0.1), "its config has other parts than ours"),
        (change("alphabet", to="aa"), "has a character twice"),
        (change("random", "words", to=[0] * 625), "the random generator cannot be in the state it gives"),
        (change("random", "words", 624, to=700), "the random generator cannot be in the state it gives"),
        (change("data", to={}), "its content/data has other parts than ours"),
    ],
)
def test_each_kind_of_wrong_content_is_named(
    apply: Callable[[dict[str, Any]], None], words: str, good: bytes, tmp_path: Path
) -> None:
    content = json.loads(good)
    apply(content)
    write(tmp_path / "wrong.json", content)
    with pytest.raises(CheckpointError) as refused:
        load_checkpoint(tmp_path / "wrong.json")
    assert words in str(refused.value)
    assert str(tmp_path / "wrong.json") in str(refused.value)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda good: good[: len(good) // 2], "it is not JSON, or not all of it is there"),
        (lambda good: b"", "it is not JSON, or not all of it is there"),
        (lambda good: b"\xff" + good, "it is not JSON, or not all of it is there"),
        (lambda good: b"[" * 100_000, "it is not JSON, or not all of it is there"),
        (lambda good: b"[1, 2]", "it is no checkpoint of microgpt"),
        (lambda good: good.replace(b'"step": 7', b'"step": NaN'), "it has a NaN in place of a number"),
        (lambda good: good.replace(b"[0.0", b"[1e999", 1), "values is no finite number"),
        (lambda good: good.replace(b"friends", b"enemies"), "its content does not match its checksum"),
    ],
)
def test_each_kind_of_damage_is_named(
    damage: Callable[[bytes], bytes], words: str, good: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "damaged.json"
    run = new_run(SMALL, NAMES)  # Adam's averages are 0.0 before the first step
    if words.startswith("values"):
        save_checkpoint(run, SOURCE, path)
        good = path.read_bytes()
    path.write_bytes(damage(good))
    with pytest.raises(CheckpointError, match="use another one") as refused:
        load_checkpoint(path)
    assert words in str(refused.value)


def test_another_layout_is_the_same_checkpoint(good: bytes, tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_bytes(good)
    original = load_checkpoint(path)
    path.write_text(json.dumps(json.loads(good), indent=4, sort_keys=True), encoding="utf-8")
    assert same(load_checkpoint(path), original)


def test_other_data_are_refused(tmp_path: Path) -> None:
    saved(tmp_path / "run.json")
    checkpoint = load_checkpoint(tmp_path / "run.json")
    for documents in (NAMES[1:], [*NAMES[:-1], "bab"], NAMES[::-1]):
        with pytest.raises(CheckpointError, match="the run learned from other data: 11 documents"):
            resume(checkpoint, documents)


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


def test_saving_writes_at_the_start_every_so_many_steps_and_at_the_end(tmp_path: Path) -> None:
    run, path, found = (
        new_run(Config(n_embd=1, n_head=1, steps=7, save_every=3), NAMES),
        tmp_path / "r.json",
        [],
    )
    for _ in saving(train(run), run, RunFile(path, SOURCE)):
        found.append(len(load_checkpoint(path).losses))
    assert found == [0, 0, 3, 3, 3, 6, 7]


def test_what_a_killed_run_has_left_is_swept_up(tmp_path: Path) -> None:
    run, path = new_run(SMALL, NAMES), tmp_path / "run.json"
    old, young, other, notes = (
        tmp_path / name
        for name in ("run.json.1.part", "run.json.2.part", "x.json.1.part", "run.json.notes.part")
    )
    for part in (old, young, other, notes):
        part.touch()
    for part in (old, other, notes):
        os.utime(part, (1000, 1000))
    next(saving(train(run), run, RunFile(path, SOURCE)))
    assert sorted(tmp_path.iterdir()) == sorted([path, young, other, notes])


def test_another_run_in_the_way_gets_another_name(tmp_path: Path) -> None:
    path, other = tmp_path / "run.json", new_run(replace(SMALL, seed=7), NAMES)
    for steps, kept in (
        (7, "run-at-step7"),
        (7, "run-at-step7-2"),
        (SMALL.steps, f"run-at-step{SMALL.steps}"),
    ):
        saved(path, steps=steps)
        file = RunFile.claim(path, other, SOURCE)
        assert (file.path, file.steps) == (path, 0)
        assert f"had another run, step {steps} of 40, which is now {tmp_path / kept}.json" in file.note
        assert ("--resume" in file.note) == (steps < SMALL.steps)
        assert len(load_checkpoint(tmp_path / f"{kept}.json").losses) == steps
        assert not path.exists()


def test_the_same_run_further_along_is_not_replaced_by_fewer_steps(tmp_path: Path) -> None:
    path, again = tmp_path / "run.json", new_run(SMALL, NAMES)
    saved(path)
    before = path.read_bytes()
    file = RunFile.claim(path, again, SOURCE)
    assert "has this very run at step 7 of 40; to go on with it: python -m microgpt --resume" in file.note
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
    first, second = new_run(SMALL, NAMES), new_run(replace(SMALL, seed=7), NAMES)
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


def test_a_file_of_somebody_else_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "notes.json"
    path.write_text("my notes", encoding="utf-8")
    with pytest.raises(CheckpointError, match="is in the way and no checkpoint that could be replaced"):
        RunFile.claim(path, new_run(SMALL, NAMES), SOURCE)
    assert path.read_text(encoding="utf-8") == "my notes"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_no_checkpoint(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(CheckpointError, match="it is no file"):
        load_checkpoint(tmp_path / "pipe.json")
    assert newest_first(str(tmp_path)) == []


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    saved(tmp_path / "run.json")
    (tmp_path / "link.json").symlink_to(tmp_path / "run.json")
    saved(tmp_path / "link.json", steps=9)
    assert (tmp_path / "link.json").is_symlink()
    assert len(load_checkpoint(tmp_path / "run.json").losses) == 9


def test_numbers_that_are_not_finite_are_not_written(tmp_path: Path) -> None:
    run = new_run(replace(SMALL, init_std=1e308), NAMES)
    with pytest.raises(
        CheckpointError, match="it has numbers that are not finite; choose a smaller init_std"
    ):
        save_checkpoint(run, SOURCE, tmp_path / "run.json")
    assert list(tmp_path.iterdir()) == []


def test_the_newest_file_comes_first(tmp_path: Path) -> None:
    for age, name in enumerate(["c", "a", "b"]):
        saved(tmp_path / f"{name}.json")
        os.utime(tmp_path / f"{name}.json", (1000 - age, 1000 - age))
    assert [path.stem for path in newest_first(str(tmp_path))] == ["c", "a", "b"]
