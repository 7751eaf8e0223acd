"""A run as somebody meets it: what it says before, while and after."""

import re
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import pytest

from microgpt import Config, bundled_documents, load_checkpoint, new_run, read_documents, train
from microgpt.config import summary
from microgpt.evaluation import OPPONENTS
from microgpt.model import parameters_of
from tests.support.process import CLEAN, FEW, SMALL, in_a_terminal, in_process, microgpt
from tests.support.reference import golden, needs_the_original


@pytest.mark.slow
def test_a_run_says_what_it_does_shows_progress_samples_and_a_summary() -> None:
    done = microgpt(*SMALL)
    assert (done.returncode, done.stderr) == (0, "")
    first = "Learning to write like names in 3 steps, then inventing 2 of its own.\n"
    assert done.stdout.startswith(first)
    assert "2,917 documents, 2,917 distinct\n27 tokens: 26 characters" in done.stdout
    assert "step 3/3" in done.stdout
    assert "2 samples at temperature 0.5" in done.stdout
    assert "loss of the last step" in done.stdout


def told_settings(text: str) -> list[str]:
    names = [dial.name for dial in fields(Config)]
    return [name for name in re.findall(r"^(\w+) +\S+  \w", text, re.MULTILINE) if name in names]


@pytest.mark.slow
def test_settings_that_differ_are_shown_and_all_of_them_if_somebody_asks() -> None:
    done = microgpt(*FEW)
    assert told_settings(done.stdout) == ["n_embd", "n_head", "steps", "samples"]
    assert re.search(r"^n_embd +8 ", done.stdout, re.MULTILINE)
    every = microgpt(*FEW, "--settings")
    assert told_settings(every.stdout) == [dial.name for dial in fields(Config)]
    assert "all settings stand at their defaults" in microgpt("--dry-run").stdout


def test_names_appear_within_a_screen_of_24_lines(default_run: tuple[Path, str, Path]) -> None:
    lines = default_run[1].splitlines()
    first = next(number for number, line in enumerate(lines, 1) if re.match(r" 1 [+=*] \w+", line))
    assert first < 24
    assert max(map(len, lines)) <= 80
    shown = re.sub(
        r"\x1b\[[^a-zA-Z]*[a-zA-Z]|\r", "", in_a_terminal("--steps", "30", "--no-exam", "--no-save")
    )
    assert len(re.findall(r"^ ?\d+ [+=*] \w*", "\n".join(shown.split("\n")[:24]), re.MULTILINE)) >= 8


@pytest.mark.slow
def test_the_printed_losses_are_those_of_the_library() -> None:
    losses = [step.loss for step in train(new_run(Config(steps=3, n_embd=8, n_head=2), bundled_documents()))]
    out = microgpt(*SMALL).stdout
    for number, loss in enumerate(losses, start=1):
        assert f"step {number}/3  loss {loss:.4f}  mean {sum(losses[:number]) / number:.4f}" in out
    assert f"loss of the last step          {losses[-1]:.4f}" in out
    assert f"mean loss of the last 3        {sum(losses) / 3:.4f}" in out


def without_time(text: str) -> str:
    return re.sub(r"time .*", "", text)


def test_piped_output_is_plain_and_the_same_each_time_and_in_a_process_of_its_own() -> None:
    first, second, real = microgpt(*FEW), microgpt(*FEW), in_process(*FEW)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", first.stdout)
    assert max(map(len, first.stdout.splitlines())) <= 80
    assert without_time(first.stdout) == without_time(second.stdout) == without_time(real.stdout)
    assert (real.returncode, real.stderr) == (0, "")


def test_quiet_prints_the_samples_and_nothing_else() -> None:
    done = microgpt(*FEW, "--quiet")
    assert done.stderr == ""
    assert len(done.stdout.split("\n")) == 3
    assert microgpt(*FEW, "--quiet", "--samples", "0").stdout.strip() == ""


@pytest.mark.slow
def test_zero_steps_shows_an_untrained_model() -> None:
    done = microgpt("--steps", "0", "--samples", "1", "--dataset", "elements")
    assert done.returncode == 0
    assert "1 sample at temperature" in done.stdout
    assert "loss of the last step" not in done.stdout
    losses = dict(re.findall(r"^([\w -]+?) {2,}(\d\.\d+) ", done.stdout, re.MULTILINE))
    assert len({losses[opponent.title] for opponent in OPPONENTS.values()}) == 1
    assert abs(float(losses["this model"]) - float(losses["uniform die"])) < 0.1


