r"""An honest exam: how good is the model at documents it has never seen, and compared with what?

# The question

The loss of the last step is the surprise at *one* document. It jumps up and down with the difficulty of the
name, and after a second pass through the documents it rewards learning by heart. **How good is the model
really, and is that good?**

# The picture

```mermaid
graph LR
    docs["all documents"] --> trained["trained on"]
    docs --> exam["exam: the rest, distinct"]
    trained --> model["the model"]
    trained --> counters["counters"]
    model --> score["surprise per token"]
    counters --> score
    exam --> score
```

# Never seen

The exam consists of documents that are equal to none the model was trained on. Equal as texts: a file can
have the same name on several lines, as the original's names.txt has, so a line that was never used can still
hold a name that was. Each text counts once.

>>> from microgpt.config import Config
>>> from microgpt.data import bundled_documents
>>> from microgpt.training import new_run, train
>>> run = new_run(Config(steps=300), bundled_documents())
>>> for step in train(run):
...     pass
>>> questions = held_out_documents(run)
>>> len(questions), len(set(questions) & set(run.trained_on))
(1000, 0)

A thousand are enough. Before training everything is unseen; after a pass through all documents nothing is.

>>> held_out_documents(new_run(Config(steps=0), ["ava", "ava", "emma", "mia"]))
['emma', 'ava', 'mia']
>>> everything = new_run(Config(steps=4, n_embd=4), ["ava", "ava", "emma", "mia"])
>>> for step in train(everything):
...     pass
>>> held_out_documents(everything)
[]

The dial `hold_out` sets a share of the distinct documents aside before training.

>>> some = new_run(Config(steps=4, n_embd=4, hold_out=0.5), ["ava", "ava", "emma", "mia"])
>>> for step in train(some):
...     pass
>>> some.documents, held_out_documents(some)
(['emma'], ['ava', 'mia'])

# Surprise per token

All surprises of all documents are added up and divided by the number of tokens. That is not the mean of the
documents' losses: a long name has more tokens and counts more, as it should when the unit is the token.

>>> short, long = [2.0, 2.0], [1.0] * 8
>>> score_of([short, long]).loss, (2.0 + 1.0) / 2
(1.2, 1.5)

# How sure is that?

Another thousand names would give another number. How far is ours from what all such names together would
give? The *standard error* answers: two times in three by less than one standard error, 95 times in 100 by
less than two. It covers the luck of which names were asked. The luck of the seed in training is not in it.

The letters of a name depend on each other, the names do not. So we look at whole documents. With a loss of
$L$, a document of $n_i$ tokens should have a surprise of $L\,n_i$ in total; it has $S_i$. The differences
are squared so that plus and minus do not cancel. $N$ is the number of documents, and $N/(N-1)$ makes up for
having computed $L$ from the same documents.

$$L = \frac{\sum_i S_i}{\sum_i n_i} \qquad
\text{s.e.} = \frac{1}{\sum_i n_i} \sqrt{\frac{N}{N-1} \sum_{i=1}^{N} (S_i - L\, n_i)^2}$$

>>> score = score_of([short, long])
>>> round(score.standard_error, 4)
0.32
>>> deviations = [4.0 - 1.2 * 2, 8.0 - 1.2 * 8]
>>> [round(deviation, 6) for deviation in deviations]
[1.6, -1.6]
>>> round((2 / 1 * (1.6**2 + 1.6**2)) ** 0.5 / 10, 4)
0.32

# Compared with what?

With three opponents that need no neural network: a die, and two that count in the documents that the model
was trained on.

- the **uniform** die gives every token the same chance;
- the **unigram** counter knows how frequent each token is, and does not look at what came before;
- the **bigram** counter looks at the one token before: how often did this one follow?

>>> for name, score in evaluate(run).items():
...     print(f"{name:<8}{score.loss:.3f} ± {score.standard_error:.3f}")
model   2.535 ± 0.011
bigram  2.690 ± 0.009
unigram 2.902 ± 0.007
uniform 3.296 ± 0.000

Beating the bigram counter is the least to ask for; it does not prove that attention has helped. The same
model with attention switched off knows only the last token and its position. After 300 steps it is as good.
(What attention is worth comes later: docs/pages/experiments.md has it after 1,000 and 10,000 steps.)

>>> blind = new_run(Config(steps=300), bundled_documents())
>>> def switch_off():
...     for row in blind.model.parameters["layer0.attn_wo"]:
...         for number in row:
...             number.data = 0.0
>>> switch_off()
>>> for step in train(blind):
...     switch_off()
>>> round(evaluate(blind)["model"].loss, 3)
2.536

All of them sat the same exam, and a hard name is hard for everybody. So a difference is surer than either
number: here is how far the model is ahead of the bigram counter.

>>> model, counts = as_floats(run.model), CountingBaselines.of_run(run)
>>> encoded = [model.tokenizer.encode(name) for name in questions]
>>> ours = model_surprises(model, encoded)
>>> theirs = [[surprise(counts.bigram(*pair)) for pair in predictions(name, 16)] for name in encoded]
>>> ahead = score_of([[b - a for a, b in zip(*both)] for both in zip(ours, theirs)])
>>> print(f"{ahead.loss:.3f} ± {ahead.standard_error:.3f}")
0.155 ± 0.007

# Is an invented name new?

A good model invents names that exist. Is it a discovery or a memory? Look it up: among what it was trained
on, and in the whole file.

>>> novelty = novelty_in(run.trained_on, run.documents, block_size=16)
>>> [novelty(text).value for text in ("zzyzx", run.trained_on[0], questions[0])]
['new', 'trained on', 'in the data, not trained on']

# Check yourself

??? question "The loss on the exam is higher than the mean loss of the last steps. Why?"

    In the first pass the last steps are documents that the model had not seen before either. What is left
    is luck (a mean of a hundred names is less sure than one of a thousand) and the weights: the exam counts
    each token once, the mean of the steps each document. Far more on the exam than in the last steps means
    learning by heart: see `microgpt.training`.

??? question "Why does the bigram counter add 1 to every count?"

    A pair that it has never seen would have a probability of 0, and if the exam has it, an infinite surprise.
    One more count for every pair says: rare, but not impossible.

# What follows

`microgpt.checkpoint` keeps a run in a file.

Sources: adding one is Laplace's rule of succession (1814). The standard error of a ratio is in William
Cochran, "Sampling Techniques" (1977), section 2.11.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import takewhile
from typing import Any, NamedTuple, TypeAlias

from microgpt.attention import Cache
from microgpt.loss import Batch, predictions, surprise
from microgpt.model import Model, as_floats, forward, new_caches
from microgpt.training import Run
from microgpt.vectors import softmax

Progress: TypeAlias = Callable[[list[int]], Iterable[int]]
"""Passes numbers on, and may show how many are left."""

Surprises: TypeAlias = Callable[[Model[Any], Batch], list[list[float]]]
"""What finds a model's surprise at every token of many documents."""

