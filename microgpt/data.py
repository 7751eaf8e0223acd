r"""Where the documents come from: a text file with one document on each line.

# The question

**What does the model learn from?** From examples and nothing else. Here an example, a *document*, is one
line of a text file. Some files come with the package; any other file of short lines will do: street
names, birds, passwords to avoid.

# What is bundled

Five sets of different kinds and sizes. The usual one is `names`.

>>> for name, sentence in DATASETS.items():
...     print(f"{name:<10}{len(bundled_documents(name)):>5}  {sentence}")
names      2917  First names of many cultures, in the letters a to z.
cities      658  Cities of all continents, with spaces and hyphens.
dinosaurs   394  Genera of dinosaurs: long words from Greek and Latin parts.
elements    118  The chemical elements: few enough to be learned by heart.
minerals    394  Minerals: most end in the same three letters.

>>> names = bundled_documents("names")
>>> len(names), len(set(names)), max(map(len, names))
(2917, 2917, 13)
>>> names[::600]
['aamir', 'duong', 'jinal', 'murat', 'siobhan']
>>> "".join(sorted(set("".join(names))))
'abcdefghijklmnopqrstuvwxyz'

The original learns from another file, the 32,033 lines of names.txt in Andrej Karpathy's makemore
repository. Some names stand there twice or more, so its lines are not all different. The command line
fetches it with `--dataset makemore`; `read_documents` reads it like any other.

A small set is learned by heart sooner, and one with more kinds of characters has more to guess among. Some
are easy to sound like:

>>> minerals = bundled_documents("minerals")
>>> sum(mineral.endswith("ite") for mineral in minerals), len(minerals)
(321, 394)

# What counts as a document

A line without the spaces around it, unless nothing is left. The order is kept here; `microgpt.training`
shuffles. A document that stands in the file twice is there twice, and is twice as likely to be met.

>>> documents_in("emma\n\n  olivia \r\n \nava")
['emma', 'olivia', 'ava']
"""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from microgpt.config import nearest

__all__ = ["DATASETS", "DataError", "Source", "bundled_documents", "documents_in", "read_documents"]

DATASETS = {
    "names": "First names of many cultures, in the letters a to z.",
    "cities": "Cities of all continents, with spaces and hyphens.",
    "dinosaurs": "Genera of dinosaurs: long words from Greek and Latin parts.",
    "elements": "The chemical elements: few enough to be learned by heart.",
    "minerals": "Minerals: most end in the same three letters.",
}
"""The bundled data sets, and what each is."""


class DataError(ValueError):
    """The documents cannot be read. The message says what was given, what was expected and what to do."""


def documents_in(text: str) -> list[str]:
    r"""Take a text apart into its documents: lines, stripped, without the empty ones.

    Only the ends of line that files use count (line feed, carriage return, or both); the rarer separators
    that `str.splitlines` knows stay inside a document.

    Args:
        text: What the file holds.

    Returns:
        The documents in the order of the file.

    Examples:
        >>> documents_in("  anna maria \rbo\x0bb\n")
        ['anna maria', 'bo\x0bb']
        >>> documents_in(" \n\n")
        []
    """
    return [line.strip() for line in io.StringIO(text, newline=None) if line.strip()]


def read_documents(path: str | Path) -> list[str]:
    r"""Read the documents of a text file in UTF-8.

    Args:
        path: The file. A byte order mark at its start, as some editors write it, is not part of the text.

    Returns:
        The documents in the order of the file; at least one.

    Raises:
        DataError: If there is no such file, it is not a text in UTF-8, or it has no document in it.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "pets.txt")
        ...     _ = path.write_text("\ufeffRex\nZoë\n", encoding="utf-8")
        ...     read_documents(path)
        ['Rex', 'Zoë']

        >>> try:
        ...     read_documents("no such file.txt")
        ... except DataError as error:
        ...     print(error)
        cannot read 'no such file.txt': there is no such file; name a UTF-8 text, one document per line
    """
    wanted = "name a UTF-8 text, one document per line"
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{str(path)!r} is not UTF-8 (byte {error.start} does not fit); {wanted}") from None
    except FileNotFoundError:
        raise DataError(f"cannot read {str(path)!r}: there is no such file; {wanted}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"cannot read {str(path)!r}: {reason}; {wanted}") from None
    if "\0" in text:
        raise DataError(f"{str(path)!r} is not text: it has zero bytes in it; {wanted}")
    documents = documents_in(text)
    if not documents:
        raise DataError(f"{str(path)!r} has no document in it, only blank lines; {wanted}")
    return documents


def bundled_documents(name: str = "names") -> list[str]:
    """Read the documents of a data set that comes with the package.

    Args:
        name: Which one of `DATASETS`.

    Returns:
        The documents in the order of the file.

    Raises:
        DataError: If there is no such data set.

    Examples:
        >>> bundled_documents()[:3]
        ['aamir', 'abayomi', 'abdi']
        >>> try:
        ...     bundled_documents("element")
        ... except DataError as error:
        ...     print(str(error).partition(" There are")[0])
        there is no data set 'element'; did you mean 'elements'?
    """
    if name not in DATASETS:
        raise DataError(f"there is no data set {name!r}; {nearest(name, DATASETS)}")
    path = Path(__file__).with_name("datasets") / f"{name}.txt"
    return documents_in(path.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Source:
    """What a saved run remembers of its data: where to find it, and how to tell whether it is still the same.

    Attributes:
        name: The name of a data set, or the path of a file.
        is_file: Which of the two it is.
        documents: How many documents there are.
        sha256: A fingerprint of them: 64 hexadecimal digits that change when any character does.

    Examples:
        >>> source = Source.of("pets", ["Rex", "Zoë"])
        >>> source.documents, source.sha256[:8]
        (2, '505871a5')

        The order counts, since it decides who is met first; so does where one document ends.

        >>> len({Source.of("pets", pets).sha256 for pets in (["Rex", "Zoë"], ["Zoë", "Rex"], ["RexZoë"])})
        3
    """

    name: str
    is_file: bool
    documents: int
    sha256: str

    @classmethod
    def of(cls, name: str, documents: Sequence[str], is_file: bool = False) -> "Source":
        """Describe documents that have just been read."""
        digest = hashlib.sha256("\n".join(documents).encode()).hexdigest()
        return cls(name, is_file, len(documents), digest)
