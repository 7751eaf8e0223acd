r"""An honest exam: how good is the model at documents it has never seen, and compared with what?

# What you will be able to do

- Set an exam that a model cannot have learned by heart, and say how sure the result is.
- Say what a loss is worth, beside a die and three counters.
- Compare two models on one exam, and tell a difference from chance.
- Explain why the score by which something was chosen is too good, and what to do about it.

# The question

The loss of the last step is the surprise at *one* document. It jumps up and down with the difficulty of the
name, and after a second pass through the documents it rewards learning by heart. **How good is the model
really, and is that good?**

# The picture

A school does not ask in the exam what stood on the exercise sheet. And a mark means little until one knows
how others did. So the model and some opponents learn from the same documents and sit the same **exam**:
documents that none of them has seen. (Others call it the *test set*.)

```mermaid
graph LR
    docs["all names"] -- "1,000" --> model["the model"]
    docs -- "the same 1,000" --> counters["counters"]
    docs -- "1,000 others" --> exam["exam"]
    model --> one["the model's surprise<br/>2.478 a token"]
    exam --> one
    exam --> other["the best counter's<br/>2.533 a token"]
    counters --> other
```

# Never seen

The exam consists of documents that are equal to none the model was trained on. Equal as texts: a file can
have the same name on several lines, as the original's names.txt has, so a line that was never used can
still hold a name that was. Each text counts once. Here is the default run, finished (`microgpt.trained`): a
thousand steps are done, and what their losses were does not matter here.

>>> from dataclasses import replace
>>> from microgpt.config import Config
>>> from microgpt.data import bundled_documents
>>> from microgpt.model import parameters_of
>>> from microgpt.trained import trained_parameters
>>> from microgpt.training import new_run, train
>>> fresh = new_run(Config(), bundled_documents())
>>> finished = Model(fresh.config, fresh.model.tokenizer, trained_parameters())
>>> run = replace(fresh, model=finished, losses=[math.nan] * 1000)
>>> questions = held_out_documents(run)
>>> len(questions), len(set(questions) & set(run.trained_on))
(1000, 0)

Before training everything is unseen; after a pass through all documents nothing is. The dial `hold_out`
sets a share of the distinct documents aside before training.

>>> held_out_documents(new_run(Config(steps=0), ["ava", "ava", "emma", "mia"]))
['emma', 'ava', 'mia']
>>> everything = new_run(Config(steps=4, n_embd=4), ["ava", "ava", "emma", "mia"])
>>> some = new_run(Config(steps=4, n_embd=4, hold_out=0.5), ["ava", "ava", "emma", "mia"])
>>> for step in [*train(everything), *train(some)]:
...     pass
>>> held_out_documents(everything), some.documents, held_out_documents(some)
([], ['emma'], ['ava', 'mia'])

# Surprise per token

All surprises of all documents are added up and divided by the number of tokens. That is not the mean of the
documents' losses: a long name has more tokens and counts more, as it should when the unit is the token.

>>> short, long = [2.0, 2.0], [1.0] * 8
>>> score_of([short, long]).loss, (2.0 + 1.0) / 2
(1.2, 1.5)

# The opponents

A loss alone says little. So there are opponents, each a **baseline**, which need no neural network: a die,
and three that count in the documents that the model was trained on.

- the **uniform** die gives every token the same chance;
- the **unigram** counter knows how frequent each token is, and does not look at what came before;
- the **bigram** counter looks at the one token before: how often did this one follow?
- the **back-off** counter looks at up to four tokens before.

The longer the context, the better it tells what follows, and the more rarely it was seen. Here is how often
the thousand names had what stands at the end of emma:

>>> counts = CountingBaselines.of_run(run)
>>> encode, decode = run.model.tokenizer.encode, run.model.tokenizer.decode
>>> for context in endings(tuple(encode("emma")[1:5])):
...     print(f"{decode(context) or 'any':<5}{counts.given[context]:>5} times")
any   6989 times
a     1006 times
ma     102 times
mma      1 times
emma     0 times

*Backing off* means to lean on the shorter context where the longer one is rare. The rule is in
`CountingBaselines`: each context is counted as if it had been met 27 times more, as often as there are
tokens, and had been followed in those as the next shorter context says. A context that was never met then
says what the shorter one says; one that was met a thousand times hardly listens to it.

All sit the exam. (After ± stands the standard error, which says how sure a loss is; it is explained below.)

>>> found = exam_surprises(run)
>>> for name, surprises in found.items():
...     score = score_of(surprises)
...     print(f"{name:<8} {score.loss:.3f} ± {score.standard_error:.3f}")
model    2.478 ± 0.010
back_off 2.533 ± 0.012
bigram   2.602 ± 0.009
unigram  2.897 ± 0.006
uniform  3.296 ± 0.000

The same as bars. Look at how little lies between the first two, and at the thin lines, which say how sure
each end is:

```figure
exam
```

You can sit it, too. A counter or a model guesses the letter that it holds for the likeliest. Type the next
letter of each name, a full stop where you expect its end, and look at how often you and they are right:

```figure
guess
```

On these names the model is better than all counters. It need not be. On the original's names
(the last figure of `docs/pages/experiments.md`) the model of the same run has 2.387 and the back-off counter
2.364:
**after a thousand steps counting beats the network.** On all 28,498 names that it has not met the model is
behind by 0.023, with a standard error of 0.002. After ten thousand steps, and as many names counted, it is
behind by 0.124.

The counter has more room, for one thing. The model has 4,192 numbers, however much it reads. The counter
keeps a number for each context and what followed it, and every new name brings more.

>>> len(parameters_of(run.model)), len(counts.followed)
(4192, 10412)

Then why networks? A counter knows only contexts that it has met, each for itself. Let the context be a page
instead of four letters, and none comes twice. What a network has learned of one context serves in similar
ones. Names of six letters give it little opportunity to show that.

Nor does a better score say which part of a model has earned it. The same model with attention switched off
knows only the last token and its position. (To switch it off, the matrix of its report is kept at 0, so that
it adds nothing.) After 300 steps it is as good:

>>> def after_300_steps(prepare):
...     run = new_run(Config(steps=300), bundled_documents())
...     prepare(run)
...     for step in train(run):
...         prepare(run)
...     return exam_surprises(run)["model"]
>>> def switch_off(run):
...     for row in run.model.parameters["layer0.attn_wo"]:
...         for number in row:
...             number.data = 0.0
>>> seeing, blind = after_300_steps(lambda run: None), after_300_steps(switch_off)
>>> round(score_of(seeing).loss, 3), round(score_of(blind).loss, 3)
(2.535, 2.536)

What attention is worth comes later. Measured with 32 seeds on the original's names, it is little after a
thousand steps, and about seven times as much after ten thousand (`docs/pages/experiments.md`).

# How sure is it?

Another thousand names would give another number. How far is ours from what all such names together would
give? It takes three steps to say.

*First: the spread.* Take the surprise of each name. How far from their mean are they, as a rule? Square the
distances, so that plus and minus do not cancel, take the mean of the squares, and the root of that. This is
the *spread*, or standard deviation.

>>> def spread(numbers):
...     mean = sum(numbers) / len(numbers)
...     return (sum((number - mean) ** 2 for number in numbers) / (len(numbers) - 1)) ** 0.5
>>> names = [sum(surprises) for surprises in found["model"]]
>>> round(sum(names) / 1000, 2), round(spread(names), 2)
(17.5, 4.79)

(One divides by one less than the number. The distances are taken from a mean that was made of the same
numbers, and so come out a little too short.)

*Second: the mean of many is surer, by the root of their number.* Luck up and luck down cancel in part. Here
are two hundred small exams of 25 names each. Their means have a fifth of the spread of the names, for the
root of 25 is 5.

>>> import random
>>> rng = random.Random(1)
>>> means = [sum(rng.choices(names, k=25)) / 25 for _ in range(200)]
>>> round(spread(means), 2), round(spread(names) / 25**0.5, 2)
(0.99, 0.96)

Spread over root of the number is called the **standard error** of the mean. How often is one of the
two hundred nearer to the truth than one standard error, and than two? About two times in three, and 95 times
in 100, in the long run; here:

>>> truth, error = sum(names) / len(names), spread(names) / 25**0.5
>>> [sum(abs(mean - truth) < far * error for mean in means) / 200 for far in (1, 2)]
[0.7, 0.93]

So four times as many names make it half as
large. Are a thousand enough? To tell our model from a counter they are. For the effect of most dials, which
is a few thousandths, they are not: see `microgpt.engines.trials`.

*Third: our loss is not a mean over names.* It is all surprise divided by all tokens. But luck has chosen
names and not tokens: the letters of one name depend on each other. So again we look at names. With a loss
of $L$, a name of $n_i$ tokens should have a surprise of $L\,n_i$ altogether; it has $S_i$. These distances
take the place of those from the mean. $N$ is the number of names. The standard error (s.e.) is as before the
spread over the root of $N$, but divided by the mean number of tokens of a name, since it is to hold for a
token. Put together:

$$L = \frac{\sum_i S_i}{\sum_i n_i} \qquad
\text{s.e.} = \frac{1}{\sum_i n_i} \sqrt{\frac{N}{N-1} \sum_{i=1}^{N} (S_i - L\, n_i)^2}$$

>>> score = score_of([short, long])
>>> distances = [4.0 - 1.2 * 2, 8.0 - 1.2 * 8]
>>> [round(distance, 6) for distance in distances]
[1.6, -1.6]
>>> round((2 / 1 * (1.6**2 + 1.6**2)) ** 0.5 / 10, 4), round(score.standard_error, 4)
(0.32, 0.32)

It covers the luck of which names were asked. The luck of the seed in training is not in it.

*And a difference?* If two models had sat two different exams, the luck of one would add to the luck of the
other; not as a plain sum, since the two may also cancel. The squares of the standard errors add up, and the
root of that is the standard error of the difference. But ours sat the same exam, and a hard name is hard for
both. So take the difference at every token first, and then treat it as a score of its own (`difference`).
What both found hard has canceled.

>>> model, counter = score_of(found["model"]), score_of(found["back_off"])
>>> round((model.standard_error**2 + counter.standard_error**2) ** 0.5, 4)
0.0159
>>> paired = difference(found["model"], found["back_off"])
>>> round(paired.loss, 4), round(paired.standard_error, 4)
(0.055, 0.0096)

# Three parts

Whoever turns a dial, looks at the score, and keeps the best value has chosen by that score. Among many
tried, the best is not only good; it was also lucky with these names. Take a dial that does nothing at all:
thirty back-off counters, each of which has counted in 200 of the thousand names, drawn by chance. None is
better than the others but by chance. All sit an exam of 50 names, and we keep the best.

>>> small, fresh_names = run.documents[1000:1050], run.documents[1050:2050]
>>> def one_of_thirty(seed):
...     drawn = random.Random(seed).sample(run.trained_on, 200)
...     return CountingBaselines.of(map(encode, drawn), 27, 16)
>>> def loss_on(names, counts):
...     def surprises_at(name):
...         pairs = contexts(encode(name), 16)
...         return [surprise(counts.back_off(before, answer)) for before, answer in pairs]
...     return score_of([surprises_at(name) for name in names]).loss
>>> thirty = [one_of_thirty(seed) for seed in range(30)]
>>> losses = [loss_on(small, counts) for counts in thirty]
>>> best = losses.index(min(losses))
>>> round(losses[best], 3), round(sum(losses) / 30, 3), round(sum(losses) / 30 - losses[best], 3)
(2.57, 2.64, 0.07)

It leads by 0.070. On a thousand names that had no say in the choice, a lead of 0.008 is left.

>>> again = [loss_on(fresh_names, counts) for counts in thirty]
>>> round(again[best], 3), round(sum(again) / 30, 3), round(sum(again) / 30 - again[best], 3)
(2.66, 2.668, 0.008)

The score by which something was chosen is too good, the more so the more was tried and the smaller the
exam. Hence three parts: documents to train on; a **validation set** by which dials are chosen, as often as
one likes; and the exam, which is asked once, at the end, about what was chosen. If the exam disappoints and
one goes back to the dials, it has become a validation set, and a new exam is needed.

(The dials of this program are the original's, chosen elsewhere. The page `docs/pages/experiments.md` tries
many others on one exam. It shows all of them, which is honest; but whoever took the best row for its true
worth would be too hopeful.)

# Bits per character

"Per token" is a fair unit only among those who share an alphabet. Cut the same names into pieces of two
letters, em-ma, and let the unigram counter count letters and pieces. There are more different pieces than
letters, so each is more surprising; but a name has fewer of them.

>>> letters = {letter: place for place, letter in enumerate("abcdefghijklmnopqrstuvwxyz")}
>>> two = [a + b for a in letters for b in letters]
>>> pieces = {piece: place for place, piece in enumerate([*letters, *two])}
>>> def exam_in(alphabet, length):
...     def encode(name):
...         cut = [name[place : place + length] for place in range(0, len(name), length)]
...         return [len(alphabet), *(alphabet[piece] for piece in cut), len(alphabet)]
...     counts = CountingBaselines.of(map(encode, run.trained_on), len(alphabet) + 1, 16)
...     exercises = [contexts(encode(name), 16) for name in questions]
...     return [[surprise(counts.unigram(*pair)) for pair in pairs] for pairs in exercises]
>>> for exam in (exam_in(letters, 1), exam_in(pieces, 2)):
...     whole, characters = sum(map(sum, exam)), sum(map(len, questions))
...     bits = whole / math.log(2) / characters
...     print(f"{score_of(exam).loss:.2f} nats per token, {bits:.2f} bits per character")
2.90 nats per token, 4.87 bits per character
4.76 nats per token, 4.86 bits per character

Per token one seems far better. Per letter they are nearly the same. The surprise at a whole document is
surprise at the same thing, however it was cut. So divide *that*, by something that does not depend on the cut
either: characters, or the bytes of the file. (In bits, by custom: one bit is $\log 2$ nats.)

# Is an invented name new?

A good model invents names that exist. Is it a discovery or a memory? Look it up: among what it was trained
on, and in the whole file.

>>> novelty = novelty_in(run.trained_on, run.documents, block_size=16)
>>> [novelty(text).value for text in ("zzyzx", run.trained_on[0], questions[0])]
['new', 'trained on', 'in the data, not trained on']

# Pitfalls

*Judging by one document.* The loss of a step is that of one name. Here are the best and the worst of the
thousand, for one and the same model.

>>> ordered = sorted(zip([sum(one) / len(one) for one in found["model"]], questions))
>>> [(name, round(loss, 2)) for loss, name in (ordered[0], ordered[-1])]
[('alana', 1.61), ('knut', 3.95)]

*Split by lines.* A file with a name on two lines has it in both parts, and the exam asks what was learned.
Here "ava" was trained on and is also among the other lines; `held_out_documents` leaves it out.

>>> twice = new_run(Config(steps=2, n_embd=4), ["ava", "ava", "mia", "emma"])
>>> for step in train(twice):
...     pass
>>> twice.trained_on, twice.documents[2:], held_out_documents(twice)
(['mia', 'ava'], ['emma', 'ava'], ['emma'])

*Counting what never came as 0.* The bigram counter adds 1 to every count. Without it, one pair in the exam
that was never met, and there is no loss at all. (The back-off counter does not add 1, but what it adds is
never 0.)

>>> q, z = encode("qz")[1:3]
>>> counts.followed[(q,), z], counts.given[(q,)]
(0, 15)
>>> try:
...     surprise(0 / 15)
... except ArithmeticError as error:
...     print(error)
the right answer got a probability of 0, which has no logarithm
>>> round(surprise(counts.bigram((q,), z)), 2)
3.74

*Losses over different alphabets compared.* Half the tokens, and even the die has a far smaller loss.

>>> round(math.log(27), 2), round(math.log(13), 2)
(3.3, 2.56)

# Check yourself

??? question what "The exam says 2.478 ± 0.010. What is certain about that, and what is not?"

    The same model, asked about all names of this kind, would be within two standard errors, 95 times in
    100. It says nothing of another seed: the same program trained again ends elsewhere. And it says nothing
    of names from another country: an exam judges only for documents like its own.

??? question why "Why can the loss on the exam be higher than the mean loss of the last steps?"

    In the first pass the last steps are documents that the model had not seen before either (but for those
    that the file has several times). What is left is luck (a mean of a hundred names is less sure than one of
    a thousand) and the way of counting: the exam counts each token once, the mean of the steps each document.
    Far more on the exam than in the last steps means learning by heart: see `microgpt.training`.

??? question why "Why does the bigram counter add 1 to every count?"

    A pair that it has never seen would have a probability of 0, and if the exam has it, an infinite
    surprise. One more count for every pair says: rare, but not impossible. It is the same rule as that of
    the back-off counter, with a die in the place of the shorter context.

??? question how "Two models lie 0.012 apart, each with a standard error of 0.010. Is one better?"

    It depends on what the question does not say. On two different exams the squares add up:

    >>> round((0.010**2 + 0.010**2) ** 0.5, 3)
    0.014

    Then 0.012 is less than one standard error, and nothing is known. On the same exam it can be much
    smaller: one needs the standard error of the *differences*, name by name. And if several seeds were
    trained, the scatter of the seeds counts as well.

??? question deeper "Design an experiment: is a model of twice the width better?"

    Say before what will be compared: which length of training, which data. Split in three parts. Both
    widths get their own best learning rate, chosen on the validation set with the same number of tries; a
    common rate would compare rates. Train both with the same ten or more seeds. Take the difference for
    each seed on one exam, and from these differences their mean and its standard error. Report it with all
    that was tried, also if it is nothing. The page `docs/pages/experiments.md` has what came out here, and
    `microgpt.engines.trials` how it was judged.

# To keep

- An exam consists of texts that nobody has trained on, each once, and its result is a loss with a standard
  error.
- A loss says something beside opponents: on the original's names a counter of up to four letters beats the
  model of a thousand steps.
- What was chosen by a score must be judged by another one.

# What follows

An exam takes a second, and the training before it may take hours. How can a run stop today and go on
tomorrow? `microgpt.checkpoint` keeps it in a file.

Sources: adding one is Pierre-Simon Laplace's rule of succession, "Mémoire sur la probabilité des causes par
les événements" (1774). To lean on shorter contexts is Frederick Jelinek's and Robert Mercer's (1980); the
word *back-off* comes from Slava Katz (1987), who asked the shorter context only where the longer one was
missing, while here all are mixed. Imagined counts that the shorter context shares out: David MacKay and
Linda Bauman Peto, "A Hierarchical Dirichlet Language Model" (1995). The standard error of a ratio is in
William Cochran, "Sampling Techniques" (1977), section 2.11.
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
"""Is put around a loop over documents: hands their numbers on one by one, and may show how many are left."""

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
    r"""Sum up an exam.

    What chance has chosen are documents, and not their letters. So the standard error is made of how far each
    document's sum $S_i$ is from what it would be at the loss $L$, with $n_i$ tokens in it, $T$ tokens in all,
    and $N$ documents:

    $$L = \frac{1}{T} \sum_i S_i
    \qquad \text{standard error} = \frac{1}{T} \sqrt{\frac{N}{N - 1} \sum_i (S_i - L\, n_i)^2}$$

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
        progress: Is put around the loop over the documents, and may show how many are left.
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
    by $a$ in $n(c, a)$ of them, the chance of $a$ after $c$, written $p(a \mid c)$, is

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

        The back-off counter goes from nothing by way of the a to the mark and the a, and takes for q what the
        shorter context said. After an a the mark is as likely as v. After an a that begins the name it has
        never come, and becomes less likely, but not impossible. The last lines find the first chance by hand.

        >>> [round(counts.back_off((2, 0), answer), 3) for answer in (0, 1, 2)]
        [0.117, 0.642, 0.242]
        >>> after_nothing = (4 + 3 * 1 / 3) / (8 + 3)
        >>> after_a = (0 + 3 * after_nothing) / (4 + 3)
        >>> round((0 + 3 * after_a) / (2 + 3), 3)
        0.117
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
