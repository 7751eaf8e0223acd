"""What was measured of the rungs of the ladder, and its tables."""

import statistics
from collections.abc import Sequence
from typing import Any, NamedTuple

from microgpt.engines.engine import RUNGS
from microgpt.terminal.ladder import duration
from sitemaker.experiments import measurements


class Rung(NamedTuple):
    """Who was measured: an engine, its precision, and how many documents a step learned from."""

    engine: str
    precision: str
    batch_size: int


def label(engine: str, precision: str, batch_size: int) -> str:
    """Name a rung in a figure."""
    short = "" if precision == "float64" else f" {precision}"
    return f"{engine}{short}{f', batches of {batch_size}' if batch_size > 1 else ''}"


def _turns() -> dict[str, Any]:
    found: dict[str, Any] = measurements("ladder")["results"]["turns"]
    return found


def time_of_original() -> float:
    """Say how many CPU seconds a step of the original took: the median of its turns."""
    times: list[float] = _turns()["original"]
    return statistics.median(times) / 1000


def documents_a_second() -> dict[Rung, float]:
    """Say how many documents each rung learned from in a second, by the median of its turns."""
    return {
        Rung(engine, precision, size): 1000 * size / statistics.median(times)
        for engine, precision, size, times in _turns()["rungs"]
    }


def times_the_original() -> dict[Rung, float]:
    """Say how many times as fast as the original each rung was, document by document."""
    return {
        Rung(engine, precision, size): statistics.median(
            theirs / ours * size for theirs, ours in zip(_turns()["original"], times, strict=True)
        )
        for engine, precision, size, times in _turns()["rungs"]
    }


def sizes() -> dict[str, dict[str, list[tuple[int, float]]]]:
    """Give for each dial and each engine the values of the dial and the seconds of a step."""
    found: dict[str, dict[str, list[tuple[int, float]]]] = {}
    for one in measurements("ladder")["results"]["sizes"]:
        points = found.setdefault(one["dial"], {}).setdefault(one["runner"][0], [])
        points.append((one["value"], one["seconds"]))
    return found


def share_of_the_limit(rung: Rung) -> float:
    """Say which share a rung reaches of the operations a second that the machine does in a matrix product."""
    results = measurements("ladder")["results"]
    work: float = next(
        one["operations"]
        for one in results["sizes"]
        if (one["dial"], one["value"]) == ("batch_size", rung.batch_size)
    )
    limit: float = results["limits"]["float64" if rung.precision == "float64" else "float32"]
    return work / rung.batch_size * documents_a_second()[rung] / limit


def table() -> str:
    """List the rungs as HTML: how far off, how long a step takes, how many times the original's speed."""
    race = {tuple(one["runner"][:2]): one for one in measurements("ladder")["results"]["race"]}
    rows = []
    for rung, ratio in times_the_original().items():
        one = race.get(rung[:2])
        proof = first = memory = ""
        if one and rung.batch_size == 1:
            proof = "the same bits" if one["difference"] == 0 else f"{one['difference']:.0e}"
            first, memory = duration(one["first"]), f"{one['peak']:,.0f} MB"
        step = duration(rung.batch_size / documents_a_second()[rung])
        share = f"{100 * share_of_the_limit(rung):.2g} %"
        name = label(*rung), RUNGS[rung.engine].title
        rows.append((*name, proof, first, step, f"{ratio:,.0f}", share, memory))
    times = "first step", "a step", "times the original", "of the limit"
    return _table(("", "what it does", "off by", *times, "memory"), rows)


def crowd() -> str:
    """Say what came of the usual run with many seeds."""
    found = measurements("ladder")["results"]["crowd"]
    return _table(
        ("models", "time", "models a minute", "mean held-out loss", "standard deviation", "best", "worst"),
        [
            (
                f"{found['models']:,}",
                duration(found["seconds"]),
                f"{60 * found['models'] / found['seconds']:,.0f}",
                *(f"{found[name]:.4f}" for name in ("mean", "scatter", "best", "worst")),
            )
        ],
    )


def _on_gpu() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = measurements("gpu")["results"]
    return rows


def table_of_many_models() -> str:
    """List how many models of the usual size a GPU trains at once, and how many that is a minute, as HTML."""
    found = {
        row["models"]: row for row in _on_gpu() if row["what"] == "many models" and "attention" not in row
    }
    rows = [
        (f"{count:,}", duration(row["seconds"]), f"{row['models_per_minute']:,}", f"{row['peak_gib']} GiB")
        for count, row in found.items()
    ]
    return _table(("models at once", "1,000 steps of all", "models a minute", "memory"), rows)


def table_of_one_model() -> str:
    """List the time of a step at several sizes: on the GPU in its best way, and of each rung on one core."""
    at: dict[tuple[int, int, int, int], dict[str, float]] = {}
    for row in _on_gpu():
        if row["what"] == "one model" and "seconds" in row:
            size = (row["n_embd"], row["n_layer"], row["block_size"], row["batch_size"])
            who = "GPU" if row["device"] == "cuda" else row["engine"]
            times = at.setdefault(size, {})
            times[who] = min(row["seconds"], times.get(who, row["seconds"]))
    whos = ("GPU", "numba", "numpy", "torch")
    rows = [
        (*map(str, size), *(duration(times[who]) if who in times else "" for who in whos))
        for size, times in at.items()
        if len(times) > 2
    ]
    names = ("on the GPU", "numba, one core", "numpy, one core", "torch, one core")
    return _table(("n_embd", "n_layer", "block_size", "batch_size", *names), rows)


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{title}</th>" for title in titles)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
