"""Resuming, sampling, judging, listing: what a tinkerer does, in processes of their own."""

import json
import os
import random
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from microgpt import Config, bundled_documents, load_checkpoint, read_documents
from microgpt.autograd import Value
from microgpt.config import explain
from microgpt.data import DATASETS
from microgpt.model import parameters_of
from microgpt.sampling import entropy
from microgpt.terminal.config_files import as_toml, read_settings
from microgpt.terminal.runs import newest_first
from microgpt.terminal.signals import stop_requests
from tests.support.process import CLEAN, SMALL, assert_refused, in_a_terminal, microgpt, signalled
from tests.support.reference import needs_the_original, reference_file

TRAINED = ["--steps", "120", "--samples", "6", "--save", "trained.json"]


@pytest.fixture(autouse=True)
def _work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run writes into the working directory."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Train once; return the checkpoint and what was printed."""
    folder = tmp_path_factory.mktemp("trained")
    done = microgpt(*TRAINED, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "trained.json", done.stdout


def samples_in(text: str) -> list[str]:
    return re.findall(r"^ ?\d+ [+=*] (\w+)(?:  again)?$", text, re.MULTILINE)


# Resuming


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_was_stopped_ends_like_one_that_was_not(number: int) -> None:
    settings = ["--steps", "130", "--save-every", "10", "--samples", "4"]
    straight = microgpt(*settings, "--save", "straight.json")
    status, errors = signalled(*settings, signals=(number,), wait=0.3)
    (path,) = newest_first()
    done = len(load_checkpoint(path).losses)
    assert 0 < done < 130
    if number == signal.SIGKILL:
        assert (status, errors) == (-number, "")
    else:
        assert status == 128 + number
        sentence = (
            f"microgpt: stopped after step {done} of 130; to go on: python -m microgpt --resume {path}\n"
        )
        assert errors == sentence
    resumed = microgpt("--resume")
    assert (resumed.returncode, resumed.stderr) == (0, "")
    assert samples_in(resumed.stdout) == samples_in(straight.stdout)
    ours, theirs = (json.loads(file.read_text(encoding="utf-8")) for file in (path, Path("straight.json")))
    assert ours == theirs


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_a_second_control_c_does_not_wait_for_the_end_of_a_step() -> None:
    heavy = ["--n-embd", "160", "--steps", "50"]
    status, errors = signalled(*heavy, signals=(signal.SIGINT, signal.SIGINT), wait=0.1)
    (path,) = newest_first()
    sentence = "interrupted in the middle of a step; to go on from where it was saved last"
    assert (status, errors) == (130, f"microgpt: {sentence}: python -m microgpt --resume {path}\n")
    assert load_checkpoint(path).losses == []


def test_a_finished_run_can_be_resumed_for_its_samples(trained: tuple[Path, str]) -> None:
    path, printed = trained
    done = microgpt("--resume", path, "--no-save")
    assert (done.returncode, done.stderr) == (0, "")
    assert samples_in(done.stdout) == samples_in(printed)


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--steps", "500"], ["steps = 500 contradicts the run in", "which has 120"]),
        (["--temperature", "0.6"], ["temperature = 0.6 contradicts", "which has 0.5"]),
        (["--hold-out", "0.1"], ["hold_out = 0.1 contradicts", "which has 0.0"]),
        (["--steps", "120.0"], ["steps must be a whole number"]),
    ],
)
def test_a_flag_that_contradicts_the_run_is_refused(
    flags: list[str], words: list[str], trained: tuple[Path, str]
) -> None:
    assert_refused(microgpt("--resume", trained[0], *flags), 2, *words)


def test_a_flag_that_agrees_is_not_refused(trained: tuple[Path, str]) -> None:
    assert microgpt("--resume", trained[0], "--steps", "120", "--temperature", ".5", "-q").returncode == 0


