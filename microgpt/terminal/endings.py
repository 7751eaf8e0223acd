"""How a run ends before its last step: what is saved, and the sentence that says how to go on."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from microgpt.checkpoint import CheckpointError
from microgpt.engines.engine import LostError
from microgpt.terminal.runs import RunFile, resume_command, so_far
from microgpt.terminal.signals import StoppedError, StopRequest
from microgpt.terminal.traces import OutputError
from microgpt.training import DivergenceError, Run


def stopped(run: Run, file: RunFile | None) -> str:
    """Save a run that was stopped, and say how to go on."""
    sentence = f"stopped after {so_far(len(run.losses), run.config)}"
    if file is None:
        return f"{sentence}; it is not saved (--no-save)"
    file.write(run)
    if file.steps > len(run.losses):
        sentence = f"{sentence}, but {file.path} has more steps of this very run"
    return f"{sentence}; to go on: {resume_command(file.path)}"


def last_saved(run: Run, file: RunFile | None) -> str:
    """Say where the last good state is, if there is one."""
    if not (file and file.is_written):
        return ""
    saved = so_far(file.steps, run.config)
    return f"; to go on from where it was saved last, {saved}: {resume_command(file.path)}"


def rescued(error: Exception, run: Run, file: RunFile | None) -> OutputError | BrokenPipeError:
    """Save what can be saved when something could not be written; say what it was and what is left."""
    reason = str(error)
    if isinstance(error, OSError):
        reason = f"the output cannot be written: {error.strerror}"
    if file and not isinstance(error, CheckpointError):
        try:
            file.write(run)
        except CheckpointError as another:
            reason += f", and {another}"
    if isinstance(error, BrokenPipeError):
        if not last_saved(run, file) or len(run.losses) == run.config.steps:
            return error  # whoever reads the output has seen enough, and nothing is lost
        reason = "nobody reads the output any more"
    return OutputError(f"{reason}{last_saved(run, file)}")


@contextmanager
def in_words(run: Run, file: RunFile | None, request: StopRequest) -> Iterator[None]:
    """Say of whatever ends the steps of a run early how to go on.

    Args:
        run: The run.
        file: Where it is kept.
        request: Whether somebody has asked to stop.
    """
    try:
        yield
    except KeyboardInterrupt:
        sentence = f"interrupted in the middle of a step{last_saved(run, file)}"
        raise StoppedError(sentence, signal.SIGINT) from None
    except LostError as error:
        request.ignore_from_now_on()
        if request.signal_number:  # the others were asked to stop too, and did it a step earlier
            raise StoppedError(stopped(run, file), request.signal_number) from None
        raise LostError(f"{error}; {stopped(run, file)}") from None
    except DivergenceError as error:
        aside = f"; what was saved before is in {file.set_aside(run)}" if file else ""
        raise DivergenceError(f"{error}{aside}") from None


@contextmanager
def in_words_of_another(file: RunFile | None, request: StopRequest) -> Iterator[None]:
    """Say in a process that is not the first, and so has not saved, how to go on when another one is lost."""
    try:
        yield
    except LostError as error:
        request.ignore_from_now_on()
        if not request.signal_number:
            saved = f"; to go on from what was saved: {resume_command(file.path)}" if file else ""
            raise LostError(f"{error}{saved}") from None
