"""Each ablation says the same to the book and to the compiled loops, and changes something."""

import json
import math
from typing import Any

import pytest

from microgpt.config import Config
from microgpt.engines.ablations import ABLATIONS, UNCHANGED, copy_with, tried
from microgpt.engines.alterations import Ablation
from microgpt.engines.engine import is_installed
from microgpt.study.edits import altered
from tests.support.process import microgpt

NAMES = ["emma", "ava", "mia", "liam", "olivia", "noah", "xi"]
SMALL = {"n_embd": 8, "n_head": 2, "n_layer": 2, "init_std": 0.2, "steps": 12}
EDITED = {name: one for name, one in ABLATIONS.items() if one.edits}
BY_EDITS = {one.edits: name for name, one in reversed(EDITED.items())}
"""One name for each change of the source; some differ by a dial only."""


def losses(package: Any, engine: Any, dials: dict[str, Any]) -> list[float]:
    run = package.new_run(package.Config(**SMALL | dials), NAMES)
    package.engines.engine.adopt(run, engine)
    return [step.loss for step in package.train(run)]


@pytest.mark.parametrize("name", EDITED)
def test_an_edit_changes_the_losses(name: str) -> None:
    copy, true = altered(*EDITED[name].edits), altered()
    changed, usual = (losses(one, one.engines.dots.engine(), {}) for one in (copy, true))
    assert all(map(math.isfinite, changed))
    difference = max(abs(a - b) for a, b in zip(changed, usual, strict=True))
    assert difference > 1e-6


@pytest.mark.slow
@pytest.mark.compiles
@pytest.mark.parametrize("name", BY_EDITS.values())
def test_the_book_and_the_loops_are_changed_alike(name: str) -> None:
    """The compiled loops of the altered copy follow its book, as the true ones follow the true book."""
    pytest.importorskip("numba")
    ablation = ABLATIONS[name]
    copy, dials = copy_with(ablation), {"learning_rate": ablation.dials.get("learning_rate", 0.01) / 10}
    book, loops = (losses(copy, module.engine(), dials) for module in (copy.engines.dots, copy.engines.loops))
    assert max(abs(a - b) for a, b in zip(book, loops, strict=True)) < 1e-11
    crowd = copy.engines.crowd.train_crowd(copy.Config(**SMALL | dials), NAMES, [42], NAMES[:2])
    assert crowd.losses[0].tolist() == pytest.approx(book, abs=1e-11)


def test_a_turned_dial_is_one_that_can_be_turned() -> None:
    for ablation in ABLATIONS.values():
        assert Config(**ablation.dials) != Config() or ablation.edits
        assert not ablation.compiled or ablation.edits


def test_all_are_paired_with_the_same_seeds_and_the_same_exam() -> None:
    pytest.importorskip("numba")
    config = Config(n_embd=4, n_head=2, steps=5)
    once, again = (tried(UNCHANGED, config, NAMES, ["mona", "lia"], [3, 4, 5]) for _ in range(2))
    assert once == again
    turned = tried(Ablation("dials", {"steps": 6}), config, NAMES, ["mona", "lia"], [3, 4, 5])
    assert all(a != b for a, b in zip(once, turned, strict=True))


@pytest.mark.skipif(not is_installed("numba"), reason="numba is not installed")
def test_the_command_shows_every_effect_with_its_interval() -> None:
    flags = [
        "--only",
        "1 head,beta1 0",
        "--seeds",
        "3",
        "--steps",
        "4",
        "--n-embd",
        "4",
        "--dataset",
        "elements",
    ]
    done = microgpt("ablate", *flags)
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 seeds; learning from elements, judged by 39 documents" in done.stdout
    content = json.loads(microgpt("ablate", *flags, "--json").stdout)
    assert set(content["effects"]) == {"1 head", "beta1 0"}
    for name, effect in content["effects"].items():
        pairs = zip(content["losses"][name], content["losses"]["unchanged"], strict=True)
        assert effect["mean"] == pytest.approx(sum(a - b for a, b in pairs) / 3)
        assert f"{effect['mean']:+.4f}  {effect['margin']:.4f}" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--only", "no relu"], "there is no ablation 'no relu'; did you mean 'no ReLU'?"),
        (["--only", "8 heads", "--n-embd", "12", "--n-head", "2"], "'8 heads' cannot be tried: n_embd = 12"),
        (["--seeds", "1"], "--seeds"),
    ],
)
def test_what_cannot_be_tried_is_refused(arguments: list[str], sentence: str) -> None:
    done = microgpt("ablate", *arguments)
    assert done.returncode == 2
    assert sentence in done.stderr
