"""`python -m microgpt`: a new run."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import typer

from microgpt.config import Config, ConfigError
from microgpt.data import Source
from microgpt.engines.engine import Engine, adopt
from microgpt.terminal.computing import Computing
from microgpt.terminal.config_files import read_config
from microgpt.terminal.documents import open_data
from microgpt.terminal.options import Begin, Data, Dials, Show, WatchTraining
from microgpt.terminal.runs import RunFile, checkpoint_path
from microgpt.terminal.screen import visible
from microgpt.training import new_run


def train(
    context: typer.Context,
    *,
    data: Data,
    begin: Begin,
    computing: Computing,
    show: Show,
    watch: WatchTraining,
    dials: Dials,
) -> None:
    """Train a small GPT, in plain Python, and let it invent names.

    Without flags: the bundled first names, and the settings of the original.
    The run is written to a file in runs/ as it goes: the command resume goes
    on from there, the command sample invents more.
    """
    if _is_for_another(context):
        return
    config = _config(data, begin, dials)
    documents, source = open_data(data)
    engine = computing.chosen(watch)
    path = _place(config, source, begin, engine)
    watch.check(config.block_size, show.quiet, (path, source.path))
    from microgpt.terminal import estimate  # here, like the session, since --help need not wait for it

    estimate.refuse_too_large(config, documents)
    run = new_run(config, documents)
    adopt(run, engine)
    file = RunFile.claim(path, run, source) if path and not begin.dry_run else None
    from microgpt.terminal.session import Session

    session = Session(run, source, file, show, watch, engine)
    if not begin.dry_run:
        session.conduct()
    else:
        session.announce()
        trial = new_run(replace(config, steps=max(2, config.steps)), documents)
        _show_needs(*estimate.needs_of(trial, engine), config.steps, path)


def _config(data: Data, begin: Begin, dials: dict[str, Any]) -> Config:
    """Put the dials where the settings file and the flags want them."""
    if begin.config_file == data.input_file == "-":
        raise ConfigError("--config - and --input - both want standard input; name a file for one of them")
    settings = {} if begin.config_file is None else read_config(begin.config_file)
    return Config(**{**settings, **dials})


def _place(config: Config, source: Source, begin: Begin, engine: Engine) -> Path | None:
    """Choose the file that a run is kept in; None for none."""
    if begin.save is not None and (begin.save in ("", "-") or begin.save.startswith("--")):
        raise ConfigError(f"--save needs a name, but {begin.save!r} was given; leave it out for one in runs/")
    if begin.save is not None and begin.no_save:
        raise ConfigError("--save and --no-save contradict each other; give one of them")
    named = checkpoint_path(config, source, engine.precision) if begin.save is None else Path(begin.save)
    return None if begin.no_save else named


def _show_needs(megabytes: float, seconds: float, steps: int, path: Path | None) -> None:
    """Say what a run would need."""
    typer.echo(f"memory: about {megabytes:,.0f} MB")
    typer.echo(f"time: about {seconds:,.0f} s for {steps:,} steps, by the first one")
    typer.echo(f"it would be kept in {visible(str(path))}" if path else "it would not be kept")


def _is_for_another(context: typer.Context) -> bool:
    """Say whether a command follows, and refuse what stands before its name: it would be ignored."""
    name = context.invoked_subcommand
    for parameter in context.command.params if name else ():
        source = context.get_parameter_source(parameter.name or "")
        if source and source.name == "COMMANDLINE":
            raise ConfigError(
                f"{parameter.opts[0]} stands before {name!r} and is a flag of training; "
                f"put the flags of a command after it: python -m microgpt {name} --help"
            )
    return name is not None
