"""Stopping a run in every way there is, and going on: nothing is lost, and the bits are the same."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from microgpt import (
    Config,
    Source,
    bundled_documents,
    load_checkpoint,
    new_run,
    read_documents,
    save_checkpoint,
    train,
)
from microgpt.checkpoint import CheckpointError
from microgpt.model import parameters_of
from microgpt.terminal.runs import RunFile, newest_first, resume_command
from microgpt.terminal.signals import stop_requests
from microgpt.terminal.watch import Pauses
from microgpt.training import train_step
from tests.support.process import (
    CLEAN,
    FEW,
    SMALL,
    assert_refused,
    in_a_terminal,
    in_process,
    microgpt,
    signalled,
)
from tests.support.reference import golden, needs_the_original, reference_file

ENDLESS = [*FEW, "--steps", "100000", "--save-every", "100000", "--no-exam"]
posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")


def samples_in(text: str) -> list[str]:
    return re.findall(r"^ ?\d+ [+=*] (\w+)(?:  again)?$", text, re.MULTILINE)


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A run that nobody has stopped."""
    folder = tmp_path_factory.mktemp("straight")
    done = microgpt(*STOPPABLE, "--save", "straight.json", cwd=folder)
    assert done.returncode == 0
    return folder / "straight.json", done.stdout


STOPPABLE = ["--steps", "130", "--save-every", "10", "--samples", "4"]


@posix
@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_run_that_was_stopped_ends_like_one_that_was_not(number: int, straight: tuple[Path, str]) -> None:
    status, errors = signalled(*STOPPABLE, signals=(number,), wait=0.3)
    (path,) = newest_first()
    done = len(load_checkpoint(path).losses)
    assert 0 < done < 130
    if number == signal.SIGKILL:
        assert (status, errors) == (-number, "")
    else:
        assert status == 128 + number
        assert (
            errors
            == f"microgpt: stopped after step {done} of 130; to go on: python -m microgpt resume {path}\n"
        )
    resumed = microgpt("resume")
    assert resumed.returncode == 0
    assert f"Going on with {path} after step {done} of 130." in resumed.stdout
    assert re.search(rf"^step {done + 1:>3}/130  loss", resumed.stdout, re.MULTILINE)
    assert samples_in(resumed.stdout) == samples_in(straight[1])
    assert len(samples_in(straight[1])) == 4
    one, other = load_checkpoint(path), load_checkpoint(straight[0])
    assert repr(one) == repr(other)
    assert path.read_bytes() == straight[0].read_bytes()


@posix
@pytest.mark.slow
def test_control_c_saves_the_run_and_says_how_to_go_on() -> None:
    status, errors = signalled(*ENDLESS, signals=(signal.SIGINT,))
    found = re.fullmatch(
        r"microgpt: stopped after step ([\d,]+) of 100,000; to go on: python -m microgpt resume (.+)\n",
        errors,
    )
    assert found
    assert status == 130
    assert len(load_checkpoint(found[2]).losses) == int(found[1].replace(",", ""))


@posix
@pytest.mark.slow
def test_a_second_control_c_does_not_wait_for_the_end_of_a_step() -> None:
    large = ["--n-embd", "192", "--n-layer", "2", "--steps", "50", "--dataset", "elements"]
    status, errors = signalled(*large, signals=(signal.SIGINT, signal.SIGINT), wait=0.05)
    (path,) = newest_first()
    sentence = "interrupted in the middle of a step; to go on from where it was saved last, step 0 of 50"
    assert (status, errors) == (130, f"microgpt: {sentence}: python -m microgpt resume {path}\n")
    assert load_checkpoint(path).losses == []


@posix
@pytest.mark.slow
def test_control_c_is_acknowledged_at_once_and_the_exam_can_be_left() -> None:
    large = ["--n-embd", "128", "--n-layer", "2", "--steps", "3", "--samples", "0", "--dataset", "elements"]
    shown = controlled(*large, at=r"step 1/3", keys=b"\x03")
    assert "microgpt: stopping after this step; Ctrl-C again breaks off" in " ".join(shown.split())
    assert re.search(
        r"stopped after step \d of 3; to go on: python -m microgpt resume", " ".join(shown.split())
    )
    shown = controlled(
        "--steps", "1", "--n-embd", "64", "--n-layer", "2", "--samples", "1", at="saved in", keys=b"\x03"
    )
    flat = " ".join(shown.split())
    assert "the exam was interrupted; to sit it: python -m microgpt evaluate runs/names-2x64x4" in flat
    assert "Traceback" not in flat