def test_a_file_of_settings_that_contradicts_the_run_is_refused(trained: tuple[Path, str]) -> None:
    Path("mine.toml").write_text("steps = 5", encoding="utf-8")
    assert_refused(microgpt("--resume", trained[0], "--config", "mine.toml"), 2, "steps = 5 contradicts")


def test_data_that_have_changed_are_refused_and_moved_ones_are_found() -> None:
    Path("pets.txt").write_text("rex\nbella\nmilo\n", encoding="utf-8")
    assert microgpt(*SMALL, "--input", "pets.txt", "--save", "run.json").returncode == 0
    Path("pets.txt").write_text("rex\nbella\nmilo\nluna\n", encoding="utf-8")
    words = ["the run learned from other data: 3 documents of 'pets.txt', and now there are 4"]
    for command in (["--resume", "run.json"], ["evaluate", "run.json"]):
        assert_refused(microgpt(*command), 1, *words)
    assert_refused(microgpt("--resume", "run.json", "--dataset", "elements"), 1, "now there are 118")
    sampled = microgpt("sample", "run.json", "-n", "1")
    assert "not marked as new or known" in sampled.stdout
    assert "'pets.txt' has changed since" in sampled.stdout
    Path("pets.txt").unlink()
    words = ["cannot read 'pets.txt'", "if they are somewhere else now: --input FILE"]
    assert_refused(microgpt("--resume", "run.json"), 1, *words)
    Path("elsewhere.txt").write_text("rex\nbella\nmilo\n", encoding="utf-8")
    assert microgpt("--resume", "run.json", "--input", "elsewhere.txt").returncode == 0
    assert microgpt("--resume", "run.json").returncode == 0, "it remembers the new place"


def test_without_a_run_there_is_a_sentence_on_how_to_make_one() -> None:
    assert_refused(
        microgpt("--resume"), 1, "there is no unfinished run in runs/; python -m microgpt makes one"
    )
    for command in ("sample", "evaluate"):
        assert_refused(microgpt(command), 1, "there is no checkpoint in runs/; python -m microgpt makes one")


def test_resume_takes_the_newest_unfinished_run() -> None:
    microgpt(*SMALL)
    assert_refused(microgpt("--resume"), 1, "there is no unfinished run in runs/")
    (finished,) = newest_first()
    assert finished.name in microgpt("sample", "-n", "1").stdout
    content = "not a checkpoint"
    Path("runs", "broken.json").write_text(content, encoding="utf-8")
    done = microgpt("sample", "-n", "1")
    assert done.returncode == 0
    assert done.stderr.startswith("microgpt: passed over: cannot use the checkpoint 'runs")


# Saving


def test_an_unfinished_run_is_kept_and_named() -> None:
    signalled(*SMALL, "--steps", "4000", "--save", "run.json", signals=(signal.SIGINT,), wait=0.2)
    steps = len(load_checkpoint("run.json").losses)
    done = microgpt(*SMALL, "--steps", "40", "--save", "run.json")
    assert done.returncode == 0
    kept = f"run-at-step{steps}.json"
    to_go_on = f"to go on with it: python -m microgpt --resume {kept}"
    assert done.stderr == (
        f"microgpt: run.json had another run, step {steps} of 4,000, which is now {kept}; {to_go_on}\n"
    )
    assert len(load_checkpoint(kept).losses) == steps
    assert len(load_checkpoint("run.json").losses) == 40


def test_a_name_that_looks_like_a_flag_can_be_resumed() -> None:
    endless = [*SMALL, "--steps", "4000", "--save", "-x.json"]
    _, errors = signalled(*endless, signals=(signal.SIGTERM, signal.SIGTERM), wait=0.2)
    command = errors.partition("to go on: python -m microgpt ")[2].strip()
    assert command == "--resume=-x.json"
    assert signalled(command, signals=(signal.SIGINT,), wait=0.1)[0] == 130


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_a_nervous_second_control_c_does_not_stop_the_saving() -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # we may have been told to ignore it
    with stop_requests() as request:
        signal.raise_signal(signal.SIGINT)
        request.is_granted = True
        signal.raise_signal(signal.SIGINT)
    with stop_requests() as request:
        request.signal_number = signal.SIGINT
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    signal.signal(signal.SIGINT, before)


