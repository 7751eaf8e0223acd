r"""An honest exam: how good is the model at documents it has never seen, and compared with what?

# The question

The loss of the last step is the surprise at *one* document. It jumps by more than a whole run improves,
and after a second pass through the documents it rewards learning by heart. **How good is the model really,
and is that good?**

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

The exam consists of documents that are equal to none the model was trained on. Equal as texts: names.txt
has a good many names twice, so a line that was not used can still be a name that was. Each text counts once.

>>> from microgpt.config import Config
>>> from microgpt.data import bundled_documents
>>> from microgpt.training import start, train
>>> run = start(Config(steps=300), bundled_documents())
>>> for step in train(run):
...     pass
>>> questions = exam(run)
>>> len(questions), len(set(questions) & set(run.trained_on))
(1000, 0)

A thousand are enough. If the steps have been through all documents, nothing is left to judge by. The dial
`hold_out` sets a share aside before training.

>>> exam(start(Config(steps=0), ["ava", "ava", "emma"]))
['ava', 'emma']
>>> everything = start(Config(steps=3, n_embd=4), ["ava", "ava", "emma"])
>>> for step in train(everything):
...     pass
>>> exam(everything)
[]

# Surprise per token

All surprises of all documents are added up and divided by the number of tokens. That is not the mean of the
documents' losses: a long name has more tokens and counts more, as it should when the unit is the token.

>>> short, long = [2.0, 2.0], [1.0] * 8
>>> score_of([short, long]).loss, (2.0 + 1.0) / 2
(1.2, 1.5)

# How sure is that?

Another thousand names would give another number. How different is it likely to be? The *standard error*
answers: about two thirds of all repetitions land within one of it, 95 of 100 within two. The letters of a
name are not independent, but the names are, so we look at how far each *document* is from what the loss
would have it be: $S_i - L\,n_i$, with $S_i$ its total surprise and $n_i$ its tokens.

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

With three opponents that do not need a neural network. Each one counts in the documents that the model was
trained on:

- the **uniform** die gives every token the same chance;
- the **unigram** counter knows how frequent each token is, and does not look at what came before;
- the **bigram** counter looks at the one token before: how often did this one follow?

>>> for name, score in evaluate(run).items():
...     print(f"{name:<8}{score.loss:.3f} ± {score.standard_error:.3f}")
model   2.535 ± 0.011
bigram  2.690 ± 0.009
unigram 2.902 ± 0.007
uniform 3.296 ± 0.000

A model that does not beat the bigram counter has learned nothing that needed attention.

# Is an invented name new?

A good model invents names that exist. Is it a discovery or a memory? Look it up: among what it was trained
on, and in the whole file.

>>> known = Known.of(run.trained_on, run.documents, block_size=16)
>>> known.origin("zzyzx").value, known.origin(run.trained_on[0]).value, known.origin(questions[0]).value
('new', 'trained on', 'in the data, not trained on')

# Check yourself

??? question "The loss on the exam is higher than the mean loss of the last steps. Why?"

    The last steps are documents too that the model had not seen before, if it is the first pass, so there
    should be little difference. Far more on the exam than in the last steps means learning by heart: see
    `microgpt.training`.

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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import takewhile

from microgpt.attention import Cache
from microgpt.loss import predictions, surprise
from microgpt.model import Model, as_floats, forward, new_caches
from microgpt.training import Run
from microgpt.vectors import softmax

__all__ = ["Counts", "Known", "Origin", "Score", "evaluate", "exam", "model_surprises", "score_of"]


@dataclass(frozen=True)
class Score:
    """The result of an exam.

    Attributes:
        loss: The mean surprise, in nats per token.
        standard_error: How far another such exam is likely to be from it; nan for a single document.
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
        Twice the same document: the same loss, and no doubt about it.

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


