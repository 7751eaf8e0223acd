"""Mistakes: each ends with one clear sentence and the right exit status; nothing has begun or is lost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from microgpt.records import KINDS
from tests.support.process import CLEAN, FEW, SMALL, assert_refused, in_process, microgpt

DIGITS = "9" * 400


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--temperature", "0"], ["temperature must be a number above 0", "0.0 was given"]),
        (["--temperature", "-1"], ["temperature must be a number above 0", "-1.0 was given"]),
        (["--temperature", "nan"], ["temperature must be a finite number above 0", "nan was given"]),
        (
            ["--temperature", "1e-320"],
            ["temperature = 1e-320 is so small", "for the best token alone try 0.01"],
        ),
        (["--n-embd", "10"], ["n_embd = 10 cannot be cut into n_head = 4 equal heads", "1, 2, 5, 10"]),
        (["--n-layer", "0"], ["n_layer must be a whole number of at least 1", "0 was given"]),
        (["--n-head", "0"], ["n_head must be a whole number of at least 1"]),
        (["--block-size", "0"], ["block_size must be a whole number of at least 1"]),
        (["--n-embd", "-16"], ["n_embd must be a whole number of at least 1", "-16 was given"]),
        (["--steps", "-1"], ["steps must be a whole number of at least 0"]),
        (["--steps", DIGITS], ["steps must have fewer than 16 digits"]),
        (["--samples", "-1"], ["samples must be a whole number of at least 0"]),
        (["--seed", "-1"], ["seed must be a whole number of at least 0"]),
        (["--seed", "1" * 3000], ["seed must have fewer than 3,000 digits"]),
        (["--beta1", "1"], ["beta1 must be a number from 0 to below 1", "1.0 was given"]),
        (["--beta2", "-0.1"], ["beta2 must be a number from 0 to below 1"]),
        (["--eps", "0"], ["eps must be a number above 0"]),
        (["--init-std", "-1"], ["init_std must be a number of at least 0"]),
        (
            ["--learning-rate", "inf"],
            ["learning_rate must be a finite number of at least 0", "inf was given"],
        ),
        (
            ["--learning-rate", DIGITS],
            ["learning_rate must be a finite number of at least 0", "inf was given"],
        ),
        (["--n-layer", "two"], ["n_layer must be a whole number of at least 1", "'two' was given"]),
        (["--n-layer", "1.5"], ["n_layer must be a whole number of at least 1", "'1.5' was given"]),
        (["--temperature", "warm"], ["temperature must be a number above 0", "'warm' was given"]),
        (["--stesp", "5"], ["--stesp", "--help"]),
        (["--steps"], ["--steps", "--help"]),
        (["--save", "--resume"], ["--save"]),
        (["surprise"], ["surprise", "--help"]),
        (
            ["--n-embd", "1000000000000", "--n-head", "3"],
            ["cannot be cut into n_head = 3", "such as 1, 2, 4"],
        ),
        (["--no-save", "--save", "x.json"], ["contradict each other"]),
        (["--save", ""], ["--save needs a name"]),
        (["--dataset", "names", "--input", "x.txt"], ["give one of them"]),
        (["--steps", "5", "sample"], ["--steps stands before 'sample' and is a flag of training"]),
        (["--config", "x", "datasets"], ["--config stands before 'datasets' and is a flag of training"]),
        (["config", "--explain", "beta"], ["there is no dial 'beta'; did you mean 'beta"]),
        (["--stages", "attention,los"], ["no stage 'los'; did you mean 'loss'?", *KINDS]),
        (["--verbose", "--quiet"], ["--quiet and --verbose (or what narrows it) contradict"]),
        (["--verbose-every", "0"], ["--verbose-every must be at least 1, but 0 was given"]),
        (["--verbose-position", "16"], ["must be from 0 to 15", "16 was given"]),
        (["--pause"], ["--pause waits for Enter and needs a terminal"]),
        (["--compact", "--stages", "loss"], ["--compact tells every step in one row"]),
        (["--compact", "--verbose-every", "2"], ["--compact tells every step in one row"]),
        (["--compact", "--verbose-position", "2"], ["--compact tells every step in one row"]),
        (["--trace", "-", "--quiet"], ["--trace - and --quiet both want standard output"]),
        (["--input", "-", "--config", "-"], ["both want standard input"]),
        (["--save", "-"], ["--save needs a name"]),
    ],
)
def test_what_is_impossible_is_refused_as_usage(arguments: list[str], words: list[str]) -> None:
    done = microgpt(*arguments)
    assert_refused(done, 2, *words)
    assert done.stdout == ""
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--foo"], 2, ["--foo"]),
        (["--steps", "x"], 2, ["'x' was given"]),
        (["--input", "no.txt"], 1, ["there is no such file"]),
        (["sample", "no.json"], 1, ["there is no such file"]),
        (["--steps", "9", "--learning-rate", "1e6", "--no-save"], 1, ["try learning_rate 0.01"]),
        (["--trace", "no/such/folder.jsonl", "--steps", "1"], 1, ["cannot write the trace"]),
        (["--save", "no.txt/x.json", "--steps", "1"], 1, ["cannot write the run"]),
    ],
)
def test_one_of_each_class_in_a_process_of_its_own(
    arguments: list[str], status: int, words: list[str]
) -> None:
    Path("no.txt" if "no.txt" not in arguments else "other.txt").touch()
    assert_refused(in_process(*arguments), status, *words)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, ["there is no such file"]),
        (b"", ["has no document in it"]),
        (b"\n  \n\t\n", ["has no document in it"]),
        (b"\x89PNG\r\n\x1a\n\xff", ["is not UTF-8"]),
        ("Zürich".encode("latin-1"), ["is not UTF-8"]),
        ("Zürich".encode("utf-16"), ["looks like UTF-16; save it as UTF-8"]),
        (b"anna\x00bob\n", ["is not text", "zero bytes"]),
    ],
)
def test_unusable_files_are_refused(content: bytes | None, words: list[str]) -> None:
    if content is not None:
        Path("documents.txt").write_bytes(content)
    done = microgpt("--input", "documents.txt")
    assert_refused(done, 1, "documents.txt", "name a UTF-8 text, one document per line", *words)
    assert done.stdout == ""
    if content:
        assert_refused(microgpt("--input", "-", stdin=content), 1, "standard input", *words)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert_refused(microgpt("--input", tmp_path), 1, "cannot read", str(tmp_path.name))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"step = 5", ["has 'step', which is no dial; did you mean 'steps'?"]),
        (b"volume = 11", ["has 'volume', which is no dial; there are: n_layer, n_embd"]),
        (
            b"steps = 'five'",
            ["'mine.toml': steps must be a whole number of at least 0, but 'five' was given"],
        ),
        (b"steps = true", ["'mine.toml': steps must be a whole number"]),
        (b"temperature = nan", ["'mine.toml': temperature must be a finite number above 0"]),
        (f"seed = {'9' * 5000}".encode(), ["are not TOML"]),
        (f"seed = 0x{'f' * 4000}".encode(), ["seed must have fewer than 3,000 digits"]),
        (b"steps 5", ["are not TOML, which has lines like steps = 1000"]),
        ("steps = 5".encode("utf-16"), ["looks like UTF-16; save it as UTF-8"]),
        (b"[training]\nsteps = 5", ["has 'training', which is no dial"]),
        (None, ["there is no such file"]),
    ],
)
def test_settings_that_cannot_be_are_refused(content: bytes | None, words: list[str]) -> None:
    if content is not None:
        Path("mine.toml").write_bytes(content)
    done = microgpt("--config", "mine.toml")
    assert_refused(done, 2, "'mine.toml'", *words)
    assert done.stdout == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["--learning-rate", "1e6"], "try learning_rate 0.01 instead of 1000000.0"),
        (["--learning-rate", "1e200"], "try learning_rate 0.01 instead of 1e+200"),
        (["--init-std", "1e3"], "try init_std 0.08 instead of 1000.0"),
        (["--init-std", "1e200"], "try init_std 0.08 instead of 1e+200"),
        (["--beta2", "0", "--eps", "5e-324"], "try beta2 0.99 instead of 0.0 or eps 1e-08 instead of 5e-324"),
        (["--learning-rate", "1e300", "--steps", "1"], "are not finite numbers; try a higher temperature"),
    ],
)
def test_numbers_that_explode_end_with_advice(arguments: list[str], advice: str) -> None:
    assert_refused(microgpt("--steps", "30", *arguments), 1, advice)


def test_other_mistakes() -> None:
    assert_refused(microgpt("--dataset", "elemnts"), 1, "no data set 'elemnts'; did you mean 'elements'?")
    assert_refused(microgpt("--dataset", ""), 1, "there is no data set ''")
    assert_refused(microgpt("resume", ""), 1, "cannot use the checkpoint ''")
    assert_refused(microgpt("--save", "a" * 300), 1, "cannot write the run to 'aaa", "File name too long")
    Path("one.txt").write_text("a\na\n", encoding="utf-8")
    done = microgpt("--input", "one.txt", "--hold-out", "0.5")
    assert_refused(done, 2, "hold_out = 0.5 would set aside the only distinct document")


@pytest.mark.parametrize("dials", [["--n-embd", "1000000"], ["--n-layer", "1" + "0" * 14]])
def test_a_model_larger_than_the_memory_is_refused_at_once(dials: list[str]) -> None:
    done = microgpt(*dials)
    assert_refused(done, 1, "does not fit into memory: its ", "parameters need", "choose a smaller n_embd")
    assert done.stdout == ""


def test_a_process_may_have_less_memory_than_the_machine() -> None:
    resource = pytest.importorskip("resource", reason="this system cannot limit memory")

    def limit_memory() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (4 * 10**8, 4 * 10**8))

    done = in_process("--n-embd", "1024", "--n-layer", "4", preexec_fn=limit_memory)
    assert_refused(done, 1, "does not fit into memory", "and there are 0.4 GB")
    done = in_process(*SMALL, "--n-embd", "352", "--n-layer", "1", "--no-save", preexec_fn=limit_memory)
    assert_refused(done, 1, "does not fit into memory")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("arguments", [FEW, [*FEW, "--quiet"]])
def test_a_full_disk_ends_with_a_sentence(arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = in_process(*arguments, "--no-save", capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert_refused(done, 1, "the output cannot be written: No space left on device")


@pytest.mark.parametrize("flag", ["--trace", "--save"])
def test_a_link_to_itself_is_refused(flag: str) -> None:
    Path("loop").symlink_to("loop")
    done = microgpt(*FEW, flag, "loop")
    assert_refused(done, 1, "'loop'")
    assert Path("loop").is_symlink()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize("flags", ["", "--no-save --trace t.jsonl", "--save x.json"])
def test_a_working_folder_that_is_gone_is_no_traceback(flags: str) -> None:
    run = f"{sys.executable} -m microgpt {' '.join(FEW)} --no-exam {flags}"
    script = f"mkdir gone && cd gone && rmdir ../gone && exec {run}"
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, env=CLEAN, check=False)
    assert_refused(done, 1)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_places_that_are_closed_are_named() -> None:
    Path("closed").mkdir(mode=0o500)
    assert_refused(microgpt(*FEW, "--save", "closed/run.json"), 1, "'closed/run.json'", "Permission denied")
    assert_refused(microgpt(*FEW, "--trace", "closed/t.jsonl"), 1, "'closed/t.jsonl'", "Permission denied")


def test_an_error_that_is_not_of_the_output_names_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "some/file")

    monkeypatch.setattr("microgpt.terminal.train.open_data", refuse)
    assert_refused(microgpt(*FEW), 1, "'some/file' cannot be used: Permission denied")
