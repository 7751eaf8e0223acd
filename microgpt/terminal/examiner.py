"""A check in a process of its own: an answer that never ends, or kills Python, does no harm."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from microgpt.study.apart import Told, pair, told
from microgpt.study.checking import Verdict, check
from microgpt.study.exercises import exercise
from microgpt.study.patients import Finding, examined, patient
from microgpt.study.wording import endless

SECONDS = 30
"""How long a check may take; the slowest right answer needs a few seconds."""


class NoAnswerError(Exception):
    """A check came to no end. The message says how; `kind` is "endless" or "error"."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


def examine(name: str, text: str, seconds: float = SECONDS) -> Verdict:
    """Judge an answer, and stop it if it does not end.

    Args:
        name: The exercise.
        text: What stands in the reader's file.
        seconds: How long it may take.
    """
    try:
        found = _asked(seconds, exercise=name, text=text)
    except NoAnswerError as error:
        return Verdict(error.kind, str(error))
    return Verdict(**{**found, "drawing": tuple(found["drawing"])})


def compared(name: str, text: str, seconds: float = SECONDS) -> Told:
    """Try a reader's example on two versions of a function, and stop it if it does not end.

    Args:
        name: The pair.
        text: What stands in the reader's file.
        seconds: How long it may take.
    """
    try:
        return Told(**_asked(seconds, pair=name, text=text))
    except NoAnswerError as error:
        return Told("neither", str(error))


def visit(number: int, sources: Mapping[str, str], seconds: float = SECONDS) -> Finding:
    """Examine a treated patient, and stop it if it does not end.

    Args:
        number: The patient.
        sources: The texts of its modules that are not the true ones.
        seconds: How long it may take.
    """
    try:
        return Finding(**_asked(seconds, patient=str(number), sources=dict(sources)))
    except NoAnswerError as error:
        return Finding("sick", str(error))


def _asked(seconds: float, **question: Any) -> dict[str, Any]:
    """Put a question to a process of its own."""
    command = [sys.executable, "-X", "utf8", "-P", "-m", __name__]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(question),
            capture_output=True,
            encoding="utf-8",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NoAnswerError("endless", endless(seconds)) from None
    if done.returncode or not done.stdout.strip():
        raise NoAnswerError("error", "it brought Python down; does a function call itself without end?")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def answer() -> None:
    """Answer the question on standard input."""
    question, out = json.load(sys.stdin), sys.stdout
    if "exercise" in question:
        found: Verdict | Finding | Told = check(exercise(question["exercise"]), question["text"])
    elif "pair" in question:
        found = told(pair(question["pair"]), question["text"])
    else:
        found = examined(patient(question["patient"]), question["sources"])
    out.write(f"\n{json.dumps(asdict(found))}\n")


if __name__ == "__main__":
    answer()
