r"""How a position looks back at the positions before it.

# What you will be able to do

- say what query, key and value are for, and compute an attention by hand;
- read the attention of a trained model, with a yardstick beside it;
- recognize the same thing in code that computes all positions at once, behind a mask;
- say what looking back costs, and when it becomes the larger part of the work.

# The question

To guess the letter after "qu", it helps to know that there was a q. But the model handles one position
at a time, and each position is a vector that knows one letter. **How does what came before reach the
position that needs it?** And how can it be found by *content* ("the q, wherever it was") and not only by
distance?

# The picture

A library. Everybody who comes puts a book on the shelf, and may look at all books that are there. Every
position, when its turn comes, makes three vectors from its own, with three learned matrices:
$q = W_q x$, $k = W_k x$ and $v = W_v x$.

- a **query** $q$: what am I looking for?
- a **key** $k$: what do I contain, as a label on the spine?
- a **value** $v$: what will I hand over if somebody picks me? (It has nothing to do with the class `Value`.)

Label and content are two vectors and not one, because what makes a book worth finding is not what one wants
to read in it.

Keys and values are put on the shelf and stay there. The query is compared with all keys on the shelf, its
own included; the comparisons become shares; the values are mixed in these shares. This is *attention*,
and the shares are the *attention weights*. Unlike the weights in a matrix they are not learned, but
computed afresh at each position. Since queries, keys and values are all made from one text, it is also
called *self-attention*.

In the diagram `n_embd` is how long the vector of a position is, `n_ctx` the number of positions so far, and
`head_dim` how long a query is; the keys and values so far are those on the shelf, which the code calls the
cache. The numbers are computed below, for three positions. Longer queries give larger dot products; to divide
by the root of `head_dim` makes up for that (the root, since products of both signs partly cancel).

```mermaid
graph TD
    x["x [n_embd]"] -- "Wq" --> q["query<br/>[1, 1]"]
    x -- "Wk" --> k["keys so far<br/>[2, 1], [0, 2],<br/>[1, −1]"]
    x -- "Wv" --> v["values so far<br/>[4, 0], [0, 2],<br/>[8, 4]"]
    q --> s["query · each key [n_ctx]<br/>3, 2, 0"]
    k --> s
    s -- "divide by √head_dim, softmax" --> w["weights [n_ctx]<br/>0.62, 0.31, 0.07"]
    w --> out["mix of the values [head_dim]<br/>3.07, 0.91"]
    v --> out
```

# From a plain mean to attention

The simplest way to look back is the mean of all vectors so far. Three letters, each with a place of its own:

>>> q, u, i = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]
>>> def mixed(weights, past):
...     return [round(dot(weights, column), 2) for column in zip(*past)]
>>> mixed([1 / 3] * 3, [q, u, i]), mixed([1 / 3] * 3, [i, u, q])
([0.33, 0.33, 0.33], [0.33, 0.33, 0.33])

It tells which letters were there. It cannot tell in what order, and a letter that matters counts no more than
the others: the longer the text, the less. So give each distance a weight. Now the order shows.

>>> latest_most = [0.1, 0.3, 0.6]
>>> mixed(latest_most, [q, u, i]), mixed(latest_most, [i, u, q])
([0.1, 0.3, 0.6], [0.6, 0.3, 0.1])

But the weights are the same for every text. Somebody who needs the q gets 0.6 of it or 0.1, as it happens to
stand. Weights that are *computed*, from what is asked and what is there, find it in both. (Here each
vector is its own key and its own value, and the query is the vector of q, times 5.)

>>> the_q = [5.0, 0.0, 0.0]
>>> [mixed(attention_weights(the_q, past), past) for past in ([q, u, i], [i, u, q])]
[[0.9, 0.05, 0.05], [0.9, 0.05, 0.05]]

That the two results are equal is a lesson too: attention by itself is as blind to order as the mean.
Order comes in only because the vectors say where they stand (`microgpt.model` writes it into them).

How much of the way is each step worth? On the page `docs/pages/experiments.md` a model without any looking
back is worse, and the plain mean makes up for most of that. The computed weights add the rest: very little in
a thousand steps, clearly more in ten thousand.

# The formula

For a query $q$ and the keys $k_1 \dots k_t$ and values $v_1 \dots v_t$ of the positions so far:

$$\alpha_i = \mathrm{softmax}_i\!\left(\frac{q \cdot k_i}{\sqrt{d}}\right)
\qquad \mathrm{out} = \sum_{i=1}^{t} \alpha_i\, v_i$$

In words: the weight $\alpha_i$ is share number $i$ of the softmax over all comparisons, and the result is
the sum of all values, each times its weight.

| symbol | in the code | shape |
|---|---|---|
| $q$ | `query` | `[head_dim]` |
| $k_i$ | one of `keys` | `keys` is `[n_ctx][head_dim]` |
| $v_i$ | one of `values` | `values` is `[n_ctx][head_dim]` |
| $\alpha_i$ | one of the weights | `[n_ctx]`, adds up to 1 |
| $d$ | `len(query)` | head_dim = n_embd / n_head |
| $t$ | `len(keys)` | `n_ctx`, the number of positions so far |

Three positions, with two numbers in each query, key and value:

>>> query, keys = [1.0, 1.0], [[2.0, 1.0], [0.0, 2.0], [1.0, -1.0]]
>>> values = [[4.0, 0.0], [0.0, 2.0], [8.0, 4.0]]
>>> [dot(query, key) for key in keys]
[3.0, 2.0, 0.0]
>>> weights = softmax([score / 2**0.5 for score in (3.0, 2.0, 0.0)])
>>> [round(weight, 4) for weight in weights]
[0.62, 0.3057, 0.0743]
>>> [round(dot(weights, column), 4) for column in ([4.0, 0.0, 8.0], [0.0, 2.0, 4.0])]
[3.0745, 0.9087]
>>> [round(number, 4) for number in attention_head(query, keys, values)]
[3.0745, 0.9087]

??? question how attention "How do you implement attention?"

    Commit to an order first: mix, compare, divide by the root, make query, key and value, softmax, put on
    the shelf.

    Make; put on the shelf; compare; divide; softmax; mix. Who compares before the own key is on the shelf has
    nothing to compare with at the first position. With all numbers in lists it is three lines:

    >>> scores = [dot(query, key) * len(query) ** -0.5 for key in keys]
    >>> weights = softmax(scores)
    >>> by_hand = [dot(weights, column) for column in zip(*values)]
    >>> [round(number, 4) for number in by_hand]
    [3.0745, 0.9087]

# Several heads

One set of weights gives one mix: it can look at several positions, but it cannot take one thing from one
of them and another thing from another. So query, key and value are made `n_embd` numbers long and cut
into `n_head` pieces. Each piece is the business of a **head**, which compares and mixes by itself. Since
every piece was made from the whole vector, every head has read all of it. Think of four experts with the
same text, who each follow a question of their own. Their notes are put side by side, and one last matrix,
$W_o$, makes them into a common report.

```mermaid
graph TD
    x["x<br/>16 numbers"] -- "Wq, Wk,<br/>Wv" --> cut
    cut["query, key, value,<br/>each cut in<br/>pieces of 4"]
    cut --> h0["head 0, with<br/>its own shelf"]
    cut --> more["heads<br/>1 and 2"]
    cut --> h3["head 3, with<br/>its own shelf"]
    h0 -- "4 numbers" --> cat["side by side<br/>16 numbers"]
    more -- "8 numbers" --> cat
    h3 -- "4 numbers" --> cat
    cat -- "Wo" --> report["report<br/>16 numbers"]
```

- The heads are *independent*: none sees the others' weights.
- They *differ* because they start from different random numbers and are never forced to agree. What each
  one comes to look at is for the training to find, and for us to measure. Nobody assigns the roles.
- Together they have the same parameters as one wide head: four heads of 4 numbers handle the same 16 numbers.
  Each has a softmax of its own, which takes a little time.
- In this program they take their turns in a loop. On a graphics card they run side by side.

??? question why attention "Why several heads and not one?"

    Two positions hand over [3, 9] and [9, 4], and wanted are the 3 of the first and the 4 of the second.
    One head gives both its numbers the same weights, and cannot do it; two heads of one number each can.

    >>> first, second = [3.0, 9.0], [9.0, 4.0]
    >>> for a in (1.0, 0.5, 0.0):
    ...     print(a, [round(dot([a, 1 - a], column), 1) for column in zip(first, second)])
    1.0 [3.0, 9.0]
    0.5 [6.0, 6.5]
    0.0 [9.0, 4.0]
    >>> dot([1.0, 0.0], [3.0, 9.0]), dot([0.0, 1.0], [9.0, 4.0])
    (3.0, 4.0)

    Does it matter here? One head is a little worse than four in a thousand steps and clearly worse in ten
    thousand, and eight thin ones are then a little better than four (`docs/pages/experiments.md`).

# What a trained model looks at

The default run, finished (`microgpt.trained`), reads emma, a name that it was not trained on. Before
attention, as `microgpt.model` tells, the row of the letter in the table `wte` and the row of the place in
`wpe` are added, and the sum is normalized twice.

>>> from microgpt.trained import trained_parameters
>>> from microgpt.vectors import add, rmsnorm
>>> parameters = trained_parameters()
>>> def heads_at(token, position, cache):
...     x = rmsnorm(rmsnorm(add(parameters["wte"][token], parameters["wpe"][position])))
...     made = [linear(x, parameters[f"layer0.attn_{name}"]) for name in ("wq", "wk", "wv")]
...     queries, keys, values = [split_heads(vector, 4) for vector in made]
...     cache.put(keys, values)
...     return [attention_weights(query, shelf) for query, shelf in zip(queries, cache.keys)]

In per cent: a row for each position that looks and a block for each head. In a block, the columns are what is
looked at: the mark, e, m, m, a.

>>> cache = new_cache(n_head=4)
>>> for position, (letter, token) in enumerate(zip("^emma", [26, 4, 12, 12, 0])):
...     rows = heads_at(token, position, cache)
...     blocks = ["".join(f"{100 * weight:4.0f}" for weight in row) for row in rows]
...     print(letter, *(block.ljust(20) for block in blocks), "", sep=" |")
^ | 100                 | 100                 | 100                 | 100                 |
e |  56  44             |  55  45             |  49  51             |  63  37             |
m |  31  37  32         |  16  62  23         |  31  31  38         |  23  45  31         |
m |  29  31  23  17     |  23  42  20  15     |  23  24  27  27     |  21  39  24  16     |
a |  31  25  15  14  15 |  43   2   8  46   1 |  21  22  18  19  19 |  21  15  23  26  15 |

A head that looks at everything alike would have 50, 33, 25 and 20 in the rows from e on. The same numbers as
colors: look for the cells that are darker or paler than the others of their row.

```figure
attention-maps
```

Against this yardstick:

- *Head 0* stays near it, and at the a leans to the beginning: 31 and 25 for the mark and the e.
- *Head 1* is the most decided. Both m look at the e most; the a looks at the mark and at the second m,
  and gives e and itself next to nothing.
- *Head 2* is nearly even throughout.
- *Head 3* looks from both m at the e too, less strongly, and from the a almost evenly.

It is tempting to give them titles. Heads 1 and 3 look at the e from both m: are they for vowels? Then why
does the a in head 1 pass over the e? One name and one model show nothing of the kind. In 32 models trained
on the original's names for a thousand steps, each with another seed, a head's share for the place before, a
mean over many names and places, lies between 0.18 and 0.44, where an even head would give 0.26; its share
for vowels between 0.23 and 0.54, where an even head would give 0.37 (`docs/measurements/heads.json`). It is
another pattern in each model, and no head has a trade that one could name. In particular there is no vowel
head: see the page `docs/pages/experiments.md`.

The same before a name of your own, and with parts of the model switched off. Look at how much more decided
the heads are without the division by the root. Without the places the two n of anna get the same share from
the letter that follows them:

```figure
attention-heads
```

# The mask

Nothing here looks ahead: a later position is not on the shelf yet. An attention that only looks back is
called *causal*. Most other programs, when they train, compute all positions at once, since a graphics
card does that much faster than one after the other. Their scores are a square, a row for each query and a
column for each key, and half of it is forbidden. A *mask* hides it: the scores above the diagonal are
replaced by minus infinity, and e to minus infinity is 0.

>>> queries = [[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]]
>>> scale = (2**0.5) ** -1
>>> scores = [[dot(query, key) * scale for key in keys] for query in queries]
>>> hide = float("-inf")
>>> masked = [[s if j <= i else hide for j, s in enumerate(row)] for i, row in enumerate(scores)]
>>> [[round(s, 2) for s in row] for row in masked]
[[1.41, -inf, -inf], [1.41, 2.83, -inf], [2.12, 1.41, 0.0]]
>>> square = [softmax(row) for row in masked]
>>> for row in square:
...     print([round(weight, 2) for weight in row])
[1.0, 0.0, 0.0]
[0.2, 0.8, 0.0]
[0.62, 0.31, 0.07]

Row by row it is what this chapter computes, position by position:

>>> step_by_step = [attention_head(query, keys[: i + 1], values[: i + 1]) for i, query in enumerate(queries)]
>>> [[dot(row, column) for column in zip(*values)] for row in square] == step_by_step
True

An *encoder*, which reads a whole text before anything is written, leaves the mask out, and every position
sees all. A *decoder* writes, and has it. In translation the decoder's queries also meet the keys of the
encoder, which is *cross-attention*. Ours is a decoder alone (`microgpt.model`).

# What it costs

Position $t$ compares its query with $t$ keys. A document of $n$ positions makes $1 + 2 + \dots + n$
comparisons for each head.

>>> def comparisons(n):
...     cache, made = new_cache(n_head=1), 0
...     for _ in range(n):
...         cache.put([[1.0]], [[1.0]])
...         made += len(attention_weights([1.0], cache.keys[0]))
...     return made
>>> [comparisons(n) for n in (4, 8, 16)]
[10, 36, 136]

Twice the length, about four times the comparisons. This is the famous $O(n^2)$. But it is not all the
work, and often not the larger part. Count multiplications for one position, now with $d$ for `n_embd`.
The four matrices here take $4 d^2$, and the two of the small network beside attention, each four times as
large (`microgpt.model`), take $8 d^2$: together $12 d^2$. Looking back takes $d$ for the comparisons with one
key, over all heads, and $d$ for mixing one value, so $2 t d$ at position $t$. The mean of the positions 1 to
$n$ is $(n + 1)/2$, so on average it takes $(n + 1)\, d$. The two meet where $n + 1 = 12 d$.

>>> def in_matrices(d):
...     return 4 * d * d + 2 * d * 4 * d
>>> def looking_back(n, d):
...     return sum(2 * t * d for t in range(1, n + 1)) / n
>>> in_matrices(16), looking_back(16, 16), looking_back(191, 16)
(3072, 272.0, 3072.0)

With 16 positions, as many as ours has room for, looking back is less than a tenth of it. That is not
because the model is small: a wider one has *more* of its work in the matrices. The smallest GPT-2, with
width 768 and 1,024 positions, is no different. Looking back becomes the larger part in a long text, from
about twelve times the width on.

>>> round(in_matrices(768) / looking_back(1024, 768), 1)
9.0

??? question deeper attention "Why do the comparisons grow with the square of the length?"

    Write $1 + 2 + \dots + n$ twice, once forward and once backward, one above the other. Each of the $n$
    pairs adds up to $n + 1$, so the two rows are $n(n + 1)$ and one is $n(n + 1)/2 = n^2/2 + n/2$. For a
    long text the second part is small beside the first: with twice $n$, four times as many.

    >>> [n * (n + 1) // 2 for n in (4, 8, 16)]
    [10, 36, 136]
    >>> [round(comparisons(2 * n) / comparisons(n), 2) for n in (4, 40, 400)]
    [3.6, 3.95, 4.0]

# Pitfalls

**No division by the root.** A query of 64 ones, one key of ones and one that is a tenth smaller. The second
is nearly as good; unscaled, it counts for next to nothing, and next to nothing is learned from it.

>>> query, keys = [1.0] * 64, [[1.0] * 64, [0.9] * 64]
>>> [round(weight, 3) for weight in softmax([dot(query, key) for key in keys])]
[0.998, 0.002]
>>> [round(weight, 3) for weight in attention_weights(query, keys)]
[0.69, 0.31]

At our head_dim of 4 the harm cannot be seen after a thousand steps. After ten thousand it can
(`docs/pages/experiments.md`).

**Keys mixed in place of values.** They have the same shape, so nothing complains. The result lies among
the keys.

>>> query, keys, values = [2.0, 1.0], [[4.0, 3.0], [-4.0, 3.0]], [[10.0, 0.0], [20.0, 8.0]]
>>> [round(number, 2) for number in attention_head(query, keys, values)]
[10.0, 0.0]
>>> [round(number, 2) for number in attention_head(query, keys, keys)]
[4.0, 3.0]

**A cache kept between documents.** The first position of the next one must have a single weight. If it
has more, it looks into the document before.

>>> cache = new_cache(n_head=4)
>>> for document in ([26, 4], [26, 0]):
...     for position, token in enumerate(document):
...         print(token, len(heads_at(token, position, cache)[0]))
26 1
4 2
26 3
0 4

**Heads that do not divide.** Whoever rounds down loses the last numbers, and nothing complains.
`split_heads` does.

>>> x, n_head = [1, 2, 3, 4, 5], 2
>>> head_dim = len(x) // n_head
>>> [x[head * head_dim : (head + 1) * head_dim] for head in range(n_head)]
[[1, 2], [3, 4]]
>>> split_heads(x, n_head)
Traceback (most recent call last):
    ...
ValueError: 5 numbers cannot be cut into 2 equal heads; choose a number of heads that divides 5

**The mask after softmax.** To set shares to 0 afterwards hides the later positions too, but what is left
no longer adds up to 1, and it has been made smaller by the keys that nobody was to see.

>>> late = [[w for j, w in enumerate(softmax(row)) if j <= i] for i, row in enumerate(scores)]
>>> [round(sum(row), 2) for row in late]
[0.58, 0.99, 1.0]

# Check yourself

??? question what attention "What does the first position attend to?"

    There is one key on the shelf, its own. A softmax over one score is 1, whatever the score. So at
    position 0 every head has the weights [1.0], and the query does not matter.

    >>> attention_weights([0.3, -8.0], [[5.0, 1.0]])
    [1.0]

??? question what attention "All keys on the shelf are the same: what comes out?"

    All comparisons are equal, so the weights are, and the result is the plain mean of the values. The
    query has no say.

    >>> [round(number, 6) for number in attention_head([7.0], [[2.0]] * 4, [[0.0], [4.0], [8.0], [4.0]])]
    [4.0]

??? question deeper attention "By how many roads does a slope reach an earlier position?"

    By two: through its value, which was handed over, and through its key, which decided how much. Cut one
    by putting plain copies on the shelf, and what comes back is the other; the two add up. Below are the
    slopes at the first of two positions: with its keys cut off, with its values cut off, with neither.

    >>> from microgpt.autograd import Value
    >>> matrices = {"wq": [[1.0, 2.0], [0.0, 1.0]], "wk": [[0.0, 1.0], [1.0, 1.0]]}
    >>> matrices |= {"wv": [[2.0, 0.0], [1.0, -1.0]], "wo": [[1.0, 3.0], [0.0, 1.0]]}
    >>> def slopes(cut):
    ...     first, second = [Value(1.0), Value(-1.0)], [Value(0.5), Value(1.0)]
    ...     cache = new_cache(n_head=2)
    ...     _ = attention(first, cache, **matrices)
    ...     for shelf in cut(cache):
    ...         shelf[0] = [Value(number.data) for number in shelf[0]]
    ...     attention(second, cache, **matrices)[1].backward()
    ...     return [round(number.grad, 5) for number in first]
    >>> slopes(cut=lambda cache: cache.keys), slopes(cut=lambda cache: cache.values)
    ([0.18243, -0.18243], [0.37287, 0.37287])
    >>> slopes(cut=lambda cache: [])
    [0.55529, 0.19044]

# To keep

- A position asks with a query, finds by keys, and gets a mix of values, in shares that a softmax makes.
- Several heads do this side by side, each with a piece of the vectors and with weights of its own.
- It only looks back, because nothing later is on the shelf; where all positions are computed at once, a
  mask sees to it.

# What follows

Attention is the only place of the model where positions meet; everything else handles each position on
its own. What has to be chosen before such a model can be built, and what happens when it is chosen
otherwise? `microgpt.config` lists the dials, and `microgpt.model` builds the rest.

Sources: attention is Bahdanau, Cho and Bengio's, "Neural Machine Translation by Jointly Learning to Align
and Translate" (2014). Queries, keys, values, scaling, heads and the mask are from Vaswani et al.,
"Attention Is All You Need" (2017), section 3.2.
"""