def controlled(*arguments: str, at: str, keys: bytes) -> str:
    """Run in a terminal, press keys when something is shown, and return all that was shown."""
    pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    pid, terminal = pty.fork()
    if pid == 0:  # pragma: no cover
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.environ.update({"TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40", "NO_COLOR": "1"})
        os.execv(sys.executable, [sys.executable, "-m", "microgpt", *arguments])
    shown, pressed = b"", False
    with contextlib.suppress(OSError):
        while chunk := os.read(terminal, 65536):
            shown += chunk
            if not pressed and re.search(at.encode(), shown):
                time.sleep(0.05)
                os.write(terminal, keys)
                pressed = True
    os.close(terminal)
    os.waitpid(pid, 0)
    return re.sub(r"\x1b\[[^a-zA-Z]*[a-zA-Z]|\r", " ", shown.decode())


def test_a_finished_run_can_be_resumed_for_its_samples(trained: tuple[Path, str]) -> None:
    path, printed = trained
    before = path.read_bytes()
    done = microgpt("resume", path, "--no-exam")
    assert (done.returncode, done.stderr) == (0, "")
    assert samples_in(done.stdout) == samples_in(printed)
    assert path.read_bytes() == before


def test_a_run_has_its_own_dials(trained: tuple[Path, str]) -> None:
    assert_refused(microgpt("resume", trained[0], "--steps", "500"), 2, "--steps")
    assert_refused(microgpt("--resume", trained[0]), 2, "--resume")


@pytest.mark.slow
def test_data_that_have_changed_are_refused_and_moved_ones_are_found() -> None:
    Path("pets.txt").write_text("rex\nbella\nmilo\n", encoding="utf-8")
    assert microgpt(*SMALL, "--input", "pets.txt", "--save", "run.json").returncode == 0
    Path("pets.txt").write_text("rex\nbella\nmilo\nluna\n", encoding="utf-8")
    words = ["the run learned from other data: 3 documents of 'pets.txt', and now there are 4"]
    for command in (["resume", "run.json"], ["evaluate", "run.json"]):
        assert_refused(microgpt(*command), 1, *words)
    assert_refused(microgpt("resume", "run.json", "--dataset", "elements"), 1, "now there are 118")
    sampled = microgpt("sample", "run.json", "-n", "1")
    assert "not marked as new or known" in sampled.stdout
    assert "'pets.txt' has changed since" in sampled.stdout
    Path("pets.txt").unlink()
    words = ["cannot read 'pets.txt'", "if they are somewhere else now: --input FILE"]
    assert_refused(microgpt("resume", "run.json"), 1, *words)
    Path("elsewhere.txt").write_text("rex\nbella\nmilo\n", encoding="utf-8")
    sampled = microgpt("sample", "run.json", "-n", "1", "--input", "elsewhere.txt")
    assert "+ new   = in the data" in sampled.stdout
    assert microgpt("resume", "run.json", "--input", "elsewhere.txt").returncode == 0
    assert microgpt("resume", "run.json").returncode == 0, "it remembers the new place"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_what_can_be_read_only_once_is_not_waited_for() -> None:
    os.mkfifo("pipe")
    writing = subprocess.Popen(["sh", "-c", "printf 'rex\\nbella\\n' > pipe"])
    assert microgpt(*SMALL, "--input", "pipe", "--save", "piped.json").returncode == 0
    writing.wait()
    assert microgpt(*SMALL, "--input", "-", "--save", "stdin.json", stdin=b"rex\nbella\n").returncode == 0
    for name, reason in (("piped", "'pipe' is no regular file"), ("stdin", "they came from standard input")):
        for command in ("resume", "evaluate"):
            assert_refused(microgpt(command, f"{name}.json"), 1, reason, "--input FILE")
        assert reason in microgpt("sample", f"{name}.json", "-n", "1").stdout
        done = microgpt("resume", f"{name}.json", "--input", "-", stdin=b"rex\nbella\n")
        assert done.returncode == 0, done.stderr


