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

Whoever gave the right answer a probability of 1 is not surprised. The smaller the probability, the
greater the surprise, and two independent surprises should add up although their probabilities multiply.
Only the logarithm does that (its base sets the unit):

$$\text{surprise} = -\log p$$

>>> import math, random
>>> from microgpt.autograd import Value
>>> from microgpt.config import Config
>>> from microgpt.data import bundled_documents
>>> from microgpt.model import as_floats, new_model, parameters_of
>>> from microgpt.tokenizer import Tokenizer
>>> [round(surprise(p), 2) for p in (0.99, 0.5, 0.25, 0.01)]
[0.01, 0.69, 1.39, 4.61]

The unit is the *nat*. With the logarithm to base 2 it would be the bit. One nat in bits:

>>> round(1 / math.log(2), 2)
1.44


# Why not 1 - p?

It is also small when the model is right. But it rewards lying. Say that after "an" comes n half of the
time, and i and e a quarter each. The honest answer is 0.5, 0.25, 0.25; the boaster gives all to n. Their
average penalties are

>>> truth = {"n": 0.5, "i": 0.25, "e": 0.25}
>>> boast = {"n": 0.98, "i": 0.01, "e": 0.01}
>>> def average(penalty, answer):
...     return round(sum(share * penalty(answer[letter]) for letter, share in truth.items()), 3)
>>> average(lambda p: 1 - p, truth), average(lambda p: 1 - p, boast)
(0.625, 0.505)
>>> average(surprise, truth), average(surprise, boast)
(1.04, 2.313)

With $1 - p$ the boaster wins. With surprise the honest answer is the best there is, and 1.04 is what is
left: the *entropy* of the truth, which nobody can go below.

# A yardstick: the die

A model that knows nothing gives each of 27 tokens the same chance. Its loss is $\log 27$. An untrained
model is a little worse: its first preferences are random, and random preferences cost more than they
bring. Here is one on a hundred of the bundled names:

>>> round(math.log(27), 4)
3.2958
>>> names = bundled_documents()
>>> tokenizer = Tokenizer.from_documents(names)
>>> model = as_floats(new_model(Config(), tokenizer, random.Random(42)))
>>> round(sum(document_loss(model, tokenizer.encode(name)) for name in names[::29][:100]) / 100, 4)
3.374

One that is all zeros is exactly the die. And it will stay so: every product is zero, so every slope is.

>>> model = new_model(Config(init_std=0.0), tokenizer, random.Random(42))
>>> loss = document_loss(model, tokenizer.encode("emma"))
>>> loss.backward()
>>> round(loss.data, 4), {parameter.grad for parameter in parameters_of(model)}
(3.2958, {0.0})

# Three positions by hand

A document with three tokens to guess, and the probabilities that the right ones got. The loss is the mean
of the surprises; its perplexity is the number of faces of an equally surprising die.

>>> surprises = [surprise(p) for p in (0.5, 0.1, 0.8)]
>>> [round(s, 4) for s in surprises]
[0.6931, 2.3026, 0.2231]
>>> loss = sum(surprises) / 3
>>> round(loss, 4), round(perplexity(loss), 2)
(1.073, 2.92)

# The slope at the scores

The slope of surprise at the scores is the simplest formula of the whole book: each token's share, minus 1
for the right one. A step against the slope lowers every wrong token's score, the more the larger its
share, and raises the score of the right one.

>>> scores = [Value(2.0), Value(1.0), Value(0.1)]
>>> shares = softmax(scores)
>>> surprise(shares[1]).backward()
>>> [round(share.data, 4) for share in shares], [round(score.grad, 4) for score in scores]
([0.659, 0.2424, 0.0986], [0.659, -0.7576, 0.0986])

# What follows

`microgpt.autograd` already knows how to find the slope of the loss for every parameter. `microgpt.adam`
takes the step.

Sources: surprise and entropy are Claude Shannon's, "A Mathematical Theory of Communication" (1948). This
loss is also called *cross-entropy* and *negative log-likelihood*.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

