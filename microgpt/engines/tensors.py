r"""The last rung: the model in PyTorch, the library of those who train large ones.

# What you will be able to do

- Read the model as a program of tensors, with a dimension for the batch.
- Fill documents up to one length so that neither attention nor the loss notices.
- Recognize the mask in other people's code.

# The question

Up to here the backward pass was written by hand, operation by operation. Whoever tries out a new model every
day cannot do that. **Can a library find the slopes by itself, as the book's own `Value` does, and still
compute with whole matrices? And what does a graphics card change?**

# The picture

Look at the first dimension of the shapes, which is the batch, and at the arrow named *backward*: nobody has
to write what happens there. The numbers are those of the example below.

```mermaid
graph TD
    docs["3 documents of different length"] -- "pad" --> tokens["tokens [batch][length]<br/>[3][4]"]
    tokens --> logits["logits [batch][length][vocab_size]<br/>[3][4][4]"]
    logits --> loss["loss 1.5031,<br/>and the graph of tensors"]
    loss -- "backward" --> slopes["slopes [n_parameters]<br/>[936]"]
    slopes --> adam["Adam: parameters move"]
```

# A value of many numbers

A *tensor* is an array of any number of dimensions that can remember what it was made from. It is to an array
what the `Value` of `microgpt.autograd` is to a float: it carries a graph, and a backward pass walks through
the graph and hands slopes on. The idea is the same, a node only holds thousands of numbers. Ours and theirs:

>>> from random import Random
>>> from microgpt.autograd import Value
>>> x, y = Value(3.0), torch.tensor(3.0, requires_grad=True)
>>> (x**2 + x).backward()
>>> (y**2 + y).backward()
>>> x.grad, y.grad.item()
(7.0, 7.0)

So nothing is derived below. The forward pass is written down, and the slopes follow. That they are the book's
own is checked, here for a model with odd sizes, with two layers, and for three documents of different length:

>>> from microgpt.loss import batch_loss
>>> from microgpt.model import new_model
>>> from microgpt.tokenizer import Tokenizer
>>> model = new_model(Config(n_layer=2, n_embd=6, n_head=2, block_size=4), Tokenizer("abc"), Random(1))
>>> batch = [[3, 0, 3], [3, 1, 2, 0, 1, 2, 3], [3, 3]]
>>> loss = batch_loss(model, batch)
>>> loss.backward()
>>> same = tensor_model(model, "float64", torch.device("cpu"))
>>> padded = pad(batch, block_size=4, numbers=torch.float64, device=torch.device("cpu"))
>>> their_loss = loss_of(same, padded)
>>> their_loss.backward()
>>> round(loss.data, 4), abs(loss.data - their_loss.item()) < 1e-14
(1.5031, True)
>>> scores = scores_of(same, same.flat, padded.tokens)
>>> [list(tensor.shape) for tensor in (padded.tokens, scores, same.flat.grad)]
[[3, 4], [3, 4, 4], [936]]
>>> slopes = zip(parameters_of(model), same.flat.grad.tolist())
>>> max(abs(ours.grad - theirs) for ours, theirs in slopes) < 1e-14
True

# Padding

Documents have different lengths, a tensor is a box. So the short ones are filled up, *padded*, with tokens
that mean nothing. Two things must not notice.

- *Attention.* A position looks back only, and the padding stands behind the document, so no real position
  ever sees it. Nothing has to be done. (Models that look both ways need a second mask here.)
- *The loss.* Each position has a share in the loss: of a document with $n$ predictions, in a batch of $N$,
  it is $\frac{1}{N n}$. Padding has the share 0. The shares add up to 1, and the sum of the surprises, each
  times its share, is the mean over documents of their means.

The three documents from above:

>>> padded.tokens.tolist()
[[3, 0, 3, 0], [3, 1, 2, 0], [3, 3, 0, 0]]
>>> padded.answers.tolist()
[[0, 3, 0, 0], [1, 2, 0, 1], [3, 0, 0, 0]]
>>> [[round(share, 4) for share in row] for row in padded.shares.tolist()]
[[0.1667, 0.1667, 0.0, 0.0], [0.0833, 0.0833, 0.0833, 0.0833], [0.3333, 0.0, 0.0, 0.0]]

Padding is computed and thrown away. In batches of 64 of the bundled names, this share of the positions is
real; the rest is work for nothing:

>>> from microgpt.data import bundled_documents
>>> lengths = [len(name) + 1 for name in bundled_documents()]
>>> batches = [lengths[start : start + 64] for start in range(0, len(lengths), 64)]
>>> round(sum(lengths) / sum(max(one) * len(one) for one in batches), 2)
0.65

`microgpt.engines.at_once` puts documents one behind the other instead, and pads for attention alone. A GPU
prefers boxes of few shapes, for a reason that `microgpt.engines.replays` tells.

# Shapes on the way

| where | shape | the same in the chapters |
|---|---|---|
| tokens, answers, shares | `[batch][length]` | one token, one answer |
| after embedding, and in the residual stream | `[batch][length][n_embd]` | `[n_embd]` |
| queries, keys, values | `[batch][n_head][length][head_dim]` | `[n_head][head_dim]`, and a cache |
| what the heads found | `[batch][length][n_embd]` | `[n_embd]` |
| logits | `[batch][length][vocab_size]` | `[vocab_size]` |

All positions are handled at once, since in training the document is known. What keeps a position from looking
ahead is no longer the order of the calls but a mask: the scores of later positions become minus infinity, and
their weights 0. The steps of `microgpt.attention` are one call here; written out, it is this:

>>> q, k, v = torch.randn(3, 2, 5, 3, generator=torch.Generator().manual_seed(1))  # 2 heads, 5 positions
>>> scores = q @ k.mT * 3**-0.5
>>> later = torch.ones(5, 5, dtype=torch.bool).triu(diagonal=1)
>>> by_hand = scores.masked_fill(later, -torch.inf).softmax(-1) @ v
>>> torch.allclose(by_hand, functional.scaled_dot_product_attention(q, k, v, is_causal=True))
True

# Pitfalls

- *The mean over all positions.* `mean()` over a padded batch counts padding, and counts long documents more.
  Two documents, with the surprises 2 and 4, and 6 alone: the mean of their means is 4.5.

>>> surprises = torch.tensor([[2.0, 4.0], [6.0, 0.0]])
>>> shares = torch.tensor([[0.25, 0.25], [0.5, 0.0]])
>>> surprises.mean().item(), (surprises * shares).sum().item()
(3.0, 4.5)

- *Slopes that are left over.* `backward` adds to the slopes that are there, as it does in the book. Who does
  not clear them before the next step takes both steps' slopes for one's.

>>> w = torch.tensor(3.0, requires_grad=True)
>>> for _ in range(2):
...     (w * w).backward()
...     print(w.grad.item())
6.0
12.0

- *The mask forgotten.* Then a position sees the letter that it should guess, and the loss falls for the wrong
  reason. A test: a change of the last position must not reach the first.

>>> changed = v.clone()
>>> changed[:, -1] += 1
>>> for causal in (True, False):
...     now = functional.scaled_dot_product_attention(q, k, changed, is_causal=causal)
...     before = functional.scaled_dot_product_attention(q, k, v, is_causal=causal)
...     print(torch.equal(now[:, 0], before[:, 0]))
True
False

# Check yourself

??? question why "Why does padding need no mask of its own here?"

    It stands behind the document, and every position looks back only. The padded positions themselves look
    at all kinds of things, but their share of the loss is 0.

??? question what "Which slopes does a padded position get?"

    Exactly 0: its share of the loss is 0, and so is all that comes back through it. It does take part in the
    forward pass, where its scores, keys and values are computed and not used by anybody.

??? question how "Three documents with 2, 4 and 1 predictions: which share of the loss has each prediction?"

    A third of the loss for each document, divided among its predictions: 1/6, 1/12 and 1/3. It is the table
    above.

    >>> [round(1 / 3 / count, 4) for count in (2, 4, 1)]
    [0.1667, 0.0833, 0.3333]

# To keep

- A tensor is a `Value` of many numbers: the same graph, the same rules, fewer and larger nodes.
- A batch is a box, and padding must reach neither attention nor the loss.
- Where all positions are computed at once, the mask keeps each from seeing what it should guess.

# What follows

Why does a device that multiplies thousands of numbers at once lose with a small model?
`microgpt.engines.launches` does a step with such tensors, on a CPU or a GPU.

Sources: Adam Paszke and others, "PyTorch: An Imperative Style, High-Performance Deep Learning Library"
(2019).
"""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import Parameter, functional

