"""`python -m microgpt ablate`: what is missed when a part is taken out or a dial is turned."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Annotated

import typer
from rich.console import Console

from microgpt.config import Config, ConfigError
from microgpt.engines.ablations import ABLATIONS, UNCHANGED, tried
from microgpt.engines.trials import Effect, fixed_exam
from microgpt.spelling import nearest
from microgpt.terminal.documents import open_data
from microgpt.terminal.options import AsJson, Data, Dials, option
from microgpt.terminal.progress import bar
from microgpt.terminal.screen import bare_table, counted, new_console, say, visible
from microgpt.terminal.traces import for_json

_ONLY = "Try these only, with commas between them; else all."
Only = Annotated[str | None, option("--only NAMES", _ONLY)]
Seeds = Annotated[int, option("--seeds INTEGER", "With how many seeds, from 1 on.", min=2)]


def ablate(
    *, data: Data, only: Only = None, seeds: Seeds = 32, as_json: AsJson = False, dials: Dials
) -> None:
    """Take parts of the model out, or turn a dial, and see what it does to the held-out loss.

    Each change is trained with many seeds, and each seed compared with itself.
    All sit the same exam. Needs Numba.
    """
    names, config = chosen(only), Config(**dials)
    _refuse_impossible(names, config)
    documents, source = open_data(data)
    rest, exam = fixed_exam(documents, config)
    if not exam:
        raise ConfigError(
            f"{visible(source.name)} has too few distinct documents to set some aside for an exam"
        )
    console = new_console(quiet=as_json)
    many = f"{counted(config.steps, 'step')}, {counted(config.n_layer, 'layer')}, {seeds} seeds"
    say(console, f"{many}; learning from {visible(source.name)}, judged by {counted(len(exam), 'document')}")
    losses: dict[str, list[float]] = {}
    with bar(console, "training", (1 + len(names)) * seeds) as advance:
        for name, ablation in {"unchanged": UNCHANGED, **{name: ABLATIONS[name] for name in names}}.items():
            losses[name] = tried(ablation, config, rest, exam, range(1, seeds + 1), lambda _: advance(1))
    _show(console, losses)
    if as_json:
        effects = {name: asdict(effect_of(losses, name)) for name in names}
        typer.echo(json.dumps(for_json({"config": asdict(config), "losses": losses, "effects": effects})))


def chosen(only: str | None) -> list[str]:
    """List what is to be tried, in the order of the table.

    Raises:
        ConfigError: If there is no such thing.

    Examples:
        >>> chosen("1 head, no ReLU")
        ['no ReLU', '1 head']
    """
    wanted = [name.strip() for name in only.split(",")] if only is not None else [*ABLATIONS]
    for name in wanted:
        if name not in ABLATIONS:
            raise ConfigError(f"there is no ablation {name!r}; {nearest(name, ABLATIONS)}")
    return [name for name in ABLATIONS if name in wanted]


def _refuse_impossible(names: Sequence[str], config: Config) -> None:
    for name in names:
        try:
            Config(**{**asdict(config), **ABLATIONS[name].dials})
        except ConfigError as error:
            raise ConfigError(f"{name!r} cannot be tried: {error} (or leave it out with --only)") from None


def effect_of(losses: dict[str, list[float]], name: str) -> Effect:
    """Compare a change with the unchanged runs, seed by seed.

    Examples:
        >>> effect_of({"unchanged": [2.5, 2.25], "no fun": [2.75, 2.5]}, "no fun")
        Effect(mean=0.25, margin=0.0, worse=2, seeds=2)
    """
    return Effect.of([loss - other for loss, other in zip(losses[name], losses["unchanged"], strict=True)])


def _show(console: Console, losses: dict[str, list[float]]) -> None:
    unchanged = losses["unchanged"]
    mean = math.fsum(unchanged) / len(unchanged)
    say(console, f"\nunchanged: {mean:.4f} nats per token, from {min(unchanged):.4f} to {max(unchanged):.4f}")
    for group, names in groupby(
        (name for name in losses if name != "unchanged"), lambda n: ABLATIONS[n].group
    ):
        effects = {name: effect_of(losses, name) for name in names}
        rows = [(name, *_cells(effect)) for name, effect in effects.items()]
        console.print()
        console.print(bare_table((group, "difference", "+-", "worse", ""), rows))
    console.print(
        "\ndifference: of the held-out losses, mean over the seeds, in nats per token;\n"
        "+-: with 95 % confidence; worse: in how many seeds"
    )


def _cells(effect: Effect) -> tuple[str, str, str, str]:
    if math.isnan(effect.mean):
        return "-", "-", "-", "some runs left the range of floats"
    verdict = ("harms" if effect.mean > 0 else "helps") if effect.is_clear else "no clear effect"
    return f"{effect.mean:+.4f}", f"{effect.margin:.4f}", f"{effect.worse} of {effect.seeds}", verdict
