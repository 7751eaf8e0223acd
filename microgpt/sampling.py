r"""Letting the model speak: draw a token, feed it back, draw the next, until it says that the name is over.

# The question

The trained model gives a probability to every next token. **How does a list of probabilities become a name?**

# The picture

```mermaid
graph LR
    bos["BOS"] --> fwd["forward: logits"]
    fwd --> t["divide by the temperature"]
    t --> soft["softmax: probabilities"]
    soft --> draw["draw one token"]
    draw -- "a letter: write it down" --> fwd
    draw -- "BOS" --> done["the name is over"]
```

Start with the mark, as every document did. Draw a token from the model's probabilities, write it down,
and give it back to the model as the next input. If the mark is drawn, or there is no more room, the name
is finished. A model that works like this, each output becoming the next input, is called *autoregressive*.

# Why draw, and not take the best?

The best first letter is always the same, so is the best second, and every name would be the same. Drawing
gives each token the chance that the model thinks it deserves.

# Temperature

Between the two there is a dial. Dividing the scores by a temperature below 1 stretches their differences:
the favorites gain. Above 1 it shrinks them: the outsiders gain. The name is from physics, where the same
formula tells how likely an atom is to be found in a state of higher energy at a given heat.

$$p_i = \mathrm{softmax}(s / T)_i$$

>>> for temperature in (0.25, 0.5, 1.0, 2.0, 100.0):
...     print(temperature, [round(p, 3) for p in chances([2.0, 1.0, 0.1], temperature)])
0.25 [0.982, 0.018, 0.0]
0.5 [0.864, 0.117, 0.019]
1.0 [0.659, 0.242, 0.099]
2.0 [0.502, 0.304, 0.194]
100.0 [0.337, 0.333, 0.33]

# Check yourself

??? question "The model says a letter has a chance of 1 in 1,000. Will it never be drawn?"

    It will, about once in a thousand draws, and after it the model has to go on from a place it hardly
    knows. That is how one unlucky draw spoils a name, and why a temperature below 1 gives tidier ones.

??? question "Is a name that the model invents new?"

    It may stand in the file without having been learned by heart: short, common names are easy to hit.
    "New" has to be looked up, not assumed.

# No graph

Nothing is learned here, so nothing needs slopes. The model is copied to plain floats once, and the same
functions run several times faster with the same bits.

# From start to end

>>> from microgpt.config import Config
>>> from microgpt.data import bundled_documents
>>> from microgpt.model import as_floats
>>> from microgpt.training import start, train
>>> run = start(Config(steps=200), bundled_documents())
>>> for step in train(run):
...     pass
>>> model = as_floats(run.model)
>>> [generate(model, run.rng) for _ in range(6)]
['jinan', 'arha', 'ulasa', 'soma', 'awida', 'thi']

Hotter, the same model takes more risks.

>>> [generate(model, run.rng, temperature=1.5) for _ in range(6)]
['yevedunrn', 'ekbb', 'jenil', 'hho', 'uyho', 'a']
"""

import math
import random
from collections.abc import Sequence

from microgpt.attention import Cache
from microgpt.autograd import Scalar
from microgpt.model import Model, forward, new_caches
from microgpt.vectors import softmax

__all__ = ["DrawError", "chances", "draw", "generate"]


class DrawError(ValueError):
    """Nothing can be drawn from these scores. The message says why, and what to try."""