Context: TypeAlias = tuple[int, ...]
"""The tokens before the one to guess. The mark at the beginning is one of them."""


@dataclass(frozen=True)
class Score:
    """The result of an exam.

    Attributes:
        loss: The mean surprise, in nats per token.
        standard_error: How far the loss is likely to be from that over all such documents; nan for a single
            document.
        documents: How many there were.
        tokens: How many tokens had to be guessed.
    """

    loss: float
    standard_error: float
    documents: int
    tokens: int


def score_of(surprises: Sequence[Sequence[float]]) -> Score:
    """Sum up an exam.

    Args:
        surprises: For each document, the surprise at each of its tokens, in nats. At least one of each.

    Examples:
        The same document twice: no scatter, so the standard error is 0. From one document it cannot be known.

        >>> score_of([[1.0, 2.0], [1.0, 2.0]])
        Score(loss=1.5, standard_error=0.0, documents=2, tokens=4)
        >>> score_of([[1.0, 2.0]]).standard_error
        nan
    """
    documents, tokens = len(surprises), sum(map(len, surprises))
    totals = [math.fsum(document) for document in surprises]
    loss = math.fsum(totals) / tokens
    if documents < 2:
        return Score(loss, math.nan, documents, tokens)
    deviations = [whole - loss * len(document) for whole, document in zip(totals, surprises, strict=True)]
    scatter = math.fsum(deviation**2 for deviation in deviations) * documents / (documents - 1)
    return Score(loss, scatter**0.5 / tokens, documents, tokens)


