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

SECONDS = 30
"""How long a check may take; the slowest right answer needs a few seconds."""


def examine(name: str, text: str, seconds: float = SECONDS) -> Verdict:
    """Judge an answer, and stop it if it does not end.

    Args:
        name: The exercise.
        text: What stands in the reader's file.
        seconds: How long it may take.
    """
    try:
        found = _asked({"exercise": name, "text": text}, seconds)
    except subprocess.TimeoutExpired:
        return Verdict("endless", f"it was stopped after {seconds:g} seconds; is there a loop without end?")
    if not found:
        return Verdict("error", "it brought Python down; does a function call itself without end?")
    return Verdict(**{**found, "drawing": tuple(found["drawing"])})


def compared(name: str, text: str, seconds: float = SECONDS) -> Told:
    """Try a reader's example on two versions of a function, and stop it if it does not end.

    Args:
        name: The pair.
        text: What stands in the reader's file.
        seconds: How long it may take.
    """
    try:
        found = _asked({"pair": name, "text": text}, seconds)
    except subprocess.TimeoutExpired:
        return Told("neither", f"it was stopped after {seconds:g} seconds; is there a loop without end?")
    return Told(**found) if found else Told("neither", "it brought Python down")


def visit(number: int, sources: Mapping[str, str], seconds: float = SECONDS) -> Finding:
    """Examine a treated patient, and stop it if it does not end.

    Args:
        number: The patient.
        sources: The texts of its modules that are not the true ones.
        seconds: How long it may take.
    """
    try:
        found = _asked({"patient": str(number), "sources": dict(sources)}, seconds)
    except subprocess.TimeoutExpired:
        return Finding("sick", f"it was stopped after {seconds:g} seconds, and is worse than before")
    return Finding(**found) if found else Finding("sick", "it brought Python down")


def _asked(question: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """Put a question to a process; an empty answer means that it died."""
    command = [sys.executable, "-X", "utf8", "-P", "-m", __name__]
    done = subprocess.run(
        command,
        input=json.dumps(question),
        capture_output=True,
        encoding="utf-8",
        timeout=seconds,
        check=False,
    )
    if done.returncode or not done.stdout.strip():
        return {}
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


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
