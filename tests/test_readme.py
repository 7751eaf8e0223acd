"""What the README shows is what happens. (Its examples run as doctests.)"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fingerprint import fingerprint
from tests.record import RECORD
from tests.test_structure import READING_ORDER

README = Path(__file__).parent.parent / "README.md"


def block(language: str) -> str:
    """Take the first fenced block of a language out of the README."""
    found = re.search(
        rf"^```{language}\n(.*?)^```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert found
    return found[1]


def without_seconds(text: str) -> str:
    return re.sub(r"^(time +)[\d.]+ s$", r"\1... s", text, flags=re.MULTILINE)


def test_the_transcript_is_a_real_run() -> None:
    shown = block("text")
    done = subprocess.run([sys.executable, "-m", "microgpt"], capture_output=True, text=True, check=True)
    if fingerprint() != json.loads(RECORD.read_text(encoding="utf-8"))["fingerprint"]:
        pytest.skip("exp, log or pow round differently here: the printed digits may differ")
    assert without_seconds(done.stdout).endswith(without_seconds(shown))


def test_the_chapters_are_listed_in_reading_order() -> None:
    listed = re.findall(
        r"^\| \[(\w+)\.py\]\(microgpt/\1\.py\)", README.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert listed == READING_ORDER