def held_out_documents(run: Run, limit: int = 1000) -> list[str]:
    """Choose the documents to judge a run by: distinct, and equal to none it was trained on.

    Args:
        run: The run. If it has set documents aside, the exam is made of those only.
        limit: The most documents to take; the first ones in the shuffled order.

    Returns:
        The documents; none if training has seen everything.

    Pitfalls:
        - *What the model reads* counts. Where a document is longer than `block_size`, only its beginning is
          read, and two with the same beginning are the same document.

    Examples:
        >>> from microgpt.config import Config
        >>> from microgpt.training import new_run, train_step
        >>> run = new_run(Config(steps=1, hold_out=0.5), ["ava", "mia", "emma", "liam"])
        >>> held_out_documents(run) == run.held_out, held_out_documents(run, limit=1) == run.held_out[:1]
        (True, True)

        With a block of 3, one has seen "avanti" if one has seen "ava".

        >>> run = new_run(Config(steps=1, block_size=3, n_embd=4), ["ava", "avanti"])
        >>> _ = train_step(run)
        >>> held_out_documents(run)
        []
    """
    size = run.config.block_size
    seen = {document[:size] for document in run.trained_on}
    unseen = (document[:size] for document in run.held_out or run.documents if document[:size] not in seen)
    return list(dict.fromkeys(unseen))[:limit]


def difference(ours: Sequence[Sequence[float]], theirs: Sequence[Sequence[float]]) -> Score:
    """Say how far one is ahead of another who sat the same exam, and how sure that is.

    Args:
        ours: For each document, the surprise of one at each of its tokens, in nats.
        theirs: The same of the other.

    Returns:
        The mean of theirs minus ours, as a score of its own: what both found hard has canceled.

    Examples:
        >>> difference([[1.0, 2.0], [3.0]], [[1.5, 2.5], [3.5]])
        Score(loss=0.5, standard_error=0.0, documents=2, tokens=3)
    """
    return score_of([[b - a for a, b in zip(*both, strict=True)] for both in zip(ours, theirs, strict=True)])


def evaluate(
    run: Run, limit: int = 1000, progress: Progress = iter, surprises: Surprises | None = None
) -> dict[str, Score]:
    """Let the model and its opponents sit the same exam. No random number is drawn.

    Args:
        run: The run to judge; it is left as it is.
        limit: The most documents to take.
        progress: Goes through the documents in its place: somebody who shows how the exam is getting on.
        surprises: Finds the model's surprises in the place of `model_surprises`.

    Returns:
        The scores of `model` and of each of the `OPPONENTS`; empty if training has seen everything.

    Examples:
        Before training, the counters have counted nothing and are dice too.

        >>> from microgpt.config import Config
        >>> from microgpt.training import new_run
        >>> run = new_run(Config(steps=2, n_embd=4), ["ava", "mia", "emma", "liam"])
        >>> scores = evaluate(run)
        >>> [round(scores[name].loss, 4) for name in OPPONENTS]
        [1.9459, 1.9459, 1.9459, 1.9459]
        >>> round(math.log(7), 4)
        1.9459
    """
    return {name: score_of(found) for name, found in exam_surprises(run, limit, progress, surprises).items()}


def exam_surprises(
    run: Run, limit: int = 1000, progress: Progress = iter, surprises: Surprises | None = None
) -> dict[str, list[list[float]]]:
    """Find how surprised each is at every token of the exam: what `evaluate` sums up.

    Args:
        run: The run to judge; it is left as it is.
        limit: The most documents to take.
        progress: See `evaluate`.
        surprises: See `evaluate`.

    Returns:
        For `model` and each of the `OPPONENTS` the surprises of each document, in nats; empty if training has
        seen everything.

    Examples:
        >>> from microgpt.config import Config
        >>> from microgpt.training import new_run
        >>> run = new_run(Config(steps=2, n_embd=4), ["ava", "mia", "emma", "liam"])
        >>> [len(document) for document in exam_surprises(run)["uniform"]] == [
        ...     len(name) + 1 for name in held_out_documents(run)
        ... ]
        True
    """
    tokenizer, size = run.model.tokenizer, run.config.block_size
    questions = [tokenizer.encode(document) for document in held_out_documents(run, limit)]
    if not questions:
        return {}
    counts = CountingBaselines.of_run(run)
    found = (
        surprises(run.model, questions)
        if surprises
        else model_surprises(as_floats(run.model), questions, progress)
    )
    return {"model": found} | {
        name: [
            [surprise(opponent.chance(counts, *pair)) for pair in contexts(tokens, size)]
            for tokens in questions
        ]
        for name, opponent in OPPONENTS.items()
    }


