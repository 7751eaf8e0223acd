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
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import NamedTuple

from microgpt.study.apart import pair, pairs, told
from microgpt.study.checking import check
from microgpt.study.exercises import exercise, exercises
from microgpt.study.task_files import PROGRESS, PYTEST
from microgpt.study.wording import apart_of, evidence_of, head_of, idea_of

DESK_FOLDER = "exercises"
"""The folder that the terminal takes, if nobody names another."""


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
        unknown: The names of the files that no exercise has.
    """

    files: dict[str, str]
    passed: list[str]
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


def packed_desk(files: Mapping[str, str], passed: Mapping[str, bool]) -> str:
    r"""Pack a desk as a folder that the terminal takes.

    Args:
        files: The texts, by the names of the files.
        passed: Whether the last check of an exercise went well, for those that were tried.

    Returns:
        A zip file, as base64.

    Examples:
        >>> unpacked_desk("desk.zip", packed_desk({"residual.py": "x = 1\n"}, {"residual": True}))
        Unpacked(files={'residual.py': 'x = 1\n'}, passed=['residual'], unknown=[])
    """
    progress = json.dumps({"exercises": dict(passed)}, indent=1) + "\n"
    together = {**files, PROGRESS: progress, "pytest.ini": PYTEST}
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in together.items():
            archive.writestr(f"{DESK_FOLDER}/{name}", text)
    return base64.b64encode(whole.getvalue()).decode()


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
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            members = {member: archive.read(member) for member in archive.namelist() if member[-1] != "/"}
    else:
        raise ValueError(f"{name} is neither a zip of your exercises nor a file of one of them")
    texts = {PurePosixPath(path).name: text.decode("utf-8-sig") for path, text in members.items()}
    done = json.loads(texts.pop(PROGRESS, '{"exercises": {}}'))["exercises"]
    texts.pop("pytest.ini", None)
    mine = {f"{one}.py" for one in exercises()} | {f"apart_{one.name}.py" for one in pairs()}
    return Unpacked(
        {file: text for file, text in texts.items() if file in mine},
        [one for one in exercises() if done.get(one) is True],
        [file for file in texts if file not in mine],
    )
