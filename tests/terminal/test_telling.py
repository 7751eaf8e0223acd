"""What is told is what was recorded, in a layout that fits, in a pipe and on real terminals."""

import importlib
import json
import re
import signal
import time
from pathlib import Path

import pytest
from rich.cells import cell_len

from microgpt.records import KINDS, Record
from microgpt.terminal.brief import shown_names
from microgpt.terminal.charts import loss_plot
from microgpt.terminal.screen import folded
from microgpt.terminal.signals import stop_requests
from microgpt.terminal.watch import Pauses
from tests.support.process import FEW, SMALL, assert_refused, in_a_terminal, in_process, microgpt
from tests.support.records import of

LOUD = ["--verbose-every", "1", "--steps", "2", "--samples", "1", "--no-save", "--dataset", "elements"]
SILENT_END = ["--samples", "0", "--no-save", "--no-exam"]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[Record]]:
    """Everything told, and the trace of the same run."""
    folder = tmp_path_factory.mktemp("told")
    done = microgpt(*LOUD, "--trace", "trace.jsonl", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    lines = (folder / "trace.jsonl").read_text(encoding="utf-8").splitlines()
    return done.stdout, [json.loads(line) for line in lines]


def numbers_after(label: str, text: str) -> list[list[str]]:
    """Find every line that begins with a label, and the numbers in the rest of it."""
    rests = re.findall(rf"^{label}(.*)$", text, re.MULTILINE)
    return [re.findall(r"-?\d[\d,]*\.?\d*(?:e-\d+)?", rest) for rest in rests]


def test_it_is_plain_and_fits_into_80_columns(told: tuple[str, list[Record]]) -> None:
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", told[0])
    assert max(map(len, told[0].splitlines())) <= 80


def test_documents_and_predictions(told: tuple[str, list[Record]]) -> None:
    text, records = told
    flat = " ".join(text.split())
    for record in of(records, "document"):
        assert f"  {record['document']}, {len(record['predictions'])} predictions\n" in text
        given = []
        for character, answer in record["predictions"]:
            given.append(character)
            assert f" after {', '.join(given)}: predict {answer} " in flat


def test_vectors_and_sizes(told: tuple[str, list[Record]]) -> None:
    text, records = told
    sums = numbers_after("  their sum", text)
    records = [record for record in records if "step" in record]
    assert sums == [["16", *(f"{x:.3f}" for x in record["sum"][:4])] for record in of(records, "embed")]
    sizes = numbers_after("  root mean square", text)
    assert [size[:2] for size in sizes] == [
        [f"{record['rms'][when]:.4f}" for when in ("before", "after")] for record in of(records, "embed")
    ]
    grown = numbers_after("  added to the residual stream: root mean square", text)
    stream = [record for record in records if record["kind"] in ("attention", "mlp")]
    assert grown == [[f"{record['rms'][when]:.4f}" for when in ("before", "after")] for record in stream]
    off = numbers_after("  from 16 numbers to 64, of which ReLU switches", text)
    assert off == [[str(record["off"])] for record in of(records, "mlp")]


def test_heat_maps(told: tuple[str, list[Record]]) -> None:
    text, records = told
    rows = re.findall(r"^  head (\d) +(.*)$", text, re.MULTILINE)
    assert [(int(head), row.split()) for head, row in rows] == [
        (head, [f"{weight:.2f}" for weight in weights])
        for record in of(records, "attention")
        if "step" in record
        for head, weights in enumerate(record["weights"])
    ]
    assert "  head 0   1.00\n" in text
    assert "the cache holds the keys and values of 1 position now" in text
    assert "the cache holds the keys and values of 2 positions now" in text


def test_targets_and_losses(told: tuple[str, list[Record]]) -> None:
    text, records = told
    targets = re.findall(
        r"^  target (\w+): probability (\S+), rank (\d+) of (\d+), surprise (\S+) nats$", text, re.MULTILINE
    )
    assert targets == [
        (
            r["target_character"],
            f"{r['probability']:.4f}",
            str(r["rank"]),
            str(len(r["logits"])),
            f"{r['surprise']:.4f}",
        )
        for r in of(records, "predict")
    ]
    likeliest = re.findall(r"^  likeliest: (.*)$", text, re.MULTILINE)
    for line, record in zip(likeliest, of(records, "predict"), strict=True):
        best = sorted(record["probabilities"], reverse=True)[:5]
        assert line.split()[1::2] == [f"{chance:.4f}" for chance in best]
    assert numbers_after("  their mean is the loss:", text) == [
        [f"{r['loss']:.4f}"] for r in of(records, "loss")
    ]
    assert numbers_after("  perplexity", text) == [
        [f"{r['perplexity']:.2f}", f"{r['uniform']:.4f}"] for r in of(records, "loss")
    ]


def as_told(number: float) -> str:
    return f"{number:.4f}" if number >= 0.001 or not number else f"{number:.1e}"


def test_slopes_and_changes(told: tuple[str, list[Record]]) -> None:
    text, records = told
    assert numbers_after("  graph:", text) == [
        [f"{r['nodes']:,}", f"{r['edges']:,}", str(r["depth"])] for r in of(records, "backward")
    ]
    for name in of(records, "backward")[0]["matrices"]:
        rows = numbers_after(re.escape(name) + " ", text)
        expected = []
        for backward, update in zip(of(records, "backward"), of(records, "update"), strict=True):
            size, change = backward["matrices"][name], update["matrices"][name]
            shape = [str(n) for n in size["shape"]] if size["shape"][0] > 1 else [f"{size['shape'][1]:,}"]
            sizes = [as_told(size[key]) for key in ("mean", "largest", "norm")]
            expected.append([*shape, f"{size['nonzero']:,}", *sizes])
            expected.append([as_told(change[key]) for key in ("mean", "largest", "ratio")])
        assert rows == expected
    for record in of(records, "update"):
        one = record["followed"]
        flat = " ".join(text.split())
        assert f"followed: {one['parameter']}, the first number of BOS: {one['before']:.6f}, slope" in flat
        assert f"m, average slope: {one['m_before']:.6f} -> {one['m']:.6f}, corrected for the start" in flat
        root = f"corrected {one['v_hat']:.3g}, its root {one['v_hat'] ** 0.5:.6f}"
        assert f"v, average square: {one['v_before']:.3g} -> {one['v']:.3g}, {root}" in flat
        step = f"-{record['learning_rate']:.6g} * {one['m_hat']:.6f} / ({one['v_hat'] ** 0.5:.6f} + 1e-08)"
        assert f"moved by {one['after'] - one['before']:+.6f} = {step}" in flat
        assert f"and is now {one['after']:.6f} " in flat


def test_each_heading_names_a_function_that_is_there(told: tuple[str, list[Record]]) -> None:
    headings = re.findall(r"^(\w+)(?:, layer \d)? +microgpt/(\w+)\.py, ([\w.]+)$", told[0], re.MULTILINE)
    assert {kind for kind, _, _ in headings} == set(KINDS)
    for _, module, name in headings:
        found = importlib.import_module(f"microgpt.{module}")
        for part in name.split("."):
            found = getattr(found, part)
        assert callable(found)


def steps_in(text: str) -> dict[int, list[str]]:
    """Cut what was told into steps."""
    found: dict[int, list[str]] = {}
    lines: list[str] = []
    for line in text.partition("loss of each step")[0].splitlines():
        if re.match(r"step \d+ of \d+ =+$", line):
            lines = found.setdefault(int(line.split()[1]), [])
        lines.append(line)
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    "size",
    [[], ["--n-layer", "5", "--n-embd", "4"], ["--block-size", "60", "--n-embd", "4", "--input", "long.txt"]],
)
def test_the_first_and_the_last_in_full_the_others_in_25_lines(size: list[str]) -> None:
    Path("long.txt").write_text("".join(f"{'abcdefghij' * n}\n" for n in (5, 6, 7)), encoding="utf-8")
    done = microgpt("--verbose", "--steps", "5", *SILENT_END, *size)
    steps = steps_in(done.stdout)
    assert list(steps) == [1, 2, 3, 4, 5]
    for number in (1, 5):
        assert len(steps[number]) > 100
    for number in (2, 3, 4):
        assert 10 < len([line for line in steps[number] if line]) <= 25
        text = "\n".join(steps[number])
        for word in ("prediction", "surprise at", "perplexity", "wte", "all ", "learning rate"):
            assert word in text
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.slow
def test_every_nth_step_in_full() -> None:
    steps = steps_in(microgpt("--verbose-every", "2", "--steps", "5", *SILENT_END).stdout)
    assert [number for number, lines in steps.items() if len(lines) > 100] == [1, 2, 4, 5]