def test_the_file_is_named_after_data_and_dials() -> None:
    microgpt(*SMALL)
    microgpt(*SMALL, "--dataset", "elements")
    microgpt(*SMALL, "--temperature", "0.7")
    names = sorted(path.name for path in newest_first())
    assert len(names) == 3
    assert [re.sub(r"-\w{8}\.json$", "", name) for name in names] == [
        "elements-1x8x2-steps3-seed42",
        *["names-1x8x2-steps3-seed42"] * 2,
    ]


def test_nothing_is_saved_if_nobody_wants_it() -> None:
    done = microgpt(*SMALL, "--no-save")
    assert "saved in" not in done.stdout
    assert list(Path().iterdir()) == []
    assert_refused(microgpt("--no-save", "--save", "x.json"), 2, "contradict each other")


def test_a_place_that_cannot_be_written_is_refused_before_training() -> None:
    Path("file").touch()
    done = microgpt("--save", "file/run.json")
    assert_refused(done, 1, "cannot write the run to 'file/run.json'", "--no-save")
    assert "step" not in done.stdout.partition("parameters\n")[2]
    Path("notes.json").write_text("mine", encoding="utf-8")
    assert_refused(microgpt("--save", "notes.json"), 1, "'notes.json' is in the way")
    assert Path("notes.json").read_text(encoding="utf-8") == "mine"


def test_a_disk_that_fills_up_ends_with_a_sentence_and_keeps_the_last_file() -> None:
    resource = pytest.importorskip("resource", reason="this system cannot limit files")
    size = [*SMALL, "--save-every", "1", "--save", "run.json"]
    microgpt(*size)
    limit = Path("run.json").stat().st_size + 1000
    Path("run.json").unlink()

    def limit_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = microgpt(*size, "--steps", "300", preexec_fn=limit_files)
    assert_refused(done, 1, "cannot write the run to 'run.json'")
    assert 0 < len(load_checkpoint("run.json").losses) < 300
    assert [path.name for path in Path().iterdir()] == ["run.json"]


# Sampling


def test_sampling_again_gives_the_samples_of_the_run(trained: tuple[Path, str]) -> None:
    path, printed = trained
    done = microgpt("sample", path, "-n", "6")
    assert (done.returncode, done.stderr) == (0, "")
    assert samples_in(done.stdout) == samples_in(printed)
    assert len(samples_in(printed)) == 6


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