from microgpt.attention import Cache
from microgpt.autograd import Scalar, exp, log, total
from microgpt.model import Model, forward, new_caches
from microgpt.stages import stage
from microgpt.vectors import softmax

Batch: TypeAlias = Sequence[Sequence[int]]
"""Documents as the tokenizer encodes them: ids, with the mark on both sides."""


class ImpossibleError(ArithmeticError):
    """What happened had been given a probability of 0, and 0 has no logarithm."""


def surprise(probability: Scalar) -> Scalar:
    r"""Say how surprising it is that something of this probability happened: $-\log p$, in nats.

    Args:
        probability: Above 0, at most 1.

    Returns:
        0 for what was certain, growing without limit towards what was held impossible.

    Raises:
        ImpossibleError: If the probability is 0. A softmax gives exactly 0 only to a score that is
            hundreds below the best; a model in which that happens has gone astray, and training stops there.

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


@stage
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
        - *No padding.* Programs that handle many documents at once fill the short ones up, and must leave
          the filling out of the mean. One document at a time needs none.
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

        What does not fit into the model's block is left out.

        >>> short = new_model(Config(block_size=3), Tokenizer("abc"), random.Random(1))
        >>> encoded = short.tokenizer.encode("abcabc")
        >>> document_loss(short, encoded).data == document_loss(short, encoded[:4]).data
        True
    """
    if len(tokens) < 2:
        raise ValueError(f"{len(tokens)} tokens hold nothing to predict; give at least two")
    caches: list[Cache[Scalar]] = new_caches(model.config)
    surprises = []
    for position, (token, answer) in enumerate(predictions(tokens, model.config.block_size)):
        probabilities = softmax(forward(model, token, position, caches))
        surprises.append(surprise(probabilities[answer]))
    return total(surprises) * (1 / len(surprises))


def batch_loss(model: Model[Scalar], batch: Batch) -> Scalar:
    r"""Measure how surprised the model is by several documents: the mean of their losses.

    $$L = \frac{1}{N} \sum_{i=1}^{N} L_i$$

    Each document counts the same, however long it is.

    Args:
        model: The model.
        batch: The documents, at least one, each as the tokenizer encodes it.

    Returns:
        The loss in nats per token, of the kind of the model's parameters. That of a single document is
        its loss itself.

    Raises:
        ValueError: If there is no document.

    Examples:
        >>> import random
        >>> from microgpt.config import Config
        >>> from microgpt.model import as_floats, new_model
        >>> from microgpt.tokenizer import Tokenizer
        >>> model = as_floats(new_model(Config(), Tokenizer("ab"), random.Random(1)))
        >>> short, long = [2, 0, 2], [2, 0, 1, 1, 0, 2]
        >>> losses = [document_loss(model, tokens) for tokens in (short, long)]
        >>> [round(loss, 4) for loss in losses], round(batch_loss(model, [short, long]), 4)
        ([0.9031, 1.1002], 1.0016)
        >>> batch_loss(model, [short]) == losses[0]
        True
        >>> batch_loss(model, [])
        Traceback (most recent call last):
            ...
        ValueError: a batch of no documents has no loss; give at least one
    """
    if not batch:
        raise ValueError("a batch of no documents has no loss; give at least one")
    losses = [document_loss(model, tokens) for tokens in batch]
    return losses[0] if len(losses) == 1 else total(losses) * (1 / len(losses))


def perplexity(loss: float) -> float:
    r"""Translate a loss into a number of choices: a fair die with so many faces surprises as much.

    $$\mathrm{perplexity} = e^{L}$$

    Args:
        loss: In nats per token.

    Returns:
        At least 1. With a vocabulary of 27, above 27 on average over many documents is worse than guessing.

    Examples:
        Guessing among 27 is a perplexity of 27. Halving the probability of the right answer doubles it.

        >>> round(perplexity(surprise(1 / 27)), 6)
        27.0
        >>> round(perplexity(surprise(0.1))), round(perplexity(surprise(0.05)))
        (10, 20)
    """
    return exp(loss)