@pytest.mark.slow
def test_one_position_only() -> None:
    text = microgpt(*LOUD, "--verbose-position", "2").stdout
    assert set(re.findall(r"^position (\d+),", text, re.MULTILINE)) == {"2"}


@pytest.mark.slow
def test_one_row_for_each_step() -> None:
    text = microgpt("--compact", "--steps", "4", *SILENT_END).stdout
    rows = re.findall(r"^ +(\d)  (\w+) +(\d+) +\d\.\d{4} +\d+\.\d\d +[\d,]+ .*$", text, re.MULTILINE)
    assert [row[0] for row in rows] == ["1", "2", "3", "4"]
    assert max(map(len, text.splitlines())) <= 80
    assert len(re.findall(r"^ +step  document +n ", text, re.MULTILINE)) == 1


@pytest.mark.slow
def test_the_end_has_a_drawing_and_one_sample_told() -> None:
    text = microgpt(
        "-v",
        "--steps",
        "30",
        "--samples",
        "3",
        "--no-save",
        "--dataset",
        "elements",
        "--stages",
        "loss,sampling",
    ).stdout
    assert "loss of each step (.) and mean of the last 30 (*)" in text
    assert len(re.findall(r"^ *[\d.]* \|", text, re.MULTILINE)) == 12
    assert "held-out loss" in text
    told, _, rest = text.partition("\n1 +")
    assert "T=1" in told
    assert "T=1" not in rest


