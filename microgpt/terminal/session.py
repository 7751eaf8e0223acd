"""A training run on the screen, from its first step to its results: watched, saved, and stopped with care."""

import signal
import time
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

import typer
from rich.console import Console

from microgpt.checkpoint import CheckpointError
from microgpt.data import Source
from microgpt.engines import processes
from microgpt.engines.engine import Engine
from microgpt.evaluation import evaluate, novelty_in
from microgpt.model import as_floats
from microgpt.records import run_record, summary_record
from microgpt.terminal import progress, results
from microgpt.terminal.endings import in_words, in_words_of_another, rescued, stopped
from microgpt.terminal.narrate import Narrator
from microgpt.terminal.options import Show, WatchTraining
from microgpt.terminal.runs import RunFile, command_on, resume_command, saving, so_far
from microgpt.terminal.screen import new_console, visible
from microgpt.terminal.signals import StoppedError, stop_requests, until_asked
from microgpt.terminal.traces import OutputError, TraceError, TraceWriter
from microgpt.terminal.watch import narrator_of, watched_samples, watched_steps
from microgpt.training import DOT, Run, train


@dataclass
class Session:
    """What belongs together while a run is trained.

    Attributes:
        run: The run, new or resumed.
        source: Where its documents came from.
        file: The file it is kept in; None for none.
        show: How much of it to show.
        watch: What somebody wants to see of each step.
    """

    run: Run
    source: Source
    file: RunFile | None
    show: Show
    watch: WatchTraining
    engine: Engine

    @cached_property
    def console(self) -> Console:
        """Where to show it."""
        return new_console(self.show.quiet, stderr=self.watch.takes_stdout)

    def announce(self) -> None:
        """Say in words what is about to happen."""
        goes_on_in = str(self.file.path) if self.file and self.run.losses else ""
        progress.show_beginning(self.console, self.run, self.source.name, self.show.settings, goes_on_in)
        if self.file and len(self.run.losses) < self.file.steps < self.run.config.steps:
            there = f"{self.file.path} has this very run at {so_far(self.file.steps, self.run.config)}"
            sentence = f"{visible(there)}; to go on with it: {resume_command(self.file.path)}"
            typer.echo(f"microgpt: {sentence}", err=True)

    def conduct(self) -> None:
        """Train to the end and show what comes of it, or until somebody asks to stop.

        Raises:
            StoppedError: If somebody did.
            OutputError: If something could not be written; what could be saved is saved, and of a run that is
                at its end the results are shown.
        """
        if not processes.is_first():
            self._help()
            return
        self.announce()
        failure: OutputError | BrokenPipeError | None = None
        with TraceWriter(self.watch.trace, self.watch.kinds) as trace:
            began = time.perf_counter()
            try:
                if self.file:
                    self.file.begin(self.run)
                trace.write([run_record(self.run.model, self.source.documents)])
                self._train(trace)
            except (CheckpointError, TraceError, OSError) as error:
                failure = rescued(error, self.run, self.file)
                if isinstance(failure, BrokenPipeError) or len(self.run.losses) < self.run.config.steps:
                    raise failure from None
                trace = TraceWriter(None, ())
            try:
                self._show_results(trace, time.perf_counter() - began)
            except KeyboardInterrupt:
                more = f"; to see more: {command_on('sample', self.file.path)}" if self.file else ""
                raise StoppedError(f"interrupted after training{more}", signal.SIGINT) from None
        if failure:
            raise failure

    @cached_property
    def _narrator(self) -> Narrator | None:
        watch, tokenizer = self.watch, self.run.model.tokenizer
        return narrator_of(self.console, tokenizer, watch, watch.kinds, watch.verbose_position)

    def _train(self, trace: TraceWriter) -> None:
        run, watch = self.run, self.watch
        steps = saving(train(run), run, self.file) if self.file else train(run)
        if watch.is_told or trace.is_on:
            steps = watched_steps(steps, run, watch, trace, self._narrator)
        if self.engine.preparing and self.console.is_interactive and self.console.file.isatty():
            self.console.print(f"{self.engine.preparing}\n", soft_wrap=True)
        with stop_requests() as request:
            with in_words(run, self.file, request):
                steps = until_asked(steps, request)
                if watch.is_told:
                    for _ in steps:
                        pass
                else:
                    progress.show_progress(self.console, steps, run)
            if request.signal_number:
                request.grant()
                raise StoppedError(stopped(run, self.file), request.signal_number)

    def _help(self) -> None:
        """Compute together with the first process, which shows and saves, until the end or until it stops."""
        with stop_requests() as request, in_words_of_another(self.file, request):
            for _ in until_asked(train(self.run), request):
                pass

    def _show_results(self, trace: TraceWriter, seconds: float) -> None:
        run, console = self.run, self.console
        if self.watch.is_told:
            results.show_losses(console, run.losses)
        self._show_samples(trace)
        if not console.quiet:
            results.show_summary(console, run, seconds)
        if self.file and self.file.steps >= len(run.losses):
            console.print(f"\nsaved in {visible(str(self.file.path))}", soft_wrap=True, markup=False)
        if self.show.no_exam:
            trace.write([summary_record(run.losses, {})])
        elif trace.is_on or not console.quiet:
            self._show_exam(trace)

    def _show_samples(self, trace: TraceWriter) -> None:
        """Invent documents; of a run that is told, the first one is told too, character by character."""
        run, model, console, narrator = self.run, as_floats(self.run.model), self.console, self._narrator
        told = 1 if narrator and not self.watch.compact and run.config.samples else 0
        if narrator and told:
            narrator = replace(narrator, kinds=[kind for kind in self.watch.kinds if kind == "sampling"])
            console.print(f"\nsample 1 of {run.config.samples}, character by character")
        numbers = range(1, run.config.samples + 1)
        samples = chain(
            watched_samples(model, run.rng, run.config, numbers[:told], trace, narrator, self.engine),
            watched_samples(model, run.rng, run.config, numbers[told:], trace, None, self.engine),
        )
        everything = [*run.documents, *run.held_out]
        novelty_of = novelty_in(run.trained_on, everything, run.config.block_size)
        results.show_samples(console, samples, run.config, novelty_of)

    def _show_exam(self, trace: TraceWriter) -> None:
        try:
            surprises = None if self.engine.name == DOT.engine else self.engine.surprises
            scores = evaluate(self.run, progress=progress.with_bar(self.console), surprises=surprises)
        except KeyboardInterrupt:
            saved = f"; to sit it: {command_on('evaluate', self.file.path)}" if self.file else ""
            raise StoppedError(f"the exam was interrupted{saved}", signal.SIGINT) from None
        results.show_evaluation(self.console, scores)
        trace.write([summary_record(self.run.losses, scores)])
