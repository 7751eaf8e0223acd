"""What several test modules share: the runs that take long, done once."""

from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings

from tests.support.process import in_process
from tests.support.reference import FOLDER, reference_file


class FinishedRun(NamedTuple):
    """A run of the program in a process of its own, from its beginning to its end.

    Attributes:
        folder: The working directory.
        stdout: What was printed.
        checkpoint: The file that the run was saved in.
    """

    folder: Path
    stdout: str
    checkpoint: Path


SHARED = {"default_run": "default run", "names_txt_run": "names.txt run"}
"""Runs that several tests look at, and the group of those tests: one process does the run and all of them."""

COMPILED = ("numba", "torch", "test_loops", "test_tensors", "test_processes", "test_ablations", "test_race")
"""What stands in the names of tests of rungs that wait for a compiler, a large library or other processes."""

PROCESSES = {"in_process", "in_a_terminal", "signalled", "controlled", "subprocess"}
"""What a test calls that starts a process of its own."""


def pytest_configure(config: pytest.Config) -> None:
    """Try fewer random examples where somebody is in a hurry."""
    if config.getoption("markexpr") == "not slow":
        settings.register_profile("quick", max_examples=25)
        settings.load_profile("quick")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what waits for a shared run, for the site, or for a process, before tests are sorted by marks."""
    used = set(getattr(item, "fixturenames", ()))
    called = set(item.function.__code__.co_names) if isinstance(item, pytest.Function) else set()
    folder = item.path.parent.name
    waits = folder == "engines" and any(word in item.nodeid for word in COMPILED)
    if used & {*SHARED, "site"} or called & PROCESSES or folder == "site" or waits:
        item.add_marker(pytest.mark.slow)
    for fixture in SHARED.keys() & used:
        item.add_marker(pytest.mark.xdist_group(SHARED[fixture]))


def finished_run(folder: Path, *arguments: str | Path) -> FinishedRun:
    done = in_process(*arguments, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    (checkpoint,) = folder.glob("runs/*.json")
    return FinishedRun(folder, done.stdout, checkpoint)


@pytest.fixture(scope="session")
def default_run(tmp_path_factory: pytest.TempPathFactory) -> FinishedRun:
    """Run `python -m microgpt`: a thousand steps on the bundled names. Look, and write nothing there."""
    return finished_run(tmp_path_factory.mktemp("default-run"))


@pytest.fixture(scope="session")
def names_txt_run(tmp_path_factory: pytest.TempPathFactory) -> FinishedRun:
    """Run the same on the original's names.txt, for tests that need the original."""
    if not FOLDER:
        pytest.skip("needs the original's names.txt: see MICROGPT_REFERENCE")
    return finished_run(tmp_path_factory.mktemp("names-txt-run"), "--input", reference_file("names.txt"))
