"""The learner's desk: a folder with the files that a reader edits, and what has been done there."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path

from microgpt.files import write_whole
from microgpt.study.checking import Verdict
from microgpt.study.exercises import Exercise, ExerciseError, exercise, exercises
from microgpt.study.task_files import PROGRESS, PYTEST, task_file
from microgpt.terminal.screen import visible

USUAL = Path("exercises")
"""The folder, if nobody names another."""


class DeskError(Exception):
    """Something on the desk cannot be done. The message says what was wanted, and what to do."""


@dataclass(frozen=True)
class Desk:
    """A folder of exercises.

    Attributes:
        folder: Where it is; it is made when something is put there.
    """

    folder: Path

    def path(self, one: Exercise) -> Path:
        """Name the file of an exercise."""
        return self.folder / f"{one.name}.py"

    def started(self) -> list[Exercise]:
        """List the exercises whose files are there, in reading order."""
        return [one for one in exercises().values() if self.path(one).exists()]

    def command(self, what: str) -> str:
        """Write a command that works on this desk."""
        command = f"python -m microgpt exercises {what}"
        return command if self.folder == USUAL else f"{command} --folder {visible(str(self.folder))}"

    def text(self, one: Exercise) -> str:
        """Read the file of an exercise.

        Raises:
            DeskError: If it is not there, or is no text.
        """
        if not self.path(one).exists():
            command = self.command(f"start {one.name}")
            raise DeskError(f"{visible(str(self.path(one)))} is not there yet; {command} writes it")
        return self.read(self.path(one))

    def read(self, path: Path) -> str:
        """Read a file.

        Raises:
            DeskError: If it cannot be read, or is no text.
        """
        try:
            return path.read_text(encoding="utf-8-sig")
        except (UnicodeDecodeError, OSError) as error:
            raise DeskError(f"cannot read {visible(str(path))}: {error}") from None

    def put(self, path: Path, text: str) -> bool:
        """Write a file into the folder; say whether it was written, since one that is there is kept."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            return False
        return True

    def aside(self, one: Exercise) -> Path:
        """Name a file to put an exercise aside in: the first of `.py.old`, `.py.old2`, ... that is free."""
        numbers = ("" if number == 1 else str(number) for number in count(1))
        names = (self.path(one).with_suffix(f".py.old{number}") for number in numbers)
        return next(name for name in names if not name.exists())

    def start(self, one: Exercise, again: bool = False) -> bool:
        """Write the file of an exercise; say whether it was written.

        Args:
            one: The exercise.
            again: Whether to put aside what is there; else it is kept.
        """
        if again:
            self.path(one).replace(self.aside(one))
        self.put(self.folder / "pytest.ini", PYTEST)
        return self.put(self.path(one), task_file(one))

    @cached_property
    def _done(self) -> dict[str, bool]:
        """Read what was tried, and whether it passed."""
        try:
            found = json.loads((self.folder / PROGRESS).read_text(encoding="utf-8"))
            return {str(name): passed is True for name, passed in found["exercises"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}

    def has_passed(self, one: Exercise) -> bool:
        """Ask whether the last check of an exercise went well."""
        return self._done.get(one.name, False)

    def was_tried(self, one: Exercise) -> bool:
        """Ask whether somebody has written something and let it be checked."""
        return one.name in self._done

    def remember(self, one: Exercise, verdict: Verdict) -> None:
        """Keep the result of a check; an empty body was no attempt."""
        if verdict.kind == "unwritten" and not self.was_tried(one):
            return
        self._done[one.name] = verdict.kind == "passed"
        write_whole(self.folder / PROGRESS, json.dumps({"exercises": self._done}, indent=1) + "\n")

    def following(self, after: Exercise | None = None) -> Exercise | None:
        """Find the first exercise that has not passed, in reading order.

        Args:
            after: Where to begin to look; behind the last one comes the first.
        """
        every = list(exercises().values())
        begin = every.index(after) + 1 if after else 0
        return next((one for one in every[begin:] + every[:begin] if not self.has_passed(one)), None)

    def chosen(self, name: str | None) -> Iterator[Exercise]:
        """Give the exercise of a name, all of them for "all", or the next one for None."""
        if name == "all":
            yield from exercises().values()
        elif name is not None:
            yield exercise(name)
        elif following := self.following():
            yield following
        else:
            raise ExerciseError("all exercises are done; name one to do it again")
