"""What the tests of the program share."""

from pathlib import Path

import pytest

from tests.support.process import microgpt


@pytest.fixture(autouse=True)
def _work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run writes into the working directory."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Train once; return the checkpoint and what was printed."""
    folder = tmp_path_factory.mktemp("trained")
    small = ["--n-embd", "8", "--n-head", "2", "--samples", "6"]
    done = microgpt("--steps", "120", *small, "--save", "trained.json", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "trained.json", done.stdout
