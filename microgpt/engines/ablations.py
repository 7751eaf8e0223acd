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

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from importlib import import_module
from typing import Any

from microgpt.config import Config
from microgpt.engines.alterations import STRUCTURE, Ablation
from microgpt.engines.engine import find_engine
from microgpt.study.edits import Edit, altered

_RATE = "return config.learning_rate * (1 - (step - 1) / config.steps)"
_CORRECTION = "correction1, correction2 = 1 - beta1**self.steps, 1 - beta2**self.steps"
_STEP = "parameter.data -= learning_rate * (m_i / correction1) / ((v_i / correction2) ** 0.5 + eps)"

_NO_CORRECTION = Edit("adam", _CORRECTION, "correction1, correction2 = 1.0, 1.0")
_NO_CORRECTION_COMPILED = (
    Edit(
        "engines.crowd",
        "learning_rate_at(step, config) / (1 - config.beta1**step), 1 / (1 - config.beta2**step)",
        "learning_rate_at(step, config), 1.0",
    ),
    Edit("engines.loops", "learning_rate / (1 - beta1**steps), 1 / (1 - beta2**steps)", "learning_rate, 1.0"),
)

TRAINING: dict[str, Ablation] = {
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
}
"""Changes of how it learns."""

UNCHANGED = Ablation("nothing")
"""What all others are compared with."""

ABLATIONS: dict[str, Ablation] = {
    **STRUCTURE,
    **TRAINING,
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
