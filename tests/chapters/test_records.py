"""What is recorded is what happened: recomputed with other arithmetic."""

import json
import math
import re
from dataclasses import asdict
from pathlib import Path

import pytest

from microgpt import Config, as_floats, bundled_documents, new_run, read_documents, train
from microgpt import records as chapter
from microgpt.graphs import gradient_sizes
from microgpt.model import parameter_shapes
from microgpt.recorder import Recorder
from microgpt.records import KINDS, Record
from microgpt.sampling import sample_tokens
from microgpt.stages import Event, listening
from tests.support.cases import FRIENDS, ODD, recorded
from tests.support.process import microgpt
from tests.support.records import of
from tests.support.reference import needs_the_original, reference_file


@pytest.fixture(scope="module")
def records() -> list[Record]:
    return recorded(new_run(ODD, FRIENDS))


# What is recorded is what happened


def softmax(scores: list[float]) -> list[float]:
    exps = [math.exp(score) for score in scores]
    return [e / math.fsum(exps) for e in exps]


def product(matrix: list[list[float]], vector: list[float]) -> list[float]:
    return [math.fsum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def test_the_document_and_its_predictions(records: list[Record]) -> None:
    for record in of(records, "document"):
        text = record["document"]
        assert record["characters"] == ["BOS", *text, "BOS"]
        assert (
            record["predictions"]
            == [[a, b] for a, b in zip(["BOS", *text], [*text, "BOS"], strict=True)][: ODD.block_size]
        )
    documents = new_run(ODD, FRIENDS).documents
    assert [record["document"] for record in of(records, "document")] == documents[: ODD.steps]
    assert [record["step"] for record in of(records, "document")] == [1, 2, 3, 4]


def test_embeddings_add_up_and_are_normalized(records: list[Record]) -> None:
    for record in of(records, "embed"):
        added = [a + b for a, b in zip(record["wte"], record["wpe"], strict=True)]
        assert record["sum"] == pytest.approx(added)
        size = math.sqrt(math.fsum(x * x for x in added) / len(added))
        assert record["rms"]["before"] == pytest.approx(size)
        assert record["output"] == pytest.approx([x / math.sqrt(size**2 + 1e-5) for x in added])


def test_attention_weights_come_from_queries_and_keys(records: list[Record]) -> None:
    shelves: dict[tuple[int, int, int], tuple[list[list[float]], list[list[float]]]] = {}
    for record in of(records, "attention"):
        assert record["cache_length"] == record["position"] + 1 == len(record["seen"])
        for head in range(ODD.n_head):
            keys, values = shelves.setdefault((record["step"], record["layer"], head), ([], []))
            keys.append(record["keys"][head])
            values.append(record["values"][head])
            query = record["queries"][head]
            assert len(query) == ODD.head_dim
            scores = [score / math.sqrt(ODD.head_dim) for score in product(keys, query)]
            weights = record["weights"][head]
            assert math.fsum(weights) == pytest.approx(1)
            assert weights == pytest.approx(softmax(scores))
            mixed = product([list(column) for column in zip(*values, strict=True)], weights)
            assert record["heads"][head] == pytest.approx(mixed)
        if record["position"] == 0:
            assert record["weights"] == [[1.0]] * ODD.n_head


def test_the_first_step_multiplies_with_the_first_parameters(records: list[Record]) -> None:
    matrices = as_floats(new_run(ODD, FRIENDS).model).parameters
    first_step = [record for record in records if record["step"] == 1]
    for record in of(first_step, "attention"):
        layer = record["layer"]
        for what, name in (("queries", "wq"), ("keys", "wk"), ("values", "wv")):
            flat = [x for head in record[what] for x in head]
            assert flat == pytest.approx(product(matrices[f"layer{layer}.attn_{name}"], record["input"]))
        heads = [x for head in record["heads"] for x in head]
        assert record["output"] == pytest.approx(product(matrices[f"layer{layer}.attn_wo"], heads))
    for record in of(first_step, "mlp"):
        layer = record["layer"]
        hidden = product(matrices[f"layer{layer}.mlp_fc1"], record["input"])
        assert record["hidden"] == pytest.approx(hidden)
        assert record["off"] == sum(x <= 0 for x in hidden)
        alive = [max(x, 0) for x in hidden]
        assert record["output"] == pytest.approx(product(matrices[f"layer{layer}.mlp_fc2"], alive))
    first = of(records, "embed")[0]
    assert first["wte"] == matrices["wte"][-1]
    assert first["wpe"] == matrices["wpe"][0]


def test_the_residual_stream_grows_by_the_outputs(records: list[Record]) -> None:
    for embed in of(records, "embed"):
        stream = embed["output"]
        here = [
            r for r in records if (r.get("step"), r.get("position")) == (embed["step"], embed["position"])
        ]
        for record in here:
            if record["kind"] in ("attention", "mlp"):
                before = math.sqrt(math.fsum(x * x for x in stream) / len(stream))
                assert record["rms"]["before"] == pytest.approx(before)
                assert record["input"] == pytest.approx([x / math.sqrt(before**2 + 1e-5) for x in stream])
                stream = [x + y for x, y in zip(stream, record["output"], strict=True)]
                after = math.sqrt(math.fsum(x * x for x in stream) / len(stream))
                assert record["rms"]["after"] == pytest.approx(after)


def test_predictions_surprises_and_the_loss(records: list[Record]) -> None:
    alphabet = sorted(set("".join(FRIENDS)))
    for loss in of(records, "loss"):
        surprises = []
        for record in of(records, "predict"):
            if record["step"] != loss["step"]:
                continue
            chances = softmax(record["logits"])
            assert record["probabilities"] == pytest.approx(chances)
            target = record["target"]
            assert record["target_character"] == [*alphabet, "BOS"][target]
            assert record["probability"] == record["probabilities"][target]
            better = sorted(record["probabilities"], reverse=True)
            assert better[record["rank"] - 1] == record["probability"]
            assert record["surprise"] == pytest.approx(-math.log(chances[target]))
            surprises.append(record["surprise"])
        assert loss["surprises"] == surprises
        assert loss["loss"] == pytest.approx(math.fsum(surprises) / len(surprises))
        assert loss["perplexity"] == pytest.approx(math.exp(loss["loss"]))
        assert loss["uniform"] == pytest.approx(math.log(len(alphabet) + 1))


def test_slopes_are_not_0_only_where_the_document_went(records: list[Record]) -> None:
    shapes = parameter_shapes(ODD, len(set("".join(FRIENDS))) + 1)
    for backward, document in zip(of(records, "backward"), of(records, "document"), strict=True):
        sizes = dict(backward["matrices"])
        whole = sizes.pop("all")
        assert {name: tuple(size["shape"]) for name, size in sizes.items()} == shapes
        given = [token for token, _ in document["predictions"]]
        assert sizes["wte"]["nonzero"] == len(set(given)) * ODD.n_embd
        assert sizes["wpe"]["nonzero"] == len(given) * ODD.n_embd
        assert whole["nonzero"] == sum(size["nonzero"] for size in sizes.values())
        assert whole["largest"] == max(size["largest"] for size in sizes.values())
        assert whole["norm"] == pytest.approx(math.hypot(*(size["norm"] for size in sizes.values())))
        total = math.fsum(size["mean"] * size["nonzero"] for size in sizes.values())
        assert whole["mean"] == pytest.approx(total / whole["nonzero"])


def test_the_slopes_are_those_between_backward_and_update() -> None:
    run = new_run(ODD, FRIENDS)
    recorder = Recorder(run.model, run.optimizer)
    with listening(recorder):
        next(train(run))
    (backward,) = of(recorder.take(), "backward")
    for name, matrix in run.model.parameters.items():
        sizes = [abs(value.grad) for row in matrix for value in row]
        assert backward["matrices"][name]["largest"] == max(sizes) == gradient_sizes(run.model)[name].largest
        assert backward["matrices"][name]["nonzero"] == sum(size > 0 for size in sizes)
        assert backward["matrices"][name]["norm"] == pytest.approx(math.hypot(*sizes))


def test_one_parameter_is_followed_through_adam(records: list[Record]) -> None:
    m, v, value = 0.0, 0.0, as_floats(new_run(ODD, FRIENDS).model).parameters["wte"][-1][0]
    for t, record in enumerate(of(records, "update"), start=1):
        one = record["followed"]
        assert one["parameter"] == f"wte[{len(set(''.join(FRIENDS)))}][0]"
        assert (one["m_before"], one["v_before"], one["before"]) == (m, v, value)
        m, v = 0.85 * m + 0.15 * one["gradient"], 0.99 * v + 0.01 * one["gradient"] ** 2
        assert (one["m"], one["v"]) == (pytest.approx(m), pytest.approx(v))
        assert (one["m_hat"], one["v_hat"]) == (
            pytest.approx(m / (1 - 0.85**t)),
            pytest.approx(v / (1 - 0.99**t)),
        )
        assert record["learning_rate"] == pytest.approx(0.05 * (1 - (t - 1) / 4))
        value -= record["learning_rate"] * one["m_hat"] / (math.sqrt(one["v_hat"]) + 1e-8)
        assert one["after"] == pytest.approx(value)
        m, v, value = one["m"], one["v"], one["after"]


def test_updates_are_the_differences_of_the_parameters() -> None:
    run = new_run(ODD, FRIENDS)
    recorder = Recorder(run.model, run.optimizer, detailed=lambda step: False)
    steps = train(run)
    for _ in range(3):
        before = as_floats(run.model).parameters
        with listening(recorder):
            next(steps)
        (update,) = of(recorder.take(), "update")
        after = as_floats(run.model).parameters
        everything: list[float] = []
        for name, matrix in after.items():
            pairs = [
                (b, a)
                for old, new in zip(before[name], matrix, strict=True)
                for b, a in zip(old, new, strict=True)
            ]
            moved = [abs(a - b) for b, a in pairs]
            everything += moved
            change = update["matrices"][name]
            assert change["mean"] == pytest.approx(sum(moved) / len(moved))
            assert change["largest"] == max(moved)
            assert change["ratio"] == pytest.approx(math.hypot(*moved) / math.hypot(*(b for b, _ in pairs)))
        assert update["matrices"]["all"]["mean"] == pytest.approx(sum(everything) / len(everything))


def test_what_is_drawn_is_recorded_after_its_position() -> None:
    run = new_run(ODD, FRIENDS)
    _ = list(train(run))
    model = as_floats(run.model)
    recorder, drawn, written = Recorder(model), [], list[Record]()
    with listening(recorder):
        for number in (1, 2):
            for draw in sample_tokens(model, run.rng, temperature=0.7, prompt="an"):
                recorder.drawn(draw, number, 0.7)
                drawn.append((number, draw))
                written += recorder.take()
    assert {record["sample"] for record in written} == {1, 2}
    assert [record["kind"] for record in written[-6:]] == ["embed", *["attention", "mlp"] * 2, "sampling"]
    name = model.tokenizer.name
    for record, (number, draw) in zip(of(written, "sampling"), drawn, strict=True):
        assert (record["sample"], record["position"]) == (number, draw.position)
        assert (record["given"], record["drawn"]) == (name(draw.given), name(draw.token))
        assert record["probability"] == draw.probabilities[draw.token]
        assert record["text"].startswith("an")
        assert len(record["text"]) == draw.position
        assert record["plain"] == pytest.approx(softmax(draw.logits))
        assert record["probabilities"] == pytest.approx(softmax([x / 0.7 for x in draw.logits]))
    prompted = [record for record in of(written, "embed") if record["sample"] == 1]
    assert [record["character"] for record in prompted[:3]] == ["BOS", "a", "n"]


def test_details_are_recorded_of_the_steps_that_somebody_wants() -> None:
    run, asked = new_run(ODD, FRIENDS), list[int]()

    def third(step: int) -> bool:
        asked.append(step)
        return step == 3

    recorder = Recorder(run.model, run.optimizer, detailed=third)
    with listening(recorder):
        kinds = {step.number: {record["kind"] for record in recorder.take()} for step in train(run)}
    brief = {"document", "loss", "backward", "update", "step"}
    assert kinds == {1: brief, 2: brief, 3: {*KINDS, "step"} - {"sampling"}, 4: brief}
    assert set(asked) >= {1, 2, 3, 4}


def test_each_kind_of_record_has_its_home_among_the_stages(records: list[Record]) -> None:
    events: list[Event] = []
    with listening(events.append):
        next(train(new_run(ODD, FRIENDS)))
    homes = {kind: one.home.__name__ for kind, one in KINDS.items()}
    assert homes.pop("sampling") == "sample_tokens"
    assert set(homes.values()) <= {event.stage for event in events}
    others = {"document": "train_step", "predict": "forward", "loss": "document_loss"}
    assert homes == {kind: others.get(kind, kind) for kind in homes}
    assert list(dict.fromkeys(record["kind"] for record in records)) == [*homes, "step"]
    for kind, one in KINDS.items():
        if kind != "sampling":
            assert one.is_of_step == all("position" not in record for record in of(records, kind))


@pytest.mark.slow
@needs_the_original
def test_step_1_on_names_txt_says_what_the_original_did() -> None:
    run = new_run(Config(steps=1), read_documents(reference_file("names.txt")))
    found = {record["kind"]: record for record in recorded(run)}
    assert found["document"]["document"] == "yuheng"
    assert len(found["document"]["predictions"]) == 7
    assert f"{found['loss']['loss']:.4f}" == "3.3660"
    slopes = found["backward"]["matrices"]["all"]
    assert slopes["nonzero"] == 3728
    assert (f"{slopes['mean']:.4f}", f"{slopes['largest']:.4f}") == ("0.0120", "0.3411")
    assert f"{found['update']['matrices']['all']['mean']:.4f}" == "0.0089"
    done = microgpt(
        "-v", "--steps", "1", "--samples", "0", "--no-save", "--input", reference_file("names.txt")
    )
    text = " ".join(done.stdout.split())
    for told in (
        "yuheng, 7 predictions",
        "after BOS, y, u: predict h",
        "mean is the loss: 3.3660 nats",
        "all 4,192 3,728 0.0120 0.3411",
        "all 0.0089 0.0100",
    ):
        assert told in text


# The trace as a file

BRIEF = ["--dataset", "elements", "--steps", "3", "--samples", "2"]


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Record], str, Path]:
    """The loudest run there is."""
    folder = tmp_path_factory.mktemp("traced")
    done = microgpt(*BRIEF, "--verbose-every", "1", "--trace", "trace.jsonl", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    lines = (folder / "trace.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines], done.stdout, folder


@pytest.mark.slow
def test_the_file_has_the_records_of_the_library(traced: tuple[list[Record], str, Path]) -> None:
    written = traced[0]
    config = Config(steps=3, samples=2)
    ours = recorded(new_run(config, bundled_documents("elements")))
    assert [record for record in written if "step" in record] == json.loads(json.dumps(ours))
    assert (written[0]["kind"], written[0]["schema"]) == ("run", 2)
    assert written[0]["config"] == json.loads(json.dumps(asdict(config)))
    assert written[-1]["kind"] == "summary"
    assert written[-1]["losses"] == [record["loss"] for record in of(written, "loss")]
    assert set(written[-1]["held_out"]) == {"model", "back_off", "bigram", "unigram", "uniform"}


@pytest.mark.slow
def test_a_verbose_run_saves_the_file_of_a_silent_one(
    traced: tuple[list[Record], str, Path], tmp_path: Path
) -> None:
    microgpt(*BRIEF, cwd=tmp_path)
    (silent,), (loud,) = ([*folder.glob("runs/*.json")] for folder in (tmp_path, traced[2]))
    assert (silent.name, silent.read_bytes()) == (loud.name, loud.read_bytes())


@pytest.mark.slow
def test_samples_in_the_trace_are_those_that_were_printed(traced: tuple[list[Record], str, Path]) -> None:
    written, text, _ = traced
    printed = re.findall(r"^\d [+=*] (\w*)", text, re.MULTILINE)
    drawn = ["", ""]
    for record in of(written, "sampling"):
        drawn[record["sample"] - 1] += "" if record["drawn"] == "BOS" else record["drawn"]
        assert record["plain"] == pytest.approx(softmax(record["logits"]))
        assert record["probabilities"] == pytest.approx(softmax([x / 0.5 for x in record["logits"]]))
        bits = -math.fsum(p * math.log2(p) for p in record["probabilities"])
        assert record["entropy"] == pytest.approx(bits)
    assert printed == drawn


@pytest.mark.slow
def test_every_field_of_every_record_is_documented(traced: tuple[list[Record], str, Path]) -> None:
    bullets = dict(re.findall(r"^- `(\w+)`(.*?)(?=^- |^$)", chapter.__doc__ or "", re.MULTILINE | re.DOTALL))
    assert set(bullets) == {*KINDS, "run", "step", "summary"}
    general = {"kind", "step", "sample", "position", "character"}
    for record in traced[0]:
        words = set(re.findall(r"`(\w+)`", bullets[record["kind"]]))
        fields = {"token", *words} if record["kind"] == "embed" else words
        missing = set(record) - general - fields - {record["kind"]}
        assert not missing, (record["kind"], missing)
    assert {record["kind"] for record in traced[0]} == set(bullets)


@pytest.mark.slow
def test_chosen_stages_only(tmp_path: Path) -> None:
    flags = [*BRIEF, "--stages", "loss,attention"]
    done = microgpt(*flags, "--trace", "t.jsonl", cwd=tmp_path)
    lines = (tmp_path / "t.jsonl").read_text(encoding="utf-8").splitlines()
    kinds = {json.loads(line)["kind"] for line in lines}
    assert kinds == {"run", "attention", "loss", "step", "summary"}
    assert "their mean is the loss" not in done.stdout
    done = microgpt(*flags, "--no-save", "--no-exam", cwd=tmp_path)
    assert "their mean is the loss" in done.stdout
    assert "head 0" in done.stdout
    assert "followed" not in done.stdout


@pytest.mark.slow
def test_the_size_of_a_long_trace_is_said_beforehand(tmp_path: Path) -> None:
    small = ["--dataset", "elements", "--steps", "150", "--n-embd", "8", "--n-head", "2", "--samples", "0"]
    done = microgpt(*small, "--trace", "t.jsonl", cwd=tmp_path)
    told = re.fullmatch(
        r"microgpt: the trace will take about (\d+) MB: (\d+) kB for each of 150 steps\n", done.stderr
    )
    assert told
    size = (tmp_path / "t.jsonl").stat().st_size / 1e6
    assert 0.6 < int(told[1]) / size < 1.6