from microgpt.config import Config
from microgpt.loss import Batch
from microgpt.model import Model, parameter_shapes, parameters_of
from microgpt.vectors import EPSILON

BFLOAT16 = "bfloat16"


@dataclass(frozen=True)
class Fetched(Sequence[list[float]]):
    """A matrix of a model, `[rows][columns]`, wherever its numbers live; they are fetched when one looks.

    Attributes:
        tensor: The matrix, `[rows][columns]`.

    Examples:
        >>> rows = Fetched(torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
        >>> len(rows), rows[1], list(rows)
        (2, [4.0, 5.0, 6.0], [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    """

    tensor: Tensor

    def __len__(self) -> int:
        """Say how many rows there are."""
        return len(self.tensor)

    def __getitem__(self, place: Any) -> Any:
        """Fetch a row."""
        return self.tensor[place].tolist()

    def __iter__(self) -> Iterator[list[float]]:
        """Fetch all rows at once, and go through them."""
        return iter(self.tensor.tolist())


@dataclass(frozen=True, eq=False)
class TensorModel(Model[Any]):
    """A model whose parameters are one tensor, on a CPU or a GPU.

    Attributes:
        parameters: The matrices by name, each a view of its part of the row that fetches what one looks at.
        flat: All parameters in one row, `[n_parameters]`, in the order of `microgpt.model.parameters_of`.
        precision: `float64`, `float32` or `bfloat16`.
    """

    parameters: dict[str, Any]
    flat: Parameter
    precision: str


