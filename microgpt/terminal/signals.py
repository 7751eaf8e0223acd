"""Stopping a run between two steps, and not in the middle of one.

In the middle of a step some parameters have moved and others have not, and such a state must not be saved. So
Ctrl-C, the signal that asks a process to end, and the one that says that its window was closed are noted
down, and the run stops when its step is done.
"""

import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType

import typer
from rich.console import Console

from microgpt.training import Step

_NUMBERS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class StoppedError(Exception):
    """A run was asked to stop, and did. The message says how far it came and how to go on."""

    def __init__(self, sentence: str, signal_number: int) -> None:
        super().__init__(sentence)
        self.signal_number = signal_number


class StopRequest:
    """Whether somebody has asked to stop: `signal_number` says by which signal; 0 for none yet."""

    def __init__(self) -> None:
        self.signal_number = 0
        self._is_granted = False
        self.is_last = False

    def note(self, number: int, frame: FrameType | None = None) -> None:
        """Note a signal down. Whoever presses Ctrl-C twice in one step breaks off after all."""
        if self.signal_number and number == signal.SIGINT and not self._is_granted:
            raise KeyboardInterrupt
        if not self.signal_number and not self._is_granted and sys.stderr.isatty():
            typer.echo("microgpt: stopping after this step; Ctrl-C again breaks off", err=True)
        self.signal_number = self.signal_number or signal.Signals(number)

    def grant(self) -> None:
        """Ignore further signals from now on: the file is being written."""
        self._is_granted = True

    def ignore_from_now_on(self) -> None:
        """Ignore further signals to the end: torchrun sends one to all when a process is gone."""
        self._is_granted = self.is_last = True


@contextmanager
def stop_requests() -> Iterator[StopRequest]:
    """Note signals down instead of breaking off.

    Examples:
        >>> with stop_requests() as request:
        ...     signal.raise_signal(signal.SIGTERM)
        ...     print(request.signal_number.name)
        SIGTERM
    """
    request = StopRequest()
    before = {number: signal.getsignal(number) for number in _NUMBERS}
    try:
        for number, handler in before.items():
            if handler is not signal.SIG_IGN:
                signal.signal(number, request.note)
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if request.is_last else handler)


def until_asked(steps: Iterable[Step], request: StopRequest) -> Iterator[Step]:
    """Pass steps on until somebody asks to stop.

    Examples:
        >>> request = StopRequest()
        >>> for step in until_asked([1, 2, 3], request):
        ...     print(step)
        ...     request.note(signal.SIGTERM)
        1
    """
    for step in steps:
        yield step
        if request.signal_number:
            return


@contextmanager
def cursor_back_on_suspend(console: Console) -> Iterator[None]:
    """Show the cursor again while a program that has hidden it is suspended with Ctrl-Z."""
    if not hasattr(signal, "SIGTSTP"):
        yield
        return

    def suspend(number: int, frame: FrameType | None) -> None:
        console.show_cursor(True)
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)  # returns when the program goes on
        signal.signal(signal.SIGTSTP, suspend)
        console.show_cursor(False)

    before = signal.signal(signal.SIGTSTP, suspend)
    try:
        yield
    finally:
        signal.signal(signal.SIGTSTP, before)


@contextmanager
def interruptible() -> Iterator[list[int]]:
    """Let each of the signals that ask to stop break off what is waited for; the list says which one came."""
    came: list[int] = []

    def interrupt(number: int, frame: FrameType | None) -> None:
        came.append(number)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in _NUMBERS}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
