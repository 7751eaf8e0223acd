"""The slopes by hand against those of the graph, one operation at a time, and what the rung needs."""

import random
import sys
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from microgpt.adam import Adam
from microgpt.attention import attention, new_cache
from microgpt.autograd import Value, total
from microgpt.config import Config
from microgpt.engines import by_hand, list_layers, lists
from microgpt.loss import surprise
from microgpt.model import Model, as_floats, mlp, new_model, parameters_of
from microgpt.tokenizer import Tokenizer
from microgpt.vectors import linear, rmsnorm, softmax
from tests.test_structure import PATHS, imports, outside

Table = list[list[float]]


def table(rng: random.Random, rows: int, columns: int) -> Table:
    return [[rng.gauss(0, 1) for _ in range(columns)] for _ in range(rows)]


def values(rows: Sequence[Sequence[float]]) -> list[list[Value]]:
    return [[Value(number) for number in row] for row in rows]


def flat(*tables: Sequence[Sequence[Any]]) -> list[float]:
    return [float(number) for rows in tables for row in rows for number in row]


def graph_slopes(function: Callable[..., list[list[Value]]], slopes: Table, *tables: Table) -> list[float]:
    """Let the graph find the slopes of the sum of all outputs, each times its slope."""
    inputs = [values(rows) for rows in tables]
    outputs = function(*inputs)
    loss = total(
        [y * slope for row, line in zip(outputs, slopes, strict=True) for y, slope in zip(row, line)]
    )
    loss.backward()
    found = [value.grad for rows in inputs for row in rows for value in row]
    assert max(map(abs, found)) > 0.1, "an example that could hide a fault"
    return found


@pytest.fixture
def rng() -> random.Random:
    return random.Random(20)


@pytest.mark.parametrize(("n", "n_in", "n_out"), [(1, 3, 2), (7, 16, 5), (2, 1, 4)])
def test_linear(rng: random.Random, n: int, n_in: int, n_out: int) -> None:
    rows, weight, slopes = table(rng, n, n_in), table(rng, n_out, n_in), table(rng, n, n_out)
    outputs, back = by_hand.linear_and_back(rows, weight)
    assert flat(outputs) == pytest.approx(flat([linear(row, weight) for row in rows]), abs=1e-14)
    expected = graph_slopes(lambda x, w: [linear(row, w) for row in x], slopes, rows, weight)
    assert flat(*back(slopes)) == pytest.approx(expected, abs=1e-13)


@pytest.mark.parametrize("size", [1.0, 1e-3])
def test_rmsnorm(rng: random.Random, size: float) -> None:
    rows, slopes = [[size * x for x in row] for row in table(rng, 4, 5)], table(rng, 4, 5)
    _, back = by_hand.rmsnorm_and_back(rows)
    expected = graph_slopes(lambda x: [rmsnorm(row) for row in x], slopes, rows)
    assert flat(back(slopes)) == pytest.approx(expected, rel=1e-11)


def test_softmax(rng: random.Random) -> None:
    scores, slopes = table(rng, 1, 6), table(rng, 1, 6)
    shares = by_hand.shares_of(scores[0])
    expected = graph_slopes(lambda x: [softmax(x[0])], slopes, scores)
    assert by_hand.score_slopes(slopes[0], shares) == pytest.approx(expected, abs=1e-14)


def test_surprise(rng: random.Random) -> None:
    logits, counts, answers = table(rng, 3, 5), table(rng, 3, 1), [4, 0, 2]
    _, back = by_hand.surprise_and_back(logits, answers)
    expected = graph_slopes(
        lambda x: [[surprise(softmax(row)[a])] for row, a in zip(x, answers, strict=True)], counts, logits
    )
    assert flat(back([count for (count,) in counts])) == pytest.approx(expected, abs=1e-14)