from typing import Generic, NamedTuple

from microgpt.autograd import Matrix, Scalar, Vector, dot
from microgpt.stages import stage
from microgpt.vectors import linear, softmax


class Cache(NamedTuple, Generic[Scalar]):
    r"""The shelf of one layer: the keys and values of all positions so far, for each head.

    A key, once made, is never changed, so it is made once and kept. Elsewhere this is called the *KV
    cache*. It grows with the text: two vectors for each position and layer.

    ??? question why attention "Why are keys and values kept, and not queries?"

        A query is asked once, when its position has its turn. Keys and values are wanted by everybody who
        comes later. Without the shelf, position $t$ would make $t$ of them afresh, and a text of 16
        positions 136 in place of 16.

        >>> sum(range(1, 17))
        136

    Attributes:
        keys: `[n_head][n_ctx][head_dim]`.
        values: `[n_head][n_ctx][head_dim]`.

    Pitfalls:
        - A cache belongs to one document. Start the next with a new one.
        - While training, what the shelf holds is part of the graph: slopes flow back through it to the
          earlier positions.

    Examples:
        Two positions, two heads, one number each.

        >>> cache = new_cache(n_head=2)
        >>> cache.put([[1.0], [2.0]], [[10.0], [20.0]])
        >>> cache.put([[3.0], [4.0]], [[30.0], [40.0]])
        >>> cache.keys
        [[[1.0], [3.0]], [[2.0], [4.0]]]
        >>> cache.values[1]
        [[20.0], [40.0]]

        Back to the first position, to go on from there in another way.

        >>> cache.rewind(1)
        >>> cache.keys, cache.values
        ([[[1.0]], [[2.0]]], [[[10.0]], [[20.0]]])
    """

    keys: list[list[Vector[Scalar]]]
    values: list[list[Vector[Scalar]]]

    def put(self, keys: Matrix[Scalar], values: Matrix[Scalar]) -> None:
        """Add one position: its key and its value for each head, both `[n_head][head_dim]`."""
        for shelf, key in zip(self.keys, keys, strict=True):
            shelf.append(key)
        for shelf, value in zip(self.values, values, strict=True):
            shelf.append(value)

    def rewind(self, positions: int) -> None:
        """Forget all but the first positions."""
        for shelf in (*self.keys, *self.values):
            del shelf[positions:]


