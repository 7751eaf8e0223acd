"""A run from beginning to end: started or resumed, trained, saved, and its results shown."""

import signal
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from microgpt.checkpoint import resume
from microgpt.terminal.commands import documents_of, find_checkpoint, open_data
from microgpt.config import Config, ConfigError
from microgpt.data import Source
from microgpt.evaluation import Known, evaluate
from microgpt.model import as_floats
from microgpt.records import Recorder
from microgpt.terminal.results import show_evaluation, show_losses, show_samples, show_summary
from microgpt.terminal.runs import RunFile, checkpoint_path, resume_command, saving
from microgpt.terminal.screen import show_data, show_progress, show_settings, visible
from microgpt.terminal.signals import StoppedError, stop_requests, until_asked
from microgpt.training import Run, new_run, train
from microgpt.terminal.watch import Watch, Watcher, watching


@dataclass
class Job:
    """A run, where its documents came from, and where it is kept.

    Attributes:
        run: The run, new or resumed.
        source: Where its documents came from.
        path: The file to keep it in; None for none.
        is_its_own: Whether the file is the one that the run was resumed from.
        file: The file, once it is claimed.
    """

    run: Run
    source: Source
    path: Path | None
    is_its_own: bool = False
    file: RunFile | None = None

    def keep_in(self, path: Path | None) -> None:
        """Choose another file, or none."""
        self.is_its_own &= (
            path is not None and self.path is not None and path.resolve() == self.path.resolve()
        )
        self.path = path

    def _claim(self) -> None:
        """Take possession of the file; what somebody else has there gets another name."""
        if self.path is None:
            return
        if self.is_its_own:
            self.file = RunFile(self.path, self.source)
        else:
            self.file = RunFile.claim(self.path, self.run, self.source)
        if self.file.note:
            typer.echo(f"microgpt: {visible(self.file.note)}", err=True)

    def do(self, console: Console, watch: Watch) -> None:
        """Train, and show everything on the way."""
        data = Path(self.source.name) if self.source.is_file else None
        watch.check(self.run.config.block_size, console.quiet, (self.path, data))
        recorder = Recorder(self.run.model, self.run.optimizer)
        with watching(watch, console, recorder, self.run.config.steps) as watcher:
            self._claim()
            show_settings(console, self.run.config)
            show_data(console, self.source.name, self.run)
            watcher.begin(self.source.documents)
            seconds = self._train(console, watcher)
            self._show_results(console, watcher, seconds)

    def _train(self, console: Console, watcher: Watcher) -> float:
        """Train to the end, or until somebody asks to stop; return the seconds it took."""
        run, watch = self.run, watcher.watch
        steps = saving(train(run), run, self.file) if self.file else train(run)
        if watch.is_on:
            steps = watcher.steps(steps, run)
        began = time.perf_counter()
        with stop_requests() as request:
            try:
                steps = until_asked(steps, request)
                if watch.verbose:
                    for _ in steps:
                        pass
                else:
                    show_progress(console, steps, run)
            except KeyboardInterrupt:
                raise StoppedError(self._broken_off(), signal.SIGINT) from None
            if request.signal_number:
                request.is_granted = True
                raise StoppedError(self._saved(), request.signal_number)
        return time.perf_counter() - began

    def _broken_off(self) -> str:
        """Say what there is after a second Ctrl-C."""
        sentence = "interrupted in the middle of a step"
        if self.file is None:
            return sentence
        return f"{sentence}; to go on from where it was saved last: {resume_command(self.file.path)}"

    def _saved(self) -> str:
        """Save a run that was stopped, and say how to go on."""
        sentence = f"stopped after step {len(self.run.losses):,} of {self.run.config.steps:,}"
        if self.file is None:
            return f"{sentence}; it is not saved (--no-save)"
        self.file.write(self.run)
        if self.file.steps > len(self.run.losses):
            sentence = f"{sentence}, but {self.file.path} has more steps of this very run"
        return f"{sentence}; to go on: {resume_command(self.file.path)}"

    def _show_results(self, console: Console, watcher: Watcher, seconds: float) -> None:
        run, config, watch = self.run, self.run.config, watcher.watch
        told = 0 if watch.compact else 1
        watcher.kinds_of_samples = ("sampling",)
        samples = watcher.samples(as_floats(run.model), run.rng, config, told=told)
        if watch.verbose:
            show_losses(console, run.losses)
            if told and config.samples:
                watcher.say(f"\nsample 1 of {config.samples}, character by character")
        known = Known.of(run.trained_on, [*run.documents, *run.held_out], config.block_size)
        if console.quiet:
            for sample in samples:
                typer.echo(visible(sample))
        else:
            show_samples(console, samples, config.samples, config.temperature, known)
            show_summary(console, run, seconds)
        if watch.trace is not None or not console.quiet:
            scores = evaluate(run)
            show_evaluation(console, scores)
            watcher.summary(run, scores)
        if self.file:
            console.print(f"\nsaved in {visible(str(self.file.path))}", soft_wrap=True, markup=False)


def started(given: dict[str, Any], dataset: str | None, input_file: str | None) -> Job:
    """Prepare a new run, to be kept in a file named after it."""
    config = Config(**given)
    documents, source = open_data(dataset, input_file)
    return Job(new_run(config, documents), source, checkpoint_path(config, source))


def resumed(path: Path | None, given: dict[str, Any], dataset: str | None, input_file: str | None) -> Job:
    """Make a saved run again, to be kept in the file that it comes from."""
    path, checkpoint = find_checkpoint(path, unfinished=True)
    config = checkpoint.model.config
    wanted = replace(config, **given)
    for dial in given:
        if getattr(wanted, dial) != getattr(config, dial):
            raise ConfigError(
                f"{dial} = {getattr(wanted, dial)} contradicts the run in {str(path)!r}, which has "
                f"{getattr(config, dial)}; leave it out to go on, or leave out --resume to start a new run"
            )
    if dataset is None and input_file is None:
        documents, source = documents_of(checkpoint.source), checkpoint.source
    else:
        documents, source = open_data(dataset, input_file)
    return Job(resume(checkpoint, documents), source, path, is_its_own=True)
