r"""What matters: parts of the model taken out or exchanged, to see whether they are missed.

# The question

Explanations of transformers are full of reasons. Without the residual path nothing would learn; without the
root of $d$ softmax would be too sharp; several heads see more than one. **Which of these are true for this
model, and how would one know?** By taking the part out, training again, and looking at names that the model
has not seen. That is an *ablation*.

# The picture

```mermaid
graph LR
    source["the true source"] --> edit["one idea edited or one dial turned"]
    edit --> copy["an altered copy of the package"]
    copy -- "32 seeds" --> losses["losses on the same exam"]
    source -- "the same 32 seeds" --> true["losses on the same exam"]
    losses --> difference["difference, seed by seed"]
    true --> difference
```

# One line

Most ideas of the model are one line of the book. Taking the residual paths out is two:

>>> for edit in ABLATIONS["no residuals"].edits:
...     print(edit.old)
...     print("    ->", edit.new)
x = add(attention(rmsnorm(x), cache, **matrices["attn"]), x)
    -> x = attention(rmsnorm(x), cache, **matrices["attn"])
return add(mlp(rmsnorm(x), **matrices["mlp"]), x)
    -> return mlp(rmsnorm(x), **matrices["mlp"])

With autograd that is all: the slopes follow by themselves. But thousands of runs take a fast rung, and there
the slopes were derived by hand, so an edit has a second half, in the compiled loops. How does one know that
the two halves say the same? Both are made in one copy of the package, and in that copy the book and the
loops must agree as they do in the true one. A test trains both.

Others are dials and need no edit:

>>> ABLATIONS["1 head"].dials, ABLATIONS["1 head"].edits
({'n_head': 1}, ())

# What follows

`microgpt.engines.trials` runs them, and says what is luck.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from microgpt.study.edits import Edit


class Ablation(NamedTuple):
    """A change of the model or of its training.

    Attributes:
        group: What it is about.
        dials: Which dials are turned, and where to.
        edits: Changes of the book.
        compiled: The same changes of the compiled loops.
    """

    group: str
    dials: Mapping[str, Any] = MappingProxyType({})
    edits: tuple[Edit, ...] = ()
    compiled: tuple[Edit, ...] = ()


_ATTENTION = 'x = add(attention(rmsnorm(x), cache, **matrices["attn"]), x)'
_MLP = 'return add(mlp(rmsnorm(x), **matrices["mlp"]), x)'
_EMBED = 'return rmsnorm(add(model.parameters["wte"][token], model.parameters["wpe"][position]))'
_RELU = "[relu(number) for number in linear(x, fc1)]"
_RATE = "return config.learning_rate * (1 - (step - 1) / config.steps)"
_STEP = "parameter.data -= learning_rate * (m_i / correction1) / ((v_i / correction2) ** 0.5 + eps)"

_NO_FIRST_NORM = Edit("model", _EMBED, _EMBED.replace("rmsnorm(", "", 1)[:-1])
_NO_INNER_NORMS = tuple(Edit("model", line, line.replace("rmsnorm(x)", "x")) for line in (_ATTENTION, _MLP))


def _book(module: str, old: str, new: str) -> tuple[Edit, ...]:
    return (Edit(module, old, new),)


ABLATIONS: dict[str, Ablation] = {
    "no residuals": Ablation(
        "structure",
        edits=(
            Edit("model", _ATTENTION, 'x = attention(rmsnorm(x), cache, **matrices["attn"])'),
            Edit("model", _MLP, 'return mlp(rmsnorm(x), **matrices["mlp"])'),
        ),
    ),
    "no first norm": Ablation("structure", edits=(_NO_FIRST_NORM,)),
    "no norms in the layers": Ablation("structure", edits=_NO_INNER_NORMS),
    "no norms at all": Ablation("structure", edits=(_NO_FIRST_NORM, *_NO_INNER_NORMS)),
    "a norm at the end": Ablation(
        "structure",
        edits=_book(
            "model",
            'return linear(x, model.parameters["lm_head"])',
            'return linear(rmsnorm(x), model.parameters["lm_head"])',
        ),
    ),
    "no positions": Ablation(
        "structure", edits=_book("model", _EMBED, 'return rmsnorm(model.parameters["wte"][token])')
    ),
    "no attention": Ablation("structure", edits=_book("model", _ATTENTION, "x = add(x, [0.0] * len(x))")),
    "plain mean of the past": Ablation(
        "structure",
        edits=_book("attention", "scale = (len(query) ** 0.5) ** -1", "scale = 0.0"),
    ),
    "no division by the root": Ablation(
        "structure",
        edits=_book("attention", "scale = (len(query) ** 0.5) ** -1", "scale = 1.0"),
    ),
    "no ReLU": Ablation("structure", edits=_book("model", _RELU, "linear(x, fc1)")),
    "ReLU squared": Ablation(
        "structure", edits=_book("model", _RELU, _RELU.replace("relu(number)", "relu(number) ** 2"))
    ),
    "last matrix tied to wte": Ablation(
        "structure",
        edits=_book(
            "model",
            'return linear(x, model.parameters["lm_head"])',
            'return linear(x, model.parameters["wte"])',
        ),
    ),
    "constant rate": Ablation("training", edits=_book("training", _RATE, "return config.learning_rate")),
    "cosine in place of a line": Ablation(
        "training",
        edits=_book(
            "training",
            _RATE,
            "return config.learning_rate * 0.5 * (1 + math.cos(math.pi * (step - 1) / config.steps))",
        ),
    ),
    "no correction of the start": Ablation(
        "training",
        edits=_book(
            "adam",
            "correction1, correction2 = 1 - beta1**self.steps, 1 - beta2**self.steps",
            "correction1, correction2 = 1.0, 1.0",
        ),
    ),
    **{
        f"plain descent, rate {rate}": Ablation(
            "training",
            {"learning_rate": rate},
            _book("adam", _STEP, "parameter.data -= learning_rate * grad"),
        )
        for rate in (0.03, 0.1, 0.3, 1.0)
    },
    **{f"rate {rate}": Ablation("dials", {"learning_rate": rate}) for rate in (0.003, 0.005, 0.02, 0.03)},
    "1 head": Ablation("dials", {"n_head": 1}),
    "2 heads": Ablation("dials", {"n_head": 2}),
    "8 heads": Ablation("dials", {"n_head": 8}),
    "16 heads": Ablation("dials", {"n_head": 16}),
    "beta1 0": Ablation("dials", {"beta1": 0.0}),
    "beta1 0.95": Ablation("dials", {"beta1": 0.95}),
    "beta2 0.9": Ablation("dials", {"beta2": 0.9}),
    "betas 0.9 and 0.999": Ablation("dials", {"beta1": 0.9, "beta2": 0.999}),
    "betas 0.9 and 0.95": Ablation("dials", {"beta1": 0.9, "beta2": 0.95}),
    **{f"init_std {std}": Ablation("dials", {"init_std": std}) for std in (0.001, 0.02, 0.25, 0.5)},
    "width 8": Ablation("dials", {"n_embd": 8}),
    "width 32": Ablation("dials", {"n_embd": 32}),
    "width 32, rate 0.005": Ablation("dials", {"n_embd": 32, "learning_rate": 0.005}),
    "2 layers": Ablation("dials", {"n_layer": 2}),
    "batches of 4": Ablation("dials", {"batch_size": 4}),
    "batches of 16": Ablation("dials", {"batch_size": 16}),
    "batches of 16, rate 0.03": Ablation("dials", {"batch_size": 16, "learning_rate": 0.03}),
}
"""All that is tried, by name."""