def model_surprises(model: Model[float], documents: Batch, progress: Progress = iter) -> list[list[float]]:
    """Find the model's surprise at every token of many documents, in less time than it takes singly.

    Names in alphabetical order begin like their neighbors. What the model computes for "mar" in "maria" is
    what it computes in "mario", so the caches are rewound to where two neighbors part, and only the rest is
    computed: of the exam above a little more than half.

    Args:
        model: Of floats.
        documents: As the tokenizer encodes them.
        progress: See `evaluate`.

    Returns:
        For each document, in the order given, the surprise at each token, in nats.

    Examples:
        The same numbers as one document at a time, to the last bit.

        >>> from microgpt.autograd import total
        >>> from microgpt.config import Config
        >>> from microgpt.loss import document_loss
        >>> from microgpt.training import new_run
        >>> model = as_floats(new_run(Config(), ["maria", "mario", "ria"]).model)
        >>> documents = [model.tokenizer.encode(name) for name in ("mario", "ria", "maria")]
        >>> surprises = model_surprises(model, documents)
        >>> means = [total(one) * (1 / len(one)) for one in surprises]
        >>> means == [document_loss(model, one) for one in documents]
        True
    """
    caches: list[Cache[float]] = new_caches(model.config)
    path: list[int] = []  # the tokens whose keys and values the caches hold, and ...
    shares: list[list[float]] = []  # ... the probabilities that came out at each
    found: dict[int, list[float]] = {}
    for index in progress(sorted(range(len(documents)), key=lambda index: tuple(documents[index]))):
        pairs = predictions(documents[index], model.config.block_size)
        given = [token for token, _ in pairs]
        shared = sum(1 for _ in takewhile(lambda two: two[0] == two[1], zip(path, given)))
        for cache in caches:
            cache.rewind(shared)
        del shares[shared:]
        for position in range(shared, len(given)):
            shares.append(softmax(forward(model, given[position], position, caches)))
        path = given
        found[index] = [_surprise_at(shares[i][answer]) for i, (_, answer) in enumerate(pairs)]
    return [found[index] for index in range(len(documents))]


def _surprise_at(probability: float) -> float:
    return surprise(probability) if probability else math.inf


LONGEST = 4
"""How many tokens back the back-off counter looks, at most."""


def contexts(tokens: Sequence[int], block_size: int) -> list[tuple[Context, int]]:
    """Pair each token with the ones before it, at most `LONGEST`: the exercises as a counter sees them.

    Args:
        tokens: A document as the tokenizer encodes it, with the mark on both sides.
        block_size: The most positions that the model can handle. Exercises beyond are left out.

    Returns:
        (the tokens before, the token) for each position.

    Examples:
        >>> contexts([9, 3, 1, 9], block_size=16)
        [((9,), 3), ((9, 3), 1), ((9, 3, 1), 9)]
        >>> contexts([9, 3, 1, 4, 1, 5, 9], block_size=5)[-1]
        ((3, 1, 4, 1), 5)
    """
    read = tuple(tokens[: block_size + 1])
    return [(read[max(0, place - LONGEST) : place], read[place]) for place in range(1, len(read))]


def endings(context: Context) -> list[Context]:
    """List what a counter may look at: nothing, the last token, the last two, and so on.

    Args:
        context: The tokens before the one to guess.

    Examples:
        >>> endings((9, 3, 1))
        [(), (1,), (3, 1), (9, 3, 1)]
    """
    return [context[place:] for place in range(len(context), -1, -1)]


