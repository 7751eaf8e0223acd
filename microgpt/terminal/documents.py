"""Where the documents of a run come from: a data set, a file, or what a checkpoint remembers of them."""

from microgpt.config import ConfigError
from microgpt.data import DATASETS, DataError, Source, bundled_documents, read_documents
from microgpt.spelling import nearest
from microgpt.terminal.fetch import MAKEMORE, fetched


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


def open_data(dataset: str | None, input_file: str | None) -> tuple[list[str], Source]:
    """Read the documents that the flags ask for.

    Raises:
        ConfigError: If they ask for two things at once.
        DataError: If the documents cannot be read.
    """
    if dataset is not None and input_file is not None:
        raise ConfigError("--dataset and --input both say what to learn from; give one of them")
    if input_file is not None:
        documents = read_documents(input_file)
        return documents, Source.of(input_file, documents, is_file=True)
    name = "names" if dataset is None else dataset
    documents = data_set(name)
    return documents, Source.of(name, documents)


def documents_of(
    source: Source, dataset: str | None = None, input_file: str | None = None
) -> tuple[list[str], Source]:
    """Read the documents that a checkpoint remembers, or those that the flags name in their place.

    Raises:
        DataError: If they cannot be read.
    """
    if dataset is not None or input_file is not None:
        return open_data(dataset, input_file)
    try:
        return open_data(None, source.name) if source.is_file else open_data(source.name, None)
    except DataError as error:
        raise DataError(
            f"the run's documents cannot be read: {error} (if they are somewhere else now: --input FILE)"
        ) from None
