"""`python -m microgpt`: a new run."""

from pathlib import Path

import typer

from microgpt.config import Config, ConfigError
from microgpt.terminal.config_files import read_config
from microgpt.terminal.documents import open_data
from microgpt.terminal.options import ConfigFile, Dataset, Dials, InputFile, NoSave, Quiet, Save
from microgpt.terminal.runs import RunFile, checkpoint_path, resume_command, so_far
from microgpt.terminal.screen import new_console, visible
from microgpt.terminal.session import Session
from microgpt.terminal.watch import WatchTraining
from microgpt.training import new_run


def train(
    context: typer.Context,
    *,
    dataset: Dataset = None,
    input_file: InputFile = None,
    config_file: ConfigFile = None,
    save: Save = None,
    no_save: NoSave = False,
    quiet: Quiet = False,
    watch: WatchTraining,
    dials: Dials,
) -> None:
    """Train a small GPT, in plain Python, and let it invent names.

    Without flags: the bundled first names, and the settings of the original.
    The run is written to a file in runs/ as it goes: the command resume goes
    on from there, the command sample invents more.
    """
    if context.invoked_subcommand:
        _refuse_flags(context)
        return
    if save == "":
        raise ConfigError("--save needs a name, but an empty one was given; leave it out for one in runs/")
    if save is not None and no_save:
        raise ConfigError("--save and --no-save contradict each other; give one of them")
    config = Config(**{**(read_config(config_file) if config_file is not None else {}), **dials})
    documents, source = open_data(dataset, input_file)
    path = None if no_save else checkpoint_path(config, source) if save is None else Path(save)
    watch.check(config.block_size, quiet, (path, source.path))
    run = new_run(config, documents)
    file = None if path is None else RunFile.claim(path, run, source)
    if file and 0 < file.steps < config.steps:
        there = f"{file.path} has this very run at {so_far(file.steps, config)}"
        typer.echo(f"microgpt: {visible(there)}; to go on with it: {resume_command(file.path)}", err=True)
    Session(run, source, file, new_console(quiet), watch).conduct()


def _refuse_flags(context: typer.Context) -> None:
    """Refuse what stands before the name of a command: it would be ignored."""
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if source and source.name == "COMMANDLINE":
            name = context.invoked_subcommand
            raise ConfigError(
                f"{parameter.opts[0]} stands before {name!r} and is a flag of training; "
                f"put the flags of a command after it: python -m microgpt {name} --help"
            )