def test_help_names_every_dial_with_its_explanation() -> None:
    done = microgpt("--help", env={"COLUMNS": "200"})
    text = " ".join(re.sub(r"[│╭╮╰╯─]", " ", done.stdout).split())
    for dial in fields(Config):
        assert f"--{dial.name.replace('_', '-')}" in text
        assert summary(dial.name) in text
        assert summary(dial.name)
    assert microgpt("-h").stdout == microgpt("--help").stdout


@needs_the_original
@pytest.mark.xdist_group("names.txt run")
@pytest.mark.slow
def test_names_txt_ends_with_the_original_loss_and_names(names_txt_run: tuple[Path, str, Path]) -> None:
    _, printed, checkpoint = names_txt_run
    assert "loss of the last step          2.6497" in printed
    marked = re.findall(r"^ ?\d+ ([+=*]) (\w+)$", printed, re.MULTILINE)
    assert [name for _, name in marked] == golden()["samples"]
    names = set(read_documents(load_checkpoint(checkpoint).source.name))
    assert [mark for mark, _ in marked] == ["=" if name in names else "+" for _, name in marked]
    assert "45% new; 55% in the data, not trained on; 20 different" in printed
    judged = re.search(r"^this model +(\S+) +(\S+)", printed, re.MULTILINE)
    assert judged
    assert abs(float(judged[1]) - 2.3591) < 3 * float(judged[2])  # 2.3591: on some 26,000 unseen names


def test_any_text_file_will_do() -> None:
    Path("städte.txt").write_text("Zürich\n\n  Łódź  \nSão Paulo [bold]\n", encoding="utf-8")
    done = microgpt(*SMALL, "--input", "städte.txt")
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 documents" in done.stdout


def test_long_documents_are_counted() -> None:
    Path("long.txt").write_text("abc\nabcd\nabcdefgh\n", encoding="utf-8")
    done = microgpt(*SMALL, "--block-size", "4", "--input", "long.txt")
    assert "2 documents too long for a block_size of 4: only the beginning is read" in done.stdout


def test_samples_that_the_terminal_cannot_show_do_not_end_the_run() -> None:
    Path("umlauts.txt").write_text("äöü\n", encoding="utf-8")
    ascii_only = {**CLEAN, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = in_process(*SMALL, "--input", "umlauts.txt", env=ascii_only)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["[red].txt", ":cat:.txt"])
def test_a_name_is_a_name_and_no_markup_and_no_picture(name: str) -> None:
    Path(name).write_text("[b]\na:o:b\n:smile:\n", encoding="utf-8")
    done = microgpt(*SMALL, "--input", name, "--save", ":dog:.json")
    assert f"{name}: 3 documents" in done.stdout
    assert "saved in :dog:.json" in done.stdout


def test_data_cannot_steer_the_terminal() -> None:
    Path("red\x1b[31m.txt").write_text("a\x1b[31mb\n", encoding="utf-8")
    for quiet in ([], ["--quiet"]):
        done = microgpt(*SMALL, "--samples", "9", "--input", "red\x1b[31m.txt", *quiet)
        assert "\x1b" not in done.stdout
        assert "\\x1b" in done.stdout


def test_what_joins_letters_is_escaped_on_a_terminal_only() -> None:
    Path("joined.txt").write_text("a\u200ca\n", encoding="utf-8")
    flags = [*SMALL, "--samples", "30", "--input", "joined.txt", "--quiet", "--no-save"]
    assert "\u200c" in microgpt(*flags).stdout
    assert "\\u200c" in in_a_terminal(*flags)
    assert "\u200c" not in in_a_terminal(*flags)


@pytest.mark.slow
def test_a_share_held_out_is_said_and_judged_by() -> None:
    done = microgpt(*SMALL, "--hold-out", "0.1")
    assert "292 of the distinct ones are set aside to judge by" in done.stdout
    assert "held-out loss on 292 documents not trained on" in done.stdout