@pytest.mark.slow
def test_sampling_is_told_from_a_checkpoint() -> None:
    microgpt("--steps", "3", "--samples", "0", "--save", "run.json")
    told = microgpt("sample", "run.json", "--verbose", "--prompt", "mar", "-n", "1", "--seed", "3")
    assert (told.returncode, told.stderr) == (0, "")
    assert re.findall(r"^position (\d+), (\w+)$", told.stdout, re.MULTILINE)[:4] == [
        ("0", "BOS"),
        ("1", "m"),
        ("2", "a"),
        ("3", "r"),
    ]
    quiet = microgpt("sample", "run.json", "--quiet", "--prompt", "mar", "-n", "1", "--seed", "3")
    assert f"1 + {quiet.stdout.strip()}\n" in told.stdout
    traced = ["sample", "run.json", "--prompt", "mar", "-n", "2", "--seed", "3", "--trace", "t.jsonl"]
    assert microgpt(*traced).returncode == 0
    records = [json.loads(line) for line in Path("t.jsonl").read_text(encoding="utf-8").splitlines()]
    assert (records[0]["kind"], records[0]["schema"]) == ("run", 2)
    assert {record["kind"] for record in records[1:]} == {"embed", "attention", "mlp", "sampling"}
    assert {record["sample"] for record in records[1:]} == {1, 2}
    both = microgpt("sample", "run.json", "--verbose", "--probabilities", "--prompt", "mar", "-n", "1")
    assert "head 0" in both.stdout
    assert_refused(microgpt("sample", "run.json", "--stages", "loss"), 2, "sampling has only the stages")


