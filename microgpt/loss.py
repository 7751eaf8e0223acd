r"""How wrong the model is, as one number: its average surprise.

# The question

The model answers "what comes next?" with a probability for every token. One of them turns out to be right.
**How do we turn that into one number that is small when the model is good, and that has a slope?**

# The picture

```mermaid
graph LR
    logits["logits [vocab_size]"] --> soft[softmax]
    soft --> p["probability of the right token"]
    p --> log["− log: surprise"]
    log --> mean["mean over the document"]
    mean --> loss["loss, in nats per token"]
```

# Surprise

If you gave the right answer a probability of 1, you are not surprised. The smaller the probability, the
greater the surprise, and two independent surprises should add up although their probabilities multiply.
Only the logarithm does that:

$$\text{surprise} = -\log p$$

    >>> [round(surprise(p), 2) for p in (0.99, 0.5, 0.25, 0.01)]
    [0.01, 0.69, 1.39, 4.61]

The unit is the *nat*. (With the logarithm to base 2 it would be the bit; a nat is 1.44 bits.)

# Why not 1 - p?

It is also small when the model is right. But it rewards lying. Say that after "an" comes n half of the
time, and i and e a quarter each. The honest answer is 0.5, 0.25, 0.25; the boaster gives all to n. Their
average penalties are

    >>> truth = {"n": 0.5, "i": 0.25, "e": 0.25}
    >>> boast = {"n": 0.998, "i": 0.001, "e": 0.001}
    >>> def average(penalty, answer):
    ...     return round(sum(share * penalty(answer[letter]) for letter, share in truth.items()), 3)
    >>> average(lambda p: 1 - p, truth), average(lambda p: 1 - p, boast)
    (0.625, 0.501)
    >>> average(surprise, truth), average(surprise, boast)
    (1.04, 3.455)

With $1 - p$ the boaster wins. With surprise the honest answer is the best there is, and 1.04 is what is
left: the *entropy* of the truth, which nobody can go below.

# A yardstick: the die

A model that knows nothing gives each of 27 tokens the same chance. Its loss is $\log 27$. An untrained
model is close to that; what it loses more it loses by being sure of nonsense.

    >>> import math
    >>> round(math.log(27), 4)
    3.2958

# What follows

`microgpt.autograd` already knows how to find the slope of the loss for every parameter. `microgpt.adam`
takes the step.

Sources: surprise and entropy are Claude Shannon's, "A Mathematical Theory of Communication" (1948). This
    loss is also called
*cross-entropy* and *negative log-likelihood*.
"""

from collections.abc import Sequence
from itertools import pairwise

from microgpt.attention import Cache
from microgpt.autograd import Scalar, exp, log, total
from microgpt.model import Model, forward, new_caches
from microgpt.vectors import softmax

__all__ = ["ImpossibleError", "document_loss", "perplexity", "predictions", "surprise"]


class ImpossibleError(ArithmeticError):
    """What happened had been given a probability of 0, and 0 has no logarithm."""


def surprise(probability: Scalar) -> Scalar:
    r"""Say how surprising it is that something of this probability happened: $-\log p$, in nats.

    Args:
        probability: Above 0, at most 1.

    Returns:
        0 for what was certain, growing without limit towards what was held impossible.

    Raises:
        ImpossibleError: If the probability is 0. A softmax gives exactly 0 only to a score that is about 745
            or more below the best; a model in which that happens has gone astray, and training stops there.

    Examples:
        The slope is -1/p: the less expected the right answer was, the harder it pulls.

        >>> from microgpt.autograd import Value
        >>> p = Value(0.25)
        >>> surprise(p).backward()
        >>> p.grad
        -4.0

        Surprises add where probabilities multiply.

        >>> round(surprise(0.5) + surprise(0.1), 4) == round(surprise(0.5 * 0.1), 4)
        True
    """
    if not float(probability):
        raise ImpossibleError("the right answer got a probability of 0, which has no logarithm")
    return -log(probability)


