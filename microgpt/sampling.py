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
formula tells how likely an atom is to be found in a state of higher energy at a given temperature. With
the scores $s$ and the temperature $T$:

$$p_i = \mathrm{softmax}(s / T)_i$$

>>> for temperature in (0.25, 0.5, 1.0, 2.0, 100.0):
...     print(temperature, [round(p, 3) for p in probabilities_at([2.0, 1.0, 0.1], temperature)])
0.25 [0.982, 0.018, 0.0]
0.5 [0.864, 0.117, 0.019]
1.0 [0.659, 0.242, 0.099]
2.0 [0.502, 0.304, 0.194]
100.0 [0.337, 0.333, 0.33]

# Finishing what somebody began

A beginning, the *prompt*, needs nothing new. Its letters are given to the model one after the other and
its answers are ignored, until the beginning is over. From there on it draws. That is how a chat program
answers: the question is the prompt.

# How unsure is it?

The *entropy* of the probabilities says in one number how open the next letter is. A fair coin has 1 bit, a
die with eight faces has 3, certainty has 0. With 3 bits, three well-chosen yes-or-no questions find out which
it was. It can be less than 1: whoever asks about many draws at once needs less than one question for each. It
is the average surprise, counted in bits and not in nats.

>>> entropy([0.5, 0.5]), entropy([1 / 8] * 8), entropy([1.0, 0.0])
(1.0, 3.0, 0.0)
>>> round(entropy([0.9, 0.1]), 3)
0.469

# No graph

Nothing is learned here, so nothing needs slopes. The model is copied to plain floats once, and the same
functions run about twice as fast, with the same bits.

# From start to end

>>> from microgpt.config import Config
>>> from microgpt.data import bundled_documents
>>> from microgpt.model import as_floats
>>> from microgpt.training import new_run, train
>>> run = new_run(Config(steps=200), bundled_documents())
>>> for step in train(run):
...     pass
>>> model = as_floats(run.model)
>>> [generate(model, run.rng) for _ in range(6)]
['jinan', 'arha', 'ulasa', 'soma', 'awida', 'thi']

Hotter, the same model takes more risks.

>>> [generate(model, run.rng, temperature=1.5) for _ in range(6)]
['yevedunrn', 'ekbb', 'jenil', 'hho', 'uyho', 'a']

Nearly at 0 it always takes its favorite, whatever the chance.

>>> [generate(model, random.Random(seed), temperature=0.01) for seed in range(4)]
['anan', 'anan', 'anan', 'anan']

And with the beginning given:

>>> [generate(model, run.rng, prompt="ma") for _ in range(6)]
['mani', 'maun', 'malen', 'manil', 'mara', 'man']

Letter by letter after "ma": what was drawn, the chance it had, and how open the choice was.

>>> for draw in sample_tokens(model, random.Random(2), prompt="ma"):
...     drawn, p = model.tokenizer.name(draw.token), draw.probabilities[draw.token]
...     print(f"{drawn:<4}{p:.3f}  {entropy(draw.probabilities):.2f} bits")
w   0.010  3.24 bits
o   0.058  2.06 bits
l   0.017  1.68 bits
a   0.187  1.64 bits
BOS 0.975  0.21 bits

# Check yourself

??? question "The model says a letter has a chance of 1 in 1,000. Will it never be drawn?"

    It will, about once in a thousand draws, and after it the model has to go on from a place it hardly
    knows. That is how one unlucky draw spoils a name, and why a temperature below 1 gives tidier ones.

??? question "Is a name that the model invents new?"

    It may stand in the file without having been learned by heart: short, common names are easy to hit.
    "New" has to be looked up, not assumed.

# What follows

`microgpt.evaluation` says how good the model is.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic

from microgpt.attention import Cache
from microgpt.autograd import Scalar, Vector
from microgpt.model import Model, forward, new_caches
from microgpt.vectors import softmax


class DrawError(ValueError):
    """Nothing can be drawn from these scores. The message says why, and what to try."""


class PromptError(ValueError):
    """The model cannot go on from this beginning. The message says why."""


@dataclass(frozen=True)
class Draw(Generic[Scalar]):
    """What was drawn in one place of a document, and from what.

    Attributes:
        position: The place of the token that was given to the model, from 0.
        given: Its id.
        logits: The model's scores for what comes next, `[vocab_size]`.
        probabilities: What the temperature made of them, `[vocab_size]`.
        token: What was drawn.
    """

    position: int
    given: int
    logits: list[Scalar]
    probabilities: list[Scalar]
    token: int


def probabilities_at(logits: Vector[Scalar], temperature: float) -> list[Scalar]:
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

        >>> warm, cold = probabilities_at([1.0, 0.0], 1.0), probabilities_at([1.0, 0.0], 0.5)
        >>> round(warm[0] / warm[1], 3), round(cold[0] / cold[1], 3)
        (2.718, 7.389)
        >>> probabilities_at([1.0, 0.0], 0.0)
        Traceback (most recent call last):
            ...
        ValueError: the temperature must be above 0, but 0.0 was given; for the best token alone try 0.01

        Scores that are no numbers any more, or a temperature that makes them so, are refused.

        >>> for logits, temperature in (([math.nan, 0.0], 1.0), ([5.0, 0.0], 1e-308), ([0.0, 0.0], 1e-320)):
        ...     try:
        ...         probabilities_at(logits, temperature)
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


