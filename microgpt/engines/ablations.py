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

`python -m microgpt ablate` tries them; what came of it is on the page of what matters.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from importlib import import_module
from types import MappingProxyType
from typing import Any, NamedTuple

from microgpt.config import Config
from microgpt.engines.engine import find_engine
from microgpt.study.edits import Edit, altered


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
_SCALE = "scale = (len(query) ** 0.5) ** -1"
_RELU = "[relu(number) for number in linear(x, fc1)]"
_LAST = 'return linear(x, model.parameters["lm_head"])'
_RATE = "return config.learning_rate * (1 - (step - 1) / config.steps)"
_CORRECTION = "correction1, correction2 = 1 - beta1**self.steps, 1 - beta2**self.steps"
_STEP = "parameter.data -= learning_rate * (m_i / correction1) / ((v_i / correction2) ** 0.5 + eps)"


def _forward(old: str, new: str) -> Edit:
    return Edit("engines.loops_forward", old, new)


def _back(old: str, new: str) -> Edit:
    return Edit("engines.loops_backward", old, new)


def _vectors(old: str, new: str) -> Edit:
    return Edit("engines.loops_vectors", old, new)


def _copies(module: str) -> Edit:
    """Let a module of the loops have `copy_into`."""
    start = "from microgpt.engines.loops_vectors import "
    return Edit(f"engines.{module}", start, f"from microgpt.engines.loops_vectors import copy_into\n{start}")


_NO_FIRST_NORM = Edit("model", _EMBED, _EMBED.replace("rmsnorm(", "", 1)[:-1])
_NO_FIRST_NORM_COMPILED = (
    _forward("rmsnorm_into(cover.embedded, cover.scale, cover.x)", "copy_into(cover.embedded, cover.x)"),
    _back("rmsnorm_back(slope, cover.embedded, cover.scale)", "pass"),
)
_NO_INNER_NORMS = tuple(Edit("model", line, line.replace("rmsnorm(x)", "x")) for line in (_ATTENTION, _MLP))
_NO_INNER_NORMS_COMPILED = tuple(
    edit
    for part in ("1", "2")
    for edit in (
        _forward(
            f"rmsnorm_into(page.normed{part}, page.scale{part}, cover.x)",
            f"copy_into(page.normed{part}, cover.x)",
        ),
        _back(f"rmsnorm_back(slope.report, page.normed{part}, page.scale{part})", "pass"),
    )
)
_NO_CORRECTION = Edit("adam", _CORRECTION, "correction1, correction2 = 1.0, 1.0")
_NO_CORRECTION_COMPILED = (
    Edit(
        "engines.crowd",
        "learning_rate_at(step, config) / (1 - config.beta1**step), 1 / (1 - config.beta2**step)",
        "learning_rate_at(step, config), 1.0",
    ),
    Edit("engines.loops", "learning_rate / (1 - beta1**steps), 1 / (1 - beta2**steps)", "learning_rate, 1.0"),
)


def _with_scale(number: str) -> Ablation:
    """Put a number in the place of the root of head_dim."""
    compiled = "scale = 1.0 / math.sqrt(head_dim)\n    "
    return Ablation(
        "structure",
        edits=(Edit("attention", _SCALE, f"scale = {number}"),),
        compiled=tuple(
            Edit("engines.loops_attention", f"{compiled}{after}", f"scale = {number}\n    {after}")
            for after in ("lanes, (first", "for at")
        ),
    )


UNCHANGED = Ablation("nothing")
"""What all others are compared with."""