def new_cache(n_head: int) -> Cache[Scalar]:
    """Make the empty shelf of one layer.

    Examples:
        >>> new_cache(n_head=3)
        Cache(keys=[[], [], []], values=[[], [], []])
    """
    return Cache([[] for _ in range(n_head)], [[] for _ in range(n_head)])


def split_heads(x: Vector[Scalar], n_head: int) -> list[Vector[Scalar]]:
    """Cut a vector into equal pieces, one for each head.

    Args:
        x: `[n_embd]`.
        n_head: The number of pieces.

    Returns:
        The pieces in order, `[n_head][head_dim]`.

    Raises:
        ValueError: If the pieces would not be equal. Rounding down would lose the last numbers.

    Examples:
        Head 0 gets the first numbers, head 1 the next.

        >>> split_heads([1, 2, 3, 4, 5, 6], n_head=2)
        [[1, 2, 3], [4, 5, 6]]
        >>> split_heads([1, 2, 3, 4, 5, 6], n_head=4)
        Traceback (most recent call last):
            ...
        ValueError: 6 numbers cannot be cut into 4 equal heads; choose a number of heads that divides 6
    """
    head_dim, left_over = divmod(len(x), n_head)
    if left_over:
        raise ValueError(
            f"{len(x)} numbers cannot be cut into {n_head} equal heads; "
            f"choose a number of heads that divides {len(x)}"
        )
    return [x[start : start + head_dim] for start in range(0, len(x), head_dim)]


