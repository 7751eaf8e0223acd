"""Inventing with a saved model, judging it, and the lists of what there is."""

import json
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from microgpt import Config, bundled_documents, evaluate, load_checkpoint, resume
from microgpt.autograd import Value
from microgpt.config import explain
from microgpt.data import DATASETS
from microgpt.evaluation import OPPONENTS
from microgpt.sampling import entropy, probabilities_at, sample_tokens
from microgpt.terminal.config_files import as_toml, read_config
from tests.support.process import CLEAN, FEW, assert_refused, in_a_terminal, in_process, microgpt
from tests.terminal.test_resuming import samples_in


def test_sampling_again_gives_the_samples_of_the_run(trained: tuple[Path, str]) -> None:
    path, printed = trained
    done = microgpt("sample", path, "-n", "6")
    assert (done.returncode, done.stderr) == (0, "")
    assert samples_in(done.stdout) == samples_in(printed)
    assert len(samples_in(printed)) == 6
    assert in_process("sample", path, "-n", "6").stdout == done.stdout


def test_a_prompt_begins_every_sample(trained: tuple[Path, str]) -> None:
    flags = ["sample", str(trained[0]), "--prompt", "dieg", "-n", "8", "--temperature", "0.9", "--seed", "7"]
    done = microgpt(*flags)
    samples = samples_in(done.stdout)
    assert len(samples) == 8
    assert all(sample.startswith("dieg") for sample in samples)
    assert len(set(samples)) > 1
    assert microgpt(*flags).stdout == done.stdout
    assert microgpt(*flags[:-1], "8").stdout != done.stdout
    assert "8 samples at temperature 0.9" in done.stdout
    quiet = microgpt(*flags, "--quiet")
    assert quiet.stdout.split() == samples
    as_json = json.loads(microgpt(*flags, "--json").stdout)
    assert [sample["text"] for sample in as_json["samples"]] == samples
    assert {sample["novelty"] for sample in as_json["samples"]} <= {
        *("new", "trained on", "in the data, not trained on")
    }
    assert (as_json["checkpoint"], as_json["temperature"]) == (str(trained[0]), 0.9)


@pytest.mark.parametrize(
    ("flags", "status", "words"),
    [
        (["--prompt", "Zoé"], 1, ["'Z', 'é', which are", "not in the alphabet 'abcdefghijklmnopqrstuvwxyz'"]),
        (["--prompt", "a" * 16], 1, ["has 16 characters", "has room for 15 and an answer; shorten it"]),
        (["--temperature", "0"], 2, ["temperature must be a number above 0, but 0.0 was given"]),
        (["--temperature", "nan"], 2, ["temperature must be a finite number above 0, but nan was given"]),
        (["--seed", "-1"], 2, ["seed must be a whole number of at least 0"]),
        (["-n", "0"], 2, ["-n"]),
        (["--steps", "5"], 2, ["--steps"]),
        (["--stages", "loss"], 2, ["sampling has only the stages"]),
        (["--json", "--verbose"], 2, ["--json and --verbose (or what narrows it) contradict"]),
        (["--json", "--trace", "-"], 2, ["--trace - and --json both want standard output"]),
        (["--json", "--input", "no.txt"], 1, ["cannot read 'no.txt'"]),
    ],
)
def test_impossible_samples_are_refused(
    flags: list[str], status: int, words: list[str], trained: tuple[Path, str]
) -> None:
    assert_refused(microgpt("sample", trained[0], *flags), status, *words)


def test_the_longest_prompt_gets_one_more_character(trained: tuple[Path, str]) -> None:
    done = microgpt("sample", trained[0], "--prompt", "a" * 15, "-n", "3", "--quiet")
    assert all(15 <= len(sample) <= 16 for sample in done.stdout.split())