@pytest.mark.parametrize("n", [1, 2, 9])
def test_mlp(rng: random.Random, n: int) -> None:
    rows, fc1, fc2, slopes = table(rng, n, 3), table(rng, 12, 3), table(rng, 3, 12), table(rng, n, 3)
    outputs, back = by_hand.mlp_and_back(rows, fc1, fc2)
    assert flat(outputs) == pytest.approx(flat([mlp(row, fc1, fc2) for row in rows]), abs=1e-13)
    expected = graph_slopes(lambda x, a, b: [mlp(row, a, b) for row in x], slopes, rows, fc1, fc2)
    assert flat(*back(slopes)) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("n", "dim", "n_head"), [(1, 4, 2), (5, 3, 2), (4, 5, 3), (6, 1, 2), (3, 4, 1)])
def test_attention_within_documents(rng: random.Random, n: int, dim: int, n_head: int) -> None:
    width = dim * n_head
    queries, keys, worth, slopes = (table(rng, 2 * n, width) for _ in range(4))
    pieces = [slice(0, n), slice(n, 2 * n)]

    def unit(place: int, size: int) -> list[float]:
        return [float(i == place) for i in range(size)]

    picks = [[unit(part * width + i, 3 * width) for i in range(width)] for part in range(3)]
    matrices = dict(zip(("wq", "wk", "wv"), picks, strict=True)) | {
        "wo": [unit(i, width) for i in range(width)]
    }

    def in_the_book(*three: Any) -> Any:
        """Give query, key and value as one vector, from which three matrices of zeros and ones pick them."""
        outputs = []
        for piece in pieces:
            cache: Any = new_cache(n_head)
            for q, k, v in zip(*(rows[piece] for rows in three), strict=True):
                outputs.append(attention([*q, *k, *v], cache, **matrices))
        return outputs

    attend = list_layers.whole_documents(pieces, n_head)
    outputs, back = attend(queries, keys, worth)
    assert flat(outputs) == pytest.approx(flat(in_the_book(queries, keys, worth)), abs=1e-14)
    expected = graph_slopes(in_the_book, slopes, queries, keys, worth)
    assert flat(*back(slopes)) == pytest.approx(expected, abs=1e-13)


def test_a_token_that_occurs_twice_gets_both_slopes() -> None:
    model = as_floats(new_model(Config(n_embd=4, n_head=2), Tokenizer("ab"), random.Random(1)))
    _, back = list_layers.embed_and_back(model, [0, 1, 0], [0, 1, 2])
    zeros = [0.0] * 4
    first, _ = back([[1.0, 2.0, 0.0, 0.0], zeros, zeros])
    last, _ = back([zeros, zeros, [0.0, 3.0, 0.0, 1.0]])
    both, _ = back([[1.0, 2.0, 0.0, 0.0], zeros, [0.0, 3.0, 0.0, 1.0]])
    assert flat(both) == pytest.approx([x + y for x, y in zip(flat(first), flat(last), strict=True)])
    assert [any(row) for row in both] == [True, False, False]


def test_adam_is_that_of_the_book(rng: random.Random) -> None:
    start = table(rng, 3, 5)
    model = Model(Config(), Tokenizer("a"), {"one": [start[0][:]], "two": [row[:] for row in start[1:]]})
    parameters = [Value(number) for row in start for number in row]
    found, expected = Adam([0.0] * 15, [0.0] * 15, 0.8, 0.9, 1e-4), Adam.start(parameters, 0.8, 0.9, 1e-4)
    for _ in range(5):
        slopes = [rng.choice([0.0, 1e-4, 1.0, 1e3]) * rng.gauss(0, 1) for _ in parameters]
        for parameter, slope in zip(parameters, slopes, strict=True):
            parameter.grad = slope
        lists.update_lists(model, found, slopes, 0.03)
        expected.update(parameters, 0.03)
    assert parameters_of(model) == pytest.approx([float(one) for one in parameters], rel=1e-13)
    assert [*found.m, *found.v] == pytest.approx([*expected.m, *expected.v])
    assert found.steps == expected.steps == 5


@pytest.mark.parametrize("name", ["by_hand", "drawing", "engine", "list_layers", "lists"])
def test_the_rung_needs_the_standard_library_alone(name: str) -> None:
    assert outside(imports(PATHS[f"engines.{name}"])) <= sys.stdlib_module_names