def test_samples_are_marked_with_a_sign_and_a_color() -> None:
    Path("two.txt").write_text("aa\nab\n", encoding="utf-8")
    flags = ["--input", "two.txt", "--steps", "60", "--samples", "40", "--n-embd", "8", "--seed", "1"]
    shown = microgpt(*flags).stdout
    marked = re.findall(r"^ ?\d+ ([+=*]) (\w*|\(empty\))(  again)?$", shown, re.MULTILINE)
    assert len(marked) == 40
    seen: set[str] = set()
    for mark, sample, again in marked:
        assert mark == ("*" if sample in ("aa", "ab") else "+")
        assert bool(again) == (sample in seen)
        seen.add(sample)
    known = sum(mark == "*" for mark, _, _ in marked)
    shares = [*([f"{1 - known / 40:.0%} new"] if known < 40 else []), f"{known / 40:.0%} trained on"]
    assert "; ".join([*shares, f"{len(seen)} different"]) in shown
    assert "Training has seen every document" in shown
    assert "--hold-out 0.1" in shown
    assert "\x1b[31m* " in in_a_terminal(*flags, "--no-save")


def test_a_model_gone_astray_is_judged_without_a_traceback() -> None:
    done = microgpt(*FEW, "--init-std", "30", "--samples", "0", "--steps", "0")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"this model +(\d+\.\d+|inf)", done.stdout)


@pytest.mark.slow
def test_the_exam_can_be_left_out_and_comes_after_the_saving() -> None:
    done = microgpt(*FEW)
    assert 0 < done.stdout.index("saved in") < done.stdout.index("held-out loss")
    assert "held-out" not in microgpt(*FEW, "--no-exam").stdout


def test_a_dry_run_says_what_it_would_need_and_does_nothing() -> None:
    done = microgpt("--dry-run", "--steps", "50")
    assert (done.returncode, done.stderr) == (0, "")
    assert "4,192 parameters" in done.stdout
    needs = re.search(r"^memory: about (\d+) MB\ntime: about (\d+) s for 50 steps", done.stdout, re.MULTILINE)
    assert needs
    assert 1 <= int(needs[1]) < 100
    assert re.search(r"^it would be kept in runs/names-1x16x4-steps50", done.stdout, re.MULTILINE)
    assert "step 1/" not in done.stdout
    assert list(Path().iterdir()) == []


def test_the_version_is_that_of_the_package() -> None:
    from importlib.metadata import version

    assert microgpt("--version").stdout == f"microgpt {version('microgpt')}\n"


@pytest.mark.slow
def test_documents_and_settings_can_come_from_standard_input() -> None:
    done = microgpt(*SMALL, "--input", "-", stdin="Rex\nZoë\n".encode())
    assert (done.returncode, done.stderr) == (0, "")
    assert "-: 2 documents" in done.stdout
    done = microgpt("--config", "-", "--dataset", "elements", stdin=b"steps = 2\nn_embd = 8\nsamples = 1\n")
    assert "step 2/2" in done.stdout


def values(text: str, names: Sequence[str]) -> list[str]:
    return [match for name in names for match in re.findall(rf"^{name} +(\S+)", text, re.MULTILINE)]


def test_flags_win_over_the_file() -> None:
    Path("mine.toml").write_text("steps = 2  # few\nn_embd = 8\nn_head = 2\nsamples = 1\n", encoding="utf-8")
    done = microgpt("--config", "mine.toml", "--samples", "3", "--dataset", "elements")
    assert "step 2/2" in done.stdout
    assert "3 samples at" in done.stdout
    assert values(done.stdout, ["n_embd"]) == ["8"]


@pytest.mark.slow
def test_a_seed_of_any_length_will_do() -> None:
    assert microgpt(*FEW, "--seed", "1" + 400 * "0").returncode == 0


def test_a_folder_called_microgpt_is_not_in_the_way() -> None:
    """As it is beside a fresh clone."""
    Path("microgpt", "datasets").mkdir(parents=True)
    assert in_process(*FEW, "--no-save").returncode == 0


def test_the_printed_number_of_parameters_is_that_of_the_model() -> None:
    run = new_run(Config(n_embd=8, n_head=2), bundled_documents("elements"))
    assert f"{len(parameters_of(run.model)):,} parameters" in microgpt(*FEW).stdout
