"""Several processes train one model: the same slopes, and a sentence and a file whatever dies."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
if not torch.distributed.is_available():
    pytest.skip("this PyTorch has no processes", allow_module_level=True)

from microgpt.checkpoint import load_checkpoint
from microgpt.config import Config, ConfigError
from microgpt.engines import launches, several
from microgpt.engines.engine import find_engine
from microgpt.training import new_run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("processes")]

NAMES = ["emma", "ava", "mia", "liam", "o", "evangeline", "noah", "xi"]
CONFIG = Config(n_layer=2, n_embd=6, n_head=2, block_size=7, batch_size=8)
CORE = {"OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}

MEMBER = """
import json, sys
from microgpt.config import Config
from microgpt.engines.engine import find_engine
from microgpt.training import new_run
run = new_run(Config(**json.loads(sys.argv[2])), json.loads(sys.argv[1]))
engine = find_engine("torch", "float64", "cpu")
model = engine.own(run.model)
found = engine.gradient(model, [model.tokenizer.encode(name) for name in run.documents])
optimizer = engine.start(model, run.optimizer)
loss = engine.learn(model, optimizer, [model.tokenizer.encode(name) for name in run.documents], 0.01)
print(json.dumps([*found, loss, model.flat.tolist()]))
"""


def free_port() -> str:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return str(one.getsockname()[1])


def begun(
    number: int, count: int, port: str, arguments: Sequence[str], folder: Path
) -> subprocess.Popen[str]:
    """Start one process, as torchrun does."""
    where = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    who = {"RANK": str(number), "LOCAL_RANK": str(number), "WORLD_SIZE": str(count)}
    return subprocess.Popen(
        [sys.executable, *arguments],
        env={**os.environ, **CORE, **where, **who, "PYTHONPATH": os.getcwd()},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


class Crew:
    """Processes that work together, and end with the test."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.members = folder, list[subprocess.Popen[str]]()

    def start(self, count: int, *arguments: str) -> list[subprocess.Popen[str]]:
        port = free_port()
        started = [begun(number, count, port, arguments, self.folder) for number in range(count)]
        self.members += started
        return started

    def program(self, count: int, *arguments: str) -> list[subprocess.Popen[str]]:
        return self.start(count, "-m", "microgpt", *arguments)


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    found = Crew(tmp_path)
    yield found
    for member in found.members:
        if member.poll() is None:
            member.kill()
        member.communicate()


def ends(member: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = member.communicate(timeout=60)
    return member.returncode, out, err


def saved_steps(path: Path) -> int:
    return len(load_checkpoint(path).losses)


def wait_for_steps(path: Path, steps: int) -> None:
    for _ in range(600):
        if path.exists() and saved_steps(path) >= steps:
            return
        time.sleep(0.1)
    pytest.fail(f"{path.name} has not reached step {steps} in a minute")


# The same slopes


@pytest.mark.parametrize("count", [2, 4])
def test_the_slopes_of_several_are_those_of_one(crew: Crew, count: int) -> None:
    dials = json.dumps({"n_layer": 2, "n_embd": 6, "n_head": 2, "block_size": 7, "batch_size": 8})
    members = crew.start(count, "-c", MEMBER, json.dumps(NAMES), dials)
    run = new_run(CONFIG, NAMES)
    engine = launches.plain_engine("float64", torch.device("cpu"))
    model: Any = engine.own(run.model)
    batch = [model.tokenizer.encode(name) for name in run.documents]
    loss, slopes = engine.gradient(model, batch)
    assert max(map(abs, slopes)) > 0.01
    engine.learn(model, engine.start(model, run.optimizer), batch, 0.01)
    for member in members:
        status, out, err = ends(member)
        assert status == 0, err
        found, others, again, moved = json.loads(out)
        assert found == again == pytest.approx(loss, abs=1e-12)
        assert max(abs(a - b) for a, b in zip(slopes, others, strict=True)) < 1e-12
        assert moved == pytest.approx(model.flat.tolist(), abs=1e-8)


# The program


TRAIN = ("--engine", "torch", "--device", "cpu", "--batch-size", "4", "--save", "run.json")


def test_the_first_alone_speaks(crew: Crew) -> None:
    arguments = [*TRAIN, "--steps", "12", "--samples", "2"]
    first, second = (ends(member) for member in crew.program(2, *arguments))
    assert (first[0], second) == (0, (0, "", ""))
    assert "held-out loss" in first[1]
    assert "\n2 " in first[1]
    (alone,) = crew.start(1, "-m", "microgpt", *arguments[:-6], "--save", "one.json", *arguments[-4:])
    assert ends(alone)[0] == 0
    found, expected = (load_checkpoint(crew.folder / name) for name in ("run.json", "one.json"))
    assert found.losses == pytest.approx(expected.losses, abs=1e-12)
    assert found.random_state == expected.random_state


@pytest.mark.parametrize(("victim", "sentence"), [(1, "stopped after step"), (0, "from what was saved")])
def test_a_killed_process_ends_the_run_and_another_number_goes_on(
    crew: Crew, victim: int, sentence: str
) -> None:
    members = crew.program(2, *TRAIN, "--steps", "3000", "--save-every", "40", "--samples", "0")
    path = crew.folder / "run.json"
    wait_for_steps(path, 40)
    members[victim].send_signal(signal.SIGKILL)
    status, _, err = ends(members[1 - victim])
    assert status == 1
    assert err.count("\n") == 1
    assert err.startswith("microgpt: another of the processes is gone: ")
    assert sentence in err
    assert err.endswith("python -m microgpt resume run.json\n")
    done = saved_steps(path)
    assert done >= 40
    if victim:  # both files are of the same kind, and four processes take their time to begin
        again = crew.program(4, "resume", "run.json")
        wait_for_steps(path, done + 40)
        again[0].send_signal(signal.SIGTERM)
        status, _, err = ends(again[0])
        assert status == 128 + signal.SIGTERM
        assert "stopped after step" in err


def test_ctrl_c_reaches_all_and_is_said_once(crew: Crew) -> None:
    members = crew.program(2, *TRAIN, "--steps", "3000", "--save-every", "40")
    wait_for_steps(crew.folder / "run.json", 40)
    for member in members:
        member.send_signal(signal.SIGINT)
    first, second = map(ends, members)
    assert first[0] == 130
    assert first[2].startswith("microgpt: stopped after step")
    assert second[1:] == ("", "")


# What cannot be


def test_a_batch_that_cannot_be_shared(crew: Crew) -> None:
    first, second = (ends(member) for member in crew.program(2, "--engine", "torch", "--batch-size", "9"))
    assert (first[0], second) == (2, (2, "", ""))
    assert first[2].startswith("microgpt: a batch of 9 cannot be shared equally by 2 processes; ")
    assert first[2].count("\n") == 1
    with pytest.raises(ConfigError, match="a batch of 6 cannot be shared equally by 4 processes"):
        several.share_of([[0, 0]] * 6, 0, 4)


def test_an_engine_that_works_in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(ConfigError, match="2 processes were started, and the engine 'dot' works in one"):
        find_engine("dot")


def test_a_port_that_is_in_use(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        member = begun(0, 2, port, ["-m", "microgpt", *TRAIN], crew.folder)
        crew.members.append(member)
        status, out, err = ends(member)
    assert (status, out) == (1, "")
    assert err == (
        f"microgpt: the 2 processes cannot meet at 127.0.0.1:{port}, which is in use; "
        "choose another MASTER_PORT, or torchrun --standalone\n"
    )
    assert not (crew.folder / "run.json").exists()
