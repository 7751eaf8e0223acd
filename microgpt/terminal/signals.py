"""Stopping a run between two steps, and not in the middle of one.

In the middle of a step some parameters have moved and others have not, and such a state must not be saved. So
Ctrl-C, and the signal that asks a process to end, are noted down, and the run stops when its step is done.
"""

import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from microgpt.training import Step


class StoppedError(Exception):
    """A run was asked to stop, and did. The message says how far it came and how to go on."""

    def __init__(self, sentence: str, signal_number: int) -> None:
        super().__init__(sentence)
        self.signal_number = signal_number


@dataclass
class StopRequest:
    """Whether somebody has asked to stop.

    Attributes:
        signal_number: Which signal came; 0 for none yet.
        is_granted: From now on further signals are ignored: the file is being written.
    """

    signal_number: int = 0
    is_granted: bool = False


@contextmanager
def stop_requests() -> Iterator[StopRequest]:
    """Note Ctrl-C down instead of breaking off. Whoever presses it twice in one step breaks off after all.

    Examples:
        >>> with stop_requests() as request:
        ...     signal.raise_signal(signal.SIGTERM)
        ...     print(request)
        StopRequest(signal_number=<Signals.SIGTERM: 15>, is_granted=False)
    """
    request = StopRequest()

    def note(number: int, frame: FrameType | None) -> None:
        if request.signal_number and number == signal.SIGINT and not request.is_granted:
            raise KeyboardInterrupt
        request.signal_number = request.signal_number or signal.Signals(number)

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in numbers}
    try:
        for number in numbers:
            if before[number] is not signal.SIG_IGN:
                signal.signal(number, note)
        yield request
    finally:
        for number in numbers:
            signal.signal(number, before[number])


def until_asked(steps: Iterable[Step], request: StopRequest) -> Iterator[Step]:
    """Pass steps on until somebody asks to stop.

    Examples:
        >>> request = StopRequest()
        >>> for step in until_asked([1, 2, 3], request):
        ...     print(step)
        ...     request.signal_number = 2
        1
    """
    for step in steps:
        yield step
        if request.signal_number:
            return