def test_probabilities_are_those_of_the_model(trained: tuple[Path, str]) -> None:
    loaded = load_checkpoint(trained[0])
    made = list(sample_tokens(loaded.model, random.Random(5), 0.8, "ma"))
    flags = ["--prompt", "ma", "--seed", "5", "--temperature", "0.8", "-n", "1", "--probabilities"]
    shown = microgpt("sample", trained[0], *flags).stdout
    told = re.findall(r"came (\w+), probability ([\d.]+); entropy ([\d.]+) bits", shown)
    name = loaded.model.tokenizer.name
    assert told == [
        (name(c.token), f"{c.probabilities[c.token]:.3f}", f"{entropy(c.probabilities):.2f}") for c in made
    ]
    bars = re.findall(r"^  > (\w+) +([\d.]+) +([\d.]+)(?:  █+)?$", shown, re.MULTILINE)
    assert bars == [
        (
            name(c.token),
            *(f"{part[c.token]:.3f}" for part in (probabilities_at(c.logits, 1.0), c.probabilities)),
        )
        for c in made
    ]
    for part in re.split(r"came ", shown)[1:]:
        rows = re.findall(r"^  (?:[> ] \w+ +|  others)([\d.]+) +([\d.]+)", part, re.MULTILINE)
        assert len(rows) >= 6
        for column in zip(*rows, strict=True):
            assert sum(map(float, column)) == pytest.approx(1, abs=0.004)


@pytest.mark.slow
def test_no_graph_is_built_while_sampling(trained: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a Value was made")

    monkeypatch.setattr(Value, "__init__", refuse)
    for extra in ([], ["--probabilities"], ["--quiet"], ["--json"]):
        done = microgpt("sample", trained[0], "--prompt", "ma", *extra)
        assert done.returncode == 0, done.stderr


def test_on_a_terminal_it_asks_again_and_again(trained: tuple[Path, str]) -> None:
    keys = ["mar\n", "XYZ\n", "\n", "\x04"]
    arguments = ["sample", str(trained[0]), "-n", "2"]
    shown = in_a_terminal(*arguments, keys=keys, at="begin with", NO_COLOR="1", TERM="dumb")
    assert shown.count("begin with") == 4
    assert len(re.findall(r"^\d [+=*] mar", shown, re.MULTILINE)) == 2
    assert len(samples_in(shown.replace("\r", ""))) == 4
    assert "the prompt 'XYZ' has 'X', 'Y', 'Z', which are not in the alphabet" in shown.replace("\r\n", " ")
    assert "Traceback" not in shown


def test_the_arrow_keys_bring_an_earlier_beginning_back(trained: tuple[Path, str]) -> None:
    pytest.importorskip("readline", reason="this Python has no line editing")
    keys = ["mar\n", "\x1b[A\n", "\x04"]
    shown = in_a_terminal("sample", trained[0], "-n", "1", keys=keys, at="begin with", NO_COLOR="1")
    shown = re.sub(r"\x1b\[[^m]*m", "", shown)
    assert len(re.findall(r"^\d [+=*] mar", shown, re.MULTILINE)) == 2


def test_a_byte_that_is_no_text_is_no_traceback(trained: tuple[Path, str]) -> None:
    keys = [b"\xff\xfe\n", b"\x04"]
    shown = in_a_terminal("sample", trained[0], "-n", "1", keys=keys, at="begin with", NO_COLOR="1")
    assert "not in the alphabet" in " ".join(shown.split())
    assert "Traceback" not in shown
    flags = ["--pause", "--stages", "loss", "--steps", "1", "--samples", "0", "--no-save", "--no-exam"]
    shown = in_a_terminal(*flags, keys=[b"\xff\n"], at="[Enter]", NO_COLOR="1")
    assert "their mean is the loss" in shown
    assert "Traceback" not in shown


# Judging


@pytest.mark.slow
def test_evaluate_prints_what_the_run_printed(trained: tuple[Path, str]) -> None:
    path, printed = trained
    done = microgpt("evaluate", path)
    assert (done.returncode, done.stderr) == (0, "")
    table = done.stdout.partition("held-out")[2]
    assert table
    assert table.strip() in printed
    for title in ("this model", *(opponent.title for opponent in OPPONENTS.values())):
        assert title in table


@pytest.mark.slow
def test_evaluate_as_json_gives_the_scores_of_the_library(trained: tuple[Path, str]) -> None:
    loaded = load_checkpoint(trained[0])
    scores = evaluate(resume(loaded, bundled_documents()))
    found = json.loads(microgpt("evaluate", trained[0], "--json").stdout)
    assert (found["checkpoint"], found["step"]) == (str(trained[0]), 120)
    assert found["scores"] == {name: vars(score) for name, score in scores.items()}


def test_json_has_no_word_for_what_is_infinite(monkeypatch: pytest.MonkeyPatch) -> None:
    microgpt(*FEW, "--steps", "0", "--init-std", "30", "--samples", "0", "--save", "astray.json", "--no-exam")
    found = json.loads(microgpt("evaluate", "astray.json", "--json").stdout)
    assert found["scores"]["model"]["loss"] is None or found["scores"]["model"]["loss"] > 3


# Data sets and settings


def test_datasets_lists_what_there_is() -> None:
    done = microgpt("datasets")
    assert (done.returncode, done.stderr) == (0, "")
    text = " ".join(done.stdout.split())
    assert len(DATASETS) >= 5
    for name, sentence in DATASETS.items():
        documents = bundled_documents(name)
        assert sentence in text
        counts = f"{len(documents):,} lines, {len(set(documents)):,} distinct; "
        lengths = f"{min(map(len, documents))} to {max(map(len, documents))} characters"
        assert counts + lengths in text
        assert f"such as {documents[0]}, " in text
    assert "makemore" in text
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.parametrize("name", DATASETS)
def test_bundled_documents_are_sorted_distinct_and_plain(name: str) -> None:
    documents = bundled_documents(name)
    assert documents == sorted(set(documents))
    letters = "[a-z]+([ -][a-z]+)*" if name == "cities" else "[a-z]+"
    assert [document for document in documents if not re.fullmatch(letters, document)] == []


def test_a_data_set_can_be_chosen() -> None:
    assert "elements: 118 documents, 118 distinct" in microgpt(*FEW).stdout


def test_settings_go_out_and_come_in() -> None:
    printed = microgpt("config").stdout
    Path("all.toml").write_text(printed, encoding="utf-8")
    assert Config(**read_config("all.toml")) == Config()
    other = Config(n_layer=2, eps=1e-300, learning_rate=1, seed=10**30, hold_out=0.25, init_std=0.1 + 0.2)
    Path("other.toml").write_text(as_toml(other), encoding="utf-8")
    assert Config(**read_config("other.toml")) == other


@pytest.mark.parametrize("spelling", ["n_embd", "n-embd", "--n-embd"])
def test_explain_prints_the_long_text(spelling: str) -> None:
    assert microgpt("config", f"--explain={spelling}").stdout.strip() == explain("n_embd")


# Commands in a shell


@pytest.mark.slow
@pytest.mark.parametrize("command", ["datasets", "sample", "evaluate", "config", "runs", "resume"])
def test_each_command_has_help(command: str) -> None:
    assert "Usage" in microgpt(command, "--help").stdout
    assert microgpt(command, "-h").stdout == microgpt(command, "--help").stdout


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.slow
@pytest.mark.parametrize("command", ["datasets", "sample", "evaluate", "config", "runs"])
def test_each_command_ends_quietly_in_a_closed_pipe(command: str, trained: tuple[Path, str]) -> None:
    microgpt(*FEW, "--no-exam")
    more = [str(trained[0])] if command in ("sample", "evaluate") else []
    shell = f"{sys.executable} -m microgpt {' '.join([command, *more])} | head -n 1"
    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, env=CLEAN, check=False)
    assert done.stderr == ""
    assert done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.slow