# Terminals


def test_on_a_terminal_the_heat_map_has_colors() -> None:
    shown = in_a_terminal(*LOUD)
    assert re.search(r"head 0 .*\x1b\[(?:30;48;5;\d+|97;48;5;\d+|37;48;5;\d+)m 1\.00", shown)


def test_pause_waits_for_enter() -> None:
    shown = in_a_terminal(
        *["--pause", "--steps", "1", "--samples", "0", "--no-save", "--stages", "loss,backward,update"],
        keys=["\n", "\n", "\n"],
        at="[Enter]",
    )
    assert shown.count("[Enter]") == 3
    assert "followed" in shown


def test_wide_terminals_are_used() -> None:
    shown = in_a_terminal(*LOUD, COLUMNS="120", NO_COLOR="1")
    assert max(len(re.sub(r"\x1b\[[^m]*m", "", line)) for line in shown.splitlines()) > 100


def test_control_d_ends_the_pausing() -> None:
    flags = ["--pause", "--steps", "2", "--samples", "0", "--save", "run.json"]
    shown = in_a_terminal(*flags, keys=["\n", "\x04"], at="[Enter]")
    assert shown.count("[Enter]") == 2
    assert "saved in run.json" in shown
    assert "Traceback" not in shown


def test_control_c_at_a_pause_is_heard_and_ends_the_pausing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def press_control_c(prompt: str) -> str:
        asked.append(prompt)
        signal.raise_signal(signal.SIGINT)
        return ""

    monkeypatch.setattr("builtins.input", press_control_c)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # we may have been told to ignore it
    pause = Pauses(are_on=True)
    with stop_requests() as request:
        pause()
        pause()
    signal.signal(signal.SIGINT, before)
    assert request.signal_number == signal.SIGINT
    assert len(asked) == 1


WIDE = ["漢字仮名交じり文" * 10, "日本語のテスト", "👩‍👩‍👧 e\u0301 [red]x[/red] \u200b", "ひらがな"]


@pytest.mark.slow
@pytest.mark.parametrize("flags", [["--verbose-every", "1"], ["--verbose"], ["--compact"]])
def test_wide_characters_fit_too(flags: list[str]) -> None:
    Path("wide.txt").write_text("\n".join(WIDE), encoding="utf-8")
    size = ["--n-embd", "4", "--n-head", "2", "--steps", "3", "--samples", "2", "--no-save"]
    done = microgpt(*flags, *size, "--input", "wide.txt")
    assert (done.returncode, done.stderr) == (0, "")
    assert max(map(cell_len, done.stdout.splitlines())) <= 80


@pytest.mark.parametrize("extreme", [["--steps", "0", "--init-std", "1e155"], ["--learning-rate", "1e160"]])
def test_watching_does_not_break_what_runs(extreme: list[str]) -> None:
    Path("few.txt").write_text("ava\nmia\nnoah\n", encoding="utf-8")
    size = [
        "--n-embd",
        "4",
        "--n-head",
        "2",
        "--steps",
        "1",
        "--samples",
        "1",
        "--no-save",
        "--input",
        "few.txt",
    ]
    silent = microgpt(*size, *extreme)
    watched = microgpt(*size, *extreme, "--verbose", "--trace", "t.jsonl")
    assert (watched.returncode, watched.stderr) == (silent.returncode, silent.stderr)


# Mistakes


@pytest.mark.slow
def test_a_trace_is_not_written_over_something_else() -> None:
    Path("few.txt").write_text("ava\nmia\nnoah\n", encoding="utf-8")
    small = ["--steps", "2", "--n-embd", "4", "--n-head", "2", "--samples", "1"]
    microgpt(*small, "--save", "run.json")
    before = Path("run.json").read_bytes()
    used = "is used otherwise; choose another file for the trace"
    for flags, words in (
        (["sample", "run.json", "--trace", "run.json"], used),
        (["resume", "run.json", "--trace", "run.json"], used),
        ([*small, "--save", "new.json", "--trace", "new.json"], used),
        ([*small, "--input", "few.txt", "--trace", "few.txt"], used),
        ([*small, "--no-save", "--trace", "few.txt"], "is there and is no trace"),
    ):
        assert_refused(microgpt(*flags), 2, words)
    assert Path("run.json").read_bytes() == before
    assert Path("few.txt").read_text(encoding="utf-8") == "ava\nmia\nnoah\n"
    for _ in range(2):
        assert microgpt(*small, "--no-save", "--trace", "t.jsonl").returncode == 0