@pytest.mark.parametrize(
    ("flags", "status", "words"),
    [
        (["--prompt", "Zoé"], 1, ["'Z', 'é', which are", "not in the alphabet 'abcdefghijklmnopqrstuvwxyz'"]),
        (["--prompt", "a" * 16], 1, ["has 16 characters", "has room for 15 and an answer; shorten it"]),
        (["--temperature", "0"], 2, ["temperature must be a number above 0, but 0.0 was given"]),
        (["--temperature", "nan"], 2, ["temperature must be a number above 0, but nan was given"]),
        (["--seed", "-1"], 2, ["seed must be a whole number of at least 0"]),
        (["-n", "0"], 2, ["-n"]),
        (["--steps", "5"], 2, ["--steps"]),
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


def test_no_graph_is_built_while_sampling(trained: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from microgpt.terminal.cli import app

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a Value was made")

    monkeypatch.setattr(Value, "__init__", refuse)
    for extra in ([], ["--probabilities"], ["--quiet"]):
        done = CliRunner().invoke(app, ["sample", str(trained[0]), "--prompt", "ma", *extra])
        assert done.exit_code == 0, done.output


def test_on_a_terminal_it_asks_again_and_again(trained: tuple[Path, str]) -> None:
    shown = in_a_terminal("sample", trained[0], "-n", "2", keys="mar\nXYZ\n\n\x04", NO_COLOR="1", TERM="dumb")
    assert shown.count("begin with") == 4
    assert len(re.findall(r"^\d [+=*] mar", shown, re.MULTILINE)) == 2
    assert len(samples_in(shown.replace("\r", ""))) == 4
    assert "the prompt 'XYZ' has 'X', 'Y', 'Z', which are not in the alphabet" in shown.replace("\r\n", " ")
    assert "Traceback" not in shown


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
    colored = in_a_terminal(*flags, "--no-save")
    assert "\x1b[31m* " in colored


# Judging


def test_evaluate_prints_what_the_run_printed(trained: tuple[Path, str]) -> None:
    path, printed = trained
    done = microgpt("evaluate", path)
    assert (done.returncode, done.stderr) == (0, "")
    table = done.stdout.partition("held-out")[2]
    assert table
    assert table.strip() in printed
    for opponent in ("this model", "bigram counter", "unigram counter", "uniform die"):
        assert opponent in table


def test_a_share_held_out_is_said_and_judged_by() -> None:
    done = microgpt(*SMALL, "--hold-out", "0.1")
    assert "292 of the distinct ones are set aside to judge by" in done.stdout
    assert "held-out loss on 292 documents not trained on" in done.stdout
    Path("one.txt").write_text("a\na\n", encoding="utf-8")
    done = microgpt("--input", "one.txt", "--hold-out", "0.5")
    assert_refused(done, 2, "hold_out = 0.5 would set aside the only distinct document")


def test_a_model_gone_astray_is_judged_without_a_traceback() -> None:
    done = microgpt(*SMALL, "--init-std", "30", "--samples", "0", "--steps", "0")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"this model +(\d+\.\d+|inf)", done.stdout)


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


def test_a_data_set_can_be_chosen_and_its_name_mistyped() -> None:
    assert "elements: 118 documents, 118 distinct" in microgpt(*SMALL, "--dataset", "elements").stdout
    assert_refused(microgpt("--dataset", "elemnts"), 1, "no data set 'elemnts'; did you mean 'elements'?")
    assert_refused(microgpt("--dataset", "names", "--input", "x.txt"), 2, "give one of them")


def test_a_folder_called_microgpt_is_not_in_the_way() -> None:
    """As it is beside a fresh clone."""
    Path("microgpt", "datasets").mkdir(parents=True)
    assert microgpt(*SMALL, "--no-save").returncode == 0


def test_settings_go_out_and_come_in(tmp_path: Path) -> None:
    printed = microgpt("config").stdout
    Path("all.toml").write_text(printed, encoding="utf-8")
    assert Config(**read_settings("all.toml")) == Config()
    other = Config(n_layer=2, eps=1e-300, learning_rate=1, seed=10**30, hold_out=0.25, init_std=0.1 + 0.2)
    Path("other.toml").write_text(as_toml(other), encoding="utf-8")
    assert Config(**read_settings("other.toml")) == other


def test_flags_win_over_the_file() -> None:
    Path("mine.toml").write_text("steps = 2  # few\nn_embd = 8\nn_head = 2\nsamples = 1\n", encoding="utf-8")
    done = microgpt("--config", "mine.toml", "--samples", "3")
    assert "step 2/2" in done.stdout
    assert "3 samples at" in done.stdout
    assert re.search(r"^n_embd +8 ", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("step = 5", ["has 'step', which is no dial; did you mean 'steps'?"]),
        ("volume = 11", ["has 'volume', which is no dial; there are: n_layer, n_embd"]),
        ("steps = 'five'", ["steps must be a whole number of at least 0, but 'five' was given"]),
        ("steps = true", ["steps must be a whole number"]),
        ("temperature = nan", ["temperature must be a number above 0"]),
        (f"seed = {'9' * 5000}", ["are not TOML"]),
        (f"seed = 0x{'f' * 4000}", ["seed must have fewer than 3,000 digits"]),
        ("steps 5", ["are not TOML, which has lines like steps = 1000"]),
        ("[training]\nsteps = 5", ["has 'training', which is no dial"]),
        (None, ["there is no such file"]),
    ],
)
def test_settings_that_cannot_be_are_refused(content: str | None, words: list[str]) -> None:
    if content is not None:
        Path("mine.toml").write_text(content, encoding="utf-8")
    done = microgpt("--config", "mine.toml")
    assert_refused(done, 2, *words)
    assert done.stdout == ""


def test_explain_prints_the_long_text() -> None:
    assert microgpt("config", "--explain", "beta1").stdout.strip() == explain("beta1")
    assert_refused(microgpt("config", "--explain", "beta"), 2, "there is no dial 'beta'; did you mean 'beta")


def test_a_flag_of_training_before_a_command_is_refused() -> None:
    done = microgpt("--steps", "5", "sample")
    assert_refused(done, 2, "--steps stands before 'sample' and is a flag of training")
    done = microgpt("--config", "x", "datasets")
    assert_refused(done, 2, "--config stands before 'datasets' and is a flag of training")


def test_closed_streams_end_quietly() -> None:
    if sys.platform == "win32":
        pytest.skip("needs a POSIX shell")
    for closed in (">&-", "<&-", "2>&-", "<&- >&- 2>&-"):
        shell = f"{sys.executable} -m microgpt {' '.join(SMALL)} --no-save {closed}"
        done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, env=CLEAN, check=False)
        assert (done.returncode, done.stderr) == (0, "")
    shell = f"{sys.executable} -m microgpt --foo 2>&-"
    assert subprocess.run(["sh", "-c", shell], env=CLEAN, check=False).returncode == 2