def test_without_a_run_there_is_a_sentence_on_how_to_make_one() -> None:
    for command, what in (("resume", "unfinished run"), ("sample", "checkpoint"), ("evaluate", "checkpoint")):
        assert_refused(microgpt(command), 1, f"there is no {what} in runs/; python -m microgpt makes one")
    assert_refused(microgpt("runs"), 1, "there is no run in runs/; python -m microgpt makes one")


@pytest.mark.slow
def test_resume_takes_the_newest_unfinished_run() -> None:
    microgpt(*FEW)
    assert_refused(microgpt("resume"), 1, "there is no unfinished run in runs/")
    (finished,) = newest_first()
    assert finished.name in microgpt("sample", "-n", "1").stdout
    for name in ("broken", "torn", "empty"):
        Path("runs", f"{name}.json").write_text("not a checkpoint", encoding="utf-8")
    Path("runs", "notes.txt").write_text("mine", encoding="utf-8")
    Path("runs", "loop.json").symlink_to("loop.json")
    done = microgpt("sample", "-n", "1")
    assert done.returncode == 0
    assert re.fullmatch(
        r"microgpt: passed over: cannot use the checkpoint 'runs.*\(and 2 more like it\)\n", done.stderr
    )


def test_one_unreadable_entry_does_not_hide_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    microgpt(*FEW)
    (finished,) = newest_first()
    Path("runs", "odd.json").touch()
    true = Path.is_file

    def is_file(path: Path) -> bool:
        if path.name == "odd.json":
            raise PermissionError(13, "Permission denied")
        return true(path)

    monkeypatch.setattr(Path, "is_file", is_file)
    assert newest_first() == [finished]


@pytest.mark.slow
def test_a_run_that_has_diverged_is_set_aside() -> None:
    microgpt(*FEW)
    (good,) = newest_first()
    diverging = [*FEW, "--steps", "30", "--learning-rate", "1e6", "--save-every", "1"]
    done = microgpt(*diverging)
    assert_refused(done, 1, "went wrong", "what was saved before is in runs/", "-diverged.json")
    assert good.name in microgpt("sample", "-n", "1").stdout
    assert_refused(microgpt("resume"), 1, "there is no unfinished run")
    assert "diverged" in microgpt("runs").stdout
    assert_refused(microgpt(*diverging, "--save", "mine.json"), 1, "what was saved before is in mine.json")


@posix
@pytest.mark.slow
def test_a_name_that_looks_like_a_flag_can_be_resumed() -> None:
    _, errors = signalled(*ENDLESS, "--save", "-x.json", signals=(signal.SIGTERM, signal.SIGTERM), wait=0.2)
    command = errors.partition("to go on: python -m microgpt ")[2].strip()
    assert command == "resume -- -x.json"
    assert signalled(*command.split(), signals=(signal.SIGINT,), wait=0.1)[0] == 130


def test_windows_gets_a_command_that_its_shell_understands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("microgpt.terminal.runs._IS_WINDOWS", True)
    assert resume_command(Path("my run.json")) == 'python -m microgpt resume "my run.json"'


@posix
def test_a_nervous_second_control_c_does_not_stop_the_saving() -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # we may have been told to ignore it
    with stop_requests() as request:
        signal.raise_signal(signal.SIGINT)
        request.grant()
        signal.raise_signal(signal.SIGINT)
    with stop_requests() as request:
        request.note(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    signal.signal(signal.SIGINT, before)


@posix
@pytest.mark.slow
@pytest.mark.parametrize("delay", [0.02, 0.05, 0.08, 0.11, 0.14, 0.17, 0.2, 0.25])
def test_control_c_while_it_starts_is_no_traceback_of_the_program(delay: float) -> None:
    def listen() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    command = [sys.executable, "-m", "microgpt", *ENDLESS]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=CLEAN, preexec_fn=listen
    ) as process:
        time.sleep(delay)
        while process.poll() is None:  # Python swallows one that comes in a callback of its own importing
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(2)
        errors = process.communicate()[1]
    assert process.returncode in (1, 130, -signal.SIGINT)  # 1: Python itself had not started yet
    assert "microgpt/terminal" not in errors, errors