@pytest.mark.slow
def test_a_mistake_moves_no_file() -> None:
    small = ["--steps", "2", "--n-embd", "4", "--n-head", "2", "--samples", "0", "--save", "run.json"]
    microgpt(*small)
    before = Path("run.json").read_bytes()
    for wrong in (["--verbose", "--quiet"], ["--verbose-every", "0"], ["--trace", "no/folder/t"]):
        assert microgpt(*small, "--seed", "7", *wrong).returncode in (1, 2)
        assert [path.name for path in Path().iterdir()] == ["run.json"]
    assert Path("run.json").read_bytes() == before


def test_impossible_wishes_are_refused_before_training() -> None:
    done = microgpt(*FEW, "--trace", "no/such/folder.jsonl")
    assert_refused(done, 1, "cannot write the trace to 'no/such/folder.jsonl'")
    assert "step " not in done.stdout.partition("parameters\n")[2]


def test_a_command_that_fails_leaves_an_older_trace_alone(trained: tuple[Path, str]) -> None:
    Path("n.txt").write_text("a text", encoding="utf-8")
    Path("file").touch()
    assert microgpt(*FEW, "--no-save", "--no-exam", "--trace", "old.jsonl").returncode == 0
    before = Path("old.jsonl").read_bytes()
    for failing in (
        [*FEW, "--save", "n.txt"],
        [*FEW, "--save", "file/run.json"],
        ["sample", str(trained[0]), "--prompt", "?!"],
        [*FEW, "--n-embd", "1000000"],
    ):
        assert microgpt(*failing, "--trace", "old.jsonl").returncode == 1
        assert Path("old.jsonl").read_bytes() == before


@pytest.mark.slow
def test_a_resumed_run_does_not_replace_the_trace_of_its_first_part() -> None:
    microgpt(*FEW, "--no-exam", "--trace", "t.jsonl", "--save", "run.json")
    before = Path("t.jsonl").read_bytes()
    done = microgpt("resume", "run.json", "--trace", "t.jsonl")
    assert_refused(done, 2, "'t.jsonl' has the trace of the steps before; choose another file for the rest")
    assert Path("t.jsonl").read_bytes() == before
    assert microgpt("resume", "run.json", "--trace", "rest.jsonl").returncode == 0


@pytest.mark.slow
def test_a_trace_can_go_to_standard_output() -> None:
    done = microgpt(*FEW, "--no-save", "--trace", "-")
    kinds = [json.loads(line)["kind"] for line in done.stdout.splitlines()]
    assert (kinds[0], kinds[-1]) == ("run", "summary")
    assert "step 3/3" in done.stderr
    assert done.stdout.count("\n") == len(kinds)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_ends_the_trace_with_a_sentence() -> None:
    done = microgpt("--steps", "20", *SILENT_END, "--trace", "/dev/full")
    assert_refused(done, 1, "cannot write the trace", "No space left on device")


# Pieces


def test_a_drawing_has_the_largest_loss_on_top() -> None:
    assert loss_plot([4.0, 3.0, 2.0, 1.0], width=10, height=4) == [
        "  4.00 |**",
        "       | .*",
        "       |  .*",
        "  1.00 |   .",
    ]
    long = loss_plot([1.0, 2.0] * 500, width=10)
    assert all(len(line) <= 18 for line in long)
    assert len(loss_plot([2.5] * 7)) == 12


