"""Writing the trace of a run: one record a line, as JSON."""

import contextlib
import json
import math
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TextIO

from microgpt.config import ConfigError
from microgpt.records import Record


class TraceError(ValueError):
    """The file for the trace cannot be written. The message names it."""


class OutputError(Exception):
    """Something could not be written while a run was trained. The message says what, and where the run is."""


class TraceWriter:
    """A file that gets records, each as soon as it is there.

    Args:
        path: The file; what it has is replaced when the first record is written, and not before. `-` is
            standard output. None is no file: then nothing is written.
        kinds: Which kinds of records to write; the first and the last line, and the last of
            each step, are written in any case.
    """

    def __init__(self, path: str | None, kinds: Sequence[str]) -> None:
        self._path, self._kinds = path, {*kinds, "run", "step", "summary"}
        self._file: TextIO | None = sys.stdout if path == "-" else None

    def __enter__(self) -> "TraceWriter":
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file, whose every line has been flushed, or has failed already."""
        if self._file and self._file is not sys.stdout:
            with contextlib.suppress(OSError):
                self._file.close()

    @property
    def is_on(self) -> bool:
        """Whether anything is written."""
        return self._path is not None

    def write(self, records: Iterable[Record]) -> int:
        """Write the chosen records; return how many bytes that took.

        Raises:
            TraceError: If they cannot be written.
        """
        if self._path is None:
            return 0
        lines = [json.dumps(for_json(record)) + "\n" for record in records if record["kind"] in self._kinds]
        try:
            self._file = self._file or open(self._path, "w", encoding="utf-8", newline="\n")  # noqa: SIM115
            self._file.writelines(lines)
            self._file.flush()
        except BrokenPipeError:
            raise  # whoever reads the trace has seen enough
        except OSError as error:
            reason = f"{error.strerror}; choose another file"
            raise TraceError(f"cannot write the trace to {self._path!r}: {reason}") from None
        return sum(map(len, lines))


def refuse_to_lose(path: str, others: Iterable[Path | None], goes_on: bool) -> None:
    """Refuse to write a trace over a file that is no trace, or that is used otherwise.

    Args:
        path: Where the trace is to go.
        others: Files that are used otherwise.
        goes_on: Whether a trace that is there must not be lost either.

    Raises:
        ConfigError: If it is one.
    """
    here = os.path.realpath(path)
    if any(other is not None and here == os.path.realpath(other) for other in others):
        raise ConfigError(f"{path!r} is used otherwise; choose another file for the trace")
    if not (os.path.isfile(path) and os.path.getsize(path)):
        return
    is_trace = False
    with contextlib.suppress(OSError), open(path, "rb") as file:
        is_trace = file.read(8) == b'{"kind":'
    if not is_trace:
        raise ConfigError(f"{path!r} is there and is no trace; move it, or choose another file")
    if goes_on:
        raise ConfigError(f"{path!r} has the trace of the steps before; choose another file for the rest")


def for_json(content: Any) -> Any:
    """Replace what JSON has no word for: infinite numbers become null."""
    if isinstance(content, float):
        return content if math.isfinite(content) else None
    if isinstance(content, dict):
        return {key: for_json(entry) for key, entry in content.items()}
    if isinstance(content, list | tuple):
        return [for_json(entry) for entry in content]
    return content
