"""What the README shows is what happens. (Its examples run as doctests.)"""

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.support.fingerprint import fingerprint
from tests.support.golden import RECORD
from tests.support.process import CLEAN, microgpt
from tests.test_structure import READING_ORDER

README = Path(__file__).parent.parent / "README.md"


def blocks(language: str) -> list[str]:
    """Take the fenced blocks of a language out of the README."""
    pattern = rf"^```{language}\n(.*?)^```$"
    return re.findall(pattern, README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def without_seconds(text: str) -> str:
    return re.sub(r"^(time +)[\d.]+ s$", r"\1... s", text, flags=re.MULTILINE)


def test_the_transcripts_are_real(tmp_path: Path) -> None:
    """The main run, and after it the commands that work on what it has saved."""
    if fingerprint() != json.loads(RECORD.read_text(encoding="utf-8"))["fingerprint"]:
        pytest.skip("exp, log or pow round differently here: the printed digits may differ")
    shown, told = blocks("text")
    assert without_seconds(microgpt(cwd=tmp_path).stdout).endswith(without_seconds(shown))
    verbose = microgpt("--verbose", "--steps", "3", "--no-save", cwd=tmp_path).stdout
    assert told in verbose.partition("step 2 of 3")[0]
    sessions = blocks("console")
    assert len(sessions) == 2
    for session in sessions:
        command, _, shown = session.partition("\n")
        program, *arguments = shlex.split(command.removeprefix("$ "))
        assert (program, arguments[:2]) == ("python", ["-m", "microgpt"])
        assert microgpt(*arguments[2:], cwd=tmp_path).stdout == shown


def test_every_command_of_the_table_is_understood(tmp_path: Path) -> None:
    """With one step and no network; the commands without a run to work on say so."""
    rows = re.findall(r"^\| `python -m microgpt (.*?)` \|", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) > 8
    (tmp_path / "FILE").write_text("rex\n", encoding="utf-8")
    offline = {**CLEAN, "https_proxy": "http://127.0.0.1:9", "XDG_CACHE_HOME": str(tmp_path / "cache")}
    for row in rows:
        first, *others = shlex.split(row.partition(" >")[0])
        small = [] if not first.startswith("-") or first == "--resume" else ["--steps", "1", "--samples", "1"]
        done = microgpt(first, *others, *small, cwd=tmp_path, env=offline)
        excused = first == "--resume" or "makemore" in others
        assert done.returncode == (1 if excused else 0), done.stderr


def test_the_chapters_are_listed_in_reading_order() -> None:
    listed = re.findall(
        r"^\| \[(\w+)\.py\]\(microgpt/\1\.py\)", README.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert listed == READING_ORDER
