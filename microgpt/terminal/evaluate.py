"""`python -m microgpt evaluate`: the exam again, for any saved run."""

from microgpt import evaluation
from microgpt.checkpoint import resume
from microgpt.terminal.documents import documents_of
from microgpt.terminal.options import CheckpointFile, Dataset, InputFile
from microgpt.terminal.results import show_evaluation
from microgpt.terminal.runs import described, find_checkpoint
from microgpt.terminal.screen import new_console


def evaluate(
    checkpoint: CheckpointFile = None, dataset: Dataset = None, input_file: InputFile = None
) -> None:
    """Judge a checkpoint by documents it has not seen, beside a die and counters."""
    path, loaded = find_checkpoint(checkpoint)
    documents, _ = documents_of(loaded.source, dataset, input_file)
    run = resume(loaded, documents)
    console = new_console()
    console.print(described(path, loaded), soft_wrap=True, markup=False)
    show_evaluation(console, evaluation.evaluate(run))
