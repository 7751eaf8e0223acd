r"""The reader's desk in the page: exercises and pairs judged, files packed for the terminal and unpacked.

>>> found = judged_answer("residual", "def add(a, b):\n    return [*a, *b]\n")
>>> found.kind, found.head
('shape', 'residual: it returns something of another size.')
>>> print("\n".join(found.evidence))
  given     add([1.0, 2.0], [10.0, 20.0])
  got       a list of 4
  expected  a list of 2
          right    yours
    0        11        1  <
    1        22        2  <
    2                 10  <
    3                 20  <
  exercises/residual.py, line 1

Nothing here stops an answer that never ends; the page does.
"""

import base64
import io
import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import NamedTuple

from microgpt.study.apart import pair, pairs, told
from microgpt.study.checking import check
from microgpt.study.exercises import exercise, exercises
from microgpt.study.live.clinic import patient_module
from microgpt.study.patients import PatientError, patient
from microgpt.study.source import SourceError
from microgpt.study.task_files import PROGRESS, PYTEST
from microgpt.study.wording import apart_of, evidence_of, head_of, idea_of

DESK_FOLDER = "exercises"
"""The folder that the terminal takes, if nobody names another."""


LITTER = ("/", ".pyc", "pytest.ini", ".old")
"""How the names of what lies beside the files end: folders, what Python and our own commands have left."""

PATIENT = re.compile(r"patient-(\d+)/microgpt/([\w/]+)\.py$")
"""Where a module of a patient lies."""

EMPTY: Mapping[str, Mapping[str, str]] = {}


class Judged(NamedTuple):
    """What a check has found, in the words of the terminal.

    Attributes:
        kind: "passed", or what is wrong.
        head: That in a few words, with the name of the exercise.
        evidence: The call, what came out, what is right, and the line; as lines of equal type.
        idea: What to look at; "" if there is nothing to say.
        line: The line of the reader's file, from 1 on; 0 if none is to blame.
    """

    kind: str
    head: str
    evidence: list[str]
    idea: str
    line: int


class Compared(NamedTuple):
    """What an example says of two versions.

    Attributes:
        kind: "apart", or what is wrong.
        lines: The same in words.
    """

    kind: str
    lines: list[str]


class Unpacked(NamedTuple):
    """What was found in a file that a reader has brought.

    Attributes:
        files: The texts, by the names of the files: `softmax.py`, `apart_softmax_1.py`.
        passed: The exercises that `progress.json` calls done.
        patients: For each patient by its number, the modules that were changed, by their names.
        unknown: The files that belong to no exercise and no patient, or are no text.
    """

    files: dict[str, str]
    passed: list[str]
    patients: dict[str, dict[str, str]]
    unknown: list[str]


def prepared() -> int:
    """Load all that a check needs, so that the time of a check is its own.

    Returns:
        How many exercises there are.
    """
    return len(exercises())


def judged_answer(name: str, text: str) -> Judged:
    """Judge an answer.

    Args:
        name: The exercise.
        text: What the reader has written.

    Raises:
        ExerciseError: If there is no such exercise.
    """
    one = exercise(name)
    verdict = check(one, text)
    evidence: list[str] = []
    if verdict.kind != "passed":
        evidence = evidence_of(verdict, f"{DESK_FOLDER}/{one.name}.py", text.splitlines())
    idea = "".join(idea_of(verdict)).strip()
    return Judged(verdict.kind, head_of(one.name, verdict), evidence, idea, verdict.line)


def compared_versions(name: str, text: str) -> Compared:
    r"""Try an example on the two versions of a pair.

    Args:
        name: The pair.
        text: What the reader has written.

    Raises:
        ExerciseError: If there is no such pair.

    Examples:
        >>> compared_versions("residual_1", "def example(add):\n    return True\n").kind
        'both'
        >>> text = "def example(add):\n    return len(add([1.0], [2.0])) == 1\n"
        >>> found = compared_versions("residual_1", text)
        >>> found.kind, found.lines[0]
        ('apart', 'Right: version B is the wrong one.')
    """
    found = told(pair(name), text)
    return Compared(found.kind, apart_of(name, found))


