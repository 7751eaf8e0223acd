r"""The parts of the model that can be taken out or exchanged: edits of the book and of the compiled loops.

Both halves of a change are made in one copy of the package; `microgpt.engines.ablations` says what for, and
a test trains both halves and compares their losses.

>>> STRUCTURE["no ReLU"].edits[0].new
'linear(x, fc1)'
>>> all(one.compiled for one in STRUCTURE.values())
True
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
_SCALE = "scale = (len(query) ** 0.5) ** -1"
_RELU = "[relu(number) for number in linear(x, fc1)]"
_LAST = 'return linear(x, model.parameters["lm_head"])'


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


STRUCTURE: dict[str, Ablation] = {
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
}
"""Changes of the model."""
