"""`python -m microgpt`."""

import gc
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType


def main() -> None:
    """Run the command line; whoever presses Ctrl-C while it is still being loaded gets a sentence, too."""
    gc.disable()  # what is loaded now is needed to the end, so there is nothing to collect
    try:
        with left_at_once():
            from microgpt.terminal.cli import main

        main()
    except KeyboardInterrupt:
        sys.stderr.write("microgpt: interrupted\n")
        sys.exit(130)


@contextmanager
def left_at_once() -> Iterator[None]:
    """Let Ctrl-C end the program while it is being loaded, when nothing is open yet that could be lost.

    A KeyboardInterrupt is not enough: where Python calls back as it imports, it ignores exceptions, and the
    program would run on.
    """
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:  # and not where we were told to ignore it
        signal.signal(signal.SIGINT, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _leave(number: int, frame: FrameType | None) -> None:
    with suppress(OSError):
        os.write(2, b"microgpt: interrupted\n")
    os._exit(130)


if __name__ == "__main__":
    main()