def exam(run: Run, limit: int = 1000) -> list[str]:
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
        >>> from microgpt.training import start, train_step
        >>> run = start(Config(steps=1, hold_out=0.5), ["ava", "mia", "emma", "liam"])
        >>> exam(run) == run.held_out, exam(run, limit=1) == run.held_out[:1]
        (True, True)

        With a block of 3, one has seen "avanti" if one has seen "ava".

        >>> run = start(Config(steps=1, block_size=3, n_embd=4), ["ava", "avanti"])
        >>> _ = train_step(run)
        >>> exam(run)
        []
    """
    size = run.config.block_size
    seen = {document[:size] for document in run.trained_on}
    unseen = (document[:size] for document in run.held_out or run.documents if document[:size] not in seen)
    return list(dict.fromkeys(unseen))[:limit]


def evaluate(run: Run, limit: int = 1000) -> dict[str, Score]:
    """Let the model and three counters sit the same exam. No random number is drawn.

    Args:
        run: The run to judge; it is left as it is.
        limit: The most documents to take.

    Returns:
        The scores of `model`, `bigram`, `unigram` and `uniform`; empty if training has seen everything.

    Examples:
        Before training, the counters have counted nothing and are dice.

        >>> from microgpt.config import Config
        >>> from microgpt.training import start
        >>> run = start(Config(steps=2, n_embd=4), ["ava", "mia", "emma", "liam"])
        >>> scores = evaluate(run)
        >>> [round(scores[name].loss, 4) for name in ("bigram", "unigram", "uniform")]
        [1.9459, 1.9459, 1.9459]
        >>> round(math.log(7), 4)
        1.9459
    """
    model, size = as_floats(run.model), run.config.block_size
    questions = [model.tokenizer.encode(document) for document in exam(run, limit)]
    if not questions:
        return {}
    counts = Counts.of(map(model.tokenizer.encode, run.trained_on), model.tokenizer.vocab_size, size)
    scores = {"model": score_of(model_surprises(model, questions))}
    for name, chance in (("bigram", counts.bigram), ("unigram", counts.unigram), ("uniform", counts.uniform)):
        scores[name] = score_of(
            [[surprise(chance(*pair)) for pair in predictions(tokens, size)] for tokens in questions]
        )
    return scores


def model_surprises(model: Model[float], documents: Sequence[Sequence[int]]) -> list[list[float]]:
    """Find the model's surprise at every token of many documents, in about half the time it takes singly.

    Names in alphabetical order begin like their neighbors. What the model computes for "mar" in "maria" is
    what it computes in "mario", so the caches are rewound to where two neighbors part, and only the rest is
    computed.

    Args:
        model: Of floats.
        documents: As the tokenizer encodes them.

    Returns:
        For each document, in the order given, the surprise at each token, in nats.

    Examples:
        The same numbers as one document at a time, to the last bit.

        >>> from microgpt.autograd import total
        >>> from microgpt.config import Config
        >>> from microgpt.loss import document_loss
        >>> from microgpt.training import start
        >>> model = as_floats(start(Config(), ["maria", "mario", "ria"]).model)
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
    for index in sorted(range(len(documents)), key=lambda index: tuple(documents[index])):
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


@dataclass(frozen=True)
class Counts:
    """How often each token occurred, and how often it followed which.

    Attributes:
        vocab_size: The number of tokens.
        pairs: How often the second token followed the first.
        given: How often a token was followed by anything.
        answers: How often a token was what followed.

    Examples:
        In "ava" and "ava", an a (0) follows the mark (2) twice, and so does the mark the a.

        >>> counts = Counts.of([[2, 0, 1, 0, 2], [2, 0, 1, 0, 2]], vocab_size=3, block_size=16)
        >>> counts.pairs[2, 0], counts.pairs[0, 2], counts.pairs[0, 1], counts.pairs[1, 1]
        (2, 2, 2, 0)

        After an a, which was followed four times: v and the mark twice each, a never. With the 1 for each
        there are seven.

        >>> [round(counts.bigram(0, answer) * 7, 6) for answer in (0, 1, 2)]
        [1.0, 3.0, 3.0]

        Not looking at what came before: of 8 answers 4 are a, 2 v, 2 the mark, and three more make 11.

        >>> [round(counts.unigram(0, answer) * 11, 6) for answer in (0, 1, 2)]
        [5.0, 3.0, 3.0]
        >>> counts.uniform(0, 1) == 1 / 3
        True
    """

    vocab_size: int
    pairs: Counter[tuple[int, int]]
    given: Counter[int]
    answers: Counter[int]

    @classmethod
    def of(cls, documents: Iterable[Sequence[int]], vocab_size: int, block_size: int) -> "Counts":
        """Count in some documents, as far as the model reads them."""
        pairs = Counter(pair for tokens in documents for pair in predictions(tokens, block_size))
        given: Counter[int] = Counter()
        answers: Counter[int] = Counter()
        for (token, answer), times in pairs.items():
            given[token] += times
            answers[answer] += times
        return cls(vocab_size, pairs, given, answers)

    def bigram(self, token: int, answer: int) -> float:
        """Give the chance of a token after another one, by how often it followed, plus one."""
        return (self.pairs[token, answer] + 1) / (self.given[token] + self.vocab_size)

    def unigram(self, token: int, answer: int) -> float:
        """Give the chance of a token by how often it occurred, plus one; `token` does not matter."""
        return (self.answers[answer] + 1) / (self.answers.total() + self.vocab_size)

    def uniform(self, token: int, answer: int) -> float:
        """Give every token the same chance."""
        return 1 / self.vocab_size


class Origin(Enum):
    """Where an invented document can also be found."""

    NEW = "new"
    IN_DATA = "in the data, not trained on"
    TRAINED_ON = "trained on"


@dataclass(frozen=True)
class Known:
    """The documents of a run, for looking up what a model invents.

    Attributes:
        trained_on: What it was trained on, as far as it has read it.
        in_data: All there is, as far as it would have read it.

    Examples:
        >>> known = Known(trained_on=frozenset({"ava"}), in_data=frozenset({"ava", "emma"}))
        >>> [known.origin(text).name for text in ("ava", "emma", "emva")]
        ['TRAINED_ON', 'IN_DATA', 'NEW']
    """

    trained_on: frozenset[str]
    in_data: frozenset[str]

    @classmethod
    def of(cls, trained_on: Sequence[str], in_data: Sequence[str], block_size: int) -> "Known":
        """Take documents down as far as a model with this block size reads them."""
        return cls(*(frozenset(document[:block_size] for document in part) for part in (trained_on, in_data)))

    def origin(self, text: str) -> Origin:
        """Look a text up."""
        if text in self.trained_on:
            return Origin.TRAINED_ON
        return Origin.IN_DATA if text in self.in_data else Origin.NEW