def test_a_run_that_is_not_kept_ends_quietly_in_a_closed_pipe() -> None:
    for arguments, lines in (("", 1), ("-v", 40), ("--trace /dev/stdout", 40), ("--trace - ", 20)):
        run = f"{sys.executable} -m microgpt --steps 3 --no-save --no-exam {arguments}"
        command = f"{run} 2>errors | head -n {lines}"
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=CLEAN, check=False)
        assert len(done.stdout.splitlines()) == lines
        errors = Path("errors").read_text(encoding="utf-8")
        assert not re.search("microgpt:|Traceback|Error", errors), errors


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.slow
def test_closed_streams_end_quietly() -> None:
    for closed in (">&-", "<&-", "2>&-", "<&- >&- 2>&-"):
        shell = f"{sys.executable} -m microgpt {' '.join(FEW)} --no-save {closed}"
        done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, env=CLEAN, check=False)
        assert (done.returncode, done.stderr) == (0, "")
    shell = f"{sys.executable} -m microgpt --foo 2>&-"
    assert subprocess.run(["sh", "-c", shell], env=CLEAN, check=False).returncode == 2


@pytest.mark.skipif(sys.platform == "win32", reason="asks as bash does")
def test_a_shell_is_told_how_to_complete() -> None:
    program = Path(sys.executable).with_name("microgpt")
    if not program.exists():
        pytest.skip("the program is not installed as a command of its own")
    asking = {**CLEAN, "_MICROGPT_COMPLETE": "complete_bash", "COMP_WORDS": "microgpt ev", "COMP_CWORD": "1"}
    done = subprocess.run([program], env=asking, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["evaluate"]
