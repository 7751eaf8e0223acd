"""`python -m microgpt evaluate`: the exam again, for any saved run."""

import json
from dataclasses import asdict

import typer

from microgpt import evaluation
from microgpt.checkpoint import resume
from microgpt.engines.engine import adopt
from microgpt.terminal.computing import Computing
from microgpt.terminal.documents import documents_of
from microgpt.terminal.options import AsJson, CheckpointFile, Data, Watch
from microgpt.terminal.runs import described, find_checkpoint
from microgpt.terminal.screen import new_console
from microgpt.terminal.traces import for_json


def evaluate(
    checkpoint: CheckpointFile = None, *, data: Data, computing: Computing, as_json: AsJson = False
) -> None:
    """Judge a checkpoint by documents it has not seen, beside a die and counters."""
    path, loaded = find_checkpoint(checkpoint)
    documents, _ = documents_of(loaded.source, data)
    run, engine = resume(loaded, documents), computing.chosen(Watch())
    adopt(run, engine)
    from microgpt.terminal import progress, results  # here, since --help need not wait for them

    console = new_console(quiet=as_json)
    console.print(described(path, loaded), soft_wrap=True, markup=False)
    surprises = engine.surprises if computing.engine else None
    scores = evaluation.evaluate(run, progress=progress.with_bar(console), surprises=surprises)
    results.show_evaluation(console, scores)
    if as_json:
        found = {"checkpoint": str(path), "step": len(loaded.losses)}
        typer.echo(
            json.dumps(for_json({**found, "scores": {name: asdict(score) for name, score in scores.items()}}))
        )