def tensor_model(model: Model[Any], precision: str, device: torch.device) -> TensorModel:
    """Copy a model of any engine to a device.

    Args:
        model: Any model.
        precision: How exact the numbers are to be. With `bfloat16` the parameters are float32.
        device: Where to.

    Examples:
        >>> from random import Random
        >>> from microgpt.config import Config
        >>> from microgpt.model import as_floats, new_model
        >>> from microgpt.tokenizer import Tokenizer
        >>> model = as_floats(new_model(Config(n_embd=6, n_head=2), Tokenizer("abc"), Random(1)))
        >>> as_floats(tensor_model(model, "float64", torch.device("cpu"))) == model
        True
    """
    numbers = torch.float64 if precision == "float64" else torch.float32
    row = [float(one) for one in parameters_of(model)]
    flat = Parameter(torch.tensor(row, dtype=numbers, device=device))
    shapes = parameter_shapes(model.config, model.tokenizer.vocab_size)
    rows = {name: Fetched(matrix) for name, matrix in matrices_in(flat.detach(), shapes).items()}
    return TensorModel(model.config, model.tokenizer, rows, flat, precision)


def matrices_in(flat: Tensor, shapes: Mapping[str, tuple[int, int]]) -> dict[str, Tensor]:
    """Cut a row of numbers into matrices, without copying any.

    Args:
        flat: All parameters, `[n_parameters]`, or of several models, `[n_models][n_parameters]`.
        shapes: Fetched and columns of each matrix, in the order in which they lie in the row.

    Returns:
        The matrices by name, `[rows][columns]` or `[n_models][rows][columns]`.

    Examples:
        >>> matrices = matrices_in(torch.arange(8.0), {"a": (1, 2), "b": (2, 3)})
        >>> matrices["b"].tolist()
        [[2.0, 3.0, 4.0], [5.0, 6.0, 7.0]]
    """
    parts = torch.split(flat, [rows * columns for rows, columns in shapes.values()], dim=-1)
    return {
        name: part.reshape(*flat.shape[:-1], *shape) for (name, shape), part in zip(shapes.items(), parts)
    }


