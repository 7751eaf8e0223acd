r"""Where the documents come from: a text file with one document on each line.

# What you will be able to do

- Say what a model learns from, and make a file of your own for it.
- Read a text file so that blank lines, line ends and encodings do no harm.
- Set documents aside to judge a model by, in such a way that none stands on both sides.

# The question

**What does the model learn from?** From examples and nothing else. Here an example, a *document*, is one
line of a text file. Some files come with the package; any other file of short lines will do: street
names, birds, elements.

# The picture

A pack of cards with one name on each. Shuffle it. Before the game begins, a few cards from the bottom are put
away, face down: nobody learns from them. The rest is played from the top, one card a step. Here it is done
with the sixteen names of `microgpt.first_steps`, as further below.

```mermaid
graph TD
    file["a text file"] -- "lines, without<br/>the empty ones" --> documents
    documents["16 documents<br/>ann, anna, anne ..."]
    documents -- "shuffle" --> shuffled["a random<br/>order"]
    shuffled -- "most of<br/>them" --> training["12 to<br/>learn from"]
    shuffled -- "the last<br/>distinct ones" --> aside
    aside["4 held out, to judge by<br/>ann, ellen, nina, liane"]
```

# What is bundled

Five sets of different kinds. The usual one is `names`.

>>> for name, sentence in DATASETS.items():
...     print(f"{name:<10}{len(bundled_documents(name)):>5}  {sentence}")
names      2917  First names of many cultures, in the letters a to z.
cities      658  Cities of six continents, with spaces and hyphens.
dinosaurs   394  Genera of dinosaurs: mostly long words from Greek and Latin parts.
elements    118  The chemical elements: few enough to be learned by heart.
minerals    394  Minerals: most end in the same three letters.

>>> names = bundled_documents("names")
>>> len(names), len(set(names)), max(map(len, names))
(2917, 2917, 13)
>>> names[::600]
['aamir', 'duong', 'jinal', 'murat', 'siobhan']
>>> "".join(sorted(set("".join(names))))
'abcdefghijklmnopqrstuvwxyz'

One name goes through this whole book, to look at each part of the model by: emma. It is *not* among the
bundled names, so a model that has learned from all of them has still never met it.

>>> "emma" in names, [name for name in names if name.startswith("em")]
(False, ['emeka', 'emi', 'emiko', 'emile', 'emilio', 'emily', 'emine', 'emre', 'emrys'])

Each set has something of its own to teach. Most minerals end alike, and so do nearly half of the dinosaurs,
which go from two letters to more than twenty.

>>> minerals, dinosaurs = bundled_documents("minerals"), bundled_documents("dinosaurs")
>>> sum(mineral.endswith("ite") for mineral in minerals), len(minerals)
(321, 394)
>>> sum(dinosaur.endswith("saurus") for dinosaur in dinosaurs), len(dinosaurs)
(191, 394)
>>> [dinosaur for dinosaur in dinosaurs if len(dinosaur) < 5], max(dinosaurs, key=len)
(['anzu', 'mei', 'tawa', 'yi', 'zuul'], 'micropachycephalosaurus')

Andrej Karpathy's microgpt, the *original* that this book follows, learns from another file, the 32,033 lines
of names.txt in his makemore repository. Some names stand there twice or more, so its lines are not all
different. The command line fetches it with `--dataset makemore`; `read_documents` reads it like any other.

<!-- not computed: 32,033; the file is not in the package -->

# What counts as a document

A line without the spaces around it, unless nothing is left. The order of the file is kept; `split_documents`
shuffles when a run begins. A document that stands in the file twice is there twice, and is twice as likely to
be met.

>>> documents_in("emma\n\n  olivia \r\n \nava")
['emma', 'olivia', 'ava']

# Held out

A model is trained to be less surprised by the documents that it sees. That is not what we want of it. We
want it to know about names, and so to be less surprised by names that it has *not* seen. The two part
company. Take the sixteen names of `microgpt.first_steps`, train its table of letter pairs with twelve of
them, and look at the loss of the four others as well. The four are **held out**: kept away from training, to
judge the model by. (`block_size` says how many letters of a document count; no name has 16.)

>>> from microgpt.first_steps import WORDS, descend, letter_pairs, pair_surprise
>>> twelve, four = split_documents(WORDS, hold_out=0.25, block_size=16, rng=random.Random(0))
>>> four
['ann', 'ellen', 'nina', 'liane']
>>> set(letter_pairs(four)) - set(letter_pairs(twelve))
{(4, 1)}
>>> for steps in (0, 10, 100, 300):
...     row = descend(lambda row: pair_surprise(row, letter_pairs(twelve)), [0.0] * 36, 20.0, steps)
...     losses = [pair_surprise(row, pairs) for pairs in (letter_pairs(twelve), letter_pairs(four), [(4, 1)])]
...     print(steps, "steps: the twelve {:.4f}, the four {:.4f}, the pair ni {:.4f}".format(*losses))
0 steps: the twelve 1.7918, the four 1.7918, the pair ni 1.7918
10 steps: the twelve 1.3127, the four 1.5435, the pair ni 4.1648
100 steps: the twelve 1.2836, the four 1.6147, the pair ni 6.3418
300 steps: the twelve 1.2812, the four 1.6636, the pair ni 7.4264

The loss of the twelve falls and falls. The loss of the four falls at first, while the table learns what these
names have in common. Then it rises. The pair (4, 1), an i after an n as in nina, is the only one of the four
that the twelve do not have, and the table becomes ever surer that it never comes. Whether a falling loss
means more knowledge of names, or only of these twelve, can be told by documents that are held out, and only
if they are really kept away.

(What has set in here is named and studied in `microgpt.training`; a whole chapter on judging is
`microgpt.evaluation`.)

# Pitfalls

- *To cut a file that is in order.* The bundled names are sorted. Who sets the last tenth aside without
  shuffling judges by names with these initials. Names in t stand on both sides of the cut, and none with a
  later initial is learned from.

    >>> "".join(sorted({name[0] for name in names[-len(names) // 10 :]}))
    'tuvwxyz'

- *To cut lines instead of documents.* A name that stands in the file twice lies on both sides then. The
  model has seen what it is judged by. `split_documents` counts distinct documents.

    >>> lines = ["emma", "ava", "mia", "ava"]
    >>> set(lines[:2]) & set(lines[2:])
    {'ava'}

- *To take the end of the line along.* Then a character that nobody sees is part of every name, and the model
  learns that too. Files from Windows end their lines with two characters.

    >>> "emma\r\nava\r\n".split("\n")
    ['emma\r', 'ava\r', '']
    >>> documents_in("emma\r\nava\r\n")
    ['emma', 'ava']

# Check yourself

??? question what "What would the documents be if the model should write haiku, or melodies?"

    One haiku a line, with a sign for the line break inside it; one melody a line, in any notation that is
    made of characters. The model knows nothing of names. Whatever can be written as short lines of
    characters can be learned from.

??? question why "Why are documents shuffled, if each of them is learned from anyway?"

    Because a run takes one document a step, and may end before the file does. The default run takes
    1,000 steps. In the order of the file it would never see a name beyond this one:

    >>> names[999]
    'hinemoa'

??? question how "Five lines, ava among them twice. With hold_out = 0.5, how many documents are set aside?"

    Four are distinct, and half of them are two. The shuffle decides which.

    >>> five = ["emma", "ava", "mia", "ava", "liam"]
    >>> [len(part) for part in split_documents(five, 0.5, 16, random.Random(0))]
    [3, 2]

??? question deeper "Why do two documents that begin alike count as one here?"

    A model reads only so far, and what it does not read it cannot tell apart. If it reads three letters, anna
    and annika are both `ann` to it. With one on each side, it would be judged by exactly what it has
    learned from. So if one is set aside, the other one is not learned from either:

    >>> split_documents(["anna", "annika", "mia"], 0.5, 3, random.Random(4))
    (['mia'], ['annika'])

# To keep

- A model learns from documents and nothing else; here a document is a line of text.
- What a model is worth shows with documents that are held out, because the loss of what it was trained on
  falls anyway.
- Held out means that no document, and none that looks the same to the model, stands on both sides.

# What follows

A model calculates with numbers, and these are letters. How does a name become numbers, and how do numbers
become a name? `microgpt.tokenizer` numbers the characters.

Sources: names.txt is from Andrej Karpathy's makemore (2022). To judge by what was not learned from is an old
rule of statistics; Mervyn Stone studied it in "Cross-Validatory Choice and Assessment of Statistical
Predictions" (1974).
"""

