"""Where the documents of a run come from: a data set, a file, or what a checkpoint remembers of them."""

import os
import sys

from microgpt.config import ConfigError
from microgpt.data import (
    DATASETS,
    DataError,
    Source,
    bundled_documents,
    decoded_documents,
    read_documents,
)
from microgpt.spelling import nearest
from microgpt.terminal.fetch import MAKEMORE, fetched
from microgpt.terminal.options import Data

STDIN = "-"
"""What stands for standard input."""


def data_set(name: str) -> list[str]:
    """Read the documents of a data set: a bundled one, or `makemore`, which is fetched if need be.

    Args:
        name: Which one.

    Raises:
        DataError: If there is none of this name, or it cannot be fetched.

    Examples:
        >>> len(data_set("elements"))
        118
    """
    if name != MAKEMORE and name not in DATASETS:
        raise DataError(f"there is no data set {name!r}; {nearest(name, [*DATASETS, MAKEMORE])}")
    return read_documents(fetched()) if name == MAKEMORE else bundled_documents(name)


def open_data(data: Data) -> tuple[list[str], Source]:
    """Read the documents that the flags ask for.

    Raises:
        ConfigError: If they ask for two things at once.
        DataError: If the documents cannot be read.
    """
    name = data.input_file
    if name is not None:
        if data.dataset is not None:
            raise ConfigError("--dataset and --input both say what to learn from; give one of them")
        documents = _standard_input() if name == STDIN else read_documents(name)
        return documents, Source.of(name, documents, is_file=True)
    name = "names" if data.dataset is None else data.dataset
    documents = data_set(name)
    return documents, Source.of(name, documents)


def documents_of(source: Source, data: Data) -> tuple[list[str], Source]:
    """Read the documents that a checkpoint remembers, or those that the flags name in their place.

    Raises:
        DataError: If they cannot be read.
    """
    if data.is_named:
        documents, now = open_data(data)
        lasts = now.path is None or os.path.isfile(now.name)
        return documents, now if lasts else Source.of(source.name, documents, source.is_file)
    try:
        if source.is_file and source.name == STDIN:
            raise DataError("they came from standard input, which is over")
        if source.is_file and os.path.exists(source.name) and not os.path.isfile(source.name):
            raise DataError(f"{source.name!r} is no regular file, and what it had is over")
        return open_data(Data(None, source.name) if source.is_file else Data(source.name, None))
    except DataError as error:
        raise DataError(
            f"the run's documents cannot be read: {error} (if they are somewhere else now: --input FILE)"
        ) from None


def _standard_input() -> list[str]:
    try:
        return decoded_documents(sys.stdin.buffer.read(), "standard input")
    except OSError as error:
        raise DataError(f"cannot read standard input: {error.strerror}; name a file") from None
