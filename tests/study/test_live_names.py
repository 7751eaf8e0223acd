"""What the figures with a trained model compute, against the chapters and against a way of their own."""

import math
import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate

import pytest

from microgpt import Config, as_floats, bundled_documents, new_run
from microgpt.evaluation import evaluate, held_out_documents
from microgpt.loss import document_loss
from microgpt.model import Model, forward, new_caches
from microgpt.sampling import PromptError, generate
from microgpt.study.live import names, walk
from microgpt.study.live.guess import exam_names, sit
from microgpt.study.live.heads import look_through
from microgpt.study.live.names import NotKeptError, begun, keep, letter_by_letter, taught
from microgpt.study.live.slots import machine_state
from microgpt.training import train_step
from microgpt.vectors import add, linear, rmsnorm, softmax


def after(steps: int) -> Model[float]:
    """Train for some steps of the default run."""
    run = new_run(Config(), bundled_documents())
    for _ in range(steps):
        train_step(run)
    return as_floats(run.model)


@pytest.fixture(scope="module", autouse=True)
def kept() -> Iterator[Model[float]]:
    model = after(10)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(names, "_KEPT", {})
        with pytest.raises(NotKeptError):
            letter_by_letter(10, "", 0.5, 1)
        keep(10, model.parameters)
        yield model


def test_the_untrained_model_is_the_one_that_a_run_begins_with(kept: Model[float]) -> None:
    assert taught(0) == after(0)
    assert taught(10) == kept


@pytest.mark.parametrize("step", [0, 10, 1000])
@pytest.mark.parametrize(("beginning", "temperature"), [("", 0.5), ("em", 1.0), ("abcdefghijklmno", 2.0)])
def test_the_letters_are_those_of_generate(step: int, beginning: str, temperature: float) -> None:
    for seed in range(5):
        found = letter_by_letter(step, beginning, temperature, seed)
        assert found.name == generate(taught(step), random.Random(seed), temperature, beginning)
        spelled = "".join(one.letter for one in found.letters if one.letter != "BOS")
        assert beginning + spelled == found.name


def test_the_point_lies_in_the_field_of_the_letter_that_was_drawn() -> None:
    for seed in range(20):
        for one in letter_by_letter(1000, "", 1.0, seed).letters:
            ends = [0.0, *accumulate(one.chances)]
            assert ends[one.token] <= one.point <= ends[one.token + 1]


def test_the_chances_are_those_after_all_letters_before() -> None:
    found = letter_by_letter(1000, "e", 0.5, 3)
    model, caches = taught(1000), new_caches(Config())
    tokens = model.tokenizer.encode(found.name)
    logits = [forward(model, token, place, caches) for place, token in enumerate(tokens[:-1])]
    for one, scores in zip(found.letters, logits[1:], strict=True):
        assert one.chances == pytest.approx(softmax([2 * score for score in scores]), abs=1e-12)


def test_a_name_is_marked_by_what_the_model_has_learned_from_so_far() -> None:
    known = begun().documents
    for steps, sign in ((0, "="), (10, "*"), (1000, "*")):
        signs = set()
        for seed in range(3):
            found = letter_by_letter(steps, known[3], 0.01, seed)
            signs |= {found.sign} if found.name == known[3] else set()
            assert (found.sign == "+") == (found.name not in known)
        assert signs <= {sign}


def test_other_letters_are_refused_in_one_sentence() -> None:
    with pytest.raises(
        PromptError, match=r"^the prompt 'Zoë' has 'Z', 'ë', which are not in the alphabet '.*'"
    ):
        letter_by_letter(1000, "Zoë", 0.5, 1)


# A name in the machine


def test_a_run_that_was_brought_walks_as_the_run_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    run = new_run(Config(), bundled_documents())
    for _ in range(3):
        train_step(run)
    monkeypatch.setattr(walk, "_RUNS", {})
    with pytest.raises(NotKeptError):
        machine_state(3, "zoe")
    walk.keep_run(3, as_floats(run.model).parameters, run.optimizer.m, run.optimizer.v)
    for name in ("zoe", "", "maximilianmaria"):
        assert walk.walk(walk.run_after(3), name) == walk.walk(run, name)
        state = machine_state(3, name)
        assert state["read"] == ["BOS", *name, "BOS"]
        assert len(state["positions"]) == len(name) + 1
    assert machine_state(3, "zoe") == machine_state(3, "zoe"), "a look changes nothing"


