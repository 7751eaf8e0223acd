"""`python -m microgpt resume`: going on with a run that was stopped."""

from microgpt.checkpoint import resume as resumed
from microgpt.terminal.documents import documents_of
from microgpt.terminal.options import Dataset, InputFile, Quiet, UnfinishedFile
from microgpt.terminal.runs import RunFile, find_checkpoint
from microgpt.terminal.screen import new_console
from microgpt.terminal.session import Session
from microgpt.terminal.watch import WatchTraining


def resume(
    file: UnfinishedFile = None,
    *,
    dataset: Dataset = None,
    input_file: InputFile = None,
    quiet: Quiet = False,
    watch: WatchTraining,
) -> None:
    """Go on with a run that was stopped, to the same bits as if it had not been.

    It has its own dials, and is kept in its own file.
    """
    path, checkpoint = find_checkpoint(file, unfinished=True)
    documents, source = documents_of(checkpoint.source, dataset, input_file)
    run = resumed(checkpoint, documents)
    watch.check(run.config.block_size, quiet, (path, source.path))
    Session(run, source, RunFile(path, source), new_console(quiet), watch).conduct()
