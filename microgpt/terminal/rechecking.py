"""`python -m microgpt exercises watch`: whatever is saved is checked at once."""

import os
from collections.abc import Callable, Iterator

from rich.console import Console

from microgpt.study.exercises import Exercise, exercises
from microgpt.terminal.desk import Desk, DeskError
from microgpt.terminal.keys import keys
from microgpt.terminal.screen import say, visible
from microgpt.terminal.verdicts import judged, show_table

KEYS = "n next   h hint   r reset   l list   c check all   q quit"

LOOK = 0.3
"""How many seconds lie between two looks at the files. Looking finds what drives do not report, and files
that an editor puts in the place of others."""


def stamps(desk: Desk) -> dict[str, tuple[int, int]]:
    """Note when each file on the desk was changed, and how long it is; one that is gone has no note."""
    found = {}
    for one in exercises().values():
        try:
            state = os.stat(desk.path(one))
        except OSError:
            continue
        found[one.name] = (state.st_mtime_ns, state.st_size)
    return found


def changes(desk: Desk, pressed: Callable[[float], str]) -> Iterator[tuple[str, str]]:
    """Give what happens: ("saved", name of an exercise) or ("key", letter)."""
    before = stamps(desk)
    while True:
        if key := pressed(LOOK):
            yield "key", key.lower()
            before |= {name: stamp for name, stamp in stamps(desk).items() if name not in before}
        now = stamps(desk)
        saved = [name for name, stamp in now.items() if before.get(name) != stamp]
        before = now
        for name in saved:
            yield "saved", name


def watch(console: Console, desk: Desk) -> None:
    """Check what is saved, and answer keys, until somebody presses q."""
    watching = Watching(console, desk)
    watching.open_next()
    say(console, KEYS, style="dim")
    with keys() as pressed:
        for what, which in changes(desk, pressed):
            if what == "saved":
                if watching.has_made(which):
                    continue
                watching.saved(exercises()[which])
            elif which == "q":
                return
            else:
                watching.pressed(which)
            say(console, KEYS, style="dim")


class Watching:
    """What lies on the desk, how many hints were given, and which key was pressed last."""

    def __init__(self, console: Console, desk: Desk) -> None:
        self.console, self.desk = console, desk
        self.current: Exercise | None = None
        self.hints = 0
        self.last_key = ""
        self.made: dict[str, tuple[int, int]] = {}

    def start(self, one: Exercise, again: bool = False) -> None:
        """Write the file of an exercise, and note how it looks: nobody has saved it yet."""
        if self.desk.start(one, again):
            self.made[one.name] = stamps(self.desk)[one.name]

    def has_made(self, name: str) -> bool:
        """Ask whether a file is still as it was when it was written here."""
        return name in self.made and stamps(self.desk).get(name) == self.made[name]

    def open_next(self) -> None:
        """Put the next exercise on the desk and say where it is."""
        self.current, self.hints = self.desk.following(self.current), 0
        if self.current is None:
            say(self.console, "All exercises are done.")
            return
        self.start(self.current)
        say(self.console, f"Now: {self.current.name}. {self.current.teaches}", style="bold")
        say(self.console, f"Edit {visible(str(self.desk.path(self.current)))} and save.")

    def judge(self, one: Exercise) -> bool:
        """Check a file; one that cannot be read, as while it is being replaced, is said and passed over."""
        try:
            return judged(self.console, self.desk, one)
        except DeskError as error:
            say(self.console, visible(str(error)))
            return False

    def saved(self, one: Exercise) -> None:
        """Check what was saved, and go on when it is right."""
        if one != self.current:
            self.current, self.hints = one, 0
        self.console.print()
        if self.judge(one):
            self.open_next()

    def pressed(self, key: str) -> None:
        """Answer a key."""
        if key == "n":
            self.open_next()
        elif key == "l":
            show_table(self.console, self.desk)
        elif key == "c":
            for one in self.desk.started():
                self.judge(one)
        elif key == "h" and self.current:
            self.hints = min(self.hints + 1, len(self.current.hints))
            text = self.current.hints[self.hints - 1]
            say(self.console, f"Hint {self.hints} of {len(self.current.hints)}: {text}")
        elif key == "r" and self.current:
            self.reset(self.current)
        self.last_key = key

    def reset(self, one: Exercise) -> None:
        """Begin an exercise again, when r is pressed twice."""
        if self.last_key != "r":
            say(self.console, f"Press r again to put {one.name} aside and begin again.")
        elif self.desk.path(one).exists():
            aside = self.desk.aside(one)
            self.start(one, again=True)
            say(self.console, f"{one.name} begins again; what you had is in {aside.name}")
