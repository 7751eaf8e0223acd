"""Every slope against an independent one: nudge the input both ways and see what the output does."""

import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from microgpt import Config, new_run
from microgpt.attention import attention_head
from microgpt.autograd import Value, dot, exp, log, relu, topological_order, total
from microgpt.loss import document_loss
from microgpt.model import as_floats, new_model, parameters_of
from microgpt.tokenizer import Tokenizer
from microgpt.vectors import linear, rmsnorm, softmax

NUDGE = 1e-5


def central_differences(function: Callable[[list[float]], float], at: Sequence[float]) -> list[float]:
    slopes = []
    for i in range(len(at)):
        up, down = list(at), list(at)
        up[i] += NUDGE
        down[i] -= NUDGE
        slopes.append((function(up) - function(down)) / (2 * NUDGE))
    return slopes


def assert_slopes_agree(function: Callable[[list[Any]], Any], at: Sequence[float]) -> None:
    """Compare backward's slopes with central differences; refuse a point where all of them vanish."""
    inputs = [Value(x) for x in at]
    output = function(inputs)
    assert isinstance(output, Value)
    plain = function(list(at))
    assert output.data == plain
    output.backward()
    nudged = central_differences(lambda x: float(function(x)), at)
    assume(any(abs(slope) > 1e-3 for slope in nudged))
    assert [x.grad for x in inputs] == pytest.approx(nudged, rel=1e-4, abs=1e-5)


numbers = st.floats(-3, 3).map(lambda x: round(x, 3))
away_from_0 = numbers.filter(lambda x: abs(x) > 0.1)
positive = st.floats(0.1, 5).map(lambda x: round(x, 3))

