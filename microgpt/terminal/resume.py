"""`python -m microgpt resume`: going on with a run that was stopped."""

from microgpt.checkpoint import resume as resumed
from microgpt.engines.engine import adopt
from microgpt.terminal.computing import Computing
from microgpt.terminal.documents import documents_of
from microgpt.terminal.options import Data, Show, UnfinishedFile, WatchTraining
from microgpt.terminal.runs import RunFile, find_checkpoint


def resume(
    file: UnfinishedFile = None, *, data: Data, computing: Computing, show: Show, watch: WatchTraining
) -> None:
    """Go on with a run that was stopped, to the same bits as if it had not been.

    It has its own dials, and is kept in its own file.
    """
    path, checkpoint = find_checkpoint(file, unfinished=True)
    documents, source = documents_of(checkpoint.source, data)
    run = resumed(checkpoint, documents)
    engine = computing.going_on(checkpoint, watch)
    adopt(run, engine)
    watch.check(run.config.block_size, show.quiet, (path, source.path), goes_on=True)
    from microgpt.terminal.session import Session  # here, since --help need not wait for it

    Session(run, source, RunFile(path, source), show, watch, engine).conduct()