def test_a_deep_model_shows_its_largest_matrices() -> None:
    slopes = {f"m{n}": {"norm": float(n)} for n in range(30)} | {"all": {"norm": 99.0}}
    assert shown_names(slopes) == [*(f"m{n}" for n in range(17, 30)), "all"]


def test_losses_of_any_size_can_be_drawn() -> None:
    for losses in ([1.7e308, 1.0, 1.7e308], [1.7e308] * 300, [float("inf"), 1.0], [1e-320, 0.0]):
        assert len(loss_plot(losses)) == 12


@pytest.mark.slow
def test_a_document_far_too_long_is_told_as_far_as_it_is_read() -> None:
    Path("long.txt").write_text("abc" * 100_000 + "\n", encoding="utf-8")
    size = ["--n-embd", "4", "--n-head", "2", "--steps", "2", *SILENT_END, "--input", "long.txt"]
    began = time.process_time()
    text = microgpt("--verbose", *size).stdout
    assert time.process_time() - began < 5
    assert len(text) < 100_000
    told = "abcabcabcabcabca and 299,984 characters that the block has no room for, 16 predictions as tokens"
    assert told in " ".join(text.split())
    assert set(re.findall(r"^position (\d+),", text, re.MULTILINE)) == {str(number) for number in range(16)}


def test_folding_takes_time_in_proportion() -> None:
    def seconds(length: int) -> float:
        began = time.process_time()
        assert len("".join(folded("ab" * length, 80)).replace(" ", "")) == 2 * length
        return time.process_time() - began

    assert seconds(80_000) < 20 * max(seconds(8_000), 0.01)


@pytest.mark.slow
@pytest.mark.parametrize("columns", ["0", "1", "20", "abc", "\N{SUPERSCRIPT TWO}", "-5", "9" * 5000])
def test_a_strange_width_hides_nothing(columns: str) -> None:
    assert "step 3/3" in microgpt(*FEW, "--no-save", env={"COLUMNS": columns, "LINES": columns}).stdout


def test_a_strange_width_is_no_traceback_in_a_process_of_its_own() -> None:
    from tests.support.process import CLEAN

    done = in_process(*FEW, "--no-save", env={**CLEAN, "COLUMNS": "\N{SUPERSCRIPT TWO}"})
    assert (done.returncode, done.stderr) == (0, "")


def test_a_terminal_gets_a_bar_and_a_narrow_one_lines() -> None:
    text = in_a_terminal(*FEW, "--no-save")
    assert "step 3/3" in text
    assert "━" in text
    assert "\x1b[" in text
    narrow = in_a_terminal(*FEW, "--no-save", "--no-exam", columns=30)
    assert "━" not in narrow
    assert narrow.count("step 3/3") == 1


def test_a_long_exam_shows_how_it_is_getting_on() -> None:
    text = in_a_terminal(*SMALL, "--n-embd", "32", "--no-save")
    assert re.search(r"exam .*━", text)
    assert "exam" not in in_a_terminal(*SMALL, "--n-embd", "32", "--no-save", "--no-exam")


def test_no_color_is_honored_and_forced_color_moves_no_cursor_in_a_pipe() -> None:
    few = [*FEW, "--no-save", "--no-exam"]
    assert re.search(r"\x1b\[[\d;]*3\d", in_a_terminal(*few))
    assert not re.search(r"\x1b\[[\d;]*(3|4|9)\d[;m]", in_a_terminal(*few, NO_COLOR="1"))
    assert not re.search(r"\x1b\[[^m]*[A-Za-ln-z]|\r", microgpt(*few, env={"FORCE_COLOR": "1"}).stdout)


def test_a_trace_ends_with_a_summary_also_without_an_exam() -> None:
    assert microgpt(*FEW, "--no-save", "--no-exam", "--trace", "t.jsonl").returncode == 0
    last = json.loads(Path("t.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert (last["kind"], len(last["losses"]), last["held_out"]) == ("summary", 3, {})
