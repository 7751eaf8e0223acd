r"""What matters: parts of the model taken out or exchanged, to see whether they are missed.

# What you will be able to do

- Turn a reason that is given for a part into a question with an answer.
- Take a part out of the whole program with one edit.
- Say what an ablation shows, and what it does not.

# The question

Explanations of transformers are full of reasons. Without the residual path nothing would learn; without the
root of $d$ softmax would be too sharp; several heads see more than one. **Which of these are true for this
model, and how would one know?** By taking the part out, training again, and looking at names that the model
has not seen. That is an *ablation*.

# The picture

Two ways lead down from one source. Look at what they share, the seeds and the exam, and at the one thing that
differs.

```mermaid
graph TD
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

# What came of it

The page `docs/pages/experiments.md` has all of it, with intervals: 32 paired seeds on the names of the
original, after 1,000 and after 10,000 steps, with one layer and with four. Three answers to the reasons
above, for one layer:

- *No residual path.* It learns, but it ends about a tenth of a nat worse, after the short run and after the
  long one. With four layers it is several times as much.
- *No division by the root of the head's size.* No effect could be shown after 1,000 steps. After 10,000 it
  costs less than three hundredths of a nat.
- *One head.* A few thousandths worse than four in the short run, nearly four hundredths in the long one.

So the reasons are not wrong, but they speak of larger models and longer runs than one would guess.

# Pitfalls

- *An edit that changes nothing.* If the text that it looks for is not there any more, the "change" would be
  the true program, and the result "no effect". So an edit must find its text exactly once:

>>> try:
...     altered(Edit("vectors", "exp(score - biggest)", "exp(score)"))
... except ValueError as error:
...     print(str(error).partition(";")[0])
'vectors' has the text to change 0 times, not once

- *More has changed than one thinks.* The same seed gives the same random numbers in the same order, but a
  model of another shape puts them elsewhere. With width 16 and 32 the names come in the same order, and the
  rows of the letters begin with other numbers, so less of the luck cancels.

>>> from microgpt.training import new_run
>>> narrow, wide = (new_run(Config(n_embd=width, seed=7), ["ava", "mia"]) for width in (16, 32))
>>> narrow.documents == wide.documents
True
>>> [[round(run.model.parameters["wte"][row][0].data, 3) for row in (0, 1)] for run in (narrow, wide)]
[[0.076, -0.025], [0.076, -0.024]]

- *Worse at the usual dials.* The dials were chosen for the model as it is. A width of 32 looks worse at the
  usual rate in a long run and is better at half of it; both are among the changes that are tried:

>>> [name for name in ABLATIONS if name.startswith("width 32")]
['width 32', 'width 32 at rate 0.005']

# Check yourself

??? question what "What does an ablation say about a part, and what not?"

    What the rest does without it, at these dials, this length, these data. Not what the part does while it is
    there: others may take over its work when it is gone.

??? question how "How would you try whether the order of letters matters to the model?"

    Take the positions out: let the embedding add no row of `wpe`. It is among the changes:

    >>> print(ABLATIONS["no positions"].edits[0].new)
    return rmsnorm(model.parameters["wte"][token])

    The last letter is still known, since it is what is given. What is lost is where in the name it stands,
    and which of the earlier letters came first.

??? question why "Why does each change need two halves, and who sees to it that they agree?"

    The runs are many, so they are made by the compiled loops, in which slopes are derived by hand. Autograd
    would find the slopes of a changed model by itself; the loops must be told. A test trains both halves in
    the same altered copy and compares their losses.

??? question deeper "No effect was found for a part. Why may it matter all the same?"

    The trial may be too small: the interval includes effects that would matter. Or the run was too short or
    the model too small: attention is worth much more after 10,000 steps than after 1,000. Or another part
    does the same work, and only without both would one be missed.

# To keep

- A reason becomes knowledge when the part is taken out and missed.
- An answer holds for its dials, its length and its data.
- Edits must be shown to change something, and to change the same thing in both halves.

# What follows

This was the last chapter. The page `docs/pages/experiments.md` has all the numbers, and
`python -m microgpt ablate` tries what you think of. The book began with a die: `microgpt.first_steps`.

Sources: the word comes from medicine and biology, where tissue is removed to see what it did; Allen Newell
used it of programs, in a tutorial on speech understanding (1975).
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
        ...     for one in (UNCHANGED, ABLATIONS["1 head"])
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
