"""The exam and the counters, against computations of another kind."""

import collections
import math
import random
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microgpt import Config, as_floats, bundled_documents, evaluate, new_run, read_documents, train
from microgpt.autograd import total
from microgpt.evaluation import (
    LONGEST,
    OPPONENTS,
    CountingBaselines,
    Novelty,
    held_out_documents,
    model_surprises,
    novelty_in,
    score_of,
)
from microgpt.loss import document_loss
from tests.support.reference import needs_the_original, reference_file

texts = st.lists(st.text("abc", min_size=1, max_size=7), min_size=1, max_size=12)


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(texts, st.integers(1, 9))
def test_rewound_caches_give_the_bits_of_single_documents(documents: list[str], block_size: int) -> None:
    model = as_floats(new_run(Config(n_embd=4, n_head=2, n_layer=2, block_size=block_size), ["abc"]).model)
    encoded = [model.tokenizer.encode(document) for document in documents]
    means = [total(one) * (1 / len(one)) for one in model_surprises(model, encoded)]
    assert means == [document_loss(model, tokens) for tokens in encoded]


@settings(deadline=None, max_examples=60)
@given(texts, st.integers(1, 9))
def test_counters_agree_with_counting_in_the_text(documents: list[str], block_size: int) -> None:
    """Counted again with string methods: the mark is written as a full stop."""
    marked = [f".{document}."[: block_size + 1] for document in documents]
    tokens = {character: place for place, character in enumerate("abc.")}
    encoded = [[tokens[character] for character in f".{document}."] for document in documents]
    counts = CountingBaselines.of(encoded, vocab_size=4, block_size=block_size)
    answers = "".join(text[1:] for text in marked)
    for first in "abc.":
        followed = sum(text[:-1].count(first) for text in marked)
        for second in "abc.":
            pairs = sum(text[i : i + 2] == first + second for text in marked for i in range(len(text) - 1))
            place = (tokens[first],), tokens[second]
            assert counts.bigram(*place) == (pairs + 1) / (followed + 4)
            assert counts.unigram(*place) == (answers.count(second) + 1) / (len(answers) + 4)
            assert counts.uniform(*place) == 0.25
        for chance in (counts.bigram, counts.unigram):
            assert math.fsum(chance((tokens[first],), answer) for answer in range(4)) == pytest.approx(1)


@settings(deadline=None, max_examples=60)
@given(texts, st.text("abc", max_size=7), st.integers(1, 9))
def test_backing_off_agrees_with_counting_in_the_text(
    documents: list[str], before: str, block_size: int
) -> None:
    """By recursion from the longest context down, with string methods; the mark is written as a full stop."""
    marked = [f".{document}."[: block_size + 1] for document in documents]

    def chance(context: str, answer: str) -> float:
        if context:
            shorter = chance(context[1:], answer)
            follow = sum(text[:-1].startswith(context, at) for text in marked for at in range(len(text) - 1))
        else:
            shorter = 1 / 4
            follow = sum(len(text) - 1 for text in marked)
        first = 0 if context else 1  # the first mark of a document is no answer
        count = sum(
            text.startswith(context + answer, at) for text in marked for at in range(first, len(text))
        )
        return (count + 4 * shorter) / (follow + 4)

    places = {character: place for place, character in enumerate("abc.")}
    counts = CountingBaselines.of(
        [[places[character] for character in f".{document}."] for document in documents], 4, block_size
    )
    context = tuple(places[character] for character in f".{before}"[-LONGEST:])
    found = [counts.back_off(context, answer) for answer in range(4)]
    assert found == pytest.approx([chance(f".{before}"[-4:], answer) for answer in "abc."])
    assert math.fsum(found) == pytest.approx(1)


def test_what_was_never_seen_is_left_to_the_shorter_contexts() -> None:
    counts = CountingBaselines.of([[3, 0, 1, 2, 3]], vocab_size=4, block_size=16)
    assert counts.back_off((2, 2, 2, 0), 1) == pytest.approx(counts.back_off((0,), 1))
    assert counts.back_off((3, 0), 1) > counts.back_off((0,), 1) > counts.back_off((), 1)


def test_the_standard_error_is_the_scatter_of_repeated_exams() -> None:
    """Two thousand exams drawn from one population: their losses scatter as each of them says."""
    rng = random.Random(1)

    def one_exam() -> list[list[float]]:
        return [
            [abs(rng.gauss(2, 1)) + hard] * rng.randint(1, 9) for hard in (rng.random() for _ in range(50))
        ]

    scores = [score_of(one_exam()) for _ in range(2000)]
    scatter = statistics.stdev(score.loss for score in scores)
    assert statistics.mean(score.standard_error for score in scores) == pytest.approx(scatter, rel=0.05)


