"""Writing the trace of a run: one record a line, as JSON."""

import contextlib
import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from microgpt.config import ConfigError
from microgpt.records import Record


class TraceError(ValueError):
    """The file for the trace cannot be written. The message names it."""


class TraceWriter:
    """A file that gets records, each as soon as it is there.

    Args:
        path: The file; what it has is replaced. None for no file: then nothing is written.
        kinds: Which kinds of records to write; the first and the last line are written in any case.

    Raises:
        TraceError: If it cannot be written.
    """

    def __init__(self, path: str | None, kinds: Sequence[str]) -> None:
        self._path, self._kinds = path, {*kinds, "run", "summary"}
        try:
            self._file = open(path, "w", encoding="utf-8", newline="\n") if path is not None else None  # noqa: SIM115
        except OSError as error:
            raise TraceError(
                f"cannot write the trace to {path!r}: {error.strerror}; choose another file"
            ) from None

    def __enter__(self) -> "TraceWriter":
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file, whose every line has been flushed, or has failed already."""
        if self._file:
            with contextlib.suppress(OSError):
                self._file.close()

    @property
    def is_on(self) -> bool:
        """Whether anything is written."""
        return self._file is not None

    def write(self, records: Iterable[Record]) -> int:
        """Write the chosen records; return how many bytes that took.

        Raises:
            TraceError: If they cannot be written.
        """
        if self._file is None:
            return 0
        lines = [json.dumps(_finite(record)) + "\n" for record in records if record["kind"] in self._kinds]
        try:
            self._file.writelines(lines)
            self._file.flush()
        except BrokenPipeError:
            raise  # whoever reads the trace has seen enough
        except OSError as error:
            raise TraceError(f"cannot write the trace {self._path!r}: {error.strerror}") from None
        return sum(map(len, lines))


def refuse_to_lose(path: Path, others: Iterable[Path | None]) -> None:
    """Refuse to write a trace over a file that is no trace, or that is used otherwise.

    Raises:
        ConfigError: If it is one.
    """
    if any(other is not None and path.resolve() == other.resolve() for other in others):
        raise ConfigError(f"{str(path)!r} is used otherwise; choose another file for the trace")
    if path.is_file() and path.stat().st_size:
        with contextlib.suppress(OSError), path.open("rb") as file:
            if file.read(8) == b'{"kind":':
                return
        raise ConfigError(f"{str(path)!r} is there and is no trace; move it, or choose another file")


def _finite(content: Any) -> Any:
    """Replace what JSON has no word for: infinite numbers become null."""
    if isinstance(content, float):
        return content if math.isfinite(content) else None
    if isinstance(content, dict):
        return {key: _finite(entry) for key, entry in content.items()}
    if isinstance(content, list | tuple):
        return [_finite(entry) for entry in content]
    return content