@stage
def attention_weights(query: Vector[Scalar], keys: Matrix[Scalar]) -> list[Scalar]:
    r"""Compare a query with every key so far, and turn the comparisons into shares.

    $$\alpha_i = \mathrm{softmax}_i\!\left(\frac{q \cdot k_i}{\sqrt{d}}\right)$$

    A dot product is large where query and key agree.

    Args:
        query: `[head_dim]`.
        keys: `[n_ctx][head_dim]`.

    Returns:
        One share for each key, `[n_ctx]`; they add up to 1.

    Pitfalls:
        - *Comparing keys with keys.* Then a position can only find what resembles itself, never what it
          lacks.
        - *The wrong size under the root.* It is head_dim, the length of what is multiplied, and not
          n_embd.

    ??? question why attention "Why divide by the root of d?"

        Commit yourself: 16 times as many products are added up, of both signs. Is the sum 16 times as large?

        No: only 4 times, the root of 16, as the sizes below show. In the square of a sum the squares of its
        parts add up; the products of two parts are as often below 0 as above, and on average cancel. Softmax
        listens to the scale, so without the division one of 8 shares takes nearly all as d grows, and its
        slope, $p(1 - p)$, goes to 0: the keys can hardly learn from it. Divided by the root, neither changes
        much. (The size is the root mean square of the 1,600 dot products, of 200 queries with 8 keys each.)

        >>> import random
        >>> rng = random.Random(0)
        >>> def compared(d, scale):
        ...     query, *keys = [[rng.gauss(0, 1) for _ in range(d)] for _ in range(9)]
        ...     return [dot(query, key) * scale for key in keys]
        >>> def report(d, scale):
        ...     rows = [compared(d, scale) for _ in range(200)]
        ...     size = (sum(dot(row, row) for row in rows) / 1600) ** 0.5
        ...     shares = [max(softmax(row)) for row in rows]
        ...     slope = sum(p * (1 - p) for p in shares) / 200
        ...     print(f"d {d:4}: size {size:4.1f}, share {sum(shares) / 200:.2f}, slope {slope:.2f}")
        >>> for d in (4, 64, 1024):
        ...     report(d, 1)
        d    4: size  1.9, share 0.52, slope 0.20
        d   64: size  8.1, share 0.86, slope 0.09
        d 1024: size 32.2, share 0.97, slope 0.02
        >>> for d in (4, 1024):
        ...     report(d, d**-0.5)
        d    4: size  1.0, share 0.35, slope 0.21
        d 1024: size  1.0, share 0.37, slope 0.22

    Examples:
        Head size 4, so scores are halved: 3/2, 0 and -2/2.

        >>> query = [1.0, 0.0, 2.0, 0.0]
        >>> keys = [[1.0, 9.0, 1.0, 9.0], [2.0, 0.0, -1.0, 5.0], [0.0, 3.0, -1.0, 0.0]]
        >>> [dot(query, key) for key in keys]
        [3.0, 0.0, -2.0]
        >>> attention_weights(query, keys) == softmax([1.5, 0.0, -1.0])
        True
    """
    scale = (len(query) ** 0.5) ** -1
    return softmax([dot(query, key) * scale for key in keys])


