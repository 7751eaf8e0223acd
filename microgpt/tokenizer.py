r"""Between text and numbers: each character gets an id, and one extra id marks the beginning and the end.

# The question

A model calculates with numbers, and a name is made of letters. **How does "emma" become numbers, and how
do numbers become a name again?** And since a model can only say what comes *next*: how does it learn where
to start, and when to stop?

# The picture

```mermaid
graph LR
    doc["'emma'"] -- "encode" --> ids["BOS e m m a BOS, as ids"]
    ids --> training["training"]
    bos["BOS"] --> model["the model: scores for the next id"]
    model -- "draw one" --> id["an id"]
    id -- "if it is not BOS: go on" --> model
    id -- "if it is BOS: decode all so far" --> text["a new name"]
```

The *alphabet* is every distinct character of the documents, in sorted order. A character's id is its
place in that order, counted from 0. It is a label and no amount: 4 is not "more" than 3. One more id,
after the last character, is the mark **BOS** ("beginning of sequence"). It stands on both sides of a
document: as the first input it means "a name begins here", as the last answer it means "the name is
over".

>>> tokenizer = Tokenizer.from_documents(["emma", "ella", "liam"])
>>> tokenizer.alphabet
'aeilm'
>>> tokenizer.encode("emma")
[5, 1, 4, 4, 0, 5]
>>> tokenizer.decode([1, 4, 4, 0])
'emma'

With all letters from a to z, as in the bundled names, e is 4, m is 12, a is 0 and the mark is 26.

>>> Tokenizer("abcdefghijklmnopqrstuvwxyz").encode("emma")
[26, 4, 12, 12, 0, 26]

The ids are called *tokens*, and all ids that there are, the mark included, the *vocabulary*.

# One document, many exercises

From six tokens come five exercises, each "given all that stands to the left, say what comes next". This
is the whole of the training material; nobody has to write answers.

>>> tokens = tokenizer.encode("emma")
>>> for end in range(1, len(tokens)):
...     given = " ".join(map(tokenizer.name, tokens[:end]))
...     print(f"given {given:<11} say {tokenizer.name(tokens[end])}")
given BOS         say e
given BOS e       say m
given BOS e m     say m
given BOS e m m   say a
given BOS e m m a say BOS

# Why characters

A token can be a character, a word, or something between. With words, the model could say only words it
has seen, and each of hundreds of thousands would need numbers of its own to learn. With characters, the
vocabulary is tiny and any text in its letters can be said, but texts are long and the model has to learn
spelling first. Large models take the middle road: about a hundred thousand frequent pieces of words,
found by *byte-pair encoding* (Sennrich, Haddow and Birch, 2016). For names, characters are just right.

# Check yourself

??? question "What does an empty document teach?"

    It has two tokens and holds one exercise: after BOS comes BOS. It teaches that a name may be over
    before it begins. (The files of names have no empty lines, but the model may invent one.)

    >>> tokenizer.encode("")
    [5, 5]

??? question "Would any other numbering of the characters do?"

    Yes. The ids are only addresses of rows in tables; 4 is not "more" than 1. But another numbering puts
    other random numbers into the rows, and so it is another run.

# What follows

`microgpt.model` gives each id a vector of its own, the *embedding*.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Tokenizer:
    """A fixed alphabet, and the translation in both directions.

    Args:
        alphabet: The distinct characters; the place of each is its id.

    Examples:
        The mark has the id after the last character, so it grows with the alphabet.

        >>> Tokenizer("abc").bos, Tokenizer("abcd").bos
        (3, 4)

        A character cannot have two ids.

        >>> Tokenizer("abca")
        Traceback (most recent call last):
            ...
        ValueError: the alphabet 'abca' has a character twice; give each character once
    """

    alphabet: str

    def __post_init__(self) -> None:
        if len(set(self.alphabet)) < len(self.alphabet):
            raise ValueError(
                f"the alphabet {self.alphabet!r} has a character twice; give each character once"
            )

    @classmethod
    def from_documents(cls, documents: Iterable[str]) -> "Tokenizer":
        """Collect the alphabet of some documents.

        Args:
            documents: The texts, in any order; the result does not depend on it.

        Examples:
            Every character counts, also capitals, spaces and letters beyond a to z.

            >>> Tokenizer.from_documents(["Zoë", "a b"]).alphabet
            ' Zaboë'
        """
        return cls("".join(sorted(set("".join(documents)))))

    @cached_property
    def ids(self) -> dict[str, int]:
        """The id of each character of the alphabet."""
        return {character: place for place, character in enumerate(self.alphabet)}

    @property
    def bos(self) -> int:
        """The id of the mark for beginning and end."""
        return len(self.alphabet)

    @property
    def vocab_size(self) -> int:
        """The number of ids: all characters and the mark.

        Examples:
            >>> Tokenizer("abc").vocab_size
            4
        """
        return len(self.alphabet) + 1

    def encode(self, document: str) -> list[int]:
        """Turn a document into ids, with the mark on both sides.

        Args:
            document: A text of characters from the alphabet; it may be empty.

        Returns:
            The ids, `[len(document) + 2]`. (In these chapters a size in square brackets says how many numbers
            a list has.)

        Raises:
            ValueError: If a character is not in the alphabet.

        Examples:
            >>> Tokenizer("abc").encode("cab")
            [3, 2, 0, 1, 3]
            >>> Tokenizer("abc").encode("")
            [3, 3]
            >>> Tokenizer("abc").encode("abbé")
            Traceback (most recent call last):
                ...
            ValueError: 'abbé' has 'é', which is not in the alphabet 'abc'; use only its characters
        """
        ids = self.ids
        unknown = sorted(set(document) - ids.keys())
        if unknown:
            verb = "is" if len(unknown) == 1 else "are"
            alphabet = self.alphabet if len(self.alphabet) <= 100 else f"{self.alphabet[:100]}..."
            raise ValueError(
                f"{document!r} has {', '.join(map(repr, unknown[:10]))}, "
                f"which {verb} not in the alphabet {alphabet!r}; use only its characters"
            )
        return [self.bos, *(ids[character] for character in document), self.bos]

    def decode(self, tokens: Sequence[int]) -> str:
        """Turn ids back into text. The mark stands for no character and disappears.

        Args:
            tokens: Ids from 0 to `bos`.

        Returns:
            The text.

        Examples:
            What was encoded comes back.

            >>> tokenizer = Tokenizer("abc")
            >>> tokenizer.decode(tokenizer.encode("cab"))
            'cab'
        """
        return "".join(self.alphabet[token] for token in tokens if token != self.bos)

    def name(self, token: int) -> str:
        """Say which character an id stands for, in a way that is readable for the mark too.

        Examples:
            >>> [Tokenizer("abc").name(token) for token in (3, 1)]
            ['BOS', 'b']
        """
        return "BOS" if token == self.bos else self.alphabet[token]