class Padded(NamedTuple):
    """A batch as a box, each `[batch][length]`; the page says how it is padded.

    Attributes:
        tokens: What is given.
        answers: What follows.
        shares: How much of the loss each position is; 0 for padding, together 1.
    """

    tokens: Tensor
    answers: Tensor
    shares: Tensor


def pad(batch: Batch, block_size: int, numbers: torch.dtype, device: torch.device) -> Padded:
    """Fill the documents of a batch up to the length of the longest.

    Args:
        batch: The documents.
        block_size: The most predictions of each that are used.
        numbers: The type of the shares.
        device: Where they are needed.

    Examples:
        A document cut at the block size, and a shorter one: 2 predictions, and 1.

        >>> padded = pad([[2, 0, 1, 0, 2], [2, 2]], 2, torch.float64, torch.device("cpu"))
        >>> padded.tokens.tolist(), padded.answers.tolist(), padded.shares.tolist()
        ([[2, 0], [2, 2]], [[0, 1], [2, 0]], [[0.25, 0.25], [0.5, 0.0]])
    """
    if not batch:
        raise ValueError("a batch of no documents has no loss; give at least one")
    counts = [min(len(tokens) - 1, block_size) for tokens in batch]
    length = max(counts) + 1
    filled = ([*tokens[:length], *repeat(0, length - len(tokens))] for tokens in batch)
    row = array("q", chain.from_iterable(filled))
    ids = torch.frombuffer(row, dtype=torch.int64).reshape(len(batch), length).to(device, non_blocking=True)
    many = torch.tensor(counts, device=device).unsqueeze(-1)
    there = torch.arange(length - 1, device=device) < many
    return Padded(ids[:, :-1], ids[:, 1:], there / (many * len(batch)).to(numbers))


def normalized(x: Tensor) -> Tensor:
    """Scale each vector so that the mean of its squares is 1; see `microgpt.vectors.rmsnorm`.

    Args:
        x: Vectors, `[...][n_embd]`.

    Examples:
        >>> y = normalized(torch.tensor([[2.0, 4.0, 6.0], [0.0, 0.0, 0.0]], dtype=torch.float64))
        >>> [[round(number, 4) for number in row] for row in y.tolist()]
        [[0.4629, 0.9258, 1.3887], [0.0, 0.0, 0.0]]
    """
    return x * (x.square().mean(-1, keepdim=True) + EPSILON).rsqrt()


