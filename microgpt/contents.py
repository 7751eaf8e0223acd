"""The table of contents: every chapter, in reading order, with the question that it answers.

This list is the only place that knows the order of the book. The navigation of the site and its numbers, the
pages of the chapters and the rule that a chapter may import only what stands before it are made from it; the
table in the README is compared with it.

To add a chapter, write its module and add a line here.

>>> len({chapter.module for chapter in CHAPTERS}) == len(CHAPTERS)
True
>>> list(dict.fromkeys(chapter.part for chapter in CHAPTERS))
['Data and slopes', 'The model', 'Learning', 'The workshop', 'The ladder']
"""

from typing import NamedTuple


class Chapter(NamedTuple):
    """A chapter of the book: a module of the package.

    Attributes:
        module: The name of the module, below `microgpt`; those of the ladder lie in `engines`.
        title: What the chapter is called.
        question: What it answers.
        part: The part of the book that it belongs to.
    """

    module: str
    title: str
    question: str
    part: str


CHAPTERS = (
    Chapter("first_steps", "First steps", "Can a handful of numbers learn to spell?", "Data and slopes"),
    Chapter("data", "The data", "What does the model learn from?", "Data and slopes"),
    Chapter(
        "tokenizer",
        "The tokenizer",
        "How does a name become numbers, and numbers a name?",
        "Data and slopes",
    ),
    Chapter("autograd", "Autograd", "Which way should each number move?", "Data and slopes"),
    Chapter("vectors", "Vectors", "What can be done with lists of numbers?", "Data and slopes"),
    Chapter("attention", "Attention", "How does a position look back at the ones before?", "The model"),
    Chapter(
        "config", "The dials", "Which dials are there, and what happens when they are turned?", "The model"
    ),
    Chapter("model", "The model", "How do the parts make a model?", "The model"),
    Chapter("loss", "The loss", "How wrong is it, as one number?", "The model"),
    Chapter("adam", "Adam", "How does a slope become a step?", "Learning"),
    Chapter("training", "Training", "How does it all become learning?", "Learning"),
    Chapter("sampling", "Sampling", "How does the model speak?", "Learning"),
    Chapter("evaluation", "The exam", "How good is it really, and compared with what?", "The workshop"),
    Chapter("checkpoint", "Checkpoints", "How can a run stop today and go on tomorrow?", "The workshop"),
    Chapter("stages", "Watching", "How can one watch without touching?", "The workshop"),
    Chapter("graphs", "Graphs", "What does a computation graph look like?", "The workshop"),
    Chapter("records", "Records", "What exactly happened in a step?", "The workshop"),
    Chapter("recorder", "Recording", "How does a run become records?", "The workshop"),
    Chapter("engines.engine", "Engines", "How can the arithmetic be exchanged?", "The ladder"),
    Chapter("engines.scalars", "Scalars", "What is the referee of all engines?", "The ladder"),
    Chapter("engines.dots", "Dot products", "Must each operation be a node?", "The ladder"),
    Chapter(
        "engines.by_hand", "Slopes by hand", "What is the slope of each part, derived once?", "The ladder"
    ),
    Chapter("engines.lists", "Plain lists", "How far does plain Python go?", "The ladder"),
    Chapter("engines.matrices", "Matrices", "What changes when a document is a matrix?", "The ladder"),
    Chapter(
        "engines.loops", "Compiled loops", "What does a compiler know that Python does not?", "The ladder"
    ),
    Chapter("engines.tensors", "Tensors", "What do a framework and a graphics card change?", "The ladder"),
    Chapter("engines.launches", "Launches", "Why does a fast device lose with a small model?", "The ladder"),
    Chapter("engines.several", "Several processes", "How can processes share the work?", "The ladder"),
    Chapter("engines.swarm", "A swarm", "What can a GPU do with small models?", "The ladder"),
    Chapter("engines.operations", "Operations", "How much work is a step, whoever does it?", "The ladder"),
    Chapter("engines.race", "The race", "Which rung is faster, and is it the same model?", "The ladder"),
    Chapter("engines.trials", "Trials", "How is an effect told from luck?", "The ladder"),
    Chapter(
        "engines.ablations",
        "Ablations",
        "Which parts of the model are missed when they are gone?",
        "The ladder",
    ),
)
"""The book, from the first chapter to the last."""


def before(module: str) -> tuple[str, ...]:
    """List the chapters that stand before one: what a reader knows there, and what it may import.

    Args:
        module: The module of a chapter.

    Examples:
        >>> before("autograd")
        ('first_steps', 'data', 'tokenizer')
    """
    modules = [chapter.module for chapter in CHAPTERS]
    return tuple(modules[: modules.index(module)])
