"""Inventing documents with somebody else's arithmetic.

# The question

`microgpt.sampling` lets the model of the book speak. **How does a faster model speak, and say the same
words?** It gives its scores in its own way. Everything after that is the book's: the temperature, the draw,
and the end of the document. With equal scores and the same random generator, the same documents come out.

# The picture

Look at what goes round: scores one way, a token and its position the other.

```mermaid
graph LR
    reader["a reader: knows the document so far"] -- "scores" --> draw["temperature, softmax, draw"]
    draw -- "token, position" --> reader
```

A *reader* is a function that is given one token after the other, with its position, and answers each with
the scores for what comes next. It remembers keys and values of what it has read, and each document gets a new
one.

# What follows

`microgpt.engines.by_hand` begins with the faster arithmetic.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

from microgpt.model import Model
from microgpt.sampling import draw_token, probabilities_at, prompt_tokens

Reader: TypeAlias = Callable[[int, int], Sequence[float]]
"""Given a token and its position, it answers with scores, `[vocab_size]`."""


def invent(
    model: Model[Any],
    new_reader: Callable[[], Reader],
    rng: random.Random,
    count: int,
    temperature: float,
    prompt: str = "",
) -> Iterator[str]:
    """Invent documents, the same that `microgpt.sampling.generate` invents.

    Args:
        model: Whose dials and alphabet to use.
        new_reader: Makes a reader of the model for each document.
        rng: Where the chance comes from.
        count: How many documents.
        temperature: See `microgpt.sampling.probabilities_at`.
        prompt: How each begins.

    Yields:
        One document after the other, each when it is asked for.

    Raises:
        PromptError: See `microgpt.sampling.sample_tokens`.
        DrawError: See `microgpt.sampling.sample_tokens`.

    Examples:
        The book's own way to read a document is a reader too.

        >>> from microgpt.config import Config
        >>> from microgpt.model import as_floats, forward, new_caches, new_model
        >>> from microgpt.sampling import generate
        >>> from microgpt.tokenizer import Tokenizer
        >>> model = as_floats(new_model(Config(block_size=5), Tokenizer("abc"), random.Random(1)))
        >>> def new_reader():
        ...     caches = new_caches(model.config)
        ...     return lambda token, position: forward(model, token, position, caches)
        >>> rng = random.Random(7)
        >>> invented = list(invent(model, new_reader, rng, count=5, temperature=0.9, prompt="b"))
        >>> rng = random.Random(7)
        >>> invented == [generate(model, rng, temperature=0.9, prompt="b") for _ in range(5)]
        True
        >>> len(set(invented)) > 2
        True
    """
    for _ in range(count):
        reader, tokens = new_reader(), prompt_tokens(model, prompt)
        start = len(tokens)
        for position in range(model.config.block_size):
            scores = reader(tokens[position], position)
            if position + 1 < start:
                continue
            tokens.append(draw_token(probabilities_at(scores, temperature), rng))
            if tokens[-1] == model.tokenizer.bos:
                break
        yield prompt + model.tokenizer.decode(tokens[start:])