OPERATIONS: dict[str, tuple[st.SearchStrategy[list[float]], Callable[[list[Any]], Any]]] = {
    "add": (st.lists(numbers, min_size=2, max_size=2), lambda x: x[0] + x[1] + 2.0),
    "add from the left": (st.lists(numbers, min_size=1, max_size=1), lambda x: 2.0 + x[0]),
    "multiply": (st.lists(numbers, min_size=2, max_size=2), lambda x: x[0] * x[1] * -1.5),
    "multiply from the left": (st.lists(numbers, min_size=1, max_size=1), lambda x: -1.5 * x[0]),
    "subtract": (st.lists(numbers, min_size=2, max_size=2), lambda x: x[0] - x[1] - 0.5),
    "subtract from a number": (st.lists(numbers, min_size=1, max_size=1), lambda x: 0.5 - x[0]),
    "negate": (st.lists(numbers, min_size=1, max_size=1), lambda x: -x[0]),
    "divide": (st.lists(away_from_0, min_size=2, max_size=2), lambda x: x[0] * x[1] ** -1),
    "square": (st.lists(numbers, min_size=1, max_size=1), lambda x: x[0] ** 2),
    "root": (st.lists(positive, min_size=1, max_size=1), lambda x: x[0] ** 0.5),
    "inverse root": (st.lists(positive, min_size=1, max_size=1), lambda x: x[0] ** -0.5),
    "exp": (st.lists(numbers, min_size=1, max_size=1), lambda x: exp(x[0])),
    "log": (st.lists(positive, min_size=1, max_size=1), lambda x: log(x[0])),
    "relu": (st.lists(away_from_0, min_size=1, max_size=1), lambda x: relu(x[0])),
    "total": (st.lists(numbers, min_size=1, max_size=6), lambda x: total(x) * total(x)),
    "dot": (st.lists(numbers, min_size=6, max_size=6), lambda x: dot(x[:3], x[3:])),
    "dot with itself": (st.lists(numbers, min_size=3, max_size=3), lambda x: dot(x, x)),
    "dot that shares a list": (
        st.lists(numbers, min_size=4, max_size=4),
        lambda x: dot(x[:2], x[2:]) * dot(x[2:], [x[0], x[0]]),
    ),
    "softmax": (st.lists(numbers, min_size=2, max_size=5), lambda x: softmax(x)[1]),
    "rmsnorm": (st.lists(away_from_0, min_size=2, max_size=5), lambda x: rmsnorm(x)[0] * 3.0),
    "linear": (
        st.lists(numbers, min_size=8, max_size=8),
        lambda x: linear(x[:2], [x[2:4], x[4:6], x[6:]])[2],
    ),
    "attention": (
        st.lists(numbers, min_size=10, max_size=10),
        lambda x: attention_head(x[:2], [x[2:4], x[4:6]], [x[6:8], x[8:]])[1],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", OPERATIONS)
def test_the_slopes_of_an_operation_are_those_of_a_nudge(name: str) -> None:
    points, function = OPERATIONS[name]

    @given(points)
    def check(at: list[float]) -> None:
        assert_slopes_agree(function, at)

    check()


@given(st.lists(away_from_0, min_size=2, max_size=4), st.integers(0, 10**6))
def test_the_slopes_of_a_random_calculation_are_those_of_a_nudge(at: list[float], seed: int) -> None:
    def calculation(x: list[Any]) -> Any:
        rng, parts = random.Random(seed), list(x)
        for _ in range(8):
            a, b = rng.choice(parts), rng.choice(parts)
            step = rng.randrange(5)
            bounded = exp(a * a * -0.1)
            parts.append([a + b, a * b * 0.3, a - b, bounded, dot([a, b], [b, bounded])][step])
        return total(parts)

    assert_slopes_agree(calculation, at)


def test_a_list_in_use_is_walked_again_by_a_value_inside_it() -> None:
    """`late` belongs to `outer`, and to a value of outer's other list, which is visited first."""
    a = Value(2.0)
    late = [a * 3.0, a * 5.0]
    inner = dot(late, [a, a])
    outer = dot([inner, inner], late)
    order = topological_order(outer)
    assert [order.index(value) < order.index(inner) for value in late] == [True, True]
    outer.backward()
    slope = central_differences(lambda x: 64 * x[0] ** 3, [2.0])
    assert a.grad == pytest.approx(slope[0])


def test_a_second_backward_adds_to_the_first() -> None:
    a = Value(3.0)
    for _ in range(2):
        (a * 2.0).backward()
    assert a.grad == 4.0


@pytest.mark.slow
def test_the_gradient_of_the_whole_model_is_that_of_4192_nudges(record_property: Callable[..., None]) -> None:
    tokenizer = Tokenizer("abcdefghijklmnopqrstuvwxyz")
    model = new_model(Config(), tokenizer, random.Random(42))
    tokens = tokenizer.encode("ava")
    document_loss(model, tokens).backward()
    gradients = [parameter.grad for parameter in parameters_of(model)]

    plain = as_floats(model)
    nudged = []
    for matrix in plain.parameters.values():
        for row in matrix:
            for i, number in enumerate(row):
                losses = []
                for moved in (number + NUDGE, number - NUDGE):
                    row[i] = moved
                    losses.append(document_loss(plain, tokens))
                row[i] = number
                nudged.append((losses[0] - losses[1]) / (2 * NUDGE))

    not_zero = sum(gradient != 0 for gradient in gradients)
    record_property("gradients that are not zero", not_zero)
    assert len(gradients) == 4192
    assert not_zero > 3000, f"only {not_zero} gradients are not zero: agreeing on zeros proves nothing"
    assert max(map(abs, gradients)) > 0.1
    for gradient, slope in zip(gradients, nudged, strict=True):
        assert gradient == pytest.approx(slope, abs=1e-8, rel=1e-5)


def test_only_what_took_part_has_a_gradient() -> None:
    run = new_run(Config(), ["emma", "zoe"])
    tokenizer = run.model.tokenizer
    document_loss(run.model, tokenizer.encode("emma")).backward()
    touched = {
        tokenizer.name(i) for i, row in enumerate(run.model.parameters["wte"]) if any(p.grad for p in row)
    }
    assert touched == {"BOS", "e", "m", "a"}
    places = [any(p.grad for p in row) for row in run.model.parameters["wpe"]]
    assert places == [True] * 5 + [False] * 11


@pytest.mark.slow
def test_four_layers_of_width_128_do_not_exhaust_the_recursion_limit() -> None:
    run = new_run(Config(n_layer=4, n_embd=128, n_head=4), ["ab"])
    loss = document_loss(run.model, run.model.tokenizer.encode("ab"))
    loss.backward()
    assert any(parameter.grad for parameter in run.model.parameters["layer0.attn_wv"][0])
