"""Matrices against lists: operation by operation, batch by batch, and that one row of memory is enough."""

import random
from itertools import pairwise
from typing import Any

import pytest

from microgpt.adam import Adam
from microgpt.config import Config
from microgpt.engines import list_layers, lists
from microgpt.engines.values import start
from microgpt.model import as_floats, new_model, parameters_of
from microgpt.sampling import DrawError, generate
from microgpt.tokenizer import Tokenizer

np = pytest.importorskip("numpy")
at_once = pytest.importorskip("microgpt.engines.at_once")
matrices = pytest.importorskip("microgpt.engines.matrices")
flat = pytest.importorskip("microgpt.engines.flat")

TOKENIZER = Tokenizer("abcdefg")
BATCHES = [["a"], ["abc"], ["gfedcba", "a", "bb"], ["abcdefgabc", "abcdefgab", "", "c"]]


def model_of(**dials: Any) -> Any:
    return new_model(
        Config(**({"n_embd": 6, "n_head": 2, "block_size": 9} | dials)), TOKENIZER, random.Random(3)
    )


def encoded(names: list[str]) -> list[list[int]]:
    return [TOKENIZER.encode(name) for name in names]


@pytest.mark.parametrize("lengths", [[1], [4], [1, 1], [3, 1, 5]])
@pytest.mark.parametrize(("dim", "n_head"), [(4, 2), (3, 3), (1, 5), (5, 1)])
def test_attention_is_that_of_the_lists(dim: int, n_head: int, lengths: list[int]) -> None:
    rng, n, width = np.random.default_rng(4), sum(lengths), dim * n_head
    made, slopes = rng.normal(size=(n, 3 * width)), rng.normal(size=(n, width))
    mixed, back = at_once.attention_at_once(made, at_once.Stack.of(lengths), n_head)
    starts = [sum(lengths[:i]) for i in range(len(lengths) + 1)]
    attend = list_layers.whole_documents([slice(*pair) for pair in pairwise(starts)], n_head)
    expected, list_back = attend(*(part.tolist() for part in np.split(made, 3, axis=1)))
    assert mixed == pytest.approx(np.array(expected), abs=1e-14)
    assert back(slopes) == pytest.approx(np.hstack([*list_back(slopes.tolist())]), abs=1e-13)


@pytest.mark.parametrize("batch", BATCHES, ids=",".join)
@pytest.mark.parametrize(
    "dials", [{}, {"n_layer": 2}, {"n_embd": 15, "n_head": 5}, {"n_layer": 3, "n_embd": 5, "n_head": 1}]
)
def test_the_slopes_are_those_of_the_lists(dials: dict[str, Any], batch: list[str]) -> None:
    model = model_of(**dials)
    loss, slopes = matrices.gradient(matrices.own(model), encoded(batch))
    true_loss, true_slopes = lists.gradient(as_floats(model), encoded(batch))
    assert max(true_slopes) > 0.01
    assert loss == pytest.approx(true_loss, abs=1e-14)
    assert slopes == pytest.approx(true_slopes, abs=1e-14)


def test_the_slopes_are_those_of_nudges() -> None:
    model, batch = matrices.own(model_of(n_layer=2, init_std=0.3)), encoded(["gfedcba", "abab"])
    _, slopes = matrices.gradient(model, batch)
    rng = random.Random(1)
    for i in rng.sample(range(len(slopes)), 60):
        losses = []
        for nudge in (1e-5, -2e-5):
            model.flat[i] += nudge
            losses.append(matrices.gradient(model, batch)[0])
        model.flat[i] += 1e-5
        assert (losses[0] - losses[1]) / 2e-5 == pytest.approx(slopes[i], abs=1e-8)


def test_no_slope_is_left_over_from_the_batch_before() -> None:
    model = matrices.own(model_of())
    expected = matrices.gradient(matrices.own(model), encoded(["a"]))
    matrices.gradient(model, encoded(["gfedcba", "bcd"]))
    assert matrices.gradient(model, encoded(["a"])) == expected
    assert not model.slopes.wte[6].any()
    assert not model.slopes.wpe[2:].any()


def test_a_model_has_numbers_of_its_own_and_one_row_of_them() -> None:
    first = matrices.own(model_of())
    before = as_floats(first)
    second = matrices.own(first)
    optimizer = matrices.start(second, Adam.start(parameters_of(model_of())))
    matrices.learn(second, optimizer, encoded(["abc"]), 0.01)
    assert as_floats(first) == before
    assert as_floats(second) != before
    assert [float(one) for one in parameters_of(second)] == second.flat.tolist()
    assert second.weights.layers[0].wqkv[6:12].tolist() == second.parameters["layer0.attn_wk"].tolist()


def test_float32_stays_float32() -> None:
    model = matrices.own(model_of(), "float32")
    optimizer = matrices.start(model, Adam.start(parameters_of(model)))
    matrices.learn(model, optimizer, encoded(["abc", "g"]), 0.01)
    chances, right, _, _ = matrices.chances_at_once(model, encoded(["abc"]))
    kinds = {one.dtype for one in (model.flat, model.flat_slopes, optimizer.m, optimizer.v, chances, right)}
    assert kinds == {np.dtype("float32")}


def test_adam_is_that_of_the_lists() -> None:
    rng, model = np.random.default_rng(5), model_of()
    one, other = as_floats(model), matrices.own(model)
    averages = Adam.start(parameters_of(model), 0.8, 0.9, 1e-4)
    optimizers = start(one, averages), matrices.start(other, averages)
    for _ in range(5):
        slopes = rng.normal(size=len(other.flat)) * rng.choice([0.0, 1e-4, 1.0, 1e3], size=len(other.flat))
        lists.update_lists(one, optimizers[0], slopes.tolist(), 0.03)
        optimizers[1].update(other.flat, slopes, 0.03)
    assert other.flat.tolist() == pytest.approx(parameters_of(one), rel=1e-12)
    assert optimizers[1].steps == optimizers[0].steps == 5


def test_an_exam_of_several_portions_is_that_of_single_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    model, documents = matrices.own(model_of(n_layer=2)), encoded(["abc", "g", "abcdefgabc", "", "dd"])
    monkeypatch.setattr(matrices, "SCORES_AT_ONCE", 2 * 2 * 9**2)
    found = matrices.surprises(model, documents)
    single = [matrices.surprises(model, [document])[0] for document in documents]
    assert [len(one) for one in found] == [4, 2, 9, 1, 3]
    for one, expected in zip(found, single, strict=True):
        assert one == pytest.approx(expected, abs=1e-14)


def test_a_reader_has_no_way_back() -> None:
    model = matrices.own(model_of())
    _, back = matrices.scores_at_once(model, [1], [0], [matrices.on_a_matrix_shelf(model)])
    with pytest.raises(NotImplementedError, match="slopes come from whole documents"):
        back(np.ones((1, 8)))


@pytest.mark.parametrize("rung", [lists, matrices])
def test_a_model_gone_astray_speaks_like_the_book_and_does_not_mutter(rung: Any) -> None:
    """Squares of such numbers are infinite; NumPy would warn of it, and a warning fails a test."""
    astray = as_floats(model_of(init_std=1e200))
    found = list(rung.samples(rung.engine().own(astray), random.Random(1), 5, 0.5))
    rng = random.Random(1)
    assert found == [generate(astray, rng, 0.5) for _ in range(5)]
    astray.parameters["lm_head"][0][0] = float("nan")
    with pytest.raises(DrawError, match="are not finite numbers"):
        next(rung.samples(rung.engine().own(astray), random.Random(1), 1, 0.5))
