r"""A complete GPT in plain Python, written to be read.

Each module here is a chapter; `microgpt.contents` lists them in reading order, each with the question that it
answers. Each needs only the ones before it. Around the book stand `microgpt.terminal`, the program that
`python -m microgpt` runs, and `microgpt.study`, which takes the source apart for those who learn from it.

The whole of it, in five lines: import it, prepare a run, train it, take out the model, let it invent.

>>> from microgpt import Config, as_floats, bundled_documents, generate, new_run, train
>>> run = new_run(Config(steps=50), bundled_documents())
>>> losses = [step.loss for step in train(run)]
>>> model = as_floats(run.model)
>>> [generate(model, run.rng) for _ in range(4)]
['maoain', 'snaz', 'lata', 'toel']

How good it is (and `save_checkpoint` keeps it in a file):

>>> from microgpt import evaluate
>>> {name: round(score.loss, 2) for name, score in evaluate(run, limit=200).items()}
{'model': 2.79, 'back_off': 2.85, 'bigram': 2.97, 'unigram': 2.92, 'uniform': 3.3}
"""

from microgpt.checkpoint import load_checkpoint, resume, save_checkpoint
from microgpt.config import Config
from microgpt.data import Source, bundled_documents, read_documents
from microgpt.evaluation import evaluate
from microgpt.model import as_floats
from microgpt.sampling import generate
from microgpt.training import new_run, train

__all__ = [
    "Config",
    "Source",
    "as_floats",
    "bundled_documents",
    "evaluate",
    "generate",
    "load_checkpoint",
    "new_run",
    "read_documents",
    "resume",
    "save_checkpoint",
    "train",
]