def packed_desk(
    files: Mapping[str, str], passed: Mapping[str, bool], treated: Mapping[str, Mapping[str, str]] = EMPTY
) -> str:
    r"""Pack a desk as folders that the terminal takes: the exercises, and what was changed of the patients.

    Args:
        files: The texts, by the names of the files.
        passed: Whether the last check of an exercise went well, for those that were tried.
        treated: For each patient by its number, the modules that were changed, by their names.

    Returns:
        A zip file, as base64.

    Examples:
        >>> treated = {"3": {"vectors": "y = 2\n"}}
        >>> packed = packed_desk({"residual.py": "x = 1\n"}, {"residual": True}, treated)
        >>> found = unpacked_desk("desk.zip", packed)
        >>> found.files, found.passed, found.patients, found.unknown
        ({'residual.py': 'x = 1\n'}, ['residual'], {'3': {'vectors': 'y = 2\n'}}, [])
    """
    progress = json.dumps({"exercises": dict(passed)}, indent=1) + "\n"
    desk = {**files, PROGRESS: progress, "pytest.ini": PYTEST}
    together = {f"{DESK_FOLDER}/{name}": text for name, text in desk.items()}
    for number, texts in treated.items():
        together |= {f"patient-{number}/microgpt/{_path(module)}": text for module, text in texts.items()}
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in together.items():
            archive.writestr(path, text)
    return base64.b64encode(whole.getvalue()).decode()


def _path(module: str) -> str:
    return f"{module.replace('.', '/')}.py"


def unpacked_desk(name: str, content: str) -> Unpacked:
    """Read a file that a reader brings: a zip of a desk, or one file of an exercise.

    Args:
        name: What the file is called.
        content: What is in it, as base64.

    Raises:
        ValueError: If it is neither.

    Examples:
        >>> unpacked_desk("softmax.py", base64.b64encode(b"def softmax(): ...").decode()).files
        {'softmax.py': 'def softmax(): ...'}
    """
    whole = base64.b64decode(content)
    if name.endswith(".py"):
        members = {name: whole}
    elif zipfile.is_zipfile(io.BytesIO(whole)):
        try:
            with zipfile.ZipFile(io.BytesIO(whole)) as archive:
                members = {
                    path: archive.read(path) for path in archive.namelist() if not path.endswith(LITTER)
                }
        except zipfile.BadZipFile:
            raise ValueError(f"{name} is damaged; make it anew") from None
    else:
        raise ValueError(f"{name} is neither a zip of your exercises nor a file of one of them")
    return _sorted_out({path: one for path, one in members.items() if not path.startswith("__MACOSX")})


def _sorted_out(members: Mapping[str, bytes]) -> Unpacked:
    """Say of each file what it is."""
    mine = {f"{one}.py" for one in exercises()} | {f"apart_{one.name}.py" for one in pairs()}
    found = Unpacked({}, [], {}, [])
    for path, content in members.items():
        name = PurePosixPath(path).name
        text = _text(content)
        if text is None or (name == PROGRESS and _done(text) is None):
            found.unknown.append(path)
        elif name == PROGRESS:
            found.passed.extend(_done(text) or [])
        elif treated := PATIENT.search(path):
            number, module = treated[1], treated[2].replace("/", ".")
            if _is_changed(number, module, text):
                found.patients.setdefault(number, {})[module] = text
        elif name in mine:
            found.files[name] = text
        else:
            found.unknown.append(path)
    return found


def _is_changed(number: str, module: str, text: str) -> bool:
    """Ask whether a text is another one than the patient has come with."""
    try:
        return patient_module(patient(number).number, module) != text
    except (PatientError, SourceError):
        return False


def _text(content: bytes) -> str | None:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _done(text: str) -> list[str] | None:
    """List the exercises that a `progress.json` calls done; None if it is none."""
    try:
        done = json.loads(text)["exercises"]
        return [one for one in exercises() if done.get(one) is True]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
