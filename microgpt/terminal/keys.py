"""Single keys, read without Enter, while something else goes on."""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def keys() -> Iterator[Callable[[float], str]]:
    """Listen for keys; what is given waits for one so many seconds, and returns it, or "" if none came.

    Where standard input is no terminal, only its lines count, by their first letters; at its end it is as if
    somebody had pressed q.
    """
    try:
        import msvcrt
    except ImportError:
        with _posix() as pressed:
            yield pressed
    else:

        def waited(seconds: float) -> str:
            end = time.monotonic() + seconds
            while not msvcrt.kbhit():  # type: ignore[attr-defined]
                if time.monotonic() >= end:
                    return ""
                time.sleep(0.02)
            return str(msvcrt.getwch())  # type: ignore[attr-defined]

        yield waited


@contextlib.contextmanager
def _posix() -> Iterator[Callable[[float], str]]:
    import select
    import termios
    import tty

    stream = sys.stdin

    def pressed(seconds: float) -> str:
        if not select.select([stream], [], [], seconds)[0]:
            return ""
        if stream.isatty():
            return _key(stream.fileno())
        line = stream.readline()
        return line.strip()[:1] if line else "q"

    if not stream.isatty():
        yield pressed
        return
    before = termios.tcgetattr(stream)
    tty.setcbreak(stream)
    try:
        yield pressed
    finally:
        termios.tcsetattr(stream, termios.TCSADRAIN, before)


def _key(file: int) -> str:
    """Read one byte, past the buffer of the stream: what lies in there, `select` does not see."""
    import select

    try:
        key = os.read(file, 1)
    except OSError:  # the terminal is gone
        return "q"
    if key == b"\x1b":  # an arrow or the like: its letters are no keys
        while select.select([file], [], [], 0.01)[0]:
            os.read(file, 32)
        return ""
    return key.decode("ascii", "ignore") if key else "q"
