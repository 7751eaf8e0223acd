r"""Letting the model speak: draw a token, feed it back, draw the next, until it says that the name is over.

# What you will be able to do

- say how a list of probabilities becomes a name, and write the loop;
- choose a temperature, and say what it does to the chances;
- tell drawing from greedy choice, and say what each of them loses.

# The question

The trained model gives a probability to every next token. **How does a list of probabilities become a name?**
By drawing one token and asking again. A model that works like this, each output becoming the next input, is
called *autoregressive*: it goes on from its own words.

# The picture

The *prompt* is a beginning that somebody gives, here "em". What is drawn then, and its chance, is computed
below.

```mermaid
graph TD
    bos["BOS,<br/>then the prompt<br/>e m"] --> fwd["forward:<br/>27 logits"]
    fwd -- "divide by the<br/>temperature,<br/>softmax" --> p["chances<br/>a 0.716, ..."]
    p -- "draw" --> one["one token<br/>a"]
    one -- "a letter:<br/>put it in" --> fwd
    one -- "BOS, or no<br/>more room" --> done["the name<br/>emari is over"]
```

Think of a wheel of fortune with a field for each token, as wide as its probability. It is spun, the letter is
written down, and the model paints a new wheel for the next letter.

Start with the mark, as every document did. Draw a token, write it down, and give it back to the model as the
next input. If the mark is drawn, or there is no more room, the name is finished. Everything on this page is
said by the default run, finished (`microgpt.trained`).

>>> from microgpt.config import Config
>>> from microgpt.data import bundled_documents
>>> from microgpt.loss import document_loss
>>> from microgpt.tokenizer import Tokenizer
>>> from microgpt.trained import trained_parameters
>>> tokenizer = Tokenizer("abcdefghijklmnopqrstuvwxyz")
>>> model = Model(Config(), tokenizer, trained_parameters())
>>> rng = random.Random(42)
>>> [generate(model, rng) for _ in range(6)]
['mala', 'niana', 'lali', 'dera', 'naluna', 'sisin']

They were drawn at a temperature of 0.5, the usual one of this program. What that means comes below.

# Finishing what somebody began

"emma" is not among the names that the model learned from. Here is what it expects after each beginning: its
three favorites and their chances, as they are (temperature 1).

>>> def favorites(prompt, temperature=1.0, count=3):
...     draw = next(sample_tokens(model, random.Random(0), temperature, prompt))
...     best = sorted(range(27), key=lambda token: -draw.probabilities[token])[:count]
...     return " ".join(f"{tokenizer.name(token)} {draw.probabilities[token]:.3f}" for token in best)
>>> for prompt in ("e", "em", "emm", "emma"):
...     print(f"{prompt:5} {favorites(prompt)}")
e     n 0.113 l 0.104 r 0.094
em    a 0.396 i 0.172 e 0.147
emm   a 0.353 i 0.183 e 0.118
emma  BOS 0.255 n 0.201 l 0.073

After "em" a second m is not among its favorites. Given one, it thinks of "a"; given that, that the name may
be over. From "em" and from "emm":

>>> rng = random.Random(42)
>>> [generate(model, rng, prompt="em") for _ in range(6)]
['emaen', 'emen', 'emana', 'emafa', 'emane', 'emanla']
>>> [generate(model, rng, prompt="emm") for _ in range(6)]
['emmona', 'emmis', 'emmen', 'emma', 'emmis', 'emma']

A beginning, the *prompt*, needs nothing new. Its letters are given to the model one after the other and its
answers are ignored, until the beginning is over. From there on it draws. A chat program answers in the same
way: the question is the prompt. But its model was trained further, on dialogues, so that an answer is what it
expects after a question; ours would go on asking.

Letter by letter after "em", now at the usual 0.5: what was drawn, and the chance it had there.

>>> for draw in sample_tokens(model, random.Random(1), prompt="em"):
...     print(tokenizer.name(draw.token), f"{draw.probabilities[draw.token]:.3f}")
a 0.716
r 0.032
i 0.145
BOS 0.793

# Temperature

Should one draw by the model's chances, or take its favorite? Between the two there is a dial. Dividing the
scores by a number, the *temperature*, stretches their differences if it is below 1: the favorites gain. Above
1 it shrinks them: the outsiders gain. At 1 the chances are the model's own. (The name is from physics: the
colder a thing, the more its parts keep to the states that cost least.) With the scores $s$ and the
temperature $T$:

$$p_i = \mathrm{softmax}(s / T)_i$$

>>> for temperature in (0.25, 0.5, 1.0, 2.0, 100.0):
...     print(temperature, [round(p, 3) for p in probabilities_at([2.0, 1.0, 0.1], temperature)])
0.25 [0.982, 0.018, 0.0]
0.5 [0.864, 0.117, 0.019]
1.0 [0.659, 0.242, 0.099]
2.0 [0.502, 0.304, 0.194]
100.0 [0.337, 0.333, 0.33]

The order never changes. Here are the chances for the first letter of a name. Look at the longest bars from
left to right: as it gets hotter, they give to the short ones.

```figure
temperature
```

After "em", cold, as it is, and hot; then six names at each:

>>> for temperature in (0.5, 1.0, 1.5):
...     print(temperature, favorites("em", temperature))
0.5 a 0.716 i 0.134 e 0.098
1.0 a 0.396 i 0.172 e 0.147
1.5 a 0.248 i 0.142 e 0.128
>>> for temperature in (0.5, 1.0, 1.5):
...     rng = random.Random(7)
...     print(*(generate(model, rng, temperature) for _ in range(6)))
gara iana akasa mina arana sanga
hararid anaen ceryin aukain diomedar kaond
haraphaubsedhudd oymg aveeel diphjade keomeyvevo rezan

Cold names are tidy and alike, hot ones bold and often no names. Only at 1 are the chances those that training
aimed at. At 0.5 the model's favorites come too often, and the end is often one of them: the names come out
shorter than those of the file. Mean lengths of a hundred at 0.5, a hundred at 1, and of the file:

>>> for temperature in (0.5, 1.0):
...     rng = random.Random(42)
...     print(sum(len(generate(model, rng, temperature)) for _ in range(100)) / 100)
4.73
5.7
>>> names = bundled_documents()
>>> round(sum(map(len, names)) / len(names), 2)
6.01

# Other ways to choose

*Greedy*: always the likeliest token. It needs no chance, so it always says the same:

>>> def greedy(prompt=""):
...     token = 0
...     while token != tokenizer.bos and len(prompt) < 16:
...         chances = next(sample_tokens(model, random.Random(0), 1.0, prompt)).probabilities
...         token = chances.index(max(chances))
...         prompt += tokenizer.decode([token])
...     return prompt
>>> greedy(), greedy("em"), greedy("emm")
('anan', 'emana', 'emma')

Nor is it the likeliest name. The probability of a name is the product of the chances of its tokens, which is
e to minus the sum of their surprises, and a lesser choice at the start can lead to better ones later:

>>> def chance(name):
...     tokens = tokenizer.encode(name)
...     return math.exp(-document_loss(model, tokens) * (len(tokens) - 1))
>>> f"{chance('anan'):.6f}", f"{chance('mana'):.6f}", f"{chance(''):.6f}"
('0.000274', '0.000322', '0.005547')

(*Beam search* keeps the few best beginnings at each letter, and not one. It can find likelier texts than the
greedy choice does. But likelier is not better: each token is one more factor below 1, and the likeliest text
of all is here the empty one.)

*Top-k*: draw only among the $k$ likeliest, so that the long tail of unlikely tokens never spoils a name.
*Top-p*: draw only among the likeliest that together reach a share $p$. How many these are depends on how sure
the model is. Most of the chance lies with few letters after "em", but not at the start of a name, where a
fixed $k$ would forbid good letters. This is how many reach 0.9, and what share the best three reach:

>>> def ranked(prompt):
...     draw = next(sample_tokens(model, random.Random(0), 1.0, prompt))
...     return sorted(draw.probabilities, reverse=True)
>>> for prompt in ("em", ""):
...     shares = ranked(prompt)
...     needed = next(count for count in range(1, 28) if sum(shares[:count]) >= 0.9)
...     print(repr(prompt), needed, round(sum(shares[:3]), 3))
'em' 8 0.715
'' 21 0.239

What is left must be made to add up to 1 again, which is a division by its sum. The best three after "em",
before and after:

>>> best = ranked("em")[:3]
>>> [round(share, 3) for share in best], [round(share / sum(best), 3) for share in best]
([0.396, 0.172, 0.147], [0.554, 0.24, 0.206])

This program has the temperature alone.

# It goes on from its own words

In training the true letter was put in at every position (`microgpt.training`). Now it is the model's own. If
it draws an unlucky letter, it may have to go on from a beginning that no name of the file has, and there it
is worse at what comes. Here is its mean surprise at the letters from the third on in a hundred bundled names,
first after their own two first letters, then after "xq" in their place:

>>> def surprise_later(texts):
...     found = []
...     for text in texts:
...         tokens, caches = tokenizer.encode(text)[:17], new_caches(model.config)
...         for position, (token, answer) in enumerate(zip(tokens, tokens[1:])):
...             shares = softmax(forward(model, token, position, caches))
...             if position >= 2:
...                 found.append(-math.log(shares[answer]))
...     return round(sum(found) / len(found), 2)
>>> some = names[::29][:100]
>>> surprise_later(some), surprise_later(["xq" + name[2:] for name in some])
(2.38, 2.51)

So errors can lead to errors, and a long text can drift away from everything that was learned. Names are over
before that goes far.

# How unsure is it?

The *entropy* of the probabilities says in one number how open the next token is: it is the average surprise
(`microgpt.loss`). Here it is measured in *bits*, that is, with the logarithm to base 2. A fair coin has 1
bit, a die with eight faces has 3, certainty has 0. With 3 bits, three well-chosen yes-or-no questions find
out which it was; in general it takes about as many questions as bits, on average. It can be less than 1:
where one answer is far likelier than the others, one question about several draws ("were all three the
likeliest?") often settles them all, and each takes less than one on average.

>>> entropy([0.5, 0.5]), entropy([1 / 8] * 8), entropy([1.0, 0.0])
(1.0, 3.0, 0.0)
>>> round(entropy([0.9, 0.1]), 3)
0.469

At the start of a name, after "em", and after "emma":

>>> for prompt in ("", "em", "emma"):
...     print(repr(prompt), round(entropy(ranked(prompt)), 2))
'' 4.53
'em' 2.89
'emma' 3.68

# No graph

Nothing is learned here, so nothing needs slopes. The model is copied to plain floats once
(`microgpt.model.as_floats`), and the same functions run about twice as fast, with exactly the same results.

# Pitfalls

*Dividing the probabilities.* The temperature divides the scores, before softmax. Dividing the probabilities
and making them add up to 1 again changes nothing:

>>> shares = probabilities_at([2.0, 1.0, 0.1], 1.0)
>>> halved = [share / 0.5 for share in shares]
>>> [round(share / sum(halved), 3) for share in halved] == [round(share, 3) for share in shares]
True

*A temperature of 0.* It divides by 0. The smaller it is, the nearer to the greedy choice; 0 itself is
refused.

>>> try:
...     generate(model, random.Random(0), temperature=0.0)
... except ValueError as error:
...     print(error)
the temperature must be above 0, but 0.0 was given; for the best token alone try 0.01

*Not stopping at the mark.* Nobody tells the model that the name is over; it says so itself. A loop that does
not listen makes it go on from a mark in the middle, which it has never seen there (the mark is shown as |):

>>> def deaf(rng):
...     tokens, caches = [tokenizer.bos], new_caches(model.config)
...     for position in range(16):
...         shares = probabilities_at(forward(model, tokens[-1], position, caches), 0.5)
...         tokens.append(draw_token(shares, rng))
...     return "".join(tokenizer.name(token) if token < 26 else "|" for token in tokens[1:])
>>> [deaf(random.Random(seed)) for seed in (1, 2)]
['arila||||a|lab|m', 'voda|m|h|||eng|y']

*A cache kept from the last name.* The same seed with a cache that has already seen a name draws another one.

>>> def five(caches, rng):
...     tokens = [tokenizer.bos]
...     for position in range(5):
...         tokens.append(draw_token(softmax(forward(model, tokens[-1], position, caches)), rng))
...     return "".join(map(tokenizer.name, tokens[1:]))
>>> kept = new_caches(model.config)
>>> [five(kept, random.Random(18)) for _ in range(2)]
['dijan', 'diigi']

# Check yourself

??? question what sampling "What does autoregressive mean?"

    That what was said last is put in to say the next. A name of five letters takes six runs through the
    model: one for each letter, and one for the mark that ends it. Each sees all that was said before, its own
    words.

??? question why sampling "Why draw, and not take the best?"

    Because the best first letter is always the same, so is the best second, and every name would be the same:
    "anan". The chances were learned so that drawing by them gives names like those of the file. Greedy choice
    gives what is likeliest at each single place, and names are not made of likeliest places.

??? question how sampling "How is text generated?"

    Put in the mark, then the prompt, letter by letter. Divide the last scores by the temperature, make them
    probabilities, draw. If the mark came, stop; else put in what came, and again, until there is no more
    room. What does the model do in between? The same as in training, without slopes. How many random numbers
    does a name take? One for each token drawn, the mark included.

    >>> class Counting(random.Random):
    ...     drawn = 0
    ...     def random(self):
    ...         self.drawn += 1
    ...         return super().random()
    >>> counting = Counting(42)
    >>> generate(model, counting), counting.drawn
    ('mala', 5)

??? question deeper sampling "What happens to the ratio of two chances when the temperature is halved?"

    It is squared. The ratio of $e^{a/T}$ and $e^{b/T}$ is $e^{(a-b)/T}$, so dividing $T$ by 2 doubles the
    exponent. The favorite after "em" is 2.3 times as likely as the second at 1, and 5.3 times at 0.5. It
    follows that a temperature is a power: $p_i$ becomes $p_i^{1/T}$, divided by the sum of these.

    >>> one, half = (next(sample_tokens(model, random.Random(0), t, "em")).probabilities for t in (1.0, 0.5))
    >>> a, i = 0, 8
    >>> round(one[a] / one[i], 2), round((one[a] / one[i]) ** 2, 2), round(half[a] / half[i], 2)
    (2.31, 5.33, 5.33)

??? question why "The model says a letter has a chance of 1 in 1,000. Will it never be drawn?"

    It will, about once in a thousand draws, and after it the model has to go on from a place it hardly
    knows. That is how one unlucky draw spoils a name, and why a temperature below 1 gives tidier ones.

    >>> rng = random.Random(0)
    >>> sum(draw_token([0.999, 0.001], rng) for _ in range(10000))
    8

??? question deeper "Is a name that the model invents new?"

    It may stand in the file without having been learned by heart: short, common names are easy to hit.
    "New" has to be looked up, not assumed. Of a hundred names drawn at 0.5, this many stand in the file of
    bundled names:

    >>> rng, known = random.Random(42), set(names)
    >>> sum(generate(model, rng) in known for _ in range(100))
    5

# To keep

- A name is drawn token by token, each from the probabilities after all that was drawn before, until the mark
  comes.
- The temperature divides the scores: below 1 the favorites gain, above 1 the outsiders, and at 1 the chances
  are the model's own.
- The model goes on from its own words, right or wrong, and nobody corrects it.

# What follows

The names sound right. How good is the model really, and compared with what? `microgpt.evaluation` says.

Sources: temperature in learning machines is from Ackley, Hinton and Sejnowski, "A Learning Algorithm for
Boltzmann Machines" (1985). Top-k: Fan, Lewis and Dauphin, "Hierarchical Neural Story Generation" (2018).
Top-p: Holtzman et al., "The Curious Case of Neural Text Degeneration" (2019). Bits and entropy: Shannon
(1948).
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
        Widths of 1/2, 0, 1/3 and 1/6, spun 6,000 times, stop there about 3,000, 0, 2,000 and 1,000
        times.

        >>> rng = random.Random(0)
        >>> spins = [draw_token([0.5, 0.0, 1 / 3, 1 / 6], rng) for _ in range(6000)]
        >>> [round(6000 * width) for width in (1 / 2, 0, 1 / 3, 1 / 6)]
        [3000, 0, 2000, 1000]
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