@posix
def test_control_c_in_a_callback_that_ignores_exceptions_ends_the_loading() -> None:
    script = """
import signal, weakref
from microgpt.__main__ import left_at_once
class Module: pass
signal.signal(signal.SIGINT, signal.default_int_handler)
with left_at_once():
    module = Module()
    watched = weakref.ref(module, lambda _: signal.raise_signal(signal.SIGINT))
    del module
    print("it ran on")
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=CLEAN)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "microgpt: interrupted\n")


def test_an_interruption_while_the_program_is_loaded_or_takes_its_leave(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from microgpt import __main__ as entry

    def interrupted() -> None:
        raise KeyboardInterrupt

    said: list[str] = []
    monkeypatch.setattr("microgpt.terminal.cli.main", interrupted)
    monkeypatch.setattr("sys.stderr.write", said.append)
    with pytest.raises(SystemExit) as ended:
        entry.main()
    assert (ended.value.code, said) == (130, ["microgpt: interrupted\n"])


@needs_the_original
@posix
@pytest.mark.slow
def test_stopped_and_resumed_on_names_txt_ends_with_the_originals_parameters() -> None:
    signalled("--input", str(reference_file("names.txt")), signals=(signal.SIGINT,), wait=1.0)
    done = microgpt("resume")
    assert samples_in(done.stdout) == golden()["samples"]
    (path,) = newest_first()
    checkpoint = load_checkpoint(path)
    assert [number.hex() for number in parameters_of(checkpoint.model)] == golden()["params"]
    assert [loss.hex() for loss in checkpoint.losses] == golden()["losses"]
    assert len(read_documents(reference_file("names.txt"))) == checkpoint.source.documents


# Saving


def test_another_run_in_the_file_is_refused_and_untouched() -> None:
    microgpt(*FEW, "--save", "run.json", "--no-exam")
    before = Path("run.json").read_bytes()
    done = microgpt(*FEW, "--seed", "7", "--save", "run.json")
    assert_refused(done, 1, "'run.json' has another run, step 3 of 3", "python -m microgpt resume run.json")
    assert done.stdout == ""
    assert Path("run.json").read_bytes() == before
    assert [path.name for path in Path().iterdir()] == ["run.json"]


@posix
@pytest.mark.slow
def test_the_same_run_again_is_told_that_it_can_go_on() -> None:
    signalled(*ENDLESS, "--save", "run.json", signals=(signal.SIGINT,), wait=0.2)
    steps = len(load_checkpoint("run.json").losses)
    _, errors = signalled(*ENDLESS, "--save", "run.json", signals=(signal.SIGINT,))
    again = f"run.json has this very run at step {steps:,} of 100,000; to go on with it: "
    assert errors.startswith(f"microgpt: {again}python -m microgpt resume run.json\n")
    assert len(load_checkpoint("run.json").losses) >= steps


def test_the_file_is_named_after_data_and_dials() -> None:
    for more in (["--dataset", "cities"], [], ["--temperature", "0.7"]):
        microgpt(*FEW, *more, "--no-exam")
    names = sorted(path.name for path in newest_first())
    assert [re.sub(r"-\w{8}\.json$", "", name) for name in names] == [
        "cities-1x8x2-steps3-seed42",
        *["elements-1x8x2-steps3-seed42"] * 2,
    ]


def test_nothing_is_saved_if_nobody_wants_it() -> None:
    done = microgpt(*FEW, "--no-save")
    assert "saved in" not in done.stdout
    assert list(Path().iterdir()) == []


def test_a_place_that_cannot_be_written_is_refused_before_training() -> None:
    Path("file").touch()
    done = microgpt("--save", "file/run.json")
    assert_refused(done, 1, "cannot write the run to 'file/run.json'", "--no-save")
    assert "step " not in done.stdout.partition("parameters\n")[2]
    Path("notes.json").write_text("mine", encoding="utf-8")
    assert_refused(microgpt("--save", "notes.json"), 1, "'notes.json' is in the way")
    assert Path("notes.json").read_text(encoding="utf-8") == "mine"


def limited(limit: int) -> object:
    resource = pytest.importorskip("resource", reason="this system cannot limit files")
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))


@pytest.mark.slow
def test_a_disk_that_fills_up_ends_with_a_sentence_and_keeps_the_last_file() -> None:
    size = [*FEW, "--save-every", "1", "--save", "run.json", "--no-exam"]
    microgpt(*size)
    limit = Path("run.json").stat().st_size + 1000
    Path("run.json").unlink()
    done = in_process(*size, "--steps", "300", preexec_fn=limited(limit))
    kept = len(load_checkpoint("run.json").losses)
    last = f"to go on from where it was saved last, step {kept} of 300: python -m microgpt resume run.json"
    assert_refused(done, 1, "cannot write the run to 'run.json'", last)
    assert 0 < kept < 300
    assert [path.name for path in Path().iterdir()] == ["run.json"]


def test_training_that_is_done_is_shown_even_if_its_end_cannot_be_saved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    true, wrong = os.fsync, OSError(28, "No space left on device")

    def full(descriptor: int) -> None:
        if len(list(Path().glob("run.json"))):
            raise wrong
        true(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    done = microgpt(*FEW, "--save", "run.json")
    assert_refused(done, 1, "cannot write the run to 'run.json'", "saved last, step 0 of 3")
    assert "2 samples at" in done.stdout
    assert "held-out loss" in done.stdout


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_under_the_trace_loses_no_step() -> None:
    done = microgpt(*FEW, "--steps", "20", "--trace", "/dev/full", "--save", "run.json")
    assert_refused(done, 1, "cannot write the trace to '/dev/full': No space left on device")
    from microgpt.terminal import traces

    written = traces.TraceWriter.write
    steps: list[int] = []

    def fills_up(self: traces.TraceWriter, records: list[dict[str, object]]) -> int:
        steps.extend(1 for record in records if record["kind"] == "loss")
        if len(steps) == 7:
            raise traces.TraceError("cannot write the trace: full")
        return written(self, records)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(traces.TraceWriter, "write", fills_up)
        done = microgpt(*FEW, "--steps", "20", "--trace", "t.jsonl", "--save", "traced.json")
    assert_refused(done, 1, "the trace", "saved last, step 7 of 20: python -m microgpt resume traced.json")
    assert len(load_checkpoint("traced.json").losses) == 7


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.slow
def test_a_reader_that_leaves_loses_no_step() -> None:
    command = f"{sys.executable} -m microgpt {' '.join(ENDLESS)} --compact --save run.json | head -n 30"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=CLEAN, check=False)
    assert len(done.stdout.splitlines()) == 30
    steps = len(load_checkpoint("run.json").losses)
    assert steps > 10
    last = f"to go on from where it was saved last, step {steps:,} of 100,000: "
    last += "python -m microgpt resume run.json"
    assert done.stderr == f"microgpt: nobody reads the output any more; {last}\n"


def test_the_runs_are_listed_the_newest_first() -> None:
    microgpt(*FEW, "--no-exam")
    microgpt(*FEW, "--no-exam", "--steps", "0")
    shown = microgpt("runs")
    assert (shown.returncode, shown.stderr) == (0, "")
    rows = re.findall(r"^(elements\S+)\.json +(\S+) +(\S+)  (\w+)", shown.stdout, re.MULTILINE)
    assert [row[1:] for row in rows] == [("0/0", "-", "finished"), ("3/3", rows[1][2], "finished")]
    losses = load_checkpoint(next(path for path in newest_first() if "steps3" in path.name)).losses
    assert rows[1][2] == f"{sum(losses) / 3:.4f}"


def test_the_cursor_is_there_again_while_the_program_is_suspended() -> None:
    from rich.console import Console

    from microgpt.terminal.signals import cursor_back_on_suspend

    if not hasattr(signal, "SIGTSTP"):
        pytest.skip("this system suspends nothing")
    shown: list[bool] = []
    console = Console()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(console, "show_cursor", lambda is_shown: shown.append(is_shown))
        patch.setattr(
            os, "kill", lambda pid, number: shown.append(signal.getsignal(number) is signal.SIG_DFL)
        )
        with cursor_back_on_suspend(console):
            signal.raise_signal(signal.SIGTSTP)
    assert shown == [True, True, False]


@pytest.mark.slow
def test_a_trace_in_json_tells_the_losses_of_the_file(trained: tuple[Path, str]) -> None:
    found = json.loads(microgpt("evaluate", trained[0], "--json").stdout)
    assert found["step"] == 120 == len(load_checkpoint(trained[0]).losses)


def test_a_terminal_says_which_file_goes_on(trained: tuple[Path, str]) -> None:
    shown = in_a_terminal("resume", trained[0], "--no-exam", columns=200, NO_COLOR="1")
    assert f"Going on with {trained[0]} after step 120 of 120." in shown


def test_a_run_never_replaces_more_steps_of_itself() -> None:
    """Two runs of the same settings on one file: the slower one finds it further along."""
    documents, source = bundled_documents("elements"), Source.of("elements", bundled_documents("elements"))
    config = Config(n_embd=4, n_head=2, steps=9)
    slow, fast = new_run(config, documents), new_run(config, documents)
    path = Path("two.json")
    one, other = RunFile.claim(path, slow, source), RunFile.claim(path, fast, source)
    for _ in train(fast):
        pass
    other.write(fast)
    train_step(slow)
    one.write(slow)
    assert len(load_checkpoint(path).losses) == 9
    assert len(load_checkpoint("two-at-step1.json").losses) == 1


def test_what_is_no_regular_file_is_not_replaced() -> None:
    documents = bundled_documents("elements")
    run = new_run(Config(n_embd=4, n_head=2), documents)
    os.mkfifo("pipe")
    for name in ("pipe", "."):
        with pytest.raises(CheckpointError, match="it is no regular file"):
            save_checkpoint(run, Source.of("elements", documents), Path(name))
    assert Path("pipe").is_fifo()
    with pytest.raises(CheckpointError, match="cannot write the run"):
        save_checkpoint(run, Source.of("elements", documents), Path("a\0b"))


def test_documents_from_standard_input_do_not_make_a_run_forget_its_file() -> None:
    Path("pets.txt").write_text("rex\nbella\nmilo\n", encoding="utf-8")
    microgpt(*SMALL, "--input", "pets.txt", "--save", "run.json", "--no-exam")
    done = microgpt("resume", "run.json", "--input", "-", "--no-exam", stdin=b"rex\nbella\nmilo\n")
    assert done.returncode == 0, done.stderr
    assert load_checkpoint("run.json").source.name == "pets.txt"


def test_nothing_is_said_to_be_saved_that_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    true = os.fsync

    def full(descriptor: int) -> None:
        if Path("run.json").exists():
            raise OSError(28, "No space left on device")
        true(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    assert "saved in" not in microgpt(*FEW, "--save", "run.json", "--no-exam").stdout


def test_an_interruption_while_samples_are_shown_says_where_the_run_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("microgpt.terminal.results.show_samples", interrupted)
    done = microgpt(*FEW, "--save=-my run.json")
    assert_refused(
        done, 130, "interrupted after training; to see more: python -m microgpt sample -- '-my run.json'"
    )


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs folders that are none")
def test_a_folder_of_runs_that_cannot_be_looked_into_is_said() -> None:
    Path("runs").write_text("not a folder", encoding="utf-8")
    for command in ("runs", "sample", "resume", "evaluate"):
        assert_refused(microgpt(command), 1, "cannot look into 'runs': Not a directory; name a file")


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_at_a_pause_is_heard(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked_to_end(prompt: str) -> str:
        signal.raise_signal(number)
        return ""

    monkeypatch.setattr("builtins.input", asked_to_end)
    pause = Pauses(are_on=True)
    with stop_requests() as request:
        pause()
        pause()
    assert request.signal_number == number