def test_the_step_that_the_machine_shows_lowers_the_loss_of_the_name() -> None:
    seen = walk.walk(walk.run_after(0), "zoe")
    assert seen["loss"] == pytest.approx(sum(here["surprise"] for here in seen["positions"]) / 4)
    assert seen["loss after"] < seen["loss"]
    assert seen["loss"] == document_loss(taught(0), taught(0).tokenizer.encode("zoe"))


# The next letter, guessed


def test_counters_and_model_are_those_of_the_exam() -> None:
    """Over the whole exam, the mean surprises are the losses that `evaluate` finds."""
    model, size = taught(1000), Config().steps
    run = replace(begun(), model=model, losses=[0.0] * size)
    some = exam_names()[:30]
    assert exam_names() == held_out_documents(run)
    sitting = sit([(number, f"{name}.") for number, name in enumerate(some)])
    scores = evaluate(run, limit=30)
    right = [None, *(pytest.approx(scores[name].loss) for name in ("bigram", "back_off", "model"))]
    assert sitting.surprises == right
    assert sitting.asked == sitting.hits[0] == scores["model"].tokens
    assert sitting.is_over


def test_a_hit_is_a_right_letter_and_nothing_is_shown_that_was_not_guessed() -> None:
    name = exam_names()[1]
    sitting = sit([(0, "aa"), (1, name[:2])])
    assert sitting.shown == name[:2]
    assert not sitting.is_over
    assert name[2:] not in str(sitting)
    assert sitting.hits[0] == 2 + sum(letter == "a" for letter in exam_names()[0][:2])
    assert [one.letter for one in sitting.letters] == list(name[:2])


# Heads, with parts of the model switched off


def weights_by_hand(name: str, scale: float, placed: bool) -> list[list[list[float]]]:
    """Compute what the heads look at from the matrices, with a softmax of one's own."""
    parameters = taught(1000).parameters
    keys: list[list[list[float]]] = [[], [], [], []]
    found: list[list[list[float]]] = [[], [], [], []]
    for place, token in enumerate(taught(1000).tokenizer.encode(name)[:-1]):
        where = parameters["wpe"][place] if placed else [0.0] * 16
        x = rmsnorm(rmsnorm(add(parameters["wte"][token], where)))
        query, key = (linear(x, parameters[f"layer0.attn_{one}"]) for one in ("wq", "wk"))
        for head in range(4):
            part = slice(4 * head, 4 * head + 4)
            keys[head].append(key[part])
            sizes = [
                math.exp(scale * sum(a * b for a, b in zip(query[part], one, strict=True)))
                for one in keys[head]
            ]
            found[head].append([size / sum(sizes) for size in sizes])
    return found


@pytest.mark.parametrize(("is_scaled", "scale"), [(True, 0.5), (False, 1.0)])
@pytest.mark.parametrize("is_placed", [True, False])
def test_the_heads_look_as_the_formula_says(is_scaled: bool, scale: float, is_placed: bool) -> None:
    seen = look_through("charlotte", is_scaled, is_placed, [])
    for head, rows in zip(seen.heads, weights_by_hand("charlotte", scale, is_placed), strict=True):
        for row, right in zip(head, rows, strict=True):
            assert row == pytest.approx(right, abs=1e-9)


def test_without_places_equal_letters_get_equal_shares() -> None:
    for head in look_through("anna", True, False, []).heads:
        assert head[-1][2] == head[-1][3]
    assert any(head[-1][2] != head[-1][3] for head in look_through("anna", True, True, []).heads)


def test_the_trained_model_is_left_as_it_is_and_its_loss_is_that_of_the_name() -> None:
    tokens = taught(1000).tokenizer.encode("anna")
    found = look_through("anna", False, False, [1, 2], ("lm_head", 3, 4, 5.0))
    assert (
        found.trained.loss == document_loss(taught(1000), tokens) == look_through("anna", True, True, []).loss
    )
    assert found.weight == taught(1000).parameters["lm_head"][3][4]
    assert found.loss != found.trained.loss


def test_a_model_whose_heads_are_all_silent_hears_no_letter_but_the_last() -> None:
    one, other = (look_through(name, True, True, [0, 1, 2, 3]) for name in ("abba", "cdea"))
    assert one.chances == other.chances
    assert one.trained.chances != other.trained.chances
    one, other = (look_through(name, True, True, [0, 1, 2]) for name in ("abba", "cdea"))
    assert one.chances != other.chances