@dataclass(frozen=True)
class CountingBaselines:
    r"""How often each token followed which others: all that the opponents know.

    Every counter follows one rule. With $V$ tokens, a context $c$ that occurred $n(c)$ times and was followed
    by $a$ in $n(c, a)$ of them,

    $$p(a \mid c) = \frac{n(c, a) + V\, q(a)}{n(c) + V}$$

    where $q$ is what was believed before the counting. It is as if the context had been met $V$ more times,
    and followed as $q$ says. A $q$ that gives every token $1/V$ adds 1 to every count.

    Attributes:
        vocab_size: The number of tokens.
        followed: How often a context was followed by a token.
        given: How often a context was followed by anything.

    Examples:
        In "ava" and "ava", an a (0) follows the mark (2) twice, and so does the mark the a.

        >>> counts = CountingBaselines.of([[2, 0, 1, 0, 2], [2, 0, 1, 0, 2]], vocab_size=3, block_size=16)
        >>> pairs = [(2, 0), (0, 2), (0, 1), (1, 1)]
        >>> [counts.followed[(first,), second] for first, second in pairs]
        [2, 2, 2, 0]

        After an a, which was followed four times: v and the mark twice each, a never. With the 1 for each
        there are seven.

        >>> [round(counts.bigram((2, 0), answer) * 7, 6) for answer in (0, 1, 2)]
        [1.0, 3.0, 3.0]

        Not looking at what came before: of 8 answers 4 are a, 2 v, 2 the mark, and three more make 11.

        >>> [round(counts.unigram((2, 0), answer) * 11, 6) for answer in (0, 1, 2)]
        [5.0, 3.0, 3.0]
        >>> counts.uniform((2, 0), 1) == 1 / 3
        True

        The back-off counter goes from nothing to the mark and the a. After an a the mark is as likely as v.
        After an a that begins the name it has never come, and becomes unlikely, but not impossible.

        >>> [round(counts.back_off((2, 0), answer), 3) for answer in (0, 1, 2)]
        [0.117, 0.622, 0.26]
    """

    vocab_size: int
    followed: Counter[tuple[Context, int]]
    given: Counter[Context]

    @classmethod
    def of(cls, documents: Iterable[Sequence[int]], vocab_size: int, block_size: int) -> "CountingBaselines":
        """Count in some documents, as far as the model reads them."""
        followed = Counter(
            (ending, answer)
            for tokens in documents
            for context, answer in contexts(tokens, block_size)
            for ending in endings(context)
        )
        given: Counter[Context] = Counter()
        for (ending, _), times in followed.items():
            given[ending] += times
        return cls(vocab_size, followed, given)

    @classmethod
    def of_run(cls, run: Run) -> "CountingBaselines":
        """Count in what a run has been trained on; each document once, however often it was met."""
        tokenizer = run.model.tokenizer
        return cls.of(map(tokenizer.encode, run.trained_on), tokenizer.vocab_size, run.config.block_size)

    def back_off(self, context: Context, answer: int) -> float:
        """Give the chance of a token after up to four others, each longer context correcting the shorter."""
        chance = self.uniform(context, answer)
        for ending in endings(context):
            chance = self._counted(ending, answer, chance)
        return chance

    def bigram(self, context: Context, answer: int) -> float:
        """Give the chance of a token after the last one of a context, by how often it followed, plus one."""
        return self._counted(context[-1:], answer, self.uniform(context, answer))

    def unigram(self, context: Context, answer: int) -> float:
        """Give the chance of a token by how often it occurred, plus one; the context does not matter."""
        return self._counted((), answer, self.uniform(context, answer))

    def uniform(self, context: Context, answer: int) -> float:
        """Give every token the same chance."""
        return 1 / self.vocab_size

    def _counted(self, context: Context, answer: int, believed: float) -> float:
        """Correct what was believed of a token by how often it followed."""
        imagined = self.vocab_size * believed
        return (self.followed[context, answer] + imagined) / (self.given[context] + self.vocab_size)


class Opponent(NamedTuple):
    """Somebody to compare the model with.

    Attributes:
        title: What it is called.
        chance: The chance that it gives a token after those before it.
    """

    title: str
    chance: Callable[[CountingBaselines, Context, int], float]


OPPONENTS = {
    "back_off": Opponent("back-off counter", CountingBaselines.back_off),
    "bigram": Opponent("bigram counter", CountingBaselines.bigram),
    "unigram": Opponent("unigram counter", CountingBaselines.unigram),
    "uniform": Opponent("uniform die", CountingBaselines.uniform),
}
"""Those who sit the same exam as the model."""


class Novelty(Enum):
    """Where an invented document can also be found."""

    NEW = "new"
    IN_DATA = "in the data, not trained on"
    TRAINED_ON = "trained on"


def novelty_in(
    trained_on: Iterable[str], in_data: Iterable[str], block_size: int
) -> Callable[[str], Novelty]:
    """Prepare to look invented documents up.

    Args:
        trained_on: What the model was trained on.
        in_data: All there is.
        block_size: How far the model reads; so far documents are compared.

    Returns:
        What says of a text whether it is new.

    Examples:
        >>> novelty = novelty_in(["avanti"], ["avanti", "emma"], block_size=3)
        >>> [novelty(text).name for text in ("ava", "emm", "emma")]
        ['TRAINED_ON', 'IN_DATA', 'NEW']
    """
    seen, known = ({document[:block_size] for document in part} for part in (trained_on, in_data))

    def novelty(text: str) -> Novelty:
        if text in seen:
            return Novelty.TRAINED_ON
        return Novelty.IN_DATA if text in known else Novelty.NEW

    return novelty