def chances(logits: Sequence[Scalar], temperature: float) -> list[Scalar]:
    r"""Turn scores into probabilities, sharper or flatter than the model meant them.

    Args:
        logits: The model's scores, `[vocab_size]`.
        temperature: Above 0; 1 leaves the model's opinion as it is.

    Returns:
        The probabilities, `[vocab_size]`.

    Raises:
        ValueError: If the temperature is not above 0. To always take the best, choose a very small one.
        DrawError: If the divided scores are too large for floats, or were no numbers to begin with.

    Pitfalls:
        - It divides the scores, before the softmax. Dividing probabilities would change nothing after
          they are made to add up to 1 again.

    Examples:
        Halving the temperature squares the ratios: 2.718 to 1 becomes 7.389 to 1.

        >>> warm, cold = chances([1.0, 0.0], 1.0), chances([1.0, 0.0], 0.5)
        >>> round(warm[0] / warm[1], 3), round(cold[0] / cold[1], 3)
        (2.718, 7.389)
        >>> chances([1.0, 0.0], 0.0)
        Traceback (most recent call last):
            ...
        ValueError: the temperature must be above 0, but 0.0 was given; for the best token alone try 0.01

        Scores that are no numbers any more, or a temperature that makes them so, are refused.

        >>> for logits, temperature in (([math.nan, 0.0], 1.0), ([5.0, 0.0], 1e-308), ([0.0, 0.0], 1e-320)):
        ...     try:
        ...         chances(logits, temperature)
        ...     except DrawError as error:
        ...         print(str(error).partition(";")[0])
        the scores divided by the temperature 1.0 are not finite numbers
        the scores divided by the temperature 1e-308 are not finite numbers
        the scores divided by the temperature 1e-320 are not finite numbers
    """
    if not temperature > 0:
        raise ValueError(
            f"the temperature must be above 0, but {temperature} was given; for the best token alone try 0.01"
        )
    try:
        scaled = [logit * temperature**-1 for logit in logits]
    except OverflowError:  # 1 / temperature is too large for a float
        scaled = [logit * math.inf for logit in logits]
    if not all(math.isfinite(float(score)) for score in scaled):
        raise DrawError(
            f"the scores divided by the temperature {temperature} are not finite numbers; "
            "try a higher temperature, or train with a smaller learning_rate or init_std"
        )
    return softmax(scaled)


def draw(probabilities: Sequence[Scalar], rng: random.Random) -> int:
    """Spin a wheel of fortune whose fields are as wide as the probabilities.

    Args:
        probabilities: The widths, `[vocab_size]`.
        rng: Where the chance comes from; it moves on by one number.

    Returns:
        The index of the field on which the wheel stops.

    Examples:
        Widths of 1/2, 0, 1/3 and 1/6, spun 6,000 times.

        >>> rng = random.Random(0)
        >>> spins = [draw([0.5, 0.0, 1 / 3, 1 / 6], rng) for _ in range(6000)]
        >>> [spins.count(field) for field in range(4)]
        [2967, 0, 2017, 1016]
    """
    return rng.choices(range(len(probabilities)), weights=[float(p) for p in probabilities])[0]


def generate(model: Model[Scalar], rng: random.Random, temperature: float | None = None) -> str:
    """Invent one document.

    Args:
        model: The model; of floats, since nothing is learned here. See `microgpt.model.as_floats`.
        rng: Where the chance comes from; it moves on by one number for each token drawn.
        temperature: How boldly to choose; the model's own dial, if not given.

    Returns:
        The text, at most `block_size` characters; it may be empty.

    Examples:
        An untrained model babbles. The same generator state gives the same babble.

        >>> from microgpt.config import Config
        >>> from microgpt.model import as_floats, new_model
        >>> from microgpt.tokenizer import Tokenizer
        >>> model = as_floats(new_model(Config(), Tokenizer("abc"), random.Random(1)))
        >>> rng = random.Random(7)
        >>> [generate(model, rng) for _ in range(4)]
        ['bacabbababaabbab', 'c', 'cc', 'a']
        >>> generate(model, random.Random(7), temperature=0.5) == generate(model, random.Random(7))
        True

        It stops when the block is full.

        >>> short = as_floats(new_model(Config(block_size=3), Tokenizer("abc"), random.Random(1)))
        >>> max(len(generate(short, rng)) for _ in range(20))
        3
    """
    config, tokenizer = model.config, model.tokenizer
    if temperature is None:
        temperature = config.temperature
    caches: list[Cache[Scalar]] = new_caches(config)
    token, tokens = tokenizer.bos, []
    for position in range(config.block_size):
        logits = forward(model, token, position, caches)
        token = draw(chances(logits, temperature), rng)
        if token == tokenizer.bos:
            break
        tokens.append(token)
    return tokenizer.decode(tokens)
