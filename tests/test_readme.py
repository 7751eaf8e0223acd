"""What the README shows is what happens. (Its examples run as doctests.)"""

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.support.fingerprint import fingerprint
from tests.support.golden import RECORD
from tests.support.process import microgpt

SMALL = {
    "ladder": ["--engines", "dot", "--steps", "3"],
    "ablate": ["--only", "1 head", "--seeds", "2", "--steps", "3"],
    "exercises": ["--help"],
}
"""What makes a command short that takes minutes."""

README = Path(__file__).parent.parent / "README.md"


def blocks(language: str) -> list[str]:
    """Take the fenced blocks of a language out of the README."""
    pattern = rf"^```{language}\n(.*?)^```$"
    return re.findall(pattern, README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def without_seconds(text: str) -> str:
    return re.sub(r"^(time +)[\d.]+ s$", r"\1... s", text, flags=re.MULTILINE)


@pytest.mark.slow
@pytest.mark.xdist_group("default run")
def test_the_transcripts_are_real(default_run: tuple[Path, str, Path]) -> None:
    """The main run, and after it the commands that work on what it has saved."""
    if fingerprint() != json.loads(RECORD.read_text(encoding="utf-8"))["fingerprint"]:
        pytest.skip("exp, log or pow round differently here: the printed digits may differ")
    folder, printed, _ = default_run
    shown, told = blocks("text")
    assert without_seconds(printed) == without_seconds(shown)
    verbose = microgpt("--verbose", "--steps", "3", "--no-save", "--no-exam", cwd=folder).stdout
    assert told in verbose.partition("step 2 of 3")[0]
    sessions = blocks("console")
    assert len(sessions) == 2
    for session in sessions:
        command, _, shown = session.partition("\n")
        program, *arguments = shlex.split(command.removeprefix("$ "))
        assert (program, arguments[:2]) == ("python", ["-m", "microgpt"])
        assert microgpt(*arguments[2:], cwd=folder).stdout == shown


@pytest.mark.slow
def test_every_command_of_the_table_is_understood(tmp_path: Path) -> None:
    """With one step and no network; a command that has nothing to work on says so."""
    rows = re.findall(r"^\| `python -m microgpt (.*?)` \|", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) > 15
    (tmp_path / "FILE").write_text("rex\n", encoding="utf-8")
    offline = {"https_proxy": "http://127.0.0.1:9", "XDG_CACHE_HOME": str(tmp_path / "cache")}
    for row in rows:
        first, *others = shlex.split(row.partition(" >")[0])
        small = (
            ["--steps", "1", "--samples", "1", "--no-exam"] if first.startswith("-") else SMALL.get(first, [])
        )
        done = microgpt(first, *others, *small, cwd=tmp_path, env=offline)
        excused = first == "resume" or "makemore" in others
        assert done.returncode == (1 if excused else 0), done.stderr