@stage
def attention_head(query: Vector[Scalar], keys: Matrix[Scalar], values: Matrix[Scalar]) -> list[Scalar]:
    r"""Mix the values of the positions so far, in the shares that the query gives to their keys.

    $$\mathrm{out}_j = \sum_i \alpha_i\, v_{ij}$$

    Args:
        query: `[head_dim]`.
        keys: `[n_ctx][head_dim]`.
        values: `[n_ctx][head_dim]`.

    Returns:
        `[head_dim]`. Each number lies between the smallest and the largest that the values have there.

    Examples:
        The query agrees with neither key more than with the other: half of each value.

        >>> attention_head([0.0, 1.0], [[4.0, 3.0], [-4.0, 3.0]], [[10.0, 0.0], [20.0, 8.0]])
        [15.0, 4.0]

        It agrees strongly with the first: nearly all of its value.

        >>> out = attention_head([2.0, 1.0], [[4.0, 3.0], [-4.0, 3.0]], [[10.0, 0.0], [20.0, 8.0]])
        >>> [round(number, 4) for number in out]
        [10.0001, 0.0001]

        Three positions, two numbers each. The second value has a weight of about one half.

        >>> query, keys = [1.0, 0.0], [[1.0, 0.0], [2.0, 7.0], [1.0, -2.0]]
        >>> [round(weight, 4) for weight in attention_weights(query, keys)]
        [0.2483, 0.5035, 0.2483]
        >>> [round(number, 4) for number in attention_head(query, keys, [[4.0, 0.0], [0.0, 2.0], [8.0, 4.0]])]
        [2.9791, 2.0]
    """
    weights = attention_weights(query, keys)
    return [dot(weights, column) for column in zip(*values, strict=True)]