def test_data_do_not_turn_into_pictures() -> None:
    Path(":cat:.txt").write_text("a:o:b\n:smile:\n", encoding="utf-8")
    done = microgpt(*SMALL, "--input", ":cat:.txt", "--save", ":dog:.json")
    assert ":cat:.txt: 2 documents" in done.stdout
    assert "saved in :dog:.json" in done.stdout


def test_an_empty_name_is_a_name() -> None:
    assert_refused(microgpt("--dataset", ""), 1, "there is no data set ''")
    assert_refused(microgpt("--resume", ""), 1, "cannot use the checkpoint '.'")
    assert_refused(microgpt("--save", "a" * 300), 1, "cannot write the run to 'aaa", "File name too long")


@pytest.mark.parametrize("command", ["datasets", "sample", "evaluate", "config"])
def test_each_command_has_help_and_ends_quietly_in_a_closed_pipe(
    command: str, trained: tuple[Path, str]
) -> None:
    assert "Usage" in microgpt(command, "--help").stdout
    arguments = [command, str(trained[0])] if command in ("sample", "evaluate") else [command]
    if sys.platform != "win32":
        shell = f"{sys.executable} -m microgpt {' '.join(arguments)} | head -n 1"
        done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, env=CLEAN, check=False)
        assert done.stderr == ""
        assert done.stdout


@needs_the_original
def test_stopped_and_resumed_on_names_txt_ends_with_the_originals_parameters() -> None:
    golden: dict[str, Any] = json.loads(reference_file("golden_names_1000.json").read_text(encoding="utf-8"))
    signalled("--input", str(reference_file("names.txt")), signals=(signal.SIGINT,), wait=1.0)
    done = microgpt("--resume")
    assert samples_in(done.stdout) == golden["samples"]
    (path,) = newest_first()
    checkpoint = load_checkpoint(path)
    assert [number.hex() for number in parameters_of(checkpoint.model)] == golden["params"]
    assert [loss.hex() for loss in checkpoint.losses] == golden["losses"]
    assert len(read_documents(reference_file("names.txt"))) == checkpoint.source.documents
    assert os.path.getsize(path) > 0