def logits(config: Config, matrices: Mapping[str, Tensor], x: Tensor) -> Tensor:
    """Score every token as the successor of each position, after the rows of the tokens have been looked up.

    Every expression also holds if each document has a model of its own: then the matrices have one dimension
    more, `[batch][rows][columns]`, and `@` pairs the first of the documents with the first of the models.

    Args:
        config: The dials.
        matrices: All matrices by name, `[rows][columns]`.
        x: The row of `wte` for each token, `[batch][length][n_embd]`.

    Returns:
        `[batch][length][vocab_size]`.

    Examples:
        Two documents with a model for each, of the same numbers: the same scores, each shape as promised.

        >>> shapes = parameter_shapes(Config(n_embd=6, n_head=2), vocab_size=4)
        >>> matrices = {name: torch.linspace(-1, 1, a * b).reshape(a, b) for name, (a, b) in shapes.items()}
        >>> x = torch.linspace(-1, 1, 2 * 3 * 6).reshape(2, 3, 6)
        >>> scores = logits(Config(n_embd=6, n_head=2), matrices, x)
        >>> one_each = {name: torch.stack((matrix, matrix)) for name, matrix in matrices.items()}
        >>> scores.shape, torch.allclose(logits(Config(n_embd=6, n_head=2), one_each, x), scores)
        (torch.Size([2, 3, 4]), True)
    """
    x = normalized(x + matrices["wpe"][..., : x.shape[-2], :])
    for layer in range(config.n_layer):
        wq, wk, wv, wo, fc1, fc2 = (
            matrices[f"layer{layer}.{name}"].mT
            for name in ("attn_wq", "attn_wk", "attn_wv", "attn_wo", "mlp_fc1", "mlp_fc2")
        )
        y = normalized(x)
        q, k, v = (
            (y @ weight).reshape(*y.shape[:2], config.n_head, -1).transpose(1, 2) for weight in (wq, wk, wv)
        )
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + mixed.transpose(1, 2).flatten(2) @ wo
        x = x + functional.relu(normalized(x) @ fc1) @ fc2
    return x @ matrices["lm_head"].mT


def loss_of(model: TensorModel, padded: Padded) -> Tensor:
    """Measure the loss of a batch, with the graph that leads back to the parameters.

    Args:
        model: The model.
        padded: The batch.

    Returns:
        The loss in nats per token, a tensor of one number.

    Examples:
        >>> from random import Random
        >>> from microgpt.model import new_model
        >>> from microgpt.tokenizer import Tokenizer
        >>> model = new_model(Config(n_embd=6, n_head=2), Tokenizer("abc"), Random(1))
        >>> same = tensor_model(model, "float64", torch.device("cpu"))
        >>> padded = pad([[3, 0, 3]], 16, torch.float64, torch.device("cpu"))
        >>> from microgpt.loss import document_loss
        >>> round(loss_of(same, padded).item(), 12) == round(document_loss(model, [3, 0, 3]).data, 12)
        True
    """
    with torch.autocast(model.flat.device.type, torch.bfloat16, enabled=model.precision == BFLOAT16):
        scores = scores_of(model, model.flat, padded.tokens)
    chances = scores.to(model.flat.dtype).softmax(-1).gather(-1, padded.answers.unsqueeze(-1)).squeeze(-1)
    return -(chances.masked_fill(padded.shares == 0, 1).log() * padded.shares).sum()


def scores_of(model: TensorModel, flat: Tensor, tokens: Tensor) -> Tensor:
    """Give the scores of all positions.

    Args:
        model: For its dials and its alphabet.
        flat: Its parameters, perhaps in another precision, `[n_parameters]`.
        tokens: `[batch][length]`.

    Returns:
        The logits, `[batch][length][vocab_size]`.

    Examples:
        >>> from random import Random
        >>> from microgpt.model import new_model
        >>> from microgpt.tokenizer import Tokenizer
        >>> model = new_model(Config(n_embd=6, n_head=2), Tokenizer("abc"), Random(1))
        >>> same = tensor_model(model, "float64", torch.device("cpu"))
        >>> scores = scores_of(same, same.flat, torch.tensor([[3, 0]]))
        >>> from microgpt.model import forward, new_caches
        >>> caches = new_caches(model.config)
        >>> true = [[score.data for score in forward(model, t, i, caches)] for i, t in enumerate([3, 0])]
        >>> torch.allclose(scores, torch.tensor([true], dtype=torch.float64), atol=1e-14)
        True
    """
    shapes = parameter_shapes(model.config, model.tokenizer.vocab_size)
    matrices = matrices_in(flat, shapes)
    return logits(model.config, matrices, functional.embedding(tokens, matrices["wte"]))
