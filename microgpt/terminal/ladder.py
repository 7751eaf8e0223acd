"""`python -m microgpt ladder`: the rungs side by side."""

import json
import math
import platform
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from microgpt.config import Config, ConfigError
from microgpt.engines.engine import RUNGS, is_installed
from microgpt.engines.race import Result, Runner, race
from microgpt.engines.sizes import SIZES, SizeResult, sweep
from microgpt.spelling import nearest
from microgpt.terminal.documents import open_data
from microgpt.terminal.options import AsJson, Data, Dials, option
from microgpt.terminal.progress import bar
from microgpt.terminal.screen import bare_table, counted, new_console, say, visible
from microgpt.terminal.traces import for_json

_REFEREE = Runner("scalar")
_SHORT = {"float64": "", "float32": "f32", "bfloat16": "bf16"}

Engines = Annotated[str | None, option("--engines NAMES", "These rungs only; else all that are installed.")]
OnePrecision = Annotated[str | None, option("--precision NAME", "This precision only; else all there are.")]
BySize = Annotated[bool, option("--sizes", "Show how cost grows with the model and the batch.")]


def ladder(
    *,
    data: Data,
    engines: Engines = None,
    precision: OnePrecision = None,
    sizes: BySize = False,
    as_json: AsJson = False,
    dials: Dials,
) -> None:
    """Let the rungs of the ladder train the same run, prove that they do, and compare their times.

    One thread each, in turns. The first rung is the referee; a rung whose losses
    are further from its than the rung states shows no time.
    """
    runners, config = runners_of(engines, precision), Config(**dials)
    if not sizes and config.steps < 2:
        raise ConfigError(f"a time needs at least 2 steps, but steps = {config.steps} was given")
    documents, source = open_data(data)
    console = new_console(quiet=as_json)
    if sizes:
        measured = _by_size(console, runners, config, documents)
        content: dict[str, Any] = {"machine": machine(), "sizes": [asdict(one) for one in measured]}
    else:
        say(console, f"{counted(config.steps, 'step')} on {visible(source.name)}, one thread, {machine()}")
        results = _race(console, runners, config, documents)
        content = {"machine": machine(), "config": asdict(config), "rungs": [asdict(one) for one in results]}
    if as_json:
        typer.echo(json.dumps(for_json(content)))


def runners_of(engines: str | None, precision: str | None) -> list[Runner]:
    """List who takes part, the referee first.

    Raises:
        ConfigError: If there is no such engine or precision.

    Examples:
        >>> [runner.engine for runner in runners_of("lists, dot", None)]
        ['scalar', 'dot', 'lists']
    """
    wanted = [one.strip() for one in engines.split(",")] if engines else [n for n in RUNGS if is_installed(n)]
    for name in wanted:
        if name not in RUNGS:
            raise ConfigError(f"there is no engine {name!r}; {nearest(name, RUNGS)}")
    every = [Runner(name, one) for name, rung in RUNGS.items() if name in wanted for one in rung.tolerances]
    if precision and precision not in {runner.precision for runner in every}:
        raise ConfigError(f"none of {', '.join(wanted)} computes in {precision!r}; leave --precision out")
    some = [runner for runner in every if precision in (None, runner.precision)]
    return [_REFEREE, *(runner for runner in some if runner != _REFEREE)]


def machine() -> str:
    """Say what this is measured on.

    Examples:
        >>> platform.python_version() in machine()
        True
    """
    return f"Python {platform.python_version()} on {platform.machine()}"


def _race(
    console: Console, runners: Sequence[Runner], config: Config, documents: Sequence[str]
) -> list[Result]:
    with bar(console, "measuring", config.steps * len(runners)) as told:
        results = race(runners, config, documents, told)
    console.print()
    console.print(_table(results))
    say(console, "\noff by: largest difference of a loss from the first rung's; ratio: of CPU times")
    if strayed := [label(result.runner) for result in results if not result.is_same]:
        say(console, f"further off than stated, so without a time: {', '.join(strayed)}")
    return results


def label(runner: Runner) -> str:
    """Name who takes part.

    Examples:
        >>> label(Runner("dot")), label(Runner("numba", "float32"))
        ('dot', 'numba f32')
    """
    return f"{runner.engine} {_SHORT[runner.precision]}".strip()


def _table(results: Sequence[Result]) -> Table:
    rows = []
    for one in results:
        times = ["-"] * 5
        if one.is_same:
            ratio = results[0].cpu / one.cpu if one.cpu else math.inf
            times = [
                *(duration(seconds) for seconds in (one.first, one.cpu, one.wall)),
                *(f"{ratio:,.1f}" if ratio < 100 else f"{ratio:,.0f}", f"{one.tokens:,.0f}"),
            ]
        off = "0" if one.difference == 0 else f"{one.difference:.0e}"
        exam = "-" if one.held_out is None else f"{one.held_out:.4f}"
        rows.append((label(one.runner), off, exam, *times, f"{one.peak:,.0f}"))
    headings = ("", "off by", "held-out", "1st step", "CPU", "wall", "ratio", "tokens/s", "MB")
    return bare_table(headings, rows)


def duration(seconds: float) -> str:
    """Write a time with three digits.

    Examples:
        >>> [duration(seconds) for seconds in (12.34, 0.0567, 0.0000213)]
        ['12.3 s', '56.7 ms', '21.3 us']
    """
    units = {"s": 1.0, "ms": 1e-3, "us": 1e-6}
    unit = next((one for one, size in units.items() if seconds >= size), "us")
    number = seconds / units[unit]
    return f"{number:.{2 if number < 10 else 1 if number < 100 else 0}f} {unit}"


def _by_size(
    console: Console, runners: Sequence[Runner], config: Config, documents: Sequence[str]
) -> list[SizeResult]:
    with bar(console, "measuring", len(runners) * sum(map(len, SIZES.values()))) as told:
        results = list(sweep(runners, config, documents, told=told))
    for dial, values in SIZES.items():
        rows = []
        for runner in runners:
            found = [one for one in results if (one.runner, one.dial) == (runner, dial)]
            rows.append((label(runner), *(_cell(one) for one in found)))
        counts = [
            next(one.operations for one in results if (one.dial, one.value) == (dial, v)) for v in values
        ]
        rows.append(("million operations", *(f"{count / 1e6:,.2f}" for count in counts)))
        console.print()
        console.print(bare_table((dial, *map(str, values)), rows))
    console.print(
        "\nCPU time of a step, and below it the share of the operations a second that one\n"
        "thread of this machine reaches in a large matrix product of the same precision"
    )
    return results


def _cell(result: SizeResult) -> str:
    if result.share is None:
        return duration(result.seconds)
    return f"{duration(result.seconds)}\n{100 * result.share:.2g} %"
