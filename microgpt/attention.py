r"""How a position looks back at the positions before it.

# The question

To guess the letter after "qu", it helps to know that there was a q. But the model handles one position
at a time, and each position is a vector that knows one letter. **How does what came before reach the
position that needs it?** And how can it reach back by *content* ("the q, wherever it was")
and not only by distance?

# The picture

In a chain of whispers, each position would hear only the one before it. In a library it can fetch any earlier
book. Every position, when its turn comes, makes three vectors from its own, with three learned matrices:
$q = W_q x$, $k = W_k x$ and $v = W_v x$.

- a **query** $q$: what am I looking for?
- a **key** $k$: what do I contain, as a label on the spine?
- a **value** $v$: what will I hand over if somebody picks me? (It has nothing to do with the class `Value`.)

Label and content are two vectors and not one, because what makes a book worth finding is not what one wants
to read in it.

Keys and values are put on the shelf and stay there. The query is compared with all keys on the shelf, its
own included; the comparisons become shares; the values are mixed in these shares. The shares are called
*attention weights*. Unlike the weights in a matrix they are not learned, but computed afresh at each
position.

In the diagram `n_ctx` is the number of positions so far, and `head_dim` the length of a query: `n_embd`
for a single head; several come below. Dividing by its root keeps the scores at one size for every length.

```mermaid
graph LR
    x["x [n_embd]"] -- "Wq" --> q["query [head_dim]"]
    x -- "Wk, Wv" --> kv["key and value, added to the cache"]
    kv --> s["q · key / √head_dim, for each key so far"]
    q --> s
    s --> w["softmax: weights [n_ctx]"]
    w --> out["mix of the values [head_dim]"]
    kv --> out
```

Nothing here looks ahead: a later position is not on the shelf yet. Other implementations compute all
positions at once and must hide the future with a *mask*. Going one position at a time, the order of
events does it.

# The formula

For a query $q$ and the keys $k_1 \dots k_t$ and values $v_1 \dots v_t$ of the positions so far:

$$\alpha_i = \mathrm{softmax}_i\!\left(\frac{q \cdot k_i}{\sqrt{d}}\right)
\qquad \mathrm{out} = \sum_{i=1}^{t} \alpha_i\, v_i$$

| symbol | in the code | shape |
|---|---|---|
| $q$ | `query` | `[head_dim]` |
| $k_i$ | one of `keys` | `keys` is `[n_ctx][head_dim]` |
| $v_i$ | one of `values` | `values` is `[n_ctx][head_dim]` |
| $\alpha_i$ | one of the weights | `[n_ctx]`, adds up to 1 |
| $d$ | `len(query)` | head_dim = n_embd / n_head |
| $t$ | `len(keys)` | `n_ctx`, the number of positions so far |

# Several heads

One set of weights gives one mix: it can look at several positions, but it cannot take one thing from one
of them and another thing from another. So query, key and value are made `n_embd` numbers long and cut
into `n_head` pieces, and each head compares and mixes its own piece. Since every piece was made from the
whole vector, every head has read all of it. Think of four readers with four interests and the same text;
their notes are put side by side, and one last matrix, $W_o$, makes them into a common report.

```mermaid
graph LR
    x["x [n_embd]"] --> qkv["Wq x, Wk x, Wv x, each cut into n_head pieces"]
    qkv -- "keys, values" --> cache["cache [n_head][n_ctx][head_dim]"]
    qkv -- "query 0" --> h0["head 0"]
    qkv -- "last query" --> h1["last head"]
    cache --> h0
    cache --> h1
    h0 --> cat["side by side [n_embd]"]
    h1 --> cat
    cat --> wo["Wo"]
```

- The heads are *independent*: none sees the others' weights.
- They *differ* because they start from different random numbers and are never forced to agree. What each
  one comes to look at is for the training to find, and for us to measure. Nobody assigns the roles.
- Together they have the same parameters as one wide head: four heads of 4 numbers handle the same 16 numbers.
  Each has a softmax of its own, which takes a little time.
- In this program they take their turns in a loop. On a graphics card they run side by side.

# What it costs

Position $t$ compares its query with $t$ keys. A document of $n$ positions makes
$1 + 2 + \dots + n = n(n+1)/2$ comparisons for each head: twice the length, about four times the comparisons.
This is the famous $O(n^2)$. (In a model as small as ours the matrices still cost more. In a long context the
comparisons win.)

>>> def comparisons(n):
...     cache, made = new_cache(n_head=1), 0
...     for _ in range(n):
...         cache.put([[1.0]], [[1.0]])
...         made += len(attention_weights([1.0], cache.keys[0]))
...     return made
>>> [comparisons(n) for n in (4, 8, 16)]
[10, 36, 136]

??? question "Pause and think: what does the first position attend to?"

    There is one key on the shelf, its own. A softmax over one score is 1, whatever the score. So at
    position 0 every head has the weights [1.0], and the query does not matter.

    >>> attention_weights([0.3, -8.0], [[5.0, 1.0]])
    [1.0]

# What follows

`microgpt.model` puts this beside a small network and stacks the pair. Attention is the only place of the
model where positions meet; everything else handles each position on its own.

Sources: attention is Bahdanau, Cho and Bengio's, "Neural Machine Translation by Jointly Learning to Align
and Translate" (2014). Queries, keys, values, scaling and heads are from Vaswani et al., "Attention Is All
You Need" (2017), section 3.2.
"""