@stage
def attention(
    x: Vector[Scalar],
    cache: Cache[Scalar],
    *,
    wq: Matrix[Scalar],
    wk: Matrix[Scalar],
    wv: Matrix[Scalar],
    wo: Matrix[Scalar],
) -> list[Scalar]:
    r"""Let one position look back with all heads, and report what they found.

    Four steps: make query, key and value; put key and value on the shelf; let each head mix the values it
    finds there; join the heads with the output matrix.

    Args:
        x: One position's vector, `[n_embd]`.
        cache: The shelf of this layer. It grows by one position, and its number of heads is the number
            of heads here.
        wq: Makes queries, `[n_embd][n_embd]`.
        wk: Makes keys, `[n_embd][n_embd]`.
        wv: Makes values, `[n_embd][n_embd]`.
        wo: Makes the report, `[n_embd][n_embd]`.

    Returns:
        `[n_embd]`.

    Raises:
        ValueError: If the shapes do not fit, or n_embd cannot be cut into the cache's number of heads.

    Pitfalls:
        - The position attends to itself too: its key is on the shelf before the heads look.
        - More heads are thinner heads. With head_dim 1, a query is a single number.

    Examples:
        Two numbers, two heads of one number each. At the first position a head can only take its own
        value, and those are $W_v x$ = [2, 2].

        >>> matrices = {"wq": [[1.0, 2.0], [0.0, 1.0]], "wk": [[0.0, 1.0], [1.0, 1.0]]}
        >>> matrices |= {"wv": [[2.0, 0.0], [1.0, -1.0]], "wo": [[1.0, 3.0], [0.0, 1.0]]}
        >>> cache = new_cache(n_head=2)
        >>> attention([1.0, -1.0], cache, **matrices)
        [8.0, 2.0]
        >>> cache.keys, cache.values
        ([[[-1.0]], [[0.0]]], [[[2.0]], [[2.0]]])

        At the second, the query of head 0 is 2.5, and the keys on its shelf are -1 and 1. The query of
        head 1 is 1, and its keys are 0 and 1.5. (The root of a head_dim of 1 is 1.)

        >>> [round(number, 4) for number in attention([0.5, 1.0], cache, **matrices)]
        [0.8749, -0.0439]
        >>> a, b = softmax([-2.5, 2.5]), softmax([0.0, 1.5])
        >>> mixed = [a[0] * 2 + a[1] * 1, b[0] * 2 + b[1] * -0.5]
        >>> [round(number, 4) for number in linear(mixed, matrices["wo"])]
        [0.8749, -0.0439]
    """
    n_head = len(cache.keys)
    queries, keys, values = (split_heads(linear(x, weight), n_head) for weight in (wq, wk, wv))
    cache.put(keys, values)
    heads = [attention_head(*shelf) for shelf in zip(queries, cache.keys, cache.values, strict=True)]
    return linear([number for head in heads for number in head], wo)
