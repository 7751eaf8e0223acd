r"""How wrong the model is, as one number: its average surprise.

# What you will be able to do

- Compute the loss of a name by hand from the probabilities, and say what it means in choices and in bits.
- Say which model a loss of $-\log p$ prefers, and how much surprise no model can avoid.
- Derive the slope of the loss at the scores: what was expected, minus what came.
- Recognize the four usual faults of a loss by their symptoms.

# The question

The model answers "what comes next?" with a probability for every token. One of them turns out to be right.
**How do we turn that into one number that is small when the model is good, and that has a slope?**

# The picture

Think of somebody who must spread one bag of sand over all possible answers before the right one is shown.
What counts is the sand on the right one. Little sand there means great surprise, and nobody can heap up
sand everywhere: there is one bag. The numbers are those of a trained model at the fourth letter of emma, and
then of all its five places; they are computed below.

```mermaid
graph LR
    logits["logits<br/>[vocab_size]"] -- "softmax" --> p["probability of<br/>the right token<br/>0.3534"]
    p -- "− log" --> surprise["surprise<br/>1.04"]
    surprise --> loss["loss: the mean of<br/>3.39, 2.65, 5.17,<br/>1.04 and 1.37<br/>2.7244 nats"]
```

# Surprise

The surprise at what had the probability $p$ is $-\log p$: why it must be a logarithm, and why the simpler
$1 - p$ rewards boasting, has been shown in `microgpt.first_steps`.

>>> import math, random
>>> from microgpt.autograd import Value, total
>>> from microgpt.config import Config
>>> from microgpt.data import bundled_documents
>>> from microgpt.model import Model, as_floats, new_caches, new_model, parameters_of
>>> from microgpt.tokenizer import Tokenizer
>>> from microgpt.trained import trained_parameters
>>> from microgpt.vectors import linear
>>> [round(surprise(p), 2) for p in (0.99, 0.5, 0.25, 0.01)]
[0.01, 0.69, 1.39, 4.61]

Look at the left end of the curve: what was held to be nearly impossible costs more and more, without end.

```figure
surprise
```

Its unit is the *nat*. Logarithms to the base 2 would give *bits*, in which the surprise at a fair coin is
1. One nat is 1.44 bits:

>>> round(1 / math.log(2), 2)
1.44

# Emma, letter by letter

Here is a model that has learned: the default run, finished (`microgpt.trained`). Emma is not among the
bundled names, so the model has never met her. Five times it must say what comes next, and each time it is
given what really came before.

>>> names = bundled_documents()
>>> tokenizer = Tokenizer.from_documents(names)
>>> trained = Model(Config(), tokenizer, trained_parameters())
>>> emma = tokenizer.encode("emma")
>>> def chances(model, tokens):
...     caches = new_caches(model.config)
...     for position, (token, answer) in enumerate(predictions(tokens, model.config.block_size)):
...         yield token, answer, softmax(forward(model, token, position, caches))[answer]
>>> for token, answer, p in chances(trained, emma):
...     step = f"{tokenizer.name(token):>3} -> {tokenizer.name(answer):<3}"
...     print(f"{step}  p = {p:.4f}  surprise {surprise(p):.2f}")
BOS -> e    p = 0.0338  surprise 3.39
  e -> m    p = 0.0703  surprise 2.65
  m -> m    p = 0.0057  surprise 5.17
  m -> a    p = 0.3534  surprise 1.04
  a -> BOS  p = 0.2549  surprise 1.37

That a name ends after this a, it expects; that m follows m, hardly at all. The loss is the mean of the
five.

>>> surprises = [surprise(p) for _, _, p in chances(trained, emma)]
>>> round(sum(surprises), 2), round(sum(surprises) / 5, 4), round(document_loss(trained, emma), 4)
(13.62, 2.7244, 2.7244)

Before its first step the same run was near the die everywhere. With the second m it was luckier than it is
now; at the other four places it has gained. (A run shuffles the names before it draws its first numbers.)

>>> rng = random.Random(42)
>>> rng.shuffle(names)
>>> fresh = as_floats(new_model(Config(), tokenizer, rng))
>>> [round(surprise(p), 2) for _, _, p in chances(fresh, emma)], round(document_loss(fresh, emma), 4)
([3.74, 3.54, 2.88, 3.15, 3.08], 3.2788)

A loss is easier to picture as a number of choices. Its *perplexity*, e to the power of the loss, is the
number of faces of a fair die that surprises as much: `perplexity`.

>>> round(perplexity(document_loss(fresh, emma)), 1), round(perplexity(document_loss(trained, emma)), 1)
(26.5, 15.2)

Give one of three right answers a small chance and the others large ones, such that their mean chance stays as
it is, and look at the mean surprise: a single bad guess outweighs the good ones.

```figure
perplexity
```

That every guess is made after what *really* came, and not after what the model would have said, is a
choice; it is discussed in `microgpt.training`.

# Likelihood, entropy and what is left

The probability that the model writes exactly "emma" and stops is a product, for each letter must come *and
then* the next one (`microgpt.first_steps`). Seen as a judgement of the model it is called the
**likelihood** of the model for this name. One model is likelier than another one if it gives what happened
a larger probability.

>>> def likelihood(model):
...     return math.prod(p for _, _, p in chances(model, emma))
>>> f"{likelihood(fresh):.1e} {likelihood(trained):.1e}"
'7.6e-08 1.2e-06'

The logarithm turns the product into a sum, and the minus sign turns "the larger the better" around. So the
sum of the surprises is minus the log of the likelihood, the *negative log-likelihood*, and to lower the
loss is to search for the parameters under which what happened was likeliest.

>>> round(-math.log(likelihood(trained)), 2)
13.62

How low can the loss get? Say that after "an" comes n half of the time, and i and e a quarter each. Whoever
knows these true shares and answers honestly is surprised by 1.04 nats on average. This mean surprise of the
one who knows is the **entropy** of the truth. A model that answers something else is surprised more: its
mean surprise, at answers that come as the truth says, is called the **cross-entropy**. With $t_a$ for the
true share of the answer $a$ and $p_a$ for the model's, these are $H(t)$ and $H(t, p)$:

$$H(t) = -\sum_a t_a \log t_a \qquad H(t, p) = -\sum_a t_a \log p_a$$

>>> truth = {"n": 0.5, "i": 0.25, "e": 0.25}
>>> model = {"n": 0.7, "i": 0.1, "e": 0.2}
>>> def mean_surprise(answer):
...     return sum(share * surprise(answer[letter]) for letter, share in truth.items())
>>> entropy, cross_entropy = mean_surprise(truth), mean_surprise(model)
>>> round(entropy, 4), round(cross_entropy, 4)
(1.0397, 1.1563)

What lies between the two is the *divergence* of the model from the truth, $D(t, p)$ (Kullback-Leibler
divergence, when you look for it). It is never below 0, and 0 only for the honest answer.

$$H(t, p) = H(t) + D(t, p) \qquad D(t, p) = \sum_a t_a \log \frac{t_a}{p_a}$$

>>> divergence = sum(share * math.log(share / model[letter]) for letter, share in truth.items())
>>> round(divergence, 4), round(entropy + divergence, 4)
(0.1166, 1.1563)

So a loss of 0 is not the goal. Names are not certain, and what is left when a model is perfect is their
entropy. On average nobody who sees only "an" can go below it. A single lucky guess may cost less. And who
sees more of the name may know more: given a longer past, the entropy of what comes next is on average never
larger.

# A yardstick: the die

A model that knows nothing gives each of 27 tokens the same chance. Its loss is $\log 27$. An untrained
model is usually a little worse: its first preferences are random. What one token gains in probability the
others lose, and their surprise grows by more than the one's falls. Twenty seeds, each asked about twenty of
the bundled names:

>>> round(math.log(27), 4)
3.2958
>>> asked = [tokenizer.encode(name) for name in names[:20]]
>>> def untrained(seed):
...     model = as_floats(new_model(Config(), tokenizer, random.Random(seed)))
...     return sum(document_loss(model, tokens) for tokens in asked) / 20
>>> losses = [untrained(seed) for seed in range(20)]
>>> round(min(losses), 2), round(sum(losses) / 20, 2), round(max(losses), 2)
(3.28, 3.35, 3.4)

Two of the twenty were lucky. The others are above the die.

>>> sum(loss > math.log(27) for loss in losses)
18

That is the first thing to check in a new program. A first loss far above the die's means that the first
numbers are too large, or that something is wrong.

# The slope at the scores

The slope of the loss at the scores is the simplest formula of the book. Write $s_k$ for the score of token
$k$ and $r$ for the right token. Softmax divides $e^{s_r}$ by the sum of all $e^{s_k}$, and the logarithm of
a quotient is a difference:

$$-\log p_r = \log \sum_k e^{s_k} - s_r$$

Now nudge one score $s_k$ up by a tiny $h$. In the sum, $e^{s_k}$ is multiplied by $e^h$, which is nearly
$1 + h$. It makes up the share $p_k$ of the sum, so the sum grows by the fraction $p_k h$ of itself, and its
logarithm by $p_k h$. If $k$ is the right token, $-s_r$ falls by $h$ as well. Divided by $h$:

$$\frac{\partial L}{\partial s_k} = p_k - y_k \qquad y_k = 1 \text{ for the right token, else } 0$$

What was expected, minus what came. ($L$ is the surprise at this one token. The mean over a document divides
each by the number of its tokens.)

>>> scores = [Value(2.0), Value(1.0), Value(0.1)]
>>> shares = softmax(scores)
>>> surprise(shares[1]).backward()
>>> [round(share.data, 4) for share in shares], [round(score.grad, 4) for score in scores]
([0.659, 0.2424, 0.0986], [0.659, -0.7576, 0.0986])

A step against the slope lowers every wrong token's score, the more the larger its share, and raises the
score of the right one. The slopes add up to 0: what one gains the others lose.

They also stay small, and that deserves a look. The slope of $-\log p$ itself is $-1/p$, which has no limit:
at the second m of emma it is $-177$. But the slope of softmax there, $p\,(1 - p)$, is as small as the other
is large. Their product is $-(1 - p)$. However wrong a guess was, it never pulls at a score by more than 1.

>>> p = [p for _, _, p in chances(trained, emma)][2]
>>> round(-1 / p), round(p * (1 - p), 4), round(-1 / p * (p * (1 - p)), 4)
(-177, 0.0056, -0.9943)

So the five positions of emma pull at the score of the right token with

>>> [round(p - 1, 3) for _, _, p in chances(trained, emma)]
[-0.966, -0.93, -0.994, -0.647, -0.745]

# A table is a layer

`microgpt.first_steps` has trained a table of letter pairs: a row of scores for each last letter. With what
the chapters in between have brought, that table is a network of one layer. The last token as a *one-hot*
vector, zeros with a single 1, times a matrix is one column of it; softmax makes probabilities; the loss
pulls with $p - y$. Four names suffice to see where that ends.

>>> few = ["anna", "nan", "ann", "nana"]
>>> small = Tokenizer.from_documents(few)
>>> pairs = [pair for name in few for pair in predictions(small.encode(name), 16)]
>>> table = [[Value(0.0) for _ in range(3)] for _ in range(3)]
>>> def guess(token):
...     return softmax(linear([Value(1.0 if place == token else 0.0) for place in range(3)], table))
>>> for _ in range(150):
...     loss = total([surprise(guess(token)[answer]) for token, answer in pairs]) * (1 / len(pairs))
...     loss.backward()
...     for number in (number for row in table for number in row):
...         number.data, number.grad = number.data - 2.0 * number.grad, 0.0

After n came a four times, n twice, and the end twice. After a came n four times, and the end twice.

>>> a, n, end = range(3)
>>> [round(share.data, 2) for share in guess(n)], [round(share.data, 2) for share in guess(a)]
([0.5, 0.25, 0.25], [0.01, 0.66, 0.33])

It has nearly reached the counted shares, and with more steps it comes nearer. It must: added up over all
pairs with the same last token, $p - y$ is 0 when the probabilities *are* the counted shares, and nowhere
else. A counter needs no slopes for that. The network pays off when rows should not be separate: when what
was learned of one context should help in another one.

# Mean of what?

`document_loss` is the mean over the tokens of one name. `batch_loss` is the mean of these means, so each
*name* counts the same, and a token of a short name counts more. One can also divide the sum of all
surprises by the number of all tokens, so that each *token* counts the same. Training here does the first,
as the original does. The exam of `microgpt.evaluation` does the second. The two numbers differ, and only
like may be compared with like.

>>> documents = [tokenizer.encode(name) for name in ("al", "christopher")]
>>> losses = [document_loss(trained, tokens) for tokens in documents]
>>> [round(loss, 3) for loss in losses], round(batch_loss(trained, documents), 3)
([3.084, 2.899], 2.991)
>>> round((3 * losses[0] + 12 * losses[1]) / 15, 3)
2.936

# Pitfalls

*Off by one.* The answer to position 0 is token 1. Here is a model whose answer is always the token that it
was just given. Asked for that, it has a wonderful loss. Asked for the next one, it is far worse than the
die.

>>> def echo(token):
...     return softmax([8.0 if other == token else 0.0 for other in range(27)])
>>> wrong = [surprise(echo(token)[token]) for token, _ in predictions(emma, 16)]
>>> right = [surprise(echo(token)[answer]) for token, answer in predictions(emma, 16)]
>>> round(sum(wrong) / 5, 3), round(sum(right) / 5, 3)
(0.009, 6.409)

*Sum instead of mean.* The sum makes a long name look worse than a short one, and its slopes larger. And the
perplexity of a sum is no number of choices: there are 27 tokens.

>>> round(perplexity(sum(surprises))), round(perplexity(sum(surprises) / 5), 1)
(823887, 15.2)

*The logarithm of 0.* The difference of two scores need only be large enough, and softmax rounds to an exact
0. Here `surprise` stops with an `ImpossibleError`. Programs that must go on compute $\log \sum e^{s} - s_r$
from the scores, as in the formula above, and never form $p$. (The last line does so. The largest score is
first subtracted from all and then added to the logarithm, so that nothing overflows: `microgpt.vectors`.)

>>> shares = softmax([800.0, 0.0])
>>> shares
[1.0, 0.0]
>>> try:
...     surprise(shares[1])
... except ImpossibleError as error:
...     print(error)
the right answer got a probability of 0, which has no logarithm
>>> 800.0 + math.log(1 + math.exp(0.0 - 800.0)) - 0.0
800.0

*Zeros to begin with.* A model of zeros is exactly the die. And it will stay so: on its way to
the loss every weight meets a factor that is zero too, so none gets a slope.

>>> model = new_model(Config(init_std=0.0), tokenizer, random.Random(42))
>>> loss = document_loss(model, emma)
>>> loss.backward()
>>> round(loss.data, 4), {parameter.grad for parameter in parameters_of(model)}
(3.2958, {0.0})

# Check yourself

??? question why loss "Why do we need a loss?"

    Because "better" must be a number before anything can be made better. A slope says how fast *one number*
    moves, so all that we want from the model has to go into one. It also has to move with every small
    change of a parameter. "How many letters were guessed right" does not: it jumps, and between the jumps
    its slope is 0.

??? question what loss "What is cross-entropy?"

    The mean surprise of somebody who believes one thing, at answers that follow another:
    $-\sum_a t_a \log p_a$. In training the true shares are not known. Each answer that came stands for
    them: its $t$ is 1, all others are 0, and of the sum one term is left, $-\log p$ of the right token. The
    names *log loss* and *negative log-likelihood* mean the same number.

??? question how loss "Three right tokens got 0.5, 0.1 and 0.8. What are the loss and the perplexity?"

    The surprises are 0.69, 2.30 and 0.22. Their mean is 1.07, and e to the power of 1.07 is 2.92: as if
    each time one of three had to be guessed. `perplexity` has the calculation. The mean of the
    probabilities, 0.47, would hide how bad the one bad guess was.

??? question deeper loss "Which loss is the best possible, and why can nobody compute it?"

    The entropy of the true shares, averaged over all pasts. To compute it one would have to know these
    shares, and that would be the perfect model. Each model gives an upper limit, since the entropy is at
    most its cross-entropy. So better models tell us, from above, how predictable names are.

??? question why "How much harder does the second m of emma pull than the e?"

    Their probabilities are 0.0057 and 0.0338, so the m was six times less likely. But at the scores they
    pull by 0.994 and 0.966, nearly the same. The pull is $1 - p$, and for everything unlikely that is
    nearly 1.

# To keep

- The loss is the mean of $-\log p$ of what really came: lower means that what happened was likelier.
- The entropy of the names stays, however good the model; only what lies above it can be learned.
- Its slope at the scores is what was expected minus what came, $p - y$, and never larger than 1.

# What follows

Every parameter now has a slope of the loss: `microgpt.autograd` finds it. How far should each one move?
`microgpt.adam` answers that.

Sources: entropy and the choice of the logarithm are Claude Shannon's, "A Mathematical Theory of
Communication" (1948). The word *surprisal* for $-\log p$ is Myron Tribus's, "Thermostatics and
Thermodynamics" (1961). The divergence is from Solomon Kullback and Richard Leibler, "On Information and
Sufficiency" (1951). To choose the parameters of greatest likelihood is Ronald Fisher's advice (1922).
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
        The slope is -1/p, without limit. Multiplied by the slope of softmax it becomes p - 1, which never
        goes beyond -1: see "The slope at the scores" above.

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
        - *Off by one.* The answer to position 0 is token 1. Who asks for the token that was just given trains
          an echo; the chapter shows its loss.

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

    Each document counts the same, however long it is: a mean of means.

    Args:
        model: The model.
        batch: The documents, at least one, each as the tokenizer encodes it. How many a step takes is told in
            `microgpt.training`.

    Returns:
        The loss in nats per token, of the kind of the model's parameters. That of a single document is
        its loss itself.

    Raises:
        ValueError: If there is no document.

    Examples:
        A short document and a long one.

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
    r"""Translate a loss into a number of choices.

    The *perplexity* of a model is the number of faces of a fair die that would surprise as much.

    $$\mathrm{perplexity} = e^{L}$$

    Args:
        loss: In nats per token.

    Returns:
        At least 1. With a vocabulary of 27, above 27 on average over many documents is worse than guessing.

    Examples:
        Three right tokens that got 0.5, 0.1 and 0.8: their surprises, the mean, and the choices.

        >>> surprises = [surprise(p) for p in (0.5, 0.1, 0.8)]
        >>> [round(s, 2) for s in surprises], round(sum((0.5, 0.1, 0.8)) / 3, 2)
        ([0.69, 2.3, 0.22], 0.47)
        >>> loss = sum(surprises) / 3
        >>> round(loss, 2), round(perplexity(loss), 2)
        (1.07, 2.92)

        Guessing among 27 is a perplexity of 27. Halving the probability of the right answer doubles it.

        >>> round(perplexity(surprise(1 / 27)), 6)
        27.0
        >>> round(perplexity(surprise(0.1))), round(perplexity(surprise(0.05)))
        (10, 20)
    """
    return exp(loss)