from typing import Generic, NamedTuple

from microgpt.autograd import Matrix, Scalar, Vector, dot
from microgpt.stages import stage
from microgpt.vectors import linear, softmax


class Cache(NamedTuple, Generic[Scalar]):
    r"""The shelf of one layer: the keys and values of all positions so far, for each head.

    A key, once made, is never changed, so it is made once and kept. Without the cache, each new letter
    would make all keys and values of the letters before it again.

    Attributes:
        keys: `[n_head][n_ctx][head_dim]`.
        values: `[n_head][n_ctx][head_dim]`.

    Pitfalls:
        - A cache belongs to one document. Start the next with a new one, or it will look back into
          the last.
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

    A dot product is large where query and key agree. It adds up $d$ products of both signs, which partly
    cancel, so it tends to grow with $\sqrt d$ and not with $d$; dividing by $\sqrt d$ undoes that.

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
        - *No scaling at all* does little harm at head_dim 4, and more with every doubling.

    ??? question "Pause and think: why divide by the root of d?"

        Because softmax listens to the scale of its scores. Draw queries and keys at random, with numbers
        of size about 1, and look at the largest of 8 shares. Unscaled, the winner takes more and more as
        d grows; when its share is near 1 and the others are near 0, no score has much of a slope, and
        learning slows down. Scaled, it hardly changes.

        >>> import random
        >>> rng = random.Random(0)
        >>> def vector(d):
        ...     return [rng.gauss(0, 1) for _ in range(d)]
        >>> def shares(d, scale):
        ...     query = vector(d)
        ...     return softmax([dot(query, vector(d)) * scale for _ in range(8)])
        >>> def largest_share(d, scale):
        ...     return round(sum(max(shares(d, scale)) for _ in range(200)) / 200, 2)
        >>> [largest_share(d, 1) for d in (4, 16, 64)]
        [0.52, 0.73, 0.88]
        >>> [largest_share(d, d**-0.5) for d in (4, 16, 64)]
        [0.34, 0.36, 0.37]

    Examples:
        Head size 4, so scores are halved: 3/2, 0 and -2/2.

        >>> query = [1.0, 0.0, 2.0, 0.0]
        >>> keys = [[1.0, 9.0, 1.0, 9.0], [2.0, 0.0, -1.0, 5.0], [0.0, 3.0, -1.0, 0.0]]
        >>> [dot(query, key) for key in keys]
        [3.0, 0.0, -2.0]
        >>> [round(weight, 4) for weight in attention_weights(query, keys)]
        [0.7662, 0.171, 0.0629]
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

    Pitfalls:
        - *Keys mixed instead of values.* Keys decide the shares; values are what is shared out.

    Examples:
        The query agrees with neither key more than with the other: half of each value.

        >>> attention_head([0.0, 1.0], [[4.0, 3.0], [-4.0, 3.0]], [[10.0, 0.0], [20.0, 8.0]])
        [15.0, 4.0]

        It agrees strongly with the first: nearly all of its value.

        >>> out = attention_head([2.0, 1.0], [[4.0, 3.0], [-4.0, 3.0]], [[10.0, 0.0], [20.0, 8.0]])
        >>> [round(number, 4) for number in out]
        [10.0001, 0.0001]

        Three positions, two numbers each. Half of the result is the second value.

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

        At the second, head 0 asks 2.5 of the keys -1 and 1, head 1 asks 1 of the keys 0 and 1.5.

        >>> [round(number, 4) for number in attention([0.5, 1.0], cache, **matrices)]
        [0.8749, -0.0439]
        >>> a, b = softmax([-2.5, 2.5]), softmax([0.0, 1.5])
        >>> mixed = [a[0] * 2 + a[1] * 1, b[0] * 2 + b[1] * -0.5]
        >>> [round(number, 4) for number in linear(mixed, matrices["wo"])]
        [0.8749, -0.0439]

        Slopes reach back through the cache, through value and key: the first position influences the second.

        >>> from microgpt.autograd import Value
        >>> first, second = [Value(1.0), Value(-1.0)], [Value(0.5), Value(1.0)]
        >>> def values(matrix):
        ...     return [[Value(number) for number in row] for row in matrix]
        >>> alive = {name: values(matrix) for name, matrix in matrices.items()}
        >>> cache = new_cache(n_head=2)
        >>> _ = attention(first, cache, **alive)
        >>> attention(second, cache, **alive)[1].backward()
        >>> [round(value.grad, 4) for value in first]
        [0.5553, 0.1904]
    """
    n_head = len(cache.keys)
    queries, keys, values = (split_heads(linear(x, weight), n_head) for weight in (wq, wk, wv))
    cache.put(keys, values)
    heads = [attention_head(*shelf) for shelf in zip(queries, cache.keys, cache.values, strict=True)]
    return linear([number for head in heads for number in head], wo)
