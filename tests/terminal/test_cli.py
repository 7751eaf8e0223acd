"""The command line as a user meets it: real processes, real terminals, real mistakes."""

import re
import signal
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from microgpt import Config, load_checkpoint, read_documents
from microgpt.config import summary
from tests.support.process import CLEAN, SMALL, assert_refused, in_a_terminal, microgpt, signalled
from tests.support.reference import golden, needs_the_original, reference_file


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every run writes a file into the folder runs/ of the working directory."""
    monkeypatch.chdir(tmp_path_factory.mktemp("work"))


def test_a_run_prints_settings_progress_samples_and_summary() -> None:
    done = microgpt(*SMALL)
    assert (done.returncode, done.stderr) == (0, "")
    for dial in fields(Config):
        assert re.search(rf"^{dial.name} +\S+  \w", done.stdout, re.MULTILINE), dial.name
    assert re.search(r"^n_embd +8 ", done.stdout, re.MULTILINE)
    assert "2,917 documents, 2,917 distinct\n27 tokens: 26 characters" in done.stdout
    assert "step 3/3" in done.stdout
    assert "2 samples at temperature 0.5" in done.stdout
    assert "loss of the last step" in done.stdout


def test_the_printed_losses_are_those_of_the_library() -> None:
    from microgpt import bundled_documents, new_run, train

    losses = [step.loss for step in train(new_run(Config(steps=3, n_embd=8, n_head=2), bundled_documents()))]
    out = microgpt(*SMALL).stdout
    for number, loss in enumerate(losses, start=1):
        assert f"step {number}/3  loss {loss:.4f}  mean {sum(losses[:number]) / number:.4f}" in out
    assert f"loss of the last step          {losses[-1]:.4f}" in out
    assert f"mean loss of the last 3        {sum(losses) / 3:.4f}" in out


def test_piped_output_is_plain_and_the_same_each_time() -> None:
    first, second = microgpt(*SMALL), microgpt(*SMALL)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", first.stdout)
    assert max(map(len, first.stdout.splitlines())) <= 80

    def without_time(text: str) -> str:
        return re.sub(r"time .*", "", text)

    assert without_time(first.stdout) == without_time(second.stdout)


def test_quiet_prints_the_samples_and_nothing_else() -> None:
    done = microgpt(*SMALL, "--quiet")
    assert done.stderr == ""
    assert len(done.stdout.split("\n")) == 3
    assert microgpt(*SMALL, "--quiet", "--samples", "0").stdout.strip() == ""


def test_zero_steps_shows_an_untrained_model() -> None:
    done = microgpt("--steps", "0", "--samples", "1")
    assert done.returncode == 0
    assert "1 sample at temperature" in done.stdout
    assert "loss of the last step" not in done.stdout
    losses = dict(re.findall(r"^([\w ]+?) {2,}(3\.\d+) ", done.stdout, re.MULTILINE))
    assert losses["uniform die"] == losses["bigram counter"] == losses["unigram counter"] == "3.2958"
    assert abs(float(losses["this model"]) - 3.2958) < 0.1


def test_help_names_every_dial_with_its_explanation() -> None:
    done = microgpt("--help", env={**CLEAN, "COLUMNS": "200"})
    text = " ".join(re.sub(r"[│╭╮╰╯─]", " ", done.stdout).split())
    for dial in fields(Config):
        assert f"--{dial.name.replace('_', '-')}" in text
        assert summary(dial.name) in text
        assert summary(dial.name)


@needs_the_original
def test_names_txt_ends_with_the_original_loss_and_names() -> None:
    done = microgpt("--input", reference_file("names.txt"))
    assert "loss of the last step          2.6497" in done.stdout
    marked = re.findall(r"^ ?\d+ ([+=*]) (\w+)$", done.stdout, re.MULTILINE)
    assert [name for _, name in marked] == golden()["samples"]
    names = set(read_documents(reference_file("names.txt")))
    assert [mark for mark, _ in marked] == ["=" if name in names else "+" for _, name in marked]
    assert "45% new; 55% in the data, not trained on; 20 different" in done.stdout
    judged = re.search(r"^this model +(\S+) +(\S+)", done.stdout, re.MULTILINE)
    assert judged
    assert abs(float(judged[1]) - 2.3591) < 3 * float(judged[2])  # 2.3591: on some 26,000 unseen names


def test_any_text_file_will_do(tmp_path: Path) -> None:
    path = tmp_path / "städte.txt"
    path.write_text("Zürich\n\n  Łódź  \nSão Paulo [bold]\n", encoding="utf-8")
    done = microgpt(*SMALL, "--input", path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 documents" in done.stdout


def test_long_documents_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("abc\nabcd\nabcdefgh\n", encoding="utf-8")
    done = microgpt(*SMALL, "--block-size", "4", "--input", path)
    assert "2 documents too long for a block_size of 4: only the beginning is read" in done.stdout


def test_samples_that_the_terminal_cannot_show_do_not_end_the_run(tmp_path: Path) -> None:
    path = tmp_path / "umlauts.txt"
    path.write_text("äöü\n", encoding="utf-8")
    done = microgpt(*SMALL, "--input", path, env={**CLEAN, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert (done.returncode, done.stderr) == (0, "")


def test_a_name_in_square_brackets_is_a_name(tmp_path: Path) -> None:
    path = tmp_path / "[red].txt"
    path.write_text("[b]\n", encoding="utf-8")
    done = microgpt(*SMALL, "--input", path)
    assert "[red].txt" in done.stdout.replace("\n", "")


def test_forced_color_moves_no_cursor_in_a_pipe() -> None:
    done = microgpt(*SMALL, env={**CLEAN, "FORCE_COLOR": "1"})
    assert not re.search(r"\x1b\[[^m]*[A-Za-ln-z]|\r", done.stdout)


@pytest.mark.parametrize("columns", ["0", "1", "20"])
def test_a_strange_width_hides_nothing(columns: str) -> None:
    assert "step 3/3" in microgpt(*SMALL, env={**CLEAN, "COLUMNS": columns}).stdout


def test_a_terminal_gets_a_bar() -> None:
    text = in_a_terminal(*SMALL)
    assert "step 3/3" in text
    assert "━" in text
    assert "\x1b[" in text


def test_no_color_is_honored() -> None:
    assert re.search(r"\x1b\[[\d;]*3\d", in_a_terminal(*SMALL))
    assert not re.search(r"\x1b\[[\d;]*(3|4|9)\d[;m]", in_a_terminal(*SMALL, NO_COLOR="1"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--temperature", "0"], ["temperature must be a number above 0", "0.0 was given"]),
        (["--temperature", "-1"], ["temperature must be a number above 0", "-1.0 was given"]),
        (["--temperature", "nan"], ["temperature must be a number above 0", "nan was given"]),
        (["--n-embd", "10"], ["n_embd = 10 cannot be cut into n_head = 4 equal heads", "1, 2, 5, 10"]),
        (["--n-layer", "0"], ["n_layer must be a whole number of at least 1", "0 was given"]),
        (["--n-head", "0"], ["n_head must be a whole number of at least 1"]),
        (["--block-size", "0"], ["block_size must be a whole number of at least 1"]),
        (["--n-embd", "-16"], ["n_embd must be a whole number of at least 1", "-16 was given"]),
        (["--steps", "-1"], ["steps must be a whole number of at least 0"]),
        (["--samples", "-1"], ["samples must be a whole number of at least 0"]),
        (["--seed", "-1"], ["seed must be a whole number of at least 0"]),
        (["--beta1", "1"], ["beta1 must be a number from 0 to below 1", "1.0 was given"]),
        (["--beta2", "-0.1"], ["beta2 must be a number from 0 to below 1"]),
        (["--eps", "0"], ["eps must be a number above 0"]),
        (["--init-std", "-1"], ["init_std must be a number of at least 0"]),
        (["--learning-rate", "inf"], ["learning_rate must be a number of at least 0", "inf was given"]),
        (["--n-layer", "two"], ["n_layer must be a whole number of at least 1", "'two' was given"]),
        (["--n-layer", "1.5"], ["n_layer must be a whole number of at least 1", "'1.5' was given"]),
        (["--temperature", "warm"], ["temperature must be a number above 0", "'warm' was given"]),
        (["--stesp", "5"], ["--stesp", "--help"]),
        (["--steps"], ["--steps", "--help"]),
        (["surprise"], ["surprise", "--help"]),
        (
            ["--n-embd", "1000000000000", "--n-head", "3"],
            ["cannot be cut into n_head = 3", "such as 1, 2, 4"],
        ),
        (["--learning-rate", "9" * 400], ["learning_rate must be a number of at least 0", "inf was given"]),
    ],
)
def test_impossible_settings_are_refused_as_usage(arguments: list[str], words: list[str]) -> None:
    done = microgpt(*arguments)
    assert_refused(done, 2, *words)
    assert done.stdout == ""


def test_a_seed_of_any_length_will_do() -> None:
    assert microgpt(*SMALL, "--seed", "1" + 400 * "0").returncode == 0


def test_too_large_a_model_is_refused() -> None:
    resource = pytest.importorskip("resource", reason="this system cannot limit memory")

    def limit_memory() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (4 * 10**8, 4 * 10**8))

    done = microgpt("--n-embd", "1024", "--n-layer", "4", preexec_fn=limit_memory)
    assert_refused(done, 1, "does not fit into memory")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("arguments", [SMALL, [*SMALL, "--quiet"]])
def test_a_full_disk_ends_with_a_sentence(arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = microgpt(*arguments, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert_refused(done, 1, "the output cannot be written: No space left on device")


def test_data_cannot_steer_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "red\x1b[31m.txt"
    path.write_text("a\x1b[31mb\n", encoding="utf-8")
    for quiet in ([], ["--quiet"]):
        done = microgpt(*SMALL, "--samples", "9", "--input", path, *quiet)
        assert "\x1b" not in done.stdout
        assert "\\x1b" in done.stdout


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, ["there is no such file"]),
        (b"", ["has no document in it"]),
        (b"\n  \n\t\n", ["has no document in it"]),
        (b"\x89PNG\r\n\x1a\n\xff", ["is not UTF-8"]),
        ("Zürich".encode("latin-1"), ["is not UTF-8"]),
        (b"anna\x00bob\n", ["is not text", "zero bytes"]),
    ],
)
def test_unusable_files_are_refused(content: bytes | None, words: list[str], tmp_path: Path) -> None:
    path = tmp_path / "documents.txt"
    if content is not None:
        path.write_bytes(content)
    done = microgpt("--input", path)
    assert_refused(done, 1, "documents.txt", "name a UTF-8 text, one document per line", *words)
    assert done.stdout == ""


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert_refused(microgpt("--input", tmp_path), 1, "cannot read", str(tmp_path.name))


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["--learning-rate", "1e6"], "try learning_rate 0.01 instead of 1000000.0"),
        (["--learning-rate", "1e200"], "try learning_rate 0.01 instead of 1e+200"),
        (["--init-std", "1e3"], "try init_std 0.08 instead of 1000.0"),
        (["--init-std", "1e200"], "try init_std 0.08 instead of 1e+200"),
        (["--beta2", "0", "--eps", "5e-324"], "try beta2 0.99 instead of 0.0 or eps 1e-08 instead of 5e-324"),
        (["--learning-rate", "1e300", "--steps", "1"], "are not finite numbers; try a higher temperature"),
        (["--temperature", "1e-320", "--steps", "0"], "are not finite numbers; try a higher temperature"),
    ],
)
def test_numbers_that_explode_end_with_advice(arguments: list[str], advice: str) -> None:
    done = microgpt("--steps", "30", *arguments)
    assert_refused(done, 1, advice)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to a child")
def test_control_c_saves_the_run_and_says_how_to_go_on() -> None:
    status, errors = signalled("--steps", "100000", "--save-every", "100000", signals=(signal.SIGINT,))
    sentence = (
        r"microgpt: stopped after step ([\d,]+) of 100,000; to go on: python -m microgpt --resume (.+)\n"
    )
    found = re.fullmatch(sentence, errors)
    assert found
    assert status == 130
    assert len(load_checkpoint(found[2]).losses) == int(found[1].replace(",", ""))


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
def test_a_closed_pipe_ends_quietly() -> None:
    command = f"{sys.executable} -m microgpt --steps 3 | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=CLEAN, check=False)
    assert done.stdout.startswith("setting")
    assert done.stderr == ""