@settings(deadline=None, max_examples=100)
@given(texts, st.integers(0, 20), st.sampled_from([0.0, 0.2, 0.5]), st.integers(1, 8))
def test_an_exam_is_distinct_and_unseen(
    documents: list[str], steps: int, hold_out: float, block_size: int
) -> None:
    if len({document[:block_size] for document in documents}) < 2:
        hold_out = 0.0
    run = new_run(Config(n_embd=1, n_head=1, steps=20, hold_out=hold_out, block_size=block_size), documents)
    run.losses = [0.0] * steps
    questions = held_out_documents(run)
    met = {run.documents[i % len(run.documents)][:block_size] for i in range(steps)}
    assert len(questions) == len(set(questions))
    assert not met & set(questions)
    pool = run.held_out or run.documents
    assert set(questions) == {document[:block_size] for document in pool} - met
    assert held_out_documents(run, limit=2) == questions[:2]


def test_a_share_held_out_is_never_trained_on_and_moves_nothing_else() -> None:
    names = [*bundled_documents(), *bundled_documents()[:500]]
    plain, shared = new_run(Config(steps=5), names), new_run(Config(steps=5, hold_out=0.1), names)
    assert len(shared.held_out) == round(0.1 * len(set(names)))
    assert not set(shared.held_out) & set(shared.documents)
    assert sorted([*shared.documents, *(n for n in names if n in set(shared.held_out))]) == sorted(names)
    assert shared.rng.getstate() == plain.rng.getstate()
    assert [step.loss for step in train(shared)] == [step.loss for step in train(plain)]


def test_evaluation_draws_nothing_and_changes_nothing() -> None:
    run = new_run(Config(steps=4, n_embd=4), bundled_documents())
    _ = list(train(run))
    before = run.rng.getstate(), as_floats(run.model), list(run.losses), list(run.optimizer.m)
    evaluate(run, limit=50)
    assert before == (run.rng.getstate(), as_floats(run.model), run.losses, run.optimizer.m)


def test_nothing_is_judged_when_everything_was_seen() -> None:
    run = new_run(Config(steps=6, n_embd=4), ["ava", "mia", "ava"])
    _ = list(train(run))
    assert evaluate(run) == {}


def test_a_model_gone_astray_gets_an_infinite_loss_and_no_traceback() -> None:
    run = new_run(Config(init_std=1e3, steps=1, n_embd=4), ["ava", "mia", "emma", "liam"])
    assert evaluate(run)["model"].loss == math.inf


def test_novelty_counts_only_what_the_model_reads() -> None:
    novelty = novelty_in(["avanti"], ["avanti", "emma"], block_size=3)
    assert novelty("ava") is Novelty.TRAINED_ON
    assert novelty("emm") is Novelty.IN_DATA
    assert novelty("emma") is Novelty.NEW


def test_the_opponents_sit_the_same_exam_in_the_order_of_their_table() -> None:
    run = new_run(Config(steps=3, n_embd=4), bundled_documents("elements"))
    _ = list(train(run))
    scores, counts = evaluate(run, limit=20), CountingBaselines.of_run(run)
    assert list(scores) == ["model", *OPPONENTS]
    assert len({(score.documents, score.tokens) for score in scores.values()}) == 1
    texts = [run.model.tokenizer.encode(document) for document in held_out_documents(run, limit=20)]
    pairs = [
        (tuple(tokens[:end][-LONGEST:]), tokens[end]) for tokens in texts for end in range(1, len(tokens))
    ]
    assert max(map(len, texts)) <= run.config.block_size + 1
    chances = {name: getattr(counts, name) for name in ("back_off", "bigram", "unigram", "uniform")}
    assert set(chances) == set(OPPONENTS)
    for name, chance in chances.items():
        surprises = [-math.log(chance(*pair)) for pair in pairs]
        assert scores[name].loss == pytest.approx(math.fsum(surprises) / len(surprises))


@pytest.mark.slow
@needs_the_original
def test_the_counters_on_names_txt_are_what_others_counted() -> None:
    """Of a separate count, on other unseen names: unigram 2.827, bigram 2.5045."""
    run = new_run(Config(steps=1000), read_documents(reference_file("names.txt")))
    trained = run.documents[:1000]
    later = [name for name in dict.fromkeys(run.documents) if name not in set(run.documents[:3000])]
    counts = CountingBaselines.of(map(run.model.tokenizer.encode, trained), 27, 16)
    follow = collections.Counter(p for name in later for p in zip(f".{name}", f"{name}.", strict=True))
    number = {letter: place for place, letter in enumerate("abcdefghijklmnopqrstuvwxyz.")}
    for chance, expected in ((counts.unigram, 2.827), (counts.bigram, 2.5045)):
        surprises = [n * -math.log(chance((number[a],), number[b])) for (a, b), n in follow.items()]
        assert math.fsum(surprises) / follow.total() == pytest.approx(expected, abs=7e-3)
