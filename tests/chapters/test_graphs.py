"""Graphs counted and drawn: the same counts by hand, and a drawing that is the printed text."""

import math
import random
import re

import pytest

from microgpt import graphs as chapter
from microgpt.autograd import Value, dot, inputs_of
from microgpt.graphs import as_dot, as_mermaid, gradient_sizes, graph_size
from tests.support.cases import ODD, begun


def random_graph(rng: random.Random) -> Value:
    values = [Value(rng.uniform(0.5, 2)) for _ in range(3)]
    for _ in range(rng.randint(1, 8)):
        a, b = rng.choice(values), rng.choice(values)
        values.append(rng.choice([a + b, a * b, a**2, dot([a, b], [b, a]), a + 1.0]))
    return values[-1]


@pytest.mark.parametrize("seed", range(20))
def test_graphs_are_counted_like_by_hand(seed: int) -> None:
    root = random_graph(random.Random(seed))
    root.backward()

    def depth(value: Value) -> int:
        return max((1 + depth(source) for source in inputs_of(value)), default=0)

    found, waiting = {root}, [root]
    while waiting:
        fresh = {source for source in inputs_of(waiting.pop()) if source not in found}
        found |= fresh
        waiting += fresh
    edges = sum(len(inputs_of(value)) for value in found)
    assert graph_size(root) == (len(found), edges, depth(root))
    mermaid, graphviz = as_mermaid(root), as_dot(root)
    assert len(re.findall(r"^    v\d+\[", mermaid, re.MULTILINE)) == len(found)
    assert len(re.findall(r"^    v\d+ --> v\d+$", mermaid, re.MULTILINE)) == edges
    assert graphviz.count(" -> ") == edges
    for value in found:
        assert f"data {value.data:.4g}<br>grad {value.grad:.4g}" in mermaid
        assert rf"data {value.data:.4g}\ngrad {value.grad:.4g}" in graphviz
        assert bool(value.operation) == bool(inputs_of(value))


def test_the_drawn_graph_of_the_chapter_is_the_printed_one() -> None:
    text = chapter.__doc__ or ""
    printed, drawn = re.findall(r"^(graph LR\n(?:    .*\n)+)", text, re.MULTILINE)
    assert printed == drawn


def test_a_graph_too_large_to_look_at_is_refused() -> None:
    root = Value(1.0)
    for _ in range(100):
        root = root + 1.0
    with pytest.raises(ValueError, match="the graph has 101 values, too many to look at; draw at most 60"):
        as_mermaid(root)


def test_the_slopes_of_a_model_are_measured_between_two_steps() -> None:
    run = begun(2, ODD)
    sizes = gradient_sizes(run.model)
    assert list(sizes) == list(run.model.parameters)
    for name, matrix in run.model.parameters.items():
        slopes = [abs(value.grad) for row in matrix for value in row]
        assert sizes[name].shape == (len(matrix), len(matrix[0]))
        assert sizes[name].nonzero == sum(slope > 0 for slope in slopes) > 0
        assert sizes[name].largest == max(slopes)
        assert sizes[name].mean == pytest.approx(sum(slopes) / sizes[name].nonzero)
        assert sizes[name].norm == pytest.approx(math.hypot(*slopes))