import codecs
import io
import pkgutil
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from microgpt.spelling import nearest

DATASETS = {
    "names": "First names of many cultures, in the letters a to z.",
    "cities": "Cities of six continents, with spaces and hyphens.",
    "dinosaurs": "Genera of dinosaurs: mostly long words from Greek and Latin parts.",
    "elements": "The chemical elements: few enough to be learned by heart.",
    "minerals": "Minerals: most end in the same three letters.",
}
"""The bundled data sets, and what each is."""


_WANTED = "name a UTF-8 text, one document per line"


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
    try:
        content = Path(path).read_bytes()
    except FileNotFoundError:
        reason = "there is no such file"
    except (OSError, ValueError) as error:
        reason = str(getattr(error, "strerror", None) or error)
    else:
        return decoded_documents(content, str(path))
    raise DataError(f"cannot read {str(path)!r}: {reason}; {_WANTED}")


def decoded_documents(content: bytes, name: str) -> list[str]:
    r"""Take the content of a file apart into its documents.

    Args:
        content: What was read.
        name: What to call it in a message.

    Raises:
        DataError: If it is not a text in UTF-8, or has no document in it.

    Examples:
        >>> decoded_documents("Rex\nZoë\n".encode(), "pets")
        ['Rex', 'Zoë']
        >>> try:
        ...     decoded_documents("Zoë".encode("latin-1"), "pets")
        ... except DataError as error:
        ...     print(error)
        'pets' is not UTF-8 (byte 2 does not fit); name a UTF-8 text, one document per line
    """
    try:
        text = decoded(content)
    except ValueError as error:
        raise DataError(f"{name!r} {error}; {_WANTED}") from None
    if "\0" in text:
        raise DataError(f"{name!r} is not text: it has zero bytes in it; {_WANTED}")
    documents = documents_in(text)
    if not documents:
        raise DataError(f"{name!r} has no document in it, only blank lines; {_WANTED}")
    return documents