def draw_token(probabilities: Vector[Scalar], rng: random.Random) -> int:
    """Spin a wheel of fortune whose fields are as wide as the probabilities.

    Args:
        probabilities: The widths, `[vocab_size]`.
        rng: Where the chance comes from; it moves on by one number.

    Returns:
        The index of the field on which the wheel stops.

    Examples:
        Widths of 1/2, 0, 1/3 and 1/6, spun 6,000 times: about 3,000, 0, 2,000 and 1,000.

        >>> rng = random.Random(0)
        >>> spins = [draw_token([0.5, 0.0, 1 / 3, 1 / 6], rng) for _ in range(6000)]
        >>> [spins.count(field) for field in range(4)]
        [2967, 0, 2017, 1016]
    """
    return rng.choices(range(len(probabilities)), weights=[float(p) for p in probabilities])[0]


def sample_tokens(
    model: Model[Scalar], rng: random.Random, temperature: float | None = None, prompt: str = ""
) -> Iterator[Draw[Scalar]]:
    """Go on from a beginning, one token after the other, until the mark is drawn or the room is used up.

    Args:
        model: The model; of floats, since nothing is learned here. See `microgpt.model.as_floats`.
        rng: Where the chance comes from; it moves on by one number for each token drawn.
        temperature: How boldly to choose; the model's own dial, if not given.
        prompt: The beginning, of characters from the alphabet and shorter than `block_size`.

    Yields:
        Each draw when it is made, at most `block_size` less the length of the prompt.

    Raises:
        PromptError: If the prompt has other characters in it, or leaves no room for an answer.
        DrawError: If the scores are no numbers.

    Examples:
        Three letters of a prompt are positions 1 to 3, so the first choice is made at position 3.

        >>> from microgpt.config import Config
        >>> from microgpt.model import as_floats, new_model
        >>> from microgpt.tokenizer import Tokenizer
        >>> model = as_floats(new_model(Config(block_size=6), Tokenizer("abc"), random.Random(1)))
        >>> [(draw.position, draw.token) for draw in sample_tokens(model, random.Random(7), prompt="abc")]
        [(3, 1), (4, 1), (5, 2)]
        >>> for prompt in ("bad", "abcabc"):
        ...     try:
        ...         next(sample_tokens(model, random.Random(7), prompt=prompt))
        ...     except PromptError as error:
        ...         print(error)
        the prompt 'bad' has 'd', which is not in the alphabet 'abc'; use only its characters
        the prompt 'abcabc' has 6 characters, and a block_size of 6 has room for 5 and an answer; shorten it
    """
    config, tokenizer = model.config, model.tokenizer
    if temperature is None:
        temperature = config.temperature
    tokens = prompt_tokens(model, prompt)
    caches: list[Cache[Scalar]] = new_caches(config)
    for position in range(config.block_size):
        logits = forward(model, tokens[position], position, caches)
        if position + 1 < len(tokens):
            continue  # the prompt says what comes next
        probabilities = probabilities_at(logits, temperature)
        tokens.append(draw_token(probabilities, rng))
        yield Draw(position, tokens[position], logits, probabilities, tokens[-1])
        if tokens[-1] == tokenizer.bos:
            return


def prompt_tokens(model: Model[Scalar], prompt: str) -> list[int]:
    """Turn a prompt into what the model is given: the mark, then its characters.

    Args:
        model: The model that is to go on from there.
        prompt: See `sample_tokens`.

    Returns:
        The ids, at most `block_size`.

    Raises:
        PromptError: See `sample_tokens`.

    Examples:
        >>> from microgpt.config import Config
        >>> from microgpt.model import new_model
        >>> from microgpt.tokenizer import Tokenizer
        >>> prompt_tokens(new_model(Config(), Tokenizer("abc"), random.Random(1)), "ab")
        [3, 0, 1]
    """
    block_size = model.config.block_size
    try:
        tokens = model.tokenizer.encode(prompt)[:-1]
    except ValueError as error:
        raise PromptError(f"the prompt {error}") from None
    if len(tokens) > block_size:
        raise PromptError(
            f"the prompt {prompt!r} has {len(prompt)} characters, and a block_size of {block_size} "
            f"has room for {block_size - 1} and an answer; shorten it"
        )
    return tokens


def generate(
    model: Model[Scalar], rng: random.Random, temperature: float | None = None, prompt: str = ""
) -> str:
    """Invent one document.

    Args:
        model: See `sample_tokens`.
        rng: See `sample_tokens`.
        temperature: See `sample_tokens`.
        prompt: See `sample_tokens`.

    Returns:
        The text with the prompt in front, at most `block_size` characters; it may be empty.

    Raises:
        PromptError: See `sample_tokens`.
        DrawError: See `sample_tokens`.

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
        >>> generate(model, rng, prompt="cab")[:3]
        'cab'

        It stops when the block is full.

        >>> short = as_floats(new_model(Config(block_size=3), Tokenizer("abc"), random.Random(1)))
        >>> max(len(generate(short, rng)) for _ in range(20))
        3
    """
    drawn = [draw.token for draw in sample_tokens(model, rng, temperature, prompt)]
    return prompt + model.tokenizer.decode(drawn)


def entropy(probabilities: Vector[Scalar]) -> float:
    r"""Measure how open a choice is, in bits.

    $$H = -\sum_i p_i \log_2 p_i$$

    Args:
        probabilities: They add up to 1.

    Returns:
        From 0 (certain) to the logarithm to base 2 of how many there are (all equal).

    Examples:
        What has no chance adds nothing.

        >>> entropy([0.5, 0.25, 0.25, 0.0])
        1.5

    Source: Shannon (1948).
    """
    return 0.0 - sum(float(p) * math.log2(float(p)) for p in probabilities if float(p))
