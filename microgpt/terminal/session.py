"""A training run on the screen, from its first step to its results: watched, saved, and stopped with care."""

import signal
import time
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from rich.console import Console

from microgpt.data import Source
from microgpt.evaluation import evaluate, novelty_in
from microgpt.model import as_floats
from microgpt.records import run_record, summary_record
from microgpt.terminal import results
from microgpt.terminal.narrate import Narrator
from microgpt.terminal.runs import RunFile, resume_command, saving, so_far
from microgpt.terminal.screen import visible
from microgpt.terminal.signals import StoppedError, stop_requests, until_asked
from microgpt.terminal.traces import TraceWriter
from microgpt.terminal.watch import Pauses, WatchTraining, watched_samples, watched_steps
from microgpt.training import Run, train


@dataclass
class Session:
    """What belongs together while a run is trained.

    Attributes:
        run: The run, new or resumed.
        source: Where its documents came from.
        file: The file it is kept in; None for none.
        console: Where to show it.
        watch: What somebody wants to see of it.
    """

    run: Run
    source: Source
    file: RunFile | None
    console: Console
    watch: WatchTraining

    def conduct(self) -> None:
        """Train to the end and show everything on the way, or until somebody asks to stop."""
        with TraceWriter(self.watch.trace, self.watch.kinds) as trace:
            results.show_settings(self.console, self.run.config)
            results.show_data(self.console, self.source.name, self.run)
            trace.write([run_record(self.run.model, self.source.documents)])
            began = time.perf_counter()
            self._train(trace)
            self._show_results(trace, time.perf_counter() - began)

    @cached_property
    def _narrator(self) -> Narrator:
        watch, tokenizer = self.watch, self.run.model.tokenizer
        return Narrator(self.console, tokenizer, watch.kinds, watch.verbose_position, Pauses(watch.pause))

    def _train(self, trace: TraceWriter) -> None:
        run, watch = self.run, self.watch
        steps = saving(train(run), run, self.file) if self.file else train(run)
        if watch.is_told or trace.is_on:
            steps = watched_steps(steps, run, watch, trace, self._narrator)
        with stop_requests() as request:
            try:
                steps = until_asked(steps, request)
                if watch.is_told:
                    for _ in steps:
                        pass
                else:
                    results.show_progress(self.console, steps, run)
            except KeyboardInterrupt:
                raise StoppedError(self._broken_off(), signal.SIGINT) from None
            if request.signal_number:
                request.grant()
                raise StoppedError(self._saved(), request.signal_number)

    def _broken_off(self) -> str:
        """Say what there is after a second Ctrl-C."""
        saved = (
            f"; to go on from where it was saved last: {resume_command(self.file.path)}" if self.file else ""
        )
        return f"interrupted in the middle of a step{saved}"

    def _saved(self) -> str:
        """Save a run that was stopped, and say how to go on."""
        sentence = f"stopped after {so_far(len(self.run.losses), self.run.config)}"
        if self.file is None:
            return f"{sentence}; it is not saved (--no-save)"
        self.file.write(self.run)
        if self.file.steps > len(self.run.losses):
            sentence = f"{sentence}, but {self.file.path} has more steps of this very run"
        return f"{sentence}; to go on: {resume_command(self.file.path)}"

    def _show_results(self, trace: TraceWriter, seconds: float) -> None:
        run, console = self.run, self.console
        if self.watch.is_told:
            results.show_losses(console, run.losses)
        self._show_samples(trace)
        if not console.quiet:
            results.show_summary(console, run, seconds)
        if trace.is_on or not console.quiet:
            scores = evaluate(run)
            results.show_evaluation(console, scores)
            trace.write([summary_record(run.losses, scores)])
        if self.file:
            console.print(f"\nsaved in {visible(str(self.file.path))}", soft_wrap=True, markup=False)

    def _show_samples(self, trace: TraceWriter) -> None:
        """Invent documents; of a run that is told, the first one is told too, character by character."""
        run, model, console = self.run, as_floats(self.run.model), self.console
        told = 1 if self.watch.is_told and not self.watch.compact and run.config.samples else 0
        narrator = replace(self._narrator, kinds=[kind for kind in self.watch.kinds if kind == "sampling"])
        if told:
            console.print(f"\nsample 1 of {run.config.samples}, character by character")
        first, others = (replace(run.config, samples=count) for count in (told, run.config.samples - told))
        samples = chain(
            watched_samples(model, run.rng, first, trace, narrator),
            watched_samples(model, run.rng, others, trace, None, first=told + 1),
        )
        everything = [*run.documents, *run.held_out]
        novelty_of = novelty_in(run.trained_on, everything, run.config.block_size)
        results.show_samples(console, samples, run.config, novelty_of)
