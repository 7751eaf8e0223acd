"""The records of curves and rates, and what the chapters say of them."""

import re
import statistics
from dataclasses import asdict

import pytest
from sitemaker import curves, experiments
from sitemaker.figures import comparison
from sitemaker.figures.of_curves import best_rate, found_rates

from microgpt import Config, bundled_documents, training
from microgpt.engines.trials import fixed_exam


def test_every_curve_was_drawn() -> None:
    record = experiments.measurements("curves")
    dials = asdict(Config(steps=curves.POINTS[-1]))
    rest, exam = fixed_exam(bundled_documents(), Config())
    assert record["settings"] == dials | {
        "seeds": [*range(1, 9)],
        "exam": len(exam),
        "watched": curves.WATCHED,
    }
    assert record["points"] == [*curves.POINTS]
    expected = [(names or len(rest), width) for names, width in curves.RUNS]
    assert [(one["names"], one["n_embd"]) for one in record["results"]] == expected


def test_the_curves_are_what_the_program_computes() -> None:
    pytest.importorskip("numba")
    rest, exam = fixed_exam(bundled_documents(), Config())
    record = experiments.measurements("curves")["results"][0]
    found = [
        curves.curve(rest, exam, record["names"], record["n_embd"], seed, curves.POINTS[:6])
        for seed in range(1, 9)
    ]
    for kind, number in (("learned", 0), ("others", 1)):
        means = [sum(values) / 8 for values in zip(*(one[number] for one in found), strict=True)]
        assert means == pytest.approx(record[kind][:6], abs=1e-4)


def test_few_names_are_learned_by_heart_and_many_are_not() -> None:
    results = experiments.measurements("curves")["results"]
    few, *_, most = [one for one in results if one["n_embd"] == 16]
    assert few["others"].index(min(few["others"])) == curves.POINTS.index(200)
    assert few["others"][-1] > 3 * min(few["others"])
    assert few["learned"] == sorted(few["learned"], reverse=True)
    assert most["others"] == sorted(most["others"], reverse=True)
    by_width = sorted((one for one in results if one["names"] == 100), key=lambda one: one["n_embd"])
    assert [one["n_embd"] for one in by_width] == [4, 8, 16, 32]
    learned = [round(one["learned"][-1], 2) for one in by_width]
    assert learned[:3] == sorted(learned[:3], reverse=True)
    assert learned[2] == learned[3]


def test_the_best_rate_falls_with_width_and_with_length() -> None:
    best = [[best_rate(n_embd=width, steps=steps) for steps in curves.LENGTHS] for width in curves.WIDTHS]
    for row in [*best, *zip(*best, strict=True)]:
        assert [*row] == sorted(row, reverse=True)
    assert best[0][0] > best[-1][-1]


def test_the_rates_are_what_the_program_computes() -> None:
    pytest.importorskip("numba")
    from microgpt.engines.crowd import train_crowd

    rest, exam = fixed_exam(bundled_documents(), Config())
    seeds = experiments.measurements("rates")["settings"]["seeds"]
    for one in found_rates(n_embd=8, steps=240):
        config = Config(n_embd=8, steps=240, learning_rate=one["rate"])
        assert float(train_crowd(config, rest, seeds, exam).held_out.mean()) == pytest.approx(
            one["loss"], abs=1e-4
        )


def test_what_the_chapters_repeat_of_the_record_is_there() -> None:
    short, long = experiments.measurements("matters")["results"][:2]
    told = ("unchanged", "constant rate", "cosine in place of a line", "batches of 4", "batches of 16")
    means = [statistics.fmean(short["losses"][name]) for name in told]
    assert [f"{mean:.3f}" for mean in means] == ["2.359", "2.447", "2.366", "2.273", "2.199"]
    assert f"{statistics.fmean(long['losses']['unchanged']):.3f}" == "2.227"
    for number in ("2.359", "2.447", "2.366", "2.273", "2.199", "2.227"):
        assert number in (training.__doc__ or "")
    effects = comparison.effects()
    for steps in (1000, 10_000):
        setup = effects[comparison.Setup(steps, 1)]
        assert not setup["no correction of the start"].is_clear
        assert not setup["beta1 0"].is_clear


def test_the_tables_of_the_chapter_are_the_records() -> None:
    text = training.__doc__ or ""
    for width in curves.WIDTHS:
        row = [best_rate(n_embd=width, steps=steps) for steps in curves.LENGTHS]
        assert f"| {width} | {' | '.join(f'{rate:g}' for rate in row)} |" in text
    for one in experiments.measurements("curves")["results"]:
        if one["names"] == 100:
            ends = (one["learned"][-1], min(one["others"]), one["others"][-1])
            assert re.search(
                rf"\| {one['n_embd']} \| \d+ \| {' . '.join(f'{end:.2f}' for end in ends)} \|", text
            )
