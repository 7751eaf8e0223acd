"""The figure of the chapter on the loss that one can touch."""

from typing import Any

from sitemaker.live import Widget
from sitemaker.touch.pieces import cell, head, number, table, told

NAMES = ("first", "second", "third")


def _perplexity(first: dict[str, Any]) -> str:
    columns = zip(NAMES, first["chances"], first["surprises"], first["choices"], strict=True)
    rows = [[head(name), number(p, 4), number(s, 4), number(faces, 2)] for name, p, s, faces in columns]
    last = [head("the mean of these"), number(first["average"], 4), number(first["loss"], 4), cell("")]
    says = f"The loss is {first['loss']:.4f}, the perplexity {first['perplexity']:.2f}."
    return table(("right answer", "chance", "surprise", "faces"), [*rows, last]) + told(says)


WIDGETS = (
    Widget(
        "perplexity",
        "microgpt.study.live.loss.guesses",
        [[0.5, 0.1, 0.8]],
        _perplexity,
        "What a model gave to three right answers. Beside each surprise stands the fair die that surprises "
        "as much; the perplexity is the number of faces for the mean surprise.",
    ),
)