ABLATIONS: dict[str, Ablation] = {
    "no residuals": Ablation(
        "structure",
        edits=(
            Edit("model", _ATTENTION, 'x = attention(rmsnorm(x), cache, **matrices["attn"])'),
            Edit("model", _MLP, 'return mlp(rmsnorm(x), **matrices["mlp"])'),
        ),
        compiled=(
            *(
                _forward(
                    f"{report}\n        add_into(cover.x, report)",
                    f"{report}\n        copy_into(cover.x, report)",
                )
                for report in (
                    "linear_into(report, matrices.wo, page.heads)",
                    "linear_into(report, matrices.fc2, page.hidden)",
                )
            ),
            *(
                _back(f"page.scale{part})\n    add_into(", f"page.scale{part})\n    copy_into(")
                for part in ("1", "2")
            ),
            _copies("loops_backward"),
        ),
    ),
    "no first norm": Ablation("structure", edits=(_NO_FIRST_NORM,), compiled=_NO_FIRST_NORM_COMPILED),
    "no norms in the layers": Ablation("structure", edits=_NO_INNER_NORMS, compiled=_NO_INNER_NORMS_COMPILED),
    "no norms at all": Ablation(
        "structure",
        edits=(_NO_FIRST_NORM, *_NO_INNER_NORMS),
        compiled=(*_NO_FIRST_NORM_COMPILED, *_NO_INNER_NORMS_COMPILED),
    ),
    "no positions": Ablation(
        "structure",
        edits=(Edit("model", _EMBED, 'return rmsnorm(model.parameters["wte"][token])'),),
        compiled=(
            _forward("outer.wte[token, i] + outer.wpe[place, i]", "outer.wte[token, i]"),
            _back("outer.wpe[place, i] += slope[i, lane]", "pass"),
        ),
    ),
    "no attention": Ablation(
        "structure",
        edits=(Edit("model", _ATTENTION, "x = add(x, [0.0] * len(x))"),),
        compiled=(
            _forward("page.heads)\n        add_into(cover.x, report)", "page.heads)"),
            _back("linear_slopes(found.wo, slope.x, page.heads, slope.turned)", "pass"),
            _back("linear_slopes(found.wqkv, page.qkv_slopes, page.normed1, slope.turned)", "pass"),
            _back("page.scale1)\n    add_into(slope.x, slope.report)", "page.scale1)"),
        ),
    ),
    "plain mean of the past": _with_scale("0.0"),
    "no division by the root": _with_scale("1.0"),
    "no ReLU": Ablation(
        "structure",
        edits=(Edit("model", _RELU, "linear(x, fc1)"),),
        compiled=(
            _forward("relu_into(page.hidden)", "pass"),
            _back("relu_back(slope.hidden, page.hidden)", "pass"),
        ),
    ),
    "ReLU squared": Ablation(
        "structure",
        edits=(Edit("model", _RELU, _RELU.replace("relu(number)", "relu(number) ** 2")),),
        compiled=(
            _vectors(
                "where_above(number, zero, number, zero)", "where_above(number, zero, number * number, zero)"
            ),
            _vectors(
                "where_above(load(x, i, 0), zero, load(slope, i, 0), zero)",
                "where_above(load(x, i, 0), zero, load(slope, i, 0) * 2.0 * root(load(x, i, 0)), zero)",
            ),
        ),
    ),
    "last matrix tied to wte": Ablation(
        "structure",
        edits=(Edit("model", _LAST, _LAST.replace("lm_head", "wte")),),
        compiled=(
            _forward("outer_matrices(flat, sizes).lm_head", "outer_matrices(flat, sizes).wte"),
            _back("outer_matrices(slopes, sizes).lm_head", "outer_matrices(slopes, sizes).wte"),
            _back("outer_matrices(flat, sizes).lm_head.T", "outer_matrices(flat, sizes).wte.T"),
        ),
    ),
    "constant rate": Ablation("training", edits=(Edit("training", _RATE, "return config.learning_rate"),)),
    "cosine in place of a line": Ablation(
        "training",
        edits=(
            Edit(
                "training",
                _RATE,
                "return config.learning_rate * 0.5 * (1 + math.cos(math.pi * (step - 1) / config.steps))",
            ),
        ),
    ),
    "no correction of the start": Ablation(
        "training", edits=(_NO_CORRECTION,), compiled=_NO_CORRECTION_COMPILED
    ),
    **{
        f"plain descent at {rate}": Ablation(
            "training",
            {"learning_rate": rate},
            (Edit("adam", _STEP, "parameter.data -= learning_rate * grad"),),
            (
                *_NO_CORRECTION_COMPILED,
                Edit(
                    "engines.loops_step",
                    "flat[i] -= rate * m_i / (math.sqrt(v_i * correction2) + eps)",
                    "flat[i] -= rate * slope",
                ),
            ),
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
    "width 32 at rate 0.005": Ablation("dials", {"n_embd": 32, "learning_rate": 0.005}),
    "2 layers": Ablation("dials", {"n_layer": 2}),
    "batches of 4": Ablation("dials", {"batch_size": 4}),
    "batches of 16": Ablation("dials", {"batch_size": 16}),
    "batches of 16 at rate 0.03": Ablation("dials", {"batch_size": 16, "learning_rate": 0.03}),
}
"""All that is tried, by name."""


def copy_with(ablation: Ablation) -> Any:
    """Give the package with a change in it: the true one if only dials are turned.

    Examples:
        >>> copy = copy_with(ABLATIONS["constant rate"])
        >>> copy.training.learning_rate_at(900, copy.Config())
        0.01
        >>> copy_with(ABLATIONS["1 head"]).__name__
        'microgpt'
    """
    if ablation.edits:
        return altered(*ablation.edits, *ablation.compiled)
    return import_module("microgpt")


def tried(
    ablation: Ablation,
    config: Config,
    documents: Sequence[str],
    exam: Sequence[str],
    seeds: Sequence[int],
    progress: Callable[[int], object] = lambda done: None,
) -> list[float]:
    """Train with a change, once for each seed, and let each model sit the same exam.

    Args:
        ablation: The change.
        config: Where all dials stand that it does not turn.
        documents: What to learn from.
        exam: What to be judged by.
        seeds: Of the runs.
        progress: Is told how many are done.

    Returns:
        The held-out loss of each, in nats per token; not a number where training left the range of floats.

    Raises:
        EngineError: If Numba is not installed.

    Examples:
        >>> names, exam = ["emma", "ava", "mia", "liam", "noah"], ["mona", "lia"]
        >>> with_it, without = (
        ...     tried(one, Config(n_embd=4, n_head=2, steps=5), names, exam, seeds=[1, 2])
        ...     for one in (UNCHANGED, ABLATIONS["no residuals"])
        ... )
        >>> len(with_it), len(without), with_it == without
        (2, 2, False)
    """
    find_engine("numba")
    copy = copy_with(ablation)
    crowd = copy.engines.crowd if ablation.edits else import_module("microgpt.engines.crowd")
    turned = copy.Config(**asdict(replace(config, **ablation.dials)))
    losses: list[float] = crowd.train_crowd(
        turned, documents, seeds, exam, progress=progress
    ).held_out.tolist()
    return losses