def predictions(tokens: Sequence[int], block_size: int) -> list[tuple[int, int]]:
    """Pair each token with the one that follows: the exercises that a document holds.

    Args:
        tokens: A document as the tokenizer encodes it, with the mark on both sides.
        block_size: The most positions that the model can handle. Exercises beyond are left out.

    Returns:
        (token, next token) for each position, at most `block_size` of them.

    Pitfalls:
        - *Off by one.* The answer to position 0 is token 1. A model that is asked for the token it was
          just given reaches a wonderful loss and can do nothing.

    Examples:
        Seven tokens hold six exercises; a block size of 4 keeps four.

        >>> predictions([9, 3, 1, 4, 1, 5, 9], block_size=16)
        [(9, 3), (3, 1), (1, 4), (4, 1), (1, 5), (5, 9)]
        >>> predictions([9, 3, 1, 4, 1, 5, 9], block_size=4)
        [(9, 3), (3, 1), (1, 4), (4, 1)]
    """
    return list(pairwise(tokens))[:block_size]


def document_loss(model: Model[Scalar], tokens: Sequence[int]) -> Scalar:
    r"""Run the model through a document and average its surprise over all positions.

    $$L = \frac{1}{n} \sum_{t=1}^{n} -\log p_t
    \qquad p_t = \mathrm{softmax}(\text{logits}_t)_{\text{next token}}$$

    Args:
        model: The model, of `Value`s to train or of floats to evaluate.
        tokens: The document as the tokenizer encodes it, `[n + 1]`.

    Returns:
        The loss in nats per token.

    Raises:
        ValueError: If there are fewer than two tokens, and so nothing to predict.

    Pitfalls:
        - *Sum or mean?* With a sum, long documents would count more and have larger slopes, and
          `perplexity` would be wrong.
        - *The last mark counts.* Ending in the right place is one of the answers.

    Examples:
        An untrained model on a four-letter alphabet: not far from log 5, the die with five faces.

        >>> import random
        >>> from microgpt.config import Config
        >>> from microgpt.model import new_model
        >>> from microgpt.tokenizer import Tokenizer
        >>> model = new_model(Config(), Tokenizer("aemn"), random.Random(42))
        >>> tokens = model.tokenizer.encode("emma")
        >>> loss = document_loss(model, tokens)
        >>> round(loss.data, 4), round(log(5), 4)
        (1.7957, 1.6094)

        By hand: five positions, five surprises, their mean.

        >>> caches, surprises = new_caches(model.config), []
        >>> for position, (token, answer) in enumerate(predictions(tokens, 16)):
        ...     shares = softmax(forward(model, token, position, caches))
        ...     surprises.append(round(surprise(shares[answer]).data, 4))
        >>> surprises
        [1.675, 1.7937, 2.0744, 1.8622, 1.5732]

        From the loss, slopes reach what took part: the rows of e, m, a and the mark, but not the row of n.

        >>> loss.backward()
        >>> [any(number.grad for number in row) for row in model.parameters["wte"]]
        [True, True, True, False, True]
    """
    if len(tokens) < 2:
        raise ValueError(f"{len(tokens)} tokens hold nothing to predict; give at least two")
    caches: list[Cache[Scalar]] = new_caches(model.config)
    surprises = []
    for position, (token, answer) in enumerate(predictions(tokens, model.config.block_size)):
        probabilities = softmax(forward(model, token, position, caches))
        surprises.append(surprise(probabilities[answer]))
    return total(surprises) * (1 / len(surprises))


def perplexity(loss: float) -> float:
    r"""Translate a loss into a number of choices: a fair die with so many faces surprises as much.

    $$\mathrm{perplexity} = e^{L}$$

    Args:
        loss: In nats per token.

    Returns:
        At least 1. With a vocabulary of 27, anything above 27 is worse than guessing.

    Examples:
        Guessing among 27 is a perplexity of 27. Halving the probability of the right answer doubles it.

        >>> round(perplexity(surprise(1 / 27)), 6)
        27.0
        >>> round(perplexity(surprise(0.1))), round(perplexity(surprise(0.05)))
        (10, 20)
    """
    return exp(loss)
