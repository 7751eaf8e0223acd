"""Stopping a run between two steps, and not in the middle of one.

In the middle of a step some parameters have moved and others have not, and such a state must not be saved. So
Ctrl-C, and the signal that asks a process to end, are noted down, and the run stops when its step is done.
"""

import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType

from microgpt.training import Step


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

    def note(self, number: int, frame: FrameType | None = None) -> None:
        """Note a signal down. Whoever presses Ctrl-C twice in one step breaks off after all."""
        if self.signal_number and number == signal.SIGINT and not self._is_granted:
            raise KeyboardInterrupt
        self.signal_number = self.signal_number or signal.Signals(number)

    def grant(self) -> None:
        """Ignore further signals from now on: the file is being written."""
        self._is_granted = True


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
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        for number, handler in before.items():
            if handler is not signal.SIG_IGN:
                signal.signal(number, request.note)
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


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