def decoded(content: bytes) -> str:
    r"""Turn the bytes of a file into text.

    Args:
        content: In UTF-8, with a byte order mark or without.

    Raises:
        ValueError: If it is something else.

    Examples:
        >>> decoded(b"\xef\xbb\xbfRex")
        'Rex'
        >>> decoded("Rex".encode("utf-16"))
        Traceback (most recent call last):
            ...
        ValueError: looks like UTF-16; save it as UTF-8
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ValueError("looks like UTF-16; save it as UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 (byte {error.start} does not fit)") from None


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
    content = pkgutil.get_data("microgpt.data", f"datasets/{name}.txt")
    return documents_in((content or b"").decode())


def split_documents(
    documents: Sequence[str], hold_out: float, block_size: int, rng: random.Random
) -> tuple[list[str], list[str]]:
    """Shuffle the documents like cards, and set some of the distinct ones aside: they are *held out*.

    Args:
        documents: All of them, in the order of the file.
        hold_out: Which share of the distinct ones to set aside; above 0, at least one document.
        block_size: How far the model reads. Documents that are equal that far are not distinct.
        rng: Where the chance comes from; it moves on by one shuffle, whatever is set aside.

    Returns:
        What to learn from, in the order of the steps, and what is set aside.

    Raises:
        ValueError: If nothing would be left to learn from.

    Pitfalls:
        - *Cutting the list of lines.* A document that stands in the file twice could end up on both sides.
          Here it is on one side only: among those to learn from with all its lines, or among those set aside,
          once.

    Examples:
        What is set aside are the last distinct documents in the new order. The ones before them stay in
        the order that they would have without.

        >>> names = ["emma", "ava", "mia", "ava", "liam"]
        >>> split_documents(names, 0.0, 16, random.Random(0))
        (['mia', 'ava', 'emma', 'liam', 'ava'], [])
        >>> split_documents(names, 0.5, 16, random.Random(0))
        (['mia', 'ava', 'ava'], ['emma', 'liam'])
        >>> for names, share in ((["ava", "ava"], 0.1), (["ava", "mia"], 0.9)):
        ...     try:
        ...         split_documents(names, share, 16, random.Random(42))
        ...     except ValueError as error:
        ...         print(error)
        hold_out = 0.1 would set aside the only distinct document; choose 0, or learn from more documents
        hold_out = 0.9 would set aside all 2 distinct documents; choose less, or learn from more documents
    """
    shuffled = list(documents)
    rng.shuffle(shuffled)
    if not hold_out:
        return shuffled, []
    first_of: dict[str, str] = {}
    for document in shuffled:
        first_of.setdefault(document[:block_size], document)
    count = max(1, round(hold_out * len(first_of)))
    if count == len(first_of):
        them, choose = f"all {count} distinct documents", "less"
        if count == 1:
            them, choose = "the only distinct document", "0"
        raise ValueError(
            f"hold_out = {hold_out} would set aside {them}; choose {choose}, or learn from more documents"
        )
    aside = dict.fromkeys(list(first_of)[-count:])
    training = [document for document in shuffled if document[:block_size] not in aside]
    return training, [first_of[beginning] for beginning in aside]


def cut_documents(documents: Sequence[str], block_size: int) -> int:
    """Count the documents that do not fit: the model stops reading before their end and never learns it.

    Args:
        documents: The texts.
        block_size: The most positions that the model can handle; the mark at the beginning
            (`microgpt.tokenizer`) takes one.

    Examples:
        Three letters and the mark fill four positions; the fourth letter is too much.

        >>> cut_documents(["ava", "emma", "olivia"], block_size=4)
        2
    """
    return sum(len(document) + 1 > block_size for document in documents)


@dataclass(frozen=True)
class Source:
    """What a saved run remembers of its data: where to find it, and how to tell whether it is still the same.

    Attributes:
        name: The name of a data set, or the path of a file.
        is_file: Which of the two it is.
        documents: How many documents there are.
        sha256: 64 hexadecimal digits made of all of them, which change when any character does; the chapter
            `microgpt.checkpoint` says what for.

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

    @property
    def path(self) -> Path | None:
        """The file, if it is one."""
        return Path(self.name) if self.is_file else None

    @classmethod
    def of(cls, name: str, documents: Sequence[str], is_file: bool = False) -> "Source":
        """Describe documents that have just been read."""
        from hashlib import sha256  # here, since it takes long to import

        digest = sha256("\n".join(documents).encode()).hexdigest()
        return cls(name, is_file, len(documents), digest)
