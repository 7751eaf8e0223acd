r"""Between text and numbers: each character gets an id, and one extra id marks the beginning and the end.

# What you will be able to do

- Turn a name into ids and back, and say what the extra id is for.
- Cut one name into the exercises that a model learns from.
- Say why large models have neither characters nor words, and merge pairs of characters as they do.

# The question

A model calculates with numbers, and a name is made of letters. **How does "emma" become numbers, and how
do numbers become a name again?** And since a model can only say what comes *next*: how does it learn where
to start, and when to stop?

# The picture

A *tokenizer* is a cloakroom. Each character is handed in, and a numbered tag comes back; later the tag brings
back the character. The numbers say which hook, and nothing else: hook 4 is not more than hook 3.

```mermaid
graph TD
    doc["emma"] -- "encode" --> ids["26 4 12 12 0 26"]
    ids -- "to learn from" --> model["the model:<br/>scores for<br/>the next id"]
    bos["26, which is BOS"] -- "to begin<br/>a new name" --> model
    model -- "draw one" --> id["an id"]
    id -- "not 26" --> model
    id -- "26: decode all so far" --> text["a new name"]
```

The *alphabet* is every distinct character of the documents, in sorted order. A character's id is its
place in that order, counted from 0. One more id, after the last character, is the mark **BOS** ("beginning of
sequence"). It stands on both sides of a document: as the first input it means "a name begins here", as the
last answer it means "the name is over". (It is the full stop of `microgpt.first_steps`, which also stood on
both sides.)

The ids are called *tokens*, and all ids that there are, the mark included, the *vocabulary*.

# The ids of emma

>>> tokenizer = Tokenizer.from_documents(["emma", "ella", "liam"])
>>> tokenizer.alphabet
'aeilm'
>>> tokenizer.encode("emma")
[5, 1, 4, 4, 0, 5]
>>> tokenizer.decode([1, 4, 4, 0])
'emma'

With all letters from a to z, as in the bundled names, e is 4, m is 12, a is 0 and the mark is 26. These are
the ids of emma in all chapters to come.

>>> letters = Tokenizer("abcdefghijklmnopqrstuvwxyz")
>>> letters.encode("emma"), letters.vocab_size
([26, 4, 12, 12, 0, 26], 27)

As a formula, with $c_1 \ldots c_n$ for the characters, $\text{id}$ for the place in the alphabet, and $V - 1$
for the mark, the last of $V$ ids:

$$\text{encode}(c_1 \ldots c_n) = [V - 1, \text{id}(c_1), \ldots, \text{id}(c_n), V - 1]$$

A document of $n$ characters becomes $n + 2$ tokens.

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
spelling first.

Large models take the middle road, *byte-pair encoding*: start with characters, find the pair of neighbors
that is most frequent (of equals, the first), make it one new token, and do so again, as often as the
vocabulary may grow. Here three times, on a text of four names.

>>> from collections import Counter
>>> def merge(pieces, pair):
...     merged = []
...     for piece in pieces:
...         if merged and (merged[-1], piece) == pair:
...             merged[-1] += piece
...         else:
...             merged.append(piece)
...     return merged
>>> pieces = list("anna hannah joanna susanna")
>>> vocabulary = sorted(set(pieces))
>>> print(len(pieces), "tokens of", len(vocabulary))
26 tokens of 8
>>> for _ in range(3):
...     [(pair, times)] = Counter(zip(pieces, pieces[1:])).most_common(1)
...     pieces = merge(pieces, pair)
...     vocabulary.append("".join(pair))
...     print(pair, times, "times:", len(pieces), "tokens of", len(vocabulary), "|".join(pieces))
('a', 'n') 4 times: 22 tokens of 9 an|n|a| |h|an|n|a|h| |j|o|an|n|a| |s|u|s|an|n|a
('an', 'n') 4 times: 18 tokens of 10 ann|a| |h|ann|a|h| |j|o|ann|a| |s|u|s|ann|a
('ann', 'a') 4 times: 14 tokens of 11 anna| |h|anna|h| |j|o|anna| |s|u|s|anna

The text gets shorter and the vocabulary larger: a model has fewer tokens to go through, and more of them to
learn. Large models stop at tens or hundreds of thousands of pieces, and many begin with bytes instead of
characters, so that no text has anything unknown in it. For names of six letters, characters are just right.

# What to know about it

- *Ids are labels.* No calculation with them makes sense. They only say which row of a table is meant, as the
  last letter did in `microgpt.first_steps`.
- *The tokenizer is part of the model.* The weights have been learned for these ids. With another alphabet
  they are weights for something else.
- *It learns nothing here.* The alphabet is counted once, before training, and stays. (Byte pairs are
  counted too.)
- *What is no token cannot be said, and cannot be read.*

# Pitfalls

- *To count from 1.* Then every letter is taken for the next one, and z for the mark. A write-up
  of this program gives emma these ids:

    >>> letters.decode([5, 13, 13, 1])
    'fnnb'

- *To read ids with another alphabet.* Nothing fails. It is simply another name.

    >>> letters.decode(tokenizer.encode("emma")[1:-1])
    'beea'

- *A character that the documents do not have.* There is no id for it, so the text is refused. With bytes it
  would be two tokens.

    >>> try:
    ...     letters.encode("zoë")
    ... except ValueError as error:
    ...     print(error)
    'zoë' has 'ë', which is not in the alphabet 'abcdefghijklmnopqrstuvwxyz'; use only its characters
    >>> list("ë".encode())
    [195, 171]

# Check yourself

??? question what tokenizer "What is a token?"

    A piece of text that has a number of its own; the number itself is called so too. Here the pieces are
    characters, and one token, BOS, is a mark that stands for no character.

    >>> [letters.name(token) for token in letters.encode("al")]
    ['BOS', 'a', 'l', 'BOS']

??? question why tokenizer "Why must text become numbers?"

    Because all that a model can do is calculate, and because learning nudges numbers: half a nudge to the
    letter e means nothing. The ids themselves are never multiplied with anything. They pick rows of numbers,
    and those are what is calculated with and learned.

??? question how tokenizer "What does an empty document teach?"

    It has two tokens and holds one exercise: after BOS comes BOS. It teaches that a name may be over
    before it begins. (The files of names have no empty lines, but the model may invent one, as the wheel of
    `microgpt.first_steps` did.)

    >>> tokenizer.encode("")
    [5, 5]

??? question deeper tokenizer "Would any other numbering of the characters do?"

    Yes. The ids are only addresses of rows in tables. But the rows begin as random numbers, and
    another numbering gives each character another row; so it is another run, with other losses.

    >>> Tokenizer("zyxwvutsrqponmlkjihgfedcba").encode("emma")
    [26, 21, 13, 13, 25, 26]

# To keep

- A tokenizer gives each character a number that is a label and no amount, and brings the text back from the
  numbers.
- One more token, BOS, marks where a document begins and where it is over, so that a model can learn both.
- A document of n characters holds n + 1 exercises: given what is on the left, say what comes next.

# What follows

Now a name is a list of numbers, and a model could calculate with them. To learn, it has to know: which way
should each of its weights move? `microgpt.autograd` finds out without a single nudge.

Sources: byte-pair encoding is Philip Gage's, "A New Algorithm for Data Compression" (1994). Rico Sennrich,
Barry Haddow and Alexandra Birch brought it to translation in "Neural Machine Translation of Rare Words with
Subword Units" (2015), and GPT-2 to bytes (2019), Alec Radford and others, "Language Models are Unsupervised
Multitask Learners".
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
